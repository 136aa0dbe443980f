use super::*;

const ONE: [(&str, &str, u64); 1] = [("rds/db_instance", "a", 1)];
const FILE: &str = "snapshots/aws/123456789012/eu-west-1/rds/db_instance/a.json";

fn refused(place: &Place) -> (String, String) {
    let error = place.store().begin().err().expect("refused");
    (error.to_string(), error.hint().expect("a way out"))
}

#[test]
fn no_repository() {
    let place = Place::empty();
    let error = Store::open(&place.path()).expect_err("none");
    assert_eq!(error.to_string(), format!("no git repository at {} or above it", place.path().display()));
    assert!(error.hint().is_some_and(|hint| hint.contains("driftline init")));
}

#[test]
fn init_creates_or_adopts() {
    let place = Place::empty();
    let inner = place.path().join("a/b");
    let (store, done) = Store::init(&inner).expect("created");
    assert_eq!((done, store.root()), (Initialized::Created, inner.as_path()));
    let (store, done) = Store::init(&inner).expect("adopted");
    assert_eq!((done, store.root()), (Initialized::Adopted, inner.as_path()));
    written(import(&store, &ONE));
}

#[test]
fn a_sha256_repository() {
    let place = Place::empty();
    place.git(&["init", "-q", "--object-format=sha256", "."]);
    let error = Store::open(&place.path()).expect_err("unsupported");
    assert!(error.to_string().contains("SHA-256"), "{error}");
}

#[test]
fn a_repository_with_reftables() {
    let place = Place::empty();
    if !place.try_git(&["init", "-q", "--ref-format=reftable", "."]).status.success() {
        return; // an older git
    }
    let error = Store::open(&place.path()).expect_err("unsupported");
    assert!(
        error.to_string().contains("reftable") && error.hint().is_some_and(|hint| hint.contains("migrate")),
        "{error}"
    );
}

#[test]
fn an_index_that_libgit2_does_not_know() {
    let place = Place::repository();
    written(import(&place.store(), &ONE));
    place.git(&["update-index", "--split-index"]);
    let (error, hint) = refused(&place);
    assert!(error.contains("split") && hint.contains("git update-index --no-split-index"), "{error}; {hint}");
    place.git(&["update-index", "--no-split-index"]);
    place.write("README.md", "one\n");
    place.commit_all("docs");
    place.git(&["sparse-checkout", "set", "--sparse-index", "snapshots/aws/123456789012"]);
    place.git(&["sparse-checkout", "set", "--sparse-index", "elsewhere"]);
    let (error, hint) = refused(&place);
    assert!(error.contains("sparse") && hint.contains("--no-sparse-index"), "{error}; {hint}");
    place.git(&["sparse-checkout", "reapply", "--no-sparse-index"]);
    written(import(&place.store(), &[("rds/db_instance", "a", 2)]));
    assert!(!place.path().join("snapshots/aws/123456789012/eu-west-1").exists());
    place.check();
    place.git(&["sparse-checkout", "disable"]);
    place.git(&["config", "feature.manyFiles", "true"]);
    place.git(&["update-index", "--index-version=4"]);
    written(import(&place.store(), &[]));
    place.check();
}

#[test]
fn a_detached_head() {
    let place = Place::repository();
    written(import(&place.store(), &ONE));
    place.git(&["switch", "-q", "--detach"]);
    let (error, hint) = refused(&place);
    assert!(error.starts_with("HEAD is detached at ") && hint.contains("git switch"), "{error}");
    assert!(place.store().head().expect("can be read").is_some());
}

#[test]
fn changes_under_snapshots() {
    let place = Place::repository();
    written(import(&place.store(), &ONE));
    for make in [
        |place: &Place| place.write(FILE, "{}\n"),
        |place: &Place| place.write("snapshots/new.json", "{}\n"),
        |place: &Place| std::fs::remove_file(place.path().join(FILE)).expect("removed"),
        |place: &Place| drop(place.git(&["rm", "-q", "--cached", FILE])),
    ] {
        make(&place);
        let (error, hint) = refused(&place);
        assert!(error.contains("a.json`") || error.contains("`snapshots/new.json`"), "{error}");
        assert!(hint.contains("git stash"), "{hint}");
        place.git(&["reset", "-q", "--hard"]);
        place.git(&["clean", "-q", "-f", "-d"]);
    }
    written(import(&place.store(), &[]));
    place.write("snapshots/late.json", "{}\n");
    assert!(refused(&place).0.contains("`snapshots/late.json`"));
}

#[test]
fn changes_made_while_it_ran() {
    let place = Place::repository();
    let first = written(import(&place.store(), &ONE));
    let store = place.store();
    let writer = store.begin().expect("begins");
    place.write(FILE, "{}\n");
    let mut update = Update::default();
    update.remove(&address("rds/db_instance", "a"));
    assert!(matches!(writer.commit(update, "import"), Err(Error::Dirty { .. })));
    assert_eq!(store.head().expect("head"), Some(first));
    assert_eq!(std::fs::read_to_string(place.path().join(FILE)).expect("kept"), "{}\n");
}

#[test]
fn another_snapshot_meanwhile() {
    let place = Place::repository();
    written(import(&place.store(), &ONE));
    let store = place.store();
    let writer = store.begin().expect("begins");
    place.git(&["rm", "-q", FILE]);
    place.git(&["commit", "-q", "-m", "by hand"]);
    let mut update = Update::default();
    update.put(&address("rds/db_instance", "b"), writer.blob(b"{}").expect("blob"));
    let error = writer.commit(update, "import").expect_err("moved");
    assert_eq!(error.to_string(), "the branch `main` got another snapshot while this one was being made");
}

#[test]
fn a_second_writer() {
    let place = Place::repository();
    let store = place.store();
    let writer = store.begin().expect("begins");
    let (error, _) = refused(&place);
    let expected = format!("another driftline (process {}) is writing to this repository", std::process::id());
    assert_eq!(error, expected);
    drop(writer);
    written(import(&store, &ONE));
}

#[test]
fn an_operation_under_way() {
    let place = Place::repository();
    written(import(&place.store(), &ONE));
    std::fs::write(place.path().join(".git/MERGE_HEAD"), place.git(&["rev-parse", "HEAD"])).expect("written");
    assert_eq!(refused(&place).0, "a merge is under way in the repository");
}

#[test]
fn a_blob_that_nobody_gave() {
    let place = Place::repository();
    let store = place.store();
    let writer = store.begin().expect("begins");
    let mut update = Update::default();
    update.put(&address("rds/db_instance", "a"), blob_id(b"never given"));
    assert!(matches!(writer.commit(update, "import"), Err(Error::MissingObject { .. })));
    assert_eq!(store.head().expect("head"), None);
}

#[test]
fn a_file_in_the_place_of_a_folder() {
    let place = Place::repository();
    place.write("snapshots/aws", "a file\n");
    place.commit_all("odd");
    let store = place.store();
    let writer = store.begin().expect("begins");
    let mut update = Update::default();
    update.put(&address("rds/db_instance", "a"), writer.blob(b"{}").expect("blob"));
    let error = writer.commit(update, "import").expect_err("obstructed");
    assert_eq!(error.to_string(), "`snapshots/aws` is in the way: driftline needs the name for a folder");
}
