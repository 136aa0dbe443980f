//! What a scan costs: told before it (`--estimate`), bounded while it runs, and told after it.

use std::collections::BTreeMap;
use std::time::Duration;

use driftline_sim::{Fault, Generated, Rate, Rates, Rule, Sim};
use serde_json::Value;

use crate::harness::{Place, REGION, sim};

/// What an estimate may be wrong by: some details are only asked of some resources, and a restore point does not say of
/// which.
const TOLERANCE: f64 = 0.1;

/// The calls of a scan of these kinds: estimated, and made.
fn estimated_and_made(sim: &Sim, place: &Place, kinds: &[&str]) -> (u64, u64) {
    let kinds: Vec<&str> = kinds.iter().flat_map(|kind| ["--kind", kind]).collect();
    sim.reset_stats();
    let estimate = place.driftline(&[&["plan", "--estimate", "--json"], &kinds[..]].concat()).ok().json();
    assert_eq!(sim.stats().total(), 0, "an estimate from a restore point makes no call");
    place.driftline(&[&["plan", "--no-attribution"], &kinds[..]].concat()).ok();
    (estimate["calls"].as_u64().expect("a number"), sim.stats().total())
}

/// The share that an estimate is wrong by.
#[expect(clippy::cast_precision_loss, reason = "some thousands")]
fn off(estimated: u64, made: u64) -> f64 {
    estimated.abs_diff(made) as f64 / made as f64
}

#[test]
fn an_estimate_is_what_the_scan_then_makes() {
    let sim = sim();
    let place = Place::whole(&sim);
    place.import();
    let (estimated, made) = estimated_and_made(&sim, &place, &[]);
    assert!(off(estimated, made) <= TOLERANCE, "{estimated} estimated, {made} made");
}

#[test]
fn an_estimate_is_right_for_an_account_of_another_shape() {
    let generated =
        Generated { regions: vec!["eu-west-1".to_owned(), "us-east-1".to_owned()], ..Generated::new(7, 1500) };
    let sim = Sim::start(generated.world()).expect("the endpoint starts");
    let place = Place::reading(&sim.url(), &generated.account_ids()[0]);
    place.import();
    let (estimated, made) = estimated_and_made(&sim, &place, &[]);
    assert!(off(estimated, made) <= TOLERANCE, "{estimated} estimated, {made} made");
}

#[test]
fn an_estimate_is_right_for_every_kind() {
    let sim = sim();
    let place = Place::whole(&sim);
    place.import();
    let kinds = place.driftline(&["kinds", "--json"]).ok().json();
    let mut wrong = BTreeMap::new();
    for kind in kinds.as_array().expect("kinds").iter().filter_map(|kind| kind["name"].as_str()) {
        let (estimated, made) = estimated_and_made(&sim, &place, &[kind]);
        // A few calls more or less are what a fraction of a handful of resources makes.
        if estimated.abs_diff(made) > made / 10 + 4 {
            wrong.insert(kind.to_owned(), (estimated, made));
        }
    }
    assert!(wrong.is_empty(), "estimated and made: {wrong:?}");
}

#[test]
fn an_estimate_says_what_holds_a_scan_up() {
    let sim = sim();
    let place = Place::new(&sim);
    place.configure(REGION);
    place.import();
    let slow = "[limits.services]\nroute53 = 0.5\n";
    place.configure(&format!("{REGION}{slow}"));
    let text = place.driftline(&["import", "--estimate"]).ok().stdout;
    let told = place.redact(&text);
    assert!(told.contains("A scan of 1 account with "), "{told}");
    assert!(told.contains("It rests on what restore point [COMMIT] has; no call was made."), "{told}");
    let first = told.lines().skip_while(|line| !line.starts_with("What holds it up")).nth(1).unwrap_or_default();
    assert!(first.contains("route53 in 123456789012/all regions: ") && first.ends_with("at 0.5/s"), "{told}");
    let estimate = place.driftline(&["plan", "--estimate", "--format", "json"]).ok().json();
    assert_eq!(estimate["limits"][0]["service"], Value::from("route53"));
    assert_eq!(estimate["seconds"], estimate["limits"][0]["seconds"]);
    place.driftline(&["plan", "--estimate", "--format", "markdown"]).fails().says("use --format text or json");
    // Less is asked for, and less it takes.
    let part = place.driftline(&["plan", "--estimate", "--json", "--target", "ec2/vpc"]).ok().json();
    assert!(part["calls"].as_u64() < estimate["calls"].as_u64());
    assert_eq!(place.commits(), 1, "nothing is imported");
}

#[test]
fn an_estimate_without_a_restore_point_says_what_it_is() {
    let sim = sim();
    let place = Place::whole(&sim);
    sim.reset_stats();
    let told = place.driftline(&["import", "--estimate"]).ok().stdout;
    assert!(told.contains("There is no restore point yet, so this is what it takes at least"), "{told}");
    assert!(told.contains("2 calls were made, to enter the accounts."), "{told}");
    assert_eq!(sim.stats().total(), 2);
}

#[test]
fn the_limit_that_held_a_scan_up_is_told_at_its_end() {
    let sim = sim();
    let place = Place::new(&sim);
    place.configure(&format!("{REGION}[kinds]\ninclude = [\"iam/user\"]\n[limits.services]\niam = 10\n"));
    place.import().says("iam held it up for ").says(" at 10/s)");
    place.configure(&format!("{REGION}[kinds]\ninclude = [\"iam/user\"]\n"));
    let output = place.driftline(&["plan"]).ok();
    assert!(!output.stderr.contains("held it up"), "{}", output.stderr);
}

