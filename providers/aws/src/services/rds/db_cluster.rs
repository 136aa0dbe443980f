//! DB clusters: Aurora, Multi-AZ clusters, and Neptune's and DocumentDB's, which answer through the same API.

mod terraform;

use driftline_api::{Arn, Calls, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Write};
use serde_json::json;

use super::settled::settle_status;
use super::tags;
use crate::reader::take_items;
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "rds/db_cluster",
        about: "DB clusters. Of their status only `stopped` is told. Their instances are kinds of their own.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/DBClusterIdentifier"),
        arn: Arn::Field("/DBClusterArn"),
        label: None,
        called: None,
        created: None,
        actions: &["rds:DescribeDBClusters"],
        sources: &[Source { operation: "rds:DescribeDBClusters", member: "/DBClusters/*", at: "" }],
        calls: &[Calls::list("rds:DescribeDBClusters", 100)],
        writes: &[
            // Renamed, or renamed by a switchover between blue and green, it is another resource.
            Write::creates(&[
                "rds:CreateDBCluster",
                "rds:RestoreDBClusterFromS3",
                "rds:RestoreDBClusterFromSnapshot",
                "rds:RestoreDBClusterToPointInTime",
                "rds:CreateBlueGreenDeployment",
                "rds:ModifyDBCluster",
                "rds:SwitchoverBlueGreenDeployment",
            ]),
            Write::removes(&[
                "rds:DeleteDBCluster",
                "rds:DeleteBlueGreenDeployment",
                "rds:ModifyDBCluster",
                "rds:SwitchoverBlueGreenDeployment",
            ]),
            // After a switchover, the green cluster has the blue one's name.
            Write::changes(&[""], &["rds:SwitchoverBlueGreenDeployment"]),
            Write::changes(
                &[
                    "/AllocatedStorage",
                    "/AutoMinorVersionUpgrade",
                    "/AwsBackupRecoveryPointArn",
                    "/BacktrackWindow",
                    "/BackupRetentionPeriod",
                    "/CertificateDetails",
                    "/CopyTagsToSnapshot",
                    "/DBClusterInstanceClass",
                    "/DBClusterOptionGroupMemberships",
                    "/DBClusterParameterGroup",
                    "/DatabaseInsightsMode",
                    "/DeletionProtection",
                    "/DomainMemberships",
                    "/EnabledCloudwatchLogsExports",
                    "/Endpoint",
                    "/EngineLifecycleSupport",
                    "/EngineMode",
                    "/EngineVersion",
                    "/GlobalWriteForwardingRequested",
                    "/HttpEndpointEnabled",
                    "/IAMDatabaseAuthenticationEnabled",
                    "/Iops",
                    "/LimitlessDatabase",
                    "/LocalWriteForwardingStatus",
                    "/MasterUserSecret",
                    "/MonitoringInterval",
                    "/MonitoringRoleArn",
                    "/NetworkType",
                    "/PendingModifiedValues",
                    "/PerformanceInsightsEnabled",
                    "/PerformanceInsightsKMSKeyId",
                    "/PerformanceInsightsRetentionPeriod",
                    "/Port",
                    "/PreferredBackupWindow",
                    "/PreferredMaintenanceWindow",
                    "/ReaderEndpoint",
                    "/ScalingConfigurationInfo",
                    "/ServerlessV2ScalingConfiguration",
                    "/StorageThroughput",
                    "/StorageType",
                    "/VpcSecurityGroups",
                ],
                &["rds:ModifyDBCluster"],
            ),
            Write::changes(&["/Status"], &["rds:StartDBCluster", "rds:StopDBCluster"]),
            Write::changes(&["/HttpEndpointEnabled"], &["rds:EnableHttpEndpoint", "rds:DisableHttpEndpoint"]),
            Write::changes(
                &["/CertificateDetails", "/EngineVersion", "/PendingModifiedValues"],
                &["rds:ApplyPendingMaintenanceAction", "rds:RebootDBCluster"],
            ),
            Write::changes(&["/EngineVersion"], &["rds:ModifyGlobalCluster"]),
            Write::changes(
                &["/GlobalClusterIdentifier", "/GlobalWriteForwardingRequested", "/ReplicationSourceIdentifier"],
                &[
                    "rds:PromoteReadReplicaDBCluster",
                    "rds:CreateGlobalCluster",
                    "rds:ModifyGlobalCluster",
                    "rds:DeleteGlobalCluster",
                    "rds:RemoveFromGlobalCluster",
                    "rds:FailoverGlobalCluster",
                    "rds:SwitchoverGlobalCluster",
                ],
            ),
            Write::changes(&["/AssociatedRoles"], &["rds:AddRoleToDBCluster", "rds:RemoveRoleFromDBCluster"]),
            Write::changes(&["/CustomEndpoints"], &["rds:CreateDBClusterEndpoint", "rds:DeleteDBClusterEndpoint"]),
            Write::changes(&["/LimitlessDatabase"], &["rds:CreateDBShardGroup", "rds:DeleteDBShardGroup"]),
            Write::changes(
                &[
                    "/ActivityStreamKinesisStreamName",
                    "/ActivityStreamKmsKeyId",
                    "/ActivityStreamMode",
                    "/ActivityStreamStatus",
                ],
                &["rds:StartActivityStream", "rds:ModifyActivityStream", "rds:StopActivityStream"],
            ),
            tags::WRITE,
        ],
        terraform: Some(&terraform::TERRAFORM),
        names: &[Naming::Id, Naming::Arn],
        rules: &[
            Rule::Default {
                path: "/Status",
                value: r#""available""#,
                why: "is what a cluster is unless somebody stopped it; what else goes on changes by itself",
            },
            Rule::Default { path: "/PendingModifiedValues", value: "{}", why: "is there without anything pending" },
            Rule::Volatile { path: "/EarliestRestorableTime", why: "moves on by itself" },
            Rule::Volatile { path: "/LatestRestorableTime", why: "moves on by itself" },
            Rule::Volatile { path: "/EarliestBacktrackTime", why: "moves on by itself" },
            Rule::Volatile { path: "/BacktrackConsumedChangeRecords", why: "counts" },
            Rule::Volatile { path: "/AutomaticRestartTime", why: "follows from when it was stopped" },
            Rule::Volatile { path: "/PercentProgress", why: PROGRESS },
            Rule::Volatile { path: "/StatusInfos", why: "tells how replication is doing" },
            Rule::Volatile { path: "/Capacity", why: "is what Aurora Serverless has scaled to" },
            Rule::Volatile { path: "/ServerlessV2PlatformVersion", why: "is upgraded by AWS" },
            Rule::Volatile { path: "/LimitlessDatabase/MinRequiredACU", why: "follows from the load" },
            Rule::Volatile {
                path: "/IOOptimizedNextAllowedModificationTime",
                why: "follows from when `StorageType` was changed",
            },
            Rule::Volatile {
                path: "/DBClusterMembers",
                why: "repeats what the instances say of themselves, and which of them writes changes with a failover",
            },
            Rule::Volatile { path: "/MultiAZ", why: "follows from where the instances lie" },
            Rule::Volatile { path: "/ReadReplicaIdentifiers", why: "repeats what the replicas say of their source" },
            Rule::Volatile { path: "/GlobalWriteForwardingStatus", why: "follows `GlobalWriteForwardingRequested`" },
            Rule::Volatile { path: "/DBClusterOptionGroupMemberships/*/Status", why: PROGRESS },
            Rule::Volatile { path: "/VpcSecurityGroups/*/Status", why: PROGRESS },
            Rule::Volatile { path: "/AssociatedRoles/*/Status", why: PROGRESS },
            Rule::Volatile { path: "/DomainMemberships/*/Status", why: PROGRESS },
            Rule::Volatile { path: "/MasterUserSecret/SecretStatus", why: "changes when the secret is rotated" },
            Rule::Volatile { path: "/CertificateDetails/ValidTill", why: RENEWED },
            Rule::Volatile { path: "/PendingModifiedValues/CertificateDetails/ValidTill", why: RENEWED },
            Rule::Set { path: "/AvailabilityZones", key: &[] },
            Rule::Set { path: "/CustomEndpoints", key: &[] },
            Rule::Set { path: "/DBClusterOptionGroupMemberships", key: &["DBClusterOptionGroupName"] },
            Rule::Set { path: "/VpcSecurityGroups", key: &["VpcSecurityGroupId"] },
            Rule::Set { path: "/AssociatedRoles", key: &["FeatureName", "RoleArn"] },
            Rule::Set { path: "/EnabledCloudwatchLogsExports", key: &[] },
            Rule::Set { path: "/DomainMemberships", key: &["Domain"] },
            Rule::Set { path: "/DomainMemberships/*/DnsIps", key: &[] },
            Rule::Set { path: "/PendingModifiedValues/PendingCloudwatchLogsExports/LogTypesToEnable", key: &[] },
            Rule::Set { path: "/PendingModifiedValues/PendingCloudwatchLogsExports/LogTypesToDisable", key: &[] },
            Rule::Tags { path: "/TagList" },
            Rule::Reference { path: "/DBSubnetGroup", kind: "rds/db_subnet_group" },
            Rule::Reference { path: "/DBClusterParameterGroup", kind: "rds/db_cluster_parameter_group" },
            Rule::Reference { path: "/VpcSecurityGroups/*/VpcSecurityGroupId", kind: "ec2/security_group" },
            Rule::Reference { path: "/GlobalClusterIdentifier", kind: "rds/global_cluster" },
            Rule::Reference { path: "/ReplicationSourceIdentifier", kind: "rds/db_cluster" },
            Rule::Reference { path: "/AssociatedRoles/*/RoleArn", kind: "iam/role" },
            Rule::Reference { path: "/MonitoringRoleArn", kind: "iam/role" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

const PROGRESS: &str = "tells how far RDS has got";
const RENEWED: &str = "moves on whenever AWS renews the certificate";

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("rds:DescribeDBClusters", json!({"MaxRecords": 100}))?;
    while let Some(page) = pages.next().await? {
        for cluster in take_items(page, "/DBClusters") {
            let mut draft = Draft::new(cluster);
            settle_status(&mut draft, "Status");
            reader.emit(draft);
        }
    }
    Ok(())
}
