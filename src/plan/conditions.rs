//! What narrows an ignore rule beyond its address and attribute: where, which kinds, whose, by whom, which values.

use std::collections::BTreeMap;
use std::fmt;

use driftline_api::Address;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ResourceDrift;
use super::pattern::glob;

/// All of them must hold; of several patterns for one thing, one must match.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Conditions {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub account: Vec<TextPattern>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub region: Vec<TextPattern>,
    /// `service/resource`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kind: Vec<TextPattern>,
    /// Tags that the resource has, as it is now or (where it is gone) was in the restore point.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tag: BTreeMap<String, TextPattern>,
    /// Who did it: their name, their ARN, the name of the role they assumed, or the service.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actor: Vec<TextPattern>,
    /// The live value is a number from here ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// ... up to here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The live value is one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<TextPattern>,
}

impl Conditions {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether only some live values are ignored.
    pub fn speak_of_values(&self) -> bool {
        self.min.is_some() || self.max.is_some() || !self.values.is_empty()
    }

    /// Whether resources at this address may be meant.
    pub(super) fn allow(&self, address: &Address) -> bool {
        let any = |patterns: &[TextPattern], text: &str| {
            patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(text))
        };
        any(&self.account, &address.scope.account)
            && any(&self.region, &address.scope.region)
            && any(&self.kind, &address.kind)
    }

    /// Whether the resource has the tags.
    pub(super) fn fit(&self, resource: &ResourceDrift) -> bool {
        let side = resource.after.as_ref().or(resource.before.as_ref());
        let has = |(name, wanted): (&String, &TextPattern)| {
            side.and_then(|side| side.tags.get(name)).is_some_and(|value| wanted.matches(value))
        };
        self.tag.iter().all(has)
    }

    /// Whether a live value is one that is of no interest. Where the attribute is gone, there is none.
    pub(super) fn take_value(&self, live: Option<&Value>) -> bool {
        if !self.speak_of_values() {
            return true;
        }
        let Some(live) = live else { return false };
        let text = match live {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => live.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => return false,
        };
        let within = || {
            // AWS writes some numbers as text: values of database parameters.
            let Ok(number) = text.parse::<f64>() else { return false };
            self.min.is_none_or(|min| number >= min) && self.max.is_none_or(|max| number <= max)
        };
        let ranged = self.min.is_some() || self.max.is_some();
        (ranged && within()) || self.values.iter().any(|value| value.matches(&text))
    }
}

impl fmt::Display for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words: Vec<String> = Vec::new();
        let mut list = |what: &str, patterns: &[TextPattern]| {
            if !patterns.is_empty() {
                let names: Vec<&str> = patterns.iter().map(|pattern| pattern.0.as_str()).collect();
                words.push(format!("{what} {}", names.join(" or ")));
            }
        };
        list("account", &self.account);
        list("region", &self.region);
        list("kind", &self.kind);
        let tags: Vec<TextPattern> =
            self.tag.iter().map(|(name, value)| TextPattern(format!("{name}={}", value.0))).collect();
        for tag in tags {
            list("tag", &[tag]);
        }
        list("by", &self.actor);
        list("value", &self.values);
        match (self.min, self.max) {
            (Some(min), Some(max)) => words.push(format!("value from {min} to {max}")),
            (Some(min), None) => words.push(format!("value from {min}")),
            (None, Some(max)) => words.push(format!("value up to {max}")),
            (None, None) => {}
        }
        f.write_str(&words.join(", "))
    }
}

/// A text in which `*` stands for any text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TextPattern(pub String);

impl TextPattern {
    pub fn matches(&self, text: &str) -> bool {
        glob(&self.0, text)
    }
}

impl From<&str> for TextPattern {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for TextPattern {
    fn from(text: String) -> Self {
        Self(text)
    }
}
