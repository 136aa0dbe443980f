//! IAM groups with their policies. Who is in a group is told by its users.

use driftline_api::{Arn, Cause, Descriptor, Document, Identity, Reads, Rule, Source};
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
        writes: &[],
        names: &[driftline_api::Naming::Id, driftline_api::Naming::Arn, driftline_api::Naming::Label],
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
