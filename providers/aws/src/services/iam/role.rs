//! IAM roles with their trust policy and their policies.

use std::collections::BTreeMap;

use driftline_api::{
    Argument, Arn, Calls, Cause, Child, Descriptor, Document, Exclude, Form, Identity, Naming, Omit, Reads, Rule,
    Source, Terraform, When, Write,
};
use futures_util::future::join;
use serde_json::{Value, json};

use crate::reader::{take, take_items, text};
use crate::{Draft, Items, Kind, Packed, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "iam/role",
        about: "IAM roles with their trust policy, inline and attached policies and permissions boundary; \
                service-linked roles, which nobody can change, are left out.",
        reads: Reads::Global,
        identity: Identity::Field("/RoleName"),
        arn: Arn::Field("/Arn"),
        label: None,
        called: None,
        created: Some("/CreateDate"),
        actions: &["iam:GetAccountAuthorizationDetails", "iam:GetRole", "iam:ListRoles"],
        sources: &[
            Source { operation: "iam:GetAccountAuthorizationDetails", member: "/RoleDetailList/*", at: "" },
            Source { operation: "iam:ListRoles", member: "/Roles/*", at: "" },
            Source { operation: "iam:GetRole", member: "/Role", at: "" },
        ],
        calls: &[Calls::list("iam:GetAccountAuthorizationDetails", 1000), Calls::list("iam:ListRoles", 1000)],
        writes: &[
            Write::creates(&["iam:CreateRole", "iam:CreateServiceLinkedRole", "iam:AcquireRole"]),
            Write::removes(&["iam:DeleteRole", "iam:DeleteServiceLinkedRole"]),
            Write::changes(&["/AssumeRolePolicyDocument"], &["iam:UpdateAssumeRolePolicy"]),
            Write::changes(&["/Description", "/MaxSessionDuration"], &["iam:UpdateRole"]),
            Write::changes(&["/Description"], &["iam:UpdateRoleDescription"]),
            Write::changes(&["/RolePolicyList"], &["iam:PutRolePolicy", "iam:DeleteRolePolicy"]),
            Write::changes(&["/AttachedManagedPolicies"], &["iam:AttachRolePolicy", "iam:DetachRolePolicy"]),
            Write::changes(
                &["/PermissionsBoundary"],
                &["iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary"],
            ),
            Write::changes(&["/tags"], &["iam:TagRole", "iam:UntagRole"]),
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id],
        rules: &[
            Rule::Volatile { path: "/RoleLastUsed", why: "changes whenever the role is used" },
            Rule::Volatile { path: "/InstanceProfileList", why: "repeats the instance profiles" },
            Rule::Document { path: "/AssumeRolePolicyDocument", form: Document::Policy },
            Rule::Set { path: "/RolePolicyList", key: &["PolicyName"] },
            Rule::Document { path: "/RolePolicyList/*/PolicyDocument", form: Document::Policy },
            Rule::Set { path: "/AttachedManagedPolicies", key: &["PolicyArn"] },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/AttachedManagedPolicies/*/PolicyArn", kind: "iam/policy" },
            Rule::Reference { path: "/PermissionsBoundary/PermissionsBoundaryArn", kind: "iam/policy" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[Exclude {
        when: &[When::Begins("/Path", "/aws-service-role/")],
        why: "is a role of a service's own, which makes it by itself",
    }],
    forms: &[Form {
        resource: "aws_iam_role",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "name"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("name", "/RoleName"),
            Argument::unless("\"/\"", "path", "/Path"),
            Argument::value("description", "/Description"),
            Argument::unless("3600", "max_session_duration", "/MaxSessionDuration"),
            Argument::value("permissions_boundary", "/PermissionsBoundary/PermissionsBoundaryArn"),
            Argument::document("assume_role_policy", "/AssumeRolePolicyDocument"),
            Argument::Tags,
        ],
    }],
    children: &[
        Child {
            resource: "aws_iam_role_policy_attachment",
            each: "/AttachedManagedPolicies/*",
            when: &[],
            import: "{id}/{./PolicyArn}",
            key: "{./PolicyName}",
            arguments: &[Argument::parent("role", "name"), Argument::value("policy_arn", "./PolicyArn")],
        },
        Child {
            resource: "aws_iam_role_policy",
            each: "/RolePolicyList/*",
            when: &[],
            import: "{id}:{./PolicyName}",
            key: "{./PolicyName}",
            arguments: &[
                Argument::parent("role", "name"),
                Argument::value("name", "./PolicyName"),
                Argument::document("policy", "./PolicyDocument"),
            ],
        },
    ],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/Arn", "/RoleId", "/CreateDate", "/SourceRoleTemplate"]),
        Omit::quiet("is always a policy", &["/PermissionsBoundary/PermissionsBoundaryType"]),
    ],
};

/// Roles under this path are made by services and can only be changed by them.
const SERVICE_LINKED: &str = "/aws-service-role/";

/// What only `ListRoles` and `GetRole` say of a role.
const ONLY_LISTED: &[&str] = &["Description", "MaxSessionDuration", "SourceRoleTemplate"];

/// AWS says it with the details, emulators where they please.
const BOUNDARY: &str = "PermissionsBoundary";

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    // Half of what AWS answers at most: a role comes with all of its policies' documents.
    let params = json!({"Filter": ["Role"], "MaxItems": 500});
    let counts = |role: &Value| reader.include_aws_managed() || !text(role, "/Path").starts_with(SERVICE_LINKED);
    let mut lists = reader.listed("iam:GetAccountAuthorizationDetails", params, "/RoleDetailList", counts)?;
    // The first page waits for the list, and the list is the longer one.
    let first = async { lists.next().await.map(|roles| roles.map(|roles| roles.into_iter().collect::<Items>())) };
    let (listed, first) = Box::pin(join(list(reader), first)).await;
    let (listed, first) = (&listed, first?);
    let read = |role| Box::pin(read(reader, role, listed)) as _;
    reader.for_each_of(first.into_iter().flatten(), read).await;
    while let Some(roles) = lists.next().await? {
        reader.for_each(roles, read).await;
    }
    Ok(())
}

type Listed = Result<BTreeMap<String, Packed>, Cause>;

/// What only the list says, by role.
async fn list(reader: &Reader<'_>) -> Listed {
    let mut listed = BTreeMap::new();
    let mut pages = reader.pages("iam:ListRoles", json!({"MaxItems": 1000}))?;
    while let Some(page) = pages.next().await? {
        for role in take_items(page, "/Roles") {
            let name = text(&role, "/RoleName").to_owned();
            listed.insert(name, Packed::new(&only_listed(role)));
        }
    }
    Ok(listed)
}

async fn read(reader: &Reader<'_>, role: Value, listed: &Listed) {
    let mut draft = Draft::new(role);
    let name = draft.text("/RoleName").to_owned();
    if !reader.wants(None, &name) {
        return;
    }
    let more = match listed.as_ref().map(|roles| roles.get(&name)) {
        Ok(Some(role)) => Ok(role.open()),
        // It was made since, or IAM's two lists are not of the same moment.
        Ok(None) => get(reader, &name).await,
        Err(cause) => Err(cause.clone()),
    };
    match more {
        Ok(members) => draft.set("", members),
        Err(cause) if cause.code == "NoSuchEntity" => return,
        Err(cause) => ONLY_LISTED.iter().for_each(|member| draft.unread(format!("/{member}"), cause.clone())),
    }
    reader.emit(draft);
}

async fn get(reader: &Reader<'_>, name: &str) -> Result<Value, Cause> {
    let answer = reader.call("iam:GetRole", &json!({"RoleName": name})).await?;
    Ok(take(answer, "/Role").map(only_listed).unwrap_or_default())
}

fn only_listed(role: Value) -> Value {
    match role {
        Value::Object(mut members) => {
            members.retain(|member, _| member == BOUNDARY || ONLY_LISTED.contains(&member.as_str()));
            Value::Object(members)
        }
        other => other,
    }
}
