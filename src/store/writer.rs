//! Making the next restore point.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use driftline_api::Address;

use super::lock::{Journal, Lock};
use super::object::Kind;
use super::spool::{Spool, TEMPORARY};
use super::tree::{self, FOLDER, Objects};
use super::{Error, Oid, RestorePoint, Snapshot, Store, sign, work_tree};
use crate::snapshot::{Coverage, Format, ROOT, path};

/// A restore point in the making. While it exists, nobody else can make one in the same repository; dropped without
/// [`Writer::commit`], it leaves nothing behind.
pub struct Writer {
    store: Store,
    spool: Spool,
    base: Option<RestorePoint>,
    branch: String,
    _lock: Lock,
}

/// What the next restore point changes. Everything else stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Update(BTreeMap<String, Option<Content>>);

#[derive(Debug, Clone)]
enum Content {
    Blob(Oid),
    Bytes(Vec<u8>),
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

impl Update {
    /// The resource has this content, from [`Writer::blob`].
    pub fn put(&mut self, address: &Address, blob: Oid) {
        self.0.insert(path::of(address), Some(Content::Blob(blob)));
    }

    /// The resource does not exist any more.
    pub fn remove(&mut self, address: &Address) {
        self.0.insert(path::of(address), None);
    }

    pub fn set_format(&mut self, format: &Format) {
        self.0.insert(Format::PATH.to_owned(), Some(Content::Bytes(format.to_bytes())));
    }

    /// Writes the coverage of every account that it speaks of; those of other accounts stay.
    pub fn set_coverage(&mut self, coverage: &Coverage) {
        for (path, bytes) in coverage.to_files() {
            self.0.insert(path, Some(Content::Bytes(bytes)));
        }
    }

