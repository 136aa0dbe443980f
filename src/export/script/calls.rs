//! Interprets a kind's fixes: which calls put which changes of a resource back.

use std::collections::BTreeSet;

use driftline_api::{Fix, FixCall, Input, Operation, Sides, TagKeys};
use serde_json::{Map, Value, json};

use crate::Resource;
use crate::diff::{Change, Segment, key_member};
use crate::export::lookup::{Place, is_nothing, parse};
use crate::plan::{Drift, ResourceDrift};

/// Calls, and the changes that they put back.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) calls: Vec<FixCall>,
    pub(super) changes: Vec<usize>,
}

/// What one fix does about the changes that are still `open`; `None` if it does nothing.
pub(super) fn calls(fix: &Fix, drift: &ResourceDrift, open: &BTreeSet<usize>) -> Option<Made> {
    let sides = Wanted::new(drift)?;
    let mut changes: Vec<usize> = open.iter().copied().filter(|index| covers(fix, drift, *index)).collect();
    if changes.is_empty() {
        return None;
    }
    let calls = match *fix {
        Fix::Made { make, .. } => make(sides.sides())?,
        _ if drift.drift != Drift::Changed => return None,
        Fix::Whole { when, call, .. } => {
            let place = sides.place();
            if !place.holds(when) {
                return None;
            }
            vec![made(call, &place)?]
        }
        Fix::Modify { members, call } => {
            let place = sides.place();
            let mut modify = made(call, &place)?;
            let mut said = BTreeSet::new();
            for (member, path) in members {
                let touched = changes.iter().any(|index| begins(&tokens(drift, *index), path));
                if let Some(value) = value(&place, path).filter(|value| touched && !value.is_null()) {
                    set(&mut modify.input, member, value);
                    said.insert(*path);
                }
            }
            // What the restore point does not say cannot be said again.
            changes.retain(|index| said.iter().any(|path| begins(&tokens(drift, *index), path)));
            if changes.is_empty() {
                return None;
            }
            vec![modify]
        }
        Fix::Elements { list, key, put, remove } => elements(&sides, drift, &changes, (list, key), put, remove)?,
        Fix::Tags { put, tags, remove, keys, form } => {
            let mut calls = Vec::new();
            let (missing, added) = sides.tags(drift, &changes);
            let place = sides.place();
            if !added.is_empty() {
                let mut call = made(remove, &place)?;
                let one = |name: &String| match form {
                    TagKeys::Texts => json!(name),
                    TagKeys::Objects => json!({"Key": name}),
                };
                set(&mut call.input, keys, added.iter().map(one).collect());
                calls.push(call);
            }
            if !missing.is_empty() {
                let mut call = made(put, &place)?;
                let all = missing.iter().map(|(name, value)| json!({"Key": name, "Value": value}));
                set(&mut call.input, tags, all.collect());
                calls.push(call);
            }
            calls
        }
    };
    (!calls.is_empty()).then_some(Made { calls, changes })
}

/// A resource as it is to be: what changed as in the restore point, and the rest as it is.
struct Wanted<'d> {
    drift: &'d ResourceDrift,
    resource: Resource,
    /// The attributes, and the tags at `tags`.
    root: Value,
    live: Value,
}

impl<'d> Wanted<'d> {
    fn new(drift: &'d ResourceDrift) -> Option<Self> {
        let live = drift.after.as_ref();
        let resource = match (&drift.before, live) {
            (Some(before), Some(live)) => restored(before, live, &drift.changes),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => return None,
        };
        let (root, live) = (root(&resource), live.map(root).unwrap_or_default());
        Some(Self { drift, resource, root, live })
    }

    fn sides(&self) -> Sides<'_> {
        Sides {
            id: &self.resource.id,
            arn: self.resource.arn.as_deref(),
            wanted: self.root.as_object().filter(|_| self.drift.before.is_some()),
            live: self.live.as_object(),
        }
    }

    fn place(&self) -> Place<'_> {
        let (scope, resource) = (&self.drift.address.scope, &self.resource);
        Place { scope, resource, root: &self.root, chain: &[], base: "" }
    }

    /// Tags that are missing or differ, and tags that are too many.
    fn tags(&self, drift: &ResourceDrift, changes: &[usize]) -> (Map<String, Value>, Vec<String>) {
        let (mut missing, mut added) = (Map::new(), Vec::new());
        let all = |root: &Value| root.get("tags").and_then(Value::as_object).cloned().unwrap_or_default();
        let (wanted, live) = (all(&self.root), all(&self.live));
        let is_touched = |name: &str| {
            changes.iter().any(|index| match &drift.changes[*index].path.0[..] {
                [_, Segment::Member(tag), ..] => tag == name,
                _ => true,
            })
        };
        for (name, value) in wanted.iter().filter(|(name, _)| is_touched(name)) {
            if live.get(name) != Some(value) {
                missing.insert(name.clone(), value.clone());
            }
        }
        for name in live.keys().filter(|name| is_touched(name) && !wanted.contains_key(*name)) {
            added.push(name.clone());
        }
        (missing, added)
    }
}

fn root(resource: &Resource) -> Value {
    let mut root = resource.attributes.clone();
    root.insert("tags".to_owned(), json!(resource.tags));
    Value::Object(root)
}

