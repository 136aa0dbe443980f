//! Some of the changes between two resources, applied to the first: what a restore point says after a part of the drift
//! was accepted. All of them give the live side.

use std::collections::BTreeMap;

use driftline_api::Descriptor;
use serde_json::{Map, Value};

use super::canonical;
use super::handle;
use super::path::{Element, Path, Segment};
use super::shape::{Form, Place, Shape};
use super::{Action, Change};
use crate::Resource;
use crate::normalize::Rules;

/// The change does not fit the resource that it is to be applied to.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the change of `{path}` does not fit the resource")]
pub struct Inapplicable {
    pub path: String,
}

/// The resource after these changes, which [`super::diff`] found between it and `after`. Take the changes of a unit
/// ([`units`]) together. Handles of what both sides have are those of `after`, whatever is chosen.
pub fn apply(
    descriptor: Option<&'static Descriptor>,
    before: &Resource,
    after: &Resource,
    changes: &[&Change],
) -> Result<Resource, Inapplicable> {
    let shape = Shape::new(descriptor.map_or(&[], |descriptor| descriptor.rules));
    let mut resource = before.clone();
    let mut inside: Vec<Tail> = Vec::new();
    for change in changes {
        let misfit = || Inapplicable { path: change.path.to_string() };
        match change.path.0.as_slice() {
            [Segment::Member(root), rest @ ..] if root == "attributes" => inside.push((rest, change)),
            [Segment::Member(root), Segment::Member(name)] if root == "tags" => {
                let fits =
                    resource.tags.get(name).map(String::as_str) == change.before.as_ref().and_then(Value::as_str);
                match change.after.as_ref().map(Value::as_str) {
                    Some(Some(value)) if fits => resource.tags.insert(name.clone(), value.to_owned()),
                    None if fits => resource.tags.remove(name),
                    _ => return Err(misfit()),
                };
            }
            [Segment::Member(root)] if root == "arn" => {
                resource.arn = change.after.as_ref().and_then(Value::as_str).map(str::to_owned);
            }
            _ => return Err(misfit()),
        }
    }
    if inside.is_empty() && !shape.leads_to_handles(&Place::default()) {
        return Ok(resource);
    }
    let attributes = canonical::attributes(&shape, &before.attributes);
    let live = Value::Object(canonical::attributes(&shape, &after.attributes));
    resource.attributes = match edit(&shape, &Place::default(), Value::Object(attributes), Some(&live), &inside) {
        Some(Value::Object(members)) => members,
        _ => return Err(Inapplicable { path: inside.first().map(|tail| tail.1.path.to_string()).unwrap_or_default() }),
    };
    for side in [before, after] {
        handle::take_from(&shape, &mut resource.attributes, &side.attributes);
    }
    match descriptor.map(Rules::compile) {
        Some(Ok(rules)) => rules.arrange(&mut resource),
        _ => resource.attributes = canonical::attributes(&shape, &resource.attributes),
    }
    Ok(resource)
}

/// Which changes belong together: the indices of those that can only be applied with each other, in the order of the
/// first of each. A list in which order matters is one thing, for its positions mean something only in the whole, and
/// so is an element of a set that is known by its whole value.
pub fn units(descriptor: Option<&Descriptor>, changes: &[Change]) -> Vec<Vec<usize>> {
    let shape = Shape::new(descriptor.map_or(&[], |descriptor| descriptor.rules));
    let mut by_place: BTreeMap<String, usize> = BTreeMap::new();
    let mut units: Vec<Vec<usize>> = Vec::new();
    for (index, change) in changes.iter().enumerate() {
        let unit = *by_place.entry(whole(&shape, change)).or_insert(units.len());
        match units.get_mut(unit) {
            Some(unit) => unit.push(index),
            None => units.push(vec![index]),
        }
    }
    units
}

/// The outermost place on a change's way that can only be changed as a whole.
fn whole(shape: &Shape, change: &Change) -> String {
    let segments = &change.path.0;
    let to = |end: usize| Path(segments[..end].to_vec()).pointer();
    if change.action == Action::Reordered {
        return to(segments.len());
    }
    let mut place = Place::default();
    for (at, segment) in segments.iter().enumerate().skip(1) {
        match segment {
            Segment::Member(name) => place = shape.enter(&place, name),
            Segment::Element(element) => {
                if matches!(shape.form(&place), Form::Sequence(_) | Form::Statements) {
                    return to(at);
                }
                if matches!(element, Element::Value(_)) && at + 1 < segments.len() {
                    return to(at + 1);
                }
                place = shape.enter(&place, "*");
            }
        }
    }
    to(segments.len())
}

type Tail<'c> = (&'c [Segment], &'c Change);

/// The value after the changes at and below its place; `None` if they do not fit it. `live` is what stands there on the
/// other side, where that is known.
fn edit(shape: &Shape, place: &Place, value: Value, live: Option<&Value>, tails: &[Tail]) -> Option<Value> {
    if let [([], change)] = tails
        && change.action == Action::Changed
    {
        return (change.before.as_ref() == Some(&value)).then(|| change.after.clone())?;
    }
    match value {
        Value::Object(members) => object(shape, place, members, live, tails),
        Value::Array(elements) => {
            let live = live.and_then(Value::as_array).map(Vec::as_slice);
            let elements = list(shape, place, elements, live, tails)?;
            Some(Value::Array(match (shape.form(place), live) {
                // Where elements are known by a key, no change tells where they stand.
                (Form::Sequence(_) | Form::Statements, Some(live)) => in_order_of(elements, live),
                _ => elements,
            }))
        }
        _ => None,
    }
}

