//! An import that was interrupted is gone on with: what was read is not read again, and the restore point is the one that
//! an undisturbed import makes.

mod below;
mod singles;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, UNIX_EPOCH};

use driftline_sim::{Fault, Rule, Sim};
use insta::assert_snapshot;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::harness::{KINDS, Output, Place, REGION, at, publish_orders, sim};

/// How many reads the configuration of a [`Place`] takes, and how many of them are not IAM's.
const READS: usize = 7;
const WITHOUT_IAM: usize = 5;

fn journal(place: &Place) -> PathBuf {
    place.repo().join(".git/driftline/import.journal")
}

/// How many complete reads a journal holds.
fn complete(journal: &PathBuf) -> usize {
    let bytes = fs::read(journal).unwrap_or_default();
    bytes.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"read ")).count()
}

/// The tree of an undisturbed import.
fn undisturbed(sim: &Sim, like: &Place) -> String {
    let place = Place::new(sim);
    fs::copy(like.repo().join("driftline.toml"), place.repo().join("driftline.toml")).expect("the configuration");
    place.import();
    place.tree("HEAD")
}

/// The demo account with so many items in a list, made from its item `like`.
fn grown(list: &str, like: usize, count: usize, configuration: &str, name: impl Fn(&mut Value, usize)) -> (Sim, Place) {
    let sim = sim();
    sim.edit(|world| {
        let like = world.get(&format!("{list}/{like}")).expect("an item").clone();
        let known = world.get(list).and_then(Value::as_array).map_or(0, Vec::len);
        for number in known..count {
            let mut item = like.clone();
            name(&mut item, number);
            world.append(list, item)?;
        }
        Ok::<_, driftline_sim::PathError>(())
    })
    .expect("items");
    let place = Place::new(&sim);
    place.configure(&format!("{REGION}{configuration}"));
    (sim, place)
}

/// What a journal's records of one sort say.
fn records(journal: &Path, sort: &str) -> Vec<Value> {
    let bytes = fs::read(journal).unwrap_or_default();
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let mut records = Vec::new();
    while let Some(line) = lines.next() {
        if line.starts_with(format!("{sort} ").as_bytes()) {
            records.extend(lines.next().and_then(|json| serde_json::from_slice::<Value>(json).ok()));
        }
    }
    records
}

/// Starts an import in which IAM never answers, and ends it once everything else has been read.
fn interrupt_with(sim: &Sim, place: &Place, signal: &str, more: &[&str], reads: usize) -> Output {
    sim.faults().add(Rule::new(Fault::Hang).on("iam"));
    let journal = journal(place);
    end(sim, place, more, signal, || complete(&journal) >= reads)
}

/// Starts an import, and ends it with a signal when it has come so far. From then on nothing is at fault any more.
fn end(sim: &Sim, place: &Place, more: &[&str], signal: &str, is_there: impl Fn() -> bool) -> Output {
    let child = place.spawn(&[&["import"], more].concat());
    let started = Instant::now();
    while !is_there() {
        assert!(started.elapsed() < Duration::from_secs(60), "it is not there after a minute");
        std::thread::sleep(Duration::from_millis(5));
    }
    let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
    assert!(sent.expect("kill runs").success());
    let output = Output::new("the interrupted import".to_owned(), child.wait_with_output().expect("it ends"));
    sim.faults().clear();
    sim.reset_stats();
    output
}

fn interrupt(sim: &Sim, place: &Place) -> Output {
    interrupt_with(sim, place, "KILL", &[], WITHOUT_IAM)
}

/// Imports, which must make the restore point of an undisturbed import and leave no journal.
#[track_caller]
fn import(sim: &Sim, place: &Place) -> Output {
    let output = place.import();
    place.check_repository();
    let left = fs::read_dir(journal(place).parent().expect("a folder")).expect("the folder");
    let left: Vec<OsString> = left.map(|entry| entry.expect("an entry").file_name()).collect();
    // What a whole scan saw is remembered for `--since-trail`.
    assert!(left.iter().all(|name| name == "scanned.json"), "{left:?}");
    let other = Place::new(sim);
    other.import();
    assert_eq!(place.tree("HEAD"), other.tree("HEAD"), "{}", output.stderr);
    place.plan(0, &[]);
    output
}

