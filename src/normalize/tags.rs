//! Tags: AWS has several list forms and a map form for them, a snapshot has one map.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::order::sort_set;

/// The member names of a tag in the APIs' list forms.
const FORMS: [(&str, &str); 3] = [("Key", "Value"), ("TagKey", "TagValue"), ("key", "value")];

/// Moves tags out of `value`. False, and `value` keeps everything, if any of it is not understood as tags.
pub(super) fn take(value: &mut Value, tags: &mut BTreeMap<String, String>, include_aws_managed: bool) -> bool {
    let Some(found) = read(value) else {
        if let Value::Array(elements) = value {
            sort_set(elements, &[]);
        }
        return false;
    };
    for (key, text) in found {
        if include_aws_managed || !is_aws_managed(key) {
            // AWS has no two tags of one key; should an answer have, the order must not matter.
            let tag = tags.entry(key.to_owned()).or_default();
            if text > tag.as_str() {
                text.clone_into(tag);
            }
        }
    }
    true
}

/// `aws:` is reserved, in any case: nobody but AWS sets such a tag.
fn is_aws_managed(key: &str) -> bool {
    key.as_bytes().get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case(b"aws:"))
}

fn read(value: &Value) -> Option<Vec<(&str, &str)>> {
    match value {
        Value::Null => Some(vec![]),
        Value::Array(elements) => elements.iter().map(|element| read_tag(element.as_object()?)).collect(),
        Value::Object(members) => members.iter().map(|(key, value)| Some((key.as_str(), text(Some(value))?))).collect(),
        _ => None,
    }
}

/// A tag may come with members that say where it is from (`ResourceId`, `PropagateAtLaunch`): such a list is no mere
/// map, and is not understood.
fn read_tag(members: &Map<String, Value>) -> Option<(&str, &str)> {
    FORMS.iter().find_map(|(key, value)| {
        let name = members.get(*key)?.as_str()?;
        members.keys().all(|member| member == key || member == value).then_some(())?;
        Some((name, text(members.get(*value))?))
    })
}

/// A tag without a value and one with an empty value are the same tag.
fn text(value: Option<&Value>) -> Option<&str> {
    match value {
        None | Some(Value::Null) => Some(""),
        Some(value) => value.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(value: &Value, include_aws_managed: bool, expected: Option<&[(&str, &str)]>) {
        let mut tags = BTreeMap::new();
        let understood = take(&mut value.clone(), &mut tags, include_aws_managed);
        let tags: Vec<(&str, &str)> = tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(understood.then_some(tags.as_slice()), expected, "{value}");
    }

    #[test]
    fn every_form_becomes_a_map() {
        let expected: &[_] = &[("Empty", ""), ("Team", "platform")];
        check(&json!([{"Key": "Team", "Value": "platform"}, {"Key": "Empty", "Value": ""}]), false, Some(expected));
        check(&json!([{"Key": "Team", "Value": "platform"}, {"Key": "Empty"}]), false, Some(expected));
        check(&json!([{"TagKey": "Team", "TagValue": "platform"}, {"TagKey": "Empty"}]), false, Some(expected));
        check(&json!([{"key": "Team", "value": "platform"}, {"key": "Empty", "value": null}]), false, Some(expected));
        check(&json!({"Team": "platform", "Empty": ""}), false, Some(expected));
        for empty in [json!([]), json!({}), json!(null)] {
            check(&empty, false, Some(&[]));
        }
    }

    #[test]
    fn tags_of_aws_are_left_out_unless_asked_for() {
        let tags = json!([{"Key": "aws:cloudformation:stack-name", "Value": "s"}, {"Key": "awsome", "Value": "y"}]);
        check(&tags, false, Some(&[("awsome", "y")]));
        check(&tags, true, Some(&[("aws:cloudformation:stack-name", "s"), ("awsome", "y")]));
    }

    #[test]
    fn what_is_not_understood_stays_where_it_is() {
        for value in [
            json!("text"),
            json!([1]),
            json!([{"Key": 1}]),
            json!([{"Key": "k", "Value": {}}]),
            json!([{"Key": "k", "Value": "v", "PropagateAtLaunch": true}]),
            json!({"k": 1}),
        ] {
            check(&value, false, None);
        }
    }

    #[test]
    fn a_key_answered_twice_does_not_depend_on_order() {
        check(&json!([{"Key": "k", "Value": "a"}, {"Key": "k", "Value": "b"}]), false, Some(&[("k", "b")]));
        check(&json!([{"Key": "k", "Value": "b"}, {"Key": "k", "Value": "a"}]), false, Some(&[("k", "b")]));
    }
}
