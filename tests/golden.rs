//! `snapshots/`: the demo account's restore point, which is the documentation of the format and the golden file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::Place;

/// How many differing files a failure names.
const SHOWN: usize = 20;

#[test]
fn the_committed_snapshot_is_what_the_demo_imports() {
    let place = Place::empty();
    place.driftline(&["demo", "--into", "shop"]).ok();
    let made = place.repo().join("shop");
    let (golden, made) = (files(&golden()), files(&made.join("snapshots")));
    let paths: BTreeSet<&String> = golden.keys().chain(made.keys()).collect();
    let differing: Vec<&str> =
        paths.into_iter().filter(|path| golden.get(*path) != made.get(*path)).map(String::as_str).collect();
    assert!(
        differing.is_empty(),
        "{} files of snapshots/ are not what the demo imports; scripts/regenerate-snapshots writes them:\n{}",
        differing.len(),
        differing.iter().take(SHOWN).copied().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn every_kind_has_a_golden_file() {
    let golden = files(&golden());
    let missing: Vec<&str> = driftline_aws::descriptors()
        .iter()
        .map(|kind| kind.name)
        .filter(|kind| !golden.keys().any(|path| path.contains(&format!("/{kind}/"))))
        .collect();
    assert!(missing.is_empty(), "the demo account has none of {missing:?}");
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots")
}

/// Every file below a folder, by its path in it.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap_or_else(|error| panic!("{}: {error}", next.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("it lies below").to_string_lossy().replace('\\', "/");
                found.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    found
}
