"""Calls every operation of the endpoint through boto3 and compares the answers with the account's description.

    python boto3_reads.py URL FOLDER

boto3 has codecs and paginators of its own: what it reads here was not written by the code that it was written with.
Prints one line a difference, and exits with 1 if there is any.
"""

import datetime
import json
import socket
import sys
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

URL, FOLDER = sys.argv[1], Path(sys.argv[2])
ACCOUNT = json.loads((FOLDER / "account.json").read_text())
MAIN = "eu-west-1"
failures = []

# S3 Control puts the account, and virtual-hosted S3 the bucket, in front of the host.
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: resolve("127.0.0.1" if host.endswith(".localhost") else host, *rest, **more)


def client(service, region=MAIN, url=URL, **config):
    return boto3.client(
        service, endpoint_url=url, region_name=region, aws_access_key_id=ACCOUNT["id"], aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}, **config),
    )


def description(region, service):
    found = {}
    if (FOLDER / region / f"{service}.json").exists():
        found.update(json.loads((FOLDER / region / f"{service}.json").read_text()))
    for path in sorted((FOLDER / region / service).glob("*.json")):
        found[path.stem] = json.loads(path.read_text())
    return found


def plain(shape, value):
    """A description's value as boto3 would answer it."""
    kind = shape.type_name
    if kind == "structure":
        return {name: plain(shape.members[name], part) for name, part in value.items()
                if name in shape.members and part is not None}
    if kind == "list":
        return [plain(shape.member, part) for part in value]
    if kind == "map":
        return {name: plain(shape.value, part) for name, part in value.items()}
    if kind == "timestamp":
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    return value


def loosened(value):
    """JSON documents parsed, so that the text of a document does not matter."""
    if isinstance(value, dict):
        return {name: loosened(part) for name, part in value.items()}
    if isinstance(value, list):
        return [loosened(part) for part in value]
    if isinstance(value, str) and value.startswith('{"'):
        return json.loads(value)
    return value


def compare(what, expected, actual):
    expected, actual = loosened(expected), loosened(actual)
    if expected == actual:
        return
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name in sorted(expected.keys() | actual.keys()):
            if name not in actual:
                failures.append(f"{what}/{name}: not answered")
            elif name not in expected:
                failures.append(f"{what}/{name}: answered {actual[name]!r}, not described")
            else:
                compare(f"{what}/{name}", expected[name], actual[name])
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, (one, other) in enumerate(zip(expected, actual)):
            compare(f"{what}/{index}", one, other)
    else:
        failures.append(f"{what}: described {expected!r}, answered {actual!r}")


def python_name(api, operation):
    return next(name for name, api_name in api.meta.method_to_api_mapping.items() if api_name == operation)


def call(api, operation, **params):
    """All pages of an answer, as one."""
    name = python_name(api, operation)
    if api.can_paginate(name):
        answer = api.get_paginator(name).paginate(**params).build_full_result()
    else:
        answer = getattr(api, name)(**params)
        # Operations that page, although boto3 has no paginator for them.
        tokens = {"NextContinuationToken": "ContinuationToken", "NextMarker": "Marker", "NextToken": "NextToken", "Marker": "Marker"}
        paged = next((key for key in tokens if answer.get(key)), None)
        token = tokens.get(paged)
        lists = [key for key, value in answer.items() if isinstance(value, list)]
        page = answer
        while page.get(paged):
            page = getattr(api, name)(**params, **{token: page[paged]})
            for key in lists:
                answer[key] += page.get(key, [])
    for key in ("ResponseMetadata", "IsTruncated", "NextContinuationToken", "NextMarker", "Marker", "MaxItems", "NextToken"):
        answer.pop(key, None)
    return {key: value for key, value in answer.items() if value is not None}


def expect(what, api, operation, expected, **params):
    shape = api.meta.service_model.operation_model(operation).output_shape
    try:
        compare(what, plain(shape, expected), call(api, operation, **params))
    except ClientError as error:
        failures.append(f"{what}: {error}")


