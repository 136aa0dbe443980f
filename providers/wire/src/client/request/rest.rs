//! Paths, queries and headers of the REST protocol.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::{Problem, Request, given, text, xml};
use crate::model::{Location, Member, Operation, STRING, Service, Shape};
use crate::percent;

/// Fills in everything that the parameters say.
pub(super) fn fill(
    service: &Service,
    operation: &Operation,
    params: &Map<String, Value>,
    request: &mut Request,
) -> Result<(), Problem> {
    let (path, fixed_query) = operation.uri.split_once('?').unwrap_or((operation.uri, ""));
    let mut path = path.to_owned();
    let mut query = fixed_query.to_owned();
    let mut in_body = false;
    for (member, value) in given(operation.input, params) {
        match member.location {
            Location::Uri => path = fill_label(&path, service, member, value)?,
            Location::Query => append_query(&mut query, service, member, value),
            Location::Header => {
                if let Some(value) = header_value(member.shape, value) {
                    request.header(member.request_name, &value);
                }
            }
            Location::Headers => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    let value = text(&STRING, value);
                    request.header(&format!("{}{name}", member.request_name), &value);
                }
            }
            Location::Body => in_body = true,
            Location::Status => {}
        }
    }
    if path.contains('{') {
        // A label that is no required member of the model would otherwise go out as it stands.
        return Err(Problem::Missing(path));
    }
    request.path_and_query = if query.is_empty() { path } else { format!("{path}?{query}") };
    if in_body {
        request.body = xml::body(service, operation, params).into_bytes();
        request.header("content-type", "application/xml");
    }
    Ok(())
}

fn fill_label(path: &str, service: &Service, member: &Member, value: &Value) -> Result<String, Problem> {
    let value = text(member.shape, value);
    let value = bare_id(service, &value);
    if value.is_empty() {
        // `//?policy` would be another operation on another resource.
        return Err(Problem::Empty(member.name.to_owned()));
    }
    let (label, greedy) = (format!("{{{}}}", member.request_name), format!("{{{}+}}", member.request_name));
    Ok(path.replace(&label, &percent::encode(value)).replace(&greedy, &percent::encode_path(value)))
}

/// Route 53 answers with ids such as `/hostedzone/Z1` and wants `Z1` in paths and queries; AWS's SDKs all strip it.
fn bare_id<'a>(service: &Service, value: &'a str) -> &'a str {
    let kinds = ["/hostedzone/", "/healthcheck/", "/delegationset/", "/change/"];
    if service.name != "route53" {
        return value;
    }
    kinds.iter().find_map(|kind| value.strip_prefix(kind)).unwrap_or(value)
}

fn append_query(query: &mut String, service: &Service, member: &Member, value: &Value) {
    let mut append = |name: &str, value: &str| {
        let separator = if query.is_empty() { "" } else { "&" };
        write!(query, "{separator}{}={}", percent::encode(name), percent::encode(bare_id(service, value)))
            .expect("a string takes everything that is written to it");
    };
    match (member.shape, value) {
        (Shape::List(list), Value::Array(elements)) => {
            for element in elements {
                append(member.request_name, &text(list.member, element));
            }
        }
        (Shape::Map(map), Value::Object(entries)) => {
            for (name, value) in entries {
                append(name, &text(map.value, value));
            }
        }
        (shape, value) => append(member.request_name, &text(shape, value)),
    }
}

fn header_value(shape: &Shape, value: &Value) -> Option<String> {
    match (shape, value) {
        (Shape::List(_), Value::Array(elements)) if elements.is_empty() => None,
        (Shape::List(list), Value::Array(elements)) => {
            let texts = elements.iter().map(|element| text(list.member, element));
            Some(texts.collect::<Vec<_>>().join(","))
        }
        (shape, value) => Some(text(shape, value)),
    }
}
