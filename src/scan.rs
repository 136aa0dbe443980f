//! One walk over all scopes and kinds: provider in, normalized resources and coverage out.
//!
//! A resource is normalized, serialized and hashed as it arrives. One whose hash equals that of its file in the
//! restore point has not changed and is let go at once; only the others are kept (for a plan) or written (for an
//! import), so that memory does not grow with the attributes of an account at rest.

mod baseline;
mod beside;
mod collector;
mod contents;
mod event;
mod roster;
mod shard;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use driftline_api::{
    Account, Address, Cause, Descriptor, Entrance, Entry, EntryError, GLOBAL, Held, Idle, PassedOver, Provider, Reads,
    Roster, Scope, Seal, Status, Targets, Task, Under,
};
use tokio::task::JoinSet;

pub use baseline::Baseline;
pub use collector::Keep;
pub use contents::{Contents, Ids};
pub use event::{Event, Observer, Stats};
pub use shard::{Shard, ShardError};

use crate::Resource;
use crate::estimate;
use crate::normalize::Options;
use crate::snapshot::{Coverage, ItemGap, KindCoverage};
use crate::trail::{self, TrailError};
use collector::Collector;

/// What is to be read.
pub struct Request {
    pub provider: Arc<dyn Provider>,
    /// Addresses that were asked for; applied before calls are made.
    pub targets: Arc<Targets>,
    /// Names of the kinds that the configuration leaves in.
    pub kinds: BTreeSet<String>,
    pub options: Options,
    pub seal: Seal,
    /// The restore point that is compared with.
    pub baseline: Arc<Baseline>,
    pub observer: Arc<dyn Observer>,
    /// Of these kinds only so many, the newest.
    pub newest: BTreeMap<String, u32>,
    /// The part of it all that this process reads.
    pub shard: Option<Shard>,
    /// Read only what the provider's records name.
    pub trail: Option<Arc<trail::Asked>>,
    /// Whether less is asked for than the configuration says: then what is not asked for is not excluded, only not looked at.
    pub is_narrowed: bool,
    /// How many kinds are read at once at most. Rate limits and lanes bound the calls; this bounds memory.
    pub concurrency: usize,
}

/// Everything that one scan saw.
#[derive(Debug)]
pub struct Scanned {
    /// The content of every resource's file, sorted.
    pub resources: Contents,
    /// The resources that differ from the restore point, or are not in it. Empty when they were written instead.
    pub differing: BTreeMap<driftline_api::Address, Resource>,
    pub coverage: Coverage,
    /// What was read: what was asked for, and of that what the provider's records name, if only that.
    pub targets: Arc<Targets>,
    /// What the rest rests on, where only that was read, and the records.
    pub rests: Option<trail::Rests>,
    pub records: trail::Records,
    /// Whether less was asked for than the configuration says.
    pub is_narrowed: bool,
    /// The part of it all that was read.
    pub shard: Option<Shard>,
    /// The accounts that should have been read and could not be entered.
    pub unentered: Vec<Unentered>,
    /// Accounts that were found and not tried.
    pub passed_over: Vec<PassedOver>,
    /// What the configuration chooses accounts by, and chose none.
    pub idle: Vec<Idle>,
    pub accounts: Vec<Arc<Account>>,
    /// Who read them: with the accounts entered, to be asked who changed what.
    pub provider: Arc<dyn Provider>,
    pub stats: Stats,
    /// The limits that held calls up, or that were exceeded.
    pub held: Vec<Held>,
}

/// An account that should have been read and could not be entered.
#[derive(Debug, Clone)]
pub struct Unentered {
    /// What the configuration or its organization calls it.
    pub label: String,
    /// Its number where it is known.
    pub account: Option<String>,
    pub error: EntryError,
    /// It is in the restore point, and there no more: an import may let go of it.
    pub is_gone: bool,
}

