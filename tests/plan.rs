//! `driftline plan`: its three formats, its exit codes, and what it reads.

use std::fs;

use driftline_sim::{Fault, Rule};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{KINDS, Place, REGION, at, publish_orders, sim};

#[test]
fn an_account_at_rest_has_no_drift() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    let (plan, output) = place.plan(0, &[]);
    assert!(output.stdout.starts_with("No drift. "), "{}", output.stdout);
    assert_eq!(plan["resource_drift"], json!([]));
    assert_eq!(plan["complete"], json!(true));
    assert_eq!(plan["format_version"], json!("1.2"));
}

#[test]
fn drift_is_shown_as_text_json_and_markdown() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    publish_orders(&sim);
    sim.edit(|world| {
        world.append(
            &format!("{}/GroupName=shop-app/IpPermissions", at::GROUPS),
            json!({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}),
        )
    })
    .expect("the group is there");

    let (plan, text) = place.plan(2, &[]);
    assert_snapshot!(place.redact(&text.stdout), @r#"
      ~ aws/123456789012/eu-west-1/ec2/security_group/sg-028d9976e693ba7a6  "shop-app"
          + IpPermissions[]:
          +   { FromPort: 22, IpProtocol: "tcp", IpRanges: [{ CidrIp: "0.0.0.0/0" }], ToPort: 22 }
          by whom is not known: CloudTrail has nothing that explains it

      ~ aws/123456789012/eu-west-1/rds/db_instance/prod-orders
          ~ PubliclyAccessible: false -> true
          by whom is not known: CloudTrail has nothing that explains it

    Plan: 0 added, 2 changed, 0 removed since HEAD ([COMMIT]).
    "#);
    assert!(text.stderr.contains("wrote the plan to "), "{}", text.stderr);
    assert_eq!(plan, place.driftline(&["plan", "--json"]).ok().json(), "--out and --json write the same");
    assert_eq!(plan, place.driftline(&["plan", "--format", "json"]).ok().json());
    let addresses: Vec<&str> = plan["resource_drift"]
        .as_array()
        .expect("drift")
        .iter()
        .filter_map(|drift| drift["address"].as_str())
        .collect();
    assert_eq!(addresses.len(), 2);
    assert!(addresses.is_sorted());
    let database = &plan["resource_drift"][1];
    assert_eq!(database["change"]["actions"], json!(["update"]));
    assert_eq!(database["change"]["before"]["attributes"]["PubliclyAccessible"], json!(false));
    assert_eq!(database["change"]["after"]["attributes"]["PubliclyAccessible"], json!(true));
    assert_eq!(database["driftline"]["region"], json!("eu-west-1"));

    let markdown = place.driftline(&["plan", "--format", "markdown"]).ok().stdout;
    assert_snapshot!(place.redact(&markdown), @r#"
    ### Drift: 0 added, 2 changed, 0 removed

    34 resources compared with <code>HEAD</code> (<code>[COMMIT]</code>).

    | | Resource | Name | What |
    | --- | --- | --- | --- |
    | `~` | <code>aws/123456789012/eu-west-1/ec2/security_group/sg-028d9976e693ba7a6</code> | shop-app | 1 change |
    | `~` | <code>aws/123456789012/eu-west-1/rds/db_instance/prod-orders</code> |  | 1 change |

    <code>aws/123456789012/eu-west-1/ec2/security_group/sg-028d9976e693ba7a6</code>

    ```diff
      aws/123456789012/eu-west-1/ec2/security_group/sg-028d9976e693ba7a6
    +   IpPermissions[]:
    +     { FromPort: 22, IpProtocol: "tcp", IpRanges: [{ CidrIp: "0.0.0.0/0" }], ToPort: 22 }
    ```

    <code>by whom is not known: CloudTrail has nothing that explains it</code>

    <code>aws/123456789012/eu-west-1/rds/db_instance/prod-orders</code>

    ```diff
      aws/123456789012/eu-west-1/rds/db_instance/prod-orders
    -   PubliclyAccessible: false
    +   PubliclyAccessible: true
    ```

    <code>by whom is not known: CloudTrail has nothing that explains it</code>
    "#);
}

#[test]
fn exit_codes_tell_drift_from_gaps() {
    let sim = sim();
    let place = Place::new(&sim);
    place.driftline(&["plan", "--detailed-exitcode"]).fails().says("there is no restore point yet");
    place.import();
    place.driftline(&["plan", "--detailed-exitcode"]).code(0);

    let denied = sim.faults().add(Rule::new(Fault::Deny).on("rds:DescribeDBInstances"));
    place.driftline(&["plan"]).code(0).shows("Not read (1 gap)");
    place.driftline(&["plan", "--detailed-exitcode"]).code(3).shows("No drift in what was read");
    publish_orders(&sim);
    place.driftline(&["plan", "--detailed-exitcode"]).code(3);
    sim.edit(|world| world.remove(&format!("{}/0", at::VOLUMES))).expect("a volume");
    let (plan, _) = place.plan(2, &[]);
    assert_eq!(plan["complete"], json!(false));
    sim.faults().remove(denied);
    place.driftline(&["plan", "--detailed-exitcode"]).code(2);
    place.driftline(&["plan"]).code(0);
}

#[test]
fn a_target_is_applied_before_calls_are_made() {
    let sim = sim();
    let place = Place::whole(&sim);
    place.configure(REGION);
    place.import();
    publish_orders(&sim);
    sim.reset_stats();
    place.plan(2, &["--no-attribution", "--target", "rds/db_instance/prod-orders"]);
    let stats = sim.stats();
    assert!(stats.total() <= 4, "entering takes two calls, the database one: {:?}", stats.by_operation());
    assert_eq!(stats.of("s3") + stats.of("iam") + stats.of("route53"), 0);

    sim.reset_stats();
    place.plan(0, &["--target", "s3/bucket/example-shop-exports", "--target", "ec2/vpc"]);
    let stats = sim.stats();
    assert!(stats.of("s3:GetBucketPolicy") <= 1, "details of one bucket alone: {:?}", stats.by_operation());
    assert_eq!(stats.of("rds"), 0);

    // What was not asked for is neither read nor shown.
    sim.edit(|world| world.remove(&format!("{}/0", at::VPCS))).expect("a VPC");
    place.plan(0, &["--target", "ec2/security_group/*"]);
    place.plan(2, &["--target", "aws/*/eu-west-1/ec2/vpc"]);
    // A region that was never read is all unmanaged.
    let (plan, _) = place.plan(2, &["--region", "us-east-1", "--target", "ec2/vpc"]);
    assert_eq!(plan["driftline"]["summary"], json!({"added": 1, "changed": 0, "removed": 0}));
}

#[test]
fn what_the_restore_point_lacks_is_told_where_it_is_asked_for() {
    let sim = sim();
    let place = Place::new(&sim);
    let denied = sim.faults().add(Rule::new(Fault::Deny).on("rds:DescribeDBInstances"));
    place.import();
    sim.faults().remove(denied);
    let lacking = "(AccessDenied) when the restore point was made\n";
    for target in ["rds", "rds/db_instance/prod-orders", "aws/*/eu-west-1"] {
        place.driftline(&["plan", "--no-attribution", "--target", target]).ok().shows(lacking);
        place.driftline(&["diff", "HEAD", "--target", target]).ok().shows("Not read (1 gap)");
    }
    for target in ["ec2", "rds/db_cluster", "aws/*/us-east-1/s3"] {
        place.driftline(&["diff", "HEAD", "--target", target]).ok().shows("No change. ");
    }
    for narrow in [["--target", "ec2/vpc"], ["--kind", "ec2/vpc"], ["--kind", "s3/bucket"]] {
        place.driftline(&[&["plan", "--detailed-exitcode"], &narrow[..]].concat()).code(0).shows("No drift. ");
    }
    place.driftline(&["plan", "--detailed-exitcode", "--no-attribution"]).shows(lacking);
    place.driftline(&["plan", "--since-trail", "--no-attribution"]).shows(lacking);
}

#[test]
fn any_restore_point_can_be_compared_with() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    publish_orders(&sim);
    place.import();
    place.plan(0, &[]);
    let (plan, _) = place.plan(2, &["--against", "HEAD~1"]);
    assert_eq!(plan["resource_drift"][0]["name"], json!("prod-orders"));
    assert_eq!(plan["driftline"]["against"]["rev"], json!("HEAD~1"));
    place.git(&["tag", "before", "HEAD~1"]);
    place.plan(2, &["--against", "before"]);
}

