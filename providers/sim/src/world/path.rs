//! Paths into descriptions, for changing them.

use serde_json::Value;

/// A path led nowhere.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PathError {
    #[error("`{0}` is not a path: expected `<account>/<region or global>/<service>/<JSON pointer>`")]
    Form(String),
    #[error("the description has nothing at `{0}`")]
    Nothing(String),
}

#[derive(Debug)]
pub(super) struct Path {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) service: String,
    pub(super) steps: Vec<String>,
}

impl Path {
    pub(super) fn parse(text: &str) -> Result<Self, PathError> {
        let mut parts = text.split('/').map(str::to_owned);
        let mut next = || parts.next().filter(|part| !part.is_empty()).ok_or_else(|| PathError::Form(text.to_owned()));
        let (account, region, service) = (next()?, next()?, next()?);
        let steps = parts.map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
        Ok(Self { account, region, service, steps })
    }
}

pub(super) fn find<'a>(value: &'a Value, steps: &[String]) -> Option<&'a Value> {
    steps.iter().try_fold(value, |value, step| match value {
        Value::Object(members) => members.get(step),
        Value::Array(items) => items.get(index(items, step)?),
        _ => None,
    })
}

fn find_mut<'a>(value: &'a mut Value, steps: &[String]) -> Option<&'a mut Value> {
    steps.iter().try_fold(value, |value, step| match value {
        Value::Object(members) => members.get_mut(step),
        Value::Array(items) => {
            let index = index(items, step)?;
            items.get_mut(index)
        }
        _ => None,
    })
}

pub(super) fn set(value: &mut Value, steps: &[String], new: Value) -> Option<()> {
    let (last, parents) = steps.split_last()?;
    match find_mut(value, parents)? {
        Value::Object(members) => {
            members.insert(last.clone(), new);
        }
        Value::Array(items) => {
            let index = index(items, last)?;
            *items.get_mut(index)? = new;
        }
        _ => return None,
    }
    Some(())
}

pub(super) fn remove(value: &mut Value, steps: &[String]) -> Option<Value> {
    let (last, parents) = steps.split_last()?;
    match find_mut(value, parents)? {
        Value::Object(members) => members.remove(last),
        Value::Array(items) => {
            let index = index(items, last)?;
            (index < items.len()).then(|| items.remove(index))
        }
        _ => None,
    }
}

pub(super) fn append(value: &mut Value, steps: &[String], new: Value) -> Option<()> {
    let (last, parents) = steps.split_last()?;
    let parent = find_mut(value, parents)?;
    let items = match parent {
        Value::Object(members) => members.entry(last.clone()).or_insert_with(|| Value::Array(Vec::new())),
        Value::Array(items) => {
            let index = index(items, last)?;
            items.get_mut(index)?
        }
        _ => return None,
    };
    items.as_array_mut()?.push(new);
    Some(())
}

/// An element by number, or by the value of a member.
fn index(items: &[Value], step: &str) -> Option<usize> {
    let Some((member, wanted)) = step.split_once('=') else { return step.parse().ok() };
    let is_wanted = |item: &Value| match item.get(member) {
        Some(Value::String(text)) => text == wanted,
        // Numbers and switches, as JSON writes them.
        Some(other) => serde_json::to_string(other).is_ok_and(|text| text == wanted),
        None => false,
    };
    items.iter().position(is_wanted)
}
