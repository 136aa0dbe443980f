//! Writing objects: the files, folders and commits of restore points. No branch is moved here.

use std::path::Path;

use super::lock::Lock;
use super::object::Kind;
use super::spool::Spool;
use super::tree::{self, FOLDER, Objects};
use super::update::{Author, Content, Step, Update};
use super::{Error, Oid, Store, sign};
use crate::snapshot::ROOT;

/// Writes objects of a repository. While it exists, nobody else does with driftline; dropped without
/// [`ObjectWriter::series`], it leaves nothing behind.
pub struct ObjectWriter {
    pub(super) store: Store,
    pub(super) spool: Spool,
    _lock: Lock,
}

/// A commit to be made, its folders written.
pub(super) struct Planned {
    pub(super) root: Oid,
    pub(super) message: String,
    pub(super) author: Option<Author>,
}

impl ObjectWriter {
    /// The lock must be held, and whatever a killed process left behind be cleared.
    pub(super) fn new(store: &Store, lock: Lock) -> Self {
        let spool = Spool::new(store.common_dir.join("objects"));
        Self { store: store.clone(), spool, _lock: lock }
    }

    /// Keeps a resource's bytes and tells their id. Called from many threads.
    pub fn blob(&self, bytes: &[u8]) -> Result<Oid, Error> {
        self.put(Kind::Blob, bytes)
    }

    /// The same where the id is known: [`super::blob_id`] of these bytes.
    pub(crate) fn blob_of(&self, id: Oid, bytes: &[u8]) -> Result<(), Error> {
        self.keep(id, Kind::Blob, bytes)
    }

    /// Whether an object is in the repository, or on its way into it.
    pub(crate) fn contains(&self, id: Oid) -> Result<bool, Error> {
        self.has(id)
    }

    /// The directory of the repository that linked work trees share.
    pub(crate) fn common_dir(&self) -> &Path {
        &self.store.common_dir
    }

    /// Commits on top of `parent`, one for each step that changes something; the last one's id, or the parent's where
    /// none does. The commits are part of the repository then, and no branch leads to them.
    pub fn series(&self, parent: Oid, steps: Vec<Step>) -> Result<Oid, Error> {
        let mut snapshot = self.snapshot_of(parent)?;
        let mut planned = Vec::new();
        for Step { update, message, author } in steps {
            let next = self.apply(snapshot, update)?;
            if next != snapshot {
                planned.push(Planned { root: self.root_with(Some(parent), next)?, message, author });
                snapshot = next;
            }
        }
        Ok(self.commits(Some(parent), &planned)?.map_or(parent, |(commit, _)| commit))
    }

    /// The tree of the snapshot after an update; `None` where nothing is left in it.
    pub(super) fn apply(&self, snapshot: Option<Oid>, update: Update) -> Result<Option<Oid>, Error> {
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
        if self.spool.is_full() {
            self.spool.flush()?;
        }
        tree::update(self, snapshot, ROOT, &files)
    }

    /// The tree of the snapshot in a commit.
    pub(super) fn snapshot_of(&self, commit: Oid) -> Result<Option<Oid>, Error> {
        let root = tree::read(self, self.root_tree(commit)?)?;
        Ok(root.get(ROOT.as_bytes()).map(|(_, id)| *id))
    }

    /// The whole tree of a commit (an empty one without any), with this snapshot in it.
    pub(super) fn root_with(&self, commit: Option<Oid>, snapshot: Option<Oid>) -> Result<Oid, Error> {
        let mut root = match commit {
            Some(commit) => tree::read(self, self.root_tree(commit)?)?,
            None => tree::Entries::new(),
        };
        match snapshot {
            Some(tree) => root.insert(ROOT.as_bytes().to_vec(), (FOLDER, tree)),
            None => root.remove(ROOT.as_bytes()),
        };
        tree::write(self, &root)
    }

    /// Makes the commits, one on top of the other, and everything that they hold part of the repository. The last one
    /// and its time in seconds since 1970; `None` if there are none.
    pub(super) fn commits(&self, parent: Option<Oid>, planned: &[Planned]) -> Result<Option<(Oid, i64)>, Error> {
        let (who, signs) = {
            let repository = self.store.lock();
            let config = repository.config()?;
            let (name, email) = self.store.committer(&config);
            (git2::Signature::now(&name, &email)?, config.get_bool("commit.gpgsign").unwrap_or(false))
        };
        if signs {
            // It is git that signs, and it has to see what it signs.
            self.spool.flush()?;
        }
        let (mut parent, mut last) = (parent, None);
        for Planned { root, message, author } in planned {
            let message = format!("{}\n", message.trim_end());
            let commit = if signs {
                sign::commit(&self.store.git_dir, *root, parent, &message, &who, author.as_ref())?
            } else {
                self.put(Kind::Commit, &commit(*root, parent, &message, &who, author.as_ref()))?
            };
            (parent, last) = (Some(commit), Some(commit));
        }
        self.spool.flush()?;
        let Some(last) = last else { return Ok(None) };
        let time = self.store.lock().find_commit(last)?.time().seconds();
        Ok(Some((last, time)))
    }

    fn keep(&self, id: Oid, kind: Kind, bytes: &[u8]) -> Result<(), Error> {
        if self.has(id)? { Ok(()) } else { self.spool.add(id, kind, bytes) }
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

impl Objects for ObjectWriter {
    fn tree(&self, id: Oid) -> Result<Vec<u8>, Error> {
        if let Some(bytes) = self.spool.tree(id) {
            return Ok(bytes);
        }
        let repository = self.store.lock();
        let odb = repository.odb()?;
        Ok(odb.read(id)?.data().to_vec())
    }

    fn put(&self, kind: Kind, bytes: &[u8]) -> Result<Oid, Error> {
        let id = kind.id(bytes);
        self.keep(id, kind, bytes)?;
        Ok(id)
    }
}

/// The bytes of an unsigned commit.
fn commit(
    tree: Oid,
    parent: Option<Oid>,
    message: &str,
    who: &git2::Signature<'_>,
    author: Option<&Author>,
) -> Vec<u8> {
    let when = who.when();
    let minutes = when.offset_minutes().abs();
    let committer = format!(
        "{} <{}> {} {}{:02}{:02}",
        String::from_utf8_lossy(who.name_bytes()),
        String::from_utf8_lossy(who.email_bytes()),
        when.seconds(),
        if when.offset_minutes() < 0 { '-' } else { '+' },
        minutes / 60,
        minutes % 60,
    );
    let author = author.map_or_else(
        || committer.clone(),
        |author| format!("{} <{}> {} +0000", plain(&author.name), plain(&author.email), author.at),
    );
    let parent = parent.map(|parent| format!("parent {parent}\n")).unwrap_or_default();
    format!("tree {tree}\n{parent}author {author}\ncommitter {committer}\n\n{message}").into_bytes()
}

/// Without what would end a name or an address in a commit.
pub(super) fn plain(text: &str) -> String {
    let text: String = text.chars().filter(|c| !matches!(c, '<' | '>' | '\n' | '\0') && !c.is_control()).collect();
    // A name must not be empty, nor end in what git itself would cut off.
    let text = text.trim_matches(|c: char| c.is_whitespace() || ".,:;\"'\\".contains(c));
    if text.is_empty() { "unknown".to_owned() } else { text.to_owned() }
}
