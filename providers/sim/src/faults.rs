//! Faults: rules that make some calls go wrong, in the ways in which AWS and networks do.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use driftline_wire::model::{Protocol, Service};
use serde_json::Value;

use crate::engine::{Question, Refusal};
use crate::generate::Dice;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The answer comes this much later. Another fault may come on top.
    Slow(Duration),
    /// "Slow down", in the service's own words.
    Throttle,
    /// The caller has no permission.
    Deny,
    /// The caller's temporary credentials have expired.
    ExpiredToken,
    /// A server error with this status: 500, 502, 503, 504.
    Fail(u16),
    /// An error with this status and code.
    Refuse(u16, String),
    /// The answer's length is declared in full; half of it is sent, then the connection is closed.
    Cut,
    /// Half of the answer, with the right length for that half: only a parser can tell.
    Truncate,
    /// A web page with status 200, as from a captive portal or a proxy.
    Garbage,
    /// A document of the protocol that is broken in its middle: a tag that nobody opened, a comma too many.
    Malformed,
    /// A whole document with status 200 that is no answer to any operation.
    Alien,
    /// Status 200, and nothing at all.
    Empty,
    /// The head of the answer drips in byte by byte, this long apart, and never ends.
    DripHead(Duration),
    /// The body of the answer drips in byte by byte, this long apart.
    DripBody(Duration),
    /// The connection is reset.
    Reset,
    /// No answer, ever.
    Hang,
    /// Paging never advances: always the first page, with the same token.
    RepeatToken,
    /// Paging goes round in circles: the last page leads to the first one again.
    CircleTokens,
    /// The token of a page has expired, in the service's own words. A call without one goes on as ever.
    ExpirePage,
    /// The credentials of a role that is assumed expire this soon.
    ShortSession(Duration),
    /// The endpoint's clock is so many seconds ahead of the caller's (behind it, if negative): every answer says so in
    /// its `Date`, and what was signed more than five minutes apart from it is refused.
    Clock(i64),
    /// What the call names is gone. A call that names nothing goes on as ever.
    Vanish,
}

/// Which calls a fault befalls. Without conditions: all.
#[derive(Debug, Clone)]
pub struct Rule {
    fault: Fault,
    operation: Option<String>,
    region: Option<String>,
    account: Option<String>,
    key: Option<String>,
    params: Option<String>,
    times: Times,
    /// From this long after the start, up to this long.
    window: Option<(Duration, Duration)>,
    /// How likely it is, and the seed of the chance.
    chance: Option<(f64, u64)>,
}

#[derive(Debug, Clone, Copy)]
enum Times {
    Always,
    First(u64),
    Nth(u64),
    Every(u64),
}

impl Rule {
    pub fn new(fault: Fault) -> Self {
        let (operation, region, account, key, params, window, chance) = Default::default();
        Self { fault, operation, region, account, key, params, times: Times::Always, window, chance }
    }

    /// Calls of an operation (`rds:DescribeDBInstances`) or of a service (`rds`).
    #[must_use]
    pub fn on(mut self, operation: &str) -> Self {
        self.operation = Some(operation.to_owned());
        self
    }

    /// Calls in a region, as they are signed: global services are signed for in `us-east-1`.
    #[must_use]
    pub fn region(mut self, region: &str) -> Self {
        self.region = Some(region.to_owned());
        self
    }

    /// Calls in an account, by its id.
    #[must_use]
    pub fn account(mut self, account: &str) -> Self {
        self.account = Some(account.to_owned());
        self
    }

    /// Calls that are signed with this access key.
    #[must_use]
    pub fn key(mut self, access_key: &str) -> Self {
        self.key = Some(access_key.to_owned());
        self
    }

    /// Calls whose parameters, as compact JSON with sorted keys, contain this text.
    #[must_use]
    pub fn with(mut self, text: &str) -> Self {
        self.params = Some(text.to_owned());
        self
    }

