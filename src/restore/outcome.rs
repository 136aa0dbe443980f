//! Whether the account is back: what still differs after a restore, and what has another id now.

use std::collections::BTreeMap;

use driftline_api::{Address, Descriptor};
use serde_json::Value;

use super::changes::Known;
use super::places::says_nothing;
use super::proposal::Proposal;
use super::work::Work;
use crate::diff::{Change, Segment, diff};
use crate::export::Pieces;
use crate::plan::{Drift, Plan, ResourceDrift};

/// How a restore ended.
#[derive(Debug, Default, PartialEq)]
pub struct Outcome {
    /// How many resources are as they were.
    pub back: usize,
    /// What was created anew under another id.
    pub successors: Vec<Successor>,
    /// What differs only in what AWS gives anew, or keeps count of: creation dates, internal ids, versions.
    pub given: Vec<ResourceDrift>,
    /// What was put back, and takes effect in the next maintenance window only.
    pub waiting: Vec<ResourceDrift>,
    /// What still differs, although it was to be put back.
    pub differs: Vec<ResourceDrift>,
}

/// A resource that is gone, and the one that took its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Successor {
    pub old: Address,
    pub new: Address,
}

/// Compares what a new scan shows of the resources of a restore with what was proposed. `state`: what Terraform knows of
/// them afterwards.
pub fn outcome(
    work: &Work,
    proposal: &Proposal,
    written: &Pieces,
    state: &BTreeMap<String, Known>,
    plan: &Plan,
) -> Outcome {
    let mut outcome = Outcome::default();
    let find = |address: &Address| plan.drift.iter().find(|drift| drift.address == *address);
    let mut pairs: Vec<(&ResourceDrift, &ResourceDrift)> = Vec::new();
    for item in work.items.iter().filter(|item| item.live.is_none()) {
        let Some(old) = find(&item.address).filter(|drift| drift.drift == Drift::Removed) else { continue };
        let mut own = written.pieces.iter().filter(|piece| piece.address == item.address && piece.child.is_none());
        let Some(known) = own.find_map(|piece| state.get(&piece.terraform)) else { continue };
        let is_new = |drift: &&ResourceDrift| {
            drift.drift == Drift::Added
                && drift.kind == old.kind
                && drift.address.scope == old.address.scope
                && drift.after.as_ref().is_some_and(|resource| known.is(resource))
        };
        if let Some(new) = plan.drift.iter().find(is_new) {
            pairs.push((old, new));
        }
    }
    let renamed: Vec<(String, String)> = pairs
        .iter()
        .flat_map(|(old, new)| {
            let ids = Some((old.address.id.clone(), new.address.id.clone()));
            [ids, old.arn.clone().zip(new.arn.clone())]
        })
        .flatten()
        .collect();
    for (old, new) in &pairs {
        outcome.successors.push(Successor { old: old.address.clone(), new: new.address.clone() });
        let (before, after) = (old.before.clone(), new.after.clone());
        let kind = work.items.iter().find(|item| item.address == old.address).map(|item| item.kind);
        let both = ResourceDrift::compare(kind, &new.address, before, after);
        if let Some(drift) = both {
            outcome.judge(&drift, &renamed, proposal, kind);
        }
    }
    let is_succeeded = |address: &Address| pairs.iter().any(|(old, _)| old.address == *address);
    for item in work.items.iter().filter(|item| !is_succeeded(&item.address)) {
        let is_back = match find(&item.address) {
            Some(drift) => outcome.judge(drift, &renamed, proposal, Some(item.kind)),
            None => true,
        };
        let is_left = || proposal.stays.iter().any(|stays| stays.address == item.address && stays.path.is_none());
        outcome.back += usize::from(is_back && !is_left());
    }
    outcome
}

impl Outcome {
    /// Sorts in what a resource still differs in; whether nothing of it counts.
    fn judge(
        &mut self,
        drift: &ResourceDrift,
        renamed: &[(String, String)],
        proposal: &Proposal,
        kind: Option<&'static Descriptor>,
    ) -> bool {
        if proposal.leaves(&drift.address, None) {
            return true;
        }
        let Some(mut rest) = without_names(drift, renamed, kind) else { return true };
        if rest.drift == Drift::Changed {
            rest.changes.retain(|change| !proposal.leaves(&drift.address, Some(&change.path.to_string())));
            let (given, counts): (Vec<Change>, Vec<Change>) =
                rest.changes.iter().cloned().partition(|change| says_nothing(kind, change));
            if !given.is_empty() {
                self.given.push(ResourceDrift { changes: given, ..rest.clone() });
            }
            if counts.is_empty() {
                return true;
            }
            let is_pending = |change: &Change| waits(drift, change);
            let (waiting, counts): (Vec<Change>, Vec<Change>) = counts.into_iter().partition(is_pending);
            if !waiting.is_empty() {
                self.waiting.push(ResourceDrift { changes: waiting, ..rest.clone() });
            }
            if counts.is_empty() {
                return false;
            }
            rest.changes = counts;
        }
        self.differs.push(rest);
        false
    }
}

/// Whether AWS took what it should be, and waits with it. Databases and clusters say so
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_PendingModifiedValues.html>).
fn waits(drift: &ResourceDrift, change: &Change) -> bool {
    const PENDING: &str = "PendingModifiedValues";
    let [Segment::Member(root), Segment::Member(name), ..] = change.path.0.as_slice() else { return false };
    let sides = drift.before.as_ref().zip(drift.after.as_ref()).filter(|_| root == "attributes");
    let Some((before, after)) = sides else { return false };
    let is_taken = |(name, value): (&String, &Value)| before.attributes.get(name) == Some(value);
    let Some(pending) = after.attributes.get(PENDING).and_then(Value::as_object) else { return false };
    match pending.get(name) {
        Some(value) => is_taken((name, value)),
        None => name == PENDING && !pending.is_empty() && pending.iter().all(is_taken),
    }
}

/// What differs apart from the names of what was created anew.
fn without_names(
    drift: &ResourceDrift,
    renamed: &[(String, String)],
    kind: Option<&'static Descriptor>,
) -> Option<ResourceDrift> {
    let (Drift::Changed, Some(before), Some(after)) = (drift.drift, &drift.before, &drift.after) else {
        return Some(drift.clone());
    };
    let mut named = before.clone();
    for value in named.attributes.values_mut() {
        rename(value, renamed);
    }
    let rest = ResourceDrift::compare(kind, &drift.address, Some(named), Some(after.clone()))?;
    // What an ignore rule takes out of the plan is out of this comparison, too.
    let all = diff(kind, before, after);
    let ignored: Vec<&Change> = all.iter().filter(|change| !drift.changes.contains(change)).collect();
    let changes: Vec<Change> = rest.changes.into_iter().filter(|change| !ignored.contains(&change)).collect();
    (!changes.is_empty()).then(|| ResourceDrift { changes, ..drift.clone() })
}

/// Puts new names in the place of old ones, wherever they stand.
pub(super) fn rename(value: &mut Value, renamed: &[(String, String)]) {
    match value {
        Value::String(text) => {
            if let Some((_, new)) = renamed.iter().find(|(old, _)| old == text) {
                text.clone_from(new);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| rename(value, renamed)),
        Value::Object(members) => members.values_mut().for_each(|value| rename(value, renamed)),
        _ => {}
    }
}
