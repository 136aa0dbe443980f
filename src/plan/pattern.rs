//! Patterns over attribute paths, as ignore rules take them.
//!
//! A pattern is written like what a plan prints, `IpPermissions[tcp 22].IpRanges`, or like a rule's path,
//! `/IpPermissions/*/IpRanges`, and means everything at or below it. `tags` and `arn` are the resource's tags and ARN;
//! anything else is an attribute (one that is itself called `tags` is `attributes.tags`).
//!
//! `*` stands for any one step, and within a step for any text: `tags.backup-*`. An element of a list is named in
//! brackets: by the label that a plan prints (`[tcp 22]`, `[10.0.0.0/8]`), or by some of its members
//! (`[IpProtocol=tcp,ToPort=22]`). `[]` and `[*]` are any element. A tag with a dot in its name stands in brackets and
//! quotes: `tags["kubernetes.io/role"]`.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use crate::diff::{Element, Path, Segment, is_root, key_member};

/// A pattern over the attributes of a resource.
#[derive(Debug, Clone)]
pub struct PathPattern {
    text: String,
    steps: Vec<Step>,
}

#[derive(Debug, Clone)]
enum Step {
    /// A member by name, or an element by its label.
    Plain(String),
    /// What stood in brackets: an element, or a member whose name is no plain word.
    Bracket { text: String, members: Vec<(String, String)> },
}

/// The text is not a pattern over attribute paths.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{pattern}` is not an attribute pattern: {why}; write it as a plan prints it, such as `tags.Owner` or `IpPermissions[tcp 22]`"
)]
pub struct PathPatternError {
    pattern: String,
    why: &'static str,
}

impl PathPattern {
    /// Whether the path is what the pattern names, or lies below.
    pub fn matches(&self, path: &Path) -> bool {
        self.steps.len() <= path.0.len() && self.steps.iter().zip(&path.0).all(|(step, segment)| step.matches(segment))
    }

    /// Whether a snapshot file has what the pattern names. Which element of a list is meant is not looked at: what
    /// tells elements apart is their kind's business.
    pub fn is_in(&self, file: &Value) -> bool {
        leads_into(&self.steps, file)
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Step {
    fn matches(&self, segment: &Segment) -> bool {
        match (self, segment) {
            (Self::Plain(name) | Self::Bracket { text: name, .. }, Segment::Member(member)) => glob(name, member),
            (Self::Plain(label), Segment::Element(element)) => glob(label, &element.label()),
            (Self::Bracket { text, members }, Segment::Element(element)) => {
                text.is_empty()
                    || glob(text, &element.label())
                    // A value with brackets or quotes in it stands in quotes as a label.
                    || matches!(element, Element::Value(value) if glob(text, &plain(value)))
                    || (!members.is_empty()
                        && members.iter().all(|(name, wanted)| {
                            element_member(element, name).is_some_and(|value| glob(wanted, &plain(value)))
                        }))
            }
        }
    }
}

fn leads_into(steps: &[Step], value: &Value) -> bool {
    let Some((step, rest)) = steps.split_first() else { return true };
    let (Step::Plain(name) | Step::Bracket { text: name, .. }) = step;
    match value {
        Value::Object(members) => members.iter().any(|(member, value)| glob(name, member) && leads_into(rest, value)),
        Value::Array(elements) => elements.iter().any(|element| leads_into(rest, element)),
        _ => false,
    }
}

fn element_member<'e>(element: &'e Element, name: &str) -> Option<&'e Value> {
    match element {
        Element::Key(key) => key.iter().find(|(member, _)| member == name).map(|(_, value)| value),
        Element::Value(value) => Some(key_member(value, name)).filter(|value| !value.is_null()),
        Element::Index(_) => None,
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Matches with `*` as the only wildcard.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match text.find(part) {
            Some(found) => text = &text[found + part.len()..],
            None => return false,
        }
    }
    text.ends_with(end)
}

impl FromStr for PathPattern {
    type Err = PathPatternError;

    fn from_str(text: &str) -> Result<Self, PathPatternError> {
        let fail = |why| PathPatternError { pattern: text.to_owned(), why };
        let pointer = text.starts_with('/');
        let separator = if pointer { '/' } else { '.' };
        let mut steps = Vec::new();
        let mut rest = if pointer { &text[1..] } else { text };
        if rest.is_empty() {
            return Err(fail("it names nothing"));
        }
        loop {
            if let Some(inside) = rest.strip_prefix('[') {
                let (step, tail) = bracket(inside).ok_or_else(|| fail("a bracket is not closed"))?;
                steps.push(step);
                rest = tail;
            } else {
                let end = rest.find([separator, '[']).unwrap_or(rest.len());
                if end == 0 {
                    return Err(fail("a step is empty"));
                }
                let name = &rest[..end];
                if pointer && name.split('~').skip(1).any(|escape| !escape.starts_with(['0', '1'])) {
                    return Err(fail("in a JSON pointer, `~` is written `~0` and `/` is written `~1`"));
                }
                let name = if pointer { name.replace("~1", "/").replace("~0", "~") } else { name.to_owned() };
                steps.push(Step::Plain(name));
                rest = &rest[end..];
            }
            if let Some(tail) = rest.strip_prefix(separator) {
                rest = tail;
            } else if rest.is_empty() {
                break;
            } else if !rest.starts_with('[') {
                return Err(fail("after a bracket comes a new step"));
            }
        }
        if !matches!(steps.first(), Some(Step::Plain(name)) if is_root(name)) {
            steps.insert(0, Step::Plain("attributes".to_owned()));
        }
        Ok(Self { text: text.to_owned(), steps })
    }
}

