//! Changes applied to the restore point's side give the live side: what the laws of comparing are checked with.

use serde_json::{Map, Value};

use super::canonical;
use super::path::{Element, Segment};
use super::shape::{Form, Place, Shape};
use super::{Action, Change};

/// The attributes after the changes. Both sides are in canonical form; elements that were added to a keyed sequence
/// stand at its end.
pub(super) fn apply(shape: &Shape, before: &Map<String, Value>, changes: &[Change]) -> Map<String, Value> {
    let tails: Vec<Tail> = changes.iter().map(|change| (&change.path.0[1..], change)).collect();
    match edit(shape, &Place::default(), Value::Object(before.clone()), &tails) {
        Value::Object(members) => canonical::attributes(shape, &members),
        other => panic!("attributes became {other}"),
    }
}

type Tail<'c> = (&'c [Segment], &'c Change);

fn edit(shape: &Shape, place: &Place, value: Value, tails: &[Tail]) -> Value {
    if let [([], change)] = tails
        && change.action == Action::Changed
    {
        assert_eq!(change.before.as_ref(), Some(&value));
        return change.after.clone().expect("changed to something");
    }
    match value {
        Value::Object(mut members) => {
            for (first, group) in grouped(tails) {
                let Segment::Member(name) = first else { panic!("an element of an object") };
                let inside = shape.enter(place, name);
                match group.as_slice() {
                    [([], Change { action: Action::Added, after, .. })] => {
                        assert!(members.insert(name.clone(), after.clone().expect("added")).is_none());
                    }
                    [([], Change { action: Action::Removed, before, .. })] => {
                        assert_eq!(members.remove(name), *before);
                    }
                    _ => {
                        let old = members.remove(name).expect("a change of what is there");
                        members.insert(name.clone(), edit(shape, &inside, old, &group));
                    }
                }
            }
            Value::Object(members)
        }
        Value::Array(elements) => list(shape, place, elements, tails),
        scalar => panic!("changes {tails:?} inside {scalar}"),
    }
}

fn list(shape: &Shape, place: &Place, elements: Vec<Value>, tails: &[Tail]) -> Value {
    let inside = shape.enter(place, "*");
    let original = elements.clone();
    let mut slots: Vec<Option<Value>> = elements.into_iter().map(Some).collect();
    let (mut inserts, mut appended, mut order) = (Vec::new(), Vec::new(), None);
    for (first, group) in grouped(tails) {
        let Segment::Element(element) = first else { panic!("a member of a list") };
        for added in group.iter().filter(|(rest, change)| rest.is_empty() && change.action == Action::Added) {
            let value = added.1.after.clone().expect("added");
            match element {
                Element::Index(index) => inserts.push((*index, value)),
                _ => appended.push(value),
            }
        }
        for removed in group.iter().filter(|(rest, change)| rest.is_empty() && change.action == Action::Removed) {
            let before = removed.1.before.as_ref().expect("removed");
            let slot = match element {
                Element::Index(index) => *index,
                _ => slots.iter().position(|slot| slot.as_ref() == Some(before)).expect("what was removed was there"),
            };
            assert_eq!(slots[slot].take().as_ref(), Some(before));
        }
        let edits: Vec<Tail> =
            group.into_iter().filter(|(rest, change)| !rest.is_empty() || change.action == Action::Changed).collect();
        if !edits.is_empty() {
            let slot = element.position(&original).expect("a path leads to an element");
            let old = slots[slot].take().expect("it was not removed");
            slots[slot] = Some(edit(shape, &inside, old, &edits));
        }
    }
    for (rest, change) in tails {
        if rest.is_empty() && change.action == Action::Reordered {
            order = Some((change.before.clone(), change.after.clone()));
        }
    }
    let mut result: Vec<Value> = slots.into_iter().flatten().collect();
    if let Some((before, after)) = order {
        let (Some(Value::Array(before)), Some(Value::Array(after))) = (before, after) else { panic!("no order") };
        let tells = |told: &Value, element: &Value| {
            told == element || told.as_object().is_some_and(|key| key.iter().all(|(n, v)| element.get(n) == Some(v)))
        };
        assert_eq!(before.len(), result.len(), "an order tells the elements that remain");
        assert!(before.iter().zip(&result).all(|(told, element)| tells(told, element)));
        let mut take =
            |told: &Value| result.remove(result.iter().position(|e| tells(told, e)).expect("the same elements"));
        result = after.iter().map(&mut take).collect();
    }
    inserts.sort_by_key(|(index, _)| *index);
    for (index, value) in inserts {
        // Elements that were added by key stand at the end: the position counts from them, too.
        let index = if appended.is_empty() { index } else { index.min(result.len()) };
        result.insert(index, value);
    }
    result.extend(appended);
    assert!(shape.form(place) != Form::Sequence(&[]) || result.len() <= original.len() + tails.len());
    Value::Array(result)
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
