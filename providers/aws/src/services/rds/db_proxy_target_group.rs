//! Target groups of RDS proxies with their connection pool and what they are connected to.

use driftline_api::{
    Argument, Arn, Calls, Cause, Child, Descriptor, Exclude, Form, Identity, Naming, Omit, Reads, Rule, Source,
    Terraform, Under, When, Write,
};
use serde_json::{Value, json};

use super::proxies::proxies;
use super::tagged::tags;
use super::tags;
use crate::reader::text;
use crate::{Detail, Draft, Existence, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "rds/db_proxy_target_group",
        about: "Target groups of RDS proxies with their targets. Of a cluster's targets only the cluster is told, since \
                its instances come and go with it.",
        reads: Reads::EachRegion,
        identity: Identity::Join(&["/DBProxyName", "/TargetGroupName"]),
        arn: Arn::Field("/TargetGroupArn"),
        label: None,
        called: None,
        created: None,
        actions: &[
            "rds:DescribeDBProxies",
            "rds:DescribeDBProxyTargetGroups",
            "rds:DescribeDBProxyTargets",
            "rds:ListTagsForResource",
        ],
        sources: &[
            Source { operation: "rds:DescribeDBProxyTargetGroups", member: "/TargetGroups/*", at: "" },
            Source { operation: "rds:DescribeDBProxyTargets", member: "/Targets", at: "/Targets" },
            Source { operation: "rds:ListTagsForResource", member: "/TagList", at: "/TagList" },
        ],
        calls: &[
            Calls::list("rds:DescribeDBProxies", 100).of("rds/db_proxy").shared(),
            Calls::each("rds:DescribeDBProxyTargetGroups", 1.0).of("rds/db_proxy"),
            Calls::each("rds:DescribeDBProxyTargets", 1.0),
            Calls::each("rds:ListTagsForResource", 1.0),
        ],
        writes: &[
            // Comes and goes with its proxy. Renamed, it or its proxy, it is another. Calls name it by its proxy.
            Write::creates(&["rds:CreateDBProxy", "rds:ModifyDBProxy", "rds:ModifyDBProxyTargetGroup"]),
            Write::removes(&["rds:DeleteDBProxy", "rds:ModifyDBProxy", "rds:ModifyDBProxyTargetGroup"]),
            Write::changes(&["/ConnectionPoolConfig"], &["rds:ModifyDBProxyTargetGroup"]),
            Write::changes(&["/Targets"], &["rds:RegisterDBProxyTargets", "rds:DeregisterDBProxyTargets"]),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Parent, Naming::Arn],
        rules: &[
            Rule::Volatile { path: "/Status", why: "tells how RDS is getting on" },
            Rule::Volatile { path: "/UpdatedDate", why: "follows every other change" },
            Rule::Volatile { path: "/Targets/*/TargetHealth", why: "tells how the target is doing" },
            Rule::Volatile { path: "/Targets/*/Role", why: "changes with a failover" },
            Rule::Set { path: "/Targets", key: &["Type", "RdsResourceId"] },
            Rule::Set { path: "/ConnectionPoolConfig/SessionPinningFilters", key: &[] },
            Rule::Tags { path: "/TagList" },
            Rule::Reference { path: "/DBProxyName", kind: "rds/db_proxy" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[Exclude {
        when: &[When::IsNot("/IsDefault", "true")],
        why: "is not the default one of its proxy, and Terraform knows no other",
    }],
    forms: &[Form {
        resource: "aws_db_proxy_default_target_group",
        when: &[],
        import: "{/DBProxyName}",
        handles: &[("{arn}", "arn")],
        arguments: &[
            Argument::value("db_proxy_name", "/DBProxyName"),
            Argument::Blocks {
                name: "connection_pool_config",
                path: "/ConnectionPoolConfig",
                arguments: &[
                    Argument::unless("120", "connection_borrow_timeout", "./ConnectionBorrowTimeout"),
                    // AWS tells it, but it may hold a password, and so it is sealed.
                    Argument::Initial { arguments: &[Argument::value("init_query", "./InitQuery")] },
                    Argument::unless("100", "max_connections_percent", "./MaxConnectionsPercent"),
                    Argument::unless("50", "max_idle_connections_percent", "./MaxIdleConnectionsPercent"),
                    Argument::value("session_pinning_filters", "./SessionPinningFilters"),
                ],
            },
        ],
    }],
    children: &[
        Child {
            resource: "aws_db_proxy_target",
            each: "/Targets/*",
            when: &[When::Is("./Type", "\"RDS_INSTANCE\"")],
            import: "{id}/RDS_INSTANCE/{./RdsResourceId}",
            key: "{./RdsResourceId}",
            arguments: &[
                Argument::parent("db_proxy_name", "db_proxy_name"),
                Argument::parent("target_group_name", "name"),
                Argument::Reference {
                    name: "db_instance_identifier",
                    kind: "rds/db_instance",
                    pattern: "{./RdsResourceId}",
                },
            ],
        },
        Child {
            resource: "aws_db_proxy_target",
            each: "/Targets/*",
            when: &[When::Is("./Type", "\"TRACKED_CLUSTER\"")],
            import: "{id}/TRACKED_CLUSTER/{./RdsResourceId}",
            key: "cluster-{./RdsResourceId}",
            arguments: &[
                Argument::parent("db_proxy_name", "db_proxy_name"),
                Argument::parent("target_group_name", "name"),
                Argument::Reference {
                    name: "db_cluster_identifier",
                    kind: "rds/db_cluster",
                    pattern: "{./RdsResourceId}",
                },
            ],
        },
    ],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/TargetGroupArn", "/TargetGroupName", "/CreatedDate"]),
        Omit::quiet(
            "follows from the target",
            &["/Targets/*/Endpoint", "/Targets/*/Port", "/Targets/*/TargetArn", "/Targets/*/TrackedClusterId"],
        ),
    ],
};

/// What a call says about a proxy that went away meanwhile.
const GONE: &[&str] = &["DBProxyNotFoundFault", "DBProxyTargetGroupNotFoundFault"];

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let proxies = proxies(reader).await?;
    reader.for_each_of(proxies.iter(), |proxy| Box::pin(read_proxy(reader, proxy))).await;
    Ok(())
}

