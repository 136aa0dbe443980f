//! DB subnet groups.

use driftline_api::{
    Argument, Arn, Calls, Descriptor, Exclude, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, When,
    Write,
};

use super::tagged::Listing;
use super::tags;
use crate::Kind;

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "rds/db_subnet_group",
        about: "DB subnet groups with their subnets.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/DBSubnetGroupName"),
        arn: Arn::Field("/DBSubnetGroupArn"),
        label: None,
        called: None,
        created: None,
        actions: &["rds:DescribeDBSubnetGroups", "rds:ListTagsForResource"],
        sources: &[
            Source { operation: "rds:DescribeDBSubnetGroups", member: "/DBSubnetGroups/*", at: "" },
            Source { operation: "rds:ListTagsForResource", member: "/TagList", at: "/TagList" },
        ],
        calls: &[Calls::list("rds:DescribeDBSubnetGroups", 100), Calls::each("rds:ListTagsForResource", 1.0)],
        writes: &[
            Write::creates(&["rds:CreateDBSubnetGroup"]),
            Write::removes(&["rds:DeleteDBSubnetGroup"]),
            Write::changes(
                &["/DBSubnetGroupDescription", "/Subnets", "/SupportedNetworkTypes"],
                &["rds:ModifyDBSubnetGroup"],
            ),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id, Naming::Arn],
        rules: &[
            Rule::Volatile { path: "/SubnetGroupStatus", why: "tells how RDS is getting on" },
            Rule::Volatile { path: "/Subnets/*/SubnetStatus", why: "tells how the subnet is doing" },
            Rule::Set { path: "/Subnets", key: &["SubnetIdentifier"] },
            Rule::Set { path: "/SupportedNetworkTypes", key: &[] },
            Rule::Tags { path: "/TagList" },
            Rule::Reference { path: "/VpcId", kind: "ec2/vpc" },
            Rule::Reference { path: "/Subnets/*/SubnetIdentifier", kind: "ec2/subnet" },
        ],
    },
    collect: |reader| Box::pin(LISTING.collect(reader, |_| Vec::new())),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[Exclude {
        when: &[When::Is("/DBSubnetGroupName", "\"default\"")],
        why: "is one that AWS made, and Terraform refuses its name",
    }],
    forms: &[Form {
        resource: "aws_db_subnet_group",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "name"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("name", "/DBSubnetGroupName"),
            Argument::unless("\"Managed by Terraform\"", "description", "/DBSubnetGroupDescription"),
            Argument::value("subnet_ids", "/Subnets/*/SubnetIdentifier"),
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/DBSubnetGroupArn"]),
        Omit::quiet(
            "follows from the subnets",
            &["/VpcId", "/SupportedNetworkTypes", "/Subnets/*/SubnetAvailabilityZone", "/Subnets/*/SubnetOutpost"],
        ),
    ],
};

static LISTING: Listing = Listing {
    operation: "rds:DescribeDBSubnetGroups",
    member: "/DBSubnetGroups",
    id: &["/DBSubnetGroupName"],
    arn: "/DBSubnetGroupArn",
    gone: &["DBSubnetGroupNotFoundFault"],
    is_aws_managed: |_| false,
};
