//! Faults by a script: a TOML file, each rule of which says what goes wrong, where, and when.
//!
//! ```toml
//! # Half a minute of throttling in one region, a reset now and then, and slow lists of volumes.
//! [[fault]]
//! fault = "throttle"
//! region = "eu-west-1"
//! after = 10.0
//! until = 40.0
//!
//! [[fault]]
//! fault = "reset"
//! probability = 0.01
//! seed = 7
//!
//! [[fault]]
//! fault = "slow"
//! milliseconds = 500
//! operation = "ec2:DescribeVolumes"
//! every = 3
//! ```

use std::time::Duration;

use driftline_wire::models::SERVICES;
use serde::Deserialize;

use crate::faults::{Fault, Rule};

/// A script could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    #[error("fault {number}: {reason}")]
    Rule { number: usize, reason: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    #[serde(default)]
    fault: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    fault: Name,
    milliseconds: Option<u64>,
    seconds: Option<i64>,
    status: Option<u16>,
    code: Option<String>,
    operation: Option<String>,
    region: Option<String>,
    account: Option<String>,
    params: Option<String>,
    first: Option<u64>,
    nth: Option<u64>,
    every: Option<u64>,
    after: Option<f64>,
    until: Option<f64>,
    probability: Option<f64>,
    seed: Option<u64>,
}

/// The faults as scripts call them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Name {
    Slow,
    Throttle,
    Deny,
    ExpiredToken,
    Fail,
    Refuse,
    Cut,
    Truncate,
    Garbage,
    Reset,
    Hang,
    RepeatToken,
    Vanish,
    Malformed,
    Alien,
    Empty,
    DripHead,
    DripBody,
    CircleTokens,
    ExpirePage,
    ShortSession,
    Clock,
}

impl Rule {
    /// The rules of a script, in its order.
    pub fn script(text: &str) -> Result<Vec<Self>, ScriptError> {
        let script: Script = toml::from_str(text)?;
        let rule = |(index, entry): (usize, Entry)| {
            entry.rule().map_err(|reason| ScriptError::Rule { number: index + 1, reason })
        };
        script.fault.into_iter().enumerate().map(rule).collect()
    }
}

impl Entry {
    fn rule(mut self) -> Result<Rule, String> {
        let mut rule = Rule::new(self.fault()?);
        let unused = [
            ("milliseconds", self.milliseconds.is_some()),
            ("seconds", self.seconds.is_some()),
            ("status", self.status.is_some()),
            ("code", self.code.is_some()),
        ];
        if let Some((name, _)) = unused.iter().find(|(_, given)| *given) {
            return Err(format!("`{name}` means nothing for this fault"));
        }
        if let Some(operation) = &self.operation {
            rule = rule.on(known(operation)?);
        }
        if let Some(region) = &self.region {
            rule = rule.region(region);
        }
        if let Some(account) = &self.account {
            rule = rule.account(account);
        }
        if let Some(text) = &self.params {
            rule = rule.with(text);
        }
        rule = match (self.first, self.nth, self.every) {
            (None, None, None) => rule,
            (Some(0), ..) | (_, Some(0), _) | (.., Some(0)) => return Err("calls are counted from 1".to_owned()),
            (Some(times), None, None) => rule.first(times),
            (None, Some(n), None) => rule.nth(n),
            (None, None, Some(n)) => rule.every(n),
            _ => return Err("`first`, `nth` and `every` exclude each other".to_owned()),
        };
        if self.after.is_some() || self.until.is_some() {
            let time = |name: &str, seconds: f64| {
                Duration::try_from_secs_f64(seconds).map_err(|_| format!("`{name}` is no number of seconds"))
            };
            let from = time("after", self.after.unwrap_or_default())?;
            let to = self.until.map_or(Ok(Duration::MAX), |until| time("until", until))?;
            if to <= from {
                return Err("`until` is not later than `after`".to_owned());
            }
            rule = rule.between(from, to);
        }
        match (self.probability, self.seed) {
            (Some(share), seed) if (0.0..=1.0).contains(&share) => rule = rule.chance(share, seed.unwrap_or(1)),
            (Some(_), _) => return Err("`probability` is between 0 and 1".to_owned()),
            (None, Some(_)) => return Err("`seed` is for `probability`".to_owned()),
            (None, None) => {}
        }
        Ok(rule)
    }