async fn read_proxy(reader: &Reader<'_>, proxy: Value) {
    let name = text(&proxy, "/DBProxyName");
    if !reader.wants_children(name) {
        return;
    }
    let params = json!({"DBProxyName": name, "MaxRecords": 100});
    match reader.items("rds:DescribeDBProxyTargetGroups", params, "/TargetGroups").await {
        Ok(groups) => reader.for_each_of(groups, |group| Box::pin(read_group(reader, group))).await,
        Err(cause) if GONE.contains(&cause.code.as_str()) => {}
        Err(cause) => reader.gap(Under::Parent(name.to_owned()), cause),
    }
}

async fn read_group(reader: &Reader<'_>, group: Value) {
    let mut draft = Draft::new(group);
    let (proxy, name) = (draft.text("/DBProxyName"), draft.text("/TargetGroupName"));
    if !reader.wants(None, &format!("{proxy}/{name}")) {
        return;
    }
    let targets = Detail {
        operation: "rds:DescribeDBProxyTargets",
        params: json!({"DBProxyName": proxy, "TargetGroupName": name, "MaxRecords": 100}),
        member: "/Targets",
        at: "/Targets",
        absent: &[],
    };
    // An endpoint that tags no target groups calls their ARNs invalid.
    let tags = Detail { absent: &["InvalidParameterValue"], ..tags(draft.text("/TargetGroupArn")) };
    let details = vec![targets, tags];
    if reader.details(&mut draft, GONE, details).await != Existence::Present {
        return;
    }
    if let Some(Value::Array(mut targets)) = draft.remove("Targets") {
        targets.retain(|target| !comes_with_its_cluster(target));
        draft.set("/Targets", Value::Array(targets));
    }
    reader.emit(draft);
}

fn comes_with_its_cluster(target: &Value) -> bool {
    text(target, "/Type") == "RDS_INSTANCE" && !text(target, "/TrackedClusterId").is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_cluster_and_its_instances_only_the_cluster_stays() {
        for (target, expected) in [
            (json!({"Type": "TRACKED_CLUSTER", "RdsResourceId": "orders"}), false),
            (json!({"Type": "RDS_INSTANCE", "RdsResourceId": "orders-1", "TrackedClusterId": "orders"}), true),
            (json!({"Type": "RDS_INSTANCE", "RdsResourceId": "single"}), false),
        ] {
            assert_eq!(comes_with_its_cluster(&target), expected, "{target}");
        }
    }
}
