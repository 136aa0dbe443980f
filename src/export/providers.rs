//! The provider of a configuration: one without an alias where everything lies in one account and region, or else one
//! with an alias for each.

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::{GLOBAL, Scope};

use super::hcl::{Expression, Item};

/// How Terraform enters an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// A profile of AWS's configuration files; the default chain's credentials without one.
    pub profile: Option<String>,
    /// A role to assume with these.
    pub role: Option<Role>,
    /// Where the account's global services are, if not where AWS has most of them.
    pub home_region: Option<String>,
    /// Buckets are not AWS's own, and are named in paths: what stands in for S3 may know no host for each.
    pub path_style: bool,
}

/// A role to assume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub arn: String,
    pub external_id: Option<String>,
    pub session_name: Option<String>,
}

pub(super) struct Providers {
    /// The alias and the region to work from, by scope.
    aliases: BTreeMap<Scope, (String, String)>,
    accounts: usize,
    /// By account; what is not known is for whoever applies to say.
    access: BTreeMap<String, Access>,
}

impl Providers {
    pub(super) fn of<'s>(scopes: impl Iterator<Item = &'s Scope>) -> Self {
        let scopes: BTreeSet<&Scope> = scopes.collect();
        let accounts: BTreeSet<&str> = scopes.iter().map(|scope| scope.account.as_str()).collect();
        let alias = |scope: &Scope| {
            let region = scope.region.replace('-', "_");
            if accounts.len() > 1 { format!("account_{}_{region}", scope.account) } else { region }
        };
        let region = |scope: &Scope| if scope.region == GLOBAL { home(&scopes, scope) } else { scope.region.clone() };
        let aliases = scopes.iter().map(|&scope| (scope.clone(), (alias(scope), region(scope)))).collect();
        Self { aliases, accounts: accounts.len(), access: BTreeMap::new() }
    }

    /// The same with the way into each account.
    pub(super) fn entering(mut self, access: &BTreeMap<String, Access>) -> Self {
        for (scope, (_, region)) in &mut self.aliases {
            let home = access.get(&scope.account).and_then(|access| access.home_region.as_ref());
            if let Some(home) = home.filter(|_| scope.region == GLOBAL) {
                region.clone_from(home);
            }
        }
        self.access.clone_from(access);
        self
    }

    /// What a resource of a scope says its provider is; nothing where there is only one.
    pub(super) fn alias(&self, scope: &Scope) -> Option<&str> {
        if self.aliases.len() < 2 {
            return None;
        }
        self.aliases.get(scope).map(|(alias, _)| alias.as_str())
    }

    pub(super) fn items(&self) -> Vec<Item> {
        let provider = |(scope, (_, region)): (&Scope, &(String, String))| {
            let alias = self.alias(scope).map(|alias| Item::argument("alias", Expression::Text(alias.to_owned())));
            let access = self.access.get(&scope.account);
            let lookup = || Expression::Raw(format!("lookup(var.profiles, \"{}\", null)", scope.account));
            let profile = match access {
                Some(access) => access.profile.clone().map(Expression::Text),
                None => (self.accounts > 1).then(lookup),
            };
            let profile = profile.map(|profile| Item::argument("profile", profile));
            let role = access.and_then(|access| access.role.as_ref()).map(Role::item);
            let account = Expression::List(vec![Expression::Text(scope.account.clone())]);
            let always = [
                Item::argument("region", Expression::Text(region.clone())),
                Item::argument("allowed_account_ids", account),
            ];
            let path_style = access.is_some_and(|access| access.path_style);
            let path_style =
                path_style.then(|| Item::argument("s3_use_path_style", Expression::Raw("true".to_owned())));
            let arguments = alias.into_iter().chain(always).chain(path_style).chain(profile).chain(role);
            Item::block("provider", &["aws"], arguments.collect())
        };
        self.aliases.iter().map(provider).collect()
    }

    pub(super) fn variables(&self) -> Vec<Item> {
        let profiles = || {
            let description =
                "The profile of AWS's configuration files that enters an account, by the account's number";
            let arguments = vec![
                Item::argument("description", Expression::Text(description.to_owned())),
                Item::argument("type", Expression::Raw("map(string)".to_owned())),
                Item::argument("default", Expression::Object(Vec::new())),
            ];
            Item::block("variable", &["profiles"], arguments)
        };
        let is_open = self.aliases.keys().any(|scope| !self.access.contains_key(&scope.account));
        (self.accounts > 1 && is_open).then(profiles).into_iter().collect()
    }
}

impl Role {
    fn item(&self) -> Item {
        let known = [
            ("role_arn", Some(&self.arn)),
            ("external_id", self.external_id.as_ref()),
            ("session_name", self.session_name.as_ref()),
        ];
        let arguments =
            known.into_iter().filter_map(|(name, value)| Some(Item::argument(name, Expression::Text(value?.clone()))));
        Item::block("assume_role", &[], arguments.collect())
    }
}

/// Where the global services of an account's partition are.
fn home(scopes: &BTreeSet<&Scope>, scope: &Scope) -> String {
    let of_account = || scopes.iter().filter(|other| other.account == scope.account);
    let partition = |start: &str| of_account().any(|other| other.region.starts_with(start));
    if partition("cn-") {
        "cn-north-1".to_owned()
    } else if partition("us-gov-") {
        "us-gov-west-1".to_owned()
    } else {
        "us-east-1".to_owned()
    }
}

/// The versions that the files are written for.
pub(super) fn versions() -> Vec<Item> {
    let aws = Expression::Object(vec![
        ("source".to_owned(), Expression::Text("hashicorp/aws".to_owned())),
        ("version".to_owned(), Expression::Text(">= 5.100, < 6.0".to_owned())),
    ]);
    vec![Item::block(
        "terraform",
        &[],
        vec![
            Item::argument("required_version", Expression::Text(">= 1.5".to_owned())),
            Item::block("required_providers", &[], vec![Item::argument("aws", aws)]),
        ],
    )]
}
