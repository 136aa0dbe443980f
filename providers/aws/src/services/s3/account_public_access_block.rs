//! The public access block of the account as a whole.

use driftline_api::{Argument, Arn, Calls, Cause, Descriptor, Form, Identity, Reads, Source, Terraform, Write};
use serde_json::json;

use crate::{Detail, Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "s3/account_public_access_block",
        about: "The account's own public access block, which overrides those of its buckets. There is at most one.",
        reads: Reads::Global,
        identity: Identity::Computed("the account's number"),
        arn: Arn::None,
        label: None,
        called: Some("account"),
        created: None,
        actions: &["s3:GetAccountPublicAccessBlock"],
        sources: &[Source {
            operation: "s3control:GetPublicAccessBlock",
            member: "/PublicAccessBlockConfiguration",
            at: "",
        }],
        // Four switches: there is nothing to normalize.
        calls: &[Calls::once("s3control:GetPublicAccessBlock")],
        writes: &[
            Write::creates(&["s3:PutAccountPublicAccessBlock"]),
            Write::removes(&["s3:DeleteAccountPublicAccessBlock"]),
            Write::changes(
                &["/BlockPublicAcls", "/BlockPublicPolicy", "/IgnorePublicAcls", "/RestrictPublicBuckets"],
                &["s3:PutAccountPublicAccessBlock"],
            ),
        ],
        terraform: Some(&TERRAFORM),
        names: &[],
        rules: &[],
    },
    collect: |reader| Box::pin(collect(reader)),
};

/// All four are written: what is not blocked matters as much as what is.
static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_s3_account_public_access_block",
        when: &[],
        import: "{id}",
        handles: &[],
        arguments: &[
            Argument::value("block_public_acls", "/BlockPublicAcls"),
            Argument::value("block_public_policy", "/BlockPublicPolicy"),
            Argument::value("ignore_public_acls", "/IgnorePublicAcls"),
            Argument::value("restrict_public_buckets", "/RestrictPublicBuckets"),
        ],
    }],
    children: &[],
    omits: &[],
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let detail = Detail {
        operation: "s3control:GetPublicAccessBlock",
        params: json!({"AccountId": reader.account()}),
        member: "/PublicAccessBlockConfiguration",
        at: "",
        absent: &["NoSuchPublicAccessBlockConfiguration"],
    };
    if let Some(block) = reader.detail_in(reader.region(), &detail).await? {
        reader.emit(Draft::new(block).with_id(reader.account()));
    }
    Ok(())
}
