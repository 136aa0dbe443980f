"""Console changes to S3, and what `plan` must show."""

import json
import sys
from pathlib import Path

from form import Change

# What the seed script wrote is written again, with a difference.
sys.path.insert(0, str(Path(__file__).parent.parent / "seed"))

import buckets  # noqa: E402

MOTO = {"moto"}


def bucket(name, attribute, apply, of=buckets.RICH, emulators=None):
    """A change of one attribute of one bucket."""
    expect = [("changed", "s3/bucket", of, [attribute])]
    return Change(name=name, apply=apply, expect=expect, **({"emulators": emulators} if emulators else {}))


CHANGES = [
    bucket("versioning is suspended", "Versioning", of=buckets.LOGS, apply=lambda aws, seed: aws("s3").put_bucket_versioning(
        Bucket=buckets.LOGS, VersioningConfiguration={"Status": "Suspended"})),
    bucket("versioning is switched on for the first time", "Versioning", of=buckets.PLAIN,
           apply=lambda aws, seed: aws("s3").put_bucket_versioning(
               Bucket=buckets.PLAIN, VersioningConfiguration={"Status": "Enabled"})),
    bucket("a policy lets in more", "Policy", apply=lambda aws, seed: aws("s3").put_bucket_policy(
        Bucket=buckets.RICH, Policy=buckets.policy("s3:GetObject", "s3:ListBucket", "s3:DeleteObject"))),
    bucket("a policy is written for a bucket that had none", "Policy", of=buckets.LOGS,
           apply=lambda aws, seed: aws("s3").put_bucket_policy(
               Bucket=buckets.LOGS, Policy=buckets.policy("s3:PutObject").replace(buckets.RICH, buckets.LOGS))),
    Change(
        name="a policy is written again with its actions in another order",
        apply=lambda aws, seed: aws("s3").put_bucket_policy(
            Bucket=buckets.RICH, Policy=json.dumps(reordered(json.loads(
                aws("s3").get_bucket_policy(Bucket=buckets.RICH)["Policy"])))),
        expect=[],
    ),
    bucket("objects expire sooner", "Lifecycle", apply=lambda aws, seed: aws("s3").put_bucket_lifecycle_configuration(
        Bucket=buckets.RICH, LifecycleConfiguration=buckets.lifecycle(30))),
    bucket("any origin may read", "Cors", apply=lambda aws, seed: aws("s3").put_bucket_cors(
        Bucket=buckets.RICH, CORSConfiguration=buckets.cors("*"))),
    bucket("the public access block is removed", "PublicAccessBlock",
           apply=lambda aws, seed: aws("s3").delete_public_access_block(Bucket=buckets.RICH)),
    bucket("a tag changes", "tags", apply=lambda aws, seed: aws("s3").put_bucket_tagging(
        Bucket=buckets.RICH, Tagging={"TagSet": [{"Key": "Team", "Value": "data"}, {"Key": "Environment", "Value": "test"}]})),
    bucket("a bucket gets its first tag", "tags", of=buckets.PLAIN, apply=lambda aws, seed: aws("s3").put_bucket_tagging(
        Bucket=buckets.PLAIN, Tagging={"TagSet": [{"Key": "Owner", "Value": "nobody"}]})),
    bucket("the KMS key is dropped for S3's own", "Encryption", apply=lambda aws, seed: aws("s3").put_bucket_encryption(
        Bucket=buckets.RICH, ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]})),
    bucket("access logging is switched off", "Logging", apply=lambda aws, seed: aws("s3").put_bucket_logging(
        Bucket=buckets.RICH, BucketLoggingStatus={})),
    bucket("the website is taken down", "Website",
           apply=lambda aws, seed: aws("s3").delete_bucket_website(Bucket=buckets.RICH)),
    bucket("an ACL makes the logs public", "Acl", of=buckets.LOGS, apply=lambda aws, seed: aws("s3").put_bucket_acl(
        Bucket=buckets.LOGS, ACL="public-read")),
    bucket("notifications are switched off", "Notification",
           apply=lambda aws, seed: aws("s3").put_bucket_notification_configuration(
               Bucket=buckets.RICH, NotificationConfiguration={})),
    bucket("object ownership changes", "OwnershipControls", of=buckets.LOGS,
           apply=lambda aws, seed: aws("s3").put_bucket_ownership_controls(
               Bucket=buckets.LOGS, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]})),
    bucket("transfer acceleration is suspended", "Accelerate",
           apply=lambda aws, seed: aws("s3").put_bucket_accelerate_configuration(
               Bucket=buckets.RICH, AccelerateConfiguration={"Status": "Suspended"})),
    bucket("an inventory is switched off", "Inventory", emulators=MOTO,
           apply=lambda aws, seed: aws("s3").put_bucket_inventory_configuration(
               Bucket=buckets.RICH, Id="weekly", InventoryConfiguration={
                   **aws("s3").get_bucket_inventory_configuration(Bucket=buckets.RICH, Id="weekly")[
                       "InventoryConfiguration"], "IsEnabled": False})),
    bucket("objects are locked for a shorter time", "ObjectLock",
           apply=lambda aws, seed: aws("s3").put_object_lock_configuration(
               Bucket=buckets.RICH, ObjectLockConfiguration={
                   "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}})),
    bucket("replication is stopped", "Replication",
           apply=lambda aws, seed: aws("s3").delete_bucket_replication(Bucket=buckets.RICH)),
    bucket("a bucket in another region is versioned", "Versioning", of=buckets.ABROAD,
           apply=lambda aws, seed: aws("s3", "eu-west-1").put_bucket_versioning(
               Bucket=buckets.ABROAD, VersioningConfiguration={"Status": "Enabled"})),
    Change(
        name="somebody makes a bucket",
        apply=lambda aws, seed: aws("s3").create_bucket(Bucket="driftline-by-hand"),
        expect=[("added", "s3/bucket", "driftline-by-hand", [])],
    ),
    Change(
        name="somebody deletes a bucket",
        apply=lambda aws, seed: aws("s3").delete_bucket(Bucket=buckets.PLAIN),
        expect=[("removed", "s3/bucket", buckets.PLAIN, [])],
    ),
    Change(
        name="the account's public access block is relaxed",
        apply=lambda aws, seed: aws("s3control").put_public_access_block(
            AccountId=seed["account"], PublicAccessBlockConfiguration={
                "BlockPublicAcls": False, "IgnorePublicAcls": True, "BlockPublicPolicy": False,
                "RestrictPublicBuckets": False}),
        expect=[("changed", "s3/account_public_access_block", lambda seed: seed["account"], ["BlockPublicAcls"])],
        emulators=MOTO,
    ),
    Change(
        name="the account's public access block is removed",
        apply=lambda aws, seed: aws("s3control").delete_public_access_block(AccountId=seed["account"]),
        expect=[("removed", "s3/account_public_access_block", lambda seed: seed["account"], [])],
        emulators=MOTO,
    ),
    Change(
        name="an access point loses its policy",
        apply=lambda aws, seed: aws("s3control").delete_access_point_policy(AccountId=seed["account"], Name="reports"),
        expect=[("changed", "s3/access_point", "reports", ["Policy"])],
    ),
    Change(
        name="an access point is deleted",
        apply=lambda aws, seed: aws("s3control").delete_access_point(AccountId=seed["account"], Name="reports"),
        expect=[("removed", "s3/access_point", "reports", [])],
    ),
]


def reordered(policy):
    """The same policy, said otherwise."""
    for statement in policy["Statement"]:
        statement["Action"] = list(reversed(statement["Action"]))
    return policy
