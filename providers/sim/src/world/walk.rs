//! Looking into values by paths.

use std::borrow::Cow;

use serde_json::Value;

/// Every value that a path leads to: a JSON pointer in which `*` stands for all elements of a list.
pub(crate) fn walk<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    let mut found = vec![value];
    for step in path.split('/').skip(1) {
        found = found
            .into_iter()
            .flat_map(|value| match value {
                Value::Array(items) if step == "*" => items.iter().collect(),
                Value::Array(items) => {
                    step.parse::<usize>().ok().and_then(|index| items.get(index)).into_iter().collect()
                }
                other => other.get(step).into_iter().collect::<Vec<_>>(),
            })
            .collect();
    }
    found
}

/// A value as it stands in parameters and filters.
pub(crate) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}
