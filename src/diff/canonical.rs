//! One form for values that mean the same: with the sets sorted and without handles, equal is `==`.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::shape::{Form, Place, Shape};

/// The attributes with every set in order, and without handles.
pub(super) fn attributes(shape: &Shape, attributes: &Map<String, Value>) -> Map<String, Value> {
    object(shape, &Place::default(), attributes)
}

fn object(shape: &Shape, place: &Place, members: &Map<String, Value>) -> Map<String, Value> {
    let compared = members.iter().map(|(name, member)| (name, shape.enter(place, name), member));
    let compared = compared.filter(|(_, inside, _)| !shape.is_handle(inside));
    compared.map(|(name, inside, member)| (name.clone(), value(shape, &inside, member))).collect()
}

/// A value below the attributes in the same form.
pub(super) fn value(shape: &Shape, place: &Place, from: &Value) -> Value {
    match from {
        Value::Object(members) => Value::Object(object(shape, place, members)),
        Value::Array(elements) => {
            let inside = shape.enter(place, "*");
            let mut elements: Vec<Value> = elements.iter().map(|element| value(shape, &inside, element)).collect();
            if matches!(shape.form(place), Form::Set(_) | Form::PolicyValues) {
                elements.sort_by(compare);
            }
            Value::Array(elements)
        }
        scalar => scalar.clone(),
    }
}

/// A total order over JSON values: null, booleans, numbers by size, strings, lists, objects.
pub(super) fn compare(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            let by_size = one.as_f64().partial_cmp(&other.as_f64()).unwrap_or(Ordering::Equal);
            by_size.then_with(|| one.to_string().cmp(&other.to_string()))
        }
        (Value::String(one), Value::String(other)) => one.cmp(other),
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (Value::Array(one), Value::Array(other)) => one
            .iter()
            .zip(other)
            .map(|(one, other)| compare(one, other))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| one.len().cmp(&other.len())),
        (Value::Object(one), Value::Object(other)) => one
            .iter()
            .zip(other)
            .map(|(one, other)| one.0.cmp(other.0).then_with(|| compare(one.1, other.1)))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| one.len().cmp(&other.len())),
        _ => rank(one).cmp(&rank(other)),
    }
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}
