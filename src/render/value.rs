//! Values as people read them: like JSON, without quotes around plain names, on one line where it fits.

use driftline_api::is_sealed;
use serde_json::Value;

use super::escape::quoted;

/// The value on one line.
pub(super) fn inline(value: &Value) -> String {
    match value {
        Value::String(text) if is_sealed(text) => "(secret)".to_owned(),
        Value::String(text) => quoted(text),
        Value::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(inline).collect();
            format!("[{}]", elements.join(", "))
        }
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(member, value)| format!("{}: {}", name(member), inline(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
        scalar => scalar.to_string(),
    }
}

/// The value over as many lines as it takes to stay within the width.
pub(super) fn block(value: &Value, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    write(&mut lines, 0, "", value, "", width);
    lines
}

fn write(lines: &mut Vec<String>, indent: usize, lead: &str, value: &Value, end: &str, width: usize) {
    let pad = "  ".repeat(indent);
    let whole = format!("{pad}{lead}{}{end}", inline(value));
    let (open, close) = match value {
        Value::Array(elements) if !elements.is_empty() => ('[', ']'),
        Value::Object(members) if !members.is_empty() => ('{', '}'),
        _ => return lines.push(whole),
    };
    if whole.chars().count() <= width {
        return lines.push(whole);
    }
    lines.push(format!("{pad}{lead}{open}"));
    match value {
        Value::Array(elements) => {
            for element in elements {
                write(lines, indent + 1, "", element, ",", width);
            }
        }
        Value::Object(members) => {
            let longest = members.keys().map(|member| name(member).chars().count()).max().unwrap_or(0);
            for (member, value) in members {
                let label = format!("{}:", name(member));
                write(lines, indent + 1, &format!("{label:<0$} ", longest + 1), value, "", width);
            }
        }
        _ => {}
    }
    lines.push(format!("{pad}{close}{end}"));
}

/// The value in a few words, for lists of attributes that nobody compares.
pub(super) fn brief(value: &Value, width: usize) -> String {
    let whole = inline(value);
    if whole.chars().count() <= width {
        return whole;
    }
    match value {
        Value::Array(elements) => format!("[ {} ]", count(elements.len(), "element")),
        Value::Object(members) => format!("{{ {} }}", count(members.len(), "member")),
        _ => {
            let start: String = whole.chars().take(width.saturating_sub(1)).collect();
            format!("{start}… ({} characters)", whole.chars().count())
        }
    }
}

/// `1 element`, `2 elements`.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn name(member: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:".contains(c);
    if !member.is_empty() && member.chars().all(plain) { member.to_owned() } else { quoted(member) }
}