/// The number of reads that were taken over.
fn taken(output: &Output) -> usize {
    let line = output.stderr.lines().find(|line| line.starts_with("continues an import interrupted at "));
    let words = line.and_then(|line| line.split_once("UTC: ")).map(|(_, rest)| rest.split(' ').next());
    words.flatten().map_or(0, |number| number.parse().expect("a number"))
}

#[test]
fn what_was_read_is_not_read_again() {
    for (signal, code) in [("KILL", None), ("TERM", Some(143)), ("INT", Some(130))] {
        let sim = sim();
        let place = Place::new(&sim);
        let ended = interrupt_with(&sim, &place, signal, &[], WITHOUT_IAM);
        assert_eq!(ended.code, code);
        if code.is_some() {
            let told = "interrupted: nothing was changed, and the next import goes on from here\n";
            assert!(ended.stderr.ends_with(told), "{}", ended.stderr);
        }
        assert_eq!(place.git(&["rev-list", "--all", "--count"]), "0");
        let output = place.import();
        assert_eq!(taken(&output), WITHOUT_IAM, "{}", output.stderr);
        assert!(output.stderr.contains(&format!("{WITHOUT_IAM} of {READS} reads are from then")), "{}", output.stderr);
        let stats = sim.stats();
        for service in ["rds", "s3", "ec2:DescribeVpcs", "ec2:DescribeVolumes", "ec2:DescribeSecurityGroups"] {
            assert_eq!(stats.of(service), 0, "{service} is not read again");
        }
        assert!(stats.of("iam") > 0);
        assert!(!journal(&place).exists());
        place.check_repository();
        let other = Place::new(&sim);
        other.import();
        assert_eq!(place.tree("HEAD"), other.tree("HEAD"), "{signal}");
        sim.reset_stats();
        assert_eq!(taken(&place.import().says("nothing changed")), 0);
        assert!(sim.stats().of("rds") > 0, "an import that ended is not gone on with");
    }
}

#[test]
fn since_when_everything_is_read_is_told() {
    let sim = sim();
    let place = Place::new(&sim);
    let since = || {
        let message = place.git(&["log", "-1", "--format=%B"]);
        let since =
            message.lines().find_map(|line| line.strip_prefix("read since ")?.split_once(' ')).expect("a line").0;
        OffsetDateTime::parse(since, &Rfc3339).expect("a time").unix_timestamp()
    };
    // Of what could have been taken over, nothing was there.
    place.import();
    let committed: i64 = place.git(&["log", "-1", "--format=%ct"]).parse().expect("a time");
    assert!((committed - 3600..=committed).contains(&since()), "{} {committed}", since());

    publish_orders(&sim);
    interrupt(&sim, &place);
    let written = fs::metadata(journal(&place)).and_then(|file| file.modified()).expect("the journal");
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(taken(&import(&sim, &place)), WITHOUT_IAM);
    let written = written.duration_since(UNIX_EPOCH).expect("a time").as_secs();
    assert!(since() <= i64::try_from(written).expect("a time"), "{} {written}", since());
}

#[test]
fn an_import_after_a_restore_point_goes_on_too() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    publish_orders(&sim);
    interrupt(&sim, &place);
    assert_eq!(taken(&import(&sim, &place).says("0 added, 1 changed")), WITHOUT_IAM);

    // The restore point may move on in between: what was read is of the account.
    sim.edit(|world| world.set(&format!("{}/MaxAllocatedStorage", at::ORDERS), json!(777))).expect("the database");
    interrupt(&sim, &place);
    place.driftline(&["accept", "--no-attribution"]).ok();
    sim.reset_stats();
    assert_eq!(taken(&import(&sim, &place)), WITHOUT_IAM);
}

#[test]
fn what_was_interrupted_twice_is_gone_on_with_twice() {
    let sim = sim();
    let place = Place::new(&sim);
    sim.faults().add(Rule::new(Fault::Hang).on("s3"));
    interrupt_with(&sim, &place, "KILL", &[], WITHOUT_IAM - 1);
    sim.faults().add(Rule::new(Fault::Hang).on("rds"));
    let second = interrupt_with(&sim, &place, "TERM", &[], WITHOUT_IAM);
    assert_eq!(taken(&second), WITHOUT_IAM - 1, "{}", second.stderr);
    assert_eq!(taken(&import(&sim, &place)), WITHOUT_IAM);
}

