//! A generated account through the real binary: everything in it is read, nothing drifts by itself, and what somebody
//! changed is told, neither more nor less.

use std::collections::BTreeMap;

use driftline_sim::{Generated, How, Sim};

use crate::harness::Place;

/// The resources of a plan that drifted: address, and how.
fn drift(plan: &serde_json::Value) -> BTreeMap<String, &'static str> {
    let drifted = plan["resource_drift"].as_array().expect("a list").iter().map(|resource| {
        let how = match (&resource["change"]["before"], &resource["change"]["after"]) {
            (serde_json::Value::Null, _) => "added",
            (_, serde_json::Value::Null) => "removed",
            _ => "changed",
        };
        (resource["address"].as_str().expect("an address").to_owned(), how)
    });
    drifted.collect()
}

#[test]
fn every_kind_that_is_read_is_generated() {
    let list = Place::empty().driftline(&["kinds"]).ok().stdout;
    let kinds: Vec<&str> = list.lines().filter_map(|line| line.split(' ').next()).collect();
    let census = Generated::new(2, 5000).census();
    let generated: Vec<&str> = census.iter().filter(|(_, count)| **count > 0).map(|(kind, _)| *kind).collect();
    assert_eq!(generated, kinds);
}

#[test]
fn a_generated_account_is_read_whole_and_its_changes_are_the_drift() {
    let generated = Generated::new(11, 2000);
    let sim = Sim::start(generated.world()).expect("the endpoint starts");
    let place = Place::reading(&sim.url(), &generated.account_ids()[0]);
    place.import();
    let mut read: BTreeMap<String, usize> = BTreeMap::new();
    for file in place.git(&["ls-files", "snapshots/aws"]).lines().filter(|file| !file.ends_with("coverage.json")) {
        let parts: Vec<&str> = file.split('/').collect();
        *read.entry(format!("{}/{}", parts[4], parts[5])).or_default() += 1;
    }
    let census: BTreeMap<String, usize> =
        generated.census().into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect();
    assert_eq!(read, census, "every resource is read");
    let (plan, _) = place.plan(0, &[]);
    assert_eq!((drift(&plan), &plan["complete"]), (BTreeMap::new(), &true.into()));

    let later = Generated { changed: 5.0, ..generated };
    let changes = later.changes();
    assert_eq!(changes.len(), 100);
    sim.edit(|world| *world = later.world());
    let (plan, _) = place.plan(2, &[]);
    let expected = changes.iter().map(|change| {
        let how = match change.how {
            How::Added => "added",
            How::Removed => "removed",
            How::Changed(_) => "changed",
        };
        (change.address(), how)
    });
    assert_eq!(drift(&plan), expected.collect());
    assert_eq!(plan["complete"], true);
}