/// The live resource with the attributes and tags put back in which something changed. What was ignored stays.
fn restored(before: &Resource, live: &Resource, changes: &[Change]) -> Resource {
    let mut restored = live.clone();
    for change in changes {
        match &change.path.0[..] {
            [Segment::Member(root), Segment::Member(name), ..] if root == "attributes" => {
                match before.attributes.get(name) {
                    Some(value) => restored.attributes.insert(name.clone(), value.clone()),
                    None => restored.attributes.remove(name),
                };
            }
            [Segment::Member(root), Segment::Member(name), ..] if root == "tags" => {
                match before.tags.get(name) {
                    Some(value) => restored.tags.insert(name.clone(), value.clone()),
                    None => restored.tags.remove(name),
                };
            }
            [Segment::Member(root)] if root == "tags" => restored.tags.clone_from(&before.tags),
            _ => {}
        }
    }
    restored
}

/// Whether the fix is about a change.
fn covers(fix: &Fix, drift: &ResourceDrift, index: usize) -> bool {
    fix.paths().iter().any(|path| if path.is_empty() { true } else { begins(&tokens(drift, index), path) })
}

/// The members that lead to a change, up to the first list.
fn tokens(drift: &ResourceDrift, index: usize) -> Vec<String> {
    let Some(change) = drift.changes.get(index) else { return Vec::new() };
    let members = change.path.0.iter().map_while(|segment| match segment {
        Segment::Member(name) => Some(name.clone()),
        Segment::Element(_) => None,
    });
    let members: Vec<String> = members.collect();
    match members.split_first() {
        Some((root, rest)) if root == "attributes" => rest.to_vec(),
        _ => members,
    }
}

/// Whether a change lies at a path or below it.
fn begins(tokens: &[String], path: &str) -> bool {
    let path = path.split("/*").next().unwrap_or(path);
    let mut tokens = tokens.iter();
    path.split('/').skip(1).all(|name| tokens.next().is_some_and(|token| token == name))
}

fn elements(
    sides: &Wanted<'_>,
    drift: &ResourceDrift,
    changes: &[usize],
    (list, key): (&str, &[&str]),
    put: Option<Operation>,
    remove: Option<Operation>,
) -> Option<Vec<FixCall>> {
    let all = |root: &Value| root.pointer(list).and_then(Value::as_array).cloned().unwrap_or_default();
    let (wanted, live) = (all(&sides.root), all(&sides.live));
    let depth = list.split('/').count();
    let is_touched = |element: &Value, side: &[Value]| {
        changes.iter().any(|index| match drift.changes[*index].path.0.get(depth) {
            Some(Segment::Element(found)) => found.position(side).is_some_and(|at| side[at] == *element),
            _ => true,
        })
    };
    let is_same = |one: &Value, other: &Value| match key {
        [] => one == other,
        key => key.iter().all(|name| key_member(one, name) == key_member(other, name)),
    };
    let base = format!("{list}/*");
    let place = sides.place();
    let mut calls = Vec::new();
    // First what goes: there may be room for one only.
    for element in live.iter().filter(|element| !wanted.iter().any(|other| is_same(element, other))) {
        if is_touched(element, &live) {
            calls.push(made(remove?, &place.at(&[element], &base))?);
        }
    }
    for element in wanted.iter().filter(|element| !live.contains(element)) {
        if is_touched(element, &wanted) {
            calls.push(made(put?, &place.at(&[element], &base))?);
        }
    }
    Some(calls)
}

/// A call with what its input says in any case; `None` if a text of it cannot be told.
fn made(operation: Operation, place: &Place<'_>) -> Option<FixCall> {
    let mut input = json!({});
    for member in operation.input {
        match *member {
            Input::Text(name, pattern) => set(&mut input, name, place.fill(pattern)?.into()),
            Input::Value(name, path) => {
                if let Some(value) = value(place, path).filter(|value| !value.is_null()) {
                    set(&mut input, name, value);
                }
            }
            Input::Or(name, path, default) => {
                let found = value(place, path).filter(|value| !is_nothing(value));
                set(&mut input, name, found.unwrap_or_else(|| parse(default)));
            }
            Input::Document(name, path) => set(&mut input, name, value(place, path)?.to_string().into()),
            Input::Constant(name, value) => set(&mut input, name, parse(value)),
            Input::Tags(name) => {
                let tags = place.resource.tags.iter();
                set(&mut input, name, tags.map(|(name, value)| json!({"Key": name, "Value": value})).collect());
            }
        }
    }
    Some(FixCall { operation: operation.name, input })
}

/// The value at a path; with `*` in it, all of them as a list.
fn value(place: &Place<'_>, path: &str) -> Option<Value> {
    let found = place.all(path);
    if path.contains('*') {
        let list = path.split("/*").next().unwrap_or(path);
        return place.all(list).first().map(|_| found.into_iter().cloned().collect());
    }
    found.first().map(|value| (*value).clone())
}

/// Sets the member at a path (`Tagging/TagSet`, `ResourceArns/0`).
fn set(input: &mut Value, path: &str, value: Value) {
    let mut at = input;
    for name in path.split('/') {
        let is_element = name.parse::<usize>().is_ok();
        if is_element && !at.is_array() {
            *at = json!([null]);
        } else if !is_element && !at.is_object() {
            *at = json!({});
        }
        at = if is_element { &mut at[0] } else { &mut at[name] };
    }
    *at = value;
}
