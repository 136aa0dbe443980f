//! How a security group is written as Terraform: the group, and each of its rules as a resource of its own.
//!
//! Rules stand in the group where they cannot be resources of their own:
//! - in a default group: `aws_default_security_group` takes away every rule that it does not hold;
//! - where the restore point does not hold what one of them is imported by, since an older version made it;
//! - where one is for all types or codes of ICMP: the provider loses the -1 that says so when it imports
//!   (<https://github.com/hashicorp/terraform-provider-aws/issues/44935>), and without it AWS takes no such rule.

mod inline;

use driftline_api::{Argument, Child, Form, Omit, Terraform, When};
use serde_json::{Map, Value};

use crate::reader::text;

pub(super) static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[
        Form {
            resource: "aws_default_security_group",
            when: &[When::Is("/GroupName", "\"default\"")],
            import: "{id}",
            handles: &[("{id}", "id"), ("{arn}", "arn")],
            arguments: &[VPC, inline::INGRESS, inline::EGRESS, Argument::Tags],
        },
        Form {
            resource: "aws_security_group",
            when: SEPARATE,
            import: "{id}",
            handles: &[("{id}", "id"), ("{arn}", "arn")],
            arguments: &[NAME, DESCRIPTION, VPC, Argument::Tags],
        },
        Form {
            resource: "aws_security_group",
            when: &[],
            import: "{id}",
            handles: &[("{id}", "id"), ("{arn}", "arn")],
            arguments: &[NAME, DESCRIPTION, VPC, inline::INGRESS, inline::EGRESS, Argument::Tags],
        },
    ],
    children: &[
        inbound("/IpPermissions/*/IpRanges/*", RANGE, FROM_RANGE),
        inbound("/IpPermissions/*/Ipv6Ranges/*", RANGE_V6, FROM_RANGE_V6),
        inbound("/IpPermissions/*/PrefixListIds/*", PREFIX_LIST, FROM_PREFIX_LIST),
        inbound("/IpPermissions/*/UserIdGroupPairs/*", GROUP, FROM_GROUP),
        outbound("/IpPermissionsEgress/*/IpRanges/*", RANGE, FROM_RANGE),
        outbound("/IpPermissionsEgress/*/Ipv6Ranges/*", RANGE_V6, FROM_RANGE_V6),
        outbound("/IpPermissionsEgress/*/PrefixListIds/*", PREFIX_LIST, FROM_PREFIX_LIST),
        outbound("/IpPermissionsEgress/*/UserIdGroupPairs/*", GROUP, FROM_GROUP),
    ],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/GroupId", "/SecurityGroupArn", "/OwnerId"]),
        Omit::told_where(
            "rules within a group have no tags",
            &[When::Unless(SEPARATE)],
            &[
                "/IpPermissions/*/IpRanges/*/Tags",
                "/IpPermissions/*/Ipv6Ranges/*/Tags",
                "/IpPermissions/*/PrefixListIds/*/Tags",
                "/IpPermissions/*/UserIdGroupPairs/*/Tags",
                "/IpPermissionsEgress/*/IpRanges/*/Tags",
                "/IpPermissionsEgress/*/Ipv6Ranges/*/Tags",
                "/IpPermissionsEgress/*/PrefixListIds/*/Tags",
                "/IpPermissionsEgress/*/UserIdGroupPairs/*/Tags",
            ],
        ),
    ],
};

/// When its rules are resources of their own.
const SEPARATE: &[When] = &[
    When::IsNot("/GroupName", "\"default\""),
    When::IsNot("/IpPermissions/*/ToPort", "-1"),
    When::IsNot("/IpPermissionsEgress/*/ToPort", "-1"),
    When::Each("/IpPermissions/*/IpRanges/*", ID),
    When::Each("/IpPermissions/*/Ipv6Ranges/*", ID),
    When::Each("/IpPermissions/*/PrefixListIds/*", ID),
    When::Each("/IpPermissions/*/UserIdGroupPairs/*", ID),
    When::Each("/IpPermissionsEgress/*/IpRanges/*", ID),
    When::Each("/IpPermissionsEgress/*/Ipv6Ranges/*", ID),
    When::Each("/IpPermissionsEgress/*/PrefixListIds/*", ID),
    When::Each("/IpPermissionsEgress/*/UserIdGroupPairs/*", ID),
];

