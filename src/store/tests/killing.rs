//! What remains when the process ends in the middle, and what the next one makes of it.

use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::*;

/// Set for the process that is to be killed: where it imports.
const CHILD: &str = "DRIFTLINE_TEST_IMPORT_IN";
const COUNT: u64 = 150;

fn state(version: u64) -> Vec<(String, u64)> {
    // Half of the resources change, some come, some go.
    (version..COUNT + version).map(|number| (format!("db-{number}"), number / 2 * 2 + version * (number % 2))).collect()
}

fn import_state(store: &Store, version: u64) -> Committed {
    let state = state(version);
    let resources: Vec<_> = state.iter().map(|(id, size)| ("rds/db_instance", id.as_str(), *size)).collect();
    import(store, &resources)
}

/// Not a test of its own: what the killed process runs.
#[test]
#[expect(clippy::disallowed_methods, reason = "the test runner passes no arguments on")]
fn child() {
    let Ok(dir) = std::env::var(CHILD) else { return };
    let store = Store::open(dir.as_ref()).expect("opens");
    for version in 1.. {
        import_state(&store, version);
    }
}

/// Runs the import in another process, in a shell so that limits can be set before it.
fn spawn(place: &Place, before: &str) -> std::process::Child {
    let own = std::env::current_exe().expect("this test");
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{before} exec \"$0\" --exact store::tests::killing::child --nocapture")).arg(own);
    command.env(CHILD, place.path()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("starts")
}

/// The branch is at one whole restore point.
fn check_whole(place: &Place) {
    let store = place.store();
    let fsck = place.try_git(&["fsck", "--strict", "--full"]);
    assert!(fsck.status.success(), "{}", String::from_utf8_lossy(&fsck.stderr));
    let snapshot = store.snapshot(&store.head().expect("head").expect("a restore point")).expect("snapshot");
    let addresses = snapshot.addresses().expect("addresses");
    assert_eq!(addresses.len() as u64, COUNT);
    for address in addresses {
        assert!(snapshot.get(&address).expect("whole").is_some());
    }
}

#[test]
fn killed_at_any_point_the_repository_is_whole_and_the_next_import_right() {
    let place = Place::repository();
    place.write("README.md", "one\n");
    place.commit_all("start");
    written(import_state(&place.store(), 0));
    for round in 0..20 {
        let head = place.git(&["rev-parse", "HEAD"]);
        let mut child = spawn(&place, "");
        // Once it is at work, any moment will do; these spread over an import and more.
        let start = Instant::now();
        while place.git(&["rev-parse", "HEAD"]) == head && start.elapsed() < Duration::from_secs(30) {
            sleep(Duration::from_millis(5));
        }
        sleep(Duration::from_millis(round * 23 % 160));
        child.kill().expect("killed");
        child.wait().expect("ended");
        check_whole(&place);
        place.write("README.md", &format!("staged in round {round}\n"));
        // Where the kill left git's own lock on the index, only the next import may take it away.
        let staged = place.try_git(&["add", "README.md"]).status.success();
        let expected = place.git(&["diff", "--cached", "--", "README.md"]);
        written(import_state(&place.store(), 1000 + round));
        place.check();
        check_whole(&place);
        if staged {
            assert_eq!(place.git(&["diff", "--cached", "--", "README.md"]), expected);
        }
        assert_eq!(leftovers(&place), Vec::<String>::new());
    }
}

/// Files of ours, or locks, that should not be there.
fn leftovers(place: &Place) -> Vec<String> {
    fn is_one_of(name: &str, extensions: [&str; 2]) -> bool {
        name.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
    }
    fn walk(dir: &Path, found: &mut Vec<String>) {
        for file in std::fs::read_dir(dir).expect("folder").flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            if file.path().is_dir() {
                walk(&file.path(), found);
            } else if name.starts_with("tmp_") || (is_one_of(&name, ["lock", "journal"]) && name != "driftline.lock") {
                found.push(name);
            }
        }
    }
    let mut found = Vec::new();
    walk(&place.path().join(".git"), &mut found);
    found
}

