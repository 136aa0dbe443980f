//! The work tree goes along with the branch: which files differ, what is written, and what the index knows of it.

use std::collections::BTreeSet;

use super::*;
use crate::store::difference::Difference;
use crate::store::work_tree;

/// What differs between the snapshots of two commits, as ids before and after and the path.
fn differing(place: &Place, old: &str, new: &str) -> Vec<(Option<String>, Option<String>, String)> {
    let repository = git2::Repository::open(place.path()).expect("a repository");
    let mut found = Vec::new();
    let difference = Difference::new(&repository, Some(snapshot(place, old)), Some(snapshot(place, new)));
    let visit = |step: crate::store::difference::Step<'_>| {
        let text = |id: Option<Oid>| id.map(|id| id.to_string());
        found.push((text(step.old), text(step.new), step.path.to_owned()));
        Ok(())
    };
    difference.each(visit).expect("both can be read");
    found
}

fn snapshot(place: &Place, commit: &str) -> Oid {
    Oid::from_str(&place.git(&["rev-parse", &format!("{commit}:snapshots")])).expect("an id")
}

/// The same in git's words. What changed its sort is gone and new.
fn said_by_git(place: &Place, old: &str, new: &str) -> BTreeSet<(Option<String>, Option<String>, String)> {
    let raw = place.git(&["diff-tree", "-r", "--no-renames", "--no-abbrev", old, new, "--", "snapshots"]);
    let line = |line: &str| {
        let (facts, path) = line.split_once('\t').expect("a path");
        let facts: Vec<&str> = facts.split(' ').collect();
        let id = |id: &str| (!id.bytes().all(|digit| digit == b'0')).then(|| id.to_owned());
        (id(facts[2]), id(facts[3]), path.to_owned())
    };
    raw.lines().map(line).collect()
}

/// Two commits, between which files and folders come, go, change, and take each other's names.
fn two_commits() -> Place {
    let place = Place::repository();
    let before = ["a.json", "a/b.json", "a/c/d.json", "folder/x.json", "folder/y/z.json", "swap", "same/1.json"];
    for (number, path) in before.iter().enumerate() {
        place.write(&format!("snapshots/{path}"), &format!("{number}\n"));
    }
    place.write("README.md", "one\n");
    place.commit_all("before");
    place.git(&["tag", "before"]);
    for gone in ["a/c/d.json", "folder/x.json", "folder/y/z.json", "swap"] {
        std::fs::remove_file(place.path().join("snapshots").join(gone)).expect("removed");
    }
    std::fs::remove_dir_all(place.path().join("snapshots/folder")).expect("removed");
    let after = [("a.json", "new\n"), ("folder", "a file now\n"), ("swap/a/b.json", "1\n"), ("new/n.json", "1\n")];
    for (path, text) in after {
        place.write(&format!("snapshots/{path}"), text);
    }
    place.write("README.md", "two\n");
    place.commit_all("after");
    place.git(&["tag", "after"]);
    place
}

#[test]
fn what_differs_is_what_git_says() {
    let place = two_commits();
    for (old, new) in [("before", "after"), ("after", "before")] {
        let found = differing(&place, old, new);
        assert_eq!(found.iter().cloned().collect::<BTreeSet<_>>(), said_by_git(&place, old, new), "{old}..{new}");
        assert_eq!(found, differing(&place, old, new), "the order is always the same");
        assert_eq!(found.len(), 8, "each once");
    }
    assert_eq!(differing(&place, "after", "after"), []);

    // A file's mode alone is a difference, too: driftline's own is put back.
    place.git(&["update-index", "--chmod=+x", "snapshots/a.json"]);
    place.git(&["commit", "-q", "-m", "executable"]);
    let found = differing(&place, "after", "main");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), said_by_git(&place, "after", "main"));
}

