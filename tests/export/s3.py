#!/usr/bin/env python3
"""Fills an emulator with buckets that have everything, nothing, or what is easily got wrong; access points; the
account's public access block. AWS_ENDPOINT_URL says where it is.

Terraform would make the same, a minute slower: its provider watches a new lifecycle for that long."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "seed"))

from emulator import clients  # noqa: E402

RICH, LOGS, PLAIN, SITE, OLD, DOTS = (
    "export-rich", "export-logs", "export-plain", "export-site", "export-old", "www.example.com")
AWKWARD = {"Cost Center": "a/b:c=d", "Note": 'says "${yes}" & %{no}', "über": "größe"}


def arn(bucket):
    return f"arn:aws:s3:::{bucket}"


def seed(aws):
    s3, account = aws("s3"), aws("sts").get_caller_identity()["Account"]
    for bucket in (RICH, LOGS, PLAIN, SITE, OLD, DOTS):
        s3.create_bucket(Bucket=bucket, **({"ObjectLockEnabledForBucket": True} if bucket == RICH else {}))
    tags(s3, RICH, AWKWARD)
    access(s3, account)
    objects(s3, account)
    reports(s3, aws, account)
    sites(s3)
    control(aws, account)


def tags(s3, bucket, of):
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": key, "Value": of[key]} for key in of]})


def access(s3, account):
    policy = {"Version": "2012-10-17", "Statement": [
        {"Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
         "Resource": [arn(RICH), f"{arn(RICH)}/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Sid": "Read", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
         "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": [arn(RICH), f"{arn(RICH)}/${{aws:username}}/*"]}]}
    s3.put_bucket_policy(Bucket=RICH, Policy=json.dumps(policy))
    for bucket, ownership in ((RICH, "BucketOwnerEnforced"), (LOGS, "ObjectWriter"), (SITE, "BucketOwnerPreferred")):
        s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": ownership}]})
    blocked = dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], True)
    s3.put_public_access_block(Bucket=RICH, PublicAccessBlockConfiguration=blocked)
    s3.put_public_access_block(Bucket=SITE, PublicAccessBlockConfiguration={
        **blocked, "BlockPublicAcls": False, "BlockPublicPolicy": False})
    s3.put_bucket_acl(Bucket=LOGS, ACL="log-delivery-write")
    s3.put_bucket_acl(Bucket=SITE, ACL="public-read")
    s3.put_bucket_request_payment(Bucket=LOGS, RequestPaymentConfiguration={"Payer": "Requester"})


def objects(s3, account):
    for bucket, status in ((RICH, "Enabled"), (LOGS, "Enabled"), (OLD, "Suspended")):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})
    s3.put_bucket_encryption(Bucket=RICH, ServerSideEncryptionConfiguration={"Rules": [
        {"ApplyServerSideEncryptionByDefault": {
            "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": f"arn:aws:kms:us-east-1:{account}:alias/data"},
         "BucketKeyEnabled": True}]})
    s3.put_bucket_encryption(Bucket=LOGS, ServerSideEncryptionConfiguration={"Rules": [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]})
    s3.put_object_lock_configuration(Bucket=RICH, ObjectLockConfiguration={
        "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 30}}})
    # In an order that sorting would change.
    s3.put_bucket_lifecycle_configuration(Bucket=RICH, TransitionDefaultMinimumObjectSize="varies_by_storage_class",
                                          LifecycleConfiguration={"Rules": [
        {"ID": "tmp", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 1}},
        {"ID": "everything", "Status": "Enabled", "Filter": {"Prefix": ""},
         "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
         "NoncurrentVersionTransitions": [{"NoncurrentDays": 30, "StorageClass": "STANDARD_IA"},
                                          {"NoncurrentDays": 60, "StorageClass": "GLACIER", "NewerNoncurrentVersions": 2}],
         "NoncurrentVersionExpiration": {"NoncurrentDays": 90, "NewerNoncurrentVersions": 3}},
        {"ID": "archive", "Status": "Disabled", "Filter": {"And": {
            "Prefix": "logs/", "Tags": [{"Key": "tier", "Value": "cold"}, {"Key": "kind of", "Value": ""}],
            "ObjectSizeGreaterThan": 1024, "ObjectSizeLessThan": 1048576}},
         "Transitions": [{"Days": 0, "StorageClass": "INTELLIGENT_TIERING"}, {"Days": 90, "StorageClass": "GLACIER"}],
         "Expiration": {"Days": 365}},
        {"ID": "small", "Status": "Enabled", "Filter": {"ObjectSizeLessThan": 100}, "Expiration": {"Days": 10}},
        {"ID": "big", "Status": "Enabled", "Filter": {"ObjectSizeGreaterThan": 100000},
         "Transitions": [{"Date": "2030-01-01T00:00:00Z", "StorageClass": "DEEP_ARCHIVE"}]},
        {"ID": "tagged", "Status": "Enabled", "Filter": {"Tag": {"Key": "gone", "Value": "yes"}},
         "Expiration": {"Date": "2030-01-01T00:00:00Z"}},
        {"ID": "markers", "Status": "Enabled", "Filter": {"Prefix": "m/"},
         "Expiration": {"ExpiredObjectDeleteMarker": True}}]})
    s3.put_bucket_lifecycle_configuration(Bucket=OLD, LifecycleConfiguration={"Rules": [
        {"ID": "old", "Status": "Enabled", "Prefix": "old/", "Expiration": {"Days": 30}}]})
    s3.put_bucket_replication(Bucket=RICH, ReplicationConfiguration={
        "Role": f"arn:aws:iam::{account}:role/replication", "Rules": [
            {"ID": "some", "Priority": 2, "Status": "Enabled",
             "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "copy", "Value": "yes"}]}},
             "DeleteMarkerReplication": {"Status": "Disabled"}, "ExistingObjectReplication": {"Status": "Disabled"},
             "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"},
                                         "ReplicaModifications": {"Status": "Enabled"}},
             "Destination": {
                 "Bucket": arn(LOGS), "StorageClass": "STANDARD_IA", "Account": account,
                 "AccessControlTranslation": {"Owner": "Destination"},
                 "EncryptionConfiguration": {"ReplicaKmsKeyID": f"arn:aws:kms:us-east-1:{account}:alias/data"},
                 "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
                 "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}}}},
            {"ID": "all", "Priority": 1, "Status": "Enabled", "Filter": {"Prefix": ""},
             "DeleteMarkerReplication": {"Status": "Enabled"}, "Destination": {"Bucket": arn(LOGS)}},
            {"ID": "one", "Priority": 3, "Status": "Disabled", "Filter": {"Tag": {"Key": "k", "Value": "v"}},
             "DeleteMarkerReplication": {"Status": "Disabled"}, "Destination": {"Bucket": arn(LOGS)}}]})
    for name, configuration in {
        "cold": {"Status": "Enabled", "Tierings": [{"Days": 180, "AccessTier": "DEEP_ARCHIVE_ACCESS"},
                                                   {"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}]},
        "Some of it": {"Status": "Disabled", "Tierings": [{"Days": 125, "AccessTier": "ARCHIVE_ACCESS"}],
                       "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}]}}},
    }.items():
        s3.put_bucket_intelligent_tiering_configuration(
            Bucket=RICH, Id=name, IntelligentTieringConfiguration={"Id": name, **configuration})


def reports(s3, aws, account):
    s3.put_bucket_logging(Bucket=RICH, BucketLoggingStatus={"LoggingEnabled": {
        "TargetBucket": LOGS, "TargetPrefix": "rich/",
        "TargetGrants": [{"Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"},
                          "Permission": "READ"}],
        "TargetObjectKeyFormat": {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}}}})
    s3.put_bucket_logging(Bucket=SITE, BucketLoggingStatus={"LoggingEnabled": {
        "TargetBucket": LOGS, "TargetPrefix": "", "TargetObjectKeyFormat": {"SimplePrefix": {}}}})
    aws("sqs").create_queue(QueueName="uploads")
    topic = aws("sns").create_topic(Name="uploads")["TopicArn"]
    s3.put_bucket_notification_configuration(Bucket=RICH, NotificationConfiguration={
        "EventBridgeConfiguration": {},
        "TopicConfigurations": [{"Id": "topic", "TopicArn": topic, "Events": ["s3:ObjectRemoved:*"]}],
        "QueueConfigurations": [
            {"Id": "zwei", "QueueArn": f"arn:aws:sqs:us-east-1:{account}:uploads",
             "Events": ["s3:ObjectCreated:Put", "s3:ObjectCreated:Copy"],
             "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}, {"Name": "suffix", "Value": ".csv"}]}}},
            {"Id": "eins", "QueueArn": f"arn:aws:sqs:us-east-1:{account}:uploads", "Events": ["s3:ObjectCreated:Post"],
             "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "out/"}]}}}]})
    s3.put_bucket_notification_configuration(Bucket=LOGS, NotificationConfiguration={"EventBridgeConfiguration": {}})
    for name, of in {
        "daily": {"IsEnabled": True, "IncludedObjectVersions": "Current", "Schedule": {"Frequency": "Daily"},
                  "Destination": {"S3BucketDestination": {"Bucket": arn(LOGS), "Format": "CSV"}}},
        "weekly": {"IsEnabled": False, "IncludedObjectVersions": "All", "Schedule": {"Frequency": "Weekly"},
                   "OptionalFields": ["Size", "ETag"], "Filter": {"Prefix": "a/"},
                   "Destination": {"S3BucketDestination": {
                       "Bucket": arn(LOGS), "Format": "Parquet", "Prefix": "inventory", "AccountId": account,
                       "Encryption": {"SSEKMS": {"KeyId": f"arn:aws:kms:us-east-1:{account}:alias/data"}}}}},
        "sealed": {"IsEnabled": True, "IncludedObjectVersions": "All", "Schedule": {"Frequency": "Weekly"},
                   "Destination": {"S3BucketDestination": {
                       "Bucket": arn(LOGS), "Format": "ORC", "Encryption": {"SSES3": {}}}}},
    }.items():
        s3.put_bucket_inventory_configuration(Bucket=RICH, Id=name, InventoryConfiguration={"Id": name, **of})
    for name, of in {
        "exported": {"Filter": {"Prefix": "in/"}, "StorageClassAnalysis": {"DataExport": {
            "OutputSchemaVersion": "V_1", "Destination": {"S3BucketDestination": {
                "Format": "CSV", "Bucket": arn(LOGS), "BucketAccountId": account, "Prefix": "analytics/"}}}}},
        "here": {"Filter": {"Tag": {"Key": "k", "Value": "v"}}, "StorageClassAnalysis": {}},
    }.items():
        s3.put_bucket_analytics_configuration(Bucket=RICH, Id=name, AnalyticsConfiguration={"Id": name, **of})
    for name, of in {
        "EntireBucket": {},
        "point": {"Filter": {"AccessPointArn": f"arn:aws:s3:us-east-1:{account}:accesspoint/reports"}},
        "some": {"Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}, {"Key": "l", "Value": "w"}]}}},
    }.items():
        s3.put_bucket_metrics_configuration(Bucket=RICH, Id=name, MetricsConfiguration={"Id": name, **of})


def sites(s3):
    s3.put_bucket_accelerate_configuration(Bucket=RICH, AccelerateConfiguration={"Status": "Enabled"})
    s3.put_bucket_cors(Bucket=SITE, CORSConfiguration={"CORSRules": [
        {"ID": "read", "AllowedMethods": ["HEAD", "GET"], "AllowedOrigins": ["https://b.example.com", "https://a.example.com"],
         "AllowedHeaders": ["*"], "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 3000},
        {"AllowedMethods": ["PUT"], "AllowedOrigins": ["https://*.example.com"]}]})
    s3.put_bucket_website(Bucket=SITE, WebsiteConfiguration={
        "IndexDocument": {"Suffix": "index.html"}, "ErrorDocument": {"Key": "error.html"}, "RoutingRules": [
            {"Condition": {"KeyPrefixEquals": "docs/", "HttpErrorCodeReturnedEquals": "404"},
             "Redirect": {"ReplaceKeyPrefixWith": "documents/", "HostName": "www.example.com", "Protocol": "https",
                          "HttpRedirectCode": "302"}},
            {"Condition": {"KeyPrefixEquals": "a"}, "Redirect": {"ReplaceKeyWith": "b.html"}}]})
    s3.put_bucket_website(Bucket=RICH, WebsiteConfiguration={
        "IndexDocument": {"Suffix": "index.html"}, "RoutingRules": [
            {"Condition": {"KeyPrefixEquals": "images/"}, "Redirect": {"ReplaceKeyPrefixWith": ""}}]})
    s3.put_bucket_website(Bucket=DOTS, WebsiteConfiguration={
        "RedirectAllRequestsTo": {"HostName": "example.com", "Protocol": "https"}})


def control(aws, account):
    control = aws("s3control")
    control.put_public_access_block(AccountId=account, PublicAccessBlockConfiguration={
        "BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": False, "RestrictPublicBuckets": False})
    vpc = aws("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    control.create_access_point(AccountId=account, Name="reports", Bucket=RICH)
    control.create_access_point(
        AccountId=account, Name="inside", Bucket=LOGS, VpcConfiguration={"VpcId": vpc},
        PublicAccessBlockConfiguration={"BlockPublicAcls": True, "IgnorePublicAcls": False, "BlockPublicPolicy": False,
                                        "RestrictPublicBuckets": True})
    control.put_access_point_policy(AccountId=account, Name="reports", Policy=json.dumps({
        "Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "s3:GetObject",
             "Resource": f"arn:aws:s3:us-east-1:{account}:accesspoint/reports/object/*"}]}))


if __name__ == "__main__":
    seed(clients())
