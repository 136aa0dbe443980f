//! What is proposed: the plan, and the commits that it becomes.

use std::sync::Arc;

use driftline::config::Config;
use driftline::drift::{Comparison, drift};
use driftline::plan::{Against, Plan};
use driftline::scan::{Baseline, Keep};
use driftline::store::{Oid, RestorePoint, Step, Store, Update};
use driftline_api::Address;

use super::Arguments;
use crate::cli::context::{Context, ignores, kinds};
use crate::cli::failure::Failure;
use crate::cli::scanning::Scan;

/// The saved plan, if it was made against this restore point, or a new one.
pub(super) fn plan(
    cx: &Context,
    store: &Store,
    config: &Config,
    arguments: &Arguments,
    point: &RestorePoint,
    rev: &str,
) -> Result<Plan, Failure> {
    let Some(path) = &arguments.plan else { return live(cx, store, config, arguments, point, rev) };
    let what = || format!("use the plan {}", path.display());
    let bytes = std::fs::read(path).map_err(|error| Failure::new(what()).because(error))?;
    let plan = Plan::from_json(&bytes).map_err(|error| Failure::new(what()).because(error))?;
    let made_against = store.resolve(&plan.against.commit).ok().map(|point| point.tree);
    if made_against != Some(point.tree) {
        let commit: String = plan.against.commit.chars().take(10).collect();
        return Err(Failure::new(format!("{}: it was made against {commit}, and {rev} has another restore point", what()))
            .hint("make the plan anew, or propose without one"));
    }
    Ok(plan)
}

fn live(
    cx: &Context,
    store: &Store,
    config: &Config,
    arguments: &Arguments,
    point: &RestorePoint,
    rev: &str,
) -> Result<Plan, Failure> {
    let ignores = ignores(config)?;
    let targets = arguments.scan.targets();
    let snapshot = store.snapshot(point)?;
    let seal = cx.seal(snapshot.format()?.as_ref())?;
    let baseline = Arc::new(Baseline::load(snapshot)?);
    let scan = Scan { config, targets: Arc::clone(&targets), seal, baseline: Arc::clone(&baseline), endpoint: None };
    let scanned = scan.run(cx, Keep::InMemory)?;
    let comparison = Comparison {
        against: Against { rev: rev.to_owned(), commit: point.commit.to_string() },
        targets: &targets,
        kinds: &kinds(),
        ignores: &ignores,
    };
    Ok(drift(comparison, &baseline, scanned)?)
}

/// The commits of a plan on top of the restore point that it was made against. No branch leads to them yet.
pub(super) fn series(store: &Store, plan: &Plan, point: &RestorePoint) -> Result<Oid, Failure> {
    let writer = store.begin_objects()?;
    let mut update = Update::default();
    let mut message = String::from("drift\n\n");
    for resource in &plan.drift {
        match &resource.after {
            Some(after) => update.put_bytes(&resource.address, after.to_bytes()),
            None => update.remove(&resource.address),
        }
        message.push_str(&format!("Driftline-Address: {}\n", resource.address));
    }
    Ok(writer.series(point.commit, vec![Step { update, message, author: None }])?)
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