#[test]
fn what_is_too_old_is_read_again() {
    let sim = sim();
    let place = Place::new(&sim);
    place.configure(&format!("{REGION}{KINDS}[import]\nresume = \"1s\"\n"));
    interrupt(&sim, &place);
    std::thread::sleep(Duration::from_millis(2100));
    publish_orders(&sim);
    let output = import(&sim, &place).says("what an interrupted import had read is read anew: that is too long ago");
    assert_eq!(taken(&output), 0);
}

#[test]
fn it_begins_anew_where_that_is_wished() {
    let sim = sim();
    let place = Place::new(&sim);
    interrupt(&sim, &place);
    assert!(journal(&place).exists());
    publish_orders(&sim);
    let output = place.driftline(&["import", "--fresh"]).ok();
    assert!(!output.stderr.contains("interrupted"), "{}", output.stderr);
    place.plan(0, &[]);

    // Turned off, nothing is kept, and what was kept before is gone.
    sim.edit(|world| world.set(&format!("{}/PubliclyAccessible", at::ORDERS), false)).expect("the database");
    interrupt(&sim, &place);
    place.configure(&format!("{REGION}{KINDS}[import]\nresume = \"0\"\n"));
    sim.faults().add(Rule::new(Fault::Hang).on("iam"));
    let ended = end(&sim, &place, &[], "TERM", || sim.stats().of("rds") > 0).code(143);
    assert!(ended.stderr.ends_with("interrupted: nothing was changed\n"), "{}", ended.stderr);
    assert!(!journal(&place).exists());
    assert_eq!(taken(&import(&sim, &place)), 0);

    place.configure("[import]\nresume = \"an hour\"\n");
    assert_snapshot!(place.redact(&place.driftline(&["import"]).fails().stderr), @r#"
    error: failed to read the configuration
      cause: [PLACE]/repo/driftline.toml:2: "an hour" is no length of time for resume; they look like "90s", "30m", "1h" or "2d", and "0" is none
    "#);
}

#[test]
fn what_asks_for_something_else_begins_anew() {
    let sim = sim();
    let mut place = Place::new(&sim);
    let foreign = "what an interrupted import had read is read anew: it asked for something else";
    for other in [&["--kind", "rds"][..], &["--target", "rds/*"], &["--shard", "1/1"], &["--include-aws-managed"]] {
        let output = interrupt(&sim, &place);
        assert_eq!(output.code, None);
        let output = place.driftline(&[&["import"], other].concat()).ok().says(foreign);
        assert_eq!(taken(&output), 0, "{other:?}");
        place.git(&["update-ref", "-d", "HEAD"]);
        place.git(&["rm", "-rq", "--cached", "snapshots"]);
        fs::remove_dir_all(place.repo().join("snapshots")).expect("the work tree's");
    }
    // The same request goes on, whatever it is.
    interrupt_with(&sim, &place, "KILL", &["--shard", "1/1"], WITHOUT_IAM);
    let output = place.driftline(&["import", "--shard", "1/1"]).ok();
    assert_eq!(taken(&output), WITHOUT_IAM, "{}", output.stderr);
    // Secrets that are sealed with another key are other secrets.
    interrupt(&sim, &place);
    place.env("DRIFTLINE_SECRET_KEY", &"1e".repeat(32));
    place.driftline(&["import", "--reseal"]).ok().says(foreign);
    place.plan(0, &[]);
    // Another endpoint's account of the same number is another account.
    interrupt(&sim, &place);
    let other = crate::harness::sim();
    publish_orders(&other);
    place.enter(&other.url(), driftline_sim::DEMO_ACCOUNT);
    place.import().says(foreign);
    place.plan(0, &[]);
}

#[test]
fn what_had_a_gap_is_tried_again() {
    let sim = sim();
    let place = Place::new(&sim);
    sim.faults().add(Rule::new(Fault::Deny).on("ec2:DescribeVolumes"));
    sim.faults().add(Rule::new(Fault::Deny).on("s3:GetBucketPolicy").nth(1));
    interrupt_with(&sim, &place, "KILL", &[], WITHOUT_IAM - 2);
    let output = import(&sim, &place);
    assert_eq!(taken(&output), WITHOUT_IAM - 2, "neither the kind nor the buckets: {}", output.stderr);
    assert!(!output.stderr.contains("could not be read"), "{}", output.stderr);
}

/// Whatever becomes of a journal, the restore point is right: cut off anywhere, or with any byte changed.
#[test]
fn a_damaged_journal_is_not_believed() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    publish_orders(&sim);
    sim.edit(|world| {
        let mut volume = world.get(&format!("{}/0", at::VOLUMES)).expect("a volume").clone();
        volume["VolumeId"] = json!("vol-0000000000000c11c");
        volume["Attachments"] = json!([]);
        world.append(at::VOLUMES, volume)
    })
    .expect("volumes");
    interrupt(&sim, &place);
    let whole = fs::read(journal(&place)).expect("the journal");
    let saved = place.home().join("saved");
    let copy = |from: &PathBuf, to: &PathBuf| {
        let _ = fs::remove_dir_all(to);
        assert!(Command::new("cp").arg("-a").args([from, to]).status().expect("cp runs").success());
    };
    copy(&place.repo(), &saved);
    let expected = {
        let other = Place::new(&sim);
        other.import();
        other.tree("HEAD")
    };
    let mut damaged: Vec<Vec<u8>> = (0..=10).map(|tenth| whole[..whole.len() * tenth / 10].to_vec()).collect();
    for sixteenth in 0..16 {
        let mut bytes = whole.clone();
        bytes[whole.len() * sixteenth / 16 + 7] ^= 1;
        damaged.push(bytes);
    }
    damaged.push([b"driftline reads 1 \n", &whole[..]].concat());
    damaged.push([&whole[..], b"blob 0000000000000000000000000000000000000000 99999999999999999\n"].concat());
    let mut counts = Vec::new();
    for (number, bytes) in damaged.iter().enumerate() {
        copy(&saved, &place.repo());
        fs::write(journal(&place), bytes).expect("the journal");
        let output = place.import();
        assert_eq!(place.tree("HEAD"), expected, "damage {number}: {}", output.stderr);
        place.check_repository();
        counts.push(taken(&output));
    }
    assert_eq!((counts[0], counts[10], counts[28]), (0, WITHOUT_IAM, WITHOUT_IAM), "{counts:?}");
    assert!(
        counts.iter().any(|count| (1..WITHOUT_IAM).contains(count)),
        "what stands before damage counts: {counts:?}"
    );
}

