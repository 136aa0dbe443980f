//! How a launch template is written as Terraform: with what its latest version says.

use driftline_api::{Argument, Exclude, Form, Omit, Terraform, When};
use serde_json::{Map, Value, json};

use super::super::instance::is_burstable;

/// The path of something that the latest version says.
macro_rules! data {
    ($path:literal) => {
        concat!("/LatestVersion/LaunchTemplateData", $path)
    };
}

pub(super) static TERRAFORM: Terraform = Terraform {
    excludes: &[Exclude {
        when: &[When::Is("/Operator/Managed", "true")],
        why: "belongs to a service, which makes and changes it",
    }],
    forms: &[Form {
        resource: "aws_launch_template",
        when: &[],
        import: "{id}",
        handles: &[("{id}", "id"), ("{arn}", "arn"), ("{/LaunchTemplateName}", "name")],
        arguments: &[
            Argument::value("name", "/LaunchTemplateName"),
            Argument::value("description", "/LatestVersion/VersionDescription"),
            Argument::Computed {
                name: "default_version",
                from: &["/DefaultVersionNumber", "/LatestVersionNumber"],
                value: default_version,
            },
            Argument::value("image_id", data!("/ImageId")),
            Argument::value("instance_type", data!("/InstanceType")),
            Argument::value("key_name", data!("/KeyName")),
            Argument::value("vpc_security_group_ids", data!("/SecurityGroupIds/*")),
            Argument::value("security_group_names", data!("/SecurityGroups/*")),
            // A snapshot holds its seal alone.
            Argument::Initial { arguments: &[Argument::value("user_data", data!("/UserData"))] },
            Argument::value("ebs_optimized", data!("/EbsOptimized")),
            Argument::value("disable_api_stop", data!("/DisableApiStop")),
            Argument::value("disable_api_termination", data!("/DisableApiTermination")),
            Argument::value("instance_initiated_shutdown_behavior", data!("/InstanceInitiatedShutdownBehavior")),
            Argument::value("kernel_id", data!("/KernelId")),
            Argument::value("ram_disk_id", data!("/RamDiskId")),
            Argument::Tags,
            Argument::Blocks {
                name: "iam_instance_profile",
                path: data!("/IamInstanceProfile"),
                arguments: &[
                    Argument::value("arn", "./Arn"),
                    Argument::Reference { name: "name", kind: "iam/instance_profile", pattern: "{./Name}" },
                ],
            },
            Argument::Blocks {
                name: "block_device_mappings",
                path: data!("/BlockDeviceMappings/*"),
                arguments: &[
                    Argument::value("device_name", "./DeviceName"),
                    Argument::value("virtual_name", "./VirtualName"),
                    Argument::Always { name: "no_device", path: "./NoDevice" },
                    Argument::Blocks {
                        name: "ebs",
                        path: "./Ebs",
                        arguments: &[
                            Argument::value("volume_type", "./VolumeType"),
                            Argument::value("volume_size", "./VolumeSize"),
                            Argument::value("iops", "./Iops"),
                            Argument::value("throughput", "./Throughput"),
                            Argument::value("snapshot_id", "./SnapshotId"),
                            Argument::value("encrypted", "./Encrypted"),
                            Argument::value("kms_key_id", "./KmsKeyId"),
                            Argument::value("volume_initialization_rate", "./VolumeInitializationRate"),
                            Argument::value("delete_on_termination", "./DeleteOnTermination"),
                        ],
                    },
                ],
            },
            INTERFACES,
            Argument::Blocks {
                name: "metadata_options",
                path: data!("/MetadataOptions"),
                arguments: &[
                    Argument::value("http_endpoint", "./HttpEndpoint"),
                    Argument::value("http_tokens", "./HttpTokens"),
                    Argument::value("http_put_response_hop_limit", "./HttpPutResponseHopLimit"),
                    Argument::value("http_protocol_ipv6", "./HttpProtocolIpv6"),
                    Argument::value("instance_metadata_tags", "./InstanceMetadataTags"),
                ],
            },
            Argument::Made {
                name: "credit_specification",
                from: &[data!("/CreditSpecification/CpuCredits"), data!("/InstanceType")],
                make: credits,
                arguments: &[Argument::value("cpu_credits", "./CpuCredits")],
            },
            Argument::Blocks {
                name: "monitoring",
                path: data!("/Monitoring"),
                arguments: &[Argument::value("enabled", "./Enabled")],
            },
            Argument::Blocks {
                name: "placement",
                path: data!("/Placement"),
                arguments: &[
                    Argument::value("availability_zone", "./AvailabilityZone"),
                    Argument::value("tenancy", "./Tenancy"),
                    Argument::value("affinity", "./Affinity"),
                    Argument::value("group_name", "./GroupName"),
                    Argument::value("partition_number", "./PartitionNumber"),
                    Argument::value("host_id", "./HostId"),
                    Argument::value("host_resource_group_arn", "./HostResourceGroupArn"),
                    Argument::value("spread_domain", "./SpreadDomain"),
                ],
            },
            Argument::Blocks {
                name: "instance_market_options",
                path: data!("/InstanceMarketOptions"),
                arguments: &[
                    Argument::value("market_type", "./MarketType"),
                    Argument::Blocks {
                        name: "spot_options",
                        path: "./SpotOptions",
                        arguments: &[
                            Argument::value("spot_instance_type", "./SpotInstanceType"),
                            Argument::value("max_price", "./MaxPrice"),
                            Argument::value("instance_interruption_behavior", "./InstanceInterruptionBehavior"),
                            Argument::value("block_duration_minutes", "./BlockDurationMinutes"),
                            Argument::value("valid_until", "./ValidUntil"),
                        ],
                    },
                ],
            },
            Argument::Blocks {
                name: "cpu_options",
                path: data!("/CpuOptions"),
                arguments: &[
                    Argument::value("core_count", "./CoreCount"),
                    Argument::value("threads_per_core", "./ThreadsPerCore"),
                    Argument::value("amd_sev_snp", "./AmdSevSnp"),
                ],
            },
            Argument::Blocks {
                name: "capacity_reservation_specification",
                path: data!("/CapacityReservationSpecification"),
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
            Argument::Blocks {
                name: "enclave_options",
                path: data!("/EnclaveOptions"),
                arguments: &[Argument::value("enabled", "./Enabled")],
            },
            Argument::Blocks {
                name: "hibernation_options",
                path: data!("/HibernationOptions"),
                arguments: &[Argument::value("configured", "./Configured")],
            },
            Argument::Blocks {
                name: "maintenance_options",
                path: data!("/MaintenanceOptions"),
                arguments: &[Argument::value("auto_recovery", "./AutoRecovery")],
            },
            Argument::Blocks {
                name: "private_dns_name_options",
                path: data!("/PrivateDnsNameOptions"),
                arguments: &[
                    Argument::value("hostname_type", "./HostnameType"),
                    Argument::value("enable_resource_name_dns_a_record", "./EnableResourceNameDnsARecord"),
                    Argument::value("enable_resource_name_dns_aaaa_record", "./EnableResourceNameDnsAAAARecord"),
                ],
            },
            Argument::Blocks {
                name: "license_specification",
                path: data!("/LicenseSpecifications/*"),
                arguments: &[Argument::value("license_configuration_arn", "./LicenseConfigurationArn")],
            },
            Argument::Blocks {
                name: "elastic_gpu_specifications",
                path: data!("/ElasticGpuSpecifications/*"),
                arguments: &[Argument::value("type", "./Type")],
            },
            Argument::Blocks {
                name: "elastic_inference_accelerator",
                path: data!("/ElasticInferenceAccelerators/*"),
                arguments: &[Argument::value("type", "./Type")],
            },
            REQUIREMENTS,
            Argument::Blocks {
                name: "tag_specifications",
                path: data!("/TagSpecifications/*"),
                arguments: &[
                    Argument::value("resource_type", "./ResourceType"),
                    Argument::Computed { name: "tags", from: &["./Tags/*/Key", "./Tags/*/Value"], value: tags },
                ],
            },
        ],
    }],
    children: &[],
    omits: &[
        Omit::quiet("is what AWS calls it", &["/LaunchTemplateId", "/CreateTime", "/CreatedBy"]),
        Omit::quiet(
            "repeats what the template says",
            &[
                "/LatestVersion/LaunchTemplateId",
                "/LatestVersion/LaunchTemplateName",
                "/LatestVersion/VersionNumber",
                "/LatestVersion/CreateTime",
                "/LatestVersion/CreatedBy",
            ],
        ),
        Omit::told(
            "is not the latest version: Terraform can name it, but would not make it anew",
            &["/DefaultVersion"],
        )
        .when(&[When::Differs("/DefaultVersionNumber", "/LatestVersionNumber")]),
        Omit::quiet(
            "follows from the zone or the group",
            &[data!("/Placement/AvailabilityZoneId"), data!("/Placement/GroupId")],
        ),
        Omit::quiet("is the service's that the template belongs to", &[data!("/Operator"), "/LatestVersion/Operator"]),
        Omit::quiet(
            "is the first of the addresses",
            &[
                data!("/NetworkInterfaces/*/Ipv6Addresses/*/IsPrimaryIpv6"),
                data!("/NetworkInterfaces/*/PrivateIpAddresses/*/Primary"),
            ],
        ),
        Omit::told(
            "the provider does not know it",
            &[
                data!("/BlockDeviceMappings/*/Ebs/EbsCardIndex"),
                data!("/CpuOptions/NestedVirtualization"),
                data!("/ElasticInferenceAccelerators/*/Count"),
                data!("/InstanceRequirements/BaselinePerformanceFactors"),
                data!("/InstanceRequirements/RequireEncryptionInTransit"),
                data!("/NetworkInterfaces/*/EnaQueueCount"),
                data!("/NetworkPerformanceOptions"),
                data!("/SecondaryInterfaces"),
            ],
        ),
    ],
};

const INTERFACES: Argument = Argument::Blocks {
    name: "network_interfaces",
    path: data!("/NetworkInterfaces/*"),
    arguments: &[
        Argument::value("device_index", "./DeviceIndex"),
        Argument::value("network_card_index", "./NetworkCardIndex"),
        Argument::value("network_interface_id", "./NetworkInterfaceId"),
        Argument::value("interface_type", "./InterfaceType"),
        Argument::value("description", "./Description"),
        Argument::value("subnet_id", "./SubnetId"),
        Argument::value("security_groups", "./Groups/*"),
        Argument::value("associate_public_ip_address", "./AssociatePublicIpAddress"),
        Argument::value("associate_carrier_ip_address", "./AssociateCarrierIpAddress"),
        Argument::value("delete_on_termination", "./DeleteOnTermination"),
        Argument::value("private_ip_address", "./PrivateIpAddress"),
        Argument::value("ipv4_addresses", "./PrivateIpAddresses/*/PrivateIpAddress"),
        Argument::value("ipv4_address_count", "./SecondaryPrivateIpAddressCount"),
        Argument::value("ipv4_prefixes", "./Ipv4Prefixes/*/Ipv4Prefix"),
        Argument::value("ipv4_prefix_count", "./Ipv4PrefixCount"),
        Argument::value("ipv6_addresses", "./Ipv6Addresses/*/Ipv6Address"),
        Argument::value("ipv6_address_count", "./Ipv6AddressCount"),
        Argument::value("ipv6_prefixes", "./Ipv6Prefixes/*/Ipv6Prefix"),
        Argument::value("ipv6_prefix_count", "./Ipv6PrefixCount"),
        Argument::value("primary_ipv6", "./PrimaryIpv6"),
        Argument::Blocks {
            name: "connection_tracking_specification",
            path: "./ConnectionTrackingSpecification",
            arguments: &[
                Argument::value("tcp_established_timeout", "./TcpEstablishedTimeout"),
                Argument::value("udp_timeout", "./UdpTimeout"),
                Argument::value("udp_stream_timeout", "./UdpStreamTimeout"),
            ],
        },
        Argument::Blocks {
            name: "ena_srd_specification",
            path: "./EnaSrdSpecification",
            arguments: &[
                Argument::value("ena_srd_enabled", "./EnaSrdEnabled"),
                Argument::Blocks {
                    name: "ena_srd_udp_specification",
                    path: "./EnaSrdUdpSpecification",
                    arguments: &[Argument::value("ena_srd_udp_enabled", "./EnaSrdUdpEnabled")],
                },
            ],
        },
    ],
};

const REQUIREMENTS: Argument = Argument::Blocks {
    name: "instance_requirements",
    path: data!("/InstanceRequirements"),
    arguments: &[
        Argument::Blocks { name: "vcpu_count", path: "./VCpuCount", arguments: BOUNDS },
        Argument::Blocks { name: "memory_mib", path: "./MemoryMiB", arguments: BOUNDS },
        range("memory_gib_per_vcpu", "./MemoryGiBPerVCpu"),
        Argument::value("cpu_manufacturers", "./CpuManufacturers/*"),
        Argument::value("allowed_instance_types", "./AllowedInstanceTypes/*"),
        Argument::value("excluded_instance_types", "./ExcludedInstanceTypes/*"),
        Argument::value("instance_generations", "./InstanceGenerations/*"),
        Argument::value("bare_metal", "./BareMetal"),
        Argument::value("burstable_performance", "./BurstablePerformance"),
        Argument::value("require_hibernate_support", "./RequireHibernateSupport"),
        Argument::value("spot_max_price_percentage_over_lowest_price", "./SpotMaxPricePercentageOverLowestPrice"),
        Argument::value(
            "max_spot_price_as_percentage_of_optimal_on_demand_price",
            "./MaxSpotPriceAsPercentageOfOptimalOnDemandPrice",
        ),
        Argument::value(
            "on_demand_max_price_percentage_over_lowest_price",
            "./OnDemandMaxPricePercentageOverLowestPrice",
        ),
        range("network_interface_count", "./NetworkInterfaceCount"),
        range("network_bandwidth_gbps", "./NetworkBandwidthGbps"),
        range("baseline_ebs_bandwidth_mbps", "./BaselineEbsBandwidthMbps"),
        Argument::value("local_storage", "./LocalStorage"),
        Argument::value("local_storage_types", "./LocalStorageTypes/*"),
        range("total_local_storage_gb", "./TotalLocalStorageGB"),
        Argument::value("accelerator_types", "./AcceleratorTypes/*"),
        Argument::value("accelerator_manufacturers", "./AcceleratorManufacturers/*"),
        Argument::value("accelerator_names", "./AcceleratorNames/*"),
        range("accelerator_count", "./AcceleratorCount"),
        range("accelerator_total_memory_mib", "./AcceleratorTotalMemoryMiB"),
    ],
};

const BOUNDS: &[Argument] = &[Argument::value("min", "./Min"), Argument::value("max", "./Max")];

const fn range(name: &'static str, path: &'static str) -> Argument {
    Argument::Blocks { name, path, arguments: RANGE }
}

/// No minimum is a minimum of 0, which the provider refuses for most.
const RANGE: &[Argument] = &[Argument::unless("0", "min", "./Min"), Argument::value("max", "./Max")];

/// The number, where it is not the latest. A template that is made anew has no other version.
fn default_version(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let default = attributes.get("DefaultVersionNumber")?;
    (Some(default) != attributes.get("LatestVersionNumber")).then(|| default.clone())
}

/// The provider reads them for burstable types alone.
fn credits(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let data = attributes.get("LatestVersion")?.get("LaunchTemplateData")?;
    let credits = data.get("CreditSpecification")?;
    is_burstable(data).then(|| json!([credits]))
}

fn tags(_: &Map<String, Value>, specification: &Value) -> Option<Value> {
    let tags = specification.get("Tags")?.as_array()?.iter();
    Some(tags.filter_map(|tag| Some((tag["Key"].as_str()?.to_owned(), tag["Value"].clone()))).collect())
}
