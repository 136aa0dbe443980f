//! What `import` and `plan` share: their options, the scan itself, and its last line.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use driftline::config::{Config, Overrides};
use driftline::normalize::Options;
use driftline::render;
use driftline::resume;
use driftline::scan::{self, Baseline, Keep, Request, ScanError, Scanned, Shard};
use driftline::store::Store;
use driftline::trail::{self, TrailError};
use driftline_api::{AddressPattern, Held, Seal, Targets};
use driftline_aws::Endpoint;

use super::accounts;
use super::context::{Context, provider, selected};
use super::failure::Failure;
use super::progress::Progress;
use super::sharding;

/// Options of every command that reads accounts.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Reading {
    /// Only what matches this address pattern, such as `ec2/security_group/sg-1*` (repeatable)
    #[arg(short, long = "target", value_name = "GLOB", help_heading = "What to read")]
    targets: Vec<AddressPattern>,
    /// A profile of the AWS configuration files, or the name or number of one account
    #[arg(long, value_name = "NAME", help_heading = "What to read")]
    profile: Option<String>,
    /// Only this region (repeatable)
    #[arg(long = "region", value_name = "REGION", help_heading = "What to read")]
    regions: Vec<String>,
    /// Only this kind, or kinds by pattern: `rds`, `ec2/vpc*` (repeatable)
    #[arg(long = "kind", value_name = "KIND", help_heading = "What to read")]
    kinds: Vec<String>,
    /// Only the K-th of N parts, while others read the rest: `3/20`, or `auto/20` where the environment numbers the job
    #[arg(long, value_name = "K/N", help_heading = "What to read")]
    shard: Option<sharding::Asked>,
    /// Read what AWS makes by itself and nobody can change, too
    #[arg(long, help_heading = "What to read")]
    include_aws_managed: bool,
    /// At most this many requests per second for each service, account and region
    #[arg(long, value_name = "N", value_parser = number, help_heading = "How to read")]
    max_rps: Option<f64>,
}

fn number(text: &str) -> Result<f64, &'static str> {
    text.parse().map_err(|_| "not a number")
}

impl Reading {
    /// What is configured, as far as it matches.
    pub(crate) fn of(targets: Vec<AddressPattern>) -> Self {
        Self { targets, ..Self::default() }
    }

    pub(crate) fn overrides(&self) -> Overrides {
        Overrides {
            profile: self.profile.clone(),
            regions: self.regions.clone(),
            kinds: self.kinds.clone(),
            max_rps: self.max_rps,
            targets: self.targets.iter().map(ToString::to_string).collect(),
            include_aws_managed: self.include_aws_managed,
        }
    }

    /// Whether anything was asked for in particular.
    pub(crate) fn is_set(&self) -> bool {
        self.is_narrowed() || self.include_aws_managed || self.max_rps.is_some()
    }

    /// Whether less is read than the configuration says.
    pub(crate) fn is_narrowed(&self) -> bool {
        self.is_chosen() || self.shard.is_some()
    }

    /// Whether single resources, accounts, regions or kinds were named.
    pub(crate) fn is_chosen(&self) -> bool {
        !self.targets.is_empty() || self.profile.is_some() || !self.regions.is_empty() || !self.kinds.is_empty()
    }

    /// The kinds, regions and part that were asked for, as they were.
    pub(crate) fn only(&self, shard: Option<Shard>) -> Vec<String> {
        let kinds = self.kinds.iter().map(|kind| format!("--kind {kind}"));
        let regions = self.regions.iter().map(|region| format!("--region {region}"));
        kinds.chain(regions).chain(shard.map(|shard| format!("--shard {shard}"))).collect()
    }

    /// The part that this process reads.
    pub(crate) fn shard(&self, cx: &Context) -> Result<Option<Shard>, Failure> {
        self.shard.map(|asked| asked.resolve(cx.environment.job)).transpose()
    }

    /// The same accounts in the same way, but only what matches these patterns.
    pub(crate) fn only_at(&self, targets: Vec<AddressPattern>) -> Self {
        Self { targets, regions: Vec::new(), kinds: Vec::new(), ..self.clone() }
    }

    pub(crate) fn targets(&self) -> Arc<Targets> {
        Arc::new(Targets::new(self.targets.clone()))
    }
}

/// A scan to be made.
pub(crate) struct Scan<'a> {
    pub(crate) config: &'a Config,
    pub(crate) targets: Arc<Targets>,
    /// Read only what CloudTrail names of it.
    pub(crate) trail: Option<Arc<trail::Asked>>,
    pub(crate) seal: Seal,
    pub(crate) baseline: Arc<Baseline>,
    pub(crate) shard: Option<Shard>,
    /// Less is asked for than the configuration says.
    pub(crate) is_narrowed: bool,
    /// Read this endpoint instead of AWS.
    pub(crate) endpoint: Option<Endpoint>,
}