    /// What goes wrong; takes what that needs.
    fn fault(&mut self) -> Result<Fault, String> {
        Ok(match self.fault {
            Name::Slow => Fault::Slow(self.time()?),
            Name::Throttle => Fault::Throttle,
            Name::Deny => Fault::Deny,
            Name::ExpiredToken => Fault::ExpiredToken,
            Name::Fail => match self.status.take().unwrap_or(500) {
                status @ 500..=599 => Fault::Fail(status),
                _ => return Err("the `status` of a failure is between 500 and 599".to_owned()),
            },
            Name::Refuse => match (self.status.take().unwrap_or(400), self.code.take()) {
                (status @ 400..=599, Some(code)) => Fault::Refuse(status, code),
                (_, None) => return Err("a refusal needs a `code`".to_owned()),
                _ => return Err("the `status` of a refusal is between 400 and 599".to_owned()),
            },
            Name::Cut => Fault::Cut,
            Name::Truncate => Fault::Truncate,
            Name::Garbage => Fault::Garbage,
            Name::Reset => Fault::Reset,
            Name::Hang => Fault::Hang,
            Name::RepeatToken => Fault::RepeatToken,
            Name::Vanish => Fault::Vanish,
            Name::Malformed => Fault::Malformed,
            Name::Alien => Fault::Alien,
            Name::Empty => Fault::Empty,
            Name::DripHead => Fault::DripHead(self.time()?),
            Name::DripBody => Fault::DripBody(self.time()?),
            Name::CircleTokens => Fault::CircleTokens,
            Name::ExpirePage => Fault::ExpirePage,
            Name::ShortSession => Fault::ShortSession(self.time()?),
            Name::Clock => Fault::Clock(self.seconds.take().ok_or("it needs `seconds`")?),
        })
    }

    fn time(&mut self) -> Result<Duration, String> {
        self.milliseconds.take().map(Duration::from_millis).ok_or_else(|| "it needs `milliseconds`".to_owned())
    }
}

/// A service or an operation that there is: what is misspelled would befall nothing, and nobody would know.
fn known(operation: &str) -> Result<&str, String> {
    let (service, name) = operation.split_once(':').map_or((operation, None), |(service, name)| (service, Some(name)));
    let own = [&crate::identity::STS];
    let mut services = SERVICES.iter().chain(&own).filter(|known| known.name == service).peekable();
    if services.peek().is_none() {
        return Err(format!("there is no service `{service}` here"));
    }
    match name {
        Some(name) if !services.any(|service| service.operations.iter().any(|known| known.name == name)) => {
            Err(format!("`{service}` has no operation `{name}` here"))
        }
        _ => Ok(operation),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_says_what_goes_wrong_where_and_when() {
        let text = r#"
            [[fault]]
            fault = "throttle"
            operation = "ec2:DescribeVolumes"
            region = "eu-west-1"
            account = "123456789012"
            after = 10.0
            until = 40.5
            [[fault]]
            fault = "slow"
            milliseconds = 500
            operation = "sts"
            every = 3
            [[fault]]
            fault = "refuse"
            status = 409
            code = "Odd"
            params = "\"VpcId\":\"vpc-1\""
            probability = 0.25
            seed = 7
        "#;
        let expected = [
            Rule::new(Fault::Throttle)
                .on("ec2:DescribeVolumes")
                .region("eu-west-1")
                .account("123456789012")
                .between(Duration::from_secs(10), Duration::from_millis(40_500)),
            Rule::new(Fault::Slow(Duration::from_millis(500))).on("sts").every(3),
            Rule::new(Fault::Refuse(409, "Odd".to_owned())).with("\"VpcId\":\"vpc-1\"").chance(0.25, 7),
        ];
        let rules = Rule::script(text).expect("a good script");
        assert_eq!(format!("{rules:?}"), format!("{expected:?}"));
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        for (text, told) in [
            ("fault = \"slow\"", "fault 1: it needs `milliseconds`"),
            ("fault = \"clock\"", "fault 1: it needs `seconds`"),
            ("fault = \"hang\"\nstatus = 500", "fault 1: `status` means nothing for this fault"),
            ("fault = \"fail\"\nstatus = 404", "fault 1: the `status` of a failure is between 500 and 599"),
            ("fault = \"refuse\"", "fault 1: a refusal needs a `code`"),
            ("fault = \"cut\"\nfirst = 1\nnth = 2", "fault 1: `first`, `nth` and `every` exclude each other"),
            ("fault = \"cut\"\nevery = 0", "fault 1: calls are counted from 1"),
            ("fault = \"cut\"\nafter = 5\nuntil = 5", "fault 1: `until` is not later than `after`"),
            ("fault = \"cut\"\nafter = -5", "fault 1: `after` is no number of seconds"),
            ("fault = \"cut\"\nprobability = 2", "fault 1: `probability` is between 0 and 1"),
            ("fault = \"cut\"\nseed = 2", "fault 1: `seed` is for `probability`"),
            ("fault = \"cut\"\noperation = \"ec3\"", "fault 1: there is no service `ec3` here"),
            ("fault = \"cut\"\noperation = \"ec2:Boil\"", "fault 1: `ec2` has no operation `Boil` here"),
            ("fault = \"cut\"\nregoin = \"eu-west-1\"", "unknown field `regoin`"),
            ("fault = \"boom\"", "unknown variant `boom`"),
            ("fault = ", "line 2"),
        ] {
            let error = Rule::script(&format!("[[fault]]\n{text}")).expect_err(text).to_string();
            assert!(error.contains(told), "{text}: {error}");
        }
    }
}