    /// Only the first so many of the calls that fit.
    #[must_use]
    pub fn first(mut self, times: u64) -> Self {
        self.times = Times::First(times);
        self
    }

    /// Only the nth of the calls that fit, counted from 1.
    #[must_use]
    pub fn nth(mut self, n: u64) -> Self {
        self.times = Times::Nth(n);
        self
    }

    /// Every nth of the calls that fit.
    #[must_use]
    pub fn every(mut self, n: u64) -> Self {
        self.times = Times::Every(n);
        self
    }

    /// Only calls between these times after the endpoint's start.
    #[must_use]
    pub fn between(mut self, from: Duration, to: Duration) -> Self {
        self.window = Some((from, to));
        self
    }

    /// Only this share (from 0 to 1) of the calls that are left, by chance: the same ones with the same seed.
    #[must_use]
    pub fn chance(mut self, share: f64, seed: u64) -> Self {
        self.chance = Some((share, seed));
        self
    }

    /// Whether it is time, and chance wants it. `number`: of the call among those that fit.
    fn strikes(&self, number: u64) -> bool {
        let times = match self.times {
            Times::Always => true,
            Times::First(times) => number <= times,
            Times::Nth(n) => number == n,
            Times::Every(n) => n > 0 && number.is_multiple_of(n),
        };
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        times && self.chance.is_none_or(|(share, seed)| Dice::of(seed, &["fault"], number).share() < share)
    }

    fn fits(&self, account: &str, key: &str, question: Question<'_>) -> bool {
        let is = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
        let operation = self.operation.as_ref().is_none_or(|wanted| match wanted.split_once(':') {
            Some(pair) => pair == (question.service.name, question.operation.name),
            None => wanted == question.service.name,
        });
        operation
            // What names nothing cannot be gone.
            && (self.fault != Fault::Vanish || crate::engine::gone(question).is_some())
            && (self.fault != Fault::ExpirePage || crate::engine::is_later_page(question))
            && is(&self.region, question.region)
            && is(&self.account, account)
            && is(&self.key, key)
            && self
                .params
                .as_ref()
                .is_none_or(|text| Value::Object(question.params.clone()).to_string().contains(text.as_str()))
    }
}

/// The rules in force. Cloned handles share them.
#[derive(Debug, Clone)]
pub struct Faults {
    placed: Arc<Mutex<Vec<Placed>>>,
    /// What rules count their times from.
    started: tokio::time::Instant,
}

impl Default for Faults {
    fn default() -> Self {
        Self { placed: Arc::default(), started: tokio::time::Instant::now() }
    }
}

/// Names a rule that was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultId(usize);

#[derive(Debug)]
struct Placed {
    rule: Rule,
    removed: bool,
    fitted: u64,
    befell: u64,
}

impl Faults {
    /// Puts a rule in force.
    pub fn add(&self, rule: Rule) -> FaultId {
        let mut placed = self.lock();
        placed.push(Placed { rule, removed: false, fitted: 0, befell: 0 });
        FaultId(placed.len() - 1)
    }

    /// Takes one rule out of force.
    pub fn remove(&self, id: FaultId) {
        self.lock()[id.0].removed = true;
    }

    /// Takes all rules out of force.
    pub fn clear(&self) {
        self.lock().iter_mut().for_each(|placed| placed.removed = true);
    }

    /// How many calls a rule has befallen.
    pub fn hits(&self, id: FaultId) -> u64 {
        self.lock()[id.0].befell
    }

