//! How an instance is written as Terraform: with its root volume and its first interface, which came with it. Other
//! volumes and interfaces stand for themselves.
//!
//! Most arguments keep what is there when they are left out. So what people change on a running instance is always
//! written: left out, it would never be put back.

use driftline_api::{Argument, Child, Exclude, Form, Omit, Part, Terraform, When};
use serde_json::{Map, Value, json};

use super::super::{network_interface, volume};

pub(super) static TERRAFORM: Terraform = Terraform {
    excludes: &[
        Exclude {
            when: &[When::Has("/AutoScalingGroupName")],
            why: "belongs to an Auto Scaling group, which makes and replaces it",
        },
        Exclude { when: &[When::Has("/FleetId")], why: "belongs to a fleet, which makes and replaces it" },
        Exclude {
            when: &[When::Is("/Operator/Managed", "true")],
            why: "belongs to a service, which makes and replaces it",
        },
    ],
    forms: &[Form {
        resource: "aws_instance",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "id"), ("{arn}", "arn")],
        arguments: &[
            Argument::value("ami", "/ImageId"),
            Argument::value("instance_type", "/InstanceType"),
            Argument::value("subnet_id", "/SubnetId"),
            Argument::value("private_ip", "/PrivateIpAddress"),
            FIRST_INTERFACE,
            Argument::value("vpc_security_group_ids", "/SecurityGroups/*/GroupId"),
            Argument::unless("true", "source_dest_check", "/SourceDestCheck"),
            Argument::value("key_name", "/KeyName"),
            Argument::Computed { name: "iam_instance_profile", from: &["/IamInstanceProfile/Arn"], value: profile },
            USER_DATA,
            Argument::Computed { name: "monitoring", from: &["/Monitoring/State"], value: monitoring },
            Argument::value("disable_api_stop", "/DisableApiStop/Value"),
            Argument::value("disable_api_termination", "/DisableApiTermination/Value"),
            Argument::value("instance_initiated_shutdown_behavior", "/InstanceInitiatedShutdownBehavior/Value"),
            Argument::unless("false", "ebs_optimized", "/EbsOptimized"),
            Argument::unless("false", "hibernation", "/HibernationOptions/Configured"),
            Argument::unless("\"default\"", "tenancy", "/Placement/Tenancy"),
            Argument::value("host_id", "/Placement/HostId"),
            Argument::value("host_resource_group_arn", "/Placement/HostResourceGroupArn"),
            Argument::value("placement_group", "/Placement/GroupName"),
            Argument::value("placement_partition_number", "/Placement/PartitionNumber"),
            Argument::Tags,
            Argument::Blocks {
                name: "launch_template",
                path: "/LaunchTemplate",
                arguments: &[
                    Argument::Reference { name: "id", kind: "ec2/launch_template", pattern: "{./LaunchTemplateId}" },
                    Argument::value("version", "./Version"),
                ],
            },
            Argument::Made {
                name: "instance_market_options",
                from: &["/InstanceLifecycle"],
                make: market,
                arguments: &[Argument::value("market_type", "./MarketType")],
            },
            ROOT_VOLUME,
            Argument::Made {
                name: "credit_specification",
                from: &["/CpuCredits"],
                make: credits,
                arguments: &[Argument::value("cpu_credits", "./CpuCredits")],
            },
            Argument::Blocks {
                name: "metadata_options",
                path: "/MetadataOptions",
                arguments: &[
                    Argument::unless("\"enabled\"", "http_endpoint", "./HttpEndpoint"),
                    Argument::value("http_tokens", "./HttpTokens"),
                    Argument::value("http_put_response_hop_limit", "./HttpPutResponseHopLimit"),
                    Argument::unless("\"disabled\"", "http_protocol_ipv6", "./HttpProtocolIpv6"),
                    Argument::unless("\"disabled\"", "instance_metadata_tags", "./InstanceMetadataTags"),
                ],
            },
            Argument::Made {
                name: "cpu_options",
                from: &["/CpuOptions/AmdSevSnp"],
                make: confidential,
                arguments: &[Argument::value("amd_sev_snp", "./AmdSevSnp")],
            },
            Argument::Made {
                name: "enclave_options",
                from: &["/EnclaveOptions/Enabled"],
                make: enclaves,
                arguments: &[Argument::value("enabled", "./Enabled")],
            },
            Argument::Made {
                name: "maintenance_options",
                from: &["/MaintenanceOptions/AutoRecovery"],
                make: recovery,
                arguments: &[Argument::value("auto_recovery", "./AutoRecovery")],
            },
            Argument::Made {
                name: "private_dns_name_options",
                from: &["/PrivateDnsNameOptions"],
                make: private_names,
                arguments: &[
                    Argument::value("hostname_type", "./HostnameType"),
                    Argument::value("enable_resource_name_dns_a_record", "./EnableResourceNameDnsARecord"),
                    Argument::value("enable_resource_name_dns_aaaa_record", "./EnableResourceNameDnsAAAARecord"),
                ],
            },
            Argument::Made {
                name: "capacity_reservation_specification",
                from: &[
                    "/CapacityReservationSpecification/CapacityReservationPreference",
                    "/CapacityReservationSpecification/CapacityReservationTarget",
                ],
                make: reservation,
                arguments: &[
                    Argument::value("capacity_reservation_preference", "./CapacityReservationPreference"),
                    Argument::Blocks {
                        name: "capacity_reservation_target",
                        path: "./CapacityReservationTarget",
                        arguments: &[
                            Argument::value("capacity_reservation_id", "./CapacityReservationId"),
                            Argument::value(
                                "capacity_reservation_resource_group_arn",
                                "./CapacityReservationResourceGroupArn",
                            ),
                        ],
                    },
                ],
            },
        ],
    }],
    // Terraform starts what it makes, so only one that is stopped has to be said.
    children: &[Child {
        resource: "aws_ec2_instance_state",
        each: "",
        when: &[When::Is("/State/Name", "\"stopped\"")],
        import: "{id}",
        key: "",
        arguments: &[Argument::parent("instance_id", "id"), Argument::value("state", "/State/Name")],
    }],
    omits: &[
        Omit::quiet(
            "is what AWS calls it",
            &[
                "/InstanceId",
                "/AmiLaunchIndex",
                "/ClientToken",
                "/SpotInstanceRequestId",
                "/CapacityBlockId",
                "/IamInstanceProfile/Id",
            ],
        ),
        Omit::quiet(
            "follows from the image or the type",
            &[
                "/Architecture",
                "/BootMode",
                "/CurrentInstanceBootMode",
                "/EnaSupport",
                "/Hypervisor",
                "/KernelId",
                "/Platform",
                "/PlatformDetails",
                "/ProductCodes",
                "/RamdiskId",
                "/RootDeviceType",
                "/SriovNetSupport",
                "/TpmSupport",
                "/UsageOperation",
                "/UsageOperationUpdateTime",
                "/VirtualizationType",
            ],
        ),
        // Of every type AWS tells how many it has, and of none how many it has by itself.
        Omit::quiet("follows from the type, as far as anybody can tell", &["/CpuOptions"]),
        Omit::quiet(
            "follows from the subnet or the first interface",
            &[
                "/VpcId",
                "/OutpostArn",
                "/PrivateDnsName",
                "/Ipv6Address",
                "/Placement/AvailabilityZone",
                "/Placement/AvailabilityZoneId",
            ],
        ),
        Omit::quiet("repeats what the group is called", &["/SecurityGroups/*/GroupName", "/Placement/GroupId"]),
        Omit::quiet("the provider does not know it", &["/MaintenanceOptions", "/NetworkPerformanceOptions"]),
        Omit::told(
            "the provider does not know it",
            &[
                "/Licenses",
                "/Placement/Affinity",
                "/Placement/SpreadDomain",
                "/ElasticGpuAssociations",
                "/ElasticInferenceAcceleratorAssociations",
                "/SecondaryInterfaces",
            ],
        ),
    ],
};