#[test]
fn what_is_of_no_interest_is_counted_and_not_shown() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    publish_orders(&sim);
    let rules = "[[ignore]]\naddress = \"rds/db_instance/prod-orders\"\nattribute = \"/PubliclyAccessible\"\n\
                 reason = \"we know\"\n\
                 [[ignore]]\naddress = \"ec2/vpc/vpc-gone\"\nreason = \"long ago\"\n";
    place.configure(&format!("{REGION}{KINDS}{rules}"));
    let (plan, output) = place.plan(0, &[]);
    assert!(output.stdout.contains("1 ignored by rules"), "{}", output.stdout);
    assert!(output.stderr.contains("`ec2/vpc/vpc-gone` (long ago) matched nothing"), "{}", output.stderr);
    assert!(plan["driftline"]["ignored"].to_string().contains("we know"), "{plan:#}");
    // Another attribute of the same resource is still drift.
    sim.edit(|world| world.set(&format!("{}/DeletionProtection", at::ORDERS), false)).expect("the database");
    let (plan, _) = place.plan(2, &[]);
    assert_eq!(plan["driftline"]["summary"]["changed"], json!(1));
}

#[test]
fn changes_nothing_in_the_repository() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    publish_orders(&sim);
    let state = |place: &Place| {
        let objects = place.git(&["count-objects", "-v"]);
        (place.git(&["rev-parse", "HEAD"]), place.git(&["status", "--porcelain"]), objects)
    };
    let before = state(&place);
    place.driftline(&["plan"]).ok();
    assert_eq!(state(&place), before);
}

