//! `--shard`: scans that are spread over processes, and meet at one remote.

use std::process::Child;

use driftline_sim::Sim;
use serde_json::json;

use crate::harness::{KINDS, Output, Place, at, publish_orders, sim};

const REGIONS: [&str; 12] = [
    "ap-northeast-1",
    "ap-south-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-2",
];
const SHARDS: u32 = 20;

/// A place with a configuration, whose remote is `bare.git`.
fn place(sim: &Sim) -> Place {
    sim.edit(|world| {
        for region in REGIONS.iter().filter(|region| !["eu-central-1", "eu-west-1", "us-east-1"].contains(region)) {
            let region = json!({ "RegionName": region, "OptInStatus": "opt-in-not-required" });
            world.append("123456789012/global/ec2/Regions", region).expect("the list is there");
        }
        world.account_mut("123456789012").expect("the account").regions = REGIONS.map(str::to_owned).to_vec();
    });
    let place = Place::new(sim);
    place.configure(&format!("regions = {REGIONS:?}\n{KINDS}"));
    place.git(&["add", "driftline.toml"]);
    place.git(&["commit", "-qm", "configure"]);
    place.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    place
}

/// Every shard imports in a clone of its own, all at once.
#[track_caller]
fn import(place: &Place, round: &str) -> Vec<Output> {
    let start = |number: u32| -> Child {
        let clone = format!("../{round}-{number}");
        place.git(&["clone", "-q", "../bare.git", &clone]);
        place.spawn(&["-C", &clone, "import", "--push", "--shard", &format!("{number}/{SHARDS}")])
    };
    let running: Vec<Child> = (1..=SHARDS).map(start).collect();
    let ended = running.into_iter().map(|child| child.wait_with_output().expect("it ends"));
    ended.map(|output| Output::new(format!("a shard of {round}"), output).ok()).collect()
}

#[track_caller]
fn tree(place: &Place, repository: &str) -> String {
    place.git(&["-C", repository, "rev-parse", "HEAD:snapshots"])
}

#[test]
fn twenty_shards_at_once_make_the_restore_point_of_one_import() {
    let sim = sim();
    let place = place(&sim);
    let said = import(&place, "first");
    let whole = place.import();
    assert_eq!(tree(&place, "../bare.git"), tree(&place, "."), "{}", whole.stderr);
    let raced = said.iter().filter(|output| output.stderr.contains("on top of what somebody else pushed")).count();
    assert!(raced > 0, "nobody was faster than anybody else");

    publish_orders(&sim);
    sim.edit(|world| {
        let mut user = world.get(at::USERS).expect("users")[0].clone();
        user["UserName"] = json!("clicked");
        user["Arn"] = json!("arn:aws:iam::123456789012:user/clicked");
        world.append(at::USERS, user).expect("the list is there");
    });
    let before = place.git(&["-C", "../bare.git", "rev-list", "--count", "HEAD"]);
    import(&place, "second");
    let after = place.git(&["-C", "../bare.git", "rev-list", "--count", "HEAD"]);
    let count = |text: &str| text.trim().parse::<u32>().expect("a number");
    let made = count(&after) - count(&before);
    assert!((1..=2).contains(&made), "{made} commits, but two scopes changed: the other shards have nothing to commit");
    place.import();
    assert_eq!(tree(&place, "../bare.git"), tree(&place, "."));
}

#[test]
fn the_environment_says_which_shard_it_is() {
    let sim = sim();
    let mut place = place(&sim);
    place.driftline(&["import", "--shard", "auto"]).fails().says("no variable numbers this job").says("--shard 3/20");
    place.driftline(&["import", "--shard", "21/20"]).fails().says("`21/20` is no shard");
    place.env("JOB_COMPLETION_INDEX", "0");
    place.driftline(&["import", "--shard", "auto"]).fails().says("only JOB_COMPLETION_INDEX is set");
    place.driftline(&["import", "--shard", "auto/1"]).ok();
    assert!(place.git(&["log", "-1", "--format=%B"]).contains("only: --shard 1/1"));
    let (plan, _) = place.plan(0, &["--shard", "auto/1"]);
    assert_eq!(plan["driftline"]["scanned"]["narrowed"], json!(true));
    place.without("JOB_COMPLETION_INDEX");
    place.env("AWS_BATCH_JOB_ARRAY_INDEX", "19");
    place.env("AWS_BATCH_JOB_ARRAY_SIZE", "20");
    place.driftline(&["plan", "--shard", "auto"]).ok();
}
