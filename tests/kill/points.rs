//! A hundred times SIGTERM and a hundred times SIGKILL, at random points of imports, plans and accepts: whatever the point,
//! the repository is whole, and the next import makes the restore point that an undisturbed one makes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use driftline_sim::Sim;
use serde_json::{Value, json};

use super::{KINDS, change};
use crate::harness::{Output, Place, at, sim};

/// For each signal, with few new objects and with many.
const ROUNDS: usize = 50;
const COMMANDS: [&[&str]; 4] = [
    &["import"],
    &["accept", "--no-attribution"],
    &["accept", "plan.json"],
    &["plan", "--no-attribution", "--out", "new.json"],
];

/// Repeatable chance (SplitMix64).
struct Chance(u64);

impl Chance {
    /// From 0 to 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from(u32::try_from((mixed ^ (mixed >> 31)) >> 32).expect("32 bits")) / f64::from(u32::MAX)
    }
}

/// A repository with a restore point and a plan beside it, to be ruined again and again.
struct Template {
    sim: Sim,
    place: Place,
    saved: PathBuf,
    /// The restore point, and its snapshot's tree.
    before: (String, String),
    /// The tree of what an undisturbed command makes.
    after: String,
    /// How long each command takes.
    whole: Vec<Duration>,
}

impl Template {
    /// `more` volumes come with the drift.
    fn new(more: u32) -> Self {
        let sim = sim();
        let place = Place::new(&sim);
        place.configure(KINDS);
        place.import();
        change(&sim, 1);
        sim.edit(|world| {
            let volume = world.get(&format!("{}/0", at::VOLUMES)).expect("a volume").clone();
            for number in 0..more {
                let mut volume = volume.clone();
                volume["VolumeId"] = json!(format!("vol-c{number:016x}"));
                volume["Attachments"] = json!([]);
                world.append(at::VOLUMES, volume)?;
            }
            Ok::<_, driftline_sim::PathError>(())
        })
        .expect("volumes");
        place.driftline(&["plan", "--no-attribution", "--out", "plan.json"]).ok();
        let before = (place.git(&["rev-parse", "HEAD"]), place.tree("HEAD"));
        let saved = place.home().join("saved");
        copy(&place.repo(), &saved);
        let mut template = Self { sim, place, saved, before, after: String::new(), whole: Vec::new() };
        for command in COMMANDS {
            template.restore();
            let started = Instant::now();
            template.place.driftline(command).ok();
            template.whole.push(started.elapsed());
            if command[0] != "plan" {
                let tree = template.place.tree("HEAD");
                assert!(template.after.is_empty() || template.after == tree, "accepting all of it is importing it");
                template.after = tree;
            }
        }
        template
    }

    fn restore(&self) {
        copy(&self.saved, &self.place.repo());
    }

    /// Ends a command at a part of its length, and looks at what it left.
    fn end(&self, number: usize, signal: &str, part: f64) -> Ended {
        self.restore();
        let place = &self.place;
        let command = COMMANDS[number];
        let what = format!("SIG{signal} at {part:.4} of {command:?}");
        let child = place.spawn(command);
        std::thread::sleep(self.whole[number].mul_f64(part));
        // It may have ended by itself.
        Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).output().expect("kill runs");
        let ended = Output::new(what.clone(), child.wait_with_output().expect("it ends"));
        assert!(matches!(ended.code, None | Some(0 | 143)), "{what}: {ended:?}");
        assert!(
            ended.code != Some(143) || ended.stderr.contains("interrupted: nothing was changed"),
            "{what}: {ended:?}"
        );

        let fsck = Output::of(place.command("git").args(["fsck", "--strict", "--no-dangling"])).ok();
        assert_eq!(fsck.stderr, "", "{what}");
        let head = place.git(&["rev-parse", "HEAD"]);
        let tree = place.tree("HEAD");
        let is_moved = head != self.before.0;
        if is_moved {
            assert_ne!(command[0], "plan", "{what}: a plan writes nothing");
            assert_eq!(tree, self.after, "{what}: a restore point is there as a whole");
        }
        assert!(is_moved || tree == self.before.1, "{what}");
        assert!(ended.code != Some(0) || is_moved || command[0] == "plan", "{what}: it said that it had succeeded");
        assert!(ended.code != Some(143) || !is_moved, "{what}: it said that nothing was changed");
        let plan = place.repo().join("new.json");
        if plan.exists() {
            let plan: Value = serde_json::from_slice(&fs::read(&plan).expect("a plan")).expect("a plan is whole");
            assert_eq!(plan["complete"], json!(true), "{what}");
            fs::remove_file(place.repo().join("new.json")).expect("the plan");
        }

        let next = place.import();
        assert_eq!(place.tree("HEAD"), self.after, "{what}: {}\n{}", ended.stderr, next.stderr);
        place.check_repository();
        assert_eq!(leftovers(&place.repo().join(".git")), [""; 0], "{what}");
        Ended { is_moved, is_resumed: next.stderr.contains("continues an import interrupted at ") }
    }
}

struct Ended {
    is_moved: bool,
    is_resumed: bool,
}

fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    assert!(Command::new("cp").arg("-a").args([from, to]).status().expect("cp runs").success());
}

/// Files of ours, or locks, that should not be there.
fn leftovers(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for file in fs::read_dir(dir).expect("a folder").flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        if file.path().is_dir() {
            found.extend(leftovers(&file.path()));
        } else if name.starts_with("tmp_")
            || name.contains(".journal")
            || (file.path().extension().is_some_and(|extension| extension == "lock") && name != "driftline.lock")
        {
            found.push(name);
        }
    }
    found
}

fn hundred(signal: &str, more: u32, seed: u64) {
    let template = Template::new(more);
    let mut chance = Chance(seed);
    let (mut moved, mut resumed) = (0, 0);
    for round in 0..ROUNDS {
        let ended = template.end(round % COMMANDS.len(), signal, chance.next() * 1.05);
        moved += usize::from(ended.is_moved);
        resumed += usize::from(ended.is_resumed);
    }
    assert!(moved < ROUNDS, "no command was ended before it was done");
    // Imports are a quarter of the commands; a read has to be complete for the next one to go on from it.
    template.sim.round_trip(Duration::from_millis(30));
    for _ in 0..10 {
        resumed += usize::from(template.end(0, signal, 0.5 + chance.next()).is_resumed);
    }
    assert!(resumed > 0, "no import went on from another one");
}

#[test]
fn terminated_anywhere_with_little_to_write() {
    hundred("TERM", 0, 1);
}

#[test]
fn terminated_anywhere_with_much_to_write() {
    hundred("TERM", 150, 2);
}

#[test]
fn killed_anywhere_with_little_to_write() {
    hundred("KILL", 0, 3);
}

#[test]
fn killed_anywhere_with_much_to_write() {
    hundred("KILL", 150, 4);
}