/// A snapshot holds its seal alone, and Terraform the digest of what is there, which it takes for a change where nobody
/// says anything, and fills in the other argument together with it.
const USER_DATA: Argument = Argument::Where {
    when: &[When::Has("/UserData/Value")],
    arguments: &[Argument::Initial {
        arguments: &[
            Argument::value("user_data", "/UserData/Value"),
            Argument::Constant { name: "user_data_replace_on_change", value: "false" },
        ],
    }],
};

/// What is set on an instance's first interface, which cannot be had without the instance.
const FIRST_INTERFACE: Argument = Argument::Parts {
    name: "",
    part: Part {
        kind: "ec2/network_interface",
        of: "/Attachment/InstanceId",
        is_part: is_first,
        why: network_interface::PRIMARY_OF,
    },
    arguments: &[
        Argument::Computed {
            name: "secondary_private_ips",
            from: &["/PrivateIpAddresses/*/PrivateIpAddress", "/PrivateIpAddresses/*/Primary"],
            value: secondary,
        },
        Argument::Computed { name: "ipv6_addresses", from: &["/Ipv6Addresses/*/Ipv6Address"], value: ipv6 },
        Argument::Computed { name: "ipv6_address_count", from: &["/Ipv6Addresses/*/Ipv6Address"], value: ipv6_count },
    ],
};

fn is_first(_: &Map<String, Value>, interface: &Map<String, Value>) -> bool {
    interface.get("Attachment").is_some_and(|attachment| attachment["DeviceIndex"] == 0)
}

