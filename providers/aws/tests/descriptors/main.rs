//! What every descriptor has to hold, checked against its file and against AWS's own API models.
//!
//! Each test walks all kinds and tells every fault of every kind at once.

mod attributes;
mod exported;
mod fixes;
mod rereads;
mod unwritten;
mod writes;

use std::collections::BTreeSet;
use std::path::Path;

use attributes::{Attributes, of_source, tokens};
use driftline_api::{Arn, Descriptor, Identity, Rule, Shape};
use driftline_aws::{action_of, descriptors};

/// Walks all kinds; `check` notes faults.
fn every_kind(check: impl Fn(&'static Descriptor, &mut dyn FnMut(String))) {
    let mut faults = Vec::new();
    for kind in descriptors() {
        check(kind, &mut |fault| faults.push(format!("{}: {fault}", kind.name)));
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Whether a rule's path names this path, or something above it.
fn reaches(rule: &[&str], path: &[&str]) -> bool {
    rule.len() <= path.len() && rule.iter().zip(path).all(|(rule, path)| rule == path || *rule == "*")
}

#[test]
fn kinds_are_named_after_their_files_and_every_file_is_in_a_list() {
    let services = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/services");
    let names: Vec<&str> = descriptors().iter().map(|kind| kind.name).collect();
    assert!(names.is_sorted() && names.windows(2).all(|pair| pair[0] != pair[1]), "sorted, each once: {names:?}");
    every_kind(|kind, fault| {
        let is_snake = |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        match kind.name.split_once('/') {
            Some((service, resource)) if is_snake(service) && is_snake(resource) => {
                let file = services.join(format!("{service}/{resource}.rs"));
                let text = std::fs::read_to_string(&file).unwrap_or_default();
                if !text.contains(&format!("name: \"{}\"", kind.name)) {
                    fault(format!("expected it in {}", file.display()));
                }
            }
            _ => fault("a name is `service/resource` in snake_case".to_owned()),
        }
    });
    for folder in std::fs::read_dir(&services).expect("the services' folder") {
        let folder = folder.expect("an entry").path();
        for file in std::fs::read_dir(&folder).into_iter().flatten() {
            let file = file.expect("an entry").path();
            let stem =
                |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let is_kind =
                file.is_file() && std::fs::read_to_string(&file).expect("a file").contains("static KIND: Kind");
            let name = format!("{}/{}", stem(&folder), stem(&file));
            assert!(!is_kind || names.contains(&name.as_str()), "{name} is in no list: add it to its service's KINDS");
        }
    }
}

#[test]
fn every_kind_says_in_a_sentence_what_it_is() {
    every_kind(|kind, fault| {
        let about = kind.about;
        let begins = about.starts_with(|first: char| first.is_uppercase() || first == '`');
        if !begins || !about.ends_with('.') || about.len() < 20 || about.contains("  ") {
            fault(format!("`about` is no sentence: {about:?}"));
        }
        for rule in kind.rules {
            if let Rule::Volatile { why, .. }
            | Rule::Default { why, .. }
            | Rule::Redundant { why, .. }
            | Rule::Handle { why, .. } = rule
                && (why.is_empty() || why.ends_with('.') || why.starts_with(char::is_uppercase))
            {
                fault(format!("`why` of {} must complete \"… because it …\": {why:?}", rule.path()));
            }
        }
    });
}

#[test]
fn actions_are_those_of_the_sources_and_only_read() {
    every_kind(|kind, fault| {
        if !kind.actions.is_sorted() || kind.actions.is_empty() {
            fault("actions must be sorted, and there must be one".to_owned());
        }
        if kind.actions.windows(2).any(|pair| pair[0] == pair[1]) {
            fault("an action is listed twice".to_owned());
        }
        for action in kind.actions {
            let name = action.split_once(':').map(|(_, name)| name).unwrap_or_default();
            if !["Describe", "Get", "List"].iter().any(|verb| name.starts_with(verb)) {
                fault(format!("{action} does not only read"));
            }
        }
        for source in kind.sources {
            match action_of(source.operation) {
                Some(action) if kind.actions.contains(&action.as_str()) => {}
                Some(action) => fault(format!("{} takes the action {action}, which is not listed", source.operation)),
                None => fault(format!("the API models have no {}", source.operation)),
            }
        }
    });
}

#[test]
fn what_reading_costs_is_told_for_every_source() {
    let names: BTreeSet<&str> = descriptors().iter().map(|kind| kind.name).collect();
    every_kind(|kind, fault| {
        for calls in kind.calls {
            match action_of(calls.operation) {
                Some(action) if kind.actions.contains(&action.as_str()) => {}
                _ => fault(format!("{} is counted, and is no call that it declares", calls.operation)),
            }
            let parent = if let Shape::Below(parent, _) = calls.shape { Some(parent) } else { None };
            for other in calls.of.into_iter().chain(parent) {
                let service = other.split('/').next();
                if !names.contains(other) || service != Some(kind.service()) {
                    fault(format!("{other} is no kind of its service"));
                }
            }
        }
        // Where two answers serve the same attribute, one of them is asked for only where the other does not tell.
        for source in kind.sources {
            if !kind.calls.iter().any(|calls| calls.operation == source.operation)
                && !ALTERNATIVES.contains(&source.operation)
            {
                fault(format!("calls of {} are not counted", source.operation));
            }
        }
    });
}

/// Answers that are asked for in place of others.
const ALTERNATIVES: &[&str] =
    &["iam:GetRole", "route53:ListTagsForResource", "route53:ListVPCAssociationAuthorizations"];

#[test]
fn sources_and_identities_exist() {
    every_kind(|kind, fault| {
        if kind.sources.is_empty() {
            fault("there are no sources".to_owned());
        }
        for source in kind.sources {
            if let Err(error) = of_source(source) {
                fault(error);
            }
        }
        let attributes = Attributes::of(kind);
        let mut pointer = |what: &str, pointer: &'static str| {
            if attributes.find(&tokens(pointer)).is_empty() {
                fault(format!("{what} {pointer} does not exist"));
            }
        };
        match kind.identity {
            Identity::Field(field) => pointer("identity", field),
            Identity::Join(fields) => fields.iter().for_each(|field| pointer("identity", field)),
            Identity::Computed(_) => {}
        }
        if let Some(label) = kind.label.filter(|label| !label.starts_with("/tags/")) {
            pointer("label", label);
        }
        for part in kind.called.into_iter().flat_map(|called| called.split('{').skip(1)) {
            let word = part.split('}').next().unwrap_or_default();
            let is_word = ["account", "region", "id"].contains(&word) || word.starts_with("id.");
            if !is_word {
                pointer("what it is called by,", word);
            }
        }
        match kind.arn {
            Arn::Field(field) => pointer("ARN", field),
            Arn::Pattern(pattern) => {
                let known = ["partition", "region", "account", "id"];
                let rest = known.iter().fold(pattern.to_owned(), |rest, name| rest.replace(&format!("{{{name}}}"), ""));
                if !pattern.starts_with("arn:{partition}:") || rest.contains(['{', '}']) {
                    fault(format!("`{pattern}` is no ARN pattern"));
                }
            }
            Arn::None => {}
        }
        if let Identity::Computed(sentence) = kind.identity
            && (sentence.ends_with('.') || sentence.starts_with(char::is_uppercase))
        {
            fault(format!("how the identity is computed is a fragment: {sentence:?}"));
        }
    });
}

#[test]
fn rules_speak_of_what_exists() {
    let names: BTreeSet<&str> = descriptors().iter().map(|kind| kind.name).collect();
    every_kind(|kind, fault| {
        let attributes = Attributes::of(kind);
        for rule in kind.rules {
            let (path, name) = (rule.path(), rule.name());
            let at = tokens(path);
            let inside_document = kind.rules.iter().any(|other| {
                let outer = tokens(other.path());
                matches!(other, Rule::Document { .. }) && outer.len() < at.len() && reaches(&outer, &at)
            });
            if !attributes.exists(&at) && !inside_document {
                fault(format!("the {name} rule's path {path} does not exist"));
                continue;
            }
            let dropped = kind.rules.iter().find(|other| {
                let outer = tokens(other.path());
                matches!(other, Rule::Volatile { .. }) && !std::ptr::eq(*other, rule) && reaches(&outer, &at)
            });
            if let Some(dropped) = dropped {
                fault(format!("the {name} rule of {path} is idle: {} is dropped", dropped.path()));
            }
            let nodes = attributes.find(&at);
            match *rule {
                Rule::Set { key, .. } | Rule::Sequence { key, .. } => {
                    if !nodes.iter().all(|node| node.is_list()) {
                        fault(format!("the {name} rule's {path} is no list"));
                    }
                    for member in key {
                        let below: Vec<&str> = member.trim_start_matches('/').split('/').collect();
                        let element: Vec<&str> = at.iter().copied().chain(["*"]).chain(below).collect();
                        if attributes.find(&element).is_empty() {
                            fault(format!("the elements of {path} have no {member}"));
                        }
                    }
                }
                Rule::Tags { .. } => {
                    let forms = [["Key", "Value"], ["TagKey", "TagValue"], ["key", "value"]];
                    let is_tags = nodes.iter().filter_map(|node| node.element_members()).all(|mut members| {
                        members.sort_unstable();
                        forms.iter().any(|form| members == form)
                    });
                    if !is_tags {
                        fault(format!("{path} is not one of the forms of tags"));
                    }
                }
                Rule::Redundant { when, .. } => {
                    for (pointer, _) in when {
                        if !attributes.exists(&tokens(pointer)) {
                            fault(format!("the {name} rule of {path} asks for {pointer}, which does not exist"));
                        }
                    }
                }
                Rule::Handle { .. } => {
                    if !nodes.iter().all(|node| node.is_string()) {
                        fault(format!("the {name} rule's {path} is no string"));
                    }
                    // A set without a key tells its elements by the whole of what is compared: a path to one would
                    // hold less than the file.
                    let is_outer = |key: &[&str], set: &[&str]| {
                        let member = at.get(set.len() + 1..).unwrap_or_default().join("/");
                        set.len() < at.len() && reaches(set, &at) && (key.is_empty() || key.contains(&&*member))
                    };
                    let outer = kind
                        .rules
                        .iter()
                        .find(|rule| matches!(rule, Rule::Set { path, key } if is_outer(key, &tokens(path))));
                    if let Some(outer) = outer {
                        fault(format!("the elements of {} cannot be told without the handle {path}", outer.path()));
                    }
                }
                Rule::Document { .. } | Rule::Reference { .. } if !nodes.iter().all(|node| node.is_string()) => {
                    fault(format!("the {name} rule's {path} is no string"));
                }
                Rule::Reference { kind: other, .. } if !names.contains(other) => {
                    fault(format!("{path} refers to {other}, which is no kind"));
                }
                _ => {}
            }
        }
    });
}

/// AWS promises an order in hardly any answer. Whoever adds a kind has to look at each list and say which it is.
#[test]
fn every_list_is_a_set_or_a_sequence() {
    every_kind(|kind, fault| {
        for list in Attributes::of(kind).lists() {
            let covered = kind.rules.iter().any(|rule| {
                let path = tokens(rule.path());
                match rule {
                    Rule::Set { .. } | Rule::Sequence { .. } => path.len() == list.len() && reaches(&path, &list),
                    Rule::Volatile { .. } | Rule::Secret { .. } | Rule::Document { .. } | Rule::Tags { .. } => {
                        reaches(&path, &list)
                    }
                    Rule::Default { .. } | Rule::Redundant { .. } | Rule::Handle { .. } | Rule::Reference { .. } => {
                        false
                    }
                }
            });
            if !covered {
                fault(format!("/{} is neither set nor sequence", list.join("/")));
            }
        }
    });
}
