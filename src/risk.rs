//! How dangerous drift is, so that whoever reviews it sees first what opens something to the world, and tags last.
//!
//! It looks at what a resource says now and did not say before, and at guards that it had and has lost. Knowledge of
//! single kinds is data: the tables in `risk/tables.rs`.

mod facts;
mod tables;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diff::{Path, Segment};
use crate::plan::{Drift, ResourceDrift};
use facts::{Fact, facts};
use tables::{ADDED, POLICIES, PROSE, REMOVED};

/// From the most dangerous to the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Opens something to the world.
    Exposes,
    /// Gives somebody rights, or changes who has them.
    Grants,
    /// Takes away what protects: deletion protection, encryption, versions, backups, logs.
    Unprotects,
    /// The resource is gone.
    Removed,
    /// The resource is new.
    Added,
    /// Anything else.
    Changed,
    /// Nothing but tags and descriptions.
    Described,
}

/// What is dangerous about one resource's drift.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Risk {
    pub level: Level,
    /// Phrases that complete "it …", the most dangerous first: `opens tcp/22 to 0.0.0.0/0`. Never empty.
    pub reasons: Vec<String>,
}

impl Risk {
    /// The first reason, and how many more there are.
    pub fn phrase(&self) -> String {
        match self.reasons.as_slice() {
            [] => String::new(),
            [reason] => reason.clone(),
            [first, more @ ..] => format!("{first} (+{} more)", more.len()),
        }
    }

    /// Whether somebody should look at once.
    pub fn is_alarming(&self) -> bool {
        self.level <= Level::Unprotects
    }
}

/// How dangerous the drift of one resource is.
pub fn risk(drift: &ResourceDrift) -> Risk {
    let mut found: BTreeSet<(Level, String)> = BTreeSet::new();
    match drift.drift {
        Drift::Removed => {
            found.insert((Level::Removed, "is removed".to_owned()));
            let known = REMOVED.iter().filter(|(kind, ..)| *kind == drift.kind);
            found.extend(known.map(|(_, level, reason)| (*level, (*reason).to_owned())));
        }
        Drift::Added => {
            found.insert((Level::Added, "is new".to_owned()));
            let known = ADDED.iter().filter(|(kind, ..)| *kind == drift.kind);
            found.extend(known.map(|(_, level, reason)| (*level, (*reason).to_owned())));
            found.extend(of(drift, false).dangers.into_iter().map(|fact| (fact.level, fact.reason)));
        }
        Drift::Changed => changed(drift, &mut found),
    }
    let level = found.first().map_or(Level::Changed, |(level, _)| *level);
    // What it is beside that (new, changed) goes without saying.
    let told = found.into_iter().filter(|(other, _)| *other == level || *other <= Level::Unprotects);
    Risk { level, reasons: told.map(|(_, reason)| reason).collect() }
}

fn changed(drift: &ResourceDrift, found: &mut BTreeSet<(Level, String)>) {
    let (before, after) = (of(drift, true), of(drift, false));
    // An attribute that a rule ignores, or that could not be read, is no reason.
    let touched: BTreeSet<&str> = drift.changes.iter().filter_map(|change| attribute(&change.path)).collect();
    let new = after.dangers.iter().filter(|fact| !before.dangers.contains(fact));
    let lost = before.guards.iter().filter(|guard| !after.guards.iter().any(|other| other.still(guard)));
    for fact in new.chain(lost).filter(|fact| touched.contains(fact.attribute.as_str())) {
        found.insert((fact.level, fact.reason.clone()));
    }
    for change in &drift.changes {
        let names = change.path.0.iter().filter_map(member);
        for (_, reason) in POLICIES.iter().filter(|(name, _)| names.clone().any(|member| member == *name)) {
            found.insert((Level::Grants, (*reason).to_owned()));
        }
    }
    if found.is_empty() {
        let is_prose = |path: &Path| match path.0.as_slice() {
            [Segment::Member(root), ..] if root == "tags" => true,
            path => path.last().and_then(member).is_some_and(|name| PROSE.contains(&name)),
        };
        if drift.changes.iter().all(|change| is_prose(&change.path)) {
            found.insert((Level::Described, "changes tags or descriptions only".to_owned()));
        } else {
            let reason = match drift.changes.len() {
                1 => "changes one attribute".to_owned(),
                number => format!("changes {number} attributes"),
            };
            found.insert((Level::Changed, reason));
        }
    }
}

#[derive(Default)]
struct Facts {
    dangers: BTreeSet<Fact>,
    guards: BTreeSet<Fact>,
}

fn of(drift: &ResourceDrift, before: bool) -> Facts {
    let resource = if before { &drift.before } else { &drift.after };
    let mut found = Facts::default();
    if let Some(resource) = resource {
        for (name, value) in &resource.attributes {
            facts(&drift.kind, name, value, &mut found);
        }
    }
    found
}

/// The attribute that a path leads to or into.
fn attribute(path: &Path) -> Option<&str> {
    match path.0.as_slice() {
        [Segment::Member(root), Segment::Member(name), ..] if root == "attributes" => Some(name),
        _ => None,
    }
}

fn member(segment: &Segment) -> Option<&str> {
    match segment {
        Segment::Member(name) => Some(name),
        Segment::Element(_) => None,
    }
}

/// The text of a JSON scalar.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
