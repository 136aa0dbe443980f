//! How a VPC endpoint is written as Terraform.

use driftline_api::{Argument, Compute, Exclude, Form, Omit, Terraform, When};
use serde_json::{Map, Value, json};

pub(super) static TERRAFORM: Terraform = Terraform {
    excludes: &[
        Exclude { when: &[When::Is("/RequesterManaged", "true")], why: "is kept by a service for itself" },
        Exclude { when: &[When::Is("/State", "\"rejected\"")], why: "is rejected, and can only be deleted" },
    ],
    forms: &[Form {
        resource: "aws_vpc_endpoint",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "id"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("vpc_id", "/VpcId"),
            Argument::unless("\"Gateway\"", "vpc_endpoint_type", "/VpcEndpointType"),
            Argument::value("service_name", "/ServiceName"),
            Argument::unless("\"{region}\"", "service_region", "/ServiceRegion"),
            Argument::value("resource_configuration_arn", "/ResourceConfigurationArn"),
            Argument::value("service_network_arn", "/ServiceNetworkArn"),
            Argument::value("route_table_ids", "/RouteTableIds/*"),
            Argument::value("subnet_ids", "/SubnetIds/*"),
            Argument::value("security_group_ids", "/Groups/*/GroupId"),
            beside_gateways("private_dns_enabled", &["/PrivateDnsEnabled"], private_dns),
            beside_gateways("ip_address_type", &["/IpAddressType"], address_type),
            Argument::Made {
                name: "dns_options",
                from: &["/DnsOptions/DnsRecordIpType", "/DnsOptions/PrivateDnsOnlyForInboundResolverEndpoint"],
                make: dns_options,
                arguments: &[
                    Argument::value("dns_record_ip_type", "./DnsRecordIpType"),
                    Argument::value(
                        "private_dns_only_for_inbound_resolver_endpoint",
                        "./PrivateDnsOnlyForInboundResolverEndpoint",
                    ),
                ],
            },
            Argument::document("policy", "/PolicyDocument"),
            Argument::Tags,
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/VpcEndpointId", "/OwnerId", "/CreationTimestamp"]),
        Omit::quiet("is decided by whoever offers the service", &["/State"]),
        Omit::quiet("AWS makes them with the endpoint", &["/NetworkInterfaceIds", "/DnsEntries"]),
        Omit::told(
            "the provider does not know it",
            &[
                "/DnsOptions/PrivateDnsPreference",
                "/DnsOptions/PrivateDnsSpecifiedDomains",
                "/Ipv4Prefixes",
                "/Ipv6Prefixes",
                "/PayerResponsibilities",
            ],
        ),
        Omit::quiet("follows from the security group", &["/Groups/*/GroupName"]),
    ],
};

/// Gateway endpoints have fixed values, and nobody can set them.
const fn beside_gateways(name: &'static str, from: &'static [&'static str], value: Compute) -> Argument {
    Argument::Computed { name, from, value }
}

fn private_dns(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    settable(attributes, "PrivateDnsEnabled")
}

fn address_type(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    settable(attributes, "IpAddressType")
}

fn dns_options(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let options = settable(attributes, "DnsOptions")?;
    let is_set = options.get("DnsRecordIpType").is_some_and(|sort| *sort != "service-defined");
    is_set.then(|| json!([options]))
}

fn settable(attributes: &Map<String, Value>, name: &str) -> Option<Value> {
    attributes.get(name).filter(|_| attributes.get("VpcEndpointType").is_some_and(|sort| *sort != "Gateway")).cloned()
}
