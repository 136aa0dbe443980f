//! How a DB cluster is written as Terraform: Aurora's, and Multi-AZ clusters, which have storage and instances of their
//! own.

use driftline_api::{Argument, Child, Form, Omit, Terraform, When};
use serde_json::{Map, Value};

use super::super::engines;

pub(super) static TERRAFORM: Terraform = Terraform {
    excludes: &[engines::NEPTUNE, engines::DOCUMENT_DB],
    forms: &[Form {
        resource: "aws_rds_cluster",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "cluster_identifier"), ("{arn}", "arn")],
        arguments: ARGUMENTS,
    }],
    children: &[
        Child {
            resource: "aws_rds_cluster_role_association",
            each: "/AssociatedRoles/*",
            when: &[When::Has("./FeatureName")],
            import: "{id},{./RoleArn}",
            key: "{./FeatureName}",
            arguments: &[
                Argument::parent("db_cluster_identifier", "cluster_identifier"),
                Argument::value("feature_name", "./FeatureName"),
                Argument::value("role_arn", "./RoleArn"),
            ],
        },
        // Roles of Aurora MySQL are for whatever the cluster's parameters name them for.
        Child {
            resource: "aws_rds_cluster_role_association",
            each: "/AssociatedRoles/*",
            when: &[When::Lacks("./FeatureName")],
            import: "{id},{./RoleArn}",
            key: "{./RoleArn}",
            arguments: &[
                Argument::parent("db_cluster_identifier", "cluster_identifier"),
                Argument::Constant { name: "feature_name", value: "\"\"" },
                Argument::value("role_arn", "./RoleArn"),
            ],
        },
    ],
    omits: OMITTED,
};

const ARGUMENTS: &[Argument] = &[
    Argument::value("cluster_identifier", "/DBClusterIdentifier"),
    Argument::value("global_cluster_identifier", "/GlobalClusterIdentifier"),
    Argument::value("replication_source_identifier", "/ReplicationSourceIdentifier"),
    Argument::value("engine", "/Engine"),
    Argument::unless("\"provisioned\"", "engine_mode", "/EngineMode"),
    Argument::value("engine_version", "/EngineVersion"),
    Argument::value("engine_lifecycle_support", "/EngineLifecycleSupport"),
    Argument::unless("\"standard\"", "cluster_scalability_type", "/ClusterScalabilityType"),
    Argument::value("database_name", "/DatabaseName"),
    Argument::value("master_username", "/MasterUsername"),
    // The provider does not read these from a cluster that is there.
    Argument::Initial {
        arguments: &[
            Argument::Where {
                when: &[When::Has("/MasterUserSecret")],
                arguments: &[
                    Argument::Constant { name: "manage_master_user_password", value: "true" },
                    Argument::value("master_user_secret_kms_key_id", "/MasterUserSecret/KmsKeyId"),
                ],
            },
            Argument::Where {
                when: &[When::Lacks("/MasterUserSecret"), When::Lacks("/ReplicationSourceIdentifier")],
                arguments: &[Argument::Given { name: "master_password" }],
            },
            Argument::unless("false", "enable_global_write_forwarding", "/GlobalWriteForwardingRequested"),
            Argument::Computed {
                name: "enable_local_write_forwarding",
                from: &["/LocalWriteForwardingStatus"],
                value: forwards,
            },
        ],
    },
    // The storage of a Multi-AZ cluster. Aurora's grows by itself.
    Argument::Where {
        when: &[When::Has("/DBClusterInstanceClass")],
        arguments: &[
            Argument::value("db_cluster_instance_class", "/DBClusterInstanceClass"),
            Argument::value("allocated_storage", "/AllocatedStorage"),
            Argument::value("storage_type", "/StorageType"),
            Argument::value("iops", "/Iops"),
            Argument::value("ca_certificate_identifier", "/CertificateDetails/CAIdentifier"),
        ],
    },
    Argument::Where {
        when: &[When::Begins("/StorageType", "aurora-")],
        arguments: &[Argument::value("storage_type", "/StorageType")],
    },
    Argument::value("storage_encrypted", "/StorageEncrypted"),
    Argument::Where {
        when: &[When::Is("/StorageEncrypted", "true")],
        arguments: &[Argument::value("kms_key_id", "/KmsKeyId")],
    },
    Argument::value("availability_zones", "/AvailabilityZones"),
    Argument::value("db_subnet_group_name", "/DBSubnetGroup"),
    Argument::value("vpc_security_group_ids", "/VpcSecurityGroups/*/VpcSecurityGroupId"),
    Argument::value("network_type", "/NetworkType"),
    Argument::value("port", "/Port"),
    Argument::value("db_cluster_parameter_group_name", "/DBClusterParameterGroup"),
    Argument::unless("false", "iam_database_authentication_enabled", "/IAMDatabaseAuthenticationEnabled"),
    Argument::value("domain", "/DomainMemberships/0/Domain"),
    Argument::value("domain_iam_role_name", "/DomainMemberships/0/IAMRoleName"),
    Argument::unless("false", "enable_http_endpoint", "/HttpEndpointEnabled"),
    Argument::value("preferred_maintenance_window", "/PreferredMaintenanceWindow"),
    Argument::value("backup_retention_period", "/BackupRetentionPeriod"),
    Argument::value("preferred_backup_window", "/PreferredBackupWindow"),
    Argument::unless("0", "backtrack_window", "/BacktrackWindow"),
    Argument::unless("false", "copy_tags_to_snapshot", "/CopyTagsToSnapshot"),
    Argument::value("enabled_cloudwatch_logs_exports", "/EnabledCloudwatchLogsExports"),
    Argument::value("monitoring_interval", "/MonitoringInterval"),
    Argument::value("monitoring_role_arn", "/MonitoringRoleArn"),
    Argument::value("database_insights_mode", "/DatabaseInsightsMode"),
    Argument::unless("false", "performance_insights_enabled", "/PerformanceInsightsEnabled"),
    Argument::Where {
        when: &[When::Is("/PerformanceInsightsEnabled", "true")],
        arguments: &[
            Argument::value("performance_insights_kms_key_id", "/PerformanceInsightsKMSKeyId"),
            Argument::value("performance_insights_retention_period", "/PerformanceInsightsRetentionPeriod"),
        ],
    },
    // Of the first serverless version, which is no more a default of anything.
    Argument::Where {
        when: &[When::Has("/ScalingConfigurationInfo")],
        arguments: &[Argument::Blocks {
            name: "scaling_configuration",
            path: "/ScalingConfigurationInfo",
            arguments: &[
                Argument::unless("true", "auto_pause", "./AutoPause"),
                Argument::value("min_capacity", "./MinCapacity"),
                Argument::value("max_capacity", "./MaxCapacity"),
                Argument::unless("300", "seconds_before_timeout", "./SecondsBeforeTimeout"),
                Argument::unless("300", "seconds_until_auto_pause", "./SecondsUntilAutoPause"),
                Argument::unless("\"RollbackCapacityChange\"", "timeout_action", "./TimeoutAction"),
            ],
        }],
    },
    Argument::Blocks {
        name: "serverlessv2_scaling_configuration",
        path: "/ServerlessV2ScalingConfiguration",
        arguments: &[
            Argument::value("min_capacity", "./MinCapacity"),
            Argument::value("max_capacity", "./MaxCapacity"),
            Argument::value("seconds_until_auto_pause", "./SecondsUntilAutoPause"),
        ],
    },
    Argument::unless("false", "deletion_protection", "/DeletionProtection"),
    // AWS does not know what shall happen when it is deleted; this is what the provider imports.
    Argument::Constant { name: "skip_final_snapshot", value: "true" },
    Argument::Tags,
];

