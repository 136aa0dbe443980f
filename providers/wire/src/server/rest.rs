//! Requests of the REST protocols: the operation is told by method, path and fixed query parameters.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{ParseError, Request, body, form, scalar};
use crate::model::{Location, Operation, Protocol, Service, Shape};

/// The path under which S3 Control has all its operations.
const S3_CONTROL: &str = "/v20180820/";

type Params = Map<String, Value>;

pub(super) fn params(
    candidates: &[&'static Service],
    request: &Request<'_>,
    unknown: impl Fn() -> ParseError,
) -> Result<(&'static Service, &'static Operation, Params), ParseError> {
    let control = request.path().starts_with(S3_CONTROL);
    let services = candidates.iter().copied().filter(|service| service.protocol == Protocol::RestXml);
    let service = services
        .filter(|service| match service.name {
            "s3" => !control,
            "s3control" => control,
            _ => true,
        })
        // Unsigned requests may be anyone's: the service that has such an operation, else the first.
        .max_by_key(|service| find(service, request, &path(service, request)).is_some())
        .ok_or_else(&unknown)?;
    let path = path(service, request);
    let Some(found) = find(service, request, &path) else {
        return Err(ParseError::Operation { service, name: format!("{} {}", request.method, request.target) });
    };
    let operation = found.operation;
    let mut params = body::xml(service, operation, request.body)?;
    let query: BTreeMap<String, String> = form::pairs(request.query()).into_iter().collect();
    for member in operation.input.members {
        let text = match member.location {
            Location::Uri => found.labels.get(member.wire_name),
            Location::Header => request.headers.get(&member.wire_name.to_ascii_lowercase()),
            Location::Query => {
                if let Shape::List(list) = member.shape {
                    let all = form::pairs(request.query()).into_iter().filter(|(name, _)| name == member.wire_name);
                    let all: Vec<Value> = all.map(|(_, text)| scalar::read(list.member, &text)).collect();
                    if !all.is_empty() {
                        params.insert(member.name.to_owned(), Value::Array(all));
                    }
                    continue;
                }
                query.get(member.wire_name)
            }
            Location::Body | Location::Headers | Location::Status => continue,
        };
        if let Some(text) = text {
            params.insert(member.name.to_owned(), scalar::read(member.shape, text));
        }
    }
    Ok((service, operation, params))
}

struct Route {
    operation: &'static Operation,
    labels: BTreeMap<&'static str, String>,
}

/// The operation whose path fits; of several, the one that demands most of the query.
fn find(service: &'static Service, request: &Request<'_>, path: &str) -> Option<Route> {
    let query: BTreeMap<String, String> = form::pairs(request.query()).into_iter().collect();
    let fits = |operation: &'static Operation| {
        if operation.method != request.method {
            return None;
        }
        let (pattern, fixed) = operation.uri.split_once('?').unwrap_or((operation.uri, ""));
        let labels = labels(pattern, path)?;
        let fixed = form::pairs(fixed);
        let required =
            operation.input.members.iter().filter(|member| member.required && member.location == Location::Query);
        let demanded = fixed.len() + required.clone().count();
        // The SDKs name the operation in `x-id` where the path does not; a client may leave it out.
        let fixed_fit = fixed.iter().all(|(name, value)| name == "x-id" || query.get(name) == Some(value));
        (fixed_fit && required.into_iter().all(|member| query.contains_key(member.wire_name)))
            .then_some((demanded, Route { operation, labels }))
    };
    service.operations.iter().filter_map(fits).max_by_key(|(demanded, _)| *demanded).map(|(_, route)| route)
}

/// The path with the bucket of a virtual-hosted request put in front.
fn path(service: &Service, request: &Request<'_>) -> String {
    let path = request.path();
    let bucket = (service.name == "s3").then(|| virtual_bucket(request.header("host")?)).flatten();
    match bucket {
        Some(bucket) => format!("/{bucket}{path}").trim_end_matches('/').to_owned(),
        None => path.to_owned(),
    }
}

/// `<bucket>.s3.<region>.amazonaws.com`, `<bucket>.127.0.0.1:<port>` or `<bucket>.localhost:<port>`.
fn virtual_bucket(host: &str) -> Option<&str> {
    let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let suffix = [".127.0.0.1", ".localhost"].into_iter().find_map(|suffix| host.strip_suffix(suffix));
    suffix.or_else(|| {
        let name = host.strip_suffix(".amazonaws.com")?;
        name.rsplit_once(".s3.").map(|(bucket, _)| bucket).or_else(|| name.strip_suffix(".s3"))
    })
}

/// What the `{Label}`s of a path pattern stand for in a path. `{Label+}` takes the rest.
fn labels(pattern: &'static str, path: &str) -> Option<BTreeMap<&'static str, String>> {
    let decode = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
    let mut labels = BTreeMap::new();
    let mut rest = path.trim_matches('/').split('/').peekable();
    for part in pattern.trim_matches('/').split('/') {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(label) => {
                if let Some(label) = label.strip_suffix('+') {
                    let all: Vec<&str> = rest.by_ref().collect();
                    labels.insert(label, decode(&all.join("/")));
                } else {
                    let value = rest.next().filter(|part| !part.is_empty())?;
                    labels.insert(label, decode(value));
                }
            }
            None => {
                if rest.next()? != part {
                    return None;
                }
            }
        }
    }
    rest.peek().is_none().then_some(labels)
}
