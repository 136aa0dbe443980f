//! S3 and S3 Control.

use super::{By, Gives, Row, TagForm, named, narrow};

const BUCKETS: &str = "/Buckets/*";
const ACCESS_POINTS: &str = "/AccessPointList/*";
const ACCESS_POINT: &[By] = &[named("/Name", "/Name", "NoSuchAccessPoint")];

const BUCKET: &[By] = &[named("/Bucket", "/Name", "NoSuchBucket")];

/// One configuration of a bucket, served by the bucket's own region.
const fn of_bucket(operation: &'static str) -> Row {
    Row::new(operation, BUCKETS, Gives::Part).by(BUCKET).region("/BucketRegion")
}

pub(super) static ROWS: &[Row] = &[
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_Bucket.html: the region only "if the request contains at
    // least one valid parameter".
    Row::new("s3:ListBuckets", BUCKETS, Gives::Items("Buckets"))
        .by(&[narrow("/BucketRegion", "/BucketRegion"), By::Prefix { param: "/Prefix", item: "/Name" }])
        .omits_unasked(&["BucketRegion"]),
    of_bucket("s3:GetBucketAbac"),
    of_bucket("s3:GetBucketAccelerateConfiguration"),
    of_bucket("s3:GetBucketAcl"),
    of_bucket("s3:GetBucketCors").absent("NoSuchCORSConfiguration"),
    of_bucket("s3:GetBucketEncryption").absent("ServerSideEncryptionConfigurationNotFoundError"),
    of_bucket("s3:GetBucketLifecycleConfiguration").absent("NoSuchLifecycleConfiguration"),
    Row::new("s3:GetBucketLocation", BUCKETS, Gives::Part).by(BUCKET),
    of_bucket("s3:GetBucketLogging"),
    of_bucket("s3:GetBucketMetadataConfiguration").absent("MetadataConfigurationNotFound"),
    of_bucket("s3:GetBucketNotificationConfiguration"),
    of_bucket("s3:GetBucketOwnershipControls").absent("OwnershipControlsNotFoundError"),
    of_bucket("s3:GetBucketPolicy").absent("NoSuchBucketPolicy"),
    of_bucket("s3:GetBucketReplication").absent("ReplicationConfigurationNotFoundError"),
    of_bucket("s3:GetBucketRequestPayment"),
    of_bucket("s3:GetBucketTagging").absent("NoSuchTagSet"),
    of_bucket("s3:GetBucketVersioning"),
    of_bucket("s3:GetBucketWebsite").absent("NoSuchWebsiteConfiguration"),
    of_bucket("s3:GetObjectLockConfiguration").absent("ObjectLockConfigurationNotFoundError"),
    of_bucket("s3:GetPublicAccessBlock").absent("NoSuchPublicAccessBlockConfiguration"),
    of_bucket("s3:ListBucketAnalyticsConfigurations"),
    of_bucket("s3:ListBucketIntelligentTieringConfigurations"),
    of_bucket("s3:ListBucketInventoryConfigurations"),
    of_bucket("s3:ListBucketMetricsConfigurations"),
    Row::new("s3control:GetPublicAccessBlock", "", Gives::Part).absent("NoSuchPublicAccessBlockConfiguration"),
    Row::new("s3control:ListAccessPoints", ACCESS_POINTS, Gives::Items("AccessPointList"))
        .by(&[narrow("/Bucket", "/Bucket")]),
    Row::new("s3control:GetAccessPoint", ACCESS_POINTS, Gives::Spread).by(ACCESS_POINT),
    Row::new("s3control:GetAccessPointPolicy", ACCESS_POINTS, Gives::Part)
        .by(ACCESS_POINT)
        .absent("NoSuchAccessPointPolicy"),
    Row::new(
        "s3control:ListTagsForResource",
        "",
        Gives::Tags {
            param: "/ResourceArn",
            owners: &[(ACCESS_POINTS, "/AccessPointArn")],
            missing: "NoSuchResource",
            form: TagForm::Member("Tags"),
        },
    ),
];
