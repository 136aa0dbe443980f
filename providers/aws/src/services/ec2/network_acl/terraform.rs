//! How a network ACL is written as Terraform.
//!
//! Its entries and subnets stand in it: as resources of their own they would let stand what somebody adds.

use driftline_api::{Argument, Form, Omit, Terraform, When};
use serde_json::{Map, Value, json};

use crate::reader::text;

pub(super) static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[
        Form {
            resource: "aws_default_network_acl",
            when: &[When::Is("/IsDefault", "true")],
            import: "{id}",
            handles: &[("{id}", "id"), ("{arn}", "arn")],
            arguments: &[
                Argument::Attribute {
                    name: "default_network_acl_id",
                    path: "/VpcId",
                    attribute: "default_network_acl_id",
                    otherwise: "{id}",
                },
                INGRESS,
                EGRESS,
                Argument::Tags,
                // It has every subnet that no other ACL has, a new one too.
                Argument::Ignore { arguments: &["subnet_ids"] },
            ],
        },
        Form {
            resource: "aws_network_acl",
            when: &[],
            import: "{id}",
            handles: &[("{id}", "id"), ("{arn}", "arn")],
            arguments: &[
                Argument::value("vpc_id", "/VpcId"),
                Argument::value("subnet_ids", "/Associations/*/SubnetId"),
                INGRESS,
                EGRESS,
                Argument::Tags,
            ],
        },
    ],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/NetworkAclId", "/OwnerId"]),
        Omit::quiet(
            "follows from the association",
            &["/Associations/*/NetworkAclAssociationId", "/Associations/*/NetworkAclId"],
        ),
    ],
};

const INGRESS: Argument = Argument::Made { name: "ingress", from: ENTRIES, make: inbound, arguments: ENTRY };
const EGRESS: Argument = Argument::Made { name: "egress", from: ENTRIES, make: outbound, arguments: ENTRY };

const ENTRIES: &[&str] = &[
    "/Entries/*/RuleNumber",
    "/Entries/*/RuleAction",
    "/Entries/*/Egress",
    "/Entries/*/Protocol",
    "/Entries/*/PortRange/From",
    "/Entries/*/PortRange/To",
    "/Entries/*/IcmpTypeCode/Type",
    "/Entries/*/IcmpTypeCode/Code",
    "/Entries/*/CidrBlock",
    "/Entries/*/Ipv6CidrBlock",
];

const ENTRY: &[Argument] = &[
    Argument::value("rule_no", "./RuleNumber"),
    Argument::value("action", "./RuleAction"),
    Argument::value("protocol", "./Protocol"),
    Argument::value("from_port", "./PortRange/From"),
    Argument::value("to_port", "./PortRange/To"),
    Argument::value("icmp_type", "./IcmpTypeCode/Type"),
    Argument::value("icmp_code", "./IcmpTypeCode/Code"),
    Argument::value("cidr_block", "./CidrBlock"),
    Argument::value("ipv6_cidr_block", "./Ipv6CidrBlock"),
];

/// From here on they are AWS's own, which refuse all that no other entry lets pass.
const LAST: u64 = 32767;

fn inbound(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    entries(attributes, false)
}

fn outbound(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    entries(attributes, true)
}

fn entries(attributes: &Map<String, Value>, egress: bool) -> Option<Value> {
    let number = |entry: &Value| entry.get("RuleNumber").and_then(Value::as_u64).unwrap_or_default();
    let all = attributes.get("Entries")?.as_array()?.iter();
    let own = all.filter(|entry| entry.get("Egress") == Some(&Value::Bool(egress)) && number(entry) < LAST);
    Some(own.map(block).collect())
}

/// The provider wants ports, and knows protocols by their names.
fn block(entry: &Value) -> Value {
    let mut block = entry.clone();
    if entry.get("PortRange").is_none() {
        block["PortRange"] = json!({ "From": 0, "To": 0 });
    }
    let name = match text(entry, "/Protocol") {
        "1" => "icmp",
        "6" => "tcp",
        "17" => "udp",
        other => other,
    };
    block["Protocol"] = name.into();
    block
}
