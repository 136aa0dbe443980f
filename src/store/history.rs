//! The history of one resource: which commits changed its file.

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::Address;

use super::{Error, Oid, RestorePoint, Store};
use crate::import;
use crate::snapshot::path;

/// How many commits are looked through for the last import.
const LOOKED_THROUGH: usize = 2000;

/// A commit that changed a resource's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub commit: Oid,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// Who wrote the commit.
    pub author: String,
    /// The first line of the commit's message.
    pub subject: String,
    /// The file's content before it, `None` where there was no file.
    pub before: Option<Oid>,
    /// The file's content after it, `None` where it was removed.
    pub after: Option<Oid>,
}

impl Store {
    /// When each of these accounts was last read for what a restore point says, in seconds since 1970: the time of the
    /// last whole imports up to it. What is accepted change by change is committed later than that, and says nothing of
    /// the rest; nor does an import of some kinds, regions or resources.
    pub fn imported_at(&self, point: &RestorePoint, accounts: &BTreeSet<&str>) -> Result<i64, Error> {
        let repository = self.lock();
        let mut walk = repository.revwalk()?;
        walk.set_sorting(git2::Sort::TIME)?;
        walk.push(point.commit)?;
        let (mut time, mut missing) = (point.time, accounts.clone());
        // Where a shallow clone ends, the parents are not there.
        for commit in walk.take(LOOKED_THROUGH).map_while(Result::ok) {
            let Ok(commit) = repository.find_commit(commit) else { break };
            time = time.min(commit.time().seconds());
            let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
            if message.starts_with(import::SUBJECT) && !message.contains(import::ONLY) {
                let entered = message.lines().filter_map(|line| line.strip_prefix(import::ACCOUNT));
                for account in entered.filter_map(|line| line.split([':', ' ']).next()) {
                    missing.remove(account);
                }
                if missing.is_empty() {
                    break;
                }
            }
        }
        Ok(time)
    }

    /// The commits up to `from` that changed a resource's file, newest first, at most `limit`. Where branches were
    /// merged, it follows the parent from which the file came, as `git log` does.
    pub fn log(&self, from: &RestorePoint, address: &Address, limit: usize) -> Result<Vec<Change>, Error> {
        let repository = self.lock();
        let mut files = Lookup::new(&repository, path::of(address));
        let mut changes = Vec::new();
        let mut commit = repository.find_commit(from.commit)?;
        let mut after = files.at(&commit);
        while changes.len() < limit {
            // Where a shallow clone ends, the parents are not there.
            let parents: Vec<git2::Commit<'_>> = commit.parents().collect();
            let befores: Vec<Option<Oid>> = parents.iter().map(|parent| files.at(parent)).collect();
            let same = befores.iter().position(|before| *before == after);
            let parent = same.unwrap_or(0);
            let before = befores.get(parent).copied().flatten();
            if before != after {
                let subject = commit.summary_bytes().unwrap_or_default();
                changes.push(Change {
                    commit: commit.id(),
                    time: commit.time().seconds(),
                    author: String::from_utf8_lossy(commit.author().name_bytes()).into_owned(),
                    subject: String::from_utf8_lossy(subject).into_owned(),
                    before,
                    after,
                });
            }
            match parents.into_iter().nth(parent) {
                Some(parent) => commit = parent,
                None => break,
            }
            after = before;
        }
        Ok(changes)
    }
}

/// Finds one path in many commits. Most commits leave most of a tree alone: what lies below a tree that was seen
/// before is known.
struct Lookup<'r> {
    repository: &'r git2::Repository,
    path: String,
    known: BTreeMap<(usize, Oid), Option<Oid>>,
}

impl<'r> Lookup<'r> {
    fn new(repository: &'r git2::Repository, path: String) -> Self {
        Self { repository, path, known: BTreeMap::new() }
    }

    fn at(&mut self, commit: &git2::Commit<'_>) -> Option<Oid> {
        let mut seen = Vec::new();
        let mut found = Some(commit.tree_id());
        for (depth, name) in self.path.split('/').enumerate() {
            let Some(tree) = found else { break };
            if let Some(known) = self.known.get(&(depth, tree)) {
                found = *known;
                break;
            }
            seen.push((depth, tree));
            // A file in the place of a folder: the path does not exist.
            found = self.repository.find_tree(tree).ok().and_then(|tree| Some(tree.get_name(name)?.id()));
        }
        self.known.extend(seen.into_iter().map(|place| (place, found)));
        found
    }
}
