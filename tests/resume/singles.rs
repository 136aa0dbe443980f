//! An import that was interrupted in the middle of a read: of its resources, those that were read are not read again, if
//! the list still says the same of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use driftline_api::Shape;
use driftline_sim::{Fault, Rule, Sim};
use serde_json::{Value, json};

use super::{complete, end, grown, journal, records, taken, undisturbed};
use crate::harness::{Output, Place, REGION, at, sim};
use crate::table::ordered;

/// More than are under way at once.
const VPCS: usize = 60;
/// Those whose details are not answered in the import that is interrupted.
const HUNG: &str = "vpc-00000000000000f";
/// The calls that the details of one take.
const CALLS: u64 = 3;
const DETAILS: &str = "ec2:DescribeVpcAttribute";
const CONFIGURATION: &str = "[kinds]\ninclude = [\"ec2/vpc\"]\n";

/// The demo account with many networks.
fn networks() -> (Sim, Place) {
    grown(at::VPCS, 0, VPCS, CONFIGURATION, |vpc, number| {
        let end = if number + 6 < VPCS { format!("0{number:02}") } else { format!("f{number:02}") };
        vpc["VpcId"] = json!(format!("vpc-00000000000000{end}"));
    })
}

fn network(id: &str) -> String {
    format!("{}/VpcId={id}", at::VPCS)
}

/// What cannot be seen in the list.
fn turn_dns_names_off(sim: &Sim, id: &str) {
    let path = format!("{}/DescribeVpcAttribute/EnableDnsHostnames/Value", network(id));
    sim.edit(|world| world.set(&path, false)).expect("the network");
}

/// The single resources that a journal holds, by id.
pub(super) fn singles(journal: &Path) -> BTreeMap<String, Value> {
    let id = |single: &Value| single[4].as_str().expect("an id").to_owned();
    records(journal, "one").into_iter().map(|single| (id(&single), single)).collect()
}

/// Starts an import in which some networks' details are never answered, and ends it once others are kept; which.
fn interrupt(sim: &Sim, place: &Place, signal: &str) -> (Output, Vec<String>) {
    sim.faults().add(Rule::new(Fault::Hang).on(DETAILS).with(HUNG));
    sim.faults().add(Rule::new(Fault::Slow(Duration::from_millis(700))).on(DETAILS));
    let journal = journal(place);
    let output = end(sim, place, &[], signal, || singles(&journal).len() >= 10);
    let kept: Vec<String> = singles(&journal).into_keys().collect();
    assert!(kept.len() >= 10 && kept.iter().all(|id| !id.starts_with(HUNG)), "{kept:?}");
    assert_eq!(complete(&journal), 0, "the read is not complete");
    (output, kept)
}

/// Imports: so many of the kept resources are taken over, and nothing else is spared.
#[track_caller]
fn import(sim: &Sim, place: &Place, spared: usize) -> Output {
    sim.reset_stats();
    let listed = sim.world().get(at::VPCS).and_then(Value::as_array).map_or(0, Vec::len);
    let output = place.import();
    let stats = sim.stats();
    assert_eq!(stats.of(DETAILS), CALLS * u64::try_from(listed - spared).expect("few"), "{}", output.stderr);
    assert_eq!(stats.of("ec2:DescribeVpcs"), 1, "the list is read anew");
    let told = format!("({spared} taken over from the interrupted import");
    assert_eq!(output.stderr.contains(&told), spared > 0, "{}", output.stderr);
    place.check_repository();
    output
}

#[test]
fn details_that_were_read_are_not_read_again() {
    for (signal, code) in [("KILL", None), ("TERM", Some(143))] {
        let (sim, place) = networks();
        let (ended, kept) = interrupt(&sim, &place, signal);
        assert_eq!(ended.code, code);
        if code.is_some() {
            let told = "interrupted: nothing was changed, and the next import goes on from here\n";
            assert!(ended.stderr.ends_with(told), "{}", ended.stderr);
        }
        let told = format!(
            "UTC: 0 of 1 reads are from then, and {} resources of others where they are listed as they were\n",
            kept.len()
        );
        let output = import(&sim, &place, kept.len()).says(&told);
        assert!(output.stderr.contains("60 resources (60 added, 0 changed, 0 removed)"), "{}", output.stderr);
        assert_eq!(place.tree("HEAD"), undisturbed(&sim, &place), "{signal}");
        assert!(!journal(&place).exists());
        import(&sim, &place, 0).says("nothing changed");
    }
}

#[test]
fn an_import_after_a_restore_point_goes_on_with_what_did_not_change() {
    let (sim, place) = networks();
    place.import();
    sim.edit(|world| world.set(&format!("{}/0/Tags/0/Value", at::VPCS), "shop-2")).expect("a network");
    let (_, kept) = interrupt(&sim, &place, "KILL");
    let bytes = fs::read_to_string(journal(&place)).expect("the journal is text");
    let files = bytes.lines().filter(|line| line.starts_with("blob ")).count();
    assert!(files <= 1, "{files} files of resources that did not change");
    import(&sim, &place, kept.len()).says("0 added, 1 changed");
    assert_eq!(place.tree("HEAD"), undisturbed(&sim, &place));
}