def refused(what, code, api, operation, **params):
    try:
        failures.append(f"{what}: expected {code}, answered {call(api, operation, **params)!r}")
    except ClientError as error:
        if error.response["Error"]["Code"] != code:
            failures.append(f"{what}: expected {code}, answered {error}")


def lists(api, operation, member, items, without=(), **params):
    """A list operation: items as described, with what the list itself says differently."""
    def listed(item):
        differing = item.get(operation, {})
        return {name: value for name, value in {**item, **differing}.items() if name not in without}

    expect(f"{api.meta.region_name}/{operation}", api, operation, {member: [listed(item) for item in items]}, **params)


def parts(api, operation, items, param, key, absent=None, **params):
    """A detail operation: what lies in the item under the operation's name."""
    for item in items:
        what = f"{operation} of {item[key]}"
        if absent and not item.get(operation):
            refused(what, absent, api, operation, **{param: item[key]}, **params)
        else:
            expect(what, api, operation, item.get(operation, {}), **{param: item[key]}, **params)


def members(api, operation, items, param, key, pairs, **params):
    """A detail operation: members of the item."""
    for item in items:
        expected = {member: item[name] if name else item for member, name in pairs.items() if not name or name in item}
        expect(f"{operation} of {item[key]}", api, operation, expected, **{param: item[key]}, **params)


def tagged(item):
    return item.get("Tags", item.get("TagList", []))


def ec2():
    for region in ACCOUNT["regions"]:
        api, world = client("ec2", region), description(region, "ec2")
        for operation, member in [
            ("DescribeAddresses", "Addresses"), ("DescribeDhcpOptions", "DhcpOptions"),
            ("DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateways"), ("DescribeFlowLogs", "FlowLogs"),
            ("DescribeInstances", "Reservations"), ("DescribeInstanceCreditSpecifications", "InstanceCreditSpecifications"),
            ("DescribeInternetGateways", "InternetGateways"), ("DescribeKeyPairs", "KeyPairs"),
            ("DescribeLaunchTemplates", "LaunchTemplates"), ("DescribeManagedPrefixLists", "PrefixLists"),
            ("DescribeNatGateways", "NatGateways"), ("DescribeNetworkAcls", "NetworkAcls"),
            ("DescribeNetworkInterfaces", "NetworkInterfaces"), ("DescribeRouteTables", "RouteTables"),
            ("DescribeSecurityGroupRules", "SecurityGroupRules"), ("DescribeSecurityGroups", "SecurityGroups"),
            ("DescribeSubnets", "Subnets"), ("DescribeVolumes", "Volumes"), ("DescribeVpcEndpoints", "VpcEndpoints"),
            ("DescribeVpcPeeringConnections", "VpcPeeringConnections"), ("DescribeVpcs", "Vpcs"),
            ("DescribeLaunchTemplateVersions", "LaunchTemplateVersions"),
        ]:
            lists(api, operation, member, world.get(member, []))
        attributes = [{"PublicIp": a["PublicIp"], "AllocationId": a["AllocationId"], **a.get("DescribeAddressesAttribute", {})}
                      for a in world.get("Addresses", [])]
        expect("DescribeAddressesAttribute", api, "DescribeAddressesAttribute", {"Addresses": attributes}, Attribute="domain-name")
        members(api, "GetManagedPrefixListEntries", world.get("PrefixLists", []), "PrefixListId", "PrefixListId", {"Entries": "Entries"})
        for vpc in world["Vpcs"]:
            for attribute in ("enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics"):
                member = attribute[0].upper() + attribute[1:]
                expected = {"VpcId": vpc["VpcId"], member: vpc["DescribeVpcAttribute"][member]}
                expect(f"{attribute} of {vpc['VpcId']}", api, "DescribeVpcAttribute", expected, VpcId=vpc["VpcId"], Attribute=attribute)
        for reservation in world.get("Reservations", []):
            instance = reservation["Instances"][0]
            for attribute, member in [
                ("userData", "UserData"), ("disableApiTermination", "DisableApiTermination"), ("groupSet", "Groups"),
                ("blockDeviceMapping", "BlockDeviceMappings"), ("instanceType", "InstanceType"), ("disableApiStop", "DisableApiStop"),
                ("instanceInitiatedShutdownBehavior", "InstanceInitiatedShutdownBehavior"), ("enclaveOptions", "EnclaveOptions"),
            ]:
                expected = {"InstanceId": instance["InstanceId"], member: instance["DescribeInstanceAttribute"][member]}
                expect(f"{attribute} of {instance['InstanceId']}", api, "DescribeInstanceAttribute", expected,
                       InstanceId=instance["InstanceId"], Attribute=attribute)
        regions = [region["RegionName"] for region in api.describe_regions()["Regions"]]
        compare("DescribeRegions", sorted(ACCOUNT["regions"]), sorted(regions))
        tags = call(api, "DescribeTags", Filters=[{"Name": "resource-type", "Values": ["vpc"]}])["Tags"]
        expected = [{**tag, "ResourceId": vpc["VpcId"], "ResourceType": "vpc"} for vpc in world["Vpcs"] for tag in tagged(vpc)]
        compare("DescribeTags", expected, tags)

    api, world = client("ec2"), description(MAIN, "ec2")
    template = world["LaunchTemplates"][0]
    versions = call(api, "DescribeLaunchTemplateVersions", LaunchTemplateId=template["LaunchTemplateId"], Versions=["$Default", "$Latest"])
    numbers = {version["VersionNumber"] for version in versions["LaunchTemplateVersions"]}
    compare("$Default and $Latest", {template["DefaultVersionNumber"], template["LatestVersionNumber"]}, numbers)
    one = world["Vpcs"][0]["VpcId"]
    in_one = [subnet for subnet in world["Subnets"] if subnet["VpcId"] == one]
    lists(api, "DescribeSubnets", "Subnets", in_one, Filters=[{"Name": "vpc-id", "Values": [one]}])
    named = [group for group in world["SecurityGroups"] if {"Key": "Name", "Value": "shop-db"} in tagged(group)]
    lists(api, "DescribeSecurityGroups", "SecurityGroups", named, Filters=[{"Name": "tag:Name", "Values": ["*-db"]}])
    refused("no such filter", "InvalidParameterValue", api, "DescribeVpcs", Filters=[{"Name": "colour", "Values": ["red"]}])
    refused("no such VPC", "InvalidVpcID.NotFound", api, "DescribeVpcs", VpcIds=["vpc-0"])
    refused("no such token", "InvalidNextToken", api, "DescribeVpcs", NextToken="bm9uc2Vuc2U")


