//! Kinds and resources for the tests of everything that compares and shows.

use std::collections::BTreeMap;

use driftline_api::{Address, Arn, Descriptor, Document, Identity, Reads, Rule};
use serde_json::Value;

use crate::Resource;

const fn kind(name: &'static str, label: Option<&'static str>, rules: &'static [Rule]) -> Descriptor {
    Descriptor {
        name,
        about: "",
        reads: Reads::EachRegion,
        identity: Identity::Computed("for a test"),
        arn: Arn::None,
        label,
        called: None,
        created: None,
        calls: &[],
        actions: &[],
        sources: &[],
        writes: &[],
        terraform: None,
        names: &[driftline_api::Naming::Id, driftline_api::Naming::Arn, driftline_api::Naming::Label],
        rules,
    }
}

const PERMISSION: &[&str] = &["IpProtocol", "FromPort", "ToPort"];

pub(crate) static SECURITY_GROUP: Descriptor = kind(
    "ec2/security_group",
    Some("/GroupName"),
    &[
        Rule::Set { path: "/IpPermissions", key: PERMISSION },
        Rule::Set { path: "/IpPermissions/*/IpRanges", key: &["CidrIp"] },
        Rule::Set { path: "/IpPermissions/*/UserIdGroupPairs", key: &["UserId", "GroupId"] },
        Rule::Set { path: "/IpPermissionsEgress", key: PERMISSION },
        Rule::Set { path: "/IpPermissionsEgress/*/IpRanges", key: &["CidrIp"] },
    ],
);

pub(crate) static BUCKET: Descriptor = kind(
    "s3/bucket",
    None,
    &[
        Rule::Document { path: "/Policy", form: Document::Policy },
        Rule::Sequence { path: "/CORSRules", key: &[] },
        Rule::Set { path: "/CORSRules/*/AllowedMethods", key: &[] },
        Rule::Set { path: "/Grants", key: &[] },
    ],
);

pub(crate) static RECORD_SET: Descriptor = kind(
    "route53/record_set",
    None,
    &[
        Rule::Set { path: "/ResourceRecords", key: &["Value"] },
        Rule::Sequence { path: "/Collection", key: &["/Location/Id"] },
    ],
);

pub(crate) static DB_INSTANCE: Descriptor = kind(
    "rds/db_instance",
    None,
    &[
        Rule::Set { path: "/VpcSecurityGroups", key: &["VpcSecurityGroupId"] },
        Rule::Set { path: "/EnabledCloudwatchLogsExports", key: &[] },
        Rule::Sequence { path: "/ProcessorFeatures", key: &["Name"] },
        Rule::Set { path: "/DBSubnetGroup/Subnets", key: &["SubnetIdentifier"] },
        Rule::Secret { path: "/MasterUserPassword" },
    ],
);

pub(crate) fn descriptor(name: &str) -> Option<&'static Descriptor> {
    [&SECURITY_GROUP, &BUCKET, &RECORD_SET, &DB_INSTANCE].into_iter().find(|descriptor| descriptor.name == name)
}

pub(crate) fn address(text: &str) -> Address {
    text.parse().expect(text)
}

/// A resource of these attributes; its id is the last part of the address.
pub(crate) fn resource(at: &str, attributes: Value, tags: &[(&str, &str)]) -> Resource {
    let address = address(at);
    let Value::Object(attributes) = attributes else { panic!("attributes are an object") };
    let tags: BTreeMap<String, String> = tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Resource { kind: address.kind, id: address.id, arn: None, tags, attributes }
}