/// Nothing could be read.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    #[error("enter {label}{}", more(*others))]
    Entry { label: String, others: usize, source: Box<EntryError> },
    #[error("keep what was read")]
    Keep(#[source] crate::store::Error),
    #[error("compare with the restore point")]
    Baseline(#[source] crate::store::Error),
    #[error("use a kind's rules")]
    Rules(#[from] crate::normalize::RuleError),
    #[error(transparent)]
    Trail(#[from] TrailError),
    #[error("scan: {why}")]
    Nothing { why: String },
}

fn more(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => ", and one more account".to_owned(),
        _ => format!(", and {others} more accounts"),
    }
}

impl Scanned {
    /// How many resources were read.
    pub fn count(&self) -> usize {
        self.resources.count()
    }

    /// Whether this scan, and no other one that is made beside it, reads a kind in a scope.
    pub(crate) fn is_ours(&self, scope: &Scope, kind: &str) -> bool {
        let Some(shard) = self.shard else { return true };
        let kinds = self.provider.kinds();
        // What another version of driftline knows is nobody's in particular.
        kinds.iter().find(|known| known.name == kind).is_none_or(|kind| shard.reads(scope, kind))
    }

    /// Whether everything that should have been read was.
    pub fn is_complete(&self) -> bool {
        self.unentered.is_empty() && self.coverage.is_complete()
    }
}

/// Reads everything that was asked for. `keep` says what becomes of resources that differ from the restore point.
pub async fn scan(request: Request, keep: Keep) -> Result<Scanned, ScanError> {
    let Request { provider, targets, kinds, options, seal, baseline, observer, newest, trail, .. } = request;
    let (shard, is_narrowed, concurrency) = (request.shard, request.is_narrowed, request.concurrency);
    let descriptors = provider.kinds();
    let collector =
        Arc::new(Collector::new(&descriptors, options, seal, Arc::clone(&baseline), keep, Arc::clone(&observer))?);

    let Entrance { entries, roster, idle } = provider.enter(&targets, collector.as_ref()).await;
    let (accounts, mut unentered) = sort_entries(entries, &targets, &observer)?;
    let rest = roster::rest(&roster, &baseline, &targets, &accounts, &unentered);
    unentered.extend(rest.unentered);
    let mut plan = Schedule {
        descriptors: &descriptors,
        kinds: &kinds,
        newest: &newest,
        targets: &targets,
        shard,
        options: &options,
    };
    // A shard may have nothing to do: the others do it.
    if shard.is_none() && plan.tasks(&accounts).is_empty() {
        return Err(ScanError::Nothing { why: plan.why_nothing(&accounts) });
    }
    mark_unentered(&unentered, &baseline, &plan, &collector);
    if !is_narrowed && trail.is_none() {
        mark_excluded(&rest.excluded, &baseline, &plan, &collector);
    }
    let choice = match &trail {
        None => None,
        Some(asked) => {
            let wanted = |scope: &Scope, kind: &'static Descriptor| plan.is_wanted(Some(scope), kind.name);
            let (provider, sink) = (provider.as_ref(), collector.as_ref());
            Some(trail::choose(asked, provider, &accounts, wanted, &baseline, sink).await?)
        }
    };
    let (targets, rests, records) = match choice {
        None => (Arc::clone(&targets), None, trail::Records::default()),
        Some(choice) => (Arc::new(targets.among(choice.chosen)), Some(choice.rests), choice.records),
    };
    plan.targets = &targets;
    let mut tasks = plan.tasks(&accounts);
    longest_first(&mut tasks, provider.as_ref(), &baseline);
    observer.event(Event::Scheduled { tasks: tasks.len() });
    for (scope, kind) in plan.excluded(&accounts).filter(|_| !is_narrowed && trail.is_none()) {
        collector.coverage(|coverage| coverage.set(&scope, kind, KindCoverage::new(Status::Excluded)));
    }
    let tasks = collector.resume(tasks);
    run(Arc::clone(&provider), tasks, concurrency.max(1), &collector).await;

    let collector = Arc::into_inner(collector).expect("every task that held the collector has ended");
    let collected = collector.finish(accounts, unentered, provider)?;
    let read = Arc::clone(&targets);
    let passed_over = if let Roster::Whole(passed) = roster { passed } else { Vec::new() };
    let mut scanned = Scanned { targets: read, rests, records, is_narrowed, shard, passed_over, idle, ..collected };
    mark_unasked(&mut scanned, &baseline, &plan);
    Ok(scanned)
}

/// What takes longest is begun first, as far as the restore point and the limits tell: what is begun last should be over
/// soon.
fn longest_first(tasks: &mut [Task], provider: &dyn Provider, baseline: &Baseline) {
    tasks.sort_by_cached_key(|task| {
        let scopes = match &task.region {
            Some(region) => vec![task.account.scope(region)],
            None => scopes(&task.account, task.kind),
        };
        let count = |kind: &str| scopes.iter().map(|scope| baseline.count_of(scope, kind)).sum();
        let seconds = estimate::seconds(provider, task.kind, task.region.as_deref().unwrap_or(GLOBAL), count);
        Reverse(Duration::from_secs_f64(seconds.min(1e9)))
    });
}

/// Runs all tasks, a bounded number at a time.
async fn run(provider: Arc<dyn Provider>, tasks: Vec<Task>, concurrency: usize, collector: &Arc<Collector>) {
    let mut waiting = tasks.into_iter();
    let mut running = JoinSet::new();
    loop {
        while running.len() < concurrency
            && let Some(task) = waiting.next()
        {
            let (provider, collector) = (Arc::clone(&provider), Arc::clone(collector));
            running.spawn(async move {
                collector.begin(&task);
                let outcome = provider.read(&task, collector.as_ref()).await;
                collector.end(&task, outcome);
            });
        }
        match running.join_next().await {
            None => return,
            // A bug in a kind must not pass for an empty account.
            Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Some(_) => {}
        }
    }
}

/// Entered accounts and the others. An account that is configured twice is read once. If none can be entered, the
/// first failure is the scan's.
fn sort_entries(
    entries: Vec<Entry>,
    targets: &Targets,
    observer: &Arc<dyn Observer>,
) -> Result<(Vec<Arc<Account>>, Vec<Unentered>), ScanError> {
    let mut accounts: BTreeMap<String, Arc<Account>> = BTreeMap::new();
    let mut unentered = Vec::new();
    for Entry { label, id, account } in entries {
        match account {
            Ok(account) => {
                observer.event(Event::Entered { label: &label, account: &account });
                accounts.entry(account.id.clone()).or_insert(account);
            }
            Err(error) => unentered.push(Unentered { label, account: id, error, is_gone: false }),
        }
    }
    if accounts.is_empty() {
        let others = unentered.len().saturating_sub(1);
        return Err(match unentered.into_iter().next() {
            Some(Unentered { label, error, .. }) => ScanError::Entry { label, others, source: Box::new(error) },
            None if targets.is_everything() => ScanError::Nothing { why: "no account is configured".to_owned() },
            None => ScanError::Nothing { why: format!("nothing in any account can match {}", listed(targets)) },
        });
    }
    Ok((accounts.into_values().collect(), unentered))
}

/// Everything that the restore point knows of accounts that could not be entered is a gap.
fn mark_unentered(unentered: &[Unentered], baseline: &Baseline, plan: &Schedule<'_>, collector: &Collector) {
    let causes: BTreeMap<&str, &Cause> =
        unentered.iter().filter_map(|it| Some((it.account.as_deref()?, &it.error.cause))).collect();
    for scope in baseline.scopes() {
        let Some(cause) = causes.get(scope.account.as_str()) else { continue };
        for kind in baseline.kinds(&scope) {
            if plan.is_wanted(Some(&scope), &kind) {
                let gap = KindCoverage::unread(Cause { status: gap_status(cause.status), ..(*cause).clone() });
                collector.coverage(|coverage| coverage.set(&scope, &kind, gap));
            }
        }
    }
}

/// Nothing is looked for in accounts that the configuration leaves out.
fn mark_excluded(accounts: &BTreeSet<String>, baseline: &Baseline, plan: &Schedule<'_>, collector: &Collector) {
    let known = baseline.coverage().iter().map(|(scope, kind, _)| (scope, kind));
    let known = known.chain(baseline.iter().map(|(scope, kind, ..)| (scope, kind)));
    for (scope, kind) in known.filter(|(scope, _)| accounts.contains(&scope.account)) {
        if plan.is_wanted(Some(scope), kind) {
            collector.coverage(|coverage| coverage.set(scope, kind, KindCoverage::new(Status::Excluded)));
        }
    }
}

/// Of a kind that is looked for everywhere, what was not seen is a gap while a region that was read before is not asked.
fn mark_unasked(scanned: &mut Scanned, baseline: &Baseline, plan: &Schedule<'_>) {
    for account in &scanned.accounts {
        let scope = account.scope(GLOBAL);
        let known = baseline.coverage().iter().map(|(scope, ..)| scope).chain(baseline.iter().map(|(scope, ..)| scope));
        let unasked: BTreeSet<&str> = known
            .filter(|other| other.account == scope.account && other.region != GLOBAL)
            .map(|other| other.region.as_str())
            .filter(|region| !account.regions.iter().any(|asked| asked == region))
            .collect();
        if unasked.is_empty() {
            continue;
        }
        let unasked = unasked.into_iter().collect::<Vec<_>>().join(", ");
        let everywhere = plan.descriptors.iter().filter(|kind| kind.reads == Reads::Everywhere);
        for kind in everywhere.filter(|kind| plan.is_wanted(Some(&scope), kind.name)) {
            let seen = scanned.resources.of(&scope, kind.name);
            for id in baseline.ids(&scope, kind.name).filter(|id| seen.and_then(|seen| seen.get(id)).is_none()) {
                let address = Address { scope: scope.clone(), kind: kind.name.to_owned(), id: id.to_owned() };
                if plan.targets.matches(&address) {
                    let cause = Cause {
                        status: Status::Limited,
                        operation: kind.sources.first().map(|source| source.operation.to_owned()).unwrap_or_default(),
                        code: String::new(),
                        message: format!("{unasked} may know it, and is not read"),
                    };
                    let gap = ItemGap { under: Under::Id(address.id), path: None, cause };
                    scanned.coverage.entry(&scope, kind.name).add(gap);
                }
            }
        }
    }
}

/// A status that is a gap: "unsupported" cannot excuse a whole account.
fn gap_status(status: Status) -> Status {
    if status.is_gap() { status } else { Status::Failed }
}

/// Which kinds are read in which scopes.
struct Schedule<'a> {
    descriptors: &'a [&'static Descriptor],
    kinds: &'a BTreeSet<String>,
    newest: &'a BTreeMap<String, u32>,
    targets: &'a Arc<Targets>,
    shard: Option<Shard>,
    options: &'a Options,
}

