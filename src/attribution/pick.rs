//! Which event explains which change: no calls, no clock, so that it can be tested as text in and text out.
//!
//! An event comes into question for a change if the kind says that such a call touches the attribute, if it was let
//! through, and if it speaks of the resource. Among those the one wins that speaks of the change's own values (the port
//! that was opened rather than another of the same group), and among equals the newest.

use std::collections::BTreeSet;

use driftline_api::{Descriptor, Effect, Event, Write, is_sealed};
use serde_json::Value;

use super::names::{Mention, Names};
use super::said::{Leaf, Said, leaves, plain};
use super::{Attributed, Attribution, Origin, Unexplained};
use crate::diff::{Action, Change, Element, Segment};
use crate::plan::{Drift, ResourceDrift};

/// One drifted resource, and the best explanation so far of each of its changes.
pub(super) struct Case {
    writes: &'static [Write],
    pub(super) names: Names,
    open: Vec<Open>,
    /// The restore point's own time. What happened before it is in there, unless it happened while it was read.
    since: i64,
    whole: bool,
}

/// How far a case has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// Something has no explanation, or one that speaks of none of its values.
    Open,
    /// Everything has an explanation, but there may be better ones.
    Enough,
    /// Nothing that is older can explain it better.
    Settled,
}

/// What is to be explained, and how it is explained best.
struct Open {
    what: What,
    /// What an event that made it so would say.
    wanted: Vec<Leaf>,
    /// Names of the attributes on the way to it.
    names: BTreeSet<String>,
    best: Option<(Fit, Origin)>,
}

enum What {
    Created,
    Removed,
    /// Rule-style steps: `*` stands for an element.
    Changed(Vec<String>, Action),
}

/// How well an event explains a change. The greater, the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    mention: Mention,
    /// Two for each value that it sets by the same name, one for each that it mentions.
    values: usize,
    /// It speaks of the attribute.
    named: bool,
    /// It is a call for changing this, not the one that made the whole resource.
    direct: bool,
    at: i64,
}

impl Case {
    pub(super) fn new(resource: &ResourceDrift, kind: &Descriptor, since: i64) -> Self {
        let whole = |what, side: Option<&crate::Resource>| {
            let attributes = side.map(|side| Value::Object(side.attributes.clone())).unwrap_or_default();
            Open { what, wanted: distinct(leaves(&attributes, &[])), names: BTreeSet::new(), best: None }
        };
        let open = match resource.drift {
            Drift::Added => vec![whole(What::Created, resource.after.as_ref())],
            Drift::Removed => vec![whole(What::Removed, resource.before.as_ref())],
            Drift::Changed => resource.changes.iter().map(open).collect(),
        };
        let whole = resource.drift != Drift::Changed;
        Self { writes: kind.writes, names: Names::new(resource, kind), open, since, whole }
    }

    /// Looks at one more event.
    pub(super) fn consider(&mut self, event: &Event, said: &Said) {
        if event.failed {
            return;
        }
        let effects: Vec<Effect> = self
            .writes
            .iter()
            .filter(|write| write.events.contains(&event.name.as_str()))
            .map(|it| it.effect)
            .collect();
        if effects.is_empty() {
            return;
        }
        let mention = self.names.mentioned(said);
        if mention == Mention::None {
            return;
        }
        for open in &mut self.open {
            let Some(fit) = open.fit(&effects, mention, event, said) else { continue };
            if event.at < self.since && fit.values == 0 {
                continue;
            }
            if open.best.as_ref().is_none_or(|(best, _)| fit > *best) {
                open.best = Some((fit, Origin::from(event.clone())));
            }
        }
    }

    pub(super) fn state(&self) -> State {
        self.open.iter().map(Open::state).min().unwrap_or(State::Settled)
    }

    /// The names of the events that could explain what is still open.
    pub(super) fn events(&self) -> BTreeSet<&'static str> {
        let open = self.open.iter().filter(|open| open.state() == State::Open);
        let writes = open.flat_map(|open| self.writes.iter().filter(|write| open.touched(write.effect) == Some(true)));
        writes.flat_map(|write| write.events.iter().copied()).collect()
    }

    /// Each change once; those with one explanation together, in the order of the first of them.
    pub(super) fn close(self, why: &Unexplained) -> Vec<Attributed> {
        let mut told: Vec<Attributed> = Vec::new();
        for (index, open) in self.open.into_iter().enumerate() {
            let attribution =
                open.best.map_or_else(|| Attribution::Unknown(why.clone()), |(_, origin)| Attribution::By(origin));
            let changes = if self.whole { vec![] } else { vec![index] };
            match told.iter_mut().find(|it| it.attribution == attribution) {
                Some(same) => same.changes.extend(changes),
                None => told.push(Attributed { changes, attribution }),
            }
        }
        told
    }
}

impl Open {
    fn state(&self) -> State {
        match &self.best {
            Some((fit, _)) if fit.mention < Mention::Resource => State::Open,
            Some(_) if !matches!(self.what, What::Changed(..)) => State::Settled,
            Some((fit, _)) if fit.values == 2 * self.wanted.len() && (fit.values > 0 || fit.named) => State::Settled,
            Some((fit, _)) if fit.values > 0 || fit.named => State::Enough,
            None | Some(_) => State::Open,
        }
    }

