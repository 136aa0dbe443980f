//! Ways into VPCs and out of them, and what is recorded and named about them.

use serde_json::{Value, json};

use super::super::kinds::Made;
use super::super::place::{Place, name, tags};
use super::network;

/// An internet gateway for each VPC, until there are no more.
pub(in super::super) fn internet_gateway(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/internet_gateway", index);
    let id = place.id("igw", index);
    let label = name(&mut dice, index);
    let item = json!({
        "InternetGatewayId": id, "OwnerId": place.account(),
        "Attachments": [{"State": "available", "VpcId": place.id("vpc", index)}],
        "Tags": if index == 0 { json!([]) } else { tags(&mut dice, &label) },
    });
    Made::new(&id, "InternetGateways", item)
}

pub(in super::super) fn egress_only(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/egress_only_internet_gateway", index);
    let id = place.id("eigw", index);
    let label = name(&mut dice, index);
    let item = json!({
        "EgressOnlyInternetGatewayId": id, "Tags": tags(&mut dice, &label),
        "Attachments": [{"State": "attached", "VpcId": place.id("vpc", index % place.count("ec2/vpc"))}],
    });
    Made::new(&id, "EgressOnlyInternetGateways", item)
}

fn public_ip(place: &Place<'_>, address: usize) -> String {
    let mut dice = place.dice("public address", address);
    format!("{}.{}.{}.{}", dice.pick(&[3, 13, 18, 34, 52, 54]), dice.below(256), dice.below(256), 1 + dice.below(254))
}

/// The first addresses are the NAT gateways'; of the others, some belong to nothing.
pub(in super::super) fn address(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/address", index);
    let id = place.id("eipalloc", index);
    let label = name(&mut dice, index);
    let mut item = json!({
        "AllocationId": id, "Domain": "vpc", "PublicIp": public_ip(place, index), "PublicIpv4Pool": "amazon",
        "NetworkBorderGroup": place.region(), "Tags": tags(&mut dice, &label),
    });
    if index < place.count("ec2/nat_gateway") {
        let subnet = network::home(place, index);
        item["AssociationId"] = place.id("eipassoc", index).into();
        item["NetworkInterfaceOwnerId"] = place.account().into();
        item["PrivateIpAddress"] = format!("{}.{}", network::addresses(place, subnet), 240 + index % 10).into();
    }
    Made::new(&id, "Addresses", item)
}

pub(in super::super) fn is_free_address(place: &Place<'_>, index: usize) -> bool {
    index >= place.count("ec2/nat_gateway")
}

pub(in super::super) fn nat_gateway(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/nat_gateway", index);
    let (id, subnet) = (place.id("nat", index), network::home(place, index));
    let label = name(&mut dice, index);
    let item = json!({
        "NatGatewayId": id, "State": "available", "ConnectivityType": "public", "AvailabilityMode": "zonal",
        "SubnetId": place.id("subnet", subnet), "VpcId": place.id("vpc", network::vpc_of_subnet(place, subnet)),
        "CreateTime": dice.time(), "Tags": tags(&mut dice, &label),
        "NatGatewayAddresses": [{
            "AllocationId": place.id("eipalloc", index), "AssociationId": place.id("eipassoc", index),
            "NetworkInterfaceId": place.id("eni-nat", index).replace("eni-nat", "eni"), "IsPrimary": true,
            "PrivateIp": format!("{}.{}", network::addresses(place, subnet), 240 + index % 10),
            "PublicIp": public_ip(place, index), "Status": "succeeded",
        }],
    });
    Made::new(&id, "NatGateways", item)
}

const SERVICES: &[&str] =
    &["ssm", "ec2messages", "ssmmessages", "logs", "monitoring", "kms", "secretsmanager", "ecr.api", "ecr.dkr", "sqs"];

