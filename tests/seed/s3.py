#!/usr/bin/env python3
"""Fills an emulator with S3 buckets that have every configuration, access points, and the account's public access
block. AWS_ENDPOINT_URL says where it is."""

import json

from buckets import ABROAD, LOGS, PLAIN, RICH, arn, cors, lifecycle, policy
from emulator import attempt, clients

def seed(aws):
    """Creates everything, and returns the names and ARNs that changes need."""
    s3, control = aws("s3"), aws("s3control")
    account = aws("sts").get_caller_identity()["Account"]
    for bucket in (RICH, LOGS, PLAIN):
        s3.create_bucket(Bucket=bucket, **({"ObjectLockEnabledForBucket": True} if bucket == RICH else {}))
    aws("s3", "eu-west-1").create_bucket(Bucket=ABROAD, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    attempt(s3.put_bucket_versioning, Bucket=RICH, VersioningConfiguration={"Status": "Enabled"})
    attempt(s3.put_bucket_versioning, Bucket=LOGS, VersioningConfiguration={"Status": "Enabled"})
    attempt(s3.put_bucket_encryption, Bucket=RICH, ServerSideEncryptionConfiguration={"Rules": [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/data"},
         "BucketKeyEnabled": True}]})
    attempt(s3.put_bucket_lifecycle_configuration, Bucket=RICH, LifecycleConfiguration=lifecycle(365))
    attempt(s3.put_bucket_policy, Bucket=RICH, Policy=policy("s3:GetObject", "s3:ListBucket"))
    attempt(s3.put_bucket_ownership_controls, Bucket=LOGS, OwnershipControls={
        "Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    attempt(s3.put_bucket_acl, Bucket=LOGS, ACL="log-delivery-write")
    attempt(s3.put_bucket_cors, Bucket=RICH, CORSConfiguration=cors("https://www.example.com", "https://example.com"))
    attempt(s3.put_bucket_website, Bucket=RICH, WebsiteConfiguration={
        "IndexDocument": {"Suffix": "index.html"}, "ErrorDocument": {"Key": "error.html"}, "RoutingRules": [
            {"Condition": {"KeyPrefixEquals": "docs/"}, "Redirect": {"ReplaceKeyPrefixWith": "documents/"}}]})
    attempt(s3.put_bucket_logging, Bucket=RICH, BucketLoggingStatus={
        "LoggingEnabled": {"TargetBucket": LOGS, "TargetPrefix": "rich/"}})
    attempt(s3.put_bucket_replication, Bucket=RICH, ReplicationConfiguration={
        "Role": f"arn:aws:iam::{account}:role/replication", "Rules": [
            {"ID": "all", "Priority": 1, "Status": "Enabled", "Filter": {"Prefix": ""},
             "DeleteMarkerReplication": {"Status": "Disabled"},
             "Destination": {"Bucket": arn(LOGS), "StorageClass": "STANDARD_IA"}}]})
    queue = attempt(aws("sqs").create_queue, QueueName="uploads")
    if queue:
        attempt(s3.put_bucket_notification_configuration, Bucket=RICH, NotificationConfiguration={
            "QueueConfigurations": [
                {"Id": "uploads", "QueueArn": f"arn:aws:sqs:us-east-1:{account}:uploads",
                 "Events": ["s3:ObjectCreated:Put", "s3:ObjectCreated:Post"],
                 "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"},
                                                    {"Name": "suffix", "Value": ".csv"}]}}}]})
    attempt(s3.put_bucket_tagging, Bucket=RICH, Tagging={"TagSet": [
        {"Key": "Team", "Value": "data"}, {"Key": "Environment", "Value": "production"}]})
    attempt(s3.put_public_access_block, Bucket=RICH, PublicAccessBlockConfiguration={
        "BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True})
    attempt(s3.put_object_lock_configuration, Bucket=RICH, ObjectLockConfiguration={
        "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 30}}})
    attempt(s3.put_bucket_accelerate_configuration, Bucket=RICH, AccelerateConfiguration={"Status": "Enabled"})
    attempt(s3.put_bucket_request_payment, Bucket=RICH, RequestPaymentConfiguration={"Payer": "Requester"})
    for name in ("weekly", "daily"):
        attempt(s3.put_bucket_inventory_configuration, Bucket=RICH, Id=name, InventoryConfiguration={
            "Id": name, "IsEnabled": True, "IncludedObjectVersions": "Current", "OptionalFields": ["Size", "ETag"],
            "Schedule": {"Frequency": name.title()},
            "Destination": {"S3BucketDestination": {"Bucket": arn(LOGS), "Format": "CSV", "Prefix": name}}})
    attempt(s3.put_bucket_analytics_configuration, Bucket=RICH, Id="classes", AnalyticsConfiguration={
        "Id": "classes", "Filter": {"Prefix": "in/"}, "StorageClassAnalysis": {}})
    attempt(s3.put_bucket_metrics_configuration, Bucket=RICH, Id="entire", MetricsConfiguration={"Id": "entire"})
    attempt(s3.put_bucket_intelligent_tiering_configuration, Bucket=RICH, Id="cold", IntelligentTieringConfiguration={
        "Id": "cold", "Status": "Enabled", "Tierings": [{"Days": 180, "AccessTier": "DEEP_ARCHIVE_ACCESS"},
                                                        {"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}]})

    attempt(control.put_public_access_block, AccountId=account, PublicAccessBlockConfiguration={
        "BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": False, "RestrictPublicBuckets": False})
    attempt(control.create_access_point, AccountId=account, Name="reports", Bucket=RICH)
    attempt(control.put_access_point_policy, AccountId=account, Name="reports", Policy=json.dumps({
        "Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "s3:GetObject",
             "Resource": f"arn:aws:s3:us-east-1:{account}:accesspoint/reports/object/*"}]}))
    return {"account": account, "bucket": RICH, "logs": LOGS, "plain": PLAIN, "abroad": ABROAD}


if __name__ == "__main__":
    seed(clients())
