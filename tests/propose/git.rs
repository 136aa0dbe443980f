//! What happens between here and the remote.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::{BRANCH, Stage, bare_path};
use crate::harness::forge::Sort;
use crate::harness::{KINDS, Place, REGION, publish_orders, sim};

fn drifted() -> Stage {
    let stage = Stage::new(Sort::GitHub);
    publish_orders(&stage.sim);
    stage
}

fn write_hook(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder for hooks");
    fs::write(path, format!("#!/bin/sh\n{script}\n")).expect("a hook");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it can be run");
}

#[test]
fn a_branch_that_somebody_pushed_to_is_left_alone() {
    let stage = drifted();
    stage.propose(&[]).ok();
    stage.push_as_somebody(BRANCH, "snapshots/note.txt");
    let theirs = stage.remote(BRANCH);
    stage.sim.edit(|world| world.remove(&format!("{}/0", crate::harness::at::VOLUMES))).expect("a volume");
    let output = stage.propose(&[]).ok().says("was edited by Bob: it is left alone");
    assert_eq!(output.stdout, "https://github.com/acme/cloud/pull/1\n");
    assert_eq!(stage.remote(BRANCH), theirs);
    let body = &stage.forge.proposals()[0].body;
    assert!(body.contains("**Edited by `Bob`**") && body.contains("do not include the latest drift"), "{body}");
    assert!(body.contains("ec2/volume"), "the description is up to date");

    // Without a proposal, nothing would say what drifted.
    stage.forge.state().proposals.clear();
    stage.propose(&[]).fails().says("commits that driftline did not make").says("delete the branch");

    // When the drift is gone, their work stays.
    stage.place.import();
    stage.place.git(&["push", "--quiet", "origin", "main"]);
    stage.propose(&[]).ok().says("was edited by Bob and stays");
    assert_eq!(stage.remote(BRANCH), theirs);
}

/// As pipelines name it that have no git configuration.
#[test]
fn a_committer_of_the_environment_is_driftline_signed_or_not() {
    let mut stage = drifted();
    let program = stage.place.home().join("sign");
    write_hook(
        &program,
        "#!/bin/sh\ncat >/dev/null\nprintf '\\n[GNUPG:] SIG_CREATED D\\n' >&2\n\
         printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n'\n",
    );
    stage.place.git(&["config", "gpg.program", program.to_str().expect("UTF-8")]);
    for (name, value) in [("COMMITTER_NAME", "CI"), ("COMMITTER_EMAIL", "ci@example.com"), ("AUTHOR_NAME", "nobody")] {
        stage.place.env(&format!("GIT_{name}"), value);
    }
    for signs in ["false", "true"] {
        stage.place.git(&["config", "commit.gpgsign", signs]);
        stage.sim.edit(|world| world.remove(&format!("{}/0", crate::harness::at::VOLUMES))).expect("a volume");
        let before = stage.remote(BRANCH);
        let output = stage.propose(&[]).ok();
        assert!(!output.stderr.contains("was edited by"), "{}", output.stderr);
        assert_ne!(stage.remote(BRANCH), before, "it is brought up to date");
        let commit = stage.git(&["cat-file", "commit", BRANCH]);
        assert_eq!(commit.contains("gpgsig "), signs == "true", "{commit}");
        for line in ["author CI <ci@example.com> ", "committer CI <ci@example.com> "] {
            assert!(commit.contains(line), "{commit}");
        }
    }
}

#[test]
fn a_commit_of_ours_that_somebody_amended_is_theirs() {
    let stage = drifted();
    stage.propose(&[]).ok();
    let bare = bare_path(&stage.place);
    let clone = stage.place.home().join("clone");
    let path = clone.to_str().expect("UTF-8");
    stage.place.git(&["clone", "--quiet", "--branch", BRANCH, bare.to_str().expect("UTF-8"), path]);
    let who = ["-C", path, "-c", "user.name=Bob", "-c", "user.email=bob@example.com"];
    stage.place.git(&[&who[..], &["commit", "--quiet", "--amend", "--no-edit"]].concat());
    stage.place.git(&["-C", path, "push", "--quiet", "--force", "origin", BRANCH]);
    let theirs = stage.remote(BRANCH);
    stage.propose(&[]).ok().says("was edited by Bob");
    assert_eq!(stage.remote(BRANCH), theirs);
}

