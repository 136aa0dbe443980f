//! What is proposed: the plan, and the commits that it becomes.

use driftline::accept::{self, Commit, GroupBy};
use driftline::plan::Plan;
use driftline::scan::Baseline;
use driftline::store::{Oid, RestorePoint, Store};
use driftline_api::Address;

use super::Arguments;
use crate::cli::accept::failure;
use crate::cli::context::{Context, kinds};
use crate::cli::failure::Failure;
use crate::cli::planning;

/// The saved plan, if it was made against this restore point, or that of a new scan.
pub(super) fn plan(
    cx: &Context,
    store: &Store,
    arguments: &Arguments,
    point: &RestorePoint,
    rev: &str,
) -> Result<Plan, Failure> {
    let plan = planning::obtain(cx, store, arguments.plan.as_deref(), &arguments.scan, arguments.attribution, rev)?;
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

/// The commits of a plan on top of the restore point that it was made against: those that `accept` makes. No branch
/// leads to them yet.
pub(super) fn series(store: &Store, plan: &Plan, point: &RestorePoint) -> Result<Oid, Failure> {
    let writer = store.begin_objects()?;
    let baseline = Baseline::load(store.snapshot(point)?)?;
    let kinds = kinds();
    let units = accept::units(plan, &kinds);
    let mut commits = accept::commits(plan, &baseline, &kinds, &units, GroupBy::Actor).map_err(failure)?;
    commits.extend(accept::coverage(plan, &baseline));
    Ok(writer.series(point.commit, commits.into_iter().map(Commit::step).collect())?)
}

/// A resource that is proposed at `tip` and that the plan could not look at.
pub(super) fn hidden(store: &Store, plan: &Plan, point: &RestorePoint, tip: Oid) -> Result<Option<Address>, Failure> {
    if plan.is_complete() {
        return Ok(None);
    }
    let Ok(tip) = store.resolve(&tip.to_string()) else { return Ok(None) };
    let base = Baseline::load(store.snapshot(point)?)?;
    let proposed = Baseline::load(store.snapshot(&tip)?)?;
    let differing = |one: &Baseline, other: &Baseline| {
        let found = one.iter().find_map(|(scope, kind, id, blob)| {
            let address = Address { scope: scope.clone(), kind: kind.to_owned(), id: id.to_owned() };
            let differs = other.blob(scope, kind, id) != Some(blob);
            (differs && plan.not_read.iter().any(|gap| gap.concerns(&address))).then_some(address)
        });
        found
    };
    Ok(differing(&proposed, &base).or_else(|| differing(&base, &proposed)))
}
