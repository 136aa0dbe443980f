//! How a DB instance is written as Terraform: one that stands alone, a replica, or a member of an Aurora cluster.
//!
//! What AWS fills in where nobody sets it is written all the same where the provider would take whatever it finds:
//! otherwise a change of it would not be put back.

use driftline_api::{Argument, Child, Exclude, Form, Omit, Terraform, When};
use serde_json::{Map, Value};

use super::super::engines;

pub(super) static TERRAFORM: Terraform = Terraform {
    excludes: &[
        engines::NEPTUNE,
        engines::DOCUMENT_DB,
        Exclude { when: &[When::Has("/DBClusterIdentifier"), When::Is("/Engine", "\"mysql\"")], why: MULTI_AZ },
        Exclude { when: &[When::Has("/DBClusterIdentifier"), When::Is("/Engine", "\"postgres\"")], why: MULTI_AZ },
    ],
    forms: &[
        Form {
            resource: "aws_rds_cluster_instance",
            when: &[When::Has("/DBClusterIdentifier")],
            import: "{id}",
            handles: &[("{id}", "identifier"), ("{arn}", "arn")],
            arguments: MEMBER,
        },
        Form {
            resource: "aws_db_instance",
            when: &[],
            import: "{id}",
            handles: &[("{id}", "identifier"), ("{arn}", "arn")],
            arguments: INSTANCE,
        },
    ],
    children: &[Child {
        resource: "aws_db_instance_role_association",
        each: "/AssociatedRoles/*",
        when: &[],
        import: "{id},{./RoleArn}",
        key: "{./FeatureName}",
        arguments: &[
            Argument::parent("db_instance_identifier", "identifier"),
            Argument::value("feature_name", "./FeatureName"),
            Argument::value("role_arn", "./RoleArn"),
        ],
    }],
    omits: OMITTED,
};

const MULTI_AZ: &str = "comes with its Multi-AZ cluster, which makes it";

const INSTANCE: &[Argument] = &[
    Argument::value("identifier", "/DBInstanceIdentifier"),
    Argument::value("instance_class", "/DBInstanceClass"),
    Argument::value("replicate_source_db", "/ReadReplicaSourceDBInstanceIdentifier"),
    Argument::value("replica_mode", "/ReplicaMode"),
    // A replica has these from its source, and must not say them.
    Argument::Where {
        when: &[When::Lacks("/ReadReplicaSourceDBInstanceIdentifier")],
        arguments: &[
            Argument::value("engine", "/Engine"),
            Argument::value("db_name", "/DBName"),
            Argument::value("username", "/MasterUsername"),
            Argument::value("character_set_name", "/CharacterSetName"),
            Argument::value("nchar_character_set_name", "/NcharCharacterSetName"),
            Argument::value("timezone", "/Timezone"),
            PLACE,
            KEY,
            PASSWORD,
        ],
    },
    // One in another region only has its data from its source.
    Argument::Where {
        when: &[When::Begins("/ReadReplicaSourceDBInstanceIdentifier", "arn:")],
        arguments: &[PLACE, KEY],
    },
    Argument::value("engine_version", "/EngineVersion"),
    Argument::value("engine_lifecycle_support", "/EngineLifecycleSupport"),
    Argument::value("license_model", "/LicenseModel"),
    Argument::value("allocated_storage", "/AllocatedStorage"),
    Argument::value("max_allocated_storage", "/MaxAllocatedStorage"),
    Argument::value("storage_type", "/StorageType"),
    Argument::Computed { name: "iops", from: &["/Iops"], value: iops },
    Argument::Computed { name: "storage_throughput", from: &["/StorageThroughput"], value: throughput },
    Argument::unless("false", "storage_encrypted", "/StorageEncrypted"),
    Argument::unless("false", "dedicated_log_volume", "/DedicatedLogVolume"),
    Argument::value("multi_az", "/MultiAZ"),
    // With two zones, which of them is the first changes with a failover.
    Argument::Where {
        when: &[When::IsNot("/MultiAZ", "true")],
        arguments: &[Argument::value("availability_zone", "/AvailabilityZone")],
    },
    Argument::value("vpc_security_group_ids", "/VpcSecurityGroups/*/VpcSecurityGroupId"),
    Argument::unless("false", "publicly_accessible", "/PubliclyAccessible"),
    Argument::value("network_type", "/NetworkType"),
    Argument::unless("false", "customer_owned_ip_enabled", "/CustomerOwnedIpEnabled"),
    Argument::value("port", "/Endpoint/Port"),
    Argument::value("ca_cert_identifier", "/CACertificateIdentifier"),
    Argument::value("parameter_group_name", "/DBParameterGroups/0/DBParameterGroupName"),
    Argument::value("option_group_name", "/OptionGroupMemberships/0/OptionGroupName"),
    Argument::unless("false", "iam_database_authentication_enabled", "/IAMDatabaseAuthenticationEnabled"),
    Argument::Where {
        when: &[When::Lacks("/DomainMemberships/0/AuthSecretArn")],
        arguments: &[
            Argument::value("domain", "/DomainMemberships/0/Domain"),
            Argument::value("domain_iam_role_name", "/DomainMemberships/0/IAMRoleName"),
        ],
    },
    Argument::Where {
        when: &[When::Has("/DomainMemberships/0/AuthSecretArn")],
        arguments: &[
            Argument::value("domain_fqdn", "/DomainMemberships/0/FQDN"),
            Argument::value("domain_ou", "/DomainMemberships/0/OU"),
            Argument::value("domain_auth_secret_arn", "/DomainMemberships/0/AuthSecretArn"),
            Argument::value("domain_dns_ips", "/DomainMemberships/0/DnsIps"),
        ],
    },
    Argument::value("custom_iam_instance_profile", "/CustomIamInstanceProfile"),
    Argument::value("maintenance_window", "/PreferredMaintenanceWindow"),
    Argument::unless("true", "auto_minor_version_upgrade", "/AutoMinorVersionUpgrade"),
    Argument::value("backup_retention_period", "/BackupRetentionPeriod"),
    Argument::value("backup_window", "/PreferredBackupWindow"),
    Argument::unless("\"region\"", "backup_target", "/BackupTarget"),
    Argument::unless("false", "copy_tags_to_snapshot", "/CopyTagsToSnapshot"),
    Argument::value("enabled_cloudwatch_logs_exports", "/EnabledCloudwatchLogsExports"),
    Argument::unless("0", "monitoring_interval", "/MonitoringInterval"),
    Argument::value("monitoring_role_arn", "/MonitoringRoleArn"),
    Argument::value("database_insights_mode", "/DatabaseInsightsMode"),
    Argument::unless("false", "performance_insights_enabled", "/PerformanceInsightsEnabled"),
    INSIGHTS,
    Argument::unless("false", "deletion_protection", "/DeletionProtection"),
    // AWS does not know what shall happen when it is deleted; this is what the provider imports.
    Argument::Constant { name: "skip_final_snapshot", value: "true" },
    Argument::Tags,
];

