//! How drift is put back: which calls of the service say what a restore point says.

mod rules;

use driftline_api::{Fix, Fixes, Input, Operation, TagKeys, When};

pub(crate) static FIXES: &[Fixes] = &[
    tagged("ec2/address"),
    tagged("ec2/dhcp_options"),
    tagged("ec2/egress_only_internet_gateway"),
    tagged("ec2/flow_log"),
    Fixes {
        kind: "ec2/instance",
        fixes: &[
            Fix::Whole {
                paths: &["/DisableApiStop"],
                when: &[],
                call: Operation::new(ATTRIBUTE, &[INSTANCE, Input::Value("DisableApiStop", "/DisableApiStop")]),
            },
            Fix::Whole {
                paths: &["/DisableApiTermination"],
                when: &[],
                call: Operation::new(
                    ATTRIBUTE,
                    &[INSTANCE, Input::Value("DisableApiTermination", "/DisableApiTermination")],
                ),
            },
            Fix::Whole {
                paths: &["/InstanceInitiatedShutdownBehavior"],
                when: &[],
                call: Operation::new(
                    ATTRIBUTE,
                    &[
                        INSTANCE,
                        Input::Value("InstanceInitiatedShutdownBehavior", "/InstanceInitiatedShutdownBehavior"),
                    ],
                ),
            },
            Fix::Whole {
                paths: &["/SourceDestCheck"],
                when: &[],
                call: Operation::new(ATTRIBUTE, &[INSTANCE, Input::Value("SourceDestCheck/Value", "/SourceDestCheck")]),
            },
            Fix::Whole {
                paths: &["/SecurityGroups"],
                when: &[],
                call: Operation::new(ATTRIBUTE, &[INSTANCE, Input::Value("Groups", "/SecurityGroups/*/GroupId")]),
            },
            Fix::Whole {
                paths: &["/Monitoring"],
                when: &[When::Is("/Monitoring/State", "\"enabled\"")],
                call: Operation::new("ec2:MonitorInstances", &[Input::Text("InstanceIds/0", "{id}")]),
            },
            Fix::Whole {
                paths: &["/Monitoring"],
                when: &[When::Is("/Monitoring/State", "\"disabled\"")],
                call: Operation::new("ec2:UnmonitorInstances", &[Input::Text("InstanceIds/0", "{id}")]),
            },
            Fix::Modify {
                members: &[
                    ("HttpEndpoint", "/MetadataOptions/HttpEndpoint"),
                    ("HttpProtocolIpv6", "/MetadataOptions/HttpProtocolIpv6"),
                    ("HttpPutResponseHopLimit", "/MetadataOptions/HttpPutResponseHopLimit"),
                    ("HttpTokens", "/MetadataOptions/HttpTokens"),
                    ("InstanceMetadataTags", "/MetadataOptions/InstanceMetadataTags"),
                ],
                call: Operation::new("ec2:ModifyInstanceMetadataOptions", &[INSTANCE]),
            },
            TAGS,
        ],
    },
    tagged("ec2/internet_gateway"),
    // Tags are set by an id, which is not what tells key pairs apart.
    Fixes {
        kind: "ec2/key_pair",
        fixes: &[Fix::Tags {
            put: Operation::new("ec2:CreateTags", &[Input::Text("Resources/0", "{/KeyPairId}")]),
            tags: "Tags",
            remove: Operation::new("ec2:DeleteTags", &[Input::Text("Resources/0", "{/KeyPairId}")]),
            keys: "Tags",
            form: TagKeys::Objects,
        }],
    },
    Fixes {
        kind: "ec2/launch_template",
        fixes: &[
            // A version itself never changes.
            Fix::Whole {
                paths: &["/DefaultVersion", "/DefaultVersionNumber"],
                when: &[],
                call: Operation::new(
                    "ec2:ModifyLaunchTemplate",
                    &[
                        Input::Text("LaunchTemplateId", "{id}"),
                        Input::Text("DefaultVersion", "{/DefaultVersionNumber}"),
                    ],
                ),
            },
            TAGS,
        ],
    },
    tagged("ec2/managed_prefix_list"),
    tagged("ec2/nat_gateway"),
    Fixes {
        kind: "ec2/network_acl",
        fixes: &[
            Fix::Made {
                paths: &["/Entries"],
                operations: &["ec2:CreateNetworkAclEntry", "ec2:DeleteNetworkAclEntry", "ec2:ReplaceNetworkAclEntry"],
                make: rules::entries,
            },
            TAGS,
        ],
    },
    Fixes {
        kind: "ec2/network_interface",
        fixes: &[
            Fix::Whole {
                paths: &["/Groups"],
                when: &[],
                call: Operation::new(INTERFACE, &[INTERFACE_ID, Input::Value("Groups", "/Groups/*/GroupId")]),
            },
            Fix::Whole {
                paths: &["/Description"],
                when: &[],
                call: Operation::new(
                    INTERFACE,
                    &[INTERFACE_ID, Input::Or("Description/Value", "/Description", "\"\"")],
                ),
            },
            Fix::Whole {
                paths: &["/SourceDestCheck"],
                when: &[],
                call: Operation::new(
                    INTERFACE,
                    &[INTERFACE_ID, Input::Value("SourceDestCheck/Value", "/SourceDestCheck")],
                ),
            },
            TAGS,
        ],
    },
    Fixes {
        kind: "ec2/route_table",
        fixes: &[
            Fix::Made {
                paths: &["/Routes"],
                operations: &["ec2:CreateRoute", "ec2:DeleteRoute", "ec2:ReplaceRoute"],
                make: rules::routes,
            },
            TAGS,
        ],
    },
    Fixes {
        kind: "ec2/security_group",
        fixes: &[
            Fix::Made {
                paths: &["/IpPermissions"],
                operations: &[
                    "ec2:AuthorizeSecurityGroupIngress",
                    "ec2:RevokeSecurityGroupIngress",
                    "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
                ],
                make: rules::inbound,
            },
            Fix::Made {
                paths: &["/IpPermissionsEgress"],
                operations: &[
                    "ec2:AuthorizeSecurityGroupEgress",
                    "ec2:RevokeSecurityGroupEgress",
                    "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
                ],
                make: rules::outbound,
            },
            TAGS,
        ],
    },
    Fixes {
        kind: "ec2/subnet",
        fixes: &[
            Fix::Whole {
                paths: &["/AssignIpv6AddressOnCreation"],
                when: &[],
                call: Operation::new(
                    SUBNET,
                    &[SUBNET_ID, Input::Value("AssignIpv6AddressOnCreation/Value", "/AssignIpv6AddressOnCreation")],
                ),
            },
            Fix::Whole {
                paths: &["/EnableDns64"],
                when: &[],
                call: Operation::new(SUBNET, &[SUBNET_ID, Input::Value("EnableDns64/Value", "/EnableDns64")]),
            },
            Fix::Whole {
                paths: &["/MapPublicIpOnLaunch"],
                when: &[],
                call: Operation::new(
                    SUBNET,
                    &[SUBNET_ID, Input::Value("MapPublicIpOnLaunch/Value", "/MapPublicIpOnLaunch")],
                ),
            },
            TAGS,
        ],
    },
    tagged("ec2/volume"),
    Fixes {
        kind: "ec2/vpc",
        fixes: &[
            Fix::Whole {
                paths: &["/EnableDnsHostnames"],
                when: &[],
                call: Operation::new(VPC, &[VPC_ID, Input::Value("EnableDnsHostnames", "/EnableDnsHostnames")]),
            },
            Fix::Whole {
                paths: &["/EnableDnsSupport"],
                when: &[],
                call: Operation::new(VPC, &[VPC_ID, Input::Value("EnableDnsSupport", "/EnableDnsSupport")]),
            },
            Fix::Whole {
                paths: &["/EnableNetworkAddressUsageMetrics"],
                when: &[],
                call: Operation::new(
                    VPC,
                    &[VPC_ID, Input::Value("EnableNetworkAddressUsageMetrics", "/EnableNetworkAddressUsageMetrics")],
                ),
            },
            Fix::Whole {
                paths: &["/DhcpOptionsId"],
                when: &[],
                call: Operation::new(
                    "ec2:AssociateDhcpOptions",
                    &[VPC_ID, Input::Value("DhcpOptionsId", "/DhcpOptionsId")],
                ),
            },
            TAGS,
        ],
    },
    Fixes {
        kind: "ec2/vpc_endpoint",
        fixes: &[
            Fix::Whole {
                paths: &["/PolicyDocument"],
                when: &[When::Has("/PolicyDocument")],
                call: Operation::new(ENDPOINT, &[ENDPOINT_ID, Input::Document("PolicyDocument", "/PolicyDocument")]),
            },
            Fix::Whole {
                paths: &["/PrivateDnsEnabled"],
                when: &[],
                call: Operation::new(ENDPOINT, &[ENDPOINT_ID, Input::Value("PrivateDnsEnabled", "/PrivateDnsEnabled")]),
            },
            Fix::Elements {
                list: "/RouteTableIds",
                key: &[],
                put: Some(Operation::new(ENDPOINT, &[ENDPOINT_ID, Input::Value("AddRouteTableIds/0", ".")])),
                remove: Some(Operation::new(ENDPOINT, &[ENDPOINT_ID, Input::Value("RemoveRouteTableIds/0", ".")])),
            },
            Fix::Elements {
                list: "/SubnetIds",
                key: &[],
                put: Some(Operation::new(ENDPOINT, &[ENDPOINT_ID, Input::Value("AddSubnetIds/0", ".")])),
                remove: Some(Operation::new(ENDPOINT, &[ENDPOINT_ID, Input::Value("RemoveSubnetIds/0", ".")])),
            },
            Fix::Elements {
                list: "/Groups",
                key: &["GroupId"],
                put: Some(Operation::new(ENDPOINT, &[ENDPOINT_ID, Input::Value("AddSecurityGroupIds/0", "./GroupId")])),
                remove: Some(Operation::new(
                    ENDPOINT,
                    &[ENDPOINT_ID, Input::Value("RemoveSecurityGroupIds/0", "./GroupId")],
                )),
            },
            TAGS,
        ],
    },
    tagged("ec2/vpc_peering_connection"),
];

