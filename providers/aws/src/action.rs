//! Which IAM action allows which API operation, where the two names differ.

use driftline_wire::model::{Operation, Service};

/// S3's permissions are named after what they read, not after the operation.
///
/// Source: service authorization reference, "Actions, resources, and condition keys for Amazon S3".
const S3: &[(&str, &str)] = &[
    ("GetBucketAccelerateConfiguration", "s3:GetAccelerateConfiguration"),
    ("GetBucketCors", "s3:GetBucketCORS"),
    ("GetBucketEncryption", "s3:GetEncryptionConfiguration"),
    ("GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"),
    ("GetBucketMetadataConfiguration", "s3:GetBucketMetadataTableConfiguration"),
    ("GetBucketNotificationConfiguration", "s3:GetBucketNotification"),
    ("GetBucketReplication", "s3:GetReplicationConfiguration"),
    ("GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration"),
    ("GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
    ("ListBucketAnalyticsConfigurations", "s3:GetAnalyticsConfiguration"),
    ("ListBucketIntelligentTieringConfigurations", "s3:GetIntelligentTieringConfiguration"),
    ("ListBucketInventoryConfigurations", "s3:GetInventoryConfiguration"),
    ("ListBucketMetricsConfigurations", "s3:GetMetricsConfiguration"),
    ("ListBuckets", "s3:ListAllMyBuckets"),
];

/// The same for the account-level half of S3.
const S3_CONTROL: &[(&str, &str)] = &[("GetPublicAccessBlock", "s3:GetAccountPublicAccessBlock")];

/// The IAM action that a call of `service:Operation` takes; `None` if the API models have no such operation.
pub fn action_of(operation: &str) -> Option<String> {
    let (service, operation) = operation.split_once(':')?;
    let service = driftline_wire::models::service(service)?;
    Some(of(service, service.operation(operation)?))
}

/// The IAM action that a call of this operation takes.
pub(crate) fn of(service: &Service, operation: &Operation) -> String {
    let exceptions = match service.name {
        "s3" => S3,
        "s3control" => S3_CONTROL,
        _ => &[],
    };
    exceptions
        .iter()
        .find(|(name, _)| *name == operation.name)
        .map_or_else(|| format!("{}:{}", service.iam_prefix, operation.name), |(_, action)| (*action).to_owned())
}
