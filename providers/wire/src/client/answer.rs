//! HTTP answers into JSON in API spelling.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::error::{ServiceError, error};
use super::fault::Fault;
use super::xml::Document;
use super::{json, scalar};
use crate::model::{Location, Member, Operation, Protocol, Service, Shape};

/// Names and values of an answer's headers. Names match in any case.
pub type Headers<'a> = &'a [(&'a str, &'a str)];

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The service answered with an error; S3 may do so with status 200.
    #[error(transparent)]
    Service(ServiceError),
    /// The answer was cut short, or is no answer to this operation: nothing of it counts.
    #[error("the answer to {service} {operation} cannot be understood: {problem}")]
    Malformed { service: &'static str, operation: &'static str, problem: String },
}

/// The answer to an operation, as the AWS CLI prints it. What the model marks sensitive is replaced by what `seal`
/// makes of it.
pub fn answer(
    service: &Service,
    operation: &Operation,
    status: u16,
    headers: Headers<'_>,
    body: &[u8],
    seal: &dyn Fn(&str) -> String,
) -> Result<Value, AnswerError> {
    if !(200..300).contains(&status) {
        return Err(AnswerError::Service(error(service, status, headers, body)));
    }
    let read = match service.protocol {
        Protocol::Json { .. } => json::read(operation.output, body, seal).map(Read::Answer),
        Protocol::Query | Protocol::Ec2 => xml_body(service, operation, body, seal),
        Protocol::RestXml => rest(service, operation, status, headers, body, seal),
    };
    match read {
        Ok(Read::Answer(members)) => Ok(Value::Object(members)),
        Ok(Read::Error) => Err(AnswerError::Service(error(service, status, headers, body))),
        Err(fault) => {
            Err(AnswerError::Malformed { service: service.name, operation: operation.name, problem: fault.to_string() })
        }
    }
}

/// The value of the first header of this name.
pub(super) fn header<'a>(headers: Headers<'a>, name: &str) -> Option<&'a str> {
    headers.iter().find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

enum Read {
    Answer(Map<String, Value>),
    /// The body is an error's.
    Error,
}

fn xml_body(
    service: &Service,
    operation: &Operation,
    body: &[u8],
    seal: &dyn Fn(&str) -> String,
) -> Result<Read, Fault> {
    let mut document = Document::open(body, seal)?;
    let expected = operation.answer_root.unwrap_or_default();
    let root = document.root()?;
    if !root.is(expected, service.xml_namespace) {
        if root.is_error() {
            return Ok(Read::Error);
        }
        return Err(Fault::new(format!("expected <{expected}>, found <{}>", root.name())));
    }
    let members = match (operation.result_wrapper, payload(operation)) {
        (Some(wrapper), _) => document.wrapped(wrapper, operation.output)?,
        (None, Some(Member { name, shape: Shape::Structure(structure), .. })) => {
            let value = document.structure(structure, &root)?;
            Map::from_iter([((*name).to_owned(), Value::Object(value))])
        }
        (None, _) => match rooted_scalar(operation) {
            Some(member) => document.scalar(member)?,
            None => document.structure(operation.output, &root)?,
        },
    };
    document.finish()?;
    Ok(Read::Answer(members))
}

fn rest(
    service: &Service,
    operation: &Operation,
    status: u16,
    headers: Headers<'_>,
    body: &[u8],
    seal: &dyn Fn(&str) -> String,
) -> Result<Read, Fault> {
    let in_body = |member: &Member| member.location == Location::Body;
    let mut members = match payload(operation) {
        Some(member) if !matches!(member.shape, Shape::Structure(_)) => {
            // S3 answers 200 and an error where the error came to it late; no text payload begins like XML.
            if body.trim_ascii_start().starts_with(b"<") && Document::is_error(body) {
                return Ok(Read::Error);
            }
            text_payload(member, status, body, seal)?
        }
        // No content is an answer; an empty body where there should be one is one that was cut short.
        _ if status == 204 && body.is_empty() => Map::new(),
        _ if operation.output.members.iter().any(in_body) => match xml_body(service, operation, body, seal)? {
            Read::Answer(members) => members,
            Read::Error => return Ok(Read::Error),
        },
        _ => Map::new(),
    };
    for member in operation.output.members {
        let value = match member.location {
            Location::Header => header(headers, member.wire_name)
                .map(|text| scalar::value(member.shape, text.into(), seal))
                .transpose()
                .map_err(|fault| fault.within(member.wire_name))?
                .flatten(),
            Location::Headers => with_prefix(headers, member.wire_name),
            Location::Status => Some(status.into()),
            Location::Body | Location::Query | Location::Uri => None,
        };
        if let Some(value) = value {
            members.insert(member.name.to_owned(), value);
        }
    }
    Ok(Read::Answer(members))
}

fn payload(operation: &Operation) -> Option<&'static Member> {
    operation.output.member(operation.output.payload?)
}

/// The member that the root element itself is (S3 GetBucketLocation).
fn rooted_scalar(operation: &Operation) -> Option<&'static Member> {
    let root = operation.answer_root?;
    let is_scalar = |shape| !matches!(shape, &Shape::Structure(_) | &Shape::List(_) | &Shape::Map(_));
    operation.output.members.iter().find(|member| member.wire_name == root && is_scalar(member.shape))
}

fn text_payload(
    member: &Member,
    status: u16,
    body: &[u8],
    seal: &dyn Fn(&str) -> String,
) -> Result<Map<String, Value>, Fault> {
    if status == 204 && body.is_empty() {
        return Ok(Map::new());
    }
    // The text is a policy in all operations that are read: anything else is a proxy's answer or was cut short.
    if matches!(member.shape, Shape::String { .. }) && serde_json::from_slice::<Map<String, Value>>(body).is_err() {
        return Err(Fault::new("its body is not a JSON object"));
    }
    let text = match (member.shape, std::str::from_utf8(body)) {
        (Shape::Blob { .. }, _) => STANDARD.encode(body).into(),
        (_, Ok(text)) => text.into(),
        (_, Err(_)) => return Err(Fault::new("its body is not UTF-8")),
    };
    let value = scalar::value(member.shape, text, seal)?;
    Ok(value.map(|value| (member.name.to_owned(), value)).into_iter().collect())
}

fn with_prefix(headers: Headers<'_>, prefix: &str) -> Option<Value> {
    let matching = headers.iter().filter_map(|(name, value)| {
        let (start, rest) = name.split_at_checked(prefix.len())?;
        start.eq_ignore_ascii_case(prefix).then(|| (rest.to_owned(), Value::String((*value).to_owned())))
    });
    let map: Map<String, Value> = matching.collect();
    (!map.is_empty()).then_some(Value::Object(map))
}
