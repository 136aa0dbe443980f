//! Answers and errors, in each protocol's own form.

use serde_json::{Value, json};

use super::scalar;
use crate::model::{Location, Member, Operation, Protocol, Service, Shape, Structure};

/// An HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Writes the answer of an operation. Members of `answer` that the operation's output does not have are left out.
pub fn write(service: &Service, operation: &Operation, answer: &Value, request_id: &str) -> Response {
    let root = operation.answer_root.unwrap_or(operation.output.name);
    match service.protocol {
        Protocol::Query => {
            let mut xml = Xml::default();
            xml.open_with(root, &namespace(service));
            if let Some(wrapper) = operation.result_wrapper {
                xml.open(wrapper);
                xml.members(operation.output, answer);
                xml.close(wrapper);
            } else {
                xml.members(operation.output, answer);
            }
            xml.open("ResponseMetadata");
            xml.text("RequestId", request_id);
            xml.close("ResponseMetadata");
            xml.close(root);
            xml.response(200, vec![("x-amzn-requestid".to_owned(), request_id.to_owned())])
        }
        Protocol::Ec2 => {
            let mut xml = Xml::default();
            xml.out.push_str(DECLARATION);
            xml.open_with(root, &namespace(service));
            xml.text("requestId", request_id);
            xml.members(operation.output, answer);
            xml.close(root);
            xml.response(200, vec![("x-amzn-requestid".to_owned(), request_id.to_owned())])
        }
        Protocol::RestXml => rest(service, operation, answer, request_id),
        Protocol::Json { version } => {
            let body = json_members(operation.output, answer);
            Response {
                status: 200,
                headers: vec![
                    ("content-type".to_owned(), format!("application/x-amz-json-{version}")),
                    ("x-amzn-requestid".to_owned(), request_id.to_owned()),
                ],
                body: body.to_string().into_bytes(),
            }
        }
    }
}

/// Writes an error. `operation`: where known; answers to HEAD have no body.
pub fn write_error(
    service: &Service,
    operation: Option<&Operation>,
    status: u16,
    code: &str,
    message: &str,
    request_id: &str,
) -> Response {
    let mut xml = Xml::default();
    let error = |xml: &mut Xml, kind: bool| {
        xml.open("Error");
        if kind {
            xml.text("Type", if status < 500 { "Sender" } else { "Receiver" });
        }
        xml.text("Code", code);
        xml.text("Message", message);
    };
    let id_header = ("x-amzn-requestid".to_owned(), request_id.to_owned());
    let mut response = match service.protocol {
        Protocol::Json { version } => Response {
            status,
            headers: vec![("content-type".to_owned(), format!("application/x-amz-json-{version}")), id_header],
            body: json!({"__type": code, "message": message}).to_string().into_bytes(),
        },
        Protocol::Ec2 => {
            xml.out.push_str(DECLARATION);
            xml.open("Response");
            xml.open("Errors");
            error(&mut xml, false);
            xml.close("Error");
            xml.close("Errors");
            xml.text("RequestID", request_id);
            xml.close("Response");
            xml.response(status, vec![id_header])
        }
        Protocol::RestXml if service.name == "s3" => {
            xml.out.push_str(DECLARATION);
            error(&mut xml, false);
            xml.text("RequestId", request_id);
            xml.text("HostId", &host_id(request_id));
            xml.close("Error");
            xml.response(status, s3_ids(request_id))
        }
        Protocol::Query | Protocol::RestXml => {
            xml.open_with("ErrorResponse", &namespace(service));
            error(&mut xml, true);
            xml.close("Error");
            xml.text("RequestId", request_id);
            xml.close("ErrorResponse");
            xml.response(status, vec![id_header])
        }
    };
    if operation.is_some_and(|operation| operation.method == "HEAD") {
        response.body.clear();
    }
    response
}

fn rest(service: &Service, operation: &Operation, answer: &Value, request_id: &str) -> Response {
    let output = operation.output;
    let mut headers = if service.name == "s3" || service.name == "s3control" {
        s3_ids(request_id)
    } else {
        vec![("x-amzn-requestid".to_owned(), request_id.to_owned())]
    };
    let mut status = 200;
    for member in output.members {
        let Some(value) = present(answer, member) else { continue };
        match member.location {
            Location::Header => {
                headers.push((member.wire_name.to_ascii_lowercase(), scalar::text(member.shape, value)));
            }
            Location::Headers => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    let name = format!("{}{name}", member.wire_name).to_ascii_lowercase();
                    headers.push((name, value.as_str().unwrap_or_default().to_owned()));
                }
            }
            Location::Status => status = value.as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(status),
            Location::Body | Location::Query | Location::Uri => {}
        }
    }
    let payload = output.payload.and_then(|name| output.members.iter().find(|member| member.name == name));
    match payload {
        Some(Member { shape: Shape::Structure(structure), wire_name, name, .. }) => {
            let mut xml = Xml::default();
            let value = answer.get(name).filter(|value| !value.is_null());
            if let Some(value) = value {
                xml.out.push_str(DECLARATION);
                let attributes = format!("{}{}", namespace(service), attributes(structure, value));
                xml.open_with(wire_name, &attributes);
                xml.members(structure, value);
                xml.close(wire_name);
            }
            xml.response(status, headers)
        }
        Some(member) => {
            // A document as it is, such as a bucket's policy.
            let text = present(answer, member).map(|value| scalar::text(member.shape, value)).unwrap_or_default();
            let kind = if text.starts_with('{') { "application/json" } else { "application/octet-stream" };
            headers.push(("content-type".to_owned(), kind.to_owned()));
            Response { status, headers, body: text.into_bytes() }
        }
        None => {
            let mut xml = Xml::default();
            let body =
                operation.method != "HEAD" && output.members.iter().any(|member| member.location == Location::Body);
            if body {
                xml.out.push_str(DECLARATION);
                let root = operation.answer_root.unwrap_or(output.name);
                if operation.name == "GetBucketLocation" {
                    // The one answer whose only member is the root itself.
                    let place = answer.get("LocationConstraint").and_then(Value::as_str).unwrap_or_default();
                    xml.open_with(root, &namespace(service));
                    xml.escape(place);
                } else {
                    xml.open_with(root, &namespace(service));
                    xml.members(output, answer);
                }
                xml.close(root);
            }
            xml.response(status, headers)
        }
    }
}

