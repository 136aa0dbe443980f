//! IAM groups with their policies. Who is in a group is told by its users.

use driftline_api::{
    Argument, Arn, Calls, Cause, Child, Descriptor, Document, Form, Identity, Naming, Omit, Reads, Rule, Source,
    Terraform, Write,
};
use serde_json::json;

use crate::reader::take_items;
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "iam/group",
        about: "IAM groups with their inline and attached policies; who is in a group is told by its users.",
        reads: Reads::Global,
        identity: Identity::Field("/GroupName"),
        arn: Arn::Field("/Arn"),
        label: None,
        called: None,
        created: None,
        actions: &["iam:GetAccountAuthorizationDetails"],
        sources: &[Source { operation: "iam:GetAccountAuthorizationDetails", member: "/GroupDetailList/*", at: "" }],
        calls: &[Calls::list("iam:GetAccountAuthorizationDetails", 1000)],
        writes: &[
            // Renamed, it is another resource.
            Write::creates(&["iam:CreateGroup", "iam:UpdateGroup"]),
            Write::removes(&["iam:DeleteGroup", "iam:UpdateGroup"]),
            Write::changes(&["/Arn", "/Path"], &["iam:UpdateGroup"]),
            Write::changes(&["/GroupPolicyList"], &["iam:PutGroupPolicy", "iam:DeleteGroupPolicy"]),
            Write::changes(&["/AttachedManagedPolicies"], &["iam:AttachGroupPolicy", "iam:DetachGroupPolicy"]),
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id],
        rules: &[
            Rule::Set { path: "/GroupPolicyList", key: &["PolicyName"] },
            Rule::Document { path: "/GroupPolicyList/*/PolicyDocument", form: Document::Policy },
            Rule::Set { path: "/AttachedManagedPolicies", key: &["PolicyArn"] },
            Rule::Reference { path: "/AttachedManagedPolicies/*/PolicyArn", kind: "iam/policy" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_iam_group",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "name"), ("{arn}", "arn")],
        arguments: &[Argument::value("name", "/GroupName"), Argument::unless("\"/\"", "path", "/Path")],
    }],
    children: &[
        Child {
            resource: "aws_iam_group_policy_attachment",
            each: "/AttachedManagedPolicies/*",
            when: &[],
            import: "{id}/{./PolicyArn}",
            key: "{./PolicyName}",
            arguments: &[Argument::parent("group", "name"), Argument::value("policy_arn", "./PolicyArn")],
        },
        Child {
            resource: "aws_iam_group_policy",
            each: "/GroupPolicyList/*",
            when: &[],
            import: "{id}:{./PolicyName}",
            key: "{./PolicyName}",
            arguments: &[
                Argument::parent("group", "name"),
                Argument::value("name", "./PolicyName"),
                Argument::document("policy", "./PolicyDocument"),
            ],
        },
    ],
    omits: &[Omit::quiet("is what AWS calls it", &["/Arn", "/GroupId", "/CreateDate"])],
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages =
        reader.pages("iam:GetAccountAuthorizationDetails", json!({"Filter": ["Group"], "MaxItems": 1000}))?;
    while let Some(page) = pages.next().await? {
        for group in take_items(page, "/GroupDetailList") {
            reader.emit(Draft::new(group));
        }
    }
    Ok(())
}
