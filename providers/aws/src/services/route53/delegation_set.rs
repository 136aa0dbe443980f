//! Reusable delegation sets.

use driftline_api::{
    Arn, Calls, Cause, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, Write,
};
use serde_json::json;

use super::zones;
use crate::reader::take_items;
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "route53/delegation_set",
        about: "Reusable delegation sets: name servers that several zones share.",
        reads: Reads::Global,
        identity: Identity::Computed("the set's id without `/delegationset/`"),
        arn: Arn::Pattern("arn:{partition}:route53:::delegationset/{id}"),
        label: None,
        called: None,
        created: None,
        actions: &["route53:ListReusableDelegationSets"],
        sources: &[Source { operation: "route53:ListReusableDelegationSets", member: "/DelegationSets/*", at: "" }],
        calls: &[Calls::list("route53:ListReusableDelegationSets", 100)],
        writes: &[
            Write::creates(&["route53:CreateReusableDelegationSet"]),
            Write::removes(&["route53:DeleteReusableDelegationSet"]),
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id, Naming::Field("/Id")],
        rules: &[Rule::Set { path: "/NameServers", key: &[] }],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_route53_delegation_set",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "id"), ("{arn}", "arn")],
        arguments: &[],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/Id"]),
        Omit::quiet("is for the call that makes it", &["/CallerReference"]),
        Omit::quiet("is AWS's choice", &["/NameServers"]),
    ],
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("route53:ListReusableDelegationSets", json!({"MaxItems": "100"}))?;
    while let Some(page) = pages.next().await? {
        for set in take_items(page, "/DelegationSets") {
            let draft = Draft::new(set);
            let id = zones::bare(draft.text("/Id")).to_owned();
            // Only reusable sets have an id: one without is a zone's own, and is shown with the zone.
            if !id.is_empty() {
                reader.emit(draft.with_id(id));
            }
        }
    }
    Ok(())
}