pub(in super::super) fn endpoint(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/vpc_endpoint", index);
    let vpcs = place.count("ec2/vpc");
    let (id, vpc) = (place.id("vpce", index), index % vpcs);
    let label = name(&mut dice, index);
    // A VPC's first endpoints are those of S3 and DynamoDB, which stand in its route tables.
    let gateway = ["s3", "dynamodb"].get(index / vpcs).copied();
    let service = gateway.unwrap_or(SERVICES[(index / vpcs) % SERVICES.len()]);
    let subnets: Vec<String> =
        network::subnets(place, vpc).take(2).filter(|_| gateway.is_none()).map(|one| place.id("subnet", one)).collect();
    let groups =
        if gateway.is_none() { json!([{"GroupId": place.id("sg", vpc), "GroupName": "default"}]) } else { json!([]) };
    let tables = if gateway.is_some() { json!([place.id("rtb", vpc)]) } else { json!([]) };
    let host = format!(
        "{id}-{}.{service}.{}.vpce.amazonaws.com",
        dice.text(8, b"abcdefghijklmnopqrstuvwxyz0123456789"),
        place.region()
    );
    let names = if gateway.is_none() {
        json!([{"DnsName": host, "HostedZoneId": "Z38GZ743OKFT7T"}, {"DnsName": format!("{service}.{}.amazonaws.com", place.region()), "HostedZoneId": "ZONEIDPENDING"}])
    } else {
        json!([])
    };
    let item = json!({
        "VpcEndpointId": id, "VpcEndpointType": if gateway.is_some() { "Gateway" } else { "Interface" },
        "VpcId": place.id("vpc", vpc), "ServiceName": format!("com.amazonaws.{}.{service}", place.region()),
        "State": "available", "RouteTableIds": tables, "SubnetIds": subnets, "Groups": groups,
        "PolicyDocument": {"Version": "2008-10-17", "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
        ]},
        "IpAddressType": "ipv4", "PrivateDnsEnabled": gateway.is_none(), "RequesterManaged": false,
        "DnsOptions": {"DnsRecordIpType": if gateway.is_some() { "service-defined" } else { "ipv4" }},
        "NetworkInterfaceIds": subnets.iter().map(|_| format!("eni-0{}", dice.hex(16))).collect::<Vec<_>>(),
        "DnsEntries": names, "CreationTimestamp": dice.time(), "OwnerId": place.account(),
        "ServiceRegion": place.region(), "Tags": tags(&mut dice, &label),
    });
    Made::new(&id, "VpcEndpoints", item)
}

pub(in super::super) fn peering(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/vpc_peering_connection", index);
    let vpcs = place.count("ec2/vpc");
    let (id, label) = (place.id("pcx", index), name(&mut dice, index));
    let side = |vpc: usize| {
        let block = if vpc == 0 { "172.31.0.0/16".to_owned() } else { format!("10.{}.0.0/16", vpc % 256) };
        json!({
            "CidrBlock": block, "CidrBlockSet": [{"CidrBlock": block}], "OwnerId": place.account(),
            "VpcId": place.id("vpc", vpc), "Region": place.region(),
            "PeeringOptions": {
                "AllowDnsResolutionFromRemoteVpc": true, "AllowEgressFromLocalClassicLinkToRemoteVpc": false,
                "AllowEgressFromLocalVpcToRemoteClassicLink": false,
            },
        })
    };
    let item = json!({
        "VpcPeeringConnectionId": id, "Status": {"Code": "active", "Message": "Active"},
        "RequesterVpcInfo": side(index % vpcs), "AccepterVpcInfo": side((index + 1) % vpcs),
        "Tags": tags(&mut dice, &label),
    });
    Made::new(&id, "VpcPeeringConnections", item)
}

pub(in super::super) fn flow_log(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/flow_log", index);
    let (id, label) = (place.id("fl", index), name(&mut dice, index));
    let group = format!("/vpc/{label}");
    let item = json!({
        "FlowLogId": id, "FlowLogStatus": "ACTIVE", "DeliverLogsStatus": "SUCCESS", "CreationTime": dice.time(),
        "DeliverLogsPermissionArn": format!("arn:aws:iam::{}:role/vpc-flow-logs", place.account()),
        "ResourceId": place.id("vpc", index % place.count("ec2/vpc")),
        "TrafficType": dice.pick(&["ALL", "REJECT", "ACCEPT"]), "LogGroupName": group,
        "LogDestinationType": "cloud-watch-logs",
        "LogDestination": place.arn("logs", &format!("log-group:{group}")),
        "LogFormat": "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} \
                      ${packets} ${bytes} ${start} ${end} ${action} ${log-status}",
        "MaxAggregationInterval": dice.pick(&[60, 600]), "Tags": tags(&mut dice, &label),
    });
    Made::new(&id, "FlowLogs", item)
}

pub(in super::super) fn prefix_list(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("ec2/managed_prefix_list", index);
    let (id, label) = (place.id("pl", index), name(&mut dice, index));
    let entries: Vec<Value> = (0..2 + dice.below(30))
        .map(|entry| json!({"Cidr": format!("198.18.{entry}.0/24"), "Description": format!("{} office", dice.pick(&["Berlin", "Oslo", "Lyon", "Porto"]))}))
        .collect();
    let item = json!({
        "PrefixListId": id, "PrefixListName": label, "AddressFamily": "IPv4", "State": "create-complete",
        "PrefixListArn": place.arn("ec2", &format!("prefix-list/{id}")), "MaxEntries": 60, "Version": 1 + dice.below(9),
        "OwnerId": place.account(), "Tags": tags(&mut dice, &label), "Entries": entries,
    });
    Made::new(&id, "PrefixLists", item)
}
