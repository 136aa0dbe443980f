//! What can go wrong with a repository, and what to do about it.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use super::{Oid, SnapshotError, short};

/// Reading or writing restore points failed. [`Error::hint`] says the way out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no git repository at {} or above it", dir.display())]
    NoRepository { dir: PathBuf },
    #[error("the git repository at {} cannot be used: {reason}", dir.display())]
    Unsupported { dir: PathBuf, reason: String, hint: String },
    #[error("there is no restore point yet")]
    NoRestorePoint,
    #[error("unknown revision `{revision}`")]
    UnknownRevision { revision: String },
    #[error("`{revision}` is not the beginning of one revision only")]
    AmbiguousRevision { revision: String },
    #[error("`{revision}` is not a restore point: it has no folder `{}`", crate::snapshot::ROOT)]
    NotARestorePoint { revision: String },
    #[error("HEAD is detached at {}: a restore point needs a branch to go on", short(*commit))]
    DetachedHead { commit: Oid },
    #[error("a {operation} is under way in the repository")]
    Busy { operation: &'static str },
    #[error("the work tree has changes under `{}` that are not committed: {}", crate::snapshot::ROOT, list(files))]
    Dirty { files: Vec<String> },
    #[error("another driftline{} is writing to this repository", owner.as_ref().map(|pid| format!(" (process {pid})")).unwrap_or_default())]
    Locked { owner: Option<String> },
    #[error("`{}` exists: another git process is at work, or one was killed", path.display())]
    GitLocked { path: PathBuf },
    #[error("the branch `{branch}` got another snapshot while this one was being made")]
    Moved { branch: String },
    #[error("`{path}` is in the way: driftline needs the name for a {wanted}")]
    Obstructed { path: String, wanted: &'static str },
    #[error("no such object {id} for `{path}`")]
    MissingObject { id: Oid, path: String },
    #[error("the disk is full: could not write {}", path.display())]
    DiskFull { path: PathBuf },
    #[error("{} cannot be written: {source}", path.display())]
    ReadOnly { path: PathBuf, source: io::Error },
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("git could not sign the commit: {reason}")]
    Sign { reason: String },
    #[error("git could not join what imports left behind: {reason}")]
    Tidy { reason: String },
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    #[error("git: {}", .0.message())]
    Git(#[source] git2::Error),
}

impl From<git2::Error> for Error {
    fn from(error: git2::Error) -> Self {
        // libgit2 passes on what the system said, without a code for it.
        if error.message().contains("No space left on device") {
            return Self::DiskFull { path: PathBuf::from("to the repository") };
        }
        Self::Git(error)
    }
}

impl Error {
    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoRepository { .. } => "run `driftline init` there, or go to a folder of the repository".to_owned(),
            Self::Unsupported { hint, .. } => hint.clone(),
            Self::NoRestorePoint => "run `driftline import` to make the first one".to_owned(),
            Self::UnknownRevision { .. } => {
                "`git log --oneline -- snapshots` lists the restore points; in a shallow clone, `git fetch --unshallow` \
                 brings the older ones"
                    .to_owned()
            }
            Self::AmbiguousRevision { .. } => "write more of the commit's id".to_owned(),
            Self::NotARestorePoint { .. } => {
                "`git log --oneline -- snapshots` lists the commits that have one".to_owned()
            }
            Self::DetachedHead { .. } => "`git switch <branch>` first, or `git switch -c <new branch>`".to_owned(),
            Self::Busy { operation } => format!("finish or abort the {operation} first"),
            Self::Dirty { .. } => {
                "commit them, put them aside (`git stash -u -- snapshots`) or drop them (`git restore --staged \
                 --worktree snapshots`, `git clean -d snapshots`)"
                    .to_owned()
            }
            Self::Locked { .. } => "wait until it has ended".to_owned(),
            Self::GitLocked { path } => format!("if no git is running here, remove `{}`", path.display()),
            Self::Moved { .. } => "run it again".to_owned(),
            Self::Obstructed { path, .. } => format!("rename or remove `{path}` and commit that"),
            Self::DiskFull { .. } => "free some space (or raise the limit on files) and run it again".to_owned(),
            Self::ReadOnly { .. } => "check who owns the repository and whether it is mounted read-only".to_owned(),
            Self::Sign { .. } => {
                "check `git commit -S` here, or set `commit.gpgsign` to false for this repository".to_owned()
            }
            Self::Tidy { .. } => {
                "nothing is lost by it; `git gc` here says more, `git config maintenance.auto false` turns it off".to_owned()
            }
            Self::Snapshot(error) => error.hint(),
            Self::Git(_) => "`git fsck` says whether the repository is damaged".to_owned(),
            Self::Io { .. } | Self::MissingObject { .. } => return None,
        })
    }

    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::DiskFull { path }
            }
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Self::ReadOnly { path, source },
            _ => Self::Io { path, source },
        }
    }

    /// libgit2 failed to read the index of a work tree.
    pub(super) fn index(dir: &Path, error: git2::Error) -> Self {
        let unsupported = |reason: &str, hint: &str| Self::Unsupported {
            dir: dir.to_path_buf(),
            reason: reason.to_owned(),
            hint: hint.to_owned(),
        };
        match error.message() {
            text if text.contains("'link'") => unsupported(
                "its index is split, which this driftline does not support",
                "`git update-index --no-split-index` joins it",
            ),
            text if text.contains("'sdir'") => unsupported(
                "its index is sparse, which this driftline does not support",
                "`git sparse-checkout reapply --no-sparse-index` expands it",
            ),
            _ => Self::Git(error),
        }
    }

    /// libgit2 failed to open or create a repository at `dir`.
    pub(super) fn opening(dir: &Path, error: git2::Error) -> Self {
        let dir = dir.to_path_buf();
        let text = error.message().to_ascii_lowercase();
        let unsupported = |reason: &str, hint: &str| Self::Unsupported {
            dir: dir.clone(),
            reason: reason.to_owned(),
            hint: hint.to_owned(),
        };
        match error.code() {
            git2::ErrorCode::NotFound => Self::NoRepository { dir },
            git2::ErrorCode::Owner => unsupported(
                "it belongs to another user",
                &format!("if you trust it, `git config --global --add safe.directory {}`", dir.display()),
            ),
            _ if text.contains("objectformat") || text.contains("object format") || text.contains("sha256") => {
                unsupported(
                    "it names its objects with SHA-256, which this driftline does not support",
                    "use a repository made with `git init --object-format=sha1`",
                )
            }
            _ if text.contains("refstorage") => unsupported(
                "it keeps its branches in a reftable, which this driftline does not support",
                "`git refs migrate --ref-format=files` converts it",
            ),
            _ => Self::Git(error),
        }
    }
}

/// A few names are enough to know what is meant.
fn list(files: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut text = files.iter().take(SHOWN).map(|file| format!("`{file}`")).collect::<Vec<_>>().join(", ");
    if files.len() > SHOWN {
        write!(text, " and {} more", files.len() - SHOWN).expect("writing to a String does not fail");
    }
    text
}
