//! The checked-out files, which follow the branch. Only files below [`ROOT`] that the restore point changes are
//! touched; what is staged elsewhere stays staged.

mod files;

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use super::Error;
use super::difference::Difference;
use super::lock::remove_file;
use super::pack::Packed;
use super::spool::TEMPORARY;
use crate::snapshot::ROOT;
use files::Files;

/// The files below [`ROOT`] that are changed, staged or unknown to git.
pub(super) fn dirty(repository: &git2::Repository) -> Result<Vec<String>, Error> {
    let mut options = git2::StatusOptions::new();
    options.include_untracked(true).recurse_untracked_dirs(true).disable_pathspec_match(true).pathspec(ROOT);
    let statuses = repository.statuses(Some(&mut options)).map_err(|error| Error::index(repository.path(), error))?;
    let sparse = Sparse::of(repository)?;
    let changed = statuses.iter().filter(|entry| {
        // What a sparse checkout leaves out counts as deleted for libgit2.
        let left_out = |sparse: &Sparse| entry.path().is_some_and(|path| sparse.flagged(path) == Some(true));
        entry.status() != git2::Status::WT_DELETED || !sparse.as_ref().is_some_and(left_out)
    });
    Ok(changed.map(|entry| String::from_utf8_lossy(entry.path_bytes()).into_owned()).collect())
}

/// Takes files and index from the old to the new state. Nothing is remembered of a file but what the index has to know,
/// and which ones a sparse checkout leaves out.
pub(super) fn follow(
    repository: &git2::Repository,
    difference: &Difference<'_>,
    packs: &[Packed],
) -> Result<(), Error> {
    follow_but(repository, difference, packs, &BTreeSet::new())
}

/// The same, leaving alone what somebody else changed.
fn follow_but(
    repository: &git2::Repository,
    difference: &Difference<'_>,
    packs: &[Packed],
    foreign: &BTreeSet<String>,
) -> Result<(), Error> {
    let Some(root) = repository.workdir().map(Path::to_path_buf) else { return Ok(()) };
    let skipped = skipped(repository, difference)?;
    // Removing first: a folder that empties would otherwise vanish while something is put into it.
    difference.each(|step| {
        if step.new.is_some() || foreign.contains(step.path) {
            return Ok(());
        }
        let path = root.join(step.path);
        remove_file(&path)?;
        remove_empty_folders(&root, &path);
        Ok(())
    })?;
    let mut files = Files::new(&root, packs);
    difference.each(|step| match step.new {
        Some(_) if foreign.contains(step.path) => Ok(()),
        Some(blob) => files.put(step.path, (!skipped.contains(step.path)).then_some(blob)),
        None => Ok(()),
    })?;
    let mut written = files.finish()?.into_iter();
    update_index(repository, |index| {
        difference.each(|step| match step.new {
            _ if foreign.contains(step.path) => Ok(()),
            Some(blob) => {
                let stat = written.next().expect("every file has a stat, in the order of the walk");
                let mut entry = stat.entry(step.path, blob);
                if skipped.contains(step.path) {
                    entry.flags_extended |= git2::IndexEntryExtendedFlag::SKIP_WORKTREE.bits();
                }
                Ok(index.add(&entry)?)
            }
            None => match index.remove(Path::new(step.path), 0) {
                Err(error) if error.code() != git2::ErrorCode::NotFound => Err(error.into()),
                _ => Ok(()),
            },
        })
    })
}

/// Takes on after a process that was killed while its work tree followed. A file that is in neither state, nor on
/// its way from one to the other, was changed by somebody since: it stays, and shows as a change.
pub(super) fn resume(repository: &git2::Repository, difference: &Difference<'_>) -> Result<(), Error> {
    let Some(root) = repository.workdir().map(Path::to_path_buf) else { return Ok(()) };
    let mut foreign = BTreeSet::new();
    difference.each(|step| {
        let is_ours = match fs::read(root.join(step.path)) {
            Ok(bytes) => {
                let new = step.new.map(|id| repository.find_blob(id)).transpose()?;
                step.old == Some(super::blob_id(&bytes)) || new.is_some_and(|new| new.content().starts_with(&bytes))
            }
            Err(error) => error.kind() == ErrorKind::NotFound,
        };
        if !is_ours {
            foreign.insert(step.path.to_owned());
        }
        Ok(())
    })?;
    follow_but(repository, difference, &[], &foreign)
}

