//! Several commits at once, each with its own author.

use std::path::Path;

use super::*;

fn author(name: &str, at: i64) -> Author {
    Author { name: name.to_owned(), email: format!("{name}@example.com"), at }
}

fn step(id: &str, size: Option<u64>, name: &str, at: i64) -> Step {
    let address = address("rds/db_instance", id);
    let mut update = Update::default();
    match size {
        Some(size) => update.put_bytes(&address, resource(&address, size).to_bytes()),
        None => update.remove(&address),
    }
    Step { update, message: format!("{id} by {name}\n\nVia: console\n"), author: Some(author(name, at)) }
}

const SOME: [(&str, &str, u64); 2] = [("rds/db_instance", "a", 1), ("rds/db_instance", "b", 1)];
const LOG: [&str; 4] = ["log", "--reverse", "--format=%s|%an|%ae|%at|%cn", "HEAD~3.."];

fn steps() -> Vec<Step> {
    vec![
        step("a", Some(2), "alice", 1000),
        step("a", Some(2), "nobody", 1500),
        step("b", None, "bob <b>\n", 2000),
        step("a", Some(3), "carol", 3000),
    ]
}

#[test]
fn each_step_is_a_commit_of_its_author_and_the_branch_moves_once() {
    let place = Place::repository();
    let store = place.store();
    written(import(&store, &SOME));
    place.git(&["config", "user.name", "drift bot"]);
    place.git(&["config", "user.email", "bot@example.com"]);
    let point = written(store.begin().expect("begins").commit_series(steps()).expect("commits"));
    place.check();
    assert_eq!(store.head().expect("head"), Some(point));
    insta::assert_snapshot!(place.git(&LOG), @r"
    a by alice|alice|alice@example.com|1000|drift bot
    b by bob <b>|bob b|bob b@example.com|2000|drift bot
    a by carol|carol|carol@example.com|3000|drift bot
    ");
    insta::assert_snapshot!(place.git(&["log", "-3", "--format=", "--name-status"]), @r"
    M	snapshots/aws/123456789012/eu-west-1/rds/db_instance/a.json
    D	snapshots/aws/123456789012/eu-west-1/rds/db_instance/b.json
    M	snapshots/aws/123456789012/eu-west-1/rds/db_instance/a.json
    ");
    assert_eq!(place.git(&["reflog", "main"]).lines().count(), 2, "one import, one series");
    assert_eq!(place.git(&["log", "-1", "--format=%(trailers:key=Via,valueonly)"]), "console");
}

#[test]
fn a_series_that_changes_nothing_is_no_commit() {
    let place = Place::repository();
    written(import(&place.store(), &SOME));
    let same = vec![step("a", Some(1), "alice", 1), step("c", None, "bob", 2)];
    let committed = place.store().begin().expect("begins").commit_series(same).expect("nothing to do");
    assert!(matches!(committed, Committed::Unchanged));
}

#[test]
fn a_series_elsewhere_moves_no_branch_and_does_not_mind_the_work_tree() {
    let place = Place::repository();
    let store = place.store();
    let point = written(import(&store, &SOME));
    place.write("snapshots/aws/123456789012/eu-west-1/rds/db_instance/a.json", "somebody is editing this");
    place.git(&["checkout", "-q", "--detach"]);
    let writer = store.begin_objects().expect("begins");
    let tip = writer.series(point.commit, steps()).expect("commits");
    assert!(matches!(store.begin_objects(), Err(Error::Locked { .. })));
    drop(writer);
    assert_eq!(place.git(&["rev-parse", "main"]), point.commit.to_string());
    assert_eq!(place.git(&["log", "--format=%an", &format!("main..{tip}")]), "carol\nbob b\nalice");
    assert_eq!(place.git(&["diff", "--name-only", &format!("main..{tip}")]).lines().count(), 2);
}

#[test]
fn a_long_series_has_every_tree() {
    let place = Place::repository();
    let store = place.store();
    written(import(&store, &SOME));
    let many = (0..300).map(|number| step(&format!("i{number}"), Some(number), "alice", 1)).collect();
    written(store.begin().expect("begins").commit_series(many).expect("commits"));
    place.check();
    assert_eq!(place.git(&["rev-list", "--count", "HEAD"]), "301");
    assert!(place.try_git(&["ls-tree", "-r", "HEAD~200"]).stdout.len() > 1000);
}

#[test]
fn a_series_is_signed_as_git_is_told_to() {
    let place = Place::repository();
    let ssh = place.path().join(".git/key");
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&ssh).status();
    if made.is_ok_and(|status| status.success()) {
        signed(&place, &[("gpg.format", "ssh"), ("user.signingkey", ssh.to_str().expect("UTF-8"))], "SSH SIGNATURE");
    }
    let place = Place::repository();
    if let Some(program) = openpgp(&place.path().join(".git/gnupg")) {
        let program = program.to_str().expect("UTF-8");
        signed(&place, &[("gpg.program", program), ("user.signingkey", "bot@example.com")], "PGP SIGNATURE");
    }
}

fn signed(place: &Place, config: &[(&str, &str)], signature: &str) {
    written(import(&place.store(), &SOME));
    for (key, value) in config.iter().chain(&[("commit.gpgsign", "true")]) {
        place.git(&["config", key, value]);
    }
    written(place.store().begin().expect("begins").commit_series(steps()).expect("commits"));
    place.check();
    for revision in ["HEAD", "HEAD~1", "HEAD~2"] {
        let commit = place.git(&["cat-file", "commit", revision]);
        assert!(commit.contains(&format!("gpgsig -----BEGIN {signature}-----")), "{commit}");
    }
    assert_eq!(
        place.git(&["log", "-3", "--format=%an|%ae|%at"]),
        "\
        carol|carol@example.com|3000\nbob b|bob b@example.com|2000\nalice|alice@example.com|1000"
    );
}

/// A key of its own, and a program that signs with it; `None` where there is no gpg.
fn openpgp(home: &Path) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(home).expect("folder");
    std::fs::set_permissions(home, std::fs::Permissions::from_mode(0o700)).expect("permissions");
    let mut gpg = Command::new("gpg");
    gpg.arg("--homedir").arg(home).args(["--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]);
    let made = gpg.args(["--quick-gen-key", "drift bot <bot@example.com>", "ed25519", "sign", "never"]).output();
    made.ok().filter(|output| output.status.success())?;
    let program = home.join("sign");
    std::fs::write(&program, format!("#!/bin/sh\nexec gpg --homedir '{}' --batch \"$@\"\n", home.display()))
        .expect("written");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("permissions");
    Some(program)
}