    /// The faults that befall a call, in the order in which their rules were added.
    pub(crate) fn befall(&self, account: &str, key: &str, question: Question<'_>) -> Vec<Fault> {
        let mut faults = Vec::new();
        let now = self.started.elapsed();
        let in_time = |rule: &Rule| rule.window.is_none_or(|(from, to)| from <= now && now < to);
        for placed in self.lock().iter_mut().filter(|placed| !placed.removed && in_time(&placed.rule)) {
            if !placed.rule.fits(account, key, question) {
                continue;
            }
            placed.fitted += 1;
            let now = placed.rule.strikes(placed.fitted);
            if now {
                placed.befell += 1;
                faults.push(placed.rule.fault.clone());
            }
        }
        faults
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Placed>> {
        self.placed.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The error that a fault makes, in the words of the service; `None` for faults that are no errors.
pub(crate) fn refusal(fault: &Fault, question: Question<'_>, caller_arn: &str) -> Option<Refusal> {
    let service = question.service;
    Some(match fault {
        Fault::Throttle => throttled(service),
        Fault::Deny => denied(service, question.operation.name, caller_arn),
        Fault::ExpiredToken => expired(service),
        Fault::Fail(503) => match service.name {
            "ec2" => Refusal::new(503, "Unavailable", "The service is unavailable. Please try again shortly."),
            _ => Refusal::new(503, "ServiceUnavailable", "The service is unavailable. Please try again shortly."),
        },
        Fault::Fail(status) => match service.name {
            "ec2" | "s3" | "s3control" => Refusal::new(*status, "InternalError", "An internal error has occurred"),
            _ => Refusal::new(*status, "InternalFailure", "An internal error has occurred"),
        },
        Fault::Refuse(status, code) => Refusal::new(*status, code, "The request was refused"),
        Fault::Vanish => return crate::engine::gone(question),
        Fault::ExpirePage => crate::engine::bad_page(question, "The token for the next page has expired"),
        _ => return None,
    })
}

/// "Slow down", in the service's own words.
pub(crate) fn throttled(service: &Service) -> Refusal {
    match (service.name, service.protocol) {
        ("ec2", _) => Refusal::new(503, "RequestLimitExceeded", "Request limit exceeded."),
        ("s3" | "s3control", _) => Refusal::new(503, "SlowDown", "Please reduce your request rate."),
        // https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html
        ("elb" | "elbv2", _) | (_, Protocol::Json { .. }) => Refusal::new(400, "ThrottlingException", "Rate exceeded"),
        _ => Refusal::new(400, "Throttling", "Rate exceeded"),
    }
}

/// The answer to a request whose signature is too old, or from the future.
pub(crate) fn skewed(service: &Service) -> Refusal {
    match (service.name, service.protocol) {
        ("ec2", _) => Refusal::new(400, "RequestExpired", "Request has expired."),
        ("s3", _) => {
            let message = "The difference between the request time and the current time is too large.";
            Refusal::new(403, "RequestTimeTooSkewed", message)
        }
        (_, Protocol::Json { .. }) => Refusal::new(400, "InvalidSignatureException", "Signature expired"),
        _ => Refusal::new(403, "SignatureDoesNotMatch", "Signature expired"),
    }
}

fn denied(service: &Service, operation: &str, caller_arn: &str) -> Refusal {
    let action = format!("{}:{operation}", service.iam_prefix);
    let message = format!(
        "User: {caller_arn} is not authorized to perform: {action} because no identity-based policy allows the {action} action"
    );
    match service.protocol {
        Protocol::Ec2 => Refusal::new(
            403,
            "UnauthorizedOperation",
            "You are not authorized to perform this operation. ".to_owned() + &message,
        ),
        Protocol::Json { .. } => Refusal::new(400, "AccessDeniedException", message),
        Protocol::Query | Protocol::RestXml => Refusal::new(403, "AccessDenied", message),
    }
}

fn expired(service: &Service) -> Refusal {
    match (service.name, service.protocol) {
        ("ec2", _) => Refusal::new(400, "RequestExpired", "Request has expired."),
        ("s3", _) => Refusal::new(400, "ExpiredToken", "The provided token has expired."),
        (_, Protocol::Json { .. }) => {
            Refusal::new(400, "ExpiredTokenException", "The security token included in the request is expired")
        }
        _ => Refusal::new(403, "ExpiredToken", "The security token included in the request is expired"),
    }
}
