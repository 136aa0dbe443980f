//! How often a call is made again, and when it is given up.
//!
//! The SDK's standard strategy does the waiting (a random share of 1, 2, 4 … 20 s) and counts a quota of retries. What is
//! decided here is what it counts. A call that is refused with "slow down" is not failing: it comes too early, and the
//! limits see to it that the next ones come later. So a refusal costs no quota, or the first seconds of a scan behind an
//! endpoint whose limits nobody knows would leave nothing for the calls that are under way when the limit shows itself.
//! Nor is it an attempt: eight of them are over after 15 s if the waits happen to be short, and a bucket that somebody
//! else has emptied stays empty for as long as they go on. It is time that ends it: [`Patience::throttled`] for a call,
//! and for all of a bucket together what [`crate::limits`] says.
//!
//! Whatever else fails may be down. The limits bound how much is asked of it, so that the quota is not what keeps a scan
//! from hammering it, as it is for other users of the SDK; but a scan should not wait for something that is gone, a
//! minute for each of a hundred thousand calls. Hence [`QUOTA`], of a service in a region.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority};
use aws_smithy_types::error::metadata::ProvideErrorMetadata as _;
use aws_smithy_types::retry::RetryConfig;

use crate::client::{ServiceFailure, Tally};
use crate::failure;
use crate::limits::Gate;

/// How patient a client is.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    pub connect: Duration,
    /// For the first byte of an answer and between two of its bytes.
    pub read: Duration,
    /// Attempts in all, the first one included. Those that were refused with "slow down" do not count.
    pub attempts: u32,
    /// For how long a call is made again that is refused with "slow down" each time.
    pub throttled: Duration,
    /// The longest wait before the second attempt; it doubles with each one after that.
    pub backoff: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(30),
            attempts: 8,
            throttled: Duration::from_secs(60),
            backoff: Duration::from_secs(1),
        }
    }
}

/// How many retries a service in a region is granted in advance: as many as it takes to bridge some seconds in which
/// nothing of what is under way is answered. Each answer earns another one, so that what fails half of the time is read.
const QUOTA: usize = 500;

/// More attempts than this are a mistake in what ends them.
const MOST_ATTEMPTS: u32 = 1_000;

/// The quotas of one account, by service and region.
#[derive(Debug, Default)]
pub(crate) struct Quotas(Mutex<BTreeMap<(&'static str, String), RetryPartition>>);

impl Quotas {
    /// What the calls of a service in a region share: one struggling service must not cost another its retries.
    pub(crate) fn of(&self, service: &'static str, region: &str) -> RetryPartition {
        let mut quotas = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let partition = || RetryPartition::custom(format!("{service}/{region}")).token_bucket(quota()).build();
        quotas.entry((service, region.to_owned())).or_insert_with(partition).clone()
    }
}

fn quota() -> TokenBucket {
    TokenBucket::builder()
        .capacity(QUOTA)
        .retry_cost(1)
        .timeout_retry_cost(1)
        .throttling_retry_cost(0)
        // Without a reward the SDK gives back what the last retry had taken, which is another call's where one strategy
        // serves calls that are under way together.
        .success_reward(1.0)
        .build()
}

impl Patience {
    /// The waits between attempts. [`Persistence`] says when they are over.
    pub(crate) fn backoff(&self) -> RetryConfig {
        RetryConfig::standard().with_max_attempts(MOST_ATTEMPTS).with_initial_backoff(self.backoff)
    }
}

/// Has the last word on whether a call is made again.
#[derive(Debug)]
pub(crate) struct Persistence {
    pub(crate) gate: Gate,
    pub(crate) patience: Patience,
}

impl Persistence {
    /// Whether a call that has come so far is to go on.
    fn goes_on(&self, tally: &Tally, refused: bool) -> bool {
        let Patience { attempts, throttled, .. } = self.patience;
        if refused {
            let enough = tally.throttles() >= attempts && tally.refused_for() >= throttled;
            !enough && !self.gate.is_shut()
        } else {
            tally.failures() < attempts
        }
    }
}

impl ClassifyRetry for Persistence {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        self.classify_retry_v2(context, &RetryAction::NoActionIndicated)
    }

    fn classify_retry_v2(&self, context: &InterceptorContext, so_far: &RetryAction) -> RetryAction {
        let code = || context.output_or_error()?.err()?.as_operation_error()?.downcast_ref::<ServiceFailure>()?.code();
        // By its code alone: S3 and EC2 refuse with status 503, which says "down" to whoever reads no further.
        let refused = code().is_some_and(failure::is_throttling);
        if !refused && !so_far.should_retry() {
            return RetryAction::NoActionIndicated;
        }
        if Tally::sending(|tally| self.goes_on(tally, refused)) != Some(true) {
            return RetryAction::RetryForbidden;
        }
        // What was said before holds, with the wait that the service may ask for.
        if so_far.should_retry() { RetryAction::NoActionIndicated } else { RetryAction::throttling_error() }
    }

    fn name(&self) -> &'static str {
        "persistence"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}