    /// Whether a call with this effect is for changing this (`true`), or may have along the way.
    fn touched(&self, effect: Effect) -> Option<bool> {
        match (&self.what, effect) {
            (What::Created, Effect::Creates) | (What::Removed, Effect::Removes) => Some(true),
            (What::Changed(steps, _), Effect::Changes(paths)) => touches(paths, steps).then_some(true),
            // Somebody removed it and made it anew.
            (What::Changed(..), Effect::Creates) => Some(false),
            _ => None,
        }
    }

    fn fit(&self, effects: &[Effect], mention: Mention, event: &Event, said: &Said) -> Option<Fit> {
        if let What::Changed(_, action) = self.what
            && contradicts(&event.name, action)
        {
            return None;
        }
        let direct = effects.iter().filter_map(|effect| self.touched(*effect)).max()?;
        let values = self.wanted.iter().map(|leaf| said.weight(leaf)).sum();
        let certain = match (mention, direct) {
            (Mention::Resource, true) => true,
            // Whoever made the whole resource made this only if the call said so.
            (Mention::Resource, false) => values > 0 && values == 2 * self.wanted.len(),
            (Mention::Parent, true) => values > 0 && matches!(self.what, What::Changed(..)),
            _ => false,
        };
        let named = self.names.iter().any(|name| said.names.contains(name));
        certain.then_some(Fit { mention, values, named, direct, at: event.at })
    }
}

impl Said {
    /// How much of a value the event says: two, if the call asked for it by the same name; one, if it asked for it at
    /// all and it is no common word, or if only the answer says it.
    fn weight(&self, wanted: &Leaf) -> usize {
        let name = wanted.names.last();
        let same = |leaf: &Leaf| leaf.text == wanted.text;
        let by_name = |leaf: &Leaf| same(leaf) && name.is_some_and(|name| leaf.names.contains(name));
        let telling = wanted.text.len() > 1 && !["true", "false"].contains(&wanted.text.as_str());
        if self.request.iter().any(by_name) {
            2
        } else {
            usize::from(telling && self.request.iter().any(same) || self.rest.iter().any(by_name))
        }
    }
}

/// A change as something to be explained.
fn open(change: &Change) -> Open {
    let mut steps = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut wanted = Vec::new();
    let inside = match change.path.0.as_slice() {
        [Segment::Member(root), rest @ ..] if root == "attributes" => rest,
        all => all,
    };
    let is_tag = matches!(inside, [Segment::Member(root), ..] if root == "tags");
    for segment in inside {
        match segment {
            Segment::Member(name) => {
                steps.push(name.clone());
                names.push(name.to_lowercase());
            }
            Segment::Element(element) => {
                steps.push("*".to_owned());
                match element {
                    Element::Key(key) => {
                        for (name, value) in key {
                            let last = name.rsplit('/').next().unwrap_or(name).to_lowercase();
                            wanted.extend(leaves(value, &[last]));
                        }
                    }
                    Element::Value(value) => wanted.extend(leaves(value, &names)),
                    Element::Index(_) => {}
                }
            }
        }
    }
    let value = change.after.as_ref().or(change.before.as_ref()).unwrap_or(&Value::Null);
    match (is_tag, inside) {
        (true, [_, Segment::Member(tag), ..]) => {
            // A tag travels as a pair.
            wanted.push(Leaf { names: vec!["key".to_owned()], text: plain(tag) });
            wanted.extend(leaves(value, &["value".to_owned()]));
        }
        _ => wanted.extend(leaves(value, &names)),
    }
    Open {
        what: What::Changed(steps, change.action),
        wanted: distinct(wanted),
        names: names.into_iter().collect(),
        best: None,
    }
}

/// Each value once by its own name. What is sealed in a snapshot is not in clear in a record.
fn distinct(leaves: Vec<Leaf>) -> Vec<Leaf> {
    let mut seen = BTreeSet::new();
    leaves
        .into_iter()
        .filter(|leaf| !is_sealed(&leaf.text) && seen.insert((leaf.names.last().cloned(), leaf.text.clone())))
        .collect()
}

/// Whether a call cannot have done this: what only adds takes nothing away, and the other way round. A new version of a
/// document can do both.
fn contradicts(event: &str, action: Action) -> bool {
    const GIVES: &[&str] = &["Add", "Associate", "Attach", "Authorize", "Create", "Register", "Tag"];
    const TAKES: &[&str] = &["Delete", "Deregister", "Detach", "Disassociate", "Remove", "Revoke", "Untag"];
    let call = event.split_once(':').map_or(event, |(_, call)| call);
    let begins = |verbs: &[&str]| !call.ends_with("Version") && verbs.iter().any(|verb| call.starts_with(verb));
    match action {
        Action::Added => begins(TAKES),
        Action::Removed => begins(GIVES),
        Action::Changed | Action::Reordered => false,
    }
}

/// Whether a change lies at or below one of these paths, or above one of them (a whole policy, where the kind speaks of
/// its statements). An empty path, or none, means any.
fn touches(paths: &[&str], steps: &[String]) -> bool {
    paths.is_empty()
        || paths.iter().any(|path| {
            let wanted = path.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
            wanted.zip(steps).all(|(wanted, step)| wanted == "*" || wanted == *step)
        })
}

#[cfg(test)]
mod tests;
