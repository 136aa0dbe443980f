//! `driftline propose`: a branch, a push, and the one proposal, at forges that check every request.

mod errors;
mod git;
mod loops;

use std::fs;
use std::path::PathBuf;

use driftline_sim::Sim;

use crate::harness::forge::{Forge, Sort, TOKEN};
use crate::harness::{KINDS, Output, Place, REGION, sim};

/// A place with a restore point, a bare remote that has it, and a forge around that.
struct Stage {
    sim: Sim,
    place: Place,
    forge: Forge,
}

const BRANCH: &str = "driftline/drift";

impl Stage {
    fn new(sort: Sort) -> Self {
        let sim = sim();
        let mut place = Place::new(&sim);
        place.import();
        let forge = Forge::start(sort, bare(&place));
        let host = match sort {
            Sort::GitHub => "github.com",
            Sort::GitLab => "gitlab.com",
            Sort::Gitea => "codeberg.org",
        };
        connect(&place, &format!("https://{host}/"));
        for variable in ["GH_TOKEN", "GITLAB_TOKEN", "GITEA_TOKEN"] {
            place.env(variable, TOKEN);
        }
        let stage = Self { sim, place, forge };
        stage.configure("");
        stage
    }

    /// Adds to the section `[propose]`.
    fn configure(&self, more: &str) {
        let api = self.forge.api();
        self.place.configure(&format!("{REGION}{KINDS}[propose]\napi = \"{api}\"\n{more}"));
    }

    fn propose(&self, arguments: &[&str]) -> Output {
        let output = self.place.driftline(&[&["propose"], arguments].concat());
        for text in [&output.stdout, &output.stderr] {
            assert!(!text.contains(TOKEN), "a token is printed:\n{text}");
        }
        output
    }

    /// The commit that a branch of the remote is at, if it is there.
    fn remote(&self, branch: &str) -> Option<String> {
        let told = self.place.git(&["ls-remote", "origin", &format!("refs/heads/{branch}")]);
        told.split_whitespace().next().map(str::to_owned)
    }

    /// What git answers about the bare repository.
    #[track_caller]
    fn git(&self, arguments: &[&str]) -> String {
        let bare = bare_path(&self.place);
        let bare = bare.to_str().expect("a path in UTF-8");
        self.place.git(&[&["--git-dir", bare], arguments].concat())
    }

    /// Somebody else commits a file to a branch of the remote.
    #[track_caller]
    fn push_as_somebody(&self, branch: &str, file: &str) {
        let clone = self.place.home().join("clone");
        let _ = fs::remove_dir_all(&clone);
        let path = clone.to_str().expect("a path in UTF-8");
        let bare = bare_path(&self.place);
        self.place.git(&["clone", "--quiet", "--branch", branch, bare.to_str().expect("UTF-8"), path]);
        fs::write(clone.join(file), "mine\n").expect("a file");
        let who = ["-c", "user.name=Bob", "-c", "user.email=bob@example.com"];
        self.place.git(&[&["-C", path, "add", "."][..]].concat());
        self.place.git(&[&["-C", path], &who[..], &["commit", "--quiet", "-m", "by hand"]].concat());
        self.place.git(&["-C", path, "push", "--quiet", "origin", branch]);
    }
}

fn bare_path(place: &Place) -> PathBuf {
    place.home().join("remotes/acme/cloud.git")
}

/// A bare repository that has what is here.
fn bare(place: &Place) -> PathBuf {
    let path = bare_path(place);
    fs::create_dir_all(&path).expect("a folder");
    place.git(&["init", "--quiet", "--bare", "--initial-branch=main", path.to_str().expect("a path in UTF-8")]);
    path
}

/// Makes it the remote `origin`, by a URL at the forge that git turns into a folder.
fn connect(place: &Place, base: &str) {
    let remotes = place.home().join("remotes");
    let remotes = remotes.to_str().expect("a path in UTF-8");
    place.git(&["config", "--global", &format!("url.{remotes}/.insteadOf"), base]);
    place.git(&["remote", "add", "origin", &format!("{base}acme/cloud.git")]);
    place.git(&["push", "--quiet", "--set-upstream", "origin", "main"]);
}
