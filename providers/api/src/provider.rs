//! What the library asks of a provider, and what a provider hands back.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::{Cause, Descriptor, Events, Gap, Lookup, Scope, Targets, Unread, Window};

/// A boxed future: async functions behind trait objects and function pointers.
pub type Future<'a, T> = Pin<Box<dyn std::future::Future<Output = T> + Send + 'a>>;

/// An account that has been entered: its credentials work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The provider it is an account of: `aws`.
    pub provider: &'static str,
    /// The provider's number for it (AWS: twelve digits).
    pub id: String,
    /// What the configuration calls it.
    pub name: Option<String>,
    /// AWS's partition: `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: String,
    /// The regions to read, sorted.
    pub regions: Vec<String>,
    /// The region from which global services are read.
    pub home_region: String,
}

impl Account {
    /// The scope of a region (or [`crate::GLOBAL`]) of this account.
    pub fn scope(&self, region: &str) -> Scope {
        Scope { provider: self.provider.to_owned(), account: self.id.clone(), region: region.to_owned() }
    }
}

/// One configured account and whether it could be entered.
#[derive(Debug)]
pub struct Entry {
    /// What the configuration calls it: its name, profile or role.
    pub label: String,
    /// The account's number where it is known without entering it.
    pub id: Option<String>,
    pub account: Result<Arc<Account>, EntryError>,
}

/// What entering the accounts came to.
#[derive(Debug, Default)]
pub struct Entrance {
    /// Every account that was tried: the configured ones in their order, then those that were found. Where accounts could
    /// not be looked for, that failure is one of them, without a number.
    pub entries: Vec<Entry>,
    pub roster: Roster,
    /// What the configuration chooses accounts by, and chose none.
    pub idle: Vec<Idle>,
}

/// Which accounts there are, beyond those that were tried.
#[derive(Debug, Default)]
pub enum Roster {
    /// Nobody looked: what a restore point has of other accounts is none of this scan's business.
    #[default]
    Unasked,
    /// There are these besides those that were tried, and no more.
    Whole(Vec<PassedOver>),
    /// It should be known, and could not be read.
    Unread(EntryError),
}

/// An account that was found and not tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    pub id: String,
    /// What the provider calls it.
    pub name: String,
    pub why: Passing,
}

/// Why an account was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passing {
    /// The configuration leaves it out.
    Excluded,
    /// It was not asked for this time.
    Unasked,
    /// Nobody can enter it: `closed`, `suspended`.
    Closed(String),
}

/// A choice of accounts that chose none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idle {
    /// Its key in the configuration: `include.units`.
    pub key: String,
    pub pattern: String,
    /// What it could have chosen by.
    pub candidates: Vec<String>,
}

/// An account could not be entered.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{cause}")]
pub struct EntryError {
    pub cause: Cause,
    /// What the user can do about it.
    pub hint: Option<String>,
}

/// One kind to be read in one scope.
#[derive(Debug, Clone)]
pub struct Task {
    pub account: Arc<Account>,
    /// `None` for kinds read once per account.
    pub region: Option<String>,
    pub kind: &'static Descriptor,
    /// What the user asked for: a reader skips the details of what nobody wants.
    pub targets: Arc<Targets>,
    /// Only so many of them, the newest, of kinds that say when they were made.
    pub newest: Option<u32>,
    /// Also read what the provider makes by itself and nobody can change (service-linked roles, default parameter
    /// groups).
    pub include_aws_managed: bool,
}

/// A resource as the provider read it, before any rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Where it lies, for kinds listed once per account; otherwise the task says.
    pub region: Option<String>,
    pub id: String,
    pub arn: Option<String>,
    /// In the API's own spelling.
    pub attributes: Map<String, Value>,
    /// Parts that could not be read.
    pub unread: Vec<Unread>,
    /// What [`Sink::begin`] said of it, where calls were made for it alone.
    pub mark: Option<Mark>,
    /// What [`Sink::begin_below`] said of its parent, where it stands in a list of that parent's own.
    pub below: Option<Mark>,
}

/// What lists tell of a resource, before any call is made for it alone.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// Where it lies, its id and its ARN, where the attributes do not say so.
    pub region: Option<&'a str>,
    pub id: Option<&'a str>,
    pub arn: Option<&'a str>,
    /// In the API's own spelling.
    pub attributes: &'a Map<String, Value>,
}

/// Whether calls have to be made for one resource alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// The sink has the resource: it was read lately, and lists told the same of it then.
    Known,
    /// It is to be read, and handed over with this mark.
    Anew(Option<Mark>),
}

