//! Route tables with their routes and associations.

use driftline_api::{
    Argument, Arn, Calls, Cause, Child, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, When,
    Write,
};
use serde_json::{Map, Value, json};

use super::{lifecycle, owner, tags, vpc_endpoint};
use crate::reader::{take_items, text};
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/route_table",
        about: "Route tables, main ones included, with their routes and associations. Left out are routes that come and \
                go by themselves (propagated and advertised ones) and those of gateway endpoints, which follow the \
                endpoint's `RouteTableIds`.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/RouteTableId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:route-table/{id}"),
        label: Some("/tags/Name"),
        called: None,
        created: None,
        actions: &["ec2:DescribeRouteTables", vpc_endpoint::LIST],
        sources: &[Source { operation: "ec2:DescribeRouteTables", member: "/RouteTables/*", at: "" }],
        calls: &[Calls::list("ec2:DescribeRouteTables", 100)],
        writes: &[
            Write::creates(&["ec2:CreateRouteTable", "ec2:CreateVpc", "ec2:CreateDefaultVpc", "ec2:CreateNatGateway"]),
            Write::removes(&["ec2:DeleteRouteTable", "ec2:DeleteVpc", "ec2:DeleteNatGateway"]),
            Write::changes(
                &["/Routes"],
                &[
                    "ec2:CreateRoute",
                    "ec2:ReplaceRoute",
                    "ec2:DeleteRoute",
                    "ec2:CreateVpcEndpoint",
                    "ec2:ModifyVpcEndpoint",
                    "ec2:DeleteVpcEndpoints",
                    "ec2:AssociateVpcCidrBlock",
                    "ec2:DisassociateVpcCidrBlock",
                    "ec2:EnableRouteServerPropagation",
                    "ec2:DisableRouteServerPropagation",
                ],
            ),
            Write::changes(
                &["/PropagatingVgws", "/Routes"],
                &["ec2:EnableVgwRoutePropagation", "ec2:DisableVgwRoutePropagation", "ec2:DetachVpnGateway"],
            ),
            Write::changes(
                &["/Associations"],
                &[
                    "ec2:AssociateRouteTable",
                    "ec2:DisassociateRouteTable",
                    "ec2:ReplaceRouteTableAssociation",
                    "ec2:DeleteSubnet",
                ],
            ),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id],
        rules: &[
            Rule::Set { path: "/Associations", key: &["Main", "SubnetId", "GatewayId", "PublicIpv4Pool"] },
            Rule::Volatile { path: "/Associations/*/AssociationState", why: "tells how far associating has got" },
            Rule::Set { path: "/PropagatingVgws", key: &["GatewayId"] },
            // The longest prefix wins, whatever the order.
            Rule::Set {
                path: "/Routes",
                key: &["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"],
            },
            Rule::Volatile { path: "/Routes/*/State", why: "follows the state of the route's target" },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/VpcId", kind: "ec2/vpc" },
            Rule::Reference { path: "/Associations/*/SubnetId", kind: "ec2/subnet" },
            Rule::Reference { path: "/Routes/*/NatGatewayId", kind: "ec2/nat_gateway" },
            Rule::Reference { path: "/Routes/*/GatewayId", kind: "ec2/internet_gateway" },
            Rule::Reference { path: "/Routes/*/EgressOnlyInternetGatewayId", kind: "ec2/egress_only_internet_gateway" },
            Rule::Reference { path: "/Routes/*/VpcPeeringConnectionId", kind: "ec2/vpc_peering_connection" },
            Rule::Reference { path: "/Routes/*/NetworkInterfaceId", kind: "ec2/network_interface" },
            Rule::Reference { path: "/Routes/*/DestinationPrefixListId", kind: "ec2/managed_prefix_list" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[
        Form {
            resource: "aws_default_route_table",
            when: &[When::Is("/Associations/*/Main", "true")],
            import: "{/VpcId}",
            handles: &[("{id}", "id"), ("{arn}", "arn")],
            arguments: &[
                Argument::Attribute {
                    name: "default_route_table_id",
                    path: "/VpcId",
                    attribute: "default_route_table_id",
                    otherwise: "{id}",
                },
                Argument::Tags,
            ],
        },
        Form {
            resource: "aws_route_table",
            when: &[],
            import: "{id}",
            handles: &[("{id}", "id"), ("{arn}", "arn")],
            arguments: &[Argument::value("vpc_id", "/VpcId"), Argument::Tags],
        },
    ],
    children: &[
        Child {
            resource: "aws_route",
            each: "/Routes/*",
            when: &[When::Is("./Origin", "\"CreateRoute\"")],
            import: "{id}_[{./DestinationCidrBlock}][{./DestinationIpv6CidrBlock}][{./DestinationPrefixListId}]",
            key: "[{./DestinationCidrBlock}][{./DestinationIpv6CidrBlock}][{./DestinationPrefixListId}]",
            arguments: &[
                Argument::parent("route_table_id", "id"),
                Argument::value("destination_cidr_block", "./DestinationCidrBlock"),
                Argument::value("destination_ipv6_cidr_block", "./DestinationIpv6CidrBlock"),
                Argument::value("destination_prefix_list_id", "./DestinationPrefixListId"),
                Argument::Computed { name: "gateway_id", from: &["./GatewayId"], value: gateway },
                Argument::Computed { name: "vpc_endpoint_id", from: &["./GatewayId"], value: endpoint },
                Argument::value("nat_gateway_id", "./NatGatewayId"),
                Argument::value("egress_only_gateway_id", "./EgressOnlyInternetGatewayId"),
                Argument::value("transit_gateway_id", "./TransitGatewayId"),
                Argument::value("local_gateway_id", "./LocalGatewayId"),
                Argument::value("carrier_gateway_id", "./CarrierGatewayId"),
                Argument::value("core_network_arn", "./CoreNetworkArn"),
                Argument::value("vpc_peering_connection_id", "./VpcPeeringConnectionId"),
                Argument::value("network_interface_id", "./NetworkInterfaceId"),
            ],
        },
        Child {
            resource: "aws_route_table_association",
            each: "/Associations/*",
            when: &[When::Is("./Main", "false")],
            import: "[{./SubnetId}][{./GatewayId}]/{id}",
            key: "[{./SubnetId}][{./GatewayId}]",
            arguments: &[
                Argument::value("subnet_id", "./SubnetId"),
                Argument::value("gateway_id", "./GatewayId"),
                Argument::parent("route_table_id", "id"),
            ],
        },
    ],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/RouteTableId", "/OwnerId"]),
        Omit::quiet(
            "follows from the association",
            &["/Associations/*/RouteTableAssociationId", "/Associations/*/RouteTableId"],
        ),
        Omit::told("this version does not export gateways of VPNs yet", &["/PropagatingVgws/*/GatewayId"]),
        Omit::quiet("follows from the network interface", &["/Routes/*/InstanceId", "/Routes/*/InstanceOwnerId"]),
        Omit::told(
            "the provider does not know it",
            &["/Routes/*/OdbNetworkArn", "/Routes/*/IpAddress", "/Associations/*/PublicIpv4Pool"],
        ),
    ],
};

