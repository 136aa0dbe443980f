//! The checked-out files, which follow the branch. Only files below [`ROOT`] that the restore point changes are
//! touched; what is staged elsewhere stays staged.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata, OpenOptions};
use std::io::{ErrorKind, Write};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, UNIX_EPOCH};

use super::lock::remove_file;
use super::spool::TEMPORARY;
use super::tree::FILE;
use super::{Error, Oid};
use crate::snapshot::ROOT;

/// A file that differs between two snapshots.
pub(super) struct Step {
    path: String,
    old: Option<Oid>,
    new: Option<Oid>,
}

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

/// The files that differ between the snapshots of two trees.
pub(super) fn steps(repository: &git2::Repository, old: Option<Oid>, new: Option<Oid>) -> Result<Vec<Step>, Error> {
    let tree = |id: Option<Oid>| id.map(|id| repository.find_tree(id)).transpose();
    let (old, new) = (tree(old)?, tree(new)?);
    let diff = repository.diff_tree_to_tree(old.as_ref(), new.as_ref(), None)?;
    let mut steps = Vec::with_capacity(diff.deltas().len());
    for delta in diff.deltas() {
        let Some(path) = delta.new_file().path().or(delta.old_file().path()).and_then(Path::to_str) else { continue };
        let id = |file: git2::DiffFile<'_>| Some(file.id()).filter(|id| !id.is_zero());
        steps.push(Step { path: format!("{ROOT}/{path}"), old: id(delta.old_file()), new: id(delta.new_file()) });
    }
    Ok(steps)
}

/// Takes files and index from the old to the new state.
pub(super) fn follow(repository: &git2::Repository, steps: &[Step]) -> Result<(), Error> {
    let Some(root) = repository.workdir().map(Path::to_path_buf) else { return Ok(()) };
    let skipped = skipped(repository, steps)?;
    let (gone, there): (Vec<&Step>, Vec<&Step>) = steps.iter().partition(|step| step.new.is_none());
    // Removing first: a folder that empties would otherwise vanish while something is put into it.
    for step in gone {
        let path = root.join(&step.path);
        remove_file(&path)?;
        remove_empty_folders(&root, &path);
    }
    let written = write_files(&root, &there, &skipped)?;
    update_index(repository, steps, &written, &skipped)
}

