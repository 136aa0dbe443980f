//! `plan --since-trail`: what CloudTrail names is read again, and nothing is missed that it knows of.

mod clicks;

use std::collections::BTreeSet;

use driftline_sim::{Fault, Rule, Sim, World, console_changes};
use serde_json::{Value, json};

use crate::harness::{Output, Place, at, publish_orders, sim};

const ACCOUNT: &str = "123456789012";
const LOOK_UPS: &str = "cloudtrail:LookupEvents";

/// A restore point of the whole demo account, and nothing asked yet.
fn imported(sim: &Sim) -> Place {
    let place = Place::whole(sim);
    place.import();
    sim.reset_stats();
    place
}

/// When the restore point was committed, as records tell the time.
fn moment(place: &Place) -> String {
    let mut git = place.command("git");
    let git = git.env("TZ", "UTC").args(["log", "-1", "--format=%cd", "--date=format-local:%Y-%m-%dT%H:%M:%SZ"]);
    Output::of(git).ok().stdout.trim().to_owned()
}

/// A write that CloudTrail recorded.
struct Write<'a> {
    region: &'a str,
    /// `service:EventName`.
    name: &'a str,
    request: Value,
    error: Option<&'a str>,
}

fn write<'a>(region: &'a str, name: &'a str, request: Value) -> Write<'a> {
    Write { region, name, request, error: None }
}

fn record(place: &Place, world: &mut World, number: usize, write: &Write<'_>) {
    let (service, name) = write.name.split_once(':').expect("a service and a name");
    let mut record = json!({
        "eventID": format!("{number:08}-0000-4000-8000-000000000000"), "eventTime": moment(place),
        "eventSource": format!("{service}.amazonaws.com"), "eventName": name, "awsRegion": write.region,
        "userIdentity": { "type": "IAMUser", "userName": "eve", "arn": format!("arn:aws:iam::{ACCOUNT}:user/eve") },
        "readOnly": false, "requestParameters": write.request, "responseElements": null,
    });
    if let Some(error) = write.error {
        record["errorCode"] = json!(error);
    }
    world.record(ACCOUNT, write.region, &record, &[]).expect("the region is there");
}

