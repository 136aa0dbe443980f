//! HTTP to forges and webhooks: JSON bodies, the system's certificates and proxies, and patience with a server that says
//! "slow down".
//!
//! A URL may itself be a secret (webhooks are), and so may headers: errors name the host only.

use std::io::Read as _;
use std::time::Duration;

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use ureq::http::{Method, Response, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body};

/// The longest answer that is read.
const LONGEST: u64 = 16 << 20;

/// How patient a client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For one attempt, from its first byte to the answer's last.
    pub timeout: Duration,
    /// Attempts in all, the first one included.
    pub attempts: u32,
    /// The wait before the second attempt; it doubles with each one after that.
    pub backoff: Duration,
    /// A server that asks for a longer wait than this is not waited for.
    pub longest_wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            attempts: 4,
            backoff: Duration::from_secs(1),
            longest_wait: Duration::from_secs(60),
        }
    }
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    /// Sent as JSON.
    pub body: Option<Value>,
}

/// What was answered, whatever its status.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: ureq::http::HeaderMap,
    pub body: Vec<u8>,
}

/// No answer came.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    #[error("the URL is not one that can be asked: {why}")]
    Url { why: String },
    #[error("{host} does not answer: {why}")]
    Unreachable { host: String, why: String },
}

/// Sends requests. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    agent: Agent,
    patience: Patience,
}

impl Client {
    pub fn new(patience: Patience) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(patience.timeout))
            .user_agent(concat!("driftline/", env!("CARGO_PKG_VERSION")))
            .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
            .build();
        Self { agent: config.into(), patience }
    }

    /// Sends, and again where the server asks for it (429, a used-up rate limit), where it is briefly out of order
    /// (502, 503, 504), or where no connection came about. What may have been done already is not asked for twice: a
    /// POST whose answer was lost is an error.
    pub fn send(&self, request: &Request) -> Result<Answer, WebError> {
        let uri: Uri = request.url.parse().map_err(|error| WebError::Url { why: format!("{error}") })?;
        let host = uri.host().unwrap_or_default().to_owned();
        let mut attempt = 1;
        loop {
            let last = attempt >= self.patience.attempts;
            let backoff = self.patience.backoff * 2_u32.saturating_pow(attempt - 1);
            let wait = match self.attempt(request, &uri) {
                Ok(answer) if last => return Ok(answer),
                Ok(answer) => match answer.wait(&request.method, backoff) {
                    Some(wait) if wait <= self.patience.longest_wait => wait,
                    _ => return Ok(answer),
                },
                Err(error) if last || !may_repeat(&request.method, &error) => {
                    return Err(WebError::Unreachable { host, why: error.to_string() });
                }
                Err(_) => backoff,
            };
            std::thread::sleep(wait);
            attempt += 1;
        }
    }

    fn attempt(&self, request: &Request, uri: &Uri) -> Result<Answer, ureq::Error> {
        let mut builder = ureq::http::Request::builder().method(&request.method).uri(uri);
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let response: Response<Body> = match &request.body {
            Some(body) => self.agent.run(builder.header("Content-Type", "application/json").body(body.to_string())?)?,
            None => self.agent.run(builder.body(())?)?,
        };
        let (parts, body) = response.into_parts();
        let mut bytes = Vec::new();
        body.into_reader().take(LONGEST).read_to_end(&mut bytes).map_err(ureq::Error::Io)?;
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body: bytes })
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// How long to wait before asking again: as the server wants it, or the usual; `None` if it is not worth it.
    fn wait(&self, method: &Method, usual: Duration) -> Option<Duration> {
        let seconds = |name| self.header(name).and_then(|text| text.trim().parse::<u64>().ok());
        let asked = seconds("retry-after").map(Duration::from_secs);
        // GitHub and Gitea: when the limit is used up until a moment, told as seconds since 1970.
        let used_up = self.header("x-ratelimit-remaining") == Some("0");
        let until = seconds("x-ratelimit-reset").filter(|_| used_up).and_then(|reset| {
            let now = OffsetDateTime::parse(self.header("date")?, &Rfc2822).ok()?.unix_timestamp();
            Some(Duration::from_secs(reset.saturating_sub(u64::try_from(now).ok()?) + 1))
        });
        match self.status {
            429 => asked.or(until).or(Some(usual)),
            403 if asked.is_some() || used_up => asked.or(until).or(Some(usual)),
            503 if asked.is_some() => asked,
            502..=504 if *method != Method::POST => asked.or(Some(usual)),
            _ => None,
        }
    }
}

/// Whether a request that got no answer can be sent again without being done twice.
fn may_repeat(method: &Method, error: &ureq::Error) -> bool {
    use ureq::Error::{ConnectionFailed, HostNotFound, Io, Timeout};
    match error {
        ConnectionFailed | HostNotFound | Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => true,
        Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => true,
        Io(_) | Timeout(_) => *method != Method::POST,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
