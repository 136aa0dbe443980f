#!/usr/bin/env python3
"""Fills an emulator with hosted zones, record sets of every routing policy, health checks and delegation sets.
AWS_ENDPOINT_URL says where it is."""

from emulator import attempt, clients


def record(name, kind="A", *values, ttl=300, **more):
    records = {"TTL": ttl, "ResourceRecords": [{"Value": value} for value in values]} if values else {}
    return {"Name": name, "Type": kind, **records, **more}


def change(route53, zone, *records, action="CREATE"):
    """Writes record sets, each by itself: what an emulator refuses must not cost the others."""
    for one in records:
        attempt(route53.change_resource_record_sets, HostedZoneId=zone, ChangeBatch={
            "Changes": [{"Action": action, "ResourceRecordSet": one}]})


def seed(aws):
    """Creates everything, and returns the ids that changes need."""
    route53, ec2 = aws("route53"), aws("ec2")
    delegation = attempt(route53.create_reusable_delegation_set, CallerReference="driftline-set")

    public = route53.create_hosted_zone(Name="example.com", CallerReference="driftline-public",
                                        HostedZoneConfig={"Comment": "The web site", "PrivateZone": False})
    zone = public["HostedZone"]["Id"].rsplit("/", 1)[-1]
    vpc = ec2.create_vpc(CidrBlock="10.40.0.0/16")["Vpc"]["VpcId"]
    second = ec2.create_vpc(CidrBlock="10.41.0.0/16")["Vpc"]["VpcId"]
    private = route53.create_hosted_zone(
        Name="internal.example.com", CallerReference="driftline-private", VPC={"VPCRegion": "us-east-1", "VPCId": vpc},
        HostedZoneConfig={"Comment": "Services", "PrivateZone": True})
    internal = private["HostedZone"]["Id"].rsplit("/", 1)[-1]
    attempt(route53.change_tags_for_resource, ResourceType="hostedzone", ResourceId=zone, AddTags=[
        {"Key": "Team", "Value": "web"}, {"Key": "Environment", "Value": "production"}])
    log_group = attempt(aws("logs").create_log_group, logGroupName="/aws/route53/example.com")
    if log_group:
        account = aws("sts").get_caller_identity()["Account"]
        attempt(route53.create_query_logging_config, HostedZoneId=zone, CloudWatchLogsLogGroupArn=(
            f"arn:aws:logs:us-east-1:{account}:log-group:/aws/route53/example.com:*"))

    check = attempt(route53.create_health_check, CallerReference="driftline-check", HealthCheckConfig={
        "Type": "HTTPS", "FullyQualifiedDomainName": "www.example.com", "Port": 443, "ResourcePath": "/healthz",
        "RequestInterval": 30, "FailureThreshold": 3, "EnableSNI": True})
    check = check["HealthCheck"]["Id"] if check else None
    calculated = None
    if check:
        attempt(route53.change_tags_for_resource, ResourceType="healthcheck", ResourceId=check, AddTags=[
            {"Key": "Name", "Value": "web site"}])
        calculated = attempt(route53.create_health_check, CallerReference="driftline-calculated", HealthCheckConfig={
            "Type": "CALCULATED", "HealthThreshold": 1, "ChildHealthChecks": [check]})

    change(
        route53, zone,
        record("example.com", "A", "192.0.2.1", "192.0.2.2"),
        record("www.example.com", "CNAME", "example.com"),
        record("*.example.com", "A", "192.0.2.3"),
        record("example.com", "MX", "10 mail1.example.com", "20 mail2.example.com"),
        record("example.com", "TXT", '"v=spf1 -all"', '"two words"'),
        record("_sip._tcp.example.com", "SRV", "1 10 5269 sip.example.com"),
        record("alias.example.com", "A", AliasTarget={
            "HostedZoneId": zone, "DNSName": "example.com", "EvaluateTargetHealth": False}),
        record("weighted.example.com", "A", "192.0.2.10", ttl=60, SetIdentifier="blue", Weight=90),
        record("weighted.example.com", "A", "192.0.2.11", ttl=60, SetIdentifier="green", Weight=10),
        record("latency.example.com", "A", "192.0.2.20", SetIdentifier="europe", Region="eu-west-1"),
        record("geo.example.com", "A", "192.0.2.30", SetIdentifier="germany", GeoLocation={"CountryCode": "DE"}),
        record("geo.example.com", "A", "192.0.2.31", SetIdentifier="others", GeoLocation={"CountryCode": "*"}),
        record("failover.example.com", "A", "192.0.2.40", SetIdentifier="first", Failover="PRIMARY",
               **({"HealthCheckId": check} if check else {})),
        record("failover.example.com", "A", "192.0.2.41", SetIdentifier="second", Failover="SECONDARY"),
        record("multi.example.com", "A", "192.0.2.50", SetIdentifier="one", MultiValueAnswer=True),
        record("temporary.example.com", "A", "192.0.2.60"),
    )
    change(route53, internal, record("db.internal.example.com", "CNAME", "orders.example.internal"))
    return {
        "zone": zone, "internal": internal, "vpc": vpc, "second_vpc": second, "check": check,
        "calculated": calculated and calculated["HealthCheck"]["Id"],
        "delegation_set": delegation and delegation["DelegationSet"]["Id"].rsplit("/", 1)[-1],
    }


if __name__ == "__main__":
    seed(clients())