impl Schedule<'_> {
    fn is_wanted(&self, scope: Option<&Scope>, kind: &str) -> bool {
        let known = self.descriptors.iter().find(|known| known.name == kind);
        let is_ours = match (scope, known) {
            (Some(scope), Some(kind)) => self.is_ours(scope, kind),
            _ => true,
        };
        is_ours && self.kinds.contains(kind) && self.targets.may_match_kind(scope, kind)
    }

    /// Whether another shard does not read it.
    fn is_ours(&self, scope: &Scope, kind: &Descriptor) -> bool {
        self.shard.is_none_or(|shard| shard.reads(scope, kind))
    }

    /// Kinds that are read once come first: they are the longest chains, and their services the slowest.
    fn tasks(&self, accounts: &[Arc<Account>]) -> Vec<Task> {
        let mut once = Vec::new();
        let mut regional = Vec::new();
        for kind in self.descriptors.iter().copied().filter(|kind| self.kinds.contains(kind.name)) {
            for account in accounts {
                for scope in scopes(account, kind) {
                    if !self.targets.may_match_kind(Some(&scope), kind.name) || !self.is_ours(&scope, kind) {
                        continue;
                    }
                    let region = (kind.reads == Reads::EachRegion).then(|| scope.region.clone());
                    let task = Task {
                        account: Arc::clone(account),
                        region,
                        kind,
                        targets: Arc::clone(self.targets),
                        newest: self.newest.get(kind.name).copied(),
                        include_aws_managed: self.options.include_aws_managed,
                    };
                    if kind.reads == Reads::EachRegion {
                        regional.push(task);
                    } else {
                        once.push(task);
                        break;
                    }
                }
            }
        }
        once.append(&mut regional);
        once
    }

    fn excluded<'s>(&'s self, accounts: &'s [Arc<Account>]) -> impl Iterator<Item = (Scope, &'static str)> + 's {
        let left_out = self.descriptors.iter().filter(|kind| !self.kinds.contains(kind.name));
        left_out.flat_map(move |kind| {
            let scopes = accounts.iter().flat_map(move |account| scopes(account, kind));
            scopes.filter(move |scope| self.is_ours(scope, kind)).map(move |scope| (scope, kind.name))
        })
    }

    fn why_nothing(&self, accounts: &[Arc<Account>]) -> String {
        let of = accounts.iter().map(|account| account.id.as_str()).collect::<Vec<_>>().join(", ");
        if self.targets.is_everything() {
            format!("the configuration leaves no kind to read in account {of}")
        } else {
            format!("no kind in account {of} can match {}", listed(self.targets))
        }
    }
}

fn listed(targets: &Targets) -> String {
    targets.patterns().iter().map(|pattern| format!("`{pattern}`")).collect::<Vec<_>>().join(" or ")
}

/// The scopes in which resources of a kind may lie.
pub(crate) fn scopes(account: &Account, kind: &Descriptor) -> Vec<Scope> {
    match kind.reads {
        Reads::Global | Reads::Everywhere => vec![account.scope(GLOBAL)],
        Reads::EachRegion | Reads::OncePerAccount => {
            account.regions.iter().map(|region| account.scope(region)).collect()
        }
    }
}

#[cfg(test)]
mod tests;