def load_balancers():
    api, world = client("elb"), description(MAIN, "elb")
    all_of = world["LoadBalancerDescriptions"]
    lists(api, "DescribeLoadBalancers", "LoadBalancerDescriptions", all_of)
    name = "LoadBalancerName"
    members(api, "DescribeLoadBalancerAttributes", all_of, name, name, {"LoadBalancerAttributes": "Attributes"})
    members(api, "DescribeLoadBalancerPolicies", all_of, name, name, {"PolicyDescriptions": "PolicyDescriptions"})
    expected = [{name: one[name], "Tags": one["Tags"]} for one in all_of]
    expect("DescribeTags", api, "DescribeTags", {"TagDescriptions": expected}, LoadBalancerNames=[one[name] for one in all_of])
    refused("no such load balancer", "LoadBalancerNotFound", api, "DescribeLoadBalancers", LoadBalancerNames=["nobody"])

    api, world = client("elbv2"), description(MAIN, "elbv2")
    keys = {"LoadBalancers": "LoadBalancerArn", "Listeners": "ListenerArn", "Rules": "RuleArn", "TargetGroups": "TargetGroupArn", "TrustStores": "TrustStoreArn"}
    for collection in ("LoadBalancers", "TargetGroups", "TrustStores"):
        lists(api, f"Describe{collection}", collection, world[collection])
    for owner in world["LoadBalancers"]:
        arn = owner["LoadBalancerArn"]
        lists(api, "DescribeListeners", "Listeners", [it for it in world["Listeners"] if it["LoadBalancerArn"] == arn], LoadBalancerArn=arn)
    for owner in world["Listeners"]:
        arn = owner["ListenerArn"]
        lists(api, "DescribeRules", "Rules", [it for it in world["Rules"] if it["ListenerArn"] == arn], ListenerArn=arn)
    for owner in world["TrustStores"]:
        arn = owner["TrustStoreArn"]
        lists(api, "DescribeTrustStoreRevocations", "TrustStoreRevocations",
              [it for it in world["TrustStoreRevocations"] if it["TrustStoreArn"] == arn], TrustStoreArn=arn)
    for operation, collection in [
        ("DescribeLoadBalancerAttributes", "LoadBalancers"), ("DescribeListenerAttributes", "Listeners"),
        ("DescribeTargetGroupAttributes", "TargetGroups"),
    ]:
        members(api, operation, world[collection], keys[collection], keys[collection], {"Attributes": "Attributes"})
    parts(api, "DescribeListenerCertificates", world["Listeners"], "ListenerArn", "ListenerArn")
    parts(api, "DescribeTargetHealth", world["TargetGroups"], "TargetGroupArn", "TargetGroupArn")
    parts(api, "DescribeCapacityReservation", world["LoadBalancers"], "LoadBalancerArn", "LoadBalancerArn")
    for collection, key in keys.items():
        expected = [{"ResourceArn": it[key], "Tags": it["Tags"]} for it in world[collection]]
        expect("DescribeTags", api, "DescribeTags", {"TagDescriptions": expected}, ResourceArns=[it[key] for it in world[collection]])


