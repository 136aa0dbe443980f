//! VPCs, their subnets, and how packets find their way.
//!
//! The first VPC of a region is its default VPC, with the first three subnets.

use serde_json::{Value, json};

use super::super::kinds::Made;
use super::super::place::{Place, name, tags};

const DEFAULT_SUBNETS: usize = 3;

pub(in super::super) fn vpc(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/vpc", index);
    let (id, block) = (place.id("vpc", index), block(index));
    let label = name(&mut dice, index);
    Made::new(
        &id,
        "Vpcs",
        json!({
            "VpcId": id, "OwnerId": place.account(), "State": "available", "InstanceTenancy": "default",
            "IsDefault": index == 0, "CidrBlock": block, "DhcpOptionsId": place.id("dopt", 0),
            "CidrBlockAssociationSet": [{
                "AssociationId": place.id("vpc-cidr-assoc", index), "CidrBlock": block,
                "CidrBlockState": {"State": "associated"},
            }],
            "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
            "Tags": if index == 0 { json!([]) } else { tags(&mut dice, &label) },
            "DescribeVpcAttribute": {
                "EnableDnsSupport": {"Value": true},
                "EnableDnsHostnames": {"Value": dice.chance(80)},
                "EnableNetworkAddressUsageMetrics": {"Value": false},
            },
        }),
    )
}

fn block(vpc: usize) -> String {
    if vpc == 0 { "172.31.0.0/16".to_owned() } else { format!("10.{}.0.0/16", vpc % 256) }
}

/// The VPC of a subnet.
pub(in super::super) fn vpc_of_subnet(place: &Place<'_>, subnet: usize) -> usize {
    let vpcs = place.count("ec2/vpc");
    if subnet < DEFAULT_SUBNETS || vpcs < 2 { 0 } else { 1 + (subnet - DEFAULT_SUBNETS) % (vpcs - 1) }
}

/// The number of a subnet within its VPC.
fn ordinal(place: &Place<'_>, subnet: usize) -> usize {
    let vpcs = place.count("ec2/vpc");
    if subnet < DEFAULT_SUBNETS || vpcs < 2 { subnet } else { (subnet - DEFAULT_SUBNETS) / (vpcs - 1) }
}

/// The subnet in which the nth machine or the like stands: none in the default VPC if there are others.
pub(in super::super) fn home(place: &Place<'_>, nth: usize) -> usize {
    let own = place.count("ec2/subnet").saturating_sub(DEFAULT_SUBNETS);
    if own == 0 { nth % DEFAULT_SUBNETS } else { DEFAULT_SUBNETS + nth % own }
}

/// Two subnets of one VPC, in different zones if it has any.
pub(in super::super) fn pair(place: &Place<'_>, nth: usize) -> [usize; 2] {
    let first = home(place, nth);
    let vpc = vpc_of_subnet(place, first);
    let other =
        subnets(place, vpc).find(|subnet| *subnet != first && subnet_zone(place, *subnet) != subnet_zone(place, first));
    [first, other.unwrap_or(first)]
}

pub(in super::super) fn subnet_zone(place: &Place<'_>, subnet: usize) -> usize {
    ordinal(place, subnet) % 3
}

/// The subnets of a VPC.
pub(in super::super) fn subnets<'a>(place: &'a Place<'_>, vpc: usize) -> impl Iterator<Item = usize> + 'a {
    (0..place.count("ec2/subnet")).filter(move |subnet| vpc_of_subnet(place, *subnet) == vpc)
}

/// The beginning of the addresses in a subnet, without its last number: `10.3.17`.
pub(in super::super) fn addresses(place: &Place<'_>, subnet: usize) -> String {
    let (vpc, ordinal) = (vpc_of_subnet(place, subnet), ordinal(place, subnet));
    if vpc == 0 { format!("172.31.{}", ordinal * 16 % 256) } else { format!("10.{}.{}", vpc % 256, ordinal % 256) }
}

pub(in super::super) fn subnet(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/subnet", index);
    let (vpc, ordinal) = (vpc_of_subnet(place, index), ordinal(place, index));
    let id = place.id("subnet", index);
    let tier = ["public", "private", "database"][ordinal / 3 % 3];
    let zone = subnet_zone(place, index);
    let label = format!("{}-{tier}", name(&mut dice, index));
    Made::new(
        &id,
        "Subnets",
        json!({
            "SubnetId": id, "SubnetArn": place.arn("ec2", &format!("subnet/{id}")), "OwnerId": place.account(),
            "VpcId": place.id("vpc", vpc), "State": "available",
            "CidrBlock": format!("{}.0/{}", addresses(place, index), if vpc == 0 { 20 } else { 24 }),
            "AvailabilityZone": place.zone(zone), "AvailabilityZoneId": place.zone_id(zone),
            "AvailableIpAddressCount": 251 - dice.below(200), "DefaultForAz": index < DEFAULT_SUBNETS,
            "MapPublicIpOnLaunch": index < DEFAULT_SUBNETS || tier == "public", "MapCustomerOwnedIpOnLaunch": false,
            "AssignIpv6AddressOnCreation": false, "Ipv6CidrBlockAssociationSet": [], "EnableDns64": false,
            "Ipv6Native": false,
            "PrivateDnsNameOptionsOnLaunch": {
                "HostnameType": "ip-name", "EnableResourceNameDnsARecord": false,
                "EnableResourceNameDnsAAAARecord": false,
            },
            "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
            "Tags": if index < DEFAULT_SUBNETS { json!([]) } else { tags(&mut dice, &label) },
        }),
    )
}

