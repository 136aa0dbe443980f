//! Security groups with their rules, in the form in which `describe-security-groups` groups them.

mod rules;
mod terraform;

use std::collections::BTreeMap;

use driftline_api::{Arn, Calls, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Write};
use serde_json::json;

use super::{owner, tags};
use crate::reader::{take_items, text};
use crate::{Draft, Items, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/security_group",
        about: "Security groups, default ones included, with their inbound and outbound rules. A rule's tags and \
                id stand in the range, prefix list or group that the rule is shown as.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/GroupId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:security-group/{id}"),
        label: Some("/GroupName"),
        called: None,
        created: None,
        actions: &["ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups"],
        sources: &[
            Source { operation: "ec2:DescribeSecurityGroups", member: "/SecurityGroups/*", at: "" },
            id_at("/IpPermissions/*/IpRanges/*/SecurityGroupRuleId"),
            tags_at("/IpPermissions/*/IpRanges/*/Tags"),
            id_at("/IpPermissions/*/Ipv6Ranges/*/SecurityGroupRuleId"),
            tags_at("/IpPermissions/*/Ipv6Ranges/*/Tags"),
            id_at("/IpPermissions/*/PrefixListIds/*/SecurityGroupRuleId"),
            tags_at("/IpPermissions/*/PrefixListIds/*/Tags"),
            id_at("/IpPermissions/*/UserIdGroupPairs/*/SecurityGroupRuleId"),
            tags_at("/IpPermissions/*/UserIdGroupPairs/*/Tags"),
            id_at("/IpPermissionsEgress/*/IpRanges/*/SecurityGroupRuleId"),
            tags_at("/IpPermissionsEgress/*/IpRanges/*/Tags"),
            id_at("/IpPermissionsEgress/*/Ipv6Ranges/*/SecurityGroupRuleId"),
            tags_at("/IpPermissionsEgress/*/Ipv6Ranges/*/Tags"),
            id_at("/IpPermissionsEgress/*/PrefixListIds/*/SecurityGroupRuleId"),
            tags_at("/IpPermissionsEgress/*/PrefixListIds/*/Tags"),
            id_at("/IpPermissionsEgress/*/UserIdGroupPairs/*/SecurityGroupRuleId"),
            tags_at("/IpPermissionsEgress/*/UserIdGroupPairs/*/Tags"),
        ],
        calls: &[
            Calls::list("ec2:DescribeSecurityGroups", 1000),
            // Of rules, of which a group has some five.
            Calls::batches("ec2:DescribeSecurityGroupRules", 200),
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
            Rule::Handle { path: "/IpPermissions/*/IpRanges/*/SecurityGroupRuleId", why: RULE_ID },
            Rule::Handle { path: "/IpPermissions/*/Ipv6Ranges/*/SecurityGroupRuleId", why: RULE_ID },
            Rule::Handle { path: "/IpPermissions/*/PrefixListIds/*/SecurityGroupRuleId", why: RULE_ID },
            Rule::Handle { path: "/IpPermissions/*/UserIdGroupPairs/*/SecurityGroupRuleId", why: RULE_ID },
            Rule::Handle { path: "/IpPermissionsEgress/*/IpRanges/*/SecurityGroupRuleId", why: RULE_ID },
            Rule::Handle { path: "/IpPermissionsEgress/*/Ipv6Ranges/*/SecurityGroupRuleId", why: RULE_ID },
            Rule::Handle { path: "/IpPermissionsEgress/*/PrefixListIds/*/SecurityGroupRuleId", why: RULE_ID },
            Rule::Handle { path: "/IpPermissionsEgress/*/UserIdGroupPairs/*/SecurityGroupRuleId", why: RULE_ID },
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

const RULE_ID: &str = "is another one after a rule was revoked and authorized again";

const fn id_at(at: &'static str) -> Source {
    Source { operation: "ec2:DescribeSecurityGroupRules", member: "/SecurityGroupRules/*/SecurityGroupRuleId", at }
}

const fn tags_at(at: &'static str) -> Source {
    Source { operation: "ec2:DescribeSecurityGroupRules", member: "/SecurityGroupRules/*/Tags", at }
}

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut listed = None;
    // Half of what AWS answers at most: a group may have hundreds of rules.
    let mut pages = reader.pages("ec2:DescribeSecurityGroups", json!({"MaxResults": 500}))?;
    while let Some(page) = pages.next().await? {
        let wanted = take_items(page, "/SecurityGroups")
            .into_iter()
            .filter(|group| owner::is_ours(reader, group) && reader.wants(None, text(group, "/GroupId")));
        let groups: Items = wanted.collect();
        if groups.is_empty() {
            continue;
        }
        if listed.is_none() {
            listed = Some(list(reader).await);
        }
        for mut group in groups {
            let unread = match &listed {
                Some(Ok(listed)) => {
                    let own = listed.get(text(&group, "/GroupId"));
                    own.into_iter().flatten().for_each(|rule| rule.add_to(&mut group));
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

/// All rules of the region, by group: a call for each group would be a thousand calls.
async fn list(reader: &Reader<'_>) -> Result<BTreeMap<String, Vec<rules::Rule>>, Cause> {
    let mut listed: BTreeMap<String, Vec<rules::Rule>> = BTreeMap::new();
    let mut pages = reader.pages("ec2:DescribeSecurityGroupRules", json!({"MaxResults": 1000}))?;
    while let Some(page) = pages.next().await? {
        for rule in take_items(page, "/SecurityGroupRules") {
            let group = text(&rule, "/GroupId").to_owned();
            listed.entry(group).or_default().push(rules::Rule::read(rule, reader.include_aws_managed()));
        }
    }
    Ok(listed)
}
