//! Network interfaces that people made, with their addresses and attachments.

use driftline_api::{
    Argument, Arn, Calls, Cause, Child, Descriptor, Exclude, Form, Identity, Naming, Omit, Reads, Rule, Source,
    Terraform, When, Write,
};
use serde_json::{Value, json};

use super::{lifecycle, owner, tags};
use crate::reader::{take_items, text};
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "ec2/network_interface",
        about: "Network interfaces that no service owns: those of instances and those that somebody made.",
        reads: Reads::EachRegion,
        identity: Identity::Field("/NetworkInterfaceId"),
        arn: Arn::Pattern("arn:{partition}:ec2:{region}:{account}:network-interface/{id}"),
        label: Some("/tags/Name"),
        called: None,
        created: None,
        actions: &["ec2:DescribeNetworkInterfaces"],
        sources: &[Source { operation: "ec2:DescribeNetworkInterfaces", member: "/NetworkInterfaces/*", at: "" }],
        calls: &[Calls::list("ec2:DescribeNetworkInterfaces", 1000)],
        writes: &[
            Write::creates(&[
                "ec2:CreateNetworkInterface",
                "ec2:RunInstances",
                "ec2:RunScheduledInstances",
                "ec2:RequestSpotInstances",
                "ec2:RequestSpotFleet",
                "ec2:CreateFleet",
            ]),
            Write::removes(&["ec2:DeleteNetworkInterface", "ec2:TerminateInstances"]),
            Write::changes(
                &["/Attachment"],
                &["ec2:AttachNetworkInterface", "ec2:DetachNetworkInterface", "ec2:TerminateInstances"],
            ),
            Write::changes(
                &[
                    "/Attachment",
                    "/AssociatedSubnets",
                    "/ConnectionTrackingConfiguration",
                    "/Description",
                    "/Groups",
                    "/Ipv6Address",
                    "/Ipv6Addresses",
                    "/SourceDestCheck",
                ],
                &["ec2:ModifyNetworkInterfaceAttribute"],
            ),
            Write::changes(&["/Groups", "/SourceDestCheck"], &["ec2:ModifyInstanceAttribute"]),
            Write::changes(
                &["/SourceDestCheck"],
                &["ec2:ResetNetworkInterfaceAttribute", "ec2:ResetInstanceAttribute"],
            ),
            Write::changes(
                &["/PrivateIpAddresses", "/Ipv4Prefixes"],
                &[
                    "ec2:AssignPrivateIpAddresses",
                    "ec2:UnassignPrivateIpAddresses",
                    "ec2:AssignPrivateNatGatewayAddress",
                    "ec2:UnassignPrivateNatGatewayAddress",
                ],
            ),
            Write::changes(
                &["/Ipv6Address", "/Ipv6Addresses", "/Ipv6Prefixes"],
                &["ec2:AssignIpv6Addresses", "ec2:UnassignIpv6Addresses"],
            ),
            Write::changes(&["/PublicIpDnsNameOptions", "/Ipv6Addresses"], &["ec2:ModifyPublicIpDnsNameOptions"]),
            Write::changes(
                &["/PrivateDnsName", "/PrivateIpAddresses"],
                &["ec2:ModifyPrivateDnsNameOptions", "ec2:ModifyVpcAttribute", "ec2:AssociateDhcpOptions"],
            ),
            tags::WRITE,
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Id, Naming::Field("/Attachment/AttachmentId")],
        rules: &[
            Rule::Volatile { path: "/Status", why: "follows from `Attachment`" },
            Rule::Volatile { path: "/Attachment/Status", why: "tells how far attaching it has got" },
            Rule::Volatile { path: "/Association", why: ADDRESS },
            Rule::Volatile { path: "/PublicDnsName", why: ADDRESS },
            Rule::Volatile { path: "/PublicIpDnsNameOptions/PublicIpv4DnsName", why: ADDRESS },
            Rule::Set { path: "/PrivateIpAddresses", key: &["PrivateIpAddress"] },
            Rule::Volatile { path: "/PrivateIpAddresses/*/Association", why: ADDRESS },
            Rule::Set { path: "/Ipv6Addresses", key: &["Ipv6Address"] },
            Rule::Set { path: "/Ipv4Prefixes", key: &["Ipv4Prefix"] },
            Rule::Set { path: "/Ipv6Prefixes", key: &["Ipv6Prefix"] },
            Rule::Set { path: "/Groups", key: &["GroupId"] },
            Rule::Set { path: "/AssociatedSubnets", key: &[] },
            Rule::Redundant { path: "/Groups", when: PRIMARY, why: "is the instance's own `SecurityGroups`" },
            Rule::Redundant { path: "/SourceDestCheck", when: PRIMARY, why: "is the instance's own `SourceDestCheck`" },
            Rule::Tags { path: "/TagSet" },
            Rule::Reference { path: "/VpcId", kind: "ec2/vpc" },
            Rule::Reference { path: "/SubnetId", kind: "ec2/subnet" },
            Rule::Reference { path: "/Groups/*/GroupId", kind: "ec2/security_group" },
            Rule::Reference { path: "/Attachment/InstanceId", kind: "ec2/instance" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[
        Exclude { when: &[When::Is("/Attachment/DeviceIndex", "0")], why: PRIMARY_OF },
        Exclude {
            when: &[When::Is("/RequesterManaged", "true")],
            why: "belongs to a service, which makes and removes it",
        },
        Exclude {
            when: &[When::Is("/Operator/Managed", "true")],
            why: "belongs to a service, which makes and removes it",
        },
        // Amazon EKS's network plugin on an instance: it attaches interfaces as pods come, in the instance's own name.
        Exclude {
            when: &[When::Begins("/Description", "aws-K8S-")],
            why: "belongs to the network plugin of Kubernetes, which makes and removes it",
        },
    ],
    forms: &[Form {
        resource: "aws_network_interface",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "id"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("subnet_id", "/SubnetId"),
            Argument::value("description", "/Description"),
            Argument::unless("\"interface\"", "interface_type", "/InterfaceType"),
            Argument::value("private_ips", "/PrivateIpAddresses/*/PrivateIpAddress"),
            Argument::value("ipv4_prefixes", "/Ipv4Prefixes/*/Ipv4Prefix"),
            Argument::value("ipv6_addresses", "/Ipv6Addresses/*/Ipv6Address"),
            Argument::value("ipv6_prefixes", "/Ipv6Prefixes/*/Ipv6Prefix"),
            Argument::value("security_groups", "/Groups/*/GroupId"),
            Argument::unless("true", "source_dest_check", "/SourceDestCheck"),
            Argument::Tags,
        ],
    }],
    children: &[Child {
        resource: "aws_network_interface_attachment",
        each: "",
        when: &[When::Has("/Attachment/InstanceId")],
        import: "{/Attachment/AttachmentId}",
        key: "",
        arguments: &[
            Argument::value("instance_id", "/Attachment/InstanceId"),
            Argument::parent("network_interface_id", "id"),
            Argument::value("device_index", "/Attachment/DeviceIndex"),
        ],
    }],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/NetworkInterfaceId", "/OwnerId", "/RequesterId", "/MacAddress"]),
        Omit::quiet(
            "follows from the subnet",
            &[
                "/VpcId",
                "/AvailabilityZone",
                "/AvailabilityZoneId",
                "/OutpostArn",
                "/DenyAllIgwTraffic",
                "/Ipv6Native",
                "/PrivateDnsName",
                "/PrivateIpAddresses/*/PrivateDnsName",
                "/Ipv6Addresses/*/PublicIpv6DnsName",
            ],
        ),
        Omit::quiet(
            "repeats what stands beside it",
            &["/PrivateIpAddress", "/PrivateIpAddresses/*/Primary", "/Ipv6Address", "/Groups/*/GroupName"],
        ),
        Omit::quiet(
            "speaks of how it is attached, for which Terraform has no words",
            &[
                "/Attachment/AttachTime",
                "/Attachment/DeleteOnTermination",
                "/Attachment/InstanceOwnerId",
                "/Attachment/NetworkCardIndex",
            ],
        ),
        Omit::told(
            "the provider does not know it",
            &[
                "/AssociatedSubnets",
                "/Attachment/EnaQueueCount",
                "/Attachment/EnaSrdSpecification",
                "/ConnectionTrackingConfiguration",
                "/Ipv6Addresses/*/IsPrimaryIpv6",
                "/PublicIpDnsNameOptions",
            ],
        ),
    ],
};