fn gateway(_: &Map<String, Value>, route: &Value) -> Option<Value> {
    let id = text(route, "/GatewayId");
    (!id.is_empty() && !id.starts_with("vpce-")).then(|| id.into())
}

fn endpoint(_: &Map<String, Value>, route: &Value) -> Option<Value> {
    let id = text(route, "/GatewayId");
    id.starts_with("vpce-").then(|| id.into())
}

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("ec2:DescribeRouteTables", json!({"MaxResults": 100}))?;
    while let Some(page) = pages.next().await? {
        for table in take_items(page, "/RouteTables").into_iter().filter(|table| owner::is_ours(reader, table)) {
            let mut draft = Draft::new(table);
            let ended = lifecycle::ENDED_ASSOCIATION;
            lifecycle::drop_ended(&mut draft, "Associations", "/AssociationState/State", ended);
            if !reader.include_aws_managed()
                && let Some(Value::Array(mut routes)) = draft.remove("Routes")
            {
                routes.retain(|route| !comes_by_itself(route));
                match without_gateway_endpoints(reader, routes).await {
                    Ok(routes) => draft.set("/Routes", Value::Array(routes)),
                    Err(cause) => draft.unread("/Routes", cause),
                }
            }
            reader.emit(draft);
        }
    }
    Ok(())
}

/// Propagated by a virtual private gateway (`PropagatingVgws` says which) or advertised by a route server.
fn comes_by_itself(route: &Value) -> bool {
    matches!(text(route, "/Origin"), "EnableVgwRoutePropagation" | "Advertisement")
}

/// A route to an endpoint by prefix list is a gateway endpoint's, which AWS adds and removes with the endpoint's own
/// list of route tables; or somebody's, to a Gateway Load Balancer endpoint. Only the type of the endpoint tells.
///
/// Source: AWS PrivateLink Guide, "Gateway endpoints", "Routing".
async fn without_gateway_endpoints(reader: &Reader<'_>, mut routes: Vec<Value>) -> Result<Vec<Value>, Cause> {
    let may_be = |route: &Value| {
        text(route, "/GatewayId").starts_with("vpce-") && !text(route, "/DestinationPrefixListId").is_empty()
    };
    if routes.iter().any(may_be) {
        let endpoints = reader.shared_items(vpc_endpoint::LIST, vpc_endpoint::list_params(), "/VpcEndpoints").await?;
        let balances = |id: &str| {
            endpoints.iter().any(|endpoint| {
                text(&endpoint, "/VpcEndpointId") == id && text(&endpoint, "/VpcEndpointType") == "GatewayLoadBalancer"
            })
        };
        routes.retain(|route| !may_be(route) || balances(text(route, "/GatewayId")));
    }
    Ok(routes)
}
