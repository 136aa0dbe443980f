//! Which resource types of Terraform's manage what Elastic Load Balancing v2 has, or a part of it, and how a state names it.

use driftline_api::Claim;

pub(crate) static CLAIMS: &[Claim] = &[
    Claim::whole("aws_lb_listener", "elbv2/listener", "{arn}"),
    Claim::whole("aws_alb_listener", "elbv2/listener", "{arn}"),
    Claim::part("aws_lb_listener_certificate", "elbv2/listener", "{listener_arn}"),
    Claim::part("aws_alb_listener_certificate", "elbv2/listener", "{listener_arn}"),
    Claim::whole("aws_lb", "elbv2/load_balancer", "{arn}"),
    Claim::whole("aws_alb", "elbv2/load_balancer", "{arn}"),
    Claim::whole("aws_lb_listener_rule", "elbv2/rule", "{arn}"),
    Claim::whole("aws_alb_listener_rule", "elbv2/rule", "{arn}"),
    Claim::whole("aws_lb_target_group", "elbv2/target_group", "{arn}"),
    Claim::whole("aws_alb_target_group", "elbv2/target_group", "{arn}"),
    Claim::part("aws_lb_target_group_attachment", "elbv2/target_group", "{target_group_arn}"),
    Claim::part("aws_alb_target_group_attachment", "elbv2/target_group", "{target_group_arn}"),
    Claim::whole("aws_lb_trust_store", "elbv2/trust_store", "{arn}"),
    Claim::part("aws_lb_trust_store_revocation", "elbv2/trust_store", "{trust_store_arn}"),
];
