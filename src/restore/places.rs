//! Which change of a resource a path of its mapping means.

use driftline_api::Descriptor;
use serde_json::Value;

use crate::diff::{Change, Element, Path, Segment};

/// Whether one of the rule-style paths leads to a change, or into it.
pub(super) fn overlaps(paths: &[String], change: &Change) -> bool {
    let segments = segments(&change.path);
    paths.iter().any(|path| {
        let tokens = path.split('/').skip(1);
        !path.is_empty() && segments.iter().zip(tokens).all(|(segment, token)| is_meant(token, segment))
    })
}

/// The segments of a path from where rules begin: the attributes' root (tags: with `tags` in front).
fn segments(path: &Path) -> &[Segment] {
    match path.0.as_slice() {
        [Segment::Member(root), rest @ ..] if root == "attributes" => rest,
        all => all,
    }
}

/// Whether a part of a rule-style path means that member, or that element of a list: `*` means all of them, and
/// `Key=idle_timeout` the one in which that is so.
fn is_meant(token: &str, segment: &Segment) -> bool {
    let element = match segment {
        Segment::Member(name) => return token == "*" || token == name,
        Segment::Element(element) => element,
    };
    let Some((member, wanted)) = token.split_once('=') else { return true };
    let is_wanted = |value: &Value| value.as_str() == Some(wanted);
    match element {
        Element::Key(members) => members.iter().find(|(name, _)| name == member).is_none_or(|(_, it)| is_wanted(it)),
        Element::Value(value) => value.get(member).is_none_or(is_wanted),
        Element::Index(_) => true,
    }
}

/// Whether a change says nothing that a user could set: AWS gives it anew, or it follows from something else.
pub(super) fn says_nothing(kind: Option<&'static Descriptor>, change: &Change) -> bool {
    let omits = kind.and_then(|kind| kind.terraform).map_or(&[][..], |terraform| terraform.omits);
    let quiet: Vec<&str> = omits.iter().filter(|omit| !omit.told).flat_map(|omit| omit.paths).copied().collect();
    let mut path = segments(&change.path).to_vec();
    let mut sides = [&change.before, &change.after].into_iter().flatten();
    matches!(change.path.0.as_slice(), [Segment::Member(root)] if root == "arn")
        || sides.all(|side| is_quiet_throughout(&quiet, &mut path, side))
}

/// Whether everything in a value stands at or below one of the paths.
fn is_quiet_throughout(quiet: &[&str], path: &mut Vec<Segment>, value: &Value) -> bool {
    let is_above = |quiet: &&str| {
        let tokens: Vec<&str> = quiet.split('/').skip(1).collect();
        tokens.len() <= path.len() && tokens.iter().zip(path.iter()).all(|(token, segment)| is_meant(token, segment))
    };
    if quiet.iter().any(is_above) {
        return true;
    }
    let inner: Vec<(Segment, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (Segment::Member(name.clone()), value)).collect(),
        Value::Array(elements) => {
            elements.iter().map(|value| (Segment::Element(Element::Value(value.clone())), value)).collect()
        }
        _ => return false,
    };
    !inner.is_empty()
        && inner.into_iter().all(|(segment, value)| {
            path.push(segment);
            let is_quiet = is_quiet_throughout(quiet, path, value);
            path.pop();
            is_quiet
        })
}
