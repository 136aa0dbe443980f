"""Changes that people make to networks and instances."""

import base64
import json

from form import Change

MOTO = {"moto"}


def made(key):
    """The id of something that the seed script made."""
    return lambda seed: seed[key]


def result(seed):
    """The id of what the change made."""
    return seed["result"]


def changed(kind, key, *attributes):
    return ("changed", f"ec2/{kind}", made(key), list(attributes))


def ec2(operation, **params):
    """A call of one operation; functions among the parameters are given the seed."""

    def resolve(value, seed):
        if callable(value):
            return value(seed)
        if isinstance(value, dict):
            return {key: resolve(inner, seed) for key, inner in value.items()}
        if isinstance(value, list):
            return [resolve(inner, seed) for inner in value]
        return value

    return lambda aws, seed: getattr(aws("ec2"), operation)(**resolve(params, seed)) and None


def tcp(port, **source):
    return [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}]


def add_subnet(aws, seed):
    return aws("ec2").create_subnet(VpcId=seed["vpc"], CidrBlock="10.20.9.0/24")["Subnet"]["SubnetId"]


def add_group(aws, seed):
    return aws("ec2").create_security_group(GroupName="temp", Description="debugging", VpcId=seed["vpc"])["GroupId"]


def move_subnet(aws, seed):
    tables = aws("ec2").describe_route_tables(RouteTableIds=[seed["route_table"]])["RouteTables"]
    association = tables[0]["Associations"][0]["RouteTableAssociationId"]
    aws("ec2").disassociate_route_table(AssociationId=association)


def guard_subnet(aws, seed):
    filters = [{"Name": "association.subnet-id", "Values": [seed["subnet_a"]]}]
    acls = aws("ec2").describe_network_acls(Filters=filters)["NetworkAcls"]
    association = next(a for a in acls[0]["Associations"] if a["SubnetId"] == seed["subnet_a"])
    aws("ec2").replace_network_acl_association(
        AssociationId=association["NetworkAclAssociationId"], NetworkAclId=seed["network_acl"]
    )


def resize_instance(aws, seed):
    aws("ec2").stop_instances(InstanceIds=[seed["worker_instance"]])
    aws("ec2").modify_instance_attribute(InstanceId=seed["worker_instance"], InstanceType={"Value": "t3.large"})


def replace_user_data(aws, seed):
    aws("ec2").stop_instances(InstanceIds=[seed["worker_instance"]])
    data = base64.b64encode(b"#!/bin/sh\nreboot\n").decode()
    aws("ec2").modify_instance_attribute(InstanceId=seed["worker_instance"], Attribute="userData", Value=data)


def keep_root_volume(aws, seed):
    reservations = aws("ec2").describe_instances(InstanceIds=[seed["web_instance"]])["Reservations"]
    root = reservations[0]["Instances"][0]["RootDeviceName"]
    mappings = [{"DeviceName": root, "Ebs": {"DeleteOnTermination": False}}]
    aws("ec2").modify_instance_attribute(InstanceId=seed["web_instance"], BlockDeviceMappings=mappings)


def grow_template(aws, seed):
    data = {**seed["launch_template_data"], "InstanceType": "t3.2xlarge"}
    aws("ec2").create_launch_template_version(LaunchTemplateId=seed["launch_template"], LaunchTemplateData=data)


def add_office(aws, seed):
    lists = aws("ec2").describe_managed_prefix_lists(PrefixListIds=[seed["prefix_list"]])["PrefixLists"]
    aws("ec2").modify_managed_prefix_list(
        PrefixListId=seed["prefix_list"],
        PrefixListName="offices",
        CurrentVersion=lists[0]["Version"],
        AddEntries=[{"Cidr": "192.0.2.0/24", "Description": "Lisbon"}],
    )


def close_endpoint(aws, seed):
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}],
    }
    aws("ec2").modify_vpc_endpoint(VpcEndpointId=seed["vpc_endpoint"], PolicyDocument=json.dumps(policy))


