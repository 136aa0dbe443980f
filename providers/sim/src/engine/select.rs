//! Which items an operation speaks of: by identifiers, by owners, by filters.

use std::borrow::Cow;
use std::collections::BTreeMap;

use driftline_wire::model::{Shape, Structure};
use serde_json::Value;

use super::items::{Chosen, Items};
use super::{Descriptions, Question, Refusal};
use crate::operations::{By, Row, Test};
use crate::world::{text, walk};

#[derive(Clone, Copy)]
pub(super) struct Selection<'a, 'q> {
    pub(super) world: Descriptions<'a>,
    pub(super) question: Question<'q>,
    pub(super) filters: &'static [(&'static str, &'static str)],
}

impl<'a> Selection<'a, '_> {
    /// The items at a path that the parameters choose.
    pub(super) fn choose(&self, of: &str, by: &[By]) -> Result<Chosen<'a>, Refusal> {
        let (items, within) = self.world.items(of);
        let mut chosen = Chosen::all(items);
        self.narrow(&mut chosen, within, by)?;
        if within.is_empty() {
            return Ok(chosen);
        }
        // Items within items: those of an item that was chosen may differ.
        let inner = chosen.iter().flat_map(|item| walk(&item, within).into_iter().cloned().collect::<Vec<_>>());
        let mut inner = Chosen::all(Items::Listed(inner.map(Cow::Owned).collect()));
        self.narrow(&mut inner, "", by)?;
        Ok(inner)
    }

    /// The one item that the parameters name.
    pub(super) fn one(&self, row: &Row) -> Result<Cow<'a, Value>, Refusal> {
        if let Some((_, param)) = row.missing()
            && params(self.question, param).is_empty()
        {
            let message = format!("the parameter {} is missing", param.trim_start_matches('/'));
            return Err(Refusal::new(400, "ValidationError", message));
        }
        let items = self.choose(row.of, row.by)?;
        let item = items.get(0).ok_or_else(|| super::vanished(self.question))?;
        let elsewhere = row.region.and_then(|path| item.pointer(path)?.as_str().map(str::to_owned));
        match elsewhere.filter(|at| at != self.question.region) {
            None => Ok(item),
            Some(region) => {
                let message = "The bucket you are attempting to access must be addressed using the specified endpoint. \
                               Please send all future requests to this endpoint.";
                let mut refusal = Refusal::new(301, "PermanentRedirect", message);
                refusal.headers.push(("x-amz-bucket-region".to_owned(), region));
                Err(refusal)
            }
        }
    }

    /// Narrows items by rows' choices, whose paths begin `within` an item.
    pub(super) fn narrow(&self, items: &mut Chosen<'a>, within: &str, by: &[By]) -> Result<(), Refusal> {
        for by in by {
            match *by {
                By::Named { param, item, missing } => {
                    let (wanted, path) = (params(self.question, param), format!("{within}{item}"));
                    if let Some(value) = wanted.iter().find(|value| !items.has(&path, value)) {
                        return Err(self.missing(missing, param, value));
                    }
                    items.keep(&path, &wanted);
                }
                By::Narrow { param, item } => items.keep(&format!("{within}{item}"), &params(self.question, param)),
                By::Default { param, item, values } => {
                    let (given, path) = (params(self.question, param), format!("{within}{item}"));
                    match given.first().map(String::as_str) {
                        // A switch (`AllRegions`) rather than values.
                        Some("true") => {}
                        Some(value) if value != "false" => items.keep(&path, &given),
                        _ => items.keep(&path, &values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>()),
                    }
                }
                By::Owned { param, item, owner, key, missing } => {
                    let wanted = params(self.question, param);
                    let owners = Chosen::all(self.world.items(owner).0);
                    if let Some(value) = wanted.iter().find(|value| !owners.has(key, value)) {
                        return Err(self.missing(missing, param, value));
                    }
                    items.keep(&format!("{within}{item}"), &wanted);
                }
                By::Prefix { param, item } => {
                    for prefix in params(self.question, param) {
                        items.keep_with(&format!("{within}{item}"), |value| value.starts_with(&prefix));
                    }
                }
                By::Where { param, value, item, test } => {
                    let given = params(self.question, param);
                    // Two demands of one parameter are alternatives: both given, neither narrows.
                    if given.len() == 1 && given[0] == value {
                        items.keep_with(&format!("{within}{item}"), |value| passes(test, value));
                    }
                }
                By::Version { param } => {
                    let wanted = params(self.question, param);
                    if !wanted.is_empty() {
                        let latest = latest_versions(items);
                        items.keep_if(|item| wanted.iter().any(|version| is_version(item, version, &latest)));
                    }
                }
            }
        }
        Ok(())
    }

    /// Narrows by every parameter that is called as a member of the items, in the singular or in the plural.
    pub(super) fn conventional(&self, items: &mut Chosen<'a>, shape: Option<&Structure>) {
        for name in self.question.params.keys() {
            let singular = name.strip_suffix('s').unwrap_or(name);
            let member = shape.and_then(|shape| shape.member(name).or_else(|| shape.member(singular)));
            if let Some(member) = member {
                let wanted = params(self.question, &format!("/{name}"));
                items.keep(&format!("/{}", member.name), &wanted);
            }
        }
    }

    /// Applies `Filters`.
    pub(super) fn filtered(&self, items: &mut Chosen<'a>, shape: Option<&'static Structure>) -> Result<(), Refusal> {
        filter(items, self.question, self.filters, shape)
    }

    fn missing(&self, code: &str, param: &str, value: &str) -> Refusal {
        let message = format!("The {} '{value}' does not exist", param.trim_start_matches('/'));
        Refusal::missing(self.question.service, code, message)
    }
}

