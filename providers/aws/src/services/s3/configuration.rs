//! The configurations that a bucket can have: which call answers each, and how S3 says that there is none.

use driftline_api::Source;

/// One configuration of a bucket.
pub(super) struct Configuration {
    pub(super) operation: &'static str,
    /// The attribute: the operation's name without the words that go without saying.
    pub(super) at: &'static str,
    /// The part of the answer that is the configuration.
    pub(super) member: &'static str,
    /// Error codes that mean that there is none (S3 API reference, "List of error codes"). An empty answer means the
    /// same.
    pub(super) absent: &'static [&'static str],
}

/// What S3 says of a feature that a region does not have: nobody can have configured it there.
const NOT_HERE: &[&str] = &["MethodNotAllowed", "NotImplemented", "UnsupportedArgument", "UnsupportedOperation"];
const NO_METADATA: &[&str] =
    &["MetadataConfigurationNotFound", "MethodNotAllowed", "NotImplemented", "UnsupportedOperation"];
const NO_OBJECT_LOCK: &[&str] = &["ObjectLockConfigurationNotFoundError", "MethodNotAllowed", "NotImplemented"];

pub(super) const CONFIGURATIONS: [Configuration; 22] = [
    of("s3:GetBucketAbac", "/Abac", "/AbacStatus", NOT_HERE),
    of("s3:GetBucketAccelerateConfiguration", "/Accelerate", "", NOT_HERE),
    of("s3:GetBucketAcl", "/Acl", "", &[]),
    of("s3:GetBucketCors", "/Cors", "", &["NoSuchCORSConfiguration"]),
    of(
        "s3:GetBucketEncryption",
        "/Encryption",
        "/ServerSideEncryptionConfiguration",
        &["ServerSideEncryptionConfigurationNotFoundError"],
    ),
    of("s3:GetBucketLifecycleConfiguration", "/Lifecycle", "", &["NoSuchLifecycleConfiguration"]),
    of("s3:GetBucketLogging", "/Logging", "/LoggingEnabled", &[]),
    of(
        "s3:GetBucketMetadataConfiguration",
        "/Metadata",
        "/GetBucketMetadataConfigurationResult/MetadataConfigurationResult",
        NO_METADATA,
    ),
    of("s3:GetBucketNotificationConfiguration", "/Notification", "", &[]),
    of(
        "s3:GetBucketOwnershipControls",
        "/OwnershipControls",
        "/OwnershipControls",
        &["OwnershipControlsNotFoundError"],
    ),
    of("s3:GetBucketPolicy", "/Policy", "/Policy", &["NoSuchBucketPolicy"]),
    of(
        "s3:GetBucketReplication",
        "/Replication",
        "/ReplicationConfiguration",
        &["ReplicationConfigurationNotFoundError"],
    ),
    of("s3:GetBucketRequestPayment", "/RequestPayment", "", NOT_HERE),
    of("s3:GetBucketTagging", "/Tags", "/TagSet", &["NoSuchTagSet", "NoSuchTagSetError"]),
    of("s3:GetBucketVersioning", "/Versioning", "", &[]),
    of("s3:GetBucketWebsite", "/Website", "", &["NoSuchWebsiteConfiguration"]),
    of("s3:GetObjectLockConfiguration", "/ObjectLock", "/ObjectLockConfiguration", NO_OBJECT_LOCK),
    of(
        "s3:GetPublicAccessBlock",
        "/PublicAccessBlock",
        "/PublicAccessBlockConfiguration",
        &["NoSuchPublicAccessBlockConfiguration"],
    ),
    of("s3:ListBucketAnalyticsConfigurations", "/Analytics", "/AnalyticsConfigurationList", NOT_HERE),
    of(
        "s3:ListBucketIntelligentTieringConfigurations",
        "/IntelligentTiering",
        "/IntelligentTieringConfigurationList",
        NOT_HERE,
    ),
    of("s3:ListBucketInventoryConfigurations", "/Inventory", "/InventoryConfigurationList", NOT_HERE),
    of("s3:ListBucketMetricsConfigurations", "/Metrics", "/MetricsConfigurationList", NOT_HERE),
];

const fn of(
    operation: &'static str,
    at: &'static str,
    member: &'static str,
    absent: &'static [&'static str],
) -> Configuration {
    Configuration { operation, at, member, absent }
}

/// The answers that a bucket's attributes are made of: the list, and every configuration.
pub(super) static SOURCES: [Source; CONFIGURATIONS.len() + 1] = {
    let list = Source { operation: "s3:ListBuckets", member: "/Buckets/*", at: "" };
    let mut sources = [list; CONFIGURATIONS.len() + 1];
    let mut index = 0;
    while index < CONFIGURATIONS.len() {
        let Configuration { operation, at, member, .. } = CONFIGURATIONS[index];
        sources[index + 1] = Source { operation, member, at };
        index += 1;
    }
    sources
};
