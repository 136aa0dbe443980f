//! Application, network and gateway load balancers.

use super::{By, Gives, Row, TagForm, named, narrow};

const LOAD_BALANCERS: &str = "/LoadBalancers/*";
const LISTENERS: &str = "/Listeners/*";
const TARGET_GROUPS: &str = "/TargetGroups/*";
const TRUST_STORES: &str = "/TrustStores/*";

const LOAD_BALANCER: &[By] = &[named("/LoadBalancerArn", "/LoadBalancerArn", "LoadBalancerNotFound")];
const LISTENER: &[By] = &[named("/ListenerArn", "/ListenerArn", "ListenerNotFound")];
const TARGET_GROUP: &[By] = &[named("/TargetGroupArn", "/TargetGroupArn", "TargetGroupNotFound")];

const fn owned(param: &'static str, item: &'static str, owner: &'static str, missing: &'static str) -> By {
    By::Owned { param, item, owner, key: param, missing }
}

pub(super) static ROWS: &[Row] = &[
    Row::new("elbv2:DescribeLoadBalancers", LOAD_BALANCERS, Gives::Items("LoadBalancers")).by(&[
        named("/LoadBalancerArns", "/LoadBalancerArn", "LoadBalancerNotFound"),
        named("/Names", "/LoadBalancerName", "LoadBalancerNotFound"),
    ]),
    Row::new("elbv2:DescribeLoadBalancerAttributes", LOAD_BALANCERS, Gives::Members(&[("Attributes", "/Attributes")]))
        .by(LOAD_BALANCER),
    Row::new("elbv2:DescribeCapacityReservation", LOAD_BALANCERS, Gives::Part).by(LOAD_BALANCER),
    Row::new("elbv2:DescribeListeners", LISTENERS, Gives::Items("Listeners")).by(&[
        owned("/LoadBalancerArn", "/LoadBalancerArn", LOAD_BALANCERS, "LoadBalancerNotFound"),
        named("/ListenerArns", "/ListenerArn", "ListenerNotFound"),
    ]),
    Row::new("elbv2:DescribeListenerAttributes", LISTENERS, Gives::Members(&[("Attributes", "/Attributes")]))
        .by(LISTENER),
    Row::new("elbv2:DescribeListenerCertificates", LISTENERS, Gives::Part).by(LISTENER),
    Row::new("elbv2:DescribeRules", "/Rules/*", Gives::Items("Rules")).by(&[
        owned("/ListenerArn", "/ListenerArn", LISTENERS, "ListenerNotFound"),
        named("/RuleArns", "/RuleArn", "RuleNotFound"),
    ]),
    Row::new("elbv2:DescribeTargetGroups", TARGET_GROUPS, Gives::Items("TargetGroups")).by(&[
        owned("/LoadBalancerArn", "/LoadBalancerArns/*", LOAD_BALANCERS, "LoadBalancerNotFound"),
        named("/TargetGroupArns", "/TargetGroupArn", "TargetGroupNotFound"),
        named("/Names", "/TargetGroupName", "TargetGroupNotFound"),
    ]),
    Row::new("elbv2:DescribeTargetGroupAttributes", TARGET_GROUPS, Gives::Members(&[("Attributes", "/Attributes")]))
        .by(TARGET_GROUP),
    Row::new("elbv2:DescribeTargetHealth", TARGET_GROUPS, Gives::Part).by(TARGET_GROUP),
    Row::new("elbv2:DescribeTrustStores", TRUST_STORES, Gives::Items("TrustStores")).by(&[
        named("/TrustStoreArns", "/TrustStoreArn", "TrustStoreNotFound"),
        named("/Names", "/Name", "TrustStoreNotFound"),
    ]),
    Row::new("elbv2:DescribeTrustStoreRevocations", "/TrustStoreRevocations/*", Gives::Items("TrustStoreRevocations"))
        .by(&[
            owned("/TrustStoreArn", "/TrustStoreArn", TRUST_STORES, "TrustStoreNotFound"),
            narrow("/RevocationIds", "/RevocationId"),
        ]),
    Row::new(
        "elbv2:DescribeTags",
        "",
        Gives::Tags {
            param: "/ResourceArns",
            owners: &[
                (LOAD_BALANCERS, "/LoadBalancerArn"),
                (LISTENERS, "/ListenerArn"),
                ("/Rules/*", "/RuleArn"),
                (TARGET_GROUPS, "/TargetGroupArn"),
                (TRUST_STORES, "/TrustStoreArn"),
            ],
            missing: "LoadBalancerNotFound",
            form: TagForm::List("TagDescriptions", "ResourceArn", &[]),
        },
    ),
];
