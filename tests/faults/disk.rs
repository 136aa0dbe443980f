//! Disks that are full, or must not be written to. They are mounted in a namespace of their own, which needs no
//! privileges; where the system does not let anybody have one, the tests say so and look no further.

use std::fs;
use std::process::Command;

use driftline_sim::Sim;
use serde_json::json;

use crate::harness::{Output, Place, at, publish_orders, sim};

/// A place with a restore point, and drift of some files.
fn drifted() -> (Sim, Place) {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    publish_orders(&sim);
    sim.edit(|world| {
        let volume = world.get(&format!("{}/0", at::VOLUMES)).expect("a volume").clone();
        for number in 0..20 {
            let mut volume = volume.clone();
            volume["VolumeId"] = json!(format!("vol-c{number:016x}"));
            volume["Attachments"] = json!([]);
            world.append(at::VOLUMES, volume)?;
        }
        Ok::<_, driftline_sim::PathError>(())
    })
    .expect("volumes");
    fs::create_dir(place.repo().join("../disk")).expect("a folder");
    (sim, place)
}

/// Runs a script, in the repository, in which file systems may be mounted; `None` where that is not possible.
fn mounted(place: &Place, script: &str) -> Option<Output> {
    let possible = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).output();
    if !possible.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: nothing can be mounted in a namespace of one's own here");
        return None;
    }
    let driftline = env!("CARGO_BIN_EXE_driftline");
    let script = format!("set -e; driftline='{driftline}'; said=$PWD/../said\n{script}");
    Some(Output::of(place.command("unshare").args(["-rm", "bash", "-c", &script])).ok())
}

/// The runs of a script: each begins with `run <free kilobytes> <exit code> <HEAD>`, with what was said below.
fn runs(output: &Output) -> Vec<(u32, i32, String, String)> {
    let mut runs: Vec<(u32, i32, String, String)> = Vec::new();
    for line in output.stdout.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match (words.as_slice(), runs.last_mut()) {
            (["run", free, code, head], _) => {
                let number = |text: &str| text.parse::<i32>().expect("a number");
                runs.push((free.parse().expect("a number"), number(code), (*head).to_owned(), String::new()));
            }
            (_, Some(run)) => run.3.extend([line, "\n"]),
            (_, None) => {}
        }
    }
    runs
}

/// With more and more room, until it is enough: what fails tells why and changes nothing.
#[track_caller]
fn check(sim: &Sim, before: &str, output: &Output) {
    let runs = runs(output);
    let (last, failed) = runs.split_last().expect("a run");
    assert!(failed.len() > 2, "room was short: {}", output.stdout);
    for (free, code, head, said) in failed {
        assert_eq!(*code, 1, "{free} KB: {said}");
        assert!(said.contains("the disk is full") && said.contains("hint: free some space"), "{free} KB: {said}");
        assert_eq!(head, before, "{free} KB: {said}");
        assert!(said.contains("fsck says nothing"), "{free} KB: {said}");
    }
    let (free, code, head, said) = last;
    assert!(*code == 0 && *head != before && said.contains("fsck says nothing"), "{free} KB: {said}");
    let other = Place::new(sim);
    other.import();
    assert!(said.contains(&format!("tree {}\n", other.tree("HEAD"))), "{free} KB: {said}");
    assert!(said.contains("the work tree is clean"), "{free} KB: {said}");
}

/// Imports with more and more room on a disk, on which everything or a part of the repository lies.
const FILL: &str = "
    fill=$1; free=0
    while true; do
        left=$(df --output=avail -k $fill | tail -1)
        [ $left -le $free ] || fallocate -l $((left - free))K $fill/filler
        code=0; $driftline import > $said 2>&1 || code=$?
        rm -f $fill/filler
        echo run $free $code $(git rev-parse HEAD)
        cat $said
        git fsck --strict --no-dangling > $said 2>&1 && [ ! -s $said ] && echo fsck says nothing || cat $said
        if [ $code = 0 ]; then break; fi
        free=$((free + $2)); [ $free -lt 4000 ] || exit 7
    done
    $driftline import > $said 2>&1 || cat $said
    echo tree $(git rev-parse HEAD:snapshots)
    [ -z \"$(git status --porcelain -- snapshots)\" ] && echo the work tree is clean
";

#[test]
fn a_disk_that_is_full_at_any_point_costs_nothing_but_the_import() {
    let (sim, place) = drifted();
    let before = place.git(&["rev-parse", "HEAD"]);
    let script = format!(
        "mount -t tmpfs -o size=4m none ../disk; cp -a . ../disk/repo; cd ../disk/repo\n\
         fill() {{ {FILL} }}; fill .. 12"
    );
    if let Some(output) = mounted(&place, &script) {
        check(&sim, &before, &output);
    }
}

#[test]
fn objects_that_have_no_room_cost_nothing_but_the_import() {
    let (sim, place) = drifted();
    let before = place.git(&["rev-parse", "HEAD"]);
    let script = format!(
        "mount -t tmpfs -o size=2m none ../disk; cp -a .git/objects/. ../disk; mount --move ../disk .git/objects\n\
         fill() {{ {FILL} }}; fill .git/objects 8"
    );
    if let Some(output) = mounted(&place, &script) {
        check(&sim, &before, &output);
    }
}

#[test]
fn a_repository_that_must_not_be_written_to_can_be_compared_with() {
    let (sim, place) = drifted();
    let head = place.git(&["rev-parse", "HEAD"]);
    let script = "
        mount --bind . . && mount -o remount,bind,ro . && cd $PWD
        for command in import 'accept --no-attribution' 'plan --no-attribution --detailed-exitcode'; do
            code=0; said=$($driftline $command 2>&1) || code=$?
            echo run 0 $code $(git rev-parse HEAD)
            echo \"$said\"
        done
    ";
    let Some(output) = mounted(&place, script) else { return };
    let runs = runs(&output);
    assert_eq!(runs.len(), 3, "{}", output.stdout);
    for (number, (_, code, at, said)) in runs.iter().enumerate() {
        assert_eq!((*code, at), (if number == 2 { 2 } else { 1 }, &head), "{said}");
        if number < 2 {
            assert!(said.contains(" cannot be written: ") && said.contains("mounted read-only"), "{said}");
        } else {
            assert!(said.contains("Plan: 20 added, 1 changed, 0 removed"), "{said}");
        }
    }
    place.import().says("20 added, 1 changed");
    place.check_repository();
    drop(sim);
}

/// The lock is the system's, and ends with its process: a file that names a process that is gone, or one of somebody
/// else's, keeps nobody out.
#[test]
fn a_lock_that_nobody_holds_keeps_nobody_out() {
    let (_sim, place) = drifted();
    let mut gone = Command::new("true").spawn().expect("true runs");
    gone.wait().expect("it ends");
    for owner in [gone.id().to_string(), std::process::id().to_string(), "nonsense".to_owned(), String::new()] {
        place.git(&["reset", "-q", "--hard", "HEAD"]);
        fs::write(place.repo().join(".git/driftline.lock"), format!("{owner}\n")).expect("the lock's file");
        place.import();
    }
    place.check_repository();
}
