//! Asking the provider's records about everything that drifted, with as few calls as may be.
//!
//! Each region's records are asked on their own: first by the resources' names, newest events first; where many
//! resources drifted, by one sweep over all writes before that; and for what is still open by the names of the calls
//! that can have done it, since the records do not name every resource of every call.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use driftline_api::{
    Account, Call, Cause, Descriptor, Event, Events, Found, Gap, Lookup, LookupBy, Provider, Sink, Status, Task,
};
use futures_util::future::join_all;
use tokio::time::Instant;

use super::pick::{Case, State};
use super::said::Said;
use super::{Attributed, Attribution, Unexplained};
use crate::plan::Plan;
use crate::scan::{self, Observer, Stats};
use crate::trail::Records;

/// How far back CloudTrail's event history reaches.
const KEPT_DAYS: u32 = 90;
const DAY: i64 = 24 * 3600;

/// A restore point is committed after it was read: what happened meanwhile may be in it or not.
const SLACK: i64 = 3600;

/// Records and this machine may tell the time differently.
const SKEW: i64 = 300;

/// From so many look-ups on, sweeping over all writes may be cheaper.
const SWEEP_FROM: usize = 6;

/// How many pages are read of one name, and of one sort of call.
const PAGES_OF_NAME: usize = 10;
const PAGES_OF_CALL: usize = 3;

/// What is to be asked, and of whom.
pub struct Inquiry<'a> {
    pub provider: &'a dyn Provider,
    /// The accounts that the provider has entered.
    pub accounts: &'a [Arc<Account>],
    pub kinds: &'a BTreeMap<&'static str, &'static Descriptor>,
    /// When the restore point was made, in seconds since 1970.
    pub since: i64,
    /// Seconds since 1970.
    pub now: i64,
    pub most: Most,
    /// What was read of the records before.
    pub known: &'a Records,
    pub observer: &'a dyn Observer,
}

/// How much is asked at most: a plan must not wait for long.
#[derive(Debug, Clone, Copy)]
pub struct Most {
    /// Calls in one region of an account.
    pub calls: usize,
    /// Calls in all.
    pub calls_in_all: usize,
    pub time: Duration,
}

impl Default for Most {
    /// At two calls a second, the calls of one region take half of the time.
    fn default() -> Self {
        Self { calls: 60, calls_in_all: 400, time: Duration::from_secs(60) }
    }
}

/// What became of it.
#[derive(Debug, Default)]
pub struct Inquired {
    pub stats: Stats,
    /// How many resources have at least one change that nobody was found for.
    pub unexplained: usize,
    /// Regions whose records were not read to the end, by account and region.
    pub stopped: BTreeMap<(String, String), Cause>,
}

/// Says of everything that drifted who is behind it. It never fails: what it cannot find out, it says so of.
pub async fn attribute(inquiry: Inquiry<'_>, plan: &mut Plan) -> Inquired {
    let mut beats: BTreeMap<(String, String), Beat<'_>> = BTreeMap::new();
    let tally = Tally { observer: inquiry.observer, stats: Mutex::default(), calls: AtomicUsize::new(0) };
    let deadline = Instant::now() + inquiry.most.time;
    for (index, resource) in plan.drift.iter_mut().enumerate() {
        let scope = &resource.address.scope;
        let account = inquiry.accounts.iter().find(|account| account.id == scope.account);
        let (Some(account), Some(kind)) = (account, inquiry.kinds.get(resource.kind.as_str())) else {
            resource.by = Vec::new();
            continue;
        };
        let region = inquiry.provider.recorded_in(account, kind, &scope.region);
        let case = Case::new(resource, kind, inquiry.since);
        let beat = beats.entry((account.id.clone(), region.clone()));
        let beat = beat.or_insert_with(|| Beat::new(&inquiry, &tally, account, region, deadline));
        beat.cases.push((index, case));
    }
    let mut inquired = Inquired::default();
    for done in join_all(beats.into_values().map(Beat::run)).await {
        if let Some(cause) = done.stopped {
            inquired.stopped.insert((done.account, done.region), cause);
        }
        for (index, by) in done.told {
            let unexplained = by.iter().any(|it| matches!(it.attribution, Attribution::Unknown(_)));
            inquired.unexplained += usize::from(unexplained);
            plan.drift[index].by = by;
        }
    }
    inquired.stats = tally.stats.into_inner().unwrap_or_else(PoisonError::into_inner);
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    plan.scanned.calls += count(inquired.stats.calls);
    plan.scanned.retries += count(inquired.stats.retries);
    inquired
}