def use_default_options(aws, seed):
    aws("ec2").associate_dhcp_options(DhcpOptionsId="default", VpcId=seed["vpc"])


WEB = made("web_group")

CHANGES = [
    Change(
        "a port is opened to the world",
        ec2(
            "authorize_security_group_ingress",
            GroupId=WEB,
            IpPermissions=tcp(3389, IpRanges=[{"CidrIp": "0.0.0.0/0", "Description": "temporary"}]),
        ),
        [changed("security_group", "web_group", "IpPermissions")],
    ),
    Change(
        "a range is added to a rule that exists",
        ec2(
            "authorize_security_group_ingress",
            GroupId=WEB,
            IpPermissions=tcp(443, IpRanges=[{"CidrIp": "203.0.113.7/32"}]),
        ),
        [changed("security_group", "web_group", "IpPermissions")],
    ),
    Change(
        "a rule's description changes",
        ec2(
            "update_security_group_rule_descriptions_ingress",
            GroupId=WEB,
            IpPermissions=tcp(443, IpRanges=[{"CidrIp": "192.0.2.0/24", "Description": "partner"}]),
        ),
        [changed("security_group", "web_group", "IpPermissions")],
        MOTO,
    ),
    Change(
        "a rule is tagged",
        ec2("create_tags", Resources=[made("tagged_rule")], Tags=[{"Key": "Ticket", "Value": "NET-8"}]),
        [changed("security_group", "web_group", "IpPermissions")],
    ),
    Change(
        "a range is taken out of a rule",
        ec2(
            "revoke_security_group_ingress",
            GroupId=WEB,
            IpPermissions=tcp(443, IpRanges=[{"CidrIp": "192.0.2.0/24"}]),
        ),
        [changed("security_group", "web_group", "IpPermissions")],
        MOTO,
    ),
    Change(
        "a rule for another group is deleted",
        ec2(
            "revoke_security_group_ingress",
            GroupId=made("database_group"),
            IpPermissions=tcp(5432, UserIdGroupPairs=[{"GroupId": WEB, "Description": "web"}]),
        ),
        [changed("security_group", "database_group", "IpPermissions")],
    ),
    Change(
        "a tagged rule is deleted: its tags go with it",
        ec2("revoke_security_group_ingress", GroupId=WEB, SecurityGroupRuleIds=[made("tagged_rule")]),
        [changed("security_group", "web_group", "IpPermissions")],
    ),
    Change(
        "all outbound traffic is forbidden",
        ec2(
            "revoke_security_group_egress",
            GroupId=made("database_group"),
            IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
        ),
        [changed("security_group", "database_group", "IpPermissionsEgress")],
    ),
    Change("a security group is made by hand", add_group, [("added", "ec2/security_group", result, [])]),
    Change(
        "a VPC is renamed",
        ec2("create_tags", Resources=[made("vpc")], Tags=[{"Key": "Name", "Value": "production"}]),
        [changed("vpc", "vpc", "tags")],
    ),
    Change(
        "a tag is removed",
        ec2("delete_tags", Resources=[made("vpc")], Tags=[{"Key": "Team"}]),
        [changed("vpc", "vpc", "tags")],
    ),
    Change(
        "a VPC stops resolving names",
        ec2("modify_vpc_attribute", VpcId=made("vpc"), EnableDnsSupport={"Value": False}),
        [changed("vpc", "vpc", "EnableDnsSupport")],
    ),
    Change("a VPC gets the default DHCP options", use_default_options, [changed("vpc", "vpc", "DhcpOptionsId")]),
    Change(
        "instances of a subnet get public addresses",
        ec2("modify_subnet_attribute", SubnetId=made("subnet_b"), MapPublicIpOnLaunch={"Value": True}),
        [changed("subnet", "subnet_b", "MapPublicIpOnLaunch")],
    ),
    Change("a subnet is made by hand", add_subnet, [("added", "ec2/subnet", result, [])]),
    Change(
        "a route is added",
        ec2(
            "create_route",
            RouteTableId=made("route_table"),
            DestinationCidrBlock="172.16.0.0/12",
            GatewayId=made("internet_gateway"),
        ),
        [changed("route_table", "route_table", "Routes")],
    ),
    Change(
        "a default route goes elsewhere",
        ec2(
            "replace_route",
            RouteTableId=made("private_route_table"),
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId=made("internet_gateway"),
        ),
        [changed("route_table", "private_route_table", "Routes")],
    ),
    Change(
        "a subnet falls back to the main route table",
        move_subnet,
        [changed("route_table", "route_table", "Associations")],
    ),
    Change(
        "an entry of a network ACL turns into its opposite",
        ec2(
            "replace_network_acl_entry",
            NetworkAclId=made("network_acl"),
            RuleNumber=100,
            Protocol="6",
            RuleAction="deny",
            Egress=False,
            CidrBlock="0.0.0.0/0",
            PortRange={"From": 443, "To": 443},
        ),
        [changed("network_acl", "network_acl", "Entries")],
    ),
    Change(
        "a subnet gets another network ACL",
        guard_subnet,
        [changed("network_acl", "network_acl", "Associations")],
        MOTO,
    ),
    Change(
        "an internet gateway is detached",
        ec2("detach_internet_gateway", InternetGatewayId=made("internet_gateway"), VpcId=made("vpc")),
        [changed("internet_gateway", "internet_gateway", "Attachments")],
    ),
    Change(
        "a NAT gateway is deleted",
        ec2("delete_nat_gateway", NatGatewayId=made("nat_gateway")),
        [("removed", "ec2/nat_gateway", made("nat_gateway"), [])],
    ),
    Change(
        "an egress-only gateway is deleted",
        ec2("delete_egress_only_internet_gateway", EgressOnlyInternetGatewayId=made("egress_only_internet_gateway")),
        [("removed", "ec2/egress_only_internet_gateway", made("egress_only_internet_gateway"), [])],
    ),
    Change(
        "an elastic IP is given to an instance",
        ec2("associate_address", AllocationId=made("address"), InstanceId=made("web_instance")),
        [
            changed(
                "address", "address", "AssociationId", "InstanceId", "NetworkInterfaceId", "NetworkInterfaceOwnerId",
                "PrivateIpAddress",
            )
        ],
        MOTO,
    ),
    Change(
        "an elastic IP is given to an instance, and the emulator tells only that",
        ec2("associate_address", AllocationId=made("address"), InstanceId=made("web_instance")),
        [changed("address", "address", "AssociationId", "InstanceId")],
        {"ministack"},
    ),
    Change(
        "an elastic IP is released",
        ec2("release_address", AllocationId=made("address")),
        [("removed", "ec2/address", made("address"), [])],
    ),
    Change("a prefix list gets an entry", add_office, [changed("managed_prefix_list", "prefix_list", "Entries")]),
    Change(
        "an endpoint's policy is replaced",
        close_endpoint,
        [changed("vpc_endpoint", "vpc_endpoint", "PolicyDocument")],
        MOTO,
    ),
    Change(
        "a gateway endpoint serves one more route table",
        ec2("modify_vpc_endpoint", VpcEndpointId=made("vpc_endpoint"), AddRouteTableIds=[made("route_table")]),
        [changed("vpc_endpoint", "vpc_endpoint", "RouteTableIds")],
    ),
    Change(
        "a peering connection is accepted",
        ec2("accept_vpc_peering_connection", VpcPeeringConnectionId=made("peering")),
        [changed("vpc_peering_connection", "peering", "Status")],
    ),
    Change(
        "a peering connection is deleted",
        ec2("delete_vpc_peering_connection", VpcPeeringConnectionId=made("peering")),
        [("removed", "ec2/vpc_peering_connection", made("peering"), [])],
    ),
    Change(
        "a flow log is deleted",
        ec2("delete_flow_logs", FlowLogIds=[made("flow_log")]),
        [("removed", "ec2/flow_log", made("flow_log"), [])],
    ),
    Change(
        "a key pair is deleted",
        ec2("delete_key_pair", KeyName="deploy"),
        [("removed", "ec2/key_pair", "deploy", [])],
    ),
    Change(
        "an instance is stopped",
        ec2("stop_instances", InstanceIds=[made("worker_instance")]),
        [changed("instance", "worker_instance", "State")],
    ),
    Change(
        "an instance is started",
        ec2("start_instances", InstanceIds=[made("worker_instance")]),
        [changed("instance", "worker_instance", "State")],
    ),
    Change(
        "an instance is stopped and resized",
        resize_instance,
        [changed("instance", "worker_instance", "InstanceType", "State")],
        MOTO,
    ),
    Change(
        "an instance is started as a larger one",
        ec2("start_instances", InstanceIds=[made("worker_instance")]),
        [changed("instance", "worker_instance", "State")],
        MOTO,
    ),
    Change(
        "an instance is stopped and gets other user data",
        replace_user_data,
        [changed("instance", "worker_instance", "State", "UserData")],
        MOTO,
    ),
    Change(
        "an instance is protected from termination",
        ec2("modify_instance_attribute", InstanceId=made("web_instance"), DisableApiTermination={"Value": True}),
        [changed("instance", "web_instance", "DisableApiTermination")],
        MOTO,
    ),
    Change(
        "an instance terminates itself on shutdown",
        ec2(
            "modify_instance_attribute",
            InstanceId=made("web_instance"),
            Attribute="instanceInitiatedShutdownBehavior",
            Value="terminate",
        ),
        [changed("instance", "web_instance", "InstanceInitiatedShutdownBehavior")],
        MOTO,
    ),
    Change(
        "an instance's root volume is to outlive it",
        keep_root_volume,
        [changed("instance", "web_instance", "DeleteOnTermination")],
        MOTO,
    ),
    Change(
        "an instance's root volume gets another type",
        ec2("modify_volume", VolumeId=made("root_volume"), VolumeType="gp3"),
        [changed("volume", "root_volume", "VolumeType")],
    ),
    Change(
        "an instance gets other security groups",
        ec2("modify_instance_attribute", InstanceId=made("web_instance"), Groups=[made("database_group")]),
        [changed("instance", "web_instance", "SecurityGroups")],
        MOTO,
    ),
    Change(
        "an instance may forward traffic",
        ec2("modify_instance_attribute", InstanceId=made("web_instance"), SourceDestCheck={"Value": False}),
        [changed("instance", "web_instance", "SourceDestCheck")],
        MOTO,
    ),
    Change(
        "a volume is detached",
        ec2("detach_volume", VolumeId=made("volume"), InstanceId=made("web_instance")),
        [changed("volume", "volume", "Attachments")],
    ),
    Change(
        "a volume grows",
        ec2("modify_volume", VolumeId=made("spare_volume"), Size=50),
        [changed("volume", "spare_volume", "Size")],
    ),
    Change(
        "a volume is deleted",
        ec2("delete_volume", VolumeId=made("spare_volume")),
        [("removed", "ec2/volume", made("spare_volume"), [])],
    ),
    Change(
        "a network interface is described otherwise",
        ec2(
            "modify_network_interface_attribute",
            NetworkInterfaceId=made("network_interface"),
            Description={"Value": "failover"},
        ),
        [changed("network_interface", "network_interface", "Description")],
        MOTO,
    ),
    Change(
        "a launch template gets a version",
        grow_template,
        [changed("launch_template", "launch_template", "LatestVersion", "LatestVersionNumber")],
    ),
    Change(
        "a launch template's default version moves",
        ec2("modify_launch_template", LaunchTemplateId=made("launch_template"), DefaultVersion="2"),
        [changed("launch_template", "launch_template", "DefaultVersion", "DefaultVersionNumber")],
    ),
]
