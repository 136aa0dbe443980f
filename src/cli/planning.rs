//! Where a command gets its plan from: a saved file, or a scan.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use driftline::config::Config;
use driftline::drift::{Comparison, drift};
use driftline::plan::{Against, Plan};
use driftline::scan::{Baseline, Keep};
use driftline::store::{RestorePoint, Store};
use driftline_api::Account;

use super::attribution::{self, Witness};
use super::context::{Context, ignores, kinds};
use super::environment::now;
use super::failure::Failure;
use super::remembered;
use super::scanning::{Reading, Scan};
use super::since_trail::{self, SinceTrail};
use super::states;

/// A plan, and what is to be known of the scan behind it.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    /// Everything that should have been read was.
    pub(crate) complete: bool,
    /// The accounts that were entered.
    pub(crate) accounts: Vec<Arc<Account>>,
}

/// What to scan, and what to compare it with.
pub(crate) struct Asked<'a> {
    pub(crate) config: &'a Config,
    /// The restore point as it was named, and itself.
    pub(crate) against: &'a str,
    pub(crate) point: &'a RestorePoint,
    pub(crate) reading: &'a Reading,
    pub(crate) since_trail: SinceTrail,
    pub(crate) attribution: attribution::Choice,
    /// Terraform's states besides those that are configured.
    pub(crate) states: &'a [PathBuf],
    /// Keep what the ignore rules take out.
    pub(crate) show_ignored: bool,
}

/// Which plan a command works on.
pub(crate) struct Wanted<'a> {
    /// The saved plan. Without one, the accounts are read.
    pub(crate) file: Option<&'a Path>,
    pub(crate) reading: &'a Reading,
    pub(crate) since_trail: SinceTrail,
    pub(crate) attribution: attribution::Choice,
    /// Terraform's states besides those that are configured.
    pub(crate) states: &'a [PathBuf],
    /// What a scan is compared with.
    pub(crate) against: &'a str,
}

/// Reads the accounts and says what differs from a restore point, and who did it.
pub(crate) fn scan(cx: &Context, store: &Store, asked: &Asked<'_>) -> Result<Planned, Failure> {
    let Asked { config, against, point, reading, since_trail, attribution, states, show_ignored } = *asked;
    // What is wrong with a state is told before anything is read.
    let states = states::read(cx, store, config, states)?;
    let ignores = ignores(cx, config);
    let trail = since_trail.asked(cx, store, config, point)?;
    let began = now();
    let snapshot = store.snapshot(point)?;
    let seal = cx.seal(snapshot.format()?.as_ref())?;
    let baseline = Arc::new(Baseline::load(snapshot)?);
    let scan = Scan {
        config,
        targets: reading.targets(),
        trail,
        seal,
        baseline: Arc::clone(&baseline),
        shard: reading.shard(cx)?,
        is_narrowed: reading.is_chosen(),
        endpoint: None,
    };
    let mut scanned = scan.run(cx, Keep::InMemory)?;
    remembered::remember(cx, store, &scanned, &baseline, point, began);
    let targets = Arc::clone(&scanned.targets);
    let comparison = Comparison {
        against: Against { rev: against.to_owned(), commit: point.commit.to_string() },
        targets: &targets,
        kinds: &kinds(),
        ignores: &ignores,
    };
    let complete = scanned.is_complete();
    let accounts = scanned.accounts.clone();
    let witness = Witness::of(&mut scanned);
    let mut plan = drift(comparison, &baseline, scanned)?;
    if attribution.is_wanted(config) {
        witness.attribute(cx, witness.since(store, point)?, &mut plan)?;
    }
    plan.ignore_by_actor(&ignores);
    since_trail::tell(cx, &plan);
    warn_of_rules(cx, &plan, !reading.is_narrowed() && !since_trail.is_set() && complete);
    if !show_ignored {
        plan.forget_ignored();
    }
    if !states.is_empty() {
        plan.add_managers(&states, &kinds(), &driftline_aws::claims());
    }
    Ok(Planned { plan, complete, accounts })
}

/// Rules that are over, and (where the whole restore point was compared) rules that took nothing out.
fn warn_of_rules(cx: &Context, plan: &Plan, whole: bool) {
    for rule in plan.expired_rules() {
        let owner = rule.owner.as_ref().map(|owner| format!("; ask {owner}")).unwrap_or_default();
        let until = rule.until.as_deref().unwrap_or_default();
        cx.ui.warn(format!("the ignore rule for `{rule}` ({}) is over since {until}{owner}", rule.reason));
    }
    for rule in plan.idle_rules().filter(|_| whole) {
        cx.ui.warn(format!("the ignore rule for `{rule}` ({}) matched nothing", rule.reason));
    }
}

/// The plan in a file, or the one of a new scan against a revision.
pub(crate) fn obtain(cx: &Context, store: &Store, wanted: &Wanted<'_>) -> Result<Plan, Failure> {
    let Wanted { file, reading, since_trail, attribution, states, against } = *wanted;
    if let Some(path) = file
        && (reading.is_set() || since_trail.is_set())
    {
        return Err(Failure::new(format!("use the plan {}", path.display())).hint(
            "a saved plan is not read again: leave out --target, --profile, --region, --kind, --shard and --since-trail, \
             or the plan",
        ));
    }
    let Some(path) = file else {
        let config = &cx.config(Some(store), &reading.overrides())?;
        let point = &store.resolve(against)?;
        let asked = Asked { config, against, point, reading, since_trail, attribution, states, show_ignored: false };
        return Ok(scan(cx, store, &asked)?.plan);
    };
    let mut plan = load(path)?;
    if !states.is_empty() {
        let config = cx.config(Some(store), &reading.overrides())?;
        plan.add_managers(&states::read(cx, store, &config, states)?, &kinds(), &driftline_aws::claims());
    }
    Ok(plan)
}

/// Reads a plan file.
pub(crate) fn load(path: &Path) -> Result<Plan, Failure> {
    let fail =
        || Failure::new(format!("read the plan {}", path.display())).hint("`driftline plan --out FILE` writes a plan");
    let bytes = std::fs::read(path).map_err(|error| fail().because(error))?;
    Plan::from_json(&bytes).map_err(|error| fail().because(error))
}
