//! What is proposed: the plan, and the commits that it becomes.

use std::collections::BTreeMap;

use driftline::accept::{self, Commit, GroupBy};
use driftline::plan::Plan;
use driftline::remote;
use driftline::scan::Baseline;
use driftline::snapshot::path;
use driftline::store::{Oid, RestorePoint, Step, Store, Update};
use driftline_api::Address;

use super::Arguments;
use crate::cli::accept::failure;
use crate::cli::context::{Context, kinds};
use crate::cli::failure::Failure;
use crate::cli::planning::{self, Wanted};

/// The saved plan, if it was made against this restore point, or that of a new scan.
pub(super) fn plan(
    cx: &Context,
    store: &Store,
    arguments: &Arguments,
    point: &RestorePoint,
    rev: &str,
) -> Result<Plan, Failure> {
    let wanted = Wanted {
        file: arguments.plan.as_deref(),
        reading: &arguments.scan,
        since_trail: arguments.since_trail,
        attribution: arguments.attribution,
        states: &arguments.states,
        against: rev,
    };
    let plan = planning::obtain(cx, store, &wanted)?;
    let made_against = store.resolve(&plan.against.commit).ok().map(|point| point.tree);
    if made_against != Some(point.tree) {
        let commit: String = plan.against.commit.chars().take(10).collect();
        return Err(Failure::new(format!(
            "propose the plan: it was made against {commit}, and {rev} has another restore point"
        ))
        .hint("make the plan anew, or propose without one"));
    }
    Ok(plan)
}

/// Commits that no branch leads to yet.
pub(super) struct Series {
    pub(super) tip: Oid,
    /// How many resources are in it only because they were proposed before.
    pub(super) kept: usize,
}

/// The commits of a plan on top of the restore point that it was made against: those that `accept` makes, after those that
/// are on the branch already and that speak of what the plan could not look at.
pub(super) fn series(
    store: &Store,
    plan: &Plan,
    point: &RestorePoint,
    there: &[remote::Commit],
) -> Result<Series, Failure> {
    let writer = store.begin_objects()?;
    let baseline = Baseline::load(store.snapshot(point)?)?;
    let kinds = kinds();
    let units = accept::units(plan, &kinds);
    let (mut steps, kept) = kept(plan, &baseline, there);
    let mut commits = accept::commits(plan, &baseline, &kinds, &units, GroupBy::Actor).map_err(failure)?;
    commits.extend(accept::coverage(plan, &baseline));
    steps.extend(commits.into_iter().map(Commit::step));
    Ok(Series { tip: writer.series(point.commit, steps)?, kept })
}

/// What was proposed of resources that the plan could not look at, as far as it still fits the restore point.
fn kept(plan: &Plan, baseline: &Baseline, there: &[remote::Commit]) -> (Vec<Step>, usize) {
    let mut now: BTreeMap<Address, Option<Oid>> = BTreeMap::new();
    let told = |address: &Address| plan.drift.iter().any(|drift| drift.address == *address);
    let mut steps = Vec::new();
    for commit in there {
        let mut update = Update::default();
        for file in &commit.files {
            let address =
                path::address(&file.path).filter(|address| is_hidden(plan, baseline, address) && !told(address));
            let Some(address) = address else { continue };
            let known = baseline.blob(&address.scope, &address.kind, &address.id);
            let current = now.get(&address).copied().unwrap_or(known);
            if current == file.old {
                match file.new {
                    Some(blob) => update.put(&address, blob),
                    None => update.remove(&address),
                }
                now.insert(address, file.new);
            }
        }
        if !update.is_empty() {
            steps.push(Step { update, message: commit.message.clone(), author: Some(commit.author.clone()) });
        }
    }
    (steps, now.len())
}

/// A resource that is proposed at `tip` and that the plan could not look at.
pub(super) fn hidden(store: &Store, plan: &Plan, point: &RestorePoint, tip: Oid) -> Result<Option<Address>, Failure> {
    if plan.is_complete() && !plan.scanned.narrowed && plan.rests.is_none() {
        return Ok(None);
    }
    let Ok(tip) = store.resolve(&tip.to_string()) else { return Ok(None) };
    let base = Baseline::load(store.snapshot(point)?)?;
    let proposed = Baseline::load(store.snapshot(&tip)?)?;
    let differing = |one: &Baseline, other: &Baseline| {
        one.iter().find_map(|(scope, kind, id, blob)| {
            let address = Address { scope: scope.clone(), kind: kind.to_owned(), id: id.to_owned() };
            let differs = other.blob(scope, kind, id) != Some(blob);
            (differs && is_hidden(plan, &base, &address)).then_some(address)
        })
    };
    Ok(differing(&proposed, &base).or_else(|| differing(&base, &proposed)))
}

/// Whether the plan did not look at a resource, or at a part of it. One that was narrowed on the command line is taken to
/// have looked at nothing but what it tells.
fn is_hidden(plan: &Plan, baseline: &Baseline, address: &Address) -> bool {
    let is_known = || baseline.blob(&address.scope, &address.kind, &address.id).is_some();
    plan.scanned.narrowed
        || plan.rests.as_ref().is_some_and(|rests| !rests.was_read(address, is_known()))
        || plan.not_read.iter().any(|gap| gap.concerns(address))
}
