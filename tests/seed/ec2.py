#!/usr/bin/env python3
"""Fills an emulator with EC2 resources of every kind. AWS_ENDPOINT_URL says where it is."""

import base64
import json

from emulator import attempt, clients

PUBLIC_KEY = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCeLEDN2pqFqWH4a0rzJo+UdXdqe7cUKwPgWtK6R8+nOGimxnJNNh1zOA20oE9M"
    "b6gFq+iFDflTTJ+tLSedujb6bb9s05f8OjpSEUb5iEvH+BjhRqmY2uqC5dAoFFn34lhLz3yp19QtcqoRomkT1eDhNT5/UnBgHYec"
    "obpIIoJJqez3qZy8N0ZtTDOcKS1atkdhP5Z6MR9g6FXeD9saITOPg9PXis+NaeQ3fyDn3wTFVdyhlgXT9tVNLxWKIyEupym5HVWL"
    "05CYUyaJFiWcgoA0eYswf08hoaQ7FOeHVVFNdpKrVPAOgzToJwC7gAWKCQNjaPnxvLyn3Kl9jvCTj8BF"
)
USER_DATA = "#!/bin/sh\necho password=hunter2\n"


def tagged(resource, name, **more):
    tags = [{"Key": "Name", "Value": name}, *({"Key": key, "Value": value} for key, value in more.items())]
    return [{"ResourceType": resource, "Tags": tags}]


