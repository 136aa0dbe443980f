//! How a classic load balancer is written as Terraform.

use driftline_api::{Argument, Form, Omit, Terraform};
use serde_json::{Map, Value, json};

use crate::reader::text;

pub(super) static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_elb",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "name"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("name", "/LoadBalancerName"),
            Argument::Computed { name: "internal", from: &["/Scheme"], value: internal },
            Argument::value("subnets", "/Subnets/*"),
            Argument::Computed {
                name: "availability_zones",
                from: &["/AvailabilityZones", "/Subnets"],
                value: availability_zones,
            },
            Argument::value("security_groups", "/SecurityGroups/*"),
            Argument::value("instances", "/Instances/*/InstanceId"),
            Argument::unless(
                "true",
                "cross_zone_load_balancing",
                "/LoadBalancerAttributes/CrossZoneLoadBalancing/Enabled",
            ),
            Argument::unless("60", "idle_timeout", "/LoadBalancerAttributes/ConnectionSettings/IdleTimeout"),
            Argument::unless("false", "connection_draining", "/LoadBalancerAttributes/ConnectionDraining/Enabled"),
            Argument::unless(
                "300",
                "connection_draining_timeout",
                "/LoadBalancerAttributes/ConnectionDraining/Timeout",
            ),
            Argument::spelled(
                "defensive",
                "desync_mitigation_mode",
                "/LoadBalancerAttributes/AdditionalAttributes/Key=elb.http.desyncmitigationmode/Value",
            ),
            Argument::Made {
                name: "access_logs",
                from: &["/LoadBalancerAttributes/AccessLog"],
                make: access_logs,
                arguments: &[
                    Argument::value("bucket", "./S3BucketName"),
                    Argument::value("bucket_prefix", "./S3BucketPrefix"),
                    Argument::unless("60", "interval", "./EmitInterval"),
                ],
            },
            Argument::Made {
                name: "listener",
                from: &[
                    "/ListenerDescriptions/*/Listener/InstancePort",
                    "/ListenerDescriptions/*/Listener/InstanceProtocol",
                    "/ListenerDescriptions/*/Listener/LoadBalancerPort",
                    "/ListenerDescriptions/*/Listener/Protocol",
                    "/ListenerDescriptions/*/Listener/SSLCertificateId",
                ],
                make: listeners,
                arguments: &[
                    Argument::value("lb_port", "./LoadBalancerPort"),
                    Argument::value("lb_protocol", "./Protocol"),
                    Argument::value("instance_port", "./InstancePort"),
                    Argument::value("instance_protocol", "./InstanceProtocol"),
                    Argument::value("ssl_certificate_id", "./SSLCertificateId"),
                ],
            },
            Argument::Blocks {
                name: "health_check",
                path: "/HealthCheck",
                arguments: &[
                    Argument::value("target", "./Target"),
                    Argument::value("interval", "./Interval"),
                    Argument::value("timeout", "./Timeout"),
                    Argument::value("healthy_threshold", "./HealthyThreshold"),
                    Argument::value("unhealthy_threshold", "./UnhealthyThreshold"),
                ],
            },
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet(
            "is what AWS calls it",
            &["/DNSName", "/CanonicalHostedZoneName", "/CanonicalHostedZoneNameID", "/CreatedTime"],
        ),
        Omit::quiet("follows from the subnets", &["/VPCId"]),
        Omit::quiet("follows from the security groups", &["/SourceSecurityGroup"]),
        Omit::told(
            "Terraform cannot import policies, nor who uses them",
            &[
                "/PolicyDescriptions/*/PolicyName",
                "/ListenerDescriptions/*/PolicyNames",
                "/BackendServerDescriptions/*/PolicyNames",
            ],
        ),
        Omit::quiet(
            "belongs to the policies",
            &[
                "/PolicyDescriptions/*/PolicyTypeName",
                "/PolicyDescriptions/*/PolicyAttributeDescriptions",
                "/BackendServerDescriptions/*/InstancePort",
            ],
        ),
    ],
};

fn internal(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    (attributes.get("Scheme")? == "internal").then_some(Value::Bool(true))
}

/// Of a load balancer that lies in no VPC: others have subnets.
fn availability_zones(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let has_subnets = attributes.get("Subnets").and_then(Value::as_array).is_some_and(|subnets| !subnets.is_empty());
    attributes.get("AvailabilityZones").filter(|_| !has_subnets).cloned()
}

fn access_logs(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let logs = attributes.get("LoadBalancerAttributes")?.get("AccessLog")?;
    (logs.get("Enabled")? == true).then(|| json!([logs]))
}

/// The provider writes protocols in small letters.
fn listeners(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let descriptions = attributes.get("ListenerDescriptions")?.as_array()?;
    let mut listeners: Vec<Value> = descriptions.iter().filter_map(|it| it.get("Listener")).cloned().collect();
    for listener in &mut listeners {
        for name in ["Protocol", "InstanceProtocol"] {
            listener[name] = text(listener, &format!("/{name}")).to_lowercase().into();
        }
    }
    Some(listeners.into())
}
