//! How a load balancer is written as Terraform.

use driftline_api::{Argument, Form, Omit, Terraform, When};
use serde_json::{Map, Value};

use crate::reader::text;

pub(super) static TERRAFORM: Terraform = Terraform {
    excludes: &[],
    forms: &[Form {
        resource: "aws_lb",
        when: &[],
        import: "{arn}",
        handles: &[("{arn}", "arn")],
        arguments: &[
            Argument::value("name", "/LoadBalancerName"),
            Argument::unless("\"application\"", "load_balancer_type", "/Type"),
            Argument::Computed { name: "internal", from: &["/Scheme"], value: internal },
            Argument::value("ip_address_type", "/IpAddressType"),
            Argument::Computed { name: "subnets", from: &["/AvailabilityZones/*/SubnetId"], value: subnets },
            Argument::Made {
                name: "subnet_mapping",
                from: &[
                    "/AvailabilityZones/*/SubnetId",
                    "/AvailabilityZones/*/LoadBalancerAddresses/*/AllocationId",
                    "/AvailabilityZones/*/LoadBalancerAddresses/*/PrivateIPv4Address",
                    "/AvailabilityZones/*/LoadBalancerAddresses/*/IPv6Address",
                ],
                make: mappings,
                arguments: &[
                    Argument::value("subnet_id", "./SubnetId"),
                    Argument::value("allocation_id", "./LoadBalancerAddresses/0/AllocationId"),
                    Argument::value("private_ipv4_address", "./LoadBalancerAddresses/0/PrivateIPv4Address"),
                    Argument::value("ipv6_address", "./LoadBalancerAddresses/0/IPv6Address"),
                ],
            },
            Argument::value("security_groups", "/SecurityGroups/*"),
            Argument::value(
                "enforce_security_group_inbound_rules_on_private_link_traffic",
                "/EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
            ),
            Argument::value("customer_owned_ipv4_pool", "/CustomerOwnedIpv4Pool"),
            Argument::spelled("60", "idle_timeout", "/Attributes/Key=idle_timeout.timeout_seconds/Value"),
            Argument::spelled("3600", "client_keep_alive", "/Attributes/Key=client_keep_alive.seconds/Value"),
            Argument::spelled(
                "false",
                "enable_deletion_protection",
                "/Attributes/Key=deletion_protection.enabled/Value",
            ),
            Argument::Computed {
                name: "enable_cross_zone_load_balancing",
                from: &["/Attributes/Key=load_balancing.cross_zone.enabled/Value"],
                value: cross_zone,
            },
            Argument::spelled("false", "enable_zonal_shift", "/Attributes/Key=zonal_shift.config.enabled/Value"),
            Argument::spelled(
                "any_availability_zone",
                "dns_record_client_routing_policy",
                "/Attributes/Key=dns_record.client_routing_policy/Value",
            ),
            Argument::spelled("true", "enable_http2", "/Attributes/Key=routing.http2.enabled/Value"),
            Argument::spelled(
                "defensive",
                "desync_mitigation_mode",
                "/Attributes/Key=routing.http.desync_mitigation_mode/Value",
            ),
            Argument::spelled(
                "false",
                "drop_invalid_header_fields",
                "/Attributes/Key=routing.http.drop_invalid_header_fields.enabled/Value",
            ),
            Argument::spelled(
                "false",
                "preserve_host_header",
                "/Attributes/Key=routing.http.preserve_host_header.enabled/Value",
            ),
            Argument::spelled(
                "false",
                "enable_tls_version_and_cipher_suite_headers",
                "/Attributes/Key=routing.http.x_amzn_tls_version_and_cipher_suite.enabled/Value",
            ),
            Argument::spelled(
                "false",
                "enable_xff_client_port",
                "/Attributes/Key=routing.http.xff_client_port.enabled/Value",
            ),
            Argument::spelled(
                "append",
                "xff_header_processing_mode",
                "/Attributes/Key=routing.http.xff_header_processing.mode/Value",
            ),
            Argument::spelled("false", "enable_waf_fail_open", "/Attributes/Key=waf.fail_open.enabled/Value"),
            Argument::Made {
                name: "access_logs",
                from: &[
                    "/Attributes/Key=access_logs.s3.enabled/Value",
                    "/Attributes/Key=access_logs.s3.bucket/Value",
                    "/Attributes/Key=access_logs.s3.prefix/Value",
                ],
                make: access_logs,
                arguments: LOGS,
            },
            Argument::Made {
                name: "connection_logs",
                from: &[
                    "/Attributes/Key=connection_logs.s3.enabled/Value",
                    "/Attributes/Key=connection_logs.s3.bucket/Value",
                    "/Attributes/Key=connection_logs.s3.prefix/Value",
                ],
                make: connection_logs,
                arguments: LOGS,
            },
            Argument::Blocks {
                name: "ipam_pools",
                path: "/IpamPools",
                arguments: &[Argument::value("ipv4_ipam_pool_id", "./Ipv4IpamPoolId")],
            },
            Argument::Blocks {
                name: "minimum_load_balancer_capacity",
                path: "/MinimumLoadBalancerCapacity",
                arguments: &[Argument::value("capacity_units", "./CapacityUnits")],
            },
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet(
            "is what AWS calls it",
            &["/LoadBalancerArn", "/DNSName", "/CanonicalHostedZoneId", "/CreatedTime"],
        ),
        Omit::quiet(
            "follows from the subnets",
            &[
                "/VpcId",
                "/AvailabilityZones/*/ZoneName",
                "/AvailabilityZones/*/OutpostId",
                "/AvailabilityZones/*/LoadBalancerAddresses/*/IpAddress",
            ],
        ),
        Omit::told(
            UNKNOWN,
            &["/AvailabilityZones/*/SourceNatIpv6Prefixes", "/Attributes/Key=health_check_logs.s3.bucket/Value"],
        ),
        Omit::quiet(
            "belongs to the logs of health checks, which are told by their bucket",
            &[
                "/Attributes/Key=health_check_logs.s3.enabled/Value",
                "/Attributes/Key=health_check_logs.s3.prefix/Value",
            ],
        ),
        Omit::told(UNKNOWN, &["/EnablePrefixForIpv6SourceNat"])
            .when(&[When::Is("/EnablePrefixForIpv6SourceNat", "\"on\"")]),
        Omit::told(UNKNOWN, &["/Attributes/Key=secondary_ips.auto_assigned.per_subnet/Value"])
            .when(&[When::IsNot("/Attributes/Key=secondary_ips.auto_assigned.per_subnet/Value", "\"0\"")]),
        // AWS says true of internal ones, and false of others, unless somebody sets it.
        Omit::told(UNKNOWN, &["/Attributes/Key=ipv6.deny_all_igw_traffic/Value"]).when(&[
            When::Is("/Scheme", "\"internet-facing\""),
            When::Is("/Attributes/Key=ipv6.deny_all_igw_traffic/Value", "\"true\""),
        ]),
    ],
};

const UNKNOWN: &str = "the provider does not know it";

const LOGS: &[Argument] = &[
    Argument::value("enabled", "./enabled"),
    Argument::value("bucket", "./bucket"),
    Argument::value("prefix", "./prefix"),
];

fn internal(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    (attributes.get("Scheme")? == "internal").then_some(Value::Bool(true))
}

/// With addresses of their own, subnets are written with these.
fn subnets(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let zones = zones(attributes);
    let ids = || zones.iter().map(|zone| text(zone, "/SubnetId")).filter(|id| !id.is_empty()).collect();
    (!zones.iter().any(has_address)).then(ids)
}

fn mappings(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let zones = zones(attributes);
    zones.iter().any(has_address).then(|| zones.to_vec().into())
}

fn zones(attributes: &Map<String, Value>) -> &[Value] {
    attributes.get("AvailabilityZones").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn has_address(zone: &Value) -> bool {
    let address = |name| !text(zone, &format!("/LoadBalancerAddresses/0/{name}")).is_empty();
    ["AllocationId", "PrivateIPv4Address", "IPv6Address"].into_iter().any(address)
}

/// Application load balancers always balance across zones: the provider does not let anybody say so.
fn cross_zone(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let is_set =
        attributes.get("Type")? != "application" && own(attributes, "load_balancing.cross_zone.enabled") == "true";
    is_set.then_some(Value::Bool(true))
}

fn access_logs(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    logs(attributes, "access_logs")
}

fn connection_logs(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    logs(attributes, "connection_logs")
}

/// What is not logged has no block: its bucket would be asked for.
fn logs(attributes: &Map<String, Value>, name: &str) -> Option<Value> {
    let value = |member| own(attributes, &format!("{name}.s3.{member}"));
    let block = || serde_json::json!([{ "enabled": true, "bucket": value("bucket"), "prefix": value("prefix") }]);
    (value("enabled") == "true").then(block)
}

fn own<'a>(attributes: &'a Map<String, Value>, key: &str) -> &'a str {
    let list = attributes.get("Attributes").and_then(Value::as_array);
    let found = list.into_iter().flatten().find(|attribute| text(attribute, "/Key") == key);
    found.map(|attribute| text(attribute, "/Value")).unwrap_or_default()
}
