//! Where a provider's findings arrive: normalized, compared with the restore point, counted.

mod resumed;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use driftline_api::{
    Account, Address, Begun, Call, Cause, Descriptor, Found, GLOBAL, Gap, Listed, Mark, Provider, Reads, Scope, Seal,
    Sink, Task, Under, Window,
};

use super::{Baseline, Contents, Event, Observer, ScanError, Scanned, Stats, Unentered, scopes};
use crate::Resource;
use crate::normalize::{Options, RuleError, Rules, merge_unread};
use crate::resume::{Journal, Resumed};
use crate::snapshot::{Coverage, ItemGap, KindCoverage};
use crate::store::{Oid, Writer, blob_id};
use crate::trail::Records;

/// What becomes of a resource that differs from the restore point.
pub enum Keep {
    /// Held in memory, for comparing.
    InMemory,
    /// Written to the object database.
    Written(Arc<Writer>),
    /// The same, and kept for a next import in case that this one is interrupted.
    Journaled(Arc<Writer>, Arc<Journal>),
}

impl Keep {
    fn writer(&self) -> Option<&Writer> {
        match self {
            Self::InMemory => None,
            Self::Written(writer) | Self::Journaled(writer, _) => Some(writer),
        }
    }

    /// Where it is kept for a next import.
    pub fn journal(&self) -> Option<&Arc<Journal>> {
        if let Self::Journaled(_, journal) = self { Some(journal) } else { None }
    }
}

pub(super) struct Collector {
    rules: BTreeMap<&'static str, Rules>,
    options: Options,
    seal: Seal,
    baseline: Arc<Baseline>,
    keep: Keep,
    observer: Arc<dyn Observer>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    resources: Contents,
    differing: BTreeMap<Address, Resource>,
    coverage: Coverage,
    /// Attributes that were not read, by resource: an item seen twice is told once.
    unread: BTreeMap<Address, Vec<ItemGap>>,
    stats: Stats,
    failure: Option<ScanError>,
}