const ATTRIBUTE: &str = "ec2:ModifyInstanceAttribute";
const INSTANCE: Input = Input::Text("InstanceId", "{id}");
const INTERFACE: &str = "ec2:ModifyNetworkInterfaceAttribute";
const INTERFACE_ID: Input = Input::Text("NetworkInterfaceId", "{id}");
const SUBNET: &str = "ec2:ModifySubnetAttribute";
const SUBNET_ID: Input = Input::Text("SubnetId", "{id}");
const VPC: &str = "ec2:ModifyVpcAttribute";
const VPC_ID: Input = Input::Text("VpcId", "{id}");
const ENDPOINT: &str = "ec2:ModifyVpcEndpoint";
const ENDPOINT_ID: Input = Input::Text("VpcEndpointId", "{id}");

const TAGS: Fix = Fix::Tags {
    put: Operation::new("ec2:CreateTags", &[Input::Text("Resources/0", "{id}")]),
    tags: "Tags",
    remove: Operation::new("ec2:DeleteTags", &[Input::Text("Resources/0", "{id}")]),
    keys: "Tags",
    form: TagKeys::Objects,
};

/// Nothing of it changes but tags, or not by one call.
const fn tagged(kind: &'static str) -> Fixes {
    Fixes { kind, fixes: &[TAGS] }
}
