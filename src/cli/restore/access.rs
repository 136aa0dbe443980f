//! How Terraform enters the accounts: as driftline does.

use std::collections::BTreeMap;
use std::sync::Arc;

use driftline::config::{Account as Configured, Config, Credentials};
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
        let mut access = access(configured(config, account)?, account);
        access.path_style = runtime.block_on(has_own_buckets(access.profile.as_deref()));
        Some((account.id.clone(), access))
    };
    Ok(accounts.iter().filter_map(one).collect())
}

/// The account's entry: by its number, its role's, or its name; the only one is it anyway.
fn configured<'c>(config: &'c Config, account: &Account) -> Option<&'c Configured> {
    let known = |entry: &&Configured| {
        let of_role = match &entry.credentials {
            Credentials::Role(role) => role.arn.split(':').nth(4),
            _ => None,
        };
        match entry.id.as_deref().or(of_role) {
            Some(id) => id == account.id,
            None => entry.name.is_some() && entry.name == account.name,
        }
    };
    match config.accounts.as_slice() {
        [only] => Some(only),
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
