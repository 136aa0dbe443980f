//! The values of a policy's statement, where a scalar and a list of one mean the same.

use serde_json::Value;

/// The elements of a scalar or of a list of scalars; `None` for anything else.
pub(super) fn scalars(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Object(_) => None,
        Value::Array(elements) => {
            elements.iter().all(|element| !element.is_object() && !element.is_array()).then(|| elements.clone())
        }
        scalar => Some(vec![scalar.clone()]),
    }
}
