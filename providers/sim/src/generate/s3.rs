//! Buckets with their configurations, and access points.

use serde_json::{Value, json};

use super::kinds::Made;
use super::place::{Place, name, tags};

fn bucket_name(place: &Place<'_>, index: usize) -> String {
    // Buckets' names are one namespace for all accounts.
    let account = place.account();
    format!("{}-{}", name(&mut place.at(None).dice("name of a bucket", index), index), &account[account.len() - 6..])
}

fn region_of<'a>(place: &Place<'a>, index: usize) -> Place<'a> {
    place.at(None).some_region(&mut place.at(None).dice("region of a bucket", index))
}

pub(super) fn bucket(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("s3/bucket", index);
    let (label, home) = (bucket_name(place, index), region_of(place, index));
    let owner = place.dice("canonical user", 0).hex(64);
    let mut encryption = json!({"SSEAlgorithm": "AES256"});
    if dice.chance(35) {
        encryption = json!({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": home.kms_key(dice.below(4))});
    }
    let mut item = json!({
        "Name": label, "CreationDate": dice.time(), "BucketRegion": home.region(),
        "GetBucketLocation": {"LocationConstraint": if home.region() == "us-east-1" { Value::Null } else { home.region().into() }},
        "GetBucketAbac": {"AbacStatus": {"Status": "Disabled"}},
        "GetBucketVersioning": if dice.chance(55) { json!({"Status": "Enabled"}) } else { json!({}) },
        "GetBucketEncryption": {"ServerSideEncryptionConfiguration": {"Rules": [{
            "ApplyServerSideEncryptionByDefault": encryption, "BucketKeyEnabled": dice.chance(40),
        }]}},
        "GetBucketAcl": {"Owner": {"ID": owner}, "Grants": [
            {"Grantee": {"ID": owner, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"},
        ]},
        "GetPublicAccessBlock": {"PublicAccessBlockConfiguration": {
            "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true,
        }},
        "GetBucketOwnershipControls": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
        "GetBucketRequestPayment": {"Payer": "BucketOwner"}, "GetBucketLogging": {},
        "GetBucketNotificationConfiguration": {}, "GetBucketAccelerateConfiguration": {},
        "ListBucketAnalyticsConfigurations": {}, "ListBucketIntelligentTieringConfigurations": {},
        "ListBucketInventoryConfigurations": {}, "ListBucketMetricsConfigurations": {},
    });
    let tags = tags(&mut dice, &label);
    if tags != json!([]) {
        item["GetBucketTagging"] = json!({ "TagSet": tags });
    }
    if dice.chance(45) {
        item["GetBucketPolicy"] = json!({"Policy": policy(place, &label, dice.chance(30))});
    }
    if dice.chance(40) {
        let rule = |number: usize, prefix: &str, days: usize| {
            json!({
                "ID": format!("rule-{number}"), "Filter": {"Prefix": prefix}, "Status": "Enabled",
                "Transitions": [{"Days": days, "StorageClass": "STANDARD_IA"}], "Expiration": {"Days": days * 4},
                "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
            })
        };
        let rules: Vec<Value> = (0..=dice.below(4))
            .map(|number| rule(number, dice.pick(&["", "logs/", "tmp/", "exports/"]), dice.pick(&[30, 60, 90])))
            .collect();
        item["GetBucketLifecycleConfiguration"] = json!({ "Rules": rules });
    }
    if dice.chance(8) {
        item["GetBucketCors"] = json!({"CORSRules": [{
            "AllowedHeaders": ["*"], "AllowedMethods": ["GET", "HEAD"], "AllowedOrigins": ["https://www.example.com"],
            "MaxAgeSeconds": 3600,
        }]});
    }
    if dice.chance(30) {
        item["GetBucketLogging"] =
            json!({"LoggingEnabled": {"TargetBucket": bucket_name(place, 0), "TargetPrefix": format!("s3/{label}/")}});
    }
    Made { region: Some(home.region().to_owned()), ..Made::new(&label, "Buckets", item) }
}

fn policy(place: &Place<'_>, bucket: &str, shared: bool) -> Value {
    let resources = json!([format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/*")]);
    let mut statements = vec![json!({
        "Sid": "OnlyEncrypted", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": resources,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    })];
    if shared {
        statements.push(json!({
            "Sid": "Readers", "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": resources,
            "Principal": {"AWS": format!("arn:aws:iam::{}:root", place.account())},
        }));
    }
    json!({"Version": "2012-10-17", "Statement": statements})
}

pub(super) fn access_point(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("s3/access_point", index);
    let label = format!("ap-{}", name(&mut dice, index));
    // One of the region's own buckets, if there is one.
    let buckets = super::place::lasting(place.at(None).count("s3/bucket"));
    let own = (0..buckets).filter(|bucket| region_of(place, *bucket).number == place.number).nth(index % 8);
    let alias = format!("{label}-{}-s3alias", dice.hex(30));
    let item = json!({
        "Name": label, "NetworkOrigin": "Internet", "Bucket": bucket_name(place, own.unwrap_or_default()),
        "AccessPointArn": place.arn("s3", &format!("accesspoint/{label}")), "Alias": alias,
        "BucketAccountId": place.account(), "CreationDate": dice.time(),
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true,
        },
        "Endpoints": {
            "ipv4": format!("s3-accesspoint.{}.amazonaws.com", place.region()),
            "dualstack": format!("s3-accesspoint.dualstack.{}.amazonaws.com", place.region()),
        },
        "Tags": tags(&mut dice, &label),
    });
    Made::new(&label, "AccessPointList", item)
}

pub(super) fn account_public_access_block(place: &Place<'_>, _: usize) -> Made {
    let item = json!({"PublicAccessBlockConfiguration": {
        "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true,
    }});
    Made { whole: true, ..Made::new(place.account(), "GetPublicAccessBlock", item) }
}

/// What the answers to `ListBuckets` say beside the buckets.
pub(super) fn owner(place: &Place<'_>) -> Value {
    json!({"Owner": {"ID": place.dice("canonical user", 0).hex(64)}})
}
