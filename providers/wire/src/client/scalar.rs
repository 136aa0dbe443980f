//! Scalars as XML and headers write them.

use std::borrow::Cow;

use serde_json::{Number, Value};

use super::fault::Fault;
use crate::model::Shape;
use crate::timestamp;

/// A scalar's value from its text. Nothing for empty text where only a string may be empty.
pub(super) fn value(shape: &Shape, text: Cow<'_, str>, seal: &dyn Fn(&str) -> String) -> Result<Option<Value>, Fault> {
    if let Shape::String { sensitive } | Shape::Blob { sensitive } = shape {
        return Ok(Some(Value::String(if *sensitive { seal(&text) } else { text.into_owned() })));
    }
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(None);
    }
    let (value, expected) = match shape {
        Shape::Boolean => (boolean(trimmed), "true or false"),
        Shape::Integer => (integer(trimmed), "an integer"),
        Shape::Float => (float(trimmed), "a number"),
        Shape::Timestamp(_) => {
            let time = timestamp::parse(trimmed).map(timestamp::rfc3339);
            (time.map(Value::String), "a time")
        }
        _ => (None, "a scalar"),
    };
    value.map(Some).ok_or_else(|| Fault::new(format!("`{trimmed}` is not {expected}")))
}

fn boolean(text: &str) -> Option<Value> {
    if text.eq_ignore_ascii_case("true") || text == "1" {
        return Some(Value::Bool(true));
    }
    (text.eq_ignore_ascii_case("false") || text == "0").then_some(Value::Bool(false))
}

fn integer(text: &str) -> Option<Value> {
    text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<u64>().map(Value::from)).ok()
}

/// JSON has no infinity and no NaN: these stay text.
fn float(text: &str) -> Option<Value> {
    let number: f64 = text.parse().ok()?;
    Some(Number::from_f64(number).map_or_else(|| Value::String(text.to_owned()), Value::Number))
}