    /// Removes an account's coverage, for an account that is no longer read.
    pub fn remove_coverage(&mut self, provider: &str, account: &str) {
        self.0.insert(Coverage::path(provider, account), None);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Writer {
    pub(super) fn begin(store: &Store) -> Result<Self, Error> {
        let lock = Lock::take(&store.common_dir)?;
        recover(store)?;
        let repository = store.lock();
        let branch = branch(&repository)?;
        if store.work_dir.is_some() {
            let files = work_tree::dirty(&repository)?;
            if !files.is_empty() {
                return Err(Error::Dirty { files });
            }
        }
        drop(repository);
        let spool = Spool::new(store.common_dir.join("objects"));
        Ok(Self { store: store.clone(), spool, base: store.head()?, branch, _lock: lock })
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

    /// Keeps a resource's bytes for the restore point and tells their id. Called from many threads.
    pub fn blob(&self, bytes: &[u8]) -> Result<Oid, Error> {
        self.put(Kind::Blob, bytes)
    }

    /// Makes the restore point: its objects, then the branch, then the work tree.
    pub fn commit(self, update: Update, message: &str) -> Result<Committed, Error> {
        let mut files = Vec::with_capacity(update.0.len());
        for (path, content) in update.0 {
            let id = match content {
                Some(Content::Bytes(bytes)) => Some(self.blob(&bytes)?),
                Some(Content::Blob(id)) if !self.has(id)? => return Err(Error::MissingObject { id, path }),
                Some(Content::Blob(id)) => Some(id),
                None => None,
            };
            files.push((path, id));
        }
        let below = |path| str::strip_prefix(path, ROOT).and_then(|path| path.strip_prefix('/'));
        let files: Vec<(&str, Option<Oid>)> = files
            .iter()
            .map(|(path, id)| (below(path).expect("every path of an update lies in the snapshot"), *id))
            .collect();
        let base = self.base.as_ref().map(|base| base.tree);
        let snapshot = tree::update(&self, base, ROOT, &files)?;
        if snapshot == base {
            return Ok(Committed::Unchanged);
        }
        // Somebody may commit other things meanwhile; the restore point then follows theirs.
        loop {
            if let Some(committed) = self.try_commit(snapshot, message)? {
                return Ok(committed);
            }
        }
    }

    /// One attempt; `None` if the branch moved under it.
    fn try_commit(&self, snapshot: Option<Oid>, message: &str) -> Result<Option<Committed>, Error> {
        let parent = self.tip()?;
        let mut root = match parent {
            Some(commit) => tree::read(self, self.root_tree(commit)?)?,
            None => tree::Entries::new(),
        };
        let base = self.base.as_ref().map(|base| base.tree);
        if root.get(ROOT.as_bytes()).map(|(_, id)| *id) != base {
            return Err(Error::Moved { branch: self.branch().to_owned() });
        }
        match snapshot {
            Some(tree) => root.insert(ROOT.as_bytes().to_vec(), (FOLDER, tree)),
            None => root.remove(ROOT.as_bytes()),
        };
        let root = tree::write(self, &root)?;

        if self.store.work_dir.is_some() {
            let files = work_tree::dirty(&self.store.lock())?;
            if !files.is_empty() {
                return Err(Error::Dirty { files });
            }
        }
        let (commit, time) = self.write_commit(root, parent, message)?;
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
        let behind = self.follow(base, snapshot).err();
        Ok(Some(Committed::Written { point, behind }))
    }

    fn follow(&self, old: Option<Oid>, new: Option<Oid>) -> Result<(), Error> {
        if self.store.work_dir.is_some() {
            let repository = self.store.lock();
            work_tree::follow(&repository, &work_tree::steps(&repository, old, new)?)?;
        }
        Journal::remove(&self.store.common_dir)
    }

    fn write_commit(&self, tree: Oid, parent: Option<Oid>, message: &str) -> Result<(Oid, i64), Error> {
        let (who, signs) = {
            let repository = self.store.lock();
            let config = repository.config()?;
            (signature(&config)?, config.get_bool("commit.gpgsign").unwrap_or(false))
        };
        let message = format!("{}\n", message.trim_end());
        if signs {
            self.spool.flush()?;
            let commit = sign::commit(&self.store.git_dir, tree, parent, &message, &who)?;
            let time = self.store.lock().find_commit(commit)?.time().seconds();
            return Ok((commit, time));
        }
        let when = who.when();
        let minutes = when.offset_minutes().abs();
        let person = format!(
            "{} <{}> {} {}{:02}{:02}",
            String::from_utf8_lossy(who.name_bytes()),
            String::from_utf8_lossy(who.email_bytes()),
            when.seconds(),
            if when.offset_minutes() < 0 { '-' } else { '+' },
            minutes / 60,
            minutes % 60,
        );
        let parent = parent.map(|parent| format!("parent {parent}\n")).unwrap_or_default();
        let text = format!("tree {tree}\n{parent}author {person}\ncommitter {person}\n\n{message}");
        let commit = self.put(Kind::Commit, text.as_bytes())?;
        self.spool.flush()?;
        Ok((commit, when.seconds()))
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

    fn root_tree(&self, commit: Oid) -> Result<Oid, Error> {
        Ok(self.store.lock().find_commit(commit)?.tree_id())
    }

    fn has(&self, id: Oid) -> Result<bool, Error> {
        if self.spool.contains(id) {
            return Ok(true);
        }
        let repository = self.store.lock();
        let odb = repository.odb()?;
        // Looking again for new packs at each miss would cost more than writing what somebody else just wrote.
        Ok(odb.exists_ext(id, git2::OdbLookupFlags::NO_REFRESH))
    }
}

impl Objects for Writer {
    fn tree(&self, id: Oid) -> Result<Vec<u8>, Error> {
        let repository = self.store.lock();
        let odb = repository.odb()?;
        Ok(odb.read(id)?.data().to_vec())
    }

    fn put(&self, kind: Kind, bytes: &[u8]) -> Result<Oid, Error> {
        let id = kind.id(bytes);
        if !self.has(id)? {
            self.spool.add(id, kind, bytes)?;
        }
        Ok(id)
    }
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

/// Who commits: what git is configured to, or driftline by its own name (in a cron job, say).
fn signature(config: &git2::Config) -> Result<git2::Signature<'static>, Error> {
    let configured = |key: &str| config.get_string(key).ok().filter(|text| !text.trim().is_empty());
    let name = configured("user.name").unwrap_or_else(|| "driftline".to_owned());
    let email = configured("user.email").unwrap_or_else(|| "driftline@localhost".to_owned());
    Ok(git2::Signature::now(&name, &email)?)
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
            work_tree::resume(&repository, work_tree::steps(&repository, old, snapshot(&journal.new)?)?)?;
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
