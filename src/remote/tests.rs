//! URLs and words as they are; pushing with real git, to folders.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::*;

fn url(text: &str) -> Option<(String, String)> {
    RemoteUrl::parse(text).map(|url| (url.web(), url.path))
}

#[test]
fn urls_in_all_their_spellings() {
    let is =
        |text: &str, web: &str, path: &str| assert_eq!(url(text), Some((web.to_owned(), path.to_owned())), "{text}");
    is("https://github.com/acme/cloud.git", "https://github.com", "acme/cloud");
    is("https://github.com/acme/cloud/", "https://github.com", "acme/cloud");
    is("HTTPS://jane:hunter2@GitHub.com/acme/cloud", "https://github.com", "acme/cloud");
    is("http://git.example.com:3000/forge/acme/cloud.git", "http://git.example.com:3000", "forge/acme/cloud");
    is("ssh://git@gitlab.example.com:2222/a/b/c/d.git", "https://gitlab.example.com", "a/b/c/d");
    is("git@gitlab.com:group/sub/project.git", "https://gitlab.com", "group/sub/project");
    is("gitlab.com:group/project", "https://gitlab.com", "group/project");
    is("ssh://git@[2001:db8::1]:22/acme/cloud", "https://[2001:db8::1]", "acme/cloud");
    is("git@[2001:db8::1]:acme/cloud", "https://[2001:db8::1]", "acme/cloud");
    for path in ["/srv/git/cloud.git", "../cloud", "C:\\git\\cloud", "C:/git/cloud", "file:///srv/cloud.git", "./a:b/c"]
    {
        assert_eq!(url(path), None, "{path}");
    }
    assert_eq!(url("https://github.com/"), None);
    assert_eq!(url("https://github.com:port/a/b"), None);
}

#[test]
fn credentials_are_never_told() {
    let text = "fatal: unable to access 'https://jane:p@ss@host.example/x.git/': and http://token@h/y, but git@host:z";
    assert_eq!(redact(text), "fatal: unable to access 'https://host.example/x.git/': and http://h/y, but git@host:z");
    let remote = remote_at("https://oauth2:glpat-1@gitlab.com/a/b.git");
    assert_eq!(remote.shown(), "https://gitlab.com/a/b.git");
}

fn remote_at(url: &str) -> Remote {
    Remote { name: "origin".to_owned(), url: url.to_owned(), dir: PathBuf::from(".") }
}

#[test]
fn rejections_as_git_and_forges_tell_them() {
    let remote = remote_at("https://h/a/b");
    let told = |status: &str, stderr: &str| git::rejection(&remote, "main", status, stderr).to_string();
    for lost in [
        "[rejected] (fetch first)",
        "[rejected] (non-fast-forward)",
        "[rejected] (stale info)",
        "[remote rejected] (cannot lock ref 'refs/heads/main': is at 1 but expected 2)",
        "[remote rejected] (failed to update ref)",
    ] {
        assert_eq!(told(lost, ""), "the branch `main` of `origin` moved meanwhile", "{lost}");
    }
    let declined = "[remote rejected] (pre-receive hook declined)";
    for protects in [
        "remote: error: GH006: Protected branch update failed for refs/heads/main.",
        "remote: error: GH013: Repository rule violations found for refs/heads/main.",
        "remote: GitLab: You are not allowed to push code to protected branches on this project.",
        "remote: GitLab: You are not allowed to force push code to a protected branch on this project.",
        "remote: Gitea: Not allowed to push to protected branch main",
        "remote: Forgejo: branch main is protected from force push",
    ] {
        assert!(told(declined, protects).starts_with("the branch `main` of `origin` is protected: "), "{protects}");
    }
    let other = told(declined, "remote: \nremote: ======\nremote: commit messages need a ticket\nremote: \n");
    assert_eq!(
        other,
        "`origin` refused the push to `main`: commit messages need a ticket ([remote rejected] (pre-receive hook declined))"
    );
}

