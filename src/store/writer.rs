//! Making the next restore point of a branch.

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use super::difference::Difference;
use super::lock::{Journal, Lock};
use super::objects::{ObjectWriter, Planned};
use super::spool::TEMPORARY;
use super::update::{Author, Step, Update};
use super::{Error, Oid, RestorePoint, Snapshot, Store, work_tree};
use crate::snapshot::ROOT;

/// A restore point in the making. While it exists, nobody else can make one in the same repository; dropped without
/// [`Writer::commit`], it leaves nothing behind.
pub struct Writer {
    objects: ObjectWriter,
    base: Option<RestorePoint>,
    branch: String,
    /// A file that the restore point makes superfluous.
    superseded: Option<PathBuf>,
}

/// What [`Writer::commit`] did.
#[derive(Debug)]
pub enum Committed {
    /// The snapshot is the one of the base: there is no new commit.
    Unchanged,
    Written {
        point: RestorePoint,
        /// The restore point is there, and this kept the work tree from following; the next run takes it along.
        behind: Option<Error>,
    },
}

impl Deref for Writer {
    type Target = ObjectWriter;

    fn deref(&self) -> &ObjectWriter {
        &self.objects
    }
}

impl Writer {
    pub(super) fn begin(store: &Store) -> Result<Self, Error> {
        let objects = begin_objects(store)?;
        let repository = store.lock();
        let branch = branch(&repository)?;
        if store.work_dir.is_some() {
            let files = work_tree::dirty(&repository)?;
            if !files.is_empty() {
                return Err(Error::Dirty { files });
            }
        }
        drop(repository);
        Ok(Self { objects, base: store.head()?, branch, superseded: None })
    }

    /// Has a file removed once everything is in the repository, right before the branch moves: what it is good for until
    /// then must not outlive that.
    #[must_use]
    pub fn superseding(self, path: PathBuf) -> Self {
        Self { superseded: Some(path), ..self }
    }

    /// The restore point that this one follows; `None` for the first.
    pub fn base(&self) -> Option<&RestorePoint> {
        self.base.as_ref()
    }

    /// The branch that will move, without `refs/heads/`.
    pub fn branch(&self) -> &str {
        self.branch.strip_prefix("refs/heads/").unwrap_or(&self.branch)
    }

    /// The snapshot that this one follows; an empty one for the first.
    pub fn snapshot(&self) -> Result<Snapshot, Error> {
        match &self.base {
            Some(base) => self.store.snapshot(base),
            None => Ok(Snapshot::empty(self.store.clone())),
        }
    }

    /// Makes the restore point: its objects, then the branch, then the work tree.
    pub fn commit(self, update: Update, message: &str) -> Result<Committed, Error> {
        self.commit_series(vec![Step { update, message: message.to_owned(), author: None }])
    }

    /// Makes one restore point after the other, a commit each; the branch moves once, to the last one. A step that
    /// changes nothing makes no commit.
    pub fn commit_series(self, steps: Vec<Step>) -> Result<Committed, Error> {
        let base = self.base.as_ref().map(|base| base.tree);
        let mut snapshot = base;
        let mut points = Vec::new();
        for Step { update, message, author } in steps {
            let next = self.apply(snapshot, update)?;
            if next != snapshot {
                points.push((next, message, author));
                snapshot = next;
            }
        }
        if points.is_empty() {
            self.supersede()?;
            return Ok(Committed::Unchanged);
        }
        // Somebody may commit other things meanwhile; the restore points then follow theirs.
        loop {
            if let Some(committed) = self.try_commit(&points)? {
                return Ok(committed);
            }
        }
    }

    /// One attempt; `None` if the branch moved under it.
    fn try_commit(&self, points: &[(Option<Oid>, String, Option<Author>)]) -> Result<Option<Committed>, Error> {
        let parent = self.tip()?;
        let base = self.base.as_ref().map(|base| base.tree);
        let known = parent.map(|commit| self.snapshot_of(commit)).transpose()?.flatten();
        if known != base {
            return Err(Error::Moved { branch: self.branch().to_owned() });
        }
        let mut planned = Vec::with_capacity(points.len());
        for (snapshot, message, author) in points {
            let root = self.root_with(parent, *snapshot)?;
            planned.push(Planned { root, message: message.clone(), author: author.clone() });
        }
        if self.store.work_dir.is_some() {
            let files = work_tree::dirty(&self.store.lock())?;
            if !files.is_empty() {
                return Err(Error::Dirty { files });
            }
        }
        let Some((commit, time)) = self.commits(parent, &planned)? else { return Ok(Some(Committed::Unchanged)) };
        self.supersede()?;
        let (snapshot, message, _) = points.last().expect("there is a commit");
        let subject = message.lines().next().unwrap_or_default().to_owned();
        let journal = Journal {
            branch: self.branch.clone(),
            old: parent.map(|commit| commit.to_string()),
            new: commit.to_string(),
            work_dir: self.store.work_dir.clone(),
        };
        journal.write(&self.store.common_dir)?;
        if !self.move_branch(parent, commit, &subject)? {
            Journal::remove(&self.store.common_dir)?;
            return Ok(None);
        }

        let point = RestorePoint { commit, tree: snapshot.unwrap_or(Oid::zero()), time, subject };
        let behind = self.follow(base, *snapshot).err();
        Ok(Some(Committed::Written { point, behind }))
    }

