//! Trust stores, against which listeners check clients' certificates.

use driftline_api::{
    Argument, Arn, Calls, Cause, Descriptor, Form, Identity, Naming, Omit, Reads, Rule, Source, Terraform, Write,
};
use serde_json::json;

use super::lists::PAGE;
use super::tags;
use crate::reader::{take_items, text};
use crate::{Batch, Detail, Draft, Existence, Items, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "elbv2/trust_store",
        about: "Trust stores with their revocation lists. AWS tells how many certificates they hold, not which.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/Name"),
        arn: Arn::Field("/TrustStoreArn"),
        label: None,
        called: None,
        created: None,
        actions: &[
            "elasticloadbalancing:DescribeTags",
            "elasticloadbalancing:DescribeTrustStoreRevocations",
            "elasticloadbalancing:DescribeTrustStores",
        ],
        sources: &[
            Source { operation: "elbv2:DescribeTrustStores", member: "/TrustStores/*", at: "" },
            Source {
                operation: "elbv2:DescribeTrustStoreRevocations",
                member: "/TrustStoreRevocations",
                at: "/TrustStoreRevocations",
            },
            tags::SOURCE,
        ],
        calls: &[
            Calls::list("elbv2:DescribeTrustStores", 400),
            Calls::batches("elbv2:DescribeTags", 20),
            Calls::each("elbv2:DescribeTrustStoreRevocations", 1.0),
        ],
        writes: &[
            Write::creates(&["elasticloadbalancing:CreateTrustStore"]),
            Write::removes(&["elasticloadbalancing:DeleteTrustStore"]),
            Write::changes(&["/NumberOfCaCertificates"], &["elasticloadbalancing:ModifyTrustStore"]),
            Write::changes(
                &["/TrustStoreRevocations"],
                &["elasticloadbalancing:AddTrustStoreRevocations", "elasticloadbalancing:RemoveTrustStoreRevocations"],
            ),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Arn, Naming::Id],
        rules: &[
            Rule::Volatile { path: "/Status", why: "says whether AWS has finished making it" },
            Rule::Volatile { path: "/TotalRevokedEntries", why: "is the sum of the revocation lists' entries" },
            Rule::Set { path: "/TrustStoreRevocations", key: &["RevocationId"] },
            Rule::Tags { path: "/Tags" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_lb_trust_store",
        when: &[],
        import: "{arn}",
        handles: &[("{arn}", "arn")],
        arguments: &[
            Argument::value("name", "/Name"),
            // AWS reads the certificates once, and does not tell from where.
            Argument::Initial {
                arguments: &[
                    Argument::Required { name: "ca_certificates_bundle_s3_bucket", absent: "\"unknown\"" },
                    Argument::Required { name: "ca_certificates_bundle_s3_key", absent: "\"unknown\"" },
                ],
            },
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/TrustStoreArn"]),
        Omit::quiet("follows from the bundle", &["/NumberOfCaCertificates"]),
        Omit::told(
            "AWS does not tell from where the revocation list was read",
            &["/TrustStoreRevocations/*/RevocationId"],
        ),
        Omit::quiet(
            "belongs to the revocation list",
            &[
                "/TrustStoreRevocations/*/TrustStoreArn",
                "/TrustStoreRevocations/*/RevocationType",
                "/TrustStoreRevocations/*/NumberOfRevokedEntries",
            ],
        ),
    ],
};

static TAGS: Batch = tags::by(|draft| draft.text("/TrustStoreArn"));

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let mut pages = reader.pages("elbv2:DescribeTrustStores", json!({"PageSize": PAGE}))?;
    while let Some(page) = pages.next().await? {
        let stores = take_items(page, "/TrustStores").into_iter();
        let wanted: Items = stores.filter(|store| reader.wants(None, text(store, "/Name"))).collect();
        let drafts = wanted.into_iter().map(Draft::new);
        reader.for_each_batched(&TAGS, drafts, |draft| Box::pin(read(reader, draft))).await;
    }
    Ok(())
}

async fn read(reader: &Reader<'_>, mut draft: Draft) {
    let revocations = Detail {
        operation: "elbv2:DescribeTrustStoreRevocations",
        params: json!({"TrustStoreArn": draft.text("/TrustStoreArn"), "PageSize": PAGE}),
        member: "/TrustStoreRevocations",
        at: "/TrustStoreRevocations",
        absent: &[],
    };
    if reader.details(&mut draft, &["TrustStoreNotFound"], vec![revocations]).await == Existence::Present {
        reader.emit(draft);
    }
}
