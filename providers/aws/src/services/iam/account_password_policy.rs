//! The account's password policy.

use driftline_api::{Arn, Cause, Descriptor, Identity, Reads, Source, Write};
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
        actions: &["iam:GetAccountPasswordPolicy"],
        sources: &[Source { operation: "iam:GetAccountPasswordPolicy", member: "/PasswordPolicy", at: "" }],
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
        terraform: None,
        names: &[],
        rules: &[],
    },
    collect: |reader| Box::pin(collect(reader)),
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
