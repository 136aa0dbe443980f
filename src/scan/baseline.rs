//! The restore point that a scan is compared with: the content id of every file, without reading the files.

use driftline_api::{Address, Scope};

use super::{Contents, Ids};
use crate::Resource;
use crate::snapshot::Coverage;
use crate::store::{Error, Oid, RestorePoint, Snapshot};

/// The files of a restore point by scope, kind and id. Empty before the first import.
#[derive(Default)]
pub struct Baseline {
    snapshot: Option<Snapshot>,
    contents: Contents,
    coverage: Coverage,
}

impl Baseline {
    /// Walks the trees of a snapshot.
    pub fn load(snapshot: Snapshot) -> Result<Self, Error> {
        let mut contents = Contents::default();
        for scope in snapshot.scopes()? {
            for kind in snapshot.kinds(&scope)? {
                let ids = contents.entry(&scope, &kind);
                for (id, content) in snapshot.index(&scope, &kind)? {
                    ids.insert(&id, content);
                }
            }
        }
        contents.sort();
        let coverage = snapshot.coverage()?;
        snapshot.unmap();
        Ok(Self { snapshot: Some(snapshot), contents, coverage })
    }

    /// The restore point; `None` before the first import.
    pub fn point(&self) -> Option<&RestorePoint> {
        self.snapshot.as_ref()?.point()
    }

    /// What the restore point holds; `None` before the first import.
    pub fn snapshot(&self) -> Option<&Snapshot> {
        self.snapshot.as_ref()
    }

    /// How the reads of the restore point's own scan ended.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    pub fn scopes(&self) -> Vec<Scope> {
        self.contents.scopes().cloned().collect()
    }

    pub fn kinds(&self, scope: &Scope) -> Vec<String> {
        self.contents.kinds(scope).map(str::to_owned).collect()
    }

    /// Every file of the restore point.
    pub fn iter(&self) -> impl Iterator<Item = (&Scope, &str, &str, Oid)> {
        self.contents.iter()
    }

    /// Every resource's address, sorted.
    pub fn addresses(&self) -> impl Iterator<Item = Address> {
        self.iter().map(|(scope, kind, id, _)| Address {
            scope: scope.clone(),
            kind: kind.to_owned(),
            id: id.to_owned(),
        })
    }

    /// How many resources the restore point has.
    pub fn count(&self) -> usize {
        self.contents.count()
    }

    /// How many resources of a kind the restore point has in a scope.
    pub fn count_of(&self, scope: &Scope, kind: &str) -> usize {
        self.contents.of(scope, kind).map_or(0, Ids::count)
    }

    /// The resources of a kind that the restore point has in a scope.
    pub fn ids(&self, scope: &Scope, kind: &str) -> impl Iterator<Item = &str> {
        self.contents.of(scope, kind).into_iter().flat_map(Ids::iter).map(|(id, _)| id)
    }

    /// The content of a resource's file.
    pub fn blob(&self, scope: &Scope, kind: &str, id: &str) -> Option<Oid> {
        self.contents.get(scope, kind, id)
    }

    /// The resource as the restore point has it.
    pub fn resource(&self, address: &Address) -> Result<Option<Resource>, Error> {
        let Some(snapshot) = &self.snapshot else { return Ok(None) };
        let Some(blob) = self.blob(&address.scope, &address.kind, &address.id) else { return Ok(None) };
        snapshot.read(address, blob).map(Some)
    }
}