/// Objects that nothing leads to any more are pruned: what a read found may have been among them.
#[test]
fn what_git_threw_away_is_read_again() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    publish_orders(&sim);
    interrupt(&sim, &place);
    place.git(&["gc", "-q", "--prune=now"]);
    assert_eq!(taken(&import(&sim, &place)), WITHOUT_IAM, "what is new lies in the journal, the rest in the branch");

    interrupt(&sim, &place);
    place.git(&["checkout", "-q", "--orphan", "other"]);
    place.git(&["rm", "-rqf", "--ignore-unmatch", "snapshots"]);
    place.git(&["commit", "-q", "--allow-empty", "-m", "ours"]);
    place.git(&["branch", "-qD", "main"]);
    place.git(&["reflog", "expire", "--expire=now", "--all"]);
    place.git(&["gc", "-q", "--prune=now"]);
    let output = import(&sim, &place).says("is read anew: the repository does not have it any more");
    assert_eq!(taken(&output), 0);
}

#[test]
fn a_bare_repository_is_gone_on_in() {
    let sim = sim();
    let place = Place::new(&sim);
    place.git(&["init", "-q", "--bare", "bare.git"]);
    let config = place.repo().join("driftline.toml");
    let import = ["-C", "bare.git", "--config", config.to_str().expect("UTF-8"), "import"];
    sim.faults().add(Rule::new(Fault::Hang).on("iam"));
    let mut child = place.spawn(&import);
    while complete(&place.repo().join("bare.git/driftline/import.journal")) < WITHOUT_IAM {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    sim.faults().clear();
    assert_eq!(taken(&place.driftline(&import).ok()), WITHOUT_IAM);
    let other = Place::new(&sim);
    other.import();
    assert_eq!(place.git(&["-C", "bare.git", "rev-parse", "HEAD:snapshots"]), other.tree("HEAD"));
}

#[test]
fn many_resources_become_one_pack_and_nothing_but_files_of_the_snapshot_is_kept() {
    let sim = sim();
    let place = Place::whole(&sim);
    let other = Place::whole(&sim);
    other.import();
    let at_least = complete_reads_without_iam(&place, &sim);
    let text = fs::read_to_string(journal(&place)).expect("the journal is text");
    let listed = other.git(&["ls-tree", "-r", "HEAD", "--", "snapshots"]);
    let kept: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("blob ")?.split(' ').next()).collect();
    assert!(kept.len() > 100, "{} files", kept.len());
    for id in kept {
        assert!(listed.contains(id), "{id} is no file of the snapshot: secrets are sealed in these");
    }
    let singles = singles::singles(&journal(&place));
    assert!(singles.len() > 20, "{} resources with details", singles.len());
    for single in singles.values() {
        let content = single[5].as_str().expect("a content");
        assert!(listed.contains(content), "{single} is no file of the snapshot");
        assert_eq!(single[1].as_str().map(str::len), Some(32), "what lists told is a digest: {single}");
        assert_eq!(single.as_array().map(Vec::len), Some(6), "{single}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(journal(&place)).expect("the journal").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let output = place.import();
    assert!(taken(&output) >= at_least, "{}", output.stderr);
    assert_eq!(place.tree("HEAD"), other.tree("HEAD"));
    let objects = place.git(&["count-objects", "-v"]);
    assert!(objects.contains("count: 0\n") && objects.contains("packs: 1\n"), "{objects}");
    place.check_repository();
}

/// Interrupts an import of everything after a while; how many reads it had completed.
fn complete_reads_without_iam(place: &Place, sim: &Sim) -> usize {
    sim.faults().add(Rule::new(Fault::Hang).on("iam"));
    let mut child = place.spawn(&["import"]);
    let (mut last, mut since) = (0, Instant::now());
    while last < 20 || since.elapsed() < Duration::from_secs(2) {
        let now = complete(&journal(place));
        if now > last {
            (last, since) = (now, Instant::now());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    sim.faults().clear();
    last
}

#[test]
fn a_refused_removal_is_read_again() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    let volumes = sim.world().get(at::VOLUMES).expect("volumes").clone();
    let groups = sim.world().get(at::GROUPS).expect("groups").clone();
    sim.edit(|world| world.set(at::VOLUMES, json!([])).and_then(|()| world.set(at::GROUPS, json!([])))).expect("lists");
    place.driftline(&["import"]).fails().says("--allow-mass-removal");
    assert!(!journal(&place).exists(), "what was read is doubted");
    sim.edit(|world| world.set(at::VOLUMES, volumes).and_then(|()| world.set(at::GROUPS, groups))).expect("lists");
    assert_eq!(taken(&import(&sim, &place).says("nothing changed")), 0);
}

#[test]
fn what_could_not_be_committed_is_gone_on_with() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    publish_orders(&sim);
    // Somebody writes to the work tree while it is read: everything is read, and nothing is committed.
    sim.faults().add(Rule::new(Fault::Slow(Duration::from_millis(500))).on("rds"));
    let running = place.spawn(&["import"]);
    while complete(&journal(&place)) == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let file = place.repo().join("snapshots/notes.txt");
    fs::write(&file, "mine\n").expect("a file");
    let refused = Output::new("import".to_owned(), running.wait_with_output().expect("it ends")).fails();
    refused.says("that are not committed");
    fs::remove_file(&file).expect("the file");
    sim.faults().clear();
    sim.reset_stats();
    assert_eq!(taken(&import(&sim, &place)), READS);
}

#[test]
fn a_push_that_failed_leaves_nothing_to_go_on_with() {
    let sim = sim();
    let place = Place::new(&sim);
    place.git(&["remote", "add", "origin", "../nowhere.git"]);
    let output = place.driftline(&["import", "--push"]).code(1);
    assert!(output.stderr.contains("restore point "), "{}", output.stderr);
    assert!(!journal(&place).exists());
    place.git(&["init", "-q", "--bare", "../nowhere.git"]);
    place.driftline(&["import", "--push"]).ok().says("nothing changed").says("pushed `main`");
}
