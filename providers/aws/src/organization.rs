//! Accounts that nobody has to write down: those of an organization in AWS Organizations.
//!
//! Only what is needed to choose is asked for: units where units are chosen by, tags where tags are and nothing else has
//! decided already. The management account and delegated administrators may ask
//! (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html>).

mod choose;
mod read;

use driftline_api::{Cause, EntryError, Idle, PassedOver, Passing, Sink, Status};

use crate::account::{AccountSettings, Door, Visit};
use choose::Choice;
use read::Directory;

/// The IAM actions that finding accounts takes.
pub const ORGANIZATION_ACTIONS: &[&str] = &["organizations:ListAccounts"];
/// And where they are chosen by unit.
pub const UNIT_ACTIONS: &[&str] = &[
    "organizations:ListAccountsForParent",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListRoots",
];
/// And where they are chosen by tag.
pub const TAG_ACTIONS: &[&str] = &["organizations:ListTagsForResource"];

/// Where accounts are found, and how they are entered.
#[derive(Debug, Clone)]
pub struct OrganizationSettings {
    /// How the account is entered that may read the organization; the regions are those of every account.
    pub reader: AccountSettings,
    /// The role in every account: its name, with its path if it has one.
    pub role: String,
    pub role_external_id: Option<String>,
    pub session_name: Option<String>,
    pub assume_as: AssumeAs,
    /// All accounts without it.
    pub include: Option<Selectors>,
    pub exclude: Selectors,
    /// Only the account of this name or number.
    pub only: Option<String>,
}

/// Whose credentials assume the role in every account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AssumeAs {
    /// Those that read the organization.
    #[default]
    Organization,
    /// Those that they were got with: the reader's profile, or the default chain.
    Caller,
}

/// What accounts are chosen by. An account is chosen if one of them fits. `*` and `?` stand for any text and any letter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selectors {
    /// Numbers or names.
    pub accounts: Vec<String>,
    /// Ids, or names from the root down, separated by `/`. What lies in them counts, however deep.
    pub units: Vec<String>,
    /// `key` or `key=value`.
    pub tags: Vec<String>,
}

/// What was found.
pub(crate) struct Discovery {
    /// The account that the organization was read from.
    pub(crate) reader: Visit,
    /// The number of the management account.
    pub(crate) management: String,
    /// The accounts to read, in the order of their numbers.
    pub(crate) members: Vec<Member>,
    pub(crate) passed: Vec<PassedOver>,
    pub(crate) idle: Vec<Idle>,
}

/// An account of the organization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Why nobody can enter it: `suspended`, `closed`.
    pub(crate) closed: Option<String>,
}

impl Member {
    /// What people call it, and its number.
    pub(crate) fn label(&self) -> String {
        if self.name.is_empty() { self.id.clone() } else { format!("{} ({})", self.name, self.id) }
    }
}

impl OrganizationSettings {
    /// How a member is entered.
    pub(crate) fn settings(&self, member: &Member, partition: &str) -> AccountSettings {
        AccountSettings {
            name: Some(member.name.clone()).filter(|name| !name.is_empty()),
            profile: self.reader.profile.clone(),
            role_arn: Some(format!("arn:{partition}:iam::{}:role/{}", member.id, self.role)),
            external_id: self.role_external_id.clone(),
            session_name: self.session_name.clone(),
            id: Some(member.id.clone()),
            regions: self.reader.regions.clone(),
            shares_regions: true,
        }
    }

    /// Finds the accounts to read.
    pub(crate) async fn discover(&self, door: &Door, sink: &dyn Sink) -> Result<Discovery, EntryError> {
        let reader = door.visit(&self.reader, None, sink).await?;
        let directory = Directory { door, reader: &reader, sink };
        let failed = |cause| told(cause, &reader.id);
        let (management, all) = directory.accounts().await.map_err(failed)?;
        let choice = Choice { include: self.include.as_ref(), exclude: &self.exclude };
        let tree =
            if choice.needs_units() { directory.units(&choice).await.map_err(failed)? } else { read::Tree::default() };
        let tags = directory.tags(&choice, &all, &tree).await.map_err(failed)?;

        let idle = choice.idle(&all, &tree, &tags);
        let (mut members, mut passed) = (Vec::new(), Vec::new());
        for member in all {
            let verdict = choice.verdict(&member, tree.units_of(&member.id), tags.get(&member.id));
            let why = match (verdict, &member.closed) {
                (Some(false), _) => Passing::Excluded,
                (_, Some(state)) => Passing::Closed(state.clone()),
                _ => {
                    members.push(member);
                    continue;
                }
            };
            passed.push(PassedOver { id: member.id, name: member.name, why });
        }
        if members.is_empty() {
            return Err(nobody(passed.len(), &idle));
        }
        if let Some(only) = &self.only {
            members.retain(|member| member.id == *only || member.name == *only);
            if members.is_empty() {
                return Err(unknown(only));
            }
        }
        // What was excluded stays so when it leaves the organization.
        let left = choice.excluded_ids().filter(|id| !passed.iter().any(|account| account.id == **id));
        let left: Vec<PassedOver> =
            left.map(|id| PassedOver { id: id.clone(), name: String::new(), why: Passing::Excluded }).collect();
        passed.extend(left);
        Ok(Discovery { reader, management, members, passed, idle })
    }
}

/// What is wrong with the organization itself, and the way out.
fn told(cause: Cause, reader: &str) -> EntryError {
    let hint = match (cause.code.as_str(), cause.status) {
        ("AWSOrganizationsNotInUseException", _) => Some(format!(
            "account {reader} is in no organization: correct `profile` or `role_arn` of [organization] in \
             driftline.toml, or remove the section"
        )),
        (_, Status::Denied) => Some(
            "only the management account and delegated administrators may ask; `driftline iam-policy --organization` \
             prints the policy that it takes"
                .to_owned(),
        ),
        _ => crate::failure::hint(&cause, None, None),
    };
    EntryError { cause, hint }
}

fn nobody(accounts: usize, idle: &[Idle]) -> EntryError {
    let patterns: Vec<String> = idle.iter().map(|idle| format!("{} = \"{}\"", idle.key, idle.pattern)).collect();
    let idle = if patterns.is_empty() { String::new() } else { format!("; nothing fits {}", patterns.join(", ")) };
    EntryError {
        cause: local("NoAccount", format!("of {accounts} accounts none is left to read{idle}")),
        hint: Some("correct `include` and `exclude` of [organization] in driftline.toml".to_owned()),
    }
}

fn unknown(name: &str) -> EntryError {
    EntryError {
        cause: local("UnknownAccount", format!("no account that is read there is called `{name}`")),
        hint: Some(
            "--profile takes a profile of the AWS configuration files, or the name or number of a configured account or \
             of one of the organization's; `driftline coverage` shows the numbers of those that were read"
                .to_owned(),
        ),
    }
}

fn local(code: &str, message: String) -> Cause {
    let operation = ORGANIZATION_ACTIONS[0].to_owned();
    Cause { status: Status::Failed, operation, code: code.to_owned(), message }
}
