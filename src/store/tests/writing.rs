use super::*;

const SOME: [(&str, &str, u64); 4] = [
    ("rds/db_instance", "prod-orders", 100),
    ("rds/db_instance", "prod-users", 50),
    ("iam/role", "Admin", 1),
    ("route53/record_set", "Z1/*.example.com/A", 1),
];

#[test]
fn what_was_imported_reads_back_and_stands_in_the_work_tree() {
    let place = Place::repository();
    let store = place.store();
    assert_eq!(store.head().expect("unborn"), None);
    let point = written(import(&store, &SOME));
    place.check();
    assert_eq!(store.head().expect("head"), Some(point.clone()));
    assert_eq!(place.git(&["rev-parse", "main:snapshots"]), point.tree.to_string());
    assert_eq!(place.git(&["log", "-1", "--format=%B"]), "import: 4 resources");
    assert!(place.git(&["reflog", "main"]).contains("driftline: import: 4 resources"));

    let snapshot = store.snapshot(&point).expect("snapshot");
    assert_eq!(snapshot.scopes().expect("scopes"), [scope()]);
    assert_eq!(snapshot.kinds(&scope()).expect("kinds"), ["iam/role", "rds/db_instance", "route53/record_set"]);
    for (kind, id, size) in SOME {
        let address = address(kind, id);
        let expected = resource(&address, size);
        assert_eq!(snapshot.get(&address).expect(id), Some(expected.clone()));
        let blob = snapshot.find(&address).expect(id).expect(id);
        assert_eq!(blob, blob_id(&expected.to_bytes()));
        assert!(snapshot.index(&scope(), kind).expect(kind).contains(&(id.to_owned(), blob)));
    }
    let mut sorted = snapshot.addresses().expect("addresses");
    sorted.sort();
    assert_eq!(snapshot.addresses().expect("addresses"), sorted);
    assert_eq!(snapshot.get(&address("iam/role", "admin")).expect("other case"), None);
    assert!(snapshot.coverage().expect("coverage").covers(&address("iam/role", "x")));
    assert_eq!(snapshot.format().expect("format").expect("there").version, 1);

    let file = place.path().join("snapshots/aws/123456789012/eu-west-1/rds/db_instance/prod-orders.json");
    assert_eq!(std::fs::read(file).expect("checked out"), resource(&address(SOME[0].0, SOME[0].1), 100).to_bytes());
}

#[test]
fn an_unchanged_import_makes_no_commit() {
    let place = Place::repository();
    let point = written(import(&place.store(), &SOME));
    let mut shuffled = SOME;
    shuffled.reverse();
    assert!(matches!(import(&place.store(), &shuffled), Committed::Unchanged));
    assert_eq!(place.store().head().expect("head"), Some(point));
    place.check();
}

#[test]
fn a_change_touches_its_file_alone_and_a_removal_leaves_no_folder() {
    let place = Place::repository();
    written(import(&place.store(), &SOME));
    let kept = place.path().join("snapshots/aws/123456789012/eu-west-1/rds/db_instance/prod-users.json");
    let before = std::fs::metadata(&kept).expect("there").modified().expect("time");
    let changed = [SOME[1], ("rds/db_instance", "prod-orders", 200), SOME[2]];
    written(import(&place.store(), &changed));
    place.check();
    assert_eq!(std::fs::metadata(&kept).expect("there").modified().expect("time"), before);
    assert!(!place.path().join("snapshots/aws/123456789012/eu-west-1/route53").exists());
    let names = place.git(&["diff", "--name-status", "HEAD~1", "HEAD"]);
    assert_eq!(
        names,
        "M\tsnapshots/aws/123456789012/coverage.json\n\
         M\tsnapshots/aws/123456789012/eu-west-1/rds/db_instance/prod-orders.json\n\
         D\tsnapshots/aws/123456789012/eu-west-1/route53/record_set/Z1~b/%2A.example.com/A~b.json"
    );
}

#[test]
fn what_is_not_ours_stays_as_it_is_staged_or_not() {
    let place = Place::repository();
    place.write("README.md", "one\n");
    place.write("run.sh", "#!/bin/sh\n");
    place.write("snapshots/README.md", "notes\n");
    place.commit_all("start");
    place.git(&["update-index", "--chmod=+x", "run.sh"]);
    place.write("README.md", "two\n");
    place.git(&["add", "README.md"]);
    place.write("README.md", "three\n");
    place.write("new.txt", "not added\n");
    let staged = place.git(&["diff", "--cached"]);
    let changed = place.git(&["diff"]);

    let point = written(import(&place.store(), &SOME));
    place.check();
    assert_eq!(place.git(&["diff", "--cached"]), staged);
    assert_eq!(place.git(&["diff"]), changed);
    assert_eq!(place.git(&["show", "HEAD:README.md"]), "one");
    assert_eq!(place.git(&["show", "HEAD:snapshots/README.md"]), "notes");
    let snapshot = place.store().snapshot(&point).expect("snapshot");
    assert_eq!(snapshot.addresses().expect("addresses").len(), SOME.len());
}

#[test]
fn a_bare_repository_works_and_gets_no_files() {
    let place = Place::empty();
    place.git(&["init", "-q", "--bare", "-b", "trunk", "."]);
    let store = place.store();
    written(import(&store, &SOME));
    assert!(matches!(import(&store, &SOME), Committed::Unchanged));
    place.check();
    assert_eq!(place.git(&["ls-tree", "-r", "--name-only", "trunk"]).lines().count(), SOME.len() + 2);
    assert!(!place.path().join("snapshots").exists());
}

