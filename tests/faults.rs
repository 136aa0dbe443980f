//! Endpoints that deny, throttle, fail, lie or fall silent: what could not be read costs exactly that, is told, and is
//! never taken for removed.

#[cfg(target_os = "linux")]
mod disk;
mod expiry;
mod laws;

use std::time::{Duration, Instant};

use driftline_sim::{DEMO_ACCOUNT, Fault, Rule, Sim};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{KINDS, Place, REGION, at, publish_orders, sim};

/// What cannot be read is given up after a second try: patience would only make the tests long.
const HASTY: &str = "[scan]\nattempts = 2\nthrottle_timeout = 1\n";

/// An endpoint, and a place that has imported from it.
fn imported() -> (Sim, Place) {
    let sim = sim();
    let place = Place::new(&sim);
    place.configure(&format!("{REGION}{KINDS}{HASTY}"));
    place.import();
    (sim, place)
}

/// The kinds and ids that a plan says were not read, with how the reads ended.
fn not_read(plan: &Value) -> Vec<String> {
    let gap = |gap: &Value| {
        let text = |name: &str| gap[name].as_str().unwrap_or_default().to_owned();
        format!("{} {} {}{}", text("status"), text("kind"), text("id"), text("path"))
    };
    plan["driftline"]["not_read"].as_array().expect("a list").iter().map(gap).collect()
}

