//! Security groups with their rules, in the form in which `describe-security-groups` groups them.

mod rule_tags;
mod terraform;

use std::collections::BTreeMap;

use driftline_api::{Arn, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Write};
use serde_json::{Value, json};

use super::{owner, tags};
use crate::reader::{take_items, text};
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/security_group",
        about: "Security groups, default ones included, with their inbound and outbound rules. A rule's tags stand in \
                the range, prefix list or group that the rule is shown as.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/GroupId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:security-group/{id}"),
        label: Some("/GroupName"),
        actions: &["ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups"],
        sources: &[
            Source { operation: "ec2:DescribeSecurityGroups", member: "/SecurityGroups/*", at: "" },
            tags_at("/IpPermissions/*/IpRanges/*/Tags"),
            tags_at("/IpPermissions/*/Ipv6Ranges/*/Tags"),
            tags_at("/IpPermissions/*/PrefixListIds/*/Tags"),
            tags_at("/IpPermissions/*/UserIdGroupPairs/*/Tags"),
            tags_at("/IpPermissionsEgress/*/IpRanges/*/Tags"),
            tags_at("/IpPermissionsEgress/*/Ipv6Ranges/*/Tags"),
            tags_at("/IpPermissionsEgress/*/PrefixListIds/*/Tags"),
            tags_at("/IpPermissionsEgress/*/UserIdGroupPairs/*/Tags"),
        ],
        writes: &[
            Write::creates(&["ec2:CreateSecurityGroup", "ec2:CreateVpc", "ec2:CreateDefaultVpc"]),
            Write::removes(&["ec2:DeleteSecurityGroup", "ec2:DeleteVpc"]),
            Write::changes(
                &["/IpPermissions"],
                &[
                    "ec2:AuthorizeSecurityGroupIngress",
                    "ec2:RevokeSecurityGroupIngress",
                    "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
                ],
            ),
            Write::changes(
                &["/IpPermissionsEgress"],
                &[
                    "ec2:AuthorizeSecurityGroupEgress",
                    "ec2:RevokeSecurityGroupEgress",
                    "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
                ],
            ),
            Write::changes(&["/IpPermissions", "/IpPermissionsEgress"], &["ec2:ModifySecurityGroupRules"]),
            // Tags of its rules are set under the rule's id, by which records do not name the group.
            tags::WRITE,
        ],
        terraform: Some(&terraform::TERRAFORM),
        names: &[Naming::Id],
        rules: &[
            Rule::Set { path: "/IpPermissions", key: PORTS },
            Rule::Set { path: "/IpPermissions/*/IpRanges", key: &["CidrIp"] },
            Rule::Set { path: "/IpPermissions/*/IpRanges/*/Tags", key: &["Key"] },
            Rule::Set { path: "/IpPermissions/*/Ipv6Ranges", key: &["CidrIpv6"] },
            Rule::Set { path: "/IpPermissions/*/Ipv6Ranges/*/Tags", key: &["Key"] },
            Rule::Set { path: "/IpPermissions/*/PrefixListIds", key: &["PrefixListId"] },
            Rule::Set { path: "/IpPermissions/*/PrefixListIds/*/Tags", key: &["Key"] },
            Rule::Set { path: "/IpPermissions/*/UserIdGroupPairs", key: &["GroupId", "UserId"] },
            Rule::Set { path: "/IpPermissions/*/UserIdGroupPairs/*/Tags", key: &["Key"] },
            Rule::Volatile { path: "/IpPermissions/*/UserIdGroupPairs/*/PeeringStatus", why: PEERING },
            Rule::Set { path: "/IpPermissionsEgress", key: PORTS },
            Rule::Set { path: "/IpPermissionsEgress/*/IpRanges", key: &["CidrIp"] },
            Rule::Set { path: "/IpPermissionsEgress/*/IpRanges/*/Tags", key: &["Key"] },
            Rule::Set { path: "/IpPermissionsEgress/*/Ipv6Ranges", key: &["CidrIpv6"] },
            Rule::Set { path: "/IpPermissionsEgress/*/Ipv6Ranges/*/Tags", key: &["Key"] },
            Rule::Set { path: "/IpPermissionsEgress/*/PrefixListIds", key: &["PrefixListId"] },
            Rule::Set { path: "/IpPermissionsEgress/*/PrefixListIds/*/Tags", key: &["Key"] },
            Rule::Set { path: "/IpPermissionsEgress/*/UserIdGroupPairs", key: &["GroupId", "UserId"] },
            Rule::Set { path: "/IpPermissionsEgress/*/UserIdGroupPairs/*/Tags", key: &["Key"] },
            Rule::Volatile { path: "/IpPermissionsEgress/*/UserIdGroupPairs/*/PeeringStatus", why: PEERING },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/VpcId", kind: "ec2/vpc" },
            Rule::Reference { path: "/IpPermissions/*/UserIdGroupPairs/*/GroupId", kind: "ec2/security_group" },
            Rule::Reference { path: "/IpPermissions/*/PrefixListIds/*/PrefixListId", kind: "ec2/managed_prefix_list" },
            Rule::Reference { path: "/IpPermissionsEgress/*/UserIdGroupPairs/*/GroupId", kind: "ec2/security_group" },
            Rule::Reference {
                path: "/IpPermissionsEgress/*/PrefixListIds/*/PrefixListId",
                kind: "ec2/managed_prefix_list",
            },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

/// AWS groups rules by these three: there is one permission for each combination.
const PORTS: &[&str] = &["IpProtocol", "FromPort", "ToPort"];

const PEERING: &str = "follows the state of the peering connection";

const fn tags_at(at: &'static str) -> Source {
    Source { operation: "ec2:DescribeSecurityGroupRules", member: "/SecurityGroupRules/*/Tags", at }
}

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut tagged = None;
    let mut pages = reader.pages("ec2:DescribeSecurityGroups", json!({"MaxResults": 1000}))?;
    while let Some(page) = pages.next().await? {
        let mut groups = take_items(page, "/SecurityGroups");
        groups.retain(|group| owner::is_ours(reader, group) && reader.wants(None, text(group, "/GroupId")));
        if groups.is_empty() {
            continue;
        }
        if tagged.is_none() {
            tagged = Some(tagged_rules(reader).await);
        }
        for mut group in groups {
            let unread = match &tagged {
                Some(Ok(tagged)) => {
                    rule_tags::add(&mut group, tagged);
                    None
                }
                Some(Err(cause)) => Some(cause),
                None => None,
            };
            let mut draft = Draft::new(group);
            if let Some(cause) = unread {
                // Tags are members of the rules: without them, no rule can be compared with its last known state.
                draft.unread("/IpPermissions", cause.clone());
                draft.unread("/IpPermissionsEgress", cause.clone());
            }
            reader.emit(draft);
        }
    }
    Ok(())
}

/// The rules that have tags, by group: one list of all rules of the region, since AWS has no filter for them.
async fn tagged_rules(reader: &Reader<'_>) -> Result<BTreeMap<String, Vec<Value>>, Cause> {
    let mut tagged: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut pages = reader.pages("ec2:DescribeSecurityGroupRules", json!({"MaxResults": 1000}))?;
    while let Some(page) = pages.next().await? {
        for mut rule in take_items(page, "/SecurityGroupRules") {
            rule_tags::retain(&mut rule, reader.include_aws_managed());
            if rule_tags::of(&rule).is_some() {
                tagged.entry(text(&rule, "/GroupId").to_owned()).or_default().push(rule);
            }
        }
    }
    Ok(tagged)
}
