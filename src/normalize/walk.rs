//! The walk over a resource's attributes, along the tree of its kind's rules.

use std::collections::BTreeMap;

use driftline_api::{Document, Seal};
use serde_json::{Map, Value};

use super::order::{canonical_number, sort_set};
use super::rules::{Node, Order};
use super::{Matched, Options, policy, tags};

/// One walk. `seal` is absent only while a descriptor's own default values are brought into form.
pub(super) struct Pass<'a> {
    options: &'a Options,
    seal: Option<&'a Seal>,
    /// The AWS partition in which the resource lies, where its ARN tells.
    partition: Option<&'a str>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) matched: Matched,
}

impl<'a> Pass<'a> {
    pub(super) fn new(options: &'a Options, seal: Option<&'a Seal>, partition: Option<&'a str>) -> Self {
        Self { options, seal, partition, tags: BTreeMap::new(), matched: Matched::default() }
    }

    pub(super) fn members(&mut self, members: &mut Map<String, Value>, node: &Node) {
        members.retain(|name, value| self.value(value, node.member(name)));
    }

    /// Brings a value into form. False: it is dropped.
    pub(super) fn value(&mut self, value: &mut Value, node: Option<&Node>) -> bool {
        let Some(node) = node else {
            canonicalize_numbers(value);
            return true;
        };
        for rule in &node.rules {
            self.matched.insert(*rule);
        }
        if node.volatile {
            return false;
        }
        if let Some(form) = node.document {
            parse_document(value, form, self.partition);
        }
        match value {
            Value::Object(members) => self.members(members, node),
            Value::Array(elements) => elements.retain_mut(|element| self.value(element, node.element())),
            Value::Number(number) => canonical_number(number),
            Value::Null | Value::Bool(_) | Value::String(_) => {}
        }
        if node.tags && tags::take(value, &mut self.tags, self.options.include_aws_managed) {
            return false;
        }
        if let (Some(Order::Set(keys)), Value::Array(elements)) = (&node.order, &mut *value) {
            sort_set(elements, keys);
        }
        if node.defaults.contains(value) {
            return false;
        }
        // A document that could not be parsed may hold in clear what a rule would have sealed inside it.
        if (node.secret && !value.is_null()) || (node.secret_below && value.is_string()) {
            self.seal(value);
        }
        true
    }

    fn seal(&self, value: &mut Value) {
        if let Some(seal) = self.seal {
            *value = Value::String(match *value {
                Value::String(ref text) => seal.seal(text),
                ref other => seal.seal(&other.to_string()),
            });
        }
    }
}

fn canonicalize_numbers(value: &mut Value) {
    match value {
        Value::Object(members) => members.values_mut().for_each(canonicalize_numbers),
        Value::Array(elements) => elements.iter_mut().for_each(canonicalize_numbers),
        Value::Number(number) => canonical_number(number),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// Documents are not nested deeper than this as JSON: a file is read by a parser that goes 128 deep.
const DEEPEST: usize = 64;

/// Text that is no JSON map or list stays text: it is what AWS holds, and a number or a string inside a string could
/// not be told from its text when it is read again. So does what is nested so deep that the file could not be read.
fn parse_document(value: &mut Value, form: Document, partition: Option<&str>) {
    if let Value::String(text) = value {
        let parsed = match form {
            Document::Policy => policy::parse(text),
            Document::Json => serde_json::from_str(text).ok(),
        };
        match parsed {
            Some(document @ (Value::Object(_) | Value::Array(_))) if depth(&document) <= DEEPEST => *value = document,
            _ => return,
        }
    }
    if form == Document::Policy {
        policy::canonicalize(value, partition);
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        Value::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}
