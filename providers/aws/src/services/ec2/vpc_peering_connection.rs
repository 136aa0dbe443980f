//! VPC peering connections, of which this account has one side or both.

use driftline_api::{Arn, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Write};
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
        actions: &["ec2:DescribeVpcPeeringConnections"],
        sources: &[Source {
            operation: "ec2:DescribeVpcPeeringConnections",
            member: "/VpcPeeringConnections/*",
            at: "",
        }],
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
        terraform: None,
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
