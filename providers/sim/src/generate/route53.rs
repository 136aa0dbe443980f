//! Zones with their record sets, and health checks.

use serde_json::{Value, json};

use super::kinds::Made;
use super::place::{Place, tags};

fn zone_name(place: &Place<'_>, index: usize) -> String {
    let mut dice = place.dice("name of a zone", index);
    let end = dice.pick(&["example.com", "example.org", "example.net", "internal.example.com"]);
    format!("{}{index}.{end}.", dice.pick(&["shop", "pay", "data", "brand", "labs"]))
}

pub(super) fn zone_id(place: &Place<'_>, index: usize) -> String {
    place.unique_id("Z0", index)
}

fn is_private(place: &Place<'_>, index: usize) -> bool {
    zone_name(place, index).contains(".internal.")
}

fn servers(place: &Place<'_>, index: usize) -> Vec<String> {
    let mut dice = place.dice("servers of a zone", index);
    let ends = [("com", 0), ("net", 512), ("org", 1024), ("co.uk", 1536)];
    ends.iter().map(|(end, from)| format!("ns-{}.awsdns-{:02}.{end}", from + dice.below(512), dice.below(64))).collect()
}

/// Its record sets are put into it once they are made.
pub(super) fn hosted_zone(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("route53/hosted_zone", index);
    let (id, zone) = (zone_id(place, index), zone_name(place, index));
    let mut item = json!({
        "Id": format!("/hostedzone/{id}"), "Name": zone, "CallerReference": dice.uuid(),
        "Config": {"Comment": format!("Names of {}", zone.trim_end_matches('.')), "PrivateZone": is_private(place, index)},
        "Tags": tags(&mut dice, zone.trim_end_matches('.')), "ResourceRecordSets": [],
    });
    if is_private(place, index) {
        let region = place.some_region(&mut dice);
        let vpc = dice.below(region.count("ec2/vpc"));
        item["VPCs"] = json!([{"VPCRegion": region.region(), "VPCId": region.id("vpc", vpc)}]);
        item["ListVPCAssociationAuthorizations"] = json!({"VPCs": []});
    } else {
        item["DelegationSet"] = json!({"NameServers": servers(place, index)});
        item["GetDNSSEC"] = json!({"Status": {"ServeSignature": "NOT_SIGNING"}, "KeySigningKeys": []});
    }
    Made::new(&id, "HostedZones", item)
}

/// The zone of a record set. The first two of each zone are its own; of the others, the first zones have the most.
pub(super) fn zone_of(place: &Place<'_>, record: usize) -> usize {
    let zones = place.count("route53/hosted_zone");
    if record < 2 * zones {
        return record / 2;
    }
    let mut dice = place.dice("zone of a record set", record);
    // The smaller of two: the first of many zones has about a fiftieth part more than the last.
    dice.below(zones).min(dice.below(zones))
}

/// What people and AWS themselves put into zones.
pub(super) fn is_own(place: &Place<'_>, record: usize) -> bool {
    record >= 2 * place.count("route53/hosted_zone")
}

pub(super) fn record_set(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("route53/record_set", index);
    let zone = zone_of(place, index);
    let apex = zone_name(place, zone);
    let (item, name) = if !is_own(place, index) && index.is_multiple_of(2) {
        let servers: Vec<Value> =
            servers(place, zone).iter().map(|server| json!({"Value": format!("{server}.")})).collect();
        (json!({"Name": apex, "Type": "NS", "TTL": 172_800, "ResourceRecords": servers}), apex)
    } else if is_own(place, index) {
        let host = dice.pick(&["api", "www", "db", "cache", "mail", "vpn", "git", "ci", "status", "node"]);
        let name = format!("{host}-{index}.{apex}");
        (record(place, index, &name), name)
    } else {
        let value = format!("{}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400", servers(place, zone)[0]);
        (json!({"Name": apex, "Type": "SOA", "TTL": 900, "ResourceRecords": [{"Value": value}]}), apex)
    };
    let kind = item["Type"].as_str().unwrap_or_default().to_owned();
    let id = format!("{}/{}/{kind}", zone_id(place, zone), name.trim_end_matches('.'));
    Made::new(&id, "ResourceRecordSets", item)
}

fn record(place: &Place<'_>, index: usize, name: &str) -> Value {
    let mut dice = place.dice("value of a record set", index);
    let values = |kind: &str, ttl: usize, values: &[String]| {
        let values: Vec<Value> = values.iter().map(|value| json!({ "Value": value })).collect();
        json!({"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": values})
    };
    let ttl = dice.pick(&[60, 300, 300, 300, 3600]);
    match dice.below(10) {
        0..4 => {
            let addresses: Vec<String> =
                (0..=dice.below(3)).map(|_| format!("203.0.113.{}", dice.below(256))).collect();
            let mut distinct = addresses;
            distinct.sort();
            distinct.dedup();
            values("A", ttl, &distinct)
        }
        4..7 => values("CNAME", ttl, &[format!("{}.cdn.example.net.", dice.hex(12))]),
        7 => values("TXT", ttl, &[format!("\"v=verify {}\"", dice.hex(40))]),
        _ => {
            let region = place.some_region(&mut dice);
            match region.some("elbv2/load_balancer", &mut dice) {
                Some(balancer) => json!({"Name": name, "Type": "A", "AliasTarget": {
                    "HostedZoneId": "Z32O12XQLNTSW2", "EvaluateTargetHealth": dice.chance(50),
                    "DNSName": format!("dualstack.{}.", super::elb::dns_name(&region, balancer)),
                }}),
                None => values("A", ttl, &[format!("203.0.113.{}", dice.below(256))]),
            }
        }
    }
}

/// As Route 53 orders names: by their labels from the right.
pub(super) fn order(record: &Value) -> (Vec<String>, String) {
    let text = |member: &str| record[member].as_str().unwrap_or_default();
    (text("Name").trim_end_matches('.').rsplit('.').map(str::to_owned).collect(), text("Type").to_owned())
}

pub(super) fn health_check(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("route53/health_check", index);
    let id = place.uuid("health check", index);
    let host = format!("www-{index}.example.com");
    let item = json!({
        "Id": id, "CallerReference": dice.uuid(), "HealthCheckVersion": 1 + dice.below(5),
        "HealthCheckConfig": {
            "Port": 443, "Type": "HTTPS", "ResourcePath": dice.pick(&["/healthz", "/", "/status"]),
            "FullyQualifiedDomainName": host, "RequestInterval": dice.pick(&[10, 30]), "FailureThreshold": 3,
            "MeasureLatency": false, "Inverted": false, "Disabled": false, "EnableSNI": true,
        },
        "Tags": tags(&mut dice, host.as_str()),
    });
    Made::new(&id, "HealthChecks", item)
}

pub(super) fn delegation_set(place: &Place<'_>, index: usize) -> Made {
    let mut dice = place.dice("route53/delegation_set", index);
    let id = place.unique_id("N", index);
    let item = json!({
        "Id": format!("/delegationset/{id}"), "CallerReference": dice.uuid(),
        "NameServers": servers(place, 1_000_000 + index),
    });
    Made::new(&id, "DelegationSets", item)
}
