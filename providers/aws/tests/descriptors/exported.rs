//! How kinds are written as Terraform: every attribute becomes something, or a reason says why it becomes nothing.

use driftline_api::{Argument, Descriptor, Rule, Terraform, When};

use crate::attributes::{Attributes, tokens};
use crate::{every_kind, reaches};

/// What every kind has, and its mapping need not speak of.
const EVERYWHERE: &[&str] = &["/LinkedService", "/Operator"];

#[test]
fn every_attribute_is_written_or_left_out_for_a_reason() {
    every_kind(|kind, fault| {
        let Some(terraform) = kind.terraform else { return };
        let mapped = terraform.paths();
        let omitted = || terraform.omits.iter().flat_map(|omit| omit.paths).chain(EVERYWHERE).copied();
        for leaf in Attributes::of(kind).leaves() {
            let is_reached = |path: &str| reaches(&path.split('/').skip(1).map(element).collect::<Vec<_>>(), &leaf);
            if !is_dropped(kind, &leaf) && !omitted().any(is_reached) && !mapped.iter().any(|path| is_reached(path)) {
                fault(format!("/{} is mapped nowhere", leaf.join("/")));
            }
        }
    });
}

#[test]
fn mappings_speak_of_what_exists() {
    every_kind(|kind, fault| {
        let Some(terraform) = kind.terraform else { return };
        let attributes = Attributes::of(kind);
        let omitted = terraform.omits.iter().flat_map(|omit| omit.paths).map(|path| (*path).to_owned());
        let omitted = omitted.filter(|path| path != "/tags");
        for path in terraform.paths().into_iter().chain(omitted) {
            let at: Vec<&str> = path.split('/').skip(1).map(element).collect();
            if at.is_empty() || !attributes.exists(&at) {
                fault(format!("{path} does not exist"));
            }
        }
    });
}

#[test]
fn mappings_are_whole() {
    every_kind(|kind, fault| {
        let Some(terraform) = kind.terraform else { return };
        if !terraform.forms.last().is_some_and(|form| form.when.is_empty()) {
            fault("the last form must hold for every resource".to_owned());
        }
        let whys = terraform.omits.iter().map(|omit| omit.why).chain(terraform.excludes.iter().map(|it| it.why));
        for why in whys.filter(|why| why.is_empty() || why.ends_with('.')) {
            fault(format!("`why` is no fragment: {why:?}"));
        }
        for json in jsons(terraform) {
            if serde_json::from_str::<serde_json::Value>(json).is_err() {
                fault(format!("`{json}` is not JSON"));
            }
        }
    });
}

/// Elements that are told by number are elements.
fn element(token: &str) -> &str {
    if !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit()) { "*" } else { token }
}

/// Whether normalizing drops it, or moves it to the tags.
fn is_dropped(kind: &Descriptor, leaf: &[&str]) -> bool {
    kind.rules
        .iter()
        .any(|rule| matches!(rule, Rule::Volatile { .. } | Rule::Tags { .. }) && reaches(&tokens(rule.path()), leaf))
}

/// All values that are written as JSON.
fn jsons(terraform: &Terraform) -> Vec<&'static str> {
    let mut found = Vec::new();
    terraform.excludes.iter().for_each(|exclude| of_conditions(exclude.when, &mut found));
    terraform.forms.iter().for_each(|form| of_conditions(form.when, &mut found));
    terraform.children.iter().for_each(|child| of_conditions(child.when, &mut found));
    terraform.omits.iter().for_each(|omit| of_conditions(omit.when, &mut found));
    found.extend(terraform.omits.iter().flat_map(|omit| omit.usual));
    terraform.forms.iter().for_each(|form| of_arguments(form.arguments, &mut found));
    terraform.children.iter().for_each(|child| of_arguments(child.arguments, &mut found));
    found
}

fn of_conditions(conditions: &'static [When], found: &mut Vec<&'static str>) {
    for condition in conditions {
        match condition {
            When::Is(_, json) | When::IsNot(_, json) => found.push(json),
            When::Unless(conditions) => of_conditions(conditions, found),
            _ => {}
        }
    }
}

fn of_arguments(arguments: &'static [Argument], found: &mut Vec<&'static str>) {
    for argument in arguments {
        match argument {
            Argument::Value { default: Some(json), .. } | Argument::Constant { value: json, .. } => found.push(json),
            Argument::Blocks { arguments, .. } | Argument::Made { arguments, .. } => of_arguments(arguments, found),
            _ => {}
        }
    }
}
