//! What hangs on one parent, in a list of that parent's own: kept once the list was read to its end, and everything in it
//! has arrived, in whatever order.

use std::collections::BTreeMap;

use driftline_api::{Mark, Task};

use super::{Journal, Read, key, regions};
use crate::store::Oid;

/// A resource that was read before.
pub(crate) struct Known {
    /// Where it lies, or `global`.
    pub(crate) region: String,
    pub(crate) id: String,
    /// Its file's content.
    pub(crate) content: Oid,
}

/// Lists of which not everything has arrived, by their parent's digest.
#[derive(Default)]
pub(super) struct Gathering(BTreeMap<[u8; 16], List>);

#[derive(Default)]
struct List {
    /// How many resources are in it, once that is known.
    of: Option<usize>,
    resources: BTreeMap<String, BTreeMap<String, String>>,
}

impl Gathering {
    /// Takes note of a change; what was found, once that is all.
    fn change(
        &mut self,
        mark: Mark,
        change: impl FnOnce(&mut List),
    ) -> Option<BTreeMap<String, BTreeMap<String, String>>> {
        let list = self.0.entry(mark.digest).or_default();
        change(list);
        let found = list.resources.values().map(BTreeMap::len).sum::<usize>();
        if list.of != Some(found) {
            return None;
        }
        self.0.remove(&mark.digest).map(|list| list.resources)
    }
}

impl Journal {
    /// What hangs on a parent, as an earlier import had read it when lists told the same of the parent; with each its file,
    /// if that is new.
    pub(crate) fn take_below(&self, task: &Task, digest: [u8; 16]) -> Option<Vec<(Known, Option<Vec<u8>>)>> {
        let mut state = self.lock();
        let earlier = state.earlier.as_mut()?;
        let read = earlier.find(task, Some(&super::single::hex(&digest)))?;
        let mut known = Vec::new();
        for (region, ids) in read.resources {
            for (id, content) in ids {
                let content = Oid::from_str(&content).ok()?;
                let file = earlier.blob(content).ok()?;
                known.push((Known { region: region.clone(), id, content }, file));
            }
        }
        // The whole read is as old as the oldest of what it is made of.
        state.began.entry(key(task)).and_modify(|began| *began = read.began.min(*began));
        Some(known)
    }

    /// Keeps a resource that stands in the list of its parent's own. Its file is in the journal, or in the repository.
    pub(crate) fn found_below(&self, task: &Task, mark: Mark, region: &str, id: &str, content: Oid) {
        self.below(task, mark, |list| {
            list.resources.entry(region.to_owned()).or_default().insert(id.to_owned(), content.to_string());
        });
    }

    /// Keeps how many resources are in the list.
    pub(crate) fn ended_below(&self, task: &Task, mark: Mark, resources: usize) {
        self.below(task, mark, |list| list.of = Some(resources));
    }

    fn below(&self, task: &Task, mark: Mark, change: impl FnOnce(&mut List)) {
        let Some(resources) = self.lock().below.change(mark, change) else { return };
        let (provider, account, region, kind) = key(task);
        let below = Some(super::single::hex(&mark.digest));
        let (began, ended) = (mark.began, (self.clock)());
        let read = Read { provider, account, region, kind, below, regions: regions(task), began, ended, resources };
        self.keep(|file| file.read(&read));
    }
}
