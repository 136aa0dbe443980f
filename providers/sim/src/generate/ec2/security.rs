//! Security groups. EC2 tells their rules twice: within the group, and as rules of their own.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::super::kinds::Made;
use super::super::place::{Place, name, tags};

/// One rule: direction, protocol, ports, and where from or where to.
struct Opening {
    egress: bool,
    protocol: &'static str,
    ports: (i64, i64),
    end: End,
    description: Option<String>,
}

enum End {
    Block(String),
    Group(usize),
}

const PORTS: &[(&str, i64, i64)] = &[
    ("tcp", 22, 22),
    ("tcp", 80, 80),
    ("tcp", 443, 443),
    ("tcp", 443, 443),
    ("tcp", 3306, 3306),
    ("tcp", 5432, 5432),
    ("tcp", 6379, 6379),
    ("tcp", 8080, 8090),
    ("tcp", 9090, 9100),
    ("udp", 53, 53),
    ("icmp", -1, -1),
];

/// The groups of a VPC that others may name, as numbers of groups.
pub(in super::super) fn group_in(place: &Place<'_>, vpc: usize, dice: &mut Dice) -> usize {
    let (vpcs, groups) = (place.count("ec2/vpc"), place.count("ec2/security_group"));
    let of_vpc = (groups + vpcs - 1 - vpc) / vpcs;
    vpc + vpcs * if of_vpc > 1 { 1 + dice.below(of_vpc - 1) } else { 0 }
}

pub(in super::super) fn group_name(place: &Place<'_>, index: usize) -> String {
    if index < place.count("ec2/vpc") {
        "default".to_owned()
    } else {
        name(&mut place.dice("name of ec2/security_group", index), index)
    }
}

/// The first groups are the VPCs' default ones.
pub(in super::super) fn group(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/security_group", index);
    let vpcs = place.count("ec2/vpc");
    let (id, label) = (place.id("sg", index), group_name(place, index));
    let own = index < vpcs;
    let everywhere = Opening {
        egress: true,
        protocol: "-1",
        ports: (-1, -1),
        end: End::Block("0.0.0.0/0".to_owned()),
        description: None,
    };
    let mut openings = vec![everywhere];
    if own {
        openings.push(Opening {
            egress: false,
            protocol: "-1",
            ports: (-1, -1),
            end: End::Group(index),
            description: None,
        });
    } else {
        // Most groups have a few rules, some have grown for years.
        let rules = if dice.chance(6) { 20 + dice.below(30) } else { 1 + dice.below(7) };
        for _ in 0..rules {
            let opening = opening(place, index % vpcs, &mut dice);
            if !openings.iter().any(|other| same(other, &opening)) {
                openings.push(opening);
            }
        }
    }
    let description = if own { "default VPC security group".to_owned() } else { format!("Traffic of {label}") };
    let item = json!({
        "GroupId": id, "GroupName": label, "Description": description, "OwnerId": place.account(),
        "VpcId": place.id("vpc", index % vpcs), "SecurityGroupArn": place.arn("ec2", &format!("security-group/{id}")),
        "IpPermissions": permissions(place, &openings, false),
        "IpPermissionsEgress": permissions(place, &openings, true),
        "Tags": if own { json!([]) } else { tags(&mut dice, &label) },
    });
    let mut made = Made::new(&id, "SecurityGroups", item);
    for (number, opening) in openings.iter().enumerate() {
        made.beside.push(("SecurityGroupRules", rule(place, index, number, opening)));
    }
    made
}

fn same(left: &Opening, right: &Opening) -> bool {
    let end = match (&left.end, &right.end) {
        (End::Block(left), End::Block(right)) => left == right,
        (End::Group(left), End::Group(right)) => left == right,
        _ => false,
    };
    end && (left.egress, left.protocol, left.ports) == (right.egress, right.protocol, right.ports)
}

