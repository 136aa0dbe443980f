//! What the endpoint counts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde::Serialize;

/// Calls since the start, or since the counters were reset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Every request that named an operation, whatever its answer.
    pub calls: Vec<CallCount>,
    /// The largest number of requests in the works at one time.
    pub peak: usize,
}

/// How often one operation was called in one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct CallCount {
    pub account: String,
    pub region: String,
    /// `service:Operation`.
    pub operation: String,
    pub count: u64,
    /// How many of them asked for something else than all before them, and were not told to slow down: nobody who asks so
    /// can do with fewer.
    pub distinct: u64,
    /// How many were told to slow down, by the rates in force.
    pub throttled: u64,
    /// Bytes of the answers' bodies.
    pub bytes: u64,
}

impl Stats {
    pub fn total(&self) -> u64 {
        self.calls.iter().map(|call| call.count).sum()
    }

    pub fn throttled(&self) -> u64 {
        self.calls.iter().map(|call| call.throttled).sum()
    }

    pub fn distinct(&self) -> u64 {
        self.calls.iter().map(|call| call.distinct).sum()
    }

    pub fn bytes(&self) -> u64 {
        self.calls.iter().map(|call| call.bytes).sum()
    }

    /// Calls of one operation (`service:Operation`), or of all of a service (`service`), in all places.
    pub fn of(&self, operation: &str) -> u64 {
        let meant = |call: &&CallCount| {
            call.operation == operation || call.operation.split(':').next().is_some_and(|service| service == operation)
        };
        self.calls.iter().filter(meant).map(|call| call.count).sum()
    }

    /// Calls by operation, over all places.
    pub fn by_operation(&self) -> BTreeMap<&str, u64> {
        let mut counts = BTreeMap::new();
        for call in &self.calls {
            *counts.entry(call.operation.as_str()).or_default() += call.count;
        }
        counts
    }
}

#[derive(Debug, Default)]
pub(crate) struct Counters(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    /// Account, region, operation.
    calls: BTreeMap<Place, Count>,
    /// What was asked for, as a digest.
    asked: BTreeSet<u64>,
    running: usize,
    peak: usize,
}

type Place = (String, String, String);

#[derive(Debug, Default)]
struct Count {
    calls: u64,
    distinct: u64,
    throttled: u64,
    bytes: u64,
}

/// One request in the works.
pub(crate) struct Running<'a>(&'a Counters);

/// A call that is counted.
pub(crate) struct Called<'a>(&'a Counters, Place);

impl Counters {
    pub(crate) fn begin(&self) -> Running<'_> {
        let mut counted = self.lock();
        counted.running += 1;
        counted.peak = counted.peak.max(counted.running);
        Running(self)
    }

    pub(crate) fn called(&self, account: &str, region: &str, operation: &str) -> Called<'_> {
        let key = (account.to_owned(), region.to_owned(), operation.to_owned());
        self.lock().calls.entry(key.clone()).or_default().calls += 1;
        Called(self, key)
    }

    pub(crate) fn read(&self) -> Stats {
        let counted = self.lock();
        let calls = counted.calls.iter().map(|((account, region, operation), count)| CallCount {
            account: account.clone(),
            region: region.clone(),
            operation: operation.clone(),
            count: count.calls,
            distinct: count.distinct,
            throttled: count.throttled,
            bytes: count.bytes,
        });
        Stats { calls: calls.collect(), peak: counted.peak }
    }

    pub(crate) fn reset(&self) {
        let mut counted = self.lock();
        counted.calls.clear();
        counted.asked.clear();
        counted.peak = counted.running;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Called<'_> {
    pub(crate) fn throttled(&self) {
        self.count(|count| count.throttled += 1);
    }

    /// The call asked for this, and was let through.
    pub(crate) fn asked(&self, params: &serde_json::Map<String, serde_json::Value>) {
        let Self(counters, (account, region, operation)) = self;
        let params = serde_json::to_string(params).unwrap_or_default();
        let digest = crate::generate::Dice::of(0, &[account, region, operation, &params], 0).next();
        let new = counters.lock().asked.insert(digest);
        self.count(|count| count.distinct += u64::from(new));
    }

    pub(crate) fn answered(&self, bytes: usize) {
        self.count(|count| count.bytes += u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    fn count(&self, count: impl FnOnce(&mut Count)) {
        // The counters may have been reset meanwhile.
        if let Some(counted) = self.0.lock().calls.get_mut(&self.1) {
            count(counted);
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.lock().running -= 1;
    }
}
