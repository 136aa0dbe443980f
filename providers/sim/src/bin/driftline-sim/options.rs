//! What can be said on the command line.

use std::str::FromStr;
use std::time::Duration;

use driftline_sim::{Generated, Rate, Rates};

pub(crate) const USAGE: &str = "\
usage: driftline-sim [--account demo|FOLDER | --generate RESOURCES] [OPTIONS]

Answers AWS's read operations on 127.0.0.1 from a description of accounts, and prints its URL. Point a client at it
with AWS_ENDPOINT_URL, and an account's number as AWS_ACCESS_KEY_ID.

What it describes:
  --account      the demo account (the default), or a folder with one account's files or several accounts' folders
  --generate     accounts made from a seed, with so many resources together
  --seed         another seed makes other accounts (1)
  --accounts     how many accounts are generated (1); their numbers are printed behind the URL
  --regions      the regions of each of them, separated by commas; the first ones hold the most (eu-west-1)
  --changed      how many of a hundred resources somebody has changed, added or removed in the console (0)
  --change-seed  another seed changes others (1)

How it answers:
  --port         a free one, unless given
  --page-size    no page holds more items than this
  --round-trip   milliseconds that every answer takes longer (--latency is the same)
  --jitter       milliseconds that an answer takes longer still at most, by chance
  --rates        how many requests are let through: aws (what AWS publishes), off (the default: all), or how many times
                 AWS's rates
  --rate         another rate of a service or an operation, and its burst: rds=20/40, acm:ListCertificates=1. Repeatable
  --faults       a TOML file of rules that say what goes wrong, where and when
  --stats        a file for what was counted, as JSON, once the endpoint is stopped (- for standard output). While it
                 runs, GET /_driftline/stats answers the same; DELETE begins to count anew";

/// Where the descriptions come from.
#[derive(Debug, PartialEq)]
pub(crate) enum Source {
    Demo,
    Folder(String),
    Generated(Generated),
}

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) source: Source,
    pub(crate) port: u16,
    pub(crate) page_size: usize,
    pub(crate) round_trip: Duration,
    pub(crate) jitter: Duration,
    pub(crate) rates: Rates,
    pub(crate) faults: Option<String>,
    pub(crate) stats: Option<String>,
}

/// What the arguments ask for; `None`: help.
pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options {
        source: Source::Demo,
        port: 0,
        page_size: 0,
        round_trip: Duration::ZERO,
        jitter: Duration::ZERO,
        rates: Rates::off(),
        faults: None,
        stats: None,
    };
    let mut own_rates = Vec::new();
    let mut generated = Generated::default();
    let (mut generate, mut account, mut only_generated) = (false, None, None);
    while let Some(name) = args.next() {
        if name == "--help" || name == "-h" {
            return Ok(None);
        }
        let mut value = || args.next().ok_or_else(|| format!("{name} needs a value"));
        match name.as_str() {
            "--seed" | "--accounts" | "--regions" | "--changed" | "--change-seed" => {
                only_generated = Some(name.clone());
            }
            _ => {}
        }
        match name.as_str() {
            "--account" => account = Some(value()?),
            "--generate" => (generate, generated.resources) = (true, number(&name, &value()?)?),
            "--seed" => generated.seed = number(&name, &value()?)?,
            "--accounts" => generated.accounts = number(&name, &value()?)?,
            "--regions" => generated.regions = value()?.split(',').map(|region| region.trim().to_owned()).collect(),
            "--changed" => generated.changed = number(&name, value()?.trim_end_matches('%'))?,
            "--change-seed" => generated.change_seed = number(&name, &value()?)?,
            "--port" => options.port = number(&name, &value()?)?,
            "--page-size" => options.page_size = number(&name, &value()?)?,
            "--round-trip" | "--latency" => options.round_trip = milliseconds(&name, &value()?)?,
            "--jitter" => options.jitter = milliseconds(&name, &value()?)?,
            "--rates" => options.rates = rates(&value()?)?,
            "--rate" => own_rates.push(own_rate(&value()?)?),
            "--faults" => options.faults = Some(value()?),
            "--stats" => options.stats = Some(value()?),
            _ => return Err(format!("there is no option {name}")),
        }
    }
    options.rates = own_rates.into_iter().fold(options.rates, |rates, (of, rate)| rates.with(&of, rate));
    options.source = match (generate, account) {
        (true, Some(_)) => return Err("--account and --generate exclude each other".to_owned()),
        (true, None) => Source::Generated(check(generated)?),
        (false, _) if only_generated.is_some() => {
            return Err(format!("{} is for --generate", only_generated.unwrap_or_default()));
        }
        (false, Some(folder)) if folder != "demo" => Source::Folder(folder),
        (false, _) => Source::Demo,
    };
    Ok(Some(options))
}