fn opening(place: &Place<'_>, vpc: usize, dice: &mut Dice) -> Opening {
    let (protocol, from, to) = dice.pick(PORTS);
    let end = match dice.below(10) {
        0..4 => End::Group(group_in(place, vpc, dice)),
        4 => End::Block("0.0.0.0/0".to_owned()),
        _ => End::Block(format!("10.{}.{}.0/24", dice.below(256), dice.below(256))),
    };
    let description = dice.chance(45).then(|| {
        let reason = dice.pick(&[
            "from the office",
            "from the load balancers",
            "temporary, ask Ben",
            "monitoring",
            "VPN clients",
        ]);
        format!("{protocol} {reason}")
    });
    Opening { egress: dice.chance(8), protocol, ports: (from, to), end, description }
}

/// The rules of one direction as EC2 groups them: by protocol and ports.
fn permissions(place: &Place<'_>, openings: &[Opening], egress: bool) -> Value {
    let mut permissions: Vec<Value> = Vec::new();
    for opening in openings.iter().filter(|opening| opening.egress == egress) {
        let (from, to) = opening.ports;
        let fits = |permission: &Value| {
            permission["IpProtocol"] == opening.protocol
                && (opening.protocol == "-1" || (permission["FromPort"] == from && permission["ToPort"] == to))
        };
        let at = permissions.iter().position(fits).unwrap_or_else(|| {
            let mut permission = json!({
                "IpProtocol": opening.protocol, "UserIdGroupPairs": [], "IpRanges": [], "Ipv6Ranges": [],
                "PrefixListIds": [],
            });
            if opening.protocol != "-1" {
                permission["FromPort"] = from.into();
                permission["ToPort"] = to.into();
            }
            permissions.push(permission);
            permissions.len() - 1
        });
        let (list, mut source) = match &opening.end {
            End::Block(block) => ("IpRanges", json!({ "CidrIp": block })),
            End::Group(group) => {
                ("UserIdGroupPairs", json!({"UserId": place.account(), "GroupId": place.id("sg", *group)}))
            }
        };
        if let Some(description) = &opening.description {
            source["Description"] = description.as_str().into();
        }
        if let Value::Array(sources) = &mut permissions[at][list] {
            sources.push(source);
        }
    }
    Value::Array(permissions)
}

fn rule(place: &Place<'_>, group: usize, number: usize, opening: &Opening) -> Value {
    let id = place.id("sgr", group * 1000 + number);
    let mut rule = json!({
        "SecurityGroupRuleId": id, "GroupId": place.id("sg", group), "GroupOwnerId": place.account(),
        "IsEgress": opening.egress, "IpProtocol": opening.protocol, "FromPort": opening.ports.0,
        "ToPort": opening.ports.1, "Tags": [],
        "SecurityGroupRuleArn": place.arn("ec2", &format!("security-group-rule/{id}")),
    });
    match &opening.end {
        End::Block(block) => rule["CidrIpv4"] = block.as_str().into(),
        End::Group(other) => {
            rule["ReferencedGroupInfo"] = json!({"GroupId": place.id("sg", *other), "UserId": place.account()});
        }
    }
    if let Some(description) = &opening.description {
        rule["Description"] = description.as_str().into();
    }
    rule
}

/// Somebody opens a port "just for a moment".
pub(in super::super) fn open(place: &Place<'_>, index: usize, made: &mut Made, dice: &mut Dice) -> &'static str {
    let opening = Opening {
        egress: false,
        protocol: "tcp",
        ports: (3389, 3389),
        end: End::Block(format!("203.0.113.{}/32", dice.below(256))),
        description: None,
    };
    if let Value::Array(permissions) = &mut made.item["IpPermissions"] {
        permissions.extend(permissions_of(place, &opening));
    }
    made.beside.push(("SecurityGroupRules", rule(place, index, 999, &opening)));
    "/IpPermissions"
}

fn permissions_of(place: &Place<'_>, opening: &Opening) -> Vec<Value> {
    match permissions(place, std::slice::from_ref(opening), opening.egress) {
        Value::Array(permissions) => permissions,
        _ => Vec::new(),
    }
}