#[test]
fn a_lost_race_overwrites_nobody() {
    let stage = drifted();
    stage.propose(&[]).ok();
    stage.sim.edit(|world| world.remove(&format!("{}/0", crate::harness::at::VOLUMES))).expect("a volume");
    // Bob pushes in the moment between our look and our push.
    stage.push_as_somebody(BRANCH, "snapshots/note.txt");
    let theirs = stage.remote(BRANCH).expect("Bob's commit");
    let ours = stage.git(&["rev-parse", &format!("{theirs}~1")]);
    stage.git(&["update-ref", &format!("refs/heads/{BRANCH}"), &ours]);
    let bare = bare_path(&stage.place);
    let hook = format!("git --git-dir '{}' update-ref refs/heads/{BRANCH} {theirs}", bare.display());
    write_hook(&stage.place.repo().join(".git/hooks/pre-push"), &hook);
    stage.propose(&[]).ok().says("was edited by Bob: it is left alone");
    assert_eq!(stage.remote(BRANCH), Some(theirs));
}

#[test]
fn a_remote_that_moves_each_time_is_given_up() {
    let stage = drifted();
    stage.propose(&[]).ok();
    stage.sim.edit(|world| world.remove(&format!("{}/0", crate::harness::at::VOLUMES))).expect("a volume");
    // Another driftline is at work there: each time another commit of ours.
    let bare = bare_path(&stage.place);
    let hook = format!(
        "export GIT_DIR='{}'\ntip=$(git rev-parse refs/heads/{BRANCH})\nnew=$(git log -1 --format=%B $tip | git \
         commit-tree -p main $tip^{{tree}} -m \"race $$\" -m \"Driftline-Address: x\")\ngit update-ref \
         refs/heads/{BRANCH} $new",
        bare.display()
    );
    write_hook(&stage.place.repo().join(".git/hooks/pre-push"), &hook);
    stage.propose(&[]).fails().says("moved meanwhile").says("run it again");
}

#[test]
fn a_protected_branch_and_a_hook_that_refuses() {
    let stage = drifted();
    let hook = bare_path(&stage.place).join("hooks/pre-receive");
    let github = "echo 'error: GH013: Repository rule violations found for refs/heads/driftline/drift.' >&2; exit 1";
    let gitlab = "echo 'GitLab: You are not allowed to push code to protected branches on this project.' >&2; exit 1";
    for protects in [github, gitlab] {
        write_hook(&hook, protects);
        stage.propose(&[]).fails().says("is protected: ").says("pre-receive hook declined");
    }
    write_hook(&hook, "echo 'no pushes on Fridays' >&2; exit 1");
    stage.propose(&[]).fails().says("`origin` refused the push").says("no pushes on Fridays");
    assert!(stage.forge.proposals().is_empty());
}

#[test]
fn a_detached_head_is_no_obstacle() {
    let stage = drifted();
    stage.place.git(&["checkout", "--quiet", "--detach"]);
    fs::write(stage.place.repo().join("snapshots/mine.txt"), "not committed\n").expect("a file");
    stage.propose(&[]).ok();
    assert_eq!(stage.forge.proposals().len(), 1);
}

#[test]
fn a_shallow_clone_knows_whose_commits_they_are() {
    let stage = drifted();
    stage.propose(&[]).ok();
    stage.push_as_somebody("main", "README.md");
    let bare = bare_path(&stage.place);
    let url = format!("file://{}", bare.display());
    let repo = stage.place.repo();
    let toml = fs::read(repo.join("driftline.toml")).expect("the configuration");
    fs::remove_dir_all(&repo).expect("the repository");
    let parent = stage.place.home();
    let path = repo.to_str().expect("UTF-8").to_owned();
    let mut clone = std::process::Command::new("git");
    assert!(
        clone.current_dir(parent).args(["clone", "--quiet", "--depth=1", &url, &path]).status().expect("git").success()
    );
    stage.place.git(&["remote", "set-url", "origin", "https://github.com/acme/cloud.git"]);
    fs::write(repo.join("driftline.toml"), toml).expect("the configuration");
    let output = stage.propose(&[]).ok();
    assert!(!output.stderr.contains("edited by"), "{}", output.stderr);
    assert_eq!(stage.git(&["rev-parse", &format!("{BRANCH}~1")]), stage.git(&["rev-parse", "main"]));
}

