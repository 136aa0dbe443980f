//! How a bucket is written as Terraform: the bucket itself, and a resource for each configuration that it has.
//!
//! S3 gives every new bucket an encryption, an ownership and a public access block, and only what is written can be put
//! back once somebody changes it: they are written, too. Two are not: that nobody but the owner pays, and the ACL of a
//! bucket without ACLs, which cannot be set.

mod access;
mod filter;
mod objects;
mod reports;
mod site;

use driftline_api::{Argument, Form, Omit, Terraform};
use serde_json::{Map, Value};

pub(super) static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_s3_bucket",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "bucket"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("bucket", "/Name"),
            Argument::Computed {
                name: "object_lock_enabled",
                from: &["/ObjectLock/ObjectLockEnabled"],
                value: is_locking,
            },
            Argument::Tags,
        ],
    }],
    children: &[
        access::OWNERSHIP_CONTROLS,
        access::PUBLIC_ACCESS_BLOCK,
        access::ACL,
        access::POLICY,
        access::REQUEST_PAYMENT,
        objects::VERSIONING,
        objects::ENCRYPTION,
        objects::OBJECT_LOCK,
        objects::LIFECYCLE,
        objects::REPLICATION,
        objects::INTELLIGENT_TIERING,
        reports::LOGGING,
        reports::NOTIFICATION,
        reports::INVENTORY,
        reports::ANALYTICS,
        reports::METRICS,
        site::ACCELERATE,
        site::CORS,
        site::WEBSITE,
        site::WEBSITE_WITH_EMPTY_TEXTS,
    ],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/BucketArn", "/CreationDate"]),
        Omit::quiet("is the region of its provider", &["/BucketRegion"]),
        Omit::quiet("says who paid for asking", &["/Accelerate/RequestCharged"]),
        Omit::told_unless(&["\"Disabled\""], "is no part of the provider 5.x", &["/Abac/Status"]),
        Omit::told(
            "is no part of the provider 5.x",
            &[
                "/Encryption/Rules/*/BlockedEncryptionTypes/EncryptionType/*",
                "/ObjectLock/Rule/DefaultRetention/DefaultEventHold/Days",
                "/ObjectLock/Rule/DefaultRetention/DefaultEventHold/Years",
                "/Metadata/AnnotationTableConfigurationResult/ConfigurationState",
                "/Metadata/AnnotationTableConfigurationResult/Role",
                "/Metadata/InventoryTableConfigurationResult/ConfigurationState",
                "/Metadata/JournalTableConfigurationResult/RecordExpiration/Days",
                "/Metadata/JournalTableConfigurationResult/RecordExpiration/Expiration",
            ],
        ),
        Omit::told(
            "the provider puts several rules in an order of its own, and S3 uses the first that matches",
            &["/Cors/CORSRules/1"],
        ),
        Omit::quiet(
            "is how S3 calls the metadata's tables",
            &[
                "/Metadata/AnnotationTableConfigurationResult/TableArn",
                "/Metadata/AnnotationTableConfigurationResult/TableName",
                "/Metadata/DestinationResult/TableBucketArn",
                "/Metadata/DestinationResult/TableBucketType",
                "/Metadata/DestinationResult/TableNamespace",
                "/Metadata/InventoryTableConfigurationResult/TableArn",
                "/Metadata/InventoryTableConfigurationResult/TableName",
                "/Metadata/JournalTableConfigurationResult/TableArn",
                "/Metadata/JournalTableConfigurationResult/TableName",
            ],
        ),
    ],
};

/// A bucket made again without it could not lock its objects before somebody enables it.
fn is_locking(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let enabled = attributes.get("ObjectLock")?.get("ObjectLockEnabled")?;
    (enabled == "Enabled").then_some(Value::Bool(true))
}
