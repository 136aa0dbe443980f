//! What commands start from: repository, configuration, key, kinds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::OnceLock;

use driftline::config::{self, Account, Config, Credentials, Organization, Overrides, secret_key};
use driftline::plan::Ignore;
use driftline::snapshot::Format;
use driftline::store::Store;
use driftline_api::{Descriptor, Seal};
use driftline_aws::{
    AccountSettings, AssumeAs, Aws, Endpoint, Limits, OrganizationSettings, Patience, Selectors, Settings,
};

use tokio::runtime::Runtime;

use super::Global;
use super::environment::Environment;
use super::failure::Failure;
use super::ui::Ui;

/// The command's surroundings.
pub(crate) struct Context {
    pub(crate) global: Global,
    pub(crate) environment: Environment,
    pub(crate) ui: Ui,
    runtime: OnceLock<&'static Runtime>,
}

impl Context {
    pub(crate) fn new(global: Global, environment: Environment, ui: Ui) -> Self {
        Self { global, environment, ui, runtime: OnceLock::new() }
    }

    /// The one runtime of the process: connections that a scan leaves open belong to it, and whoever asks on goes on with
    /// them. It is never shut down: reads that hang are not waited for.
    pub(crate) fn runtime(&self) -> Result<&'static Runtime, Failure> {
        if let Some(runtime) = self.runtime.get() {
            return Ok(runtime);
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::new("start").because(error))?;
        Ok(self.runtime.get_or_init(|| Box::leak(Box::new(runtime))))
    }

    /// Where the repository is looked for.
    pub(crate) fn directory(&self) -> PathBuf {
        self.global.repo.clone().unwrap_or_else(|| self.environment.current_dir.clone())
    }

    pub(crate) fn store(&self) -> Result<Store, Failure> {
        let directory = self.directory();
        let store = Store::open(&directory).map_err(|error| {
            let hint = error.hint();
            Failure::new("open the repository").because(error).hints(hint)
        })?;
        Ok(store.committing_as(self.environment.committer.clone()))
    }

    /// The configuration file, with the command line's overrides. Without a file: the defaults.
    pub(crate) fn config(&self, store: Option<&Store>, overrides: &Overrides) -> Result<Config, Failure> {
        let kinds = kinds();
        let names: Vec<&str> = kinds.keys().copied().collect();
        let undated: Vec<&str> = kinds.values().filter(|kind| kind.created.is_none()).map(|kind| kind.name).collect();
        let default = store.map(|store| store.root().join(Config::FILE_NAME)).filter(|path| path.exists());
        let config = match self.global.config.as_ref().or(default.as_ref()) {
            None => Config::default(),
            Some(path) => Config::load(path, &names, &undated).map_err(|error| {
                let hint = error.hint().map(str::to_owned);
                Failure::new("read the configuration").because(error).hints(hint)
            })?,
        };
        config.with_overrides(overrides, &names).map_err(|error| Failure::new("use the command line").because(error))
    }

    /// The key that secrets are sealed with, checked against the one that the repository was sealed with.
    pub(crate) fn seal(&self, format: Option<&Format>) -> Result<Seal, Failure> {
        let setting = self.environment.secret_key.as_deref();
        let fail = |error: secret_key::SecretKeyError| {
            let hint = error.hint();
            Failure::new(error.to_string()).hint(hint)
        };
        let sealed_with = format.and_then(|format| format.secret_key.as_deref());
        let key =
            secret_key::for_repository(setting, self.environment.config_dir.as_deref(), sealed_with).map_err(fail)?;
        if let Some(warning) = &key.warning {
            self.ui.warn(warning);
        }
        if let secret_key::Source::Created(path) = &key.source {
            self.ui.say(format!("made a key for secrets: {} (whoever else imports needs a copy)", path.display()));
        }
        Ok(key.seal)
    }
}

/// Every kind that this build knows, by name.
pub(crate) fn kinds() -> BTreeMap<&'static str, &'static Descriptor> {
    driftline_aws::descriptors().into_iter().map(|kind| (kind.name, kind)).collect()
}

/// The names of the kinds that the configuration leaves in.
pub(crate) fn selected(config: &Config) -> BTreeSet<String> {
    kinds().keys().filter(|kind| config.kinds.selects(kind)).map(|kind| (*kind).to_owned()).collect()
}

/// The provider that reads what the configuration says.
pub(crate) fn provider(config: &Config, seal: Seal, endpoint: Option<Endpoint>) -> Aws {
    Aws::new(Settings {
        accounts: config.accounts.iter().map(account).collect(),
        organization: config.organization.as_ref().map(organization),
        seal,
        patience: Patience {
            connect: config.scan.connect_timeout,
            read: config.scan.read_timeout,
            attempts: config.scan.attempts,
            throttled: config.scan.throttle_timeout,
            ..Patience::default()
        },
        limits: Limits {
            max_rps: config.limits.max_rps,
            services: config.limits.services.clone(),
            published_everywhere: config.limits.published_everywhere,
        },
        endpoint,
    })
}

/// The ignore rules of the configuration, as they hold today.
pub(crate) fn ignores(cx: &Context, config: &Config) -> Vec<Ignore> {
    config.ignore.iter().map(|rule| rule.clone().on(cx.environment.today)).collect()
}

fn organization(organization: &Organization) -> OrganizationSettings {
    let selectors = |selectors: &config::Selectors| {
        let config::Selectors { accounts, units, tags } = selectors.clone();
        Selectors { accounts, units, tags }
    };
    OrganizationSettings {
        reader: account(&organization.reader),
        role: organization.role.clone(),
        role_external_id: organization.role_external_id.clone(),
        session_name: organization.session_name.clone(),
        assume_as: match organization.assume_as {
            config::AssumeAs::Organization => AssumeAs::Organization,
            config::AssumeAs::Caller => AssumeAs::Caller,
        },
        include: organization.include.as_ref().map(selectors),
        exclude: selectors(&organization.exclude),
        only: organization.only.clone(),
    }
}

fn account(account: &Account) -> AccountSettings {
    let mut settings = AccountSettings {
        name: account.name.clone(),
        id: account.id.clone(),
        regions: account.regions.clone(),
        ..AccountSettings::default()
    };
    match &account.credentials {
        Credentials::Default => {}
        Credentials::Profile(profile) => settings.profile = Some(profile.clone()),
        Credentials::Role(role) => {
            settings.profile.clone_from(&role.source_profile);
            settings.role_arn = Some(role.arn.clone());
            settings.external_id.clone_from(&role.external_id);
            settings.session_name.clone_from(&role.session_name);
        }
    }
    settings
}
