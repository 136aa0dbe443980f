//! What a bucket tells others: logs, events, inventories, analyses, metrics.

use driftline_api::{Argument, Child, When};
use serde_json::{Map, Value};

use super::access::GRANTEE;
use super::filter;

pub(super) const LOGGING: Child = Child {
    resource: "aws_s3_bucket_logging",
    each: "",
    when: &[When::Has("/Logging/TargetBucket")],
    import: "{id}",
    key: "",
    arguments: &[
        Argument::parent("bucket", "bucket"),
        Argument::value("target_bucket", "/Logging/TargetBucket"),
        Argument::Always { name: "target_prefix", path: "/Logging/TargetPrefix" },
        Argument::Blocks {
            name: "target_grant",
            path: "/Logging/TargetGrants/*",
            arguments: &[
                Argument::value("permission", "./Permission"),
                Argument::Blocks { name: "grantee", path: "./Grantee", arguments: GRANTEE },
            ],
        },
        Argument::Blocks {
            name: "target_object_key_format",
            path: "/Logging/TargetObjectKeyFormat",
            arguments: &[
                Argument::Blocks {
                    name: "partitioned_prefix",
                    path: "./PartitionedPrefix",
                    arguments: &[Argument::value("partition_date_source", "./PartitionDateSource")],
                },
                Argument::Blocks { name: "simple_prefix", path: "./SimplePrefix", arguments: &[] },
            ],
        },
    ],
};

pub(super) const NOTIFICATION: Child = Child {
    resource: "aws_s3_bucket_notification",
    each: "",
    when: &[When::Has("/Notification")],
    import: "{id}",
    key: "",
    arguments: &[
        Argument::parent("bucket", "bucket"),
        Argument::Computed {
            name: "eventbridge",
            from: &["/Notification/EventBridgeConfiguration"],
            value: to_event_bridge,
        },
        Argument::Blocks {
            name: "lambda_function",
            path: "/Notification/LambdaFunctionConfigurations/*",
            arguments: &[
                Argument::value("id", "./Id"),
                Argument::value("lambda_function_arn", "./LambdaFunctionArn"),
                Argument::value("events", "./Events"),
                PREFIX,
                SUFFIX,
            ],
        },
        Argument::Blocks {
            name: "queue",
            path: "/Notification/QueueConfigurations/*",
            arguments: &[
                Argument::value("id", "./Id"),
                Argument::value("queue_arn", "./QueueArn"),
                Argument::value("events", "./Events"),
                PREFIX,
                SUFFIX,
            ],
        },
        Argument::Blocks {
            name: "topic",
            path: "/Notification/TopicConfigurations/*",
            arguments: &[
                Argument::value("id", "./Id"),
                Argument::value("topic_arn", "./TopicArn"),
                Argument::value("events", "./Events"),
                PREFIX,
                SUFFIX,
            ],
        },
    ],
};

/// It is an empty object where events go there.
fn to_event_bridge(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    attributes.get("Notification")?.get("EventBridgeConfiguration")?.is_object().then_some(Value::Bool(true))
}

const FILTER_RULES: &[&str] = &["./Filter/Key/FilterRules/*/Name", "./Filter/Key/FilterRules/*/Value"];
const PREFIX: Argument = Argument::Computed { name: "filter_prefix", from: FILTER_RULES, value: prefix };
const SUFFIX: Argument = Argument::Computed { name: "filter_suffix", from: FILTER_RULES, value: suffix };

fn prefix(_: &Map<String, Value>, configuration: &Value) -> Option<Value> {
    filter_rule(configuration, "prefix")
}

fn suffix(_: &Map<String, Value>, configuration: &Value) -> Option<Value> {
    filter_rule(configuration, "suffix")
}

/// S3 takes `prefix` and answers `Prefix`.
fn filter_rule(configuration: &Value, name: &str) -> Option<Value> {
    let rules = configuration.pointer("/Filter/Key/FilterRules")?.as_array()?;
    let is_named =
        |rule: &&Value| rule.get("Name").and_then(Value::as_str).is_some_and(|n| n.eq_ignore_ascii_case(name));
    rules.iter().find(is_named)?.get("Value").cloned()
}

