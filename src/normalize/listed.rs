//! A part of a resource in one form, whatever order its sets came in: what tells whether a list says the same again.

use std::io::Write as _;

use serde_json::{Map, Value};

use super::Rules;
use super::rules::{Node, Order};

impl Rules {
    /// Adds attributes as they were read, nothing dropped, to a text. Only the order of what the rules call a set means
    /// nothing: what changes by itself may well tell that something else has changed.
    pub(crate) fn write_listed(&self, attributes: &Map<String, Value>, text: &mut Vec<u8>) {
        write_members(attributes, Some(self.root()), false, text);
    }
}

/// `loose`: below what is volatile, no rule says of a list whether its order means anything.
fn write_members(members: &Map<String, Value>, node: Option<&Node>, loose: bool, text: &mut Vec<u8>) {
    text.push(b'{');
    for (name, value) in members {
        write_json(name, text);
        text.push(b':');
        write_value(value, node.and_then(|node| node.member(name)), loose, text);
        text.push(b',');
    }
    text.push(b'}');
}

fn write_value(value: &Value, node: Option<&Node>, loose: bool, text: &mut Vec<u8>) {
    let loose = loose || node.is_some_and(|node| node.volatile);
    match value {
        Value::Object(members) => write_members(members, node, loose, text),
        Value::Array(elements) => {
            let element = node.and_then(Node::element);
            text.push(b'[');
            let is_set = |node: &Node| node.tags || matches!(node.order, Some(Order::Set(_)));
            if elements.len() > 1 && (loose || node.is_some_and(is_set)) {
                let written = elements.iter().map(|value| {
                    let mut text = Vec::new();
                    write_value(value, element, loose, &mut text);
                    text
                });
                let mut written: Vec<Vec<u8>> = written.collect();
                written.sort_unstable();
                for one in written {
                    text.extend(one);
                    text.push(b',');
                }
            } else {
                for value in elements {
                    write_value(value, element, loose, text);
                    text.push(b',');
                }
            }
            text.push(b']');
        }
        other => write_json(other, text),
    }
}

fn write_json(value: &(impl serde::Serialize + ?Sized), text: &mut Vec<u8>) {
    serde_json::to_writer(text.by_ref(), value).expect("writing JSON to memory does not fail");
}
