//! The restore point that a scan is compared with: the content id of every file, without reading the files.

use std::collections::BTreeMap;

use driftline_api::{Address, Scope};

use crate::Resource;
use crate::snapshot::Coverage;
use crate::store::{Error, Oid, RestorePoint, Snapshot};

/// The files of a restore point by scope, kind and id. Empty before the first import.
#[derive(Default)]
pub struct Baseline {
    snapshot: Option<Snapshot>,
    index: BTreeMap<Scope, BTreeMap<String, BTreeMap<String, Oid>>>,
    coverage: Coverage,
}

impl Baseline {
    /// Walks the trees of a snapshot.
    pub fn load(snapshot: Snapshot) -> Result<Self, Error> {
        let mut index: BTreeMap<Scope, BTreeMap<String, BTreeMap<String, Oid>>> = BTreeMap::new();
        for scope in snapshot.scopes()? {
            let mut kinds = BTreeMap::new();
            for kind in snapshot.kinds(&scope)? {
                let ids = snapshot.index(&scope, &kind)?;
                kinds.insert(kind, ids.into_iter().collect());
            }
            index.insert(scope, kinds);
        }
        let coverage = snapshot.coverage()?;
        Ok(Self { snapshot: Some(snapshot), index, coverage })
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
        self.index.keys().cloned().collect()
    }

    pub fn kinds(&self, scope: &Scope) -> Vec<String> {
        self.index.get(scope).map(|kinds| kinds.keys().cloned().collect()).unwrap_or_default()
    }

    /// Every file of the restore point.
    pub fn iter(&self) -> impl Iterator<Item = (&Scope, &str, &str, Oid)> {
        self.index.iter().flat_map(|(scope, kinds)| {
            kinds.iter().flat_map(move |(kind, ids)| {
                ids.iter().map(move |(id, blob)| (scope, kind.as_str(), id.as_str(), *blob))
            })
        })
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
        self.index.values().flat_map(BTreeMap::values).map(BTreeMap::len).sum()
    }

    /// How many resources of a kind the restore point has in a scope.
    pub fn count_of(&self, scope: &Scope, kind: &str) -> usize {
        self.index.get(scope).and_then(|kinds| kinds.get(kind)).map_or(0, BTreeMap::len)
    }

    /// The resources of a kind that the restore point has in a scope.
    pub fn ids(&self, scope: &Scope, kind: &str) -> impl Iterator<Item = &str> {
        let ids = self.index.get(scope).and_then(|kinds| kinds.get(kind));
        ids.into_iter().flat_map(BTreeMap::keys).map(String::as_str)
    }

    /// The content of a resource's file.
    pub fn blob(&self, scope: &Scope, kind: &str, id: &str) -> Option<Oid> {
        self.index.get(scope)?.get(kind)?.get(id).copied()
    }

    /// The resource as the restore point has it.
    pub fn resource(&self, address: &Address) -> Result<Option<Resource>, Error> {
        let Some(snapshot) = &self.snapshot else { return Ok(None) };
        let Some(blob) = self.blob(&address.scope, &address.kind, &address.id) else { return Ok(None) };
        snapshot.read(address, blob).map(Some)
    }
}
