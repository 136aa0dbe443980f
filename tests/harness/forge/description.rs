//! The published description of a forge's API, and whether a request keeps to it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Request, Sort};

#[derive(Debug, Deserialize)]
pub(super) struct Description {
    #[serde(rename = "source")]
    _source: String,
    operations: Vec<Operation>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Operation {
    method: String,
    path: String,
    query: BTreeMap<String, Schema>,
    body: Option<Schema>,
    /// The names of the members of each status's answer.
    answers: BTreeMap<String, Vec<String>>,
}

/// As much of JSON Schema as the descriptions use of it. Anything else is an error when they are read.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
struct Schema {
    r#type: Option<String>,
    r#enum: Option<Vec<Value>>,
    properties: BTreeMap<String, Schema>,
    required: Vec<String>,
    items: Option<Box<Schema>>,
    one_of: Vec<Schema>,
    any_of: Vec<Schema>,
    min_items: Option<usize>,
    max_items: Option<usize>,
    min_length: Option<usize>,
    max_length: Option<usize>,
    nullable: bool,
}

impl Description {
    pub(super) fn of(sort: Sort) -> Self {
        let text = match sort {
            Sort::GitHub => include_str!("../../forges/github.json"),
            Sort::GitLab => include_str!("../../forges/gitlab.json"),
            Sort::Gitea => include_str!("../../forges/gitea.json"),
        };
        serde_json::from_str(text).expect("the description keeps to what is understood of JSON Schema")
    }

    /// The operation that a request is, or what is wrong with it.
    pub(super) fn check(&self, request: &Request) -> Result<usize, String> {
        let here = format!("{} {}", request.method, request.path);
        let is_it =
            |operation: &Operation| operation.method == request.method && matches(&operation.path, &request.path);
        let index = self.operations.iter().position(is_it).ok_or_else(|| format!("{here}: no such operation"))?;
        let operation = &self.operations[index];
        for (name, value) in request.parameters() {
            let schema = operation.query.get(name).ok_or_else(|| format!("{here}: no parameter `{name}`"))?;
            let typed = match schema.r#type.as_deref() {
                Some("integer") => value.parse::<i64>().map_or(Value::Null, Value::from),
                _ => Value::from(value),
            };
            schema.check(&typed, name).map_err(|why| format!("{here}: {why}"))?;
        }
        match (&operation.body, &request.body) {
            (None, Value::Null) => {}
            (None, _) => return Err(format!("{here}: takes no body")),
            (Some(schema), body) => {
                schema.check(body, "").map_err(|why| format!("{here}: {why}"))?;
                if request.header("content-type") != Some("application/json") {
                    return Err(format!("{here}: the body is not said to be JSON"));
                }
            }
        }
        Ok(index)
    }

    /// Whether the stand-in answers as the description says.
    pub(super) fn check_answer(&self, operation: usize, status: u16, body: &Value) -> Result<(), String> {
        let Operation { method, path, answers, .. } = &self.operations[operation];
        if status >= 400 {
            return Ok(());
        }
        let known = answers.get(&status.to_string()).ok_or_else(|| format!("{method} {path}: no answer {status}"))?;
        let one = body.as_array().map_or(Some(body), |list| list.first());
        let names = one.and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name);
        let unknown: Vec<&String> = names.filter(|name| !known.is_empty() && !known.contains(name)).collect();
        if unknown.is_empty() { Ok(()) } else { Err(format!("{method} {path}: answers {unknown:?}")) }
    }
}

impl Schema {
    /// Stricter than the schema where it allows what it does not name: that is where misspellings hide.
    fn check(&self, value: &Value, at: &str) -> Result<(), String> {
        let wrong = |why: String| Err(format!("`{at}` {why}"));
        if value.is_null() && self.nullable {
            return Ok(());
        }
        let fits = match self.r#type.as_deref() {
            None => true,
            Some("string") => value.is_string(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("number") => value.is_number(),
            Some("boolean") => value.is_boolean(),
            Some("array") => value.is_array(),
            Some("object") => value.is_object(),
            Some(other) => return wrong(format!("has the type {other}, which is not understood")),
        };
        if !fits {
            return wrong(format!("is no {}: {value}", self.r#type.as_deref().unwrap_or_default()));
        }
        if self.r#enum.as_ref().is_some_and(|all| !all.contains(value)) {
            return wrong(format!("cannot be {value}"));
        }
        if let Some(text) = value.as_str() {
            let length = text.chars().count();
            if self.max_length.is_some_and(|most| length > most) || self.min_length.is_some_and(|least| length < least)
            {
                return wrong(format!("has {length} characters"));
            }
        }
        if let Some(elements) = value.as_array() {
            let length = elements.len();
            if self.max_items.is_some_and(|most| length > most) || self.min_items.is_some_and(|least| length < least) {
                return wrong(format!("has {length} elements"));
            }
            if let Some(items) = &self.items {
                elements.iter().try_for_each(|element| items.check(element, &format!("{at}[]")))?;
            }
        }
        if let Some(members) = value.as_object()
            && self.one_of.is_empty()
            && self.any_of.is_empty()
        {
            if let Some(missing) = self.required.iter().find(|name| !members.contains_key(*name)) {
                return wrong(format!("lacks `{missing}`"));
            }
            for (name, member) in members {
                let Some(schema) = self.properties.get(name) else { return wrong(format!("has no `{name}`")) };
                schema.check(member, &format!("{at}/{name}"))?;
            }
        }
        for choices in [&self.one_of, &self.any_of].into_iter().filter(|choices| !choices.is_empty()) {
            if !choices.iter().any(|choice| choice.check(value, at).is_ok()) {
                return wrong(format!("is none of what it can be: {value}"));
            }
        }
        Ok(())
    }
}

/// Whether a path has the form of `/repos/{owner}/{repo}/pulls`.
fn matches(form: &str, path: &str) -> bool {
    let (form, path): (Vec<&str>, Vec<&str>) = (form.split('/').collect(), path.split('/').collect());
    let same = |(form, path): (&&str, &&str)| form == path || (form.starts_with('{') && !path.is_empty());
    form.len() == path.len() && form.iter().zip(&path).all(same)
}
