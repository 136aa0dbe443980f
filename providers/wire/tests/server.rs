//! For every operation, the server half understands the requests that botocore and the client half write, and writes
//! answers in which they read what was meant. scripts/record-codecs wrote the fixture.

use std::collections::BTreeMap;

use driftline_wire::client::{answer, error, request};
use driftline_wire::model::{Operation, Service};
use driftline_wire::models::{SERVICES, service};
use driftline_wire::percent;
use driftline_wire::server::{Request, parse, write, write_error};
use serde_json::{Value, json};

struct Recorded {
    service: &'static Service,
    operation: &'static Operation,
    /// Parameters, and method, target, headers and body of botocore's request.
    requests: Vec<(Value, Value)>,
    answer: Value,
}

fn recorded() -> Vec<Recorded> {
    let all: Vec<Value> = serde_json::from_str(include_str!("codecs.json")).expect("the fixture is JSON");
    let read = |one: Value| {
        let service = service(one[0].as_str()?)?;
        let operation = service.operation(one[1].as_str()?).expect("every recorded operation is modelled");
        let requests = one[2].as_array()?.iter().map(|pair| (pair[0].clone(), pair[1].clone())).collect();
        Some(Recorded { service, operation, requests, answer: one[5].clone() })
    };
    all.into_iter().filter_map(read).collect()
}

fn understood(
    service: &Service,
    method: &str,
    target: &str,
    headers: BTreeMap<String, String>,
    body: &[u8],
) -> (String, String, Value) {
    let mut headers = headers;
    let scope = format!("AKIDEXAMPLE/20240102/eu-west-1/{}/aws4_request", service.signing_name);
    headers.insert(
        "authorization".to_owned(),
        format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"),
    );
    headers.insert("host".to_owned(), "127.0.0.1:4566".to_owned());
    let parsed = parse(SERVICES, &Request { method, target, headers: &headers, body });
    let parsed = parsed.unwrap_or_else(|error| panic!("{error} in {method} {target}"));
    let caller = parsed.caller.expect("the request is signed");
    assert_eq!((caller.access_key.as_str(), caller.region.as_str()), ("AKIDEXAMPLE", "eu-west-1"));
    (parsed.service.name.to_owned(), parsed.operation.name.to_owned(), Value::Object(parsed.params))
}

#[test]
fn botocore_s_requests_are_understood() {
    for Recorded { service, operation, requests, .. } in recorded() {
        for (params, request) in requests {
            let text = |at: usize| request[at].as_str().unwrap_or_default().to_owned();
            let headers = request[2].as_object().into_iter().flatten();
            let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
            let encoded = |pair: &Value| {
                let part = |at: usize| percent::encode(pair[at].as_str().unwrap_or_default()).into_owned();
                format!("{}={}", part(0), part(1))
            };
            let body = match &request[3] {
                Value::Array(pairs) => pairs.iter().map(encoded).collect::<Vec<_>>().join("&"),
                _ => text(3),
            };
            let read = understood(service, &text(0), &text(1), headers.collect(), body.as_bytes());
            assert_eq!(read, (service.name.to_owned(), operation.name.to_owned(), params));
        }
    }
}

#[test]
fn our_own_requests_are_understood() {
    for Recorded { service, operation, requests, .. } in recorded() {
        for (params, _) in requests {
            let ours = request(service, operation, &params).expect("the parameters fit");
            let headers = ours.headers.into_iter().collect();
            let read = understood(service, ours.method, &ours.path_and_query, headers, &ours.body);
            assert_eq!(read, (service.name.to_owned(), operation.name.to_owned(), params));
        }
    }
}

#[test]
fn answers_are_read_as_they_were_meant() {
    for Recorded { service, operation, answer: meant, .. } in recorded() {
        let written = write(service, operation, &meant, "11111111-2222-4333-8444-555555555555");
        let headers: Vec<_> = written.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let read = answer(service, operation, written.status, &headers, &written.body, &|secret| secret.to_owned());
        let text = String::from_utf8_lossy(&written.body);
        let read = read.unwrap_or_else(|error| panic!("{error} in {text}"));
        assert_eq!(read, meant, "{} {}: {text}", service.name, operation.name);
    }
}

#[test]
fn errors_are_read_as_they_were_meant() {
    for service in SERVICES {
        for operation in service.operations {
            let written = write_error(service, Some(operation), 403, "AccessDenied", "no <&> \"way\"", "request-1");
            let headers: Vec<_> = written.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let read = error(service, written.status, &headers, &written.body);
            let expected = (403, "AccessDenied", "no <&> \"way\"", Some("request-1"));
            let read = (read.status, read.code.as_str(), read.message.as_str(), read.request_id.as_deref());
            assert_eq!(read, expected, "{} {}", service.name, operation.name);
        }
    }
}

#[test]
fn members_that_an_operation_does_not_have_are_not_answered() {
    let rds = service("rds").expect("rds is compiled in");
    let operation = rds.operation("DescribeDBSubnetGroups").expect("rds has it");
    let meant =
        json!({"DBSubnetGroups": [{"DBSubnetGroupName": "a", "Tags": [{"Key": "b", "Value": "c"}], "VpcId": null}]});
    let written = write(rds, operation, &meant, "request-1");
    let read = answer(rds, operation, 200, &[], &written.body, &|secret| secret.to_owned()).expect("an answer");
    assert_eq!(read, json!({"DBSubnetGroups": [{"DBSubnetGroupName": "a"}]}));
}
