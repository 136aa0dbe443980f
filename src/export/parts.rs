//! Resources that came with another one and are written in it: an instance's root volume.

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::{Address, Descriptor, Part, Scope, Terraform};

use crate::Resource;
use crate::store::{self, Oid, Snapshot};

/// Who is a part of whom, in one configuration.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// By the whole.
    of: BTreeMap<Address, Vec<(&'static Descriptor, Address, Oid)>>,
    /// The whole, by the part, and why the part is left out by itself.
    whole: BTreeMap<Address, (Address, &'static str)>,
}

impl Parts {
    /// What is a part is one whether or not the whole is exported, so all resources of a scope are asked.
    pub(crate) fn find(
        snapshot: &Snapshot,
        kinds: &BTreeMap<&'static str, &'static Descriptor>,
        scopes: &BTreeSet<&Scope>,
    ) -> Result<Self, store::Error> {
        let mut parts = Self::default();
        for &scope in scopes {
            for whole in kinds.values() {
                for (part, _) in whole.terraform.map(Terraform::parts).unwrap_or_default() {
                    if let Some(kind) = kinds.get(part.kind) {
                        parts.add(snapshot, scope, whole, part, kind)?;
                    }
                }
            }
        }
        Ok(parts)
    }

    fn add(
        &mut self,
        snapshot: &Snapshot,
        scope: &Scope,
        whole: &Descriptor,
        part: Part,
        kind: &'static Descriptor,
    ) -> Result<(), store::Error> {
        let address = |kind: &str, id: &str| Address { scope: scope.clone(), kind: kind.to_owned(), id: id.to_owned() };
        let wholes: BTreeMap<String, Oid> = snapshot.index(scope, whole.name)?.into_iter().collect();
        if wholes.is_empty() {
            return Ok(());
        }
        for (id, blob) in snapshot.index(scope, kind.name)? {
            let own = address(kind.name, &id);
            let resource: Resource = snapshot.read(&own, blob)?;
            for named in named(&resource, part.of) {
                let Some(&of) = wholes.get(&named) else { continue };
                let to = address(whole.name, &named);
                let other: Resource = snapshot.read(&to, of)?;
                if (part.is_part)(&other.attributes, &resource.attributes) {
                    self.of.entry(to.clone()).or_default().push((kind, own.clone(), blob));
                    self.whole.insert(own.clone(), (to, part.why));
                }
            }
        }
        Ok(())
    }

    /// The parts of a resource.
    pub(crate) fn read(
        &self,
        snapshot: &Snapshot,
        whole: &Address,
    ) -> Result<Vec<(&'static Descriptor, Resource)>, store::Error> {
        let parts = self.of.get(whole).into_iter().flatten();
        parts.map(|(kind, address, blob)| Ok((*kind, snapshot.read(address, *blob)?))).collect()
    }

    /// Why a resource is left out, if it is a part.
    pub(crate) fn why(&self, address: &Address) -> Option<&'static str> {
        self.whole(address).map(|(_, why)| *why)
    }

    /// What a resource is a part of, if it is one, and why it is left out by itself.
    pub(crate) fn whole(&self, address: &Address) -> Option<&(Address, &'static str)> {
        self.whole.get(address)
    }
}

/// The texts at a path.
fn named(resource: &Resource, path: &str) -> BTreeSet<String> {
    let root = serde_json::Value::Object(resource.attributes.clone());
    let values = super::lookup::find(&root, path);
    values.into_iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
}