/// The places where a kill is unlikely to hit by chance, set up by hand: the branch has moved or not, its lock and
/// the index's are there, some files have followed, one is half written.
#[test]
fn every_stage_of_moving_on_is_taken_up() {
    for stage in 0..5 {
        let place = Place::repository();
        let store = place.store();
        let old = written(import_state(&store, 0));
        let new = written(import_state(&store, 1));
        let git = place.path().join(".git");
        // Back to before the move, with everything of the new one in the object database.
        place.git(&["reset", "-q", "--hard", &old.commit.to_string()]);
        let journal = lock::Journal {
            branch: "refs/heads/main".to_owned(),
            old: Some(old.commit.to_string()),
            new: new.commit.to_string(),
            work_dir: Some(place.path()),
        };
        journal.write(&git).expect("journal");
        let in_snapshot =
            |id: &str| place.path().join(format!("snapshots/aws/123456789012/eu-west-1/rds/db_instance/{id}.json"));
        match stage {
            0 => std::fs::write(git.join("refs/heads/main.lock"), "").expect("lock"),
            1 => std::fs::write(git.join("refs/heads/main.lock"), format!("{}\n", new.commit)).expect("lock"),
            _ => drop(place.git(&["update-ref", "refs/heads/main", &new.commit.to_string()])),
        }
        if stage >= 3 {
            std::fs::remove_file(in_snapshot("db-0")).expect("gone in the new one");
            std::fs::remove_file(in_snapshot("db-3")).expect("about to be written");
            let address = address("rds/db_instance", "db-5");
            let whole = resource(&address, 5).to_bytes();
            std::fs::write(in_snapshot("db-5"), &whole[..whole.len() / 2]).expect("half written");
        }
        if stage >= 4 {
            std::fs::write(git.join("index.lock"), new.commit.to_string()).expect("lock");
            std::fs::write(git.join("tmp_driftline_index"), "half").expect("copy");
        }
        std::fs::write(git.join("objects/pack/tmp_driftline_x"), "half").expect("pack");

        let expected = if stage < 2 { old } else { new };
        assert_eq!(place.store().head().expect("head"), Some(expected.clone()));
        drop(place.store().begin().unwrap_or_else(|error| panic!("stage {stage}: {error}")));
        place.check();
        assert_eq!(place.store().head().expect("head"), Some(expected));
        assert_eq!(leftovers(&place), Vec::<String>::new(), "stage {stage}");
    }
}

#[test]
fn what_somebody_changed_after_the_kill_is_not_overwritten() {
    let place = Place::repository();
    let store = place.store();
    let old = written(import_state(&store, 0));
    let new = written(import_state(&store, 1));
    place.git(&["reset", "-q", "--hard", &old.commit.to_string()]);
    let journal = lock::Journal {
        branch: "refs/heads/main".to_owned(),
        old: Some(old.commit.to_string()),
        new: new.commit.to_string(),
        work_dir: Some(place.path()),
    };
    journal.write(&place.path().join(".git")).expect("journal");
    place.git(&["update-ref", "refs/heads/main", &new.commit.to_string()]);
    let file = "snapshots/aws/123456789012/eu-west-1/rds/db_instance/db-5.json";
    place.write(file, "mine\n");
    match store.begin() {
        Err(Error::Dirty { files }) => assert_eq!(files, [file]),
        other => panic!("expected a refusal, got {:?}", other.err()),
    }
    assert_eq!(std::fs::read_to_string(place.path().join(file)).expect("kept"), "mine\n");
}

#[test]
fn a_lock_of_git_is_waited_for_and_then_named() {
    let place = Place::repository();
    written(import_state(&place.store(), 0));
    std::fs::write(place.path().join(".git/refs/heads/main.lock"), "").expect("lock");
    let writer = place.store().begin().expect("begins");
    let mut update = Update::default();
    update.remove(&address("rds/db_instance", "db-1"));
    let error = writer.commit(update, "import").expect_err("locked");
    assert!(matches!(&error, Error::GitLocked { path } if path.ends_with("refs/heads/main.lock")), "{error}");
    std::fs::remove_file(place.path().join(".git/refs/heads/main.lock")).expect("unlocked");
    written(import_state(&place.store(), 1));
    place.check();
}

#[cfg(unix)]
#[test]
fn no_room_for_the_objects_leaves_the_branch_alone() {
    let place = Place::repository();
    written(import_state(&place.store(), 0));
    let head = place.store().head().expect("head");
    // A limit on file sizes stands for a full disk: the write fails in the same place.
    let child = spawn(&place, "trap '' XFSZ; ulimit -f 1;");
    let output = child.wait_with_output().expect("ends");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("DiskFull"), "{said}");
    assert_eq!(place.store().head().expect("head"), head);
    assert_eq!(leftovers(&place), Vec::<String>::new());
    place.check();
    written(import_state(&place.store(), 1));
    place.check();
}

#[cfg(unix)]
#[test]
fn a_repository_that_may_not_be_written_is_named() {
    use std::os::unix::fs::PermissionsExt;

    let place = Place::repository();
    written(import_state(&place.store(), 0));
    let head = place.store().head().expect("head");
    let set = |mode: u32| {
        for folder in [".git/objects", ".git/objects/pack"] {
            let path = place.path().join(folder);
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("permissions");
        }
    };
    set(0o555);
    // Nothing stops root.
    if std::fs::write(place.path().join(".git/objects/probe"), "").is_ok() {
        set(0o755);
        return;
    }
    let writer = place.store().begin().expect("begins");
    let mut update = Update::default();
    update.put(&address("ec2/vpc", "vpc-1"), writer.blob(b"{}").expect("in memory"));
    let error = writer.commit(update, "import").expect_err("read-only");
    set(0o755);
    assert!(matches!(error, Error::ReadOnly { .. }), "{error}");
    assert_eq!(place.store().head().expect("head"), head);
    place.check();
}
