//! What can be wrong with the configuration, and where.

use std::io;
use std::path::{Path, PathBuf};

use driftline_api::PatternError;

/// The file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("read {}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    /// Lines and columns count from 1, columns in characters.
    #[error("{}:{line}: {problem}", path.display())]
    Invalid { path: PathBuf, line: usize, column: usize, problem: Problem },
}

impl ConfigError {
    pub(super) fn invalid(path: &Path, text: &str, at: usize, problem: Problem) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self::Invalid { path: path.to_owned(), line, column, problem }
    }

    /// No file at all, which is no mistake where there is a default.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    /// What the user can do, where the message itself does not say.
    pub fn hint(&self) -> Option<&'static str> {
        self.is_missing().then_some("`driftline init` writes a commented driftline.toml")
    }
}

/// A flag of the command line cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{flag}: {problem}")]
pub struct OverrideError {
    pub flag: &'static str,
    pub problem: Problem,
}

/// What is wrong, and the way out.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum Problem {
    #[error("{0}")]
    Syntax(String),
    #[error("unknown key \"{key}\"{}", did_you_mean(suggestion.as_deref()))]
    Key { key: String, suggestion: Option<String> },
    #[error("unknown kind \"{kind}\"{}", did_you_mean(suggestion.as_deref()).or("`driftline kinds` lists them"))]
    Kind { kind: String, suggestion: Option<String> },
    #[error("\"{pattern}\" is not a pattern of kinds: {why}")]
    KindPattern { pattern: String, why: String },
    #[error("no kind is left to read; include more kinds or exclude fewer")]
    NoKind,
    #[error(
        "unknown service \"{service}\"{}",
        did_you_mean(suggestion.as_deref()).or("use the part of a kind's name before the slash")
    )]
    Service { service: String, suggestion: Option<String> },
    #[error(
        "\"{region}\" is not the name of a region{}",
        did_you_mean(suggestion.as_deref()).or("they look like \"eu-west-1\"")
    )]
    Region { region: String, suggestion: Option<String> },
    #[error("regions must not be empty; leave the key out to read all enabled regions")]
    NoRegion,
    #[error("\"{id}\" is not an account number; they have twelve digits")]
    AccountId { id: String },
    #[error("\"{arn}\" is not the ARN of a role; they look like \"arn:aws:iam::123456789012:role/driftline\"")]
    RoleArn { arn: String },
    #[error("the account's id is {id}, but the role is in {of_role}; remove the id or correct one of them")]
    ForeignRole { id: String, of_role: String },
    #[error("an account has either a profile or a role_arn; the profile that assumes a role is its source_profile")]
    ProfileAndRole,
    #[error("{key} only makes sense beside role_arn{}", if *key == "source_profile" { "; write profile" } else { "" })]
    NoRole { key: &'static str },
    #[error(
        "\"{role}\" is not the name of a role; they look like \"driftline\" or, with a path, \"audit/driftline\": the ARN is made for each account"
    )]
    RoleName { role: String },
    #[error(
        "assume_as is \"organization\" (who reads the organization) or \"caller\" (who assumes role_arn), not \"{who}\""
    )]
    AssumeAs { who: String },
    #[error("{key} must name something: accounts, units or tags")]
    NoSelector { key: &'static str },
    #[error(
        "\"{unit}\" is not a unit; they are ids (\"ou-ab12-34cd56ef\") or names from the root down (\"Workloads/Prod\")"
    )]
    Unit { unit: String },
    #[error("\"{text}\" is not a tag; they look like \"Team\", \"Team=platform\" or \"Team=plat*\"")]
    AccountTag { text: String },
    #[error("\"{name}\" cannot name a session; AWS takes 2 to 64 letters, digits and any of _+=,.@-")]
    SessionName { name: String },
    #[error("{what} is configured twice; each account is read once")]
    Duplicate { what: String },
    #[error("{key} must not be empty; leave the key out or give it a value")]
    Empty { key: &'static str },
    #[error("an ignore rule needs a reason; whoever reads a plan must know why something is not in it")]
    NoReason,
    #[error("{0}")]
    Address(String),
    #[error("\"{branch}\" is not the name of a branch; they look like \"driftline/drift\"")]
    Branch { branch: String },
    #[error("unknown forge \"{forge}\"; driftline knows \"github\", \"gitlab\", \"gitea\" (and Forgejo) and \"none\"")]
    Forge { forge: String },
    #[error(
        "\"{api}\" is not the base of an API; they look like \"https://git.example.com/api/v1\", without credentials"
    )]
    Api { api: String },
    #[error("{0}")]
    Attribute(String),
    #[error(
        "an ignore rule needs something to go by: an address, account, region, kind, tag or actor; address = \"*\" is everything"
    )]
    Everything,
    #[error("\"{text}\" is not a tag; they look like \"Team=platform\" or \"Team=*\"")]
    Tag { text: String },
    #[error("{key} only makes sense beside attribute: it is about one value")]
    NoAttribute { key: &'static str },
    #[error("min is {min} and max {max}: no number lies between them")]
    EmptyRange { min: String, max: String },
    #[error("{key} is a text or a list of texts")]
    Texts { key: &'static str },
    #[error("a value is a text, a number or a boolean")]
    Value,
    #[error("{text} is not a date; they look like 2027-01-31")]
    Date { text: String },
    #[error("\"{kind}\" is no sort of notification; there are slack, teams, webhook and command")]
    Sink { kind: String },
    #[error("{key} makes no sense for a {kind}")]
    SinkKey { key: &'static str, kind: String },
    #[error("a notification needs a url_env: the environment variable that holds its URL")]
    NoUrl,
    #[error("a notification has either a url_env or a url")]
    TwoUrls,
    #[error("the url is not one that can be asked; they begin with https://")]
    Url,
    #[error(
        "a webhook's URL at {host} is a secret, and this file is committed; put it into an environment variable and name that as url_env"
    )]
    SecretUrl { host: String },
    // The value is not repeated: it may be the secret itself.
    #[error("{key} is not the name of an environment variable; they look like \"DRIFTLINE_SLACK_URL\"")]
    Variable { key: &'static str },
    #[error("a command notification needs a command: a list of the program and its arguments")]
    NoCommand,
    #[error("\"{when}\" is no time to notify; there are changed, always and drift")]
    When { when: String },
    #[error("two notifications are called \"{name}\"; give each a name of its own")]
    SameSink { name: String },
    #[error("{value} is not a rate; it must be a number above 0, and without it AWS's published rates hold")]
    Rate { value: String },
    #[error(
        "\"{published}\" does not say where AWS's published rates hold; there are auto (where no endpoint is configured) and always"
    )]
    Published { published: String },
    #[error("the newest of {kind} cannot be told, since they do not say when they were made; {} do", dated.join(", "))]
    Undated { kind: String, dated: Vec<String> },
    #[error(
        "\"{text}\" is no length of time for {key}; they look like \"90s\", \"30m\", \"1h\" or \"2d\", and \"0\" is none"
    )]
    Duration { key: &'static str, text: String },
    #[error("{value} is out of range; {key} goes from {least} to {most}")]
    Range { key: &'static str, value: String, least: u32, most: u32 },
}

impl From<PatternError> for Problem {
    fn from(error: PatternError) -> Self {
        Self::Address(error.to_string())
    }
}

impl From<&toml::de::Error> for Problem {
    fn from(error: &toml::de::Error) -> Self {
        let message = error.message();
        // serde says: unknown field `regons`, expected one of `regions`, `accounts`
        if let Some(rest) = message.strip_prefix("unknown field `") {
            let mut quoted = rest.split('`').step_by(2);
            let key = quoted.next().unwrap_or_default().to_owned();
            let suggestion = suggest(&key, quoted.filter(|name| !name.is_empty()));
            return Self::Key { key, suggestion };
        }
        let mut text = message.trim().replace('\n', ", ");
        if message.starts_with("invalid type: integer") && message.ends_with("expected a string") {
            text.push_str("; put it in quotes");
        }
        Self::Syntax(in_plain_words(text))
    }
}

/// serde calls things as Rust does.
fn in_plain_words(text: String) -> String {
    let Some((said, expected)) = text.rsplit_once("expected ") else { return text };
    let plain = match expected {
        "a sequence" => "a list in brackets",
        "a map" => "a table",
        structure if structure.starts_with("struct ") => "a table",
        "f64" => "a number",
        "i64" | "u32" | "u64" => "a whole number",
        _ => return text,
    };
    format!("{said}expected {plain}")
}

/// The candidate that somebody probably meant.
pub fn suggest<'a>(given: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    candidates
        .map(|candidate| (strsim::normalized_damerau_levenshtein(given, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|(a, a_name), (b, b_name)| a.total_cmp(b).then_with(|| b_name.cmp(a_name)))
        .map(|(_, candidate)| candidate.to_owned())
}

/// The end of a message.
struct WayOut(String);

fn did_you_mean(suggestion: Option<&str>) -> WayOut {
    WayOut(suggestion.map(|suggestion| format!("; did you mean \"{suggestion}\"?")).unwrap_or_default())
}

impl WayOut {
    /// What to say where nothing similar is known.
    fn or(self, otherwise: &str) -> Self {
        if self.0.is_empty() { Self(format!("; {otherwise}")) } else { self }
    }
}

impl std::fmt::Display for WayOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