#[test]
fn what_is_listed_otherwise_is_read_again_and_what_is_not_listed_is_gone() {
    let (sim, place) = networks();
    let (_, kept) = interrupt(&sim, &place, "TERM");
    let [changed, gone, shuffled] = [&kept[0], &kept[1], &kept[2]];
    turn_dns_names_off(&sim, changed);
    sim.edit(|world| {
        world.set(&format!("{}/Tags/0/Value", network(changed)), "another")?;
        world.remove(&network(gone))?;
        let tags = format!("{}/Tags", network(shuffled));
        let mut turned = world.get(&tags).and_then(Value::as_array).expect("tags").clone();
        turned.reverse();
        world.set(&tags, Value::Array(turned))?;
        let mut vpc = world.get(&format!("{}/0", at::VPCS)).expect("a network").clone();
        vpc["VpcId"] = json!("vpc-0000000000000c11c");
        world.append(at::VPCS, vpc)
    })
    .expect("networks");
    let output = import(&sim, &place, kept.len() - 2);
    assert!(output.stderr.contains("60 resources (60 added, 0 changed, 0 removed)"), "{}", output.stderr);
    assert_eq!(place.tree("HEAD"), undisturbed(&sim, &place));
    place.plan(0, &[]);
}

#[test]
fn what_is_too_old_or_not_wanted_is_read_again() {
    let (sim, place) = networks();
    let (_, kept) = interrupt(&sim, &place, "TERM");
    turn_dns_names_off(&sim, &kept[0]);
    let output = place.driftline(&["import", "--fresh"]).ok();
    assert!(!output.stderr.contains("interrupted"), "{}", output.stderr);
    assert_eq!(sim.stats().of(DETAILS), CALLS * 60);
    assert_eq!(place.tree("HEAD"), undisturbed(&sim, &place));

    place.configure(&format!("{REGION}{CONFIGURATION}[import]\nresume = \"1s\"\n"));
    sim.edit(|world| world.set(&format!("{}/0/Tags/0/Value", at::VPCS), "shop-2")).expect("a network");
    let (_, kept) = interrupt(&sim, &place, "TERM");
    std::thread::sleep(Duration::from_millis(2100));
    turn_dns_names_off(&sim, &kept[1]);
    import(&sim, &place, 0).says("what an interrupted import had read is read anew: that is too long ago");
    assert_eq!(place.tree("HEAD"), undisturbed(&sim, &place));

    // Of another request, it is nobody's.
    let (_, kept) = interrupt(&sim, &place, "TERM");
    turn_dns_names_off(&sim, &kept[2]);
    place.configure(&format!("{REGION}{CONFIGURATION}[kinds.\"ec2/volume\"]\nnewest = 3\n"));
    import(&sim, &place, 0).says("is read anew: it asked for something else");
}

/// A whole read is as old as the oldest details that it is made of.
#[test]
fn what_is_taken_over_does_not_become_younger() {
    let (sim, place) = networks();
    let age = Duration::from_secs(9);
    place.configure(&format!(
        "{REGION}[kinds]\ninclude = [\"ec2/vpc\", \"iam/group\"]\n[import]\nresume = \"{}s\"\n",
        age.as_secs()
    ));
    sim.faults().add(Rule::new(Fault::Hang).on("iam"));
    let (_, kept) = interrupt(&sim, &place, "TERM");
    let first = Instant::now();
    sim.faults().add(Rule::new(Fault::Hang).on("iam"));
    let mut child = place.spawn(&["import"]);
    while complete(&journal(&place)) == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    sim.faults().clear();
    std::thread::sleep((age + Duration::from_millis(1500)).saturating_sub(first.elapsed()));
    turn_dns_names_off(&sim, &kept[0]);
    let output = place.import();
    assert_eq!(taken(&output), 0, "{}", output.stderr);
    assert_eq!(place.tree("HEAD"), undisturbed(&sim, &place), "{}", output.stderr);
}

#[test]
fn what_was_interrupted_twice_is_gone_on_with_twice() {
    let (sim, place) = networks();
    let (_, first) = interrupt(&sim, &place, "KILL");
    sim.faults().add(Rule::new(Fault::Hang).on("ec2:DescribeVpcs"));
    let ended = end(&sim, &place, &[], "TERM", || sim.stats().of("ec2:DescribeVpcs") > 0).code(143);
    assert!(ended.stderr.ends_with("and the next import goes on from here\n"), "{}", ended.stderr);
    import(&sim, &place, first.len());
    assert_eq!(place.tree("HEAD"), undisturbed(&sim, &place));
}

#[test]
fn what_had_a_gap_is_not_kept() {
    let (sim, place) = networks();
    sim.faults().add(Rule::new(Fault::Deny).on(DETAILS).with("vpc-00000000000000003"));
    let (_, kept) = interrupt(&sim, &place, "TERM");
    assert!(!kept.iter().any(|id| id.ends_with("003")), "{kept:?}");
    let output = import(&sim, &place, kept.len());
    assert!(!output.stderr.contains("could not be read"), "{}", output.stderr);
    assert_eq!(place.tree("HEAD"), undisturbed(&sim, &place));
}

