//! The three-way view: what is there, what was there, and what Terraform's states say that they manage.
//!
//! A resource is found by its ARN, or by its type and name in its account and region. The same name elsewhere is another
//! resource: what a state does not tell apart is told as such, and never guessed.

mod live;
mod matching;
mod state;

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::{Address, Claim, Descriptor, Targets};
use serde::Serialize;

use crate::Resource;
use crate::plan::{Drift, Manager, Plan};
use crate::snapshot::Coverage;

pub use live::Live;
pub use matching::Matching;
pub use state::{Attributes, Instance, State, StateError};

use matching::{Match, Places};

/// The view.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct View {
    /// Sorted by address.
    pub resources: Vec<Row>,
    /// In states, and not there.
    pub gone: Vec<Missing>,
    /// In states, in places that were not read.
    pub not_read: Vec<Missing>,
    /// In states that do not tell which of several resources is meant.
    pub unsure: Vec<Unsure>,
    /// Resource types that no kind reads, and how many of them the states have.
    pub unknown: BTreeMap<String, usize>,
}

/// A live resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub address: Address,
    /// What people call it, where its id is no name.
    pub label: Option<String>,
    /// Sorted; empty: nobody.
    pub managers: Vec<Manager>,
    /// What became of it since the restore point, where a plan says so.
    pub drift: Option<Drift>,
}

/// Something that a state names and that is not there, or not known to be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Missing {
    #[serde(flatten)]
    pub manager: Manager,
    /// Where it would be.
    #[serde(serialize_with = "as_text")]
    pub resource: Address,
}

/// Something that a state names by less than it takes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unsure {
    #[serde(flatten)]
    pub manager: Manager,
    pub kind: String,
    pub name: String,
}

fn as_text<S: serde::Serializer>(address: &Address, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(address)
}

/// How a resource is managed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Unmanaged,
    /// Only parts of it are.
    Partly,
    Managed,
    /// Several resources in states say that they are it.
    Twice,
}

impl Status {
    pub fn of(managers: &[Manager]) -> Self {
        match managers.iter().filter(|manager| !manager.part).count() {
            0 if managers.is_empty() => Self::Unmanaged,
            0 => Self::Partly,
            1 => Self::Managed,
            _ => Self::Twice,
        }
    }

    /// The word in output for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unmanaged => "unmanaged",
            Self::Partly => "partly_managed",
            Self::Managed => "managed",
            Self::Twice => "claimed_twice",
        }
    }
}

impl Row {
    pub fn status(&self) -> Status {
        Status::of(&self.managers)
    }

    /// Whether somebody changed what a state manages.
    pub fn is_drifted(&self) -> bool {
        self.drift == Some(Drift::Changed) && !self.managers.is_empty()
    }
}

impl View {
    /// Takes over what a plan says of the resources.
    pub fn add_drift(&mut self, plan: &Plan) {
        let drift: BTreeMap<&Address, Drift> = plan.drift.iter().map(|drift| (&drift.address, drift.drift)).collect();
        for row in &mut self.resources {
            row.drift = drift.get(&row.address).copied();
        }
    }

    /// Leaves what matches.
    pub fn narrow(&mut self, targets: &Targets) {
        self.resources.retain(|row| targets.matches(&row.address));
        self.gone.retain(|missing| targets.matches(&missing.resource));
        self.not_read.retain(|missing| targets.matches(&missing.resource));
        if !targets.is_everything() {
            self.unsure.retain(|unsure| targets.may_match_kind(None, &unsure.kind));
            self.unknown.clear();
        }
    }

    /// Whether everything that is there is managed once, as it was, and everything that is managed is there.
    pub fn is_settled(&self) -> bool {
        let is_settled = |row: &Row| matches!(row.status(), Status::Managed | Status::Partly) && !row.is_drifted();
        self.gone.is_empty() && self.resources.iter().all(is_settled)
    }

    /// Whether every resource of a kind that the states name could be looked for.
    pub fn is_complete(&self) -> bool {
        self.not_read.is_empty() && self.unsure.is_empty()
    }
}

/// Keeps one of the states that are one state at several times: the latest. Says which were left out.
pub fn latest(states: Vec<State>) -> (Vec<State>, Vec<String>) {
    let mut best: BTreeMap<String, u64> = BTreeMap::new();
    for state in &states {
        if let Some(lineage) = &state.lineage {
            let serial = best.entry(lineage.clone()).or_default();
            *serial = state.serial.max(*serial);
        }
    }
    let mut seen = BTreeSet::new();
    let is_latest = |state: &State| {
        state
            .lineage
            .as_ref()
            .is_none_or(|lineage| best.get(lineage) == Some(&state.serial) && seen.insert(lineage.clone()))
    };
    let (kept, left): (Vec<State>, Vec<State>) = states.into_iter().partition(is_latest);
    (kept, left.into_iter().map(|state| state.name).collect())
}

/// What states say of live resources.
pub fn view(states: &[State], live: &Live, matching: &Matching<'_>) -> View {
    let mut managers: BTreeMap<usize, BTreeSet<Manager>> = BTreeMap::new();
    let mut view = View::default();
    for state in states {
        let places = Places::learn(state);
        for instance in &state.instances {
            let manager = |part| Manager { state: state.name.clone(), address: instance.address.clone(), part };
            for found in matching.of(instance, &places) {
                match found {
                    Match::Found { node, part } => {
                        managers.entry(node).or_default().insert(manager(part));
                    }
                    Match::Gone(resource) => view.gone.push(Missing { manager: manager(false), resource }),
                    Match::NotRead(resource) => view.not_read.push(Missing { manager: manager(false), resource }),
                    Match::Unsure { kind, name } => {
                        view.unsure.push(Unsure { manager: manager(false), kind: kind.to_owned(), name });
                    }
                    Match::Unknown => *view.unknown.entry(instance.resource.clone()).or_default() += 1,
                }
            }
        }
    }
    view.gone.sort();
    view.not_read.sort();
    view.unsure.sort();
    let row = |(node, address): (usize, &Address)| Row {
        address: address.clone(),
        label: live.label(node).map(str::to_owned),
        managers: managers.remove(&node).unwrap_or_default().into_iter().collect(),
        drift: None,
    };
    view.resources = live.addresses().iter().enumerate().map(row).collect();
    view.resources.sort_by(|one, other| one.address.cmp(&other.address));
    view
}

impl Plan {
    /// Adds to every drifted resource who manages it.
    pub fn add_managers(
        &mut self,
        states: &[State],
        kinds: &BTreeMap<&'static str, &'static Descriptor>,
        claims: &[Claim],
    ) {
        let mut live = Live::default();
        for drift in &self.drift {
            // A resource that is gone may stand in a state all the same: Terraform will make it anew.
            for side in [&drift.before, &drift.after].into_iter().flatten().take(1) {
                let side: &Resource = side;
                live.add(kinds.get(drift.kind.as_str()).copied(), &drift.address.scope, side);
            }
        }
        let coverage = Coverage::default();
        let found = view(states, &live, &Matching::new(&live, &coverage, kinds, claims));
        let mut managers: BTreeMap<Address, Vec<Manager>> =
            found.resources.into_iter().map(|row| (row.address, row.managers)).collect();
        for drift in &mut self.drift {
            drift.managers = Some(managers.remove(&drift.address).unwrap_or_default());
        }
    }
}

#[cfg(test)]
mod tests;
