//! Paths and patterns of a kind's mapping, looked up in a resource.

use driftline_api::{Scope, When, absolute};
use serde_json::Value;

use crate::Resource;

/// A resource, or one element of it that is a resource of its own.
#[derive(Clone, Copy)]
pub(super) struct Place<'r> {
    pub(super) scope: &'r Scope,
    pub(super) resource: &'r Resource,
    /// The attributes, as a value.
    pub(super) root: &'r Value,
    pub(super) element: &'r Value,
    /// Where the element stands, as a rule-style path.
    pub(super) base: &'r str,
}

impl<'r> Place<'r> {
    /// All values at a path.
    pub(super) fn all(&self, path: &str) -> Vec<&'r Value> {
        match path.strip_prefix('.') {
            Some(relative) => find(self.element, relative),
            None => find(self.root, path),
        }
    }

    /// The path from the attributes' root.
    pub(super) fn absolute(&self, path: &str) -> String {
        absolute(self.base, path)
    }

    /// The same resource, at another element.
    pub(super) fn at<'e>(&self, element: &'e Value, base: &'e str) -> Place<'e>
    where
        'r: 'e,
    {
        Place { element, base, ..*self }
    }

    pub(super) fn holds(&self, conditions: &[When]) -> bool {
        conditions.iter().all(|condition| self.is(*condition))
    }

    fn is(&self, condition: When) -> bool {
        let values = self.all(condition.path());
        match condition {
            When::Has(_) => values.iter().any(|value| !is_nothing(value)),
            When::Lacks(_) => values.iter().all(|value| is_nothing(value)),
            When::Is(_, json) => values.iter().any(|value| **value == parse(json)),
            When::IsNot(_, json) => values.iter().all(|value| **value != parse(json)),
            When::Differs(_, other) => values != self.all(other),
            When::Begins(_, start) => values.iter().any(|value| begins(value, start)),
            When::BeginsNot(_, start) => !values.iter().any(|value| begins(value, start)),
        }
    }

    /// The text of a pattern; `None` if one of its paths says nothing.
    pub(super) fn fill(&self, pattern: &str) -> Option<String> {
        let mut text = String::new();
        let mut rest = pattern;
        while let Some(start) = rest.find(['{', '[']) {
            text.push_str(&rest[..start]);
            let (inner, after) =
                rest[start + 1..].split_once(if rest[start..].starts_with('{') { '}' } else { ']' })?;
            if rest[start..].starts_with('{') {
                text.push_str(&self.word(inner)?);
            } else if let Some(part) = self.fill(inner) {
                text.push_str(&part);
            }
            rest = after;
        }
        text.push_str(rest);
        Some(text)
    }

    fn word(&self, word: &str) -> Option<String> {
        match word {
            "id" => Some(self.resource.id.clone()),
            "arn" => self.resource.arn.clone(),
            "account" => Some(self.scope.account.clone()),
            "region" => Some(self.scope.region.clone()),
            path if path.starts_with(['/', '.']) => {
                let words: Vec<String> = self.all(path).into_iter().filter_map(scalar).collect();
                (!words.is_empty()).then(|| words.join("/"))
            }
            part => {
                let number: usize = part.strip_prefix("id.")?.parse().ok()?;
                self.resource.id.split('/').nth(number).map(str::to_owned)
            }
        }
    }
}

fn begins(value: &Value, start: &str) -> bool {
    value.as_str().is_some_and(|text| text.starts_with(start))
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
    }
}

/// JSON of a mapping, which is tested to be JSON.
pub(super) fn parse(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|_| Value::String(json.to_owned()))
}

/// What is not written: nobody set it.
pub(super) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a rule's path speaks of this one, whose elements may be told by number.
pub(super) fn is_same(rule: &str, path: &str) -> bool {
    let is_element =
        |token: &str| token == "*" || (!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit()));
    rule.split('/').count() == path.split('/').count()
        && rule.split('/').zip(path.split('/')).all(|(rule, path)| rule == path || (rule == "*" && is_element(path)))
}

fn find<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    let mut found = vec![value];
    for token in path.split('/').skip(1) {
        let mut below = Vec::new();
        for value in found {
            match (token, value) {
                ("*", Value::Array(values)) => below.extend(values),
                ("*", Value::Object(members)) => below.extend(members.values()),
                (token, Value::Object(members)) => {
                    below.extend(members.get(&token.replace("~1", "/").replace("~0", "~")));
                }
                (token, Value::Array(values)) => {
                    below.extend(token.parse().ok().and_then(|index: usize| values.get(index)));
                }
                _ => {}
            }
        }
        found = below;
    }
    found
}
