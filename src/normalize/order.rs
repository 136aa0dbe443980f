//! One spelling for numbers, and a total order over JSON values to sort sets by.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// Integers up to this magnitude are exact in a 64-bit float.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A float without a fraction becomes an integer: protocols differ in whether they write `50` or `50.0`.
pub(super) fn canonical_number(number: &mut Number) {
    if number.is_f64()
        && let Some(float) = number.as_f64()
        && float.fract() == 0.0
        && float.abs() <= EXACT
    {
        #[expect(clippy::cast_possible_truncation, reason = "no fraction, and within the exact range")]
        let integer = float as i64;
        *number = integer.into();
    }
}

/// Orders any two values; equal only if the values are. Null < booleans < numbers < strings < lists < maps.
pub(super) fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => compare_numbers(a, b),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Array(a), Value::Array(b)) => {
            a.iter().zip(b).map(|(a, b)| compare(a, b)).find(|o| o.is_ne()).unwrap_or(a.len().cmp(&b.len()))
        }
        (Value::Object(a), Value::Object(b)) => a
            .iter()
            .zip(b)
            .map(|((a_name, a), (b_name, b))| a_name.cmp(b_name).then_with(|| compare(a, b)))
            .find(|order| order.is_ne())
            .unwrap_or(a.len().cmp(&b.len())),
        _ => rank(a).cmp(&rank(b)),
    }
}

/// By size; what a float cannot tell apart, integers before floats and then by the integers.
fn compare_numbers(a: &Number, b: &Number) -> Ordering {
    let size = |number: &Number| number.as_f64().unwrap_or_default();
    let integer = |number: &Number| number.as_i64().map(i128::from).or(number.as_u64().map(i128::from));
    size(a).total_cmp(&size(b)).then_with(|| a.is_f64().cmp(&b.is_f64())).then_with(|| integer(a).cmp(&integer(b)))
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

/// A path of member names to what an element of a set is known by.
pub(super) type Key = Vec<String>;

/// Sorts a set by its keys (a missing one first), then by everything else. Equal elements stay side by side.
pub(super) fn sort_set(elements: &mut [Value], keys: &[Key]) {
    if keys.is_empty() {
        elements.sort_by(compare);
        return;
    }
    elements.sort_by(|a, b| {
        for key in keys {
            let order = match (find(a, key), find(b, key)) {
                (Some(a), Some(b)) => compare(a, b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            };
            if order.is_ne() {
                return order;
            }
        }
        compare(a, b)
    });
}

fn find<'a>(element: &'a Value, key: &Key) -> Option<&'a Value> {
    key.iter().try_fold(element, |value, name| value.get(name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_spelling() {
        for (written, expected) in [
            ("50.0", "50"),
            ("50", "50"),
            ("-0.0", "0"),
            ("0.5", "0.5"),
            ("1e3", "1000"),
            ("1e300", "1e300"),
            ("18446744073709551615", "18446744073709551615"),
        ] {
            let mut number: Number = serde_json::from_str(written).expect(written);
            canonical_number(&mut number);
            assert_eq!(number.to_string().replace("e+", "e"), expected);
        }
    }

    #[test]
    fn values_of_all_sorts_have_an_order() {
        let sorted = serde_json::json!([
            null, false, true, -1, 0.5, 1, 1.5, 9_007_199_254_740_993_u64, 1e300, "", "a", "b", [], [1], [1, 2], [2],
            {}, {"a": 1}, {"a": 1, "b": 1}, {"a": 2}, {"b": 0}
        ]);
        let sorted = sorted.as_array().expect("list");
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(compare(a, b), i.cmp(&j), "{a} and {b}");
            }
        }
    }
}
