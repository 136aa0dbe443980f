//! Records as AWS documents them (`records.json`), and who and what with is read out of each.
//!
//! Sources: CloudTrail user guide, "CloudTrail userIdentity element", "CloudTrail record contents", "CloudTrail log file
//! examples"; IAM user guide, "Logging IAM and AWS STS API calls".

use serde_json::json;

use super::*;

fn records() -> Vec<Value> {
    serde_json::from_str(include_str!("records.json")).expect("records.json is JSON")
}

fn event(listed: &Value, region: &str) -> Option<Event> {
    match read(listed, region) {
        Record::Write(event) => Some(*event),
        Record::OnlyRead | Record::Garbled => None,
    }
}

/// As LookupEvents lists a record.
fn listed(record: &Value) -> Value {
    let user = record.pointer("/userIdentity/userName").cloned().unwrap_or_default();
    json!({
        "EventId": record["eventID"], "EventName": record["eventName"], "EventSource": record["eventSource"],
        "EventTime": record["eventTime"], "ReadOnly": record["readOnly"].to_string(), "Username": user,
        "Resources": [{ "ResourceType": "AWS::EC2::SecurityGroup", "ResourceName": "sg-0a1b2c3d4e5f60718" }],
        "CloudTrailEvent": record.to_string(),
    })
}

fn told(event: &Event) -> String {
    let actor = &event.actor;
    let part = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!(" {name} {value}"));
    let more: String = [part("role", &actor.role), part("of", &actor.account)].into_iter().flatten().collect();
    let failed = if event.failed { " (refused)" } else { "" };
    format!("{:?} {}{more} via {}: {}{failed}", actor.sort, actor.name, event.via.as_str(), event.name)
}

#[test]
fn every_identity_and_agent_is_told_from_the_others() {
    for case in records() {
        let name = case["case"].as_str().expect("a case has a name");
        let event = event(&listed(&case["record"]), "eu-west-1").map(|event| told(&event));
        assert_eq!(event.as_deref(), case["told"].as_str(), "{name}");
    }
}

#[test]
fn an_event_keeps_what_the_call_spoke_of_and_nothing_else() {
    let case = records().remove(0);
    let mut record = case["record"].clone();
    record["resources"] =
        json!([{ "ARN": "arn:aws:s3:::logs", "accountId": "123456789012", "type": "AWS::S3::Bucket" }]);
    let event = event(&listed(&record), "eu-west-1").expect("a write");
    assert_eq!((event.at, event.region.as_str()), (1_795_191_160, "eu-west-1"));
    assert_eq!(event.details["request"], record["requestParameters"]);
    assert_eq!(event.details["response"], record["responseElements"]);
    assert_eq!(event.details["resources"], json!(["sg-0a1b2c3d4e5f60718", "arn:aws:s3:::logs"]));
    let text = format!("{event:?}");
    assert!(!text.contains("AKIA") && !text.contains("198.51.100"), "{text}");
}

#[test]
fn a_record_that_cannot_be_read_is_told_by_its_line_in_the_list() {
    let mut line = listed(&records()[0]["record"]);
    line["CloudTrailEvent"] = json!("{ cut off");
    line["Username"] = json!("alice");
    let event = event(&line, "eu-west-1").expect("a write");
    assert_eq!(told(&event), "Unknown alice via unknown: ec2:AuthorizeSecurityGroupIngress");
    assert_eq!(event.region, "eu-west-1");
}
