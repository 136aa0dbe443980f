//! Classic load balancers.

use super::{By, Gives, Row, TagForm, named, narrow};

const ALL: &str = "/LoadBalancerDescriptions/*";
const MISSING: &str = "LoadBalancerNotFound";
const ONE: &[By] = &[named("/LoadBalancerName", "/LoadBalancerName", MISSING)];
const MANY: &[By] = &[named("/LoadBalancerNames", "/LoadBalancerName", MISSING)];

pub(super) static ROWS: &[Row] = &[
    Row::new("elb:DescribeLoadBalancers", ALL, Gives::Items("LoadBalancerDescriptions")).by(MANY),
    Row::new("elb:DescribeLoadBalancerAttributes", ALL, Gives::Members(&[("LoadBalancerAttributes", "/Attributes")]))
        .by(ONE),
    // Without a load balancer, AWS answers its own sample policies; those are no part of a description.
    Row::new(
        "elb:DescribeLoadBalancerPolicies",
        ALL,
        Gives::Inner("PolicyDescriptions", "/PolicyDescriptions", &[narrow("/PolicyNames", "/PolicyName")]),
    )
    .by(ONE),
    Row::new(
        "elb:DescribeTags",
        "",
        Gives::Tags {
            param: "/LoadBalancerNames",
            owners: &[(ALL, "/LoadBalancerName")],
            missing: MISSING,
            form: TagForm::List("TagDescriptions", "LoadBalancerName", &[]),
        },
    ),
];
