use super::*;

fn rds(id: &str) -> Address {
    address("rds/db_instance", id)
}

const FILE: &str = "snapshots/aws/123456789012/eu-west-1/rds/db_instance/a.json";

#[test]
fn a_revision_is_resolved_or_refused_by_name() {
    let place = Place::repository();
    let store = place.store();
    assert!(matches!(store.resolve("HEAD"), Err(Error::NoRestorePoint)));
    place.write("README.md", "one\n");
    place.commit_all("start");
    assert_eq!(store.head().expect("head"), None);
    let error = store.resolve("HEAD").expect_err("no snapshots");
    assert_eq!(error.to_string(), "`HEAD` is not a restore point: it has no folder `snapshots`");
    let first = written(import(&store, &[("rds/db_instance", "a", 1)]));
    let second = written(import(&store, &[("rds/db_instance", "a", 2)]));
    place.git(&["tag", "-m", "a tag", "v1", "HEAD~1"]);
    for revision in ["HEAD~1", "v1", &first.commit.to_string(), &first.short(), "main~1"] {
        assert_eq!(store.resolve(revision).expect(revision), first);
    }
    assert_eq!(store.resolve("HEAD").expect("HEAD"), second);
    let error = store.resolve("nosuch").expect_err("unknown");
    assert_eq!(error.to_string(), "unknown revision `nosuch`");
    assert!(error.hint().is_some_and(|hint| hint.contains("git log")));
}

#[test]
fn the_log_of_a_resource_names_the_commits_that_changed_it() {
    let place = Place::repository();
    let store = place.store();
    let (a, b) = (("rds/db_instance", "a", 1), ("rds/db_instance", "b", 1));
    let one = written(import(&store, &[a]));
    written(import(&store, &[a, b]));
    place.git(&["switch", "-q", "-c", "side"]);
    let two = written(import(&store, &[("rds/db_instance", "a", 2), b]));
    place.git(&["switch", "-q", "main"]);
    place.write("README.md", "meanwhile\n");
    place.commit_all("docs");
    place.git(&["merge", "-q", "--no-ff", "--no-edit", "side"]);
    let gone = written(import(&store, &[b]));

    let log = store.log(&gone, &rds("a"), 10).expect("log");
    assert_eq!(log.iter().map(|change| change.commit).collect::<Vec<_>>(), [gone.commit, two.commit, one.commit]);
    let ours: Vec<String> = log.iter().map(|change| change.commit.to_string()).collect();
    assert_eq!(place.git(&["log", "--format=%H", "--", FILE]), ours.join("\n"));
    let blob = |size| Some(blob_id(&resource(&rds("a"), size).to_bytes()));
    let steps: Vec<_> = log.iter().map(|change| (change.before, change.after)).collect();
    assert_eq!(steps, [(blob(2), None), (blob(1), blob(2)), (None, blob(1))]);
    assert_eq!(store.log(&gone, &rds("a"), 1).expect("log").len(), 1);
    assert_eq!(store.log(&gone, &rds("never"), 10).expect("log"), []);
}

#[test]
fn a_corrupt_file_is_named_with_the_way_out() {
    let place = Place::repository();
    let store = place.store();
    let good = written(import(&store, &[("rds/db_instance", "a", 1)]));
    place.write(FILE, "{\n  \"kind\": \"rds/db_instance\",\n  \"id\" \"a\"\n}\n");
    place.commit_all("broken by hand");
    let point = store.resolve("HEAD").expect("point");
    let snapshot = store.snapshot(&point).expect("snapshot");
    assert_eq!(snapshot.index(&scope(), "rds/db_instance").expect("reads no file").len(), 1);
    let error = snapshot.get(&rds("a")).expect_err("corrupt");
    let expected = format!("`{FILE}` at {} is not a resource file: expected `:` at line 3 column 8", point.short());
    assert_eq!(error.to_string(), expected);
    let expected = format!(
        "`git checkout {} -- {FILE}` brings back the last whole one; or `driftline import` writes the file anew",
        good.short()
    );
    assert_eq!(error.hint(), Some(expected));
    written(import(&store, &[("rds/db_instance", "a", 1)]));
    place.check();
}

#[test]
fn a_damaged_object_is_named() {
    let place = Place::repository();
    let point = written(import(&place.store(), &[("rds/db_instance", "a", 1)]));
    let blob =
        place.store().snapshot(&point).expect("snapshot").find(&rds("a")).expect("found").expect("there").to_string();
    let object = place.path().join(".git/objects").join(&blob[..2]).join(&blob[2..]);
    std::fs::remove_file(&object).expect("removed");
    std::fs::write(&object, "garbage").expect("written");
    let error = place.store().snapshot(&point).expect("snapshot").get(&rds("a")).expect_err("damaged");
    assert!(error.to_string().starts_with(&format!("`{FILE}` at {} cannot be read", point.short())), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("git fsck")));
}

