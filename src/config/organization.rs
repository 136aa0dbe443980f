//! `[organization]`: accounts that are found rather than written down.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::check::{Located, check_account, check_session_name, is_account_id, located, not_empty};
use super::error::Problem;
use super::{Account, Credentials, file};

/// Where accounts are found, how they are entered, and which of them are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// How the account is entered that may read the organization. Its regions are those of every account that is found.
    pub reader: Account,
    /// The role that is assumed in every account: its name, with its path if it has one.
    pub role: String,
    pub role_external_id: Option<String>,
    /// How the sessions in every account are called in CloudTrail.
    pub session_name: Option<String>,
    pub assume_as: AssumeAs,
    /// Without it: every account.
    pub include: Option<Selectors>,
    pub exclude: Selectors,
    /// `--profile`: only the account of this name or number.
    pub only: Option<String>,
}

/// Whose credentials assume the role in every account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AssumeAs {
    /// Those that read the organization.
    #[default]
    Organization,
    /// Those that the role was assumed with which reads the organization.
    Caller,
}

/// What accounts are chosen by: any of these.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selectors {
    pub accounts: Vec<String>,
    pub units: Vec<String>,
    pub tags: Vec<String>,
}

impl Organization {
    /// The role's name where nothing else is said.
    pub const ROLE: &str = "driftline";
}

/// The section as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Section {
    profile: Option<Spanned<String>>,
    role_arn: Option<Spanned<String>>,
    source_profile: Option<Spanned<String>>,
    external_id: Option<Spanned<String>>,
    session_name: Option<Spanned<String>>,
    role: Option<Spanned<String>>,
    role_external_id: Option<Spanned<String>>,
    assume_as: Option<Spanned<String>>,
    regions: Option<Spanned<Vec<Spanned<String>>>>,
    include: Option<Spanned<Choice>>,
    exclude: Option<Spanned<Choice>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Choice {
    accounts: Vec<Spanned<String>>,
    units: Vec<Spanned<String>>,
    tags: Vec<Spanned<String>>,
}

pub(super) fn check(section: Section, everywhere: Option<&Vec<String>>) -> Result<Organization, Located> {
    let Section { profile, role_arn, source_profile, external_id, session_name, .. } = section;
    // A session's name is for the sessions in every account, too: it makes sense without a role_arn.
    let session_name = session_name.map(check_session_name).transpose()?;
    let is_chained = role_arn.is_some();
    let regions = section.regions;
    let account = file::Account { profile, role_arn, external_id, source_profile, regions, ..file::Account::default() };
    let mut reader = check_account(account, everywhere)?;
    if let Credentials::Role(role) = &mut reader.credentials {
        role.session_name.clone_from(&session_name);
    }
    let role = section.role.map(check_role).transpose()?.unwrap_or_else(|| Organization::ROLE.to_owned());
    let assume_as = match section.assume_as.map(located) {
        None => AssumeAs::default(),
        Some((_, who)) if who == "organization" => AssumeAs::Organization,
        Some((span, who)) if who == "caller" && !is_chained => {
            return Err((span, Problem::NoRole { key: "assume_as = \"caller\"" }));
        }
        Some((_, who)) if who == "caller" => AssumeAs::Caller,
        Some((span, who)) => return Err((span, Problem::AssumeAs { who })),
    };
    Ok(Organization {
        reader,
        role,
        role_external_id: not_empty("role_external_id", section.role_external_id)?.map(|(_, id)| id),
        session_name,
        assume_as,
        include: section.include.map(|choice| check_choice("include", choice)).transpose()?,
        exclude: section.exclude.map(|choice| check_choice("exclude", choice)).transpose()?.unwrap_or_default(),
        only: None,
    })
}

/// A name, or a path and a name: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
fn check_role(role: Spanned<String>) -> Result<String, Located> {
    let (span, role) = located(role);
    let trimmed = role.trim_matches('/');
    let is_name = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte))
    };
    if trimmed.split('/').all(is_name) { Ok(trimmed.to_owned()) } else { Err((span, Problem::RoleName { role })) }
}

fn check_choice(key: &'static str, choice: Spanned<Choice>) -> Result<Selectors, Located> {
    let (span, Choice { accounts, units, tags }) = located(choice);
    if accounts.is_empty() && units.is_empty() && tags.is_empty() {
        return Err((span, Problem::NoSelector { key }));
    }
    Ok(Selectors {
        accounts: selectors("accounts", accounts, |span, text| {
            // Whoever writes digits means a number.
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            if is_number && !is_account_id(&text) { Err((span, Problem::AccountId { id: text })) } else { Ok(text) }
        })?,
        units: selectors("units", units, |span, text| {
            let path = text.trim_matches('/');
            if path.is_empty() || path.split('/').any(str::is_empty) {
                return Err((span, Problem::Unit { unit: text }));
            }
            Ok(path.to_owned())
        })?,
        tags: selectors("tags", tags, |span, text| {
            if text.starts_with('=') { Err((span, Problem::AccountTag { text })) } else { Ok(text) }
        })?,
    })
}

fn selectors(
    key: &'static str,
    texts: Vec<Spanned<String>>,
    check: impl Fn(Range<usize>, String) -> Result<String, Located>,
) -> Result<Vec<String>, Located> {
    let one = |text: Spanned<String>| {
        let (span, text) = located(text);
        if text.trim().is_empty() { Err((span, Problem::Empty { key })) } else { check(span, text) }
    };
    texts.into_iter().map(one).collect()
}
