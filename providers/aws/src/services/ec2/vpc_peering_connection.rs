//! VPC peering connections, of which this account has one side or both.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Exclude, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform,
    When, Write,
};
use serde_json::json;

use super::{lifecycle, tags};
use crate::reader::take_items;
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/vpc_peering_connection",
        about: "VPC peering connections that this account asked for or was asked for, accepted or not.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/VpcPeeringConnectionId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:vpc-peering-connection/{id}"),
        label: Some("/tags/Name"),
        called: None,
        created: None,
        actions: &["ec2:DescribeVpcPeeringConnections"],
        sources: &[Source {
            operation: "ec2:DescribeVpcPeeringConnections",
            member: "/VpcPeeringConnections/*",
            at: "",
        }],
        calls: &[Calls::list("ec2:DescribeVpcPeeringConnections", 1000)],
        writes: &[
            Write::creates(&["ec2:CreateVpcPeeringConnection"]),
            Write::removes(&["ec2:DeleteVpcPeeringConnection", "ec2:RejectVpcPeeringConnection"]),
            // What AWS tells of the other side's VPC appears when the connection is accepted.
            Write::changes(&["/Status", "/AccepterVpcInfo", "/RequesterVpcInfo"], &["ec2:AcceptVpcPeeringConnection"]),
            Write::changes(
                &["/AccepterVpcInfo/PeeringOptions", "/RequesterVpcInfo/PeeringOptions"],
                &["ec2:ModifyVpcPeeringConnectionOptions"],
            ),
            Write::changes(
                &[
                    "/AccepterVpcInfo/CidrBlockSet",
                    "/AccepterVpcInfo/Ipv6CidrBlockSet",
                    "/RequesterVpcInfo/CidrBlockSet",
                    "/RequesterVpcInfo/Ipv6CidrBlockSet",
                ],
                &["ec2:AssociateVpcCidrBlock", "ec2:DisassociateVpcCidrBlock"],
            ),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id],
        rules: &[
            // `Status/Code` stays: accepting and rejecting is what people do.
            Rule::Volatile { path: "/Status/Message", why: "explains the code" },
            Rule::Volatile { path: "/ExpirationTime", why: "is set only while the request waits" },
            Rule::Set { path: "/AccepterVpcInfo/CidrBlockSet", key: &["CidrBlock"] },
            Rule::Set { path: "/AccepterVpcInfo/Ipv6CidrBlockSet", key: &["Ipv6CidrBlock"] },
            Rule::Set { path: "/RequesterVpcInfo/CidrBlockSet", key: &["CidrBlock"] },
            Rule::Set { path: "/RequesterVpcInfo/Ipv6CidrBlockSet", key: &["Ipv6CidrBlock"] },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/AccepterVpcInfo/VpcId", kind: "ec2/vpc" },
            Rule::Reference { path: "/RequesterVpcInfo/VpcId", kind: "ec2/vpc" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[Exclude {
        when: &[When::Is("/Status/Code", "\"rejected\"")],
        why: "is rejected, and goes away by itself",
    }],
    forms: &[
        // Both sides are here: one resource asks and accepts.
        Form {
            resource: "aws_vpc_peering_connection",
            when: &[
                ASKED_HERE[0],
                ASKED_HERE[1],
                When::Is("/AccepterVpcInfo/OwnerId", "\"{account}\""),
                When::Is("/AccepterVpcInfo/Region", "\"{region}\""),
                When::Is("/Status/Code", "\"active\""),
            ],
            import: "{id}",
            handles: HANDLES,
            arguments: &[
                Argument::value("vpc_id", "/RequesterVpcInfo/VpcId"),
                Argument::value("peer_vpc_id", "/AccepterVpcInfo/VpcId"),
                // It says how a new one is made, and AWS does not keep it.
                Argument::Initial { arguments: &[Argument::Constant { name: "auto_accept", value: "true" }] },
                REQUESTER,
                ACCEPTER,
                Argument::Tags,
            ],
        },
        Form {
            resource: "aws_vpc_peering_connection",
            when: ASKED_HERE,
            import: "{id}",
            handles: HANDLES,
            arguments: &[
                Argument::value("vpc_id", "/RequesterVpcInfo/VpcId"),
                Argument::value("peer_vpc_id", "/AccepterVpcInfo/VpcId"),
                Argument::unless("\"{account}\"", "peer_owner_id", "/AccepterVpcInfo/OwnerId"),
                Argument::unless("\"{region}\"", "peer_region", "/AccepterVpcInfo/Region"),
                REQUESTER,
                Argument::Tags,
            ],
        },
        Form {
            resource: "aws_vpc_peering_connection_accepter",
            when: &[],
            import: "{id}",
            handles: HANDLES,
            arguments: &[Argument::text("vpc_peering_connection_id", "{id}"), ACCEPTER, Argument::Tags],
        },
    ],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/VpcPeeringConnectionId"]),
        Omit::quiet(
            "follows from the VPCs",
            &[
                "/AccepterVpcInfo/CidrBlock",
                "/AccepterVpcInfo/CidrBlockSet",
                "/AccepterVpcInfo/Ipv6CidrBlockSet",
                "/RequesterVpcInfo/CidrBlock",
                "/RequesterVpcInfo/CidrBlockSet",
                "/RequesterVpcInfo/Ipv6CidrBlockSet",
            ],
        ),
        Omit::quiet(
            "means nothing since EC2-Classic is gone",
            &[
                "/AccepterVpcInfo/PeeringOptions/AllowEgressFromLocalClassicLinkToRemoteVpc",
                "/AccepterVpcInfo/PeeringOptions/AllowEgressFromLocalVpcToRemoteClassicLink",
                "/RequesterVpcInfo/PeeringOptions/AllowEgressFromLocalClassicLinkToRemoteVpc",
                "/RequesterVpcInfo/PeeringOptions/AllowEgressFromLocalVpcToRemoteClassicLink",
            ],
        ),
    ],
};

const HANDLES: &[(&str, &str)] = &[("{id}", "id"), ("{arn}", "arn")];

const ASKED_HERE: &[When] =
    &[When::Is("/RequesterVpcInfo/OwnerId", "\"{account}\""), When::Is("/RequesterVpcInfo/Region", "\"{region}\"")];

const REQUESTER: Argument =
    Argument::Blocks { name: "requester", path: "/RequesterVpcInfo/PeeringOptions", arguments: OPTIONS };

const ACCEPTER: Argument =
    Argument::Blocks { name: "accepter", path: "/AccepterVpcInfo/PeeringOptions", arguments: OPTIONS };

const OPTIONS: &[Argument] = &[Argument::value("allow_remote_vpc_dns_resolution", "./AllowDnsResolutionFromRemoteVpc")];

/// These stay listed for between two hours and two days, can no longer be changed, and go away by themselves. A
/// rejected one does too, but its code is how somebody's decision shows.
///
/// Source: Amazon VPC Peering Guide, "VPC peering connection lifecycle".
const ENDED: &[&str] = &["deleting", "deleted", "failed", "expired"];

/// What a connection on its way becomes.
const WAYS: &[(&str, &str)] = &[("initiating-request", "pending-acceptance"), ("provisioning", "active")];

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("ec2:DescribeVpcPeeringConnections", json!({"MaxResults": 1000}))?;
    while let Some(page) = pages.next().await? {
        for mut connection in take_items(page, "/VpcPeeringConnections") {
            if !lifecycle::is_in(&connection, "/Status/Code", ENDED) {
                lifecycle::settle(&mut connection, "/Status/Code", WAYS);
                reader.emit(Draft::new(connection));
            }
        }
    }
    Ok(())
}
