//! Reads JSON answers.

use serde_json::{Map, Value};

use super::fault::Fault;
use super::scalar;
use crate::model::{Shape, Structure};
use crate::timestamp;

pub(super) fn read(
    structure: &'static Structure,
    body: &[u8],
    seal: &dyn Fn(&str) -> String,
) -> Result<Map<String, Value>, Fault> {
    if body.is_empty() && structure.members.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(given)) => members(structure, given, seal),
        Ok(_) => Err(Fault::new("its JSON is not an object")),
        Err(error) => Err(Fault::new(format!("its body is not JSON: {error}"))),
    }
}

fn members(
    structure: &'static Structure,
    mut given: Map<String, Value>,
    seal: &dyn Fn(&str) -> String,
) -> Result<Map<String, Value>, Fault> {
    let mut read = Map::new();
    for member in structure.members {
        let Some(given) = given.remove(member.wire_name).filter(|value| !value.is_null()) else { continue };
        let value = value(member.shape, given, seal).map_err(|fault| fault.within(member.wire_name))?;
        if let Some(value) = value {
            read.insert(member.name.to_owned(), value);
        }
    }
    Ok(read)
}

fn value(shape: &'static Shape, given: Value, seal: &dyn Fn(&str) -> String) -> Result<Option<Value>, Fault> {
    match (shape, given) {
        (_, Value::Null) => Ok(None),
        (Shape::Structure(structure), Value::Object(given)) => {
            Ok(Some(Value::Object(members(structure, given, seal)?)))
        }
        (Shape::List(list), Value::Array(given)) => {
            let elements = given.into_iter().filter_map(|element| value(list.member, element, seal).transpose());
            Ok(Some(Value::Array(elements.collect::<Result<_, _>>()?)))
        }
        (Shape::Map(map), Value::Object(given)) => {
            let mut entries = Map::new();
            for (key, given) in given {
                if let Some(value) = value(map.value, given, seal).map_err(|fault| fault.within(&key))? {
                    entries.insert(key, value);
                }
            }
            Ok(Some(Value::Object(entries)))
        }
        (Shape::Timestamp(_), Value::Number(seconds)) => {
            let time = seconds.as_f64().and_then(timestamp::from_unix).map(timestamp::rfc3339);
            let time = time.ok_or_else(|| Fault::new(format!("`{seconds}` is not a time")))?;
            Ok(Some(Value::String(time)))
        }
        (Shape::Boolean, given @ Value::Bool(_)) | (Shape::Float, given @ Value::Number(_)) => Ok(Some(given)),
        (Shape::Integer, Value::Number(number)) => match whole(&number) {
            Some(number) => Ok(Some(number)),
            None => Err(Fault::new(format!("`{number}` is not an integer"))),
        },
        (
            shape @ (Shape::String { .. } | Shape::Blob { .. } | Shape::Timestamp(_) | Shape::Float),
            Value::String(text),
        ) => scalar::value(shape, text.into(), seal),
        (_, given) => Err(Fault::new(format!("{} stands where it cannot", kind(&given)))),
    }
}

/// Some services write `1.0`.
fn whole(number: &serde_json::Number) -> Option<Value> {
    if number.is_i64() || number.is_u64() {
        return Some(Value::Number(number.clone()));
    }
    let number = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9e15)?;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole, and far below what i64 holds")]
    Some(Value::from(number as i64))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
