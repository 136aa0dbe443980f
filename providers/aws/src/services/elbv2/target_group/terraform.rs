//! How a target group is written as Terraform.

use driftline_api::{Argument, Form, Omit, Terraform, When};
use serde_json::{Map, Value, json};

use crate::reader::text;

pub(super) static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_lb_target_group",
        when: &[],
        import: "{arn}",
        handles: &[("{arn}", "arn")],
        arguments: &[
            Argument::value("name", "/TargetGroupName"),
            Argument::unless("\"instance\"", "target_type", "/TargetType"),
            Argument::value("port", "/Port"),
            Argument::value("protocol", "/Protocol"),
            Argument::unless("\"HTTP1\"", "protocol_version", "/ProtocolVersion"),
            Argument::value("vpc_id", "/VpcId"),
            Argument::unless("\"ipv4\"", "ip_address_type", "/IpAddressType"),
            Argument::spelled(
                "false",
                "lambda_multi_value_headers_enabled",
                "/Attributes/Key=lambda.multi_value_headers.enabled/Value",
            ),
            Argument::Where { when: &[When::IsNot("/TargetType", "\"lambda\"")], arguments: TRAFFIC },
            // Made of the group itself.
            Argument::Blocks { name: "health_check", path: "", arguments: HEALTH_CHECK },
            Argument::Made {
                name: "stickiness",
                from: &[
                    "/Attributes/Key=stickiness.enabled/Value",
                    "/Attributes/Key=stickiness.type/Value",
                    "/Attributes/Key=stickiness.lb_cookie.duration_seconds/Value",
                    "/Attributes/Key=stickiness.app_cookie.cookie_name/Value",
                    "/Attributes/Key=stickiness.app_cookie.duration_seconds/Value",
                ],
                make: stickiness,
                arguments: &[
                    Argument::spelled("true", "enabled", "./enabled"),
                    Argument::value("type", "./type"),
                    Argument::spelled("86400", "cookie_duration", "./duration"),
                    Argument::value("cookie_name", "./name"),
                ],
            },
            Argument::Made {
                name: "target_failover",
                from: &[
                    "/Attributes/Key=target_failover.on_deregistration/Value",
                    "/Attributes/Key=target_failover.on_unhealthy/Value",
                ],
                make: failover,
                arguments: &[
                    Argument::value("on_deregistration", "./on_deregistration"),
                    Argument::value("on_unhealthy", "./on_unhealthy"),
                ],
            },
            Argument::Made {
                name: "target_health_state",
                from: &[
                    "/Attributes/Key=target_health_state.unhealthy.connection_termination.enabled/Value",
                    "/Attributes/Key=target_health_state.unhealthy.draining_interval_seconds/Value",
                ],
                make: health_state,
                arguments: &[
                    Argument::spelled("", "enable_unhealthy_connection_termination", "./termination"),
                    Argument::spelled("0", "unhealthy_draining_interval", "./draining"),
                ],
            },
            Argument::Made {
                name: "target_group_health",
                from: &[
                    "/Attributes/Key=target_group_health.dns_failover.minimum_healthy_targets.count/Value",
                    "/Attributes/Key=target_group_health.dns_failover.minimum_healthy_targets.percentage/Value",
                    "/Attributes/Key=target_group_health.unhealthy_state_routing.minimum_healthy_targets.count/Value",
                    "/Attributes/Key=target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage/Value",
                ],
                make: group_health,
                arguments: &[
                    Argument::Blocks {
                        name: "dns_failover",
                        path: "./dns_failover",
                        arguments: &[
                            Argument::spelled("1", "minimum_healthy_targets_count", "./count"),
                            Argument::spelled("off", "minimum_healthy_targets_percentage", "./percentage"),
                        ],
                    },
                    Argument::Blocks {
                        name: "unhealthy_state_routing",
                        path: "./unhealthy_state_routing",
                        arguments: &[
                            Argument::spelled("1", "minimum_healthy_targets_count", "./count"),
                            Argument::spelled("off", "minimum_healthy_targets_percentage", "./percentage"),
                        ],
                    },
                ],
            },
            Argument::Tags,
            // The provider's defaults, which mean nothing to a function.
            Argument::Where {
                when: &[When::Is("/TargetType", "\"lambda\"")],
                arguments: &[Argument::Ignore {
                    arguments: &["deregistration_delay", "proxy_protocol_v2", "slow_start"],
                }],
            },
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/TargetGroupArn"]),
        Omit::told("Terraform cannot import who is registered", &["/TargetHealthDescriptions/*/Target/Id"]),
        Omit::quiet(
            "belongs to who is registered",
            &[
                "/TargetHealthDescriptions/*/Target/Port",
                "/TargetHealthDescriptions/*/Target/AvailabilityZone",
                "/TargetHealthDescriptions/*/Target/QuicServerId",
            ],
        ),
        Omit::told("the provider does not know it", &["/TargetControlPort"]),
    ],
};

