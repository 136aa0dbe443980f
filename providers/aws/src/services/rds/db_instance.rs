//! DB instances. Also those of Aurora, Neptune and DocumentDB clusters, which answer through the same API.

mod terraform;

use driftline_api::{Arn, Calls, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Write};
use serde_json::json;

use super::settled::{settle_status, settle_zones};
use super::tags;
use crate::reader::take_items;
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "rds/db_instance",
        about: "DB instances, cluster members included. Of their status only `stopped` is told; the two zones of a \
                Multi-AZ instance, which a failover swaps, are told in alphabetical order.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/DBInstanceIdentifier"),
        arn: Arn::Field("/DBInstanceArn"),
        label: None,
        called: None,
        created: None,
        actions: &["rds:DescribeDBInstances"],
        sources: &[Source { operation: "rds:DescribeDBInstances", member: "/DBInstances/*", at: "" }],
        calls: &[Calls::list("rds:DescribeDBInstances", 100)],
        writes: &[
            // Renamed, or renamed by a switchover between blue and green, it is another resource.
            Write::creates(&[
                "rds:CreateDBInstance",
                "rds:CreateDBInstanceReadReplica",
                "rds:RestoreDBInstanceFromDBSnapshot",
                "rds:RestoreDBInstanceFromS3",
                "rds:RestoreDBInstanceToPointInTime",
                "rds:CreateBlueGreenDeployment",
                "rds:ModifyDBInstance",
                "rds:SwitchoverBlueGreenDeployment",
            ]),
            Write::removes(&[
                "rds:DeleteDBInstance",
                "rds:DeleteBlueGreenDeployment",
                "rds:ModifyDBInstance",
                "rds:SwitchoverBlueGreenDeployment",
            ]),
            // After a switchover, the green database has the blue one's name.
            Write::changes(&[""], &["rds:SwitchoverBlueGreenDeployment"]),
            Write::changes(
                &[
                    "/AdditionalStorageVolumes",
                    "/AllocatedStorage",
                    "/AutoMinorVersionUpgrade",
                    "/AutomationMode",
                    "/AvailabilityZone",
                    "/AwsBackupRecoveryPointArn",
                    "/BackupRetentionPeriod",
                    "/CACertificateIdentifier",
                    "/CopyTagsToSnapshot",
                    "/CustomerOwnedIpEnabled",
                    "/DBInstanceClass",
                    "/DBParameterGroups",
                    "/DBSecurityGroups",
                    "/DBSubnetGroup",
                    "/DatabaseInsightsMode",
                    "/DbInstancePort",
                    "/DedicatedLogVolume",
                    "/DeletionProtection",
                    "/DomainMemberships",
                    "/EnabledCloudwatchLogsExports",
                    "/Endpoint",
                    "/Engine",
                    "/EngineLifecycleSupport",
                    "/EngineVersion",
                    "/EnhancedMonitoringResourceArn",
                    "/IAMDatabaseAuthenticationEnabled",
                    "/Iops",
                    "/LicenseModel",
                    "/ListenerEndpoint",
                    "/MasterUserSecret",
                    "/MaxAllocatedStorage",
                    "/MonitoringInterval",
                    "/MonitoringRoleArn",
                    "/MultiAZ",
                    "/MultiTenant",
                    "/NetworkType",
                    "/OptionGroupMemberships",
                    "/PendingModifiedValues",
                    "/PerformanceInsightsEnabled",
                    "/PerformanceInsightsKMSKeyId",
                    "/PerformanceInsightsRetentionPeriod",
                    "/PreferredBackupWindow",
                    "/PreferredMaintenanceWindow",
                    "/ProcessorFeatures",
                    "/PromotionTier",
                    "/PubliclyAccessible",
                    "/ReplicaMode",
                    "/ResumeFullAutomationModeTime",
                    "/SecondaryAvailabilityZone",
                    "/StorageThroughput",
                    "/StorageType",
                    "/TdeCredentialArn",
                    "/VpcSecurityGroups",
                ],
                &["rds:ModifyDBInstance"],
            ),
            // What members of a cluster take over from it.
            Write::changes(
                &[
                    "/AllocatedStorage",
                    "/AutoMinorVersionUpgrade",
                    "/BackupRetentionPeriod",
                    "/CACertificateIdentifier",
                    "/CopyTagsToSnapshot",
                    "/DBInstanceClass",
                    "/DBParameterGroups",
                    "/DatabaseInsightsMode",
                    "/DbInstancePort",
                    "/DeletionProtection",
                    "/DomainMemberships",
                    "/EnabledCloudwatchLogsExports",
                    "/Endpoint",
                    "/EngineLifecycleSupport",
                    "/EngineVersion",
                    "/IAMDatabaseAuthenticationEnabled",
                    "/Iops",
                    "/MonitoringInterval",
                    "/MonitoringRoleArn",
                    "/NetworkType",
                    "/OptionGroupMemberships",
                    "/PendingModifiedValues",
                    "/PerformanceInsightsEnabled",
                    "/PerformanceInsightsKMSKeyId",
                    "/PerformanceInsightsRetentionPeriod",
                    "/PreferredBackupWindow",
                    "/StorageType",
                    "/VpcSecurityGroups",
                    "/DBClusterIdentifier",
                ],
                &["rds:ModifyDBCluster"],
            ),
            Write::changes(
                &["/DBInstanceStatus"],
                &["rds:StartDBInstance", "rds:StopDBInstance", "rds:StartDBCluster", "rds:StopDBCluster"],
            ),
            Write::changes(
                &["/AvailabilityZone", "/PendingModifiedValues", "/SecondaryAvailabilityZone"],
                &["rds:RebootDBInstance", "rds:RebootDBCluster"],
            ),
            Write::changes(
                &["/CACertificateIdentifier", "/EngineVersion", "/PendingModifiedValues"],
                &["rds:ApplyPendingMaintenanceAction"],
            ),
            Write::changes(
                &[
                    "/BackupRetentionPeriod",
                    "/PreferredBackupWindow",
                    "/ReadReplicaSourceDBInstanceIdentifier",
                    "/ReplicaMode",
                ],
                &["rds:PromoteReadReplica", "rds:SwitchoverReadReplica"],
            ),
            Write::changes(&["/ReadReplicaSourceDBClusterIdentifier"], &["rds:PromoteReadReplicaDBCluster"]),
            Write::changes(&["/AssociatedRoles"], &["rds:AddRoleToDBInstance", "rds:RemoveRoleFromDBInstance"]),
            Write::changes(
                &[
                    "/ActivityStreamKinesisStreamName",
                    "/ActivityStreamKmsKeyId",
                    "/ActivityStreamMode",
                    "/ActivityStreamStatus",
                    "/ActivityStreamEngineNativeAuditFieldsIncluded",
                    "/ActivityStreamPolicyStatus",
                ],
                &["rds:StartActivityStream", "rds:ModifyActivityStream", "rds:StopActivityStream"],
            ),
            Write::changes(
                &["/DBInstanceAutomatedBackupsReplications"],
                &[
                    "rds:StartDBInstanceAutomatedBackupsReplication",
                    "rds:StopDBInstanceAutomatedBackupsReplication",
                    "rds:DeleteDBInstanceAutomatedBackup",
                ],
            ),
            tags::WRITE,
        ],
        terraform: Some(&terraform::TERRAFORM),
        names: &[Naming::Id, Naming::Arn],
        rules: &[
            Rule::Default {
                path: "/DBInstanceStatus",
                value: r#""available""#,
                why: "is what an instance is unless somebody stopped it; what else goes on changes by itself",
            },
            Rule::Default { path: "/PendingModifiedValues", value: "{}", why: "is there without anything pending" },
            Rule::Volatile { path: "/LatestRestorableTime", why: "moves on by itself" },
            Rule::Volatile { path: "/AutomaticRestartTime", why: "follows from when it was stopped" },
            Rule::Volatile { path: "/StatusInfos", why: "tells how replication is doing" },
            Rule::Volatile { path: "/PercentProgress", why: PROGRESS },
            Rule::Volatile { path: "/StorageVolumeStatus", why: PROGRESS },
            Rule::Volatile { path: "/StorageOperationStatus", why: PROGRESS },
            Rule::Volatile { path: "/StorageOperationPercentProgress", why: PROGRESS },
            Rule::Volatile { path: "/AdditionalStorageVolumes/*/StorageVolumeStatus", why: PROGRESS },
            Rule::Volatile { path: "/AdditionalStorageVolumes/*/StorageOperationStatus", why: PROGRESS },
            Rule::Volatile { path: "/AdditionalStorageVolumes/*/StorageOperationPercentProgress", why: PROGRESS },
            Rule::Volatile { path: "/IsStorageConfigUpgradeAvailable", why: "is AWS's offer, not a setting" },
            Rule::Volatile { path: "/DBSecurityGroups/*/Status", why: PROGRESS },
            Rule::Volatile { path: "/VpcSecurityGroups/*/Status", why: PROGRESS },
            Rule::Volatile { path: "/DBParameterGroups/*/ParameterApplyStatus", why: PROGRESS },
            Rule::Volatile { path: "/OptionGroupMemberships/*/Status", why: PROGRESS },
            Rule::Volatile { path: "/DomainMemberships/*/Status", why: PROGRESS },
            Rule::Volatile { path: "/AssociatedRoles/*/Status", why: PROGRESS },
            Rule::Volatile { path: "/MasterUserSecret/SecretStatus", why: "changes when the secret is rotated" },
            Rule::Volatile {
                path: "/CertificateDetails",
                why: "repeats `CACertificateIdentifier` and tells until when the certificate is valid that AWS renews",
            },
            Rule::Volatile { path: "/DBSubnetGroup/DBSubnetGroupDescription", why: SUBNET_GROUP },
            Rule::Volatile { path: "/DBSubnetGroup/SubnetGroupStatus", why: SUBNET_GROUP },
            Rule::Volatile { path: "/DBSubnetGroup/Subnets", why: SUBNET_GROUP },
            Rule::Volatile { path: "/DBSubnetGroup/SupportedNetworkTypes", why: SUBNET_GROUP },
            Rule::Volatile { path: "/ReadReplicaDBInstanceIdentifiers", why: REPLICAS },
            Rule::Volatile { path: "/ReadReplicaDBClusterIdentifiers", why: REPLICAS },
            Rule::Redundant { path: "/AllocatedStorage", when: MEMBER, why: CLUSTER },
            Rule::Redundant { path: "/BackupRetentionPeriod", when: MEMBER, why: CLUSTER },
            Rule::Redundant { path: "/EngineVersion", when: MEMBER, why: CLUSTER },
            Rule::Redundant { path: "/IAMDatabaseAuthenticationEnabled", when: MEMBER, why: CLUSTER },
            Rule::Redundant { path: "/Iops", when: MEMBER, why: CLUSTER },
            Rule::Redundant { path: "/PreferredBackupWindow", when: MEMBER, why: CLUSTER },
            Rule::Redundant { path: "/StorageThroughput", when: MEMBER, why: CLUSTER },
            Rule::Redundant { path: "/StorageType", when: MEMBER, why: CLUSTER },
            Rule::Redundant { path: "/VpcSecurityGroups", when: MEMBER, why: CLUSTER },
            Rule::Set { path: "/DBSecurityGroups", key: &["DBSecurityGroupName"] },
            Rule::Set { path: "/VpcSecurityGroups", key: &["VpcSecurityGroupId"] },
            Rule::Set { path: "/DBParameterGroups", key: &["DBParameterGroupName"] },
            Rule::Set { path: "/OptionGroupMemberships", key: &["OptionGroupName"] },
            Rule::Set { path: "/DomainMemberships", key: &["Domain"] },
            Rule::Set { path: "/DomainMemberships/*/DnsIps", key: &[] },
            Rule::Set { path: "/AssociatedRoles", key: &["FeatureName", "RoleArn"] },
            Rule::Set { path: "/EnabledCloudwatchLogsExports", key: &[] },
            Rule::Set { path: "/ProcessorFeatures", key: &["Name"] },
            Rule::Set { path: "/DBInstanceAutomatedBackupsReplications", key: &["DBInstanceAutomatedBackupsArn"] },
            Rule::Set { path: "/AdditionalStorageVolumes", key: &["VolumeName"] },
            Rule::Set { path: "/PendingModifiedValues/ProcessorFeatures", key: &["Name"] },
            Rule::Set { path: "/PendingModifiedValues/AdditionalStorageVolumes", key: &["VolumeName"] },
            Rule::Set { path: "/PendingModifiedValues/PendingCloudwatchLogsExports/LogTypesToEnable", key: &[] },
            Rule::Set { path: "/PendingModifiedValues/PendingCloudwatchLogsExports/LogTypesToDisable", key: &[] },
            Rule::Tags { path: "/TagList" },
            Rule::Reference { path: "/DBSubnetGroup/DBSubnetGroupName", kind: "rds/db_subnet_group" },
            Rule::Reference { path: "/DBSubnetGroup/VpcId", kind: "ec2/vpc" },
            Rule::Reference { path: "/VpcSecurityGroups/*/VpcSecurityGroupId", kind: "ec2/security_group" },
            Rule::Reference { path: "/DBParameterGroups/*/DBParameterGroupName", kind: "rds/db_parameter_group" },
            Rule::Reference { path: "/OptionGroupMemberships/*/OptionGroupName", kind: "rds/option_group" },
            Rule::Reference { path: "/DBClusterIdentifier", kind: "rds/db_cluster" },
            Rule::Reference { path: "/ReadReplicaSourceDBInstanceIdentifier", kind: "rds/db_instance" },
            Rule::Reference { path: "/ReadReplicaSourceDBClusterIdentifier", kind: "rds/db_cluster" },
            Rule::Reference { path: "/MonitoringRoleArn", kind: "iam/role" },
            Rule::Reference { path: "/AssociatedRoles/*/RoleArn", kind: "iam/role" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

/// What a cluster decides for all of its instances. Source: RDS API reference, `ModifyDBInstance` ("not applicable,
/// managed by the DB cluster") and `ModifyDBCluster`.
const MEMBER: &[(&str, &str)] = &[("/DBClusterIdentifier", "*")];
const CLUSTER: &str = "is the cluster's own";
const PROGRESS: &str = "tells how far RDS has got";
const SUBNET_GROUP: &str = "repeats the subnet group";
const REPLICAS: &str = "repeats what the replicas say of their source";

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("rds:DescribeDBInstances", json!({"MaxRecords": 100}))?;
    while let Some(page) = pages.next().await? {
        for instance in take_items(page, "/DBInstances") {
            let mut draft = Draft::new(instance);
            settle_status(&mut draft, "DBInstanceStatus");
            settle_zones(&mut draft);
            reader.emit(draft);
        }
    }
    Ok(())
}
