//! VPCs with their DNS and metrics attributes.

use driftline_api::{
    Argument, Arn, Calls, Cause, Child, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, When,
    Write,
};
use serde_json::{Map, Value, json};

use super::{lifecycle, owner, tags};
use crate::reader::{take_items, text};
use crate::{Detail, Draft, Existence, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/vpc",
        about: "VPCs of this account, the default one included, with the three attributes that EC2 tells one at a time. \
                CIDR blocks that are no longer associated are left out.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/VpcId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:vpc/{id}"),
        label: Some("/tags/Name"),
        called: None,
        created: None,
        actions: &["ec2:DescribeVpcAttribute", "ec2:DescribeVpcs"],
        sources: &[
            Source { operation: "ec2:DescribeVpcs", member: "/Vpcs/*", at: "" },
            Source { operation: "ec2:DescribeVpcAttribute", member: "/EnableDnsHostnames", at: "/EnableDnsHostnames" },
            Source { operation: "ec2:DescribeVpcAttribute", member: "/EnableDnsSupport", at: "/EnableDnsSupport" },
            Source {
                operation: "ec2:DescribeVpcAttribute",
                member: "/EnableNetworkAddressUsageMetrics",
                at: "/EnableNetworkAddressUsageMetrics",
            },
        ],
        calls: &[Calls::list("ec2:DescribeVpcs", 1000), Calls::each("ec2:DescribeVpcAttribute", 3.0)],
        writes: &[
            Write::creates(&["ec2:CreateVpc", "ec2:CreateDefaultVpc"]),
            Write::removes(&["ec2:DeleteVpc"]),
            Write::changes(
                &["/EnableDnsHostnames", "/EnableDnsSupport", "/EnableNetworkAddressUsageMetrics"],
                &["ec2:ModifyVpcAttribute"],
            ),
            Write::changes(&["/InstanceTenancy"], &["ec2:ModifyVpcTenancy"]),
            Write::changes(&["/DhcpOptionsId"], &["ec2:AssociateDhcpOptions"]),
            Write::changes(
                &["/CidrBlockAssociationSet", "/Ipv6CidrBlockAssociationSet"],
                &["ec2:AssociateVpcCidrBlock", "ec2:DisassociateVpcCidrBlock"],
            ),
            Write::changes(
                &["/EncryptionControl"],
                &[
                    "ec2:CreateVpcEncryptionControl",
                    "ec2:ModifyVpcEncryptionControl",
                    "ec2:DeleteVpcEncryptionControl",
                    "ec2:ModifyAccountVpcEncryptionControl",
                ],
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
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id],
        rules: &[
            Rule::Volatile { path: "/State", why: "tells how far creating it has got" },
            Rule::Set { path: "/CidrBlockAssociationSet", key: &["CidrBlock"] },
            Rule::Volatile {
                path: "/CidrBlockAssociationSet/*/CidrBlockState",
                why: "tells how far associating the block has got",
            },
            Rule::Set { path: "/Ipv6CidrBlockAssociationSet", key: &["Ipv6CidrBlock"] },
            Rule::Volatile {
                path: "/Ipv6CidrBlockAssociationSet/*/Ipv6CidrBlockState",
                why: "tells how far associating the block has got",
            },
            Rule::Volatile { path: "/EncryptionControl/State", why: "tells how far applying the mode has got" },
            Rule::Volatile { path: "/EncryptionControl/StateMessage", why: "explains the state" },
            Rule::Set { path: "/EncryptionControl/Tags", key: &["Key"] },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/DhcpOptionsId", kind: "ec2/dhcp_options" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_vpc",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "id"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("cidr_block", "/CidrBlock"),
            Argument::unless("\"default\"", "instance_tenancy", "/InstanceTenancy"),
            Argument::unless("true", "enable_dns_support", "/EnableDnsSupport/Value"),
            Argument::unless("false", "enable_dns_hostnames", "/EnableDnsHostnames/Value"),
            Argument::unless(
                "false",
                "enable_network_address_usage_metrics",
                "/EnableNetworkAddressUsageMetrics/Value",
            ),
            Argument::Computed {
                name: "assign_generated_ipv6_cidr_block",
                from: &["/Ipv6CidrBlockAssociationSet/*/Ipv6Pool"],
                value: has_ipv6_of_amazon,
            },
            Argument::Tags,
        ],
    }],
    children: &[
        Child {
            resource: "aws_vpc_ipv4_cidr_block_association",
            each: "/CidrBlockAssociationSet/*",
            when: &[When::Differs("./CidrBlock", "/CidrBlock")],
            import: "{./AssociationId}",
            key: "{./CidrBlock}",
            arguments: &[Argument::parent("vpc_id", "id"), Argument::value("cidr_block", "./CidrBlock")],
        },
        Child {
            resource: "aws_vpc_dhcp_options_association",
            each: "",
            // Without a set, AWS says `default`.
            when: &[When::Begins("/DhcpOptionsId", "dopt-")],
            import: "{id}",
            key: "",
            arguments: &[Argument::parent("vpc_id", "id"), Argument::value("dhcp_options_id", "/DhcpOptionsId")],
        },
    ],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/VpcId", "/OwnerId"]),
        Omit::quiet("only AWS makes a VPC the default one", &["/IsDefault"]),
        Omit::quiet(
            "AWS chooses it with the block",
            &[
                "/Ipv6CidrBlockAssociationSet/*/AssociationId",
                "/Ipv6CidrBlockAssociationSet/*/Ipv6CidrBlock",
                "/Ipv6CidrBlockAssociationSet/*/NetworkBorderGroup",
                "/Ipv6CidrBlockAssociationSet/*/Ipv6AddressAttribute",
                "/Ipv6CidrBlockAssociationSet/*/IpSource",
            ],
        ),
        Omit::quiet(
            "belongs to the account or to settings of their own",
            &["/BlockPublicAccessStates", "/EncryptionControl"],
        ),
    ],
};

