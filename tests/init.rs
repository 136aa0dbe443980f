//! `driftline init`: makes a repository or adopts one, and never takes anything away.

use std::fs;

use insta::assert_snapshot;

use crate::harness::{Output, Place};

#[test]
fn makes_a_repository_with_a_commented_configuration() {
    let place = Place::empty();
    let made = place.driftline(&["init"]).ok();
    assert_snapshot!(made.stderr.replace(place.repo().to_str().expect("UTF-8"), "[REPO]"), @r"
    made a git repository in [REPO]
    wrote [REPO]/driftline.toml: every setting is in it, commented out
    hint: `driftline iam-policy` prints the read-only policy that a scan needs; `driftline import` makes the first restore point
    ");
    let text = fs::read_to_string(place.repo().join("driftline.toml")).expect("the file is there");
    let speaks = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
    assert_eq!(text.lines().find(speaks), None, "every setting is commented out");
    assert_eq!(place.git(&["rev-parse", "--is-inside-work-tree"]), "true");
    // With every example taken for real it is still a configuration that parses up to what it names.
    for key in ["regions", "[[accounts]]", "[kinds]", "[[ignore]]", "[limits]", "[scan]"] {
        assert!(text.contains(&format!("#{key}")), "{key} is explained");
    }
}

#[test]
fn makes_the_folder_that_is_named() {
    let place = Place::empty();
    place.driftline(&["init", "deep/down"]).ok();
    assert!(place.repo().join("deep/down/.git").is_dir());
    assert!(place.repo().join("deep/down/driftline.toml").is_file());
    assert!(!place.repo().join("driftline.toml").exists());
}

#[test]
fn adopts_a_repository_as_it_is() {
    let place = Place::empty();
    place.git(&["init", "-q"]);
    fs::write(place.repo().join("README.md"), "ours\n").expect("a file");
    fs::write(place.repo().join("driftline.toml"), "# ours\n").expect("a file");
    place.git(&["add", "."]);
    place.git(&["commit", "-qm", "ours"]);
    let head = place.git(&["rev-parse", "HEAD"]);

    place.driftline(&["init"]).ok().says("using the git repository").says("stays as it is");
    assert_eq!(place.git(&["rev-parse", "HEAD"]), head);
    assert_eq!(place.git(&["status", "--porcelain"]), "");
    assert_eq!(fs::read_to_string(place.repo().join("driftline.toml")).expect("the file is there"), "# ours\n");
}

#[test]
fn twice_is_once() {
    let place = Place::empty();
    place.driftline(&["init"]).ok();
    let first = fs::read(place.repo().join("driftline.toml")).expect("the file is there");
    place.driftline(&["init"]).ok().says("using the git repository");
    assert_eq!(fs::read(place.repo().join("driftline.toml")).expect("the file is there"), first);
}

#[test]
fn what_is_in_the_way_is_named() {
    let place = Place::empty();
    fs::write(place.repo().join("file"), "").expect("a file");
    let output: Output = place.driftline(&["init", "file"]).fails();
    assert!(output.stderr.contains("file"), "{}", output.stderr);
}
