//! Ignore rules: drift that somebody decided not to be told of, each with the reason.

use std::fmt;

use driftline_api::{Actor, Address, AddressPattern};
use serde::{Deserialize, Serialize};
use time::Date;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::conditions::Conditions;
use super::{Drift, PathPattern, Plan, ResourceDrift};
use crate::diff::Change;

/// How dates are written: `2027-01-31`.
pub(crate) const DATE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// Leaves out whole resources, or changes at or below an attribute.
#[derive(Debug, Clone)]
pub struct Ignore {
    pub address: AddressPattern,
    /// `None`: the whole resource, whatever happened to it.
    pub attribute: Option<PathPattern>,
    pub conditions: Conditions,
    /// Why, in the user's words.
    pub reason: String,
    /// Whom to ask about it.
    pub owner: Option<String>,
    /// The last day, in UTC, on which it holds.
    pub until: Option<Date>,
    /// That day is over: it takes nothing out.
    pub expired: bool,
}

/// What one ignore rule took out of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ignored {
    /// The rule's address pattern.
    pub address: String,
    /// The rule's attribute pattern.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    #[serde(default, skip_serializing_if = "Conditions::is_empty")]
    pub conditions: Conditions,
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day on which the rule holds: `2027-01-31`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expired: bool,
    /// Resources that drifted and are not shown.
    pub resources: usize,
    /// Changes of other resources that are not shown.
    pub changes: usize,
    /// What was taken out, sorted by address; empty where nobody wants to see it ([`Plan::forget_ignored`]).
    #[serde(skip)]
    pub taken: Vec<ResourceDrift>,
}

impl Ignore {
    /// A rule for whole resources that always holds.
    pub fn new(address: AddressPattern, reason: impl Into<String>) -> Self {
        Self {
            address,
            attribute: None,
            conditions: Conditions::default(),
            reason: reason.into(),
            owner: None,
            until: None,
            expired: false,
        }
    }

    /// The rule as it holds on this day.
    #[must_use]
    pub fn on(mut self, today: Date) -> Self {
        self.expired = self.until.is_some_and(|until| until < today);
        self
    }

    /// Whether it speaks of resources at this address.
    pub fn matches(&self, address: &Address) -> bool {
        self.address.matches(address) && self.conditions.allow(address)
    }

    /// Whether it takes this out, whatever happened to it and whoever did it.
    pub(super) fn takes_resource(&self, resource: &ResourceDrift) -> bool {
        !self.is_by_actor() && self.attribute.is_none() && self.concerns(resource)
    }

    /// Whether it takes this change of the resource out, whoever did it.
    pub(super) fn takes_change(&self, resource: &ResourceDrift, change: &Change) -> bool {
        !self.is_by_actor() && self.attribute.is_some() && self.names(change) && self.concerns(resource)
    }

    fn concerns(&self, resource: &ResourceDrift) -> bool {
        !self.expired && self.matches(&resource.address) && self.conditions.fit(resource)
    }

    fn names(&self, change: &Change) -> bool {
        self.attribute.as_ref().is_none_or(|attribute| attribute.matches(&change.path))
            && self.conditions.take_value(change.after.as_ref())
    }

    fn is_by_actor(&self) -> bool {
        !self.conditions.actor.is_empty()
    }
}

impl Ignored {
    pub(super) fn by(rule: &Ignore) -> Self {
        Self {
            address: rule.address.to_string(),
            attribute: rule.attribute.as_ref().map(ToString::to_string),
            conditions: rule.conditions.clone(),
            reason: rule.reason.clone(),
            owner: rule.owner.clone(),
            until: rule.until.map(|until| until.to_string()),
            expired: rule.expired,
            resources: 0,
            changes: 0,
            taken: Vec::new(),
        }
    }

    /// How many resources and changes it took out.
    pub fn count(&self) -> usize {
        self.resources + self.changes
    }

    pub(super) fn take_resource(&mut self, resource: ResourceDrift) {
        self.resources += 1;
        self.taken.push(resource);
    }

    pub(super) fn take_changes(&mut self, resource: ResourceDrift) {
        self.changes += resource.changes.len();
        self.taken.push(resource);
    }
}

