#!/usr/bin/env python3
"""Compares a snapshot with what boto3 answers: a line for each difference, none if all is well.

    compare.py SNAPSHOTS KINDS

KINDS is what `driftline kinds --json` prints. Its sources say which answers a kind's attributes are made of: they are
asked for anew here, by another SDK. Its rules say what driftline leaves out or writes otherwise.
"""

import base64
import datetime
import functools
import json
import sys
from pathlib import Path
from urllib.parse import unquote

sys.path.insert(0, str(Path(__file__).parent.parent / "seed"))

import botocore.exceptions  # noqa: E402
import botocore.parsers  # noqa: E402
from emulator import clients  # noqa: E402

CONNECTION = "us-east-1"
REGIONS = ["us-east-1", "eu-west-1"]
MISSING = object()

# Parameters that are not named like a member of the item.
PARAMETERS = {
    "acm:DescribeCertificate": lambda it: {"CertificateArn": it.arn},
    "acm:ListTagsForCertificate": lambda it: {"CertificateArn": it.arn},
    "ec2:DescribeAddressesAttribute": lambda it: {"Attribute": "domain-name", "AllocationIds": [it.id]},
    "ec2:DescribeInstanceAttribute": lambda it: {"InstanceId": it.id, "Attribute": lower_first(it.source["at"][1:])},
    "ec2:DescribeInstanceCreditSpecifications": lambda it: {"InstanceIds": [it.id]},
    "ec2:DescribeLaunchTemplateVersions": lambda it: {
        "LaunchTemplateId": it.id, "Versions": ["$Default" if "Default" in it.source["at"] else "$Latest"]},
    "ec2:DescribeVpcAttribute": lambda it: {"VpcId": it.id, "Attribute": lower_first(it.source["at"][1:])},
    "ec2:GetManagedPrefixListEntries": lambda it: {"PrefixListId": it.id},
    "elb:DescribeLoadBalancerPolicies": lambda it: {"LoadBalancerName": it.id},
    "elb:DescribeTags": lambda it: {"LoadBalancerNames": [it.id]},
    "elbv2:DescribeListeners": lambda it: {"ListenerArns": [it.arn]},
    "elbv2:DescribeRules": lambda it: {"RuleArns": [it.arn]},
    "elbv2:DescribeTags": lambda it: {"ResourceArns": [it.arn]},
    "iam:GetLoginProfile": lambda it: {"UserName": it.id},
    "iam:GetOpenIDConnectProvider": lambda it: {"OpenIDConnectProviderArn": it.arn},
    "iam:GetPolicy": lambda it: {"PolicyArn": it.arn},
    "iam:GetSAMLProvider": lambda it: {"SAMLProviderArn": it.arn},
    **{f"iam:List{what}": lambda it: {"UserName": it.attributes["UserName"]} for what in (
        "AccessKeys", "MFADevices", "SSHPublicKeys", "ServiceSpecificCredentials", "SigningCertificates")},
    "rds:DescribeDBClusterParameters": lambda it: {"DBClusterParameterGroupName": it.id, "Source": "user"},
    "rds:DescribeDBParameters": lambda it: {"DBParameterGroupName": it.id, "Source": "user"},
    "rds:ListTagsForResource": lambda it: {"ResourceName": it.arn},
    "route53:GetDNSSEC": lambda it: {"HostedZoneId": it.id},
    "route53:GetHostedZone": lambda it: {"Id": it.id},
    "route53:ListQueryLoggingConfigs": lambda it: {},
    "route53:ListResourceRecordSets": lambda it: {"HostedZoneId": it.id.split("/")[0]},
    "route53:ListTagsForResources": lambda it: {
        "ResourceType": "hostedzone" if it.kind == "route53/hosted_zone" else "healthcheck", "ResourceIds": [it.id]},
    "route53:ListVPCAssociationAuthorizations": lambda it: {"HostedZoneId": it.id},
    "s3control:GetAccessPoint": lambda it: {"AccountId": it.account, "Name": it.id},
    "s3control:GetAccessPointPolicy": lambda it: {"AccountId": it.account, "Name": it.id},
    "s3control:GetPublicAccessBlock": lambda it: {"AccountId": it.account},
    "s3control:ListTagsForResource": lambda it: {"AccountId": it.account, "ResourceArn": it.arn},
}

# Parameters of lists.
OPTIONS = {"ec2:DescribeKeyPairs": {"IncludePublicKey": True}, "s3:ListBuckets": {"MaxBuckets": 1000}}

