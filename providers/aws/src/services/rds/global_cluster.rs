//! Aurora global databases. They lie in no region, and it is not documented which regions' endpoints know them, so all
//! are asked and each is told once.

use std::collections::BTreeMap;

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Exclude, Form, Identity, Naming, Omit, Reads, Rule, Source, Status,
    Terraform, Under, When, Write,
};
use futures_util::future::join_all;
use serde_json::json;

use super::{engines, tags};
use crate::reader::text;
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "rds/global_cluster",
        about: "Aurora global databases with their member clusters; all regions that are read are asked for them.",
        reads: Reads::Everywhere,
        identity: Identity::Field("/GlobalClusterIdentifier"),
        arn: Arn::Field("/GlobalClusterArn"),
        label: None,
        called: None,
        created: None,
        actions: &["rds:DescribeGlobalClusters"],
        sources: &[Source { operation: "rds:DescribeGlobalClusters", member: "/GlobalClusters/*", at: "" }],
        calls: &[Calls::everywhere("rds:DescribeGlobalClusters")],
        writes: &[
            // Renamed, it is another resource.
            Write::creates(&["rds:CreateGlobalCluster", "rds:ModifyGlobalCluster"]),
            Write::removes(&["rds:DeleteGlobalCluster", "rds:ModifyGlobalCluster"]),
            Write::changes(&["/DeletionProtection", "/EngineVersion"], &["rds:ModifyGlobalCluster"]),
            Write::changes(
                &["/Endpoint", "/GlobalClusterMembers"],
                &[
                    "rds:CreateDBCluster",
                    "rds:RestoreDBClusterFromSnapshot",
                    "rds:DeleteDBCluster",
                    "rds:RemoveFromGlobalCluster",
                    "rds:FailoverGlobalCluster",
                    "rds:SwitchoverGlobalCluster",
                ],
            ),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id, Naming::Arn],
        rules: &[
            Rule::Volatile { path: "/Status", why: "tells how RDS is getting on" },
            Rule::Volatile { path: "/FailoverState", why: "tells how far a failover has got" },
            Rule::Set { path: "/GlobalClusterMembers", key: &["DBClusterArn"] },
            Rule::Volatile { path: "/GlobalClusterMembers/*/Readers", why: "repeats the other members" },
            Rule::Volatile {
                path: "/GlobalClusterMembers/*/SynchronizationStatus",
                why: "tells how replication is doing",
            },
            Rule::Volatile {
                path: "/GlobalClusterMembers/*/GlobalWriteForwardingStatus",
                why: "follows `GlobalWriteForwardingRequested` of the cluster",
            },
            Rule::Tags { path: "/TagList" },
            Rule::Reference { path: "/GlobalClusterMembers/*/DBClusterArn", kind: "rds/db_cluster" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[
        engines::NEPTUNE,
        engines::DOCUMENT_DB,
        // It is not documented that other regions know it, and one that Terraform does not find fails the whole folder.
        Exclude {
            when: &[When::Unless(&[When::Begins("/GlobalClusterMembers/*/DBClusterArn", "arn:aws:rds:us-east-1:")])],
            why: "has no cluster in us-east-1, where Terraform looks for what is global",
        },
    ],
    forms: &[Form {
        resource: "aws_rds_global_cluster",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "id"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("global_cluster_identifier", "/GlobalClusterIdentifier"),
            Argument::value("engine", "/Engine"),
            Argument::value("engine_version", "/EngineVersion"),
            Argument::value("engine_lifecycle_support", "/EngineLifecycleSupport"),
            Argument::value("database_name", "/DatabaseName"),
            Argument::value("storage_encrypted", "/StorageEncrypted"),
            Argument::unless("false", "deletion_protection", "/DeletionProtection"),
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/GlobalClusterArn", "/GlobalClusterResourceId", "/Endpoint"]),
        Omit::quiet("stands at the clusters", &["/GlobalClusterMembers"]),
        Omit::quiet("follows from the keys of its clusters", &["/StorageEncryptionType"]),
    ],
};

const LIST: &str = "rds:DescribeGlobalClusters";

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let params = json!({"MaxRecords": 100});
    let lists = reader.regions().iter().map(|region| reader.items_in(region, LIST, params.clone(), "/GlobalClusters"));
    let mut found = BTreeMap::new();
    let mut failures = Vec::new();
    let mut answered = false;
    for answer in join_all(lists).await {
        match answer {
            Ok(clusters) => {
                answered = true;
                // The first region's answer counts: regions are sorted, so it is the same one each time.
                for cluster in clusters {
                    found.entry(text(&cluster, "/GlobalClusterArn").to_owned()).or_insert(cluster);
                }
            }
            Err(cause) if is_without_global_clusters(&cause) => answered = true,
            Err(cause) => failures.push(cause),
        }
    }
    if !answered && let Some(cause) = failures.pop() {
        return Err(cause);
    }
    for cluster in found.into_values() {
        reader.emit(Draft::new(cluster));
    }
    // Whether those regions know of more is not known.
    for cause in failures.into_iter().filter(|cause| cause.status != Status::Unsupported) {
        reader.gap(Under::Kind, cause);
    }
    Ok(())
}

/// Regions without global databases answer `Access Denied to API Version: APIGlobalDatabases`
/// (hashicorp/terraform-provider-aws#13163).
fn is_without_global_clusters(cause: &Cause) -> bool {
    cause.code == "InvalidParameterValue" && cause.message.contains("APIGlobalDatabases")
}
