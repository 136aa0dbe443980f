//! Target groups with the targets registered in them.

mod terraform;

use driftline_api::{Arn, Calls, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Write};
use serde_json::{Value, json};

use super::lists::PAGE;
use super::tags;
use crate::reader::{take_items, text};
use crate::{Batch, Detail, Draft, Existence, Items, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "elbv2/target_group",
        about: "Target groups with their attributes and registered targets, whatever their health. Targets that Auto \
                Scaling or ECS registers come and go by themselves: ignore them where they are no drift to you.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/TargetGroupName"),
        arn: Arn::Field("/TargetGroupArn"),
        label: None,
        called: None,
        created: None,
        actions: &[
            "elasticloadbalancing:DescribeTags",
            "elasticloadbalancing:DescribeTargetGroupAttributes",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:DescribeTargetHealth",
        ],
        sources: &[
            Source { operation: "elbv2:DescribeTargetGroups", member: "/TargetGroups/*", at: "" },
            Source { operation: "elbv2:DescribeTargetGroupAttributes", member: "/Attributes", at: "/Attributes" },
            Source {
                operation: "elbv2:DescribeTargetHealth",
                member: "/TargetHealthDescriptions",
                at: "/TargetHealthDescriptions",
            },
            tags::SOURCE,
        ],
        calls: &[
            Calls::list("elbv2:DescribeTargetGroups", 400),
            Calls::batches("elbv2:DescribeTags", 20),
            Calls::each("elbv2:DescribeTargetGroupAttributes", 1.0),
            Calls::each("elbv2:DescribeTargetHealth", 1.0),
        ],
        writes: &[
            Write::creates(&["elasticloadbalancing:CreateTargetGroup"]),
            Write::removes(&["elasticloadbalancing:DeleteTargetGroup"]),
            Write::changes(
                &[
                    "/HealthCheckEnabled",
                    "/HealthCheckIntervalSeconds",
                    "/HealthCheckPath",
                    "/HealthCheckPort",
                    "/HealthCheckProtocol",
                    "/HealthCheckTimeoutSeconds",
                    "/HealthyThresholdCount",
                    "/Matcher",
                    "/UnhealthyThresholdCount",
                ],
                &["elasticloadbalancing:ModifyTargetGroup"],
            ),
            Write::changes(&["/Attributes"], &["elasticloadbalancing:ModifyTargetGroupAttributes"]),
            // Terminating an instance takes it out of its groups.
            Write::changes(
                &["/TargetHealthDescriptions"],
                &[
                    "elasticloadbalancing:RegisterTargets",
                    "elasticloadbalancing:DeregisterTargets",
                    "autoscaling:AttachLoadBalancerTargetGroups",
                    "autoscaling:DetachLoadBalancerTargetGroups",
                    "autoscaling:AttachTrafficSources",
                    "autoscaling:DetachTrafficSources",
                    "ec2:TerminateInstances",
                ],
            ),
            tags::WRITE,
        ],
        terraform: Some(&terraform::TERRAFORM),
        names: &[Naming::Arn, Naming::Id],
        rules: &[
            Rule::Volatile {
                path: "/LoadBalancerArns",
                why: "follows from the listeners and rules that point at the group",
            },
            Rule::Volatile {
                path: "/TargetHealthDescriptions/*/AdministrativeOverride",
                why: "follows from zonal shifts",
            },
            Rule::Volatile { path: "/TargetHealthDescriptions/*/AnomalyDetection", why: "is what traffic looks like" },
            Rule::Volatile { path: "/TargetHealthDescriptions/*/HealthCheckPort", why: "follows from the group's own" },
            Rule::Volatile { path: "/TargetHealthDescriptions/*/TargetHealth", why: "is the result of health checks" },
            Rule::Set { path: "/Attributes", key: &["Key"] },
            Rule::Set { path: "/TargetHealthDescriptions", key: &["Target/Id", "Target/Port"] },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/VpcId", kind: "ec2/vpc" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TAGS: Batch = tags::by(|draft| draft.text("/TargetGroupArn"));

const GONE: &str = "TargetGroupNotFound";

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("elbv2:DescribeTargetGroups", json!({"PageSize": PAGE}))?;
    while let Some(page) = pages.next().await? {
        let groups = take_items(page, "/TargetGroups").into_iter();
        let wanted: Items = groups.filter(|group| reader.wants(None, text(group, "/TargetGroupName"))).collect();
        let drafts = wanted.into_iter().map(Draft::new);
        reader.for_each_batched(&TAGS, drafts, |draft| Box::pin(read(reader, draft))).await;
    }
    Ok(())
}

async fn read(reader: &Reader<'_>, mut draft: Draft) {
    let params = json!({"TargetGroupArn": draft.text("/TargetGroupArn")});
    let details = vec![
        Detail {
            operation: "elbv2:DescribeTargetGroupAttributes",
            params: params.clone(),
            member: "/Attributes",
            at: "/Attributes",
            absent: &[],
        },
        Detail {
            operation: "elbv2:DescribeTargetHealth",
            params,
            member: "/TargetHealthDescriptions",
            at: "/TargetHealthDescriptions",
            absent: &[],
        },
    ];
    if reader.details(&mut draft, &[GONE], details).await != Existence::Present {
        return;
    }
    if let Some(Value::Array(mut targets)) = draft.remove("TargetHealthDescriptions") {
        // Somebody has deregistered it; AWS lets its connections end before it disappears.
        targets.retain(|target| text(target, "/TargetHealth/State") != "draining");
        draft.set("/TargetHealthDescriptions", Value::Array(targets));
    }
    reader.emit(draft);
}
