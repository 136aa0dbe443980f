//! Health checks.

use driftline_api::{Arn, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Write};
use serde_json::json;

use super::zones;
use crate::reader::{take_items, text};
use crate::{Batch, Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "route53/health_check",
        about: "Health checks of all types. Those that another service (Cloud Map) makes for its instances are left \
                out.",
        reads: Reads::Global,
        identity: Identity::Field("/Id"),
        arn: Arn::Pattern("arn:{partition}:route53:::healthcheck/{id}"),
        label: Some("/tags/Name"),
        called: None,
        actions: &["route53:ListHealthChecks", "route53:ListTagsForResource", "route53:ListTagsForResources"],
        sources: &[
            Source { operation: "route53:ListHealthChecks", member: "/HealthChecks/*", at: "" },
            Source { operation: "route53:ListTagsForResources", member: "/ResourceTagSets/*/Tags", at: "/Tags" },
        ],
        writes: &[
            Write::creates(&["route53:CreateHealthCheck"]),
            Write::removes(&["route53:DeleteHealthCheck"]),
            Write::changes(&["/CloudWatchAlarmConfiguration", "/HealthCheckConfig"], &["route53:UpdateHealthCheck"]),
            Write::changes(
                &["/tags"],
                &["route53:ChangeTagsForResource", "tagging:TagResources", "tagging:UntagResources"],
            ),
        ],
        terraform: None,
        names: &[Naming::Id, Naming::Arn],
        rules: &[
            Rule::Volatile { path: "/HealthCheckVersion", why: "counts the changes, which are shown themselves" },
            Rule::Set { path: "/CloudWatchAlarmConfiguration/Dimensions", key: &["Name"] },
            Rule::Set { path: "/HealthCheckConfig/ChildHealthChecks", key: &[] },
            Rule::Set { path: "/HealthCheckConfig/Regions", key: &[] },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/HealthCheckConfig/ChildHealthChecks/*", kind: "route53/health_check" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TAGS: Batch = Batch {
    operation: "route53:ListTagsForResources",
    size: 10,
    parameter: "ResourceIds",
    name: |draft| draft.text("/Id"),
    fixed: &[("ResourceType", "healthcheck")],
    list: "/ResourceTagSets",
    known_by: "/ResourceId",
    member: "/Tags",
    at: "/Tags",
    gone: &["NoSuchHealthCheck"],
    alone: Some(zones::TAGS_ALONE),
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("route53:ListHealthChecks", json!({"MaxItems": "1000"}))?;
    while let Some(page) = pages.next().await? {
        let checks = take_items(page, "/HealthChecks").into_iter();
        let wanted = checks
            .filter(|check| reader.include_aws_managed() || !zones::is_linked(check))
            .filter(|check| reader.wants(None, text(check, "/Id")));
        let emit = |draft| Box::pin(async move { reader.emit(draft) }) as _;
        reader.for_each_batched(&TAGS, wanted.map(Draft::new).collect(), emit).await;
    }
    Ok(())
}
