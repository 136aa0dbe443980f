//! Several people at the same resource: who is named for what.

use driftline_api::{Arn, Identity, Naming, Reads, Rule};
use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::attribution::Unexplained;
use crate::attribution::sample::{AT, CLOSE, GROUP, OPEN, drifted, event, group, permission, rule};

static DATABASE: Descriptor = Descriptor {
    writes: &[
        Write { events: &["rds:ModifyDBInstance"], effect: Effect::Changes(&["/PubliclyAccessible", "/Backup"]) },
        Write { events: &["rds:CreateDBInstance", "rds:ModifyDBInstance"], effect: Effect::Creates },
    ],
    terraform: None,
    names: &[Naming::Id],
    ..crate::diff::sample::DB_INSTANCE
};

static RECORD: Descriptor = Descriptor {
    name: "route53/record_set",
    about: "",
    reads: Reads::Global,
    identity: Identity::Computed("for a test"),
    arn: Arn::None,
    label: None,
    called: None,
    created: None,
    calls: &[],
    actions: &[],
    sources: &[],
    rules: &[Rule::Set { path: "/ResourceRecords", key: &["Value"] }],
    writes: &[
        Write { events: &["route53:ChangeResourceRecordSets"], effect: Effect::Removes },
        Write { events: &["route53:ChangeResourceRecordSets"], effect: Effect::Changes(&["/TTL", "/ResourceRecords"]) },
    ],
    terraform: None,
    names: &[Naming::Parent],
};

/// Who is named for what, newest events first as they are read.
fn picked(kind: &'static Descriptor, drift: &ResourceDrift, mut events: Vec<Event>) -> String {
    let mut case = Case::new(drift, kind, 100);
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    for event in &events {
        case.consider(event, &Said::new(&event.details));
    }
    let told = case.close(&Unexplained::NothingFound);
    let line = |it: &Attributed| {
        let changes: Vec<String> = it.changes.iter().map(|index| drift.changes[*index].path.to_string()).collect();
        let what = if changes.is_empty() { drift.drift.as_str().to_owned() } else { changes.join(", ") };
        let who = it.attribution.origin().map_or("nobody".to_owned(), |origin| origin.event_id.clone());
        format!("{what}: {who}\n")
    };
    told.iter().map(line).collect()
}