def rds():
    api, world = client("rds"), description(MAIN, "rds")
    for operation, member in [
        ("DescribeDBClusterParameterGroups", "DBClusterParameterGroups"), ("DescribeDBClusterSnapshots", "DBClusterSnapshots"),
        ("DescribeDBClusters", "DBClusters"), ("DescribeDBInstances", "DBInstances"),
        ("DescribeDBParameterGroups", "DBParameterGroups"), ("DescribeDBProxies", "DBProxies"),
        ("DescribeDBSnapshots", "DBSnapshots"), ("DescribeDBSubnetGroups", "DBSubnetGroups"),
        ("DescribeEventSubscriptions", "EventSubscriptionsList"), ("DescribeGlobalClusters", "GlobalClusters"),
        ("DescribeOptionGroups", "OptionGroupsList"), ("DescribeDBProxyEndpoints", "DBProxyEndpoints"),
    ]:
        lists(api, operation, member, world[member])
    for proxy in world["DBProxies"]:
        name = proxy["DBProxyName"]
        for operation, member in [("DescribeDBProxyTargetGroups", "TargetGroups"), ("DescribeDBProxyTargets", "Targets")]:
            lists(api, operation, member, [it for it in world[member] if it["DBProxyName"] == name], DBProxyName=name)
    for operation, collection, key in [
        ("DescribeDBParameters", "DBParameterGroups", "DBParameterGroupName"),
        ("DescribeDBClusterParameters", "DBClusterParameterGroups", "DBClusterParameterGroupName"),
    ]:
        members(api, operation, world[collection], key, key, {"Parameters": "Parameters"})
        for group in world[collection]:
            own = [parameter for parameter in group["Parameters"] if parameter["Source"] == "user"]
            expect(f"{operation} of a user", api, operation, {"Parameters": own}, **{key: group[key]}, Source="user")
    parts(api, "DescribeDBSnapshotAttributes", world["DBSnapshots"], "DBSnapshotIdentifier", "DBSnapshotIdentifier")
    parts(api, "DescribeDBClusterSnapshotAttributes", world["DBClusterSnapshots"], "DBClusterSnapshotIdentifier", "DBClusterSnapshotIdentifier")
    for collection, key in [
        ("DBInstances", "DBInstanceArn"), ("DBSubnetGroups", "DBSubnetGroupArn"), ("DBParameterGroups", "DBParameterGroupArn"),
        ("OptionGroupsList", "OptionGroupArn"), ("DBProxies", "DBProxyArn"), ("EventSubscriptionsList", "EventSubscriptionArn"),
    ]:
        for it in world[collection]:
            expect(f"tags of {it[key]}", api, "ListTagsForResource", {"TagList": tagged(it)}, ResourceName=it[key])
    manual = [it for it in world["DBSnapshots"] if it["SnapshotType"] == "manual"]
    lists(api, "DescribeDBSnapshots", "DBSnapshots", manual, SnapshotType="manual")
    refused("no such instance", "DBInstanceNotFound", api, "DescribeDBInstances", DBInstanceIdentifier="nobody")
    compare("another region", {"DBInstances": []}, call(client("rds", "us-east-1"), "DescribeDBInstances"))