def network(ec2, made):
    """VPCs, subnets, gateways, routes, ACLs, endpoints, peering, DHCP options."""
    made["vpc"] = vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16", TagSpecifications=tagged("vpc", "prod", Team="web"))[
        "Vpc"
    ]["VpcId"]
    made["peer_vpc"] = peer = ec2.create_vpc(CidrBlock="10.30.0.0/16", TagSpecifications=tagged("vpc", "tools"))["Vpc"][
        "VpcId"
    ]
    attempt(ec2.associate_vpc_cidr_block, VpcId=vpc, CidrBlock="10.21.0.0/16")
    attempt(ec2.associate_vpc_cidr_block, VpcId=vpc, AmazonProvidedIpv6CidrBlock=True)
    attempt(ec2.modify_vpc_attribute, VpcId=vpc, EnableDnsHostnames={"Value": True})
    for index, zone in enumerate("ab"):
        subnet = ec2.create_subnet(
            VpcId=vpc,
            CidrBlock=f"10.20.{index}.0/24",
            AvailabilityZone=f"us-east-1{zone}",
            TagSpecifications=tagged("subnet", f"prod-{zone}"),
        )
        made[f"subnet_{zone}"] = subnet["Subnet"]["SubnetId"]

    gateway = ec2.create_internet_gateway(TagSpecifications=tagged("internet-gateway", "prod"))
    made["internet_gateway"] = gateway["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=made["internet_gateway"], VpcId=vpc)
    egress = attempt(
        ec2.create_egress_only_internet_gateway,
        VpcId=vpc,
        TagSpecifications=tagged("egress-only-internet-gateway", "prod"),
    )
    made["egress_only_internet_gateway"] = egress and egress["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]

    for name in ("nat_address", "address"):
        made[name] = ec2.allocate_address(Domain="vpc", TagSpecifications=tagged("elastic-ip", name))["AllocationId"]
    nat = attempt(
        ec2.create_nat_gateway,
        SubnetId=made["subnet_a"],
        AllocationId=made["nat_address"],
        TagSpecifications=tagged("natgateway", "prod"),
    )
    made["nat_gateway"] = nat and nat["NatGateway"]["NatGatewayId"]

    prefixes = attempt(
        ec2.create_managed_prefix_list,
        PrefixListName="offices",
        MaxEntries=10,
        AddressFamily="IPv4",
        Entries=[{"Cidr": "203.0.113.0/24", "Description": "Berlin"}, {"Cidr": "198.51.100.0/24"}],
        TagSpecifications=tagged("prefix-list", "offices"),
    )
    made["prefix_list"] = prefixes and prefixes["PrefixList"]["PrefixListId"]

    peering = attempt(
        ec2.create_vpc_peering_connection,
        VpcId=vpc,
        PeerVpcId=peer,
        TagSpecifications=tagged("vpc-peering-connection", "prod-tools"),
    )
    made["peering"] = peering and peering["VpcPeeringConnection"]["VpcPeeringConnectionId"]

    table = ec2.create_route_table(VpcId=vpc, TagSpecifications=tagged("route-table", "public"))
    made["route_table"] = table = table["RouteTable"]["RouteTableId"]
    attempt(ec2.associate_route_table, RouteTableId=table, SubnetId=made["subnet_a"])
    attempt(
        ec2.create_route, RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=made["internet_gateway"]
    )
    private = ec2.create_route_table(VpcId=vpc, TagSpecifications=tagged("route-table", "private"))
    made["private_route_table"] = private = private["RouteTable"]["RouteTableId"]
    attempt(ec2.associate_route_table, RouteTableId=private, SubnetId=made["subnet_b"])
    if made["nat_gateway"]:
        attempt(
            ec2.create_route, RouteTableId=private, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=made["nat_gateway"]
        )
    if made["peering"]:
        attempt(
            ec2.create_route,
            RouteTableId=private,
            DestinationCidrBlock="10.30.0.0/16",
            VpcPeeringConnectionId=made["peering"],
        )

    acl = ec2.create_network_acl(VpcId=vpc, TagSpecifications=tagged("network-acl", "prod"))
    made["network_acl"] = acl["NetworkAcl"]["NetworkAclId"]
    for egress in (False, True):
        attempt(
            ec2.create_network_acl_entry,
            NetworkAclId=made["network_acl"],
            RuleNumber=100,
            Protocol="6",
            RuleAction="allow",
            Egress=egress,
            CidrBlock="0.0.0.0/0",
            PortRange={"From": 443, "To": 443},
        )

    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}],
    }
    endpoint = attempt(
        ec2.create_vpc_endpoint,
        VpcId=vpc,
        ServiceName="com.amazonaws.us-east-1.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=[private],
        PolicyDocument=json.dumps(policy),
        TagSpecifications=tagged("vpc-endpoint", "s3"),
    )
    made["vpc_endpoint"] = endpoint and endpoint["VpcEndpoint"]["VpcEndpointId"]

    options = attempt(
        ec2.create_dhcp_options,
        DhcpConfigurations=[
            {"Key": "domain-name-servers", "Values": ["10.20.0.2", "10.20.1.2"]},
            {"Key": "domain-name", "Values": ["corp.example.com"]},
        ],
        TagSpecifications=tagged("dhcp-options", "corp"),
    )
    made["dhcp_options"] = options and options["DhcpOptions"]["DhcpOptionsId"]
    attempt(ec2.associate_dhcp_options, DhcpOptionsId=made["dhcp_options"], VpcId=vpc)

    logs = attempt(
        ec2.create_flow_logs,
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="REJECT",
        LogDestinationType="cloud-watch-logs",
        LogGroupName="vpc-flow-logs",
        DeliverLogsPermissionArn="arn:aws:iam::123456789012:role/flow-logs",
        MaxAggregationInterval=60,
        TagSpecifications=tagged("vpc-flow-log", "prod"),
    )
    made["flow_log"] = logs and logs["FlowLogIds"] and logs["FlowLogIds"][0]


def security(ec2, made):
    """Security groups with every sort of rule, and key pairs."""
    for name in ("web", "database"):
        group = ec2.create_security_group(
            GroupName=name,
            Description=f"The {name} servers",
            VpcId=made["vpc"],
            TagSpecifications=tagged("security-group", name),
        )
        made[f"{name}_group"] = group["GroupId"]
    https = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "intranet"}, {"CidrIp": "192.0.2.0/24"}],
        "Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32", "Description": "intranet"}],
    }
    rules = attempt(ec2.authorize_security_group_ingress, GroupId=made["web_group"], IpPermissions=[https])
    tagged_rule = rules and next(
        (rule["SecurityGroupRuleId"] for rule in rules.get("SecurityGroupRules", []) if "CidrIpv4" in rule), None
    )
    made["tagged_rule"] = tagged_rule
    if tagged_rule:
        attempt(ec2.create_tags, Resources=[tagged_rule], Tags=[{"Key": "Ticket", "Value": "NET-7"}])
    attempt(
        ec2.authorize_security_group_ingress,
        GroupId=made["database_group"],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 5432,
                "ToPort": 5432,
                "UserIdGroupPairs": [{"GroupId": made["web_group"], "Description": "web"}],
            }
        ],
    )
    if made["prefix_list"]:
        attempt(
            ec2.authorize_security_group_ingress,
            GroupId=made["web_group"],
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": 22,
                    "ToPort": 22,
                    "PrefixListIds": [{"PrefixListId": made["prefix_list"], "Description": "offices"}],
                }
            ],
        )
    made["key_pair"] = "deploy"
    attempt(
        ec2.import_key_pair,
        KeyName="deploy",
        PublicKeyMaterial=PUBLIC_KEY,
        TagSpecifications=tagged("key-pair", "deploy"),
    )


