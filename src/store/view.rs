//! A snapshot as it stands in a commit. Listing walks trees only; a file is read when it is asked for.

use std::fmt::Write as _;

use driftline_api::{Address, Scope};

use super::{Error, Oid, RestorePoint, Store, short};
use crate::Resource;
use crate::snapshot::{Coverage, CoverageError, Format, FormatError, ROOT, path};

/// The snapshot of a restore point, or the empty one before the first.
#[derive(Debug, Clone)]
pub struct Snapshot {
    store: Store,
    point: Option<RestorePoint>,
}

/// A file of a snapshot is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error("`{path}` at {} is not a resource file: {source}", short(*commit))]
    Syntax {
        path: String,
        commit: Oid,
        source: serde_json::Error,
        /// The latest commit in which the file was whole.
        last_good: Option<Oid>,
    },
    #[error("`{path}` at {} holds `{found}`, which belongs at `{expected}`", short(*commit))]
    Misplaced { path: String, commit: Oid, found: String, expected: String },
    #[error("`{path}` at {} has a name that driftline gives to no resource", short(*commit))]
    Misnamed { path: String, commit: Oid },
    #[error("`{path}` at {} cannot be used: {source}", short(*commit), path = Format::PATH)]
    Format { commit: Oid, source: FormatError },
    #[error("`{path}` at {} cannot be used: {source}", short(*commit))]
    Coverage { path: String, commit: Oid, source: CoverageError },
    #[error("`{path}` at {} cannot be read from the object database: {}", short(*commit), source.message())]
    Object { path: String, commit: Oid, source: git2::Error },
}

impl SnapshotError {
    pub(super) fn hint(&self) -> String {
        match self {
            Self::Syntax { path, last_good, .. } => {
                let mut hint = String::new();
                if let Some(commit) = last_good {
                    write!(hint, "`git checkout {} -- {path}` brings back the last whole one; or ", short(*commit))
                        .expect("writing to a String does not fail");
                }
                hint + "`driftline import` writes the file anew"
            }
            Self::Misplaced { path, .. } | Self::Misnamed { path, .. } => {
                format!("`git rm {path}`, commit, and run `driftline import`")
            }
            Self::Format { source: FormatError::Newer { .. }, .. } => "install a newer driftline".to_owned(),
            Self::Format { .. } => {
                format!(
                    "`git log -- {path}` finds the last whole one; `driftline import` writes it anew",
                    path = Format::PATH
                )
            }
            Self::Coverage { path, .. } => {
                format!("`git log -- {path}` finds the last whole one; `driftline import` writes it anew")
            }
            Self::Object { .. } => "`git fsck` says what is damaged; fetch it again from another clone".to_owned(),
        }
    }
}

impl Snapshot {
    pub(super) fn new(store: Store, point: &RestorePoint) -> Self {
        Self { store, point: Some(point.clone()) }
    }

    /// What there is before the first import.
    pub(super) fn empty(store: Store) -> Self {
        Self { store, point: None }
    }

    /// The restore point it belongs to; `None` before the first.
    pub fn point(&self) -> Option<&RestorePoint> {
        self.point.as_ref()
    }

    /// `None` where the file is missing (before the first import).
    pub fn format(&self) -> Result<Option<Format>, Error> {
        let Some(bytes) = self.file(Format::PATH)? else { return Ok(None) };
        let wrong = |source| SnapshotError::Format { commit: self.commit(), source };
        Ok(Some(Format::from_bytes(&bytes).map_err(wrong)?))
    }

    /// How the reads behind this snapshot ended, over all accounts.
    pub fn coverage(&self) -> Result<Coverage, Error> {
        let mut coverage = Coverage::default();
        for (provider, account) in self.accounts()? {
            let path = Coverage::path(&provider, &account);
            if let Some(bytes) = self.file(&path)? {
                let wrong = |source| SnapshotError::Coverage { path, commit: self.commit(), source };
                coverage.add_file(&provider, &account, &bytes).map_err(wrong)?;
            }
        }
        Ok(coverage)
    }