/// The elements as they stand on the other side, if it has the same: a list in which order matters is changed as a whole.
fn in_order_of(elements: Vec<Value>, live: &[Value]) -> Vec<Value> {
    let same = elements.len() == live.len() && without_order(&elements) == without_order(live);
    if same { live.to_vec() } else { elements }
}

fn without_order(elements: &[Value]) -> Vec<Value> {
    fn value(from: &Value) -> Value {
        match from {
            Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), value(member))).collect(),
            Value::Array(elements) => Value::Array(without_order(elements)),
            scalar => scalar.clone(),
        }
    }
    let mut elements: Vec<Value> = elements.iter().map(value).collect();
    elements.sort_by(canonical::compare);
    elements
}

fn object(
    shape: &Shape,
    place: &Place,
    mut members: Map<String, Value>,
    live: Option<&Value>,
    tails: &[Tail],
) -> Option<Value> {
    for (first, group) in grouped(tails) {
        let Segment::Member(name) = first else { return None };
        match group.as_slice() {
            [([], Change { action: Action::Added, after, .. })] => {
                if members.insert(name.clone(), after.clone()?).is_some() {
                    return None;
                }
            }
            [([], Change { action: Action::Removed, before, .. })] => {
                if members.remove(name) != *before {
                    return None;
                }
            }
            _ => {
                let old = members.remove(name)?;
                let inside = shape.enter(place, name);
                let live = live.and_then(|live| live.get(name));
                members.insert(name.clone(), edit(shape, &inside, old, live, &group)?);
            }
        }
    }
    Some(Value::Object(members))
}

fn list(
    shape: &Shape,
    place: &Place,
    elements: Vec<Value>,
    live: Option<&[Value]>,
    tails: &[Tail],
) -> Option<Vec<Value>> {
    let inside = shape.enter(place, "*");
    let original = elements.clone();
    let mut slots: Vec<Option<Value>> = elements.into_iter().map(Some).collect();
    let (mut inserts, mut appended, mut order) = (Vec::new(), Vec::new(), None);
    for (first, group) in grouped(tails) {
        let Segment::Element(element) = first else { return None };
        for added in group.iter().filter(|(rest, change)| rest.is_empty() && change.action == Action::Added) {
            let value = added.1.after.clone()?;
            match element {
                Element::Index(index) => inserts.push((*index, value)),
                _ => appended.push(value),
            }
        }
        for removed in group.iter().filter(|(rest, change)| rest.is_empty() && change.action == Action::Removed) {
            let before = removed.1.before.as_ref()?;
            let slot = match element {
                Element::Index(index) => *index,
                _ => slots.iter().position(|slot| slot.as_ref() == Some(before))?,
            };
            if slots.get_mut(slot)?.take().as_ref() != Some(before) {
                return None;
            }
        }
        let in_place = |action| matches!(action, Action::Changed | Action::Reordered);
        let edits: Vec<Tail> =
            group.into_iter().filter(|(rest, change)| !rest.is_empty() || in_place(change.action)).collect();
        if !edits.is_empty() {
            let slot = element.position(&original)?;
            let old = slots.get_mut(slot)?.take()?;
            // An index is one of the restore point's list.
            let live = live.filter(|_| !matches!(element, Element::Index(_)));
            let live = live.and_then(|live| live.get(element.position(live)?));
            slots[slot] = Some(edit(shape, &inside, old, live, &edits)?);
        }
    }
    for (rest, change) in tails {
        if rest.is_empty() && change.action == Action::Reordered {
            order = Some((change.before.as_ref()?.as_array()?, change.after.as_ref()?.as_array()?));
        }
    }
    let mut result: Vec<Value> = slots.into_iter().flatten().collect();
    if let Some((before, after)) = order {
        let tells = |told: &Value, element: &Value| {
            let by_key =
                |key: &Map<String, Value>| !key.is_empty() && key.iter().all(|(n, v)| element.get(n) == Some(v));
            told == element || told.as_object().is_some_and(by_key)
        };
        if before.len() != result.len() || !before.iter().zip(&result).all(|(told, element)| tells(told, element)) {
            return None;
        }
        let mut sorted = Vec::with_capacity(result.len());
        for told in after {
            // Where the whole is told, another element may have all of its members and more.
            let whole = result.iter().position(|element| told == element);
            let at = whole.or_else(|| result.iter().position(|element| tells(told, element)))?;
            sorted.push(result.remove(at));
        }
        result = sorted;
    }
    inserts.sort_by_key(|(index, _)| *index);
    for (index, value) in inserts {
        // Elements that were added by key stand at the end: the position counts from them, too.
        let index = if appended.is_empty() { index } else { index.min(result.len()) };
        if index > result.len() {
            return None;
        }
        result.insert(index, value);
    }
    result.extend(appended);
    Some(result)
}

/// Changes by their first segment. Changes of the list itself have none.
fn grouped<'c>(tails: &[Tail<'c>]) -> Vec<(&'c Segment, Vec<Tail<'c>>)> {
    let mut groups: Vec<(&Segment, Vec<Tail>)> = Vec::new();
    for (segments, change) in tails {
        let Some((first, rest)) = segments.split_first() else { continue };
        match groups.iter_mut().find(|(segment, _)| *segment == first) {
            Some((_, group)) => group.push((rest, change)),
            None => groups.push((first, vec![(rest, change)])),
        }
    }
    groups
}
