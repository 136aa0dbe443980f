//! The rates that AWS publishes for the read calls that are made, and a careful guess where it publishes none.
//!
//! | service | for each | source |
//! | --- | --- | --- |
//! | ec2 | operation, account, region | "Request throttling for the Amazon EC2 API": each API has a bucket of its own; `Describe*`, `List*`, `Search*`, `Get*`: 100, 20/s. Lists that are asked for without pages have smaller ones, which no kind does |
//! | elb, elbv2 | API version, account, region | "Request throttling for the Elastic Load Balancing API": all actions of an API version share 40, 10/s |
//! | route53 | account | "Quotas", Amazon Route 53 developer guide: all requests, 5/s |
//! | acm | operation, account, region | "Quotas", ACM user guide: `ListCertificates` 8/s, `DescribeCertificate` and `ListTagsForCertificate` 10/s |
//! | cloudtrail | operation, account, region | "Quotas in AWS CloudTrail": `LookupEvents` 2/s, the others 10/s |
//! | organizations | operation, account | "Quotas and service limits for AWS Organizations", throttling limits: rate and burst of each API |
//! | sts | account, region | "IAM and AWS STS quotas": 600/s |
//! | iam, rds, s3, s3control | account (and region) | publish nothing. 20/s is what AWS's own console is seen to do; S3 answers 100/s uneventfully |

use super::Rate;

/// Which calls draw from the same bucket, and how much it gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Published {
    pub(crate) rate: Rate,
    /// Each operation has a bucket of its own; else all of the service share one.
    pub(crate) by_operation: bool,
    /// Each region has buckets of its own; else there is one for the account.
    pub(crate) by_region: bool,
    /// AWS says so; else it is a guess.
    pub(crate) by_aws: bool,
}

/// What holds for calls of an operation.
pub(crate) fn published(service: &str, operation: &str) -> Published {
    let rate = |per_second, burst| Rate { per_second, burst };
    let shared = |rate| Published { rate, by_operation: false, by_region: true, by_aws: true };
    let each = |rate| Published { by_operation: true, ..shared(rate) };
    let guess = |rate| Published { by_aws: false, ..shared(rate) };
    match service {
        "ec2" => each(rate(20.0, 100.0)),
        "elb" | "elbv2" => shared(rate(10.0, 40.0)),
        "route53" => Published { by_region: false, ..shared(rate(5.0, 5.0)) },
        "acm" => each(match operation {
            "ListCertificates" => rate(8.0, 8.0),
            "DescribeCertificate" | "GetCertificate" | "ListTagsForCertificate" => rate(10.0, 10.0),
            "GetAccountConfiguration" => rate(1.0, 1.0),
            _ => rate(5.0, 5.0),
        }),
        "cloudtrail" => each(if operation == "LookupEvents" { rate(2.0, 2.0) } else { rate(10.0, 10.0) }),
        "organizations" => Published {
            by_region: false,
            ..each(match operation {
                "DescribeAccount" => rate(20.0, 30.0),
                "ListTagsForResource" => rate(10.0, 15.0),
                "ListAccounts" => rate(8.0, 12.0),
                "ListChildren" => rate(6.0, 10.0),
                "ListParents" | "ListAccountsForParent" | "ListOrganizationalUnitsForParent" => rate(5.0, 8.0),
                "DescribeOrganizationalUnit" => rate(2.0, 2.0),
                _ => rate(1.0, 2.0),
            })
        },
        "sts" => shared(rate(600.0, 600.0)),
        "s3" | "s3control" => guess(rate(100.0, 100.0)),
        "iam" => Published { by_region: false, ..guess(rate(20.0, 40.0)) },
        _ => guess(rate(20.0, 40.0)),
    }
}

/// What of a published rate is used. Answers take one time and another, so that calls which leave as AWS publishes it may
/// arrive closer together than that: a bucket that is drawn to its last token is one that refuses now and then.
pub(crate) fn careful(rate: Rate) -> Rate {
    Rate { per_second: rate.per_second * 0.99, burst: (rate.burst * 0.9).floor().max(1.0) }
}
