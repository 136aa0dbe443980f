//! Ignore rules: drift that somebody decided not to be told of, each with the reason.

use driftline_api::{Address, AddressPattern};
use serde::{Deserialize, Serialize};

use super::PathPattern;
use crate::diff::Path;

/// Leaves out whole resources, or changes at or below an attribute.
#[derive(Debug, Clone)]
pub struct Ignore {
    pub address: AddressPattern,
    /// `None`: the whole resource, whatever happened to it.
    pub attribute: Option<PathPattern>,
    /// Why, in the user's words.
    pub reason: String,
}

/// What one ignore rule took out of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ignored {
    /// The rule's address pattern.
    pub address: String,
    /// The rule's attribute pattern.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    pub reason: String,
    /// Resources that drifted and are not shown.
    pub resources: usize,
    /// Changes of other resources that are not shown.
    pub changes: usize,
}

impl Ignore {
    pub(super) fn takes_resource(&self, address: &Address) -> bool {
        self.attribute.is_none() && self.address.matches(address)
    }

    pub(super) fn takes_change(&self, address: &Address, path: &Path) -> bool {
        self.attribute.as_ref().is_some_and(|attribute| attribute.matches(path)) && self.address.matches(address)
    }
}

impl Ignored {
    pub(super) fn by(rule: &Ignore) -> Self {
        Self {
            address: rule.address.to_string(),
            attribute: rule.attribute.as_ref().map(ToString::to_string),
            reason: rule.reason.clone(),
            resources: 0,
            changes: 0,
        }
    }
}
