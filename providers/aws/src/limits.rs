//! Rate limits: a token bucket for everything that AWS limits by itself, shared by everything that calls it.
//!
//! A bucket starts at the rate that AWS publishes for it, is lowered when AWS says "slow down", and finds the rate that
//! AWS lets through. Retries cost tokens like first attempts do. Behind a custom endpoint AWS's published rates say
//! nothing, so a bucket there is open until the first "slow down", unless the configuration says that AWS is behind it.

mod bucket;
mod lanes;
#[cfg(test)]
mod model;
mod pace;
mod published;
mod stray;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use driftline_api::{Held, Limit};
use tokio::time::Instant;

use bucket::Bucket;
pub(crate) use bucket::{Pass, Shut};
pub(crate) use lanes::Lanes;
use published::{careful, published};

/// Calls per second, and how many at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rate {
    pub(crate) per_second: f64,
    pub(crate) burst: f64,
}

/// What caps the rate of calls.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// Upper bound for every service, in requests per second.
    pub max_rps: Option<f64>,
    /// Upper bounds by service name.
    pub services: BTreeMap<String, f64>,
    /// AWS's published rates hold behind custom endpoints, too.
    pub published_everywhere: bool,
}

impl Limits {
    fn cap(&self, service: &str) -> Option<f64> {
        [self.max_rps, self.services.get(service).copied()].into_iter().flatten().reduce(f64::min)
    }

    /// The limit that calls of an operation in a region pass, as far as it is known beforehand.
    pub(crate) fn limit(&self, service: &str, operation: &str, region: &str) -> Limit {
        let published = published(service, operation);
        let (rate, cap) = (careful(published.rate), self.cap(service));
        let rate = cap.map_or(rate, |cap| at_most(rate, cap));
        Limit {
            service: service.to_owned(),
            region: published.by_region.then(|| region.to_owned()),
            // A cap below an operation's own rate is what all of the service pass together.
            operation: (published.by_operation && cap.is_none_or(|cap| cap > rate.per_second))
                .then(|| operation.to_owned()),
            per_second: rate.per_second,
            burst: rate.burst,
        }
    }
}

/// The buckets of one account.
#[derive(Debug)]
pub(crate) struct Buckets {
    limits: Limits,
    buckets: Mutex<BTreeMap<Key, Arc<Bucket>>>,
}

/// Service, region (empty: all of them), operation (empty: all of them).
type Key = (&'static str, String, &'static str);

/// What a call has to pass.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    own: Arc<Bucket>,
    /// Of the whole service, where operations have buckets of their own and the configuration bounds the service.
    cap: Option<Arc<Bucket>>,
}

impl Buckets {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, buckets: Mutex::default() }
    }

    /// What calls of an operation in a region pass. `custom`: what is behind the endpoint is not known to be AWS.
    pub(crate) fn gate(&self, service: &'static str, operation: &'static str, region: &str, custom: bool) -> Gate {
        let published = published(service, operation);
        let region = if published.by_region { region } else { "" };
        let custom = custom && !self.limits.published_everywhere;
        let cap = self.limits.cap(service);
        let ceiling = (!custom).then(|| careful(published.rate));
        let capped = |cap| Rate { per_second: cap, burst: published.rate.burst.min(f64::max(cap, 1.0)) };
        if published.by_operation {
            let own = self.bucket((service, region.to_owned(), operation), ceiling, published.rate);
            let cap = cap.map(|cap| self.bucket((service, region.to_owned(), ""), Some(capped(cap)), capped(cap)));
            return Gate { own, cap };
        }
        let ceiling = match (ceiling, cap) {
            (Some(ceiling), Some(cap)) => Some(at_most(ceiling, cap)),
            (None, Some(cap)) => Some(capped(cap)),
            (ceiling, None) => ceiling,
        };
        Gate { own: self.bucket((service, region.to_owned(), ""), ceiling, published.rate), cap: None }
    }

    fn bucket(&self, key: Key, ceiling: Option<Rate>, published: Rate) -> Arc<Bucket> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(buckets.entry(key).or_insert_with(|| Arc::new(Bucket::new(ceiling, published))))
    }

    /// What held calls up, or said "slow down".
    pub(crate) fn held(&self, account: &str) -> Vec<Held> {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let told = buckets.iter().map(|((service, region, operation), bucket)| {
            let used = bucket.used();
            Held {
                account: account.to_owned(),
                region: Some(region.clone()).filter(|region| !region.is_empty()),
                service: (*service).to_owned(),
                operation: Some((*operation).to_owned()).filter(|operation| !operation.is_empty()),
                calls: used.calls,
                refusals: used.refusals,
                held: used.held,
                rate: used.rate,
                found: used.found,
            }
        });
        told.filter(|held| !held.held.is_zero() || held.refusals > 0).collect()
    }
}

