//! The items that an answer may show, and those among them that a question chooses: by position, so that only what a
//! page shows is read.

use std::borrow::Cow;

use serde_json::Value;

use crate::world::{Held, Packed, text, walk};

/// All items of a collection, or of a list in an item.
#[derive(Debug, Clone)]
pub(crate) enum Items<'a> {
    Listed(Vec<Cow<'a, Value>>),
    Packed(&'a Packed),
}

/// Some of them, in their order.
#[derive(Debug, Clone)]
pub(crate) struct Chosen<'a> {
    items: Items<'a>,
    /// `None`: all.
    at: Option<Vec<usize>>,
}

impl<'a> Items<'a> {
    pub(crate) fn of(held: Option<Held<'a>>) -> Self {
        match held {
            Some(Held::Packed(packed)) => Self::Packed(packed),
            Some(Held::Open(value)) => Self::listed(Cow::Borrowed(value)),
            None => Self::Listed(Vec::new()),
        }
    }

    /// The elements of a list.
    pub(crate) fn listed(value: Cow<'a, Value>) -> Self {
        Self::Listed(match value {
            Cow::Borrowed(Value::Array(items)) => items.iter().map(Cow::Borrowed).collect(),
            Cow::Owned(Value::Array(items)) => items.into_iter().map(Cow::Owned).collect(),
            _ => Vec::new(),
        })
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Listed(items) => items.len(),
            Self::Packed(packed) => packed.len(),
        }
    }

    pub(crate) fn item(&self, number: usize) -> Cow<'a, Value> {
        match self {
            Self::Listed(items) => items[number].clone(),
            Self::Packed(packed) => Cow::Owned(packed.item(number)),
        }
    }

    /// The first item that is called so at a path.
    pub(crate) fn first(&self, path: &str, name: &str) -> Option<Cow<'a, Value>> {
        self.named(path, name).into_iter().min().map(|number| self.item(number))
    }

    /// The items that have this value at a path.
    pub(crate) fn named(&self, path: &str, name: &str) -> Vec<usize> {
        match self {
            Self::Listed(items) => {
                let holds = |number: &usize| walk(&items[*number], path).into_iter().any(|value| same(value, name));
                (0..items.len()).filter(holds).collect()
            }
            Self::Packed(packed) => packed.column(path).named(name),
        }
    }

    /// The items of which some value at a path passes a test.
    pub(crate) fn with(&self, path: &str, test: impl Fn(&str) -> bool) -> Vec<usize> {
        match self {
            Self::Listed(items) => {
                let passes = |number: &usize| walk(&items[*number], path).into_iter().any(|value| test(&text(value)));
                (0..items.len()).filter(passes).collect()
            }
            Self::Packed(packed) => {
                let column = packed.column(path);
                let passing = column.iter().filter(|(value, _)| test(value)).flat_map(|(_, numbers)| numbers);
                passing.filter_map(|number| usize::try_from(*number).ok()).collect()
            }
        }
    }
}

impl<'a> Chosen<'a> {
    pub(crate) fn all(items: Items<'a>) -> Self {
        Self { items, at: None }
    }

    pub(crate) fn len(&self) -> usize {
        self.at.as_ref().map_or_else(|| self.items.len(), Vec::len)
    }

    pub(crate) fn get(&self, number: usize) -> Option<Cow<'a, Value>> {
        let at = self.at.as_ref().map_or(Some(number), |at| at.get(number).copied())?;
        (at < self.items.len()).then(|| self.items.item(at))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Cow<'a, Value>> {
        (0..self.len()).filter_map(|number| self.get(number))
    }

    /// From one number up to, but not, another.
    pub(crate) fn part(&self, from: usize, to: usize) -> Self {
        let at = (from..to.min(self.len())).map(|number| self.at.as_ref().map_or(number, |at| at[number])).collect();
        Self { items: self.items.clone(), at: Some(at) }
    }

    /// Keeps those that are called so at a path: with any of these names, or all if there are no names.
    pub(crate) fn keep(&mut self, path: &str, names: &[String]) {
        if !names.is_empty() {
            let found = names.iter().flat_map(|name| self.items.named(path, name)).collect();
            self.narrow(found);
        }
    }

    pub(crate) fn keep_with(&mut self, path: &str, test: impl Fn(&str) -> bool) {
        let found = self.items.with(path, test);
        self.narrow(found);
    }

    pub(crate) fn keep_if(&mut self, test: impl Fn(&Value) -> bool) {
        let at = (0..self.len()).filter_map(|number| {
            let at = self.at.as_ref().map_or(number, |at| at[number]);
            test(&self.items.item(at)).then_some(at)
        });
        self.at = Some(at.collect());
    }

    /// Whether one of them is called so at a path.
    pub(crate) fn has(&self, path: &str, name: &str) -> bool {
        let found = self.items.named(path, name);
        match &self.at {
            None => !found.is_empty(),
            Some(at) => found.iter().any(|number| at.binary_search(number).is_ok()),
        }
    }

    fn narrow(&mut self, mut found: Vec<usize>) {
        found.sort_unstable();
        found.dedup();
        if let Some(at) = &self.at {
            found.retain(|number| at.binary_search(number).is_ok());
        }
        self.at = Some(found);
    }
}

/// Whether a member's value is the one named. Route 53 answers `/hostedzone/Z1` and takes `Z1`.
pub(super) fn same(value: &Value, named: &str) -> bool {
    let text = text(value);
    text == named || text.strip_suffix(named).is_some_and(|path| path.starts_with('/') && path.ends_with('/'))
}
