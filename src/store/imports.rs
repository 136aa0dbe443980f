//! The imports behind a restore point, and what was committed since.

use std::collections::BTreeSet;

use driftline_api::Address;

use super::{Error, Oid, RestorePoint, Store};
use crate::import;
use crate::snapshot::{ROOT, path};

/// How many commits are looked through for imports.
const LOOKED_THROUGH: usize = 20_000;

/// A commit that an import made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    pub commit: Oid,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    pub message: String,
}

impl Store {
    /// Tells the imports up to a restore point, newest first, for as long as `each` wants more.
    pub fn imports(&self, point: &RestorePoint, mut each: impl FnMut(Imported) -> bool) -> Result<(), Error> {
        let repository = self.lock();
        let mut walk = repository.revwalk()?;
        walk.set_sorting(git2::Sort::TIME)?;
        walk.push(point.commit)?;
        // Where a shallow clone ends, the parents are not there.
        for commit in walk.take(LOOKED_THROUGH).map_while(Result::ok) {
            let Ok(commit) = repository.find_commit(commit) else { break };
            let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
            let imported = Imported { commit: commit.id(), time: commit.time().seconds(), message };
            if imported.message.starts_with(import::SUBJECT) && !each(imported) {
                break;
            }
        }
        Ok(())
    }

    /// Whether this clone holds a commit.
    pub fn has(&self, commit: Oid) -> bool {
        self.lock().find_commit(commit).is_ok()
    }

    /// The resources whose files are not the same in two commits.
    pub fn differing(&self, one: Oid, other: Oid) -> Result<BTreeSet<Address>, Error> {
        let repository = self.lock();
        let (one, other) = (repository.find_commit(one)?.tree()?, repository.find_commit(other)?.tree()?);
        let mut options = git2::DiffOptions::new();
        options.pathspec(ROOT).skip_binary_check(true);
        let diff = repository.diff_tree_to_tree(Some(&one), Some(&other), Some(&mut options))?;
        let mut found = BTreeSet::new();
        for delta in diff.deltas() {
            for file in [delta.old_file(), delta.new_file()] {
                let path = file.path().and_then(|path| path.to_str());
                found.extend(path.and_then(path::address));
            }
        }
        Ok(found)
    }
}
