//! Certificates, issued by Amazon, by a private authority, or imported.

mod terraform;

use driftline_api::{Arn, Calls, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Under, Write};
use serde_json::{Value, json};

use crate::reader::take;
use crate::{Detail, Draft, Existence, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "acm/certificate",
        about: "Certificates of every key type, without private material. What a renewal changes is left out, since \
                ACM renews by itself; an import over a certificate shows in its ImportedAt.",
        reads: Reads::EachRegion,
        identity: Identity::Computed("the last part of the ARN"),
        arn: Arn::Field("/CertificateArn"),
        label: Some("/DomainName"),
        called: None,
        created: Some("/CreatedAt"),
        actions: &["acm:DescribeCertificate", "acm:ListCertificates", "acm:ListTagsForCertificate"],
        sources: &[
            Source { operation: "acm:DescribeCertificate", member: "/Certificate", at: "" },
            Source { operation: "acm:ListTagsForCertificate", member: "/Tags", at: "/Tags" },
        ],
        calls: &[
            Calls::list("acm:ListCertificates", 1000),
            Calls::each("acm:DescribeCertificate", 1.0),
            Calls::each("acm:ListTagsForCertificate", 1.0),
        ],
        writes: &[
            Write::creates(&["acm:RequestCertificate", "acm:ImportCertificate"]),
            Write::removes(&["acm:DeleteCertificate"]),
            // Imported again, a certificate keeps its ARN and little else.
            Write::changes(
                &[
                    "/DomainName",
                    "/ExtendedKeyUsages",
                    "/ImportedAt",
                    "/KeyAlgorithm",
                    "/KeyUsages",
                    "/SignatureAlgorithm",
                    "/Subject",
                    "/SubjectAlternativeNames",
                ],
                &["acm:ImportCertificate"],
            ),
            Write::changes(
                &["/ExtendedKeyUsages", "/KeyUsages", "/SignatureAlgorithm", "/Subject"],
                &["acm:RenewCertificate"],
            ),
            Write::changes(&["/RevocationReason", "/RevokedAt"], &["acm:RevokeCertificate"]),
            Write::changes(&["/DomainValidationOptions", "/Options"], &["acm:UpdateCertificateOptions"]),
            Write::changes(
                &["/tags"],
                &[
                    "acm:AddTagsToCertificate",
                    "acm:RemoveTagsFromCertificate",
                    "acm:TagResource",
                    "acm:UntagResource",
                    "tagging:TagResources",
                    "tagging:UntagResources",
                ],
            ),
        ],
        terraform: Some(&terraform::TERRAFORM),
        names: &[Naming::Arn, Naming::Id],
        rules: &[
            Rule::Volatile { path: "/DomainValidationOptions/*/ValidationStatus", why: "is how far ACM has come" },
            Rule::Volatile { path: "/FailureReason", why: "explains a status" },
            Rule::Volatile { path: "/InUseBy", why: "follows from the listeners and others that use it" },
            Rule::Volatile { path: "/IssuedAt", why: RENEWED },
            Rule::Volatile { path: "/Issuer", why: RENEWED },
            Rule::Volatile { path: "/NotAfter", why: RENEWED },
            Rule::Volatile { path: "/NotBefore", why: RENEWED },
            Rule::Volatile { path: "/RenewalEligibility", why: "follows from whether it is in use" },
            Rule::Volatile { path: "/RenewalSummary", why: "is how far ACM has come" },
            Rule::Volatile { path: "/Serial", why: RENEWED },
            Rule::Volatile { path: "/Status", why: "changes when ACM has validated it and when it expires" },
            Rule::Volatile { path: "/UpdateSummary", why: "is how far ACM has come" },
            Rule::Set { path: "/DomainValidationOptions", key: &["DomainName"] },
            Rule::Set { path: "/DomainValidationOptions/*/ValidationEmails", key: &[] },
            Rule::Set { path: "/ExtendedKeyUsages", key: &["Name", "OID"] },
            Rule::Set { path: "/KeyUsages", key: &["Name"] },
            Rule::Set { path: "/SubjectAlternativeNames", key: &[] },
            Rule::Tags { path: "/Tags" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

const RENEWED: &str = "changes when ACM renews the certificate";

/// Without a filter ACM lists certificates with RSA keys of up to 2,048 bits only.
///
/// Source: ACM API reference, `Filters`.
const KEY_TYPES: &[&str] =
    &["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"];

const GONE: &str = "ResourceNotFoundException";

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let params = json!({"Includes": {"keyTypes": KEY_TYPES}, "MaxItems": 1000});
    let mut lists = reader.listed("acm:ListCertificates", params, "/CertificateSummaryList", |_| true)?;
    while let Some(certificates) = lists.next().await? {
        reader.for_each(certificates, |one| Box::pin(read(reader, one))).await;
    }
    Ok(())
}

async fn read(reader: &Reader<'_>, certificate: Value) {
    let mut listed = Draft::new(certificate);
    let arn = listed.text("/CertificateArn").to_owned();
    let id = arn.rsplit('/').next().unwrap_or(&arn);
    if !reader.wants(None, id) || reader.begin(&mut listed) != Existence::Present {
        return;
    }
    let params = json!({"CertificateArn": arn});
    let answer = match reader.call("acm:DescribeCertificate", &params).await {
        Ok(answer) => answer,
        Err(cause) if cause.code == GONE => return,
        Err(cause) => return reader.gap(Under::Id(id.to_owned()), cause),
    };
    let mut draft = Draft::new(take(answer, "/Certificate").unwrap_or_default()).with_id(id).after(&listed);
    let tags = Detail { operation: "acm:ListTagsForCertificate", params, member: "/Tags", at: "/Tags", absent: &[] };
    if reader.details(&mut draft, &[GONE], vec![tags]).await == Existence::Present {
        reader.emit(draft);
    }
}
