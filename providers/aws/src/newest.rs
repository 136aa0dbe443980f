//! The newest of many resources: all are listed, which is cheap, and only these are read.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use driftline_api::{Cause, Window};
use serde_json::Value;

use crate::Reader;
use crate::reader::{Pages, take_items, text};

impl Reader<'_> {
    /// The items of a list, a page at a time; where only the newest are wanted, these, at once. `counts` says which items
    /// are resources of the kind.
    pub fn listed<'l>(
        &'l self,
        operation: &str,
        params: Value,
        member: &'static str,
        counts: impl Fn(&Value) -> bool + Send + Sync + 'l,
    ) -> Result<Listed<'l>, Cause> {
        let pages = self.pages(operation, params)?;
        let newest = self.task.newest.zip(self.task.kind.created);
        // Who asks for single ones wants these, however old they are.
        let everything = self.task.targets.includes_kind(&self.scope(None), self.task.kind.name);
        let newest = newest.filter(|_| everything).map(|(most, created)| Newest::new(most, created));
        Ok(Listed { pages, member, newest, counts: Box::new(counts) })
    }
}

/// The items of one list that are to be read.
pub struct Listed<'r> {
    pages: Pages<'r>,
    member: &'static str,
    /// Taken once they have been found.
    newest: Option<Newest>,
    counts: Box<dyn Fn(&Value) -> bool + Send + Sync + 'r>,
}

impl Listed<'_> {
    /// Some more items, or `None` after the last.
    pub async fn next(&mut self) -> Result<Option<Vec<Value>>, Cause> {
        let Some(mut newest) = self.newest.take() else {
            let mut items = self.pages.next().await?.map(|page| take_items(page, self.member));
            if let Some(items) = &mut items {
                items.retain(|item| (self.counts)(item));
            }
            return Ok(items);
        };
        while let Some(page) = self.pages.next().await? {
            take_items(page, self.member)
                .into_iter()
                .filter(|item| (self.counts)(item))
                .for_each(|item| newest.add(item));
        }
        let (items, window) = newest.found();
        if let Some(window) = window {
            self.pages.reader.sink.limited(self.pages.reader.task, window);
        }
        Ok(Some(items))
    }
}

/// Keeps the newest items of a list while it goes by.
#[derive(Debug)]
pub(crate) struct Newest {
    most: u32,
    /// Where an item says when it was made.
    created: &'static str,
    /// The newest first. AWS tells times in one form within a list, so that they sort as text does.
    kept: BTreeMap<Reverse<String>, Vec<Value>>,
    count: usize,
    beyond: u64,
    /// Items that do not say when they were made: nothing can be said against them.
    undated: Vec<Value>,
}

impl Newest {
    pub(crate) fn new(most: u32, created: &'static str) -> Self {
        Self { most, created, kept: BTreeMap::new(), count: 0, beyond: 0, undated: Vec::new() }
    }

    pub(crate) fn add(&mut self, item: Value) {
        let created = text(&item, self.created).to_owned();
        if created.is_empty() {
            self.undated.push(item);
            return;
        }
        self.kept.entry(Reverse(created)).or_default().push(item);
        self.count += 1;
        // What was made at the same moment goes or stays together: the time alone says what lies beyond.
        while let Some(oldest) = self.kept.last_entry()
            && self.count - oldest.get().len() >= self.most as usize
        {
            let dropped = oldest.remove().len();
            self.count -= dropped;
            self.beyond += dropped as u64;
        }
    }

    /// What is to be read, and what is not, if anything.
    pub(crate) fn found(self) -> (Vec<Value>, Option<Window>) {
        let since = self.kept.last_key_value().map(|(Reverse(oldest), _)| oldest.clone());
        let window =
            since.filter(|_| self.beyond > 0).map(|since| Window { newest: self.most, since, beyond: self.beyond });
        (self.kept.into_values().flatten().chain(self.undated).collect(), window)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The names of those that are kept of some that were made then, and what is said of the others.
    fn newest(most: u32, created: &[&str]) -> (Vec<String>, Option<Window>) {
        let mut newest = Newest::new(most, "/Created");
        for (number, created) in created.iter().enumerate() {
            newest.add(json!({"Name": number.to_string(), "Created": created}));
        }
        let (items, window) = newest.found();
        (items.iter().map(|item| text(item, "/Name").to_owned()).collect(), window)
    }

    #[test]
    fn the_newest_are_kept_in_whatever_order_they_come() {
        let expected = Some(Window { newest: 2, since: "2026-02".to_owned(), beyond: 2 });
        assert_eq!(newest(2, &["2025-01", "2026-03", "2024-01", "2026-02"]), (vec!["1".into(), "3".into()], expected));
        assert_eq!(newest(4, &["2025-01", "2026-03"]).1, None, "there are no more than that");
        assert_eq!(newest(2, &["2025-01", "2026-03"]).1, None);
    }

    #[test]
    fn what_was_made_at_one_moment_stays_together() {
        let (names, window) = newest(2, &["2026-01", "2026-02", "2026-02", "2026-02"]);
        assert_eq!(names, ["1", "2", "3"]);
        assert_eq!(window, Some(Window { newest: 2, since: "2026-02".to_owned(), beyond: 1 }));
    }

    #[test]
    fn what_does_not_say_when_is_read() {
        assert_eq!(newest(1, &["2026-01", "", "2026-02"]).0, ["2", "1"]);
    }
}