#[test]
fn a_file_in_the_wrong_place_is_refused() {
    let place = Place::repository();
    let store = place.store();
    written(import(&store, &[("rds/db_instance", "a", 1)]));
    place.git(&["mv", FILE, "snapshots/aws/123456789012/eu-west-1/rds/db_instance/b.json"]);
    place.commit_all("moved by hand");
    let snapshot = store.snapshot(&store.resolve("HEAD").expect("point")).expect("snapshot");
    let error = snapshot.get(&rds("b")).expect_err("misplaced").to_string();
    assert!(error.ends_with(&format!("holds `rds/db_instance/a`, which belongs at `{FILE}`")), "{error}");

    place.write("snapshots/aws/123456789012/eu-west-1/rds/db_instance/Upper.json", "{}");
    place.commit_all("named by hand");
    let snapshot = store.snapshot(&store.resolve("HEAD").expect("point")).expect("snapshot");
    let error = snapshot.index(&scope(), "rds/db_instance").expect_err("misnamed").to_string();
    assert!(error.contains("Upper.json` at ") && error.contains("has a name"), "{error}");
}

#[test]
fn a_newer_format_is_refused_with_a_hint() {
    let place = Place::repository();
    let store = place.store();
    written(import(&store, &[("rds/db_instance", "a", 1)]));
    place.write("snapshots/format.json", "{\"version\": 2, \"layout\": \"new\"}\n");
    place.commit_all("from a newer driftline");
    let error = store.snapshot(&store.resolve("HEAD").expect("point")).expect_err("newer");
    assert!(error.to_string().contains("snapshot format 2"), "{error}");
    assert_eq!(error.hint().as_deref(), Some("install a newer driftline"));
    let writer = store.begin().expect("begins");
    assert!(writer.snapshot().is_err());
}

#[test]
fn what_was_not_read_by_an_import_is_as_old_as_the_one_before() {
    let place = Place::repository();
    let store = place.store();
    let commit = |hour: i64, message: &str| {
        let point = written(import(&store, &[("rds/db_instance", "a", u64::try_from(hour).expect("small"))]));
        let repository = git2::Repository::open(place.path()).expect("a repository");
        let commit = repository.find_commit(point.commit).expect("a commit");
        let who = git2::Signature::new("d", "d@example.com", &git2::Time::new(hour * 3600, 0)).expect("a signature");
        commit.amend(Some("HEAD"), Some(&who), Some(&who), None, Some(message), None).expect("amended");
    };
    let since = |accounts: &[&str]| {
        let head = store.head().expect("head").expect("a restore point");
        store.imported_at(&head, &accounts.iter().copied().collect()).expect("the history is there") / 3600
    };
    commit(1, "import: 9 resources (9 added)\n\naccount 1: eu-west-1\naccount 2 (prod): eu-west-1\n");
    commit(2, "import: 9 resources (1 changed)\n\naccount 1: eu-west-1\n");
    commit(3, "import: 9 resources (1 changed)\n\naccount 1: eu-west-1\n\nonly: --kind ec2/instance\n");
    commit(4, "rds/db_instance a: set Number to 4\n\nDriftline-Address: aws/1/eu-west-1/rds/db_instance/a\n");
    assert_eq!([since(&["1"]), since(&["2"]), since(&["1", "2"]), since(&["3"])], [2, 1, 1, 1]);
    commit(5, "import: 9 resources (1 changed)\n\naccount 1: eu-west-1\naccount 2 (prod): eu-west-1\n");
    assert_eq!([since(&["1"]), since(&["1", "2"])], [5, 5]);
}

/// Also where the repository is bare, or a linked work tree.
#[test]
fn what_was_unmapped_is_read_again() {
    let place = Place::repository();
    let point = written(import(&place.store(), &[("rds/db_instance", "a", 1)]));
    let linked = Place::empty();
    place.git(&["worktree", "add", "-q", "--detach", linked.path().join("tree").to_str().expect("UTF-8")]);
    let bare = Place::empty();
    bare.git(&["clone", "-q", "--bare", place.path().to_str().expect("UTF-8"), "."]);
    for dir in [place.path(), linked.path().join("tree"), bare.path()] {
        let store = Store::open(&dir).expect("a repository");
        let (root, work_dir) = (store.root().to_path_buf(), store.lock().workdir().map(std::path::Path::to_path_buf));
        let snapshot = store.snapshot(&point).expect("snapshot");
        let read = || snapshot.get(&rds("a")).expect("it can be read");
        assert!(read().is_some());
        store.unmap();
        assert!(read().is_some(), "{}", dir.display());
        assert_eq!(store.lock().workdir().map(std::path::Path::to_path_buf), work_dir);
        assert_eq!(store.root(), root);
    }
}
