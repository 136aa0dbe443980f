//! Rate limits: one token bucket per account, region and service, shared by everything that calls that service.
//!
//! A bucket starts at the rate that AWS publishes, is lowered when AWS says "slow down", and recovers step by step
//! (additive increase, multiplicative decrease). Retries cost tokens like first attempts do. Behind a custom
//! endpoint AWS's published rates say nothing, so a bucket there is open until the first "slow down".

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Requests per second and burst.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rate {
    pub(crate) per_second: f64,
    pub(crate) burst: f64,
}

/// AWS's published rate for the read calls of a service, or a careful guess where none is published.
///
/// Sources: Route 53 "Quotas" (5 requests/s per account); EC2 "Request throttling" (non-mutating actions: bucket 100,
/// refill 20/s; console-shared); CloudTrail "LookupEvents" (2/s per account and region); ACM "Quotas"
/// (DescribeCertificate 10/s, ListTagsForCertificate 10/s); Organizations limits each operation for the whole organization,
/// and is asked few things; S3 does not limit bucket configuration reads by a published
/// number, and 100/s has been uneventful in practice. Elastic Load Balancing, RDS, IAM and STS publish nothing: 20/s is
/// what AWS's own console is seen to do.
pub(crate) fn published(service: &str) -> Rate {
    match service {
        "route53" => Rate { per_second: 5.0, burst: 5.0 },
        "ec2" => Rate { per_second: 20.0, burst: 100.0 },
        "cloudtrail" => Rate { per_second: 2.0, burst: 2.0 },
        "acm" => Rate { per_second: 10.0, burst: 10.0 },
        "organizations" => Rate { per_second: 5.0, burst: 10.0 },
        "s3" | "s3control" => Rate { per_second: 100.0, burst: 100.0 },
        _ => Rate { per_second: 20.0, burst: 40.0 },
    }
}

/// A token bucket with adaptive rate.
#[derive(Debug)]
pub(crate) struct Bucket {
    ceiling: Rate,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// `None`: open, no limit seen yet.
    rate: Option<f64>,
    tokens: f64,
    at: Instant,
    /// Answers since the last "slow down"; the rate recovers by a step after each run of them.
    calm: u32,
}

/// How many undisturbed answers raise a lowered rate by one step, and what share of the ceiling a step is.
const CALM_RUN: u32 = 20;
const STEP: f64 = 0.1;
/// The rate never falls below this share of the ceiling: a scan that stands still helps nobody.
const FLOOR: f64 = 0.05;

impl Bucket {
    /// `open`: no limit until the first "slow down".
    pub(crate) fn new(ceiling: Rate, open: bool) -> Self {
        let state =
            State { rate: (!open).then_some(ceiling.per_second), tokens: ceiling.burst, at: Instant::now(), calm: 0 };
        Self { ceiling, state: Mutex::new(state) }
    }

    /// Waits for a token; says how long it took. Waiters are served in order: each reserves its token at once.
    pub(crate) async fn acquire(&self) -> Duration {
        let wait = self.reserve(Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        wait
    }

    /// The service said "slow down".
    pub(crate) fn throttled(&self) {
        let mut state = self.lock();
        let rate = state.rate.unwrap_or(self.ceiling.per_second * 2.0);
        state.rate = Some((rate / 2.0).max(self.ceiling.per_second * FLOOR));
        state.tokens = state.tokens.min(0.0);
        state.calm = 0;
    }

    /// The service answered.
    pub(crate) fn answered(&self) {
        let mut state = self.lock();
        let Some(rate) = state.rate.filter(|rate| *rate < self.ceiling.per_second) else { return };
        state.calm += 1;
        if state.calm >= CALM_RUN {
            state.calm = 0;
            state.rate = Some((rate + STEP * self.ceiling.per_second).min(self.ceiling.per_second));
        }
    }

    fn reserve(&self, now: Instant) -> Duration {
        let mut state = self.lock();
        let Some(rate) = state.rate else { return Duration::ZERO };
        let gained = now.saturating_duration_since(state.at).as_secs_f64() * rate;
        state.tokens = (state.tokens + gained).min(self.ceiling.burst) - 1.0;
        state.at = now;
        if state.tokens >= 0.0 { Duration::ZERO } else { Duration::from_secs_f64(-state.tokens / rate) }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // The state is plain numbers: a panic elsewhere cannot leave it inconsistent.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_bucket_gives_its_burst_at_once_and_then_its_rate() {
        let bucket = Bucket::new(Rate { per_second: 5.0, burst: 5.0 }, false);
        for _ in 0..5 {
            assert_eq!(bucket.acquire().await, Duration::ZERO);
        }
        let start = Instant::now();
        for _ in 0..10 {
            bucket.acquire().await;
        }
        let took = start.elapsed().as_secs_f64();
        assert!((1.9..2.1).contains(&took), "10 tokens at 5/s took {took} s");
    }

    #[tokio::test(start_paused = true)]
    async fn slow_down_halves_the_rate_and_calm_raises_it_again() {
        let bucket = Bucket::new(Rate { per_second: 10.0, burst: 1.0 }, false);
        let rate = |bucket: &Bucket| bucket.lock().rate.expect("limited");
        bucket.throttled();
        assert!((rate(&bucket) - 5.0).abs() < 1e-9);
        for _ in 0..100 {
            bucket.throttled();
        }
        assert!(rate(&bucket) > 0.0);
        for _ in 0..CALM_RUN * 20 {
            bucket.answered();
        }
        assert!((rate(&bucket) - 10.0).abs() < 1e-9);
    }

    #[tokio::test(start_paused = true)]
    async fn an_open_bucket_is_limited_from_the_first_slow_down() {
        let bucket = Bucket::new(Rate { per_second: 5.0, burst: 5.0 }, true);
        for _ in 0..1000 {
            assert_eq!(bucket.acquire().await, Duration::ZERO);
        }
        bucket.throttled();
        assert!(bucket.acquire().await > Duration::ZERO);
    }
}
