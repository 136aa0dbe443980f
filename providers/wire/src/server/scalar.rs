//! Scalars between their text on the wire and JSON.

use serde_json::Value;

use crate::model::{Shape, TimestampFormat};
use crate::timestamp;

/// Reads the text of a scalar. Text that is not of its shape stays a string: the endpoint refuses it by name.
pub(super) fn read(shape: &Shape, text: &str) -> Value {
    let parsed = match shape {
        Shape::Boolean => text.parse::<bool>().ok().map(Value::from),
        Shape::Integer => text.parse::<i64>().ok().map(Value::from),
        Shape::Float => text.parse::<f64>().ok().map(Value::from),
        Shape::Timestamp(_) => timestamp::parse(text).map(timestamp::rfc3339).map(Value::from),
        _ => None,
    };
    parsed.unwrap_or_else(|| Value::from(text))
}

/// The text of a scalar. Timestamps are RFC 3339 in JSON.
pub(super) fn text(shape: &Shape, value: &Value) -> String {
    match (shape, value) {
        // AWS's own answers differ in the number of digits behind the second: what the value has stays.
        (Shape::Timestamp(TimestampFormat::Iso8601), Value::String(text)) => text.clone(),
        (Shape::Timestamp(format), Value::String(text)) => {
            timestamp::parse(text).map_or_else(|| text.clone(), |time| timestamp::format(time, *format))
        }
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

/// Seconds since 1970, as JSON protocols write time.
pub(super) fn unix(text: &str) -> Option<Value> {
    serde_json::from_str(&timestamp::format(timestamp::parse(text)?, TimestampFormat::Unix)).ok()
}
