//! How drift is put back: which calls of the service say what a restore point says.

use std::collections::BTreeMap;

use driftline_api::{Fix, FixCall, Fixes, Input, Operation, Sides, TagKeys};
use serde_json::{Map, Value, json};

pub(crate) static FIXES: &[Fixes] = &[
    Fixes {
        kind: "rds/db_instance",
        fixes: &[
            // Neither storage that grew nor an engine that was brought up to date goes back.
            Fix::Modify {
                members: &[
                    ("AutoMinorVersionUpgrade", "/AutoMinorVersionUpgrade"),
                    ("BackupRetentionPeriod", "/BackupRetentionPeriod"),
                    ("CACertificateIdentifier", "/CACertificateIdentifier"),
                    ("CopyTagsToSnapshot", "/CopyTagsToSnapshot"),
                    ("DBInstanceClass", "/DBInstanceClass"),
                    ("DatabaseInsightsMode", "/DatabaseInsightsMode"),
                    ("DedicatedLogVolume", "/DedicatedLogVolume"),
                    ("DeletionProtection", "/DeletionProtection"),
                    ("EnableCustomerOwnedIp", "/CustomerOwnedIpEnabled"),
                    ("EnableIAMDatabaseAuthentication", "/IAMDatabaseAuthenticationEnabled"),
                    ("EnablePerformanceInsights", "/PerformanceInsightsEnabled"),
                    ("Iops", "/Iops"),
                    ("LicenseModel", "/LicenseModel"),
                    ("MaxAllocatedStorage", "/MaxAllocatedStorage"),
                    ("MonitoringInterval", "/MonitoringInterval"),
                    ("MonitoringRoleArn", "/MonitoringRoleArn"),
                    ("MultiAZ", "/MultiAZ"),
                    ("NetworkType", "/NetworkType"),
                    ("PerformanceInsightsKMSKeyId", "/PerformanceInsightsKMSKeyId"),
                    ("PerformanceInsightsRetentionPeriod", "/PerformanceInsightsRetentionPeriod"),
                    ("PreferredBackupWindow", "/PreferredBackupWindow"),
                    ("PreferredMaintenanceWindow", "/PreferredMaintenanceWindow"),
                    ("PromotionTier", "/PromotionTier"),
                    ("PubliclyAccessible", "/PubliclyAccessible"),
                    ("StorageThroughput", "/StorageThroughput"),
                    ("StorageType", "/StorageType"),
                    ("VpcSecurityGroupIds", "/VpcSecurityGroups/*/VpcSecurityGroupId"),
                ],
                call: Operation::new("rds:ModifyDBInstance", &[INSTANCE, AT_ONCE]),
            },
            Fix::Elements {
                list: "/EnabledCloudwatchLogsExports",
                key: &[],
                put: Some(Operation::new(
                    "rds:ModifyDBInstance",
                    &[INSTANCE, AT_ONCE, Input::Value("CloudwatchLogsExportConfiguration/EnableLogTypes/0", ".")],
                )),
                remove: Some(Operation::new(
                    "rds:ModifyDBInstance",
                    &[INSTANCE, AT_ONCE, Input::Value("CloudwatchLogsExportConfiguration/DisableLogTypes/0", ".")],
                )),
            },
            Fix::Elements {
                list: "/AssociatedRoles",
                key: &["RoleArn", "FeatureName"],
                put: Some(Operation::new("rds:AddRoleToDBInstance", &[INSTANCE, ROLE, FEATURE])),
                remove: Some(Operation::new("rds:RemoveRoleFromDBInstance", &[INSTANCE, ROLE, FEATURE])),
            },
            TAGS,
        ],
    },
    Fixes {
        kind: "rds/db_cluster",
        fixes: &[
            Fix::Modify {
                members: &[
                    ("AutoMinorVersionUpgrade", "/AutoMinorVersionUpgrade"),
                    ("BackupRetentionPeriod", "/BackupRetentionPeriod"),
                    ("CopyTagsToSnapshot", "/CopyTagsToSnapshot"),
                    ("DBClusterParameterGroupName", "/DBClusterParameterGroup"),
                    ("DeletionProtection", "/DeletionProtection"),
                    ("EnableHttpEndpoint", "/HttpEndpointEnabled"),
                    ("EnableIAMDatabaseAuthentication", "/IAMDatabaseAuthenticationEnabled"),
                    ("MonitoringInterval", "/MonitoringInterval"),
                    ("MonitoringRoleArn", "/MonitoringRoleArn"),
                    ("PreferredBackupWindow", "/PreferredBackupWindow"),
                    ("PreferredMaintenanceWindow", "/PreferredMaintenanceWindow"),
                    ("ServerlessV2ScalingConfiguration", "/ServerlessV2ScalingConfiguration"),
                    ("VpcSecurityGroupIds", "/VpcSecurityGroups/*/VpcSecurityGroupId"),
                ],
                call: Operation::new("rds:ModifyDBCluster", &[CLUSTER, AT_ONCE]),
            },
            Fix::Elements {
                list: "/EnabledCloudwatchLogsExports",
                key: &[],
                put: Some(Operation::new(
                    "rds:ModifyDBCluster",
                    &[CLUSTER, AT_ONCE, Input::Value("CloudwatchLogsExportConfiguration/EnableLogTypes/0", ".")],
                )),
                remove: Some(Operation::new(
                    "rds:ModifyDBCluster",
                    &[CLUSTER, AT_ONCE, Input::Value("CloudwatchLogsExportConfiguration/DisableLogTypes/0", ".")],
                )),
            },
            Fix::Elements {
                list: "/AssociatedRoles",
                key: &["RoleArn", "FeatureName"],
                put: Some(Operation::new("rds:AddRoleToDBCluster", &[CLUSTER, ROLE, FEATURE])),
                remove: Some(Operation::new("rds:RemoveRoleFromDBCluster", &[CLUSTER, ROLE, FEATURE])),
            },
            TAGS,
        ],
    },
    Fixes {
        kind: "rds/db_parameter_group",
        fixes: &[
            Fix::Made {
                paths: &["/Parameters"],
                operations: &["rds:ModifyDBParameterGroup", "rds:ResetDBParameterGroup"],
                make: parameters,
            },
            TAGS,
        ],
    },
    Fixes {
        kind: "rds/db_cluster_parameter_group",
        fixes: &[
            Fix::Made {
                paths: &["/Parameters"],
                operations: &["rds:ModifyDBClusterParameterGroup", "rds:ResetDBClusterParameterGroup"],
                make: cluster_parameters,
            },
            TAGS,
        ],
    },
    Fixes {
        kind: "rds/db_subnet_group",
        fixes: &[
            Fix::Whole {
                paths: &["/DBSubnetGroupDescription", "/Subnets"],
                when: &[],
                call: Operation::new(
                    "rds:ModifyDBSubnetGroup",
                    &[
                        Input::Text("DBSubnetGroupName", "{id}"),
                        Input::Value("DBSubnetGroupDescription", "/DBSubnetGroupDescription"),
                        Input::Value("SubnetIds", "/Subnets/*/SubnetIdentifier"),
                    ],
                ),
            },
            TAGS,
        ],
    },
    Fixes {
        kind: "rds/event_subscription",
        fixes: &[
            Fix::Modify {
                members: &[
                    ("Enabled", "/Enabled"),
                    ("EventCategories", "/EventCategoriesList"),
                    ("SnsTopicArn", "/SnsTopicArn"),
                    ("SourceType", "/SourceType"),
                ],
                call: Operation::new("rds:ModifyEventSubscription", &[SUBSCRIPTION]),
            },
            Fix::Elements {
                list: "/SourceIdsList",
                key: &[],
                put: Some(Operation::new(
                    "rds:AddSourceIdentifierToSubscription",
                    &[SUBSCRIPTION, Input::Value("SourceIdentifier", ".")],
                )),
                remove: Some(Operation::new(
                    "rds:RemoveSourceIdentifierFromSubscription",
                    &[SUBSCRIPTION, Input::Value("SourceIdentifier", ".")],
                )),
            },
            TAGS,
        ],
    },
    Fixes {
        kind: "rds/db_proxy",
        fixes: &[
            Fix::Modify {
                members: &[
                    ("DebugLogging", "/DebugLogging"),
                    ("IdleClientTimeout", "/IdleClientTimeout"),
                    ("RequireTLS", "/RequireTLS"),
                    ("RoleArn", "/RoleArn"),
                    ("SecurityGroups", "/VpcSecurityGroupIds"),
                ],
                call: Operation::new("rds:ModifyDBProxy", &[Input::Text("DBProxyName", "{id}")]),
            },
            TAGS,
        ],
    },
    Fixes {
        kind: "rds/global_cluster",
        fixes: &[Fix::Modify {
            members: &[("DeletionProtection", "/DeletionProtection")],
            call: Operation::new("rds:ModifyGlobalCluster", &[Input::Text("GlobalClusterIdentifier", "{id}")]),
        }],
    },
    Fixes { kind: "rds/db_cluster_snapshot", fixes: &[TAGS] },
    Fixes { kind: "rds/db_proxy_endpoint", fixes: &[TAGS] },
    Fixes { kind: "rds/db_snapshot", fixes: &[TAGS] },
    Fixes { kind: "rds/option_group", fixes: &[TAGS] },
];

