//! The one place that reads the process's environment and the calendar.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;

use driftline::store::Committer;
use time::{Date, OffsetDateTime};

/// The variables that forges' own tools take a token from: gh, glab, tea, and Forgejo's runner.
const TOKENS: [&str; 9] = [
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "GH_ENTERPRISE_TOKEN",
    "GITHUB_ENTERPRISE_TOKEN",
    "GITLAB_TOKEN",
    "GITLAB_ACCESS_TOKEN",
    "OAUTH_TOKEN",
    "GITEA_TOKEN",
    "FORGEJO_TOKEN",
];

/// What driftline itself takes from the environment. AWS's variables are read by the AWS SDK.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    /// `DRIFTLINE_SECRET_KEY`: the key that secrets are sealed with.
    pub(crate) secret_key: Option<String>,
    /// Where per-user configuration lies: `$XDG_CONFIG_HOME`, `~/.config`, or the platform's equivalent.
    pub(crate) config_dir: Option<PathBuf>,
    /// Tokens for forges, by the names of their variables: those of the forges' own tools.
    pub(crate) tokens: BTreeMap<&'static str, String>,
    /// `CI_JOB_TOKEN`: it is there, but can do little.
    pub(crate) has_job_token: bool,
    /// `DRIFTLINE_STATE_DIR`: where it is remembered who was notified of what.
    pub(crate) state_dir: Option<PathBuf>,
    /// `GIT_COMMITTER_NAME` and `GIT_COMMITTER_EMAIL`, which git puts before its configuration.
    pub(crate) committer: Committer,
    /// Which of several jobs this one is, where something that runs them says so.
    pub(crate) job: Option<Job>,
    /// `AWS_ENDPOINT_URL` and its like for single services, as they are set: what stands in for AWS.
    pub(crate) endpoints: Vec<String>,
    /// How whoever runs this calls it: `driftline` where it is installed, `target/debug/driftline` where it is not.
    pub(crate) program: String,
    /// Where relative paths start.
    pub(crate) current_dir: PathBuf,
    /// In UTC, when the process began.
    pub(crate) today: Date,
}

/// One of several jobs of the same work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Job {
    /// Counted from 1.
    pub(crate) number: u32,
    pub(crate) of: Option<u32>,
    /// The variable that says so.
    pub(crate) variable: &'static str,
}

/// The variables that number jobs and count them, and the first one's number.
const JOBS: [(&str, Option<&str>, u32); 5] = [
    // Jobs of Kubernetes whose completions are indexed.
    ("JOB_COMPLETION_INDEX", None, 0),
    // Array jobs of AWS Batch.
    ("AWS_BATCH_JOB_ARRAY_INDEX", Some("AWS_BATCH_JOB_ARRAY_SIZE"), 0),
    // `parallel` of GitLab CI.
    ("CI_NODE_INDEX", Some("CI_NODE_TOTAL"), 1),
    // `parallelism` of CircleCI.
    ("CIRCLE_NODE_INDEX", Some("CIRCLE_NODE_TOTAL"), 0),
    // `parallelism` of Buildkite.
    ("BUILDKITE_PARALLEL_JOB", Some("BUILDKITE_PARALLEL_JOB_COUNT"), 0),
];

fn job(variable: impl Fn(&str) -> Option<String>) -> Option<Job> {
    let number = |name: &str| variable(name)?.parse::<u32>().ok();
    JOBS.iter().find_map(|(index, count, first)| {
        let number_of_job = number(index)?.checked_sub(*first)?.checked_add(1)?;
        Some(Job { number: number_of_job, of: count.and_then(number), variable: index })
    })
}

fn endpoints() -> Vec<String> {
    let all = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    let ours = all.filter(|(name, _)| name.starts_with("AWS_ENDPOINT_URL"));
    let mut endpoints: Vec<String> = ours.map(|(name, value)| format!("{name}={}", value.display())).collect();
    endpoints.sort();
    endpoints
}

impl Environment {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment and the calendar")]
    pub(crate) fn read() -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
        let home = variable("HOME").or_else(|| variable("USERPROFILE")).map(PathBuf::from);
        let config_dir = variable("XDG_CONFIG_HOME")
            .or_else(|| variable("APPDATA"))
            .map(PathBuf::from)
            .or_else(|| home.map(|home| home.join(".config")));
        Self {
            secret_key: variable("DRIFTLINE_SECRET_KEY"),
            config_dir,
            tokens: TOKENS.iter().filter_map(|name| Some((*name, variable(name)?))).collect(),
            has_job_token: variable("CI_JOB_TOKEN").is_some(),
            state_dir: variable("DRIFTLINE_STATE_DIR").map(PathBuf::from),
            committer: Committer { name: variable("GIT_COMMITTER_NAME"), email: variable("GIT_COMMITTER_EMAIL") },
            job: job(variable),
            endpoints: endpoints(),
            program: std::env::args_os().next().map_or("driftline".to_owned(), |it| it.to_string_lossy().into_owned()),
            current_dir: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            today: OffsetDateTime::now_utc().date(),
        }
    }

    /// The seconds since 1970.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub(crate) fn clock() -> u64 {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }

    /// A variable that the configuration names.
    #[expect(
        clippy::disallowed_methods,
        clippy::unused_self,
        reason = "this is the one place that reads the environment"
    )]
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }
}

/// [`Environment::clock`] as what CloudTrail and git count in: seconds since 1970 that may lie before it.
pub(crate) fn now() -> i64 {
    i64::try_from(Environment::clock()).unwrap_or(i64::MAX)
}
