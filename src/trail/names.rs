//! What the records may call the resources of a restore point.

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::{Address, Descriptor, Naming, Scope};

use crate::attribution::{Said, field, plain};
use crate::scan::Baseline;
use crate::store::Error;

/// The ids of a kind's resources in a scope (of families, their parents'), by what they may be called.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, BTreeSet<String>>);

/// Kinds whose records name a resource's parent only are read by families.
pub(super) fn is_by_parent(kind: &Descriptor) -> bool {
    kind.names.contains(&Naming::Parent)
}

/// The id under which a resource is read again.
pub(super) fn chosen_id<'i>(kind: &Descriptor, id: &'i str) -> &'i str {
    if is_by_parent(kind) { id.split('/').next().unwrap_or(id) } else { id }
}

impl Names {
    pub(super) fn of(baseline: &Baseline, scope: &Scope, kind: &Descriptor) -> Result<Self, Error> {
        let mut names = Self::default();
        let in_file = |naming: &Naming| matches!(naming, Naming::Arn | Naming::Label | Naming::Field(_));
        let needs_files = !is_by_parent(kind) && kind.names.iter().any(in_file);
        for id in baseline.ids(scope, kind.name) {
            let known = chosen_id(kind, id);
            names.add(known, known);
            if !needs_files {
                continue;
            }
            let address = Address { scope: scope.clone(), kind: kind.name.to_owned(), id: id.to_owned() };
            let Some(resource) = baseline.resource(&address)? else { continue };
            resource.arn.iter().for_each(|arn| names.add(arn, known));
            for naming in kind.names {
                let pointer = match naming {
                    Naming::Label => kind.label,
                    Naming::Field(pointer) => Some(*pointer),
                    Naming::Id | Naming::Arn | Naming::Parent => None,
                };
                pointer.and_then(|at| field(&resource, at)).iter().for_each(|name| names.add(name, known));
            }
        }
        Ok(names)
    }

    fn add(&mut self, name: &str, id: &str) {
        if !name.is_empty() {
            self.0.entry(plain(name)).or_default().insert(id.to_owned());
        }
    }

    /// The ids of everything that an event speaks of.
    pub(super) fn mentioned(&self, said: &Said) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        if self.0.is_empty() {
            return found;
        }
        for leaf in said.leaves() {
            // ARNs and paths end in names.
            let ends = leaf.text.match_indices(['/', ':']).map(|(at, _)| &leaf.text[at + 1..]);
            for text in std::iter::once(leaf.text.as_str()).chain(ends) {
                found.extend(self.0.get(text).into_iter().flatten().cloned());
            }
        }
        found
    }
}
