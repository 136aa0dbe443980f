//! How a certificate is written as Terraform: as the request that made it. What ACM cannot make again is left out.

use driftline_api::{Argument, Exclude, Form, Omit, Terraform, When};
use serde_json::{Map, Value, json};

use crate::reader::text;

pub(super) static TERRAFORM: Terraform = Terraform {
    excludes: &[
        Exclude {
            when: &[When::Is("/Type", "\"IMPORTED\"")],
            why: "was imported: Terraform needs its private key, which nobody can read again",
        },
        Exclude { when: &[When::Has("/ManagedBy")], why: "is made and renewed by CloudFront for a distribution" },
        Exclude {
            when: &[When::Is("/CertificateKeyPairOrigin", "\"ACME\"")],
            why: "was issued to an ACME client, which asks for it again by itself",
        },
        Exclude { when: &[When::Has("/RevokedAt")], why: "was revoked, which nobody can undo" },
    ],
    forms: &[Form {
        resource: "aws_acm_certificate",
        when: &[],
        import: "{arn}",
        handles: &[("{arn}", "arn")],
        arguments: &[
            Argument::value("domain_name", "/DomainName"),
            Argument::Computed {
                name: "subject_alternative_names",
                from: &["/SubjectAlternativeNames/*"],
                value: other_names,
            },
            Argument::value("certificate_authority_arn", "/CertificateAuthorityArn"),
            Argument::Computed { name: "key_algorithm", from: &["/KeyAlgorithm"], value: key_algorithm },
            Argument::Computed {
                name: "validation_method",
                from: &[
                    "/CertificateAuthorityArn",
                    "/DomainValidationOptions/*/ValidationMethod",
                    "/Options/ValidationMethod",
                ],
                value: validation_method,
            },
            Argument::Made {
                name: "options",
                from: &["/Options/CertificateTransparencyLoggingPreference"],
                make: options,
                arguments: &[Argument::value(
                    "certificate_transparency_logging_preference",
                    "./CertificateTransparencyLoggingPreference",
                )],
            },
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/CertificateArn", "/CreatedAt", "/ImportedAt"]),
        Omit::quiet(
            "follows from the request",
            &[
                "/AcmeAccountId",
                "/AcmeEndpointArn",
                "/DomainValidationOptions/*/HttpRedirect",
                "/DomainValidationOptions/*/ResourceRecord",
                "/DomainValidationOptions/*/DomainName",
                "/DomainValidationOptions/*/ValidationDomain",
                "/ExtendedKeyUsages/*/Name",
                "/ExtendedKeyUsages/*/OID",
                "/KeyUsages/*/Name",
                "/SignatureAlgorithm",
                "/Subject",
            ],
        ),
        Omit::told(
            "the provider does not read to which domain mails go, and replaces a certificate for which that is said",
            &["/DomainValidationOptions/*/ValidationEmails/*"],
        ),
        Omit::quiet("only revoked ones have it", &["/RevocationReason"]),
        Omit::told_unless(&["\"DISABLED\""], "is no part of the provider 5.x", &["/Options/Export"]),
    ],
};

/// The domain's own name is always among them.
fn other_names(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let own = attributes.get("DomainName")?;
    let names = attributes.get("SubjectAlternativeNames")?.as_array()?.iter();
    Some(names.filter(|name| *name != own).cloned().collect())
}

/// ACM asks for `RSA_2048` and answers `RSA-2048`; it is also what ACM takes by itself.
fn key_algorithm(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let algorithm = attributes.get("KeyAlgorithm")?.as_str()?.replace('-', "_");
    (algorithm != "RSA_2048").then(|| algorithm.into())
}

/// One for all names; a private authority validates none.
fn validation_method(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    if attributes.contains_key("CertificateAuthorityArn") {
        return None;
    }
    let of_names = attributes.get("DomainValidationOptions").and_then(Value::as_array);
    let of_names = of_names.into_iter().flatten().find_map(|option| option.get("ValidationMethod"));
    of_names.or_else(|| attributes.get("Options")?.get("ValidationMethod")).cloned()
}

/// Certificates are logged where nothing is said, and private ones never are.
fn options(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let options = attributes.get("Options")?;
    let is_private = attributes.get("Type").is_some_and(|of| of == "PRIVATE");
    let is_unlogged = text(options, "/CertificateTransparencyLoggingPreference") == "DISABLED";
    (is_unlogged && !is_private).then(|| json!([options]))
}