/// Blocks that were brought along or come from IPAM are configured otherwise.
fn has_ipv6_of_amazon(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let blocks = attributes.get("Ipv6CidrBlockAssociationSet")?.as_array()?;
    (text(blocks.first()?, "/Ipv6Pool") == "Amazon").then_some(Value::Bool(true))
}

/// Each is a call of its own: `DescribeVpcs` has none of them.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("enableDnsHostnames", "/EnableDnsHostnames"),
    ("enableDnsSupport", "/EnableDnsSupport"),
    ("enableNetworkAddressUsageMetrics", "/EnableNetworkAddressUsageMetrics"),
];

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("ec2:DescribeVpcs", json!({"MaxResults": 1000}))?;
    while let Some(page) = pages.next().await? {
        let vpcs = take_items(page, "/Vpcs").into_iter();
        let vpcs = vpcs.filter(|vpc| owner::is_ours(reader, vpc) && reader.wants(None, text(vpc, "/VpcId")));
        reader.for_each(vpcs, |vpc| Box::pin(read_one(reader, vpc))).await;
    }
    Ok(())
}

async fn read_one(reader: &Reader<'_>, vpc: Value) {
    let mut draft = Draft::new(vpc);
    let ended = lifecycle::ENDED_ASSOCIATION;
    lifecycle::drop_ended(&mut draft, "CidrBlockAssociationSet", "/CidrBlockState/State", ended);
    lifecycle::drop_ended(&mut draft, "Ipv6CidrBlockAssociationSet", "/Ipv6CidrBlockState/State", ended);
    let details = ATTRIBUTES
        .iter()
        .map(|&(attribute, pointer)| Detail {
            operation: "ec2:DescribeVpcAttribute",
            params: json!({"VpcId": draft.text("/VpcId"), "Attribute": attribute}),
            member: pointer,
            at: pointer,
            absent: &[],
        })
        .collect();
    if reader.details(&mut draft, &["InvalidVpcID.NotFound"], details).await == Existence::Present {
        reader.emit(draft);
    }
}
