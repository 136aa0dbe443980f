//! Accepting drift: a reviewed plan becomes small commits, one for each actor and group of related changes.
//!
//! Nothing is scanned here and nothing is written: from a plan, the restore point that it was made against and a choice
//! of its changes come the commits to make ([`commits`]). After all of them the restore point says what a fresh import
//! would say; what was not chosen, or is ignored by a rule, stays as it was.

mod group;
mod message;
mod phrase;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::{Address, Descriptor, Status, Window};

use crate::Resource;
use crate::attribution::{Attributed, Origin};
use crate::diff::{self, Change, diff};
use crate::plan::{Drift, Plan, ResourceDrift};
use crate::scan::Baseline;
use crate::snapshot::{Coverage, KindCoverage};
use crate::store::{Author, Error, Step, Update, blob_id};

pub use phrase::phrase;

/// The kinds that a build knows, by name.
pub type Kinds = BTreeMap<&'static str, &'static Descriptor>;

/// The smallest part of a plan that can be accepted on its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unit {
    /// Index into the plan's drift.
    pub resource: usize,
    /// Indices into the resource's changes. Empty: the resource as a whole, which was added or removed.
    pub changes: Vec<usize>,
}

/// What becomes one commit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GroupBy {
    /// What one actor changed, as far as it belongs together: one event, or resources that were made or removed with
    /// what refers to them.
    #[default]
    Actor,
    Resource,
    /// What changed of one service in one account and region.
    Service,
    /// Everything.
    None,
}

/// A commit to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    /// Subject, body and trailers.
    pub message: String,
    /// Who changed the account; `None` where nobody can be named, or several people can.
    pub author: Option<Author>,
    /// The files it writes (`Some`) and removes.
    pub files: BTreeMap<Address, Option<Vec<u8>>>,
    /// How the reads of the plan's scan ended, where that changed.
    pub coverage: Option<Coverage>,
}

/// The plan cannot be accepted.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    #[error("the restore point has another `{address}` than the plan was made against")]
    OtherBefore { address: Box<Address> },
    #[error("the plan does not fit itself at `{address}`: {why}")]
    Inconsistent { address: Box<Address>, why: String },
    #[error(transparent)]
    Store(#[from] Error),
}

impl Commit {
    /// The first line.
    pub fn subject(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }

    /// What the store makes a commit of.
    pub fn step(self) -> Step {
        let mut update = Update::default();
        for (address, bytes) in self.files {
            match bytes {
                Some(bytes) => update.put_bytes(&address, bytes),
                None => update.remove(&address),
            }
        }
        if let Some(coverage) = &self.coverage {
            update.set_coverage(coverage);
        }
        Step { update, message: self.message, author: self.author }
    }
}

/// Everything in a plan that can be accepted, in the plan's order.
pub fn units(plan: &Plan, kinds: &Kinds) -> Vec<Unit> {
    let units = plan.drift.iter().enumerate().flat_map(|(index, resource)| {
        let kind = kinds.get(resource.kind.as_str()).copied();
        let parts = match resource.drift {
            Drift::Added | Drift::Removed => vec![Vec::new()],
            Drift::Changed => diff::units(kind, &resource.changes),
        };
        parts.into_iter().map(move |changes| Unit { resource: index, changes })
    });
    units.collect()
}

/// The recorded writes behind a unit, newest first; none where nobody can be named.
pub fn origins<'p>(plan: &'p Plan, unit: &Unit) -> Vec<&'p Origin> {
    let concerns = |by: &&Attributed| unit.changes.is_empty() || by.changes.iter().any(|c| unit.changes.contains(c));
    let behind = plan.drift[unit.resource].by.iter().filter(concerns);
    let mut origins: Vec<&Origin> = behind.filter_map(|by| by.attribution.origin()).collect();
    origins.sort_by_key(|origin| std::cmp::Reverse((origin.at, &origin.event_id)));
    origins
}

/// The commits that make the chosen units part of the restore point, in the order in which they are to be made: by the
/// time of the change, what nobody can be named for last.
pub fn commits(
    plan: &Plan,
    baseline: &Baseline,
    kinds: &Kinds,
    chosen: &[Unit],
    by: GroupBy,
) -> Result<Vec<Commit>, AcceptError> {
    let mut resources: BTreeMap<usize, Accepting<'_>> = BTreeMap::new();
    for index in chosen.iter().map(|unit| unit.resource).collect::<BTreeSet<_>>() {
        let resource = &plan.drift[index];
        resources.insert(index, Accepting::new(resource, baseline, kinds.get(resource.kind.as_str()).copied())?);
    }
    let mut commits = Vec::new();
    for group in group::groups(plan, kinds, chosen, by) {
        let mut files = BTreeMap::new();
        for unit in &group.units {
            let resource = resources.get_mut(&unit.resource).expect("every chosen unit's resource is there");
            resource.take(&unit.changes);
        }
        for index in group.units.iter().map(|unit| unit.resource).collect::<BTreeSet<_>>() {
            files.insert(plan.drift[index].address.clone(), resources[&index].content()?);
        }
        commits.push(Commit { message: message::message(plan, &group), author: group.author(), files, coverage: None });
    }
    Ok(commits)
}