impl Collector {
    pub(super) fn new(
        descriptors: &[&'static Descriptor],
        options: Options,
        seal: Seal,
        baseline: Arc<Baseline>,
        keep: Keep,
        observer: Arc<dyn Observer>,
    ) -> Result<Self, ScanError> {
        let compile = |descriptor: &&'static Descriptor| Ok((descriptor.name, Rules::compile(descriptor)?));
        let rules = descriptors.iter().map(compile).collect::<Result<_, RuleError>>()?;
        Ok(Self { rules, options, seal, baseline, keep, observer, state: Mutex::default() })
    }

    pub(super) fn begin(&self, task: &Task) {
        self.observer.event(Event::Started { task });
        if let Some(journal) = self.keep.journal() {
            journal.began(task);
        }
        let mut state = self.lock();
        for scope in scopes_of(task) {
            // Created as `read`; gaps and failures change it.
            state.coverage.entry(&scope, task.kind.name);
        }
    }

    pub(super) fn end(&self, task: &Task, outcome: Result<(), Cause>) {
        self.observer.event(Event::Ended { task, error: outcome.as_ref().err() });
        if let Err(cause) = outcome {
            let mut state = self.lock();
            for scope in scopes_of(task) {
                let gaps = ItemGap { under: Under::Kind, path: None, cause: cause.clone() };
                state.coverage.entry(&scope, task.kind.name).add(gaps);
            }
        } else if let Some(journal) = self.keep.journal() {
            let whole = self.lock().whole(task);
            if let Some(resources) = whole {
                journal.complete(task, resources);
            }
        }
    }

    /// Takes over what an interrupted import had read; the tasks that are left.
    pub(super) fn resume(&self, tasks: Vec<Task>) -> Vec<Task> {
        let Some(journal) = self.keep.journal() else { return tasks };
        let of = tasks.len();
        let mut left = Vec::new();
        for task in tasks {
            let Some(read) = journal.take(&task) else {
                left.push(task);
                continue;
            };
            self.observer.event(Event::Started { task: &task });
            let mut state = self.lock();
            for scope in scopes_of(&task) {
                state.coverage.entry(&scope, task.kind.name);
            }
            for (region, ids) in read.resources {
                state.stats.resumed += u64::try_from(ids.len()).unwrap_or(u64::MAX);
                let known = state.resources.entry(&task.account.scope(&region), task.kind.name);
                for (id, content) in ids {
                    if let Ok(content) = Oid::from_str(&content) {
                        known.insert(&id, content);
                    }
                }
            }
            drop(state);
            self.observer.event(Event::Ended { task: &task, error: None });
        }
        let singles = journal.singles();
        if left.len() < of || singles > 0 {
            let resumed = Resumed { interrupted: journal.interrupted(), taken: of - left.len(), of, singles };
            self.observer.event(Event::Resumed { resumed });
        }
        left
    }

    pub(super) fn coverage(&self, change: impl FnOnce(&mut Coverage)) {
        change(&mut self.lock().coverage);
    }

    /// Everything that arrived.
    pub(super) fn finish(
        self,
        accounts: Vec<Arc<Account>>,
        unentered: Vec<Unentered>,
        provider: Arc<dyn Provider>,
    ) -> Result<Scanned, ScanError> {
        let State { mut resources, differing, mut coverage, unread, stats, failure } =
            self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(failure) = failure {
            return Err(failure);
        }
        for (address, gaps) in unread {
            let entry: &mut KindCoverage = coverage.entry(&address.scope, &address.kind);
            for gap in gaps {
                entry.add(gap);
            }
        }
        resources.sort();
        let held = provider.held();
        Ok(Scanned {
            resources,
            differing,
            coverage,
            targets: Arc::default(),
            rests: None,
            records: Records::default(),
            is_narrowed: false,
            shard: None,
            unentered,
            passed_over: Vec::new(),
            idle: Vec::new(),
            accounts,
            provider,
            stats,
            held,
        })
    }

    fn store(&self, task: &Task, found: Found) -> Result<(), ScanError> {
        let rules = self.rules.get(task.kind.name).expect("a task's kind is one of the provider's");
        let (mark, below) = (found.mark, found.below);
        let normalized = rules.normalize(found, &self.options, &self.seal);
        let region = normalized.region.as_deref().or(task.region.as_deref()).unwrap_or(GLOBAL);
        let scope = task.account.scope(region);
        let mut resource = normalized.resource;
        let address = resource.address(&scope);
        if !normalized.unread.is_empty() {
            let previous = self.baseline.resource(&address).map_err(ScanError::Baseline)?;
            merge_unread(&mut resource, &normalized.unread, previous.as_ref());
        }
        let bytes = resource.to_bytes();
        let id = blob_id(&bytes);
        let same = self.baseline.blob(&scope, &address.kind, &address.id) == Some(id);
        if !same && let Some(writer) = self.keep.writer() {
            writer.blob_of(id, &bytes).map_err(ScanError::Keep)?;
            if let Some(journal) = self.keep.journal() {
                journal.blob(id, &bytes);
            }
        }
        if let (Some(mark), Some(journal), true) = (mark, self.keep.journal(), normalized.unread.is_empty()) {
            journal.single(task, mark, region, &address.id, id);
        }
        if let (Some(below), Some(journal), true) = (below, self.keep.journal(), normalized.unread.is_empty()) {
            journal.found_below(task, below, region, &address.id, id);
        }
        let gaps: Vec<ItemGap> = normalized
            .unread
            .into_iter()
            .map(|unread| ItemGap {
                under: Under::Id(address.id.clone()),
                path: Some(unread.path),
                cause: unread.cause,
            })
            .collect();

        let mut state = self.lock();
        state.resources.entry(&scope, &address.kind).insert(&address.id, id);
        // Seen twice, the later one counts: it may be the same as the restore point's where the first was not.
        if !gaps.is_empty() {
            state.unread.insert(address.clone(), gaps);
        } else if !state.unread.is_empty() {
            state.unread.remove(&address);
        }
        if same {
            state.differing.remove(&address);
        } else if self.keep.writer().is_none() {
            state.differing.insert(address, resource);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Each change of the state is complete in itself, so that a panic elsewhere leaves it usable.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What a task found, by region and id; `None` if anything of it was not read.
    fn whole(&self, task: &Task) -> Option<BTreeMap<String, BTreeMap<String, String>>> {
        let kind = task.kind.name;
        let first = |scope: &Scope| Address { scope: scope.clone(), kind: kind.to_owned(), id: String::new() };
        let is_read = |scope: &Scope| {
            let of_kind = |address: &Address| address.scope == *scope && address.kind == kind;
            let mut unread = self.unread.range(first(scope)..).take_while(|(address, _)| of_kind(address));
            self.coverage.get(scope, kind).is_none_or(|entry| *entry == KindCoverage::read())
                && unread.all(|(_, gaps)| gaps.is_empty())
        };
        let own = scopes_of(task);
        // What is listed once for all regions may lie in any.
        let is_ours = |scope: &&Scope| match &task.region {
            Some(_) => own.contains(*scope),
            None => scope.account == task.account.id,
        };
        let covered: Vec<&Scope> = self.coverage.iter().map(|(scope, ..)| scope).filter(is_ours).collect();
        let found: Vec<&Scope> = self.resources.scopes().filter(is_ours).collect();
        if self.failure.is_some() || !own.iter().chain(covered).chain(found.iter().copied()).all(is_read) {
            return None;
        }
        let ids = |scope: &&Scope| {
            let ids = self.resources.of(scope, kind)?;
            Some((scope.region.clone(), ids.iter().map(|(id, content)| (id.to_owned(), content.to_string())).collect()))
        };
        Some(found.iter().filter_map(ids).collect())
    }
}

impl Sink for Collector {
    fn begin(&self, task: &Task, listed: Listed<'_>) -> Begun {
        self.begin_single(task, listed)
    }

    fn begin_below(&self, task: &Task, parent: Listed<'_>) -> Begun {
        self.begin_list(task, parent)
    }

    fn ended_below(&self, task: &Task, mark: Mark, resources: usize) {
        if let Some(journal) = self.keep.journal() {
            journal.ended_below(task, mark, resources);
        }
    }

    fn found(&self, task: &Task, found: Found) {
        self.observer.event(Event::Found { task });
        if let Err(error) = self.store(task, found) {
            self.lock().failure.get_or_insert(error);
        }
    }

    fn gap(&self, task: &Task, gap: Gap) {
        let Gap { region, under, cause } = gap;
        let mut state = self.lock();
        let whole: Vec<Scope> = match region {
            Some(region) => vec![task.account.scope(&region)],
            None => scopes_of(task),
        };
        for scope in whole {
            let gap = ItemGap { under: under.clone(), path: None, cause: cause.clone() };
            state.coverage.entry(&scope, task.kind.name).add(gap);
        }
    }

    fn limited(&self, task: &Task, window: Window) {
        let mut state = self.lock();
        for scope in scopes_of(task) {
            state.coverage.entry(&scope, task.kind.name).limit(window.clone());
        }
    }

    fn called(&self, call: Call) {
        self.observer.event(Event::Called { call: &call });
        self.lock().stats.count(&call);
    }
}

/// The scopes that a task speaks for.
fn scopes_of(task: &Task) -> Vec<Scope> {
    match (task.kind.reads, &task.region) {
        (Reads::EachRegion, Some(region)) => {
            vec![task.account.scope(region)]
        }
        _ => scopes(&task.account, task.kind),
    }
}
