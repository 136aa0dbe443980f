//! Time as the protocols write it. Snapshots hold RFC 3339 in UTC: `2024-01-02T03:04:05Z`, with a fraction only where
//! there is one.

use time::format_description::well_known::{Rfc2822, Rfc3339};
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime, UtcOffset};

use crate::model::TimestampFormat;

/// Reads any of the forms that AWS uses in text: ISO 8601 (with and without zone, or a date alone), RFC 822, and
/// seconds since 1970. Services do not always keep to the form that their model names.
///
/// The time is in UTC and in the years 0 to 9999, which RFC 3339 can write.
pub fn parse(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    let bytes = text.as_bytes();
    let time = if bytes.get(4) == Some(&b'-') {
        parse_iso8601(text)?
    } else if bytes.first()?.is_ascii_alphabetic() {
        OffsetDateTime::parse(text, &Rfc2822).ok()?
    } else {
        from_unix(text.parse().ok()?)?
    };
    time.checked_to_offset(UtcOffset::UTC).filter(|time| (0..=9999).contains(&time.year()))
}

/// Seconds since 1970, to the microsecond, which is as exact as a float holds them.
pub fn from_unix(seconds: f64) -> Option<OffsetDateTime> {
    let microseconds = seconds * 1e6;
    // The years 0 to 9999, which RFC 3339 can write.
    if !(-6.3e16..2.6e17).contains(&microseconds) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked, and i128 holds it")]
    let nanoseconds = microseconds.round() as i128 * 1000;
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok()
}

/// As snapshots hold it.
///
/// # Panics
/// On a year that [`parse`] refuses.
pub fn rfc3339(time: OffsetDateTime) -> String {
    let time = time.to_offset(UtcOffset::UTC);
    time.format(&Rfc3339).expect("RFC 3339 can write UTC in the years that parse allows")
}

/// As a protocol writes it.
/// [`TimestampFormat::Unix`] is a JSON number in most places: this is its text.
///
/// # Panics
/// On a year that [`parse`] refuses.
pub fn format(time: OffsetDateTime, format: TimestampFormat) -> String {
    match format {
        TimestampFormat::Iso8601 => rfc3339(time),
        TimestampFormat::Rfc822 => {
            let imf = format_description!(
                "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
            );
            time.to_offset(UtcOffset::UTC).format(imf).expect("every time has these parts")
        }
        TimestampFormat::Unix => {
            let microseconds = time.unix_timestamp_nanos() / 1000;
            let (seconds, fraction) = (microseconds.div_euclid(1_000_000), microseconds.rem_euclid(1_000_000));
            match (seconds, fraction) {
                (_, 0) => seconds.to_string(),
                (0.., _) => format!("{seconds}.{fraction:06}").trim_end_matches('0').to_owned(),
                (_, _) => format!("-{}.{:06}", -1 - seconds, 1_000_000 - fraction).trim_end_matches('0').to_owned(),
            }
        }
    }
}

fn parse_iso8601(text: &str) -> Option<OffsetDateTime> {
    if text.len() == 10 {
        let date = Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
        return Some(date.midnight().assume_utc());
    }
    let (date, clock) = (text.get(..10)?, text.get(11..)?);
    if !matches!(text.as_bytes()[10], b'T' | b't' | b' ') {
        return None;
    }
    let zoned = clock.contains(['Z', 'z', '+', '-']);
    if zoned && text.as_bytes()[10] == b'T' {
        return OffsetDateTime::parse(text, &Rfc3339).ok();
    }
    if zoned {
        return OffsetDateTime::parse(&format!("{date}T{clock}"), &Rfc3339)
            .ok()
            .map(|time| time.to_offset(UtcOffset::UTC));
    }
    let whole = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second][optional [.[subsecond]]]");
    PrimitiveDateTime::parse(&format!("{date}T{clock}"), whole).ok().map(PrimitiveDateTime::assume_utc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_that_aws_writes_becomes_rfc3339() {
        for (text, expected) in [
            ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
            ("2024-01-02T03:04:05.000Z", "2024-01-02T03:04:05Z"),
            ("2024-01-02T03:04:05.120Z", "2024-01-02T03:04:05.12Z"),
            ("2024-01-02T03:04:05+02:00", "2024-01-02T01:04:05Z"),
            ("2024-01-02T03:04:05", "2024-01-02T03:04:05Z"),
            ("2024-01-02T03:04:05.5", "2024-01-02T03:04:05.5Z"),
            ("2024-01-02 03:04:05+00:00", "2024-01-02T03:04:05Z"),
            ("2024-01-02", "2024-01-02T00:00:00Z"),
            ("Tue, 02 Jan 2024 03:04:05 GMT", "2024-01-02T03:04:05Z"),
            ("1704164645", "2024-01-02T03:04:05Z"),
            ("1.704164645123E9", "2024-01-02T03:04:05.123Z"),
        ] {
            assert_eq!(parse(text).map(rfc3339).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "now",
            "2024-01-02T",
            "2024-13-02T03:04:05Z",
            "2024-01-02X03:04:05Z",
            "1e300",
            "NaN",
            "0000-01-01T00:00:00+01:00",
            "2024-é",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn formats_read_back() {
        let time = parse("2024-01-02T03:04:05.25Z").expect("a time");
        assert_eq!(format(time, TimestampFormat::Iso8601), "2024-01-02T03:04:05.25Z");
        assert_eq!(format(time, TimestampFormat::Rfc822), "Tue, 02 Jan 2024 03:04:05 GMT");
        assert_eq!(format(time, TimestampFormat::Unix), "1704164645.25");
        let before_1970 = from_unix(-1.5).expect("a time");
        assert_eq!(format(before_1970, TimestampFormat::Unix), "-1.5");
    }
}
