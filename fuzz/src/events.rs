//! CloudTrail's records: whatever an event says, who did it is told or not, and nothing breaks.

use std::collections::BTreeMap;
use std::sync::Arc;

use driftline::attribution::{Inquiry, Most, attribute};
use driftline::plan::{Against, Plan, plan};
use driftline::trail::Records;
use driftline::{Resource, render};
use driftline_api::{
    Account, Address, Arn, Cause, Descriptor, Effect, Entrance, Event, Events, Future, Identity, Lookup, Naming,
    Provider, Reads, Rule, Sink, Targets, Task, Write,
};
use serde_json::{Value, json};

use crate::trail;

static GROUP: Descriptor = Descriptor {
    name: "ec2/security_group",
    about: "A security group.",
    reads: Reads::EachRegion,
    identity: Identity::Field("/GroupId"),
    arn: Arn::None,
    label: None,
    called: None,
    created: None,
    calls: &[],
    actions: &[],
    sources: &[],
    rules: &[Rule::Set { path: "/IpPermissions", key: &["IpProtocol", "FromPort", "ToPort"] }],
    writes: &[
        Write { events: &["ec2:CreateSecurityGroup"], effect: Effect::Creates },
        Write {
            events: &["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"],
            effect: Effect::Changes(&["/IpPermissions"]),
        },
        Write { events: &["ec2:CreateTags", "ec2:DeleteTags"], effect: Effect::Changes(&["/tags"]) },
        Write { events: &["ec2:ModifyAnything"], effect: Effect::Changes(&[""]) },
    ],
    names: &[Naming::Id, Naming::Arn],
    terraform: None,
};

/// A record as CloudTrail's list holds it, in a string; the first line is what the list itself says.
pub fn law(bytes: &[u8]) {
    let text = super::text(bytes);
    let (listed, record) = text.split_once('\n').unwrap_or(("{}", &text));
    let mut listed: Value = serde_json::from_str(listed).unwrap_or_else(|_| json!({}));
    if let Some(members) = listed.as_object_mut() {
        members.insert("CloudTrailEvent".to_owned(), record.into());
    }
    let Some(event) = trail::event(&listed, "eu-west-1") else { return };
    assert!(event.name.contains(':') && !event.name.starts_with(':') && !event.name.ends_with(':'));
    assert_eq!(trail::event(&listed, "eu-west-1").as_ref(), Some(&event));
    for name in ["ec2:AuthorizeSecurityGroupIngress", "ec2:CreateTags", "ec2:ModifyAnything"] {
        explained(Event { name: name.to_owned(), at: NOW - 60, ..event.clone() });
    }
    explained(event);
}

const NOW: i64 = 1_780_000_000;