#[test]
fn connections_as_git_tells_them() {
    let remote = remote_at("https://h/a/b");
    let sort = |words: &str| match git::connection(&remote, words) {
        Ok(RemoteError::Denied { .. }) => "denied",
        Ok(RemoteError::NotFound { .. }) => "not found",
        Ok(RemoteError::Unreachable { .. }) => "unreachable",
        Ok(_) => "else",
        Err(_) => "unknown",
    };
    for (words, wanted) in [
        ("fatal: could not read Username for 'https://github.com': terminal prompts disabled", "denied"),
        ("remote: Invalid username or token.; fatal: Authentication failed for 'https://github.com/a/b/'", "denied"),
        ("git@github.com: Permission denied (publickey).; fatal: Could not read from remote repository.", "denied"),
        (
            "remote: Permission to a/b.git denied to jane.; fatal: unable to access 'https://h/': The requested URL returned error: 403",
            "denied",
        ),
        ("remote: HTTP Basic: Access denied.", "denied"),
        ("Host key verification failed.; fatal: Could not read from remote repository.", "denied"),
        ("remote: Repository not found.; fatal: repository 'https://github.com/a/b/' not found", "not found"),
        ("ERROR: Repository not found.; fatal: Could not read from remote repository.", "not found"),
        (
            "remote: The project you were looking for could not be found or you don't have permission to view it.",
            "not found",
        ),
        ("fatal: '/nowhere' does not appear to be a git repository", "not found"),
        ("fatal: unable to access 'https://h/': Could not resolve host: h", "unreachable"),
        (
            "ssh: connect to host h port 22: Connection refused; fatal: Could not read from remote repository.",
            "unreachable",
        ),
        ("ssh: connect to host h port 22: Connection timed out", "unreachable"),
        ("fatal: unable to access 'https://h/': The requested URL returned error: 503", "unreachable"),
        ("fatal: bad object 1234", "unknown"),
    ] {
        assert_eq!(sort(words), wanted, "{words}");
    }
}

/// A bare remote and two clones of it.
struct Three {
    folder: TempDir,
}

impl Three {
    fn new() -> Self {
        let three = Self { folder: tempfile::tempdir().expect("a folder") };
        three.git(".", &["init", "--quiet", "--bare", "--initial-branch=main", "bare"]);
        three.git(".", &["clone", "--quiet", "bare", "ours"]);
        three.git("ours", &["switch", "--quiet", "-c", "main"]);
        three.write("ours", "snapshots/aws/a.json", "{}\n");
        three.commit("ours", "import: 1 resource");
        three.git("ours", &["push", "--quiet", "--set-upstream", "origin", "main"]);
        three.git(".", &["clone", "--quiet", "bare", "theirs"]);
        three
    }

    fn path(&self, at: &str) -> PathBuf {
        self.folder.path().join(at)
    }