#[test]
fn files_and_folders_take_each_others_names() {
    let place = two_commits();
    for (old, new) in [("before", "after"), ("after", "before")] {
        place.git(&["checkout", "-q", "-f", "-B", "main", old]);
        place.git(&["reset", "-q", "--soft", new]);
        let repository = git2::Repository::open(place.path()).expect("a repository");
        let difference = Difference::new(&repository, Some(snapshot(&place, old)), Some(snapshot(&place, new)));
        work_tree::follow(&repository, &difference, &[]).expect("follows");
        place.check();
        assert_eq!(place.git(&["status", "--porcelain"]), "M  README.md", "nothing else was touched");
    }
}

#[test]
fn the_index_knows_each_of_many_files_as_it_lies_there() {
    let place = Place::repository();
    let ids: Vec<String> = (0..4_500).map(|number| format!("db-{number}")).collect();
    let resources = |round: u64| {
        // In the second round a third is gone, a third is the same, and a third has changed.
        let there = ids.iter().zip(0_u64..).filter(move |(_, number)| round == 0 || number % 3 > 0);
        let size = move |number: u64| if number % 3 == 2 { 100 * number + round } else { number };
        there.map(move |(id, number)| ("rds/db_instance", id.as_str(), size(number))).collect::<Vec<_>>()
    };
    for round in [0, 1] {
        let resources = resources(round);
        written(import(&place.store(), &resources));
        place.check();
        for (kind, id, size) in &resources {
            let address = address(kind, id);
            let file = place.path().join(crate::snapshot::path::of(&address));
            assert_eq!(std::fs::read(&file).expect("there"), resource(&address, *size).to_bytes(), "{id}");
        }
        let index = git2::Repository::open(place.path()).expect("a repository").index().expect("an index");
        assert_eq!(index.len(), resources.len() + 2, "and the format and the coverage");
        for entry in index.iter() {
            let path = String::from_utf8(entry.path.clone()).expect("UTF-8");
            let metadata = std::fs::metadata(place.path().join(&path)).expect("there");
            assert_eq!(u64::from(entry.file_size), metadata.len(), "{path}");
            #[cfg(unix)]
            {
                use std::os::unix::fs::MetadataExt;
                let times = (i64::from(entry.mtime.seconds()), i64::from(entry.mtime.nanoseconds()));
                assert_eq!(times, (metadata.mtime(), metadata.mtime_nsec()), "{path}");
                assert_eq!(u64::from(entry.ino), metadata.ino() & u64::from(u32::MAX), "{path}");
            }
        }
    }
}

#[test]
fn a_file_is_found_wherever_it_is() {
    let place = Place::repository();
    place.write("snapshots/a.json", "a\n");
    place.commit_all("before");
    place.git(&["tag", "before"]);
    for name in ["packed", "gone", "loose"] {
        place.write(&format!("snapshots/{name}.json"), &format!("{name}\n"));
    }
    place.commit_all("after");
    place.git(&["tag", "after"]);
    // Their loose objects stay, as if somebody had unpacked them again.
    let gone = super::packing::pack(&place, &[b"gone\n"]);
    for file in std::fs::read_dir(place.path().join(".git/objects/pack")).expect("folder").flatten() {
        std::fs::remove_file(file.path()).expect("removed");
    }
    let packed = super::packing::pack(&place, &[b"packed\n"]);
    let loose = blob_id(b"packed\n").to_string();
    std::fs::remove_file(place.path().join(".git/objects").join(&loose[..2]).join(&loose[2..])).expect("removed");

    place.git(&["checkout", "-q", "-f", "-B", "main", "before"]);
    place.git(&["reset", "-q", "--soft", "after"]);
    let repository = git2::Repository::open(place.path()).expect("a repository");
    let difference = Difference::new(&repository, Some(snapshot(&place, "before")), Some(snapshot(&place, "after")));
    work_tree::follow(&repository, &difference, &[gone, packed]).expect("follows");
    place.check();
    for name in ["packed", "gone", "loose"] {
        let file = place.path().join(format!("snapshots/{name}.json"));
        assert_eq!(std::fs::read_to_string(file).expect("there"), format!("{name}\n"));
    }
}