def route53():
    api, world = client("route53"), description("global", "route53")
    for operation, member in [
        ("ListHostedZones", "HostedZones"), ("ListHealthChecks", "HealthChecks"), ("ListQueryLoggingConfigs", "QueryLoggingConfigs"),
        ("ListReusableDelegationSets", "DelegationSets"),
    ]:
        lists(api, operation, member, world[member])
    for zone in world["HostedZones"]:
        zone_id = zone["Id"].removeprefix("/hostedzone/")
        expect(f"records of {zone_id}", api, "ListResourceRecordSets", {"ResourceRecordSets": zone["ResourceRecordSets"]}, HostedZoneId=zone_id)
        expected = {"HostedZone": zone} | {key: zone[key] for key in ("DelegationSet", "VPCs") if key in zone}
        expect(f"GetHostedZone of {zone_id}", api, "GetHostedZone", expected, Id=zone_id)
        if zone["Config"]["PrivateZone"]:
            refused(f"DNSSEC of {zone_id}", "InvalidArgument", api, "GetDNSSEC", HostedZoneId=zone_id)
        else:
            expect(f"DNSSEC of {zone_id}", api, "GetDNSSEC", zone["GetDNSSEC"], HostedZoneId=zone_id)
        authorized = {"HostedZoneId": zone_id, "VPCs": [], **zone.get("ListVPCAssociationAuthorizations", {})}
        answer = {"VPCs": [], **call(api, "ListVPCAssociationAuthorizations", HostedZoneId=zone_id)}
        compare(f"authorizations of {zone_id}", authorized, answer)
        tags = {"ResourceType": "hostedzone", "ResourceId": zone_id, "Tags": zone["Tags"]}
        expect(f"tags of {zone_id}", api, "ListTagsForResource", {"ResourceTagSet": tags}, ResourceType="hostedzone", ResourceId=zone_id)
    checks = [{"ResourceType": "healthcheck", "ResourceId": it["Id"], "Tags": it["Tags"]} for it in world["HealthChecks"]]
    expect("tags of health checks", api, "ListTagsForResources", {"ResourceTagSets": checks}, ResourceType="healthcheck",
           ResourceIds=[it["Id"] for it in world["HealthChecks"]])
    refused("no such zone", "NoSuchHostedZone", api, "GetHostedZone", Id="Z0")


