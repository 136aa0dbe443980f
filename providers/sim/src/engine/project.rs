//! From a description to an answer: only what the API's shape has, and JSON documents as the strings that AWS
//! makes of them.

use driftline_wire::model::Shape;
use driftline_wire::percent;
use serde_json::{Map, Value};

use super::Question;

/// An element of a list, with what the list operation answers differently.
pub(super) fn listed(shape: &Shape, mut item: Value, question: Question<'_>, omits: &[&str]) -> Value {
    let differing = item.get_mut(question.operation.name).map(Value::take);
    let mut written = value(shape, item, question.service.name, "");
    let (Shape::Structure(structure), Value::Object(members)) = (shape, &mut written) else { return written };
    if !omits.is_empty() {
        members.retain(|name, _| !omits.contains(&name.as_str()));
    }
    if let Some(Value::Object(differing)) = differing {
        for (name, differing) in differing {
            match structure.member(&name) {
                Some(member) if !differing.is_null() => {
                    let differing = value(member.shape, differing, question.service.name, &name);
                    members.insert(name, differing);
                }
                _ => {
                    members.remove(&name);
                }
            }
        }
    }
    written
}

/// A value as its shape has it. `name`: of the member that holds it.
pub(super) fn value(shape: &Shape, source: Value, service: &str, name: &str) -> Value {
    match (shape, source) {
        (Shape::Structure(structure), Value::Object(mut members)) => {
            let mut written = Map::new();
            for member in structure.members {
                // Texts move: most of an answer is text.
                if let Some((name, source)) = members.remove_entry(member.name).filter(|(_, source)| !source.is_null())
                {
                    written.insert(name, value(member.shape, source, service, member.name));
                }
            }
            Value::Object(written)
        }
        (Shape::List(list), Value::Array(items)) => {
            items.into_iter().map(|item| value(list.member, item, service, name)).collect()
        }
        (Shape::Map(map), Value::Object(entries)) => Value::Object(
            entries.into_iter().map(|(key, entry)| (key, value(map.value, entry, service, name))).collect(),
        ),
        (Shape::String { .. }, source @ (Value::Object(_) | Value::Array(_))) => {
            Value::from(document(&source, service, name))
        }
        (Shape::String { .. }, Value::String(text)) if is_url_encoded(service, name) => {
            Value::from(percent::encode(&text).as_ref())
        }
        (_, source) => source,
    }
}

fn document(source: &Value, service: &str, name: &str) -> String {
    let text = source.to_string();
    if is_url_encoded(service, name) { percent::encode(&text).into_owned() } else { text }
}

/// IAM answers policy documents URL-encoded, per RFC 3986:
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>
fn is_url_encoded(service: &str, name: &str) -> bool {
    service == "iam" && matches!(name, "PolicyDocument" | "AssumeRolePolicyDocument" | "Document")
}
