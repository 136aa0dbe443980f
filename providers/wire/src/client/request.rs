//! Parameters into HTTP requests.

mod check;
mod form;
mod json;
mod rest;
mod xml;

use serde_json::{Map, Value};

use crate::model::{Member, Operation, Protocol, Service, Shape, Structure};
use crate::{percent, timestamp};

/// An HTTP request without its host, and unsigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: &'static str,
    /// Percent-encoded as SigV4 wants it, and beginning with `/`.
    pub path_and_query: String,
    /// Goes before the endpoint's host, with its dot: `123456789012.`.
    pub host_prefix: Option<String>,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// The same request for a host that names the bucket (S3's virtual-hosted style).
    #[must_use]
    pub fn without_bucket(mut self, bucket: &str) -> Self {
        let segment = format!("/{}", percent::encode(bucket));
        if let Some(rest) = self.path_and_query.strip_prefix(&segment) {
            self.path_and_query = if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
        }
        self
    }
}

/// The parameters do not fit the operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{service} {operation}: {problem}")]
pub struct RequestError {
    service: &'static str,
    operation: &'static str,
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Problem {
    #[error("there is no parameter `{0}`")]
    Unknown(String),
    #[error("the parameter `{0}` is missing")]
    Missing(String),
    #[error("the parameter `{0}` is empty")]
    Empty(String),
    #[error("the parameter `{path}` must be {expected}, not {found}")]
    Type { path: String, expected: &'static str, found: String },
}

/// The request for an operation. `params` is an object in API spelling; a member that is null counts as absent.
pub fn request(service: &Service, operation: &Operation, params: &Value) -> Result<Request, RequestError> {
    build(service, operation, params).map_err(|problem| RequestError {
        service: service.name,
        operation: operation.name,
        problem,
    })
}

fn build(service: &Service, operation: &Operation, params: &Value) -> Result<Request, Problem> {
    check::structure(operation.input, params, "")?;
    let empty = Map::new();
    let params = params.as_object().unwrap_or(&empty);
    let mut request = Request {
        method: operation.method,
        path_and_query: operation.uri.to_owned(),
        host_prefix: host_prefix(operation, params)?,
        headers: vec![],
        body: vec![],
    };
    match service.protocol {
        Protocol::Query | Protocol::Ec2 => {
            request.header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
            request.body = form::body(service, operation, params).into_bytes();
        }
        Protocol::Json { version } => {
            request.header("content-type", &format!("application/x-amz-json-{version}"));
            let prefix = service.target_prefix.unwrap_or(service.name);
            request.header("x-amz-target", &format!("{prefix}.{}", operation.name));
            request.body = json::body(operation.input, params).to_string().into_bytes();
        }
        Protocol::RestXml => rest::fill(service, operation, params, &mut request)?,
    }
    Ok(request)
}

impl Request {
    fn header(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }
}

fn host_prefix(operation: &Operation, params: &Map<String, Value>) -> Result<Option<String>, Problem> {
    let Some(template) = operation.host_prefix else { return Ok(None) };
    let mut prefix = template.to_owned();
    for (member, value) in given(operation.input, params) {
        let label = format!("{{{}}}", member.name);
        if let (true, Some(text)) = (prefix.contains(&label), value.as_str()) {
            let is_label = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            if text.is_empty() || !is_label {
                let found = format!("`{text}`");
                return Err(Problem::Type { path: member.name.to_owned(), expected: "a part of a host name", found });
            }
            prefix = prefix.replace(&label, text);
        }
    }
    Ok(Some(prefix))
}

/// The members that are given, in the model's order.
fn given<'a>(
    structure: &'static Structure,
    params: &'a Map<String, Value>,
) -> impl Iterator<Item = (&'static Member, &'a Value)> {
    structure.members.iter().filter_map(|member| {
        let value = params.get(member.name).filter(|value| !value.is_null())?;
        Some((member, value))
    })
}

/// A scalar's text; `check` has seen that it fits.
fn text(shape: &Shape, value: &Value) -> String {
    match (shape, value) {
        (Shape::Timestamp(format), Value::String(text)) => {
            timestamp::parse(text).map_or_else(|| text.clone(), |time| timestamp::format(time, *format))
        }
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}
