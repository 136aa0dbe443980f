//! Which resource types of Terraform's manage a certificate, or a part of it, and how a state names it.

use driftline_api::Claim;

pub(crate) static CLAIMS: &[Claim] = &[
    Claim::whole("aws_acm_certificate", "acm/certificate", "{arn}"),
    Claim::part("aws_acm_certificate_validation", "acm/certificate", "{certificate_arn}"),
];
