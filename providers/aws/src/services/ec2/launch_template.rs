//! Launch templates with what their default and their latest version say.

mod rules;
mod terraform;

use std::collections::BTreeMap;

use driftline_api::{Arn, Calls, Cause, Descriptor, Identity, Naming, Reads, Source, Write};
use serde_json::{Value, json};

use super::{owner, tags};
use crate::reader::text;
use crate::{Draft, Items, Kind, Packed, Reader, failure};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/launch_template",
        about: "Launch templates with their default and their latest version in full. Versions between are not read: \
                nothing launches from them unless it names them.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/LaunchTemplateId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:launch-template/{id}"),
        label: Some("/LaunchTemplateName"),
        called: None,
        created: None,
        actions: &["ec2:DescribeLaunchTemplateVersions", "ec2:DescribeLaunchTemplates"],
        sources: &[
            Source { operation: "ec2:DescribeLaunchTemplates", member: "/LaunchTemplates/*", at: "" },
            Source { operation: VERSIONS, member: "/LaunchTemplateVersions/*", at: "/DefaultVersion" },
            Source { operation: VERSIONS, member: "/LaunchTemplateVersions/*", at: "/LatestVersion" },
        ],
        calls: &[
            Calls::list("ec2:DescribeLaunchTemplates", 200),
            // The default and the latest version of each, which may be one.
            Calls::batches("ec2:DescribeLaunchTemplateVersions", 100),
        ],
        writes: &[
            Write::creates(&["ec2:CreateLaunchTemplate"]),
            Write::removes(&["ec2:DeleteLaunchTemplate"]),
            Write::changes(
                &["/LatestVersion", "/LatestVersionNumber"],
                &["ec2:CreateLaunchTemplateVersion", "ec2:DeleteLaunchTemplateVersions"],
            ),
            Write::changes(&["/DefaultVersion", "/DefaultVersionNumber"], &["ec2:ModifyLaunchTemplate"]),
            tags::WRITE,
        ],
        terraform: Some(&terraform::TERRAFORM),
        names: &[Naming::Id, Naming::Label],
        rules: rules::RULES,
    },
    collect: |reader| Box::pin(collect(reader)),
};

const VERSIONS: &str = "ec2:DescribeLaunchTemplateVersions";

/// Versions by the template's id and their number.
type Versions = BTreeMap<(String, i64), Packed>;

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let managed = reader.include_aws_managed();
    let mut params = json!({"MaxResults": 200});
    if managed {
        params["IncludeManagedResources"] = true.into();
    }
    let templates = reader.items("ec2:DescribeLaunchTemplates", params.clone(), "/LaunchTemplates").await?;
    let wanted = templates.into_iter().filter(|template| {
        (managed || !owner::is_operated(template)) && reader.wants(None, text(template, "/LaunchTemplateId"))
    });
    let templates: Items = wanted.collect();
    if templates.is_empty() {
        return Ok(());
    }
    // Without a template's id, AWS answers with these versions of all templates. Whatever is missing there (a template
    // made meanwhile) is asked for by its id.
    params["Versions"] = json!(["$Default", "$Latest"]);
    let versions = reader.items(VERSIONS, params, "/LaunchTemplateVersions").await.map(by_number).unwrap_or_default();
    let versions = &versions;
    reader.for_each_of(templates, |template| Box::pin(read_one(reader, template, versions))).await;
    Ok(())
}

async fn read_one(reader: &Reader<'_>, template: Value, versions: &Versions) {
    let mut draft = Draft::new(template);
    let id = draft.text("/LaunchTemplateId").to_owned();
    let keys = ["/DefaultVersionNumber", "/LatestVersionNumber"].map(|pointer| {
        let number = draft.get(pointer).and_then(Value::as_i64).unwrap_or_default();
        (id.clone(), number)
    });
    let mut own = Versions::new();
    let mut missing = failure::nonsense(VERSIONS.to_owned(), "the template's versions changed while they were read");
    if !keys.iter().all(|key| versions.contains_key(key)) {
        let params = json!({"LaunchTemplateId": id, "Versions": ["$Default", "$Latest"]});
        match reader.items(VERSIONS, params, "/LaunchTemplateVersions").await {
            Ok(answered) => own = by_number(answered),
            Err(cause) if cause.code.starts_with("InvalidLaunchTemplateId") => return,
            Err(cause) => missing = cause,
        }
    }
    for (at, key) in ["/DefaultVersion", "/LatestVersion"].into_iter().zip(&keys) {
        match versions.get(key).or(own.get(key)) {
            Some(version) => draft.set(at, version.open()),
            None => draft.unread(at, missing.clone()),
        }
    }
    reader.emit(draft);
}

fn by_number(versions: Items) -> Versions {
    let key = |version: &Value| {
        let number = version.pointer("/VersionNumber").and_then(Value::as_i64).unwrap_or_default();
        (text(version, "/LaunchTemplateId").to_owned(), number)
    };
    versions.into_iter().map(|version| (key(&version), Packed::new(&version))).collect()
}
