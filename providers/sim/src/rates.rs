//! How many requests AWS lets through: token buckets per account, region and service, or per operation where AWS counts
//! so.

mod published;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::engine::Question;
pub use published::{Bucket, Rate};

/// The rates in force.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rates {
    /// How many times AWS's own rates. `None`: everything is let through.
    factor: Option<f64>,
    /// Service, or `service:Operation`.
    own: BTreeMap<String, Rate>,
}

impl Rates {
    /// Everything is let through.
    pub fn off() -> Self {
        Self::default()
    }

    /// What AWS publishes; a careful guess where it publishes nothing.
    pub fn aws() -> Self {
        Self { factor: Some(1.0), own: BTreeMap::new() }
    }

    /// So many times what AWS publishes: its rates, not its bursts.
    #[must_use]
    pub fn times(mut self, factor: f64) -> Self {
        self.factor = Some(factor);
        self
    }

    /// Another rate for a service (`rds`), for all of its operations together, or for one operation
    /// (`acm:ListCertificates`). It is taken as it is, whatever the factor.
    #[must_use]
    pub fn with(mut self, of: &str, rate: Rate) -> Self {
        self.own.insert(of.to_owned(), rate);
        self
    }

    /// The bucket that a call takes its token from. `None`: there is no limit. `whole`: the call asks for everything,
    /// neither filtered nor in pages.
    pub fn bucket(&self, service: &str, operation: &str, whole: bool) -> Option<Bucket> {
        let named = format!("{service}:{operation}");
        if let Some((name, rate)) = self.own.get_key_value(&named).or_else(|| self.own.get_key_value(service)) {
            return Some(Bucket { name: name.clone(), per_region: published::is_per_region(service), rate: *rate });
        }
        let mut bucket = published::bucket(service, operation, whole);
        bucket.rate.per_second *= self.factor?;
        Some(bucket)
    }
}

/// The tokens that are left.
#[derive(Debug, Default)]
pub(crate) struct Limiter(Mutex<Limits>);

#[derive(Debug, Default)]
struct Limits {
    rates: Rates,
    /// Account, region (where it matters), bucket.
    buckets: BTreeMap<(String, String, String), Level>,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    tokens: f64,
    at: Duration,
}

/// A call that wants to be let through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) whole: bool,
}

impl<'a> Caller<'a> {
    pub(crate) fn of(account: &'a str, question: Question<'a>) -> Self {
        Self {
            account,
            region: question.region,
            service: question.service.name,
            operation: question.operation.name,
            // What can be paged is paged as soon as anything narrows it or asks for a page's size.
            whole: question.params.is_empty() && question.operation.paginator.is_some(),
        }
    }
}

impl Limiter {
    /// Other rates from now on; every bucket is full.
    pub(crate) fn set(&self, rates: Rates) {
        *self.lock() = Limits { rates, buckets: BTreeMap::new() };
    }

    /// Takes a token, and says whether there was one. `now`: since any fixed moment.
    pub(crate) fn take(&self, caller: Caller<'_>, now: Duration) -> bool {
        let mut limits = self.lock();
        let Some(bucket) = limits.rates.bucket(caller.service, caller.operation, caller.whole) else { return true };
        let region = if bucket.per_region { caller.region } else { "" };
        let key = (caller.account.to_owned(), region.to_owned(), bucket.name);
        let level = limits.buckets.entry(key).or_insert(Level { tokens: bucket.rate.burst, at: now });
        let gained = now.saturating_sub(level.at).as_secs_f64() * bucket.rate.per_second;
        level.tokens = (level.tokens + gained).min(bucket.rate.burst);
        level.at = level.at.max(now);
        let served = level.tokens >= 1.0;
        if served {
            level.tokens -= 1.0;
        }
        served
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Limits> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller<'a>(service: &'a str, operation: &'a str) -> Caller<'a> {
        Caller { account: "1", region: "eu-west-1", service, operation, whole: false }
    }

    /// How many of so many attempts, this far apart, are served.
    fn served(limiter: &Limiter, caller: Caller<'_>, attempts: u32, from: Duration, apart: Duration) -> usize {
        (0..attempts).filter(|attempt| limiter.take(caller, from + apart * *attempt)).count()
    }

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let limiter = Limiter::default();
        limiter.set(Rates::aws());
        let zones = caller("route53", "ListHostedZones");
        assert_eq!(served(&limiter, zones, 100, Duration::ZERO, Duration::ZERO), 5, "the burst");
        // Ten seconds of far too many attempts: five a second are served.
        assert_eq!(served(&limiter, zones, 1000, Duration::from_millis(10), Duration::from_millis(10)), 50);
        // At its rate, nobody waits; a pause fills the bucket no further than its burst.
        let later = Duration::from_secs(60);
        assert_eq!(served(&limiter, zones, 100, later, Duration::from_millis(200)), 100);
        assert_eq!(served(&limiter, zones, 100, Duration::from_secs(3600), Duration::ZERO), 5);
    }

    #[test]
    fn buckets_are_of_accounts_regions_and_operations_as_aws_counts() {
        let limiter = Limiter::default();
        limiter.set(Rates::aws());
        let drain = |caller: Caller<'_>| served(&limiter, caller, 1000, Duration::ZERO, Duration::ZERO);
        let volumes = caller("ec2", "DescribeVolumes");
        assert_eq!((drain(volumes), drain(volumes)), (100, 0));
        assert_eq!(drain(caller("ec2", "DescribeVpcs")), 100, "each operation of EC2 has its own");
        assert_eq!(drain(Caller { region: "us-east-1", ..volumes }), 100, "and each region");
        assert_eq!(drain(Caller { account: "2", ..volumes }), 100, "and each account");
        assert_eq!(drain(Caller { whole: true, ..volumes }), 50, "what asks for everything has less");
        assert_eq!((drain(caller("elbv2", "DescribeRules")), drain(caller("elbv2", "DescribeTags"))), (40, 0));
        assert_eq!(drain(caller("elb", "DescribeTags")), 40, "each version of the load balancers' API has its own");
        let zones = caller("route53", "ListHostedZones");
        assert_eq!((drain(zones), drain(Caller { region: "eu-west-1", ..zones })), (5, 0), "Route 53 has no regions");
    }

    #[test]
    fn rates_can_be_others() {
        let limiter = Limiter::default();
        let second = |caller| served(&limiter, caller, 10_000, Duration::ZERO, Duration::from_micros(100));
        assert_eq!(second(caller("route53", "ListHostedZones")), 10_000, "off");
        limiter.set(Rates::aws().times(4.0));
        assert_eq!(second(caller("route53", "ListHostedZones")), 24, "the burst, and four times its rate");
        limiter.set(Rates::off().with("rds", Rate { per_second: 10.0, burst: 1.0 }));
        assert_eq!((second(caller("rds", "DescribeDBInstances")), second(caller("iam", "ListRoles"))), (10, 10_000));
    }
}