#[test]
fn published_rates_hold_behind_an_endpoint_that_is_aws() {
    let sim = sim();
    let place = Place::new(&sim);
    let kinds = "[kinds]\ninclude = [\"route53/*\"]\n";
    place.configure(&format!("{REGION}{kinds}"));
    let open = place.import();
    assert!(!open.stderr.contains("held it up"), "{}", open.stderr);
    place.configure(&format!("{REGION}{kinds}[limits]\npublished = \"always\"\n"));
    place.driftline(&["plan"]).ok().says("route53 held it up for ").says(" at 5/s)");
    place.configure("[limits]\npublished = \"sometimes\"\n");
    place
        .driftline(&["plan"])
        .fails()
        .says("driftline.toml:2: \"sometimes\" does not say where AWS's published rates hold");
}

#[test]
fn a_storm_of_refusals_passes_and_costs_nothing_but_time() {
    let sim = sim();
    let place = Place::new(&sim);
    place.configure(&format!("{REGION}[kinds]\ninclude = [\"s3/bucket\", \"iam/*\"]\n"));
    place.import();
    let storm = sim.faults().add(Rule::new(Fault::Throttle).on("s3").with("\"Bucket\"").first(30));
    let (plan, output) = place.plan(0, &[]);
    assert_eq!(sim.faults().hits(storm), 30);
    assert!(output.stderr.contains("30 throttled"), "{}", output.stderr);
    assert_eq!(plan["complete"], Value::from(true));
}

/// Buckets enough that hundreds of calls for their details come at once, and a place that reads these alone.
fn many_buckets(more: &str) -> (Sim, Place) {
    let generated = Generated::new(7, 1500);
    let sim = Sim::start(generated.world()).expect("the endpoint starts");
    let place = Place::reading(&sim.url(), &generated.account_ids()[0]);
    place.configure(&format!("{REGION}[kinds]\ninclude = [\"s3/bucket\"]\n{more}"));
    (sim, place)
}

#[test]
fn a_limit_that_nobody_knows_costs_time_and_nothing_else() {
    let (sim, place) = many_buckets("");
    sim.rates(Rates::off().with("s3", Rate { per_second: 60.0, burst: 20.0 }));
    // Far enough away that many are under way when the first one is refused.
    sim.round_trip(Duration::from_millis(40));
    let output = place.import();
    assert!(!output.stderr.contains("could not be read"), "{}", output.stderr);
    let (calls, throttled) = (sim.stats().total(), sim.stats().throttled());
    assert!(throttled > 0 && calls > 400, "the limit is met: {throttled} of {calls}");
    assert!(output.stderr.contains(&format!("{throttled} throttled")), "{throttled}: {}", output.stderr);
    // What waits behind those that are under way is not sent any more.
    assert!(throttled < 150, "{throttled} of {calls} calls were refused");
    sim.rates(Rates::off());
    place.plan(0, &[]);
}

#[test]
fn a_refusal_is_no_attempt() {
    let sim = sim();
    let place = Place::new(&sim);
    place.configure(&format!("{REGION}[kinds]\ninclude = [\"ec2/vpc\"]\n[scan]\nattempts = 1\n"));
    place.import();
    let refused = sim.faults().add(Rule::new(Fault::Throttle).on("ec2:DescribeVpcs").first(4));
    let (plan, output) = place.plan(0, &[]);
    assert_eq!(sim.faults().hits(refused), 4);
    assert!(output.stderr.contains("4 throttled"), "{}", output.stderr);
    assert_eq!(plan["complete"], Value::from(true));
    // What fails is given up as configured, refused before or not.
    sim.faults().clear();
    sim.faults().add(Rule::new(Fault::Throttle).on("ec2:DescribeVpcs").first(2));
    sim.faults().add(Rule::new(Fault::Fail(503)).on("ec2:DescribeVpcs"));
    sim.reset_stats();
    let (plan, _) = place.plan(3, &[]);
    assert_eq!(plan["driftline"]["not_read"][0]["status"], Value::from("failed"));
    assert_eq!(sim.stats().of("ec2:DescribeVpcs"), 3, "two were refused, and one failed");
}

#[test]
fn what_fails_now_and_then_uses_nothing_up() {
    let (sim, place) = many_buckets("[scan]\nattempts = 20\n");
    place.import();
    let failing = sim.faults().add(Rule::new(Fault::Fail(503)).on("s3").with("\"Bucket\"").chance(0.35, 7));
    let (plan, _) = place.plan(0, &[]);
    assert!(sim.faults().hits(failing) > 100, "{}", sim.faults().hits(failing));
    assert_eq!(plan["complete"], Value::from(true));
}

#[test]
fn what_is_down_is_not_asked_without_end() {
    let (sim, place) = many_buckets("");
    place.import();
    sim.reset_stats();
    place.plan(0, &[]);
    let calls = sim.stats().total();
    sim.faults().add(Rule::new(Fault::Fail(503)).on("s3").with("\"Bucket\""));
    sim.reset_stats();
    place.plan(3, &[]);
    let tried = sim.stats().total();
    // Eight attempts each would be thousands.
    assert!(tried > calls && tried < calls + 600, "{tried} calls instead of {calls}");
}
