//! How drift is put back: each call exists, takes what it is given, and is given what it requires.

use std::collections::BTreeSet;

use driftline_api::{Fix, Fixes, Input, Operation, TagKeys};
use driftline_aws::{descriptors, fixes};
use serde_json::Value;

use crate::attributes::{Attributes, tokens};

/// Walks all fixes; `check` notes faults.
fn every_fix(check: impl Fn(&Fixes, &Fix, &mut dyn FnMut(String))) {
    let mut faults = Vec::new();
    for fixes in fixes() {
        for fix in fixes.fixes {
            check(&fixes, fix, &mut |fault| faults.push(format!("{}: {fault}", fixes.kind)));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// What operations take, from AWS's own models.
fn inputs() -> Value {
    serde_json::from_str(include_str!("inputs.json")).expect("generated JSON")
}

#[test]
fn fixes_speak_of_kinds_and_attributes_that_exist() {
    let kinds = descriptors();
    let mut seen = BTreeSet::new();
    for fixes in fixes() {
        assert!(kinds.iter().any(|kind| kind.name == fixes.kind), "{} is no kind", fixes.kind);
        assert!(seen.insert(fixes.kind), "{} is listed twice", fixes.kind);
    }
    every_fix(|fixes, fix, fault| {
        let kind = kinds.iter().find(|kind| kind.name == fixes.kind).expect("it is a kind");
        let attributes = Attributes::of(kind);
        let mut check = |path: &str| {
            if path != "/tags" && !path.is_empty() && !attributes.exists(&path.split('/').skip(1).collect::<Vec<_>>()) {
                fault(format!("{path} does not exist"));
            }
        };
        fix.paths().into_iter().for_each(&mut check);
        let of = |operation: &Operation| operation.input.iter().filter_map(path_of).collect::<Vec<_>>();
        let paths = match fix {
            Fix::Whole { when, call, .. } => {
                when.iter().flat_map(driftline_api::When::paths).for_each(|path| check(&path));
                of(call)
            }
            Fix::Modify { call, members } => members.iter().map(|(_, path)| *path).chain(of(call)).collect(),
            Fix::Elements { put, remove, .. } => put.iter().chain(remove).flat_map(of).collect(),
            Fix::Tags { put, remove, .. } => [put, remove].into_iter().flat_map(of).collect(),
            Fix::Made { .. } => Vec::new(),
        };
        paths.into_iter().filter(|path| path.starts_with('/')).for_each(&mut check);
        if let Fix::Elements { list, key, put, remove } = fix {
            let inside = put.iter().chain(remove).flat_map(of).filter_map(|path| path.strip_prefix("./"));
            for name in key.iter().copied().chain(inside) {
                let element: Vec<&str> = tokens(list).into_iter().chain(["*"]).chain(name.split('/')).collect();
                // Documents are read on, and tags stand elsewhere.
                if attributes.find(&element).is_empty() {
                    fault(format!("the elements of {list} have no {name}"));
                }
            }
        }
    });
}

fn path_of(input: &Input) -> Option<&'static str> {
    match *input {
        Input::Value(_, path) | Input::Or(_, path, _) | Input::Document(_, path) => Some(path),
        Input::Text(..) | Input::Constant(..) | Input::Tags(_) => None,
    }
}

#[test]
fn calls_are_given_what_they_take() {
    let inputs = inputs();
    every_fix(|_, fix, fault| {
        let mut check = |operation: &Operation, more: &[&str], often: &[&str]| {
            let Some(shape) = inputs.get(operation.name) else {
                fault(format!("{} is no operation (scripts/generate-models)", operation.name));
                return;
            };
            let own = operation.input.iter().map(|input| -> &str { input.member() });
            let said: Vec<&str> = own.chain(more.iter().copied()).collect();
            for member in said.iter().chain(often) {
                if !takes(shape, member) {
                    fault(format!("{} takes no {member}", operation.name));
                }
            }
            for required in shape["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !said.iter().any(|member| member.split('/').next() == Some(required)) {
                    fault(format!("{} requires {required}", operation.name));
                }
            }
        };
        match fix {
            Fix::Whole { call, .. } => check(call, &[], &[]),
            Fix::Modify { members, call } => {
                let often: Vec<&str> = members.iter().map(|(member, _)| *member).collect();
                check(call, &[], &often);
            }
            Fix::Elements { put, remove, .. } => put.iter().chain(remove).for_each(|call| check(call, &[], &[])),
            Fix::Tags { put, tags, remove, keys, form } => {
                let (key, value) = (format!("{tags}/0/Key"), format!("{tags}/0/Value"));
                check(put, &[tags], &[&key, &value]);
                let inside = if *form == TagKeys::Objects { format!("{keys}/0/Key") } else { format!("{keys}/0") };
                check(remove, &[keys], &[&inside]);
            }
            Fix::Made { operations, .. } => {
                for name in operations.iter().filter(|name| inputs.get(**name).is_none()) {
                    fault(format!("{name} is no operation (scripts/generate-models)"));
                }
            }
        }
    });
}

/// Whether an input has a member at a path.
fn takes(shape: &Value, path: &str) -> bool {
    let mut at = shape;
    for name in path.split('/') {
        if at == &Value::Bool(true) {
            return true;
        }
        let inner =
            if name == "0" { at.get("element") } else { at.get("members").and_then(|members| members.get(name)) };
        let Some(inner) = inner else { return false };
        at = inner;
    }
    true
}

#[test]
fn constants_are_json() {
    every_fix(|_, fix, fault| {
        let calls: Vec<Operation> = match *fix {
            Fix::Whole { call, .. } | Fix::Modify { call, .. } => vec![call],
            Fix::Elements { put, remove, .. } => put.into_iter().chain(remove).collect(),
            Fix::Tags { put, remove, .. } => vec![put, remove],
            Fix::Made { .. } => vec![],
        };
        for input in calls.iter().flat_map(|call| call.input) {
            if let Input::Constant(_, json) | Input::Or(_, _, json) = input
                && serde_json::from_str::<Value>(json).is_err()
            {
                fault(format!("`{json}` is not JSON"));
            }
        }
    });
}
