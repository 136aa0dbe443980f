//! For every operation, driftline writes the requests that botocore writes and reads the answer that botocore reads.
//! scripts/record-codecs wrote the fixture.

use std::collections::BTreeMap;

use driftline_wire::client::{answer, request};
use driftline_wire::model::{Operation, Service};
use driftline_wire::models::{SERVICES, service};
use driftline_wire::percent;
use serde::Deserialize;
use serde_json::Value;

/// Service, operation, requests, headers and body of an answer, and what botocore reads in that.
type Recorded = (String, String, Vec<(Value, Expected)>, BTreeMap<String, String>, String, Value);

/// Method, path and query, headers, body.
type Expected = (String, String, BTreeMap<String, String>, Body);

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Body {
    Text(String),
    Form(Vec<(String, String)>),
}

fn recorded() -> Vec<(&'static Service, &'static Operation, Recorded)> {
    let all: Vec<Recorded> = serde_json::from_str(include_str!("codecs.json")).expect("the fixture is JSON");
    let found = all.into_iter().filter_map(|recorded| {
        let service = service(&recorded.0)?;
        let operation = service.operation(&recorded.1).expect("every recorded operation is modelled");
        Some((service, operation, recorded))
    });
    found.collect()
}

#[test]
fn every_operation_is_recorded() {
    let mut recorded: Vec<_> =
        recorded().into_iter().map(|(service, operation, _)| (service.name, operation.name)).collect();
    let modelled =
        SERVICES.iter().flat_map(|service| service.operations.iter().map(|operation| (service.name, operation.name)));
    recorded.sort_unstable();
    assert_eq!(recorded, modelled.collect::<Vec<_>>(), "run scripts/record-codecs");
}

#[test]
fn requests_are_those_of_botocore() {
    for (service, operation, (_, _, requests, ..)) in recorded() {
        for (params, expected) in requests {
            let ours = request(service, operation, &params).unwrap_or_else(|error| panic!("{error} in {params}"));
            let mut headers: BTreeMap<String, String> = ours.headers.into_iter().collect();
            headers.remove("content-type");
            let text = String::from_utf8(ours.body).expect("text");
            let body = match expected.3 {
                Body::Text(_) => Body::Text(text),
                Body::Form(_) => Body::Form(form(&text)),
            };
            let ours = (ours.method.to_owned(), ours.path_and_query, headers, body);
            assert_eq!(same(ours), same(expected), "{} {}", service.name, operation.name);
        }
    }
}

#[test]
fn answers_are_those_of_botocore() {
    for (service, operation, (_, _, _, headers, body, expected)) in recorded() {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let ours = answer(service, operation, 200, &headers, body.as_bytes(), &|secret| secret.to_owned());
        let ours = ours.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(ours, expected, "{} {}", service.name, operation.name);
    }
}

#[test]
fn answers_cut_short_are_refused_by_every_operation() {
    for (service, operation, (_, _, _, _, body, _)) in recorded() {
        for part in 1..8 {
            let end = body.floor_char_boundary(body.len() * part / 8);
            let ours = answer(service, operation, 200, &[], &body.as_bytes()[..end], &|secret| secret.to_owned());
            assert!(ours.is_err(), "{} {} at {end}", service.name, operation.name);
        }
    }
}

fn form(text: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = text
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (percent::decode(name).into_owned(), percent::decode(value).into_owned()))
        .collect();
    pairs.sort_unstable();
    pairs
}

/// JSON bodies are compared as JSON.
fn same(request: Expected) -> (String, String, BTreeMap<String, String>, Result<Body, Value>) {
    let (method, path, headers, body) = request;
    let body = match &body {
        Body::Text(text) => serde_json::from_str(text).map_or(Ok(body), Err),
        Body::Form(_) => Ok(body),
    };
    (method, path, headers, body)
}