/// The commit that brings the restore point's coverage up to the plan's; `None` if there is nothing to bring. What the
/// restore point could not read and the plan could stays a gap until an import reads it: until then, nobody knows
/// what of it is new. A plan that was narrowed on the command line, or rests on records, says nothing of what
/// the next one will read.
pub fn coverage(plan: &Plan, baseline: &Baseline) -> Option<Commit> {
    if plan.scanned.narrowed || plan.rests.is_some() {
        return None;
    }
    let mut next = plan.coverage.clone()?;
    let known = baseline.coverage();
    let mut changed = false;
    for (scope, kind, old) in known.iter() {
        let was_gap = old.status.is_gap() || !old.gaps().is_empty();
        let is_read = next.get(scope, kind).is_none_or(|new| new.status == Status::Read);
        // What was too old to be read then is not new because more is read now.
        let older = |(old, new): (&Window, &Window)| new.since < old.since;
        let new_window = next.get(scope, kind).and_then(KindCoverage::window);
        if was_gap && (is_read || old.window().zip(new_window).is_some_and(older)) {
            next.set(scope, kind, old.clone());
        }
    }
    for (path, bytes) in next.to_files() {
        changed |= known.to_files().into_iter().find(|(known, _)| *known == path).is_none_or(|(_, old)| old != bytes);
    }
    changed.then(|| Commit {
        message: message::coverage(known, &next),
        author: None,
        files: BTreeMap::new(),
        coverage: Some(next),
    })
}

/// A resource on its way from the restore point to the live side.
struct Accepting<'p> {
    resource: &'p ResourceDrift,
    kind: Option<&'static Descriptor>,
    /// All differences between the two sides, told by the plan or not.
    all: Vec<Change>,
    /// For each of the plan's changes, its index in `all`.
    told: Vec<usize>,
    taken: BTreeSet<usize>,
}

impl<'p> Accepting<'p> {
    fn new(
        resource: &'p ResourceDrift,
        baseline: &Baseline,
        kind: Option<&'static Descriptor>,
    ) -> Result<Self, AcceptError> {
        let address = &resource.address;
        let inconsistent =
            |why: &str| AcceptError::Inconsistent { address: Box::new(address.clone()), why: why.to_owned() };
        let known = baseline.blob(&address.scope, &address.kind, &address.id);
        if known != resource.before.as_ref().map(|before| blob_id(&before.to_bytes())) {
            return Err(AcceptError::OtherBefore { address: Box::new(address.clone()) });
        }
        let stray = |side: &&Resource| side.kind != address.kind || side.id != address.id;
        if [&resource.before, &resource.after].into_iter().flatten().any(|side| stray(&side)) {
            return Err(inconsistent("it holds another resource"));
        }
        let all = match (&resource.before, &resource.after) {
            (Some(before), Some(after)) => diff(kind, before, after),
            _ => Vec::new(),
        };
        let mut told = Vec::new();
        for change in &resource.changes {
            let same = |(index, other): &(usize, &Change)| *other == change && !told.contains(index);
            let Some((index, _)) = all.iter().enumerate().find(same) else {
                return Err(inconsistent(&format!("`{}` does not follow from its two sides", change.path)));
            };
            told.push(index);
        }
        Ok(Self { resource, kind, all, told, taken: BTreeSet::new() })
    }

    fn take(&mut self, changes: &[usize]) {
        self.taken.extend(changes.iter().map(|change| self.told[*change]));
    }

    /// The file after everything that was taken so far; `None`: there is none.
    fn content(&self) -> Result<Option<Vec<u8>>, AcceptError> {
        let (before, after) = match (&self.resource.before, &self.resource.after) {
            (Some(before), Some(after)) => (before, after),
            (_, after) => return Ok(after.as_ref().map(Resource::to_bytes)),
        };
        // The live side itself, to the last byte.
        if self.taken.len() == self.all.len() {
            return Ok(Some(after.to_bytes()));
        }
        let taken: Vec<&Change> = self.taken.iter().map(|index| &self.all[*index]).collect();
        let resource = diff::apply(self.kind, before, after, &taken).map_err(|error| AcceptError::Inconsistent {
            address: Box::new(self.resource.address.clone()),
            why: error.to_string(),
        })?;
        Ok(Some(resource.to_bytes()))
    }
}