/// Removes what a killed process left in the way of the index.
pub(super) fn unlock(git_dir: &Path, commit: &str) -> Result<(), Error> {
    remove_own_lock(&git_dir.join("index.lock"), commit)?;
    remove_file(&own_index(git_dir))?;
    remove_file(&git_dir.join(format!("{TEMPORARY}index.lock")))
}

/// Removes a lock file that a killed driftline left: it names the commit, or was not written yet.
pub(super) fn remove_own_lock(path: &Path, commit: &str) -> Result<(), Error> {
    match fs::read_to_string(path) {
        Ok(text) if text.trim().is_empty() || text.trim() == commit => remove_file(path),
        _ => Ok(()),
    }
}

/// Git knows no empty folders, so neither does the work tree.
fn remove_empty_folders(root: &Path, file: &Path) {
    for folder in file.ancestors().skip(1).take_while(|folder| *folder != root) {
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
}

/// A sparse checkout: a work tree that leaves files out.
struct Sparse {
    index: git2::Index,
    root: PathBuf,
}

impl Sparse {
    fn of(repository: &git2::Repository) -> Result<Option<Self>, Error> {
        let root = repository.workdir().map(Path::to_path_buf);
        match root.filter(|_| repository.config().is_ok_and(|c| c.get_bool("core.sparseCheckout").unwrap_or(false))) {
            Some(root) => Ok(Some(Self { index: repository.index()?, root })),
            None => Ok(None),
        }
    }

    /// Whether the index says that the file is left out; `None` if it does not know it.
    fn flagged(&self, path: &str) -> Option<bool> {
        let entry = self.index.get_path(Path::new(path), 0)?;
        Some(entry.flags_extended & git2::IndexEntryExtendedFlag::SKIP_WORKTREE.bits() != 0)
    }

    /// Whether a file is to be left out. A new one is where its folder is; `git sparse-checkout reapply` knows better.
    fn leaves_out(&self, path: &str) -> bool {
        let absent = || self.root.join(path).parent().is_some_and(|folder| !folder.exists());
        self.flagged(path).unwrap_or_else(absent)
    }
}

/// Files that a sparse checkout leaves out.
fn skipped(repository: &git2::Repository, difference: &Difference<'_>) -> Result<BTreeSet<String>, Error> {
    let mut skipped = BTreeSet::new();
    if let Some(sparse) = Sparse::of(repository)? {
        difference.each(|step| {
            if sparse.leaves_out(step.path) {
                skipped.insert(step.path.to_owned());
            }
            Ok(())
        })?;
    }
    Ok(skipped)
}

/// Changes a copy of the index and puts it in place under git's lock, which names its owner: after a kill it can be
/// told from the lock of a git process.
fn update_index(
    repository: &git2::Repository,
    change: impl FnOnce(&mut git2::Index) -> Result<(), Error>,
) -> Result<(), Error> {
    let git_dir = repository.path();
    let lock = IndexLock::take(git_dir, &repository.head()?.peel_to_commit()?.id().to_string())?;
    let (path, copy) = (git_dir.join("index"), own_index(git_dir));
    remove_file(&copy)?;
    if path.exists() {
        fs::copy(&path, &copy).map_err(Error::io(&copy))?;
    }
    let mut index = git2::Index::open(&copy)?;
    change(&mut index)?;
    index.write()?;
    fs::rename(&copy, &path).map_err(Error::io(&path))?;
    drop(lock);
    Ok(())
}

fn own_index(git_dir: &Path) -> PathBuf {
    git_dir.join(format!("{TEMPORARY}index"))
}

/// `index.lock`, git's own convention, with the commit's id in it.
struct IndexLock(PathBuf);

impl IndexLock {
    fn take(git_dir: &Path, commit: &str) -> Result<Self, Error> {
        const TRIES: u32 = 60;
        let path = git_dir.join("index.lock");
        for _ in 0..TRIES {
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(mut file) => {
                    let lock = Self(path.clone());
                    file.write_all(commit.as_bytes()).map_err(Error::io(&path))?;
                    return Ok(lock);
                }
                // `git status` and editors take it for moments.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => sleep(Duration::from_millis(50)),
                Err(error) => return Err(Error::io(&path)(error)),
            }
        }
        Err(Error::GitLocked { path })
    }
}

impl Drop for IndexLock {
    fn drop(&mut self) {
        // Should it fail, the next run finds the journal and tries again.
        let _ = fs::remove_file(&self.0);
    }
}