def s3():
    world = description("global", "s3")
    owner = world["ListBuckets"]["Owner"]
    expect("ListBuckets", client("s3"), "ListBuckets", {"Buckets": world["Buckets"], "Owner": owner}, PaginationConfig={"PageSize": 100})
    compare("region of a bucket, unasked", None, client("s3").list_buckets()["Buckets"][0].get("BucketRegion"))
    absent = {
        "GetBucketCors": "NoSuchCORSConfiguration", "GetBucketEncryption": "ServerSideEncryptionConfigurationNotFoundError",
        "GetBucketLifecycleConfiguration": "NoSuchLifecycleConfiguration", "GetBucketOwnershipControls": "OwnershipControlsNotFoundError",
        "GetBucketMetadataConfiguration": "MetadataConfigurationNotFound", "GetBucketPolicy": "NoSuchBucketPolicy",
        "GetBucketReplication": "ReplicationConfigurationNotFoundError", "GetBucketTagging": "NoSuchTagSet",
        "GetBucketWebsite": "NoSuchWebsiteConfiguration", "GetObjectLockConfiguration": "ObjectLockConfigurationNotFoundError",
        "GetPublicAccessBlock": "NoSuchPublicAccessBlockConfiguration",
    }
    present = """
        GetBucketAbac GetBucketAccelerateConfiguration GetBucketAcl GetBucketLogging GetBucketNotificationConfiguration
        GetBucketRequestPayment GetBucketVersioning ListBucketAnalyticsConfigurations
        ListBucketIntelligentTieringConfigurations ListBucketInventoryConfigurations ListBucketMetricsConfigurations
    """
    port = URL.rsplit(":", 1)[1]
    for style, url in [("path", URL), ("virtual", f"http://localhost:{port}")]:
        for bucket in world["Buckets"]:
            api = client("s3", bucket["BucketRegion"], url, s3={"addressing_style": style})
            for operation in present.split():
                parts(api, operation, [bucket], "Bucket", "Name")
            for operation, code in absent.items():
                parts(api, operation, [bucket], "Bucket", "Name", code)
            place = bucket["GetBucketLocation"].get("LocationConstraint")
            compare(f"location of {bucket['Name']}", {"LocationConstraint": place} if place else {}, call(api, "GetBucketLocation", Bucket=bucket["Name"]))
    elsewhere = next(bucket for bucket in world["Buckets"] if bucket["BucketRegion"] != MAIN)
    # boto3 follows the redirection by itself.
    api = client("s3", MAIN, s3={"addressing_style": "path"})
    answer = call(api, "GetBucketVersioning", Bucket=elsewhere["Name"])
    compare("redirected", elsewhere["GetBucketVersioning"], answer)
    refused("no such bucket", "NoSuchBucket", client("s3"), "GetBucketAcl", Bucket="nobody-has-this")

    control = client("s3control", url=f"http://localhost:{port}")
    account, world = ACCOUNT["id"], description(MAIN, "s3control")
    expect("account", control, "GetPublicAccessBlock", description("global", "s3control")["GetPublicAccessBlock"], AccountId=account)
    lists(control, "ListAccessPoints", "AccessPointList", world["AccessPointList"], AccountId=account)
    for point in world["AccessPointList"]:
        expect(f"access point {point['Name']}", control, "GetAccessPoint", point, AccountId=account, Name=point["Name"])
        expect(f"tags of {point['Name']}", control, "ListTagsForResource", {"Tags": point["Tags"]}, AccountId=account, ResourceArn=point["AccessPointArn"])
    parts(control, "GetAccessPointPolicy", world["AccessPointList"], "Name", "Name", "NoSuchAccessPointPolicy", AccountId=account)


