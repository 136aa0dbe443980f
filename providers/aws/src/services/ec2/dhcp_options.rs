//! Sets of DHCP options.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, When, Write,
};
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
        created: None,
        actions: &["ec2:DescribeDhcpOptions"],
        sources: &[Source { operation: "ec2:DescribeDhcpOptions", member: "/DhcpOptions/*", at: "" }],
        calls: &[Calls::list("ec2:DescribeDhcpOptions", 1000)],
        writes: &[Write::creates(&["ec2:CreateDhcpOptions"]), Write::removes(&["ec2:DeleteDhcpOptions"]), tags::WRITE],
        terraform: Some(&TERRAFORM),
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

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[
        default_set(&[
            When::Is("/DhcpConfigurations/Key=domain-name/Values/*/Value", "\"{region}.compute.internal\""),
            When::Is("/DhcpConfigurations/Key=domain-name-servers/Values/*/Value", "\"AmazonProvidedDNS\""),
            When::Lacks("/DhcpConfigurations/2"),
        ]),
        default_set(&[
            When::Is("/DhcpConfigurations/Key=domain-name/Values/*/Value", "\"ec2.internal\""),
            When::Is("/DhcpConfigurations/Key=domain-name-servers/Values/*/Value", "\"AmazonProvidedDNS\""),
            When::Lacks("/DhcpConfigurations/2"),
        ]),
        Form {
            resource: "aws_vpc_dhcp_options",
            when: &[],
            import: "{id}",
            handles: HANDLES,
            arguments: &[
                Argument::value("domain_name", "/DhcpConfigurations/Key=domain-name/Values/0/Value"),
                Argument::value("domain_name_servers", "/DhcpConfigurations/Key=domain-name-servers/Values/*/Value"),
                Argument::value("ntp_servers", "/DhcpConfigurations/Key=ntp-servers/Values/*/Value"),
                Argument::value("netbios_name_servers", "/DhcpConfigurations/Key=netbios-name-servers/Values/*/Value"),
                Argument::spelled("", "netbios_node_type", "/DhcpConfigurations/Key=netbios-node-type/Values/0/Value"),
                Argument::spelled(
                    "",
                    "ipv6_address_preferred_lease_time",
                    "/DhcpConfigurations/Key=ipv6-address-preferred-lease-time/Values/0/Value",
                ),
                Argument::Tags,
            ],
        },
    ],
    children: &[],
    omits: &[Omit::quiet("is what AWS calls it", &["/DhcpOptionsId", "/OwnerId"])],
};

const HANDLES: &[(&str, &str)] = &[("{id}", "id"), ("{arn}", "arn")];

/// The set that a region has from the beginning: nothing but its values tells it.
const fn default_set(when: &'static [When]) -> Form {
    Form {
        resource: "aws_default_vpc_dhcp_options",
        when,
        import: "{id}",
        handles: HANDLES,
        arguments: &[Argument::Tags],
    }
}

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("ec2:DescribeDhcpOptions", json!({"MaxResults": 1000}))?;
    while let Some(page) = pages.next().await? {
        for options in take_items(page, "/DhcpOptions").into_iter().filter(|options| owner::is_ours(reader, options)) {
            reader.emit(Draft::new(options));
        }
    }
    Ok(())
}
