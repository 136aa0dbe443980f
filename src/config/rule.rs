//! Adding an ignore rule to `driftline.toml`, which people wrote: nothing else in it changes by a byte.
//!
//! The rule is inserted as text, and the result is read again: it must be what was there, and the rule.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use driftline_api::{Address, AddressPattern};
use serde::Deserialize;
use time::Date;
use toml::{Spanned, Table, Value};

use super::error::{ConfigError, Problem};
use super::{Config, ignore};
use crate::diff::Path;
use crate::plan::PathPattern;

/// A rule that is to be added.
#[derive(Debug, Clone)]
pub struct NewRule {
    pub address: AddressPattern,
    pub attribute: Option<PathPattern>,
    pub reason: String,
    pub owner: Option<String>,
    pub until: Option<Date>,
    pub actor: Vec<String>,
    /// `Team=platform`.
    pub tag: Vec<String>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub values: Vec<String>,
}

/// The rule cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    #[error("\"{given}\": {problem}")]
    Given { given: String, problem: Problem },
    #[error("{0}")]
    Rule(Problem),
    #[error("{until} is over; a rule that ends before today takes nothing out")]
    Past { until: Date },
    #[error("the same rule is there already ({reason})")]
    Duplicate { reason: String },
    #[error(transparent)]
    File(#[from] ConfigError),
    #[error("`ignore` in the file is no list of rules that another one can be added to; write its rules as [[ignore]]")]
    Form,
}

impl NewRule {
    /// What is said in one word: `ec2/instance/i-1#tags.Patched`, an address pattern and, behind the first `#`, an
    /// attribute pattern as a plan prints it or as a JSON pointer.
    pub fn parse(text: &str, reason: &str, known_kinds: &[&str]) -> Result<Self, RuleError> {
        let given = |part: &str| {
            let given = part.to_owned();
            move |problem| RuleError::Given { given, problem }
        };
        let (address, attribute) = text.split_once('#').map_or((text, None), |(address, path)| (address, Some(path)));
        let attribute = attribute.map(str::parse::<PathPattern>).transpose();
        if reason.trim().is_empty() {
            return Err(RuleError::Rule(Problem::NoReason));
        }
        Ok(Self {
            address: ignore::address(address, known_kinds).map_err(given(text))?,
            attribute: attribute.map_err(|error| RuleError::Rule(Problem::Attribute(error.to_string())))?,
            reason: reason.trim().to_owned(),
            owner: None,
            until: None,
            actor: vec![],
            tag: vec![],
            min: None,
            max: None,
            values: vec![],
        })
    }

    /// The rule for one resource, or for what is at and below a path of it, and for nothing else.
    pub fn exactly(address: &Address, path: Option<&Path>, reason: &str) -> Result<Self, RuleError> {
        // A backslash protects what follows it in a pattern, and globset's own escape leaves it as it is.
        let mut pattern = globset::escape(&address.to_string()).replace('\\', "[\\]");
        // A pattern may end in a slash that means nothing; an id's last one is a part of it.
        if pattern.ends_with('/') {
            pattern.truncate(pattern.len() - 1);
            pattern.push_str("[/]");
        }
        let address: AddressPattern = pattern
            .parse()
            .map_err(|error: driftline_api::PatternError| RuleError::Rule(Problem::Address(error.to_string())))?;
        // As a plan prints it where that can be read back; what a name makes ambiguous is said as machines say it.
        let attribute = path.filter(|path| !path.0.is_empty()).map(|path| {
            let spellings = [path.to_string(), path.pointer()];
            let patterns = spellings.iter().filter_map(|spelling| spelling.parse::<PathPattern>().ok());
            let problem = || RuleError::Rule(Problem::Attribute(format!("no pattern names `{path}`")));
            patterns.into_iter().find(|pattern| pattern.matches(path)).ok_or_else(problem)
        });
        Ok(Self {
            address,
            attribute: attribute.transpose()?,
            reason: reason.trim().to_owned(),
            owner: None,
            until: None,
            actor: vec![],
            tag: vec![],
            min: None,
            max: None,
            values: vec![],
        })
    }

    /// The last day on which it is to hold.
    pub fn until(mut self, text: &str, today: Date) -> Result<Self, RuleError> {
        let until = ignore::date(text).map_err(RuleError::Rule)?;
        if until < today {
            return Err(RuleError::Past { until });
        }
        self.until = Some(until);
        Ok(self)
    }

    /// The file's text with the rule in it. `path` is for error messages.
    pub fn add_to(&self, text: &str, path: &std::path::Path, known_kinds: &[&str]) -> Result<String, RuleError> {
        Config::parse(text, path, known_kinds)?;
        let mut wanted: Table = toml::from_str(text).map_err(|_| RuleError::Form)?;
        let rules = wanted.entry("ignore").or_insert_with(|| Value::Array(vec![]));
        let rules = rules.as_array_mut().ok_or(RuleError::Form)?;
        let mine = self.table();
        if let Some(same) = rules.iter().filter_map(Value::as_table).find(|rule| says_the_same(rule, &mine)) {
            let reason = same.get("reason").and_then(Value::as_str).unwrap_or_default().to_owned();
            return Err(RuleError::Duplicate { reason });
        }
        rules.push(Value::Table(mine));
        // Where the last rule ends is a guess from the places of its values. If it is wrong, the end of the file is
        // as good a place.
        let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let candidates = self.candidates(text, line_end);
        let fits = |candidate: &String| {
            toml::from_str::<Table>(candidate).is_ok_and(|table| table == wanted)
                && Config::parse(candidate, path, known_kinds).is_ok()
        };
        if let Some(whole) = candidates.iter().find(|candidate| fits(candidate)) {
            return Ok(whole.clone());
        }
        // The rule itself may be what cannot be: a range that holds no number.
        match candidates.first().map(|candidate| Config::parse(candidate, path, known_kinds)) {
            Some(Err(ConfigError::Invalid { problem, .. })) => Err(RuleError::Rule(problem)),
            _ => Err(RuleError::Form),
        }
    }

