//! Reading again only what the provider's records name: a plan between two whole scans.
//!
//! The records are asked for every write since the scan behind the restore point; each write is led back to the
//! resources that it may have touched (`effects`, `touched`), and only these are read. It errs on the side of reading
//! too much: what nobody knows to be harmless means the whole kind, a write that nobody knows means all kinds of its
//! service, and a region whose records cannot be read to the end is read whole. What a plan rests on, it says ([`Rests`]).

mod effects;
mod names;
mod past;
mod records;
mod touched;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use driftline_api::{
    Account, Address, Again, Chosen, Descriptor, GLOBAL, Provider, Reads, Rereads, Scope, Sink, Status,
};
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use crate::scan::{Baseline, scopes};
use crate::store;
use effects::Effects;
use touched::Touched;

pub use past::{Past, WholeScan};
pub use records::{Known, Records};

/// How far back the records reach.
const KEPT: i64 = 90 * 24 * 3600;

/// Records and this machine may tell the time differently.
const SKEW: i64 = 300;

/// What is begun takes a while: a database that was asked for before the restore point is finished after it. Writes of so
/// long before count, too.
const LEAD: i64 = 3 * 3600;

/// CloudTrail delivers an event within some 5 minutes on average, and 15 as a rule.
const DELAY: i64 = 15 * 60;

/// What is known before the accounts are entered.
pub struct Asked {
    pub past: Past,
    pub rereads: Vec<&'static Rereads>,
    /// Seconds since 1970.
    pub now: i64,
    /// A region of an account with more writes than this is read whole: that is faster.
    pub most_events: usize,
}

/// What a plan rests on whose scan read again only what the records name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rests {
    /// The records were asked for what happened from then on, in seconds since 1970.
    pub since: i64,
    /// What happened later may not be in them yet.
    pub until: i64,
    /// How many writes may have touched something that is read.
    pub events: usize,
    /// Everything that was asked for, by scope and kind.
    pub reads: BTreeMap<String, BTreeMap<String, Reread>>,
    /// What was read whole although nothing names it, and why.
    pub whole: Vec<Whole>,
    /// Writes that nobody knows (`service:EventName`): all kinds of their service were read again.
    pub unknown: BTreeSet<String>,
    /// How many calls reading everything took the last time, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole_calls: Option<u64>,
}

/// How much of a kind in a scope was read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reread {
    /// Nothing: it rests on the records.
    Trail,
    /// All of it.
    Read,
    /// These, by id (or by what their ids begin with), and those that are new.
    Named(BTreeSet<String>),
}

/// Something that was read whole because the records cannot be relied on for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whole {
    pub account: String,
    /// Where it lies, or where its records do.
    pub region: String,
    /// What of it; `None`: everything that is recorded there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    pub why: String,
    /// How reading the records ended, where they could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

/// Nothing can be said from the records.
#[derive(Debug, thiserror::Error)]
pub enum TrailError {
    #[error("plan from CloudTrail: its event history keeps 90 days, and the last whole import was read before that")]
    TooOld,
    #[error("plan from CloudTrail: the history of the restore point has no import of everything")]
    NoImport,
    #[error("plan from CloudTrail: the last import was read later than it is now, by this machine's clock")]
    Future,
    #[error("plan from CloudTrail")]
    Store(#[from] store::Error),
}

impl TrailError {
    /// The way out.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::TooOld => {
                "`driftline plan` without --since-trail reads everything; `driftline import` begins anew".to_owned()
            }
            Self::NoImport => {
                "`driftline import` makes one; a shallow clone may lack it: `git fetch --unshallow`".to_owned()
            }
            Self::Future => "set the clock, or plan without --since-trail".to_owned(),
            Self::Store(source) => return source.hint(),
        })
    }
}

/// What to read again, what that rests on, and the writes that led there.
pub(crate) struct Choice {
    pub(crate) chosen: Chosen,
    pub(crate) rests: Rests,
    pub(crate) records: Records,
}

/// One kind in one scope, and where its writes are recorded.
struct Place {
    account: Arc<Account>,
    scope: Scope,
    kind: &'static Descriptor,
    /// Writes from then on count; `None`: no import of it is known.
    since: Option<i64>,
    recorded_in: BTreeSet<String>,
}

