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
    /// It is being read twice (its parent was listed twice), and what arrives may be of either: it is not kept.
    is_double: bool,
    /// How many resources are in it, once that is known.
    of: Option<usize>,
    resources: BTreeMap<String, BTreeMap<String, String>>,
}

impl Gathering {
    fn begin(&mut self, digest: [u8; 16]) {
        self.0.entry(digest).and_modify(|list| list.is_double = true).or_default();
    }

    /// Takes note of a change; what was found, once that is all.
    fn change(
        &mut self,
        mark: Mark,
        change: impl FnOnce(&mut List),
    ) -> Option<BTreeMap<String, BTreeMap<String, String>>> {
        let list = self.0.get_mut(&mark.digest).filter(|list| !list.is_double)?;
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

    /// What the list of a parent's own is kept under that is asked for from now on.
    pub(crate) fn begin_below(&self, digest: [u8; 16]) -> Mark {
        self.lock().below.begin(digest);
        self.mark(digest)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn found(gathering: &mut Gathering, digest: u8, id: &str) -> bool {
        let put = |list: &mut List| {
            list.resources.entry("global".to_owned()).or_default().insert(id.to_owned(), String::new());
        };
        gathering.change(Mark { digest: [digest; 16], began: 1 }, put).is_some()
    }

    fn ended(gathering: &mut Gathering, digest: u8, of: usize) -> bool {
        gathering.change(Mark { digest: [digest; 16], began: 1 }, |list| list.of = Some(of)).is_some()
    }

    #[test]
    fn a_list_is_kept_when_all_of_it_has_arrived_in_whatever_order() {
        let mut gathering = Gathering::default();
        gathering.begin([1; 16]);
        gathering.begin([2; 16]);
        gathering.begin([3; 16]);
        assert!(!found(&mut gathering, 1, "a") && !found(&mut gathering, 1, "b") && ended(&mut gathering, 1, 2));
        assert!(!ended(&mut gathering, 2, 2) && !found(&mut gathering, 2, "a") && !found(&mut gathering, 2, "a"));
        assert!(found(&mut gathering, 2, "b") && ended(&mut gathering, 3, 0));
        // What comes later belongs to nothing any more.
        assert!(!found(&mut gathering, 1, "c") && !ended(&mut gathering, 4, 0));
    }

    #[test]
    fn a_list_that_is_read_twice_at_once_is_not_kept() {
        let mut gathering = Gathering::default();
        gathering.begin([1; 16]);
        assert!(!found(&mut gathering, 1, "a") && !found(&mut gathering, 1, "gone"));
        gathering.begin([1; 16]);
        assert!(!ended(&mut gathering, 1, 2) && !found(&mut gathering, 1, "a") && !ended(&mut gathering, 1, 2));
    }
}
