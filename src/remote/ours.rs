//! Whose commits are on a branch: driftline moves and removes only what driftline made.

use std::collections::BTreeSet;

use super::RemoteError;
use crate::config::Config;
use crate::snapshot::ROOT;
use crate::store::{Author, Oid, Store};

/// Every commit of drift carries a trailer that begins like this.
const TRAILER: &str = "Driftline-";
/// So do the subjects of its other commits: whole restore points, and how reads ended.
const SUBJECTS: [&str; 2] = ["import: ", "coverage: "];

/// A commit, as far as a reviewer wants to know whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    pub id: Oid,
    pub author: Author,
    pub committer: String,
    pub message: String,
    pub tree: Oid,
    /// The first one.
    pub parent: Option<Oid>,
    /// What it changes, by path.
    pub files: Vec<File>,
    pub is_ours: bool,
}

/// A file that a commit changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub path: String,
    /// `None`: there was none.
    pub old: Option<Oid>,
    /// `None`: there is none any more.
    pub new: Option<Oid>,
}

/// Who commits for driftline in this repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authors(BTreeSet<String>);

impl Authors {
    /// The identity that git is configured with here or that its environment names, and the one that driftline takes
    /// where there is none.
    pub fn of(store: &Store) -> Result<Self, RemoteError> {
        let repository = git2::Repository::open(store.common_dir())?;
        let config = repository.config()?;
        let configured = config.get_string("user.email").ok();
        let (_, email) = store.committer(&config);
        Ok(Self(configured.into_iter().chain([email, "driftline@localhost".to_owned()]).collect()))
    }

    /// The commits that lead from one commit to another, oldest first.
    pub fn commits(&self, store: &Store, from: Oid, to: Oid) -> Result<Vec<Commit>, RemoteError> {
        let repository = git2::Repository::open(store.common_dir())?;
        let mut walk = repository.revwalk()?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::REVERSE)?;
        walk.push(to)?;
        walk.hide(from)?;
        let commits = walk.map(|id| self.commit(&repository, from, &repository.find_commit(id?)?));
        commits.collect()
    }

    fn commit(
        &self,
        repository: &git2::Repository,
        base: Oid,
        commit: &git2::Commit<'_>,
    ) -> Result<Commit, RemoteError> {
        let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
        let committer = commit.committer();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let adds_nothing = adds_nothing(repository, base, commit)?;
        let files = if adds_nothing { Vec::new() } else { files(repository, commit)? };
        let is_drift = commit.parent_count() <= 1
            && (has_trailer(&message) || SUBJECTS.iter().any(|subject| message.starts_with(subject)))
            && self.0.contains(&text(committer.email_bytes()))
            && files.iter().all(File::is_inside);
        Ok(Commit {
            id: commit.id(),
            author: Author {
                name: text(commit.author().name_bytes()),
                email: text(commit.author().email_bytes()),
                at: commit.author().when().seconds(),
            },
            committer: text(committer.name_bytes()),
            tree: commit.tree_id(),
            parent: commit.parent_id(0).ok(),
            message,
            files,
            is_ours: is_drift || adds_nothing,
        })
    }
}

/// Whether a commit does nothing but bring the base into the branch, as a forge's button does: git merges its parents to
/// the same tree, and one of them is the base's. There is nothing of somebody's in it.
fn adds_nothing(repository: &git2::Repository, base: Oid, commit: &git2::Commit<'_>) -> Result<bool, RemoteError> {
    let parents: Vec<git2::Commit<'_>> = commit.parents().collect();
    let [one, other] = parents.as_slice() else { return Ok(false) };
    let mut is_bases = false;
    for parent in [one, other] {
        is_bases |= parent.id() == base || repository.graph_descendant_of(base, parent.id())?;
    }
    if !is_bases {
        return Ok(false);
    }
    let mut merged = repository.merge_commits(one, other, None)?;
    Ok(!merged.has_conflicts() && merged.write_tree_to(repository)? == commit.tree_id())
}

/// Whether the message's last paragraph has a trailer of driftline's.
fn has_trailer(message: &str) -> bool {
    let last = message.trim_end().rsplit("\n\n").next().unwrap_or_default();
    last.lines().any(|line| line.starts_with(TRAILER) && line.contains(": "))
}

/// What a commit changes against its first parent.
fn files(repository: &git2::Repository, commit: &git2::Commit<'_>) -> Result<Vec<File>, RemoteError> {
    let parent = commit.parents().next().map(|parent| parent.tree()).transpose()?;
    let diff = repository.diff_tree_to_tree(parent.as_ref(), Some(&commit.tree()?), None)?;
    let id = |file: git2::DiffFile<'_>| Some(file.id()).filter(|id| !id.is_zero());
    let file = |delta: git2::DiffDelta<'_>| {
        let path = delta.new_file().path_bytes().or(delta.old_file().path_bytes()).unwrap_or_default();
        let path = String::from_utf8_lossy(path).into_owned();
        File { path, old: id(delta.old_file()), new: id(delta.new_file()) }
    };
    Ok(diff.deltas().map(file).collect())
}

impl File {
    /// Whether driftline's commits touch such files.
    fn is_inside(&self) -> bool {
        self.path == Config::FILE_NAME || self.path.strip_prefix(ROOT).is_some_and(|below| below.starts_with('/'))
    }
}
