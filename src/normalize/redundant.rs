//! Attributes that say what another place says too, and only where they do.

use driftline_api::Rule;
use serde_json::{Map, Value};

use super::rules::{RuleError, unescape};

/// A [`Rule::Redundant`], ready to be applied.
#[derive(Debug, Clone)]
pub(super) struct Redundant {
    /// Its index in the descriptor.
    pub(super) rule: usize,
    name: String,
    /// Where, and what stands there; `None`: anything.
    when: Vec<(Vec<String>, Option<Value>)>,
}

impl Redundant {
    /// Nothing for rules of other sorts.
    pub(super) fn compile(kind: &'static str, index: usize, rule: &Rule) -> Result<Option<Self>, RuleError> {
        let Rule::Redundant { path, when, .. } = *rule else { return Ok(None) };
        let Some([name]) = steps(path).and_then(|steps| <[String; 1]>::try_from(steps).ok()) else {
            return Err(RuleError::Path { kind, rule: rule.name(), path });
        };
        let mut conditions = Vec::new();
        for (pointer, value) in when {
            let steps = steps(pointer).ok_or(RuleError::Path { kind, rule: rule.name(), path: pointer })?;
            let expected = match *value {
                "*" => None,
                json => Some(serde_json::from_str(json).map_err(|error| RuleError::Default {
                    kind,
                    path: pointer,
                    why: error.to_string(),
                })?),
            };
            conditions.push((steps, expected));
        }
        Ok(Some(Self { rule: index, name, when: conditions }))
    }

    /// Drops the attribute if it is there and the conditions hold.
    pub(super) fn apply(&self, attributes: &mut Map<String, Value>) -> bool {
        let holds = |(steps, expected): &(Vec<String>, Option<Value>)| {
            let (first, rest) = steps.split_first()?;
            let found = rest.iter().try_fold(attributes.get(first)?, |value, step| value.get(step))?;
            let as_expected = match expected {
                Some(expected) => found == expected,
                None => !found.is_null() && found != "",
            };
            as_expected.then_some(())
        };
        self.when.iter().all(|condition| holds(condition).is_some()) && attributes.remove(&self.name).is_some()
    }
}

fn steps(pointer: &str) -> Option<Vec<String>> {
    let steps: Vec<String> = pointer.strip_prefix('/')?.split('/').map(unescape).collect();
    steps.iter().all(|step| !step.is_empty() && step != "*").then_some(steps)
}