fn number<T: FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("`{value}` is no number for {name}"))
}

fn milliseconds(name: &str, value: &str) -> Result<Duration, String> {
    let number: f64 = number(name, value)?;
    Duration::try_from_secs_f64(number / 1000.0).map_err(|_| format!("`{value}` is no time for {name}"))
}

fn rates(value: &str) -> Result<Rates, String> {
    match (value, value.parse::<f64>()) {
        ("aws", _) => Ok(Rates::aws()),
        ("off", _) => Ok(Rates::off()),
        (_, Ok(factor)) if factor > 0.0 && factor.is_finite() => Ok(Rates::aws().times(factor)),
        _ => Err(format!("--rates is aws, off, or how many times AWS's rates, not `{value}`")),
    }
}

/// `rds=20/40`: requests a second, and the burst; without it, a second's requests.
fn own_rate(value: &str) -> Result<(String, Rate), String> {
    let wrong = || format!("--rate is such as rds=20/40 or acm:ListCertificates=1, not `{value}`");
    let (of, numbers) = value.split_once('=').ok_or_else(wrong)?;
    let (per_second, burst) = numbers.split_once('/').unwrap_or((numbers, numbers));
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| *number > 0.0 && number.is_finite());
    let (per_second, burst) = (number(per_second).ok_or_else(wrong)?, number(burst).ok_or_else(wrong)?);
    Ok((of.to_owned(), Rate { per_second, burst: burst.max(1.0) }))
}

fn check(generated: Generated) -> Result<Generated, String> {
    if generated.accounts == 0 {
        return Err("--accounts must be 1 at least".to_owned());
    }
    if generated.regions.iter().any(String::is_empty) {
        return Err("--regions holds an empty name".to_owned());
    }
    if !(0.0..=50.0).contains(&generated.changed) {
        return Err("--changed is between 0 and 50".to_owned());
    }
    Ok(generated)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(text: &str) -> Result<Options, String> {
        parse(text.split_whitespace().map(str::to_owned)).map(|options| options.expect("no help"))
    }

    #[test]
    fn accounts_are_generated_as_asked_for() {
        let options =
            options("--generate 5000 --seed 7 --accounts 3 --regions eu-west-1,us-east-1 --changed 1% --change-seed 9");
        let expected = Generated {
            seed: 7,
            resources: 5000,
            accounts: 3,
            regions: vec!["eu-west-1".to_owned(), "us-east-1".to_owned()],
            changed: 1.0,
            change_seed: 9,
        };
        assert_eq!(options.expect("good options").source, Source::Generated(expected));
    }

    #[test]
    fn rates_are_said_in_several_ways() {
        let rates = |text: &str| options(text).expect(text).rates;
        assert_eq!(rates(""), Rates::off());
        assert_eq!(rates("--rates aws"), Rates::aws());
        let own = Rate { per_second: 20.0, burst: 40.0 };
        assert_eq!(rates("--rate rds=20/40 --rates 2.5"), Rates::aws().times(2.5).with("rds", own));
        let own = Rate { per_second: 0.5, burst: 1.0 };
        assert_eq!(rates("--rate acm:ListCertificates=0.5"), Rates::off().with("acm:ListCertificates", own));
    }

    #[test]
    fn mistakes_are_told() {
        for (text, told) in [
            ("--generate many", "`many` is no number for --generate"),
            ("--generate", "--generate needs a value"),
            ("--seed 7", "--seed is for --generate"),
            ("--generate 10 --account demo", "--account and --generate exclude each other"),
            ("--generate 10 --accounts 0", "--accounts must be 1 at least"),
            ("--generate 10 --regions eu-west-1,,us-east-1", "--regions holds an empty name"),
            ("--generate 10 --changed 70", "--changed is between 0 and 50"),
            ("--round-trip -4", "`-4` is no time for --round-trip"),
            ("--rates fast", "--rates is aws, off, or how many times AWS's rates, not `fast`"),
            ("--rates -1", "--rates is aws, off, or how many times AWS's rates, not `-1`"),
            ("--rate rds", "--rate is such as rds=20/40 or acm:ListCertificates=1, not `rds`"),
            ("--rate rds=a", "--rate is such as rds=20/40 or acm:ListCertificates=1, not `rds=a`"),
            ("--prot 80", "there is no option --prot"),
            ("--demo", "there is no option --demo"),
        ] {
            assert_eq!(options(text).expect_err(text), told);
        }
    }
}