impl Scan<'_> {
    /// What it asks for, in short: two scans of the same request read the same.
    pub(crate) fn request(&self, cx: &Context) -> String {
        let config = self.config;
        let mut parts = vec![
            format!("{:?}", config.accounts),
            format!("{:?}", selected(config)),
            format!("{:?}", config.kinds.newest()),
            config.include_aws_managed.to_string(),
            format!("{:?}", self.shard),
            self.seal.fingerprint(),
        ];
        parts.extend(self.targets.patterns().iter().map(ToString::to_string));
        parts.extend(cx.environment.endpoints.iter().cloned());
        resume::request(&parts)
    }

    /// Scans while a person watches. A signal ends it with nothing changed.
    pub(crate) fn run(self, cx: &Context, keep: Keep) -> Result<Scanned, Failure> {
        cx.runtime()?.block_on(self.scan(cx, keep))
    }

    /// The same inside a runtime.
    pub(crate) async fn scan(self, cx: &Context, keep: Keep) -> Result<Scanned, Failure> {
        let started = Instant::now();
        let progress = Arc::new(Progress::new(cx.ui));
        let baseline = self.baseline;
        let request = Request {
            provider: Arc::new(provider(self.config, self.seal.clone(), self.endpoint)),
            targets: self.targets,
            trail: self.trail.clone(),
            kinds: selected(self.config),
            options: Options { include_aws_managed: self.config.include_aws_managed },
            seal: self.seal,
            baseline: Arc::clone(&baseline),
            newest: self.config.kinds.newest().clone(),
            shard: self.shard,
            is_narrowed: self.is_narrowed,
            observer: Arc::clone(&progress) as Arc<dyn scan::Observer>,
            concurrency: self.config.limits.concurrency,
        };
        let journal = keep.journal().cloned();
        let keeps = || journal.as_ref().is_some_and(|journal| journal.keeps());
        let outcome = tokio::select! {
            scanned = scan::scan(request, keep) => scanned.map_err(failure),
            number = signal() => Err(if keeps() {
                Failure::interrupted_in(number, "nothing was changed, and the next import goes on from here")
            } else {
                Failure::interrupted(number)
            }),
        };
        progress.finish();
        if let Some(trouble) = journal.as_ref().and_then(|journal| journal.trouble()) {
            cx.ui.warn(format!("what was read could not be kept for the case of an interruption: {trouble}"));
        }
        let scanned = outcome?;
        accounts::tell(cx, &scanned, &baseline);
        cx.ui.say(summary(&scanned, started.elapsed()));
        for limited in render::limited(&scanned.coverage) {
            cx.ui.say(format!("limited: {limited}"));
        }
        Ok(scanned)
    }
}

/// `read 312 resources in 2 accounts with 410 calls in 3.2 s (2 retries, 1 throttled)`, and the limit that held it up.
fn summary(scanned: &Scanned, took: Duration) -> String {
    let plural = |count: u64, word: &str| if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") };
    let length = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    let text = format!(
        "read {} in {} with {} in {:.1} s",
        plural(length(scanned.count()), "resource"),
        plural(length(scanned.accounts.len()), "account"),
        plural(scanned.stats.calls, "call"),
        took.as_secs_f64()
    );
    let mut more = Vec::new();
    if scanned.stats.resumed > 0 {
        more.push(format!("{} taken over from the interrupted import", scanned.stats.resumed));
    }
    if scanned.stats.retries > 0 {
        more.push(if scanned.stats.retries == 1 {
            "1 retry".to_owned()
        } else {
            format!("{} retries", scanned.stats.retries)
        });
    }
    if scanned.stats.throttles > 0 {
        more.push(format!("{} throttled", scanned.stats.throttles));
    }
    more.extend(held_up(&scanned.held, scanned.accounts.len() > 1, took));
    if more.is_empty() { text } else { format!("{text} ({})", more.join(", ")) }
}

/// The limit that calls waited for longest, if that was a good part of the scan: `route53 held it up for 41 s at 5/s`.
fn held_up(limits: &[Held], several_accounts: bool, took: Duration) -> Option<String> {
    let worth = |limit: &&Held| limit.held >= Duration::from_secs(1) && limit.held * 4 >= took;
    let tightest = limits.iter().filter(worth).max_by_key(|limit| limit.held)?;
    let mut what = tightest.service.clone();
    if let Some(operation) = &tightest.operation {
        what.extend([":", operation]);
    }
    if let Some(region) = &tightest.region {
        what.extend([" in ", region]);
    }
    if several_accounts {
        what.extend([" of ", &tightest.account]);
    }
    let rate = tightest.rate.map(|rate| format!(" at {}/s", render::rate(rate))).unwrap_or_default();
    let found = if tightest.found { ", which is what it lets through" } else { "" };
    Some(format!("{what} held it up for {}{rate}{found}", render::duration(tightest.held.as_secs_f64())))
}

