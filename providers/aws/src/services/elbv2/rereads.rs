//! What is read again after a write to Elastic Load Balancing: both generations record under one name.

use driftline_api::Rereads;

pub(in crate::services) static REREADS: Rereads = Rereads {
    source: "elasticloadbalancing",
    services: &["elb", "elbv2"],
    alone: &[
        ("elb/load_balancer", &["*"]),
        ("elbv2/listener", &["*"]),
        ("elbv2/load_balancer", &["*"]),
        ("elbv2/rule", &["*"]),
        ("elbv2/target_group", &["*"]),
    ],
    naming: &["AddTags", "RemoveTags"],
    along: &[(
        &["DeleteSharedTrustStoreAssociation"],
        &["elbv2/listener", "elbv2/trust_store"],
        "a listener loses its trust store",
    )],
    everywhere: &[],
    nothing: &[],
};
