//! Ended at any point, an import leaves the repository whole, and the next one is right.

#[cfg(unix)]
mod points;

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use driftline_sim::Sim;
use serde_json::json;

use crate::harness::{KINDS as SOME_KINDS, Output, Place, REGION, at, sim};

const KILLS: u32 = 20;
/// Few calls, so that the writing is a good part of an import.
const KINDS: &str = "regions = [\"eu-west-1\"]\n\
                     [kinds]\ninclude = [\"ec2/volume\", \"ec2/security_group\", \"rds/db_instance\"]\n";

#[test]
fn a_killed_import_leaves_a_whole_repository() {
    let sim = sim();
    let place = Place::new(&sim);
    place.configure(KINDS);
    place.import();
    let started = Instant::now();
    change(&sim, 0);
    place.import();
    let whole = started.elapsed();

    let mut reached = [0, 0];
    for round in 1..=KILLS {
        change(&sim, round);
        let before = place.git(&["rev-parse", "HEAD"]);
        let mut import = place.spawn(&["import"]);
        if round % 2 == 0 {
            // At any time of the whole run.
            std::thread::sleep(whole * round / KILLS);
        } else {
            // While the restore point is written, which is the last and shortest part.
            wait_for_writing(&place, &mut import);
            std::thread::sleep(Duration::from_micros(u64::from(round) * 700));
        }
        import.kill().expect("it can be killed");
        import.wait().expect("it ends");

        let fsck = Output::of(place.command("git").args(["fsck", "--strict", "--no-dangling"])).ok();
        assert_eq!(fsck.stderr, "", "round {round}");
        let head = place.git(&["rev-parse", "HEAD"]);
        let parent = place.git(&["rev-parse", "HEAD~1"]);
        assert!(head == before || parent == before, "round {round}: the branch is at the old or the new restore point");
        reached[usize::from(head != before)] += 1;
        place.driftline(&["coverage"]).ok();
        place.driftline(&["diff", "HEAD~1"]).ok();

        place.import();
        place.check_repository();
        place.plan(0, &[]);
        let other = Place::new(&sim);
        other.configure(KINDS);
        other.import();
        assert_eq!(place.tree("HEAD"), other.tree("HEAD"), "round {round}: as if nothing had happened");
    }
    assert!(reached[0] > 0, "some imports were killed before the branch moved: {reached:?}");
}

/// Something of every sort differs after each round: a file that changes, one that comes, one that goes.
fn change(sim: &Sim, round: u32) {
    sim.edit(|world| {
        world.set(&format!("{}/MaxAllocatedStorage", at::ORDERS), json!(1000 + round))?;
        let mut volume = world.get(&format!("{}/0", at::VOLUMES)).expect("a volume").clone();
        volume["VolumeId"] = json!(format!("vol-{round:017x}"));
        volume["Attachments"] = json!([]);
        world.append(at::VOLUMES, volume)?;
        if round > 1 {
            world.remove(&format!("{}/VolumeId=vol-{:017x}", at::VOLUMES, round - 1))?;
        }
        Ok::<_, driftline_sim::PathError>(())
    })
    .expect("the description changes");
}

/// Until objects of the new restore point appear, or the import has ended.
fn wait_for_writing(place: &Place, import: &mut Child) {
    let objects = place.repo().join(".git/objects");
    let before = count(&objects);
    let started = Instant::now();
    while count(&objects) == before && started.elapsed() < Duration::from_secs(60) {
        if import.try_wait().expect("the process can be asked").is_some() {
            return;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}

/// How many files there are below a folder; those that come and go meanwhile may count or not.
fn count(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 1 };
    entries.flatten().map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
}

#[test]
fn a_killed_first_import_leaves_nothing() {
    let sim = sim();
    let place = Place::new(&sim);
    sim.round_trip(Duration::from_millis(50));
    let mut import = place.spawn(&["import"]);
    while sim.stats().total() < 5 {
        std::thread::sleep(Duration::from_millis(5));
    }
    import.kill().expect("it can be killed");
    import.wait().expect("it ends");
    assert_eq!(place.git(&["rev-list", "--all", "--count"]), "0");
    sim.round_trip(Duration::ZERO);
    place.import();
    place.check_repository();
    place.plan(0, &[]);
}

#[cfg(unix)]
#[test]
fn interrupted_it_ends_with_130_and_leaves_nothing_behind() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        for command in [&["import"][..], &["plan", "--out", "plan.json"]] {
            let sim = sim();
            let place = Place::new(&sim);
            // Nothing is kept for a next import.
            place.configure(&format!("{REGION}{SOME_KINDS}[import]\nresume = \"0\"\n"));
            place.import();
            change(&sim, 1);
            let before = (place.git(&["rev-parse", "HEAD"]), files(&place.repo()));
            sim.round_trip(Duration::from_millis(200));
            sim.reset_stats();
            let child = place.spawn(command);
            while sim.stats().total() < 4 {
                std::thread::sleep(Duration::from_millis(5));
            }
            let asked = Instant::now();
            let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
            assert!(sent.expect("kill runs").success());
            let ended = Output::new(format!("{command:?}"), child.wait_with_output().expect("it ends")).code(code);
            assert!(asked.elapsed() < Duration::from_secs(5), "it took {:?}", asked.elapsed());
            assert_eq!(ended.stdout, "");
            assert!(ended.stderr.ends_with("interrupted: nothing was changed\n"), "{}", ended.stderr);
            assert_eq!((place.git(&["rev-parse", "HEAD"]), files(&place.repo())), before, "{signal} on {command:?}");
            sim.round_trip(Duration::ZERO);
            place.import().says("1 added, 1 changed");
        }
    }
}

/// Every file below a folder.
#[cfg(unix)]
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn two_imports_at_once_take_turns_or_say_so() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    change(&sim, 1);
    sim.round_trip(Duration::from_millis(100));
    let first = place.spawn(&["import"]);
    sim.reset_stats();
    while sim.stats().total() < 3 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let second = place.driftline(&["import"]).fails().says("another driftline");
    assert!(second.stderr.contains("hint: wait until it has ended"), "{}", second.stderr);
    // Plans do not write: they never wait.
    place.driftline(&["plan"]).ok();
    let first = Output::new("the first import".to_owned(), first.wait_with_output().expect("it ends")).ok();
    assert!(first.stderr.contains("1 added, 1 changed"), "{}", first.stderr);
    place.check_repository();
}
