//! AWS Certificate Manager.

use super::{By, Gives, Row, named};

const CERTIFICATE: &[By] = &[named("/CertificateArn", "/CertificateArn", "ResourceNotFoundException")];

pub(super) static ROWS: &[Row] = &[
    // Unless told otherwise, ACM lists only certificates with RSA keys of these lengths:
    // https://docs.aws.amazon.com/acm/latest/APIReference/API_Filters.html
    Row::new("acm:ListCertificates", "/Certificates/*", Gives::Items("CertificateSummaryList")).by(&[
        By::Default { param: "/Includes/keyTypes", item: "/KeyAlgorithm", values: &["RSA_1024", "RSA_2048"] },
        By::Narrow { param: "/CertificateStatuses", item: "/Status" },
    ]),
    Row::new("acm:DescribeCertificate", "/Certificates/*", Gives::Item("Certificate")).by(CERTIFICATE),
    Row::new("acm:GetCertificate", "/Certificates/*", Gives::Part).by(CERTIFICATE).absent("RequestInProgressException"),
    Row::new("acm:ListTagsForCertificate", "/Certificates/*", Gives::Members(&[("Tags", "/Tags")])).by(CERTIFICATE),
];
