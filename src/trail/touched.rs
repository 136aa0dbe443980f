//! From writes to what is read again: no calls, no clock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use driftline_api::{Again, Chosen, Descriptor, Effect, Event, Picked, Reads};

use super::effects::{Effects, Reach, Touches};
use super::names::{Names, chosen_id, is_by_parent};
use super::past::is_certain;
use super::records::{Records, Unreliable};
use super::{Past, Place, Whole};
use crate::attribution::Said;
use crate::scan::Baseline;
use crate::store::Error;

pub(super) struct Touched<'a> {
    places: &'a [Place],
    effects: &'a Effects,
    baseline: &'a Baseline,
    past: &'a Past,
    /// Places by account and kind.
    by_kind: BTreeMap<(String, &'static str), Vec<usize>>,
    /// What of each place is read again.
    marks: Vec<Mark>,
    names: BTreeMap<usize, Names>,
    /// What the writes that make resources call them, by account and kind.
    made: BTreeMap<(String, &'static str), BTreeSet<(String, String)>>,
    pub(super) whole: BTreeSet<Whole>,
    pub(super) unknown: BTreeSet<String>,
    /// How many writes touched something.
    pub(super) count: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Mark {
    #[default]
    Untouched,
    /// These, and what is new.
    Some(BTreeSet<String>),
    All,
}

impl Mark {
    fn add(&mut self, ids: impl IntoIterator<Item = String>) {
        match self {
            Self::All => {}
            Self::Some(known) => known.extend(ids),
            Self::Untouched => *self = Self::Some(ids.into_iter().collect()),
        }
    }
}

impl<'a> Touched<'a> {
    pub(super) fn new(places: &'a [Place], effects: &'a Effects, baseline: &'a Baseline, past: &'a Past) -> Self {
        let mut by_kind: BTreeMap<(String, &'static str), Vec<usize>> = BTreeMap::new();
        for (index, place) in places.iter().enumerate() {
            by_kind.entry((place.account.id.clone(), place.kind.name)).or_default().push(index);
        }
        let marks = vec![Mark::default(); places.len()];
        let (names, made, whole, unknown) = Default::default();
        Self { places, effects, baseline, past, by_kind, marks, names, made, whole, unknown, count: 0 }
    }

    /// Everything that is recorded where the records cannot be relied on.
    pub(super) fn unreliable(&mut self, account: &str, region: &str, why: Unreliable) {
        for (place, mark) in self.places.iter().zip(&mut self.marks) {
            if place.account.id == account && place.recorded_in.contains(region) {
                *mark = Mark::All;
            }
        }
        let (why, status) = match why {
            Unreliable::NotRead(cause) => (cause.to_string(), Some(cause.status)),
            Unreliable::TooMany(most) => (format!("there are more than {most} writes to look through"), None),
            Unreliable::Garbled(1) => ("an event cannot be understood".to_owned(), None),
            Unreliable::Garbled(count) => (format!("{count} events cannot be understood"), None),
        };
        let (account, region) = (account.to_owned(), region.to_owned());
        self.whole.insert(Whole { account, region, kind: None, why, status });
    }

    /// What the restore point says nothing certain of: what it could not read, and what was never read whole.
    pub(super) fn gaps(&mut self) {
        for (place, mark) in self.places.iter().zip(&mut self.marks) {
            let coverage = self.baseline.coverage().get(&place.scope, place.kind.name);
            let is_known = coverage.is_some_and(is_certain) && !self.past.is_unread(&place.scope, place.kind);
            let (kind, why) = match place.since {
                None => (None, "no import of all of it is known"),
                Some(_) if !is_known => (Some(place.kind.name.to_owned()), "not all of it could be read the last time"),
                Some(_) => continue,
            };
            *mark = Mark::All;
            let (account, region) = (place.account.id.clone(), place.scope.region.clone());
            self.whole.insert(Whole { account, region, kind, why: why.to_owned(), status: None });
        }
    }

    /// What the writes touched, and what was committed since the restore point was read.
    pub(super) fn events(&mut self, records: &Records) -> Result<(), Error> {
        for address in self.past.edited() {
            let place = |place: &Place| place.scope == address.scope && place.kind.name == address.kind;
            if let Some(index) = self.places.iter().position(place) {
                self.name(index, BTreeSet::from([chosen_id(self.places[index].kind, &address.id).to_owned()]));
            }
        }
        let mut told = Vec::new();
        for (account, region, known) in records.iter() {
            for event in &known.events {
                let (touches, said) = (self.effects.of(&event.name), Said::new(&event.details));
                for (kind, _) in &touches.kinds {
                    self.note_made(account, kind, event, &said);
                }
                told.push((account, region, event, touches, said));
            }
        }
        for (account, region, event, touches, said) in &told {
            let mut touched = false;
            for (kind, reach) in &touches.kinds {
                touched |= self.touch((account, region), event, kind, *reach, touches, said)?;
            }
            self.count += usize::from(touched);
            if touched && touches.is_unknown {
                self.unknown.insert(event.name.clone());
            }
        }
        Ok(())
    }

    /// What is read again.
    pub(super) fn chosen(&self) -> Chosen {
        let mut chosen = Chosen::default();
        for (place, mark) in self.places.iter().zip(&self.marks) {
            let again = match mark {
                Mark::Untouched => continue,
                Mark::All => Again::All,
                Mark::Some(ids) => {
                    let known = Arc::new(self.known(place));
                    Again::Some(Picked { ids: ids.clone(), known, by_parent: is_by_parent(place.kind) })
                }
            };
            chosen.set(&place.scope, place.kind.name, again);
        }
        chosen
    }

    /// What there was, so that anything else is new. What may lie in any region (a bucket that was made anew in another)
    /// is new in those where it was not.
    fn known(&self, place: &Place) -> BTreeSet<String> {
        let ids = |place: &Place| -> BTreeSet<String> {
            let ids = self.baseline.ids(&place.scope, place.kind.name);
            ids.map(|id| chosen_id(place.kind, id).to_owned()).collect()
        };
        if place.kind.reads != Reads::OncePerAccount {
            return ids(place);
        }
        let siblings = || self.by_kind.get(&(place.account.id.clone(), place.kind.name)).into_iter().flatten();
        let mut known: BTreeSet<String> = siblings().flat_map(|index| ids(&self.places[*index])).collect();
        for index in siblings() {
            if let Mark::Some(named) = &self.marks[*index] {
                known.retain(|id| !named.contains(id));
            }
        }
        known
    }

    fn note_made(&mut self, account: &str, kind: &'static Descriptor, event: &Event, said: &Said) {
        let makes = |write: &driftline_api::Write| {
            write.effect == Effect::Creates && write.events.contains(&event.name.as_str())
        };
        if kind.writes.iter().any(makes) {
            self.made.entry((account.to_owned(), kind.name)).or_default().extend(names_in(said));
        }
    }

    /// Says whether anything that is asked for was touched.
    fn touch(
        &mut self,
        (account, region): (&str, &str),
        event: &Event,
        kind: &'static Descriptor,
        reach: Reach,
        touches: &Touches,
        said: &Said,
    ) -> Result<bool, Error> {
        let key = (account.to_owned(), kind.name);
        let places = self.by_kind.get(&key).cloned().unwrap_or_default();
        let (mut here, mut elsewhere) = (Vec::new(), Vec::new());
        for index in places {
            let place = &self.places[index];
            if place.since.is_some_and(|since| event.at < since) {
                continue;
            }
            if kind.reads != Reads::EachRegion || place.scope.region == region {
                here.push(index);
            } else if touches.everywhere && reach == Reach::All && self.baseline.count_of(&place.scope, kind.name) > 0 {
                // What is there may tell of a counterpart; what comes has a write of its own.
                elsewhere.push(index);
            }
        }
        for index in &elsewhere {
            self.marks[*index] = Mark::All;
        }
        if here.is_empty() {
            return Ok(!elsewhere.is_empty());
        }
        let named = if reach == Reach::All { vec![] } else { self.named(&here, said)? };
        if !named.is_empty() || reach == Reach::New {
            // What is new may lie in any of them; and what was being made when the restore point was read is finished now.
            here.iter().filter(|_| reach != Reach::Named).for_each(|index| self.marks[*index].add([]));
            for (index, ids) in named {
                self.name(index, ids);
            }
            return Ok(true);
        }
        let is_made = || self.made.get(&key).is_some_and(|made| names_in(said).any(|name| made.contains(&name)));
        // It is about one that lies where nothing is read, or was made by way of there.
        let from_afar = || {
            let regions = &self.places[here[0]].account.regions;
            kind.reads == Reads::OncePerAccount && !regions.iter().any(|known| known == region)
        };
        match reach {
            Reach::Named | Reach::Alone if from_afar() => here.iter().for_each(|index| self.marks[*index].add([])),
            Reach::Named if !said.is_silent() => return Ok(false),
            Reach::Alone if is_made() => here.iter().for_each(|index| self.marks[*index].add([])),
            _ => here.iter().for_each(|index| self.marks[*index] = Mark::All),
        }
        Ok(true)
    }

    /// The resources that an event speaks of, by place.
    fn named(&mut self, places: &[usize], said: &Said) -> Result<Vec<(usize, BTreeSet<String>)>, Error> {
        let mut found = Vec::new();
        for index in places {
            if !self.names.contains_key(index) {
                let place = &self.places[*index];
                self.names.insert(*index, Names::of(self.baseline, &place.scope, place.kind)?);
            }
            let ids = self.names[index].mentioned(said);
            if !ids.is_empty() {
                found.push((*index, ids));
            }
        }
        Ok(found)
    }

    /// Reads these again; of a kind that comes in one list anyway, all.
    fn name(&mut self, index: usize, ids: BTreeSet<String>) {
        if self.effects.is_read_alone(self.places[index].kind) {
            self.marks[index].add(ids);
        } else {
            self.marks[index] = Mark::All;
        }
    }
}

/// The members of an event that are called as if they named something, and their texts.
fn names_in(said: &Said) -> impl Iterator<Item = (String, String)> {
    const ENDS: &[&str] = &["arn", "id", "identifier", "name"];
    let telling = said.leaves().filter_map(|leaf| {
        let name = leaf.names.last()?;
        let names = ENDS.iter().any(|end| name.ends_with(end)) && leaf.text.len() > 1;
        names.then(|| (name.clone(), leaf.text.clone()))
    });
    telling.collect::<Vec<_>>().into_iter()
}
