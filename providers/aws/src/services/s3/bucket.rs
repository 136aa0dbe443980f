//! Buckets with every configuration they have.

mod terraform;

use driftline_api::{Arn, Calls, Cause, Descriptor, Document, Identity, Naming, Reads, Rule, Under, Write};
use serde_json::{Value, json};

use super::configuration::{CONFIGURATIONS, SOURCES};
use crate::{Detail, Draft, Existence, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "s3/bucket",
        about: "Buckets with every configuration, read in the bucket's own region. A configuration that nobody made \
                is left out, whether S3 answers an error or an empty document.",
        reads: Reads::OncePerAccount,
        identity: Identity::Field("/Name"),
        arn: Arn::Pattern("arn:{partition}:s3:::{id}"),
        label: None,
        called: None,
        created: Some("/CreationDate"),
        actions: &[
            "s3:GetAccelerateConfiguration",
            "s3:GetAnalyticsConfiguration",
            "s3:GetBucketAbac",
            "s3:GetBucketAcl",
            "s3:GetBucketCORS",
            "s3:GetBucketLocation",
            "s3:GetBucketLogging",
            "s3:GetBucketMetadataTableConfiguration",
            "s3:GetBucketNotification",
            "s3:GetBucketObjectLockConfiguration",
            "s3:GetBucketOwnershipControls",
            "s3:GetBucketPolicy",
            "s3:GetBucketPublicAccessBlock",
            "s3:GetBucketRequestPayment",
            "s3:GetBucketTagging",
            "s3:GetBucketVersioning",
            "s3:GetBucketWebsite",
            "s3:GetEncryptionConfiguration",
            "s3:GetIntelligentTieringConfiguration",
            "s3:GetInventoryConfiguration",
            "s3:GetLifecycleConfiguration",
            "s3:GetMetricsConfiguration",
            "s3:GetReplicationConfiguration",
            "s3:ListAllMyBuckets",
        ],
        sources: &SOURCES,
        calls: &[
            Calls::list("s3:ListBuckets", 1000),
            Calls::each("s3:GetBucketAbac", 1.0),
            Calls::each("s3:GetBucketAccelerateConfiguration", 1.0),
            Calls::each("s3:GetBucketAcl", 1.0),
            Calls::each("s3:GetBucketCors", 1.0),
            Calls::each("s3:GetBucketEncryption", 1.0),
            Calls::each("s3:GetBucketLifecycleConfiguration", 1.0),
            Calls::each("s3:GetBucketLogging", 1.0),
            Calls::each("s3:GetBucketMetadataConfiguration", 1.0),
            Calls::each("s3:GetBucketNotificationConfiguration", 1.0),
            Calls::each("s3:GetBucketOwnershipControls", 1.0),
            Calls::each("s3:GetBucketPolicy", 1.0),
            Calls::each("s3:GetBucketReplication", 1.0),
            Calls::each("s3:GetBucketRequestPayment", 1.0),
            Calls::each("s3:GetBucketTagging", 1.0),
            Calls::each("s3:GetBucketVersioning", 1.0),
            Calls::each("s3:GetBucketWebsite", 1.0),
            Calls::each("s3:GetObjectLockConfiguration", 1.0),
            Calls::each("s3:GetPublicAccessBlock", 1.0),
            Calls::each("s3:ListBucketAnalyticsConfigurations", 1.0),
            Calls::each("s3:ListBucketIntelligentTieringConfigurations", 1.0),
            Calls::each("s3:ListBucketInventoryConfigurations", 1.0),
            Calls::each("s3:ListBucketMetricsConfigurations", 1.0),
        ],
        writes: &[
            Write::creates(&["s3:CreateBucket"]),
            Write::removes(&["s3:DeleteBucket"]),
            Write::changes(&["/Abac"], &["s3:PutBucketAbac"]),
            Write::changes(&["/Accelerate"], &["s3:PutBucketAccelerateConfiguration"]),
            Write::changes(&["/Acl"], &["s3:PutBucketAcl"]),
            Write::changes(
                &["/Analytics"],
                &["s3:PutBucketAnalyticsConfiguration", "s3:DeleteBucketAnalyticsConfiguration"],
            ),
            Write::changes(&["/Cors"], &["s3:PutBucketCors", "s3:DeleteBucketCors"]),
            Write::changes(&["/Encryption"], &["s3:PutBucketEncryption", "s3:DeleteBucketEncryption"]),
            Write::changes(
                &["/IntelligentTiering"],
                &["s3:PutBucketIntelligentTieringConfiguration", "s3:DeleteBucketIntelligentTieringConfiguration"],
            ),
            Write::changes(
                &["/Inventory"],
                &["s3:PutBucketInventoryConfiguration", "s3:DeleteBucketInventoryConfiguration"],
            ),
            Write::changes(
                &["/Lifecycle"],
                &["s3:PutBucketLifecycle", "s3:PutBucketLifecycleConfiguration", "s3:DeleteBucketLifecycle"],
            ),
            Write::changes(&["/Logging"], &["s3:PutBucketLogging"]),
            Write::changes(
                &["/Metadata"],
                &[
                    "s3:CreateBucketMetadataConfiguration",
                    "s3:CreateBucketMetadataTableConfiguration",
                    "s3:DeleteBucketMetadataConfiguration",
                    "s3:DeleteBucketMetadataTableConfiguration",
                    "s3:UpdateBucketMetadataAnnotationTableConfiguration",
                    "s3:UpdateBucketMetadataInventoryTableConfiguration",
                    "s3:UpdateBucketMetadataJournalTableConfiguration",
                ],
            ),
            Write::changes(&["/Metrics"], &["s3:PutBucketMetricsConfiguration", "s3:DeleteBucketMetricsConfiguration"]),
            Write::changes(&["/Notification"], &["s3:PutBucketNotification", "s3:PutBucketNotificationConfiguration"]),
            Write::changes(&["/ObjectLock"], &["s3:PutBucketObjectLockConfiguration", "s3:PutObjectLockConfiguration"]),
            Write::changes(
                &["/OwnershipControls"],
                &["s3:PutBucketOwnershipControls", "s3:DeleteBucketOwnershipControls"],
            ),
            Write::changes(&["/Policy"], &["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"]),
            Write::changes(
                &["/PublicAccessBlock"],
                &["s3:PutBucketPublicAccessBlock", "s3:DeleteBucketPublicAccessBlock"],
            ),
            Write::changes(&["/Replication"], &["s3:PutBucketReplication", "s3:DeleteBucketReplication"]),
            Write::changes(&["/RequestPayment"], &["s3:PutBucketRequestPayment"]),
            Write::changes(
                &["/tags"],
                &[
                    "s3:PutBucketTagging",
                    "s3:DeleteBucketTagging",
                    "s3:TagResource",
                    "s3:UntagResource",
                    "tagging:TagResources",
                    "tagging:UntagResources",
                ],
            ),
            Write::changes(&["/Versioning"], &["s3:PutBucketVersioning"]),
            Write::changes(&["/Website"], &["s3:PutBucketWebsite", "s3:DeleteBucketWebsite"]),
        ],
        terraform: Some(&terraform::TERRAFORM),
        names: &[Naming::Id, Naming::Arn],
        rules: &[
            Rule::Tags { path: "/Tags" },
            Rule::Document { path: "/Policy", form: Document::Policy },
            // S3 names canonical users by id; it stops answering their display names (S3 user guide, "ACL overview").
            Rule::Volatile { path: "/Acl/Owner/DisplayName", why: DISPLAY_NAME },
            Rule::Volatile { path: "/Acl/Grants/*/Grantee/DisplayName", why: DISPLAY_NAME },
            Rule::Volatile { path: "/Logging/TargetGrants/*/Grantee/DisplayName", why: DISPLAY_NAME },
            Rule::Set { path: "/Acl/Grants", key: &[] },
            Rule::Set { path: "/Logging/TargetGrants", key: &[] },
            Rule::Set { path: "/Analytics", key: &["Id"] },
            Rule::Set { path: "/Analytics/*/Filter/And/Tags", key: &["Key"] },
            // The first rule that matches a request is used.
            Rule::Sequence { path: "/Cors/CORSRules", key: &[] },
            Rule::Set { path: "/Cors/CORSRules/*/AllowedHeaders", key: &[] },
            Rule::Set { path: "/Cors/CORSRules/*/AllowedMethods", key: &[] },
            Rule::Set { path: "/Cors/CORSRules/*/AllowedOrigins", key: &[] },
            Rule::Set { path: "/Cors/CORSRules/*/ExposeHeaders", key: &[] },
            // S3 takes one rule: its changes are changes of that rule.
            Rule::Sequence { path: "/Encryption/Rules", key: &[] },
            Rule::Set { path: "/Encryption/Rules/*/BlockedEncryptionTypes/EncryptionType", key: &[] },
            Rule::Default {
                path: "/Encryption/Rules/*/BucketKeyEnabled",
                value: "false",
                why: "is what S3 does where nothing is said",
            },
            Rule::Sequence { path: "/OwnershipControls/Rules", key: &[] },
            Rule::Set { path: "/IntelligentTiering", key: &["Id"] },
            Rule::Set { path: "/IntelligentTiering/*/Filter/And/Tags", key: &["Key"] },
            Rule::Set { path: "/IntelligentTiering/*/Tierings", key: &["AccessTier"] },
            Rule::Set { path: "/Inventory", key: &["Id"] },
            Rule::Set { path: "/Inventory/*/OptionalFields", key: &[] },
            // Order means nothing to S3 here, nor in notifications and replications; but it keeps it, and Terraform
            // takes another one for a change.
            Rule::Sequence { path: "/Lifecycle/Rules", key: &["ID"] },
            Rule::Default { path: "/Lifecycle/Rules/*/Filter/Prefix", value: "\"\"", why: EVERYTHING },
            Rule::Set { path: "/Lifecycle/Rules/*/Filter/And/Tags", key: &["Key"] },
            Rule::Set { path: "/Lifecycle/Rules/*/NoncurrentVersionTransitions", key: &["StorageClass"] },
            Rule::Set { path: "/Lifecycle/Rules/*/Transitions", key: &["StorageClass"] },
            Rule::Volatile { path: "/Metadata/AnnotationTableConfigurationResult/Error", why: TABLE },
            Rule::Volatile { path: "/Metadata/AnnotationTableConfigurationResult/TableStatus", why: TABLE },
            Rule::Volatile { path: "/Metadata/InventoryTableConfigurationResult/Error", why: TABLE },
            Rule::Volatile { path: "/Metadata/InventoryTableConfigurationResult/TableStatus", why: TABLE },
            Rule::Volatile { path: "/Metadata/JournalTableConfigurationResult/Error", why: TABLE },
            Rule::Volatile { path: "/Metadata/JournalTableConfigurationResult/TableStatus", why: TABLE },
            Rule::Set { path: "/Metrics", key: &["Id"] },
            Rule::Set { path: "/Metrics/*/Filter/And/Tags", key: &["Key"] },
            Rule::Sequence { path: "/Notification/LambdaFunctionConfigurations", key: &["Id"] },
            Rule::Set { path: "/Notification/LambdaFunctionConfigurations/*/Events", key: &[] },
            Rule::Set { path: "/Notification/LambdaFunctionConfigurations/*/Filter/Key/FilterRules", key: &["Name"] },
            Rule::Sequence { path: "/Notification/QueueConfigurations", key: &["Id"] },
            Rule::Set { path: "/Notification/QueueConfigurations/*/Events", key: &[] },
            Rule::Set { path: "/Notification/QueueConfigurations/*/Filter/Key/FilterRules", key: &["Name"] },
            Rule::Sequence { path: "/Notification/TopicConfigurations", key: &["Id"] },
            Rule::Set { path: "/Notification/TopicConfigurations/*/Events", key: &[] },
            Rule::Set { path: "/Notification/TopicConfigurations/*/Filter/Key/FilterRules", key: &["Name"] },
            Rule::Sequence { path: "/Replication/Rules", key: &["ID"] },
            Rule::Default { path: "/Replication/Rules/*/Filter/Prefix", value: "\"\"", why: EVERYTHING },
            Rule::Set { path: "/Replication/Rules/*/Filter/And/Tags", key: &["Key"] },
            // Routing rules are tried in their order.
            Rule::Sequence { path: "/Website/RoutingRules", key: &[] },
            Rule::Reference { path: "/Logging/TargetBucket", kind: "s3/bucket" },
            Rule::Reference { path: "/Replication/Role", kind: "iam/role" },
            Rule::Reference { path: "/Replication/Rules/*/Destination/Bucket", kind: "s3/bucket" },
            Rule::Reference { path: "/Inventory/*/Destination/S3BucketDestination/Bucket", kind: "s3/bucket" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

const DISPLAY_NAME: &str = "belongs to the grantee's account, and S3 is ceasing to answer it";
const EVERYTHING: &str = "filters nothing, like a filter without a prefix";
const TABLE: &str = "says how far S3 has come with the table";

/// S3 answers so when the bucket is not in the region that it said it was: the bucket is being moved, or made again.
const REDIRECTED: &[&str] =
    &["AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect", "TemporaryRedirect"];

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    // Without a parameter S3 leaves the buckets' regions out.
    let mut lists = reader.listed("s3:ListBuckets", json!({"MaxBuckets": 1000}), "/Buckets", |_| true)?;
    while let Some(buckets) = lists.next().await? {
        reader.for_each(buckets, |bucket| Box::pin(read(reader, Draft::new(bucket)))).await;
    }
    Ok(())
}

async fn read(reader: &Reader<'_>, mut draft: Draft) {
    let name = draft.text("/Name").to_owned();
    if !reader.regions().iter().any(|region| reader.wants(Some(region), &name)) {
        return;
    }
    if draft.text("/BucketRegion").is_empty() {
        match locate(reader, &name).await {
            Ok(Some(region)) => draft.set("/BucketRegion", json!(region)),
            Ok(None) => return,
            Err(cause) => return reader.gap_in(None, Under::Id(name), cause),
        }
    }
    let region = draft.text("/BucketRegion").to_owned();
    if !reader.regions().contains(&region) || !reader.wants(Some(&region), &name) {
        return;
    }
    let mut draft = draft.in_region(region.clone());
    let details = CONFIGURATIONS.iter().map(|configuration| Detail {
        operation: configuration.operation,
        params: json!({"Bucket": name}),
        member: configuration.member,
        at: configuration.at,
        absent: configuration.absent,
    });
    if reader.details(&mut draft, &["NoSuchBucket"], details.collect()).await != Existence::Present {
        return;
    }
    // A bucket of which nothing could be read, or which is somewhere else, is one gap and not a gap per configuration.
    let elsewhere = draft.unread.iter().find(|unread| REDIRECTED.contains(&unread.cause.code.as_str()));
    let nothing = draft.unread.first().filter(|_| draft.unread.len() == CONFIGURATIONS.len());
    if let Some(unread) = elsewhere.or(nothing) {
        return reader.gap_in(Some(region), Under::Id(name), unread.cause.clone());
    }
    for configuration in &CONFIGURATIONS {
        if draft.get(configuration.at).is_some_and(is_empty) {
            draft.remove(&configuration.at[1..]);
        }
    }
    reader.emit(draft);
}

/// The region of a bucket that the list did not tell; `None` if it is gone.
async fn locate(reader: &Reader<'_>, name: &str) -> Result<Option<String>, Cause> {
    let answer = match reader.call("s3:GetBucketLocation", &json!({"Bucket": name})).await {
        Err(cause) if cause.code == "NoSuchBucket" => return Ok(None),
        answer => answer?,
    };
    let constraint = answer.pointer("/LocationConstraint").and_then(Value::as_str).unwrap_or_default();
    Ok(Some(region_of(constraint).to_owned()))
}

/// The first two regions keep the names that they had before there were others.
///
/// Source: S3 API reference, `GetBucketLocation`.
fn region_of(constraint: &str) -> &str {
    match constraint {
        "" | "US" => "us-east-1",
        "EU" => "eu-west-1",
        region => region,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(members) => members.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        _ => false,
    }
}