/// The records of one region of an account.
struct Beat<'a> {
    inquiry: &'a Inquiry<'a>,
    tally: &'a Tally<'a>,
    account: &'a Account,
    region: String,
    deadline: Instant,
    /// With their places in the plan.
    cases: Vec<(usize, Case)>,
    asked: BTreeSet<LookupBy>,
    seen: BTreeSet<String>,
    calls: usize,
    stopped: Option<Cause>,
}

/// What a beat has found out.
struct Done {
    account: String,
    region: String,
    told: Vec<(usize, Vec<Attributed>)>,
    stopped: Option<Cause>,
}

impl<'a> Beat<'a> {
    fn new(
        inquiry: &'a Inquiry<'a>,
        tally: &'a Tally<'a>,
        account: &'a Account,
        region: String,
        deadline: Instant,
    ) -> Self {
        let (asked, seen) = Default::default();
        Self { inquiry, tally, account, region, deadline, cases: vec![], asked, seen, calls: 0, stopped: None }
    }

    async fn run(mut self) -> Done {
        if !self.remember() && !self.sweep().await {
            self.by_names().await;
            self.by_calls().await;
        }
        let Self { inquiry, account, region, cases, stopped, .. } = self;
        let why = match &stopped {
            Some(cause) => Unexplained::NotRead { cause: brief(cause) },
            None if inquiry.since < inquiry.now - i64::from(KEPT_DAYS) * DAY => Unexplained::TooOld { days: KEPT_DAYS },
            None => Unexplained::NothingFound,
        };
        let told = cases.into_iter().map(|(index, case)| (index, case.close(&why))).collect();
        Done { account: account.id.clone(), region, told, stopped }
    }

    /// Looks at what was read before. Says whether that is all there is to know.
    fn remember(&mut self) -> bool {
        let Some(known) = self.inquiry.known.get(&self.account.id, &self.region) else { return false };
        for event in known.events.iter().rev() {
            self.consider(event);
        }
        known.since <= self.since()
    }

    /// Reads all writes, newest first, where that may cost less than asking for each resource. Says whether there is
    /// nothing left to ask for.
    async fn sweep(&mut self) -> bool {
        let names: BTreeSet<&String> = self.cases.iter().filter_map(|(_, case)| case.names.asked.first()).collect();
        let lookups = names.len();
        if lookups < SWEEP_FROM {
            return false;
        }
        // If it does not suffice, names are asked for after all: half as much again in the worst case.
        let pages = lookups / 2;
        let read = self.read(LookupBy::Writes, pages, |_| true).await;
        read == Read::All || self.cases.iter().all(|(_, case)| case.state() == State::Settled)
    }

    async fn by_names(&mut self) {
        let ranks = self.cases.iter().map(|(_, case)| case.names.asked.len()).max().unwrap_or(0);
        for rank in 0..ranks {
            let enough = if rank == 0 { State::Settled } else { State::Enough };
            let open = self.cases.iter().filter(|(_, case)| case.state() < enough);
            let names: BTreeSet<String> = open.filter_map(|(_, case)| case.names.asked.get(rank).cloned()).collect();
            for name in names {
                let of_name = |case: &Case| case.names.asked.get(rank) == Some(&name);
                if self.cases.iter().any(|(_, case)| of_name(case) && case.state() < enough) {
                    self.read(LookupBy::Resource(name.clone()), PAGES_OF_NAME, of_name).await;
                }
            }
        }
    }

