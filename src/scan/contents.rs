//! What the files of resources hold, by scope, kind and id.
//!
//! Hundreds of thousands of these live as long as a scan, among much that comes and goes. So they lie in a few large blocks
//! of memory instead of small ones for each.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;

use driftline_api::Scope;
use hashbrown::HashTable;

use crate::store::Oid;

/// The content of every resource's file.
#[derive(Debug, Default)]
pub struct Contents(BTreeMap<Scope, BTreeMap<String, Ids>>);

/// The resources of one kind in one scope.
#[derive(Debug, Default)]
pub struct Ids {
    /// All ids, one after the other.
    text: String,
    entries: Vec<Entry>,
    /// Where in `entries` an id stands.
    places: HashTable<u32>,
    hasher: RandomState,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    start: u32,
    end: u32,
    content: Oid,
}

impl Contents {
    /// The resources of a kind in a scope, to which some are to be added.
    pub fn entry(&mut self, scope: &Scope, kind: &str) -> &mut Ids {
        if !self.0.contains_key(scope) {
            self.0.insert(scope.clone(), BTreeMap::new());
        }
        let kinds = self.0.get_mut(scope).expect("it is there now");
        if !kinds.contains_key(kind) {
            kinds.insert(kind.to_owned(), Ids::default());
        }
        kinds.get_mut(kind).expect("it is there now")
    }

    /// The resources of a kind in a scope; `None` where there never were any.
    pub fn of(&self, scope: &Scope, kind: &str) -> Option<&Ids> {
        self.0.get(scope)?.get(kind)
    }

    pub fn get(&self, scope: &Scope, kind: &str, id: &str) -> Option<Oid> {
        self.of(scope, kind)?.get(id)
    }

    /// The scopes, sorted.
    pub fn scopes(&self) -> impl Iterator<Item = &Scope> {
        self.0.keys()
    }

    /// The kinds in a scope, sorted.
    pub fn kinds(&self, scope: &Scope) -> impl Iterator<Item = &str> {
        self.0.get(scope).into_iter().flat_map(BTreeMap::keys).map(String::as_str)
    }

    /// Everything, by scope and kind, and sorted as [`Ids::iter`] is.
    pub fn iter(&self) -> impl Iterator<Item = (&Scope, &str, &str, Oid)> {
        self.0.iter().flat_map(|(scope, kinds)| {
            kinds
                .iter()
                .flat_map(move |(kind, ids)| ids.iter().map(move |(id, content)| (scope, kind.as_str(), id, content)))
        })
    }

    /// How many resources there are.
    pub fn count(&self) -> usize {
        self.0.values().flat_map(BTreeMap::values).map(Ids::count).sum()
    }

    /// Sorts the ids, once nothing more is added.
    pub fn sort(&mut self) {
        self.0.values_mut().flat_map(BTreeMap::values_mut).for_each(Ids::sort);
    }
}

impl Ids {
    /// Sets the content of a resource's file. Whether the resource was unknown.
    pub fn insert(&mut self, id: &str, content: Oid) -> bool {
        let Self { text, entries, places, hasher } = self;
        let id_at = |at: u32| &text[entries[at as usize].range()];
        let hash = hasher.hash_one(id);
        if let Some(&at) = places.find(hash, |&at| id_at(at) == id) {
            entries[at as usize].content = content;
            return false;
        }
        let short =
            |length: usize| u32::try_from(length).expect("the ids of one kind in one scope have less than 4 GB");
        let at = short(entries.len());
        places.insert_unique(hash, at, |&at| hasher.hash_one(id_at(at)));
        let start = short(text.len());
        text.push_str(id);
        entries.push(Entry { start, end: short(text.len()), content });
        true
    }

    pub fn get(&self, id: &str) -> Option<Oid> {
        let entry = |at: u32| &self.entries[at as usize];
        let place = self.places.find(self.hasher.hash_one(id), |&at| self.text[entry(at).range()] == *id)?;
        Some(entry(*place).content)
    }

    /// Sorted by id after [`Contents::sort`]; before that, as they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Oid)> {
        self.entries.iter().map(|entry| (&self.text[entry.range()], entry.content))
    }

    pub fn count(&self) -> usize {
        self.entries.len()
    }

    fn sort(&mut self) {
        let Self { text, entries, places, hasher } = self;
        entries.sort_unstable_by(|one, other| text[one.range()].cmp(&text[other.range()]));
        text.shrink_to_fit();
        entries.shrink_to_fit();
        let hash = |at: u32| hasher.hash_one(&text[entries[at as usize].range()]);
        *places = HashTable::with_capacity(entries.len());
        for at in (0..).take(entries.len()) {
            places.insert_unique(hash(at), at, |&at| hash(at));
        }
    }
}

impl Entry {
    fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::blob_id;

    fn scope(region: &str) -> Scope {
        Scope { provider: "aws".to_owned(), account: "111122223333".to_owned(), region: region.to_owned() }
    }

    #[test]
    fn the_later_content_counts_and_everything_is_found_and_sorted() {
        let mut contents = Contents::default();
        let id = |number: u32| format!("id-{}", number.wrapping_mul(2_654_435_761) % 1_000);
        let mut expected = BTreeMap::new();
        for number in 0..3_000 {
            let (id, content) = (id(number), blob_id(&number.to_be_bytes()));
            let is_new = contents.entry(&scope("a"), "ec2/vpc").insert(&id, content);
            assert_eq!(is_new, expected.insert(id, content).is_none());
        }
        contents.entry(&scope("a"), "ec2/subnet").insert("", blob_id(b""));
        contents.entry(&scope("b"), "ec2/vpc").insert("é", blob_id(b"b"));
        for _ in ["as they came", "sorted"] {
            assert_eq!(contents.count(), expected.len() + 2);
            for (id, content) in &expected {
                assert_eq!(contents.get(&scope("a"), "ec2/vpc", id), Some(*content));
            }
            assert_eq!(contents.get(&scope("b"), "ec2/vpc", "é"), Some(blob_id(b"b")));
            assert_eq!(contents.get(&scope("a"), "ec2/subnet", ""), Some(blob_id(b"")));
            assert_eq!(contents.get(&scope("a"), "ec2/vpc", "id-"), None);
            assert_eq!(contents.get(&scope("b"), "ec2/subnet", ""), None);
            contents.sort();
        }
        let sorted: Vec<_> = contents.of(&scope("a"), "ec2/vpc").expect("some").iter().collect();
        let as_expected: Vec<_> = expected.iter().map(|(id, content)| (id.as_str(), *content)).collect();
        assert_eq!(sorted, as_expected);
        let places: Vec<_> = contents.iter().map(|(scope, kind, ..)| (scope.region.as_str(), kind)).collect();
        assert!(places.is_sorted() && places.first() == Some(&("a", "ec2/subnet")) && places.len() == sorted.len() + 2);
        assert_eq!(contents.scopes().count(), 2);
        assert_eq!(contents.kinds(&scope("a")).collect::<Vec<_>>(), ["ec2/subnet", "ec2/vpc"]);
        assert!(!contents.entry(&scope("a"), "ec2/subnet").insert("", blob_id(b"later")));
        assert_eq!(contents.get(&scope("a"), "ec2/subnet", ""), Some(blob_id(b"later")));
    }
}