    fn supersede(&self) -> Result<(), Error> {
        self.superseded.as_deref().map_or(Ok(()), super::remove)
    }

    fn follow(&self, old: Option<Oid>, new: Option<Oid>) -> Result<(), Error> {
        if self.store.work_dir.is_some() {
            let repository = self.store.lock();
            work_tree::follow(&repository, &Difference::new(&repository, old, new), &self.spool.packs())?;
        }
        Journal::remove(&self.store.common_dir)
    }

    /// Moves the branch if it is still where it was.
    fn move_branch(&self, old: Option<Oid>, new: Oid, subject: &str) -> Result<bool, Error> {
        let repository = self.store.lock();
        let log = format!("driftline: {subject}");
        let moved = match old {
            Some(old) => repository.reference_matching(&self.branch, new, true, old, &log),
            None => repository.reference(&self.branch, new, false, &log),
        };
        match moved {
            Ok(_) => {}
            Err(error) if matches!(error.code(), git2::ErrorCode::Modified | git2::ErrorCode::Exists) => {
                return Ok(false);
            }
            Err(error) if error.code() == git2::ErrorCode::Locked => {
                let path = self.store.common_dir.join(format!("{}.lock", self.branch));
                return Err(Error::GitLocked { path });
            }
            Err(error) => return Err(error.into()),
        }
        // The objects are on disk already; without this the branch alone could be lost in a power cut.
        let path = self.store.common_dir.join(&self.branch);
        if let Ok(file) = fs::File::open(&path) {
            let _ = file.sync_all();
        }
        Ok(true)
    }

    fn tip(&self) -> Result<Option<Oid>, Error> {
        match self.store.lock().refname_to_id(&self.branch) {
            Ok(commit) => Ok(Some(commit)),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Takes the lock and cleans up after a process that was killed.
pub(super) fn begin_objects(store: &Store) -> Result<ObjectWriter, Error> {
    let lock = Lock::take(&store.common_dir)?;
    recover(store)?;
    Ok(ObjectWriter::new(store, lock))
}

/// The branch that `HEAD` names, if a restore point can follow there.
fn branch(repository: &git2::Repository) -> Result<String, Error> {
    let head = repository.find_reference("HEAD")?;
    let Some(branch) = head.symbolic_target() else {
        return Err(Error::DetachedHead { commit: head.target().unwrap_or(Oid::zero()) });
    };
    let operation = match repository.state() {
        git2::RepositoryState::Clean | git2::RepositoryState::Bisect => return Ok(branch.to_owned()),
        git2::RepositoryState::Merge => "merge",
        git2::RepositoryState::Revert | git2::RepositoryState::RevertSequence => "revert",
        git2::RepositoryState::CherryPick | git2::RepositoryState::CherryPickSequence => "cherry-pick",
        git2::RepositoryState::ApplyMailbox | git2::RepositoryState::ApplyMailboxOrRebase => "git am",
        _ => "rebase",
    };
    Err(Error::Busy { operation })
}

/// Cleans up after a process that was killed. The lock is held: whatever is there is nobody's.
fn recover(store: &Store) -> Result<(), Error> {
    let objects = store.common_dir.join("objects");
    for dir in [objects.join("pack"), objects] {
        remove_temporaries(&dir)?;
    }
    let Some(journal) = Journal::read(&store.common_dir)? else {
        return Journal::remove(&store.common_dir);
    };
    work_tree::remove_own_lock(&store.common_dir.join(format!("{}.lock", journal.branch)), &journal.new)?;
    if let Some(repository) = journal.work_dir.as_ref().and_then(|dir| git2::Repository::open(dir).ok()) {
        work_tree::unlock(repository.path(), &journal.new)?;
        let snapshot = |commit: &str| -> Result<Option<Oid>, git2::Error> {
            let tree = repository.find_commit(Oid::from_str(commit)?)?.tree()?;
            Ok(tree.get_name(ROOT).map(|entry| entry.id()))
        };
        let head = repository.head().ok().and_then(|head| head.target());
        if head.is_some_and(|head| head.to_string() == journal.new) {
            let old = journal.old.as_deref().map(snapshot).transpose()?.flatten();
            let new = snapshot(&journal.new)?;
            work_tree::resume(&repository, &Difference::new(&repository, old, new))?;
        }
    }
    Journal::remove(&store.common_dir)
}

fn remove_temporaries(dir: &Path) -> Result<(), Error> {
    let Ok(files) = fs::read_dir(dir) else { return Ok(()) };
    for file in files.flatten() {
        if file.file_name().to_string_lossy().starts_with(TEMPORARY) {
            super::lock::remove_file(&file.path())?;
        }
    }
    Ok(())
}
