//! A schedule in the form that everybody knows, crontab's five fields, and as systemd says the same.

use std::collections::BTreeSet;
use std::str::FromStr;

/// When driftline is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Schedule {
    text: String,
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    weekdays: Field,
}

/// The values of one field; `None` stands for all, as `*` was written.
type Field = Option<BTreeSet<u32>>;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/// The text is not a schedule.
#[derive(Debug, thiserror::Error)]
pub(super) enum ScheduleError {
    #[error(
        "it has {count} field{plural} instead of five: minute, hour, day of the month, month, day of the week",
        count = .0,
        plural = if *.0 == 1 { "" } else { "s" }
    )]
    Fields(usize),
    #[error("`{text}` is no {what}: they go from {least} to {most}, with lists (1,2), ranges (1-5) and steps (*/5)")]
    Field { text: String, what: &'static str, least: u32, most: u32 },
}

impl Schedule {
    /// The five fields.
    pub(super) fn cron(&self) -> &str {
        &self.text
    }

    /// The same as `OnCalendar=` lines of a timer, in UTC. cron takes a day that fits either field of days where both
    /// are given, systemd one that fits both: then there are two lines.
    pub(super) fn calendar(&self) -> String {
        let line = |days: &Field, weekdays: &Field| {
            let names = weekdays.as_ref().map(|weekdays| {
                let names: Vec<&str> = weekdays.iter().map(|day| WEEKDAYS[*day as usize]).collect();
                format!("{} ", names.join(","))
            });
            let (days, months) = (list(days), list(&self.months));
            let (hours, minutes) = (list(&self.hours), list(&self.minutes));
            format!("OnCalendar={}*-{months}-{days} {hours}:{minutes}:00 UTC", names.unwrap_or_default())
        };
        match (&self.days, &self.weekdays) {
            (Some(_), Some(_)) => format!("{}\n{}", line(&self.days, &None), line(&None, &self.weekdays)),
            (days, weekdays) => line(days, weekdays),
        }
    }
}

fn list(field: &Field) -> String {
    field.as_ref().map_or("*".to_owned(), |values| {
        let values: Vec<String> = values.iter().map(|value| format!("{value:02}")).collect();
        values.join(",")
    })
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields.as_slice() else {
            return Err(ScheduleError::Fields(fields.len()));
        };
        let weekdays = field(weekdays, "day of the week", 0, 7, |name| {
            let name = name.to_ascii_lowercase();
            let day = WEEKDAYS.iter().position(|day| day.to_ascii_lowercase() == name)?;
            u32::try_from(day).ok()
        })?;
        Ok(Self {
            minutes: field(minutes, "minute", 0, 59, |_| None)?,
            hours: field(hours, "hour", 0, 23, |_| None)?,
            days: field(days, "day of the month", 1, 31, |_| None)?,
            months: field(months, "month", 1, 12, |name| {
                let month = MONTHS.iter().position(|month| name.eq_ignore_ascii_case(month))?;
                u32::try_from(month + 1).ok()
            })?,
            // Sunday is 0 and 7.
            weekdays: weekdays.map(|days| days.into_iter().map(|day| day % 7).collect()),
            text: fields.join(" "),
        })
    }
}

fn field(
    text: &str,
    what: &'static str,
    least: u32,
    most: u32,
    named: impl Fn(&str) -> Option<u32>,
) -> Result<Field, ScheduleError> {
    if text == "*" {
        return Ok(None);
    }
    let fail = || ScheduleError::Field { text: text.to_owned(), what, least, most };
    let number = |part: &str| {
        let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let number = if is_number { part.parse().ok() } else { named(part) };
        number.filter(|number| (least..=most).contains(number)).ok_or_else(fail)
    };
    let mut values = BTreeSet::new();
    for part in text.split(',') {
        let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
        let step: usize = match step {
            None => 1,
            Some(step) => step.parse().ok().filter(|step| (1..=60).contains(step)).ok_or_else(fail)?,
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (least, most),
            Some((from, to)) => (number(from)?, number(to)?),
            // A step needs something to step over.
            None if part.contains('/') => return Err(fail()),
            None => (number(range)?, number(range)?),
        };
        if from > to {
            return Err(fail());
        }
        values.extend((from..=to).step_by(step));
    }
    Ok(Some(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cron_and_systemd_say_the_same() {
        let check = |cron: &str, calendar: &str| {
            let schedule: Schedule = cron.parse().expect(cron);
            assert_eq!(schedule.calendar().replace('\n', " | "), calendar, "{cron}");
        };
        check("15 5 * * *", "OnCalendar=*-*-* 05:15:00 UTC");
        check("*/20  *  * * *", "OnCalendar=*-*-* *:00,20,40:00 UTC");
        check("0 6-18/6 * * 1-5", "OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 06,12,18:00:00 UTC");
        check("0 0 1,15 jan *", "OnCalendar=*-01-01,15 00:00:00 UTC");
        check("5 4 * * 7", "OnCalendar=Sun *-*-* 04:05:00 UTC");
        check("5 4 1 * MON", "OnCalendar=*-*-01 04:05:00 UTC | OnCalendar=Mon *-*-* 04:05:00 UTC");
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        for (text, part) in [
            ("", "0 fields"),
            ("@daily", "it has 1 field instead"),
            ("0 0 * * * *", "6 fields"),
            ("60 0 * * *", "`60` is no minute"),
            ("0 24 * * *", "`24` is no hour"),
            ("0 0 0 * *", "`0` is no day of the month"),
            ("0 0 * foo *", "`foo` is no month"),
            ("0 0 * * 8", "`8` is no day of the week"),
            ("5-1 0 * * *", "`5-1` is no minute"),
            ("*/0 0 * * *", "`*/0` is no minute"),
            ("1/5 0 * * *", "`1/5` is no minute"),
            ("+1 0 * * *", "`+1` is no minute"),
            (", 0 * * *", "`,` is no minute"),
            ("\"0 0 * * *", "`\"0` is no minute"),
        ] {
            let error = text.parse::<Schedule>().expect_err(text).to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
