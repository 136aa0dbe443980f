//! Which items an operation speaks of: by identifiers, by owners, by filters.

use std::borrow::Cow;

use driftline_wire::model::{Shape, Structure};
use serde_json::Value;

use super::{Descriptions, Question, Refusal};
use crate::operations::{By, Row, Test};

#[derive(Clone, Copy)]
pub(super) struct Selection<'a, 'q> {
    pub(super) world: Descriptions<'a>,
    pub(super) question: Question<'q>,
    pub(super) filters: &'static [(&'static str, &'static str)],
}

impl<'a> Selection<'a, '_> {
    /// The items at a path that the parameters choose.
    pub(super) fn choose(&self, of: &str, by: &[By]) -> Result<Vec<&'a Value>, Refusal> {
        self.narrow(self.world.items(of), by)
    }

    /// The one item that the parameters name.
    pub(super) fn one(&self, row: &Row) -> Result<&'a Value, Refusal> {
        if let Some((_, param)) = row.missing()
            && params(self.question, param).is_empty()
        {
            let message = format!("the parameter {} is missing", param.trim_start_matches('/'));
            return Err(Refusal::new(400, "ValidationError", message));
        }
        let items = self.choose(row.of, row.by)?;
        let item = items.first().copied().ok_or_else(|| super::vanished(self.question))?;
        let elsewhere =
            row.region.and_then(|path| item.pointer(path)?.as_str()).filter(|at| *at != self.question.region);
        match elsewhere {
            None => Ok(item),
            Some(region) => {
                let message = "The bucket you are attempting to access must be addressed using the specified endpoint. \
                               Please send all future requests to this endpoint.";
                let mut refusal = Refusal::new(301, "PermanentRedirect", message);
                refusal.headers.push(("x-amz-bucket-region".to_owned(), region.to_owned()));
                Err(refusal)
            }
        }
    }

    pub(super) fn narrow(&self, mut items: Vec<&'a Value>, by: &[By]) -> Result<Vec<&'a Value>, Refusal> {
        for by in by {
            match *by {
                By::Named { param, item, missing } => {
                    let wanted = params(self.question, param);
                    if let Some(value) = wanted.iter().find(|value| !items.iter().any(|it| holds(it, item, value))) {
                        return Err(self.missing(missing, param, value));
                    }
                    keep(&mut items, item, &wanted);
                }
                By::Narrow { param, item } => keep(&mut items, item, &params(self.question, param)),
                By::Default { param, item, values } => {
                    let given = params(self.question, param);
                    match given.first().map(String::as_str) {
                        // A switch (`AllRegions`) rather than values.
                        Some("true") => {}
                        Some(value) if value != "false" => keep(&mut items, item, &given),
                        _ => keep(&mut items, item, &values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>()),
                    }
                }
                By::Owned { param, item, owner, key, missing } => {
                    let wanted = params(self.question, param);
                    let owners = self.world.items(owner);
                    if let Some(value) = wanted.iter().find(|value| !owners.iter().any(|it| holds(it, key, value))) {
                        return Err(self.missing(missing, param, value));
                    }
                    keep(&mut items, item, &wanted);
                }
                By::Prefix { param, item } => {
                    for prefix in params(self.question, param) {
                        items.retain(|it| walk(it, item).iter().any(|value| text(value).starts_with(&prefix)));
                    }
                }
                By::Where { param, value, item, test } => {
                    let given = params(self.question, param);
                    // Two demands of one parameter are alternatives: both given, neither narrows.
                    if given.len() == 1 && given[0] == value {
                        items.retain(|it| walk(it, item).iter().any(|value| passes(test, &text(value))));
                    }
                }
                By::Version { param } => {
                    let wanted = params(self.question, param);
                    if !wanted.is_empty() {
                        let all = items.clone();
                        items.retain(|item| wanted.iter().any(|version| is_version(item, version, &all)));
                    }
                }
            }
        }
        Ok(items)
    }

    /// Narrows by every parameter that is called as a member of the items, in the singular or in the plural.
    pub(super) fn conventional(&self, mut items: Vec<&'a Value>, shape: Option<&Structure>) -> Vec<&'a Value> {
        for name in self.question.params.keys() {
            let singular = name.strip_suffix('s').unwrap_or(name);
            let member = shape.and_then(|shape| shape.member(name).or_else(|| shape.member(singular)));
            if let Some(member) = member {
                let wanted = params(self.question, &format!("/{name}"));
                keep(&mut items, &format!("/{}", member.name), &wanted);
            }
        }
        items
    }

    /// Applies `Filters`.
    pub(super) fn filtered(
        &self,
        items: Vec<&'a Value>,
        shape: Option<&'static Structure>,
    ) -> Result<Vec<&'a Value>, Refusal> {
        filter(items, self.question, self.filters, shape)
    }

    fn missing(&self, code: &str, param: &str, value: &str) -> Refusal {
        let message = format!("The {} '{value}' does not exist", param.trim_start_matches('/'));
        Refusal::missing(self.question.service, code, message)
    }
}

