//! `[kinds."…"] newest`: what lies beyond is not read, keeps its last known state, and is no drift.

use driftline_sim::Sim;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{Place, REGION, sim};

const SNAPSHOTS: &str = "123456789012/eu-west-1/rds/DBSnapshots";

fn configure(place: &Place, newest: &str) {
    place.configure(&format!("{REGION}[kinds]\ninclude = [\"rds/db_snapshot\", \"ec2/vpc\"]\n{newest}"));
}

fn only(newest: u32) -> String {
    format!("[kinds.\"rds/db_snapshot\"]\nnewest = {newest}\n")
}

/// An account with the snapshots `s1` to `s5`, each made on its day of January, and a place that reads the newest three.
fn limited() -> (Sim, Place) {
    let sim = sim();
    sim.edit(|world| world.set(SNAPSHOTS, json!([]))).expect("snapshots");
    // AWS lists them by name, not by age.
    for day in [3, 1, 5, 2, 4] {
        add(&sim, day);
    }
    let place = Place::new(&sim);
    configure(&place, &only(3));
    (sim, place)
}

fn add(sim: &Sim, day: u32) {
    let snapshot = json!({
        "DBSnapshotIdentifier": format!("s{day}"),
        "DBSnapshotArn": format!("arn:aws:rds:eu-west-1:123456789012:snapshot:s{day}"),
        "DBInstanceIdentifier": "prod-orders",
        "SnapshotCreateTime": format!("2026-01-{day:02}T03:00:00.000Z"),
        "SnapshotType": "manual",
        "DescribeDBSnapshotAttributes": {"DBSnapshotAttributesResult": {"DBSnapshotAttributes": []}},
    });
    sim.edit(|world| world.append(SNAPSHOTS, snapshot)).expect("snapshots");
}

fn remove(sim: &Sim, day: u32) {
    sim.edit(|world| world.remove(&format!("{SNAPSHOTS}/DBSnapshotIdentifier=s{day}"))).expect("the snapshot");
}

/// The snapshots in the repository.
fn files(place: &Place) -> Vec<String> {
    let files = place.git(&["ls-files", "snapshots/aws/123456789012/eu-west-1/rds/db_snapshot"]);
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().trim_end_matches(".json").to_owned();
    files.lines().map(name).collect()
}

/// What a plan says came and went.
fn drift(plan: &Value) -> Vec<String> {
    let told = |drift: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        format!("{} {}", text(&drift["driftline"]["drift"]), text(&drift["name"]))
    };
    plan["resource_drift"].as_array().expect("drift").iter().map(told).collect()
}

