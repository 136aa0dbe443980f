//! The account's alias: the name in the address at which its people sign in.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Form, Identity, Naming, Reads, Rule, Source, Terraform, Write,
};
use serde_json::json;

use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "iam/account_alias",
        about: "The account's alias, the name in the address at which its people sign in.",
        reads: Reads::Global,
        // Not the alias itself: a changed alias is one change, not a resource that went and another that came.
        identity: Identity::Computed("the account's number: an account has at most one"),
        arn: Arn::None,
        label: Some("/AccountAliases/0"),
        called: Some("account"),
        created: None,
        actions: &["iam:ListAccountAliases"],
        sources: &[Source { operation: "iam:ListAccountAliases", member: "/AccountAliases", at: "/AccountAliases" }],
        calls: &[Calls::once("iam:ListAccountAliases")],
        writes: &[
            // An account has one alias: making another replaces it.
            Write::creates(&["iam:CreateAccountAlias"]),
            Write::removes(&["iam:DeleteAccountAlias"]),
            Write::changes(&["/AccountAliases"], &["iam:CreateAccountAlias"]),
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Label],
        rules: &[Rule::Set { path: "/AccountAliases", key: &[] }],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_iam_account_alias",
        when: &[],
        import: "{/AccountAliases/0}",
        handles: &[],
        arguments: &[Argument::value("account_alias", "/AccountAliases/0")],
    }],
    children: &[],
    omits: &[],
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    if !reader.wants(None, reader.account()) {
        return Ok(());
    }
    let aliases = reader.items("iam:ListAccountAliases", json!({}), "/AccountAliases").await?;
    if !aliases.is_empty() {
        let mut draft = Draft::default().with_id(reader.account());
        draft.set("/AccountAliases", aliases.into_iter().collect());
        reader.emit(draft);
    }
    Ok(())
}
