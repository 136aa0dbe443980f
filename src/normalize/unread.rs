//! Parts of a resource that could not be read keep their last known value.

use driftline_api::Unread;
use serde_json::{Map, Value};

use super::rules::unescape;
use crate::Resource;

/// Takes the parts of `resource` that could not be read from `previous`, its last known state; without one they are
/// absent. Compared with `previous` afterwards, nothing at or below them differs.
///
/// A part inside a list costs the whole list, if it was known before: normalization may have moved the element, so
/// that its place no longer says which one it was.
pub fn merge_unread(resource: &mut Resource, unread: &[Unread], previous: Option<&Resource>) {
    for part in unread {
        if part.path == "/tags" {
            resource.tags = previous.map(|previous| previous.tags.clone()).unwrap_or_default();
        } else if part.path.is_empty() {
            resource.attributes = previous.map(|previous| previous.attributes.clone()).unwrap_or_default();
        } else {
            let path: Vec<String> = part.path.split('/').skip(1).map(unescape).collect();
            merge(&mut resource.attributes, &path, previous.map(|previous| &previous.attributes));
        }
    }
}

fn merge(members: &mut Map<String, Value>, path: &[String], previous: Option<&Map<String, Value>>) {
    let Some((name, rest)) = path.split_first() else { return };
    let known = previous.and_then(|previous| previous.get(name));
    if !rest.is_empty() {
        match (members.get_mut(name), known) {
            (Some(Value::Object(live)), known) => return merge(live, rest, known.and_then(Value::as_object)),
            // Nothing of this part was read; what is known of it beside the path was answered as absent.
            (None, Some(Value::Object(known))) => {
                let mut live = Map::new();
                merge(&mut live, rest, Some(known));
                if !live.is_empty() {
                    members.insert(name.clone(), Value::Object(live));
                }
                return;
            }
            (_, None) => return,
            _ => {}
        }
    }
    match known {
        Some(known) => members.insert(name.clone(), known.clone()),
        None => members.remove(name),
    };
}

#[cfg(test)]
mod tests {
    use driftline_api::{Cause, Status};
    use serde_json::json;

    use super::*;

    fn resource(value: &Value) -> Resource {
        Resource {
            kind: "s3/bucket".to_owned(),
            id: "b".to_owned(),
            arn: None,
            tags: serde_json::from_value(value.get("tags").cloned().unwrap_or_else(|| json!({}))).expect("tags"),
            attributes: value["attributes"].as_object().cloned().unwrap_or_default(),
        }
    }

    fn check(live: &Value, path: &str, previous: Option<&Value>, expected: &Value) {
        let cause = Cause {
            status: Status::Denied,
            operation: "s3:GetBucketPolicy".to_owned(),
            code: "AccessDenied".to_owned(),
            message: String::new(),
        };
        let mut merged = resource(live);
        let unread = [Unread { path: path.to_owned(), cause }];
        merge_unread(&mut merged, &unread, previous.map(resource).as_ref());
        assert_eq!(merged, resource(expected), "{path} of {live} after {previous:?}");
    }

    #[test]
    fn an_unread_part_keeps_its_last_known_value() {
        let live = json!({"attributes": {"Name": "new"}});
        let known = json!({"attributes": {"Name": "old", "Policy": {"Id": 1}}});
        check(&live, "/Policy", Some(&known), &json!({"attributes": {"Name": "new", "Policy": {"Id": 1}}}));
        check(&live, "/Policy/Id", Some(&known), &json!({"attributes": {"Name": "new", "Policy": {"Id": 1}}}));
        check(&live, "/Policy/Other", Some(&known), &live);
        check(&live, "/Policy", None, &live);
        check(&live, "", Some(&known), &known);
    }

    #[test]
    fn what_was_half_read_counts_as_unread() {
        let live = json!({"attributes": {"Policy": {"half": true}, "Attributes": {"a": 1}}});
        check(&live, "/Policy", None, &json!({"attributes": {"Attributes": {"a": 1}}}));
        let known = json!({"attributes": {"Attributes": {"a": 0, "b": 2}}});
        check(&live, "/Policy", Some(&known), &json!({"attributes": {"Attributes": {"a": 1}}}));
        check(
            &live,
            "/Attributes/b",
            Some(&known),
            &json!({"attributes": {"Policy": {"half": true}, "Attributes": {"a": 1, "b": 2}}}),
        );
    }

    #[test]
    fn unread_tags_are_the_known_tags() {
        let live = json!({"tags": {"half": "read"}, "attributes": {}});
        let known = json!({"tags": {"Team": "platform"}, "attributes": {}});
        check(&live, "/tags", Some(&known), &known);
        check(&live, "/tags", None, &json!({"attributes": {}}));
    }

    #[test]
    fn a_part_inside_a_list_costs_the_list() {
        let live = json!({"attributes": {"List": [{"Id": 2}, {"Id": 1}], "x": 1}});
        let known = json!({"attributes": {"List": [{"Id": 1, "Detail": true}], "x": 0}});
        check(
            &live,
            "/List/1/Detail",
            Some(&known),
            &json!({"attributes": {"List": [{"Id": 1, "Detail": true}], "x": 1}}),
        );
        check(&live, "/List/1/Detail", None, &live);
    }
}
