//! What differs between two snapshots, file by file.

use super::{Error, Oid};
use crate::snapshot::ROOT;

/// Two trees of snapshots. They are walked whenever somebody asks: of hundreds of thousands of files, none is remembered.
pub(super) struct Difference<'r> {
    repository: &'r git2::Repository,
    old: Option<Oid>,
    new: Option<Oid>,
}

/// A file that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step<'w> {
    /// In the repository, from its top.
    pub(super) path: &'w str,
    /// Its content; `None` where it does not exist.
    pub(super) old: Option<Oid>,
    pub(super) new: Option<Oid>,
}

type Visit<'v> = dyn FnMut(Step<'_>) -> Result<(), Error> + 'v;

impl<'r> Difference<'r> {
    /// `None` is the snapshot without any file.
    pub(super) fn new(repository: &'r git2::Repository, old: Option<Oid>, new: Option<Oid>) -> Self {
        Self { repository, old, new }
    }

    /// Visits every file that differs, in the same order each time, until a visit fails. Names that are not UTF-8 are
    /// nobody's of ours, and passed over.
    pub(super) fn each(&self, mut visit: impl FnMut(Step<'_>) -> Result<(), Error>) -> Result<(), Error> {
        self.trees(&mut ROOT.to_owned(), self.old, self.new, &mut visit)
    }

    /// Visits what differs between two folders, of which either may be missing. `path` is as it was afterwards.
    fn trees(&self, path: &mut String, old: Option<Oid>, new: Option<Oid>, visit: &mut Visit<'_>) -> Result<(), Error> {
        if old == new {
            return Ok(());
        }
        let tree = |id: Option<Oid>| id.map(|id| self.repository.find_tree(id)).transpose();
        let (old, new) = (tree(old)?, tree(new)?);
        for entry in old.iter().flatten() {
            let other = new.as_ref().and_then(|new| new.get_name_bytes(entry.name_bytes()));
            self.entries(path, Some(&entry), other.as_ref(), visit)?;
        }
        let is_known = |name: &[u8]| old.as_ref().is_some_and(|old| old.get_name_bytes(name).is_some());
        for entry in new.iter().flatten().filter(|entry| !is_known(entry.name_bytes())) {
            self.entries(path, None, Some(&entry), visit)?;
        }
        Ok(())
    }

    /// Visits what differs between two things of one name.
    fn entries(
        &self,
        path: &mut String,
        old: Option<&git2::TreeEntry<'_>>,
        new: Option<&git2::TreeEntry<'_>>,
        visit: &mut Visit<'_>,
    ) -> Result<(), Error> {
        let facts = |entry: Option<&git2::TreeEntry<'_>>| entry.map(|entry| (entry.id(), entry.filemode()));
        let Some(name) = old.or(new).and_then(|entry| entry.name()).filter(|_| facts(old) != facts(new)) else {
            return Ok(());
        };
        let of = |entry: Option<&git2::TreeEntry<'_>>, kind: git2::ObjectType| {
            entry.filter(|entry| entry.kind() == Some(kind)).map(git2::TreeEntry::id)
        };
        let length = path.len();
        path.push('/');
        path.push_str(name);
        let (file, folder) = (git2::ObjectType::Blob, git2::ObjectType::Tree);
        if of(old, file).or(of(new, file)).is_some() {
            visit(Step { path, old: of(old, file), new: of(new, file) })?;
        }
        self.trees(path, of(old, folder), of(new, folder), visit)?;
        path.truncate(length);
        Ok(())
    }
}