impl Gate {
    /// Waits until a call may leave.
    pub(crate) async fn pass(&self, kind: &'static str) -> Result<Pass, Shut> {
        let mut pass = self.own.acquire(kind).await?;
        if let Some(cap) = &self.cap {
            // Nobody tells a cap to slow down, so that it is never shut.
            pass.waited += cap.acquire(kind).await?.waited;
        }
        Ok(pass)
    }

    /// Whether what was allowed still is: the service may have said "slow down" since. If not, it is given back.
    pub(crate) fn holds(&self, pass: &Pass) -> bool {
        self.own.holds(pass)
    }

    /// Whether the service has said nothing but "slow down" for so long that it is not worth waiting for.
    pub(crate) fn is_shut(&self) -> bool {
        self.own.is_shut()
    }

    /// The service said "slow down" to a call that left at that time.
    pub(crate) fn refused(&self, sent: Instant) {
        self.own.refused(sent);
    }

    /// The service answered.
    pub(crate) fn answered(&self) {
        self.own.answered();
    }
}

fn at_most(rate: Rate, cap: f64) -> Rate {
    Rate { per_second: rate.per_second.min(cap), burst: rate.burst.min(cap.max(1.0)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_aws_limits_by_itself_has_a_bucket_of_its_own() {
        let buckets = Buckets::new(Limits::default());
        let same = |one: (&'static str, &'static str, &str), other: (&'static str, &'static str, &str)| {
            let gate = |(service, operation, region)| buckets.gate(service, operation, region, false).own;
            Arc::ptr_eq(&gate(one), &gate(other))
        };
        assert!(same(("rds", "DescribeDBInstances", "eu-west-1"), ("rds", "DescribeDBClusters", "eu-west-1")));
        assert!(!same(("rds", "DescribeDBInstances", "eu-west-1"), ("rds", "DescribeDBInstances", "us-east-1")));
        assert!(!same(("ec2", "DescribeVpcs", "eu-west-1"), ("ec2", "DescribeSubnets", "eu-west-1")));
        assert!(same(("route53", "ListHostedZones", "eu-west-1"), ("route53", "GetHostedZone", "us-east-1")));
        assert!(!same(("elb", "DescribeTags", "eu-west-1"), ("elbv2", "DescribeTags", "eu-west-1")));
    }

    #[tokio::test(start_paused = true)]
    async fn a_cap_stands_above_all_operations_of_a_service() {
        let limits = Limits { max_rps: Some(10.0), services: [("ec2".to_owned(), 4.0)].into(), ..Limits::default() };
        for custom in [false, true] {
            let buckets = Buckets::new(limits.clone());
            let started = Instant::now();
            for _ in 0..20 {
                for operation in ["DescribeVpcs", "DescribeSubnets"] {
                    buckets.gate("ec2", operation, "eu-west-1", custom).pass("a").await.expect("nobody shut it");
                }
            }
            // 40 calls, of which the first four pass at once.
            let took = started.elapsed().as_secs_f64();
            assert!((8.9..9.2).contains(&took), "40 calls at 4/s took {took} s");
            let rate = buckets.gate("rds", "DescribeDBInstances", "eu-west-1", custom).own.rate();
            assert_eq!(rate, Some(10.0));
            // A cap raises nothing.
            let rate = buckets.gate("route53", "ListHostedZones", "", false).own.rate();
            assert!(rate.is_some_and(|rate| rate < 5.0), "{rate:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn published_rates_hold_behind_an_endpoint_where_the_configuration_says_so() {
        let rate = |published_everywhere| {
            let buckets = Buckets::new(Limits { published_everywhere, ..Limits::default() });
            buckets.gate("cloudtrail", "LookupEvents", "eu-west-1", true).own.rate()
        };
        assert_eq!(rate(false), None);
        assert!(rate(true).is_some_and(|rate| (1.9..=2.0).contains(&rate)));
    }
}
