//! Which resource types of Terraform's manage a classic load balancer, or a part of it, and how a state names it.

use driftline_api::Claim;

pub(crate) static CLAIMS: &[Claim] = &[
    Claim::whole("aws_elb", "elb/load_balancer", "{name}"),
    Claim::part("aws_app_cookie_stickiness_policy", "elb/load_balancer", "{load_balancer}"),
    Claim::part("aws_elb_attachment", "elb/load_balancer", "{elb}"),
    Claim::part("aws_lb_cookie_stickiness_policy", "elb/load_balancer", "{load_balancer}"),
    Claim::part("aws_lb_ssl_negotiation_policy", "elb/load_balancer", "{load_balancer}"),
    Claim::part("aws_load_balancer_backend_server_policy", "elb/load_balancer", "{load_balancer_name}"),
    Claim::part("aws_load_balancer_listener_policy", "elb/load_balancer", "{load_balancer_name}"),
    Claim::part("aws_load_balancer_policy", "elb/load_balancer", "{load_balancer_name}"),
    Claim::part("aws_proxy_protocol_policy", "elb/load_balancer", "{load_balancer}"),
];
