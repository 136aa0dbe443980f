//! `driftline import`: a restore point holds what is there, whatever the order in which AWS answers, and a second
//! one of an unchanged account is none.

use std::fs;

use driftline_sim::{DEMO_ACCOUNT, Sim, World, demo};
use serde_json::{Value, json};

use crate::harness::{Place, REGION, at, publish_orders, sim};

#[test]
fn a_second_import_commits_nothing() {
    let sim = sim();
    let place = Place::whole(&sim);
    place.import();
    let head = place.git(&["rev-parse", "HEAD"]);
    place.import().says("nothing changed");
    assert_eq!(place.git(&["rev-parse", "HEAD"]), head);
    place.check_repository();
}

#[test]
fn the_order_of_answers_and_the_size_of_pages_leave_no_trace() {
    let sim = sim();
    let (one, other) = (Place::whole(&sim), Place::whole(&sim));
    one.import();
    sim.edit(reverse);
    sim.page_size(2);
    other.import();
    assert_eq!(one.tree("HEAD"), other.tree("HEAD"), "{}", difference(&one, &other));
    one.import().says("nothing changed");
}

/// Every list operation of every service answers in the opposite order.
fn reverse(world: &mut World) {
    let account = world.account_mut(DEMO_ACCOUNT).expect("the demo account");
    let places: Vec<(String, String)> =
        account.descriptions().map(|(region, service, _)| (region.to_owned(), service.to_owned())).collect();
    for (region, service) in places {
        let collections = account.describe(&region, &service).as_object_mut().expect("collections");
        collections.values_mut().filter_map(Value::as_array_mut).for_each(|items| items.reverse());
    }
}

fn difference(one: &Place, other: &Place) -> String {
    let (one, other) = (one.repo().join("snapshots"), other.repo().join("snapshots"));
    let mut diff = std::process::Command::new("diff");
    let output = diff.arg("-r").arg(one).arg(other).output().expect("diff runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn says_what_came_changed_and_went() {
    let sim = sim();
    let place = Place::new(&sim);
    let first = place.import();
    assert!(first.stderr.contains(" added, 0 changed, 0 removed)"), "{}", first.stderr);
    assert_eq!(first.stdout, "", "an import has no data");

    publish_orders(&sim);
    sim.edit(|world| {
        world.remove(&format!("{}/0", at::VOLUMES))?;
        let mut bucket = world.get(&format!("{}/0", at::BUCKETS)).expect("a bucket").clone();
        bucket["Name"] = json!("made-by-hand");
        bucket["BucketRegion"] = json!("eu-west-1");
        world.append(at::BUCKETS, bucket)
    })
    .expect("the description changes");
    place.import().says("(1 added, 1 changed, 1 removed)");
    let subject = place.git(&["log", "-1", "--format=%an: %s"]);
    assert!(
        subject.starts_with("Jane Doe: import: ") && subject.ends_with("(1 added, 1 changed, 1 removed)"),
        "{subject}"
    );
    let files = place.git(&["diff-tree", "-r", "--name-status", "--no-commit-id", "HEAD"]);
    let mut statuses: Vec<&str> = files.lines().map(|line| &line[..1]).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, ["A", "D", "M"], "just the files of these three:\n{files}");
    place.check_repository();
}

#[test]
fn files_are_made_for_reading() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    let path = "snapshots/aws/123456789012/eu-west-1/rds/db_instance/prod-orders.json";
    let text = fs::read_to_string(place.repo().join(path)).expect("a file of its own");
    assert!(
        text.starts_with("{\n  \"kind\": \"rds/db_instance\",\n  \"id\": \"prod-orders\",\n  \"arn\": \"arn:aws:rds:"),
        "{text}"
    );
    assert!(text.ends_with("}\n"), "{text}");
    let value: Value = serde_json::from_str(&text).expect("JSON");
    let members: Vec<&str> = value["attributes"].as_object().expect("attributes").keys().map(String::as_str).collect();
    let mut positions: Vec<usize> =
        members.iter().map(|member| text.find(&format!("\n    \"{member}\":")).expect("a line of its own")).collect();
    assert!(positions.is_sorted(), "keys are sorted");
    positions.dedup();
    assert_eq!(positions.len(), members.len());
    assert_eq!(text, place.driftline(&["show", "rds/db_instance/prod-orders"]).ok().stdout);
}