fn explained(event: Event) {
    let mut plan = drifted();
    let account = Account {
        provider: "aws",
        id: "123456789012".to_owned(),
        name: None,
        partition: "aws".to_owned(),
        regions: vec!["eu-west-1".to_owned()],
        home_region: "us-east-1".to_owned(),
    };
    let kinds = BTreeMap::from([(GROUP.name, &GROUP as &'static Descriptor)]);
    let (accounts, provider, known) = ([Arc::new(account)], OneRecord(event), Records::default());
    let inquiry = Inquiry {
        provider: &provider,
        accounts: &accounts,
        kinds: &kinds,
        since: NOW - 3600,
        now: NOW,
        most: Most::default(),
        known: &known,
        observer: &(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(attribute(inquiry, &mut plan));
    // Each change is told of once, by whomever.
    for resource in &plan.drift {
        let mut told: Vec<usize> = resource.by.iter().flat_map(|by| by.changes.iter().copied()).collect();
        told.sort_unstable();
        assert_eq!(told, (0..resource.changes.len()).collect::<Vec<_>>());
    }
    super::plan_files::shown(&plan);
    let mut written = Vec::new();
    render::json(&plan, &mut written).expect("a Vec takes everything");
    assert_eq!(Plan::from_json(&written).expect("it was written"), plan);
}

fn drifted() -> Plan {
    let permission = |port: u16| json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] });
    let side = |ports: &[u16], team: &str| {
        Resource {
        kind: GROUP.name.to_owned(),
        id: "sg-1".to_owned(),
        arn: Some("arn:aws:ec2:eu-west-1:123456789012:security-group/sg-1".to_owned()),
        tags: BTreeMap::from([("Team".to_owned(), team.to_owned())]),
        attributes: json!({ "IpPermissions": ports.iter().map(|port| permission(*port)).collect::<Vec<_>>(), "Description": team })
            .as_object()
            .expect("an object")
            .clone(),
    }
    };
    let address: Address = "aws/123456789012/eu-west-1/ec2/security_group/sg-1".parse().expect("an address");
    let sides = |resource| BTreeMap::from([(address.clone(), resource)]);
    let against = Against { rev: "HEAD".to_owned(), commit: "0".repeat(40) };
    let (before, after) = (sides(side(&[443], "web")), sides(side(&[443, 22], "platform")));
    plan(against, &before, &after, |_| Some(&GROUP), vec![], &[])
}

/// There is one event in its records, whatever is asked.
struct OneRecord(Event);

impl Provider for OneRecord {
    fn name(&self) -> &'static str {
        "aws"
    }

    fn kinds(&self) -> Vec<&'static Descriptor> {
        vec![&GROUP]
    }

    fn enter<'a>(&'a self, _: &'a Targets, _: &'a dyn Sink) -> Future<'a, Entrance> {
        Box::pin(async { Entrance::default() })
    }

    fn read<'a>(&'a self, _: &'a Task, _: &'a dyn Sink) -> Future<'a, Result<(), Cause>> {
        Box::pin(async { Ok(()) })
    }

    fn recorded_in(&self, _: &Account, _: &Descriptor, region: &str) -> String {
        region.to_owned()
    }

    fn events<'a>(
        &'a self,
        _: &'a Account,
        _: &'a str,
        _: &'a Lookup,
        _: &'a dyn Sink,
    ) -> Future<'a, Result<Events, Cause>> {
        Box::pin(async { Ok(Events { events: vec![self.0.clone()], ..Events::default() }) })
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let record = |name: &str, identity: Value, more: Value| {
        let mut record = json!({
            "eventVersion": "1.09", "eventTime": "2026-05-28T20:00:00Z", "eventSource": "ec2.amazonaws.com",
            "eventName": name, "awsRegion": "eu-west-1", "eventID": "6f0a1c52", "readOnly": false,
            "userAgent": "aws-cli/2.15 Python/3.11", "userIdentity": identity,
        });
        let members = record.as_object_mut().expect("an object");
        members.extend(more.as_object().expect("an object").clone());
        record.to_string()
    };
    let opened = json!({ "requestParameters": { "groupId": "sg-1", "ipPermissions": { "items": [{
        "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": { "items": [{ "cidrIp": "0.0.0.0/0" }] } }] } } });
    let role = json!({ "type": "AssumedRole", "principalId": "AROA:anna@example.com", "arn": "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/anna@example.com",
        "sessionContext": { "sessionIssuer": { "type": "Role", "userName": "AWSReservedSSO_Admin_0123456789abcdef", "arn": "arn:aws:iam::123456789012:role/aws-reserved/x" } } });
    let list = r#"{"EventId": "e", "Username": "anna", "ReadOnly": "false", "Resources": [{"ResourceType": "AWS::EC2::SecurityGroup", "ResourceName": "sg-1"}]}"#;
    [
        record("AuthorizeSecurityGroupIngress", role, opened),
        record("CreateTags", json!({ "type": "Root", "accountId": "123456789012" }), json!({ "requestParameters": { "resourcesSet": { "items": [{ "resourceId": "sg-1" }] }, "tagSet": { "items": [{ "key": "Team", "value": "platform" }] } } })),
        record("ModifyAnything", json!({ "type": "AWSService", "invokedBy": "ssm.amazonaws.com" }), json!({ "requestParameters": { "GroupId": "sg-1", "IpPermissions.1.FromPort": "22", "Policy": "{\"a\": \"[1]\"}" }, "errorCode": null })),
        record("AuthorizeSecurityGroupIngress", json!({ "type": "IAMUser", "userName": "ben" }), json!({ "errorCode": "AccessDenied", "resources": [{ "ARN": "arn:aws:ec2:eu-west-1:1:security-group/sg-1" }], "sessionCredentialFromConsole": "true" })),
        record("CreateTags", json!({ "type": "WebIdentityUser", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS" }), json!({ "serviceEventDetails": { "a": "{\"b\": \"{\\\"c\\\": 1}\"}" } })),
    ]
    .into_iter()
    .flat_map(|record| [format!("{list}\n{record}").into_bytes(), record.into_bytes()])
    .collect()
}
