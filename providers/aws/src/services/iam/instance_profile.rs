//! Instance profiles: which role an instance gets.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, Write,
};
use serde_json::{Value, json};

use crate::reader::take_items;
use crate::{Detail, Draft, Existence, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "iam/instance_profile",
        about: "Instance profiles with the role in them, which is a kind of its own.",
        reads: Reads::Global,
        identity: Identity::Field("/InstanceProfileName"),
        arn: Arn::Field("/Arn"),
        label: None,
        called: None,
        created: None,
        actions: &["iam:GetInstanceProfile", "iam:ListInstanceProfiles"],
        sources: &[
            Source { operation: "iam:ListInstanceProfiles", member: "/InstanceProfiles/*", at: "" },
            Source { operation: "iam:GetInstanceProfile", member: "/InstanceProfile/Tags", at: "/Tags" },
        ],
        calls: &[Calls::list("iam:ListInstanceProfiles", 1000), Calls::each("iam:GetInstanceProfile", 1.0)],
        writes: &[
            Write::creates(&["iam:CreateInstanceProfile"]),
            Write::removes(&["iam:DeleteInstanceProfile"]),
            Write::changes(&["/Roles"], &["iam:AddRoleToInstanceProfile", "iam:RemoveRoleFromInstanceProfile"]),
            Write::changes(
                &["/tags"],
                &[
                    "iam:TagInstanceProfile",
                    "iam:UntagInstanceProfile",
                    "tagging:TagResources",
                    "tagging:UntagResources",
                ],
            ),
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id],
        rules: &[
            Rule::Set { path: "/Roles", key: &["RoleName"] },
            Rule::Volatile { path: "/Roles/*/AssumeRolePolicyDocument", why: REPEATED },
            Rule::Volatile { path: "/Roles/*/CreateDate", why: REPEATED },
            Rule::Volatile { path: "/Roles/*/Description", why: REPEATED },
            Rule::Volatile { path: "/Roles/*/MaxSessionDuration", why: REPEATED },
            Rule::Volatile { path: "/Roles/*/Path", why: REPEATED },
            Rule::Volatile { path: "/Roles/*/PermissionsBoundary", why: REPEATED },
            Rule::Volatile { path: "/Roles/*/RoleId", why: REPEATED },
            Rule::Volatile { path: "/Roles/*/RoleLastUsed", why: REPEATED },
            Rule::Volatile { path: "/Roles/*/SourceRoleTemplate", why: REPEATED },
            Rule::Volatile { path: "/Roles/*/Tags", why: REPEATED },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/Roles/*/RoleName", kind: "iam/role" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_iam_instance_profile",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "name"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("name", "/InstanceProfileName"),
            Argument::unless("\"/\"", "path", "/Path"),
            Argument::value("role", "/Roles/0/RoleName"),
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/Arn", "/InstanceProfileId", "/CreateDate"]),
        Omit::quiet("is the role's own", &["/Roles"]),
    ],
};

const REPEATED: &str = "repeats the role";

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("iam:ListInstanceProfiles", json!({"MaxItems": 1000}))?;
    while let Some(page) = pages.next().await? {
        let profiles = take_items(page, "/InstanceProfiles");
        reader.for_each(profiles, |profile| Box::pin(read(reader, profile))).await;
    }
    Ok(())
}

async fn read(reader: &Reader<'_>, profile: Value) {
    let mut draft = Draft::new(profile);
    let name = draft.text("/InstanceProfileName");
    if !reader.wants(None, name) {
        return;
    }
    // The list leaves tags out.
    let tags = Detail {
        operation: "iam:GetInstanceProfile",
        params: json!({"InstanceProfileName": name}),
        member: "/InstanceProfile/Tags",
        at: "/Tags",
        absent: &[],
    };
    if reader.details(&mut draft, &["NoSuchEntity"], vec![tags]).await == Existence::Present {
        reader.emit(draft);
    }
}
