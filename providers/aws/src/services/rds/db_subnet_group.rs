//! DB subnet groups.

use driftline_api::{Arn, Descriptor, Identity, Naming, Reads, Rule, Source, Write};

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
        actions: &["rds:DescribeDBSubnetGroups", "rds:ListTagsForResource"],
        sources: &[
            Source { operation: "rds:DescribeDBSubnetGroups", member: "/DBSubnetGroups/*", at: "" },
            Source { operation: "rds:ListTagsForResource", member: "/TagList", at: "/TagList" },
        ],
        writes: &[
            Write::creates(&["rds:CreateDBSubnetGroup"]),
            Write::removes(&["rds:DeleteDBSubnetGroup"]),
            Write::changes(
                &["/DBSubnetGroupDescription", "/Subnets", "/SupportedNetworkTypes"],
                &["rds:ModifyDBSubnetGroup"],
            ),
            tags::WRITE,
        ],
        terraform: None,
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

static LISTING: Listing = Listing {
    operation: "rds:DescribeDBSubnetGroups",
    member: "/DBSubnetGroups",
    id: &["/DBSubnetGroupName"],
    arn: "/DBSubnetGroupArn",
    gone: &["DBSubnetGroupNotFoundFault"],
    is_aws_managed: |_| false,
};