/// What a sink recognizes a resource by, in the state in which lists show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub digest: [u8; 16],
    /// When the calls for it began, in seconds since 1970.
    pub began: u64,
}

/// One API call that has been answered, for counters and progress.
#[derive(Debug, Clone)]
pub struct Call {
    pub account: String,
    pub region: String,
    /// `service:Operation`.
    pub operation: String,
    /// Attempts beyond the first.
    pub retries: u32,
    /// How many of the attempts were answered with "slow down".
    pub throttles: u32,
    /// Time spent waiting for a token of the rate limit.
    pub waited: Duration,
}

/// What may be called how fast.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    pub service: String,
    /// `None` where one limit holds for all regions.
    pub region: Option<String>,
    /// Where operations have limits of their own.
    pub operation: Option<String>,
    pub per_second: f64,
    /// How many at once, before that.
    pub burst: f64,
}

/// One limit of the provider that calls waited for, or that was exceeded.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    pub account: String,
    /// `None` where one limit holds for all regions.
    pub region: Option<String>,
    pub service: String,
    /// Where operations have limits of their own.
    pub operation: Option<String>,
    pub calls: u64,
    /// Answers that said "slow down".
    pub refusals: u64,
    /// How long at least one call waited for it.
    pub held: Duration,
    /// Calls per second at the end; `None` if there was no limit after all.
    pub rate: Option<f64>,
    /// Whether the rate was found by being refused, rather than known.
    pub found: bool,
}

/// Where a provider puts what it reads. Called from many tasks at once, in no particular order.
pub trait Sink: Send + Sync {
    /// Asked before the first call is made for one resource alone. Known, it is not called for, and counts as found.
    fn begin(&self, task: &Task, listed: Listed<'_>) -> Begun {
        let _ = (task, listed);
        Begun::Anew(None)
    }
    /// Asked before the list of what hangs on one parent is asked for. Known, it is not: everything in it counts as found.
    fn begin_below(&self, task: &Task, parent: Listed<'_>) -> Begun {
        let _ = (task, parent);
        Begun::Anew(None)
    }
    /// The list with this mark was read to its end. So many resources were in it; each was found with the mark, or will be.
    fn ended_below(&self, task: &Task, mark: Mark, resources: usize) {
        let _ = (task, mark, resources);
    }
    /// A resource. Seen twice (an item that moved between two pages), the later one counts.
    fn found(&self, task: &Task, found: Found);
    /// Resources that could not be read.
    fn gap(&self, task: &Task, gap: Gap);
    /// Only the newest were read, as the task says.
    fn limited(&self, task: &Task, window: Window);
    /// A call was answered.
    fn called(&self, call: Call);
}

impl std::fmt::Debug for dyn Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A source of resources.
pub trait Provider: Send + Sync {
    /// The first segment of its addresses: `aws`.
    fn name(&self) -> &'static str;

    /// Every kind it can read, sorted by name.
    fn kinds(&self) -> Vec<&'static Descriptor>;

    /// Enters the accounts that are configured or can be found, and finds their regions. What is known to lie outside the
    /// targets is not tried.
    fn enter<'a>(&'a self, targets: &'a Targets, sink: &'a dyn Sink) -> Future<'a, Entrance>;

    /// Reads one kind in one scope into the sink. An error means that nothing beyond what the sink has got is
    /// known: the whole kind in this scope is a gap.
    fn read<'a>(&'a self, task: &'a Task, sink: &'a dyn Sink) -> Future<'a, Result<(), Cause>>;

    /// The limit that calls of an operation (`service:Operation`) in a region pass; `None` where there is none.
    fn limit(&self, operation: &str, region: &str) -> Option<Limit> {
        let _ = (operation, region);
        None
    }

    /// The calls that entering an account takes, as `service:Operation`.
    fn entry(&self) -> &'static [&'static str] {
        &[]
    }

    /// The limits that held calls up so far, or that were exceeded.
    fn held(&self) -> Vec<Held> {
        Vec::new()
    }

    /// In which region the provider records what is done to resources of a kind that lie in `region` (or
    /// [`crate::GLOBAL`]).
    fn recorded_in(&self, account: &Account, kind: &Descriptor, region: &str) -> String;

    /// One page of what the provider recorded of writes in one region of an entered account: reads are left out.
    fn events<'a>(
        &'a self,
        account: &'a Account,
        region: &'a str,
        lookup: &'a Lookup,
        sink: &'a dyn Sink,
    ) -> Future<'a, Result<Events, Cause>>;
}