/// How requests are sent to what listens; a function is called.
const TRAFFIC: &[Argument] = &[
    Argument::spelled("300", "deregistration_delay", "/Attributes/Key=deregistration_delay.timeout_seconds/Value"),
    Argument::spelled(
        "",
        "connection_termination",
        "/Attributes/Key=deregistration_delay.connection_termination.enabled/Value",
    ),
    Argument::spelled("0", "slow_start", "/Attributes/Key=slow_start.duration_seconds/Value"),
    Argument::spelled("", "load_balancing_algorithm_type", "/Attributes/Key=load_balancing.algorithm.type/Value"),
    Argument::spelled(
        "",
        "load_balancing_anomaly_mitigation",
        "/Attributes/Key=load_balancing.algorithm.anomaly_mitigation/Value",
    ),
    Argument::spelled(
        "",
        "load_balancing_cross_zone_enabled",
        "/Attributes/Key=load_balancing.cross_zone.enabled/Value",
    ),
    Argument::spelled("", "preserve_client_ip", "/Attributes/Key=preserve_client_ip.enabled/Value"),
    Argument::spelled("false", "proxy_protocol_v2", "/Attributes/Key=proxy_protocol_v2.enabled/Value"),
];

const HEALTH_CHECK: &[Argument] = &[
    Argument::unless("true", "enabled", "/HealthCheckEnabled"),
    Argument::unless("\"HTTP\"", "protocol", "/HealthCheckProtocol"),
    Argument::unless("\"traffic-port\"", "port", "/HealthCheckPort"),
    Argument::value("path", "/HealthCheckPath"),
    Argument::value("matcher", "/Matcher/HttpCode"),
    Argument::value("matcher", "/Matcher/GrpcCode"),
    Argument::unless("30", "interval", "/HealthCheckIntervalSeconds"),
    Argument::value("timeout", "/HealthCheckTimeoutSeconds"),
    Argument::unless("3", "healthy_threshold", "/HealthyThresholdCount"),
    Argument::unless("3", "unhealthy_threshold", "/UnhealthyThresholdCount"),
];

/// Which of the members mean something depends on the type.
fn stickiness(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let own = |member: &str| own(attributes, &format!("stickiness.{member}"));
    let sort = own("type").filter(|sort| !sort.is_empty())?;
    let mut block = json!({ "type": sort, "enabled": own("enabled") });
    if sort == "lb_cookie" {
        block["duration"] = own("lb_cookie.duration_seconds")?.into();
    } else if sort == "app_cookie" {
        block["duration"] = own("app_cookie.duration_seconds")?.into();
        block["name"] = own("app_cookie.cookie_name").into();
    }
    Some(json!([block]))
}

fn failover(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let [on_deregistration, on_unhealthy] =
        ["target_failover.on_deregistration", "target_failover.on_unhealthy"].map(|key| own(attributes, key));
    Some(json!([{ "on_deregistration": on_deregistration?, "on_unhealthy": on_unhealthy? }]))
}

fn health_state(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let own = |member: &str| own(attributes, &format!("target_health_state.unhealthy.{member}"));
    Some(json!([{
        "termination": own("connection_termination.enabled")?,
        "draining": own("draining_interval_seconds"),
    }]))
}

/// The blocks that say something else than AWS's defaults.
fn group_health(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let part = |name: &str| {
        let own = |member| own(attributes, &format!("target_group_health.{name}.minimum_healthy_targets.{member}"));
        let (count, percentage) = (own("count"), own("percentage"));
        let is_chosen = count.is_some_and(|it| it != "1") || percentage.is_some_and(|it| it != "off");
        is_chosen.then(|| json!({ "count": count, "percentage": percentage }))
    };
    let (failover, routing) = (part("dns_failover"), part("unhealthy_state_routing"));
    let is_chosen = failover.is_some() || routing.is_some();
    is_chosen.then(|| json!([{ "dns_failover": failover, "unhealthy_state_routing": routing }]))
}

fn own<'a>(attributes: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    let found = attributes.get("Attributes")?.as_array()?.iter().find(|attribute| text(attribute, "/Key") == key)?;
    Some(text(found, "/Value"))
}
