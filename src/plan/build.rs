//! From two sides to a plan.

use std::collections::BTreeMap;

use driftline_api::{Address, Descriptor, Status, Under};

use super::{Against, Drift, Ignore, Ignored, NotRead, Plan, ResourceDrift, Scanned, Side};
use crate::Resource;

/// The whole plan from two snapshots in memory.
pub fn plan<'k>(
    against: Against,
    before: &BTreeMap<Address, Resource>,
    after: &BTreeMap<Address, Resource>,
    kinds: impl Fn(&str) -> Option<&'k Descriptor>,
    not_read: Vec<NotRead>,
    ignores: &[Ignore],
) -> Plan {
    let mut builder = Builder::new(against, not_read, ignores);
    for (address, resource) in before {
        builder.compare(kinds(&address.kind), address, Some(resource.clone()), after.get(address).cloned());
    }
    for (address, resource) in after.iter().filter(|(address, _)| !before.contains_key(address)) {
        builder.compare(kinds(&address.kind), address, None, Some(resource.clone()));
    }
    builder.finish(Scanned { resources: after.len(), ..Scanned::default() })
}

/// Takes resources in any order, one at a time, and makes a plan of those that drifted.
pub struct Builder<'i> {
    against: Against,
    not_read: Vec<NotRead>,
    ignores: &'i [Ignore],
    ignored: Vec<Ignored>,
    drift: BTreeMap<Address, ResourceDrift>,
}

impl<'i> Builder<'i> {
    /// `not_read` may hold any coverage entries. What is excluded or unsupported is not compared either, but leaves
    /// the plan complete.
    pub fn new(against: Against, not_read: Vec<NotRead>, ignores: &'i [Ignore]) -> Self {
        let counts = ignores.iter().map(Ignored::by).collect();
        Self { against, not_read: in_order(not_read), ignores, ignored: counts, drift: BTreeMap::new() }
    }

    /// Compares the two sides of one resource. Equal ones may be left out. A resource that is missing on one side is
    /// not drift where a gap of that side covers it; and so with an attribute.
    pub fn compare(
        &mut self,
        descriptor: Option<&Descriptor>,
        address: &Address,
        before: Option<Resource>,
        mut after: Option<Resource>,
    ) {
        let hidden = |side| self.not_read.iter().any(|gap| gap.side == side && gap.covers(address));
        match (&before, &mut after) {
            (Some(_), None) if hidden(Side::Live) => return,
            (None, Some(_)) if hidden(Side::RestorePoint) => return,
            (Some(before), Some(after)) => {
                for (_, path) in self.unread(address).filter(|(side, _)| *side == Side::Live) {
                    keep_last_known(path, before, after);
                }
            }
            _ => {}
        }
        let Some(mut found) = ResourceDrift::compare(descriptor, address, before, after) else { return };
        if found.drift == Drift::Changed {
            let unread: Vec<String> = self.unread(address).map(|(_, path)| format!("{}/", full(path))).collect();
            found.changes.retain(|change| {
                let pointer = format!("{}/", change.path.pointer());
                !unread.iter().any(|path| pointer.starts_with(path))
            });
            if found.changes.is_empty() {
                return;
            }
            let Some(rest) = self.without_ignored_changes(found) else { return };
            found = rest;
        }
        if let Some(rule) = self.ignores.iter().position(|rule| rule.takes_resource(&found)) {
            self.ignored[rule].take_resource(found);
            return;
        }
        self.drift.insert(address.clone(), found);
    }

    /// The plan of everything that was compared.
    pub fn finish(mut self, scanned: Scanned) -> Plan {
        for ignored in &mut self.ignored {
            ignored.taken.sort_by(|one, other| one.address.cmp(&other.address));
        }
        Plan {
            against: self.against,
            drift: self.drift.into_values().collect(),
            not_read: self.not_read.into_iter().filter(|entry| entry.cause.status.is_gap()).collect(),
            ignored: self.ignored,
            coverage: None,
            rests: None,
            scanned,
        }
    }

    fn unread(&self, address: &Address) -> impl Iterator<Item = (Side, &str)> {
        let gaps = self.not_read.iter().filter(|gap| gap.concerns(address));
        gaps.filter_map(|gap| Some((gap.side, gap.path.as_deref()?)))
    }

    /// What the rules leave of a resource's changes. Each change goes to the first rule that takes it.
    fn without_ignored_changes(&mut self, found: ResourceDrift) -> Option<ResourceDrift> {
        let mut rest = found;
        for (rule, ignored) in self.ignores.iter().zip(&mut self.ignored) {
            let (taken, left) = rest.split(|resource, _, change| rule.takes_change(resource, change));
            if let Some(taken) = taken {
                ignored.take_changes(taken);
            }
            rest = left?;
        }
        Some(rest)
    }
}

/// The entries that hide something, in a stable order. A kind that the configuration once excluded is a gap of neither
/// side: what is found of it now is in no restore point, and that is what the plan says.
fn in_order(mut entries: Vec<NotRead>) -> Vec<NotRead> {
    let rank = |under: &Under| match under {
        Under::Kind => (0, String::new()),
        Under::Parent(id) => (1, id.clone()),
        Under::Id(id) => (2, id.clone()),
    };
    let place = |gap: &NotRead| (gap.scope.clone(), gap.kind.clone(), rank(&gap.under), gap.path.clone());
    entries.retain(|entry| match entry.side {
        Side::Live => entry.cause.status != Status::Read,
        Side::RestorePoint => entry.cause.status.is_gap(),
    });
    entries.sort_by_cached_key(|gap| (place(gap), gap.side, gap.cause.to_string()));
    entries.dedup();
    entries
}

/// The pointer into the file that a coverage path means: `/tags` are the resource's tags.
fn full(path: &str) -> String {
    if path == "/tags" || path.starts_with("/tags/") { path.to_owned() } else { format!("/attributes{path}") }
}

/// Puts the restore point's value where the live one could not be read.
fn keep_last_known(path: &str, before: &Resource, after: &mut Resource) {
    if path == "/tags" {
        after.tags.clone_from(&before.tags);
        return;
    }
    let names: Vec<String> = path.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~")).collect();
    let Some((last, parents)) = names.split_last() else { return };
    let mut known = Some(&before.attributes);
    for name in parents {
        known = known.and_then(|members| members.get(name)).and_then(|value| value.as_object());
    }
    let known = known.and_then(|members| members.get(last)).cloned();
    let mut live = &mut after.attributes;
    for name in parents {
        if known.is_none() && !live.contains_key(name) {
            return;
        }
        let member = live.entry(name.clone()).or_insert_with(|| serde_json::Map::new().into());
        let Some(members) = member.as_object_mut() else { return };
        live = members;
    }
    match known {
        Some(value) => live.insert(last.clone(), value),
        None => live.remove(last),
    };
}
