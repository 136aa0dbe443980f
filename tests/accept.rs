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
    assert_snapshot!(output.stdout, @"");
    place.git(&["fsck", "--strict"]);
    assert_eq!(place.git(&["status", "--porcelain", "--", "snapshots"]), "");
    let (_, plan) = place.plan(0, &[]);
    assert!(plan.stdout.starts_with("No drift. "), "{}", plan.stdout);

    // What a fresh import of the same account says, to the last byte.
    let other = Place::whole(&sim);
    other.import();
    assert_eq!(place.git(&["rev-parse", "HEAD:snapshots"]), other.git(&["rev-parse", "HEAD:snapshots"]));
}
