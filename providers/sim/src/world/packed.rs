//! Collections of many items, kept small: each item is its JSON, and is read when an answer shows it. What chooses items
//! (ids, owners, filters) is indexed at first use, so that one of many thousands is found without looking at the others.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::Value;

use super::walk::{text, walk};

/// Items as text.
#[derive(Debug, Default)]
pub(crate) struct Packed {
    items: Vec<Box<str>>,
    /// Path → who has which value there.
    columns: Mutex<BTreeMap<String, Arc<Column>>>,
    /// All items, once somebody has looked into the collection by a path.
    opened: OnceLock<Value>,
}

/// The values at one path: value → numbers of the items that have it, in their order.
#[derive(Debug, Default)]
pub(crate) struct Column(BTreeMap<Box<str>, Vec<u32>>);

impl Packed {
    pub(crate) fn push(&mut self, item: &Value) {
        self.items.push(item.to_string().into());
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// # Panics
    /// Never for numbers below the length: every item was written as JSON.
    pub(crate) fn item(&self, number: usize) -> Value {
        serde_json::from_str(&self.items[number]).expect("items were written as JSON")
    }

    /// Every item, as a list.
    pub(super) fn open(&self) -> Value {
        (0..self.len()).map(|number| self.item(number)).collect()
    }

    /// The same, kept: for callers that want to look into it.
    pub(super) fn opened(&self) -> &Value {
        self.opened.get_or_init(|| self.open())
    }

    /// Who has which values at a path, in which `*` stands for every element of a list.
    pub(crate) fn column(&self, path: &str) -> Arc<Column> {
        let mut columns = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(column) = columns.get(path) {
            return Arc::clone(column);
        }
        let mut column = Column::default();
        for number in 0..self.len() {
            let item = self.item(number);
            let number = u32::try_from(number).expect("a collection has fewer items than 2^32");
            for value in walk(&item, path) {
                let numbers = column.0.entry(text(value).as_ref().into()).or_default();
                if numbers.last() != Some(&number) {
                    numbers.push(number);
                }
            }
        }
        let column = Arc::new(column);
        columns.insert(path.to_owned(), Arc::clone(&column));
        column
    }
}

impl Column {
    /// The items that have this value. Route 53 answers `/hostedzone/Z1` and takes `Z1`.
    pub(crate) fn named(&self, value: &str) -> Vec<usize> {
        let mut found = self.of(value);
        for prefix in ["/hostedzone/", "/delegationset/"] {
            found.extend(self.of(&format!("{prefix}{value}")));
        }
        found
    }

    fn of(&self, value: &str) -> Vec<usize> {
        self.0.get(value).into_iter().flatten().filter_map(|number| usize::try_from(*number).ok()).collect()
    }

    /// Every value, and who has it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[u32])> {
        self.0.iter().map(|(value, numbers)| (value.as_ref(), numbers.as_slice()))
    }
}

impl Clone for Packed {
    fn clone(&self) -> Self {
        Self { items: self.items.clone(), ..Self::default() }
    }
}

impl PartialEq for Packed {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn items_are_found_by_what_they_have_at_a_path() {
        let items = [
            json!({"Id": "/hostedzone/Z1", "Groups": [{"Id": 1}, {"Id": 2}]}),
            json!({"Id": "/hostedzone/Z2", "Groups": [{"Id": 2}, {"Id": 2}]}),
            json!({"Id": "Z3"}),
        ];
        let mut packed = Packed::default();
        for item in &items {
            packed.push(item);
        }
        assert_eq!(packed.item(1), items[1]);
        let ids = packed.column("/Id");
        assert_eq!((ids.named("Z2"), ids.named("Z3"), ids.named("Z")), (vec![1], vec![2], vec![]));
        assert_eq!(ids.named("/hostedzone/Z1"), [0]);
        let groups = packed.column("/Groups/*/Id");
        assert_eq!((groups.named("1"), groups.named("2")), (vec![0], vec![0, 1]));
    }
}
