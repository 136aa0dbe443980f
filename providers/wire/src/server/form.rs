//! Form-encoded requests of the query protocol and of EC2's variant: `Filter.1.Value.2=running`.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{Request, scalar};
use crate::model::{Member, Shape, Structure};

/// The pairs of a query string or form, decoded.
pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// The form of a request, if it is one: in its body, or in the query of a GET.
pub(super) fn read(request: &Request<'_>) -> Option<Form> {
    let body = std::str::from_utf8(request.body).unwrap_or_default();
    [body, request.query()].into_iter().map(pairs).find(|pairs| pairs.iter().any(|(name, _)| name == "Action")).map(
        |pairs| {
            let mut form = Form::default();
            for (name, value) in pairs {
                form.insert(&name, value);
            }
            form
        },
    )
}

/// A form as the tree that its dotted names spell.
#[derive(Debug, Default)]
pub(super) struct Form {
    value: Option<String>,
    parts: BTreeMap<String, Form>,
}

impl Form {
    fn insert(&mut self, name: &str, value: String) {
        let mut form = self;
        for part in name.split('.') {
            form = form.parts.entry(part.to_owned()).or_default();
        }
        form.value = Some(value);
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.parts.get(name)?.value.as_deref()
    }

    /// The members of a structure that the form has.
    pub(super) fn params(&self, structure: &Structure) -> Map<String, Value> {
        structure.members.iter().filter_map(|member| Some((member.name.to_owned(), self.member(member)?))).collect()
    }

    fn member(&self, member: &Member) -> Option<Value> {
        self.parts.get(member.request_name)?.read(member.shape)
    }

    fn read(&self, shape: &Shape) -> Option<Value> {
        match shape {
            Shape::Structure(structure) => Some(Value::Object(self.params(structure))),
            Shape::List(list) => {
                // `Names.member.1`, `Filters.Filter.1`, or flattened: `VpcId.1`. An empty list is `Names=`.
                let numbered = |form: &Self| form.parts.keys().any(|key| key.parse::<u32>().is_ok());
                let items = if numbered(self) { Some(self) } else { self.parts.values().find(|part| numbered(part)) };
                let Some(items) = items else { return Some(Value::Array(Vec::new())) };
                let mut items: Vec<(u32, &Self)> =
                    items.parts.iter().filter_map(|(key, part)| Some((key.parse().ok()?, part))).collect();
                items.sort_by_key(|(index, _)| *index);
                Some(Value::Array(items.into_iter().filter_map(|(_, part)| part.read(list.member)).collect()))
            }
            Shape::Map(map) => {
                let entries = self.parts.get("entry").unwrap_or(self);
                let entry = |part: &Self| {
                    let key = part.value(map.key_name)?.to_owned();
                    Some((key, part.parts.get(map.value_name)?.read(map.value)?))
                };
                Some(Value::Object(entries.parts.values().filter_map(entry).collect()))
            }
            _ => self.value.as_deref().map(|text| scalar::read(shape, text)),
        }
    }
}
