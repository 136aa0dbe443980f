//! SAML providers: whose assertions may assume roles.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, Under, Write,
};
use serde_json::{Value, json};

use crate::reader::take_items;
use crate::{Draft, Existence, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "iam/saml_provider",
        about: "SAML providers with their metadata document.",
        reads: Reads::Global,
        identity: Identity::Computed("the provider's name, the end of its ARN"),
        arn: Arn::Pattern("arn:{partition}:iam::{account}:saml-provider/{id}"),
        label: None,
        called: None,
        created: None,
        actions: &["iam:GetSAMLProvider", "iam:ListSAMLProviders"],
        sources: &[Source { operation: "iam:GetSAMLProvider", member: "", at: "" }],
        calls: &[Calls::once("iam:ListSAMLProviders"), Calls::each("iam:GetSAMLProvider", 1.0)],
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
        terraform: Some(&TERRAFORM),
        names: &[Naming::Arn, Naming::Id],
        rules: &[Rule::Set { path: "/PrivateKeyList", key: &["KeyId"] }, Rule::Tags { path: "/Tags" }],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_iam_saml_provider",
        when: &[],
        import: "{arn}",
        handles: &[("{arn}", "arn")],
        arguments: &[
            Argument::text("name", "{id}"),
            Argument::value("saml_metadata_document", "/SAMLMetadataDocument"),
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/CreateDate", "/SAMLProviderUUID"]),
        Omit::quiet("stands in the document", &["/ValidUntil"]),
        Omit::told("the provider does not know it", &["/AssertionEncryptionMode", "/PrivateKeyList"]),
    ],
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let answer = reader.call("iam:ListSAMLProviders", &json!({})).await?;
    let providers = take_items(answer, "/SAMLProviderList");
    reader.for_each(providers, |provider| Box::pin(read(reader, provider))).await;
    Ok(())
}

async fn read(reader: &Reader<'_>, provider: Value) {
    let mut listed = Draft::new(provider);
    let arn = listed.text("/Arn").to_owned();
    let id = arn.split_once("saml-provider/").map_or(arn.as_str(), |(_, name)| name);
    if !reader.wants(None, id) || reader.begin(&mut listed) != Existence::Present {
        return;
    }
    match reader.call("iam:GetSAMLProvider", &json!({"SAMLProviderArn": arn})).await {
        Ok(details) => reader.emit(Draft::new(details).with_id(id).with_arn(&arn).after(&listed)),
        Err(cause) if cause.code == "NoSuchEntity" => {}
        Err(cause) => reader.gap(Under::Id(id.to_owned()), cause),
    }
}
