//! Every kind, by service. A service's list names its kinds; the tests walk this table.

#[cfg(feature = "acm")]
mod acm;
#[cfg(feature = "ec2")]
mod ec2;
#[cfg(feature = "elb")]
mod elb;
#[cfg(feature = "elb")]
mod elbv2;
#[cfg(feature = "iam")]
mod iam;
#[cfg(feature = "rds")]
mod rds;
#[cfg(feature = "route53")]
mod route53;
#[cfg(feature = "s3")]
mod s3;

use std::sync::LazyLock;

use driftline_api::{Claim, Fixes, Rereads};

use crate::Kind;

/// Every kind that is compiled in, sorted by name.
pub static KINDS: LazyLock<Vec<&'static Kind>> = LazyLock::new(|| {
    let services: &[&[&Kind]] = &[
        #[cfg(feature = "acm")]
        acm::KINDS,
        #[cfg(feature = "ec2")]
        ec2::KINDS,
        #[cfg(feature = "elb")]
        elb::KINDS,
        #[cfg(feature = "elb")]
        elbv2::KINDS,
        #[cfg(feature = "iam")]
        iam::KINDS,
        #[cfg(feature = "rds")]
        rds::KINDS,
        #[cfg(feature = "route53")]
        route53::KINDS,
        #[cfg(feature = "s3")]
        s3::KINDS,
    ];
    let mut kinds: Vec<&'static Kind> = services.iter().flat_map(|kinds| kinds.iter().copied()).collect();
    kinds.sort_by_key(|kind| kind.descriptor.name);
    kinds
});

/// Which resource types of Terraform's manage which kinds.
pub fn claims() -> Vec<Claim> {
    let services: &[&[Claim]] = &[
        #[cfg(feature = "acm")]
        acm::CLAIMS,
        #[cfg(feature = "ec2")]
        ec2::CLAIMS,
        #[cfg(feature = "elb")]
        elb::CLAIMS,
        #[cfg(feature = "elb")]
        elbv2::CLAIMS,
        #[cfg(feature = "iam")]
        iam::CLAIMS,
        #[cfg(feature = "rds")]
        rds::CLAIMS,
        #[cfg(feature = "route53")]
        route53::CLAIMS,
        #[cfg(feature = "s3")]
        s3::CLAIMS,
    ];
    services.concat()
}

/// How drift is put back, by kind.
pub fn fixes() -> Vec<Fixes> {
    let services: &[&[Fixes]] = &[
        #[cfg(feature = "acm")]
        acm::FIXES,
        #[cfg(feature = "ec2")]
        ec2::FIXES,
        #[cfg(feature = "elb")]
        elb::FIXES,
        #[cfg(feature = "elb")]
        elbv2::FIXES,
        #[cfg(feature = "iam")]
        iam::FIXES,
        #[cfg(feature = "rds")]
        rds::FIXES,
        #[cfg(feature = "route53")]
        route53::FIXES,
        #[cfg(feature = "s3")]
        s3::FIXES,
    ];
    services.concat()
}

/// What is read again after which recorded write, by where it is recorded.
pub fn rereads() -> Vec<&'static Rereads> {
    vec![
        &TAGGING,
        #[cfg(feature = "acm")]
        &acm::REREADS,
        #[cfg(feature = "ec2")]
        &ec2::REREADS,
        #[cfg(feature = "elb")]
        &elbv2::REREADS,
        #[cfg(feature = "iam")]
        &iam::REREADS,
        #[cfg(feature = "rds")]
        &rds::REREADS,
        #[cfg(feature = "route53")]
        &route53::REREADS,
        #[cfg(feature = "s3")]
        &s3::REREADS,
    ]
}

/// The Resource Groups Tagging API, by which everything can be tagged; it calls the resources by their ARNs.
static TAGGING: Rereads = Rereads {
    source: "tagging",
    services: &[],
    alone: &[],
    naming: &["TagResources", "UntagResources"],
    along: &[],
    everywhere: &[],
    nothing: &[],
};
