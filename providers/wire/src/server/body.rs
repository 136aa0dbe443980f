//! The bodies of requests: XML of the REST protocol, JSON of the JSON protocol.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};

use super::{ParseError, scalar};
use crate::model::{Location, Operation, Service, Shape, Structure};
use crate::timestamp;

/// The members of an operation's input that lie in its XML body.
pub(super) fn xml(
    service: &'static Service,
    operation: &'static Operation,
    body: &[u8],
) -> Result<Map<String, Value>, ParseError> {
    if body.is_empty() || !operation.input.members.iter().any(|member| member.location == Location::Body) {
        return Ok(Map::new());
    }
    let malformed = |error: quick_xml::Error| ParseError::Malformed { service, reason: error.to_string() };
    let root = Element::read(body).map_err(malformed)?;
    if let Some(payload) = operation.input.payload
        && let Some(member) = operation.input.members.iter().find(|member| member.name == payload)
    {
        return Ok(Map::from_iter([(payload.to_owned(), root.value(member.shape))]));
    }
    Ok(root.members(operation.input))
}

/// The JSON body. Members that the operation does not have are refused, as AWS's validation does.
pub(super) fn json(
    service: &'static Service,
    operation: &'static Operation,
    body: &[u8],
) -> Result<Map<String, Value>, ParseError> {
    let malformed = |reason: String| ParseError::Malformed { service, reason };
    if body.is_empty() {
        return Ok(Map::new());
    }
    let mut params: Map<String, Value> = serde_json::from_slice(body).map_err(|error| malformed(error.to_string()))?;
    if let Some(name) =
        params.keys().find(|name| operation.input.members.iter().all(|member| member.wire_name != **name))
    {
        return Err(malformed(format!("{} takes no {name}", operation.name)));
    }
    for member in operation.input.members {
        if let Some(value) = params.get_mut(member.wire_name) {
            times(member.shape, value);
        }
    }
    Ok(params)
}

/// Times are numbers in JSON and RFC 3339 in parameters.
fn times(shape: &Shape, value: &mut Value) {
    match (shape, &mut *value) {
        (Shape::Timestamp(_), Value::Number(seconds)) => {
            if let Some(time) = seconds.as_f64().and_then(timestamp::from_unix) {
                *value = timestamp::rfc3339(time).into();
            }
        }
        (Shape::Structure(structure), Value::Object(given)) => {
            for member in structure.members {
                if let Some(value) = given.get_mut(member.wire_name) {
                    times(member.shape, value);
                }
            }
        }
        (Shape::List(list), Value::Array(given)) => given.iter_mut().for_each(|value| times(list.member, value)),
        (Shape::Map(map), Value::Object(given)) => given.values_mut().for_each(|value| times(map.value, value)),
        _ => {}
    }
}

#[derive(Debug, Default)]
struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn read(body: &[u8]) -> Result<Self, quick_xml::Error> {
        let mut reader = Reader::from_reader(body);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event()? {
                Event::Start(start) => open.push(Self::named(start.local_name().as_ref())),
                Event::Empty(start) => {
                    let element = Self::named(start.local_name().as_ref());
                    if let Some(parent) = open.last_mut() {
                        parent.children.push(element);
                    }
                }
                Event::End(_) => {
                    // The reader refuses ends without a start.
                    if let Some(element) = open.pop()
                        && let Some(parent) = open.last_mut()
                    {
                        parent.children.push(element);
                    }
                }
                Event::Text(text) => {
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(&text.decode()?);
                    }
                }
                Event::GeneralRef(reference) => {
                    let character = reference.resolve_char_ref()?.map(String::from).or_else(|| {
                        let name = reference.decode().ok()?;
                        quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned)
                    });
                    if let (Some(element), Some(character)) = (open.last_mut(), character) {
                        element.text.push_str(&character);
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        Ok(open.into_iter().next().and_then(|root| root.children.into_iter().next()).unwrap_or_default())
    }

    fn named(name: &[u8]) -> Self {
        Self { name: String::from_utf8_lossy(name).into_owned(), ..Self::default() }
    }

    fn members(&self, structure: &Structure) -> Map<String, Value> {
        let body = structure.members.iter().filter(|member| member.location == Location::Body);
        body.filter_map(|member| {
            let mut found = self.children.iter().filter(|child| child.name == member.wire_name).peekable();
            found.peek()?;
            let value = match member.shape {
                Shape::List(list) if list.flattened => found.map(|child| child.value(list.member)).collect(),
                shape => found.next()?.value(shape),
            };
            Some((member.name.to_owned(), value))
        })
        .collect()
    }

    fn value(&self, shape: &Shape) -> Value {
        match shape {
            Shape::Structure(structure) => Value::Object(self.members(structure)),
            Shape::List(list) => self.children.iter().map(|child| child.value(list.member)).collect(),
            Shape::Map(map) => {
                let part = |entry: &Self, name: &str| entry.children.iter().position(|child| child.name == name);
                let entries = self.children.iter().filter_map(|entry| {
                    let (key, value) = (part(entry, map.key_name)?, part(entry, map.value_name)?);
                    Some((entry.children[key].text.clone(), entry.children[value].value(map.value)))
                });
                Value::Object(entries.collect())
            }
            _ => scalar::read(shape, &self.text),
        }
    }
}
