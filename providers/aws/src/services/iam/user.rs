//! IAM users with their policies, groups, and everything they can sign in or sign with.

use driftline_api::{
    Argument, Arn, Calls, Cause, Child, Descriptor, Document, Form, Identity, Naming, Omit, Reads, Rule, Source,
    Terraform, When, Write,
};
use serde_json::{Value, json};

use crate::{Detail, Draft, Existence, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "iam/user",
        about: "IAM users with their groups, policies, permissions boundary and credentials; five calls each tell \
                the credentials. Those for single services are a kind of their own.",
        reads: Reads::Global,
        identity: Identity::Field("/UserName"),
        arn: Arn::Field("/Arn"),
        label: None,
        called: None,
        created: Some("/CreateDate"),
        actions: &[
            "iam:GetAccountAuthorizationDetails",
            "iam:GetLoginProfile",
            "iam:ListAccessKeys",
            "iam:ListMFADevices",
            "iam:ListSSHPublicKeys",
            "iam:ListSigningCertificates",
        ],
        sources: &[
            Source { operation: "iam:GetAccountAuthorizationDetails", member: "/UserDetailList/*", at: "" },
            Source { operation: "iam:GetLoginProfile", member: "/LoginProfile", at: "/LoginProfile" },
            Source { operation: "iam:ListAccessKeys", member: "/AccessKeyMetadata", at: "/AccessKeyMetadata" },
            Source { operation: "iam:ListMFADevices", member: "/MFADevices", at: "/MFADevices" },
            Source { operation: "iam:ListSSHPublicKeys", member: "/SSHPublicKeys", at: "/SSHPublicKeys" },
            Source { operation: "iam:ListSigningCertificates", member: "/Certificates", at: "/Certificates" },
        ],
        calls: &[
            Calls::list("iam:GetAccountAuthorizationDetails", 1000),
            Calls::each("iam:GetLoginProfile", 1.0),
            Calls::each("iam:ListAccessKeys", 1.0),
            Calls::each("iam:ListMFADevices", 1.0),
            Calls::each("iam:ListSSHPublicKeys", 1.0),
            Calls::each("iam:ListSigningCertificates", 1.0),
        ],
        writes: &[
            // Renamed, it is another resource.
            Write::creates(&["iam:CreateUser", "iam:UpdateUser"]),
            Write::removes(&["iam:DeleteUser", "iam:UpdateUser"]),
            Write::changes(&["/Arn", "/Path"], &["iam:UpdateUser"]),
            Write::changes(&["/GroupList"], &["iam:AddUserToGroup", "iam:RemoveUserFromGroup", "iam:UpdateGroup"]),
            Write::changes(&["/UserPolicyList"], &["iam:PutUserPolicy", "iam:DeleteUserPolicy"]),
            Write::changes(&["/AttachedManagedPolicies"], &["iam:AttachUserPolicy", "iam:DetachUserPolicy"]),
            Write::changes(
                &["/PermissionsBoundary"],
                &["iam:PutUserPermissionsBoundary", "iam:DeleteUserPermissionsBoundary"],
            ),
            Write::changes(
                &["/LoginProfile"],
                &["iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:DeleteLoginProfile", "iam:ChangePassword"],
            ),
            Write::changes(
                &["/AccessKeyMetadata"],
                &["iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:DeleteAccessKey"],
            ),
            Write::changes(&["/MFADevices"], &["iam:EnableMFADevice", "iam:DeactivateMFADevice"]),
            Write::changes(
                &["/SSHPublicKeys"],
                &["iam:UploadSSHPublicKey", "iam:UpdateSSHPublicKey", "iam:DeleteSSHPublicKey"],
            ),
            Write::changes(
                &["/Certificates"],
                &["iam:UploadSigningCertificate", "iam:UpdateSigningCertificate", "iam:DeleteSigningCertificate"],
            ),
            Write::changes(&["/tags"], &["iam:TagUser", "iam:UntagUser"]),
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id],
        rules: &[
            Rule::Set { path: "/UserPolicyList", key: &["PolicyName"] },
            Rule::Document { path: "/UserPolicyList/*/PolicyDocument", form: Document::Policy },
            Rule::Set { path: "/GroupList", key: &[] },
            Rule::Set { path: "/AttachedManagedPolicies", key: &["PolicyArn"] },
            Rule::Set { path: "/AccessKeyMetadata", key: &["AccessKeyId"] },
            Rule::Set { path: "/MFADevices", key: &["SerialNumber"] },
            Rule::Set { path: "/SSHPublicKeys", key: &["SSHPublicKeyId"] },
            Rule::Set { path: "/Certificates", key: &["CertificateId"] },
            Rule::Tags { path: "/Tags" },
            Rule::Reference { path: "/GroupList/*", kind: "iam/group" },
            Rule::Reference { path: "/AttachedManagedPolicies/*/PolicyArn", kind: "iam/policy" },
            Rule::Reference { path: "/PermissionsBoundary/PermissionsBoundaryArn", kind: "iam/policy" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_iam_user",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "name"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("name", "/UserName"),
            Argument::unless("\"/\"", "path", "/Path"),
            Argument::value("permissions_boundary", "/PermissionsBoundary/PermissionsBoundaryArn"),
            Argument::Tags,
        ],
    }],
    children: &[
        Child {
            resource: "aws_iam_user_policy_attachment",
            each: "/AttachedManagedPolicies/*",
            when: &[],
            import: "{id}/{./PolicyArn}",
            key: "{./PolicyName}",
            arguments: &[Argument::parent("user", "name"), Argument::value("policy_arn", "./PolicyArn")],
        },
        Child {
            resource: "aws_iam_user_policy",
            each: "/UserPolicyList/*",
            when: &[],
            import: "{id}:{./PolicyName}",
            key: "{./PolicyName}",
            arguments: &[
                Argument::parent("user", "name"),
                Argument::value("name", "./PolicyName"),
                Argument::document("policy", "./PolicyDocument"),
            ],
        },
        Child {
            resource: "aws_iam_user_group_membership",
            each: "",
            when: &[When::Has("/GroupList")],
            import: "{id}/{/GroupList/*}",
            key: "",
            arguments: &[Argument::parent("user", "name"), Argument::value("groups", "/GroupList/*")],
        },
        Child {
            resource: "aws_iam_signing_certificate",
            each: "/Certificates/*",
            when: &[],
            import: "{./CertificateId}:{id}",
            key: "{./CertificateId}",
            arguments: &[
                Argument::parent("user_name", "name"),
                Argument::value("certificate_body", "./CertificateBody"),
                Argument::unless("\"Active\"", "status", "./Status"),
            ],
        },
    ],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/Arn", "/UserId", "/CreateDate"]),
        Omit::quiet("is always a policy", &["/PermissionsBoundary/PermissionsBoundaryType"]),
        Omit::told("no secret of it can be brought back", &["/AccessKeyMetadata", "/LoginProfile", "/MFADevices"]),
        Omit::told("snapshots do not hold the key itself", &["/SSHPublicKeys"]),
        Omit::quiet("is what AWS calls it", &["/Certificates/*/UserName", "/Certificates/*/UploadDate"]),
    ],
};

