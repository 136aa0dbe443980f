//! Which resource types of Terraform's manage what S3 has, or a part of it, and how a state names it.

use driftline_api::Claim;

pub(crate) static CLAIMS: &[Claim] = &[
    Claim::whole("aws_s3_access_point", "s3/access_point", "{arn}"),
    Claim::part("aws_s3control_access_point_policy", "s3/access_point", "{access_point_arn}"),
    Claim::whole("aws_s3_account_public_access_block", "s3/account_public_access_block", "{account_id}"),
    Claim::whole("aws_s3_bucket", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_accelerate_configuration", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_acl", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_analytics_configuration", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_cors_configuration", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_intelligent_tiering_configuration", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_inventory", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_lifecycle_configuration", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_logging", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_metadata_configuration", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_metric", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_notification", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_object_lock_configuration", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_ownership_controls", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_policy", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_public_access_block", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_replication_configuration", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_request_payment_configuration", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_server_side_encryption_configuration", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_versioning", "s3/bucket", "{bucket}"),
    Claim::part("aws_s3_bucket_website_configuration", "s3/bucket", "{bucket}"),
];