#[test]
fn each_change_is_its_own_authors_however_many_touched_the_resource() {
    let before = group(&[permission(80, "10.0.0.0/8")], json!({ "Env": "prod" }));
    let after = group(&[permission(22, "0.0.0.0/0"), permission(443, "0.0.0.0/0")], json!({ "Env": "test" }));
    let drift = drifted(&GROUP, AT, Some(before), Some(after));
    let tags = json!({ "resourcesSet": { "items": [{ "resourceId": "sg-1" }] }, "tagSet": { "items": [{ "key": "Env", "value": "test" }] } });
    let events = || {
        vec![
            event("alice", OPEN, 200, rule("sg-1", 22, "0.0.0.0/0")),
            event("bob", OPEN, 300, rule("sg-1", 443, "0.0.0.0/0")),
            event("carol", CLOSE, 250, rule("sg-1", 80, "10.0.0.0/8")),
            event("dave", "ec2:CreateTags", 400, tags.clone()),
            event("erin", OPEN, 500, rule("sg-2", 22, "0.0.0.0/0")),
        ]
    };
    assert_snapshot!(picked(&GROUP, &drift, events()), @r"
    IpPermissions[tcp 22]: alice@200
    IpPermissions[tcp 80]: carol@250
    IpPermissions[tcp 443]: bob@300
    tags.Env: dave@400
    ");

    // Somebody who only opens does not close; nor does a call that was refused.
    let mut fewer = events();
    fewer.retain(|event| event.actor.name != "carol");
    fewer.push(Event { failed: true, ..event("mallory", CLOSE, 600, rule("sg-1", 80, "10.0.0.0/8")) });
    assert!(picked(&GROUP, &drift, fewer).contains("IpPermissions[tcp 80]: nobody"));
}

#[test]
fn among_equals_the_newest_is_named_and_one_events_changes_stand_together() {
    let before = group(&[], json!({}));
    let after = group(&[permission(22, "0.0.0.0/0"), permission(23, "0.0.0.0/0")], json!({}));
    let drift = drifted(&GROUP, AT, Some(before), Some(after));
    let mut both = rule("sg-1", 22, "0.0.0.0/0");
    let more = rule("sg-1", 23, "0.0.0.0/0")["ipPermissions"]["items"][0].clone();
    both["ipPermissions"]["items"].as_array_mut().expect("items").push(more);
    let events = vec![
        event("alice", OPEN, 200, rule("sg-1", 22, "0.0.0.0/0")),
        event("bob", CLOSE, 300, rule("sg-1", 22, "0.0.0.0/0")),
        event("carol", OPEN, 400, both),
    ];
    assert_snapshot!(picked(&GROUP, &drift, events), @"IpPermissions[tcp 22], IpPermissions[tcp 23]: carol@400");
}

#[test]
fn a_call_that_asked_for_the_value_goes_before_one_that_was_only_answered_it() {
    let side = |public: bool| json!({ "attributes": { "PubliclyAccessible": public, "Backup": 7 } });
    let at = "aws/123456789012/eu-west-1/rds/db_instance/prod-orders";
    let drift = drifted(&DATABASE, at, Some(side(false)), Some(side(true)));
    let public = json!({ "dBInstanceIdentifier": "prod-orders", "publiclyAccessible": true, "applyImmediately": true });
    let backup = json!({ "dBInstanceIdentifier": "PROD-ORDERS", "backup": 7, "applyImmediately": true });
    let mut later = event("bob", "rds:ModifyDBInstance", 300, backup);
    later.details["response"] =
        json!({ "dBInstanceIdentifier": "prod-orders", "publiclyAccessible": true, "backup": 7 });
    let events = vec![event("alice", "rds:ModifyDBInstance", 200, public), later];
    assert_snapshot!(picked(&DATABASE, &drift, events), @"PubliclyAccessible: alice@200");
}

#[test]
fn made_removed_and_made_anew() {
    let side = || group(&[permission(22, "0.0.0.0/0")], json!({}));
    let made = |who, at| {
        let mut made = event(who, "ec2:CreateSecurityGroup", at, json!({ "groupName": "app" }));
        made.details["response"] = json!({ "groupId": "sg-1" });
        made
    };
    let added = drifted(&GROUP, AT, None, Some(side()));
    let events = vec![made("alice", 200), event("bob", OPEN, 300, rule("sg-1", 22, "0.0.0.0/0"))];
    assert_snapshot!(picked(&GROUP, &added, events), @"added: alice@200");

    let removed = drifted(&GROUP, AT, Some(side()), None);
    let gone = event("bob", "ec2:DeleteSecurityGroup", 300, json!({ "groupId": "sg-1" }));
    assert_snapshot!(picked(&GROUP, &removed, vec![made("alice", 200), gone]), @"removed: bob@300");

    // Deleted and created with another value: the one who created it.
    let at = "aws/123456789012/eu-west-1/rds/db_instance/prod-orders";
    let side = |public: bool| json!({ "attributes": { "PubliclyAccessible": public } });
    let changed = drifted(&DATABASE, at, Some(side(false)), Some(side(true)));
    let request = json!({ "dBInstanceIdentifier": "prod-orders", "publiclyAccessible": true });
    let events = vec![event("alice", "rds:CreateDBInstance", 200, request)];
    assert_snapshot!(picked(&DATABASE, &changed, events), @"PubliclyAccessible: alice@200");
}

#[test]
fn what_shares_a_parent_is_told_apart() {
    let at = "aws/123456789012/global/route53/record_set/Z1/status.example.com/CNAME";
    let removed = drifted(&RECORD, at, Some(json!({ "attributes": { "TTL": 300 } })), None);
    let change = |action: &str, name: &str| {
        json!({ "hostedZoneId": "Z1", "changeBatch": { "changes": [{
            "action": action, "resourceRecordSet": { "name": name, "type": "CNAME", "tTL": 300 },
        }] } })
    };
    let call = "route53:ChangeResourceRecordSets";
    let events = vec![
        event("alice", call, 200, change("DELETE", "status.example.com.")),
        event("bob", call, 300, change("DELETE", "www.example.com.")),
    ];
    assert_snapshot!(picked(&RECORD, &removed, events.clone()), @"removed: alice@200");
    assert_snapshot!(picked(&RECORD, &removed, events[1..].to_vec()), @"removed: nobody");
}

#[test]
fn what_happened_before_the_restore_point_explains_only_what_it_says() {
    let drift =
        drifted(&GROUP, AT, Some(group(&[], json!({}))), Some(group(&[permission(22, "0.0.0.0/0")], json!({}))));
    let vague = |at| vec![event("alice", "ec2:ModifyAnything", at, json!({ "groupId": "sg-1" }))];
    assert_snapshot!(picked(&GROUP, &drift, vague(99)), @"IpPermissions[tcp 22]: nobody");
    assert_snapshot!(picked(&GROUP, &drift, vague(101)), @"IpPermissions[tcp 22]: alice@101");
    let while_reading = vec![event("bob", OPEN, 99, rule("sg-1", 22, "0.0.0.0/0"))];
    assert_snapshot!(picked(&GROUP, &drift, while_reading), @"IpPermissions[tcp 22]: bob@99");
}

#[test]
fn a_form_as_emulators_record_it_says_the_same() {
    let drift = drifted(
        &GROUP,
        AT,
        Some(group(&[permission(80, "10.0.0.0/8")], json!({}))),
        Some(group(&[permission(80, "10.0.0.0/8"), permission(22, "0.0.0.0/0")], json!({}))),
    );
    let form = |port: &str| {
        json!({
            "Action": "AuthorizeSecurityGroupIngress", "GroupId": "sg-1", "IpPermissions.1.IpProtocol": "tcp",
            "IpPermissions.1.FromPort": port, "IpPermissions.1.ToPort": port, "IpPermissions.1.IpRanges.1.CidrIp": "0.0.0.0/0",
        })
    };
    let events = vec![event("alice", OPEN, 200, form("22")), event("bob", OPEN, 300, form("443"))];
    assert_snapshot!(picked(&GROUP, &drift, events), @"IpPermissions[tcp 22]: alice@200");
}
