//! Which resource types of Terraform's manage what Route 53 has, or a part of it, and how a state names it.

use driftline_api::Claim;

pub(crate) static CLAIMS: &[Claim] = &[
    Claim::whole("aws_route53_delegation_set", "route53/delegation_set", "{id}"),
    Claim::whole("aws_route53_health_check", "route53/health_check", "{id}"),
    Claim::whole("aws_route53_zone", "route53/hosted_zone", "{zone_id}"),
    Claim::part("aws_route53_hosted_zone_dnssec", "route53/hosted_zone", "{hosted_zone_id}"),
    Claim::part("aws_route53_key_signing_key", "route53/hosted_zone", "{hosted_zone_id}"),
    Claim::part("aws_route53_query_log", "route53/hosted_zone", "{zone_id}"),
    Claim::part("aws_route53_records_exclusive", "route53/hosted_zone", "{zone_id}"),
    Claim::part("aws_route53_vpc_association_authorization", "route53/hosted_zone", "{zone_id}"),
    Claim::part("aws_route53_zone_association", "route53/hosted_zone", "{zone_id}"),
    Claim::whole("aws_route53_record", "route53/record_set", "{zone_id}/{fqdn}/{type}[/{set_identifier}]"),
];
