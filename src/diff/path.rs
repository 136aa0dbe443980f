//! Where in a resource a difference lies.
//!
//! A path leads into the snapshot file, so it begins with `attributes`, `tags` or `arn`. It has two spellings:
//!
//! - For people ([`Display`](fmt::Display)): `IpPermissions[tcp 22].IpRanges[0.0.0.0/0]`, `tags.Team`. The leading
//!   `attributes` is left out, except before an attribute called `attributes`, `tags` or `arn`.
//! - For machines ([`Path::pointer`], read back by [`FromStr`]): a JSON pointer (RFC 6901) into the file in which an
//!   element of a list stands in brackets: `/attributes/IpPermissions/[IpProtocol="tcp",FromPort=22]` by its key,
//!   `/attributes/SubnetIds/[="subnet-1"]` by its whole value, `/attributes/Listeners/[0]` by its position. A member
//!   whose name begins with `[` is written with `~2` for it.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

/// The way from the root of a snapshot file to an attribute or an element of a list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Path(pub Vec<Segment>);

/// One step of a path.
#[derive(Debug, Clone, PartialEq)]
pub enum Segment {
    /// The member of an object.
    Member(String),
    /// An element of a list.
    Element(Element),
}

/// What tells an element of a list from the others.
#[derive(Debug, Clone, PartialEq)]
pub enum Element {
    /// These members have these values, in the order of the kind's rule. A missing member counts as null. A nested
    /// member is named by its path (`Endpoint/Port`).
    Key(Vec<(String, Value)>),
    /// It is this value.
    Value(Value),
    /// Its position: in the live list where the element was added, else in the restore point's.
    Index(usize),
}

/// The text is not a path.
#[derive(Debug, thiserror::Error)]
#[error("`{path}` is not an attribute path: {why}")]
pub struct PathError {
    pub(crate) path: String,
    pub(crate) why: String,
}

impl Path {
    /// `/attributes/<name>`.
    pub fn attribute(name: &str) -> Self {
        Self(vec![Segment::Member("attributes".to_owned()), Segment::Member(name.to_owned())])
    }

    /// `/tags/<name>`.
    pub fn tag(name: &str) -> Self {
        Self(vec![Segment::Member("tags".to_owned()), Segment::Member(name.to_owned())])
    }

    /// The spelling for machines.
    pub fn pointer(&self) -> String {
        let mut text = String::new();
        for segment in &self.0 {
            text.push('/');
            match segment {
                Segment::Member(name) => {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    match name.strip_prefix('[') {
                        Some(rest) => text.extend(["~2", rest]),
                        None => text.push_str(&name),
                    }
                }
                Segment::Element(element) => text.push_str(&element.pointer()),
            }
        }
        text
    }

    /// The value that the path leads to, in the file that `root` is.
    pub fn find<'a>(&self, root: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(root, |value, segment| match segment {
            Segment::Member(name) => value.get(name),
            Segment::Element(element) => {
                let list = value.as_array()?;
                list.get(element.position(list)?)
            }
        })
    }

    /// The segments as people read them: without `attributes` in front where it can be missed.
    pub fn shown(&self) -> &[Segment] {
        match self.0.as_slice() {
            [Segment::Member(root), rest @ ..] if root == "attributes" => match rest.first() {
                Some(Segment::Member(name)) if !is_root(name) => rest,
                _ => &self.0,
            },
            all => all,
        }
    }
}

/// The members of a snapshot file that a path can begin with.
pub(crate) fn is_root(name: &str) -> bool {
    matches!(name, "attributes" | "tags" | "arn")
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&spell(self.shown()))
    }
}

/// Segments as people read them.
pub(crate) fn spell(segments: &[Segment]) -> String {
    let mut text = String::new();
    for segment in segments {
        match segment {
            Segment::Member(name) if is_plain(name) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
            Segment::Member(name) => text.extend(["[", &Value::from(name.as_str()).to_string(), "]"]),
            Segment::Element(element) => text.extend(["[", &element.label(), "]"]),
        }
    }
    text
}