#[test]
fn a_linked_work_tree_moves_its_own_branch() {
    let place = Place::repository();
    written(import(&place.store(), &SOME));
    let other = Place::empty();
    let path = other.path().join("linked");
    place.git(&["worktree", "add", "-q", "-b", "proposal", path.to_str().expect("UTF-8")]);
    let main = place.git(&["rev-parse", "main"]);
    let store = Store::open(&path.join("snapshots")).expect("from a folder inside");
    let point = written(import(&store, &SOME[1..]));
    assert_eq!(place.git(&["rev-parse", "main"]), main);
    assert_eq!(place.git(&["rev-parse", "proposal"]), point.commit.to_string());
    assert_eq!(place.git(&["-C", path.to_str().expect("UTF-8"), "status", "--porcelain"]), "");
    place.check();
}

#[test]
fn many_objects_become_one_pack_and_few_stay_loose() {
    let place = Place::repository();
    let ids: Vec<String> = (0..600).map(|number| format!("db-{number}")).collect();
    let many: Vec<_> = ids.iter().zip(1..).map(|(id, size)| ("rds/db_instance", id.as_str(), size)).collect();
    written(import(&place.store(), &many));
    place.check();
    let count = |key: &str| {
        let text = place.git(&["count-objects", "-v"]);
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{key}: "))).expect("key");
        line.parse::<usize>().expect("number")
    };
    assert_eq!((count("packs"), count("count"), count("garbage")), (1, 0, 0));
    place.git(&["verify-pack", &pack(&place)]);
    written(import(&place.store(), &many[1..]));
    place.check();
    assert_eq!((count("packs"), count("garbage")), (1, 0));
    assert!(count("count") > 0);
}

fn pack(place: &Place) -> String {
    let files = std::fs::read_dir(place.path().join(".git/objects/pack")).expect("folder");
    let mut packs = files.flatten().map(|file| file.path()).filter(|path| path.extension().is_some_and(|e| e == "idx"));
    packs.next().expect("a pack").to_str().expect("UTF-8").to_owned()
}

#[test]
fn many_threads_may_add_at_the_same_time() {
    let place = Place::repository();
    let store = place.store();
    let writer = store.begin().expect("begins");
    let files: Vec<_> = std::thread::scope(|scope| {
        let add = |thread: u64| {
            let writer = &writer;
            move || -> Vec<(Address, Oid)> {
                let each = |number: u64| {
                    // Every thread also brings what all the others bring.
                    let id =
                        if number.is_multiple_of(2) { format!("all-{number}") } else { format!("{thread}-{number}") };
                    let address = address("ec2/vpc", &id);
                    let blob = writer.blob(&resource(&address, number).to_bytes()).expect("blob");
                    (address, blob)
                };
                (0..100).map(each).collect()
            }
        };
        let threads: Vec<_> = (0..8).map(|thread| scope.spawn(add(thread))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    let mut update = Update::default();
    for (address, blob) in &files {
        update.put(address, *blob);
    }
    let point = written(writer.commit(update, "import").expect("commits"));
    place.check();
    assert_eq!(store.snapshot(&point).expect("snapshot").addresses().expect("addresses").len(), 50 + 8 * 50);
}

#[test]
fn a_commit_of_something_else_meanwhile_is_kept() {
    let place = Place::repository();
    written(import(&place.store(), &SOME));
    let store = place.store();
    let writer = store.begin().expect("begins");
    place.write("README.md", "meanwhile\n");
    place.commit_all("docs: meanwhile");
    let mut update = Update::default();
    update.remove(&address("iam/role", "Admin"));
    written(writer.commit(update, "import").expect("commits"));
    place.check();
    assert_eq!(place.git(&["log", "--format=%s"]), "import\ndocs: meanwhile\nimport: 4 resources");
    assert_eq!(place.git(&["show", "HEAD:README.md"]), "meanwhile");
}

#[test]
fn the_configured_name_is_the_author() {
    let place = Place::repository();
    place.git(&["config", "user.name", "Zoë"]);
    place.git(&["config", "user.email", "zoe@example.com"]);
    written(import(&place.store(), &SOME));
    assert_eq!(place.git(&["log", "-1", "--format=%an <%ae>|%cn"]), "Zoë <zoe@example.com>|Zoë");
    place.check();
}

#[test]
fn commits_are_signed_where_git_is_told_to() {
    let place = Place::repository();
    let key = place.path().join(".git/key");
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).status();
    if !made.is_ok_and(|status| status.success()) {
        return;
    }
    place.git(&["config", "gpg.format", "ssh"]);
    place.git(&["config", "user.signingkey", key.to_str().expect("UTF-8")]);
    place.git(&["config", "commit.gpgsign", "true"]);
    let first = written(import(&place.store(), &SOME));
    let second = written(import(&place.store(), &SOME[1..]));
    place.check();
    assert!(place.git(&["cat-file", "commit", "HEAD"]).contains("gpgsig -----BEGIN SSH SIGNATURE-----"));
    assert_eq!(place.git(&["log", "--format=%H"]), format!("{}\n{}", second.commit, first.commit));
}

#[test]
fn an_aborted_import_leaves_nothing() {
    let place = Place::repository();
    let store = place.store();
    let writer = store.begin().expect("begins");
    for number in 0..300 {
        writer.blob(format!("{number}\n").as_bytes()).expect("blob");
    }
    drop(writer);
    assert_eq!(place.git(&["count-objects", "-v"]).lines().filter(|line| !line.ends_with(": 0")).count(), 0);
    written(import(&store, &SOME));
    place.check();
}
