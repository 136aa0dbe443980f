//! EC2.

use super::{By, Gives, Row, named};

/// A list of the collection that is called as the member of the answer.
macro_rules! list {
    ($operation:literal, $collection:literal, $($param:literal => $item:literal ! $missing:literal),*) => {
        Row::new(
            concat!("ec2:", $operation),
            concat!("/", $collection, "/*"),
            Gives::Items($collection),
        )
        .by(&[$(named($param, $item, $missing)),*])
    };
}

const ATTACHED_VPC: (&str, &str) = ("attachment.vpc-id", "/Attachments/*/VpcId");

pub(super) static ROWS: &[Row] = &[
    list!("DescribeAddresses", "Addresses", "/AllocationIds" => "/AllocationId" ! "InvalidAllocationID.NotFound",
        "/PublicIps" => "/PublicIp" ! "InvalidAddress.NotFound"),
    list!("DescribeAddressesAttribute", "Addresses",
        "/AllocationIds" => "/AllocationId" ! "InvalidAllocationID.NotFound")
    .omits(&["PtrRecordUpdate"]),
    list!("DescribeDhcpOptions", "DhcpOptions",
        "/DhcpOptionsIds" => "/DhcpOptionsId" ! "InvalidDhcpOptionID.NotFound")
    .filters(&[("key", "/DhcpConfigurations/*/Key"), ("value", "/DhcpConfigurations/*/Values/*/Value")]),
    list!("DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateways",
        "/EgressOnlyInternetGatewayIds" => "/EgressOnlyInternetGatewayId" ! "InvalidGatewayID.NotFound"),
    list!("DescribeFlowLogs", "FlowLogs", "/FlowLogIds" => "/FlowLogId" ! "InvalidFlowLogId.NotFound"),
    list!("DescribeInternetGateways", "InternetGateways",
        "/InternetGatewayIds" => "/InternetGatewayId" ! "InvalidInternetGatewayID.NotFound")
    .filters(&[ATTACHED_VPC]),
    list!("DescribeKeyPairs", "KeyPairs", "/KeyNames" => "/KeyName" ! "InvalidKeyPair.NotFound",
        "/KeyPairIds" => "/KeyPairId" ! "InvalidKeyPair.NotFound")
    .filters(&[("fingerprint", "/KeyFingerprint")]),
    list!("DescribeLaunchTemplates", "LaunchTemplates",
        "/LaunchTemplateIds" => "/LaunchTemplateId" ! "InvalidLaunchTemplateId.NotFound",
        "/LaunchTemplateNames" => "/LaunchTemplateName" ! "InvalidLaunchTemplateName.NotFoundException"),
    Row::new("ec2:DescribeLaunchTemplateVersions", "/LaunchTemplateVersions/*", Gives::Items("LaunchTemplateVersions"))
        .by(&[
            By::Owned {
                param: "/LaunchTemplateId",
                item: "/LaunchTemplateId",
                owner: "/LaunchTemplates/*",
                key: "/LaunchTemplateId",
                missing: "InvalidLaunchTemplateId.NotFound",
            },
            By::Owned {
                param: "/LaunchTemplateName",
                item: "/LaunchTemplateName",
                owner: "/LaunchTemplates/*",
                key: "/LaunchTemplateName",
                missing: "InvalidLaunchTemplateName.NotFoundException",
            },
            By::Version { param: "/Versions" },
        ]),
    list!("DescribeManagedPrefixLists", "PrefixLists",
        "/PrefixListIds" => "/PrefixListId" ! "InvalidPrefixListID.NotFound"),
    Row::new("ec2:GetManagedPrefixListEntries", "/PrefixLists/*", Gives::Members(&[("Entries", "/Entries")]))
        .by(&[named("/PrefixListId", "/PrefixListId", "InvalidPrefixListID.NotFound")]),
    list!("DescribeNatGateways", "NatGateways", "/NatGatewayIds" => "/NatGatewayId" ! "NatGatewayNotFound"),
    list!("DescribeNetworkAcls", "NetworkAcls", "/NetworkAclIds" => "/NetworkAclId" ! "InvalidNetworkAclID.NotFound")
        .filters(&[("default", "/IsDefault"), ("association.subnet-id", "/Associations/*/SubnetId")]),
    list!("DescribeNetworkInterfaces", "NetworkInterfaces",
        "/NetworkInterfaceIds" => "/NetworkInterfaceId" ! "InvalidNetworkInterfaceID.NotFound")
    .filters(&[
        ("group-id", "/Groups/*/GroupId"),
        ("group-name", "/Groups/*/GroupName"),
        ("attachment.instance-id", "/Attachment/InstanceId"),
        ("attachment.instance-owner-id", "/Attachment/InstanceOwnerId"),
    ]),
    list!("DescribeRouteTables", "RouteTables", "/RouteTableIds" => "/RouteTableId" ! "InvalidRouteTableID.NotFound")
        .filters(&[("association.main", "/Associations/*/Main"), ("association.subnet-id", "/Associations/*/SubnetId")]),
    list!("DescribeSecurityGroups", "SecurityGroups", "/GroupIds" => "/GroupId" ! "InvalidGroup.NotFound",
        "/GroupNames" => "/GroupName" ! "InvalidGroup.NotFound"),
    list!("DescribeSecurityGroupRules", "SecurityGroupRules",
        "/SecurityGroupRuleIds" => "/SecurityGroupRuleId" ! "InvalidSecurityGroupRuleId.NotFound"),
    list!("DescribeSubnets", "Subnets", "/SubnetIds" => "/SubnetId" ! "InvalidSubnetID.NotFound"),
    list!("DescribeVolumes", "Volumes", "/VolumeIds" => "/VolumeId" ! "InvalidVolume.NotFound")
        .filters(&[("attachment.instance-id", "/Attachments/*/InstanceId")]),
    list!("DescribeVpcEndpoints", "VpcEndpoints", "/VpcEndpointIds" => "/VpcEndpointId" ! "InvalidVpcEndpointId.NotFound")
        .filters(&[("vpc-endpoint-state", "/State")]),
    list!("DescribeVpcPeeringConnections", "VpcPeeringConnections",
        "/VpcPeeringConnectionIds" => "/VpcPeeringConnectionId" ! "InvalidVpcPeeringConnectionID.NotFound")
    .filters(&[("status-code", "/Status/Code")]),
    list!("DescribeVpcs", "Vpcs", "/VpcIds" => "/VpcId" ! "InvalidVpcID.NotFound"),
    Row::new("ec2:DescribeVpcAttribute", "/Vpcs/*", Gives::PartNamed("/Attribute"))
        .by(&[named("/VpcId", "/VpcId", "InvalidVpcID.NotFound")]),
    // Reservations and instances are one to one in descriptions.
    Row::new("ec2:DescribeInstances", "/Reservations/*", Gives::Items("Reservations"))
        .by(&[named("/InstanceIds", "/Instances/*/InstanceId", "InvalidInstanceID.NotFound")])
        .filters(&[
            ("instance-id", "/Instances/*/InstanceId"),
            ("instance-type", "/Instances/*/InstanceType"),
            ("instance-state-name", "/Instances/*/State/Name"),
            ("vpc-id", "/Instances/*/VpcId"),
            ("subnet-id", "/Instances/*/SubnetId"),
            ("tag", "/Instances/*/Tags"),
        ]),
    Row::new("ec2:DescribeInstanceAttribute", "/Reservations/*/Instances/*", Gives::PartNamed("/Attribute"))
        .by(&[named("/InstanceId", "/InstanceId", "InvalidInstanceID.NotFound")]),
    Row::new(
        "ec2:DescribeInstanceCreditSpecifications",
        "/InstanceCreditSpecifications/*",
        Gives::Items("InstanceCreditSpecifications"),
    )
    .by(&[named("/InstanceIds", "/InstanceId", "InvalidInstanceID.NotFound")]),
    Row::new("ec2:DescribeRegions", "/Regions/*", Gives::Items("Regions")).by(&[
        named("/RegionNames", "/RegionName", "InvalidParameterValue"),
        By::Default { param: "/AllRegions", item: "/OptInStatus", values: &["opt-in-not-required", "opted-in"] },
    ]),
    Row::new(
        "ec2:DescribeTags",
        "",
        Gives::TagLines(
            "Tags",
            &[
                (("/Addresses/*", "/AllocationId"), "elastic-ip"),
                (("/DhcpOptions/*", "/DhcpOptionsId"), "dhcp-options"),
                (("/EgressOnlyInternetGateways/*", "/EgressOnlyInternetGatewayId"), "egress-only-internet-gateway"),
                (("/FlowLogs/*", "/FlowLogId"), "vpc-flow-log"),
                (("/InternetGateways/*", "/InternetGatewayId"), "internet-gateway"),
                (("/KeyPairs/*", "/KeyPairId"), "key-pair"),
                (("/LaunchTemplates/*", "/LaunchTemplateId"), "launch-template"),
                (("/NatGateways/*", "/NatGatewayId"), "natgateway"),
                (("/NetworkAcls/*", "/NetworkAclId"), "network-acl"),
                (("/NetworkInterfaces/*", "/NetworkInterfaceId"), "network-interface"),
                (("/PrefixLists/*", "/PrefixListId"), "prefix-list"),
                (("/Reservations/*/Instances/*", "/InstanceId"), "instance"),
                (("/RouteTables/*", "/RouteTableId"), "route-table"),
                (("/SecurityGroupRules/*", "/SecurityGroupRuleId"), "security-group-rule"),
                (("/SecurityGroups/*", "/GroupId"), "security-group"),
                (("/Subnets/*", "/SubnetId"), "subnet"),
                (("/Volumes/*", "/VolumeId"), "volume"),
                (("/VpcEndpoints/*", "/VpcEndpointId"), "vpc-endpoint"),
                (("/VpcPeeringConnections/*", "/VpcPeeringConnectionId"), "vpc-peering-connection"),
                (("/Vpcs/*", "/VpcId"), "vpc"),
            ],
        ),
    ),
];