/// Reads what stands after `[`, and what follows the closing bracket. Quotes protect brackets.
fn bracket(text: &str) -> Option<(Step, &str)> {
    if text.starts_with('"') {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<String>();
        let name = values.next()?.ok()?;
        let rest = text[values.byte_offset()..].strip_prefix(']')?;
        return Some((Step::Bracket { text: name, members: Vec::new() }, rest));
    }
    let mut quoted = false;
    let end = text.char_indices().find_map(|(position, c)| {
        quoted ^= c == '"';
        (c == ']' && !quoted).then_some(position)
    })?;
    let (inside, rest) = (&text[..end], &text[end + 1..]);
    // `[=value]` is how a path for machines names an element by its value.
    let (text, members) = if let Some(value) = inside.strip_prefix('=') {
        (unquoted(value), Vec::new())
    } else {
        let members = inside.split(',').map(|member| member.split_once('='));
        let members = members.map(|member| member.map(|(name, value)| (name.to_owned(), unquoted(value))));
        (inside.to_owned(), members.collect::<Option<_>>().unwrap_or_default())
    };
    Some((Step::Bracket { text, members }, rest))
}

fn unquoted(text: &str) -> String {
    serde_json::from_str::<String>(text).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, path: &str, expected: bool) {
        let parsed: PathPattern = pattern.parse().expect(pattern);
        assert_eq!(parsed.matches(&path.parse().expect(path)), expected, "{pattern} on {path}");
    }

    const RANGE: &str = r#"/attributes/IpPermissions/[IpProtocol="tcp",FromPort=22,ToPort=22]/IpRanges/[CidrIp="10.0.0.0/8"]/Description"#;

    #[test]
    fn a_pattern_names_what_it_says_and_everything_below() {
        for pattern in [
            "IpPermissions",
            "/IpPermissions",
            "/attributes/IpPermissions",
            "IpPermissions[tcp 22]",
            "IpPermissions[tcp *].IpRanges",
            "IpPermissions[].IpRanges[*].Description",
            "IpPermissions[tcp 22].IpRanges[10.0.0.0/8].Description",
            "/IpPermissions/*/IpRanges/*/Description",
            "/IpPermissions/[IpProtocol=tcp,ToPort=22]/IpRanges/[CidrIp=10.0.0.0/8]",
            "IpPermissions[IpProtocol=\"tcp\"]",
            "Ip*",
            RANGE,
        ] {
            check(pattern, RANGE, true);
        }
        for pattern in [
            "IpPermission",
            "tags",
            "IpPermissions[tcp 23]",
            "IpPermissions[ToPort=23]",
            "IpPermissions[Other=1]",
            "IpPermissions[tcp 22].IpRanges[10.0.0.0/8].Description.More",
            "*.*.UserIdGroupPairs",
        ] {
            check(pattern, RANGE, false);
        }
    }

    #[test]
    fn tags_are_told_from_an_attribute_of_that_name() {
        check("tags.backup-*", "/tags/backup-time", true);
        check("tags", "/attributes/tags", false);
        check("attributes.tags", "/attributes/tags/x", true);
        check(r#"tags["kubernetes.io/role"]"#, "/tags/kubernetes.io~1role", true);
        check("/tags/kubernetes.io~1role", "/tags/kubernetes.io~1role", true);
        check("arn", "/arn", true);
        check("SubnetIds[subnet-1]", r#"/attributes/SubnetIds/[="subnet-1"]"#, true);
        check(r#"/SubnetIds/[="subnet-1"]"#, r#"/attributes/SubnetIds/[="subnet-1"]"#, true);
        check(r#"SubnetIds["a/b]"]"#, r#"/attributes/SubnetIds/[="a/b]"]"#, true);
        check(r#"/SubnetIds/[="a/b]"]"#, r#"/attributes/SubnetIds/[="a/b]"]"#, true);
        check(r#"SubnetIds["a/b]"]"#, r#"/attributes/SubnetIds/[="a/b"]"#, false);
        check("Grants[Permission=READ]", r#"/attributes/Grants/[={"Permission":"READ"}]/Grantee"#, true);
        check("Listeners[0]", "/attributes/Listeners/[0]/Port", true);
    }

    #[test]
    fn what_a_pattern_names_is_in_a_file_or_not() {
        let file = serde_json::json!({
            "arn": "arn", "tags": {"a.b": "1"},
            "attributes": {"IpPermissions": [{"FromPort": 1}, {"IpRanges": [{"CidrIp": "x"}]}], "Description": ""},
        });
        for pattern in [
            "Desc*",
            "/Description",
            "arn",
            "tags[\"a.b\"]",
            "IpPermissions[tcp 22].IpRanges[x].CidrIp",
            "IpPermissions[]",
        ] {
            assert!(pattern.parse::<PathPattern>().expect(pattern).is_in(&file), "{pattern}");
        }
        for pattern in
            ["Other", "tags.a", "IpPermissions[tcp 22].UserIdGroupPairs", "Description.More", "attributes.tags"]
        {
            assert!(!pattern.parse::<PathPattern>().expect(pattern).is_in(&file), "{pattern}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused_by_name() {
        for text in ["", "/", "a..b", "a[b", "a[b]c", ".a", "/a~3", "/a~"] {
            let error = text.parse::<PathPattern>().expect_err(text).to_string();
            assert!(error.starts_with(&format!("`{text}` is not an attribute pattern")), "{error}");
        }
    }
}
