//! Subnets.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, Write,
};
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
        called: None,
        created: None,
        actions: &["ec2:DescribeSubnets"],
        sources: &[Source { operation: "ec2:DescribeSubnets", member: "/Subnets/*", at: "" }],
        calls: &[Calls::list("ec2:DescribeSubnets", 1000)],
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
        terraform: Some(&TERRAFORM),
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

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_subnet",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "id"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("vpc_id", "/VpcId"),
            Argument::value("cidr_block", "/CidrBlock"),
            Argument::value("ipv6_cidr_block", "/Ipv6CidrBlockAssociationSet/0/Ipv6CidrBlock"),
            Argument::unless("false", "ipv6_native", "/Ipv6Native"),
            Argument::value("availability_zone", "/AvailabilityZone"),
            Argument::unless("false", "map_public_ip_on_launch", "/MapPublicIpOnLaunch"),
            Argument::unless("false", "assign_ipv6_address_on_creation", "/AssignIpv6AddressOnCreation"),
            Argument::unless("false", "enable_dns64", "/EnableDns64"),
            Argument::unless("0", "enable_lni_at_device_index", "/EnableLniAtDeviceIndex"),
            Argument::unless(
                "false",
                "enable_resource_name_dns_a_record_on_launch",
                "/PrivateDnsNameOptionsOnLaunch/EnableResourceNameDnsARecord",
            ),
            Argument::unless(
                "false",
                "enable_resource_name_dns_aaaa_record_on_launch",
                "/PrivateDnsNameOptionsOnLaunch/EnableResourceNameDnsAAAARecord",
            ),
            Argument::unless(
                "\"ip-name\"",
                "private_dns_hostname_type_on_launch",
                "/PrivateDnsNameOptionsOnLaunch/HostnameType",
            ),
            Argument::unless("false", "map_customer_owned_ip_on_launch", "/MapCustomerOwnedIpOnLaunch"),
            Argument::value("customer_owned_ipv4_pool", "/CustomerOwnedIpv4Pool"),
            Argument::value("outpost_arn", "/OutpostArn"),
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/SubnetId", "/SubnetArn", "/OwnerId"]),
        Omit::quiet("follows from the zone's name", &["/AvailabilityZoneId"]),
        Omit::quiet("only AWS makes a subnet the default one", &["/DefaultForAz"]),
        Omit::quiet(
            "AWS chooses it with the block",
            &[
                "/Ipv6CidrBlockAssociationSet/*/AssociationId",
                "/Ipv6CidrBlockAssociationSet/*/Ipv6AddressAttribute",
                "/Ipv6CidrBlockAssociationSet/*/IpSource",
            ],
        ),
        Omit::quiet("belongs to the account or to settings of their own", &["/BlockPublicAccessStates", "/Type"]),
    ],
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
