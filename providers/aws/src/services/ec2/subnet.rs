//! Subnets.

use driftline_api::{Arn, Cause, Descriptor, Identity, Reads, Rule, Source};
use serde_json::json;

use super::{lifecycle, owner};
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
        writes: &[],
        names: &[driftline_api::Naming::Id, driftline_api::Naming::Arn, driftline_api::Naming::Label],
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
