//! What can be said on the command line.

use std::str::FromStr;

use driftline_sim::Generated;

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
  --round-trip   milliseconds that every answer takes longer (--latency is the same)";

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
    pub(crate) round_trip: f64,
}

/// What the arguments ask for; `None`: help.
pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options { source: Source::Demo, port: 0, page_size: 0, round_trip: 0.0 };
    let mut generated = Generated::default();
    let (mut generate, mut account, mut only_generated) = (false, None, None);
    while let Some(name) = args.next() {
        if name == "--help" || name == "-h" {
            return Ok(None);
        }
        let value = args.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--seed" | "--accounts" | "--regions" | "--changed" | "--change-seed" => {
                only_generated = Some(name.clone());
            }
            _ => {}
        }
        match name.as_str() {
            "--account" => account = Some(value),
            "--generate" => (generate, generated.resources) = (true, number(&name, &value)?),
            "--seed" => generated.seed = number(&name, &value)?,
            "--accounts" => generated.accounts = number(&name, &value)?,
            "--regions" => generated.regions = value.split(',').map(|region| region.trim().to_owned()).collect(),
            "--changed" => generated.changed = number(&name, value.trim_end_matches('%'))?,
            "--change-seed" => generated.change_seed = number(&name, &value)?,
            "--port" => options.port = number(&name, &value)?,
            "--page-size" => options.page_size = number(&name, &value)?,
            "--round-trip" | "--latency" => options.round_trip = milliseconds(&name, &value)?,
            _ => return Err(format!("there is no option {name}")),
        }
    }
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

fn milliseconds(name: &str, value: &str) -> Result<f64, String> {
    let number: f64 = number(name, value)?;
    if number.is_finite() && number >= 0.0 { Ok(number) } else { Err(format!("`{value}` is no time for {name}")) }
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
            ("--prot 80", "there is no option --prot"),
        ] {
            assert_eq!(options(text).expect_err(text), told);
        }
    }
}