pub(super) const INVENTORY: Child = Child {
    resource: "aws_s3_bucket_inventory",
    each: "/Inventory/*",
    when: &[],
    import: "{id}:{./Id}",
    key: "{./Id}",
    arguments: &[
        Argument::parent("bucket", "bucket"),
        Argument::value("name", "./Id"),
        Argument::unless("true", "enabled", "./IsEnabled"),
        Argument::value("included_object_versions", "./IncludedObjectVersions"),
        Argument::value("optional_fields", "./OptionalFields"),
        Argument::Blocks { name: "filter", path: "./Filter", arguments: &[Argument::value("prefix", "./Prefix")] },
        Argument::Blocks {
            name: "schedule",
            path: "./Schedule",
            arguments: &[Argument::value("frequency", "./Frequency")],
        },
        Argument::Blocks {
            name: "destination",
            path: "./Destination",
            arguments: &[Argument::Blocks {
                name: "bucket",
                path: "./S3BucketDestination",
                arguments: &[
                    Argument::value("bucket_arn", "./Bucket"),
                    Argument::value("account_id", "./AccountId"),
                    Argument::value("format", "./Format"),
                    Argument::value("prefix", "./Prefix"),
                    Argument::Blocks {
                        name: "encryption",
                        path: "./Encryption",
                        arguments: &[
                            Argument::Blocks {
                                name: "sse_kms",
                                path: "./SSEKMS",
                                arguments: &[Argument::value("key_id", "./KeyId")],
                            },
                            Argument::Blocks { name: "sse_s3", path: "./SSES3", arguments: &[] },
                        ],
                    },
                ],
            }],
        },
    ],
};

pub(super) const ANALYTICS: Child = Child {
    resource: "aws_s3_bucket_analytics_configuration",
    each: "/Analytics/*",
    when: &[],
    import: "{id}:{./Id}",
    key: "{./Id}",
    arguments: &[
        Argument::parent("bucket", "bucket"),
        Argument::value("name", "./Id"),
        filter::FLAT,
        Argument::Made {
            name: "storage_class_analysis",
            from: &[
                "./StorageClassAnalysis/DataExport/OutputSchemaVersion",
                "./StorageClassAnalysis/DataExport/Destination/S3BucketDestination/Bucket",
                "./StorageClassAnalysis/DataExport/Destination/S3BucketDestination/BucketAccountId",
                "./StorageClassAnalysis/DataExport/Destination/S3BucketDestination/Format",
                "./StorageClassAnalysis/DataExport/Destination/S3BucketDestination/Prefix",
            ],
            make: exported_analysis,
            arguments: DATA_EXPORT,
        },
    ],
};

/// S3 answers an empty object for an analysis that is exported nowhere.
fn exported_analysis(_: &Map<String, Value>, configuration: &Value) -> Option<Value> {
    let analysis = configuration.get("StorageClassAnalysis")?;
    analysis.get("DataExport").is_some().then(|| vec![analysis.clone()].into())
}

const DATA_EXPORT: &[Argument] = &[Argument::Blocks {
    name: "data_export",
    path: "./DataExport",
    arguments: &[
        Argument::unless("\"V_1\"", "output_schema_version", "./OutputSchemaVersion"),
        Argument::Blocks {
            name: "destination",
            path: "./Destination",
            arguments: &[Argument::Blocks {
                name: "s3_bucket_destination",
                path: "./S3BucketDestination",
                arguments: &[
                    Argument::value("bucket_arn", "./Bucket"),
                    Argument::value("bucket_account_id", "./BucketAccountId"),
                    Argument::unless("\"CSV\"", "format", "./Format"),
                    Argument::value("prefix", "./Prefix"),
                ],
            }],
        },
    ],
}];

pub(super) const METRICS: Child = Child {
    resource: "aws_s3_bucket_metric",
    each: "/Metrics/*",
    when: &[],
    import: "{id}:{./Id}",
    key: "{./Id}",
    arguments: &[Argument::parent("bucket", "bucket"), Argument::value("name", "./Id"), filter::FLAT_WITH_ACCESS_POINT],
};