const MEMBER: &[Argument] = &[
    Argument::value("identifier", "/DBInstanceIdentifier"),
    Argument::value("cluster_identifier", "/DBClusterIdentifier"),
    Argument::value("engine", "/Engine"),
    Argument::value("instance_class", "/DBInstanceClass"),
    Argument::unless("0", "promotion_tier", "/PromotionTier"),
    Argument::value("availability_zone", "/AvailabilityZone"),
    PLACE,
    Argument::value("publicly_accessible", "/PubliclyAccessible"),
    Argument::value("ca_cert_identifier", "/CACertificateIdentifier"),
    Argument::value("db_parameter_group_name", "/DBParameterGroups/0/DBParameterGroupName"),
    Argument::value("custom_iam_instance_profile", "/CustomIamInstanceProfile"),
    Argument::value("preferred_maintenance_window", "/PreferredMaintenanceWindow"),
    Argument::unless("true", "auto_minor_version_upgrade", "/AutoMinorVersionUpgrade"),
    Argument::unless("false", "copy_tags_to_snapshot", "/CopyTagsToSnapshot"),
    Argument::unless("0", "monitoring_interval", "/MonitoringInterval"),
    Argument::value("monitoring_role_arn", "/MonitoringRoleArn"),
    Argument::value("performance_insights_enabled", "/PerformanceInsightsEnabled"),
    INSIGHTS,
    Argument::Tags,
];

const PLACE: Argument = Argument::value("db_subnet_group_name", "/DBSubnetGroup/DBSubnetGroupName");

const KEY: Argument = Argument::Where {
    when: &[When::Is("/StorageEncrypted", "true")],
    arguments: &[Argument::value("kms_key_id", "/KmsKeyId")],
};

const INSIGHTS: Argument = Argument::Where {
    when: &[When::Is("/PerformanceInsightsEnabled", "true")],
    arguments: &[
        Argument::value("performance_insights_kms_key_id", "/PerformanceInsightsKMSKeyId"),
        Argument::value("performance_insights_retention_period", "/PerformanceInsightsRetentionPeriod"),
    ],
};

/// Either Secrets Manager keeps the password, or nobody tells it.
const PASSWORD: Argument = Argument::Initial {
    arguments: &[
        Argument::Where {
            when: &[When::Has("/MasterUserSecret")],
            arguments: &[
                Argument::Constant { name: "manage_master_user_password", value: "true" },
                Argument::value("master_user_secret_kms_key_id", "/MasterUserSecret/KmsKeyId"),
            ],
        },
        Argument::Where {
            when: &[When::Lacks("/MasterUserSecret")],
            arguments: &[Argument::Given { name: "password" }],
        },
    ],
};

