//! What a service says when it refuses or fails.

use std::fmt;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use super::answer::{Headers, header};
use super::xml::text;
use crate::model::{Protocol, Service};

/// The error of a service, as its answer tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    pub status: u16,
    /// Such as `AccessDenied`; the HTTP status where the answer has none, as for a proxy's error page.
    pub code: String,
    pub message: String,
    pub request_id: Option<String>,
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (HTTP {})", self.code, self.status)?;
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for ServiceError {}

/// The error in an answer. Everything can be read as one: what the body does not tell, headers and status do.
pub fn error(service: &Service, status: u16, headers: Headers<'_>, body: &[u8]) -> ServiceError {
    let told = match service.protocol {
        Protocol::Json { .. } => from_json(headers, body),
        Protocol::Query | Protocol::Ec2 | Protocol::RestXml => from_xml(body),
    };
    let request_id = ["x-amzn-requestid", "x-amz-request-id"].iter().find_map(|name| header(headers, name));
    ServiceError {
        status,
        message: told.message.unwrap_or_else(|| match told.code {
            Some(_) => String::new(),
            None => reason(status).to_owned(),
        }),
        code: told.code.unwrap_or_else(|| status.to_string()),
        request_id: told.request_id.or_else(|| request_id.map(str::to_owned)),
    }
}

#[derive(Default)]
struct Told {
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
}

/// All XML protocols say `Code`, `Message` and `RequestId` (EC2: `RequestID`), in differing wrappers.
fn from_xml(body: &[u8]) -> Told {
    let mut told = Told::default();
    let Ok(body) = std::str::from_utf8(body) else { return told };
    let mut reader = Reader::from_str(body);
    reader.config_mut().expand_empty_elements = true;
    let mut first = true;
    // Whatever was read when the body ends or breaks off is what is known.
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(start) => {
                let name = start.local_name();
                // The page of a proxy is no error of the service. Roots of errors are many: `ErrorResponse`, `Response`,
                // `Error`, and Route 53's own, such as `InvalidChangeBatch`.
                if std::mem::take(&mut first) && name.as_ref().eq_ignore_ascii_case(b"html") {
                    break;
                }
                let slot = match name.as_ref() {
                    b"Code" => &mut told.code,
                    b"Message" => &mut told.message,
                    b"RequestId" | b"RequestID" => &mut told.request_id,
                    _ => continue,
                };
                match text(&mut reader) {
                    Ok(text) if !text.trim().is_empty() => {
                        slot.get_or_insert_with(|| text.trim().to_owned());
                    }
                    Ok(_) => {}
                    Err(_) => break,
                }
            }
            _ => {}
        }
    }
    told
}

fn from_json(headers: Headers<'_>, body: &[u8]) -> Told {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let string = |names: &[&str]| {
        names.iter().find_map(|name| body.get(name)?.as_str()).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let code = string(&["__type", "code", "Code"]).or_else(|| header(headers, "x-amzn-errortype").map(str::to_owned));
    Told {
        // `com.amazonaws.acm#AccessDeniedException:http://internal.amazon.com/...`
        code: code.map(|code| {
            let code = code.split(':').next().unwrap_or(&code);
            code.rsplit('#').next().unwrap_or(code).to_owned()
        }),
        message: string(&["message", "Message", "errorMessage"]),
        request_id: None,
    }
}

/// The reason phrases of the statuses that AWS and the proxies in front of it answer with.
fn reason(status: u16) -> &'static str {
    match status {
        301 => "Moved Permanently",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        413 => "Content Too Large",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}
