//! Reads AWS accounts.
//!
//! [`Aws`] enters the configured accounts and reads one kind in one scope at a time. Each kind is one file under
//! `services/`: a descriptor, and a function that reads with a [`Reader`]. Requests are written and answers read by
//! `driftline-wire` from AWS's own API models; credentials, signing, retries and timeouts are the AWS SDK's runtime.

mod account;
mod action;
mod batch;
mod client;
mod draft;
mod elsewhere;
mod entrance;
mod failure;
mod limits;
mod newest;
mod organization;
mod pace;
mod packed;
mod profile;
mod reader;
mod retries;
mod services;
mod skew;
mod target;
mod trail;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use driftline_api::{
    Account, Cause, Descriptor, Entrance, Events, Future, Held, Limit, Lookup, Provider, Seal, Sink, Status, Targets,
    Task,
};

pub use account::{AccountSettings, ENTRY_ACTIONS, Endpoint};
pub use action::action_of;
pub use batch::{Alone, Batch, Filling};
pub use draft::Draft;
pub use elsewhere::has_own_buckets;
pub use limits::Limits;
pub use organization::{AssumeAs, ORGANIZATION_ACTIONS, OrganizationSettings, Selectors, TAG_ACTIONS, UNIT_ACTIONS};
pub use packed::{Items, Packed};
pub use reader::{Detail, Existence, Reader};
pub use retries::Patience;
pub use services::{KINDS, claims, fixes, rereads};
pub use trail::ATTRIBUTION_ACTIONS;

use account::{Door, Session, Sources, http_client};
use limits::Lanes;
use reader::Shared;

/// Reads all resources of a kind in one scope into the reader. An error means that the rest is not known.
pub type Collect = for<'a, 'b> fn(&'a Reader<'b>) -> Future<'a, Result<(), Cause>>;

/// A kind of AWS.
pub type Kind = driftline_api::Kind<Collect>;

/// What to read, and how carefully.
#[derive(Debug, Clone)]
pub struct Settings {
    pub accounts: Vec<AccountSettings>,
    /// Where more accounts are found.
    pub organization: Option<OrganizationSettings>,
    pub seal: Seal,
    pub patience: Patience,
    pub limits: Limits,
    /// Read this endpoint instead of AWS.
    pub endpoint: Option<Endpoint>,
}

/// The first segment of the addresses of this provider.
pub(crate) const PROVIDER: &str = "aws";

/// The AWS provider.
pub struct Aws {
    accounts: Vec<AccountSettings>,
    organization: Option<OrganizationSettings>,
    door: Door,
    sessions: RwLock<BTreeMap<String, Arc<Session>>>,
    shared: Shared,
}

impl Aws {
    pub fn new(settings: Settings) -> Self {
        let Settings { accounts, organization, seal, patience, limits, endpoint } = settings;
        let (sources, all_lanes) = (Sources::default(), Lanes::all());
        let door = Door { sources, http: http_client(), seal: Arc::new(seal), patience, limits, all_lanes, endpoint };
        Self { accounts, organization, door, sessions: RwLock::default(), shared: Shared::default() }
    }
}

impl Aws {
    fn session(&self, account: &str, what: &str) -> Result<Arc<Session>, Cause> {
        let sessions = self.sessions.read().unwrap_or_else(PoisonError::into_inner);
        sessions.get(account).cloned().ok_or_else(|| not_entered(what, "the account has not been entered"))
    }
}

fn not_entered(what: &str, message: &str) -> Cause {
    Cause {
        status: Status::Failed,
        operation: what.to_owned(),
        code: "NotEntered".to_owned(),
        message: message.to_owned(),
    }
}

/// Every kind's descriptor, sorted by name, without a provider at hand.
pub fn descriptors() -> Vec<&'static Descriptor> {
    KINDS.iter().map(|kind| &kind.descriptor).collect()
}

impl Provider for Aws {
    fn name(&self) -> &'static str {
        PROVIDER
    }

    fn kinds(&self) -> Vec<&'static Descriptor> {
        descriptors()
    }

    fn enter<'a>(&'a self, targets: &'a Targets, sink: &'a dyn Sink) -> Future<'a, Entrance> {
        Box::pin(self.entrance(targets, sink))
    }

    fn read<'a>(&'a self, task: &'a Task, sink: &'a dyn Sink) -> Future<'a, Result<(), Cause>> {
        Box::pin(async move {
            let session = self.session(&task.account.id, task.kind.name)?;
            let kind = KINDS
                .iter()
                .find(|kind| kind.descriptor.name == task.kind.name)
                .ok_or_else(|| not_entered(task.kind.name, "this build does not know the kind"))?;
            let reader = Reader { task, clients: &session.clients, shared: &self.shared, sink };
            (kind.collect)(&reader).await
        })
    }

    fn limit(&self, operation: &str, region: &str) -> Option<Limit> {
        let (service, operation) = operation.split_once(':')?;
        Some(self.door.limits.limit(service, operation, region))
    }

    fn entry(&self) -> &'static [&'static str] {
        account::ENTRY_CALLS
    }

    fn held(&self) -> Vec<Held> {
        let sessions = self.sessions.read().unwrap_or_else(PoisonError::into_inner);
        sessions.values().flat_map(|session| session.clients.held(&session.account.id)).collect()
    }

    fn recorded_in(&self, account: &Account, kind: &Descriptor, region: &str) -> String {
        trail::recorded_in(account, kind, region)
    }

    fn events<'a>(
        &'a self,
        account: &'a Account,
        region: &'a str,
        lookup: &'a Lookup,
        sink: &'a dyn Sink,
    ) -> Future<'a, Result<Events, Cause>> {
        Box::pin(async move {
            let session = self.session(&account.id, trail::OPERATION)?;
            trail::events(&session, region, lookup, sink).await
        })
    }
}
