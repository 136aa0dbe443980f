//! What is read again after a write to ACM.

use driftline_api::Rereads;

pub(in crate::services) static REREADS: Rereads = Rereads {
    source: "acm",
    services: &["acm"],
    alone: &[("acm/certificate", &["*"])],
    naming: &["AddTagsToCertificate", "RemoveTagsFromCertificate", "TagResource", "UntagResource"],
    along: &[],
    everywhere: &[],
    nothing: &[
        (
            "concerns ACME endpoints, which are not read; the certificates that they issue are requested",
            "*AcmeDomainValidation *AcmeEndpoint *AcmeExternalAccountBinding RevokeAcmeAccount",
        ),
        ("only reads", "ExportCertificate SearchCertificates"),
        ("sends a mail", "ResendValidationEmail"),
        ("is how the account is told of expiry", "PutAccountConfiguration"),
    ],
};
