//! How Terraform enters the accounts: as driftline does.

use std::collections::BTreeMap;
use std::sync::Arc;

use driftline::config::{self, Account as Configured, Config, Credentials, Organization};
use driftline::export::{Access, Role};
use driftline_api::Account;
use driftline_aws::has_own_buckets;

use super::super::context::Context;
use super::super::failure::Failure;

/// The way into each account that was entered, by its number.
pub(super) fn of(
    cx: &Context,
    config: &Config,
    accounts: &[Arc<Account>],
) -> Result<BTreeMap<String, Access>, Failure> {
    let runtime = cx.runtime()?;
    let one = |account: &Arc<Account>| {
        let mut access = way(config, account)?;
        access.path_style = runtime.block_on(has_own_buckets(access.profile.as_deref()));
        Some((account.id.clone(), access))
    };
    Ok(accounts.iter().filter_map(one).collect())
}

fn way(config: &Config, account: &Account) -> Option<Access> {
    match (configured(config, account), &config.organization) {
        (Some(configured), _) => Some(access(configured, account)),
        (None, Some(organization)) => Some(access(&found(organization, account), account)),
        (None, None) => None,
    }
}

/// An account of the organization's, as if somebody had written it down. Whose role reads the organization is in its own
/// account already. (Terraform's provider assumes one role only: where `role` trusts none but the one that reads the
/// organization, the account has to be configured.)
fn found(organization: &Organization, account: &Account) -> Configured {
    if organization.reader.number() == Some(account.id.as_str()) {
        return organization.reader.clone();
    }
    let source_profile = match &organization.reader.credentials {
        Credentials::Default => None,
        Credentials::Profile(profile) => Some(profile.clone()),
        Credentials::Role(role) => role.source_profile.clone(),
    };
    let role = config::Role {
        arn: format!("arn:{}:iam::{}:role/{}", account.partition, account.id, organization.role),
        external_id: organization.role_external_id.clone(),
        session_name: organization.session_name.clone(),
        source_profile,
    };
    Configured { credentials: Credentials::Role(role), ..Configured::default() }
}

/// The account's entry: by its number, its role's, or its name; the only one is it anyway.
fn configured<'c>(config: &'c Config, account: &Account) -> Option<&'c Configured> {
    let known = |entry: &&Configured| match entry.number() {
        Some(id) => id == account.id,
        None => entry.name.is_some() && entry.name == account.name,
    };
    match config.accounts.as_slice() {
        [only] if config.organization.is_none() => Some(only),
        entries => entries.iter().find(known).or_else(|| by_profile(entries, account)),
    }
}

/// Without a number, a role or a name, an entry is its profile, and that is what the account is called.
fn by_profile<'c>(entries: &'c [Configured], account: &Account) -> Option<&'c Configured> {
    let name = account.name.as_deref()?;
    entries.iter().find(|entry| matches!(&entry.credentials, Credentials::Profile(profile) if profile == name))
}

fn access(configured: &Configured, account: &Account) -> Access {
    let home_region = Some(account.home_region.clone());
    match &configured.credentials {
        Credentials::Default => Access { home_region, ..Access::default() },
        Credentials::Profile(profile) => Access { profile: Some(profile.clone()), home_region, ..Access::default() },
        Credentials::Role(role) => Access {
            profile: role.source_profile.clone(),
            role: Some(Role {
                arn: role.arn.clone(),
                external_id: role.external_id.clone(),
                session_name: role.session_name.clone(),
            }),
            home_region,
            ..Access::default()
        },
    }
}