# Attributes that AWS would refuse to tell.
REFUSED = {
    "route53/hosted_zone": lambda it: ["DNSSEC"] if it.attributes["Config"].get("PrivateZone") else [],
}

# Routes that come and go by themselves.
PASSING = ("EnableVgwRoutePropagation", "Advertisement")

# What the kinds leave out on purpose, as their `about` says: made by AWS, or by a service for itself.
LEFT_OUT = {
    "ec2/instance": lambda item: item["State"]["Name"] in ("terminated", "shutting-down"),
    "ec2/key_pair": lambda item: False,
    "ec2/managed_prefix_list": lambda item: item.get("OwnerId") == "AWS",
    "ec2/nat_gateway": lambda item: item["State"] in ("deleted", "deleting"),
    "ec2/network_interface": lambda item: item.get("RequesterManaged")
    or item.get("InterfaceType", "interface") not in ("interface", "efa", "trunk", "branch")
    or item.get("Attachment", {}).get("InstanceOwnerId", "").startswith("amazon-"),
    "ec2/vpc_endpoint": lambda item: item.get("RequesterManaged") or item["State"].lower() == "deleted",
    "ec2/vpc_peering_connection": lambda item: item["Status"]["Code"] in ("deleted", "rejected", "expired", "failed"),
    # The actions of a listener's default rule are the listener's own.
    "elbv2/rule": lambda item: item["Priority"] == "default",
    "iam/policy": lambda item: ":iam::aws:" in item["Arn"],
    "iam/role": lambda item: item["Path"].startswith("/aws-service-role/"),
    "rds/db_cluster_parameter_group": lambda item: item["DBClusterParameterGroupName"].startswith("default."),
    "rds/db_cluster_snapshot": lambda item: item.get("SnapshotType") != "manual",
    "rds/db_parameter_group": lambda item: item["DBParameterGroupName"].startswith("default."),
    "rds/db_proxy_endpoint": lambda item: item.get("IsDefault") or item["DBProxyEndpointName"] == item["DBProxyName"],
    "rds/db_snapshot": lambda item: item.get("SnapshotType") != "manual",
    "rds/option_group": lambda item: item["OptionGroupName"].startswith("default:"),
    # moto lists those of ordinary zones, without an id.
    "route53/delegation_set": lambda item: not item["Id"],
}

# Members of whole answers that say nothing about the item.
ENVELOPE = {"ResponseMetadata", "NextToken", "Marker", "IsTruncated", "NextMarker", "MaxItems"}


class Item:
    """A resource of the snapshot, and the source that is looked at."""

    def __init__(self, path, kind):
        self.path = path
        value = json.loads(path.read_text())
        parts = path.parts
        at = len(parts) - 1 - parts[::-1].index("aws")
        self.account, self.region = parts[at + 1], parts[at + 2]
        self.kind, self.id, self.arn = value["kind"], value["id"], value.get("arn")
        self.tags, self.attributes = value.get("tags", {}), value["attributes"]
        self.members = kind["identity"].get("members")
        self.source = None

    def is_(self, item):
        """Whether an item of a list is this resource."""
        if not isinstance(item, dict):
            return False
        if self.members:
            found = [lookup(item, member) for member in self.members]
            return "/".join(str(part) for part in found if part is not None) == self.id
        if self.kind == "route53/record_set":
            name = decoded(item["Name"]).removesuffix(".")
            known = [self.id.split("/")[0], name, item["Type"], item.get("SetIdentifier")]
            return "/".join(part for part in known if part is not None) == self.id
        values = [value for value in item.values() if isinstance(value, str)]
        return self.arn in values or any(value.endswith(f"/{self.id}") or value == self.id for value in values)


