//! An import that was interrupted among lists of a parent's own (the records of zones): those that were read are not read
//! again, if the list of parents still says the same of theirs.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use driftline_sim::{Fault, Rule, Sim};
use serde_json::{Value, json};

use super::{complete, end, grown, journal, records, undisturbed};
use crate::harness::{Output, Place, at};

/// More than are under way at once.
const ZONES: usize = 50;
/// Zones whose records are not answered in the import that is interrupted.
const HUNG: &str = "ZHUNG";
const RECORDS: &str = "route53:ListResourceRecordSets";
const CONFIGURATION: &str = "[kinds]\ninclude = [\"route53/record_set\"]\n";

/// The demo account with many zones.
fn zones() -> (Sim, Place) {
    grown(at::ZONES, 1, ZONES, CONFIGURATION, |zone, number| {
        zone["Id"] = json!(format!("/hostedzone/{}{number}", if number % 10 == 9 { HUNG } else { "ZMORE" }));
    })
}

fn zone(id: &str) -> String {
    format!("{}/Id=~1hostedzone~1{id}", at::ZONES)
}

/// The zones of which a journal holds every record.
fn kept(journal: &Path) -> BTreeSet<String> {
    let lists = records(journal, "below");
    let ids = lists.iter().flat_map(|read| read["resources"]["global"].as_object().expect("records").keys());
    ids.map(|id| id.split('/').next().expect("the zone").to_owned()).collect()
}

/// Starts an import in which some zones' records are never answered, and ends it once many others are kept; which.
fn interrupt(sim: &Sim, place: &Place, signal: &str) -> Vec<String> {
    sim.faults().add(Rule::new(Fault::Hang).on(RECORDS).with(HUNG));
    // What is kept reaches the file with the first of another second.
    sim.faults().add(Rule::new(Fault::Slow(Duration::from_millis(1_100))).on(RECORDS));
    let journal = journal(place);
    end(sim, place, &[], signal, || kept(&journal).len() >= 10);
    let kept: Vec<String> = kept(&journal).into_iter().collect();
    assert!(kept.iter().all(|zone| !zone.starts_with(HUNG)), "{kept:?}");
    assert_eq!(complete(&journal), 0, "the read is not complete");
    kept
}

/// Imports: of so many zones the records are taken over, and those of all others are read.
#[track_caller]
fn import(sim: &Sim, place: &Place, spared: usize) -> Output {
    let expected = undisturbed(sim, place);
    sim.reset_stats();
    let zones = sim.world().get(at::ZONES).and_then(Value::as_array).map_or(0, Vec::len);
    let output = place.import();
    let read = sim.stats().of(RECORDS);
    assert_eq!(read, u64::try_from(zones - spared).expect("few"), "{}", output.stderr);
    place.check_repository();
    assert_eq!(place.tree("HEAD"), expected, "{}", output.stderr);
    assert!(!journal(place).exists());
    output
}

#[test]
fn records_that_were_read_are_not_read_again() {
    for signal in ["KILL", "TERM"] {
        let (sim, place) = zones();
        let kept = interrupt(&sim, &place, signal);
        let output = import(&sim, &place, kept.len());
        assert!(output.stderr.contains("taken over from the interrupted import"), "{}", output.stderr);
        import(&sim, &place, 0).says("nothing changed");
    }
}

#[test]
fn a_zone_that_is_listed_otherwise_is_read_again_and_one_that_is_gone_leaves_nothing() {
    let (sim, place) = zones();
    let kept = interrupt(&sim, &place, "KILL");
    let [changed, gone] = [&kept[0], &kept[1]];
    sim.edit(|world| {
        let records = format!("{}/ResourceRecordSets", zone(changed));
        let count = world.get(&records).and_then(Value::as_array).map_or(0, Vec::len);
        world.remove(&format!("{records}/{}", count - 1))?;
        world.set(&format!("{}/ResourceRecordSetCount", zone(changed)), count - 1)?;
        world.remove(&zone(gone))
    })
    .expect("the zones");
    import(&sim, &place, kept.len() - 2);
    // Nothing of the zone that is gone went into the repository.
    let objects = place.git(&["cat-file", "--batch-all-objects", "--batch-check"]);
    for blob in
        objects.lines().filter(|line| line.contains(" blob ")).map(|line| line.split(' ').next().expect("an id"))
    {
        assert!(!place.git(&["cat-file", "-p", blob]).contains(&format!("\"{gone}/")), "{blob} is of {gone}");
    }
}

#[test]
fn what_was_interrupted_twice_is_gone_on_with_twice() {
    let (sim, place) = zones();
    let first = interrupt(&sim, &place, "TERM");
    sim.faults().add(Rule::new(Fault::Hang).on("route53:ListHostedZones"));
    end(&sim, &place, &[], "KILL", || sim.stats().of("route53:ListHostedZones") > 0);
    assert_eq!(kept(&journal(&place)).len(), first.len());
    import(&sim, &place, first.len());
}

#[test]
fn a_list_with_a_gap_or_without_its_end_is_not_kept() {
    let (sim, place) = zones();
    sim.page_size(3);
    let broken = sim.world().get(&format!("{}/0/Id", at::ZONES)).and_then(Value::as_str).expect("a zone").to_owned();
    let broken = broken.rsplit('/').next().expect("its id").to_owned();
    sim.faults().add(Rule::new(Fault::Deny).on(RECORDS).with(&broken).nth(2));
    let kept = interrupt(&sim, &place, "KILL");
    assert!(!kept.contains(&broken), "{kept:?}");
    sim.page_size(0);
    import(&sim, &place, kept.len());
}
