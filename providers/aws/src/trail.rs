//! Who did what: CloudTrail's event history, one look-up at a time.
//!
//! Nobody has to set anything up for it: every account keeps the management events of the last 90 days in each region
//! (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html>).

mod record;

use std::sync::Arc;

use driftline_api::{Account, Call, Cause, Descriptor, Events, GLOBAL, Lookup, LookupBy, Sink};
use driftline_wire::{endpoint, models, timestamp};
use serde_json::{Map, Value, json};

use crate::account::Session;
use crate::client::Tally;
use crate::failure;
use crate::reader::text;
use record::Record;

/// The IAM actions that finding out who changed something takes, besides those of the kinds.
pub const ATTRIBUTION_ACTIONS: &[&str] = &[OPERATION];

/// The one operation that is called here. It and its IAM action are called the same.
pub(crate) const OPERATION: &str = "cloudtrail:LookupEvents";

/// No page is larger: <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>.
const PAGE: u32 = 50;

/// Where CloudTrail records what is done to resources of a kind. Events of global services are recorded in the region
/// that their requests are signed for: `us-east-1`; in China IAM's in `cn-north-1` and Route 53's in `cn-northwest-1`.
///
/// Source: CloudTrail user guide, "Global service events".
pub(crate) fn recorded_in(account: &Account, kind: &Descriptor, region: &str) -> String {
    if region != GLOBAL {
        return region.to_owned();
    }
    let home = account.home_region.as_str();
    let service = models::service(kind.service());
    let resolved = service.and_then(|service| endpoint::resolve(service, home, false, false).ok());
    resolved.map_or_else(|| home.to_owned(), |endpoint| endpoint.signing_region)
}

/// One page of the event history. What only read is left out.
pub(crate) async fn events(session: &Session, region: &str, lookup: &Lookup, sink: &dyn Sink) -> Result<Events, Cause> {
    let service = models::service("cloudtrail").expect("CloudTrail's model is always compiled in");
    let operation = service.operation("LookupEvents").expect("the models have it");
    let tally = Arc::new(Tally::default());
    let answer = session.clients.call(service, operation, region, &params(lookup), &tally).await;
    sink.called(Call {
        account: session.account.id.clone(),
        region: region.to_owned(),
        operation: OPERATION.to_owned(),
        retries: tally.retries(),
        throttles: tally.throttles(),
        waited: tally.waited(),
    });
    let answer = answer?;
    let next = Some(text(&answer, "/NextToken")).filter(|token| !token.is_empty()).map(str::to_owned);
    if next.is_some() && next == lookup.token {
        return Err(failure::nonsense(OPERATION.to_owned(), "the list never ends: the page token repeats"));
    }
    let mut page = Events { next, ..Events::default() };
    for listed in answer.pointer("/Events").and_then(Value::as_array).into_iter().flatten() {
        match record::read(listed, region) {
            Record::Write(event) => page.events.push(*event),
            Record::OnlyRead => {}
            Record::Garbled => page.garbled += 1,
        }
    }
    Ok(page)
}

/// One attribute at most: CloudTrail refuses two.
fn params(lookup: &Lookup) -> Value {
    let (key, value) = match &lookup.by {
        LookupBy::Resource(name) => ("ResourceName", name.as_str()),
        LookupBy::EventName(name) => ("EventName", name.as_str()),
        LookupBy::Writes => ("ReadOnly", "false"),
    };
    let mut params = Map::new();
    params.insert("LookupAttributes".to_owned(), json!([{ "AttributeKey": key, "AttributeValue": value }]));
    params.insert("MaxResults".to_owned(), PAGE.into());
    for (name, seconds) in [("StartTime", lookup.since), ("EndTime", lookup.until)] {
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^52")]
        let time = timestamp::from_unix(seconds as f64);
        params.extend(time.map(|time| (name.to_owned(), timestamp::rfc3339(time).into())));
    }
    params.extend(lookup.token.as_ref().map(|token| ("NextToken".to_owned(), token.as_str().into())));
    params.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::KINDS;

    fn account(partition: &str) -> Account {
        Account {
            provider: crate::PROVIDER,
            id: "123456789012".to_owned(),
            name: None,
            partition: partition.to_owned(),
            regions: vec![],
            home_region: endpoint::home_region(partition).expect("a partition of AWS's").to_owned(),
        }
    }

    #[test]
    fn a_look_up_has_one_attribute_and_a_window() {
        let by = LookupBy::Resource("sg-1".to_owned());
        let lookup = Lookup { by, since: 1_700_000_000, until: 1_700_003_600, token: Some("next".to_owned()) };
        assert_eq!(
            params(&lookup),
            json!({
                "LookupAttributes": [{ "AttributeKey": "ResourceName", "AttributeValue": "sg-1" }],
                "StartTime": "2023-11-14T22:13:20Z", "EndTime": "2023-11-14T23:13:20Z",
                "MaxResults": 50, "NextToken": "next",
            })
        );
    }

    #[test]
    fn global_services_are_recorded_in_one_region_of_the_partition() {
        let kind = |name: &str| KINDS.iter().find(|kind| kind.descriptor.name == name).map(|kind| &kind.descriptor);
        for (partition, name, region, recorded) in [
            ("aws", "iam/role", GLOBAL, "us-east-1"),
            ("aws", "route53/record_set", GLOBAL, "us-east-1"),
            ("aws", "s3/account_public_access_block", GLOBAL, "us-east-1"),
            ("aws", "s3/bucket", "eu-west-1", "eu-west-1"),
            ("aws-cn", "iam/role", GLOBAL, "cn-north-1"),
            ("aws-cn", "route53/record_set", GLOBAL, "cn-northwest-1"),
            ("aws-us-gov", "iam/role", GLOBAL, "us-gov-west-1"),
        ] {
            let Some(kind) = kind(name) else { continue };
            assert_eq!(recorded_in(&account(partition), kind, region), recorded, "{name} in {partition}");
        }
    }
}
