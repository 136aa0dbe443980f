//! OpenID Connect providers: whose tokens may assume roles.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, Under, Write,
};
use serde_json::{Map, Value, json};

use crate::reader::take_items;
use crate::{Draft, Existence, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "iam/open_id_connect_provider",
        about: "OpenID Connect providers with their audiences and thumbprints.",
        reads: Reads::Global,
        identity: Identity::Computed("the provider's URL without its scheme, as its ARN has it"),
        arn: Arn::Pattern("arn:{partition}:iam::{account}:oidc-provider/{id}"),
        label: None,
        called: None,
        created: None,
        actions: &["iam:GetOpenIDConnectProvider", "iam:ListOpenIDConnectProviders"],
        sources: &[Source { operation: "iam:GetOpenIDConnectProvider", member: "", at: "" }],
        calls: &[Calls::once("iam:ListOpenIDConnectProviders"), Calls::each("iam:GetOpenIDConnectProvider", 1.0)],
        writes: &[
            Write::creates(&["iam:CreateOpenIDConnectProvider"]),
            Write::removes(&["iam:DeleteOpenIDConnectProvider"]),
            Write::changes(
                &["/ClientIDList"],
                &["iam:AddClientIDToOpenIDConnectProvider", "iam:RemoveClientIDFromOpenIDConnectProvider"],
            ),
            Write::changes(&["/ThumbprintList"], &["iam:UpdateOpenIDConnectProviderThumbprint"]),
            Write::changes(
                &["/tags"],
                &[
                    "iam:TagOpenIDConnectProvider",
                    "iam:UntagOpenIDConnectProvider",
                    "tagging:TagResources",
                    "tagging:UntagResources",
                ],
            ),
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Arn, Naming::Id],
        rules: &[
            Rule::Set { path: "/ClientIDList", key: &[] },
            Rule::Set { path: "/ThumbprintList", key: &[] },
            Rule::Tags { path: "/Tags" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_iam_openid_connect_provider",
        when: &[],
        import: "{arn}",
        handles: &[("{arn}", "arn")],
        arguments: &[
            Argument::text("url", "https://{id}"),
            Argument::value("client_id_list", "/ClientIDList/*"),
            Argument::Computed { name: "thumbprint_list", from: &["/ThumbprintList"], value: thumbprint },
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[Omit::quiet("stands in its id", &["/Url"]), Omit::quiet("is what AWS calls it", &["/CreateDate"])],
};

/// The provider compares the order of several, which means nothing and which snapshots do not hold: IAM keeps them, and
/// finds one by itself for a provider that is made without.
fn thumbprint(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    attributes.get("ThumbprintList").filter(|list| list.as_array().is_some_and(|list| list.len() == 1)).cloned()
}

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let answer = reader.call("iam:ListOpenIDConnectProviders", &json!({})).await?;
    let providers = take_items(answer, "/OpenIDConnectProviderList");
    reader.for_each(providers, |provider| Box::pin(read(reader, provider))).await;
    Ok(())
}

async fn read(reader: &Reader<'_>, provider: Value) {
    let mut listed = Draft::new(provider);
    let arn = listed.text("/Arn").to_owned();
    let id = arn.split_once("oidc-provider/").map_or(arn.as_str(), |(_, url)| url);
    if !reader.wants(None, id) || reader.begin(&mut listed) != Existence::Present {
        return;
    }
    match reader.call("iam:GetOpenIDConnectProvider", &json!({"OpenIDConnectProviderArn": arn})).await {
        Ok(details) => reader.emit(Draft::new(details).with_id(id).with_arn(&arn).after(&listed)),
        Err(cause) if cause.code == "NoSuchEntity" => {}
        Err(cause) => reader.gap(Under::Id(id.to_owned()), cause),
    }
}