/// Takes on after a process that was killed while its work tree followed. A file that is in neither state, nor on
/// its way from one to the other, was changed by somebody since: it stays, and shows as a change.
pub(super) fn resume(repository: &git2::Repository, steps: Vec<Step>) -> Result<(), Error> {
    let Some(root) = repository.workdir().map(Path::to_path_buf) else { return Ok(()) };
    let mut ours = Vec::with_capacity(steps.len());
    for step in steps {
        let path = root.join(&step.path);
        let is_ours = match fs::read(&path) {
            Ok(bytes) => {
                let new = step.new.map(|id| repository.find_blob(id)).transpose()?;
                step.old == Some(super::blob_id(&bytes)) || new.is_some_and(|new| new.content().starts_with(&bytes))
            }
            Err(error) => error.kind() == ErrorKind::NotFound,
        };
        if is_ours {
            ours.push(step);
        }
    }
    follow(repository, &ours)
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

/// Writes files and tells what the file system says of each. Many are written side by side: making a file is mostly
/// waiting.
fn write_files<'s>(
    root: &Path,
    steps: &[&'s Step],
    skipped: &BTreeSet<&str>,
) -> Result<BTreeMap<&'s str, Metadata>, Error> {
    const SIDE_BY_SIDE: usize = 8;
    const ALONE: usize = 500;
    let threads = if steps.len() <= ALONE { 1 } else { SIDE_BY_SIDE };
    let write = |steps: &[&'s Step]| -> Result<Vec<(&'s str, Metadata)>, Error> {
        // A handle to a repository belongs to one thread.
        let repository = git2::Repository::open(root)?;
        let wanted = steps.iter().filter(|step| !skipped.contains(step.path.as_str()));
        let files = wanted.filter_map(|step| Some((step.path.as_str(), step.new?)));
        files.map(|(path, blob)| Ok((path, write_file(&repository, root, path, blob)?))).collect()
    };
    if threads == 1 {
        return Ok(write(steps)?.into_iter().collect());
    }
    let parts: Result<Vec<_>, Error> = std::thread::scope(|scope| {
        let parts = steps.chunks(steps.len().div_ceil(threads));
        let threads: Vec<_> = parts.map(|part| scope.spawn(move || write(part))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    Ok(parts?.into_iter().flatten().collect())
}

fn write_file(repository: &git2::Repository, root: &Path, path: &str, blob: Oid) -> Result<Metadata, Error> {
    let path = root.join(path);
    let blob = repository.find_blob(blob)?;
    // Never written over: what lies there may be a link to somewhere else.
    let open = || OpenOptions::new().write(true).create_new(true).open(&path);
    let file = open().or_else(|error| match error.kind() {
        ErrorKind::AlreadyExists => fs::remove_file(&path).and_then(|()| open()),
        ErrorKind::NotFound => fs::create_dir_all(path.parent().unwrap_or(root)).and_then(|()| open()),
        _ => Err(error),
    });
    let write = |mut file: fs::File| {
        file.write_all(blob.content())?;
        file.metadata()
    };
    file.and_then(write).map_err(Error::io(&path))
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
fn skipped<'s>(repository: &git2::Repository, steps: &'s [Step]) -> Result<BTreeSet<&'s str>, Error> {
    let sparse = Sparse::of(repository)?;
    let paths = steps.iter().map(|step| step.path.as_str());
    Ok(paths.filter(|path| sparse.as_ref().is_some_and(|sparse| sparse.leaves_out(path))).collect())
}

/// Changes a copy of the index and puts it in place under git's lock, which names its owner: after a kill it can be
/// told from the lock of a git process.
fn update_index(
    repository: &git2::Repository,
    steps: &[Step],
    written: &BTreeMap<&str, Metadata>,
    skipped: &BTreeSet<&str>,
) -> Result<(), Error> {
    let git_dir = repository.path();
    let lock = IndexLock::take(git_dir, &repository.head()?.peel_to_commit()?.id().to_string())?;
    let (path, copy) = (git_dir.join("index"), own_index(git_dir));
    remove_file(&copy)?;
    if path.exists() {
        fs::copy(&path, &copy).map_err(Error::io(&copy))?;
    }
    let mut index = git2::Index::open(&copy)?;
    for step in steps {
        match step.new {
            Some(blob) => {
                let mut entry = entry(&step.path, blob, written.get(step.path.as_str()));
                if skipped.contains(step.path.as_str()) {
                    entry.flags_extended |= git2::IndexEntryExtendedFlag::SKIP_WORKTREE.bits();
                }
                index.add(&entry)?;
            }
            None => index.remove(Path::new(&step.path), 0).or_else(|error| match error.code() {
                git2::ErrorCode::NotFound => Ok(()),
                _ => Err(error),
            })?,
        }
    }
    index.write()?;
    fs::rename(&copy, &path).map_err(Error::io(&path))?;
    drop(lock);
    Ok(())
}

fn own_index(git_dir: &Path) -> PathBuf {
    git_dir.join(format!("{TEMPORARY}index"))
}

/// What the index says of a file: with the file's times and size, git need not read it to see that it is unchanged.
fn entry(path: &str, id: Oid, metadata: Option<&Metadata>) -> git2::IndexEntry {
    let mut entry = git2::IndexEntry {
        ctime: git2::IndexTime::new(0, 0),
        mtime: git2::IndexTime::new(0, 0),
        dev: 0,
        ino: 0,
        mode: FILE,
        uid: 0,
        gid: 0,
        file_size: 0,
        id,
        flags: 0,
        flags_extended: 0,
        path: path.as_bytes().to_vec(),
    };
    let Some(metadata) = metadata else { return entry };
    // The index keeps the lower 32 bits of each.
    let low = |number: u64| u32::try_from(number & u64::from(u32::MAX)).expect("32 bits");
    entry.file_size = low(metadata.len());
    if let Some(time) = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()) {
        let seconds = i32::try_from(time.as_secs()).unwrap_or(0);
        entry.mtime = git2::IndexTime::new(seconds, time.subsec_nanos());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let nanoseconds = u32::try_from(metadata.ctime_nsec()).unwrap_or(0);
        entry.ctime = git2::IndexTime::new(i32::try_from(metadata.ctime()).unwrap_or(0), nanoseconds);
        entry.dev = low(metadata.dev());
        entry.ino = low(metadata.ino());
        entry.uid = metadata.uid();
        entry.gid = metadata.gid();
    }
    entry
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
