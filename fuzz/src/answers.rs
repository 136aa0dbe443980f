//! What a service answers: anything may come over the wire. What is understood says the same once it is written again.

use driftline_wire::client::{AnswerError, answer, error, next_page};
use driftline_wire::model::{Location, Operation, Service, Structure};
use driftline_wire::models::SERVICES;
use driftline_wire::server::write;
use serde_json::Value;

/// Two bytes choose the operation and one the status; the rest is the body.
pub fn law(bytes: &[u8]) {
    let [high, low, status, body @ ..] = bytes else { return };
    let (service, operation) = operation(u16::from_be_bytes([*high, *low]));
    let status = STATUSES[usize::from(*status) % STATUSES.len()];
    refused(service, status, body);
    match answer(service, operation, status, &[], body, &str::to_owned) {
        Ok(read) => understood(service, operation, status, &read),
        Err(AnswerError::Service(told)) => assert!(!told.code.is_empty()),
        Err(AnswerError::Malformed { problem, .. }) => assert!(!problem.is_empty()),
    }
}

const STATUSES: &[u16] = &[200, 200, 200, 204, 400, 403, 503, 301];

/// Whatever it is, it can be told as an error.
fn refused(service: &Service, status: u16, body: &[u8]) {
    let told = error(service, status, &[("x-amzn-requestid", "request-1")], body);
    assert!(!told.code.is_empty() && told.request_id.is_some());
    assert_eq!(told.status, status);
}

fn understood(service: &'static Service, operation: &'static Operation, status: u16, read: &Value) {
    assert!((200..300).contains(&status), "no answer has status {status}");
    assert!(read.is_object());
    if let Some(paginator) = &operation.paginator
        && let Ok(Some(params)) = next_page(paginator, read)
    {
        assert!(!params.is_empty(), "a next page is asked for by something");
    }
    // A member that is the whole body is a text of its own, and 204 is an answer without one.
    if operation.output.payload.is_some() || status == 204 || lies_elsewhere(operation.output) {
        return;
    }
    let written = write(service, operation, read, "request-1");
    let headers: Vec<_> = written.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let again = answer(service, operation, written.status, &headers, &written.body, &str::to_owned);
    let again = again.unwrap_or_else(|error| panic!("{error} in {}", String::from_utf8_lossy(&written.body)));
    assert_eq!(again, *read, "{} {}", service.name, operation.name);
}

fn lies_elsewhere(output: &Structure) -> bool {
    output.members.iter().any(|member| member.location != Location::Body)
}

/// Every operation there is, by number.
pub(super) fn operation(number: u16) -> (&'static Service, &'static Operation) {
    let all =
        || SERVICES.iter().flat_map(|service| service.operations.iter().map(move |operation| (*service, operation)));
    all().nth(usize::from(number) % all().count()).expect("fewer than there are")
}

/// The answers that were recorded of botocore's own codecs.
pub fn seeds() -> Vec<Vec<u8>> {
    let recorded = std::fs::read(super::root().join("providers/wire/tests/codecs.json")).expect("the file is read");
    let recorded: Vec<Value> = serde_json::from_slice(&recorded).expect("it is JSON");
    let mut seeds = Vec::new();
    let all = SERVICES.iter().flat_map(|service| service.operations.iter().map(move |operation| (*service, operation)));
    for (number, (service, operation)) in (0_u16..).zip(all) {
        let seed = |status: u8, body: &[u8]| [&number.to_be_bytes()[..], &[status], body].concat();
        for one in recorded.iter().filter(|one| one[0] == service.name && one[1] == operation.name) {
            if let Some(body) = one[4].as_str().filter(|body| body.len() < 2500) {
                seeds.push(seed(0, body.as_bytes()));
            }
        }
        if number % 40 == 0 {
            let refused =
                driftline_wire::server::write_error(service, Some(operation), 403, "AccessDenied", "no", "request-1");
            seeds.push(seed(5, &refused.body));
        }
    }
    let hostile: [&[u8]; 8] = [
        b"<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;</a>",
        b"<a xmlns:xsi=\"x\" xsi:nil=\"true\"/>",
        b"\xef\xbb\xbf<?xml version=\"1.0\"?><Response><Errors><Error><Code>A</Code></Error></Errors></Response>",
        b"<a><![CDATA[<b>]]>&#0;&#xD800;&#x10FFFF;</a>",
        b"{\"a\":1e999,\"a\":-0.0,\"b\":\"\\ud800\"}",
        b"{\"__type\":\"com.amazonaws#AccessDenied:http://x\",\"message\":null}",
        b"<html><body>Bad Gateway</body></html>",
        b"<a><a><a><a><a><a>",
    ];
    seeds.extend(hostile.iter().map(|body| [&[0, 0, 4], *body].concat()));
    seeds.extend(hostile.iter().map(|body| [&[0, 9, 0], *body].concat()));
    seeds
}
