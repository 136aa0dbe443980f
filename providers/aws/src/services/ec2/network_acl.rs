//! Network ACLs with their entries and the subnets that they guard.

mod terraform;

use driftline_api::{Arn, Calls, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Write};
use serde_json::json;

use super::{owner, tags};
use crate::reader::take_items;
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/network_acl",
        about: "Network ACLs, default ones included, with their entries and the subnets that they guard.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/NetworkAclId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:network-acl/{id}"),
        label: Some("/tags/Name"),
        called: None,
        created: None,
        actions: &["ec2:DescribeNetworkAcls"],
        sources: &[Source { operation: "ec2:DescribeNetworkAcls", member: "/NetworkAcls/*", at: "" }],
        calls: &[Calls::list("ec2:DescribeNetworkAcls", 1000)],
        writes: &[
            Write::creates(&["ec2:CreateNetworkAcl", "ec2:CreateVpc", "ec2:CreateDefaultVpc"]),
            Write::removes(&["ec2:DeleteNetworkAcl", "ec2:DeleteVpc"]),
            // With an IPv6 block, AWS adds entries to the default ACL (VPC User Guide, "Default network ACL").
            Write::changes(
                &["/Entries"],
                &[
                    "ec2:CreateNetworkAclEntry",
                    "ec2:ReplaceNetworkAclEntry",
                    "ec2:DeleteNetworkAclEntry",
                    "ec2:AssociateVpcCidrBlock",
                ],
            ),
            Write::changes(
                &["/Associations"],
                &[
                    "ec2:ReplaceNetworkAclAssociation",
                    "ec2:CreateSubnet",
                    "ec2:CreateDefaultSubnet",
                    "ec2:DeleteSubnet",
                ],
            ),
            tags::WRITE,
        ],
        terraform: Some(&terraform::TERRAFORM),
        names: &[Naming::Id],
        rules: &[
            // Evaluated by rule number, not by their place in the answer.
            Rule::Set { path: "/Entries", key: &["Egress", "RuleNumber"] },
            Rule::Set { path: "/Associations", key: &["SubnetId"] },
            // A subnet has exactly one ACL, so the associations of the others tell which subnets the default one has.
            Rule::Redundant {
                path: "/Associations",
                when: &[("/IsDefault", "true")],
                why: "is every subnet that no other network ACL has, a new one too",
            },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/VpcId", kind: "ec2/vpc" },
            Rule::Reference { path: "/Associations/*/SubnetId", kind: "ec2/subnet" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("ec2:DescribeNetworkAcls", json!({"MaxResults": 1000}))?;
    while let Some(page) = pages.next().await? {
        for acl in take_items(page, "/NetworkAcls").into_iter().filter(|acl| owner::is_ours(reader, acl)) {
            reader.emit(Draft::new(acl));
        }
    }
    Ok(())
}
