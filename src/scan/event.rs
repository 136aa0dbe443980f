//! What happens during a scan. Progress bars, logs and counters are consumers of these events.

use std::time::Duration;

use driftline_api::{Account, Call, Cause, Task};

use crate::resume::Resumed;

/// Something that happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// An account's credentials work.
    Entered {
        label: &'a str,
        account: &'a Account,
    },
    /// So many reads (a kind in a scope) will be made.
    Scheduled {
        tasks: usize,
    },
    /// Some of the reads are taken over from an import that was interrupted.
    Resumed {
        resumed: Resumed,
    },
    Started {
        task: &'a Task,
    },
    /// A resource was read.
    Found {
        task: &'a Task,
    },
    /// A call was answered.
    Called {
        call: &'a Call,
    },
    /// A read ended; with an error, the kind in this scope is a gap.
    Ended {
        task: &'a Task,
        error: Option<&'a Cause>,
    },
}

/// A consumer of events. Called from many threads at once.
pub trait Observer: Send + Sync {
    fn event(&self, event: Event<'_>);
}

/// An observer that looks away.
impl Observer for () {
    fn event(&self, _: Event<'_>) {}
}

/// What a scan took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    pub calls: u64,
    pub retries: u64,
    /// Answers that said "slow down".
    pub throttles: u64,
    /// Time that calls spent waiting for the rate limits, added up.
    pub waited: Duration,
    /// Resources that an interrupted import had read, and that were not read again.
    pub resumed: u64,
}

impl Stats {
    pub(crate) fn count(&mut self, call: &Call) {
        self.calls += 1;
        self.retries += u64::from(call.retries);
        self.throttles += u64::from(call.throttles);
        self.waited += call.waited;
    }
}
