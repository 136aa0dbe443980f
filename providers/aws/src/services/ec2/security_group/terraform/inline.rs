//! Rules within a security group: one block for each permission and description.

use std::collections::BTreeMap;

use driftline_api::{Argument, Compute};
use serde_json::{Map, Value, json};

use crate::reader::text;

pub(super) const INGRESS: Argument = rules("ingress", INBOUND, inbound);
pub(super) const EGRESS: Argument = rules("egress", OUTBOUND, outbound);

const fn rules(name: &'static str, from: &'static [&'static str], make: Compute) -> Argument {
    Argument::Made { name, from, make, arguments: RULE }
}

const RULE: &[Argument] = &[
    Argument::value("description", "./description"),
    Argument::value("protocol", "./protocol"),
    Argument::value("from_port", "./from_port"),
    Argument::value("to_port", "./to_port"),
    Argument::value("cidr_blocks", "./cidr_blocks"),
    Argument::value("ipv6_cidr_blocks", "./ipv6_cidr_blocks"),
    Argument::value("prefix_list_ids", "./prefix_list_ids"),
    Argument::value("security_groups", "./security_groups"),
    Argument::value("self", "./self"),
];

const INBOUND: &[&str] = &[
    "/GroupId",
    "/OwnerId",
    "/IpPermissions/*/FromPort",
    "/IpPermissions/*/ToPort",
    "/IpPermissions/*/IpProtocol",
    "/IpPermissions/*/IpRanges",
    "/IpPermissions/*/Ipv6Ranges",
    "/IpPermissions/*/PrefixListIds",
    "/IpPermissions/*/UserIdGroupPairs",
];

const OUTBOUND: &[&str] = &[
    "/GroupId",
    "/OwnerId",
    "/IpPermissionsEgress/*/FromPort",
    "/IpPermissionsEgress/*/ToPort",
    "/IpPermissionsEgress/*/IpProtocol",
    "/IpPermissionsEgress/*/IpRanges",
    "/IpPermissionsEgress/*/Ipv6Ranges",
    "/IpPermissionsEgress/*/PrefixListIds",
    "/IpPermissionsEgress/*/UserIdGroupPairs",
];

fn inbound(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    blocks(attributes, attributes.get("IpPermissions")?)
}

fn outbound(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    blocks(attributes, attributes.get("IpPermissionsEgress")?)
}

/// A block for each permission and description, as the provider groups them: a description belongs to a block, and in
/// AWS to a range.
fn blocks(attributes: &Map<String, Value>, permissions: &Value) -> Option<Value> {
    const LISTS: [(&str, &str, &str); 3] = [
        ("/IpRanges", "/CidrIp", "cidr_blocks"),
        ("/Ipv6Ranges", "/CidrIpv6", "ipv6_cidr_blocks"),
        ("/PrefixListIds", "/PrefixListId", "prefix_list_ids"),
    ];
    let own = |name: &str| attributes.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut blocks = Vec::new();
    for permission in permissions.as_array()? {
        let mut by: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
        for (list, member, name) in LISTS {
            for item in permission.pointer(list).and_then(Value::as_array).into_iter().flatten() {
                push(&mut by, item, name, text(item, member));
            }
        }
        for pair in permission.pointer("/UserIdGroupPairs").and_then(Value::as_array).into_iter().flatten() {
            let (group, owner) = (text(pair, "/GroupId"), text(pair, "/UserId"));
            if group == own("GroupId") {
                by.entry(text(pair, "/Description").to_owned()).or_default().insert("self".to_owned(), true.into());
            } else if owner.is_empty() || owner == own("OwnerId") {
                push(&mut by, pair, "security_groups", group);
            } else {
                push(&mut by, pair, "security_groups", &format!("{owner}/{group}"));
            }
        }
        for (description, mut block) in by {
            block.insert("description".to_owned(), description.into());
            block.insert("protocol".to_owned(), text(permission, "/IpProtocol").into());
            // A permission without ports is one for all of them.
            let port = |name| permission.get(name).cloned().unwrap_or_else(|| 0.into());
            block.insert("from_port".to_owned(), port("FromPort"));
            block.insert("to_port".to_owned(), port("ToPort"));
            blocks.push(Value::Object(block));
        }
    }
    Some(Value::Array(blocks))
}

fn push(by: &mut BTreeMap<String, Map<String, Value>>, item: &Value, name: &str, value: &str) {
    let block = by.entry(text(item, "/Description").to_owned()).or_default();
    if let Value::Array(values) = block.entry(name).or_insert_with(|| json!([])) {
        values.push(value.into());
    }
}