const NO_SUCH_ENTITY: &str = "NoSuchEntity";

/// The credentials of a user: operation, where its answer has them, and the error codes that mean that there are
/// none. IAM tells the credentials of one user a call; its report on all of them is up to four hours old.
const CREDENTIALS: &[(&str, &str, &[&str])] = &[
    // A user without a password and a user who is no more get the same answer: the other calls tell them apart.
    ("iam:GetLoginProfile", "/LoginProfile", &[NO_SUCH_ENTITY]),
    ("iam:ListAccessKeys", "/AccessKeyMetadata", &[]),
    ("iam:ListMFADevices", "/MFADevices", &[]),
    ("iam:ListSSHPublicKeys", "/SSHPublicKeys", &[]),
    ("iam:ListSigningCertificates", "/Certificates", &[]),
];

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    // A page costs one call beside a thousand details, and a thousand users are megabytes.
    let params = json!({"Filter": ["User"], "MaxItems": 250});
    let mut lists = reader.listed("iam:GetAccountAuthorizationDetails", params, "/UserDetailList", |_| true)?;
    while let Some(users) = lists.next().await? {
        reader.for_each(users, |user| Box::pin(read(reader, user))).await;
    }
    Ok(())
}

async fn read(reader: &Reader<'_>, user: Value) {
    let mut draft = Draft::new(user);
    let name = draft.text("/UserName");
    if !reader.wants(None, name) {
        return;
    }
    let details = CREDENTIALS
        .iter()
        .map(|&(operation, member, absent)| Detail {
            operation,
            params: json!({"UserName": name}),
            member,
            at: member,
            absent,
        })
        .collect();
    if reader.details(&mut draft, &[NO_SUCH_ENTITY], details).await == Existence::Present {
        reader.emit(draft);
    }
}
