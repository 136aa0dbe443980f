//! Writes exist, under the names that are recorded; and every attribute has one that changes it, or a reason why not.

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::{Arn, Descriptor, Effect, Naming, Rule};
use driftline_aws::descriptors;

use crate::attributes::{Attributes, tokens};
use crate::unwritten::UNWRITTEN;
use crate::{every_kind, reaches};

/// Events that are recorded under another name than their operation's, or that no operation is behind.
pub(crate) const NAMED_OTHERWISE: &[(&str, Option<&str>)] = &[
    // Amazon S3 User Guide, "Amazon S3 CloudTrail events".
    ("s3:DeleteAccountPublicAccessBlock", Some("DeletePublicAccessBlock")),
    ("s3:DeleteBucketPublicAccessBlock", Some("DeletePublicAccessBlock")),
    ("s3:PutAccountPublicAccessBlock", Some("PutPublicAccessBlock")),
    ("s3:PutBucketPublicAccessBlock", Some("PutPublicAccessBlock")),
    // The name of its action and of its sibling's event, `GetBucketObjectLockConfiguration`; the page has neither.
    ("s3:PutBucketObjectLockConfiguration", Some("PutObjectLockConfiguration")),
    // Amazon EC2 User Guide, "Spot Instance interruptions": EC2 itself takes a Spot Instance back.
    ("ec2:BidEvictedEvent", None),
];

/// Operation names by event source.
pub(crate) fn operations() -> BTreeMap<String, BTreeSet<String>> {
    serde_json::from_str::<BTreeMap<String, BTreeSet<String>>>(include_str!("operations.json")).expect("generated JSON")
}

fn changed_paths(kind: &Descriptor) -> impl Iterator<Item = &'static str> {
    let paths = |effect| match effect {
        Effect::Changes(paths) => paths,
        Effect::Creates | Effect::Removes => &[],
    };
    kind.writes.iter().flat_map(move |write| paths(write.effect)).copied()
}

#[test]
fn writes_are_operations_that_do_not_only_read() {
    let operations = operations();
    let exists = |event: &str| {
        let (source, name) = event.split_once(':')?;
        let otherwise = NAMED_OTHERWISE.iter().find(|(other, _)| *other == event);
        match otherwise {
            Some((_, None)) => Some(()),
            Some((_, Some(operation))) => operations.get(source)?.contains(*operation).then_some(()),
            None => operations.get(source)?.contains(name).then_some(()),
        }
    };
    every_kind(|kind, fault| {
        let mut seen = BTreeSet::new();
        for write in kind.writes {
            if write.events.is_empty() {
                fault(format!("{:?} lists no event", write.effect));
            }
            for event in write.events {
                if exists(event).is_none() {
                    fault(format!("the API models have no {event}"));
                }
                let name = event.split_once(':').map(|(_, name)| name).unwrap_or_default();
                if ["Describe", "List", "Get"].iter().any(|verb| name.starts_with(verb)) {
                    fault(format!("{event} only reads"));
                }
                let effects: Vec<String> = match write.effect {
                    Effect::Changes(paths) => paths.iter().map(|path| format!("changes {path}")).collect(),
                    other => vec![format!("{other:?}")],
                };
                for effect in effects {
                    if !seen.insert((*event, effect.clone())) {
                        fault(format!("{event} {effect} twice"));
                    }
                }
            }
        }
    });
    let listed: BTreeSet<&str> =
        descriptors().iter().flat_map(|kind| kind.writes).flat_map(|write| write.events).copied().collect();
    let idle: Vec<&str> = NAMED_OTHERWISE.iter().map(|(event, _)| *event).filter(|e| !listed.contains(e)).collect();
    assert!(idle.is_empty(), "no kind lists {idle:?}");
}

#[test]
fn every_kind_can_be_created_and_removed() {
    every_kind(|kind, fault| {
        for effect in [Effect::Creates, Effect::Removes] {
            if !kind.writes.iter().any(|write| write.effect == effect) {
                fault(format!("nothing {}", format!("{effect:?}").to_lowercase()));
            }
        }
    });
}

