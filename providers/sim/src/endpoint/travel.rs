//! How long answers are on their way.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::generate::Dice;

/// A round trip, and by how much it may be longer. Times are microseconds.
#[derive(Debug, Default)]
pub(super) struct Travel {
    round_trip: AtomicU64,
    jitter: AtomicU64,
    seed: AtomicU64,
    /// How many have travelled.
    count: AtomicU64,
}

impl Travel {
    pub(super) fn round_trip(&self, time: Duration) {
        self.round_trip.store(micros(time), Ordering::Relaxed);
    }

    /// Up to so much more, by chance.
    pub(super) fn jitter(&self, most: Duration, seed: u64) {
        self.jitter.store(micros(most), Ordering::Relaxed);
        self.seed.store(seed, Ordering::Relaxed);
        self.count.store(0, Ordering::Relaxed);
    }

    /// How long the next one takes.
    pub(super) fn time(&self) -> Duration {
        let number = usize::try_from(self.count.fetch_add(1, Ordering::Relaxed)).unwrap_or_default();
        let most = Duration::from_micros(self.jitter.load(Ordering::Relaxed));
        let share = Dice::of(self.seed.load(Ordering::Relaxed), &["jitter"], number).share();
        Duration::from_micros(self.round_trip.load(Ordering::Relaxed)) + most.mul_f64(share)
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_lies_within_its_bounds_and_is_the_same_with_the_same_seed() {
        let travel = Travel::default();
        assert_eq!(travel.time(), Duration::ZERO);
        travel.round_trip(Duration::from_millis(40));
        let times = |seed| -> Vec<Duration> {
            travel.jitter(Duration::from_millis(10), seed);
            (0..100).map(|_| travel.time()).collect()
        };
        let first = times(1);
        assert!(first.iter().all(|time| (40..=50).contains(&time.as_millis())), "{first:?}");
        assert!(first.iter().max() > first.iter().min().map(|least| *least + Duration::from_millis(5)).as_ref());
        assert_eq!(first, times(1));
        assert_ne!(first, times(2));
    }
}