    /// The scopes that have resources, sorted.
    pub fn scopes(&self) -> Result<Vec<Scope>, Error> {
        let mut scopes = Vec::new();
        for (provider, account) in self.accounts()? {
            for region in self.folders(&path::of_account(&provider, &account))? {
                scopes.push(Scope { provider: provider.clone(), account: account.clone(), region });
            }
        }
        scopes.sort();
        Ok(scopes)
    }

    /// The kinds that have resources in a scope, sorted.
    pub fn kinds(&self, scope: &Scope) -> Result<Vec<String>, Error> {
        let folder = path::of_scope(scope);
        let mut kinds = Vec::new();
        for service in self.folders(&folder)? {
            for resource in self.folders(&path::of_kind(scope, &service))? {
                kinds.push(format!("{service}/{resource}"));
            }
        }
        kinds.sort();
        Ok(kinds)
    }

    /// The resources of a kind in a scope with the ids of their files' contents, sorted. No file is read.
    pub fn index(&self, scope: &Scope, kind: &str) -> Result<Vec<(String, Oid)>, Error> {
        let folder = path::of_kind(scope, kind);
        let mut index = Vec::new();
        let repository = self.store.lock();
        if let Some(tree) = self.tree(&repository, &folder)? {
            self.collect(&repository, &folder, &tree, "", &mut index)?;
        }
        index.sort();
        Ok(index)
    }

    /// Gives back what reading has mapped into memory, after all of it has been gone through.
    pub(crate) fn unmap(&self) {
        self.store.unmap();
    }

    /// Every resource's address, sorted. No file is read.
    pub fn addresses(&self) -> Result<Vec<Address>, Error> {
        let mut addresses = Vec::new();
        for scope in self.scopes()? {
            for kind in self.kinds(&scope)? {
                let ids = self.index(&scope, &kind)?.into_iter().map(|(id, _)| id);
                addresses.extend(ids.map(|id| Address { scope: scope.clone(), kind: kind.clone(), id }));
            }
        }
        Ok(addresses)
    }

    /// The id of the content of a resource's file; `None` if there is no such resource.
    pub fn find(&self, address: &Address) -> Result<Option<Oid>, Error> {
        let repository = self.store.lock();
        Ok(self
            .entry(&repository, &path::of(address))?
            .filter(|(_, kind)| *kind == git2::ObjectType::Blob)
            .map(|(id, _)| id))
    }

    /// A resource; `None` if the snapshot has none at this address.
    pub fn get(&self, address: &Address) -> Result<Option<Resource>, Error> {
        self.find(address)?.map(|blob| self.read(address, blob)).transpose()
    }

    /// Reads the file of a resource, whose content [`Snapshot::index`] told.
    pub fn read(&self, address: &Address, blob: Oid) -> Result<Resource, Error> {
        let path = path::of(address);
        let bytes = self.blob(&path, blob)?;
        let commit = self.commit();
        let resource = match Resource::from_bytes(&bytes) {
            Ok(resource) => resource,
            Err(source) => {
                let last_good = self.last_good(address);
                return Err(SnapshotError::Syntax { path, commit, source, last_good }.into());
            }
        };
        if resource.kind != address.kind || resource.id != address.id {
            let found = format!("{}/{}", resource.kind, resource.id);
            let expected = path::of(&resource.address(&address.scope));
            return Err(SnapshotError::Misplaced { path, commit, found, expected }.into());
        }
        Ok(resource)
    }

    fn commit(&self) -> Oid {
        self.point.as_ref().map_or_else(Oid::zero, |point| point.commit)
    }

    /// The latest commit before this one in which the file could be read.
    fn last_good(&self, address: &Address) -> Option<Oid> {
        const STEPS: usize = 20;
        let changes = self.store.log(self.point.as_ref()?, address, STEPS).ok()?;
        let whole = |blob: Oid| {
            self.store.lock().find_blob(blob).is_ok_and(|blob| Resource::from_bytes(blob.content()).is_ok())
        };
        changes.iter().find(|change| change.after.is_some_and(whole)).map(|change| change.commit)
    }

