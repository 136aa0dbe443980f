//! Rules, routes and entries: lists whose elements are written and taken away one by one.

use std::collections::BTreeMap;

use driftline_api::{FixCall, Sides};
use serde_json::{Map, Value, json};

use crate::reader::text;

/// Lists of a permission, and what tells their elements apart.
const SOURCES: [(&str, &[&str]); 4] = [
    ("IpRanges", &["CidrIp"]),
    ("Ipv6Ranges", &["CidrIpv6"]),
    ("PrefixListIds", &["PrefixListId"]),
    ("UserIdGroupPairs", &["GroupId", "UserId", "VpcPeeringConnectionId"]),
];

/// The operations of one direction.
struct Direction {
    attribute: &'static str,
    authorize: &'static str,
    revoke: &'static str,
    describe: &'static str,
}

pub(super) fn inbound(sides: Sides<'_>) -> Option<Vec<FixCall>> {
    permissions(
        sides,
        &Direction {
            attribute: "IpPermissions",
            authorize: "ec2:AuthorizeSecurityGroupIngress",
            revoke: "ec2:RevokeSecurityGroupIngress",
            describe: "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
        },
    )
}

pub(super) fn outbound(sides: Sides<'_>) -> Option<Vec<FixCall>> {
    permissions(
        sides,
        &Direction {
            attribute: "IpPermissionsEgress",
            authorize: "ec2:AuthorizeSecurityGroupEgress",
            revoke: "ec2:RevokeSecurityGroupEgress",
            describe: "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
        },
    )
}

/// One rule: a permission with one source.
struct Rule<'r> {
    /// What tells it from others, as a permission.
    bare: Value,
    list: &'static str,
    source: &'r Value,
}

impl Rule<'_> {
    fn described(&self) -> Value {
        let mut rule = self.bare.clone();
        // A description that is taken away is written as an empty one.
        rule[self.list][0]["Description"] = text(self.source, "/Description").into();
        rule
    }

    fn tags(&self) -> &Value {
        self.source.get("Tags").unwrap_or(&Value::Null)
    }

    fn whole(&self) -> Value {
        if text(self.source, "/Description").is_empty() { self.bare.clone() } else { self.described() }
    }
}

fn permissions(sides: Sides<'_>, direction: &Direction) -> Option<Vec<FixCall>> {
    let (wanted, live) = (rules(sides.wanted?, direction.attribute), rules(sides.live?, direction.attribute));
    let of = |rule: &Rule<'_>, all: &[Rule<'_>]| all.iter().position(|other| other.bare == rule.bare);
    let (mut missing, mut described) = (BTreeMap::<String, Vec<Value>>::new(), Vec::new());
    for rule in &wanted {
        match of(rule, &live).map(|at| &live[at]) {
            None => missing.entry(rule.tags().to_string()).or_default().push(rule.whole()),
            // A rule's tags are set by its own id, which is not known here.
            Some(other) if rule.tags() != other.tags() => return None,
            Some(other) if text(rule.source, "/Description") != text(other.source, "/Description") => {
                described.push(rule.described());
            }
            Some(_) => {}
        }
    }
    let added: Vec<Value> =
        live.iter().filter(|rule| of(rule, &wanted).is_none()).map(|rule| rule.bare.clone()).collect();
    let call = |operation, permissions: Vec<Value>| FixCall {
        operation,
        input: json!({"GroupId": sides.id, "IpPermissions": permissions}),
    };
    // Nothing is shut that is to be open again. What one call makes gets the same tags.
    let mut calls = Vec::new();
    for (tags, permissions) in missing {
        let mut authorize = call(direction.authorize, permissions);
        let tags: Value = serde_json::from_str(&tags).ok()?;
        if !tags.is_null() {
            authorize.input["TagSpecifications"] = json!([{"ResourceType": "security-group-rule", "Tags": tags}]);
        }
        calls.push(authorize);
    }
    for (operation, permissions) in [(direction.revoke, added), (direction.describe, described)] {
        if !permissions.is_empty() {
            calls.push(call(operation, permissions));
        }
    }
    Some(calls)
}