def compute(ec2, made):
    """Instances, volumes, network interfaces, launch templates."""
    images = attempt(ec2.describe_images, Owners=["amazon"])
    images = images and images["Images"]
    image = images[0]["ImageId"] if images else "ami-0abcdef1234567890"
    for name, more in (("web", {"UserData": USER_DATA, "KeyName": "deploy"}), ("worker", {})):
        instances = ec2.run_instances(
            ImageId=image,
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            SubnetId=made["subnet_a"],
            SecurityGroupIds=[made["web_group"]],
            TagSpecifications=tagged("instance", name),
            **more,
        )
        made[f"{name}_instance"] = instances["Instances"][0]["InstanceId"]
    roots = ec2.describe_volumes()["Volumes"]
    roots = {attached["InstanceId"]: root["VolumeId"] for root in roots for attached in root["Attachments"]}
    made["root_volume"] = roots.get(made["web_instance"])
    # The emulators' images do not agree about its type.
    attempt(ec2.modify_volume, VolumeId=made["root_volume"], VolumeType="gp2")
    volume = ec2.create_volume(
        AvailabilityZone="us-east-1a",
        Size=20,
        VolumeType="gp3",
        Encrypted=True,
        TagSpecifications=tagged("volume", "data"),
    )
    made["volume"] = volume["VolumeId"]
    attempt(ec2.attach_volume, VolumeId=made["volume"], InstanceId=made["web_instance"], Device="/dev/sdf")
    spare = ec2.create_volume(AvailabilityZone="us-east-1a", Size=8, VolumeType="gp2")
    made["spare_volume"] = spare["VolumeId"]
    interface = attempt(
        ec2.create_network_interface,
        SubnetId=made["subnet_a"],
        Description="floating",
        PrivateIpAddress="10.20.0.100",
        Groups=[made["web_group"]],
        TagSpecifications=tagged("network-interface", "floating"),
    )
    made["network_interface"] = interface and interface["NetworkInterface"]["NetworkInterfaceId"]
    data = {
        "ImageId": image,
        "InstanceType": "t3.small",
        "KeyName": "deploy",
        "UserData": base64.b64encode(USER_DATA.encode()).decode(),
        "SecurityGroupIds": [made["web_group"]],
        "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 20, "VolumeType": "gp3", "DeleteOnTermination": True}}
        ],
        "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "web"}]}],
        "MetadataOptions": {"HttpTokens": "required"},
    }
    template = attempt(
        ec2.create_launch_template,
        LaunchTemplateName="web",
        VersionDescription="first",
        LaunchTemplateData=data,
        TagSpecifications=tagged("launch-template", "web"),
    )
    made["launch_template"] = template and template["LaunchTemplate"]["LaunchTemplateId"]
    made["launch_template_data"] = data
    attempt(
        ec2.create_launch_template_version,
        LaunchTemplateId=made["launch_template"],
        VersionDescription="larger",
        LaunchTemplateData={**data, "InstanceType": "t3.large"},
    )


def seed(aws):
    """Creates everything, and returns the ids that changes need."""
    ec2, made = aws("ec2"), {}
    network(ec2, made)
    security(ec2, made)
    compute(ec2, made)
    return made


if __name__ == "__main__":
    print(json.dumps(seed(clients()), indent=2))
