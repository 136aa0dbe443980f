//! Entering all accounts: those that are configured, and those that are found in the organization.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use aws_types::SdkConfig;
use driftline_api::{Entrance, Entry, EntryError, Future, Idle, PassedOver, Passing, Roster, Sink, Targets};
use futures_util::future::join;
use futures_util::stream::{self, StreamExt as _};

use crate::account::{AccountSettings, Session, keeping};
use crate::organization::{AssumeAs, Discovery, Member, OrganizationSettings};
use crate::{Aws, failure, profile};

/// How many accounts are entered at once. Each takes a call to assume its role, one to see who that is, and one for its
/// regions; AWS lets an account make 600 calls to STS a second in each region (IAM user guide, "IAM and AWS STS quotas"),
/// which this many do not reach even at 50 ms a call.
const ENTERING: usize = 24;

impl Aws {
    /// Enters everything that the targets may lie in.
    pub(crate) async fn entrance(&self, targets: &Targets, sink: &dyn Sink) -> Entrance {
        let wanted = |settings: &&AccountSettings| settings.known_id().is_none_or(|id| targets.may_match_account(&id));
        let named = self.named_profile().await;
        let configured: Vec<&AccountSettings> = self.accounts.iter().chain(&named).filter(wanted).collect();
        let organization = self.organization.as_ref().filter(|_| named.is_none());
        let looking = async {
            match organization {
                Some(organization) => Some((organization, Box::pin(organization.discover(&self.door, sink)).await)),
                None => None,
            }
        };
        let (configured, found) = join(self.enter_all(configured, None, sink), looking).await;

        let mut entrance = Entrance::default();
        let mut known: BTreeSet<String> = self.accounts.iter().filter_map(AccountSettings::known_id).collect();
        for (settings, result) in configured {
            let id = settings.known_id();
            let entry = self.keep(settings.label(), id, result);
            known.extend(entry.account.iter().map(|account| account.id.clone()));
            entrance.entries.push(entry);
        }
        match found {
            None => {}
            Some((_, Err(error))) => {
                entrance.roster = Roster::Unread(error.clone());
                entrance.entries.push(Entry { label: "the organization".to_owned(), id: None, account: Err(error) });
            }
            Some((organization, Ok(discovery))) => {
                self.enter_members(organization, discovery, &known, targets, sink, &mut entrance).await;
            }
        }
        entrance
    }

    /// With `--profile`: the profile of that name, which goes before an account of the organization's.
    async fn named_profile(&self) -> Option<AccountSettings> {
        let organization = self.organization.as_ref()?;
        let name = organization.only.clone()?;
        profile::check(Some(&name)).await.ok()?;
        let regions = organization.reader.regions.clone();
        Some(AccountSettings { profile: Some(name), regions, ..AccountSettings::default() })
    }

    /// Enters the accounts that were found, but for those that are configured.
    async fn enter_members(
        &self,
        organization: &OrganizationSettings,
        discovery: Discovery,
        known: &BTreeSet<String>,
        targets: &Targets,
        sink: &dyn Sink,
        entrance: &mut Entrance,
    ) {
        let Discovery { reader, management, members, mut passed, idle } = discovery;
        entrance.idle = idle;
        let mut chosen = Vec::new();
        for member in members.into_iter().filter(|member| !known.contains(&member.id)) {
            if targets.may_match_account(&member.id) {
                chosen.push(member);
            } else {
                passed.push(PassedOver { id: member.id, name: member.name, why: Passing::Unasked });
            }
        }
        // What is configured is read, whatever is excluded here; but perhaps not this time.
        passed.retain(|account| !known.contains(&account.id));
        passed.extend(known.iter().filter(|id| !targets.may_match_account(id)).map(|id| PassedOver {
            id: id.clone(),
            name: String::new(),
            why: Passing::Unasked,
        }));
        let source = match organization.assume_as {
            AssumeAs::Organization => Some(keeping(reader.config.clone())),
            AssumeAs::Caller => None,
        };
        let settings: Vec<AccountSettings> =
            chosen.iter().map(|member| organization.settings(member, &reader.partition)).collect();
        let entered = self.enter_all(settings.iter().collect(), source.as_ref(), sink).await;
        let mut reader = Some(reader);
        for ((settings, result), member) in entered.into_iter().zip(&chosen) {
            let own = reader.take_if(|reader| reader.id == member.id);
            let result = match (result, own) {
                // Whoever reads the organization is in this account already.
                (Err(error), Some(own)) => self.door.settle(own, settings, sink).await.map_err(|_| error),
                (result, _) => result,
            };
            let result = result.map_err(|error| explained(error, member, &management));
            entrance.entries.push(self.keep(member.label(), Some(member.id.clone()), result));
        }
        entrance.idle.extend(nowhere(organization, &entrance.entries));
        entrance.roster = match organization.only {
            Some(_) => Roster::Unasked,
            None => Roster::Whole(passed),
        };
    }

    /// Enters accounts, a bounded number at a time; in their order.
    async fn enter_all<'s>(
        &self,
        settings: Vec<&'s AccountSettings>,
        source: Option<&SdkConfig>,
        sink: &dyn Sink,
    ) -> Vec<(&'s AccountSettings, Result<Session, EntryError>)> {
        let mut entering: Vec<Future<'_, (&'s AccountSettings, Result<Session, EntryError>)>> = Vec::new();
        for settings in settings {
            entering.push(Box::pin(async move { (settings, self.door.enter(settings, source, sink).await) }));
        }
        stream::iter(entering).buffered(ENTERING).collect().await
    }

    /// Notes an account that was tried, and keeps what reads it.
    fn keep(&self, label: String, id: Option<String>, result: Result<Session, EntryError>) -> Entry {
        let account = result.map(|session| {
            let account = Arc::clone(&session.account);
            let mut sessions = self.sessions.write().unwrap_or_else(PoisonError::into_inner);
            sessions.insert(account.id.clone(), Arc::new(session));
            account
        });
        Entry { label, id, account }
    }
}

/// Regions that are enabled in no account: each may do without some of them, but all without one is a mistake.
fn nowhere(organization: &OrganizationSettings, entries: &[Entry]) -> Vec<Idle> {
    let entered: Vec<_> = entries.iter().filter_map(|entry| entry.account.as_ref().ok()).collect();
    let is_read =
        |region: &String| entered.is_empty() || entered.iter().any(|account| account.regions.contains(region));
    let idle = organization.reader.regions.iter().flatten().filter(|region| !is_read(region));
    idle.map(|region| Idle { key: "regions".to_owned(), pattern: region.clone(), candidates: vec![] }).collect()
}

/// The management account has no role that is rolled out to members: that is told where it cannot be entered.
fn explained(error: EntryError, member: &Member, management: &str) -> EntryError {
    if member.id != management || error.cause.operation != failure::ASSUME_ROLE {
        return error;
    }
    let hint = format!(
        "it is the management account, which StackSets leave out: make the role there by hand, configure it as one of \
         [[accounts]], or leave it out: exclude = {{ accounts = [\"{management}\"] }}"
    );
    EntryError { hint: Some(hint), ..error }
}