/// Applies `Filters` of EC2 and RDS: names in kebab case, values with `*` and `?`, all filters together.
pub(super) fn filter<T: std::borrow::Borrow<Value>>(
    mut items: Vec<T>,
    question: Question<'_>,
    aliases: &[(&str, &str)],
    shape: Option<&'static Structure>,
) -> Result<Vec<T>, Refusal> {
    let filters = question.params.get("Filters").or_else(|| question.params.get("Filter")).and_then(Value::as_array);
    for filter in filters.into_iter().flatten() {
        let Some(name) = filter.get("Name").and_then(Value::as_str) else { continue };
        let values: Vec<Cow<'_, str>> = walk(filter, "/Values/*").into_iter().map(text).collect();
        let matches = |found: &Value| values.iter().any(|pattern| like(pattern, &text(found)));
        let alias =
            |wanted: &str| aliases.iter().find(|(alias, _)| *alias == wanted).map(|(_, path)| (*path).to_owned());
        let tags = alias("tag").unwrap_or_else(|| "/Tags".to_owned());
        if let Some(key) = name.strip_prefix("tag:") {
            items.retain(|item| {
                let tags = walk(item.borrow(), &format!("{tags}/*"));
                tags.iter().any(|tag| tag["Key"] == key && matches(&tag["Value"]))
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
        items.retain(|item| walk(item.borrow(), &path).into_iter().any(matches));
    }
    Ok(items)
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

/// Every value that a path leads to: a JSON pointer in which `*` stands for all elements of a list.
pub(super) fn walk<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    let mut found = vec![value];
    for step in path.split('/').skip(1) {
        found = found
            .into_iter()
            .flat_map(|value| match value {
                Value::Array(items) if step == "*" => items.iter().collect(),
                Value::Array(items) => {
                    step.parse::<usize>().ok().and_then(|index| items.get(index)).into_iter().collect()
                }
                other => other.get(step).into_iter().collect::<Vec<_>>(),
            })
            .collect();
    }
    found
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

pub(super) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// Whether a member's value is the one named. Route 53 answers `/hostedzone/Z1` and takes `Z1`.
pub(super) fn same(value: &Value, named: &str) -> bool {
    let text = text(value);
    text == named || text.strip_suffix(named).is_some_and(|path| path.starts_with('/') && path.ends_with('/'))
}

fn holds(item: &Value, path: &str, named: &str) -> bool {
    walk(item, path).into_iter().any(|value| same(value, named))
}

fn keep(items: &mut Vec<&Value>, path: &str, wanted: &[String]) {
    if !wanted.is_empty() {
        items.retain(|item| wanted.iter().any(|value| holds(item, path, value)));
    }
}

fn passes(test: Test, value: &str) -> bool {
    match test {
        Test::Like(pattern) => like(pattern, value),
        Test::Unlike(pattern) => !like(pattern, value),
    }
}

fn is_version(item: &Value, version: &str, all: &[&Value]) -> bool {
    let number = |item: &Value| item["VersionNumber"].as_i64();
    match version {
        "$Default" => item["DefaultVersion"] == true,
        "$Latest" => {
            let siblings = all.iter().filter(|other| other["LaunchTemplateId"] == item["LaunchTemplateId"]);
            siblings.filter_map(|other| number(other)).max() == number(item)
        }
        _ => version.parse().ok() == number(item),
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