const INSTANCE: Input = Input::Text("DBInstanceIdentifier", "{id}");
const CLUSTER: Input = Input::Text("DBClusterIdentifier", "{id}");
const SUBSCRIPTION: Input = Input::Text("SubscriptionName", "{id}");
const ROLE: Input = Input::Value("RoleArn", "./RoleArn");
const FEATURE: Input = Input::Value("FeatureName", "./FeatureName");
/// Else it waits for the maintenance window, and drifts until then.
const AT_ONCE: Input = Input::Constant("ApplyImmediately", "true");

const TAGS: Fix = Fix::Tags {
    put: Operation::new("rds:AddTagsToResource", &[Input::Text("ResourceName", "{arn}")]),
    tags: "Tags",
    remove: Operation::new("rds:RemoveTagsFromResource", &[Input::Text("ResourceName", "{arn}")]),
    keys: "TagKeys",
    form: TagKeys::Texts,
};

fn parameters(sides: Sides<'_>) -> Option<Vec<FixCall>> {
    set_and_reset(sides, "DBParameterGroupName", "rds:ModifyDBParameterGroup", "rds:ResetDBParameterGroup")
}

fn cluster_parameters(sides: Sides<'_>) -> Option<Vec<FixCall>> {
    let name = "DBClusterParameterGroupName";
    set_and_reset(sides, name, "rds:ModifyDBClusterParameterGroup", "rds:ResetDBClusterParameterGroup")
}

