//! Sets of DHCP options.

use driftline_api::{Arn, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Write};
use serde_json::json;

use super::{owner, tags};
use crate::reader::take_items;
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/dhcp_options",
        about: "Sets of DHCP options, the default one included. Which set a VPC uses is told by the VPC.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/DhcpOptionsId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:dhcp-options/{id}"),
        label: Some("/tags/Name"),
        called: None,
        actions: &["ec2:DescribeDhcpOptions"],
        sources: &[Source { operation: "ec2:DescribeDhcpOptions", member: "/DhcpOptions/*", at: "" }],
        writes: &[Write::creates(&["ec2:CreateDhcpOptions"]), Write::removes(&["ec2:DeleteDhcpOptions"]), tags::WRITE],
        terraform: None,
        names: &[Naming::Id],
        rules: &[
            Rule::Set { path: "/DhcpConfigurations", key: &["Key"] },
            // Clients ask name servers and time servers in this order.
            Rule::Sequence { path: "/DhcpConfigurations/*/Values", key: &["Value"] },
            Rule::Tags { path: "/Tags" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("ec2:DescribeDhcpOptions", json!({"MaxResults": 1000}))?;
    while let Some(page) = pages.next().await? {
        for options in take_items(page, "/DhcpOptions").into_iter().filter(|options| owner::is_ours(reader, options)) {
            reader.emit(Draft::new(options));
        }
    }
    Ok(())
}
