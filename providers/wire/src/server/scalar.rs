//! Scalars between their text on the wire and JSON.

use serde_json::Value;
use time::format_description::well_known::{Rfc2822, Rfc3339};
use time::{OffsetDateTime, UtcOffset};

use crate::model::{Shape, TimestampFormat};

/// Reads the text of a scalar. Text that is not of its shape stays a string: the endpoint refuses it by name.
pub(super) fn read(shape: &Shape, text: &str) -> Value {
    let parsed = match shape {
        Shape::Boolean => text.parse::<bool>().ok().map(Value::from),
        Shape::Integer => text.parse::<i64>().ok().map(Value::from),
        Shape::Float => text.parse::<f64>().ok().map(Value::from),
        Shape::Timestamp(format) => instant(*format, text).and_then(|instant| instant.format(&Rfc3339).ok()).map(Value::from),
        _ => None,
    };
    parsed.unwrap_or_else(|| Value::from(text))
}

/// The text of a scalar. Timestamps are RFC 3339 in JSON.
pub(super) fn text(shape: &Shape, value: &Value) -> String {
    match (shape, value) {
        (Shape::Timestamp(format), Value::String(text)) => timestamp(*format, text),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

/// Seconds since 1970, as JSON protocols write time.
pub(super) fn unix(text: &str) -> Option<Value> {
    let instant = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    let millis = i64::from(instant.millisecond());
    if millis == 0 {
        return Some(Value::from(instant.unix_timestamp()));
    }
    format!("{}.{millis:03}", instant.unix_timestamp()).parse::<f64>().ok().map(Value::from)
}

fn timestamp(format: TimestampFormat, text: &str) -> String {
    let written = match format {
        // AWS's own answers differ in the number of digits after the second, so the description's stay.
        TimestampFormat::Iso8601 => None,
        TimestampFormat::Rfc822 => OffsetDateTime::parse(text, &Rfc3339).ok().and_then(|instant| {
            let text = instant.to_offset(UtcOffset::UTC).format(&Rfc2822).ok()?;
            Some(text.replace("+0000", "GMT"))
        }),
        TimestampFormat::Unix => unix(text).map(|number| number.to_string()),
    };
    written.unwrap_or_else(|| text.to_owned())
}

fn instant(format: TimestampFormat, text: &str) -> Option<OffsetDateTime> {
    match format {
        TimestampFormat::Iso8601 => OffsetDateTime::parse(text, &Rfc3339).ok(),
        TimestampFormat::Rfc822 => OffsetDateTime::parse(&text.replace("GMT", "+0000"), &Rfc2822).ok(),
        TimestampFormat::Unix => {
            let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
            let nanos: i128 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
            OffsetDateTime::from_unix_timestamp_nanos(seconds.parse::<i128>().ok()? * 1_000_000_000 + nanos).ok()
        }
    }
}