#[test]
fn a_bare_repository_is_enough() {
    let sim = sim();
    let (place, other) = (Place::new(&sim), Place::new(&sim));
    place.git(&["init", "-q", "--bare", "bare.git"]);
    let config = place.repo().join("driftline.toml");
    let config = config.to_str().expect("UTF-8");
    place.driftline(&["-C", "bare.git", "--config", config, "import"]).ok();
    place.driftline(&["-C", "bare.git", "--config", config, "plan", "--detailed-exitcode"]).ok();
    other.import();
    assert_eq!(place.git(&["-C", "bare.git", "rev-parse", "HEAD:snapshots"]), other.tree("HEAD"));
}

#[test]
fn a_target_leaves_everything_else_as_it_was() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    publish_orders(&sim);
    sim.edit(|world| world.remove(&format!("{}/0", at::VOLUMES))).expect("a volume");
    place.driftline(&["import", "--target", "ec2/volume"]).ok().says("(0 added, 0 changed, 1 removed)");
    let (plan, _) = place.plan(2, &[]);
    assert_eq!(plan["resource_drift"].as_array().expect("drift").len(), 1, "the database still differs: {plan:#}");
    place.driftline(&["import", "--target", "rds/db_instance/prod-o*"]).ok().says("(0 added, 1 changed, 0 removed)");
    place.plan(0, &[]);
}

#[test]
fn a_mass_removal_is_refused_unless_it_is_meant() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    let head = place.git(&["rev-parse", "HEAD"]);
    sim.edit(|world| world.set(at::GROUPS, json!([]))).expect("security groups");
    let refused = place.driftline(&["import"]).fails().says("aws/123456789012/eu-west-1").says("--allow-mass-removal");
    assert!(refused.stderr.contains(" are gone (more than 30 %)"), "{}", refused.stderr);
    assert_eq!(place.git(&["rev-parse", "HEAD"]), head);
    place.check_repository();
    // A plan refuses nothing: it is how one finds out what is gone.
    let (plan, _) = place.plan(2, &[]);
    let removed = plan["driftline"]["summary"]["removed"].as_u64().expect("a number");
    assert!(removed > 5, "{removed}");
    place.driftline(&["import", "--allow-mass-removal"]).ok().says(&format!("{removed} removed"));
    place.plan(0, &[]);
}

#[test]
fn several_accounts_in_one_run() {
    let other = {
        let mut account = demo().account(DEMO_ACCOUNT).expect("the demo account").clone();
        account.id = "210987654321".to_owned();
        account
    };
    let sim = Sim::start(demo().with(other)).expect("the endpoint starts");
    let mut place = Place::empty();
    place.env("AWS_ENDPOINT_URL", &sim.url());
    place.write_profiles(&[("shop", "123456789012"), ("lab", "210987654321")]);
    place.driftline(&["init"]).ok();
    place.configure(&format!(
        "{REGION}[[accounts]]\nname = \"shop\"\nprofile = \"shop\"\n[[accounts]]\nname = \"lab\"\nprofile = \"lab\"\n\
         [kinds]\ninclude = [\"ec2/vpc\", \"iam/user\"]\n"
    ));
    place.import().says("in 2 accounts");
    assert!(place.git(&["log", "-1", "--format=%b"]).contains("account 210987654321 (lab): eu-west-1"));
    let accounts = place.git(&["ls-tree", "--name-only", "HEAD:snapshots/aws"]);
    assert_eq!(accounts, "123456789012\n210987654321");
    let users = sim.stats().of("iam:GetAccountAuthorizationDetails") + sim.stats().of("iam:ListUsers");
    assert!(users >= 2, "global services are read once per account: {:?}", sim.stats().by_operation());

    // One account alone: the other keeps its files, and nothing of it is planned.
    sim.edit(|world| world.remove("210987654321/global/iam/Users/0")).expect("a user");
    place.driftline(&["plan", "--profile", "shop", "--detailed-exitcode"]).ok();
    place.driftline(&["plan", "--profile", "lab", "--detailed-exitcode"]).code(2);
}
