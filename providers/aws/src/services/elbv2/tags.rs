//! Tags, which one call answers for twenty resources.

use driftline_api::{Source, Write};

use crate::{Batch, Draft};

pub(super) const SOURCE: Source =
    Source { operation: "elbv2:DescribeTags", member: "/TagDescriptions/*/Tags", at: "/Tags" };

pub(super) const WRITE: Write = Write::changes(
    &["/tags"],
    &[
        "elasticloadbalancing:AddTags",
        "elasticloadbalancing:RemoveTags",
        "tagging:TagResources",
        "tagging:UntagResources",
    ],
);

/// `DescribeTags` for resources known by the ARN that `name` finds.
pub(super) const fn by(name: fn(&Draft) -> &str) -> Batch {
    Batch {
        operation: "elbv2:DescribeTags",
        size: 20,
        parameter: "ResourceArns",
        name,
        fixed: &[],
        list: "/TagDescriptions",
        known_by: "/ResourceArn",
        member: "/Tags",
        at: "/Tags",
        gone: &[
            "ListenerNotFound",
            "LoadBalancerNotFound",
            "RuleNotFound",
            "TargetGroupNotFound",
            "TrustStoreNotFound",
        ],
        alone: None,
    }
}
