//! JSON out of a fuzzer's bytes.

use arbitrary::{Result, Unstructured};
use serde_json::{Map, Value};

/// Names and texts that have meanings somewhere, so that they meet.
const WORDS: &[&str] = &[
    "a",
    "b",
    "A",
    "Id",
    "Key",
    "Value",
    "Port",
    "Inner",
    "Handle",
    "FromPort",
    "ToPort",
    "tags",
    "attributes",
    "arn",
    "",
    "a/b",
    "a~1b",
    "~0",
    "[0]",
    "[=1]",
    "a.b",
    "a=b",
    "\"",
    "\\",
    "]",
    "*",
    "null",
    "sealed:",
    "\u{202e}",
    "\u{0}",
    "é",
    "e\u{301}",
];

pub(super) fn text(input: &mut Unstructured<'_>) -> Result<String> {
    if input.ratio(4, 5)? { Ok((*input.choose(WORDS)?).to_owned()) } else { Ok(input.arbitrary::<&str>()?.to_owned()) }
}

pub(super) fn scalar(input: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match input.int_in_range(0..=6)? {
        0 => Value::Null,
        1 => input.arbitrary::<bool>()?.into(),
        2 => input.int_in_range(-1..=3)?.into(),
        3 => input.arbitrary::<i64>()?.into(),
        4 => input.arbitrary::<u64>()?.into(),
        5 => serde_json::Number::from_f64(input.arbitrary()?).map_or(Value::Null, Value::Number),
        _ => text(input)?.into(),
    })
}

pub(super) fn value(input: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
    if depth == 0 || input.ratio(1, 2)? {
        return scalar(input);
    }
    if input.arbitrary()? {
        return Ok(Value::Array(list(input, 4, |input| value(input, depth - 1))?));
    }
    Ok(Value::Object(list(input, 4, |input| Ok((text(input)?, value(input, depth - 1)?)))?.into_iter().collect()))
}

pub(super) fn list<T>(
    input: &mut Unstructured<'_>,
    most: usize,
    mut element: impl FnMut(&mut Unstructured<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let length = input.int_in_range(0..=most)?;
    (0..length).map(|_| element(input)).collect()
}

/// An object of these members, each of which may be missing.
pub(super) fn object<'m>(
    input: &mut Unstructured<'_>,
    members: impl IntoIterator<Item = (&'m str, Value)>,
) -> Result<Map<String, Value>> {
    let mut given = Map::new();
    for (name, value) in members {
        if input.ratio(4, 5)? {
            given.insert(name.to_owned(), value);
        }
    }
    Ok(given)
}