/// Why an instance's first interface is no resource of its own.
pub(super) const PRIMARY_OF: &str = "is the first interface of an instance, which holds what is set on it";

const ADDRESS: &str = "is an elastic IP, which ec2/address tells, or one that AWS gives anew at each start";

/// An instance's first interface, which cannot be detached. Changing the instance's groups changes this one's.
///
/// Source: Amazon EC2 User Guide, "Elastic network interfaces", and API reference, ModifyInstanceAttribute.
const PRIMARY: &[(&str, &str)] = &[("/Attachment/DeviceIndex", "0"), ("/Attachment/NetworkCardIndex", "0")];

/// The types that `CreateNetworkInterface` makes; every other one is some service's.
const TYPES: &[&str] = &["", "interface", "efa", "efa-only", "trunk"];

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let managed = reader.include_aws_managed();
    let mut params = json!({"MaxResults": 1000});
    if managed {
        params["IncludeManagedResources"] = true.into();
    }
    let mut pages = reader.pages("ec2:DescribeNetworkInterfaces", params)?;
    while let Some(page) = pages.next().await? {
        for interface in take_items(page, "/NetworkInterfaces") {
            if !owner::is_ours(reader, &interface) || is_of_a_service(&interface) && !managed {
                continue;
            }
            let leaving = lifecycle::is_in(&interface, "/Attachment/Status", &["detaching", "detached"]);
            let mut draft = Draft::new(interface);
            if leaving {
                draft.remove("Attachment");
            }
            reader.emit(draft);
        }
    }
    Ok(())
}

/// The interfaces of load balancers, NAT gateways, endpoints, functions, databases… : they come and go with what
/// they belong to, and AWS refuses changes.
fn is_of_a_service(interface: &Value) -> bool {
    let requested = interface.pointer("/RequesterManaged").and_then(Value::as_bool).unwrap_or_default();
    requested
        || owner::is_operated(interface)
        || !TYPES.contains(&text(interface, "/InterfaceType"))
        || text(interface, "/Attachment/InstanceOwnerId").starts_with("amazon-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_services_interface_is_told_from_a_persons() {
        for (interface, expected) in [
            (json!({"InterfaceType": "interface", "RequesterManaged": false}), false),
            (json!({"Attachment": {"InstanceOwnerId": "123456789012", "InstanceId": "i-1"}}), false),
            (json!({"InterfaceType": "efa"}), false),
            (json!({"InterfaceType": "interface", "RequesterManaged": true}), true),
            (json!({"InterfaceType": "nat_gateway"}), true),
            (json!({"InterfaceType": "interface", "Attachment": {"InstanceOwnerId": "amazon-elb"}}), true),
            (json!({"Operator": {"Managed": true, "Principal": "eks.amazonaws.com"}}), true),
        ] {
            assert_eq!(is_of_a_service(&interface), expected, "{interface}");
        }
    }
}