/// The route table of a subnet; its VPC's main one if that is the number of the VPC.
fn table_of(place: &Place<'_>, subnet: usize) -> usize {
    let (vpc, vpcs, tables) = (vpc_of_subnet(place, subnet), place.count("ec2/vpc"), place.count("ec2/route_table"));
    let of_vpc = (tables + vpcs - 1 - vpc) / vpcs;
    vpc + vpcs * (ordinal(place, subnet) % of_vpc.max(1))
}

/// The first tables are the VPCs' main ones.
pub(in super::super) fn route_table(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/route_table", index);
    let vpcs = place.count("ec2/vpc");
    let (vpc, id) = (index % vpcs, place.id("rtb", index));
    let mut associations = Vec::new();
    if index < vpcs {
        associations.push(json!({
            "Main": true, "RouteTableAssociationId": place.id("rtbassoc", index), "RouteTableId": id,
            "AssociationState": {"State": "associated"},
        }));
    }
    // Subnets of which nothing is said are the main table's.
    for subnet in subnets(place, vpc).filter(|subnet| index >= vpcs && table_of(place, *subnet) == index) {
        associations.push(json!({
            "Main": false, "RouteTableAssociationId": place.id("rtbassoc", vpcs + subnet), "RouteTableId": id,
            "SubnetId": place.id("subnet", subnet), "AssociationState": {"State": "associated"},
        }));
    }
    let route = |to: &str, by: &str, target: &str, origin: &str| json!({"DestinationCidrBlock": to, by: target, "Origin": origin, "State": "active"});
    let mut routes = vec![route(&block(vpc), "GatewayId", "local", "CreateRouteTable")];
    let out = vpc < place.count("ec2/internet_gateway");
    match place.some("ec2/nat_gateway", &mut dice) {
        Some(nat) if index >= vpcs => {
            routes.push(route("0.0.0.0/0", "NatGatewayId", &place.id("nat", nat), "CreateRoute"));
        }
        _ if out => routes.push(route("0.0.0.0/0", "GatewayId", &place.id("igw", vpc), "CreateRoute")),
        _ => {}
    }
    if index >= vpcs
        && let Some(peering) = place.some("ec2/vpc_peering_connection", &mut dice)
    {
        let to = format!("10.{}.0.0/16", 200 + dice.below(50));
        routes.push(json!({
            "DestinationCidrBlock": to, "VpcPeeringConnectionId": place.id("pcx", peering), "Origin": "CreateRoute",
            "State": "active",
        }));
    }
    let label = name(&mut dice, index);
    Made::new(
        &id,
        "RouteTables",
        json!({
            "RouteTableId": id, "VpcId": place.id("vpc", vpc), "OwnerId": place.account(),
            "Associations": associations, "PropagatingVgws": [], "Routes": routes,
            "Tags": if index < vpcs { json!([]) } else { tags(&mut dice, &label) },
        }),
    )
}

/// The first lists are the VPCs' default ones, with all of their subnets.
pub(in super::super) fn network_acl(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/network_acl", index);
    let vpcs = place.count("ec2/vpc");
    let (vpc, id) = (index % vpcs, place.id("acl", index));
    let associations: Vec<Value> = subnets(place, vpc)
        .filter(|_| index < vpcs)
        .map(|subnet| {
            json!({
                "NetworkAclAssociationId": place.id("aclassoc", subnet), "NetworkAclId": id,
                "SubnetId": place.id("subnet", subnet),
            })
        })
        .collect();
    let mut entries = Vec::new();
    for egress in [false, true] {
        let entry = |number: usize, action: &str, block: &str| {
            json!({
                "CidrBlock": block, "Egress": egress, "Protocol": "-1", "RuleAction": action, "RuleNumber": number,
            })
        };
        for number in 0..if index < vpcs { 0 } else { dice.below(8) } {
            entries.push(json!({
                "CidrBlock": format!("10.{}.0.0/16", dice.below(256)), "Egress": egress, "Protocol": "6",
                "PortRange": {"From": 443, "To": 443}, "RuleAction": "allow", "RuleNumber": 10 + number,
            }));
        }
        entries.extend([entry(100, "allow", "0.0.0.0/0"), entry(32767, "deny", "0.0.0.0/0")]);
    }
    let label = name(&mut dice, index);
    Made::new(
        &id,
        "NetworkAcls",
        json!({
            "NetworkAclId": id, "VpcId": place.id("vpc", vpc), "OwnerId": place.account(), "IsDefault": index < vpcs,
            "Associations": associations, "Entries": entries,
            "Tags": if index < vpcs { json!([]) } else { tags(&mut dice, &label) },
        }),
    )
}

pub(in super::super) fn dhcp_options(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/dhcp_options", index);
    let id = place.id("dopt", index);
    let domain = if place.region() == "us-east-1" {
        "ec2.internal".to_owned()
    } else {
        format!("{}.compute.internal", place.region())
    };
    let servers = if index == 0 { "AmazonProvidedDNS".to_owned() } else { format!("10.{}.0.2", dice.below(256)) };
    let label = name(&mut dice, index);
    Made::new(
        &id,
        "DhcpOptions",
        json!({
            "DhcpOptionsId": id, "OwnerId": place.account(),
            "DhcpConfigurations": [
                {"Key": "domain-name", "Values": [{"Value": domain}]},
                {"Key": "domain-name-servers", "Values": [{"Value": servers}]},
            ],
            "Tags": if index == 0 { json!([]) } else { tags(&mut dice, &label) },
        }),
    )
}
