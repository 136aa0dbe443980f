//! Record sets, one resource each.

use driftline_api::{Arn, Cause, Descriptor, Identity, Naming, Reads, Rule, Source, Under, Write};
use serde_json::{Value, json};

use super::record_name::readable;
use super::zones;
use crate::reader::{take_items, text};
use crate::{Draft, Kind, Reader};

pub(super) static KIND: Kind = Kind {
    descriptor: Descriptor {
        name: "route53/record_set",
        about: "Record sets of every hosted zone, the zone's own NS and SOA included. Records that another service \
                keeps in a zone of its own (Cloud Map) come and go by themselves and are left out.",
        reads: Reads::Global,
        identity: Identity::Computed("zone id, name without its final dot, type and set identifier, joined by `/`"),
        arn: Arn::None,
        label: None,
        actions: &["route53:ListHostedZones", "route53:ListResourceRecordSets"],
        sources: &[Source { operation: "route53:ListResourceRecordSets", member: "/ResourceRecordSets/*", at: "" }],
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
        names: &[Naming::Parent],
        rules: &[
            // Resolvers get them in an order that Route 53 changes with every answer.
            Rule::Set { path: "/ResourceRecords", key: &["Value"] },
            Rule::Reference { path: "/HealthCheckId", kind: "route53/health_check" },
        ],
    },
    collect: |reader| Box::pin(collect(reader)),
};

async fn collect(reader: &Reader<'_>) -> Result<(), Cause> {
    let listed = zones::list(reader).await?;
    let own = listed.iter().filter(|zone| reader.include_aws_managed() || !zones::is_linked(zone));
    let ids: Vec<&str> =
        own.map(|zone| zones::bare(text(zone, "/Id"))).filter(|id| reader.wants_children(id)).collect();
    reader.for_each(ids, |zone| Box::pin(read(reader, zone))).await;
    Ok(())
}

async fn read(reader: &Reader<'_>, zone: &str) {
    match records(reader, zone).await {
        Err(cause) if cause.code != zones::GONE => reader.gap(Under::Parent(zone.to_owned()), cause),
        _ => {}
    }
}

async fn records(reader: &Reader<'_>, zone: &str) -> Result<(), Cause> {
    let params = json!({"HostedZoneId": zone, "MaxItems": "300"});
    let mut pages = reader.pages("route53:ListResourceRecordSets", params)?;
    while let Some(page) = pages.next().await? {
        for record in take_items(page, "/ResourceRecordSets") {
            let id = id(zone, &record);
            reader.emit(Draft::new(record).with_id(id));
        }
    }
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
