//! Health checks.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, When, Write,
};
use serde_json::json;

use super::zones;
use crate::reader::{take_items, text};
use crate::{Batch, Draft, Items, Kind, Reader};

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
        created: None,
        actions: &["route53:ListHealthChecks", "route53:ListTagsForResource", "route53:ListTagsForResources"],
        sources: &[
            Source { operation: "route53:ListHealthChecks", member: "/HealthChecks/*", at: "" },
            Source { operation: "route53:ListTagsForResources", member: "/ResourceTagSets/*/Tags", at: "/Tags" },
        ],
        calls: &[Calls::list("route53:ListHealthChecks", 1000), Calls::batches("route53:ListTagsForResources", 10)],
        writes: &[
            Write::creates(&["route53:CreateHealthCheck"]),
            Write::removes(&["route53:DeleteHealthCheck"]),
            Write::changes(&["/CloudWatchAlarmConfiguration", "/HealthCheckConfig"], &["route53:UpdateHealthCheck"]),
            Write::changes(
                &["/tags"],
                &["route53:ChangeTagsForResource", "tagging:TagResources", "tagging:UntagResources"],
            ),
        ],
        terraform: Some(&TERRAFORM),
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

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_route53_health_check",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "id"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("type", "/HealthCheckConfig/Type"),
            Argument::value("fqdn", "/HealthCheckConfig/FullyQualifiedDomainName"),
            Argument::value("ip_address", "/HealthCheckConfig/IPAddress"),
            Argument::value("port", "/HealthCheckConfig/Port"),
            Argument::value("resource_path", "/HealthCheckConfig/ResourcePath"),
            Argument::value("search_string", "/HealthCheckConfig/SearchString"),
            Argument::value("request_interval", "/HealthCheckConfig/RequestInterval"),
            Argument::value("failure_threshold", "/HealthCheckConfig/FailureThreshold"),
            Argument::Where {
                when: &[When::Begins("/HealthCheckConfig/Type", "HTTPS")],
                arguments: &[Argument::value("enable_sni", "/HealthCheckConfig/EnableSNI")],
            },
            Argument::unless("false", "measure_latency", "/HealthCheckConfig/MeasureLatency"),
            Argument::unless("false", "invert_healthcheck", "/HealthCheckConfig/Inverted"),
            Argument::unless("false", "disabled", "/HealthCheckConfig/Disabled"),
            Argument::value("regions", "/HealthCheckConfig/Regions/*"),
            Argument::value("child_health_threshold", "/HealthCheckConfig/HealthThreshold"),
            Argument::value("child_healthchecks", "/HealthCheckConfig/ChildHealthChecks/*"),
            Argument::value("cloudwatch_alarm_name", "/HealthCheckConfig/AlarmIdentifier/Name"),
            Argument::value("cloudwatch_alarm_region", "/HealthCheckConfig/AlarmIdentifier/Region"),
            Argument::value("insufficient_data_health_status", "/HealthCheckConfig/InsufficientDataHealthStatus"),
            Argument::value("routing_control_arn", "/HealthCheckConfig/RoutingControlArn"),
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/Id"]),
        Omit::quiet("is for the call that makes it", &["/CallerReference"]),
        Omit::quiet("is what the alarm says", &["/CloudWatchAlarmConfiguration"]),
    ],
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
        reader.for_each_batched(&TAGS, wanted.collect::<Items>().into_iter().map(Draft::new), emit).await;
    }
    Ok(())
}