    #[track_caller]
    fn git(&self, at: &str, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .current_dir(self.path(at))
            .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")])
            .args(["-c", "user.name=Jane", "-c", "user.email=jane@example.com"])
            .args(arguments)
            .output()
            .expect("git runs");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn write(&self, at: &str, file: &str, text: &str) {
        let path = self.path(at).join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    #[track_caller]
    fn commit(&self, at: &str, message: &str) {
        self.git(at, &["config", "user.email", "jane@example.com"]);
        self.git(at, &["config", "user.name", "Jane"]);
        self.git(at, &["add", "--all"]);
        self.git(
            at,
            &["commit", "--quiet", "--author=Alice <alice@example.com>", "--date=@1700000000 +0100", "-m", message],
        );
    }

    #[track_caller]
    fn theirs(&self, file: &str, text: &str) {
        self.write("theirs", file, text);
        self.commit("theirs", "by hand");
        self.git("theirs", &["push", "--quiet", "origin", "main"]);
    }

    fn push(&self) -> Result<Pushed, RemoteError> {
        let store = Store::open(&self.path("ours")).expect("a repository");
        Remote::find(&store, None)?.push_head(&store)
    }

    fn remote(&self) -> (Store, Remote) {
        let store = Store::open(&self.path("ours")).expect("a repository");
        let remote = Remote::find(&store, None).expect("origin");
        (store, remote)
    }
}

#[test]
fn commits_are_pushed_as_they_are_where_nobody_was_faster() {
    let three = Three::new();
    assert_eq!(three.push().expect("a push"), Pushed::Nothing);
    three.write("ours", "snapshots/aws/a.json", "{\"a\": 1}\n");
    three.commit("ours", "a\n\nDriftline-Address: a");
    assert_eq!(three.push().expect("a push"), Pushed::AsTheyAre { branch: "main".to_owned() });
    assert_eq!(three.git("bare", &["rev-parse", "main"]), three.git("ours", &["rev-parse", "HEAD"]));
    assert_eq!(three.git("ours", &["status", "--porcelain", "--branch"]), "## main...origin/main");
}

#[test]
fn our_commits_are_made_anew_on_top_of_whoever_was_faster() {
    let three = Three::new();
    for (file, subject) in [("b", "first"), ("c", "second")] {
        three.write("ours", &format!("snapshots/aws/{file}.json"), "{}\n");
        three.commit("ours", &format!("{subject}\n\nDriftline-Address: {file}"));
    }
    three.theirs("README.md", "hello\n");
    three.theirs("snapshots/aws/d.json", "{}\n");
    three.write("ours", "notes.txt", "not committed\n");
    let pushed = three.push().expect("a push");
    assert!(matches!(&pushed, Pushed::Replayed { behind: None, .. }), "{pushed:?}");
    let log = three.git("bare", &["log", "--reverse", "--format=%s|%an|%ad|%cn", "--date=iso", "main"]);
    insta::assert_snapshot!(log, @r"
    import: 1 resource|Alice|2023-11-14 23:13:20 +0100|Jane
    by hand|Alice|2023-11-14 23:13:20 +0100|Jane
    by hand|Alice|2023-11-14 23:13:20 +0100|Jane
    first|Alice|2023-11-14 23:13:20 +0100|Jane
    second|Alice|2023-11-14 23:13:20 +0100|Jane
    ");
    assert!(three.git("bare", &["log", "-1", "--format=%B", "main"]).ends_with("Driftline-Address: c"));
    let files = three.git("bare", &["ls-tree", "-r", "--name-only", "main"]);
    assert_eq!(
        files,
        "README.md\nsnapshots/aws/a.json\nsnapshots/aws/b.json\nsnapshots/aws/c.json\nsnapshots/aws/d.json"
    );
    // The work tree has come along, and what was not committed is as it was.
    assert_eq!(three.git("ours", &["rev-parse", "HEAD"]), three.git("bare", &["rev-parse", "main"]));
    assert_eq!(three.git("ours", &["status", "--porcelain"]), "?? notes.txt");
    assert_eq!(three.git("bare", &["fsck", "--strict"]), "");
}

#[test]
fn a_conflict_loses_nothing() {
    let three = Three::new();
    three.write("ours", "snapshots/aws/a.json", "{\"ours\": 1}\n");
    three.commit("ours", "a\n\nDriftline-Address: a");
    let ours = three.git("ours", &["rev-parse", "HEAD"]);
    three.theirs("snapshots/aws/a.json", "{\"theirs\": 1}\n");
    let error = three.push().expect_err("a conflict");
    assert_eq!(error.to_string(), "somebody else changed the same files at `origin`: snapshots/aws/a.json");
    assert_eq!(three.git("ours", &["rev-parse", "HEAD"]), ours);
    assert_eq!(three.git("ours", &["status", "--porcelain"]), "");
}

#[test]
fn scans_of_one_account_tell_how_they_ended_in_one_file() {
    const FILE: &str = "snapshots/aws/1/coverage.json";
    let three = Three::new();
    three.theirs(FILE, "{\"a\": {\"ec2/vpc\": \"read\"}, \"b\": {\"ec2/vpc\": \"read\"}}\n");
    three.git("ours", &["pull", "--quiet"]);
    three.write("ours", FILE, "{\"a\": {\"ec2/vpc\": \"denied\"}, \"b\": {\"ec2/vpc\": \"read\"}}\n");
    three.commit("ours", "coverage: a");
    three.theirs(FILE, "{\"a\": {\"ec2/vpc\": \"read\", \"s3/bucket\": \"read\"}}\n");
    three.push().expect("they do not speak of the same");
    let merged = three.git("bare", &["show", &format!("main:{FILE}")]);
    let merged: serde_json::Value = serde_json::from_str(&merged).expect("JSON");
    assert_eq!(merged, serde_json::json!({"a": {"ec2/vpc": "denied", "s3/bucket": "read"}}));

    three.write("ours", FILE, "{\"a\": {\"s3/bucket\": \"failed\"}}\n");
    three.commit("ours", "coverage: a");
    three.git("theirs", &["pull", "--quiet"]);
    three.theirs(FILE, "{\"a\": {\"s3/bucket\": \"throttled\"}}\n");
    let error = three.push().expect_err("they do");
    assert_eq!(error.to_string(), format!("somebody else changed the same files at `origin`: {FILE}"));
}

#[test]
fn the_same_commit_made_twice_is_there_once() {
    let three = Three::new();
    three.write("ours", "snapshots/aws/a.json", "{\"same\": 1}\n");
    three.commit("ours", "a\n\nDriftline-Address: a");
    three.theirs("snapshots/aws/a.json", "{\"same\": 1}\n");
    three.push().expect("nothing is left to push");
    assert_eq!(three.git("bare", &["rev-list", "--count", "main"]), "2");
    assert_eq!(three.git("ours", &["rev-parse", "HEAD"]), three.git("bare", &["rev-parse", "main"]));
}

#[test]
fn commits_of_people_are_not_rewritten() {
    let three = Three::new();
    three.write("ours", "snapshots/aws/a.json", "{\"a\": 1}\n");
    three.commit("ours", "my own words");
    let ours = three.git("ours", &["rev-parse", "HEAD"]);
    three.theirs("README.md", "hello\n");
    let error = three.push().expect_err("they are somebody's");
    assert!(error.to_string().contains("that driftline did not make"), "{error}");
    assert_eq!(error.hint().as_deref(), Some("`git pull --rebase origin main`, then push"));
    assert_eq!(three.git("ours", &["rev-parse", "HEAD"]), ours);
}

#[test]
fn a_bare_repository_pushes_too() {
    let three = Three::new();
    three.git(".", &["clone", "--quiet", "--bare", "bare", "mirror"]);
    three.theirs("README.md", "hello\n");
    let store = Store::open(&three.path("mirror")).expect("a repository");
    let remote = Remote::find(&store, None).expect("origin");
    let root = three.git("mirror", &["rev-parse", "main^{tree}"]);
    let blob = three.git("mirror", &["hash-object", "-w", "--stdin"]);
    let repository = git2::Repository::open(three.path("mirror")).expect("a repository");
    let onto = repository.find_tree(Oid::from_str(&root).expect("an id")).expect("a tree");
    let blob = Oid::from_str(&blob).expect("an id");
    let mut update = git2::build::TreeUpdateBuilder::new();
    let next = update.upsert("snapshots/aws/z.json", blob, git2::FileMode::Blob).create_updated(&repository, &onto);
    let next = next.expect("a tree").to_string();
    three.git("mirror", &["config", "user.email", "jane@example.com"]);
    let commit = three.git("mirror", &["commit-tree", "-p", "main", "-m", "z", "-m", "Driftline-Address: z", &next]);
    three.git("mirror", &["update-ref", "refs/heads/main", &commit]);
    remote.push_head(&store).expect("a push");
    assert_eq!(three.git("bare", &["rev-parse", "main"]), three.git("mirror", &["rev-parse", "main"]));
    assert_eq!(three.git("bare", &["rev-list", "--count", "main"]), "3");
}

#[test]
fn a_detached_head_has_no_branch_to_push() {
    let three = Three::new();
    three.git("ours", &["checkout", "--quiet", "--detach"]);
    assert!(three.push().expect_err("no branch").to_string().starts_with("HEAD is detached at "));
}

#[test]
fn a_lease_is_for_what_was_seen() {
    let three = Three::new();
    let (_, remote) = three.remote();
    let tip = remote.fetch("main").expect("main");
    remote.push(Some(tip), "driftline/drift", Lease::Exactly(None)).expect("a new branch");
    let heads = remote.heads(&["driftline/drift", "main", "nowhere"]).expect("heads");
    assert_eq!((heads.branch("driftline/drift"), heads.branch("nowhere")), (Some(tip), None));
    assert_eq!(heads.default.as_deref(), Some("main"));
    let again = remote.push(Some(tip), "other", Lease::Exactly(Some(tip)));
    assert!(matches!(again, Err(RemoteError::LostRace { .. })), "{again:?}");
    three.theirs("README.md", "hello\n");
    let lost = remote.push(Some(tip), "main", Lease::FastForward);
    assert!(matches!(lost, Err(RemoteError::LostRace { .. })), "{lost:?}");
    remote.push(None, "driftline/drift", Lease::Exactly(Some(tip))).expect("it is removed");
    assert_eq!(remote.heads(&["driftline/drift"]).expect("heads").branch("driftline/drift"), None);
}

#[test]
fn whose_a_commit_is() {
    let three = Three::new();
    let base = three.git("ours", &["rev-parse", "HEAD"]);
    let ours = |file: &str, message: &str| {
        three.write("ours", file, message);
        three.commit("ours", message);
    };
    ours("snapshots/a.json", "a: open tcp/22\n\nwhy\n\nDriftline-Address: a\nChanged-By: alice");
    ours("driftline.toml", "ignore it\n\nDriftline-Address: a");
    ours("snapshots/b.json", "no trailer");
    ours("snapshots/c.json", "a trailer in the middle\n\nDriftline-Address: a\n\nand more words");
    ours("main.tf", "another file\n\nDriftline-Address: a");
    let (store, _) = three.remote();
    let id = |text: &str| Oid::from_str(text).expect("an id");
    let head = id(&three.git("ours", &["rev-parse", "HEAD"]));
    let is_ours = |authors: &Authors| -> Vec<bool> {
        authors.commits(&store, id(&base), head).expect("commits").iter().map(|commit| commit.is_ours).collect()
    };
    assert_eq!(is_ours(&Authors::of(&store).expect("authors")), [true, true, false, false, false]);
    three.git("ours", &["config", "user.email", "bob@example.com"]);
    assert_eq!(is_ours(&Authors::of(&store).expect("authors")), [false; 5]);
}

#[test]
fn a_merge_that_only_brings_the_base_in_is_nobodys() {
    let three = Three::new();
    three.write("ours", "snapshots/a.json", "drift");
    three.commit("ours", "a: open tcp/22\n\nDriftline-Address: a");
    three.git("ours", &["branch", "drift"]);
    three.git("ours", &["reset", "-q", "--hard", "HEAD~1"]);
    three.write("ours", "README.md", "theirs\n");
    three.commit("ours", "readme");
    let base = three.git("ours", &["rev-parse", "HEAD"]);
    three.git("ours", &["checkout", "-q", "drift"]);
    three.git("ours", &["config", "user.email", "button@forge.example"]);
    three.git("ours", &["merge", "-q", "--no-edit", &base]);
    let check = || -> Vec<bool> {
        let (store, _) = three.remote();
        three.git("ours", &["config", "user.email", "ours@example.com"]);
        let authors = Authors::of(&store).expect("authors");
        let id = |text: &str| Oid::from_str(text).expect("an id");
        let head = id(&three.git("ours", &["rev-parse", "drift"]));
        authors.commits(&store, id(&base), head).expect("commits").iter().map(|commit| commit.is_ours).collect()
    };
    let before = check();
    assert_eq!(before.last(), Some(&true), "{before:?}");
    // Something of their own in the merge is theirs.
    three.write("ours", "README.md", "edited while merging\n");
    three.git("ours", &["commit", "-q", "-a", "--amend", "--no-edit"]);
    assert_eq!(check().last(), Some(&false));
}

#[test]
fn what_is_made_anew_is_signed_as_git_is_configured() {
    let three = Three::new();
    three.write("ours", "snapshots/aws/b.json", "{}\n");
    three.commit("ours", "b\n\nDriftline-Address: b");
    three.theirs("README.md", "hello\n");
    // As much of gpg as git looks at.
    let gpg = three.path("gpg");
    let signature = "-----BEGIN PGP SIGNATURE-----\\n\\nsigned\\n-----END PGP SIGNATURE-----\\n";
    let script = format!("#!/bin/sh\ncat > /dev/null\necho '[GNUPG:] SIG_CREATED ' >&2\nprintf -- '{signature}'\n");
    fs::write(&gpg, script).expect("a program");
    fs::set_permissions(&gpg, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("it can be run");
    three.git("ours", &["config", "gpg.program", gpg.to_str().expect("a path in UTF-8")]);
    three.git("ours", &["config", "commit.gpgsign", "true"]);
    three.push().expect("a push");
    let commit = three.git("bare", &["cat-file", "commit", "main"]);
    assert!(commit.contains("gpgsig -----BEGIN PGP SIGNATURE-----"), "{commit}");
}