/// Asks the records of all accounts what is to be read again of all that is `wanted`.
pub(crate) async fn choose(
    asked: &Asked,
    provider: &dyn Provider,
    accounts: &[Arc<Account>],
    wanted: impl Fn(&Scope, &'static Descriptor) -> bool,
    baseline: &Baseline,
    sink: &dyn Sink,
) -> Result<Choice, TrailError> {
    let kinds = provider.kinds();
    let places = places(asked, provider, accounts, &kinds, wanted);
    asked.past.check(&places, asked.now)?;
    let effects = Effects::new(&kinds, &asked.rereads);

    let mut windows: BTreeMap<(String, String), (Arc<Account>, i64)> = BTreeMap::new();
    for place in &places {
        let Some(since) = place.since else { continue };
        for region in &place.recorded_in {
            let window = windows.entry((place.account.id.clone(), region.clone()));
            let window = window.or_insert_with(|| (Arc::clone(&place.account), since));
            window.1 = window.1.min(since);
        }
    }
    let since = windows.values().map(|(_, since)| *since).min().unwrap_or(asked.now);
    let reading = windows.into_iter().map(|((_, region), (account, since))| {
        let window = records::Window { account, region, since, until: asked.now + SKEW, most: asked.most_events };
        records::read(provider, window, &effects, sink)
    });
    let answers = join_all(reading).await;

    let mut touched = Touched::new(&places, &effects, baseline, &asked.past);
    let mut records = Records::default();
    for answer in answers {
        let records::Answer { account, region, since, outcome } = answer;
        match outcome {
            Ok(events) => {
                records.insert(account, region, Known { since, events });
            }
            Err(unreliable) => touched.unreliable(&account, &region, unreliable),
        }
    }
    touched.gaps();
    touched.events(&records)?;
    let Touched { whole, unknown, count, .. } = &touched;
    let (whole, unknown, events) = (whole.iter().cloned().collect(), unknown.clone(), *count);
    let chosen = touched.chosen();
    let rests = Rests {
        since,
        until: asked.now - DELAY,
        events,
        reads: told(&places, &chosen),
        whole,
        unknown,
        whole_calls: asked.past.calls(&places),
    };
    Ok(Choice { chosen, rests, records })
}

impl Rests {
    /// Whether a resource was read again, or would have been if it were there. `is_known`: the restore point has it.
    pub fn was_read(&self, address: &Address, is_known: bool) -> bool {
        let id = address.id.as_str();
        match self.reads.get(&address.scope.to_string()).and_then(|kinds| kinds.get(&address.kind)) {
            None | Some(Reread::Trail) => false,
            Some(Reread::Read) => true,
            Some(Reread::Named(ids)) => match id.split_once('/') {
                Some((parent, _)) => ids.contains(id) || ids.contains(parent),
                // What is new is read whoever names it.
                None => ids.contains(id) || !is_known,
            },
        }
    }

    /// How many resources (or families of them) were read again by name, of how many lists only those and what is new, and
    /// how many lists as a whole. A list is a kind in a scope.
    pub fn counts(&self) -> (usize, usize, usize) {
        let (mut named, mut in_part, mut whole) = (0, 0, 0);
        for read in self.reads.values().flat_map(BTreeMap::values) {
            match read {
                Reread::Trail => {}
                Reread::Read => whole += 1,
                Reread::Named(ids) => {
                    named += ids.len();
                    in_part += 1;
                }
            }
        }
        (named, in_part, whole)
    }
}

fn is_regional(kind: &Descriptor) -> bool {
    matches!(kind.reads, Reads::EachRegion | Reads::OncePerAccount)
}

fn told(places: &[Place], chosen: &Chosen) -> BTreeMap<String, BTreeMap<String, Reread>> {
    let mut told: BTreeMap<String, BTreeMap<String, Reread>> = BTreeMap::new();
    for Place { scope, kind, .. } in places {
        let reread = match chosen.get(scope, kind.name) {
            None => Reread::Trail,
            Some(Again::All) => Reread::Read,
            Some(Again::Some(picked)) => Reread::Named(picked.ids.clone()),
        };
        told.entry(scope.to_string()).or_default().insert(kind.name.to_owned(), reread);
    }
    told
}

fn places(
    asked: &Asked,
    provider: &dyn Provider,
    accounts: &[Arc<Account>],
    kinds: &[&'static Descriptor],
    wanted: impl Fn(&Scope, &'static Descriptor) -> bool,
) -> Vec<Place> {
    let mut places = Vec::new();
    for account in accounts {
        for kind in kinds.iter().copied() {
            for scope in scopes(account, kind).into_iter().filter(|scope| wanted(scope, kind)) {
                let home = || provider.recorded_in(account, kind, GLOBAL);
                let mut recorded_in = BTreeSet::from([provider.recorded_in(account, kind, &scope.region)]);
                match kind.reads {
                    // Where a service has regions, every one of them takes calls for what is the account's.
                    Reads::Global
                        if kinds.iter().any(|other| is_regional(other) && other.service() == kind.service()) =>
                    {
                        recorded_in.extend(account.regions.iter().cloned());
                    }
                    // A bucket may be made by way of another region.
                    Reads::OncePerAccount => recorded_in.extend([home()]),
                    Reads::Everywhere => recorded_in.extend(account.regions.iter().cloned()),
                    Reads::EachRegion | Reads::Global => {}
                }
                // Replicas and peers tell of each other: a write in the region of one changes the other.
                if kind.reads == Reads::EachRegion && effects::has_counterparts(kind, &asked.rereads) {
                    recorded_in.extend(account.regions.iter().cloned());
                }
                let since = asked.past.began(&scope, kind.reads).map(|began| began - LEAD);
                places.push(Place { account: Arc::clone(account), scope, kind, since, recorded_in });
            }
        }
    }
    places
}
