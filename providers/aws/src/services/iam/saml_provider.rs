//! SAML providers: whose assertions may assume roles.

use driftline_api::{Arn, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Under, Write};
use serde_json::{Value, json};

use crate::reader::{take_items, text};
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "iam/saml_provider",
        about: "SAML providers with their metadata document.",
        reads: Reads::Global,
        identity: Identity::Computed("the provider's name, the end of its ARN"),
        arn: Arn::Pattern("arn:{partition}:iam::{account}:saml-provider/{id}"),
        label: None,
        called: None,
        actions: &["iam:GetSAMLProvider", "iam:ListSAMLProviders"],
        sources: &[Source { operation: "iam:GetSAMLProvider", member: "", at: "" }],
        writes: &[
            Write::creates(&["iam:CreateSAMLProvider"]),
            Write::removes(&["iam:DeleteSAMLProvider"]),
            Write::changes(
                &["/AssertionEncryptionMode", "/PrivateKeyList", "/SAMLMetadataDocument", "/ValidUntil"],
                &["iam:UpdateSAMLProvider"],
            ),
            Write::changes(
                &["/tags"],
                &["iam:TagSAMLProvider", "iam:UntagSAMLProvider", "tagging:TagResources", "tagging:UntagResources"],
            ),
        ],
        terraform: None,
        names: &[Naming::Arn, Naming::Id],
        rules: &[Rule::Set { path: "/PrivateKeyList", key: &["KeyId"] }, Rule::Tags { path: "/Tags" }],
    },
    collect: |reader| Box::pin(collect(reader)),
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let answer = reader.call("iam:ListSAMLProviders", &json!({})).await?;
    let providers = take_items(answer, "/SAMLProviderList");
    reader.for_each(providers, |provider| Box::pin(read(reader, provider))).await;
    Ok(())
}

async fn read(reader: &Reader<'_>, provider: Value) {
    let arn = text(&provider, "/Arn");
    let id = arn.split_once("saml-provider/").map_or(arn, |(_, name)| name);
    if !reader.wants(None, id) {
        return;
    }
    match reader.call("iam:GetSAMLProvider", &json!({"SAMLProviderArn": arn})).await {
        Ok(details) => reader.emit(Draft::new(details).with_id(id).with_arn(arn)),
        Err(cause) if cause.code == "NoSuchEntity" => {}
        Err(cause) => reader.gap(Under::Id(id.to_owned()), cause),
    }
}
