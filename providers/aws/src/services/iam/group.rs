//! IAM groups with their policies. Who is in a group is told by its users.

use driftline_api::{Arn, Cause, Descriptor, Document, Identity, Naming, Reads, Rule, Source, Write};
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
        actions: &["iam:GetAccountAuthorizationDetails"],
        sources: &[Source { operation: "iam:GetAccountAuthorizationDetails", member: "/GroupDetailList/*", at: "" }],
        writes: &[
            // Renamed, it is another resource.
            Write::creates(&["iam:CreateGroup", "iam:UpdateGroup"]),
            Write::removes(&["iam:DeleteGroup", "iam:UpdateGroup"]),
            Write::changes(&["/Arn", "/Path"], &["iam:UpdateGroup"]),
            Write::changes(&["/GroupPolicyList"], &["iam:PutGroupPolicy", "iam:DeleteGroupPolicy"]),
            Write::changes(&["/AttachedManagedPolicies"], &["iam:AttachGroupPolicy", "iam:DetachGroupPolicy"]),
        ],
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
