//! Ignore rules, as they are written and as they are meant.

use std::collections::BTreeMap;
use std::ops::Range;

use driftline_api::AddressPattern;
use time::Date;
use toml::Spanned;

use super::check::{Located, is_account_id, is_region, located, not_empty, similar_region};
use super::error::Problem;
use super::file;
use super::kinds::{KindPattern, unknown};
use crate::plan::ignore::DATE;
use crate::plan::{Conditions, Ignore, PathPattern, TextPattern};

pub(super) fn check(rule: Spanned<file::Ignore>, known: &[&str]) -> Result<Ignore, Located> {
    let (span, rule) = located(rule);
    let narrow = rule.account.is_some()
        || rule.region.is_some()
        || rule.kind.is_some()
        || rule.tag.is_some()
        || rule.actor.is_some();
    let address = match rule.address.map(located) {
        Some((span, text)) => address(&text, known).map_err(|problem| (span, problem))?,
        None if narrow => "*".parse().expect("`*` is an address pattern"),
        None => return Err((span, Problem::Everything)),
    };
    let attribute = rule
        .attribute
        .map(located)
        .map(|(span, text)| text.parse::<PathPattern>().map_err(|error| (span, Problem::Attribute(error.to_string()))));
    let attribute = attribute.transpose()?;
    let about_values = [
        ("min", rule.min.as_ref().map(Spanned::span)),
        ("max", rule.max.as_ref().map(Spanned::span)),
        ("values", rule.values.as_ref().map(Spanned::span)),
    ];
    if attribute.is_none()
        && let Some((key, Some(span))) = about_values.into_iter().find(|(_, span)| span.is_some())
    {
        return Err((span, Problem::NoAttribute { key }));
    }
    let (min, max) = range(rule.min, rule.max)?;
    let conditions = Conditions {
        account: texts("account", rule.account, account)?,
        region: texts("region", rule.region, region)?,
        kind: texts("kind", rule.kind, |text| kind(text, known))?,
        tag: tags(rule.tag)?,
        actor: texts("actor", rule.actor, |text| Ok(text.into()))?,
        min,
        max,
        values: rule.values.map(values).transpose()?.unwrap_or_default(),
    };
    let reason = match rule.reason.map(located) {
        Some((_, reason)) if !reason.trim().is_empty() => reason.trim().to_owned(),
        Some((span, _)) => return Err((span, Problem::NoReason)),
        None => return Err((span, Problem::NoReason)),
    };
    let until = rule.until.map(located).map(|(span, value)| until(&value).map_err(|problem| (span, problem)));
    Ok(Ignore {
        address,
        attribute,
        conditions,
        reason,
        owner: not_empty("owner", rule.owner)?.map(|(_, owner)| owner.trim().to_owned()),
        until: until.transpose()?,
        expired: false,
    })
}

/// An address pattern that some known kind can match.
pub(super) fn address(text: &str, known: &[&str]) -> Result<AddressPattern, Problem> {
    let address: AddressPattern = text.parse()?;
    if known.iter().any(|kind| address.may_match_kind(None, kind)) {
        Ok(address)
    } else {
        Err(unknown(kind_of_pattern(text), known))
    }
}

/// `2027-01-31`.
pub(super) fn date(text: &str) -> Result<Date, Problem> {
    Date::parse(text.trim(), DATE).map_err(|_| Problem::Date { text: format!("\"{text}\"") })
}

/// `Team=platform`; `Team` alone is that tag with any value.
pub(super) fn tag(text: &str) -> Result<(String, TextPattern), Problem> {
    let (name, value) = text.split_once('=').unwrap_or((text, "*"));
    if name.trim().is_empty() {
        return Err(Problem::Tag { text: text.to_owned() });
    }
    Ok((name.to_owned(), value.into()))
}

/// `service/resource` of an address pattern, which may begin with provider, account and region.
fn kind_of_pattern(text: &str) -> &str {
    let mut start = 0;
    if text.starts_with("aws/") {
        start = text.match_indices('/').nth(2).map_or(text.len(), |(at, _)| at + 1);
    }
    let rest = &text[start..];
    rest.match_indices('/').nth(1).map_or(rest, |(end, _)| &rest[..end])
}

