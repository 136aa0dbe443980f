//! The endpoint's own clock, which may be wrong: what it says in `Date`, and which signatures are too old for it.

use std::collections::BTreeMap;

use driftline_wire::server::Response;
use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time};

use crate::faults::Fault;

/// How far a request's time and the service's may be apart:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>
const TOLERANCE: Duration = Duration::minutes(5);

/// A clock that is this much ahead of everybody else's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock(Duration);

impl Clock {
    /// The clock that these faults make; `None` where it is right.
    pub(super) fn of(faults: &[Fault]) -> Option<Self> {
        faults.iter().find_map(|fault| match fault {
            Fault::Clock(ahead) => Some(Self(Duration::seconds(*ahead))),
            _ => None,
        })
    }

    /// Whether what was signed at the time that the request says is too old, or not yet born.
    pub(super) fn refuses(self, headers: &BTreeMap<String, String>) -> bool {
        let signed = headers.get("x-amz-date").and_then(|text| parse(text));
        signed.is_none_or(|signed| (self.now() - signed).abs() > TOLERANCE)
    }

    /// Stamps an answer.
    pub(super) fn stamp(self, response: &mut Response) {
        let now = self.now();
        let day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let date = format!(
            "{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
            day[usize::from(now.weekday().number_days_from_monday())],
            now.day(),
            month[usize::from(u8::from(now.month())) - 1],
            now.year(),
            now.hour(),
            now.minute(),
            now.second()
        );
        response.headers.push(("date".to_owned(), date));
    }

    fn now(self) -> OffsetDateTime {
        #[expect(clippy::disallowed_methods, reason = "a clock that is wrong is wrong by so much")]
        let now = OffsetDateTime::now_utc();
        now + self.0
    }
}

/// `20261121T101530Z`.
fn parse(text: &str) -> Option<OffsetDateTime> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u8>().ok();
    let month = Month::try_from(number(4, 6)?).ok()?;
    let date = Date::from_calendar_date(text.get(..4)?.parse().ok()?, month, number(6, 8)?).ok()?;
    let time = Time::from_hms(number(9, 11)?, number(11, 13)?, number(13, 15)?).ok()?;
    Some(PrimitiveDateTime::new(date, time).assume_utc())
}