#[test]
fn stdout_is_data_and_stderr_is_talk() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    publish_orders(&sim);
    let loud = place.driftline(&["plan", "--json"]).ok();
    assert!(loud.stderr.starts_with("read "), "{}", loud.stderr);
    let quiet = place.driftline(&["plan", "--json", "--quiet"]).ok();
    assert_eq!(quiet.stderr, "");
    assert_eq!(quiet.stdout, loud.stdout, "two plans of one state are equal to the last byte");
    let colours = place.driftline(&["plan", "--color", "always"]).ok().stdout;
    let plain = place.driftline(&["plan"]).ok().stdout;
    assert!(colours.contains('\u{1b}') && !plain.contains('\u{1b}'));
}

#[test]
fn a_plan_file_that_cannot_be_written_is_named() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    fs::create_dir(place.repo().join("plan.json")).expect("a folder in the way");
    sim.reset_stats();
    assert_snapshot!(place.driftline(&["plan", "--out", "nowhere/plan.json"]).fails().stderr, @r"
    error: failed to write the plan to nowhere/plan.json: there is no folder nowhere
    hint: name another file with --out
    ");
    assert_snapshot!(place.driftline(&["plan", "--out", "plan.json"]).fails().stderr, @r"
    error: failed to write the plan to plan.json: it is a folder
    hint: name another file with --out
    ");
    assert_eq!(sim.stats().of("ec2"), 0, "it is told before anything is read");
}

#[test]
fn a_changed_secret_is_seen_and_not_told() {
    let sim = sim();
    let place = Place::reading(&sim.url(), driftline_sim::DEMO_ACCOUNT);
    place.configure(&format!("{REGION}[kinds]\ninclude = [\"ec2/instance\"]\n"));
    place.import();
    let data = "123456789012/eu-west-1/ec2/Reservations/0/Instances/0/DescribeInstanceAttribute/UserData";
    // `echo password=hunter2`, as EC2 has it.
    let set = |text: &str| sim.edit(|world| world.set(data, json!({ "Value": text }))).expect("an instance");
    set("ZWNobyBwYXNzd29yZD1odW50ZXIy");
    let (plan, text) = place.plan(2, &[]);
    let drift = &plan["resource_drift"][0]["change"];
    assert!(drift["after"].to_string().contains("UserData"), "{plan:#}");
    assert!(holds_true(&drift["after_sensitive"]), "{plan:#}");
    place.import();
    let everything = place.git(&["grep", "-h", "", "HEAD", "--", "snapshots"]) + &text.stdout + &plan.to_string();
    assert!(!everything.contains("hunter2") && !everything.contains("ZWNobyBwYXNzd29yZD1odW50ZXIy"));
    place.plan(0, &[]);
    set("ZWNobyBwYXNzd29yZD1odW50ZXIz");
    place.plan(2, &[]);
}

fn holds_true(value: &Value) -> bool {
    match value {
        Value::Bool(value) => *value,
        Value::Array(values) => values.iter().any(holds_true),
        Value::Object(members) => members.values().any(holds_true),
        _ => false,
    }
}
