//! `[[notify]]`: who is told of drift.

use std::collections::BTreeSet;
use std::time::Duration;

use toml::Spanned;

use super::check::{Located, check_timeout, located, not_empty};
use super::error::Problem;
use super::file;
use crate::notify::When;

/// Somebody, or something, that is told of drift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notify {
    /// What it is called in messages and in what is remembered: never its URL.
    pub name: String,
    pub sink: Sink,
    pub when: When,
    /// For one attempt.
    pub timeout: Duration,
}

/// How it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sink {
    Slack(Place),
    Teams(Place),
    Webhook {
        to: Place,
        /// The variable that holds the secret that bodies are signed with.
        secret_env: Option<String>,
    },
    /// A program and its arguments.
    Command(Vec<String>),
}

/// Where a message is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The variable that holds the URL: whoever knows the URL can write there.
    Variable(String),
    Url(String),
}

/// Hosts whose URLs are secrets.
const SECRET_HOSTS: [&str; 7] = [
    "hooks.slack.com",
    "discord.com",
    "discordapp.com",
    "webhook.office.com",
    "logic.azure.com",
    "powerplatform.com",
    "hooks.zapier.com",
];

const TIMEOUT: Duration = Duration::from_secs(10);

pub(super) fn check(sinks: Vec<Spanned<file::Notify>>) -> Result<Vec<Notify>, Located> {
    let mut names = BTreeSet::new();
    let mut checked = vec![];
    for sink in sinks {
        let span = sink.span();
        let sink = check_one(sink)?;
        if !names.insert(sink.name.clone()) {
            return Err((span, Problem::SameSink { name: sink.name }));
        }
        checked.push(sink);
    }
    Ok(checked)
}

fn check_one(sink: Spanned<file::Notify>) -> Result<Notify, Located> {
    let (whole, sink) = located(sink);
    let (kind_span, kind) = located(sink.kind);
    let url_env = not_empty("url_env", sink.url_env)?;
    let url = not_empty("url", sink.url)?;
    let secret_env = not_empty("secret_env", sink.secret_env)?;
    let command = sink.command.map(located);
    let strays = [
        ("url_env", url_env.as_ref().map(|(span, _)| span), &["slack", "teams", "webhook"][..]),
        ("url", url.as_ref().map(|(span, _)| span), &["slack", "teams", "webhook"]),
        ("secret_env", secret_env.as_ref().map(|(span, _)| span), &["webhook"]),
        ("command", command.as_ref().map(|(span, _)| span), &["command"]),
    ];
    for (key, span, kinds) in strays {
        if let Some(span) = span
            && !kinds.contains(&kind.as_str())
        {
            return Err((span.clone(), Problem::SinkKey { key, kind }));
        }
    }
    for (key, variable) in [("url_env", &url_env), ("secret_env", &secret_env)] {
        if let Some((span, name)) = variable
            && !is_variable(name)
        {
            return Err((span.clone(), Problem::Variable { key }));
        }
    }
    let place = || match (url_env.clone(), url.clone()) {
        (Some((_, variable)), None) => Ok(Place::Variable(variable)),
        (Some(_), Some((span, _))) => Err((span, Problem::TwoUrls)),
        (None, None) => Err((whole.clone(), Problem::NoUrl)),
        (None, Some((span, url))) => match check_url(&url, kind == "webhook") {
            Ok(()) => Ok(Place::Url(url)),
            Err(problem) => Err((span, problem)),
        },
    };
    let sink_kind = match kind.as_str() {
        "slack" => Sink::Slack(place()?),
        "teams" => Sink::Teams(place()?),
        "webhook" => Sink::Webhook { to: place()?, secret_env: secret_env.map(|(_, name)| name) },
        "command" => match command {
            Some((_, command)) if command.first().is_some_and(|program| !program.is_empty()) => Sink::Command(command),
            Some((span, _)) => return Err((span, Problem::Empty { key: "command" })),
            None => return Err((whole, Problem::NoCommand)),
        },
        _ => return Err((kind_span, Problem::Sink { kind })),
    };
    let when = match sink.when.map(located) {
        None => When::default(),
        Some((span, when)) => match when.as_str() {
            "changed" => When::Changed,
            "always" => When::Always,
            "drift" => When::Drift,
            _ => return Err((span, Problem::When { when })),
        },
    };
    let name = not_empty("name", sink.name)?.map(|(_, name)| name);
    Ok(Notify {
        name: name.unwrap_or_else(|| sink_kind.to_string()),
        sink: sink_kind,
        when,
        timeout: sink.timeout.as_ref().map(|seconds| check_timeout("timeout", seconds)).transpose()?.unwrap_or(TIMEOUT),
    })
}

fn is_variable(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A URL may stand in the file where it is no secret.
fn check_url(url: &str, generic: bool) -> Result<(), Problem> {
    let Some(host) = host(url) else { return Err(Problem::Url) };
    let is_secret = SECRET_HOSTS.iter().any(|secret| host == *secret || host.ends_with(&format!(".{secret}")));
    let has_password = url.split('/').nth(2).is_some_and(|authority| authority.contains('@'));
    if is_secret || has_password || !generic { Err(Problem::SecretUrl { host }) } else { Ok(()) }
}

/// The host of a URL.
fn host(url: &str) -> Option<String> {
    let uri: ureq::http::Uri = url.parse().ok()?;
    matches!(uri.scheme_str(), Some("http" | "https")).then(|| uri.host().map(str::to_ascii_lowercase)).flatten()
}

/// What a sink without a name is called.
impl std::fmt::Display for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Slack(place) => write!(f, "slack ({place})"),
            Self::Teams(place) => write!(f, "teams ({place})"),
            Self::Webhook { to, .. } => write!(f, "webhook ({to})"),
            Self::Command(command) => write!(f, "command ({})", command.first().map_or("", String::as_str)),
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Variable(name) => f.write_str(name),
            Self::Url(url) => f.write_str(&host(url).unwrap_or_default()),
        }
    }
}