def iam():
    api, world = client("iam"), description("global", "iam")
    details = {"UserDetailList": world["Users"], "GroupDetailList": world["Groups"], "RoleDetailList": world["Roles"], "Policies": world["Policies"]}
    expect("GetAccountAuthorizationDetails", api, "GetAccountAuthorizationDetails", details)
    own = [policy for policy in world["Policies"] if ":aws:policy" not in policy["Arn"]]
    expect("local policies", api, "GetAccountAuthorizationDetails",
           {"Policies": own, "UserDetailList": [], "GroupDetailList": [], "RoleDetailList": []}, Filter=["LocalManagedPolicy"])
    for operation, member, collection, without in [
        ("ListUsers", "Users", "Users", ["Tags", "PermissionsBoundary"]),
        ("ListRoles", "Roles", "Roles", ["Tags", "PermissionsBoundary", "RoleLastUsed"]),
        ("ListPolicies", "Policies", "Policies", ["Tags", "Description"]),
        ("ListInstanceProfiles", "InstanceProfiles", "InstanceProfiles", ["Tags"]),
        ("ListOpenIDConnectProviders", "OpenIDConnectProviderList", "OpenIDConnectProviderList", []),
        ("ListSAMLProviders", "SAMLProviderList", "SAMLProviderList", []),
        ("ListServerCertificates", "ServerCertificateMetadataList", "ServerCertificateMetadataList", []),
    ]:
        lists(api, operation, member, world[collection], without)
    lists(api, "ListPolicies", "Policies", own, ["Tags", "Description"], Scope="Local")
    expect("ListAccountAliases", api, "ListAccountAliases", {"AccountAliases": world["AccountAliases"]})
    expect("password policy", api, "GetAccountPasswordPolicy", world["GetAccountPasswordPolicy"])
    users, roles, profiles = world["Users"], world["Roles"], world["InstanceProfiles"]
    members(api, "GetUser", users, "UserName", "UserName", {"User": ""})
    members(api, "ListUserTags", users, "UserName", "UserName", {"Tags": "Tags"})
    for operation in ("ListAccessKeys", "ListMFADevices", "ListSSHPublicKeys", "ListSigningCertificates"):
        parts(api, operation, users, "UserName", "UserName")
    credentials = world["ServiceSpecificCredentials"]
    lists(api, "ListServiceSpecificCredentials", "ServiceSpecificCredentials", credentials, AllUsers=True)
    for user in users:
        own_credentials = [it for it in credentials if it["UserName"] == user["UserName"]]
        lists(api, "ListServiceSpecificCredentials", "ServiceSpecificCredentials", own_credentials, UserName=user["UserName"])
    parts(api, "GetLoginProfile", users, "UserName", "UserName", "NoSuchEntity")
    members(api, "GetRole", roles, "RoleName", "RoleName", {"Role": ""})
    members(api, "ListRoleTags", roles, "RoleName", "RoleName", {"Tags": "Tags"})
    members(api, "GetInstanceProfile", profiles, "InstanceProfileName", "InstanceProfileName", {"InstanceProfile": ""})
    members(api, "ListInstanceProfileTags", profiles, "InstanceProfileName", "InstanceProfileName", {"Tags": "Tags"})
    members(api, "GetPolicy", world["Policies"], "PolicyArn", "Arn", {"Policy": ""})
    members(api, "ListPolicyTags", world["Policies"], "PolicyArn", "Arn", {"Tags": "Tags"})
    for policy in world["Policies"]:
        for version in policy["PolicyVersionList"]:
            expect(f"version of {policy['Arn']}", api, "GetPolicyVersion", {"PolicyVersion": version}, PolicyArn=policy["Arn"], VersionId=version["VersionId"])
        attached = lambda it: any(one["PolicyArn"] == policy["Arn"] for one in it["AttachedManagedPolicies"])
        entities = {f"Policy{kind}s": [it for it in world[f"{kind}s"] if attached(it)] for kind in ("User", "Group", "Role")}
        expect(f"entities of {policy['Arn']}", api, "ListEntitiesForPolicy", entities, PolicyArn=policy["Arn"])
    for provider in world["OpenIDConnectProviderList"]:
        expect(provider["Arn"], api, "GetOpenIDConnectProvider", provider, OpenIDConnectProviderArn=provider["Arn"])
    for provider in world["SAMLProviderList"]:
        expect(provider["Arn"], api, "GetSAMLProvider", provider, SAMLProviderArn=provider["Arn"])
    refused("no such role", "NoSuchEntity", api, "GetRole", RoleName="nobody")


def acm():
    for region in ("eu-west-1", "us-east-1"):
        api, world = client("acm", region), description(region, "acm")
        rsa = [it for it in world["Certificates"] if it["KeyAlgorithm"] == "RSA_2048"]
        lists(api, "ListCertificates", "CertificateSummaryList", rsa)
        algorithms = sorted({it["KeyAlgorithm"] for it in world["Certificates"]})
        lists(api, "ListCertificates", "CertificateSummaryList", world["Certificates"], Includes={"keyTypes": algorithms})
        arn = "CertificateArn"
        members(api, "DescribeCertificate", world["Certificates"], arn, arn, {"Certificate": ""})
        members(api, "ListTagsForCertificate", world["Certificates"], arn, arn, {"Tags": "Tags"})
        parts(api, "GetCertificate", world["Certificates"], arn, arn)
        expect("account configuration", api, "GetAccountConfiguration", world["GetAccountConfiguration"])
    refused("no such certificate", "ResourceNotFoundException", client("acm"), "DescribeCertificate",
            CertificateArn="arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-4000-a000-000000000000")