fn namespace(service: &Service) -> String {
    service.xml_namespace.map(|uri| format!(" xmlns=\"{uri}\"")).unwrap_or_default()
}

fn s3_ids(request_id: &str) -> Vec<(String, String)> {
    vec![("x-amz-request-id".to_owned(), request_id.to_owned()), ("x-amz-id-2".to_owned(), host_id(request_id))]
}

/// S3's second id of a request; long and meaningless.
fn host_id(request_id: &str) -> String {
    format!("{}=", request_id.replace('-', "").repeat(2))
}

fn present<'a>(answer: &'a Value, member: &Member) -> Option<&'a Value> {
    answer.get(member.name).filter(|value| !value.is_null())
}

/// XML attributes of a structure's element, such as the `xsi:type` of an S3 grantee.
fn attributes(structure: &Structure, value: &Value) -> String {
    let mut text = String::new();
    for member in structure.members.iter().filter(|member| member.xml_attribute) {
        if let Some(value) = present(value, member) {
            if member.wire_name.starts_with("xsi:") {
                text.push_str(" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"");
            }
            let mut xml = Xml::default();
            xml.escape(&scalar::text(member.shape, value));
            text.extend([" ", member.wire_name, "=\"", &xml.out, "\""]);
        }
    }
    text
}

#[derive(Default)]
struct Xml {
    out: String,
}

impl Xml {
    fn response(self, status: u16, mut headers: Vec<(String, String)>) -> Response {
        if !self.out.is_empty() {
            headers.push(("content-type".to_owned(), "text/xml;charset=UTF-8".to_owned()));
        }
        Response { status, headers, body: self.out.into_bytes() }
    }

    fn open(&mut self, name: &str) {
        self.open_with(name, "");
    }

    fn open_with(&mut self, name: &str, attributes: &str) {
        self.out.push('<');
        self.out.push_str(name);
        self.out.push_str(attributes);
        self.out.push('>');
    }

    fn close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn text(&mut self, name: &str, text: &str) {
        self.open(name);
        self.escape(text);
        self.close(name);
    }

    fn escape(&mut self, text: &str) {
        let mut rest = text;
        // Most texts hold none of these, and are copied whole.
        while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\r')) {
            self.out.push_str(&rest[..at]);
            self.out.push_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                // Parsers turn a bare carriage return into a line feed.
                _ => "&#xD;",
            });
            rest = &rest[at + 1..];
        }
        self.out.push_str(rest);
    }

    fn members(&mut self, structure: &Structure, value: &Value) {
        let body = structure.members.iter().filter(|member| member.location == Location::Body && !member.xml_attribute);
        for member in body {
            if let Some(value) = present(value, member) {
                self.value(member.wire_name, member.shape, value);
            }
        }
    }

    fn value(&mut self, name: &str, shape: &Shape, value: &Value) {
        match shape {
            Shape::Structure(structure) => {
                self.open_with(name, &attributes(structure, value));
                self.members(structure, value);
                self.close(name);
            }
            Shape::List(list) => {
                let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
                if list.flattened {
                    for item in items {
                        self.value(name, list.member, item);
                    }
                } else {
                    self.open(name);
                    for item in items {
                        self.value(list.wire_name, list.member, item);
                    }
                    self.close(name);
                }
            }
            Shape::Map(map) => {
                if !map.flattened {
                    self.open(name);
                }
                let entry = if map.flattened { name } else { "entry" };
                for (key, value) in value.as_object().into_iter().flatten() {
                    self.open(entry);
                    self.text(map.key_name, key);
                    self.value(map.value_name, map.value, value);
                    self.close(entry);
                }
                if !map.flattened {
                    self.close(name);
                }
            }
            _ => self.text(name, &scalar::text(shape, value)),
        }
    }
}

fn json_members(structure: &Structure, value: &Value) -> Value {
    let members = structure.members.iter();
    Value::Object(
        members
            .filter_map(|member| Some((member.wire_name.to_owned(), json_value(member.shape, present(value, member)?))))
            .collect(),
    )
}

fn json_value(shape: &Shape, value: &Value) -> Value {
    match (shape, value) {
        (Shape::Structure(structure), value) => json_members(structure, value),
        (Shape::List(list), Value::Array(items)) => items.iter().map(|item| json_value(list.member, item)).collect(),
        (Shape::Map(map), Value::Object(entries)) => {
            entries.iter().map(|(key, value)| (key.clone(), json_value(map.value, value))).collect()
        }
        (Shape::Timestamp(_), Value::String(text)) => scalar::unix(text).unwrap_or_else(|| value.clone()),
        (_, value) => value.clone(),
    }
}
