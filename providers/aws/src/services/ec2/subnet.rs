//! Subnets.

use driftline_api::{Arn, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Write};
use serde_json::json;

use super::{lifecycle, owner, tags};
use crate::reader::take_items;
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/subnet",
        about: "Subnets of this account, default ones included. Subnets that another account shares are left out.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/SubnetId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:subnet/{id}"),
        label: Some("/tags/Name"),
        actions: &["ec2:DescribeSubnets"],
        sources: &[Source { operation: "ec2:DescribeSubnets", member: "/Subnets/*", at: "" }],
        writes: &[
            Write::creates(&["ec2:CreateSubnet", "ec2:CreateDefaultSubnet", "ec2:CreateDefaultVpc"]),
            Write::removes(&["ec2:DeleteSubnet"]),
            Write::changes(
                &[
                    "/AssignIpv6AddressOnCreation",
                    "/CustomerOwnedIpv4Pool",
                    "/EnableDns64",
                    "/EnableLniAtDeviceIndex",
                    "/MapCustomerOwnedIpOnLaunch",
                    "/MapPublicIpOnLaunch",
                    "/PrivateDnsNameOptionsOnLaunch",
                ],
                &["ec2:ModifySubnetAttribute"],
            ),
            Write::changes(
                &["/Ipv6CidrBlockAssociationSet"],
                &["ec2:AssociateSubnetCidrBlock", "ec2:DisassociateSubnetCidrBlock"],
            ),
            Write::changes(
                &["/BlockPublicAccessStates"],
                &[
                    "ec2:ModifyVpcBlockPublicAccessOptions",
                    "ec2:CreateVpcBlockPublicAccessExclusion",
                    "ec2:ModifyVpcBlockPublicAccessExclusion",
                    "ec2:DeleteVpcBlockPublicAccessExclusion",
                ],
            ),
            tags::WRITE,
        ],
        names: &[Naming::Id],
        rules: &[
            Rule::Volatile {
                path: "/AvailableIpAddressCount",
                why: "counts the addresses that are free at the moment",
            },
            Rule::Volatile { path: "/State", why: "tells how far creating it has got" },
            Rule::Set { path: "/Ipv6CidrBlockAssociationSet", key: &["Ipv6CidrBlock"] },
            Rule::Volatile {
                path: "/Ipv6CidrBlockAssociationSet/*/Ipv6CidrBlockState",
                why: "tells how far associating the block has got",
            },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/VpcId", kind: "ec2/vpc" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("ec2:DescribeSubnets", json!({"MaxResults": 1000}))?;
    while let Some(page) = pages.next().await? {
        for subnet in take_items(page, "/Subnets").into_iter().filter(|subnet| owner::is_ours(reader, subnet)) {
            let mut draft = Draft::new(subnet);
            let (list, state) = ("Ipv6CidrBlockAssociationSet", "/Ipv6CidrBlockState/State");
            lifecycle::drop_ended(&mut draft, list, state, lifecycle::ENDED_ASSOCIATION);
            reader.emit(draft);
        }
    }
    Ok(())
}