    /// Provider and account of every account's folder.
    fn accounts(&self) -> Result<Vec<(String, String)>, Error> {
        let mut accounts = Vec::new();
        for provider in self.folders(ROOT)? {
            for account in self.folders(&path::of_provider(&provider))? {
                accounts.push((provider.clone(), account));
            }
        }
        Ok(accounts)
    }

    /// The folders in a folder, as parts of addresses.
    fn folders(&self, folder: &str) -> Result<Vec<String>, Error> {
        let repository = self.store.lock();
        let Some(tree) = self.tree(&repository, folder)? else { return Ok(Vec::new()) };
        let folders = tree.iter().filter(|entry| entry.kind() == Some(git2::ObjectType::Tree));
        Ok(folders.filter_map(|entry| path::unfold(entry.name()?)).collect())
    }

    fn collect(
        &self,
        repository: &git2::Repository,
        folder: &str,
        tree: &git2::Tree<'_>,
        prefix: &str,
        index: &mut Vec<(String, Oid)>,
    ) -> Result<(), Error> {
        for entry in tree {
            let name = String::from_utf8_lossy(entry.name_bytes());
            let below = format!("{prefix}{name}");
            match entry.kind() {
                Some(git2::ObjectType::Tree) => {
                    let path = format!("{folder}/{below}");
                    let tree = repository.find_tree(entry.id()).map_err(self.unreadable(&path))?;
                    self.collect(repository, folder, &tree, &format!("{below}/"), index)?;
                }
                Some(git2::ObjectType::Blob) => match path::id(&below) {
                    Some(id) => index.push((id, entry.id())),
                    // Notes and dot files of people may lie between the resources.
                    None if !name.ends_with(".json") => {}
                    None => {
                        let path = format!("{folder}/{below}");
                        return Err(SnapshotError::Misnamed { path, commit: self.commit() }.into());
                    }
                },
                _ => {}
            }
        }
        Ok(())
    }

    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let entry = {
            let repository = self.store.lock();
            self.entry(&repository, path)?
        };
        entry.filter(|(_, kind)| *kind == git2::ObjectType::Blob).map(|(blob, _)| self.blob(path, blob)).transpose()
    }

    fn blob(&self, path: &str, blob: Oid) -> Result<Vec<u8>, Error> {
        let repository = self.store.lock();
        let blob = repository.find_blob(blob).map_err(self.unreadable(path))?;
        Ok(blob.content().to_vec())
    }

    fn tree<'r>(&self, repository: &'r git2::Repository, folder: &str) -> Result<Option<git2::Tree<'r>>, Error> {
        match self.entry(repository, folder)? {
            Some((tree, git2::ObjectType::Tree)) => {
                Ok(Some(repository.find_tree(tree).map_err(self.unreadable(folder))?))
            }
            _ => Ok(None),
        }
    }

    /// What a path of the snapshot holds.
    fn entry(&self, repository: &git2::Repository, path: &str) -> Result<Option<(Oid, git2::ObjectType)>, Error> {
        let Some(point) = &self.point else { return Ok(None) };
        let mut found = (point.tree, git2::ObjectType::Tree);
        for name in path.split('/').skip(1) {
            if found.1 != git2::ObjectType::Tree {
                return Ok(None);
            }
            let tree = repository.find_tree(found.0).map_err(self.unreadable(path))?;
            match tree.get_name(name).and_then(|entry| Some((entry.id(), entry.kind()?))) {
                Some(entry) => found = entry,
                None => return Ok(None),
            }
        }
        Ok(Some(found))
    }

    fn unreadable(&self, path: &str) -> impl FnOnce(git2::Error) -> SnapshotError {
        let (path, commit) = (path.to_owned(), self.commit());
        move |source| SnapshotError::Object { path, commit, source }
    }
}
