//! Whether parameters fit the model; what builds the request may then rely on their types.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::Problem;
use crate::model::{Shape, Structure};
use crate::timestamp;

pub(super) fn structure(structure: &Structure, value: &Value, path: &str) -> Result<(), Problem> {
    let none = Map::new();
    let given = match value {
        Value::Object(given) => given,
        Value::Null if path.is_empty() => &none,
        _ => return Err(mismatch(path, "an object", value)),
    };
    let at = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
        let member = structure.member(name).ok_or_else(|| Problem::Unknown(at(name)))?;
        self::value(member.shape, value, &at(name))?;
    }
    match structure.members.iter().find(|member| member.required && given.get(member.name).is_none_or(Value::is_null)) {
        Some(missing) => Err(Problem::Missing(at(missing.name))),
        None => Ok(()),
    }
}

fn value(shape: &Shape, value: &Value, path: &str) -> Result<(), Problem> {
    let (fits, expected) = match shape {
        Shape::String { .. } => (value.is_string(), "a string"),
        Shape::Boolean => (value.is_boolean(), "true or false"),
        Shape::Integer => (value.is_i64() || value.is_u64(), "an integer"),
        Shape::Float => (value.is_number(), "a number"),
        Shape::Timestamp(_) => (value.as_str().and_then(timestamp::parse).is_some(), "an RFC 3339 time"),
        Shape::Blob { .. } => (value.as_str().is_some_and(|text| STANDARD.decode(text).is_ok()), "base64 text"),
        Shape::Structure(structure) => return self::structure(structure, value, path),
        Shape::List(list) => {
            let elements = value.as_array().ok_or_else(|| mismatch(path, "a list", value))?;
            let mut elements = elements.iter().enumerate();
            return elements
                .try_for_each(|(index, element)| self::value(list.member, element, &format!("{path}[{index}]")));
        }
        Shape::Map(map) => {
            let entries = value.as_object().ok_or_else(|| mismatch(path, "an object", value))?;
            return entries.iter().try_for_each(|(key, value)| self::value(map.value, value, &format!("{path}.{key}")));
        }
    };
    if fits { Ok(()) } else { Err(mismatch(path, expected, value)) }
}

fn mismatch(path: &str, expected: &'static str, value: &Value) -> Problem {
    let found = match value {
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        scalar => scalar.to_string(),
    };
    Problem::Type { path: path.to_owned(), expected, found }
}
