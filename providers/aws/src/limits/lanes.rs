//! How many calls are under way at once: as many as it takes to keep up with the rate limits over the distance that
//! answers come from, and no more.
//!
//! Each call under way takes a connection, and shaking hands costs more than most answers: a scan of 250 resources once
//! opened 320 connections for 440 calls. By Little's law a rate takes as many calls at once as it has answers a second
//! times the seconds that an answer takes, so that is measured, and nobody has to configure it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The lanes of one service in one region at first: enough for an endpoint that is near.
const FEW: u32 = 8;
/// The most of them.
const MANY: u32 = 64;
/// Answers per second that the lanes of one service and region are made for. All of EC2's operations together, each at its
/// published rate, are what is asked of the busiest.
const RATE: f64 = 400.0;
/// Calls under way over all accounts, regions and services. It bounds memory and open files.
const ALL: u32 = 256;
/// How fast a longer time is believed in. A shorter one is at once: what is in the way for a moment says nothing of the
/// distance.
const BELIEF: f64 = 0.05;

/// The lanes of one service in one region.
#[derive(Debug)]
pub(crate) struct Lanes {
    own: Arc<Semaphore>,
    all: Arc<Semaphore>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    count: u32,
    /// Seconds from a call to its answer.
    distance: Option<f64>,
}

/// A lane that is in use until this is dropped.
#[derive(Debug)]
pub(crate) struct Lane(#[expect(dead_code, reason = "held, to be dropped")] [OwnedSemaphorePermit; 2]);

impl Lanes {
    /// What all lanes together are bounded by.
    pub(crate) fn all() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(ALL as usize))
    }

    pub(crate) fn new(all: Arc<Semaphore>) -> Self {
        let state = Mutex::new(State { count: FEW, distance: None });
        Self { own: Arc::new(Semaphore::new(FEW as usize)), all, state }
    }

    /// Waits for a lane.
    pub(crate) async fn enter(&self) -> Lane {
        // One's own first: who waits for a busy service holds nothing that others need.
        let own = Arc::clone(&self.own).acquire_owned().await.expect("nobody closes the lanes");
        let all = Arc::clone(&self.all).acquire_owned().await.expect("nobody closes the lanes");
        Lane([own, all])
    }

    /// An answer took so long.
    pub(crate) fn answered(&self, took: Duration) {
        let took = took.as_secs_f64();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let distance = match state.distance {
            Some(known) if took > known => known + (took - known) * BELIEF,
            _ => took,
        };
        state.distance = Some(distance);
        let wanted = lanes(distance);
        if wanted > state.count {
            self.own.add_permits((wanted - state.count) as usize);
            state.count = wanted;
        }
    }

    #[cfg(test)]
    fn count(&self) -> u32 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).count
    }
}

/// How many it takes for answers that take so long.
fn lanes(seconds: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between the two bounds")]
    let wanted = (seconds * RATE).ceil().clamp(f64::from(FEW), f64::from(MANY)) as u32;
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn there_are_as_many_as_the_distance_takes() {
        for (millis, expected) in [(1, 8), (40, 16), (100, 40), (200, 64), (5000, 64)] {
            let lanes = Lanes::new(Lanes::all());
            lanes.answered(Duration::from_millis(millis));
            assert_eq!(lanes.count(), expected, "{millis} ms");
        }
    }

    #[tokio::test]
    async fn one_slow_answer_is_no_distance() {
        let lanes = Lanes::new(Lanes::all());
        lanes.answered(Duration::from_millis(2));
        lanes.answered(Duration::from_millis(300));
        assert_eq!(lanes.count(), FEW);
    }

    #[tokio::test]
    async fn a_busy_service_leaves_lanes_to_others() {
        let all = Lanes::all();
        let busy = Lanes::new(Arc::clone(&all));
        busy.answered(Duration::from_secs(1));
        let mut held = Vec::new();
        for _ in 0..MANY {
            held.push(busy.enter().await);
        }
        assert!(
            tokio::time::timeout(Duration::from_millis(5), busy.enter()).await.is_err(),
            "all of its own are taken"
        );
        assert!(tokio::time::timeout(Duration::from_millis(5), Lanes::new(all).enter()).await.is_ok());
    }
}
