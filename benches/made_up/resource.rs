//! Resources that nobody has, for filling a store.

use driftline::Resource;
use driftline_api::{Address, Scope};
use serde_json::json;

/// A resource and its file's bytes. Another `version` of it differs in one attribute.
pub(crate) fn resource(number: usize, version: usize) -> (Address, Vec<u8>) {
    let scope = Scope {
        provider: "aws".to_owned(),
        account: format!("12345678901{}", number % 10),
        region: ["eu-west-1", "us-east-1"][number / 10 % 2].to_owned(),
    };
    let kind = ["ec2/security_group", "rds/db_instance", "s3/bucket", "iam/role", "ec2/instance"][number / 20 % 5];
    let address = Address { scope, kind: kind.to_owned(), id: format!("resource-{number:x}") };
    let hash = |salt: usize| format!("{:016x}", (number * 31 + salt).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let rules: Vec<_> = (0..6)
        .map(|rule| json!({"CidrIp": format!("10.{rule}.{}.0/24", number % 256), "FromPort": rule, "Id": hash(rule)}))
        .collect();
    let attributes = json!({
        "AllocatedStorage": number + version, "AvailabilityZone": "eu-west-1a", "BackupRetentionPeriod": 7, "Engine": "postgres",
        "KmsKeyId": format!("arn:aws:kms:eu-west-1:123456789012:key/{}", hash(100)), "MultiAZ": false, "Rules": rules,
        "VpcId": format!("vpc-{}", hash(number % 7)),
    });
    let resource = Resource {
        kind: address.kind.clone(),
        id: address.id.clone(),
        arn: Some(format!("arn:aws:ec2:eu-west-1:123456789012:thing/{}", address.id)),
        tags: [("Name", hash(200)), ("Team", "platform".to_owned())].map(|(k, v)| (k.to_owned(), v)).into(),
        attributes: attributes.as_object().expect("an object").clone(),
    };
    (address, resource.to_bytes())
}