/// Whatever becomes of a journal, the restore point is right, and what stands before the damage counts.
#[test]
fn a_damaged_journal_is_not_believed() {
    let (sim, place) = networks();
    let (_, kept) = interrupt(&sim, &place, "TERM");
    let whole = fs::read(journal(&place)).expect("the journal");
    let text = String::from_utf8(whole.clone()).expect("the journal is text");
    let expected = undisturbed(&sim, &place);
    let last = text.rfind("\none ").expect("a single one") + 1;
    let first = text.find("\none ").expect("a single one") + 1;
    let end = first + text[first..].match_indices('\n').nth(1).expect("two lines").0 + 1;
    let id = text[first..end].find("vpc-").expect("its id") + first;
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    // Without the files, what speaks of them is of no use.
    let mut without_files = text[..=text.find('\n').expect("a line")].to_owned();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("one ") {
            without_files.extend([line, "\n", lines.next().expect("the JSON"), "\n"]);
        }
    }
    let all = kept.len();
    for (what, bytes, spared) in [
        ("cut off in the last record's head", whole[..last + 20].to_vec(), Some(all - 1)),
        ("cut off right before the last record's end", whole[..whole.len() - 1].to_vec(), None),
        ("cut off in the first", whole[..end - 3].to_vec(), Some(0)),
        ("another id in the first", flipped(id + 12), Some(0)),
        ("a byte in the middle", flipped(whole.len() / 2), None),
        ("without the files", without_files.into_bytes(), Some(0)),
        ("something else behind it", [&whole[..], b"one 00 99999999999\n\xff\xff"].concat(), Some(all)),
    ] {
        fs::write(journal(&place), bytes).expect("the journal");
        let output = place.import();
        let words = output.stderr.split_once(" taken over from the interrupted import").map(|(before, _)| before);
        let told: usize =
            words.and_then(|text| text.rsplit('(').next()).map_or(0, |number| number.parse().expect("a number"));
        assert_eq!(place.tree("HEAD"), expected, "{what}: {}", output.stderr);
        assert!(spared.is_none_or(|spared| spared == told) && told <= all, "{what}: {told} of {all}");
        place.check_repository();
        place.git(&["update-ref", "-d", "HEAD"]);
        place.git(&["rm", "-rqf", "--cached", "snapshots"]);
        fs::remove_dir_all(place.repo().join("snapshots")).expect("the work tree's");
        place.git(&["reflog", "expire", "--expire=now", "--all"]);
        place.git(&["gc", "-q", "--prune=now"]);
    }
}

/// Of every kind whose resources take calls of their own: without what says that reads are complete, lists are all that
/// is asked for again, in whatever order they come. Not those that hang on one zone or listener.
#[test]
fn every_kind_is_gone_on_with() {
    let sim = sim();
    let (place, other) = (Place::whole(&sim), Place::whole(&sim));
    other.import();
    let calls = sim.stats();
    sim.reset_stats();
    sim.faults().add(Rule::new(Fault::Hang).on("iam:ListAccountAliases"));
    let mut child = place.spawn(&["import"]);
    // Until everything is asked for, and what was answered is kept.
    let (mut last, mut since) = (0, Instant::now());
    while sim.stats().total() < calls.total() || since.elapsed() < Duration::from_secs(3) {
        let now = complete(&journal(&place));
        if now > last {
            (last, since) = (now, Instant::now());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    sim.faults().clear();
    let text = fs::read_to_string(journal(&place)).expect("the journal is text");
    let mut lines = text.lines();
    let mut rest = String::new();
    while let Some(line) = lines.next() {
        match line.split(' ').next() {
            Some("read") => drop(lines.next()),
            _ => rest.extend([line, "\n"]),
        }
    }
    fs::write(journal(&place), rest).expect("the journal");
    sim.reset_stats();
    let ordered: Vec<_> = driftline_aws::descriptors().into_iter().flat_map(ordered).collect();
    sim.shuffle(7, &ordered);
    let output = place.import();
    sim.unshuffle();
    assert_eq!(taken(&output), 0, "{}", output.stderr);
    let again = sim.stats();
    assert_eq!(place.tree("HEAD"), other.tree("HEAD"));
    // Batches that are larger are pages of lists, which are asked for where there is anything.
    let of_one = |shape| matches!(shape, Shape::Each(_) | Shape::Batches(..=20));
    let details: BTreeSet<&str> = driftline_aws::descriptors()
        .iter()
        .flat_map(|kind| kind.calls)
        .filter(|calls| calls.of.is_none() && of_one(calls.shape))
        .map(|calls| calls.operation)
        .chain(["elbv2:DescribeRules", "route53:ListResourceRecordSets"])
        .collect();
    let made = details.iter().filter(|operation| calls.of(operation) > 0).count();
    assert!(made > 40, "the demo account takes {made} of {} sorts of details", details.len());
    let again: Vec<&str> = details.into_iter().filter(|operation| again.of(operation) > 0).collect();
    assert_eq!(again, [""; 0], "{}", output.stderr);
}
