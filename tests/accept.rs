//! `driftline accept`: reviewed drift becomes commits.

use std::fs;

use driftline_sim::console_changes;
use insta::assert_snapshot;

use crate::harness::{Place, publish_orders, sim};

const SUBJECTS: [&str; 3] = ["log", "--reverse", "--format=%s"];

/// The demo account, imported and clicked around in, and its plan.
fn drifted() -> (driftline_sim::Sim, Place) {
    let sim = sim();
    let place = Place::whole(&sim);
    place.import();
    sim.edit(console_changes);
    place.driftline(&["plan", "--out", "plan.json"]).ok();
    (sim, place)
}

#[test]
fn a_saved_plan_becomes_commits_and_nothing_is_left() {
    let (sim, place) = drifted();
    let calls = sim.stats().total();
    let output = place.driftline(&["accept", "plan.json"]).ok();
    assert_eq!(sim.stats().total(), calls, "a saved plan is not read again");
    assert_snapshot!(output.stdout, @r"
    s3/bucket exports: lets everyone do s3:GetObject (+2 more)
    ec2/instance shop-web-2: set InstanceType to t3.xlarge
    ec2/route_table shop-private: add Routes 10.81.0.0/16
    ec2/security_group shop-app: open tcp/22 to 0.0.0.0/0
    elbv2/listener shop-web-https: remove Certificates 15cdff1d-026e-412d-a034-a0a2a165ca31 (+1 more)
    rds/db_instance prod-orders: set PubliclyAccessible to true
    iam/user ci-deploy: add AttachedManagedPolicies AdministratorAccess
    route53/record_set Z0JRQFCEEHD3Y3GYPX6QF/status.example.com/CNAME: deleted
    s3/bucket annas-test-bucket-2: created
    ");
    place.git(&["fsck", "--strict"]);
    assert_eq!(place.git(&["status", "--porcelain", "--", "snapshots"]), "");
    let (_, plan) = place.plan(0, &[]);
    assert!(plan.stdout.starts_with("No drift. "), "{}", plan.stdout);

    // What a fresh import of the same account says, to the last byte.
    let other = Place::whole(&sim);
    other.import();
    assert_eq!(place.git(&["rev-parse", "HEAD:snapshots"]), other.git(&["rev-parse", "HEAD:snapshots"]));
}