class Comparison:
    def __init__(self, kinds):
        self.aws = functools.cache(clients())
        self.kinds = {kind["name"]: kind for kind in kinds}
        self.differences = []
        self.sources = 0

    @functools.cache
    def answer(self, operation, region, parameters):
        """All pages of an answer as JSON; an empty one where the emulator refuses."""
        service, name = operation.split(":")
        client = self.aws(service, region)
        method = {v: k for k, v in client.meta.method_to_api_mapping.items()}[name]
        parameters = json.loads(parameters)
        try:
            if client.can_paginate(method):
                pages = client.get_paginator(method).paginate(**parameters)
                answer = pages.build_full_result()
            else:
                answer = getattr(client, method)(**parameters)
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError, botocore.parsers.ResponseParserError):
            return {}
        return plain({name: value for name, value in answer.items() if name not in ENVELOPE})

    def ask(self, source, region, item):
        operation = source["operation"]
        if item and operation in PARAMETERS:
            item.source = source
            parameters = PARAMETERS[operation](item)
        else:
            service, name = operation.split(":")
            shape = self.aws(service, region).meta.service_model.operation_model(name).input_shape
            required = shape.required_members if shape else []
            if not item and required:
                return None
            own = {"Bucket": item.id} if item else {}
            parameters = {member: own.get(member) or item.attributes[member] for member in required}
            parameters.update(OPTIONS.get(operation, {}))
        return self.answer(operation, region, json.dumps(parameters, sort_keys=True))

    def expected(self, item, kind):
        """The attributes as boto3 shows them."""
        attributes = {}
        for source in kind["sources"]:
            if "*" in source["at"]:
                # Moved to where it belongs: the changes' tests look there.
                continue
            region = CONNECTION if item.region == "global" else item.region
            answer = self.ask(source, region, item)
            found = [value for value in select(answer, source["member"], item)]
            if source["operation"] == "route53:ListQueryLoggingConfigs":
                found = [value for value in found if value["HostedZoneId"] == item.id]
            if "/*" in source["member"] and "PolicyVersionList" not in source["member"] and not source["at"]:
                found = [value for value in found if item.is_(value)]
            if not found:
                continue
            self.sources += 1
            if source["at"]:
                if found[0] not in ({}, None):
                    attributes[source["at"][1:]] = found[0]
            else:
                attributes = merged(attributes, found[0])
        return attributes

    def compare(self, item):
        kind = self.kinds[item.kind]
        expected = self.expected(item, kind)
        for name in REFUSED.get(item.kind, lambda _: [])(item):
            expected.pop(name, None)
        self.settle(item, expected)
        rules = kind["rules"]
        for rule in (rule for rule in rules if rule["rule"] == "redundant"):
            if all(holds(lookup(expected, when["path"]), when["is"]) for when in rule["when"]):
                expected.pop(rule["path"][1:], None)
        tags = {}
        for rule in sorted(rules, key=lambda rule: ORDER[rule["rule"]]):
            steps = rule["path"][1:].split("/")
            APPLY[rule["rule"]](expected, steps, rule, tags)
            if rule["rule"] in ("set", "secret", "document"):
                APPLY[rule["rule"]](item.attributes, steps, rule, {})
        self.differ(item, "", item.attributes, expected)
        if not any(rule["rule"] == "tags" for rule in rules):
            tags = {}
        self.differ(item, "tags", item.tags, tags)

    def settle(self, item, expected):
        """What driftline puts together of several answers is taken apart again."""
        if item.kind == "s3/bucket":
            location = self.answer("s3:GetBucketLocation", item.region, json.dumps({"Bucket": item.id}))
            expected.setdefault("BucketRegion", location.get("LocationConstraint") or "us-east-1")
        if item.kind.startswith("route53/") and "Tags" not in expected:
            # ministack knows only the operation for one resource.
            types = {"route53/hosted_zone": "hostedzone", "route53/health_check": "healthcheck"}
            if item.kind in types:
                parameters = {"ResourceType": types[item.kind], "ResourceId": item.id}
                answer = self.answer("route53:ListTagsForResource", "us-east-1", json.dumps(parameters))
                expected["Tags"] = answer.get("ResourceTagSet", {}).get("Tags", [])
        if item.kind == "route53/health_check" and isinstance(item.attributes["HealthCheckConfig"].get("EnableSNI"), bool):
            # ministack writes `True`, which boto3 takes for false.
            expected["HealthCheckConfig"]["EnableSNI"] = item.attributes["HealthCheckConfig"]["EnableSNI"]
        if item.kind == "iam/role":
            # AWS tells the boundary with everything else; ministack, only to who asks for this one role.
            details = self.answer("iam:GetAccountAuthorizationDetails", CONNECTION, "{}").get("RoleDetailList", [])
            if not any(item.is_(role) and "PermissionsBoundary" in role for role in details):
                expected.pop("PermissionsBoundary", None)
        if item.kind == "ec2/instance":
            # All that is kept of the mappings, which each volume repeats.
            expected["DeleteOnTermination"] = [
                mapping["DeviceName"] for mapping in expected.get("BlockDeviceMappings", [])
                if mapping.get("Ebs", {}).get("DeleteOnTermination")
            ]
            # What made it, which AWS says in tags of its own.
            tags = {tag["Key"]: tag["Value"] for tag in expected.get("Tags", [])}
            made = {
                "AutoScalingGroupName": tags.get("aws:autoscaling:groupName"),
                "FleetId": tags.get("aws:ec2:fleet-id"),
                "LaunchTemplate": "aws:ec2launchtemplate:id" in tags and {
                    "LaunchTemplateId": tags["aws:ec2launchtemplate:id"],
                    "Version": tags.get("aws:ec2launchtemplate:version"),
                },
            }
            for name in [name for name in expected if name.split("/")[0] in made]:
                expected.pop(name)
            for name, value in made.items():
                if value:
                    expected[name] = value
        if item.kind == "ec2/route_table":
            expected["Routes"] = [
                route for route in expected.get("Routes", [])
                if route.get("Origin") not in PASSING and not route.get("GatewayId", "").startswith("vpce-")
            ]
        if item.kind == "ec2/security_group":
            for rules in ("IpPermissions", "IpPermissionsEgress"):
                for rule in item.attributes.get(rules, []):
                    for source in (source for sources in rule.values() if isinstance(sources, list) for source in sources):
                        source.pop("Tags", None)
                        source.pop("SecurityGroupRuleId", None)

    def differ(self, item, path, ours, theirs):
        if isinstance(ours, dict) and isinstance(theirs, dict):
            for name in sorted(ours.keys() | theirs.keys()):
                self.differ(item, f"{path}/{name}", ours.get(name, MISSING), theirs.get(name, MISSING))
        elif ours != theirs and not (nothing(ours) and nothing(theirs)):
            show = lambda value: "nothing" if value is MISSING else json.dumps(value)[:300]  # noqa: E731
            self.differences.append(f"{item.kind} {item.id} {path}: {show(ours)}, but boto3 shows {show(theirs)}")

    def missing(self, items):
        """What lists show and the snapshot does not hold."""
        for kind in self.kinds.values():
            of_kind = [item for item in items if item.kind == kind["name"]]
            for source in kind["sources"]:
                if source["at"] or "/*" not in source["member"] or "PolicyVersionList" in source["member"]:
                    continue
                for region in [CONNECTION] if kind["reads"] != "region" else REGIONS:
                    answer = self.ask(source, region, None)
                    for found in select(answer or {}, source["member"], None):
                        is_left_out = LEFT_OUT.get(kind["name"], lambda _: False)(found)
                        if not is_left_out and not any(item.is_(found) for item in of_kind):
                            self.differences.append(f"{kind['name']} is missing: {json.dumps(found)[:300]}")


