//! `driftline.toml`: which accounts, regions and kinds are read, how carefully, and what drift is of no interest.

mod check;
mod error;
mod file;
mod ignore;
mod kinds;
mod notify;
mod organization;
mod propose;
mod rule;
pub mod secret_key;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::plan::Ignore;

pub use error::{ConfigError, OverrideError, Problem, suggest};
pub use kinds::Kinds;
pub use notify::{Notify, Place, Sink};
pub use organization::{AssumeAs, Organization, Selectors};
pub use propose::{Forge, Propose, is_branch};
pub use rule::{NewRule, RuleError};

/// What `driftline.toml` says, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Without any in the file, and without an organization: the one that the default credential chain leads to.
    pub accounts: Vec<Account>,
    /// Where more accounts are found.
    pub organization: Option<Organization>,
    pub kinds: Kinds,
    /// As they stand in the file: [`Ignore::on`] a day says which of them hold.
    pub ignore: Vec<Ignore>,
    /// Each with a name of its own.
    pub notify: Vec<Notify>,
    pub limits: Limits,
    pub scan: Scan,
    pub import: Import,
    pub attribution: Attribution,
    pub trail: Trail,
    /// Read what AWS makes by itself and nobody can change, too.
    pub include_aws_managed: bool,
    pub propose: Propose,
    pub terraform: Terraform,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            accounts: vec![Account::default()],
            organization: None,
            kinds: Kinds::default(),
            ignore: vec![],
            notify: vec![],
            limits: Limits::default(),
            scan: Scan::default(),
            import: Import::default(),
            attribution: Attribution::default(),
            trail: Trail::default(),
            include_aws_managed: false,
            propose: Propose::default(),
            terraform: Terraform::default(),
        }
    }
}

/// One account to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// What people call it.
    pub name: Option<String>,
    pub credentials: Credentials,
    /// The account's number where it is configured, for the scan to check whom the credentials lead to.
    pub id: Option<String>,
    /// The regions to read, sorted; all enabled ones without it.
    pub regions: Option<Vec<String>>,
}

impl Account {
    /// Its number as far as the configuration says: as its id, or in its role's ARN.
    pub fn number(&self) -> Option<&str> {
        let of_role = || match &self.credentials {
            Credentials::Role(role) => role.arn.split(':').nth(4),
            Credentials::Default | Credentials::Profile(_) => None,
        };
        self.id.as_deref().or_else(of_role)
    }
}

/// How an account is entered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Credentials {
    /// The SDK's default chain.
    #[default]
    Default,
    /// A profile of the shared AWS configuration files.
    Profile(String),
    Role(Role),
}

/// A role to assume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub arn: String,
    pub external_id: Option<String>,
    pub session_name: Option<String>,
    /// The profile whose credentials may assume it; the default chain's without one.
    pub source_profile: Option<String>,
}

/// How much is asked of AWS at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Requests per second for each service of each account and region; AWS's published rates without it.
    pub max_rps: Option<f64>,
    /// The same for single services.
    pub services: BTreeMap<String, f64>,
    /// AWS's published rates hold behind custom endpoints, too.
    pub published_everywhere: bool,
    /// How many kinds are read at once at most, over all accounts and regions.
    pub concurrency: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_rps: None, services: BTreeMap::new(), published_everywhere: false, concurrency: 256 }
    }
}

/// How long a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scan {
    pub connect_timeout: Duration,
    /// For the first byte of an answer and between two of its bytes.
    pub read_timeout: Duration,
    /// Attempts in all, the first one included; those that are answered with "slow down" do not count.
    pub attempts: u32,
    /// For how long a call is made again that is answered with "slow down".
    pub throttle_timeout: Duration,
}

impl Default for Scan {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(30),
            attempts: 8,
            throttle_timeout: Duration::from_secs(60),
        }
    }
}

/// How restore points are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Import {
    /// How old what an interrupted import read may be for the next one to go on from there; zero: it begins anew.
    pub resume: Duration,
}

impl Default for Import {
    fn default() -> Self {
        Self { resume: Duration::from_secs(60 * 60) }
    }
}

/// Whether the accounts' own records are asked who changed what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribution {
    pub enabled: bool,
}

impl Default for Attribution {
    fn default() -> Self {
        Self { enabled: true }
    }
}

/// How plans read again only what the accounts' own records name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trail {
    /// A region of an account with more writes than this to look through is read whole.
    pub most_events: usize,
}

