//! Classic load balancers.

use super::{By, Gives, Row, named, narrow};

const ALL: &str = "/LoadBalancerDescriptions/*";
const MISSING: &str = "LoadBalancerNotFound";
const ONE: &[By] = &[named("/LoadBalancerName", "/LoadBalancerName", MISSING)];
const MANY: &[By] = &[named("/LoadBalancerNames", "/LoadBalancerName", MISSING)];

pub(super) static ROWS: &[Row] = &[
    Row::new("elb:DescribeLoadBalancers", ALL, Gives::Items("LoadBalancerDescriptions")).by(MANY),
    Row::new("elb:DescribeLoadBalancerAttributes", ALL, Gives::Members(&[("LoadBalancerAttributes", "/Attributes")]))
        .by(ONE),
    // Without a load balancer, AWS answers its own sample policies; those are no part of a description.
    Row::new("elb:DescribeLoadBalancerPolicies", "/PolicyDescriptions/*", Gives::Items("PolicyDescriptions")).by(&[
        By::Owned {
            param: "/LoadBalancerName",
            item: "/LoadBalancerName",
            owner: ALL,
            key: "/LoadBalancerName",
            missing: MISSING,
        },
        narrow("/PolicyNames", "/PolicyName"),
    ]),
    Row::new(
        "elb:DescribeTags",
        ALL,
        Gives::Each("TagDescriptions", &[("LoadBalancerName", "/LoadBalancerName"), ("Tags", "/Tags")]),
    )
    .by(MANY),
];
