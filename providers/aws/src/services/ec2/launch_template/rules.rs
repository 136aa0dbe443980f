//! The rules of launch templates: the same for the two versions that are read.

use driftline_api::Rule;

/// Rules for what stands at each of these places, after those for the template itself.
macro_rules! rules {
    ([$($own:expr),* $(,)?], $($version:literal),*) => {
        &[$($own,)* $(
            Rule::Volatile {
                path: concat!($version, "/DefaultVersion"),
                why: "repeats what `DefaultVersionNumber` says",
            },
            Rule::Volatile {
                path: concat!($version, "/LaunchTemplateData/MetadataOptions/State"),
                why: "is a running instance's state",
            },
            Rule::Secret { path: concat!($version, "/LaunchTemplateData/UserData") },
            // A version never changes, and Terraform compares the order of these.
            Rule::Sequence { path: concat!($version, "/LaunchTemplateData/BlockDeviceMappings"), key: &["DeviceName"] },
            Rule::Sequence { path: concat!($version, "/LaunchTemplateData/TagSpecifications"), key: &["ResourceType"] },
            // Elements without an index mean what their place says.
            Rule::Sequence {
                path: concat!($version, "/LaunchTemplateData/NetworkInterfaces"),
                key: &["NetworkCardIndex", "DeviceIndex"],
            },
            set!($version, "/NetworkInterfaces/*/Groups", []),
            set!($version, "/NetworkInterfaces/*/Ipv6Addresses", ["Ipv6Address"]),
            set!($version, "/NetworkInterfaces/*/PrivateIpAddresses", ["PrivateIpAddress"]),
            set!($version, "/NetworkInterfaces/*/Ipv4Prefixes", ["Ipv4Prefix"]),
            set!($version, "/NetworkInterfaces/*/Ipv6Prefixes", ["Ipv6Prefix"]),
            set!($version, "/TagSpecifications/*/Tags", ["Key"]),
            set!($version, "/ElasticGpuSpecifications", ["Type"]),
            set!($version, "/ElasticInferenceAccelerators", ["Type"]),
            set!($version, "/SecurityGroupIds", []),
            set!($version, "/SecurityGroups", []),
            set!($version, "/LicenseSpecifications", ["LicenseConfigurationArn"]),
            set!($version, "/InstanceRequirements/CpuManufacturers", []),
            set!($version, "/InstanceRequirements/ExcludedInstanceTypes", []),
            set!($version, "/InstanceRequirements/InstanceGenerations", []),
            set!($version, "/InstanceRequirements/LocalStorageTypes", []),
            set!($version, "/InstanceRequirements/AcceleratorTypes", []),
            set!($version, "/InstanceRequirements/AcceleratorManufacturers", []),
            set!($version, "/InstanceRequirements/AcceleratorNames", []),
            set!($version, "/InstanceRequirements/AllowedInstanceTypes", []),
            set!(
                $version,
                "/InstanceRequirements/BaselinePerformanceFactors/Cpu/References",
                ["InstanceFamily"]
            ),
            Rule::Sequence {
                path: concat!($version, "/LaunchTemplateData/SecondaryInterfaces"),
                key: &["NetworkCardIndex", "DeviceIndex"],
            },
            set!($version, "/SecondaryInterfaces/*/PrivateIpAddresses", ["PrivateIpAddress"]),
            reference!($version, "/KeyName", "ec2/key_pair"),
            reference!($version, "/SecurityGroupIds/*", "ec2/security_group"),
            reference!($version, "/NetworkInterfaces/*/Groups/*", "ec2/security_group"),
            reference!($version, "/NetworkInterfaces/*/SubnetId", "ec2/subnet"),
            reference!($version, "/IamInstanceProfile/Arn", "iam/instance_profile"),
        )*]
    };
}

macro_rules! set {
    ($version:literal, $path:literal, [$($key:literal),*]) => {
        Rule::Set { path: concat!($version, "/LaunchTemplateData", $path), key: &[$($key),*] }
    };
}

macro_rules! reference {
    ($version:literal, $path:literal, $kind:literal) => {
        Rule::Reference { path: concat!($version, "/LaunchTemplateData", $path), kind: $kind }
    };
}

pub(super) static RULES: &[Rule] = rules!([Rule::Tags { path: "/Tags" }], "/DefaultVersion", "/LatestVersion");