impl Default for Trail {
    /// At two pages of 50 a second, 20 seconds.
    fn default() -> Self {
        Self { most_events: 2000 }
    }
}

/// What Terraform manages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terraform {
    /// Files with states, or folders of them, from the top of the repository.
    pub states: Vec<PathBuf>,
}

/// What the command line says instead of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overrides {
    /// `--profile`: the configured account of this profile, name or number; else the profile, or the account of the
    /// organization's that is called so.
    pub profile: Option<String>,
    /// `--region`, for all accounts.
    pub regions: Vec<String>,
    /// `--kind`: patterns. What is named in full is read even if the file excludes it.
    pub kinds: Vec<String>,
    /// `--max-rps`.
    pub max_rps: Option<f64>,
    /// `--target`: they narrow a scan, not the configuration. One that no kind can match is refused.
    pub targets: Vec<String>,
    /// `--include-aws-managed`.
    pub include_aws_managed: bool,
}

impl Config {
    /// The file's name, at the root of the repository.
    pub const FILE_NAME: &str = "driftline.toml";

    /// What `driftline init` writes: every key, explained and commented out.
    pub const TEMPLATE: &str = include_str!("config/template.toml");

    /// Reads and checks a file. `known_kinds` are the names of all kinds that can be read, `undated` those of which the
    /// newest cannot be told.
    pub fn load(path: &Path, known_kinds: &[&str], undated: &[&str]) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        Self::parse_knowing(&text, path, known_kinds, undated)
    }

    /// Checks a file's text. `path` is for error messages.
    pub fn parse(text: &str, path: &Path, known_kinds: &[&str]) -> Result<Self, ConfigError> {
        Self::parse_knowing(text, path, known_kinds, &[])
    }

    fn parse_knowing(text: &str, path: &Path, known_kinds: &[&str], undated: &[&str]) -> Result<Self, ConfigError> {
        let invalid = |at: usize, problem| ConfigError::invalid(path, text, at, problem);
        let file = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            invalid(at, Problem::from(&error))
        })?;
        check::check(file, known_kinds, undated).map_err(|(span, problem)| invalid(span.start, problem))
    }

    /// What the command line says takes precedence.
    pub fn with_overrides(mut self, overrides: &Overrides, known_kinds: &[&str]) -> Result<Self, OverrideError> {
        let refuse = |flag| move |problem| OverrideError { flag, problem };
        if let Some(profile) = &overrides.profile {
            self.narrow_to(profile);
        }
        if !overrides.regions.is_empty() {
            let regions = check::regions(&overrides.regions).map_err(|(_, problem)| refuse("--region")(problem))?;
            let found = self.organization.iter_mut().map(|organization| &mut organization.reader);
            for account in self.accounts.iter_mut().chain(found) {
                account.regions = Some(regions.clone());
            }
        }
        if !overrides.kinds.is_empty() {
            self.kinds = self.kinds.narrowed(&overrides.kinds, known_kinds).map_err(refuse("--kind"))?;
        }
        if let Some(max_rps) = overrides.max_rps {
            check::rate(max_rps).map_err(refuse("--max-rps"))?;
            self.limits.max_rps = Some(max_rps);
        }
        for target in &overrides.targets {
            ignore::address(target, known_kinds).map_err(refuse("--target"))?;
        }
        self.include_aws_managed |= overrides.include_aws_managed;
        Ok(self)
    }

    /// One account only.
    fn narrow_to(&mut self, name: &str) {
        let credentials = Credentials::Profile(name.to_owned());
        let is_called = |account: &&Account| account.name.as_deref() == Some(name) || account.number() == Some(name);
        let mut accounts = self.accounts.iter();
        let chosen = accounts.clone().find(|account| account.credentials == credentials);
        let chosen = chosen.or_else(|| accounts.find(is_called));
        if let Some(chosen) = chosen.cloned() {
            (self.accounts, self.organization) = (vec![chosen], None);
        } else if let Some(organization) = &mut self.organization {
            organization.only = Some(name.to_owned());
            self.accounts = vec![];
        } else {
            // Without a configured account of that profile, the regions that all accounts have in common still hold.
            let regions = self.accounts.first().and_then(|account| account.regions.clone());
            let regions = regions.filter(|_| self.accounts.iter().all(|a| a.regions == self.accounts[0].regions));
            self.accounts = vec![Account { credentials, regions, ..Account::default() }];
        }
    }
}

#[cfg(test)]
mod tests;
