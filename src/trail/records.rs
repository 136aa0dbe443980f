//! Reading the records of one region of an account to the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use driftline_api::{Account, Cause, Event, Lookup, LookupBy, Provider, Sink};

use super::KEPT;
use super::effects::Effects;

/// How many events a page of the records has.
const PAGE: usize = 50;

/// The writes that may have touched what is read, by account and region: of regions whose records could be read.
#[derive(Debug, Default)]
pub struct Records(BTreeMap<(String, String), Known>);

/// The writes of one region of an account.
#[derive(Debug)]
pub struct Known {
    /// None from then on is missing, in seconds since 1970.
    pub since: i64,
    /// Oldest first.
    pub events: Vec<Event>,
}

impl Records {
    pub(super) fn insert(&mut self, account: String, region: String, known: Known) {
        self.0.insert((account, region), known);
    }

    /// What is known of a region; `None` where its records were not read, or not to the end.
    pub fn get(&self, account: &str, region: &str) -> Option<&Known> {
        self.0.get(&(account.to_owned(), region.to_owned()))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str, &Known)> {
        self.0.iter().map(|((account, region), known)| (account.as_str(), region.as_str(), known))
    }
}

/// What is asked of a region's records.
pub(super) struct Window {
    pub(super) account: Arc<Account>,
    pub(super) region: String,
    pub(super) since: i64,
    pub(super) until: i64,
    pub(super) most: usize,
}

pub(super) struct Answer {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) since: i64,
    pub(super) outcome: Result<Vec<Event>, Unreliable>,
}

/// Why a region's records cannot be relied on.
pub(super) enum Unreliable {
    NotRead(Cause),
    TooMany(usize),
    Garbled(usize),
}

pub(super) async fn read(provider: &dyn Provider, window: Window, effects: &Effects, sink: &dyn Sink) -> Answer {
    let Window { account, region, since, until, most } = window;
    let since = since.max(until - KEPT);
    let mut lookup = Lookup { by: LookupBy::Writes, since, until, token: None };
    let mut events = Vec::new();
    let mut pages = 0;
    let outcome = loop {
        if pages * PAGE >= most {
            break Err(Unreliable::TooMany(most));
        }
        let page = match provider.events(&account, &region, &lookup, sink).await {
            Ok(page) => page,
            Err(cause) => break Err(Unreliable::NotRead(cause)),
        };
        pages += 1;
        if page.garbled > 0 {
            break Err(Unreliable::Garbled(page.garbled));
        }
        // What concerns nothing that is read is let go at once.
        events.extend(page.events.into_iter().filter(|event| !event.failed && effects.concerns(&event.name)));
        match page.next {
            None => {
                events.reverse();
                break Ok(events);
            }
            next => lookup.token = next,
        }
    };
    Answer { account: account.id.clone(), region, since, outcome }
}
