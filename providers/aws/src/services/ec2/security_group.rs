//! Security groups with their rules, in the form in which `describe-security-groups` groups them.

use driftline_api::{Arn, Cause, Descriptor, Identity, Reads, Rule, Source};
use serde_json::json;

use crate::reader::take_items;
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/security_group",
        about: "Security groups, default ones included, with their inbound and outbound rules.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/GroupId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:security-group/{id}"),
        label: Some("/GroupName"),
        actions: &["ec2:DescribeSecurityGroups"],
        sources: &[Source { operation: "ec2:DescribeSecurityGroups", member: "/SecurityGroups/*", at: "" }],
        rules: &[
            Rule::Set { path: "/IpPermissions", key: PORTS },
            Rule::Set { path: "/IpPermissions/*/IpRanges", key: &["CidrIp"] },
            Rule::Set { path: "/IpPermissions/*/Ipv6Ranges", key: &["CidrIpv6"] },
            Rule::Set { path: "/IpPermissions/*/PrefixListIds", key: &["PrefixListId"] },
            Rule::Set { path: "/IpPermissions/*/UserIdGroupPairs", key: &["GroupId", "UserId"] },
            Rule::Set { path: "/IpPermissionsEgress", key: PORTS },
            Rule::Set { path: "/IpPermissionsEgress/*/IpRanges", key: &["CidrIp"] },
            Rule::Set { path: "/IpPermissionsEgress/*/Ipv6Ranges", key: &["CidrIpv6"] },
            Rule::Set { path: "/IpPermissionsEgress/*/PrefixListIds", key: &["PrefixListId"] },
            Rule::Set { path: "/IpPermissionsEgress/*/UserIdGroupPairs", key: &["GroupId", "UserId"] },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/VpcId", kind: "ec2/vpc" },
            Rule::Reference { path: "/IpPermissions/*/UserIdGroupPairs/*/GroupId", kind: "ec2/security_group" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

/// AWS groups rules by these three: there is one permission for each combination.
const PORTS: &[&str] = &["IpProtocol", "FromPort", "ToPort"];

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("ec2:DescribeSecurityGroups", json!({"MaxResults": 1000}))?;
    while let Some(page) = pages.next().await? {
        for group in take_items(page, "/SecurityGroups") {
            reader.emit(Draft::new(group));
        }
    }
    Ok(())
}
