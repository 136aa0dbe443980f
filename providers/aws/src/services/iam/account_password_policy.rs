//! The account's password policy.

use driftline_api::{Argument, Arn, Calls, Cause, Descriptor, Form, Identity, Omit, Reads, Source, Terraform, Write};
use serde_json::json;

use crate::reader::take;
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "iam/account_password_policy",
        about: "The account's password policy; without one, IAM's default is in force and there is no resource.",
        reads: Reads::Global,
        identity: Identity::Computed("the account's number: an account has at most one"),
        arn: Arn::None,
        label: None,
        called: Some("account"),
        created: None,
        actions: &["iam:GetAccountPasswordPolicy"],
        sources: &[Source { operation: "iam:GetAccountPasswordPolicy", member: "/PasswordPolicy", at: "" }],
        calls: &[Calls::once("iam:GetAccountPasswordPolicy")],
        writes: &[
            Write::creates(&["iam:UpdateAccountPasswordPolicy"]),
            Write::removes(&["iam:DeleteAccountPasswordPolicy"]),
            Write::changes(
                &[
                    "/AllowUsersToChangePassword",
                    "/ExpirePasswords",
                    "/HardExpiry",
                    "/MaxPasswordAge",
                    "/MinimumPasswordLength",
                    "/PasswordReusePrevention",
                    "/RequireLowercaseCharacters",
                    "/RequireNumbers",
                    "/RequireSymbols",
                    "/RequireUppercaseCharacters",
                ],
                &["iam:UpdateAccountPasswordPolicy"],
            ),
        ],
        terraform: Some(&TERRAFORM),
        names: &[],
        rules: &[],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_iam_account_password_policy",
        when: &[],
        import: "iam-account-password-policy",
        handles: &[],
        arguments: &[
            Argument::unless("6", "minimum_password_length", "/MinimumPasswordLength"),
            Argument::value("require_lowercase_characters", "/RequireLowercaseCharacters"),
            Argument::value("require_uppercase_characters", "/RequireUppercaseCharacters"),
            Argument::value("require_numbers", "/RequireNumbers"),
            Argument::value("require_symbols", "/RequireSymbols"),
            Argument::unless("true", "allow_users_to_change_password", "/AllowUsersToChangePassword"),
            Argument::value("max_password_age", "/MaxPasswordAge"),
            Argument::value("password_reuse_prevention", "/PasswordReusePrevention"),
            Argument::unless("false", "hard_expiry", "/HardExpiry"),
        ],
    }],
    children: &[],
    omits: &[Omit::quiet("follows from the age", &["/ExpirePasswords"])],
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    if !reader.wants(None, reader.account()) {
        return Ok(());
    }
    match reader.call("iam:GetAccountPasswordPolicy", &json!({})).await {
        Ok(answer) => {
            if let Some(policy) = take(answer, "/PasswordPolicy") {
                reader.emit(Draft::new(policy).with_id(reader.account()));
            }
            Ok(())
        }
        Err(cause) if cause.code == "NoSuchEntity" => Ok(()),
        Err(cause) => Err(cause),
    }
}
