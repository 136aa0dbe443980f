//! A part of a resource in one form, whatever order its sets came in: what tells whether a list says the same again.

use std::io::Write as _;

use serde_json::{Map, Value};

use super::Rules;
use super::rules::{Node, Order};

impl Rules {
    /// Adds attributes as they were read, nothing dropped, to a text: what changes by itself may well tell that something
    /// else has changed. Only what the rules call a sequence has an order. The answers of lists hold more than attributes,
    /// of which no rule says anything.
    pub(crate) fn write_listed(&self, attributes: &Map<String, Value>, text: &mut Vec<u8>) {
        write_members(attributes, Some(self.root()), text);
    }
}

fn write_members(members: &Map<String, Value>, node: Option<&Node>, text: &mut Vec<u8>) {
    text.push(b'{');
    for (name, value) in members {
        write_json(name, text);
        text.push(b':');
        write_value(value, node.and_then(|node| node.member(name)), text);
        text.push(b',');
    }
    text.push(b'}');
}

fn write_value(value: &Value, node: Option<&Node>, text: &mut Vec<u8>) {
    match value {
        Value::Object(members) => write_members(members, node, text),
        Value::Array(elements) => {
            let element = node.and_then(Node::element);
            let mut written: Vec<Vec<u8>> = Vec::with_capacity(elements.len());
            for value in elements {
                let mut text = Vec::new();
                write_value(value, element, &mut text);
                written.push(text);
            }
            if !node.is_some_and(|node| node.order == Some(Order::Sequence)) {
                written.sort_unstable();
            }
            text.push(b'[');
            for one in written {
                text.extend(one);
                text.push(b',');
            }
            text.push(b']');
        }
        other => write_json(other, text),
    }
}

fn write_json(value: &(impl serde::Serialize + ?Sized), text: &mut Vec<u8>) {
    serde_json::to_writer(text.by_ref(), value).expect("writing JSON to memory does not fail");
}
