//! Plan files: a plan is read as it was written, an edited one is refused, and every renderer takes what was read.

use std::collections::BTreeMap;

use driftline::Resource;
use driftline::attribution::{Attributed, Attribution, Origin};
use driftline::plan::{Against, NotRead, Plan, Side, plan};
use driftline::render::{self, Look};
use driftline::risk;
use driftline::store::blob_id;
use driftline_api::{Actor, ActorSort, Address, Cause, Scope, Status, Under, Via};
use serde_json::{Value, json};

/// The file as it is, and with the digest that belongs to what it says: a fuzzer does not find that by itself.
pub fn law(bytes: &[u8]) {
    let Ok(mut file) = serde_json::from_slice::<Value>(bytes) else {
        assert!(Plan::from_json(bytes).is_err());
        return;
    };
    if let Ok(plan) = Plan::from_json(bytes) {
        read(&plan);
    }
    if let Some(own) = file.get_mut("driftline").and_then(Value::as_object_mut) {
        own.remove("digest");
        let digest = blob_id(&serde_json::to_vec(&file).expect("JSON is written")).to_string();
        file["driftline"]["digest"] = digest.into();
        match Plan::from_json(&serde_json::to_vec(&file).expect("JSON is written")) {
            Ok(plan) => read(&plan),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

fn read(plan: &Plan) {
    let write = |plan: &Plan| {
        let mut out = Vec::new();
        render::json(plan, &mut out).expect("a Vec takes everything");
        out
    };
    let written = write(plan);
    let again = Plan::from_json(&written).expect("it was written");
    assert_eq!(again, *plan);
    assert_eq!(write(&again), written);
    edited(plan, &written);

    shown(plan);
}

/// Every renderer takes it, and what an account holds does not steer the terminal.
pub(super) fn shown(plan: &Plan) {
    let mut out = Vec::new();
    render::text(plan, Look { colour: true, width: 80 }, &mut out).expect("a Vec takes everything");
    let text = String::from_utf8(out).expect("text");
    assert!(!plain(&text).chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    let mut out = Vec::new();
    render::markdown(plan, &mut out).expect("a Vec takes everything");
    let text = String::from_utf8(out).expect("text");
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    for drift in &plan.drift {
        assert!(!risk::risk(drift).phrase().chars().any(char::is_control));
    }
}

/// Without the colours.
fn plain(text: &str) -> String {
    let mut rest = text;
    let mut plain = String::new();
    while let Some((before, code)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let (colour, after) = code.split_once('m').expect("a colour ends");
        assert!(colour.chars().all(|c| c.is_ascii_digit() || c == ';'), "`{colour}` is no colour");
        rest = after;
    }
    plain + rest
}

/// Any change of what the file says is noticed.
fn edited(plan: &Plan, written: &[u8]) {
    let mut file: Value = serde_json::from_slice(written).expect("it was written");
    file["driftline"]["scanned"]["calls"] = json!(plan.scanned.calls ^ 1);
    assert!(Plan::from_json(&serde_json::to_vec(&file).expect("JSON is written")).is_err(), "an edit is noticed");
}

pub fn seeds() -> Vec<Vec<u8>> {
    let files = super::files("snapshots/aws/123456789012/eu-west-1", ".json");
    let resources: Vec<Resource> = files.iter().filter_map(|file| Resource::from_bytes(file).ok()).collect();
    let scope =
        Scope { provider: "aws".to_owned(), account: "123456789012".to_owned(), region: "eu-west-1".to_owned() };
    let cause = Cause {
        status: Status::Denied,
        operation: "s3:GetBucketPolicy".to_owned(),
        code: "AccessDenied".to_owned(),
        message: "no".to_owned(),
    };
    let gap = NotRead {
        side: Side::Live,
        scope: scope.clone(),
        kind: "s3/bucket".to_owned(),
        under: Under::Id("logs".to_owned()),
        path: Some("/Policy".to_owned()),
        cause,
    };
    let actor = Actor {
        sort: ActorSort::Sso,
        name: "anna@example.com".to_owned(),
        arn: None,
        role: Some("Admin".to_owned()),
        account: None,
    };
    let origin = Origin {
        actor,
        via: Via::Console,
        at: 1_780_000_000,
        event: "ec2:CreateTags".to_owned(),
        event_id: "6f0a1c52".to_owned(),
        region: "eu-west-1".to_owned(),
    };
    let mut seeds = vec![b"{}".to_vec(), br#"{"format_version": "2.0"}"#.to_vec()];
    for pair in resources.windows(2).step_by(9) {
        let side = |resources: &[Resource]| -> BTreeMap<Address, Resource> {
            resources.iter().map(|resource| (resource.address(&scope), resource.clone())).collect()
        };
        let mut changed = pair[0].clone();
        changed.attributes.insert("Description".to_owned(), json!(["a", {"b": "\u{1b}[2J|`"}]));
        changed.tags.insert("Team\n".to_owned(), "platform".to_owned());
        let against = Against { rev: "HEAD".to_owned(), commit: "0".repeat(40) };
        for (before, after) in [(&pair[..1], &[changed.clone()][..]), (&pair[..1], &pair[1..]), (&[][..], &pair[..1])] {
            let mut plan = plan(against.clone(), &side(before), &side(after), |_| None, vec![gap.clone()], &[]);
            for drift in &mut plan.drift {
                let all = (0..drift.changes.len()).collect();
                drift.by = vec![Attributed { changes: all, attribution: Attribution::By(origin.clone()) }];
                drift.managers = Some(vec![]);
            }
            let mut out = Vec::new();
            render::json(&plan, &mut out).expect("a Vec takes everything");
            // Spread less, more of it fits.
            let value: Value = serde_json::from_slice(&out).expect("it was written");
            seeds.push(serde_json::to_vec(&value).expect("JSON is written"));
        }
    }
    seeds.retain(|seed| seed.len() < 6000);
    seeds
}