fn happens(place: &Place, sim: &Sim, writes: &[Write<'_>]) {
    sim.edit(|world| writes.iter().enumerate().for_each(|(number, write)| record(place, world, number, write)));
}

fn addresses(plan: &Value) -> Vec<&str> {
    let drift = plan["resource_drift"].as_array().expect("resources");
    drift.iter().map(|resource| resource["address"].as_str().expect("an address")).collect()
}

fn rests(plan: &Value) -> &Value {
    &plan["driftline"]["rests_on_trail"]
}

/// Scopes and kinds of which something was read again.
fn reread(plan: &Value) -> BTreeSet<String> {
    let scopes = rests(plan)["reads"].as_object().expect("scopes");
    let kinds = scopes.iter().flat_map(|(scope, kinds)| {
        let kinds = kinds.as_object().expect("kinds").iter().filter(|(_, read)| **read != "trail");
        kinds.map(move |(kind, read)| {
            let ids = read["named"].as_array().map(|ids| ids.iter().filter_map(Value::as_str).collect::<Vec<_>>());
            let what = match ids {
                None => "all".to_owned(),
                Some(ids) if ids.is_empty() => "what is new".to_owned(),
                Some(ids) => ids.join(", "),
            };
            format!("{scope} {kind}: {what}")
        })
    });
    kinds.collect()
}

#[test]
fn the_demo_s_clicks_are_all_seen_with_a_fraction_of_the_calls() {
    let sim = sim();
    let place = imported(&sim);
    sim.edit(console_changes);
    let (plan, output) = place.plan(2, &["--since-trail"]);
    let calls = sim.stats();
    output.says("reading everything took ").shows("Rests on CloudTrail, which has ");
    sim.reset_stats();
    let (whole, _) = place.plan(2, &[]);
    assert_eq!(plan["resource_drift"], whole["resource_drift"], "and who did it");
    assert_eq!(addresses(&plan).len(), 9);
    let (few, many) = (calls.total() - calls.of(LOOK_UPS), sim.stats().total() - sim.stats().of(LOOK_UPS));
    assert!(few * 4 < many, "{few} of {many}: {:?}", calls.by_operation());
    assert_eq!(calls.of(LOOK_UPS), 3, "who did it is known from the same records");
    insta::assert_snapshot!(reread(&plan).into_iter().collect::<Vec<_>>().join("\n"), @r"
    aws/123456789012/eu-central-1 s3/bucket: example-shop-exports
    aws/123456789012/eu-west-1 ec2/instance: i-084d9a7018813dfe1
    aws/123456789012/eu-west-1 ec2/network_interface: all
    aws/123456789012/eu-west-1 ec2/route_table: all
    aws/123456789012/eu-west-1 ec2/security_group: all
    aws/123456789012/eu-west-1 elbv2/listener: shop-web/6b866579fb98376f
    aws/123456789012/eu-west-1 rds/db_cluster: all
    aws/123456789012/eu-west-1 rds/db_instance: all
    aws/123456789012/eu-west-1 rds/db_proxy_target_group: all
    aws/123456789012/eu-west-1 s3/bucket: what is new
    aws/123456789012/global iam/user: ci-deploy
    aws/123456789012/global route53/record_set: Z0JRQFCEEHD3Y3GYPX6QF
    aws/123456789012/us-east-1 s3/bucket: what is new
    ");
    assert_eq!(plan["driftline"]["coverage"], whole["driftline"]["coverage"]);
}

#[test]
fn where_nothing_happened_only_the_records_are_read() {
    let sim = sim();
    let place = imported(&sim);
    let (plan, output) = place.plan(0, &["--since-trail"]);
    let output = output.shows("Rests on CloudTrail, which has no write that touches what is compared since ");
    let output =
        output.shows("; nothing was read again. Everything else is taken to be as it was. What happened after ");
    output.shows("\nNo drift: CloudTrail names nothing that changed since HEAD ");
    assert!(reread(&plan).is_empty());
    insta::assert_snapshot!(format!("{:?}", sim.stats().by_operation()), @r#"{"cloudtrail:LookupEvents": 3, "ec2:DescribeRegions": 1, "sts:GetCallerIdentity": 1}"#);
    // The plan is a file like any other.
    place.driftline(&["accept", "../plan.json", "--dry-run"]).ok();
}

#[test]
fn what_was_refused_or_only_makes_images_touches_nothing() {
    let sim = sim();
    let place = imported(&sim);
    let refused = Write {
        error: Some("Client.UnauthorizedOperation"),
        ..write("eu-west-1", "ec2:DeleteVolume", json!({ "volumeId": "vol-1" }))
    };
    let image = write("eu-west-1", "ec2:CreateImage", json!({ "instanceId": "i-084d9a7018813dfe1" }));
    let other = write("eu-west-1", "sqs:CreateQueue", json!({ "queueName": "orders" }));
    happens(&place, &sim, &[refused, image, other]);
    let (plan, _) = place.plan(0, &["--since-trail"]);
    assert_eq!((reread(&plan), &rests(&plan)["events"]), (BTreeSet::new(), &json!(0)));
    // What ended in an error of AWS's own may have been done.
    let failed = Write {
        error: Some("Server.InternalError"),
        ..write("eu-west-1", "ec2:DeleteVolume", json!({ "volumeId": "vol-1" }))
    };
    happens(&place, &sim, &[failed]);
    let (plan, _) = place.plan(0, &["--since-trail"]);
    assert_eq!(reread(&plan), BTreeSet::from([format!("aws/{ACCOUNT}/eu-west-1 ec2/volume: all")]));
}

#[test]
fn a_write_that_nobody_knows_means_all_kinds_of_its_service() {
    let sim = sim();
    let place = imported(&sim);
    publish_orders(&sim);
    happens(&place, &sim, &[write("eu-west-1", "rds:FrobnicateDBInstance", json!({ "dBInstanceIdentifier": "?" }))]);
    let (plan, output) = place.plan(2, &["--since-trail"]);
    output.says("warning: nobody knows what rds:FrobnicateDBInstance changes").shows("rds:FrobnicateDBInstance");
    assert_eq!(addresses(&plan), [format!("aws/{ACCOUNT}/eu-west-1/rds/db_instance/prod-orders")]);
    let kinds = reread(&plan);
    assert!(kinds.iter().all(|line| line.contains(" rds/") && line.ends_with(": all")), "{kinds:?}");
    assert_eq!(kinds.len(), 13, "{kinds:?}");
}

/// A record that keeps nothing of what was asked for names nobody.
#[test]
fn a_write_that_names_nobody_means_all_of_its_kind() {
    let sim = sim();
    let place = imported(&sim);
    sim.edit(|world| {
        world.append(&format!("{}/UserName=ci-deploy/Tags", at::USERS), json!({"Key": "a", "Value": "b"}))
    })
    .expect("the user is there");
    happens(&place, &sim, &[write("us-east-1", "iam:TagUser", Value::Null)]);
    let (plan, _) = place.plan(2, &["--since-trail"]);
    assert_eq!(addresses(&plan), [format!("aws/{ACCOUNT}/global/iam/user/ci-deploy")]);
    assert_eq!(reread(&plan), BTreeSet::from([format!("aws/{ACCOUNT}/global iam/user: all")]));
}

#[test]
fn a_region_whose_records_cannot_be_read_is_read_whole() {
    for fault in [Fault::Deny, Fault::Fail(503)] {
        let sim = sim();
        let place = imported(&sim);
        publish_orders(&sim);
        place.configure("[scan]\nattempts = 1\n");
        sim.faults().add(Rule::new(fault).on(LOOK_UPS).region("eu-west-1"));
        let (plan, output) = place.plan(2, &["--since-trail"]);
        output.says("warning: read 123456789012/eu-west-1 whole: cloudtrail:LookupEvents ");
        assert_eq!(addresses(&plan), [format!("aws/{ACCOUNT}/eu-west-1/rds/db_instance/prod-orders")]);
        let (whole, _) = place.plan(2, &["--no-attribution"]);
        assert_eq!(plan["driftline"]["coverage"], whole["driftline"]["coverage"]);
        assert_eq!(addresses(&plan), addresses(&whole));
    }
}

#[test]
fn small_pages_say_the_same_and_too_many_writes_are_not_looked_through() {
    let sim = sim();
    let place = imported(&sim);
    sim.edit(console_changes);
    let (expected, _) = place.plan(2, &["--since-trail"]);
    sim.page_size(1);
    let (plan, _) = place.plan(2, &["--since-trail"]);
    assert_eq!(plan["resource_drift"], expected["resource_drift"]);
    // A page counts for as many as it may hold.
    place.configure("[trail]\nmost_events = 100\n");
    sim.reset_stats();
    let (plan, output) = place.plan(2, &["--since-trail", "--no-attribution"]);
    output.says("warning: read 123456789012/eu-west-1 whole: there are more than 100 writes to look through");
    assert_eq!(addresses(&plan), addresses(&expected));
    let of = |region: &str| -> u64 {
        let stats = sim.stats();
        let calls = stats.calls.iter().filter(|call| call.operation == LOOK_UPS && call.region == region);
        calls.map(|call| call.count).sum()
    };
    assert_eq!(of("eu-west-1"), 2);
}

/// Who accepts, takes a commit back, or edits a file, moves what is compared with: no event tells of that.
#[test]
fn what_was_committed_since_is_read_again() {
    let sim = sim();
    let place = imported(&sim);
    sim.edit(console_changes);
    let (plan, _) = place.plan(2, &["--since-trail"]);
    place.driftline(&["accept", "../plan.json"]).ok();
    place.plan(0, &["--since-trail"]);
    place.git(&["revert", "--no-edit", "HEAD"]);
    let (reverted, _) = place.plan(2, &["--since-trail"]);
    assert_eq!(addresses(&reverted).len(), 1);
    assert!(addresses(&plan).contains(&addresses(&reverted)[0]));
    place.git(&["revert", "--no-edit", "HEAD"]);
    let file = place.repo().join(at::ORDERS_FILE);
    let text = std::fs::read_to_string(&file).expect("the database's file");
    std::fs::write(&file, text.replace("\"AllocatedStorage\": ", "\"AllocatedStorage\": 1")).expect("it is written");
    place.git(&["commit", "-qam", "wish for more"]);
    let (wished, _) = place.plan(2, &["--since-trail"]);
    assert_eq!(addresses(&wished), [format!("aws/{ACCOUNT}/eu-west-1/rds/db_instance/prod-orders")]);
    assert_eq!(addresses(&wished), addresses(&place.plan(2, &[]).0));
}

/// A nightly plan reads everything, and what it found stays known.
#[test]
fn a_whole_plan_is_what_the_next_ones_begin_at() {
    let sim = sim();
    let place = imported(&sim);
    publish_orders(&sim);
    place.plan(0, &["--since-trail"]).1.shows("nothing was read again");
    let (whole, _) = place.plan(2, &[]);
    let (plan, _) = place.plan(2, &["--since-trail"]);
    assert_eq!(addresses(&plan), addresses(&whole), "no event names it, but the plan before did");
    assert_eq!(reread(&plan), BTreeSet::from([format!("aws/{ACCOUNT}/eu-west-1 rds/db_instance: all")]));
    // Narrowed ones say nothing of the rest.
    std::fs::remove_file(place.repo().join(".git/driftline/scanned.json")).expect("a whole plan was made");
    place.plan(2, &["--kind", "rds"]);
    place.plan(0, &["--since-trail"]);
    // Nor do those that rest on records.
    assert!(!place.repo().join(".git/driftline/scanned.json").exists());
}

#[test]
fn what_the_restore_point_could_not_read_is_read_again() {
    let sim = sim();
    let place = Place::whole(&sim);
    place.import();
    publish_orders(&sim);
    let fault = sim.faults().add(Rule::new(Fault::Deny).on("rds:DescribeDBInstances").region("eu-west-1"));
    place.import();
    sim.faults().remove(fault);
    let (plan, output) = place.plan(2, &["--since-trail"]);
    output.shows("Read whole: rds/db_instance in 123456789012/eu-west-1: not all of it could be read the last time.");
    assert_eq!(addresses(&plan), [format!("aws/{ACCOUNT}/eu-west-1/rds/db_instance/prod-orders")]);
}

/// Commits the import anew, as if it had been made at that time.
fn backdate(place: &Place, date: &str) {
    let message = place.git(&["log", "-1", "--format=%B"]);
    let read = message.lines().find(|line| line.starts_with("read since ")).expect("it says when it was read");
    let message = message.replace(read, &format!("read since {date} with 9 calls"));
    let mut git = place.command("git");
    Output::of(git.env("GIT_COMMITTER_DATE", date).args(["commit", "-q", "--amend", "-m", &message, "--date", date]))
        .ok();
}

#[test]
fn a_restore_point_that_is_too_old_is_refused() {
    let sim = sim();
    let place = imported(&sim);
    backdate(&place, "2020-01-02T03:04:05Z");
    let refused = place.driftline(&["plan", "--since-trail"]).code(1);
    refused
        .says("its event history keeps 90 days")
        .says("hint: `driftline plan` without --since-trail reads everything");
    place.driftline(&["plan"]).ok();
    place.driftline(&["plan", "--since-trail"]).ok();
    let place = imported(&sim);
    backdate(&place, "2099-01-02T03:04:05Z");
    place.driftline(&["plan", "--since-trail"]).code(1).says("by this machine's clock");
    let place = Place::whole(&sim);
    place.driftline(&["import", "--kind", "s3"]).ok();
    place
        .driftline(&["plan", "--since-trail"])
        .code(1)
        .says("no import of everything")
        .says("hint: `driftline import`");
}

#[test]
fn it_is_narrowed_like_any_plan() {
    let sim = sim();
    let place = imported(&sim);
    sim.edit(console_changes);
    let (all, _) = place.plan(2, &["--since-trail", "--no-attribution"]);
    let expect = |narrowed: &[&str], wanted: &dyn Fn(&str) -> bool| {
        let (plan, _) = place.plan(2, &[&["--since-trail", "--no-attribution"], narrowed].concat());
        let wanted: Vec<&str> = addresses(&all).into_iter().filter(|address| wanted(address)).collect();
        assert_eq!(addresses(&plan), wanted, "{narrowed:?}");
        assert_eq!(plan["driftline"]["scanned"]["narrowed"], true, "{narrowed:?}");
        plan
    };
    expect(&["--target", "ec2/security_group"], &|address| address.contains("/ec2/security_group/"));
    expect(&["--kind", "iam", "--kind", "s3"], &|address| address.contains("/iam/") || address.contains("/s3/"));
    sim.reset_stats();
    expect(&["--region", "eu-west-1"], &|address| address.contains("/eu-west-1/") || address.contains("/global/"));
    assert_eq!(sim.stats().of(LOOK_UPS), 2, "where the region and the global services record");
    let mut shards: Vec<String> = Vec::new();
    for number in 1..=3 {
        let shard = format!("{number}/3");
        let output = place.driftline(&["plan", "--since-trail", "--no-attribution", "--json", "--shard", &shard]).ok();
        shards.extend(addresses(&output.json()).into_iter().map(str::to_owned));
    }
    shards.sort();
    let mut expected = addresses(&all);
    expected.sort_unstable();
    assert_eq!(shards, expected);
    // Of an older restore point, what happened since that one counts.
    place.driftline(&["import"]).ok();
    assert_eq!(addresses(&place.plan(2, &["--since-trail", "--against", "HEAD~1"]).0), addresses(&all));
    place.plan(0, &["--since-trail"]);
}

/// Parts of a restore point that were read at other times have windows of their own.
#[test]
fn shards_that_import_are_whole_together() {
    let sim = sim();
    let place = Place::whole(&sim);
    for number in 1..=3 {
        place.driftline(&["import", "--shard", &format!("{number}/3")]).ok();
    }
    sim.edit(console_changes);
    let (plan, _) = place.plan(2, &["--since-trail"]);
    assert!(rests(&plan)["whole"].as_array().expect("a list").is_empty(), "{}", rests(&plan)["whole"]);
    let (whole, _) = place.plan(2, &[]);
    assert_eq!(addresses(&plan), addresses(&whole));
}

/// What is proposed because a whole plan saw it stays, until one sees that it is gone.
#[test]
fn a_proposal_keeps_what_no_event_names() {
    let sim = sim();
    let place = imported(&sim);
    place.git(&["init", "-q", "--bare", "-b", "main", "../remote.git"]);
    place.git(&["remote", "add", "origin", "../remote.git"]);
    place.git(&["push", "-q", "-u", "origin", "main"]);
    publish_orders(&sim);
    place.driftline(&["propose", "--no-pull-request"]).ok();
    std::fs::remove_file(place.repo().join(".git/driftline/scanned.json")).expect("a whole plan was made");
    let tags = |user: &str| format!("{}/UserName={user}/Tags", at::USERS);
    let before = sim.world().get(&tags("ci-deploy")).cloned().expect("the user has tags");
    let tag = |user: &str| {
        sim.edit(|world| world.set(&tags(user), json!([{"Key": "a", "Value": "b"}]))).expect("the user is there");
        happens(&place, &sim, &[write("us-east-1", "iam:TagUser", json!({ "userName": user }))]);
    };
    tag("ci-deploy");
    let proposed = || {
        place.git(&["fetch", "-q", "origin"]);
        let files = place.git(&["diff", "--name-only", "origin/main", "origin/driftline/drift"]);
        files.lines().map(|line| line.rsplit('/').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    place.driftline(&["propose", "--since-trail", "--no-pull-request"]).ok();
    assert_eq!(proposed(), ["prod-orders.json", "ci-deploy.json"]);
    sim.edit(|world| world.set(&tags("ci-deploy"), before)).expect("the user is there");
    tag("clara");
    place.driftline(&["propose", "--since-trail", "--no-pull-request"]).ok();
    assert_eq!(
        proposed(),
        ["prod-orders.json", "clara.json"],
        "what was read again and is as it was is proposed no more"
    );
    place.driftline(&["plan", "--out", "plan.json"]).ok();
    place.driftline(&["propose", "plan.json", "--since-trail"]).fails().says("leave out ");
}
