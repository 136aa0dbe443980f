//! Whose commits are on a branch: driftline moves and removes only what driftline made.

use std::collections::BTreeSet;

use super::RemoteError;
use crate::config::Config;
use crate::snapshot::ROOT;
use crate::store::{Oid, Store};

/// Every commit of drift carries a trailer that begins like this.
const TRAILER: &str = "Driftline-";
/// So do the subjects of its other commits: whole restore points, and how reads ended.
const SUBJECTS: [&str; 2] = ["import: ", "coverage: "];

/// A commit, as far as a reviewer wants to know whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    pub id: Oid,
    pub author: String,
    pub committer: String,
    pub subject: String,
    pub message: String,
    pub tree: Oid,
    /// The first one.
    pub parent: Option<Oid>,
    pub is_ours: bool,
}

/// Who commits for driftline in this repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authors(BTreeSet<String>);

impl Authors {
    /// The identity that git is configured with here, and the one that driftline takes where there is none.
    pub fn of(store: &Store) -> Result<Self, RemoteError> {
        let repository = git2::Repository::open(store.common_dir())?;
        let configured = repository.config()?.get_string("user.email").ok();
        Ok(Self(configured.into_iter().chain(["driftline@localhost".to_owned()]).collect()))
    }

    /// The commits that lead from one commit to another, oldest first.
    pub fn commits(&self, store: &Store, from: Oid, to: Oid) -> Result<Vec<Commit>, RemoteError> {
        let repository = git2::Repository::open(store.common_dir())?;
        let mut walk = repository.revwalk()?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::REVERSE)?;
        walk.push(to)?;
        walk.hide(from)?;
        let commits = walk.map(|id| self.commit(&repository, &repository.find_commit(id?)?));
        commits.collect()
    }

    fn commit(&self, repository: &git2::Repository, commit: &git2::Commit<'_>) -> Result<Commit, RemoteError> {
        let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
        let committer = commit.committer();
        let email = String::from_utf8_lossy(committer.email_bytes()).into_owned();
        let is_ours = commit.parent_count() <= 1
            && (has_trailer(&message) || SUBJECTS.iter().any(|subject| message.starts_with(subject)))
            && self.0.contains(&email)
            && stays_inside(repository, commit)?;
        Ok(Commit {
            id: commit.id(),
            author: String::from_utf8_lossy(commit.author().name_bytes()).into_owned(),
            committer: String::from_utf8_lossy(committer.name_bytes()).into_owned(),
            subject: String::from_utf8_lossy(commit.summary_bytes().unwrap_or_default()).into_owned(),
            tree: commit.tree_id(),
            parent: commit.parent_id(0).ok(),
            message,
            is_ours,
        })
    }
}

/// Whether the message's last paragraph has a trailer of driftline's.
fn has_trailer(message: &str) -> bool {
    let last = message.trim_end().rsplit("\n\n").next().unwrap_or_default();
    last.lines().any(|line| line.starts_with(TRAILER) && line.contains(": "))
}

/// Whether the commit touches nothing but what driftline's commits touch.
fn stays_inside(repository: &git2::Repository, commit: &git2::Commit<'_>) -> Result<bool, RemoteError> {
    let parent = commit.parents().next().map(|parent| parent.tree()).transpose()?;
    let diff = repository.diff_tree_to_tree(parent.as_ref(), Some(&commit.tree()?), None)?;
    let is_inside = |path: Option<&std::path::Path>| {
        path.is_none_or(|path| path.starts_with(ROOT) || path == std::path::Path::new(Config::FILE_NAME))
    };
    Ok(diff.deltas().all(|delta| is_inside(delta.old_file().path()) && is_inside(delta.new_file().path())))
}
