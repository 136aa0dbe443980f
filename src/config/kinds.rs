//! Which kinds are read.

use std::collections::BTreeMap;

use globset::GlobMatcher;

use super::error::{Problem, suggest};

/// A choice of kinds. The default is all of them.
#[derive(Debug, Clone, Default)]
pub struct Kinds {
    /// Empty: all.
    include: Vec<KindPattern>,
    exclude: Vec<KindPattern>,
    newest: BTreeMap<String, u32>,
}

impl Kinds {
    /// Kinds of which only so many are read, the newest.
    pub fn newest(&self) -> &BTreeMap<String, u32> {
        &self.newest
    }

    pub fn selects(&self, kind: &str) -> bool {
        (self.include.is_empty() || self.include.iter().any(|pattern| pattern.matches(kind)))
            && !self.exclude.iter().any(|pattern| pattern.matches(kind))
    }

    pub(super) fn new(include: Vec<KindPattern>, exclude: Vec<KindPattern>) -> Self {
        Self { include, exclude, newest: BTreeMap::new() }
    }

    pub(super) fn with_newest(self, newest: BTreeMap<String, u32>) -> Self {
        Self { newest, ..self }
    }

    /// Only these, of those that the file does not exclude; one that is named in full is wanted in any case.
    pub(super) fn narrowed(&self, patterns: &[String], known: &[&str]) -> Result<Self, Problem> {
        let include: Vec<KindPattern> =
            patterns.iter().map(|pattern| KindPattern::new(pattern, known)).collect::<Result<_, _>>()?;
        let mut exclude = self.exclude.clone();
        for pattern in &mut exclude {
            pattern.except.extend(include.iter().filter(|wanted| known.contains(&wanted.text.as_str())).cloned());
        }
        let narrowed = Self { include, exclude, newest: self.newest.clone() };
        narrowed.or_nothing(known)
    }

    /// Refuses a choice that leaves nothing to read.
    pub(super) fn or_nothing(self, known: &[&str]) -> Result<Self, Problem> {
        if known.is_empty() || known.iter().any(|kind| self.selects(kind)) { Ok(self) } else { Err(Problem::NoKind) }
    }
}

/// A glob over the names of kinds. A service's name alone stands for all its kinds.
#[derive(Debug, Clone)]
pub(super) struct KindPattern {
    text: String,
    glob: GlobMatcher,
    /// What it does not match although the glob does.
    except: Vec<KindPattern>,
}

impl KindPattern {
    /// It must match one of the `known` kinds at least.
    pub(super) fn new(text: &str, known: &[&str]) -> Result<Self, Problem> {
        let full = if text.contains('/') || text.contains('*') { text.to_owned() } else { format!("{text}/*") };
        let glob = driftline_api::glob(&full).map_err(|why| Problem::KindPattern { pattern: text.to_owned(), why })?;
        let pattern = Self { text: text.to_owned(), glob, except: vec![] };
        if known.iter().any(|kind| pattern.matches(kind)) { Ok(pattern) } else { Err(unknown(text, known)) }
    }

    fn matches(&self, kind: &str) -> bool {
        self.glob.is_match(kind) && !self.except.iter().any(|pattern| pattern.matches(kind))
    }
}

/// The error for a kind, service or pattern that no known kind has.
pub(super) fn unknown(text: &str, known: &[&str]) -> Problem {
    let suggestion = match text.split_once('/') {
        None => suggest(text, services(known)),
        Some((service, rest)) if rest.contains('*') => {
            suggest(service, services(known)).filter(|found| found != service).map(|found| format!("{found}/{rest}"))
        }
        Some(_) => suggest(text, known.iter().copied()),
    };
    Problem::Kind { kind: text.to_owned(), suggestion }
}

pub(super) fn services<'a>(known: &[&'a str]) -> impl Iterator<Item = &'a str> {
    known.iter().filter_map(|kind| kind.split('/').next())
}
