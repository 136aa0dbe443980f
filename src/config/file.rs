//! The file as it is written, before anything in it is checked.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::{organization, propose};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    pub(super) regions: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) include_aws_managed: bool,
    pub(super) accounts: Vec<Spanned<Account>>,
    pub(super) organization: Option<organization::Section>,
    pub(super) kinds: Kinds,
    pub(super) ignore: Vec<Spanned<Ignore>>,
    pub(super) notify: Vec<Spanned<Notify>>,
    pub(super) limits: Limits,
    pub(super) scan: Scan,
    pub(super) import: Import,
    pub(super) propose: propose::Section,
    pub(super) attribution: Attribution,
    pub(super) trail: Trail,
    pub(super) terraform: Terraform,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Terraform {
    pub(super) states: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Attribution {
    pub(super) enabled: bool,
}

impl Default for Attribution {
    fn default() -> Self {
        Self { enabled: true }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Trail {
    pub(super) most_events: Option<Spanned<i64>>,
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

/// `include`, `exclude`, and a table for each kind that is treated in its own way.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    pub(super) include: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) exclude: Vec<Spanned<String>>,
    pub(super) each: Vec<(Spanned<String>, KindTable)>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct KindTable {
    pub(super) newest: Option<Spanned<i64>>,
}

impl<'de> Deserialize<'de> for Kinds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Table;

        impl<'de> Visitor<'de> for Table {
            type Value = Kinds;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kinds, A::Error> {
                let mut kinds = Kinds::default();
                while let Some(key) = map.next_key::<Spanned<String>>()? {
                    match key.get_ref().as_str() {
                        "include" => kinds.include = Some(map.next_value()?),
                        "exclude" => kinds.exclude = map.next_value()?,
                        kind if kind.contains('/') => {
                            let table = map.next_value()?;
                            kinds.each.push((key, table));
                        }
                        other => return Err(A::Error::unknown_field(other, &["include", "exclude"])),
                    }
                }
                Ok(kinds)
            }
        }

        deserializer.deserialize_map(Table)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ignore {
    pub(super) address: Option<Spanned<String>>,
    pub(super) attribute: Option<Spanned<String>>,
    // A text or a list of texts, and so are region, kind and actor.
    pub(super) account: Option<Spanned<toml::Value>>,
    pub(super) region: Option<Spanned<toml::Value>>,
    pub(super) kind: Option<Spanned<toml::Value>>,
    /// `"Name=value"`, a list of them, or a table.
    pub(super) tag: Option<Spanned<toml::Value>>,
    pub(super) actor: Option<Spanned<toml::Value>>,
    pub(super) min: Option<Spanned<f64>>,
    pub(super) max: Option<Spanned<f64>>,
    pub(super) values: Option<Spanned<Vec<Spanned<toml::Value>>>>,
    pub(super) reason: Option<Spanned<String>>,
    pub(super) owner: Option<Spanned<String>>,
    /// A date, or a text that is one.
    pub(super) until: Option<Spanned<toml::Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Notify {
    pub(super) kind: Spanned<String>,
    pub(super) name: Option<Spanned<String>>,
    pub(super) url_env: Option<Spanned<String>>,
    pub(super) url: Option<Spanned<String>>,
    pub(super) secret_env: Option<Spanned<String>>,
    pub(super) command: Option<Spanned<Vec<String>>>,
    pub(super) when: Option<Spanned<String>>,
    pub(super) timeout: Option<Spanned<f64>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Limits {
    pub(super) max_rps: Option<Spanned<f64>>,
    pub(super) published: Option<Spanned<String>>,
    pub(super) concurrency: Option<Spanned<i64>>,
    pub(super) services: BTreeMap<Spanned<String>, Spanned<f64>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Import {
    pub(super) resume: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Scan {
    pub(super) connect_timeout: Option<Spanned<f64>>,
    pub(super) read_timeout: Option<Spanned<f64>>,
    pub(super) attempts: Option<Spanned<i64>>,
    pub(super) throttle_timeout: Option<Spanned<f64>>,
}