    /// The calls that could explain the most come first.
    async fn by_calls(&mut self) {
        let mut calls: BTreeMap<&'static str, usize> = BTreeMap::new();
        for (_, case) in self.cases.iter().filter(|(_, case)| case.state() == State::Open) {
            for event in case.events() {
                *calls.entry(event).or_default() += 1;
            }
        }
        let mut calls: Vec<(&'static str, usize)> = calls.into_iter().collect();
        calls.sort_by_key(|(event, cases)| (usize::MAX - cases, *event));
        for (event, _) in calls {
            let wants = |case: &Case| case.state() == State::Open && case.events().contains(event);
            if self.cases.iter().any(|(_, case)| wants(case)) {
                let name = event.split_once(':').map_or(event, |(_, name)| name);
                self.read(LookupBy::EventName(name.to_owned()), PAGES_OF_CALL, wants).await;
            }
        }
    }

    /// Reads a list page by page until it ends, or nobody waits for it any more.
    async fn read(&mut self, by: LookupBy, pages: usize, waits: impl Fn(&Case) -> bool) -> Read {
        if !self.asked.insert(by.clone()) {
            return Read::All;
        }
        let since = self.since();
        let mut lookup = Lookup { by, since, until: self.inquiry.now + SKEW, token: None };
        for _ in 0..pages {
            let Some(Events { events, next, .. }) = self.page(&lookup).await else { return Read::Part };
            for event in &events {
                self.consider(event);
            }
            if next.is_none() {
                return Read::All;
            }
            if !self.cases.iter().any(|(_, case)| waits(case) && case.state() < State::Settled) {
                break;
            }
            lookup.token = next;
        }
        Read::Part
    }

    /// How far back it is asked.
    fn since(&self) -> i64 {
        let oldest = self.inquiry.now - i64::from(KEPT_DAYS) * DAY;
        (self.inquiry.since - SLACK).max(oldest)
    }

    fn consider(&mut self, event: &Event) {
        if self.seen.insert(event.id.clone()) {
            let said = Said::new(&event.details);
            for (_, case) in &mut self.cases {
                case.consider(event, &said);
            }
        }
    }

    /// One page; nothing once the records have refused an answer, or enough has been asked.
    async fn page(&mut self, lookup: &Lookup) -> Option<Events> {
        if self.stopped.is_some() {
            return None;
        }
        let most = self.inquiry.most;
        let gave_up = |why: String| Cause {
            status: Status::Limited,
            operation: String::new(),
            code: String::new(),
            message: format!("gave up after {why}"),
        };
        if self.calls >= most.calls || self.tally.calls.fetch_add(1, Ordering::Relaxed) >= most.calls_in_all {
            self.stopped = Some(gave_up(format!("{} calls", self.calls)));
            return None;
        }
        self.calls += 1;
        let asking = self.inquiry.provider.events(self.account, &self.region, lookup, self.tally);
        match tokio::time::timeout_at(self.deadline, asking).await {
            Ok(Ok(events)) => Some(events),
            Ok(Err(cause)) => {
                self.stopped = Some(cause);
                None
            }
            Err(_) => {
                self.stopped = Some(gave_up(format!("{:?}", most.time)));
                None
            }
        }
    }
}

/// How much of a list was read.
#[derive(PartialEq, Eq)]
enum Read {
    All,
    Part,
}

/// In a plan, a cause stands beside each resource: without the provider's own words, which go on.
fn brief(cause: &Cause) -> String {
    if cause.operation.is_empty() {
        return cause.message.clone();
    }
    Cause { message: String::new(), ..cause.clone() }.to_string()
}

/// Counts the calls.
struct Tally<'a> {
    observer: &'a dyn Observer,
    stats: Mutex<Stats>,
    calls: AtomicUsize,
}

impl Sink for Tally<'_> {
    fn found(&self, _: &Task, _: Found) {}

    fn gap(&self, _: &Task, _: Gap) {}

    fn limited(&self, _: &Task, _: driftline_api::Window) {}

    fn called(&self, call: Call) {
        self.observer.event(scan::Event::Called { call: &call });
        self.stats.lock().unwrap_or_else(PoisonError::into_inner).count(&call);
    }
}

#[cfg(test)]
mod tests;
