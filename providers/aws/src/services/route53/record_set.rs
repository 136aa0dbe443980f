//! Record sets, one resource each.

use driftline_api::{
    Argument, Arn, Calls, Cause, Compute, Descriptor, Exclude, Form, Identity, Naming, Omit, Reads, Rule, Source,
    Terraform, Under, When, Write,
};
use serde_json::{Map, Value, json};

use super::record_name::readable;
use super::zones;
use crate::reader::{take_items, text};
use crate::{Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "route53/record_set",
        about: "Record sets of every hosted zone, the zone's own NS and SOA included. Records that another service \
                keeps in a zone of its own (Cloud Map) come and go by themselves and are left out.",
        reads: Reads::Global,
        identity: Identity::Computed("zone id, name without its final dot, type and set identifier, joined by `/`"),
        arn: Arn::None,
        label: None,
        called: Some("{id.1} {id.2}[ {id.3}]"),
        created: None,
        actions: &["route53:ListHostedZones", "route53:ListResourceRecordSets"],
        sources: &[Source { operation: "route53:ListResourceRecordSets", member: "/ResourceRecordSets/*", at: "" }],
        calls: &[
            Calls::list("route53:ListHostedZones", 100).of("route53/hosted_zone").shared(),
            Calls::below("route53:ListResourceRecordSets", "route53/hosted_zone", 300),
        ],
        writes: &[
            // A zone comes with its NS and SOA records, a traffic policy with those that it describes.
            Write::creates(&[
                "route53:ChangeResourceRecordSets",
                "route53:CreateHostedZone",
                "route53:CreateTrafficPolicyInstance",
                "route53:UpdateTrafficPolicyInstance",
            ]),
            Write::removes(&[
                "route53:ChangeResourceRecordSets",
                "route53:DeleteHostedZone",
                "route53:DeleteTrafficPolicyInstance",
                "route53:UpdateTrafficPolicyInstance",
            ]),
            Write::changes(
                &[
                    "/AliasTarget",
                    "/CidrRoutingConfig",
                    "/Failover",
                    "/GeoLocation",
                    "/GeoProximityLocation",
                    "/HealthCheckId",
                    "/MultiValueAnswer",
                    "/Region",
                    "/ResourceRecords",
                    "/TTL",
                    "/TrafficPolicyInstanceId",
                    "/Weight",
                ],
                &["route53:ChangeResourceRecordSets", "route53:UpdateTrafficPolicyInstance"],
            ),
        ],
        terraform: Some(&TERRAFORM),
        names: &[Naming::Parent],
        rules: &[
            // Resolvers get them in an order that Route 53 changes with every answer.
            Rule::Set { path: "/ResourceRecords", key: &["Value"] },
            Rule::Reference { path: "/HealthCheckId", kind: "route53/health_check" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

static TERRAFORM: Terraform = Terraform {
    excludes: &[Exclude {
        when: &[When::Has("/TrafficPolicyInstanceId")],
        why: "belongs to a traffic policy, which makes it",
    }],
    forms: &[Form {
        resource: "aws_route53_record",
        when: &[],
        import: "{id.0}_{id.1}_{/Type}[_{/SetIdentifier}]",
        handles: &[],
        arguments: &[
            Argument::Reference { name: "zone_id", kind: "route53/hosted_zone", pattern: "{id.0}" },
            Argument::text("name", "{id.1}"),
            Argument::value("type", "/Type"),
            Argument::value("ttl", "/TTL"),
            Argument::Computed { name: "records", from: &["/ResourceRecords/*/Value"], value: values },
            Argument::value("set_identifier", "/SetIdentifier"),
            Argument::value("health_check_id", "/HealthCheckId"),
            Argument::value("multivalue_answer_routing_policy", "/MultiValueAnswer"),
            Argument::Blocks {
                name: "alias",
                path: "/AliasTarget",
                arguments: &[
                    Argument::Computed { name: "name", from: &["./DNSName"], value: alias },
                    Argument::value("zone_id", "./HostedZoneId"),
                    Argument::value("evaluate_target_health", "./EvaluateTargetHealth"),
                ],
            },
            Argument::Blocks {
                name: "cidr_routing_policy",
                path: "/CidrRoutingConfig",
                arguments: &[
                    Argument::value("collection_id", "./CollectionId"),
                    Argument::value("location_name", "./LocationName"),
                ],
            },
            of_one("failover_routing_policy", &["/Failover"], failover, &[Argument::value("type", "./value")]),
            Argument::Blocks {
                name: "geolocation_routing_policy",
                path: "/GeoLocation",
                arguments: &[
                    Argument::value("continent", "./ContinentCode"),
                    Argument::value("country", "./CountryCode"),
                    Argument::value("subdivision", "./SubdivisionCode"),
                ],
            },
            Argument::Blocks {
                name: "geoproximity_routing_policy",
                path: "/GeoProximityLocation",
                arguments: &[
                    Argument::value("aws_region", "./AWSRegion"),
                    Argument::value("bias", "./Bias"),
                    Argument::value("local_zone_group", "./LocalZoneGroup"),
                    Argument::Blocks {
                        name: "coordinates",
                        path: "./Coordinates",
                        arguments: &[
                            Argument::value("latitude", "./Latitude"),
                            Argument::value("longitude", "./Longitude"),
                        ],
                    },
                ],
            },
            of_one("latency_routing_policy", &["/Region"], latency, &[Argument::value("region", "./value")]),
            of_one("weighted_routing_policy", &["/Weight"], weight, &[Argument::value("weight", "./value")]),
        ],
    }],
    children: &[],
    omits: &[Omit::quiet("stands in its id", &["/Name"])],
};

/// A block around one value.
const fn of_one(
    name: &'static str,
    from: &'static [&'static str],
    make: Compute,
    arguments: &'static [Argument],
) -> Argument {
    Argument::Made { name, from, make, arguments }
}

fn failover(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    Some(json!([{ "value": attributes.get("Failover")? }]))
}

fn latency(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    Some(json!([{ "value": attributes.get("Region")? }]))
}

fn weight(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    Some(json!([{ "value": attributes.get("Weight")? }]))
}

/// The provider puts texts into quotes by itself, and splits none.
fn values(attributes: &Map<String, Value>, _: &Value) -> Option<Value> {
    let is_text = matches!(attributes.get("Type")?.as_str()?, "TXT" | "SPF");
    let records = attributes.get("ResourceRecords")?.as_array()?.iter();
    let bare = |value: &str| {
        let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        // Several strings of one record are written as one, with `\"\"` between them.
        inner.filter(|_| is_text).map_or_else(|| value.to_owned(), |inner| inner.replace("\" \"", "\"\""))
    };
    Some(records.filter_map(|record| Some(bare(record.get("Value")?.as_str()?))).collect())
}

/// Without the dot at its end, as the provider keeps it.
fn alias(_: &Map<String, Value>, target: &Value) -> Option<Value> {
    Some(target.get("DNSName")?.as_str()?.trim_end_matches('.').into())
}

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let listed = zones::list(reader).await?;
    let own = listed.iter().filter(|zone| reader.include_aws_managed() || !zones::is_linked(zone));
    let wanted = own.filter(|zone| reader.wants_children(zones::bare(text(zone, "/Id"))));
    reader.for_each_of(wanted, |zone| Box::pin(read(reader, zone))).await;
    Ok(())
}

async fn read(reader: &Reader<'_>, zone: Value) {
    match records(reader, &zone).await {
        Err(cause) if cause.code != zones::GONE => {
            reader.gap(Under::Parent(zones::bare(text(&zone, "/Id")).to_owned()), cause);
        }
        _ => {}
    }
}

async fn records(reader: &Reader<'_>, zone: &Value) -> Result<(), Cause> {
    let Some(mut below) = reader.begin_below(zone) else { return Ok(()) };
    let zone = zones::bare(text(zone, "/Id"));
    let params = json!({"HostedZoneId": zone, "MaxItems": "300"});
    let mut pages = reader.pages("route53:ListResourceRecordSets", params)?;
    while let Some(page) = pages.next().await? {
        for record in take_items(page, "/ResourceRecordSets") {
            let id = id(zone, &record);
            reader.emit(below.draft(record).with_id(id));
        }
    }
    below.end(reader);
    Ok(())
}

fn id(zone: &str, record: &Value) -> String {
    let name = readable(text(record, "/Name"));
    let kind = text(record, "/Type");
    match text(record, "/SetIdentifier") {
        "" => format!("{zone}/{name}/{kind}"),
        identifier => format!("{zone}/{name}/{kind}/{identifier}"),
    }
}