/// A text or a list of texts, each of which `check` takes.
fn texts<T>(
    key: &'static str,
    given: Option<Spanned<toml::Value>>,
    check: impl Fn(&str) -> Result<T, Problem>,
) -> Result<Vec<T>, Located> {
    let Some((span, value)) = given.map(located) else { return Ok(vec![]) };
    let list = match value {
        toml::Value::Array(list) => list,
        one => vec![one],
    };
    let one = |value: &toml::Value| match value.as_str() {
        None => Err(Problem::Texts { key }),
        Some(text) if text.trim().is_empty() => Err(Problem::Empty { key }),
        Some(text) => check(text),
    };
    if list.is_empty() {
        return Err((span, Problem::Empty { key }));
    }
    list.iter().map(one).collect::<Result<_, _>>().map_err(|problem| (span, problem))
}

fn account(text: &str) -> Result<TextPattern, Problem> {
    if text.contains('*') || is_account_id(text) {
        return Ok(text.into());
    }
    Err(Problem::AccountId { id: text.to_owned() })
}

fn region(text: &str) -> Result<TextPattern, Problem> {
    if text.contains('*') || text == "global" || is_region(text) {
        return Ok(text.into());
    }
    Err(Problem::Region { region: text.to_owned(), suggestion: similar_region(text) })
}

/// A service's name alone stands for all its kinds.
fn kind(text: &str, known: &[&str]) -> Result<TextPattern, Problem> {
    KindPattern::new(text, known)?;
    Ok(if text.contains(['/', '*']) { text.into() } else { format!("{text}/*").into() })
}

fn tags(given: Option<Spanned<toml::Value>>) -> Result<BTreeMap<String, TextPattern>, Located> {
    match given.map(located) {
        Some((span, toml::Value::Table(table))) => {
            let one = |(name, value): (String, toml::Value)| match value {
                toml::Value::String(value) => Ok((name, value.into())),
                _ => Err((span.clone(), Problem::Texts { key: "tag" })),
            };
            table.into_iter().map(one).collect()
        }
        pairs => {
            let pairs = pairs.map(|(span, value)| Spanned::new(span, value));
            Ok(texts("tag", pairs, tag)?.into_iter().collect())
        }
    }
}

fn range(min: Option<Spanned<f64>>, max: Option<Spanned<f64>>) -> Result<(Option<f64>, Option<f64>), Located> {
    let place: Range<usize> = max.as_ref().or(min.as_ref()).map(Spanned::span).unwrap_or_default();
    let (min, max) = (min.map(Spanned::into_inner), max.map(Spanned::into_inner));
    let is_empty = match (min, max) {
        (Some(min), Some(max)) => min.is_nan() || max.is_nan() || min > max,
        (one, other) => one.or(other).is_some_and(f64::is_nan),
    };
    if is_empty {
        let word = |bound: Option<f64>| bound.map_or("missing".to_owned(), |bound| bound.to_string());
        return Err((place, Problem::EmptyRange { min: word(min), max: word(max) }));
    }
    Ok((min, max))
}

fn values(given: Spanned<Vec<Spanned<toml::Value>>>) -> Result<Vec<TextPattern>, Located> {
    let (span, given) = located(given);
    if given.is_empty() {
        return Err((span, Problem::Empty { key: "values" }));
    }
    let one = |value: Spanned<toml::Value>| match located(value) {
        (_, toml::Value::String(text)) => Ok(text.into()),
        (_, toml::Value::Integer(number)) => Ok(number.to_string().into()),
        (_, toml::Value::Float(number)) => Ok(number.to_string().into()),
        (_, toml::Value::Boolean(flag)) => Ok(flag.to_string().into()),
        (span, _) => Err((span, Problem::Value)),
    };
    given.into_iter().map(one).collect()
}

fn until(value: &toml::Value) -> Result<Date, Problem> {
    match value {
        toml::Value::String(text) => date(text),
        // A time of day would be read as more than it means: a rule ends with its day.
        toml::Value::Datetime(datetime) if datetime.time.is_none() => date(&datetime.to_string()),
        other => Err(Problem::Date { text: other.to_string() }),
    }
}
