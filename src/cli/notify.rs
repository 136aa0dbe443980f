//! Tells the sinks of `driftline.toml` what a plan found, and remembers what each was told.

use std::collections::BTreeMap;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use driftline::config::{Config, Notify, Place, Sink};
use driftline::notify::{DriftSet, Message, News, slack, teams, webhook};
use driftline::plan::Plan;
use driftline::store::Store;
use driftline::web::{Client, Patience, Request};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ureq::http::Method;

use super::context::Context;
use super::state_file::StateFile;

/// The version of the file that holds what was told.
const FORMAT: u64 = 1;
/// How much of an answer is repeated in a warning.
const LONGEST_ANSWER: usize = 200;

/// Tells everybody for whom the plan is news. `link` leads to where it can be reviewed.
///
/// The plan must be of everything that is configured: one that was narrowed would make the rest look gone. A sink that
/// fails is a warning, and is tried again after the next plan.
pub(crate) fn notify(cx: &Context, store: &Store, config: &Config, plan: &Plan, link: Option<&str>) {
    if config.notify.is_empty() {
        return;
    }
    let file = StateFile::new(cx, store, "notified.json", FORMAT);
    let known: Option<Told> = file.read().unwrap_or_else(|why| {
        cx.ui.warn(format!("{} is not used: {why}; everybody is told anew", file.path().display()));
        None
    });
    let known = known.unwrap_or_default();
    let mut told = known.clone();
    for sink in &config.notify {
        let before = told.sinks.get(&sink.name);
        let now = DriftSet::of(plan, before);
        if let Some(news) = News::of(plan, sink.when, before, &now) {
            let message = Message { plan, news, link };
            if let Err(why) = tell(cx, store, sink, &message, &now) {
                cx.ui.warn(format!("could not notify {}: {why}", sink.name));
                continue;
            }
        }
        told.sinks.insert(sink.name.clone(), now);
    }
    // Sinks that are no longer configured are forgotten.
    told.sinks.retain(|name, _| config.notify.iter().any(|sink| sink.name == *name));
    if told != known
        && let Err(error) = file.write(&told)
    {
        cx.ui.warn(format!("could not remember in {} who was notified: {error}", file.path().display()));
    }
}

/// What each sink was told last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    sinks: BTreeMap<String, DriftSet>,
}

fn tell(cx: &Context, store: &Store, sink: &Notify, message: &Message<'_>, set: &DriftSet) -> Result<(), String> {
    let variable = |name: &str| cx.environment.variable(name).ok_or_else(|| format!("{name} is not set"));
    let url = |place: &Place| match place {
        Place::Variable(name) => variable(name),
        Place::Url(url) => Ok(url.clone()),
    };
    match &sink.sink {
        Sink::Slack(place) => post(sink, &url(place)?, vec![], slack::payload(message)),
        Sink::Teams(place) => post(sink, &url(place)?, vec![], teams::payload(message)),
        Sink::Webhook { to, secret_env } => {
            let secret = secret_env.as_deref().map(variable).transpose()?;
            let body = webhook::payload(message);
            let headers = webhook::headers(message, set, &body, secret.as_deref());
            post(sink, &url(to)?, headers, body)
        }
        Sink::Command(command) => run(command, store.root(), sink.timeout, message),
    }
}

fn post(sink: &Notify, url: &str, headers: Vec<(&'static str, String)>, body: Value) -> Result<(), String> {
    let patience =
        Patience { timeout: sink.timeout, attempts: 3, longest_wait: Duration::from_secs(30), ..Patience::default() };
    let request = Request { method: Method::POST, url: url.to_owned(), headers, body: Some(body) };
    let answer = Client::new(patience).send(&request).map_err(|error| error.to_string())?;
    if answer.is_success() {
        return Ok(());
    }
    // A server may repeat what it was asked for, and the path of a webhook is its secret.
    let parts = url.split(['/', '?', '&', '=']).skip(3).filter(|part| part.len() > 3);
    let said = parts.fold(String::from_utf8_lossy(&answer.body).into_owned(), |said, part| said.replace(part, "…"));
    let said: String = said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_ANSWER).collect();
    let said = driftline::render::printable(&said);
    Err(format!("it answered {}{}", answer.status, if said.is_empty() { said } else { format!(": {said}") }))
}

/// Runs a program with the plan's JSON on its stdin. Its stdout is not ours to show: ours is data.
fn run(command: &[String], folder: &Path, timeout: Duration, message: &Message<'_>) -> Result<(), String> {
    let (program, arguments) = command.split_first().ok_or("the command is empty")?;
    let fail = |error: std::io::Error| error.to_string();
    // A file, not a pipe: what the program leaves running could hold a pipe open for ever.
    let mut errors = tempfile::tempfile().map_err(fail)?;
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("DRIFTLINE_EVENT", message.news.as_str())
        .env("DRIFTLINE_LINK", message.link.unwrap_or_default())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(errors.try_clone().map_err(fail)?)
        .spawn()
        .map_err(|error| format!("{program} does not start: {error}"))?;
    let plan = webhook::payload(message).to_string();
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read must not stop us, and one that has ended breaks the pipe, which is no failure.
        std::thread::spawn(move || {
            let _ = stdin.write_all(plan.as_bytes());
        });
    }
    let started = Instant::now();
    let status = loop {
        match child.try_wait().map_err(fail)? {
            Some(status) => break status,
            None if started.elapsed() > timeout => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("{program} did not end within {} s", timeout.as_secs_f64()));
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    if status.success() {
        return Ok(());
    }
    let mut said = String::new();
    let _ = errors.rewind().and_then(|()| errors.read_to_string(&mut said));
    let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let last: String = driftline::render::printable(last).chars().take(LONGEST_ANSWER).collect();
    let ended = status.code().map_or("a signal".to_owned(), |code| code.to_string());
    Err(format!("{program} ended with {ended}{}", if last.is_empty() { last } else { format!(": {last}") }))
}
