//! `--estimate`: what a scan would cost, without making it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

use driftline::config::{Account, Config};
use driftline::estimate::{Asked, estimate};
use driftline::render;
use driftline::scan::Baseline;
use driftline::store::{RestorePoint, Store};
use driftline_api::{Call, Found, GLOBAL, Gap, Provider as _, Seal, Sink, Targets, Task, Window};

use super::context::{Context, provider, selected};
use super::failure::Failure;
use super::scanning::Reading;

/// Tells what a scan would cost. Without a restore point the accounts are entered, and nothing is read.
pub(crate) fn tell(
    cx: &Context,
    store: &Store,
    config: &Config,
    reading: &Reading,
    point: Option<&RestorePoint>,
    as_json: bool,
) -> Result<(), Failure> {
    let baseline = point.map(|point| store.snapshot(point).and_then(Baseline::load)).transpose()?.unwrap_or_default();
    // Nothing is read that would have to be sealed.
    let aws = provider(config, Seal::new([0; 32]), None);
    let known = known(&baseline, config);
    let (accounts, basis) = match point.filter(|_| !known.is_empty()) {
        Some(point) => {
            let basis = format!("It rests on what restore point {} has; no call was made.", point.short());
            (known, basis + &unknown(&baseline, config))
        }
        None => entered(cx, &aws, &reading.targets())?,
    };
    let (targets, kinds) = (reading.targets(), selected(config));
    let asked = Asked {
        provider: &aws,
        kinds: &kinds,
        newest: config.kinds.newest(),
        targets: &targets,
        accounts: &accounts,
        shard: reading.shard(cx)?,
    };
    let estimate = estimate(&asked, &baseline);
    cx.ui.data(|out| {
        if as_json {
            render::estimate_json(&estimate, &basis, out)
        } else {
            render::estimate_text(&estimate, &basis, out)
        }
    })
}

/// The accounts of the restore point that are read, and their regions: the configured ones, or those that were read.
fn known(baseline: &Baseline, config: &Config) -> BTreeMap<String, BTreeSet<String>> {
    let mut accounts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let covered = baseline.coverage().iter().map(|(scope, ..)| scope.clone());
    for scope in baseline.scopes().into_iter().chain(covered) {
        let regions = accounts.entry(scope.account).or_default();
        if scope.region != GLOBAL {
            regions.insert(scope.region);
        }
    }
    // What is found rather than written down is what was found last.
    let all_told = config.organization.is_none() && config.accounts.iter().all(|account| account.number().is_some());
    accounts.retain(|id, regions| {
        let own = config.accounts.iter().find(|account| account.number() == Some(id));
        let found = config.organization.as_ref().map(|organization| &organization.reader);
        let alike =
            || config.accounts.first().filter(|first| config.accounts.iter().all(|a| a.regions == first.regions));
        let any = || found.or_else(alike);
        if let Some(configured) = own.or_else(any).and_then(|account| account.regions.as_ref()) {
            *regions = configured.iter().cloned().collect();
        }
        own.is_some() || !all_told
    });
    accounts
}

/// What the estimate cannot know of.
fn unknown(baseline: &Baseline, config: &Config) -> String {
    let scopes = baseline.scopes();
    let is_unknown = |id: &&str| !scopes.iter().any(|scope| scope.account == **id);
    let unknown: Vec<&str> = config.accounts.iter().filter_map(Account::number).filter(is_unknown).collect();
    if unknown.is_empty() {
        String::new()
    } else {
        format!(" It knows nothing of {}, which was not imported yet.", unknown.join(", "))
    }
}

/// The accounts as they are found by entering them.
fn entered(
    cx: &Context,
    aws: &driftline_aws::Aws,
    targets: &Targets,
) -> Result<(BTreeMap<String, BTreeSet<String>>, String), Failure> {
    let calls = Counter::default();
    let mut accounts = BTreeMap::new();
    for entry in cx.runtime()?.block_on(aws.enter(targets, &calls)).entries {
        match entry.account {
            Ok(account) => {
                accounts.insert(account.id.clone(), account.regions.iter().cloned().collect());
            }
            Err(error) => {
                cx.ui.warn(format!("could not enter {}: {error}", entry.label));
                error.hint.into_iter().for_each(|hint| cx.ui.hint(hint));
            }
        }
    }
    if accounts.is_empty() {
        return Err(Failure::new("estimate: no account could be entered"));
    }
    let made = calls.0.load(Ordering::Relaxed);
    let basis = format!(
        "There is no restore point yet, so this is what it takes at least: to list everything once. What is found takes \
         more. {made} calls were made, to enter the accounts."
    );
    Ok((accounts, basis))
}

/// Counts the calls of entering.
#[derive(Default)]
struct Counter(AtomicU64);

impl Sink for Counter {
    fn found(&self, _: &Task, _: Found) {}

    fn gap(&self, _: &Task, _: Gap) {}

    fn limited(&self, _: &Task, _: Window) {}

    fn called(&self, _: Call) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