/// The rule as one line: `ec2/instance/*#tags.Patched, tag Team=platform`.
impl fmt::Display for Ignored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address)?;
        if let Some(attribute) = &self.attribute {
            write!(f, "#{attribute}")?;
        }
        if !self.conditions.is_empty() {
            write!(f, ", {}", self.conditions)?;
        }
        Ok(())
    }
}

impl Plan {
    /// The second step of ignoring: once it is known who is behind the drift, the rules for certain actors take their
    /// changes out. `rules` are those that the plan was made with.
    pub fn ignore_by_actor(&mut self, rules: &[Ignore]) {
        let drift = std::mem::take(&mut self.drift);
        let rest = drift.into_iter().filter_map(|resource| by_actor(resource, rules, &mut self.ignored));
        self.drift = rest.collect();
        for ignored in &mut self.ignored {
            ignored.taken.sort_by(|one, other| one.address.cmp(&other.address));
        }
    }

    /// Leaves the numbers and drops what was taken out.
    pub fn forget_ignored(&mut self) {
        for ignored in &mut self.ignored {
            ignored.taken.clear();
        }
    }

    /// The rules whose last day is over: they take nothing out any more.
    pub fn expired_rules(&self) -> impl Iterator<Item = &Ignored> {
        self.ignored.iter().filter(|ignored| ignored.expired)
    }

    /// The ignore rules that took nothing out of this plan although they hold. Those for certain actors are among them
    /// only if somebody asked who is behind the drift.
    pub fn idle_rules(&self) -> impl Iterator<Item = &Ignored> {
        let taken = self.ignored.iter().flat_map(|ignored| &ignored.taken);
        let attributed = self.drift.iter().chain(taken).any(|resource| !resource.by.is_empty());
        self.ignored.iter().filter(move |ignored| {
            ignored.count() == 0 && !ignored.expired && (attributed || ignored.conditions.actor.is_empty())
        })
    }
}

/// What is left of a resource's drift when every rule has taken what its actors did.
fn by_actor(mut resource: ResourceDrift, rules: &[Ignore], ignored: &mut [Ignored]) -> Option<ResourceDrift> {
    for (rule, ignored) in rules.iter().zip(ignored).filter(|(rule, _)| rule.is_by_actor()) {
        if !rule.concerns(&resource) {
            continue;
        }
        let is_theirs = |actor: &Actor| {
            let names = [Some(&actor.name), actor.arn.as_ref(), actor.role.as_ref()];
            let meant = |name: &String| rule.conditions.actor.iter().any(|pattern| pattern.matches(name));
            names.into_iter().flatten().any(meant)
        };
        let theirs = resource.by.iter().filter(|by| by.attribution.origin().is_some_and(|by| is_theirs(&by.actor)));
        if resource.drift != Drift::Changed {
            if rule.attribute.is_none() && theirs.count() > 0 {
                ignored.take_resource(resource);
                return None;
            }
            continue;
        }
        let theirs: Vec<usize> = theirs.flat_map(|by| by.changes.iter().copied()).collect();
        let (taken, rest) = resource.split(|_, index, change| theirs.contains(&index) && rule.names(change));
        match (taken, rest) {
            (Some(whole), None) if rule.attribute.is_none() => {
                ignored.take_resource(whole);
                return None;
            }
            (taken, rest) => {
                if let Some(taken) = taken {
                    ignored.take_changes(taken);
                }
                resource = rest?;
            }
        }
    }
    Some(resource)
}

impl ResourceDrift {
    /// The changes for which `wanted` says yes, and the others; each with who is behind them.
    pub(super) fn split(self, wanted: impl Fn(&Self, usize, &Change) -> bool) -> (Option<Self>, Option<Self>) {
        let (taken, left): (Vec<usize>, Vec<usize>) =
            (0..self.changes.len()).partition(|index| wanted(&self, *index, &self.changes[*index]));
        match (taken.is_empty(), left.is_empty()) {
            (true, _) => (None, Some(self)),
            (false, true) => (Some(self), None),
            (false, false) => (Some(self.clone().only(&taken)), Some(self.only(&left))),
        }
    }

    /// The changes at these indices, which are sorted.
    fn only(mut self, indices: &[usize]) -> Self {
        self.changes = indices.iter().map(|index| self.changes[*index].clone()).collect();
        for by in &mut self.by {
            by.changes = by.changes.iter().filter_map(|index| indices.binary_search(index).ok()).collect();
        }
        self.by.retain(|by| !by.changes.is_empty());
        self
    }
}
