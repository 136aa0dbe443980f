//! The one place that reads the process's environment and the calendar.

use std::path::PathBuf;

use time::{Date, OffsetDateTime};

/// What driftline itself takes from the environment. AWS's variables are read by the AWS SDK.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    /// `DRIFTLINE_SECRET_KEY`: the key that secrets are sealed with.
    pub(crate) secret_key: Option<String>,
    /// Where per-user configuration lies: `$XDG_CONFIG_HOME`, `~/.config`, or the platform's equivalent.
    pub(crate) config_dir: Option<PathBuf>,
    /// `DRIFTLINE_STATE_DIR`: where it is remembered who was notified of what.
    pub(crate) state_dir: Option<PathBuf>,
    /// Where relative paths start.
    pub(crate) current_dir: PathBuf,
    /// In UTC, when the process began.
    pub(crate) today: Date,
}

impl Environment {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment and the calendar")]
    pub(crate) fn read() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
        let home = variable("HOME").or_else(|| variable("USERPROFILE")).map(PathBuf::from);
        let config_dir = variable("XDG_CONFIG_HOME")
            .or_else(|| variable("APPDATA"))
            .map(PathBuf::from)
            .or_else(|| home.map(|home| home.join(".config")));
        Self {
            secret_key: variable("DRIFTLINE_SECRET_KEY"),
            config_dir,
            state_dir: variable("DRIFTLINE_STATE_DIR").map(PathBuf::from),
            current_dir: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            today: OffsetDateTime::now_utc().date(),
        }
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