/// What somebody set is set again, and what somebody else set is the engine's own again. AWS takes twenty at once.
fn set_and_reset(sides: Sides<'_>, name: &str, modify: &'static str, reset: &'static str) -> Option<Vec<FixCall>> {
    const AT_ONCE: usize = 20;
    let (wanted, live) = (by_name(sides.wanted?), by_name(sides.live?));
    let method = |parameter: &Value| {
        let is_static = parameter.get("ApplyType").and_then(Value::as_str) == Some("static");
        if is_static { "pending-reboot" } else { "immediate" }
    };
    let mut missing = Vec::new();
    for (own, parameter) in &wanted {
        if live.get(own) != Some(parameter) {
            let value = parameter.get("ParameterValue")?;
            let method = method(parameter);
            missing.push(json!({"ParameterName": own, "ParameterValue": value, "ApplyMethod": method}));
        }
    }
    let added = live.iter().filter(|(own, _)| !wanted.contains_key(*own));
    let added: Vec<Value> =
        added.map(|(own, parameter)| json!({"ParameterName": own, "ApplyMethod": method(parameter)})).collect();
    let call = |operation, parameters: &[Value]| {
        let mut input = json!({"Parameters": parameters});
        input[name] = sides.id.into();
        FixCall { operation, input }
    };
    let reset = added.chunks(AT_ONCE).map(|some| call(reset, some));
    Some(reset.chain(missing.chunks(AT_ONCE).map(|some| call(modify, some))).collect())
}

fn by_name(attributes: &Map<String, Value>) -> BTreeMap<&str, &Value> {
    let parameters = attributes.get("Parameters").and_then(Value::as_array).into_iter().flatten();
    parameters.filter_map(|parameter| Some((parameter.get("ParameterName")?.as_str()?, parameter))).collect()
}
