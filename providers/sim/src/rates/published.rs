//! What AWS says of its rates, as of November 2026, for reading.
//!
//! - EC2: "each API is evaluated individually", per account and region; non-mutating actions have 100 tokens and get 20 a
//!   second, unfiltered and unpaginated ones 50 and 10.
//!   <https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html>
//! - Elastic Load Balancing: per account and region, each version of the API for itself; non-mutating actions have 40
//!   tokens and get 10 a second.
//!   <https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html>
//! - Route 53: five requests a second, per account.
//!   <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html>
//! - CloudTrail: `LookupEvents` twice a second, per account and region.
//!   <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>
//! - ACM: each operation for itself, per account and region; 10 a second, `ListCertificates` 8, `GetAccountConfiguration`
//!   1. <https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html>
//! - STS: 600 requests a second, per account and region.
//!   <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
//!
//! Where a burst is not told, it is a second's requests. Nothing is published of RDS and IAM, whose callers report
//! throttling from some tens of requests a second on, nor of S3's reads of buckets' configurations, which are none of the
//! requests for objects whose thousands S3 promises. These are guesses, on the careful side.

/// A token bucket's two numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    pub per_second: f64,
    /// How many tokens it holds when it is full, as it is at first.
    pub burst: f64,
}

/// The bucket that a call takes its token from.
#[derive(Debug, Clone, PartialEq)]
pub struct Bucket {
    /// Calls with the same name share it: a service, or `service:Operation`.
    pub name: String,
    /// Whether each region of an account has one of its own.
    pub per_region: bool,
    pub rate: Rate,
}

const fn rate(per_second: f64, burst: f64) -> Rate {
    Rate { per_second, burst }
}

pub(super) fn is_per_region(service: &str) -> bool {
    !matches!(service, "iam" | "organizations" | "route53")
}

pub(super) fn bucket(service: &str, operation: &str, whole: bool) -> Bucket {
    let own = |rate| Bucket { name: format!("{service}:{operation}"), per_region: true, rate };
    let shared = |rate| Bucket { name: service.to_owned(), per_region: is_per_region(service), rate };
    match (service, operation) {
        ("ec2", _) if whole => Bucket { name: format!("ec2:{operation} of everything"), ..own(rate(10.0, 50.0)) },
        ("ec2", _) => own(rate(20.0, 100.0)),
        ("acm", "GetAccountConfiguration") => own(rate(1.0, 1.0)),
        ("acm", "ListCertificates") => own(rate(8.0, 8.0)),
        ("acm", _) => own(rate(10.0, 10.0)),
        ("elb" | "elbv2", _) => shared(rate(10.0, 40.0)),
        ("route53", _) => shared(rate(5.0, 5.0)),
        ("cloudtrail", "LookupEvents") => own(rate(2.0, 2.0)),
        ("sts", _) => shared(rate(600.0, 600.0)),
        ("s3" | "s3control", _) => shared(rate(100.0, 200.0)),
        _ => shared(rate(20.0, 50.0)),
    }
}