fn failure(error: ScanError) -> Failure {
    let failure = Failure::new(error.to_string());
    match error {
        ScanError::Entry { source, .. } => {
            let hint = source.hint.clone();
            failure.because(source).hints(hint)
        }
        ScanError::Keep(source) | ScanError::Baseline(source) => {
            let hint = source.hint();
            failure.because(source).hints(hint)
        }
        ScanError::Rules(source) => failure.because(source),
        ScanError::Trail(source) => {
            let hint = source.hint();
            match source {
                TrailError::Store(source) => failure.because(source).hints(hint),
                _ => failure.hints(hint),
            }
        }
        ScanError::Nothing { .. } => {
            failure.hint("`driftline kinds` lists the kinds; check --target, --kind, --region and driftline.toml")
        }
    }
}

/// Waits for a signal that asks to end; says its number.
pub(crate) async fn signal() -> u8 {
    const INTERRUPT: u8 = 2;
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        const TERMINATE: u8 = 15;
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            let _ = tokio::signal::ctrl_c().await;
            return INTERRUPT;
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => INTERRUPT,
            _ = terminate.recv() => TERMINATE,
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
        INTERRUPT
    }
}

/// How many gaps are told after an import.
const SHOWN: usize = 10;

/// After a commit: why the work tree is not at it, where that is so.
pub(crate) fn tell_behind(cx: &Context, behind: Option<driftline::store::Error>) {
    if let Some(error) = behind {
        cx.ui.warn(format!("the work tree could not follow: {error}"));
        error.hint().into_iter().for_each(|hint| cx.ui.hint(hint));
    }
}

/// After a commit: what many of them leave behind is joined. The commit stands, whatever becomes of this.
pub(crate) fn tidy(cx: &Context, store: &Store) {
    if let Err(error) = store.tidy() {
        cx.ui.warn(error.to_string());
        error.hint().into_iter().for_each(|hint| cx.ui.hint(hint));
    }
}

/// After an import: what was not read, in short.
pub(crate) fn tell_gaps(cx: &Context, scanned: &Scanned) {
    // Accounts that could not be entered were told as such.
    let is_told = |account: &str| scanned.unentered.iter().any(|it| it.account.as_deref() == Some(account));
    let told = || scanned.coverage.gaps().filter(|gap| !is_told(&gap.scope.account));
    let gaps = told().count();
    if gaps == 0 {
        return;
    }
    cx.ui.warn(format!(
        "{gaps} thing{} could not be read and keep{} the last known state:",
        if gaps == 1 { "" } else { "s" },
        if gaps == 1 { "s" } else { "" }
    ));
    for gap in told().take(SHOWN) {
        cx.ui.say(format!("  {gap}"));
    }
    if gaps > SHOWN {
        cx.ui.say(format!("  … and {} more", gaps - SHOWN));
    }
    cx.ui.hint("`driftline coverage` shows everything that was and was not read");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(service: &str, operation: Option<&str>, seconds: u64, found: bool) -> Held {
        Held {
            account: "123456789012".to_owned(),
            region: operation.map(|_| "eu-west-1".to_owned()),
            service: service.to_owned(),
            operation: operation.map(str::to_owned),
            calls: 205,
            refusals: u64::from(found),
            held: Duration::from_secs(seconds),
            rate: Some(4.95),
            found,
        }
    }

    #[test]
    fn the_limit_that_held_a_scan_up_is_told_and_no_other() {
        let told = |limits: &[Held], took| held_up(limits, false, Duration::from_secs(took)).unwrap_or_default();
        let route53 = held("route53", None, 41, false);
        let ec2 = held("ec2", Some("DescribeVpcAttribute"), 12, true);
        assert_eq!(told(&[ec2.clone(), route53.clone()], 45), "route53 held it up for 41 s at 5/s");
        assert_eq!(
            told(std::slice::from_ref(&ec2), 45),
            "ec2:DescribeVpcAttribute in eu-west-1 held it up for 12 s at 5/s, which is what it lets through"
        );
        assert_eq!(told(std::slice::from_ref(&ec2), 100), "", "an eighth of the time is nothing remarkable");
        assert_eq!(told(&[held("rds", None, 0, false)], 1), "");
        let told = held_up(&[route53], true, Duration::from_secs(45));
        assert_eq!(told.as_deref(), Some("route53 of 123456789012 held it up for 41 s at 5/s"));
    }
}
