//! Customer managed policies with the document of their default version.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Document, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform,
    Write,
};
use serde_json::{Value, json};

use crate::{Draft, Existence, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "iam/policy",
        about: "Customer managed policies with the document of their default version and the ids of all versions; AWS's \
                own policies are left out.",
        reads: Reads::Global,
        identity: Identity::Computed("the policy's name; `aws/` before those of AWS, which may have the same names"),
        arn: Arn::Field("/Arn"),
        label: None,
        called: None,
        created: Some("/CreateDate"),
        actions: &["iam:GetAccountAuthorizationDetails", "iam:GetPolicy"],
        sources: &[
            Source { operation: "iam:GetAccountAuthorizationDetails", member: "/Policies/*", at: "" },
            Source {
                operation: "iam:GetAccountAuthorizationDetails",
                member: "/Policies/*/PolicyVersionList/*/Document",
                at: "/Document",
            },
            Source { operation: "iam:GetPolicy", member: "/Policy", at: "" },
        ],
        calls: &[Calls::list("iam:GetAccountAuthorizationDetails", 1000), Calls::each("iam:GetPolicy", 1.0)],
        writes: &[
            Write::creates(&["iam:CreatePolicy"]),
            Write::removes(&["iam:DeletePolicy"]),
            Write::changes(&["/DefaultVersionId", "/Document", "/PolicyVersionList"], &["iam:CreatePolicyVersion"]),
            Write::changes(&["/DefaultVersionId", "/Document"], &["iam:SetDefaultPolicyVersion"]),
            Write::changes(&["/PolicyVersionList"], &["iam:DeletePolicyVersion"]),
            Write::changes(
                &["/tags"],
                &["iam:TagPolicy", "iam:UntagPolicy", "tagging:TagResources", "tagging:UntagResources"],
            ),
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Arn, Naming::Id],
        rules: &[
            Rule::Volatile { path: "/AttachmentCount", why: "counts what users, groups and roles tell" },
            Rule::Volatile { path: "/PermissionsBoundaryUsageCount", why: "counts what users and roles tell" },
            Rule::Volatile { path: "/UpdateDate", why: "follows every other change" },
            Rule::Set { path: "/PolicyVersionList", key: &["VersionId"] },
            Rule::Volatile {
                path: "/PolicyVersionList/*/Document",
                why: "is in force only in the default version, whose document is `Document`",
            },
            Rule::Volatile { path: "/PolicyVersionList/*/IsDefaultVersion", why: "repeats `DefaultVersionId`" },
            Rule::Document { path: "/Document", form: Document::Policy },
            Rule::Tags { path: "/Tags" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_iam_policy",
        when: &[],
        import: "{arn}",
        handles: &[("{arn}", "arn")],
        arguments: &[
            Argument::value("name", "/PolicyName"),
            Argument::unless("\"/\"", "path", "/Path"),
            Argument::value("description", "/Description"),
            Argument::document("policy", "/Document"),
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/Arn", "/PolicyId", "/CreateDate", "/IsAttachable"]),
        Omit::quiet("Terraform knows the default version alone", &["/DefaultVersionId", "/PolicyVersionList"]),
    ],
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut filter = vec!["LocalManagedPolicy"];
    if reader.include_aws_managed() {
        filter.push("AWSManagedPolicy");
    }
    let params = json!({"Filter": filter, "MaxItems": 1000});
    let mut lists = reader.listed("iam:GetAccountAuthorizationDetails", params, "/Policies", |_| true)?;
    while let Some(policies) = lists.next().await? {
        reader.for_each(policies, |policy| Box::pin(read(reader, policy))).await;
    }
    Ok(())
}

async fn read(reader: &Reader<'_>, policy: Value) {
    let mut listed = Draft::new(policy);
    let arn = listed.text("/Arn").to_owned();
    let name = arn.rsplit('/').next().unwrap_or_default();
    let by_aws = arn.contains(":iam::aws:policy/");
    let id = if by_aws { format!("aws/{name}") } else { name.to_owned() };
    if !reader.wants(None, &id) || (by_aws && !reader.include_aws_managed()) {
        return;
    }
    if !by_aws && reader.begin(&mut listed) != Existence::Present {
        return;
    }
    // AWS's own have no tags, and there are more than a thousand of them.
    let answer = if by_aws { Ok(Value::Null) } else { reader.call("iam:GetPolicy", &json!({"PolicyArn": arn})).await };
    let mut draft = match answer {
        Ok(mut answer) => Draft::new(answer["Policy"].take()),
        Err(cause) if cause.code == "NoSuchEntity" => return,
        Err(cause) => {
            let mut draft = Draft::default();
            for member in ONLY_GOTTEN {
                draft.unread(*member, cause.clone());
            }
            draft
        }
    };
    // The versions and which of them is the default are of one moment here.
    draft = draft.after(&listed);
    draft.set("", Value::Object(listed.attributes));
    if let Some(document) = default_document(&draft) {
        draft.set("/Document", document);
    }
    reader.emit(draft.with_id(id));
}

/// What only `GetPolicy` says of a policy.
const ONLY_GOTTEN: &[&str] = &["/Description", "/Tags"];

/// The document that is in force.
fn default_document(policy: &Draft) -> Option<Value> {
    let versions = policy.get("/PolicyVersionList")?.as_array()?;
    let default = policy.get("/DefaultVersionId");
    versions.iter().find(|version| version.get("VersionId") == default)?.get("Document").cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_version_s_document_is_in_force() {
        let policy = Draft::new(json!({
            "DefaultVersionId": "v2",
            "PolicyVersionList": [{"VersionId": "v3", "Document": "c"}, {"VersionId": "v2", "Document": "b"}],
        }));
        assert_eq!(default_document(&policy), Some(json!("b")));
        assert_eq!(default_document(&Draft::new(json!({"DefaultVersionId": "v1"}))), None);
    }
}
