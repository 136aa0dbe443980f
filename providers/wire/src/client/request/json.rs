//! JSON bodies.

use serde_json::{Map, Value};

use super::{given, text};
use crate::model::{Shape, Structure, TimestampFormat};

pub(super) fn body(structure: &'static Structure, params: &Map<String, Value>) -> Value {
    let members = given(structure, params);
    Value::Object(
        members.map(|(member, value)| (member.request_name.to_owned(), self::value(member.shape, value))).collect(),
    )
}

fn value(shape: &'static Shape, value: &Value) -> Value {
    match (shape, value) {
        (Shape::Structure(structure), Value::Object(params)) => body(structure, params),
        (Shape::List(list), Value::Array(elements)) => {
            elements.iter().map(|element| self::value(list.member, element)).collect()
        }
        (Shape::Map(map), Value::Object(entries)) => {
            entries.iter().map(|(key, value)| (key.clone(), self::value(map.value, value))).collect()
        }
        (Shape::Timestamp(TimestampFormat::Unix), value) => {
            // Seconds as a number.
            let seconds = text(shape, value);
            serde_json::from_str(&seconds).unwrap_or(Value::String(seconds))
        }
        (shape @ Shape::Timestamp(_), value) => Value::String(text(shape, value)),
        (_, value) => value.clone(),
    }
}
