//! What a scan would cost, for people and for machines.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::value::count;
use crate::estimate::{Estimate, Share};

/// At most so many limits are told; the others are shorter.
const MOST: usize = 8;

/// Writes an estimate as text. `basis` says what it rests on.
pub fn estimate_text(estimate: &Estimate, basis: &str, out: &mut dyn Write) -> io::Result<()> {
    let accounts = count(estimate.accounts.len(), "account");
    let resources = count(estimate.resources, "resource");
    writeln!(
        out,
        "A scan of {accounts} with {resources} takes about {} and {}.",
        calls(estimate.calls),
        duration(estimate.seconds)
    )?;
    writeln!(out, "{basis}")?;
    let long: Vec<&Share> = estimate.limits.iter().filter(|share| share.seconds >= 0.5).collect();
    if long.is_empty() {
        return writeln!(out, "No rate limit holds it up.");
    }
    writeln!(out, "\nWhat holds it up, the tightest limit first:")?;
    for share in long.iter().take(MOST) {
        let limit = &share.limit;
        let what = match &limit.operation {
            Some(operation) => format!("{}:{operation}", limit.service),
            None => limit.service.clone(),
        };
        let place = format!("{}/{}", share.account, limit.region.as_deref().unwrap_or("all regions"));
        let rate = format!("{} at {}/s", calls(share.calls), rate(limit.per_second));
        writeln!(out, "  {:>9}  {what} in {place}: {rate}", duration(share.seconds))?;
    }
    if long.len() > MOST {
        writeln!(out, "  and {} more that are shorter", long.len() - MOST)?;
    }
    Ok(())
}

/// The same for machines.
pub fn estimate_json(estimate: &Estimate, basis: &str, out: &mut dyn Write) -> io::Result<()> {
    let limits: Vec<Value> = estimate
        .limits
        .iter()
        .map(|share| {
            json!({
                "account": share.account,
                "region": share.limit.region,
                "service": share.limit.service,
                "operation": share.limit.operation,
                "per_second": share.limit.per_second,
                "burst": share.limit.burst,
                "calls": share.calls,
                "seconds": share.seconds,
            })
        })
        .collect();
    let value = json!({
        "accounts": estimate.accounts,
        "basis": basis,
        "calls": estimate.calls,
        "calls_by_kind": estimate.by_kind,
        "limits": limits,
        "resources": estimate.resources,
        "seconds": estimate.seconds,
    });
    serde_json::to_writer_pretty(&mut *out, &value)?;
    writeln!(out)
}

fn calls(number: u64) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), "call")
}

/// `4.95` as `5`, `0.5` as `0.5`.
pub fn rate(per_second: f64) -> String {
    if per_second >= 2.0 { format!("{per_second:.0}") } else { format!("{}", (per_second * 10.0).round() / 10.0) }
}

/// `41 s`, `12 min`, `2 h 5 min`.
pub fn duration(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a duration, rounded")]
    let whole = seconds.max(0.0).round() as u64;
    let minutes = (whole + 30) / 60;
    match whole {
        0 => "less than a second".to_owned(),
        1..120 => format!("{whole} s"),
        _ if minutes < 120 => format!("{minutes} min"),
        _ => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_rates_are_as_people_say_them() {
        for (seconds, expected) in [
            (0.2, "less than a second"),
            (41.4, "41 s"),
            (119.0, "119 s"),
            (196.0, "3 min"),
            (629.0, "10 min"),
            (7_180.0, "2 h 0 min"),
            (7_500.0, "2 h 5 min"),
        ] {
            assert_eq!(duration(seconds), expected);
        }
        for (per_second, expected) in [(4.95, "5"), (19.8, "20"), (0.5, "0.5"), (1.98, "2"), (100.0, "100")] {
            assert_eq!(rate(per_second), expected);
        }
    }
}