def holds(value, condition):
    """Whether a condition of a redundant attribute is met: a value, or `*` for any."""
    return not nothing(value) if condition == "*" else value == json.loads(condition)


def nothing(value):
    """Whether a value says as little as none does."""
    return value is MISSING or value in (None, "", [], {})


def drop(value, steps, _rule, _tags):
    at(value, steps, lambda parent, name: parent.pop(name, None))


def default(value, steps, rule, _tags):
    def unless(parent, name):
        if parent.get(name) == rule["value"]:
            parent.pop(name)

    at(value, steps, unless)


def secret(value, steps, _rule, _tags):
    # That it is there must be told; what it is must not.
    def seal(parent, name):
        if name in parent:
            parent[name] = "sealed" if not isinstance(parent[name], list) else ["sealed"] * len(parent[name])

    at(value, steps, seal)


def take_tags(value, steps, _rule, tags):
    def take(parent, name):
        for tag in parent.pop(name, None) or []:
            key, text = tag.get("Key") or tag.get("TagKey"), tag.get("Value", tag.get("TagValue")) or ""
            if not key.lower().startswith("aws:"):
                tags[key] = text

    at(value, steps, take)


def document(value, steps, rule, _tags):
    def parse(parent, name):
        if isinstance(parent.get(name), str):
            text = parent[name]
            text = unquote(text) if text.startswith("%7B") else text
            try:
                parent[name] = json.loads(text)
            except ValueError:
                return
        if name in parent and rule["form"] == "policy":
            parent[name] = policy(parent[name])

    at(value, steps, parse)


