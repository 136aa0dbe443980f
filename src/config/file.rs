//! The file as it is written, before anything in it is checked.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::propose;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    pub(super) regions: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) include_aws_managed: bool,
    pub(super) accounts: Vec<Spanned<Account>>,
    pub(super) kinds: Kinds,
    pub(super) ignore: Vec<Spanned<Ignore>>,
    pub(super) limits: Limits,
    pub(super) scan: Scan,
    pub(super) propose: propose::Section,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Account {
    pub(super) name: Option<Spanned<String>>,
    pub(super) profile: Option<Spanned<String>>,
    pub(super) role_arn: Option<Spanned<String>>,
    pub(super) external_id: Option<Spanned<String>>,
    pub(super) session_name: Option<Spanned<String>>,
    pub(super) source_profile: Option<Spanned<String>>,
    pub(super) id: Option<Spanned<String>>,
    pub(super) regions: Option<Spanned<Vec<Spanned<String>>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Kinds {
    pub(super) include: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) exclude: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ignore {
    pub(super) address: Spanned<String>,
    pub(super) attribute: Option<Spanned<String>>,
    pub(super) reason: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Limits {
    pub(super) max_rps: Option<Spanned<f64>>,
    pub(super) concurrency: Option<Spanned<i64>>,
    pub(super) services: BTreeMap<Spanned<String>, Spanned<f64>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Scan {
    pub(super) connect_timeout: Option<Spanned<f64>>,
    pub(super) read_timeout: Option<Spanned<f64>>,
    pub(super) attempts: Option<Spanned<i64>>,
}