/// Applies `Filters` of EC2 and RDS: names in kebab case, values with `*` and `?`, all filters together.
pub(super) fn filter(
    items: &mut Chosen<'_>,
    question: Question<'_>,
    aliases: &[(&str, &str)],
    shape: Option<&'static Structure>,
) -> Result<(), Refusal> {
    let filters = question.params.get("Filters").or_else(|| question.params.get("Filter")).and_then(Value::as_array);
    for filter in filters.into_iter().flatten() {
        let Some(name) = filter.get("Name").and_then(Value::as_str) else { continue };
        let values: Vec<Cow<'_, str>> = walk(filter, "/Values/*").into_iter().map(text).collect();
        let matches = |found: &str| values.iter().any(|pattern| like(pattern, found));
        let alias =
            |wanted: &str| aliases.iter().find(|(alias, _)| *alias == wanted).map(|(_, path)| (*path).to_owned());
        let tags = alias("tag").unwrap_or_else(|| "/Tags".to_owned());
        if let Some(key) = name.strip_prefix("tag:") {
            items.keep_if(|item| {
                let tags = walk(item, &format!("{tags}/*"));
                tags.iter().any(|tag| tag["Key"] == key && matches(&text(&tag["Value"])))
            });
            continue;
        }
        let path = match name {
            "tag-key" => Some(format!("{tags}/*/Key")),
            _ => alias(name).or_else(|| path_of(shape?, name)),
        };
        let Some(path) = path else {
            return Err(Refusal::new(400, "InvalidParameterValue", format!("The filter '{name}' is invalid")));
        };
        items.keep_with(&path, matches);
    }
    Ok(())
}

/// The member that a filter such as `ip-permission.from-port` looks at.
fn path_of(shape: &'static Structure, name: &str) -> Option<String> {
    let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
    let member = shape.members.iter().find(|member| {
        let kebab = kebab(member.name);
        kebab == first || kebab.strip_suffix('s') == Some(first)
    })?;
    let mut path = format!("/{}", member.name);
    let mut inner = member.shape;
    if let Shape::List(list) = inner {
        path.push_str("/*");
        inner = list.member;
    }
    match (inner, rest) {
        (Shape::Structure(structure), Some(rest)) => Some(path + &path_of(structure, rest)?),
        (Shape::Structure(_), None) | (_, Some(_)) => None,
        (_, None) => Some(path),
    }
}

/// `AvailabilityZone` → `availability-zone`, `DBInstanceId` → `db-instance-id`.
fn kebab(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut kebab = String::new();
    for (index, &character) in chars.iter().enumerate() {
        let starts = character.is_ascii_uppercase()
            && index > 0
            && (!chars[index - 1].is_ascii_uppercase() || chars.get(index + 1).is_some_and(char::is_ascii_lowercase));
        if starts {
            kebab.push('-');
        }
        kebab.push(character.to_ascii_lowercase());
    }
    kebab
}

/// The values that a parameter holds, as texts: one, or a list's elements.
pub(super) fn params(question: Question<'_>, path: &str) -> Vec<String> {
    let path = path.trim_end_matches("/*");
    let mut steps = path.split('/').skip(1);
    let Some(first) = steps.next().and_then(|name| question.params.get(name)) else { return Vec::new() };
    match steps.try_fold(first, |value, step| value.get(step)) {
        Some(Value::Array(items)) => items.iter().map(|item| text(item).into_owned()).collect(),
        Some(Value::Null) | None => Vec::new(),
        Some(value) => vec![text(value).into_owned()],
    }
}

fn passes(test: Test, value: &str) -> bool {
    match test {
        Test::Like(pattern) => like(pattern, value),
        Test::Unlike(pattern) => !like(pattern, value),
    }
}

/// The number of the latest version of each template.
fn latest_versions(items: &Chosen<'_>) -> BTreeMap<String, i64> {
    let mut latest = BTreeMap::new();
    for item in items.iter() {
        let number = item["VersionNumber"].as_i64().unwrap_or_default();
        let template = text(&item["LaunchTemplateId"]).into_owned();
        let known = latest.entry(template).or_insert(number);
        *known = number.max(*known);
    }
    latest
}

fn is_version(item: &Value, version: &str, latest: &BTreeMap<String, i64>) -> bool {
    let number = item["VersionNumber"].as_i64();
    match version {
        "$Default" => item["DefaultVersion"] == true,
        "$Latest" => number == latest.get(text(&item["LaunchTemplateId"]).as_ref()).copied(),
        _ => version.parse().ok() == number,
    }
}

/// `*` stands for any text, `?` for any character.
fn like(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            text.char_indices().map(|(at, _)| at).chain([text.len()]).any(|at| like(&pattern[1..], &text[at..]))
        }
        Some(first) => text
            .chars()
            .next()
            .is_some_and(|c| (first == '?' || first == c) && like(&pattern[first.len_utf8()..], &text[c.len_utf8()..])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_filters_are_members_in_kebab_case() {
        for (name, expected) in
            [("VpcId", "vpc-id"), ("DBInstanceIdentifier", "db-instance-identifier"), ("IsDefault", "is-default")]
        {
            assert_eq!(kebab(name), expected);
        }
    }

    #[test]
    fn patterns_match_as_ec2_does() {
        for (pattern, text, expected) in
            [("a*c", "abbc", true), ("a?c", "abc", true), ("a?c", "ac", false), ("*", "", true), ("a", "ab", false)]
        {
            assert_eq!(like(pattern, text), expected, "{pattern} on {text}");
        }
    }
}