const OMITTED: &[Omit] = &[
    Omit::quiet(
        "is what AWS calls it",
        &[
            "/CloneGroupId",
            "/ClusterCreateTime",
            "/DBClusterArn",
            "/DBSystemId",
            "/DbClusterResourceId",
            "/Endpoint",
            "/HostedZoneId",
            "/MasterUserSecret/SecretArn",
            "/ReaderEndpoint",
        ],
    ),
    Omit::quiet("follows from the engine", &["/CharacterSetName"]),
    Omit::quiet("follows from the subnets", &["/PubliclyAccessible"]),
    Omit::quiet("follows from the instances", &["/AutoMinorVersionUpgrade"]),
    Omit::quiet("follows from the key", &["/StorageEncryptionType"]),
    Omit::quiet("follows from the sharing of a clone", &["/CrossAccountClone"]),
    Omit::quiet("is where it was restored from", &["/AwsBackupRecoveryPointArn"]),
    Omit::quiet("follows from the organization's upgrade policy", &["/UpgradeRolloutOrder"]),
    Omit::quiet("is what Terraform writes to the instances", &["/DBClusterOptionGroupMemberships"]),
    Omit::told("Terraform looks after clusters whether they run or not", &["/Status"]),
    Omit::told("it waits for the next maintenance window", &["/PendingModifiedValues"]),
    Omit::told("it is a resource of its own, of which only the address is known", &["/CustomEndpoints"]),
    Omit::told("the provider has no argument for it", &["/StorageThroughput"]),
    Omit::told(
        "the provider has no argument for it",
        &["/DomainMemberships/*/AuthSecretArn", "/DomainMemberships/*/DnsIps", "/DomainMemberships/*/OU"],
    ),
    Omit::quiet("follows from the domain", &["/DomainMemberships/*/FQDN"]),
    Omit::told("the provider does not know it", &["/LimitlessDatabase", "/RdsCustomClusterConfiguration"]),
    Omit::told("the provider does not know it", &["/InternetAccessGatewayEnabled", "/VPCNetworkingEnabled"])
        .when(&[When::Is("/InternetAccessGatewayEnabled", "true")]),
    Omit::quiet("says what its stream is", &["/ActivityStreamStatus"]),
    Omit::told(
        "an activity stream is not imported: the provider does not read all of it",
        &["/ActivityStreamKinesisStreamName", "/ActivityStreamKmsKeyId", "/ActivityStreamMode"],
    )
    .when(&[When::Has("/ActivityStreamKinesisStreamName")]),
];

fn forwards(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let status = attributes.get("LocalWriteForwardingStatus")?.as_str()?;
    ["enabled", "enabling", "requested"].contains(&status).then(|| true.into())
}
