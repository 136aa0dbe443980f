//! Which accounts of an organization are read.

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::Idle;

use super::read::{Tags, Tree, Unit};
use super::{Member, Selectors};

/// Who is in, and who is out: what is excluded is out, whatever includes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice<'c> {
    pub(super) include: Option<&'c Selectors>,
    pub(super) exclude: &'c Selectors,
}

impl Choice<'_> {
    /// Whether the tree of units has to be known.
    pub(super) fn needs_units(&self) -> bool {
        self.sides().any(|(_, selectors)| !selectors.units.is_empty())
    }

    /// Whether accounts in this unit (from the root down) are chosen by that.
    pub(super) fn is_by(&self, unit: &[Unit]) -> bool {
        self.sides().any(|(_, selectors)| in_units(selectors, unit))
    }

    /// Whether an account is read; `None` where its tags decide and are not known.
    pub(super) fn verdict(&self, member: &Member, units: &[Unit], tags: Option<&Tags>) -> Option<bool> {
        let fits = |selectors: &Selectors| {
            selectors.accounts.iter().any(|pattern| is_account(pattern, member)) || in_units(selectors, units)
        };
        if fits(self.exclude) {
            return Some(false);
        }
        let is_included = self.include.is_none_or(fits);
        let including: &[String] = self.include.filter(|_| !is_included).map_or(&[], |include| &include.tags);
        if !is_included && including.is_empty() {
            return Some(false);
        }
        if including.is_empty() && self.exclude.tags.is_empty() {
            return Some(true);
        }
        let tags = tags?;
        let tagged = |patterns: &[String]| patterns.iter().any(|pattern| is_tagged(pattern, tags));
        Some((is_included || tagged(including)) && !tagged(&self.exclude.tags))
    }

    /// The numbers that are excluded by name.
    pub(super) fn excluded_ids(&self) -> impl Iterator<Item = &String> {
        self.exclude.accounts.iter().filter(|pattern| is_id(pattern))
    }

    /// What chooses nothing. A number may be excluded whether or not there is such an account any more. A tag counts only where tags were asked for.
    pub(super) fn idle(&self, members: &[Member], tree: &Tree, tags: &BTreeMap<String, Tags>) -> Vec<Idle> {
        let mut idle = Vec::new();
        for (side, selectors) in self.sides() {
            let mut note =
                |key: &str, patterns: &[String], fits: &dyn Fn(&str) -> bool, candidates: &BTreeSet<String>| {
                    idle.extend(patterns.iter().filter(|pattern| !fits(pattern)).map(|pattern| Idle {
                        key: format!("{side}.{key}"),
                        pattern: pattern.clone(),
                        candidates: candidates.iter().cloned().collect(),
                    }));
                };
            let names = members.iter().flat_map(|member| [member.name.clone(), member.id.clone()]).collect();
            let is_there = |pattern: &str| {
                (side == "exclude" && is_id(pattern)) || members.iter().any(|member| is_account(pattern, member))
            };
            note("accounts", &selectors.accounts, &is_there, &names);
            let paths = tree.units.iter().map(|unit| path(unit)).filter(|path| !path.is_empty()).collect();
            let is_there = |pattern: &str| tree.units.iter().any(|unit| in_unit(pattern, unit));
            note("units", &selectors.units, &is_there, &paths);
            if !tags.is_empty() {
                let keys = tags.values().flat_map(BTreeMap::keys).cloned().collect();
                let is_there = |pattern: &str| tags.values().any(|tags| is_tagged(pattern, tags));
                note("tags", &selectors.tags, &is_there, &keys);
            }
        }
        idle
    }

    fn sides(&self) -> impl Iterator<Item = (&'static str, &Selectors)> {
        self.include.map(|include| ("include", include)).into_iter().chain([("exclude", self.exclude)])
    }
}

fn is_id(pattern: &str) -> bool {
    pattern.len() == 12 && pattern.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_account(pattern: &str, member: &Member) -> bool {
    is_like(pattern, &member.id) || is_like(pattern, &member.name)
}

fn in_units(selectors: &Selectors, units: &[Unit]) -> bool {
    selectors.units.iter().any(|pattern| in_unit(pattern, units))
}

/// Whether a unit (from the root down) is the one that the pattern names, or lies within it.
fn in_unit(pattern: &str, units: &[Unit]) -> bool {
    if units.iter().any(|unit| unit.id == pattern) {
        return true;
    }
    let parts: Vec<&str> = pattern.trim_matches('/').split('/').collect();
    // The root is in no path.
    let names = units.get(1..).unwrap_or_default();
    names.len() >= parts.len() && parts.iter().zip(names).all(|(part, unit)| is_like(part, &unit.name))
}

fn path(units: &[Unit]) -> String {
    units.iter().skip(1).map(|unit| unit.name.as_str()).collect::<Vec<_>>().join("/")
}

fn is_tagged(pattern: &str, tags: &Tags) -> bool {
    let (key, value) = pattern.split_once('=').map_or((pattern, None), |(key, value)| (key, Some(value)));
    tags.iter().any(|(name, held)| is_like(key, name) && value.is_none_or(|value| is_like(value, held)))
}

/// `*` stands for any text, `?` for one letter. Names hold anything else, brackets and braces included.
fn is_like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where the last `*` stood, and how much of the text it has taken.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match (pattern.get(p), star) {
            (Some('*'), _) => {
                star = Some((p, t));
                p += 1;
            }
            (Some(&letter), _) if letter == '?' || letter == text[t] => {
                p += 1;
                t += 1;
            }
            (_, Some((at, taken))) => {
                star = Some((at, taken + 1));
                p = at + 1;
                t = taken + 1;
            }
            (_, None) => return false,
        }
    }
    pattern[p..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests;