fn rules<'r>(attributes: &'r Map<String, Value>, attribute: &str) -> Vec<Rule<'r>> {
    let mut rules = Vec::new();
    for permission in attributes.get(attribute).and_then(Value::as_array).into_iter().flatten() {
        let mut ports = Map::new();
        for name in ["IpProtocol", "FromPort", "ToPort"] {
            if let Some(value) = permission.get(name) {
                ports.insert(name.to_owned(), value.clone());
            }
        }
        for (list, key) in SOURCES {
            for source in permission.get(list).and_then(Value::as_array).into_iter().flatten() {
                let own = key.iter().filter_map(|name| Some(((*name).to_owned(), source.get(*name)?.clone())));
                let mut bare = ports.clone();
                bare.insert(list.to_owned(), json!([own.collect::<Map<_, _>>()]));
                rules.push(Rule { bare: Value::Object(bare), list, source });
            }
        }
    }
    rules
}

/// The entries of a network ACL, but for the last ones, which nobody can change.
pub(super) fn entries(sides: Sides<'_>) -> Option<Vec<FixCall>> {
    let all = |attributes: &Map<String, Value>| -> Vec<Value> {
        attributes.get("Entries").and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let (wanted, live) = (all(sides.wanted?), all(sides.live?));
    let is_same =
        |one: &Value, other: &Value| ["Egress", "RuleNumber"].iter().all(|name| one.get(name) == other.get(name));
    let mut calls = Vec::new();
    for entry in live.iter().filter(|entry| !wanted.iter().any(|other| is_same(entry, other))) {
        let input =
            json!({"NetworkAclId": sides.id, "Egress": entry.get("Egress")?, "RuleNumber": entry.get("RuleNumber")?});
        calls.push(FixCall { operation: "ec2:DeleteNetworkAclEntry", input });
    }
    for entry in wanted.iter().filter(|entry| !live.contains(entry)) {
        let is_there = live.iter().any(|other| is_same(entry, other));
        let operation = if is_there { "ec2:ReplaceNetworkAclEntry" } else { "ec2:CreateNetworkAclEntry" };
        let mut input = json!({"NetworkAclId": sides.id});
        for (name, value) in entry.as_object()? {
            input[name] = value.clone();
        }
        calls.push(FixCall { operation, input });
    }
    Some(calls)
}

/// The routes that people make. Those of gateway endpoints and propagated ones follow from something else.
pub(super) fn routes(sides: Sides<'_>) -> Option<Vec<FixCall>> {
    const DESTINATIONS: [&str; 3] = ["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"];
    /// Of an instance's route the interface is told, too: it is the same, and may be the only one.
    const TARGETS: [&str; 9] = [
        "CarrierGatewayId",
        "CoreNetworkArn",
        "EgressOnlyInternetGatewayId",
        "GatewayId",
        "LocalGatewayId",
        "NatGatewayId",
        "NetworkInterfaceId",
        "TransitGatewayId",
        "VpcPeeringConnectionId",
    ];
    let all = |attributes: &Map<String, Value>| -> Vec<Value> {
        attributes.get("Routes").and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let (wanted, live) = (all(sides.wanted?), all(sides.live?));
    let is_same = |one: &Value, other: &Value| DESTINATIONS.iter().all(|name| one.get(name) == other.get(name));
    let is_own =
        |route: &Value| text(route, "/Origin") == "CreateRoute" && !text(route, "/GatewayId").starts_with("vpce-");
    let input = |route: &Value, members: &[&str]| {
        let mut input = json!({"RouteTableId": sides.id});
        for name in members {
            if let Some(value) = route.get(*name) {
                input[*name] = value.clone();
            }
        }
        input
    };
    let mut calls = Vec::new();
    for route in live.iter().filter(|route| !wanted.iter().any(|other| is_same(route, other))) {
        if !is_own(route) {
            return None;
        }
        calls.push(FixCall { operation: "ec2:DeleteRoute", input: input(route, &DESTINATIONS) });
    }
    for route in wanted.iter().filter(|route| !live.contains(route)) {
        if !is_own(route) {
            return None;
        }
        let is_there = live.iter().any(|other| is_same(route, other));
        let operation = if is_there { "ec2:ReplaceRoute" } else { "ec2:CreateRoute" };
        calls.push(FixCall { operation, input: input(route, &[&DESTINATIONS[..], &TARGETS[..]].concat()) });
    }
    Some(calls)
}
