//! `--since-trail`: reading again only what CloudTrail names.

use std::sync::Arc;

use clap::Args;
use driftline::config::Config;
use driftline::plan::Plan;
use driftline::store::{RestorePoint, Store};
use driftline::trail::{Asked, Past};
use driftline_api::Status;

use super::context::{Context, kinds};
use super::environment::now;
use super::failure::Failure;
use super::remembered;

/// Whether only that is read.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct SinceTrail {
    /// Read again only what CloudTrail's events since the last whole scan name; the rest rests on them
    #[arg(long, help_heading = "What to read")]
    since_trail: bool,
}

impl SinceTrail {
    /// Everything that is asked for is read.
    pub(crate) const EVERYTHING: Self = Self { since_trail: false };

    pub(crate) fn is_set(self) -> bool {
        self.since_trail
    }

    /// What a scan needs to know for it, if it is wanted.
    pub(crate) fn asked(
        self,
        cx: &Context,
        store: &Store,
        config: &Config,
        point: &RestorePoint,
    ) -> Result<Option<Arc<Asked>>, Failure> {
        if !self.since_trail {
            return Ok(None);
        }
        let now = now();
        let scans = remembered::read(cx, store);
        let past = Past::load(store, point, &kinds(), &scans, now)?;
        Ok(Some(Arc::new(Asked {
            past,
            rereads: driftline_aws::rereads(),
            now,
            most_events: config.trail.most_events,
        })))
    }
}

/// What the records could not be relied on for.
pub(crate) fn tell(cx: &Context, plan: &Plan) {
    let Some(rests) = &plan.rests else { return };
    for whole in rests.whole.iter().filter(|whole| whole.kind.is_none()) {
        cx.ui.warn(format!("read {}/{} whole: {}", whole.account, whole.region, whole.why));
    }
    if rests.whole.iter().any(|whole| whole.status == Some(Status::Denied)) {
        cx.ui.hint("allow cloudtrail:LookupEvents: `driftline iam-policy` prints it");
    }
    for event in &rests.unknown {
        cx.ui.warn(format!(
            "nobody knows what {event} changes: all kinds of its service were read again where it was made"
        ));
    }
    if let Some(calls) = rests.whole_calls {
        cx.ui.say(format!("reading everything took {calls} calls the last time, this {}", plan.scanned.calls));
    }
}