fn secondary(interface: &Map<String, Value>, _: &Value) -> Option<Value> {
    let addresses = interface.get("PrivateIpAddresses")?.as_array()?.iter();
    Some(addresses.filter(|it| it["Primary"] != true).map(|it| it["PrivateIpAddress"].clone()).collect())
}

/// Terraform compares the order of several, which snapshots do not hold; then the number must do.
fn ipv6(interface: &Map<String, Value>, _: &Value) -> Option<Value> {
    match interface.get("Ipv6Addresses")?.as_array()?.as_slice() {
        [one] => Some(json!([one["Ipv6Address"]])),
        _ => None,
    }
}

fn ipv6_count(interface: &Map<String, Value>, _: &Value) -> Option<Value> {
    let count = interface.get("Ipv6Addresses")?.as_array()?.len();
    (count > 1).then(|| count.into())
}

/// The volume that an instance starts from. Others are attached, since Terraform would make the instance anew for every
/// change of one that stands in it.
const ROOT_VOLUME: Argument = Argument::Parts {
    name: "root_block_device",
    part: Part {
        kind: "ec2/volume",
        of: "/Attachments/*/InstanceId",
        is_part: is_root,
        why: "is the root volume of an instance, which holds what is set on it",
    },
    arguments: &[
        Argument::Computed {
            name: "delete_on_termination",
            from: &["./DeleteOnTermination", "./RootDeviceName"],
            value: stays,
        },
        Argument::value("volume_type", "/VolumeType"),
        Argument::value("volume_size", "/Size"),
        Argument::Computed { name: "iops", from: volume::IOPS, value: volume::iops },
        Argument::Computed { name: "throughput", from: volume::THROUGHPUT, value: volume::throughput },
        Argument::unless("false", "encrypted", "/Encrypted"),
        Argument::value("kms_key_id", "/KmsKeyId"),
        Argument::Tags,
    ],
};

fn is_root(instance: &Map<String, Value>, volume: &Map<String, Value>) -> bool {
    let devices = volume.get("Attachments").and_then(Value::as_array).into_iter().flatten();
    devices
        .filter(|it| it.get("InstanceId") == instance.get("InstanceId"))
        .any(|it| it.get("Device").is_some_and(|device| Some(device) == instance.get("RootDeviceName")))
}

/// `false` where it outlives the instance.
fn stays(_: &Map<String, Value>, instance: &Value) -> Option<Value> {
    let goes = instance.get("DeleteOnTermination")?.as_array()?.contains(instance.get("RootDeviceName")?);
    (!goes).then_some(Value::Bool(false))
}

/// The name at the end of the ARN.
fn profile(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    attributes.get("IamInstanceProfile")?.get("Arn")?.as_str()?.rsplit('/').next().map(Value::from)
}

fn monitoring(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    Some((attributes.get("Monitoring")?.get("State")? == "enabled").into())
}

fn market(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let kind = attributes.get("InstanceLifecycle").filter(|kind| *kind == "spot" || *kind == "capacity-block")?;
    Some(json!([{ "MarketType": kind }]))
}

/// Instances that are not burstable have none.
fn credits(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    Some(json!([{ "CpuCredits": attributes.get("CpuCredits")? }]))
}

/// An object of the attributes as a block, unless each of these members is what AWS gives where nobody asks.
fn unless(attributes: &Map<String, Value>, name: &str, defaults: &[(&str, Value)]) -> Option<Value> {
    let options = attributes.get(name)?;
    let is_default = |(member, default): &(&str, Value)| options.get(member).is_none_or(|value| value == default);
    (!defaults.iter().all(is_default)).then(|| json!([options]))
}

fn confidential(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    unless(attributes, "CpuOptions", &[("AmdSevSnp", "disabled".into())])
}

fn enclaves(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    unless(attributes, "EnclaveOptions", &[("Enabled", false.into())])
}

fn recovery(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    unless(attributes, "MaintenanceOptions", &[("AutoRecovery", "default".into())])
}

fn private_names(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let none = [
        ("HostnameType", "ip-name".into()),
        ("EnableResourceNameDnsARecord", false.into()),
        ("EnableResourceNameDnsAAAARecord", false.into()),
    ];
    unless(attributes, "PrivateDnsNameOptions", &none)
}

/// A target, or a preference: the provider takes one of them.
fn reservation(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let specification = attributes.get("CapacityReservationSpecification")?;
    match specification.get("CapacityReservationTarget") {
        Some(target) => Some(json!([{ "CapacityReservationTarget": target }])),
        None => {
            unless(attributes, "CapacityReservationSpecification", &[("CapacityReservationPreference", "open".into())])
        }
    }
}