#[test]
fn a_remote_that_is_not_there() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    place.driftline(&["propose"]).fails().says("the repository has no remote").says("git remote add origin");
    place.driftline(&["propose", "--remote", "hub"]).fails().says("no remote `hub`");
    // Nobody listens there, and nobody is asked for a password.
    place.git(&["remote", "add", "origin", "ssh://git@127.0.0.1:1/acme/cloud.git"]);
    place.driftline(&["propose"]).fails().says("`origin` (ssh://127.0.0.1:1/acme/cloud.git) cannot be reached");
    place.git(&["remote", "set-url", "origin", "http://jane:hunter2@127.0.0.1:1/acme/cloud.git"]);
    let output = place.driftline(&["propose"]).fails().says("cannot be reached");
    assert!(!output.stderr.contains("hunter2"), "{}", output.stderr);
}

#[test]
fn a_base_without_a_restore_point() {
    let stage = drifted();
    stage.propose(&["--base", "nowhere"]).fails().says("has no branch `nowhere`").says("--base");
    stage.propose(&["--base", BRANCH]).fails().says("into itself");
    stage.git(&["branch", "empty", "main"]);
    stage.place.git(&["switch", "--quiet", "--orphan", "empty"]);
    stage.place.git(&["commit", "--quiet", "--allow-empty", "-m", "empty"]);
    stage.place.git(&["push", "--quiet", "--force", "origin", "empty"]);
    stage.propose(&["--base", "empty"]).fails().says("`driftline import` makes a restore point; push it");
}

#[test]
fn a_folder_as_remote_gets_the_branch_alone() {
    let stage = drifted();
    let bare = bare_path(&stage.place);
    stage.place.git(&["remote", "set-url", "origin", bare.to_str().expect("UTF-8")]);
    let output = stage.propose(&[]).ok().says("at no forge that driftline knows");
    assert_eq!(output.stdout, "");
    assert!(stage.remote(BRANCH).is_some());
}

#[test]
fn accept_and_import_push_on_top_of_whoever_was_faster() {
    for command in ["accept", "import"] {
        let stage = drifted();
        stage.push_as_somebody("main", "README.md");
        stage.place.driftline(&[command, "--push"]).ok().says("on top of what somebody else pushed");
        assert_eq!(stage.git(&["rev-list", "--count", "main"]), "3");
        assert_eq!(stage.place.git(&["rev-parse", "HEAD"]), stage.git(&["rev-parse", "main"]));
        assert!(stage.place.repo().join("README.md").exists(), "the work tree has come along");
        stage.place.check_repository();
        stage.place.plan(0, &[]);
        stage.place.driftline(&["import", "--push"]).ok().says("has everything already");
    }
}

#[test]
fn a_push_that_cannot_be_is_told_and_loses_nothing() {
    let stage = drifted();
    stage.place.driftline(&["accept", "--push", "--remote", "hub"]).fails().says("no remote `hub`");
    assert_eq!(stage.place.commits(), 1, "a mistake in the name is told before anything is done");
    let hook = bare_path(&stage.place).join("hooks/pre-receive");
    write_hook(&hook, "echo 'error: GH006: Protected branch update failed for refs/heads/main.' >&2; exit 1");
    stage.place.driftline(&["accept", "--push"]).code(1).says("is protected").says("`driftline propose` opens");
    assert_eq!(stage.place.commits(), 2);
    fs::remove_file(hook).expect("the hook");
    stage.place.driftline(&["accept", "--push"]).ok().says("pushed `main` to `origin`");
    assert_eq!(stage.place.git(&["rev-parse", "HEAD"]), stage.git(&["rev-parse", "main"]));
}

#[test]
fn an_unknown_host_is_asked_which_forge_it_is() {
    for (sort, name, url) in [
        (Sort::GitLab, "GitLab", "https://gitlab.com/acme/cloud/-/merge_requests/1\n"),
        (Sort::Gitea, "Gitea", "https://codeberg.org/acme/cloud/pulls/1\n"),
    ] {
        let stage = Stage::new(sort);
        stage.place.configure(&format!("{REGION}{KINDS}"));
        let web = stage.forge.web();
        stage.place.git(&["remote", "set-url", "origin", &format!("{web}/acme/cloud.git")]);
        let remotes = stage.place.home().join("remotes");
        let instead = format!("url.{}/.insteadOf", remotes.display());
        stage.place.git(&["config", "--global", "--add", &instead, &format!("{web}/")]);
        publish_orders(&stage.sim);
        let output = stage.propose(&[]).ok().says(&format!("127.0.0.1 is {name}: "));
        assert_eq!(output.stdout, url);
        assert_eq!(stage.forge.proposals().len(), 1);
    }
}
