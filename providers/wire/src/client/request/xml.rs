//! XML bodies.

use std::fmt::Write as _;

use quick_xml::escape::{escape, partial_escape};
use serde_json::{Map, Value};

use super::{given, text};
use crate::model::{Location, Member, Operation, Service, Shape};

pub(super) fn body(service: &Service, operation: &Operation, params: &Map<String, Value>) -> String {
    let payload = operation.input.payload.and_then(|name| operation.input.member(name));
    let (root, structure, params) = match payload {
        Some(Member { shape: Shape::Structure(structure), wire_name, name, .. }) => {
            (*wire_name, *structure, params.get(*name).and_then(Value::as_object))
        }
        Some(Member { name, .. }) => {
            return params.get(*name).and_then(Value::as_str).unwrap_or_default().to_owned();
        }
        None => (operation.request_root.unwrap_or(operation.input.name), operation.input, Some(params)),
    };
    let mut xml = String::new();
    let namespace = service.xml_namespace.map(|uri| format!(" xmlns=\"{}\"", escape(uri))).unwrap_or_default();
    push(&mut xml, format_args!("<{root}{namespace}>"));
    for (member, value) in params.into_iter().flat_map(|params| given(structure, params)) {
        if member.location == Location::Body {
            write_element(&mut xml, member.request_name, member.shape, value);
        }
    }
    push(&mut xml, format_args!("</{root}>"));
    xml
}

fn write_element(xml: &mut String, name: &str, shape: &'static Shape, value: &Value) {
    match (shape, value) {
        (Shape::List(list), Value::Array(elements)) if list.flattened => {
            for element in elements {
                write_element(xml, name, list.member, element);
            }
        }
        (Shape::List(list), Value::Array(elements)) => {
            push(xml, format_args!("<{name}>"));
            for element in elements {
                write_element(xml, list.wire_name, list.member, element);
            }
            push(xml, format_args!("</{name}>"));
        }
        (Shape::Map(map), Value::Object(entries)) => {
            let (outer, entry) = if map.flattened { (None, name) } else { (Some(name), "entry") };
            if let Some(outer) = outer {
                push(xml, format_args!("<{outer}>"));
            }
            for (key, value) in entries {
                push(xml, format_args!("<{entry}><{0}>{1}</{0}>", map.key_name, partial_escape(key.as_str())));
                write_element(xml, map.value_name, map.value, value);
                push(xml, format_args!("</{entry}>"));
            }
            if let Some(outer) = outer {
                push(xml, format_args!("</{outer}>"));
            }
        }
        (Shape::Structure(structure), Value::Object(params)) => {
            push(xml, format_args!("<{name}"));
            for (member, value) in given(structure, params).filter(|(member, _)| member.xml_attribute) {
                if let Some((prefix, _)) = member.request_name.split_once(':') {
                    push(xml, format_args!(" xmlns:{prefix}=\"http://www.w3.org/2001/XMLSchema-instance\""));
                }
                let value = text(member.shape, value);
                push(xml, format_args!(" {}=\"{}\"", member.request_name, escape(value.as_str())));
            }
            push(xml, format_args!(">"));
            for (member, value) in given(structure, params).filter(|(member, _)| !member.xml_attribute) {
                write_element(xml, member.request_name, member.shape, value);
            }
            push(xml, format_args!("</{name}>"));
        }
        (shape, value) => {
            let value = text(shape, value);
            push(xml, format_args!("<{name}>{}</{name}>", partial_escape(value.as_str())));
        }
    }
}

fn push(xml: &mut String, arguments: std::fmt::Arguments<'_>) {
    xml.write_fmt(arguments).expect("a string takes everything that is written to it");
}