    fn candidates(&self, text: &str, line_end: &str) -> Vec<String> {
        let Places { list, last } = places(text);
        let insert = |at: usize, what: &str| format!("{}{what}{}", &text[..at], &text[at..]);
        // `ignore = [{ … }]`: an element more.
        if let Some(list) = list.filter(|list| text[list.clone()].starts_with('[') && text[list.clone()].ends_with(']'))
            && !text[list.clone()].starts_with("[[")
        {
            return match last {
                Some(last) => vec![insert(last.end, &format!(", {}", self.inline()))],
                None => vec![insert(list.start + 1, &self.inline())],
            };
        }
        let block = self.block(line_end);
        let after = |at: usize| {
            let at = text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
            let open = if at > 0 && !text[..at].ends_with('\n') { line_end } else { "" };
            let gap = if at == 0 { "" } else { line_end };
            // What follows stands apart as it did before.
            let rest = text[at..].trim_start_matches('\r');
            let close = if rest.is_empty() || rest.starts_with('\n') { "" } else { line_end };
            insert(at, &format!("{open}{gap}{block}{close}"))
        };
        last.into_iter().map(|last| after(last.end)).chain([after(text.len())]).collect()
    }

    /// As `[[ignore]]` and lines.
    fn block(&self, line_end: &str) -> String {
        let mut block = format!("[[ignore]]{line_end}");
        for (key, value) in self.entries() {
            write!(block, "{key} = {value}{line_end}").expect("writing to a String does not fail");
        }
        block
    }

    fn inline(&self) -> String {
        let entries: Vec<String> = self.entries().into_iter().map(|(key, value)| format!("{key} = {value}")).collect();
        format!("{{ {} }}", entries.join(", "))
    }

    fn table(&self) -> Table {
        self.entries().into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }

    /// In the order in which people read them.
    fn entries(&self) -> Vec<(&'static str, Value)> {
        let mut entries = vec![("address", Value::from(self.address.to_string()))];
        let one_or_more = |texts: &[String]| match texts {
            [] => None,
            [one] => Some(Value::from(one.as_str())),
            more => Some(Value::from(more.to_vec())),
        };
        let date = |date: Date| {
            let date =
                toml::value::Date { year: date.year().try_into().ok()?, month: date.month().into(), day: date.day() };
            Some(Value::Datetime(toml::value::Datetime { date: Some(date), time: None, offset: None }))
        };
        let more = [
            ("attribute", self.attribute.as_ref().map(|attribute| Value::from(attribute.to_string()))),
            ("tag", one_or_more(&self.tag)),
            ("actor", one_or_more(&self.actor)),
            ("min", self.min.map(number)),
            ("max", self.max.map(number)),
            ("values", (!self.values.is_empty()).then(|| Value::from(self.values.clone()))),
            ("until", self.until.and_then(date)),
            ("owner", self.owner.as_deref().map(Value::from)),
            ("reason", Some(Value::from(self.reason.as_str()))),
        ];
        entries.extend(more.into_iter().filter_map(|(key, value)| Some((key, value?))));
        entries
    }
}

/// A whole number is written as one.
#[expect(
    clippy::cast_possible_truncation,
    reason = "only what is whole and within what a double holds exactly is cast"
)]
fn number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 { Value::Integer(number as i64) } else { Value::Float(number) }
}

/// Whether two rules take out the same, whatever the reason and however long.
fn says_the_same(one: &Table, other: &Table) -> bool {
    let said = |rule: &Table| -> Table {
        let about = |key: &String| !matches!(key.as_str(), "reason" | "owner" | "until");
        rule.iter().filter(|(key, _)| about(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    let until = |rule: &Table| rule.get("until").cloned();
    // One that ends is not the same as one that goes on: it may be over.
    said(one) == said(other) && (until(one).is_none() || until(one) == until(other))
}

/// Where the rules stand in a file.
struct Places {
    /// The whole list.
    list: Option<Range<usize>>,
    /// The last rule, as far as its values tell.
    last: Option<Range<usize>>,
}

fn places(text: &str) -> Places {
    type Rule = BTreeMap<String, Spanned<Value>>;
    #[derive(Deserialize)]
    struct File {
        ignore: Option<Spanned<Vec<Spanned<Rule>>>>,
    }
    let rules = toml::from_str::<File>(text).ok().and_then(|file| file.ignore);
    let Some(rules) = rules else { return Places { list: None, last: None } };
    let list = rules.span();
    let end = rules.into_inner().pop().map(|rule| {
        let place = rule.span();
        let end = rule.get_ref().values().map(|value| value.span().end).chain([place.end]).max().unwrap_or(place.end);
        place.start..end
    });
    Places { list: Some(list), last: end }
}

#[cfg(test)]
mod tests;
