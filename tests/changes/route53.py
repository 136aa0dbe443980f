"""Console changes to Route 53, and what `plan` must show."""

from form import Change

MOTO = {"moto"}


def write(action, **record):
    """One change of one record set of the public zone, or of the zone that `zone` names."""
    def apply(aws, seed, zone="zone"):
        aws("route53").change_resource_record_sets(HostedZoneId=seed[zone], ChangeBatch={
            "Changes": [{"Action": action, "ResourceRecordSet": record}]})

    return apply


def values(*values):
    return [{"Value": value} for value in values]


def of(rest, zone="zone"):
    """The id of a record set: the zone's id and the rest."""
    return lambda seed: f"{seed[zone]}/{rest}"


def changed(name, rest, attributes, apply, emulators=None):
    expect = [("changed", "route53/record_set", of(rest), attributes)]
    return Change(name=name, apply=apply, expect=expect, **({"emulators": emulators} if emulators else {}))


CHANGES = [
    changed("a record points elsewhere", "www.example.com/CNAME", ["ResourceRecords"], write(
        "UPSERT", Name="www.example.com", Type="CNAME", TTL=300, ResourceRecords=values("parked.example.net"))),
    changed("a TTL changes", "example.com/MX", ["TTL"], write(
        "UPSERT", Name="example.com", Type="MX", TTL=60,
        ResourceRecords=values("10 mail1.example.com", "20 mail2.example.com"))),
    changed("an address is added to several", "example.com/A", ["ResourceRecords"], write(
        "UPSERT", Name="example.com", Type="A", TTL=300,
        ResourceRecords=values("192.0.2.2", "192.0.2.1", "192.0.2.99"))),
    changed("the wildcard changes", "*.example.com/A", ["ResourceRecords"], write(
        "UPSERT", Name="*.example.com", Type="A", TTL=300, ResourceRecords=values("198.51.100.1"))),
    changed("traffic is shifted", "weighted.example.com/A/green", ["Weight"], write(
        "UPSERT", Name="weighted.example.com", Type="A", TTL=60, SetIdentifier="green", Weight=90,
        ResourceRecords=values("192.0.2.11"))),
    changed("an alias starts to look at its target's health", "alias.example.com/A", ["AliasTarget"],
            lambda aws, seed: write("UPSERT", Name="alias.example.com", Type="A", AliasTarget={
                "HostedZoneId": seed["zone"], "DNSName": "example.com", "EvaluateTargetHealth": True})(aws, seed)),
    changed("a failover record loses its health check", "failover.example.com/A/first", ["HealthCheckId"], write(
        "UPSERT", Name="failover.example.com", Type="A", TTL=300, SetIdentifier="first", Failover="PRIMARY",
        ResourceRecords=values("192.0.2.40"))),
    changed("a text record is replaced", "example.com/TXT", ["ResourceRecords"], write(
        "UPSERT", Name="example.com", Type="TXT", TTL=300,
        ResourceRecords=values('"v=spf1 include:example.net -all"', '"two words"'))),
    Change(
        name="the addresses of a record are written in another order",
        apply=lambda aws, seed: aws("route53").change_resource_record_sets(
            HostedZoneId=seed["zone"], ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": reversed_values(
                aws("route53").list_resource_record_sets(HostedZoneId=seed["zone"], StartRecordName="example.com",
                                                         StartRecordType="MX", MaxItems="1"))}]}),
        expect=[],
    ),
    Change(
        name="a record is deleted",
        apply=write("DELETE", Name="temporary.example.com", Type="A", TTL=300, ResourceRecords=values("192.0.2.60")),
        expect=[("removed", "route53/record_set", of("temporary.example.com/A"), [])],
    ),
    Change(
        name="a record is made",
        apply=write("CREATE", Name="by-hand.example.com", Type="TXT", TTL=60, ResourceRecords=values('"hello"')),
        expect=[("added", "route53/record_set", of("by-hand.example.com/TXT"), [])],
    ),
    Change(
        name="a geographic exception is made",
        apply=write("CREATE", Name="geo.example.com", Type="A", TTL=300, SetIdentifier="france",
                    GeoLocation={"CountryCode": "FR"}, ResourceRecords=values("192.0.2.32")),
        expect=[("added", "route53/record_set", of("geo.example.com/A/france"), [])],
    ),
    Change(
        name="a record of the private zone changes",
        apply=lambda aws, seed: write("UPSERT", Name="db.internal.example.com", Type="CNAME", TTL=300,
                                      ResourceRecords=values("other.example.internal"))(aws, seed, "internal"),
        expect=[("changed", "route53/record_set", of("db.internal.example.com/CNAME", "internal"), ["ResourceRecords"])],
    ),
    Change(
        name="a zone's comment changes",
        apply=lambda aws, seed: aws("route53").update_hosted_zone_comment(Id=seed["zone"], Comment="Do not touch"),
        expect=[("changed", "route53/hosted_zone", lambda seed: seed["zone"], ["Config"])],
    ),
    Change(
        name="a zone's tag changes",
        apply=lambda aws, seed: aws("route53").change_tags_for_resource(
            ResourceType="hostedzone", ResourceId=seed["zone"], AddTags=[{"Key": "Environment", "Value": "test"}]),
        expect=[("changed", "route53/hosted_zone", lambda seed: seed["zone"], ["tags"])],
    ),
    Change(
        name="a second VPC sees the private zone",
        apply=lambda aws, seed: aws("route53").associate_vpc_with_hosted_zone(
            HostedZoneId=seed["internal"], VPC={"VPCRegion": "us-east-1", "VPCId": seed["second_vpc"]}),
        expect=[("changed", "route53/hosted_zone", lambda seed: seed["internal"], ["VPCs"])],
    ),
    Change(
        name="query logging is switched off",
        apply=lambda aws, seed: [
            aws("route53").delete_query_logging_config(Id=config["Id"])
            for config in aws("route53").list_query_logging_configs()["QueryLoggingConfigs"]],
        expect=[("changed", "route53/hosted_zone", lambda seed: seed["zone"], ["QueryLoggingConfig"])],
        emulators=MOTO,
    ),
    Change(
        name="a health check asks another path",
        apply=lambda aws, seed: aws("route53").update_health_check(HealthCheckId=seed["check"], ResourcePath="/"),
        expect=[("changed", "route53/health_check", lambda seed: seed["check"], ["HealthCheckConfig"])],
    ),
    Change(
        name="a health check is deleted",
        apply=lambda aws, seed: aws("route53").delete_health_check(HealthCheckId=seed["calculated"]),
        expect=[("removed", "route53/health_check", lambda seed: seed["calculated"], [])],
    ),
    Change(
        name="a reusable delegation set is deleted",
        apply=lambda aws, seed: aws("route53").delete_reusable_delegation_set(Id=seed["delegation_set"]),
        expect=[("removed", "route53/delegation_set", lambda seed: seed["delegation_set"], [])],
        emulators=MOTO,
    ),
]


def reversed_values(answer):
    record = answer["ResourceRecordSets"][0]
    return {**record, "ResourceRecords": list(reversed(record["ResourceRecords"]))}