def cloudtrail():
    """The test records three events, of which one only reads: an hour apart, the newest on EventId c."""
    api = client("cloudtrail")

    def found(what, expected, key=None, value=None, **params):
        if key:
            params["LookupAttributes"] = [{"AttributeKey": key, "AttributeValue": value}]
        events = call(api, "LookupEvents", **params)["Events"]
        compare(what, expected, [event["EventId"] for event in events])
        return events

    hour = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.timezone.utc)
    events = found("all events", ["c", "b", "a"])
    compare("a record", "a", json.loads(events[2]["CloudTrailEvent"])["eventID"])
    compare("its time", hour, events[2]["EventTime"])
    found("writes", ["c", "a"], "ReadOnly", "false")
    found("by name", ["b", "a"], "ResourceName", "sg-1")
    found("by call", ["b"], "EventName", "DescribeSecurityGroups")
    found("in a window", ["b"], StartTime=hour + datetime.timedelta(minutes=1), EndTime=hour + datetime.timedelta(hours=1))
    two = [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}, {"AttributeKey": "EventId", "AttributeValue": "a"}]
    refused("two attributes", "InvalidLookupAttributesException", api, "LookupEvents", LookupAttributes=two)
    refused("a window that ends before it begins", "InvalidTimeRangeException", api, "LookupEvents",
            StartTime=hour, EndTime=hour - datetime.timedelta(hours=1))


def organizations():
    """The test makes an organization of the account; another one lies in the unit Prod, which lies in Workloads."""
    api = client("organizations", "us-east-1")

    def found(what, expected, key, operation, member, **params):
        items = call(api, operation, **params)[member]
        compare(what, expected, sorted(item[key] for item in items))
        return items

    both = sorted([ACCOUNT["id"], "210987654321"])
    accounts = found("accounts", both, "Id", "ListAccounts", "Accounts")
    compare("their states", ["ACTIVE", "ACTIVE"], [account["State"] for account in accounts])
    [root] = found("roots", ["Root"], "Name", "ListRoots", "Roots")
    found("accounts in the root", [ACCOUNT["id"]], "Id", "ListAccountsForParent", "Accounts", ParentId=root["Id"])
    [outer] = found("units in the root", ["Workloads"], "Name", "ListOrganizationalUnitsForParent", "OrganizationalUnits",
                    ParentId=root["Id"])
    [inner] = found("units in a unit", ["Prod"], "Name", "ListOrganizationalUnitsForParent", "OrganizationalUnits",
                    ParentId=outer["Id"])
    found("accounts in a unit", ["210987654321"], "Id", "ListAccountsForParent", "Accounts", ParentId=inner["Id"])
    found("tags of an account", ["Team"], "Key", "ListTagsForResource", "Tags", ResourceId="210987654321")
    refused("no such unit", "ParentNotFoundException", api, "ListAccountsForParent", ParentId="ou-ex4m-00000000")


def sts():
    api = client("sts")
    compare("caller", ACCOUNT["id"], api.get_caller_identity()["Account"])
    role = next(role for role in description("global", "iam")["Roles"] if role["RoleName"] == "driftline")
    refused("no external id", "AccessDenied", api, "AssumeRole", RoleArn=role["Arn"], RoleSessionName="check")
    keys = api.assume_role(RoleArn=role["Arn"], RoleSessionName="check", ExternalId="example-drift")["Credentials"]
    assumed = boto3.client("sts", endpoint_url=URL, region_name=MAIN, aws_access_key_id=keys["AccessKeyId"],
                           aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["SessionToken"])
    compare("assumed", f"arn:aws:sts::{ACCOUNT['id']}:assumed-role/driftline/check", assumed.get_caller_identity()["Arn"])
    nobody = boto3.client("iam", endpoint_url=URL, region_name=MAIN, aws_access_key_id="nobody", aws_secret_access_key="any")
    refused("unknown key", "InvalidClientTokenId", nobody, "ListUsers")
    refused("region that is not enabled", "AuthFailure", client("ec2", "ap-southeast-2"), "DescribeVpcs")


for check in (ec2, load_balancers, rds, route53, s3, iam, acm, cloudtrail, organizations, sts):
    check()
print("\n".join(failures))
sys.exit(bool(failures))
