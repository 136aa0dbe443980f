//! A clock of the caller's own that is wrong. Services refuse what was signed more than some minutes apart from their own
//! time; every answer says what that is, so the next attempt is signed by it.
//!
//! The SDK's own correction learns it for each operation anew, and does not know EC2's word for it, which EC2 also uses for
//! expired credentials. What tells the two apart is how far the request's time and the answer's lie from each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use aws_smithy_types::error::metadata::ProvideErrorMetadata as _;
use aws_smithy_types::retry::ErrorKind;

use crate::client::ServiceFailure;

/// Services tolerate five minutes (S3 fifteen); what is nearer was not refused for its time.
const NOTICED: Duration = Duration::from_secs(4 * 60);

/// What services call a signature of another time.
const REFUSALS: &[&str] = &[
    "AccessDeniedException",
    "AuthFailure",
    "InvalidSignatureException",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
];

/// The time by which requests are signed. Clones share what was learnt.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    own: SharedTimeSource,
    /// How far the services are ahead of it.
    ahead_millis: Arc<AtomicI64>,
}

/// On an answer: the request was signed at another time than the service's.
#[derive(Debug, Clone, Copy)]
struct SignedElsewhen;

impl Clock {
    pub(crate) fn new(own: Option<SharedTimeSource>) -> Self {
        Self { own: own.unwrap_or_default(), ahead_millis: Arc::default() }
    }

    /// Learns from an answer to what was signed at `signed` (`x-amz-date`), and notes on it if that was refused for it.
    pub(crate) fn learn(&self, signed: Option<&str>, response: &mut HttpResponse) {
        // A cache's answer is dated by when it was cached.
        if response.headers().get("age").is_some() {
            return;
        }
        let Some(theirs) = response.headers().get("date").and_then(|date| millis(date, Format::HttpDate)) else {
            return;
        };
        let noticed = i64::try_from(NOTICED.as_millis()).expect("four minutes");
        let ahead = theirs - since_epoch(self.own.now());
        if (ahead - self.ahead_millis.load(Ordering::Relaxed)).abs() > noticed {
            self.ahead_millis.store(ahead, Ordering::Relaxed);
        }
        let signed = signed.and_then(extended).and_then(|text| millis(&text, Format::DateTime));
        if signed.is_some_and(|signed| (theirs - signed).abs() > noticed) {
            response.add_extension(SignedElsewhen);
        }
    }
}

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        let (own, ahead) = (self.own.now(), self.ahead_millis.load(Ordering::Relaxed));
        let by = Duration::from_millis(ahead.unsigned_abs());
        if ahead >= 0 { own.checked_add(by) } else { own.checked_sub(by) }.unwrap_or(own)
    }
}

/// Has a request that was refused for its time signed anew.
#[derive(Debug)]
pub(crate) struct SkewClassifier;

impl ClassifyRetry for SkewClassifier {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let code = || context.output_or_error()?.err()?.as_operation_error()?.downcast_ref::<ServiceFailure>()?.code();
        let elsewhen = context.response().is_some_and(|response| response.extension::<SignedElsewhen>().is_some());
        if elsewhen && code().is_some_and(|code| REFUSALS.contains(&code)) {
            RetryAction::retryable_error(ErrorKind::ServerError)
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "clock skew"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::http_status_code_classifier())
    }
}

/// `20261121T101530Z` with what RFC 3339 puts between the numbers.
fn extended(basic: &str) -> Option<String> {
    let (date, time) = basic.trim_end_matches('Z').split_once('T')?;
    let part = |text: &str, from: usize, to: usize| text.get(from..to).map(str::to_owned);
    let date = [part(date, 0, 4)?, part(date, 4, 6)?, part(date, 6, 8)?].join("-");
    let time = [part(time, 0, 2)?, part(time, 2, 4)?, part(time, 4, 6)?].join(":");
    Some(format!("{date}T{time}Z"))
}

fn millis(text: &str, format: Format) -> Option<i64> {
    DateTime::from_str(text, format).ok()?.to_millis().ok()
}

fn since_epoch(time: SystemTime) -> i64 {
    let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    time.duration_since(SystemTime::UNIX_EPOCH).map_or_else(|before| -millis(before.duration()), millis)
}

#[cfg(test)]
mod tests {
    use aws_smithy_async::time::StaticTimeSource;
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn answer(date: &str) -> HttpResponse {
        let status = StatusCode::try_from(403).expect("a status");
        let mut response = HttpResponse::new(status, SdkBody::empty());
        response.headers_mut().insert("date", date.to_owned());
        response
    }

    #[test]
    fn the_time_of_the_services_is_learnt_in_both_directions() {
        let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_262_400);
        for (date, by) in [
            ("Sat, 21 Nov 2026 13:00:00 GMT", 3600),
            ("Sat, 21 Nov 2026 11:00:00 GMT", -3600),
            ("Sat, 21 Nov 2026 12:02:00 GMT", 0),
        ] {
            let clock = Clock::new(Some(StaticTimeSource::new(noon).into()));
            let mut response = answer(date);
            clock.learn(Some("20261121T120000Z"), &mut response);
            assert_eq!(since_epoch(clock.now()) - since_epoch(noon), by * 1000, "{date}");
            assert_eq!(response.extension::<SignedElsewhen>().is_some(), by != 0, "{date}");
            // What is signed by the corrected clock and refused is refused for something else.
            let mut again = answer(date);
            let signed = DateTime::from(clock.now()).fmt(Format::DateTime).expect("a time");
            clock.learn(Some(&signed.replace(['-', ':'], "")), &mut again);
            assert!(again.extension::<SignedElsewhen>().is_none(), "{date}");
        }
    }

    #[test]
    fn what_waited_too_long_after_it_was_signed_is_signed_anew() {
        let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_262_400);
        let clock = Clock::new(Some(StaticTimeSource::new(noon).into()));
        let mut response = answer("Sat, 21 Nov 2026 12:00:00 GMT");
        clock.learn(Some("20261121T115400Z"), &mut response);
        assert!(response.extension::<SignedElsewhen>().is_some());
        assert_eq!(clock.now(), noon, "the clock is right");
    }
}
