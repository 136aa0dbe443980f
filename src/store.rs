//! Restore points in a git repository: finding them, reading a snapshot out of one, writing the next.
//!
//! Everything goes straight to the object database, so a bare repository works like any other. Only the folder
//! [`crate::snapshot::ROOT`] is ever touched. A restore point appears whole or not at all: objects first, the branch last.

mod difference;
mod error;
mod history;
mod imports;
mod lock;
mod object;
mod objects;
mod pack;
mod sign;
mod spool;
mod tidy;
mod tree;
mod update;
mod view;
mod work_tree;
mod writer;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use error::Error;
pub use git2::Oid;
pub use history::Change;
pub use imports::Imported;
pub use object::blob_id;
pub use objects::ObjectWriter;
pub use update::{Author, Step, Update};
pub use view::{Snapshot, SnapshotError};
pub use writer::{Committed, Writer};

use crate::snapshot;

/// A git repository that holds restore points. Cheap to clone; usable from many threads.
#[derive(Clone)]
pub struct Store {
    repository: Arc<Mutex<git2::Repository>>,
    /// The repository's own directory: `.git`, or the repository itself where it is bare.
    git_dir: PathBuf,
    /// What linked work trees share: objects and branches.
    common_dir: PathBuf,
    work_dir: Option<PathBuf>,
    committer: Committer,
}

/// Who commits, as far as it is not left to git's configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Committer {
    pub name: Option<String>,
    pub email: Option<String>,
}

/// A commit that holds a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestorePoint {
    pub commit: Oid,
    /// The tree of the snapshot: equal trees hold equal snapshots.
    pub tree: Oid,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// The first line of the commit's message.
    pub subject: String,
}

impl RestorePoint {
    /// The commit's id as people write it.
    pub fn short(&self) -> String {
        short(self.commit)
    }
}

/// What [`Store::init`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initialized {
    Created,
    /// There was a repository already, here or in a folder above.
    Adopted,
}

