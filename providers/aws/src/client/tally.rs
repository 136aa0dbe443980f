//! What a call has been through: its attempts, what the service said to them, and how long it stood in line.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::limits::{Gate, Pass, Shut};

tokio::task_local! {
    /// The tally of the call that this task is making. The SDK's runtime does not spawn, so that its attempts find it.
    static SENDING: Arc<Tally>;
}

/// What one call took.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Whom it is for: at a limit, kinds take turns.
    kind: &'static str,
    attempts: AtomicU32,
    /// When the last attempt left.
    sent: Mutex<Option<Instant>>,
    throttles: AtomicU32,
    /// When the first "slow down" came.
    refused: Mutex<Option<Instant>>,
    /// What the limits allowed the next attempt.
    pass: Mutex<Option<Pass>>,
    waited_micros: AtomicU64,
}

impl Tally {
    pub(crate) fn of(kind: &'static str) -> Self {
        Self { kind, ..Self::default() }
    }

    pub(crate) fn retries(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed).saturating_sub(1)
    }

    pub(crate) fn throttles(&self) -> u32 {
        self.throttles.load(Ordering::Relaxed)
    }

    /// Attempts that came to nothing for another reason than "slow down".
    pub(crate) fn failures(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed).saturating_sub(self.throttles())
    }

    /// How long it has been since the first "slow down".
    pub(crate) fn refused_for(&self) -> Duration {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).map_or(Duration::ZERO, |first| first.elapsed())
    }

    /// Makes a call whose attempts are counted here.
    pub(super) async fn during<T>(self: &Arc<Self>, call: impl Future<Output = T>) -> T {
        SENDING.scope(Arc::clone(self), call).await
    }

    /// The tally of the call that this task is making.
    pub(crate) fn sending<T>(read: impl FnOnce(&Self) -> T) -> Option<T> {
        SENDING.try_with(|tally| read(tally)).ok()
    }

    /// Waits until the limits let an attempt of the call that this task is making leave.
    pub(crate) async fn line_up(gate: &Gate) -> Result<(), Shut> {
        let pass = Self::pass(gate).await?;
        Self::sending(|tally| *tally.pass.lock().unwrap_or_else(PoisonError::into_inner) = Some(pass));
        Ok(())
    }

    pub(super) async fn pass(gate: &Gate) -> Result<Pass, Shut> {
        gate.pass(Self::sending(|tally| tally.kind).unwrap_or_default()).await
    }

    /// Whether the limits let the next attempt leave already.
    pub(crate) fn may_leave(&self) -> bool {
        self.pass.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    pub(super) fn take_pass(&self) -> Option<Pass> {
        self.pass.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Notes a "slow down"; says when the attempt that got it left.
    pub(super) fn note_refusal(&self) -> Option<Instant> {
        self.throttles.fetch_add(1, Ordering::Relaxed);
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(Instant::now);
        *self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that an attempt leaves now.
    pub(super) fn note_sent(&self, now: Instant) {
        *self.sent.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    /// Notes that an attempt, which had waited so long for the limits, has ended.
    pub(super) fn note_attempt(&self, waited: Duration) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        self.waited_micros.fetch_add(u64::try_from(waited.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn waited(&self) -> Duration {
        Duration::from_micros(self.waited_micros.load(Ordering::Relaxed))
    }
}