#[test]
fn changed_attributes_exist() {
    every_kind(|kind, fault| {
        let attributes = Attributes::of(kind);
        let has_tags = kind.rules.iter().any(|rule| matches!(rule, Rule::Tags { .. }));
        for path in changed_paths(kind) {
            let at = tokens(path);
            let dropped = kind
                .rules
                .iter()
                .any(|rule| matches!(rule, Rule::Volatile { path, .. } if reaches(&tokens(path), &at)));
            if path == "/tags" && !has_tags || path != "/tags" && !attributes.exists(&at) {
                fault(format!("{path} does not exist"));
            } else if dropped {
                fault(format!("{path} is dropped"));
            }
        }
    });
}

#[test]
fn names_exist_and_are_few() {
    every_kind(|kind, fault| {
        if kind.names.len() > 3 {
            fault("there are more than three names, and each may cost a look-up".to_owned());
        }
        for (index, name) in kind.names.iter().enumerate() {
            if kind.names[..index].contains(name) {
                fault(format!("{name:?} is listed twice"));
            }
            match *name {
                Naming::Arn if kind.arn == Arn::None => fault("it has no ARN to be called by".to_owned()),
                // `Name` tags are what people call things; records know nothing of them.
                Naming::Label if kind.label.is_none_or(|label| label.starts_with("/tags/")) => {
                    fault("its label is none, or a tag".to_owned());
                }
                Naming::Field(field) if Attributes::of(kind).find(&tokens(field)).is_empty() => {
                    fault(format!("the field {field} does not exist"));
                }
                _ => {}
            }
        }
    });
}

/// An empty path does not count: it stands for another resource that has taken the name of this one.
#[test]
fn every_attribute_has_a_write_or_a_reason() {
    let mut idle: BTreeSet<(&str, &str)> = reasons().collect();
    for kind in descriptors() {
        for attribute in unwritten(kind) {
            idle.retain(|reason| !explains(*reason, kind, &attribute));
        }
    }
    assert!(idle.is_empty(), "these attributes have a write, or do not exist: {idle:?}");
    every_kind(|kind, fault| {
        for attribute in unwritten(kind) {
            if !reasons().any(|reason| explains(reason, kind, &attribute)) {
                fault(format!("no write changes /{}: list one, or why there is none", attribute.join("/")));
            }
        }
    });
}

/// Kind and path of all that stands in [`UNWRITTEN`].
fn reasons() -> impl Iterator<Item = (&'static str, &'static str)> {
    let kinds = UNWRITTEN.iter().flat_map(|(_, kinds)| *kinds);
    kinds.flat_map(|(kind, paths)| paths.split(' ').map(move |path| (*kind, path)))
}

fn explains((name, path): (&str, &str), kind: &Descriptor, attribute: &[&str]) -> bool {
    (name == "*" || name == kind.name) && reaches(&path.split('/').collect::<Vec<_>>(), attribute)
}

/// The attributes that no write changes.
fn unwritten(kind: &'static Descriptor) -> Vec<Vec<&'static str>> {
    let changed: Vec<Vec<&str>> = changed_paths(kind).filter(|path| !path.is_empty()).map(tokens).collect();
    let rule_of = |leaf: &[&str]| {
        let found = |rule: &&Rule| {
            matches!(rule, Rule::Volatile { .. } | Rule::Tags { .. }) && reaches(&tokens(rule.path()), leaf)
        };
        kind.rules.iter().find(found)
    };
    let mut leaves: Vec<Vec<&str>> = Attributes::of(kind)
        .leaves()
        .into_iter()
        .filter_map(|leaf| match rule_of(&leaf) {
            Some(Rule::Volatile { .. }) => None,
            Some(_) => Some(vec!["tags"]),
            None => Some(leaf),
        })
        .collect();
    leaves.retain(|leaf| !changed.iter().any(|path| reaches(path, leaf)));
    leaves
}
