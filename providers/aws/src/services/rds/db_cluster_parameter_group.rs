//! DB cluster parameter groups and what users set in them.

use driftline_api::{
    Argument, Arn, Calls, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, Write,
};
use serde_json::json;

use super::parameters;
use super::tagged::Listing;
use super::tags;
use crate::{Detail, Draft, Kind};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "rds/db_cluster_parameter_group",
        about: "DB cluster parameter groups with the parameters that somebody set; `default.*` groups, which nobody can change, are left out.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/DBClusterParameterGroupName"),
        arn: Arn::Field("/DBClusterParameterGroupArn"),
        label: None,
        called: None,
        created: None,
        actions: &[
            "rds:DescribeDBClusterParameterGroups",
            "rds:DescribeDBClusterParameters",
            "rds:ListTagsForResource",
        ],
        sources: &[
            Source { operation: "rds:DescribeDBClusterParameterGroups", member: "/DBClusterParameterGroups/*", at: "" },
            Source { operation: "rds:DescribeDBClusterParameters", member: "/Parameters", at: "/Parameters" },
            Source { operation: "rds:ListTagsForResource", member: "/TagList", at: "/TagList" },
        ],
        calls: &[
            Calls::list("rds:DescribeDBClusterParameterGroups", 100),
            Calls::each("rds:DescribeDBClusterParameters", 1.0),
            Calls::each("rds:ListTagsForResource", 1.0),
        ],
        writes: &[
            Write::creates(&["rds:CreateDBClusterParameterGroup", "rds:CopyDBClusterParameterGroup"]),
            Write::removes(&["rds:DeleteDBClusterParameterGroup"]),
            Write::changes(
                &["/Parameters"],
                &["rds:ModifyDBClusterParameterGroup", "rds:ResetDBClusterParameterGroup"],
            ),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id, Naming::Arn],
        rules: &[
            Rule::Set { path: "/Parameters", key: &["ParameterName"] },
            Rule::Set { path: "/Parameters/*/SupportedEngineModes", key: &[] },
            Rule::Volatile { path: "/Parameters/*/Description", why: "is the engine's documentation, which AWS edits" },
            Rule::Volatile {
                path: "/Parameters/*/AllowedValues",
                why: "is the engine's documentation, which AWS edits",
            },
            Rule::Volatile {
                path: "/Parameters/*/MinimumEngineVersion",
                why: "is the engine's documentation, which AWS edits",
            },
            Rule::Tags { path: "/TagList" },
        ],
    },
    collect: |reader| Box::pin(LISTING.collect(reader, |group| vec![parameters(group)])),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_rds_cluster_parameter_group",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "name"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("name", "/DBClusterParameterGroupName"),
            Argument::value("family", "/DBParameterGroupFamily"),
            Argument::unless("\"Managed by Terraform\"", "description", "/Description"),
            parameters::BLOCKS,
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[Omit::quiet("is what AWS calls it", &["/DBClusterParameterGroupArn"]), parameters::OMITTED],
};

static LISTING: Listing = Listing {
    operation: "rds:DescribeDBClusterParameterGroups",
    member: "/DBClusterParameterGroups",
    id: &["/DBClusterParameterGroupName"],
    arn: "/DBClusterParameterGroupArn",
    gone: &["DBParameterGroupNotFound"],
    // No name that a user can choose has a period.
    is_aws_managed: |group| group.text("/DBClusterParameterGroupName").starts_with("default."),
};

/// The parameters that somebody set; the hundreds of others are the engine's own.
fn parameters(group: &Draft) -> Detail {
    Detail {
        operation: "rds:DescribeDBClusterParameters",
        params: json!({"DBClusterParameterGroupName": group.text("/DBClusterParameterGroupName"), "Source": "user", "MaxRecords": 100}),
        member: "/Parameters",
        at: "/Parameters",
        absent: &[],
    }
}
