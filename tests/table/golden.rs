//! `snapshots/`: the demo account's restore point, which is documentation of the format and golden file of every kind.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use driftline_aws::descriptors;
use driftline_sim::DEMO_ACCOUNT;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots")
}

#[test]
fn the_demo_makes_the_golden_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let made = folder.path().join("demo");
    let demo = Command::new(env!("CARGO_BIN_EXE_driftline"))
        .args(["demo", "--into"])
        .arg(&made)
        .env("HOME", folder.path())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("driftline runs");
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    let (golden, made) = (files(&golden()), files(&made.join("snapshots")));
    let changed = |path: &&String| golden.get(*path) != made.get(*path);
    let paths: Vec<&String> = golden.keys().chain(made.keys()).filter(changed).collect();
    assert!(
        paths.is_empty(),
        "snapshots/ is not what `driftline demo` makes: run scripts/regenerate-snapshots and review what changes: {paths:#?}"
    );
}

#[test]
fn every_kind_has_a_golden_file() {
    let files = files(&golden());
    for kind in descriptors() {
        let has = |path: &String| {
            let below = path.strip_prefix(&format!("aws/{DEMO_ACCOUNT}/")).and_then(|rest| rest.split_once('/'));
            below.is_some_and(|(_, rest)| rest.starts_with(&format!("{}/", kind.name)))
        };
        assert!(
            files.keys().any(has),
            "{} has no file in snapshots/: give the demo account one, and run scripts/regenerate-snapshots",
            kind.name
        );
    }
}

/// Every file below a folder, by its path there.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(&next).unwrap_or_else(|error| panic!("{}: {error}", next.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
                continue;
            }
            let parts = path.strip_prefix(folder).expect("below it").components();
            let name: Vec<String> = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
            found.insert(name.join("/"), std::fs::read(&path).expect("a file"));
        }
    }
    found
}