const OMITTED: &[Omit] = &[
    Omit::quiet(
        "is what AWS calls it",
        &[
            "/DBInstanceArn",
            "/DBSystemId",
            "/DbiResourceId",
            "/Endpoint/Address",
            "/Endpoint/HostedZoneId",
            "/EnhancedMonitoringResourceArn",
            "/InstanceCreateTime",
            "/ListenerEndpoint",
            "/MasterUserSecret/SecretArn",
        ],
    ),
    Omit::quiet("is 0 except in classic networks; the endpoint says the port", &["/DbInstancePort"]),
    Omit::quiet("follows from the subnet group", &["/DBSubnetGroup/DBSubnetGroupArn", "/DBSubnetGroup/VpcId"]),
    Omit::quiet("is where AWS puts the standby", &["/SecondaryAvailabilityZone"]),
    Omit::quiet("follows from the key", &["/StorageEncryptionType"]),
    Omit::quiet("is where it was restored from", &["/AwsBackupRecoveryPointArn"]),
    Omit::quiet("follows from the organization's upgrade policy", &["/UpgradeRolloutOrder"]),
    Omit::told("Terraform looks after instances whether they run or not", &["/DBInstanceStatus"]),
    Omit::told("it waits for the next maintenance window", &["/PendingModifiedValues"]),
    Omit::told("the provider has no argument for it", &["/AdditionalStorageVolumes", "/ProcessorFeatures"]),
    Omit::told("the provider has no argument for it", &["/MultiTenant"]).when(&[When::Is("/MultiTenant", "true")]),
    Omit::told("the provider knows no keys of TDE", &["/TdeCredentialArn"]),
    Omit::told("classic networks are no more", &["/DBSecurityGroups"]),
    Omit::told("the automation of RDS Custom is paused by hand", &["/AutomationMode", "/ResumeFullAutomationModeTime"])
        .when(&[When::IsNot("/AutomationMode", "\"full\"")]),
    Omit::told("the provider knows replicas of instances only", &["/ReadReplicaSourceDBClusterIdentifier"]),
    Omit::told("it is a resource of the region that it is replicated to", &["/DBInstanceAutomatedBackupsReplications"]),
    Omit::quiet("says what its stream is", &["/ActivityStreamStatus", "/ActivityStreamPolicyStatus"]),
    Omit::told(
        "the provider knows activity streams of clusters only",
        &[
            "/ActivityStreamEngineNativeAuditFieldsIncluded",
            "/ActivityStreamKinesisStreamName",
            "/ActivityStreamKmsKeyId",
            "/ActivityStreamMode",
        ],
    )
    .when(&[When::Has("/ActivityStreamKinesisStreamName")]),
];

/// IOPS, where somebody chose them. What gp3 has by itself must not be asked for on small volumes.
fn iops(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    chosen(attributes, "Iops", &["gp3", "io1", "io2"])
}

fn throughput(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    chosen(attributes, "StorageThroughput", &["gp3"])
}

/// Source: RDS User Guide, "General Purpose SSD storage": 3,000 IOPS and 125 MiB/s come with gp3.
fn chosen(attributes: &Map<String, Value>, member: &str, types: &[&str]) -> Option<Value> {
    let of = |member: &str| attributes.get(member).and_then(Value::as_i64).unwrap_or(0);
    let storage = attributes.get("StorageType")?.as_str()?;
    let is_baseline = storage == "gp3" && (of("Iops"), of("StorageThroughput")) == (3000, 125);
    let is_chosen = types.contains(&storage) && !is_baseline && of(member) > 0;
    attributes.get(member).filter(|_| is_chosen).cloned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_comes_with_a_storage_type_is_not_asked_for() {
        for (storage, speed, expected) in [
            ("gp2", (100, 0), (None, None)),
            ("gp3", (3000, 125), (None, None)),
            ("gp3", (12000, 500), (Some(12000), Some(500))),
            ("gp3", (3000, 250), (Some(3000), Some(250))),
            ("io2", (3000, 0), (Some(3000), None)),
        ] {
            let told = json!({"StorageType": storage, "Iops": speed.0, "StorageThroughput": speed.1});
            let told = told.as_object().expect("an object");
            let number = |value: Option<Value>| value.and_then(|value| value.as_i64());
            let found = (number(iops(told, &Value::Null)), number(throughput(told, &Value::Null)));
            assert_eq!(found, expected, "{storage} {speed:?}");
        }
    }
}
