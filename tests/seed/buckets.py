"""The buckets that are seeded and changed, and their longer documents."""

import json

RICH, LOGS, PLAIN, ABROAD = "driftline-rich", "driftline-logs", "driftline-plain", "driftline-abroad"


def arn(bucket):
    return f"arn:aws:s3:::{bucket}"


def policy(*actions, sid="Read"):
    statement = {
        "Sid": sid, "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": list(actions),
        "Resource": [arn(RICH), f"{arn(RICH)}/*"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def lifecycle(days):
    return {"Rules": [
        {"ID": "archive", "Status": "Enabled", "Filter": {"And": {"Prefix": "logs/", "Tags": [
            {"Key": "tier", "Value": "cold"}, {"Key": "kind", "Value": "log"}]}},
         "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 90, "StorageClass": "GLACIER"}],
         "Expiration": {"Days": days}},
        {"ID": "abort", "Status": "Enabled", "Filter": {"Prefix": ""},
         "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}},
    ]}


def cors(*origins):
    return {"CORSRules": [
        {"AllowedMethods": ["GET", "HEAD"], "AllowedOrigins": list(origins), "AllowedHeaders": ["*"],
         "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 3000},
        {"AllowedMethods": ["PUT"], "AllowedOrigins": ["https://upload.example.com"]},
    ]}