/// Whether a name can stand after a dot without being misread.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| ".[]\"\\".contains(c) || c.is_whitespace() || c.is_control())
}

impl Element {
    /// What people call the element: the values of its key, its value, its position. A pair such as `FromPort` and
    /// `ToPort` reads as a range, a flag as its name where it is set.
    pub fn label(&self) -> String {
        match self {
            Self::Key(key) => {
                let mut words: Vec<String> = Vec::new();
                let mut rest = key.as_slice();
                while let [(name, value), tail @ ..] = rest {
                    rest = tail;
                    if let [(next, end), tail @ ..] = tail
                        && name.strip_prefix("From").is_some_and(|what| next.strip_prefix("To") == Some(what))
                        && let (Some(from), Some(to)) = (value.as_i64(), end.as_i64())
                    {
                        words.push(if from == to { from.to_string() } else { format!("{from}-{to}") });
                        rest = tail;
                    } else if *value == Value::Bool(true) {
                        words.push(name.clone());
                    } else if !matches!(value, Value::Null | Value::Bool(false)) {
                        words.push(word(value));
                    }
                }
                if words.is_empty() { self.pointer().replace(['[', ']'], "") } else { words.join(" ") }
            }
            Self::Value(value) => word(value),
            Self::Index(index) => index.to_string(),
        }
    }

    /// Where the element is in a list.
    pub fn position(&self, list: &[Value]) -> Option<usize> {
        match self {
            Self::Key(key) => list.iter().position(|element| {
                element.is_object() && key.iter().all(|(name, value)| key_member(element, name) == value)
            }),
            Self::Value(value) => list.iter().position(|element| element == value),
            Self::Index(index) => (*index < list.len()).then_some(*index),
        }
    }

    fn pointer(&self) -> String {
        match self {
            Self::Key(key) => {
                let members: Vec<String> = key.iter().map(|(name, value)| format!("{name}={value}")).collect();
                format!("[{}]", members.join(","))
            }
            Self::Value(value) => format!("[={value}]"),
            Self::Index(index) => format!("[{index}]"),
        }
    }
}

/// The member of an element that a key names: null where it is missing.
pub(crate) fn key_member<'a>(element: &'a Value, name: &str) -> &'a Value {
    let member = if name.contains('/') { element.pointer(&format!("/{name}")) } else { element.get(name) };
    member.unwrap_or(&Value::Null)
}

/// A value as one word of a label.
fn word(value: &Value) -> String {
    match value {
        Value::String(text) if driftline_api::is_sealed(text) => "(secret)".to_owned(),
        Value::String(text) if !text.is_empty() && !text.contains(['[', ']', '"', '\\']) => text.clone(),
        other => other.to_string(),
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let fail = |why: &str| PathError { path: text.to_owned(), why: why.to_owned() };
        let mut segments = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            rest = rest.strip_prefix('/').ok_or_else(|| fail("each step begins with `/`"))?;
            if let Some(inside) = rest.strip_prefix('[') {
                let (element, tail) = parse_element(inside).ok_or_else(|| fail("a bracket holds no element"))?;
                segments.push(Segment::Element(element));
                rest = tail;
            } else {
                let end = rest.find('/').unwrap_or(rest.len());
                let name = rest[..end].replace("~2", "[").replace("~1", "/").replace("~0", "~");
                segments.push(Segment::Member(name));
                rest = &rest[end..];
            }
        }
        Ok(Self(segments))
    }
}

/// Reads what stands after `[`, and what follows the closing bracket.
fn parse_element(text: &str) -> Option<(Element, &str)> {
    if let Some(rest) = text.strip_prefix('=') {
        let (value, rest) = parse_value(rest)?;
        return Some((Element::Value(value), rest.strip_prefix(']')?));
    }
    if let Some((digits, rest)) = text.split_once(']')
        && let Ok(index) = digits.parse()
    {
        return Some((Element::Index(index), rest));
    }
    let mut key = Vec::new();
    let mut rest = text;
    loop {
        let (name, tail) = rest.split_once('=')?;
        let (value, tail) = parse_value(tail)?;
        key.push((name.to_owned(), value));
        if let Some(tail) = tail.strip_prefix(']') {
            return Some((Element::Key(key), tail));
        }
        rest = tail.strip_prefix(',')?;
    }
}