def sort(value, steps, _rule, _tags):
    def in_place(parent, name):
        if isinstance(parent.get(name), list):
            parent[name].sort(key=lambda element: json.dumps(element, sort_keys=True))

    at(value, steps, in_place)


def keep(*_):
    pass


APPLY = {
    "volatile": drop, "document": document, "tags": take_tags, "set": sort, "default": default, "secret": secret,
    "redundant": keep, "sequence": keep, "handle": keep, "reference": keep,
}
ORDER = {name: place for place, name in enumerate(
    ["redundant", "volatile", "document", "tags", "default", "secret", "set", "sequence", "handle", "reference"])}


def at(value, steps, act):
    """Acts on every place that the steps of a path lead to: the container, and the name in it."""
    head, *rest = steps
    if head == "*":
        inner = value if isinstance(value, list) else value.values() if isinstance(value, dict) else []
        for element in inner:
            if rest:
                at(element, rest, act)
    elif isinstance(value, dict):
        head = head.replace("~1", "/").replace("~0", "~")
        if rest and head in value:
            if rest == ["*"] and isinstance(value[head], list):
                # Each element is meant: they are handled as members of a map.
                members = dict(enumerate(value[head]))
                for index in list(members):
                    act(members, index)
                value[head] = list(members.values())
            else:
                at(value[head], rest, act)
        elif not rest:
            act(value, head)


def policy(value):
    """A policy in which lists that mean a set are sorted, and single values are lists."""
    if isinstance(value, str):
        value = json.loads(unquote(value) if value.startswith("%7B") else value)
    if not isinstance(value, dict):
        return value
    statements = value.get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    return {**value, "Statement": sorted(map(statement, statements), key=lambda it: json.dumps(it, sort_keys=True))}


def statement(value):
    out = {}
    for name, part in value.items():
        if name in ("Action", "NotAction", "Resource", "NotResource"):
            out[name] = listed(part)
        elif name in ("Principal", "NotPrincipal") and isinstance(part, dict):
            out[name] = {kind: [account(one) for one in listed(who)] for kind, who in part.items()}
        elif name == "Condition":
            out[name] = {test: {key: listed(values) for key, values in keys.items()} for test, keys in part.items()}
        else:
            out[name] = part
    return out


def listed(value):
    return sorted({str(one) if not isinstance(one, bool) else str(one).lower() for one in (value if isinstance(value, list) else [value])})


def account(principal):
    """AWS takes a bare account number for its root."""
    return f"arn:aws:iam::{principal}:root" if principal.isdigit() else principal


def select(value, path, item):
    """What a rule-style path leads to."""
    found = [value]
    for step in path[1:].split("/") if path else []:
        if step == "*":
            found = [inner for outer in found if isinstance(outer, list) for inner in outer]
            if item and "PolicyVersionList" in path:
                # The document of a policy is that of its default version.
                found = [one for one in found if one.get("IsDefaultVersion", one.get("Arn") == item.arn)]
        else:
            found = [outer[step] for outer in found if isinstance(outer, dict) and step in outer]
    return found


def lookup(value, pointer):
    for step in pointer[1:].split("/"):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def merged(one, other):
    return {**one, **other}


def plain(value):
    """As JSON has it, with times as AWS writes them."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime.datetime):
        text = value.astimezone(datetime.timezone.utc).isoformat().removesuffix("+00:00")
        return (text.rstrip("0").rstrip(".") if "." in text else text) + "Z"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def decoded(name):
    """A record's name without Route 53's octal escapes."""
    out, rest = "", name
    while rest:
        if rest[0] == "\\" and rest[1:4].isdigit():
            out, rest = out + chr(int(rest[1:4], 8)), rest[4:]
        else:
            out, rest = out + rest[0], rest[1:]
    return out


def lower_first(name):
    return name[0].lower() + name[1:]


def main():
    snapshots, kinds = sys.argv[1:]
    comparison = Comparison(json.loads(Path(kinds).read_text()))
    paths = sorted(path for path in Path(snapshots).rglob("*.json") if path.name not in ("coverage.json", "format.json"))
    items = []
    for path in paths:
        kind = json.loads(path.read_text())["kind"]
        items.append(Item(path, comparison.kinds[kind]))
    for item in items:
        comparison.compare(item)
    comparison.missing(items)
    print("\n".join(comparison.differences), end="\n" if comparison.differences else "")
    print(f"compared {len(items)} resources with {comparison.sources} answers", file=sys.stderr)


if __name__ == "__main__":
    main()