const ID: &str = "/SecurityGroupRuleId";

const NAME: Argument = Argument::value("name", "/GroupName");
const DESCRIPTION: Argument = Argument::Always { name: "description", path: "/Description" };
const VPC: Argument = Argument::value("vpc_id", "/VpcId");

// AWS takes no second rule of the same protocol, ports and source.
const RANGE: &str = "{../../IpProtocol:-1=all}[ {../../FromPort,../../ToPort}] {./CidrIp}";
const RANGE_V6: &str = "{../../IpProtocol:-1=all}[ {../../FromPort,../../ToPort}] ipv6 {./CidrIpv6}";
const PREFIX_LIST: &str = "{../../IpProtocol:-1=all}[ {../../FromPort,../../ToPort}] {./PrefixListId}";
const GROUP: &str = "{../../IpProtocol:-1=all}[ {../../FromPort,../../ToPort}] {./GroupId}";

const FROM_RANGE: &[Argument] =
    &[OF, ABOUT, PROTOCOL, FROM_PORT, TO_PORT, Argument::value("cidr_ipv4", "./CidrIp"), TAGS];
const FROM_RANGE_V6: &[Argument] =
    &[OF, ABOUT, PROTOCOL, FROM_PORT, TO_PORT, Argument::value("cidr_ipv6", "./CidrIpv6"), TAGS];
const FROM_PREFIX_LIST: &[Argument] =
    &[OF, ABOUT, PROTOCOL, FROM_PORT, TO_PORT, Argument::value("prefix_list_id", "./PrefixListId"), TAGS];
const FROM_GROUP: &[Argument] = &[
    OF,
    ABOUT,
    PROTOCOL,
    FROM_PORT,
    TO_PORT,
    Argument::Computed {
        name: "referenced_security_group_id",
        from: &["./UserId", "./GroupId", "/OwnerId"],
        value: referenced,
    },
    TAGS,
];

const OF: Argument = Argument::parent("security_group_id", "id");
const ABOUT: Argument = Argument::value("description", "./Description");
const PROTOCOL: Argument = Argument::value("ip_protocol", "../../IpProtocol");
const FROM_PORT: Argument = Argument::value("from_port", "../../FromPort");
const TO_PORT: Argument = Argument::value("to_port", "../../ToPort");
const TAGS: Argument = Argument::Computed { name: "tags", from: &["./Tags/*/Key", "./Tags/*/Value"], value: tags };

const fn inbound(each: &'static str, key: &'static str, arguments: &'static [Argument]) -> Child {
    let resource = "aws_vpc_security_group_ingress_rule";
    Child { resource, each, when: SEPARATE, import: "{./SecurityGroupRuleId}", key, arguments }
}

const fn outbound(each: &'static str, key: &'static str, arguments: &'static [Argument]) -> Child {
    let resource = "aws_vpc_security_group_egress_rule";
    Child { resource, each, when: SEPARATE, import: "{./SecurityGroupRuleId}", key, arguments }
}

/// A group of another account is named with the account's number.
fn referenced(attributes: &Map<String, Value>, pair: &Value) -> Option<Value> {
    let own = attributes.get("OwnerId").and_then(Value::as_str).unwrap_or_default();
    match (text(pair, "/GroupId"), text(pair, "/UserId")) {
        ("", _) => None,
        (group, owner) if owner.is_empty() || owner == own => Some(group.into()),
        (group, owner) => Some(format!("{owner}/{group}").into()),
    }
}

fn tags(_: &Map<String, Value>, rule: &Value) -> Option<Value> {
    let tags = rule.get("Tags")?.as_array()?.iter();
    Some(Value::Object(tags.map(|tag| (text(tag, "/Key").to_owned(), text(tag, "/Value").into())).collect()))
}
