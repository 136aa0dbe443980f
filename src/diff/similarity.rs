//! How alike two values are, for elements of lists that have no key.

use serde_json::Value;

/// What two values have in common: a different scalar in the same place still counts a little, because "the same
/// thing with another value" is the better story than "one went, another came".
const SAME_PLACE: f64 = 0.3;

/// From 0 (nothing in common) to 1 (equal).
pub(super) fn similarity(one: &Value, other: &Value) -> f64 {
    let (common, all) = compare(one, other);
    if all == 0.0 { 1.0 } else { common / all }
}

/// Weight of what is common, and of everything.
fn compare(one: &Value, other: &Value) -> (f64, f64) {
    match (one, other) {
        _ if one == other => (weight(one), weight(one)),
        (Value::Object(one), Value::Object(other)) => {
            let mut sum = (0.0, 0.0);
            for (name, value) in one {
                let (common, all) = other.get(name).map_or_else(|| (0.0, weight(value)), |peer| compare(value, peer));
                sum = (sum.0 + common, sum.1 + all);
            }
            let news: f64 = other.iter().filter(|(name, _)| !one.contains_key(*name)).map(|(_, v)| weight(v)).sum();
            (sum.0, sum.1 + news)
        }
        (Value::Array(one), Value::Array(other)) => {
            let mut rest: Vec<&Value> = other.iter().collect();
            let (mut common, mut all) = (0.0, 0.0);
            for value in one {
                all += weight(value);
                if let Some(found) = rest.iter().position(|peer| *peer == value) {
                    rest.remove(found);
                    common += weight(value);
                }
            }
            (common, all + rest.into_iter().map(weight).sum::<f64>())
        }
        _ if is_scalar(one) && is_scalar(other) => (SAME_PLACE, 1.0),
        _ => (0.0, weight(one).max(weight(other))),
    }
}

fn is_scalar(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}

/// The number of scalars in a value, at least one.
fn weight(value: &Value) -> f64 {
    match value {
        Value::Object(members) => members.values().map(weight).sum::<f64>().max(1.0),
        Value::Array(elements) => elements.iter().map(weight).sum::<f64>().max(1.0),
        _ => 1.0,
    }
}
