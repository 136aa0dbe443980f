//! The form-encoded bodies of Query and EC2.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::{given, text};
use crate::model::{List, Operation, Protocol, Service, Shape, Structure};
use crate::percent;

pub(super) fn body(service: &Service, operation: &Operation, params: &Map<String, Value>) -> String {
    let mut form = Form { text: String::new(), ec2: service.protocol == Protocol::Ec2 };
    form.pair("Action", operation.name);
    form.pair("Version", service.api_version);
    form.structure("", operation.input, params);
    form.text
}

/// `Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1`
struct Form {
    text: String,
    ec2: bool,
}

impl Form {
    fn pair(&mut self, name: &str, value: &str) {
        let separator = if self.text.is_empty() { "" } else { "&" };
        write!(self.text, "{separator}{}={}", percent::encode(name), percent::encode(value))
            .expect("a string takes everything that is written to it");
    }

    fn structure(&mut self, prefix: &str, structure: &'static Structure, params: &Map<String, Value>) {
        for (member, value) in given(structure, params) {
            self.value(&join(prefix, member.request_name), member.shape, value);
        }
    }

    fn value(&mut self, name: &str, shape: &'static Shape, value: &Value) {
        match (shape, value) {
            (Shape::Structure(structure), Value::Object(params)) => self.structure(name, structure, params),
            (Shape::List(list), Value::Array(elements)) => self.list(name, list, elements),
            (Shape::Map(map), Value::Object(entries)) => {
                let prefix = if map.flattened { name.to_owned() } else { join(name, "entry") };
                for (index, (key, value)) in entries.iter().enumerate() {
                    let entry = format!("{prefix}.{}", index + 1);
                    self.pair(&join(&entry, map.key_name), key);
                    self.value(&join(&entry, map.value_name), map.value, value);
                }
            }
            (shape, value) => self.pair(name, &text(shape, value)),
        }
    }

    fn list(&mut self, name: &str, list: &'static List, elements: &[Value]) {
        // An empty list is sent as an empty value by Query, and not at all by EC2.
        if elements.is_empty() && !self.ec2 {
            self.pair(name, "");
        }
        // EC2's lists are always flat, and a flattened list's name is already that of its elements.
        let prefix = if self.ec2 || list.flattened { name.to_owned() } else { join(name, list.wire_name) };
        for (index, element) in elements.iter().enumerate() {
            self.value(&format!("{prefix}.{}", index + 1), list.member, element);
        }
    }
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") }
}
