//! What can go wrong at a forge, and what to do about it.

use std::fmt::Write as _;

use serde_json::Value;
use time::OffsetDateTime;
use time::macros::format_description;

use super::Sort;
use crate::web::{Answer, WebError};

/// A forge did not do what it was asked. Messages are told in the forge's own words where it has any.
#[derive(Debug, thiserror::Error)]
pub enum ForgeError {
    #[error("{what}")]
    Web { what: String, source: WebError },
    #[error("{what}: {sort} does not know the token in {variable} (401){}", said(words), sort = sort.name())]
    Unauthorized { what: String, sort: Sort, variable: &'static str, words: String },
    #[error("{what}: the token in {variable} may not do that (403){}", said(words))]
    Forbidden { what: String, sort: Sort, variable: &'static str, words: String },
    #[error("{what}: {sort} has no `{path}` that the token in {variable} can see (404){}", said(words), sort = sort.name())]
    NotFound { what: String, sort: Sort, variable: &'static str, path: String, words: String },
    #[error("{what}: {sort} refuses it ({status}){}", said(words), sort = sort.name())]
    Refused { what: String, sort: Sort, status: u16, words: String },
    #[error("{what}: the rate limit of {sort} is used up{}", until.as_ref().map(|until| format!(" until {until}")).unwrap_or_default(), sort = sort.name())]
    RateLimited { what: String, sort: Sort, until: Option<String> },
    #[error("{what}: {sort} is out of order ({status}){}", said(words), sort = sort.name())]
    OutOfOrder { what: String, sort: Sort, status: u16, words: String },
    #[error("{what}: {sort} answers {status} with something else than was asked for", sort = sort.name())]
    Unexpected { what: String, sort: Sort, status: u16 },
}

impl ForgeError {
    /// The answer as an error. `what` completes "failed to …".
    pub(super) fn of(what: &str, sort: Sort, variable: &'static str, path: &str, answer: &Answer) -> Self {
        let (what, words) = (what.to_owned(), words(&answer.json()));
        let used_up = answer.header("x-ratelimit-remaining") == Some("0")
            || answer.header("ratelimit-remaining") == Some("0")
            || answer.header("retry-after").is_some();
        match answer.status {
            429 => Self::RateLimited { what, sort, until: until(answer) },
            403 if used_up || words.to_ascii_lowercase().contains("rate limit") => {
                Self::RateLimited { what, sort, until: until(answer) }
            }
            401 => Self::Unauthorized { what, sort, variable, words },
            403 => Self::Forbidden { what, sort, variable, words },
            404 | 410 => Self::NotFound { what, sort, variable, path: path.to_owned(), words },
            status @ 500.. => Self::OutOfOrder { what, sort, status, words },
            status @ 400.. => Self::Refused { what, sort, status, words },
            status => Self::Unexpected { what, sort, status },
        }
    }

    /// Whether a proposal could not be opened because it is open.
    pub(super) fn is_there_already(&self) -> bool {
        match self {
            Self::Refused { sort: Sort::GitLab | Sort::Gitea, status: 409, .. } => true,
            Self::Refused { status: 422, words, .. } => words.contains("already exists"),
            _ => false,
        }
    }

    /// Whether the forge refuses drafts.
    pub(super) fn is_about_drafts(&self) -> bool {
        let text = "draft pull requests are not supported";
        matches!(self, Self::Refused { status: 422, words, .. } if words.to_ascii_lowercase().contains(text))
    }

    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Web { .. } => {
                "check network and proxy; `api` in [propose] of driftline.toml names another address of \
                 the forge's API"
                    .to_owned()
            }
            Self::Unauthorized { variable, .. } => format!("it may have expired: put a new one into {variable}"),
            Self::Forbidden { sort, variable, .. } => format!("{}, in {variable}", scope(*sort)),
            Self::NotFound { sort, variable, .. } => format!(
                "check the remote's URL (a repository that was renamed has a new one), and that the token in {variable} \
                 reaches it: {}",
                scope(*sort)
            ),
            Self::RateLimited { .. } => "run it again then; what was pushed stays pushed".to_owned(),
            Self::OutOfOrder { .. } => "run it again later; what was pushed stays pushed".to_owned(),
            Self::Unexpected { .. } => {
                "check `forge` and `api` in [propose] of driftline.toml, and that the remote's URL is the repository's \
                 present one"
                    .to_owned()
            }
            Self::Refused { .. } => return None,
        })
    }
}

/// What a token must be allowed to.
fn scope(sort: Sort) -> &'static str {
    match sort {
        Sort::GitHub => {
            "a fine-grained token needs \"Pull requests: read and write\" and \"Issues: read and write\" for this \
             repository, a classic one `repo`; in a workflow, `permissions: {contents: write, pull-requests: write, \
             issues: write}` and \"Allow GitHub Actions to create and approve pull requests\" in the repository's settings"
        }
        Sort::GitLab => "a project, group or personal access token needs the scope `api` and the role Developer",
        Sort::Gitea => "a token needs the scopes `write:repository` and `write:issue`",
    }
}

/// What the forge says of its error. GitHub: `message` and `errors`; GitLab: `message` or `error`, which may be objects.
fn words(answer: &Value) -> String {
    let mut text = String::new();
    for name in ["message", "error", "error_description", "errors"] {
        flatten(answer.get(name).unwrap_or(&Value::Null), &mut text);
    }
    text
}

fn flatten(value: &Value, out: &mut String) {
    match value {
        Value::Null => {}
        Value::Array(values) => values.iter().for_each(|value| flatten(value, out)),
        Value::Object(members) => match members.get("message") {
            Some(message) => flatten(message, out),
            None => members.iter().for_each(|(name, value)| match value {
                Value::String(text) => add(out, &format!("{name} {text}")),
                value => {
                    add(out, name);
                    flatten(value, out);
                }
            }),
        },
        Value::String(text) => add(out, text),
        other => add(out, &other.to_string()),
    }
}

fn add(out: &mut String, text: &str) {
    let one_line: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect();
    if !one_line.is_empty() && !out.contains(&one_line) {
        if !out.is_empty() {
            out.push_str("; ");
        }
        out.push_str(&one_line);
    }
}

fn said(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(": {words}") }
}

/// When a limit ends, as far as the forge says so.
fn until(answer: &Answer) -> Option<String> {
    let number = |name| answer.header(name).and_then(|text| text.trim().parse::<i64>().ok());
    if let Some(seconds) = number("retry-after") {
        return Some(format!("{seconds} s from now"));
    }
    let reset = number("x-ratelimit-reset").or_else(|| number("ratelimit-reset"))?;
    let time = OffsetDateTime::from_unix_timestamp(reset).ok()?;
    let mut text = time.format(format_description!("[year]-[month]-[day] [hour]:[minute]:[second]")).ok()?;
    write!(text, " UTC").ok()?;
    Some(text)
}