#[test]
fn a_denied_kind_costs_that_kind() {
    let (sim, place) = imported();
    sim.faults().add(Rule::new(Fault::Deny).on("ec2:DescribeVolumes"));
    // Nothing of it is removed, although nothing of it is there any more.
    sim.edit(|world| world.set(at::VOLUMES, json!([]))).expect("volumes");
    publish_orders(&sim);
    let (plan, text) = place.plan(2, &[]);
    assert_eq!(not_read(&plan), ["denied ec2/volume "], "{plan:#}");
    assert_eq!(plan["complete"], json!(false));
    assert_eq!(plan["resource_drift"].as_array().map(Vec::len), Some(1), "the database alone");
    assert_snapshot!(place.redact(&text.stdout), @r"
      ~ aws/123456789012/eu-west-1/rds/db_instance/prod-orders
          ~ PubliclyAccessible: false -> true
          by whom is not known: CloudTrail has nothing that explains it

    Not read (1 gap): nothing there is compared or taken for removed.
      denied     ec2:DescribeVolumes (UnauthorizedOperation)
                 ec2/volume in aws/123456789012: eu-west-1
                 hint: allow ec2:DescribeVolumes (`driftline iam-policy` prints all that it takes)

    Plan: 0 added, 1 changed, 0 removed since HEAD ([COMMIT]). Incomplete: 1 gap was not read.
    ");

    let files = place.git(&["ls-files", "snapshots/aws/123456789012/eu-west-1/ec2/volume"]);
    place.import().says("1 thing could not be read").says("ec2:DescribeVolumes denied (UnauthorizedOperation)");
    assert_eq!(place.git(&["ls-files", "snapshots/aws/123456789012/eu-west-1/ec2/volume"]), files, "files are kept");
    place.driftline(&["coverage"]).ok().shows("ec2/volume").shows("denied");
    // Allowed again, what is gone is gone.
    sim.faults().clear();
    let (plan, _) = place.plan(2, &[]);
    assert_eq!(plan["driftline"]["summary"]["removed"], json!(files.lines().count()));
}

#[test]
fn a_denied_policy_costs_that_attribute_of_that_bucket() {
    let (sim, place) = imported();
    let bucket = place.git(&["ls-files", "snapshots/aws/123456789012/eu-west-1/s3/bucket"]);
    let name = bucket.lines().next().and_then(|path| path.rsplit('/').next()).expect("a bucket");
    let name = name.trim_end_matches(".json");
    sim.faults().add(Rule::new(Fault::Deny).on("s3:GetBucketPolicy").with(&format!("\"{name}\"")));
    let buckets = || place.git(&["rev-parse", "HEAD:snapshots/aws/123456789012/eu-west-1/s3/bucket"]);
    let before = buckets();
    let (plan, _) = place.plan(3, &[]);
    assert_eq!(not_read(&plan), [format!("denied s3/bucket {name}/Policy")], "{plan:#}");
    place.import();
    assert_eq!(buckets(), before, "its last known policy is kept");

    // Anything else of the bucket is still compared.
    sim.edit(|world| {
        world.set(&format!("{}/Name={name}/GetBucketVersioning", at::BUCKETS), json!({"Status": "Suspended"}))
    })
    .expect("the bucket");
    let (plan, _) = place.plan(2, &[]);
    assert_eq!(plan["resource_drift"][0]["name"], json!(name));
    let changes = plan["resource_drift"][0]["driftline"]["changes"].to_string();
    assert!(changes.contains("Versioning") && !changes.contains("Policy"), "{changes}");
}

#[test]
fn a_denied_region_costs_that_region() {
    let sim = sim();
    let place = Place::new(&sim);
    place.configure(&format!("regions = [\"eu-west-1\", \"us-east-1\"]\n[kinds]\ninclude = [\"ec2/*\"]\n{HASTY}"));
    place.import();
    sim.edit(|world| {
        world.remove("123456789012/us-east-1/ec2/Vpcs/0").and_then(|_| world.remove(&format!("{}/0", at::VOLUMES)))
    })
    .expect("a VPC and a volume");
    // DescribeRegions is asked in us-east-1, too: whoever enters an account may do that.
    for operation in ["Vpcs", "Subnets", "SecurityGroups", "RouteTables", "NetworkAcls", "InternetGateways", "Volumes"]
    {
        sim.faults().add(Rule::new(Fault::Deny).on(&format!("ec2:Describe{operation}")).region("us-east-1"));
    }
    let (plan, _) = place.plan(2, &[]);
    let drift = plan["resource_drift"].as_array().expect("drift");
    assert_eq!(drift.len(), 1, "{plan:#}");
    assert_eq!(drift[0]["driftline"]["region"], json!("eu-west-1"));
    let regions: Vec<&str> = plan["driftline"]["not_read"]
        .as_array()
        .expect("gaps")
        .iter()
        .filter_map(|gap| gap["region"].as_str())
        .collect();
    assert!(regions.len() >= 7 && regions.iter().all(|region| *region == "us-east-1"), "{regions:?}");
}

#[test]
fn what_passes_is_tried_again_and_counted() {
    let (sim, place) = imported();
    place.configure(&format!("{REGION}{KINDS}[scan]\nattempts = 4\n"));
    for (fault, operation) in [
        (Fault::Throttle, "ec2:DescribeVpcs"),
        (Fault::Throttle, "rds:DescribeDBInstances"),
        (Fault::Throttle, "s3:GetBucketPolicy"),
        (Fault::Fail(503), "ec2:DescribeVolumes"),
        (Fault::Fail(500), "iam:GetAccountAuthorizationDetails"),
        (Fault::Reset, "ec2:DescribeSecurityGroups"),
        (Fault::Cut, "s3:ListBuckets"),
    ] {
        let first = sim.faults().add(Rule::new(fault.clone()).on(operation).first(1));
        let (_, output) = place.plan(0, &[]);
        assert_eq!(sim.faults().hits(first), 1, "{operation} is called");
        assert!(output.stderr.contains("1 retry"), "{fault:?} on {operation}: {}", output.stderr);
        let throttled = output.stderr.contains("1 throttled");
        assert_eq!(throttled, fault == Fault::Throttle, "{fault:?} on {operation}: {}", output.stderr);
        sim.faults().clear();
    }
}

#[test]
fn what_does_not_pass_is_a_gap_and_never_a_removal() {
    let (sim, place) = imported();
    for (fault, told) in [
        (Fault::Throttle, "throttled"),
        (Fault::Fail(500), "failed"),
        (Fault::Cut, "failed"),
        (Fault::Truncate, "failed"),
        (Fault::Garbage, "failed"),
        (Fault::Reset, "failed"),
        (Fault::Refuse(400, "SomethingNew".to_owned()), "failed"),
        (Fault::ExpiredToken, "failed"),
    ] {
        for (operation, kind) in [
            ("ec2:DescribeVpcs", "ec2/vpc"),
            ("rds:DescribeDBInstances", "rds/db_instance"),
            ("s3:ListBuckets", "s3/bucket"),
        ] {
            sim.faults().add(Rule::new(fault.clone()).on(operation));
            let (plan, _) = place.plan(3, &[]);
            let gaps = not_read(&plan);
            assert!(!gaps.is_empty(), "{fault:?} on {operation} is a gap");
            for gap in &gaps {
                assert!(gap.starts_with(&format!("{told} {kind} ")), "{fault:?} on {operation}: {gaps:?}");
            }
            assert_eq!(plan["resource_drift"], json!([]), "{fault:?} on {operation}");
            sim.faults().clear();
        }
    }
}

#[test]
fn a_page_that_never_ends_is_no_endless_scan() {
    let (sim, place) = imported();
    sim.page_size(1);
    place.plan(0, &[]);
    sim.faults().add(Rule::new(Fault::RepeatToken).on("ec2:DescribeVolumes"));
    let started = Instant::now();
    let (plan, _) = place.plan(3, &[]);
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
    assert_eq!(not_read(&plan), ["failed ec2/volume "]);
}

#[test]
fn a_second_page_that_fails_leaves_the_first_one_alone() {
    let (sim, place) = imported();
    sim.page_size(1);
    sim.faults().add(Rule::new(Fault::Fail(500)).on("ec2:DescribeSecurityGroups").with("NextToken"));
    let (plan, _) = place.plan(3, &[]);
    assert_eq!(plan["resource_drift"], json!([]), "half a list is no list");
    assert_eq!(not_read(&plan), ["failed ec2/security_group "]);
}

#[test]
fn what_goes_between_list_and_detail_is_gone() {
    let (sim, place) = imported();
    let bucket = place.git(&["ls-files", "snapshots/aws/123456789012/eu-west-1/s3/bucket"]);
    let name = bucket.lines().next().and_then(|path| path.rsplit('/').next()).expect("a bucket");
    let name = name.trim_end_matches(".json");
    sim.faults().add(Rule::new(Fault::Refuse(404, "NoSuchBucket".to_owned())).on("s3").with(&format!("\"{name}\"")));
    let (plan, _) = place.plan(2, &[]);
    assert_eq!(not_read(&plan), Vec::<String>::new());
    assert_eq!(plan["resource_drift"].as_array().map(Vec::len), Some(1));
    assert_eq!(plan["resource_drift"][0]["driftline"]["drift"], json!("removed"));
    assert_eq!(plan["resource_drift"][0]["name"], json!(name));
}

#[test]
fn a_silent_endpoint_is_not_waited_for_longer_than_configured() {
    let (sim, place) = imported();
    place.configure(&format!("{REGION}{KINDS}[scan]\nattempts = 1\nread_timeout = 1\n"));
    sim.faults().add(Rule::new(Fault::Hang).on("ec2:DescribeVolumes"));
    let started = Instant::now();
    let (plan, _) = place.plan(3, &[]);
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    assert_eq!(not_read(&plan), ["failed ec2/volume "]);
    assert!(plan["driftline"]["not_read"][0].to_string().contains("Timeout"), "{plan:#}");
}

#[test]
fn a_slow_endpoint_is_only_slow() {
    let (sim, place) = imported();
    sim.faults().add(Rule::new(Fault::Slow(Duration::from_millis(300))).every(5));
    place.plan(0, &[]);
}

#[test]
fn an_account_that_cannot_be_entered_is_a_gap_beside_one_that_can() {
    let other = {
        let mut account = driftline_sim::demo().account(DEMO_ACCOUNT).expect("the demo account").clone();
        account.id = "210987654321".to_owned();
        account
    };
    let sim = Sim::start(driftline_sim::demo().with(other)).expect("the endpoint starts");
    let mut place = Place::empty();
    place.env("AWS_ENDPOINT_URL", &sim.url());
    place.write_profiles(&[("shop", "123456789012"), ("lab", "210987654321")]);
    place.driftline(&["init"]).ok();
    place.configure(&format!(
        "{REGION}[[accounts]]\nprofile = \"shop\"\n[[accounts]]\nprofile = \"lab\"\nid = \"210987654321\"\n\
         [kinds]\ninclude = [\"ec2/vpc\"]\n{HASTY}"
    ));
    place.import();
    let files = place.git(&["ls-files", "snapshots"]);
    sim.faults().add(Rule::new(Fault::ExpiredToken).account("210987654321"));
    let (plan, output) = place.plan(3, &[]);
    assert_eq!(plan["resource_drift"], json!([]));
    assert!(output.stderr.contains("could not enter profile lab"), "{}", output.stderr);
    assert!(output.stderr.contains("aws sso login --profile lab"), "{}", output.stderr);
    place.import();
    assert_eq!(place.git(&["ls-files", "snapshots"]), files, "nothing of it is removed");
    sim.faults().clear();
    place.plan(0, &[]);
}
