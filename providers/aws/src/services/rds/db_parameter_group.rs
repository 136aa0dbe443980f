//! DB parameter groups and what users set in them.

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
        name: "rds/db_parameter_group",
        about: "DB parameter groups with the parameters that somebody set; `default.*` groups, which nobody can change, are left out.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/DBParameterGroupName"),
        arn: Arn::Field("/DBParameterGroupArn"),
        label: None,
        called: None,
        created: None,
        actions: &["rds:DescribeDBParameterGroups", "rds:DescribeDBParameters", "rds:ListTagsForResource"],
        sources: &[
            Source { operation: "rds:DescribeDBParameterGroups", member: "/DBParameterGroups/*", at: "" },
            Source { operation: "rds:DescribeDBParameters", member: "/Parameters", at: "/Parameters" },
            Source { operation: "rds:ListTagsForResource", member: "/TagList", at: "/TagList" },
        ],
        calls: &[
            Calls::list("rds:DescribeDBParameterGroups", 100),
            Calls::each("rds:DescribeDBParameters", 1.0),
            Calls::each("rds:ListTagsForResource", 1.0),
        ],
        writes: &[
            Write::creates(&["rds:CreateDBParameterGroup", "rds:CopyDBParameterGroup"]),
            Write::removes(&["rds:DeleteDBParameterGroup"]),
            Write::changes(&["/Parameters"], &["rds:ModifyDBParameterGroup", "rds:ResetDBParameterGroup"]),
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
        resource: "aws_db_parameter_group",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "name"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("name", "/DBParameterGroupName"),
            Argument::value("family", "/DBParameterGroupFamily"),
            Argument::unless("\"Managed by Terraform\"", "description", "/Description"),
            parameters::BLOCKS,
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[Omit::quiet("is what AWS calls it", &["/DBParameterGroupArn"]), parameters::OMITTED],
};

static LISTING: Listing = Listing {
    operation: "rds:DescribeDBParameterGroups",
    member: "/DBParameterGroups",
    id: &["/DBParameterGroupName"],
    arn: "/DBParameterGroupArn",
    gone: &["DBParameterGroupNotFound"],
    // No name that a user can choose has a period.
    is_aws_managed: |group| group.text("/DBParameterGroupName").starts_with("default."),
};

/// The parameters that somebody set; the hundreds of others are the engine's own.
fn parameters(group: &Draft) -> Detail {
    Detail {
        operation: "rds:DescribeDBParameters",
        params: json!({"DBParameterGroupName": group.text("/DBParameterGroupName"), "Source": "user", "MaxRecords": 100}),
        member: "/Parameters",
        at: "/Parameters",
        absent: &[],
    }
}