#[test]
fn the_newest_are_read_and_the_rest_is_told() {
    let (sim, place) = limited();
    sim.reset_stats();
    place.import().says("limited: rds/db_snapshot in aws/123456789012: the newest 3 in eu-west-1 (2 older)");
    assert_eq!(files(&place), ["s3", "s4", "s5"]);
    assert_eq!(sim.stats().of("rds:DescribeDBSnapshotAttributes"), 3, "no call is made for the others");
    let coverage: Value =
        serde_json::from_str(&place.git(&["show", "HEAD:snapshots/aws/123456789012/coverage.json"])).expect("JSON");
    assert_eq!(
        coverage["eu-west-1"]["rds/db_snapshot"],
        json!({"status": "limited", "newest": 3, "since": "2026-01-03T03:00:00Z", "beyond": 2})
    );
    place.driftline(&["coverage"]).ok().shows("limited: rds/db_snapshot in aws/123456789012: the newest 3");

    // Nothing is missing that the user wants: the plan is complete, and says what it leaves out.
    let (plan, text) = place.plan(0, &[]);
    assert_eq!(plan["complete"], json!(true));
    assert_eq!(plan["driftline"]["coverage"]["aws/123456789012"]["eu-west-1"]["rds/db_snapshot"]["beyond"], json!(2));
    assert_snapshot!(place.redact(&text.stdout), @"
    Limited by driftline.toml: what is older keeps its last known state.
      limited    rds/db_snapshot in aws/123456789012: the newest 3 in eu-west-1 (2 older)

    No drift. 6 resources match HEAD ([COMMIT]).
    ");
    place.driftline(&["plan", "--format", "markdown"]).ok().shows("the newest 3 in eu-west-1 (2 older)");
    place.import().says("nothing changed");
}

#[test]
fn what_comes_is_added_and_what_falls_out_of_the_window_is_not_removed() {
    let (sim, place) = limited();
    place.import();
    add(&sim, 6);
    // s3 is the fourth newest now: it is there, and is not read any more.
    let (plan, _) = place.plan(2, &[]);
    assert_eq!(drift(&plan), ["added s6"]);
    place.import().says("1 added, 0 changed, 0 removed");
    assert_eq!(files(&place), ["s3", "s4", "s5", "s6"], "what fell out keeps its file");
    place.plan(0, &[]);

    // It is removed, or changed: nobody looks.
    remove(&sim, 3);
    place.plan(0, &[]);
    place.import();
    assert_eq!(files(&place), ["s3", "s4", "s5", "s6"]);
}

#[test]
fn what_goes_within_the_window_is_removed_and_what_moves_up_is_not_added() {
    let (sim, place) = limited();
    place.import();
    remove(&sim, 5);
    // s2 is among the newest three now. It was there all along.
    let (plan, _) = place.plan(2, &[]);
    assert_eq!(drift(&plan), ["removed s5"]);
    place.import();
    assert_eq!(files(&place), ["s2", "s3", "s4"]);
    place.plan(0, &[]);
    // With fewer than that, all are read, and all that is gone is gone.
    for day in [1, 2, 3] {
        remove(&sim, day);
    }
    let (plan, _) = place.plan(2, &[]);
    assert_eq!(drift(&plan), ["removed s2", "removed s3"]);
}

#[test]
fn another_window_is_no_drift() {
    let (sim, place) = limited();
    place.import();
    configure(&place, &only(4));
    let (plan, _) = place.plan(0, &[]);
    assert_eq!(drift(&plan), Vec::<String>::new(), "s2 was there when the restore point was made");
    // Accepting what came does not make the older ones new.
    add(&sim, 7);
    configure(&place, &only(10));
    place.driftline(&["accept", "--no-attribution"]).ok();
    assert_eq!(files(&place), ["s3", "s4", "s5", "s7"]);
    place.plan(0, &[]);
    place.import();
    assert_eq!(files(&place), ["s1", "s2", "s3", "s4", "s5", "s7"]);
    configure(&place, &only(2));
    place.plan(0, &[]);
    place.import();
    assert_eq!(files(&place).len(), 6, "nothing is removed by looking at less");
}

#[test]
fn one_that_is_asked_for_is_read_however_old_it_is() {
    let (sim, place) = limited();
    place.import();
    configure(&place, "");
    place.import();
    configure(&place, &only(3));
    place.import();
    sim.edit(|world| world.set(&format!("{SNAPSHOTS}/DBSnapshotIdentifier=s1/Encrypted"), true)).expect("s1");
    place.plan(0, &[]);
    let (plan, _) = place.plan(2, &["--target", "rds/db_snapshot/s1"]);
    assert_eq!(drift(&plan), ["changed s1"]);
}

#[test]
fn a_list_that_fails_is_a_gap_all_the_same() {
    let (sim, place) = limited();
    place.import();
    sim.faults().add(driftline_sim::Rule::new(driftline_sim::Fault::Deny).on("rds:DescribeDBSnapshots"));
    let (plan, _) = place.plan(3, &[]);
    assert_eq!(plan["driftline"]["not_read"][0]["status"], json!("denied"));
    place.import();
    assert_eq!(files(&place), ["s3", "s4", "s5"]);
}

#[test]
fn every_kind_that_says_when_it_was_made_can_be_limited() {
    let sim = sim();
    let place = Place::whole(&sim);
    let kinds = place.driftline(&["kinds", "--json"]).ok().json();
    let dated: Vec<(&str, &str)> = kinds
        .as_array()
        .expect("kinds")
        .iter()
        .filter_map(|kind| Some((kind["name"].as_str()?, kind["created"].as_str()?)))
        .collect();
    assert!(dated.len() >= 8, "{dated:?}");
    for (kind, created) in dated {
        place.configure(&format!("[kinds]\ninclude = [\"{kind}\"]\n"));
        place.import();
        let known = place.driftline(&["plan", "--json"]).ok().json()["driftline"]["scanned"]["resources"].clone();
        place.configure(&format!("[kinds]\ninclude = [\"{kind}\"]\n[kinds.\"{kind}\"]\nnewest = 1\n"));
        let (plan, _) = place.plan(0, &[]);
        let windows = plan["driftline"]["coverage"].to_string().matches("\"limited\"").count();
        assert!(windows > 0 && plan["driftline"]["scanned"]["resources"].as_u64() < known.as_u64(), "{kind}: {plan:#}");
        // What is compared with is in the files.
        for file in place.git(&["ls-files", &format!("snapshots/**/{kind}/*.json")]).lines() {
            let resource: Value = serde_json::from_str(&place.git(&["show", &format!("HEAD:{file}")])).expect("JSON");
            assert!(resource["attributes"][&created[1..]].is_string(), "{file} has no {created}");
        }
    }
}

#[test]
fn what_cannot_be_limited_is_refused_with_its_place() {
    let (_sim, place) = limited();
    configure(&place, "[kinds.\"ec2/vpc\"]\nnewest = 3\n");
    place
        .driftline(&["plan"])
        .fails()
        .says("driftline.toml:5: the newest of ec2/vpc cannot be told, since they do not say when they were made")
        .says("rds/db_snapshot");
    configure(&place, "[kinds.\"rds/db_snapshots\"]\nnewest = 3\n");
    place
        .driftline(&["plan"])
        .fails()
        .says("driftline.toml:4: unknown kind \"rds/db_snapshots\"; did you mean \"rds/db_snapshot\"?");
    configure(&place, &only(0));
    place.driftline(&["plan"]).fails().says("driftline.toml:5: 0 is out of range; newest goes from 1 to 1000000");
    configure(&place, "[kinds.\"rds/db_snapshot\"]\nnewst = 3\n");
    place.driftline(&["plan"]).fails().says("unknown key \"newst\"; did you mean \"newest\"?");
}