fn parse_value(text: &str) -> Option<(Value, &str)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = values.next()?.ok()?;
    Some((value, &text[values.byte_offset()..]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(segments: Vec<Segment>, people: &str, machines: &str) {
        let path = Path(segments);
        assert_eq!(path.to_string(), people);
        assert_eq!(path.pointer(), machines);
        assert_eq!(machines.parse::<Path>().expect(machines), path);
    }

    fn member(name: &str) -> Segment {
        Segment::Member(name.to_owned())
    }

    fn key(members: &[(&str, Value)]) -> Segment {
        Segment::Element(Element::Key(
            members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        ))
    }

    #[test]
    fn a_path_has_one_spelling_for_people_and_one_that_reads_back() {
        let tcp = |from, to| key(&[("IpProtocol", json!("tcp")), ("FromPort", json!(from)), ("ToPort", json!(to))]);
        check(
            vec![member("attributes"), member("IpPermissions"), tcp(22, 22), member("IpRanges")],
            "IpPermissions[tcp 22].IpRanges",
            r#"/attributes/IpPermissions/[IpProtocol="tcp",FromPort=22,ToPort=22]/IpRanges"#,
        );
        check(
            vec![member("attributes"), member("IpPermissions"), tcp(8000, 9000)],
            "IpPermissions[tcp 8000-9000]",
            r#"/attributes/IpPermissions/[IpProtocol="tcp",FromPort=8000,ToPort=9000]"#,
        );
        check(
            vec![
                member("attributes"),
                member("P"),
                key(&[("IpProtocol", json!("-1")), ("FromPort", Value::Null), ("ToPort", Value::Null)]),
            ],
            "P[-1]",
            r#"/attributes/P/[IpProtocol="-1",FromPort=null,ToPort=null]"#,
        );
        check(
            vec![member("attributes"), member("E"), key(&[("Egress", json!(true)), ("RuleNumber", json!(100))])],
            "E[Egress 100]",
            "/attributes/E/[Egress=true,RuleNumber=100]",
        );
        check(
            vec![member("attributes"), member("E"), key(&[("Main", json!(false)), ("SubnetId", Value::Null)])],
            "E[Main=false,SubnetId=null]",
            "/attributes/E/[Main=false,SubnetId=null]",
        );
        check(
            vec![member("attributes"), member("Ranges"), Segment::Element(Element::Value(json!("a/b]")))],
            r#"Ranges["a/b]"]"#,
            r#"/attributes/Ranges/[="a/b]"]"#,
        );
        check(
            vec![member("attributes"), member("Actions"), Segment::Element(Element::Index(3)), member("Type")],
            "Actions[3].Type",
            "/attributes/Actions/[3]/Type",
        );
        check(vec![member("tags"), member("aws/x.y~")], r#"tags["aws/x.y~"]"#, "/tags/aws~1x.y~0");
        check(vec![member("tags"), member("[3]")], r#"tags["[3]"]"#, "/tags/~23]");
        check(vec![member("arn")], "arn", "/arn");
    }

    #[test]
    fn an_attribute_called_tags_is_told_from_the_tags() {
        check(vec![member("attributes"), member("tags"), member("a")], "attributes.tags.a", "/attributes/tags/a");
        check(vec![member("tags"), member("a")], "tags.a", "/tags/a");
    }

    #[test]
    fn what_is_no_path_is_refused_by_name() {
        for text in ["attributes", "/a/[", "/a/[x]", "/a/[x=", "/a/[=1", "/a/[=1]b"] {
            let error = text.parse::<Path>().expect_err(text).to_string();
            assert!(error.contains(text), "{error}");
        }
    }
}
