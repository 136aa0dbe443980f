//! Handles from one resource to another: what is compared knows none, so they follow the parts that they belong to.

use serde_json::{Map, Value};

use super::canonical;
use super::list;
use super::shape::{Place, Shape};

/// Gives each part of `to` that `from` also has the handles that it has there.
pub(super) fn take_from(shape: &Shape, to: &mut Map<String, Value>, from: &Map<String, Value>) {
    objects(shape, &Place::default(), to, from);
}

fn values(shape: &Shape, place: &Place, to: &mut Value, from: &Value) {
    if !shape.leads_to_handles(place) {
        return;
    }
    match (to, from) {
        (Value::Object(to), Value::Object(from)) => objects(shape, place, to, from),
        (Value::Array(to), Value::Array(from)) => lists(shape, place, to, from),
        _ => {}
    }
}

fn objects(shape: &Shape, place: &Place, to: &mut Map<String, Value>, from: &Map<String, Value>) {
    to.retain(|name, _| from.contains_key(name) || !shape.is_handle(&shape.enter(place, name)));
    for (name, value) in from {
        let inside = shape.enter(place, name);
        if shape.is_handle(&inside) {
            to.insert(name.clone(), value.clone());
        } else if let Some(to) = to.get_mut(name) {
            values(shape, &inside, to, value);
        }
    }
}

fn lists(shape: &Shape, place: &Place, to: &mut [Value], from: &[Value]) {
    let inside = shape.enter(place, "*");
    let compared = |list: &[Value]| -> Vec<Value> {
        list.iter().map(|element| canonical::value(shape, &inside, element)).collect()
    };
    let matching = list::matching(shape.form(place), &compared(to), &compared(from));
    for (at, found, _) in matching.pairs {
        values(shape, &inside, &mut to[at], &from[found]);
    }
}
