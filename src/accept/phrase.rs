//! What happened, in the few words of a commit's subject.

use serde_json::Value;

use super::Unit;
use crate::diff::{Action, Change, Element, Segment};
use crate::plan::{Drift, ResourceDrift};
use crate::render;

/// A value longer than this is left out.
const SHORT: usize = 40;

/// What happened to a resource, by the first of some of its changes (none: by what became of the resource itself).
pub fn phrase(resource: &ResourceDrift, unit: &Unit) -> String {
    match (resource.drift, unit.changes.first()) {
        (Drift::Added, _) => "created".to_owned(),
        (Drift::Removed, _) => "deleted".to_owned(),
        (Drift::Changed, None) => "changed".to_owned(),
        (Drift::Changed, Some(first)) => of_change(&resource.changes[*first]),
    }
}

fn of_change(change: &Change) -> String {
    if let Some(text) = traffic(change) {
        return text;
    }
    let segments = change.path.0.as_slice();
    if let [Segment::Member(root), Segment::Member(tag)] = segments
        && root == "tags"
    {
        return match change.after.as_ref().and_then(Value::as_str) {
            Some("") => format!("tag {tag}"),
            Some(value) => format!("tag {tag}={}", clip(value)),
            None => format!("untag {tag}"),
        };
    }
    let what = name(segments);
    let value = |value: &Option<Value>| value.as_ref().and_then(short);
    match (change.action, segments.last()) {
        (Action::Reordered, _) => format!("reorder {what}"),
        (Action::Added, Some(Segment::Element(_))) => format!("add {what}"),
        (Action::Removed, _) => format!("remove {what}"),
        (Action::Added | Action::Changed, _) => match value(&change.after) {
            Some(value) => format!("set {what} to {value}"),
            None => format!("{} {what}", if change.action == Action::Added { "add" } else { "change" }),
        },
    }
}

/// `open tcp/22 to 0.0.0.0/0`, where a security group's rule or a peer of one came or went.
fn traffic(change: &Change) -> Option<String> {
    let [Segment::Member(_), Segment::Member(list), Segment::Element(Element::Key(ports)), rest @ ..] =
        change.path.0.as_slice()
    else {
        return None;
    };
    let outbound = match list.as_str() {
        "IpPermissions" => false,
        "IpPermissionsEgress" => true,
        _ => return None,
    };
    let value = match change.action {
        Action::Added => change.after.as_ref()?,
        Action::Removed => change.before.as_ref()?,
        Action::Changed | Action::Reordered => return None,
    };
    let peer = match rest {
        [] => peers(value).into_iter().next()?,
        [Segment::Member(_), Segment::Element(_)] => peer(value)?,
        _ => return None,
    };
    let opens = change.action == Action::Added;
    let (verb, to) = match (outbound, opens) {
        (false, true) => ("open", "to"),
        (false, false) => ("close", "to"),
        (true, true) => ("allow outbound", "to"),
        (true, false) => ("forbid outbound", "to"),
    };
    Some(format!("{verb} {} {to} {peer}", port(ports)))
}

/// `tcp/22`, `udp/8000-9000`, `all traffic`.
fn port(key: &[(String, Value)]) -> String {
    let of = |name: &str| key.iter().find(|(member, _)| member == name).map(|(_, value)| value);
    let protocol = of("IpProtocol").and_then(Value::as_str).unwrap_or_default();
    if protocol == "-1" {
        return "all traffic".to_owned();
    }
    match (of("FromPort").and_then(Value::as_i64), of("ToPort").and_then(Value::as_i64)) {
        (Some(0), Some(65535)) | (Some(-1), Some(-1)) | (None, _) | (_, None) => format!("all {protocol}"),
        (Some(from), Some(to)) if from == to => format!("{protocol}/{from}"),
        (Some(from), Some(to)) => format!("{protocol}/{from}-{to}"),
    }
}

/// Whom a permission speaks of.
fn peers(permission: &Value) -> Vec<String> {
    let lists = ["IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"];
    lists.iter().filter_map(|list| permission.get(list)?.as_array()).flatten().filter_map(peer).collect()
}

fn peer(value: &Value) -> Option<String> {
    let names = ["CidrIp", "CidrIpv6", "PrefixListId", "GroupId"];
    names.iter().find_map(|name| value.get(name)?.as_str()).map(str::to_owned)
}

/// The part of a path that says most: from the last member that is not about an element's inside.
fn name(segments: &[Segment]) -> String {
    let label = |element: &Element| {
        // Of several key members the first says most, and of an ARN its end.
        let label = match element {
            Element::Key(key) if key.len() > 1 && key[0].1.as_str().is_some_and(|text| text.starts_with("arn:")) => {
                Element::Value(key[0].1.clone()).label()
            }
            element => element.label(),
        };
        let end = label.rsplit(['/', ':']).next().filter(|_| label.starts_with("arn:")).unwrap_or(&label);
        clip(end)
    };
    match segments {
        [.., Segment::Member(list), Segment::Element(element)] => format!("{list} {}", label(element)),
        [.., Segment::Element(element), Segment::Member(member)] => format!("{member} of {}", label(element)),
        [.., Segment::Member(member)] => member.clone(),
        _ => "attributes".to_owned(),
    }
}

/// A value that fits a subject.
fn short(value: &Value) -> Option<String> {
    match value {
        Value::Array(_) | Value::Object(_) => None,
        Value::String(text) if driftline_api::is_sealed(text) => None,
        Value::String(text) if text.chars().count() > SHORT || text.contains('\n') => None,
        Value::String(text) if text.is_empty() => Some("\"\"".to_owned()),
        Value::String(text) => Some(render::printable(text)),
        scalar => Some(scalar.to_string()),
    }
}

fn clip(text: &str) -> String {
    let text = render::printable(text);
    if text.chars().count() <= SHORT {
        return text;
    }
    text.chars().take(SHORT - 1).chain(['…']).collect()
}
