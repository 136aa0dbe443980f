//! The server half of the codecs: requests in, answers out.
//!
//! One parser and one writer per protocol serve all operations of the models; what AWS does beyond the models
//! (S3's root elements, request ids, the forms of errors) is written here.

mod answer;
mod body;
mod form;
mod rest;
mod scalar;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::model::{Operation, Protocol, Service};

pub use answer::{Response, write, write_error};

/// An HTTP request as the server got it.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub method: &'a str,
    /// Path and query, as on the request line.
    pub target: &'a str,
    /// Names in lower case.
    pub headers: &'a BTreeMap<String, String>,
    pub body: &'a [u8],
}

impl Request<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

/// Who signed a request, and for what: the credential scope of Signature Version 4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub access_key: String,
    pub region: String,
    pub signing_name: String,
}

/// A request that was understood.
#[derive(Debug)]
pub struct Parsed {
    pub service: &'static Service,
    pub operation: &'static Operation,
    /// In the API's own spelling.
    pub params: Map<String, Value>,
    /// Absent on unsigned requests.
    pub caller: Option<Caller>,
}

/// A request that was not understood. `service`: the one meant, where that much was clear.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    #[error("no service here is signed for as `{0}`")]
    Service(String),
    #[error("{} has no operation {name} here", service.name)]
    Operation { service: &'static Service, name: String },
    #[error("{}: {reason}", service.name)]
    Malformed { service: &'static Service, reason: String },
}

impl ParseError {
    /// The service meant, for the form of the error's answer.
    pub fn service(&self) -> Option<&'static Service> {
        match self {
            Self::Service(_) => None,
            Self::Operation { service, .. } | Self::Malformed { service, .. } => Some(service),
        }
    }
}

/// Finds the service and the operation that a request is for, and reads its parameters.
pub fn parse(services: &[&'static Service], request: &Request<'_>) -> Result<Parsed, ParseError> {
    let caller = caller(request);
    let signing_name = caller.as_ref().map(|caller| caller.signing_name.as_str());
    let candidates: Vec<&'static Service> = services
        .iter()
        .copied()
        .filter(|service| signing_name.is_none_or(|name| service.signing_name == name))
        .collect();
    let unknown = || ParseError::Service(signing_name.unwrap_or("(unsigned)").to_owned());

    let (service, operation, params) = if let Some(target) = request.header("x-amz-target") {
        // CloudTrail's prefix has dots of its own.
        let (prefix, name) = target.rsplit_once('.').unwrap_or(("", target));
        let service =
            candidates.into_iter().find(|service| service.target_prefix == Some(prefix)).ok_or_else(unknown)?;
        let operation = operation(service, name)?;
        (service, operation, body::json(service, operation, request.body)?)
    } else if let Some(form) = form::read(request) {
        let name = form.value("Action").unwrap_or_default();
        let version = form.value("Version").unwrap_or_default();
        let form_services = candidates.iter().filter(|service| is_form(service));
        // elb and elbv2 are signed for under one name: the version tells them apart.
        let service = form_services
            .clone()
            .find(|service| service.api_version == version)
            .or_else(|| form_services.clone().next())
            .ok_or_else(unknown)?;
        let operation = operation(service, name)?;
        (*service, operation, form.params(operation.input))
    } else {
        rest::params(&candidates, request, unknown)?
    };
    Ok(Parsed { service, operation, params, caller })
}

fn is_form(service: &Service) -> bool {
    matches!(service.protocol, Protocol::Query | Protocol::Ec2)
}

fn operation(service: &'static Service, name: &str) -> Result<&'static Operation, ParseError> {
    service.operation(name).ok_or_else(|| ParseError::Operation { service, name: name.to_owned() })
}

/// `Authorization: AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/aws4_request, …`, or the same
/// credential in the query of a presigned request.
fn caller(request: &Request<'_>) -> Option<Caller> {
    let header = request.header("authorization").and_then(|header| {
        let credential = header.split("Credential=").nth(1)?;
        Some(credential.split([',', ' ']).next().unwrap_or(credential).to_owned())
    });
    let credential = header.or_else(|| {
        form::pairs(request.query()).into_iter().find(|(name, _)| name == "X-Amz-Credential").map(|(_, value)| value)
    })?;
    // From the right: nothing forbids a slash in an access key.
    let mut parts = credential.rsplitn(5, '/');
    let _terminator = parts.next()?;
    let (signing_name, region, _date) = (parts.next()?, parts.next()?, parts.next()?);
    Some(Caller {
        access_key: parts.next()?.to_owned(),
        region: region.to_owned(),
        signing_name: signing_name.to_owned(),
    })
}

#[cfg(all(test, feature = "s3", feature = "rds", feature = "elb"))]
mod tests;
