//! Option groups with their options and settings. Values of settings are sealed: some of them are passwords.

use driftline_api::{Arn, Descriptor, Identity, Naming, Reads, Rule, Source, Write};

use super::tagged::Listing;
use super::tags;
use crate::Kind;

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "rds/option_group",
        about: "Option groups with their options and settings; `default:*` groups, which nobody can change, are left out.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/OptionGroupName"),
        arn: Arn::Field("/OptionGroupArn"),
        label: None,
        called: None,
        actions: &["rds:DescribeOptionGroups", "rds:ListTagsForResource"],
        sources: &[
            Source { operation: "rds:DescribeOptionGroups", member: "/OptionGroupsList/*", at: "" },
            Source { operation: "rds:ListTagsForResource", member: "/TagList", at: "/TagList" },
        ],
        writes: &[
            Write::creates(&["rds:CreateOptionGroup", "rds:CopyOptionGroup"]),
            Write::removes(&["rds:DeleteOptionGroup"]),
            // Persistent and permanent options bind a group to one VPC.
            Write::changes(
                &["/AllowsVpcAndNonVpcInstanceMemberships", "/Options", "/VpcId"],
                &["rds:ModifyOptionGroup"],
            ),
            tags::WRITE,
        ],
        terraform: None,
        names: &[Naming::Id, Naming::Arn],
        rules: &[
            Rule::Set { path: "/Options", key: &["OptionName"] },
            Rule::Set { path: "/Options/*/OptionSettings", key: &["Name"] },
            Rule::Set { path: "/Options/*/DBSecurityGroupMemberships", key: &["DBSecurityGroupName"] },
            Rule::Set { path: "/Options/*/VpcSecurityGroupMemberships", key: &["VpcSecurityGroupId"] },
            Rule::Volatile { path: "/Options/*/OptionDescription", why: DOCUMENTATION },
            Rule::Volatile { path: "/Options/*/OptionSettings/*/Description", why: DOCUMENTATION },
            Rule::Volatile { path: "/Options/*/OptionSettings/*/AllowedValues", why: DOCUMENTATION },
            Rule::Volatile { path: "/Options/*/OptionSettings/*/DefaultValue", why: DOCUMENTATION },
            Rule::Volatile { path: "/Options/*/DBSecurityGroupMemberships/*/Status", why: PROGRESS },
            Rule::Volatile { path: "/Options/*/VpcSecurityGroupMemberships/*/Status", why: PROGRESS },
            Rule::Secret { path: "/Options/*/OptionSettings/*/Value" },
            Rule::Tags { path: "/TagList" },
            Rule::Reference { path: "/VpcId", kind: "ec2/vpc" },
            Rule::Reference {
                path: "/Options/*/VpcSecurityGroupMemberships/*/VpcSecurityGroupId",
                kind: "ec2/security_group",
            },
        ],
    },
    collect: |reader| Box::pin(LISTING.collect(reader, |_| Vec::new())),
};

const DOCUMENTATION: &str = "is the engine's documentation, which AWS edits";
const PROGRESS: &str = "tells how far RDS has got";

static LISTING: Listing = Listing {
    operation: "rds:DescribeOptionGroups",
    member: "/OptionGroupsList",
    id: &["/OptionGroupName"],
    arn: "/OptionGroupArn",
    gone: &["OptionGroupNotFoundFault"],
    // No name that a user can choose has a colon.
    is_aws_managed: |group| group.text("/OptionGroupName").starts_with("default:"),
};
