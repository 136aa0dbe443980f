//! Who is behind the drift: asked by every command that shows or commits it, after its scan.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use driftline::attribution::{self, Inquired, Inquiry, Most};
use driftline::config::Config;
use driftline::plan::Plan;
use driftline::scan::Scanned;
use driftline::store::{RestorePoint, Store};
use driftline::trail::Records;
use driftline_api::{Account, Provider, Status};

use super::context::{Context, kinds};
use super::environment::now;
use super::failure::Failure;
use super::progress::Progress;
use super::scanning::signal;

/// Whether to ask.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct Choice {
    /// Do not ask CloudTrail who changed what
    #[arg(long, help_heading = "What to read")]
    no_attribution: bool,
}

impl Choice {
    /// Nobody wants to know.
    pub(crate) const NOBODY: Self = Self { no_attribution: true };

    pub(crate) fn is_wanted(self, config: &Config) -> bool {
        config.attribution.enabled && !self.no_attribution
    }
}

/// What a scan leaves behind for asking: the accounts, entered.
pub(crate) struct Witness {
    provider: Arc<dyn Provider>,
    accounts: Vec<Arc<Account>>,
    /// What the scan read of the records.
    records: Records,
}

impl Witness {
    pub(crate) fn of(scanned: &mut Scanned) -> Self {
        let records = std::mem::take(&mut scanned.records);
        Self { provider: Arc::clone(&scanned.provider), accounts: scanned.accounts.clone(), records }
    }

    /// When the restore point was read.
    pub(crate) fn since(&self, store: &Store, point: &RestorePoint) -> Result<i64, Failure> {
        Ok(store.imported_at(point, &self.accounts.iter().map(|account| account.id.as_str()).collect())?)
    }

    /// Says of everything in the plan who did it, as far as the records tell. `since`: when the restore point was read.
    /// What cannot be read is told, and fails nothing; only a signal ends it.
    pub(crate) fn attribute(&self, cx: &Context, since: i64, plan: &mut Plan) -> Result<(), Failure> {
        if plan.is_empty() {
            return Ok(());
        }
        let (started, progress) = (Instant::now(), Progress::asking(cx.ui));
        let inquiry = Inquiry {
            provider: self.provider.as_ref(),
            accounts: &self.accounts,
            kinds: &kinds(),
            since,
            now: now(),
            most: Most::default(),
            known: &self.records,
            observer: &progress,
        };
        let outcome = cx.runtime()?.block_on(async {
            tokio::select! {
                inquired = attribution::attribute(inquiry, plan) => Ok(inquired),
                number = signal() => Err(Failure::interrupted(number)),
            }
        });
        progress.finish();
        let inquired = outcome?;
        tell(cx, &inquired, started.elapsed());
        Ok(())
    }
}

fn tell(cx: &Context, inquired: &Inquired, took: std::time::Duration) {
    let calls = inquired.stats.calls;
    // What CloudTrail had been read for already may say it all.
    if calls > 0 {
        let plural = if calls == 1 { "" } else { "s" };
        cx.ui.say(format!("asked CloudTrail who did it with {calls} call{plural} in {:.1} s", took.as_secs_f64()));
    }
    let mut causes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for ((account, region), cause) in &inquired.stopped {
        let text = if cause.operation.is_empty() { cause.message.clone() } else { cause.to_string() };
        causes.entry(text).or_default().push(format!("{account}/{region}"));
    }
    for (cause, places) in causes {
        cx.ui.warn(format!("could not find out who changed what in {}: {cause}", places.join(", ")));
    }
    if inquired.stopped.values().any(|cause| cause.status == Status::Denied) {
        cx.ui.hint(
            "allow cloudtrail:LookupEvents (`driftline iam-policy` prints it), or do without: --no-attribution, or \
             `enabled = false` under [attribution] in driftline.toml",
        );
    }
}
