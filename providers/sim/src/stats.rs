//! What the endpoint counts.

use std::collections::BTreeMap;
use std::sync::Mutex;

/// Calls since the start, or since the counters were reset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// Every request that named an operation, whatever its answer.
    pub calls: Vec<CallCount>,
    /// The largest number of requests in the works at one time.
    pub peak: usize,
}

/// How often one operation was called in one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallCount {
    pub account: String,
    pub region: String,
    /// `service:Operation`.
    pub operation: String,
    pub count: u64,
}

impl Stats {
    pub fn total(&self) -> u64 {
        self.calls.iter().map(|call| call.count).sum()
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
    calls: BTreeMap<(String, String, String), u64>,
    running: usize,
    peak: usize,
}

/// One request in the works.
pub(crate) struct Running<'a>(&'a Counters);

impl Counters {
    pub(crate) fn begin(&self) -> Running<'_> {
        let mut counted = self.lock();
        counted.running += 1;
        counted.peak = counted.peak.max(counted.running);
        Running(self)
    }

    pub(crate) fn called(&self, account: &str, region: &str, operation: &str) {
        let key = (account.to_owned(), region.to_owned(), operation.to_owned());
        *self.lock().calls.entry(key).or_default() += 1;
    }

    pub(crate) fn read(&self) -> Stats {
        let counted = self.lock();
        let calls = counted.calls.iter().map(|((account, region, operation), &count)| CallCount {
            account: account.clone(),
            region: region.clone(),
            operation: operation.clone(),
            count,
        });
        Stats { calls: calls.collect(), peak: counted.peak }
    }

    pub(crate) fn reset(&self) {
        let mut counted = self.lock();
        counted.calls.clear();
        counted.peak = counted.running;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.lock().running -= 1;
    }
}
