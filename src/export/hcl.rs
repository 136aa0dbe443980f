//! HCL as `terraform fmt` writes it: two spaces a level, and the `=` of neighbouring one-line arguments in one column.
//!
//! The rule is hclwrite's (`formatCells` in its `format.go`): a chain of lines is aligned as long as each holds a whole
//! expression; a line that opens a bracket, a block or an empty line ends the chain.

use std::fmt::Write as _;

/// What stands right of a `=`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    /// Numbers, `true`, references: as they are.
    Raw(String),
    Text(String),
    /// A reference and what follows it: `"${aws_s3_bucket.a.arn}/*"`.
    Prefixed(String, String),
    List(Vec<Expression>),
    Object(Vec<(String, Expression)>),
    Call(&'static str, Box<Expression>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    Argument(String, Expression),
    Block { name: String, labels: Vec<String>, items: Vec<Item> },
}

impl Item {
    pub(super) fn argument(name: &str, value: Expression) -> Self {
        Self::Argument(name.to_owned(), value)
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Argument(name, _) | Self::Block { name, .. } => name,
        }
    }

    pub(super) fn block(name: &str, labels: &[&str], items: Vec<Item>) -> Self {
        Self::Block { name: name.to_owned(), labels: labels.iter().map(|&label| label.to_owned()).collect(), items }
    }
}

/// A list of one line is at most so long.
const WIDTH: usize = 100;

/// The text of a file's items, an empty line between blocks.
pub(super) fn write(items: &[Item]) -> String {
    let mut out = String::new();
    body(&mut out, items, 0);
    out
}

fn body(out: &mut String, items: &[Item], depth: usize) {
    let mut chain: Vec<(String, String)> = Vec::new();
    let mut was_long = false;
    for (index, item) in items.iter().enumerate() {
        let is_long = match item {
            Item::Argument(_, value) => short(value).is_none(),
            Item::Block { .. } => true,
        };
        // What takes several lines stands apart.
        if index > 0 && (is_long || was_long) {
            flush(out, &mut chain, depth);
            out.push('\n');
        }
        was_long = is_long;
        match item {
            Item::Argument(name, value) => line(out, &mut chain, name.clone(), value, depth),
            Item::Block { name, labels, items: inner } => {
                indent(out, depth);
                out.push_str(name);
                for label in labels {
                    write!(out, " {}", quoted(label)).expect("writing to a String does not fail");
                }
                if inner.is_empty() {
                    out.push_str(" {}\n");
                } else {
                    out.push_str(" {\n");
                    body(out, inner, depth + 1);
                    indent(out, depth);
                    out.push_str("}\n");
                }
            }
        }
    }
    flush(out, &mut chain, depth);
}

/// An argument of a body or a member of an object.
fn line(out: &mut String, chain: &mut Vec<(String, String)>, name: String, value: &Expression, depth: usize) {
    if let Some(text) = short(value) {
        chain.push((name, text));
        return;
    }
    flush(out, chain, depth);
    indent(out, depth);
    write!(out, "{name} = ").expect("writing to a String does not fail");
    long(out, value, depth);
    out.push('\n');
}

fn flush(out: &mut String, chain: &mut Vec<(String, String)>, depth: usize) {
    // Names are ASCII: `key` sees to it, so that nobody has to agree on how wide other characters are.
    let width = chain.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, value) in chain.drain(..) {
        indent(out, depth);
        writeln!(out, "{name:width$} = {value}").expect("writing to a String does not fail");
    }
}

/// On one line; `None` if it takes several.
fn short(value: &Expression) -> Option<String> {
    match value {
        Expression::Raw(text) => Some(text.clone()),
        Expression::Text(text) => Some(quoted(text)),
        Expression::Prefixed(reference, rest) => Some(format!("\"${{{reference}}}{}\"", escaped(rest))),
        Expression::List(values) => {
            let simple = |value: &Expression| !matches!(value, Expression::Object(_) | Expression::Call(..));
            if !values.iter().all(simple) {
                return None;
            }
            let parts: Option<Vec<String>> = values.iter().map(short).collect();
            Some(format!("[{}]", parts?.join(", "))).filter(|text| text.len() <= WIDTH || values.len() == 1)
        }
        Expression::Object(members) => members.is_empty().then(|| "{}".to_owned()),
        Expression::Call(name, inner) => Some(format!("{name}({})", short(inner)?)),
    }
}

fn long(out: &mut String, value: &Expression, depth: usize) {
    match value {
        Expression::List(values) => {
            out.push_str("[\n");
            for value in values {
                indent(out, depth + 1);
                match short(value) {
                    Some(text) => out.push_str(&text),
                    None => long(out, value, depth + 1),
                }
                out.push_str(",\n");
            }
            indent(out, depth);
            out.push(']');
        }
        Expression::Object(members) => {
            out.push_str("{\n");
            let mut chain = Vec::new();
            for (name, value) in members {
                line(out, &mut chain, key(name), value, depth + 1);
            }
            flush(out, &mut chain, depth + 1);
            indent(out, depth);
            out.push('}');
        }
        Expression::Call(name, inner) => {
            out.push_str(name);
            out.push('(');
            long(out, inner, depth);
            out.push(')');
        }
        Expression::Raw(_) | Expression::Text(_) | Expression::Prefixed(..) => {
            out.push_str(&short(value).unwrap_or_default());
        }
    }
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("  ", depth));
}

/// A key of an object: bare where it is a name, in quotes otherwise. `for` begins another sort of expression.
fn key(text: &str) -> String {
    let mut bytes = text.bytes();
    let is_name = bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_name && !["for", "null", "true", "false"].contains(&text) {
        return text.to_owned();
    }
    let mut out = String::new();
    for character in quoted(text).chars() {
        match u32::from(character) {
            0..=127 => out.push(character),
            code @ ..=0xFFFF => write!(out, "\\u{code:04x}").expect("writing to a String does not fail"),
            code => write!(out, "\\U{code:08x}").expect("writing to a String does not fail"),
        }
    }
    out
}

pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// The inside of a quoted string, in which nothing is a template.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match (character, rest.peek()) {
            ('"', _) => out.push_str("\\\""),
            ('\\', _) => out.push_str("\\\\"),
            ('\n', _) => out.push_str("\\n"),
            ('\r', _) => out.push_str("\\r"),
            ('\t', _) => out.push_str("\\t"),
            ('$', Some('{')) => out.push_str("$$"),
            ('%', Some('{')) => out.push_str("%%"),
            // `$$${` is ambiguous: whatever stands before a `$` must not be one.
            ('$', Some('$')) => out.push_str("\\u0024"),
            ('%', Some('%')) => out.push_str("\\u0025"),
            (character, _) if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') => {
                write!(out, "\\u{:04x}", u32::from(character)).expect("writing to a String does not fail");
            }
            (character, _) => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests;