impl Store {
    /// Opens the repository that `dir` lies in: bare, with a work tree, or a linked work tree.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        let none: [&OsStr; 0] = [];
        let flags = git2::RepositoryOpenFlags::empty();
        let repository = git2::Repository::open_ext(dir, flags, none).map_err(|error| Error::opening(dir, error))?;
        Ok(Self {
            git_dir: repository.path().to_path_buf(),
            common_dir: repository.commondir().to_path_buf(),
            work_dir: repository.workdir().map(Path::to_path_buf),
            repository: Arc::new(Mutex::new(repository)),
            committer: Committer::default(),
        })
    }

    /// The same, committing as somebody else than git's configuration says.
    #[must_use]
    pub fn committing_as(self, committer: Committer) -> Self {
        Self { committer, ..self }
    }

    /// Whom commits are made by: as whoever opened the repository said, as git is configured to, or driftline by its own
    /// name (in a cron job, say).
    pub(crate) fn committer(&self, config: &git2::Config) -> (String, String) {
        let set = |text: &String| !text.trim().is_empty();
        let configured = |key: &str| config.get_string(key).ok().filter(set);
        let Committer { name, email } = self.committer.clone();
        let name = name.filter(set).or_else(|| configured("user.name"));
        let email = email.filter(set).or_else(|| configured("user.email"));
        (name.unwrap_or_else(|| "driftline".to_owned()), email.unwrap_or_else(|| "driftline@localhost".to_owned()))
    }

    /// Adopts the repository that `dir` lies in, or creates one there. The first branch is called as
    /// `init.defaultBranch` says, or else `main`.
    pub fn init(dir: &Path) -> Result<(Self, Initialized), Error> {
        match Self::open(dir) {
            Err(Error::NoRepository { .. }) => {}
            other => return other.map(|store| (store, Initialized::Adopted)),
        }
        let configured = git2::Config::open_default().and_then(|config| config.get_string("init.defaultBranch"));
        let branch = configured.ok().filter(|name| !name.is_empty()).unwrap_or_else(|| "main".to_owned());
        let mut options = git2::RepositoryInitOptions::new();
        options.mkpath(true).no_reinit(true).initial_head(&branch);
        git2::Repository::init_opts(dir, &options).map_err(|error| Error::opening(dir, error))?;
        Ok((Self::open(dir)?, Initialized::Created))
    }

    /// The top of the work tree, or the repository itself where it is bare.
    pub fn root(&self) -> &Path {
        self.work_dir.as_deref().unwrap_or(&self.git_dir)
    }

    pub fn work_dir(&self) -> Option<&Path> {
        self.work_dir.as_deref()
    }

    /// The directory of the repository that linked work trees share. What is not to be committed may lie here.
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// The restore point at `HEAD`; `None` before the first import.
    pub fn head(&self) -> Result<Option<RestorePoint>, Error> {
        let repository = self.lock();
        let head = match repository.head() {
            Ok(head) => head.peel_to_commit()?,
            Err(error) if error.code() == git2::ErrorCode::UnbornBranch => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        restore_point(&head)
    }

    /// The restore point that a revision (`HEAD~2`, a branch, a tag, a commit's id) names.
    pub fn resolve(&self, revision: &str) -> Result<RestorePoint, Error> {
        let repository = self.lock();
        let unknown = |error: git2::Error| {
            if repository.head().is_err_and(|error| error.code() == git2::ErrorCode::UnbornBranch) {
                return Error::NoRestorePoint;
            }
            match error.code() {
                git2::ErrorCode::Ambiguous => Error::AmbiguousRevision { revision: revision.to_owned() },
                _ => Error::UnknownRevision { revision: revision.to_owned() },
            }
        };
        let object = repository.revparse_single(revision).map_err(unknown)?;
        let not_one = || Error::NotARestorePoint { revision: revision.to_owned() };
        let commit = object.peel_to_commit().map_err(|_| not_one())?;
        restore_point(&commit)?.ok_or_else(not_one)
    }

    /// The snapshot of a restore point. A newer format than this driftline knows is refused.
    pub fn snapshot(&self, point: &RestorePoint) -> Result<Snapshot, Error> {
        let snapshot = Snapshot::new(self.clone(), point);
        snapshot.format()?;
        Ok(snapshot)
    }

    /// Begins the restore point that follows `HEAD`. Only one can be under way in a repository: the others are
    /// refused until the writer is dropped.
    pub fn begin(&self) -> Result<Writer, Error> {
        Writer::begin(self)
    }

    /// Begins to write objects that no branch here leads to: a proposal's. `HEAD` and the work tree do not matter.
    pub fn begin_objects(&self) -> Result<ObjectWriter, Error> {
        writer::begin_objects(self)
    }

    /// Gives back what libgit2 has mapped into memory of the packs: it keeps that for as long as a repository is open. What is
    /// read later is mapped again.
    pub(crate) fn unmap(&self) {
        let mut repository = self.lock();
        // Where it cannot be opened as it was (its work tree may lie elsewhere), it stays open.
        if let Ok(again) = git2::Repository::open(self.root())
            && (again.path(), again.workdir()) == (repository.path(), repository.workdir())
        {
            *repository = again;
        }
    }

    fn lock(&self) -> MutexGuard<'_, git2::Repository> {
        // A panic elsewhere leaves no half-done state behind in a handle to a repository.
        self.repository.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Store").field(&self.git_dir).finish()
    }
}

/// Removes a file that may be gone already, for good.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    lock::remove_file(path)?;
    match path.parent() {
        Some(dir) if dir.exists() => spool::sync_dir(dir),
        _ => Ok(()),
    }
}

/// A commit's id as people write it.
pub(crate) fn short(commit: Oid) -> String {
    let mut text = commit.to_string();
    text.truncate(10);
    text
}

/// The commit as a restore point; `None` if it holds no snapshot.
fn restore_point(commit: &git2::Commit<'_>) -> Result<Option<RestorePoint>, Error> {
    let tree = commit.tree()?;
    let Some(entry) = tree.get_name(snapshot::ROOT).filter(|entry| entry.kind() == Some(git2::ObjectType::Tree)) else {
        return Ok(None);
    };
    Ok(Some(RestorePoint {
        commit: commit.id(),
        tree: entry.id(),
        time: commit.time().seconds(),
        subject: commit.summary_bytes().map(|text| String::from_utf8_lossy(text).into_owned()).unwrap_or_default(),
    }))
}

#[cfg(test)]
mod tests;
