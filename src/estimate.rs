//! What a scan costs, told before it is made: from how many resources a restore point has, and what reading each kind
//! takes.

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::{Address, Calls, Descriptor, GLOBAL, Limit, Provider, Reads, Scope, Shape, Targets};

use crate::scan::{Baseline, Shard};

/// The calls of a scan, and how long they take.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Estimate {
    /// What is known of each account and region; the longest first.
    pub limits: Vec<Share>,
    pub accounts: BTreeSet<String>,
    /// How many resources it rests on.
    pub resources: usize,
    pub calls: u64,
    /// By kind; entering accounts stands under the empty name.
    pub by_kind: BTreeMap<String, u64>,
    /// At least so long: the tightest limit, or the longest list, whose pages wait for each other.
    pub seconds: f64,
}

/// The calls that pass one limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    pub account: String,
    pub limit: Limit,
    pub calls: u64,
    /// How long they take.
    pub seconds: f64,
}

/// What is to be read.
pub struct Asked<'a> {
    pub provider: &'a dyn Provider,
    /// Names of the kinds that are read.
    pub kinds: &'a BTreeSet<String>,
    /// Of these kinds only so many, the newest.
    pub newest: &'a BTreeMap<String, u32>,
    pub targets: &'a Targets,
    /// The regions to read in each account.
    pub accounts: &'a BTreeMap<String, BTreeSet<String>>,
    /// The part of it all that is read.
    pub shard: Option<Shard>,
}

/// Seconds from a call to its answer, for lists whose pages wait for each other.
const ROUND_TRIP: f64 = 0.1;

/// What a scan costs, as far as the restore point knows. Without one: what it costs to find nothing.
pub fn estimate(asked: &Asked<'_>, baseline: &Baseline) -> Estimate {
    let mut sum = Sum { asked, baseline, shares: BTreeMap::new(), by_kind: BTreeMap::new(), chain: 0.0 };
    let mut estimate = Estimate::default();
    for (account, regions) in asked.accounts {
        estimate.accounts.insert(account.clone());
        for operation in asked.provider.entry() {
            sum.add(account, operation, GLOBAL, "", 1.0);
        }
        let mut shared = BTreeSet::new();
        for kind in asked.provider.kinds() {
            if asked.kinds.contains(kind.name) {
                estimate.resources += sum.kind(account, regions, kind, &mut shared);
            }
        }
    }
    let (by_kind, chain) = (sum.by_kind, sum.chain);
    estimate.by_kind = by_kind.into_iter().map(|(kind, calls)| (kind.to_owned(), rounded(calls))).collect();
    estimate.limits = sum.shares.into_values().collect();
    estimate.limits.sort_by(|one, other| other.seconds.total_cmp(&one.seconds));
    estimate.calls = estimate.by_kind.values().sum();
    estimate.seconds = estimate.limits.first().map_or(0.0, |share| share.seconds).max(chain);
    estimate
}

/// About how many seconds reading a kind takes that has so many resources, if nothing else is read. Kinds that take long
/// are begun first.
pub(crate) fn seconds(provider: &dyn Provider, kind: &Descriptor, region: &str, count: impl Fn(&str) -> usize) -> f64 {
    let seconds = |calls: &Calls| {
        let rate = provider.limit(calls.operation, region).map_or(f64::INFINITY, |limit| limit.per_second);
        let of = calls.of.unwrap_or(kind.name);
        number(calls.shape, count(of), 1, || below(calls.shape, &count)) / rate
    };
    kind.calls.iter().map(seconds).sum()
}

struct Sum<'a> {
    asked: &'a Asked<'a>,
    baseline: &'a Baseline,
    shares: BTreeMap<(String, String), Share>,
    by_kind: BTreeMap<&'static str, f64>,
    /// The longest list.
    chain: f64,
}

impl Sum<'_> {
    /// Adds what a kind costs in all regions of an account; says how many resources are known of it.
    fn kind<'s>(
        &mut self,
        account: &'s str,
        regions: &'s BTreeSet<String>,
        kind: &'static Descriptor,
        shared: &mut BTreeSet<(&'static str, &'s str)>,
    ) -> usize {
        let scope =
            |region: &str| Scope { provider: self.provider(), account: account.to_owned(), region: region.to_owned() };
        let places: Vec<(&'s str, Scope)> = match kind.reads {
            Reads::Global | Reads::Everywhere => vec![(GLOBAL, scope(GLOBAL))],
            Reads::EachRegion | Reads::OncePerAccount => {
                regions.iter().map(|region| (region.as_str(), scope(region))).collect()
            }
        };
        let is_asked = |scope: &Scope| {
            let is_ours = self.asked.shard.is_none_or(|shard| shard.reads(scope, kind));
            is_ours && self.asked.targets.may_match_kind(Some(scope), kind.name)
        };
        let places: Vec<_> = places.into_iter().filter(|(_, scope)| is_asked(scope)).collect();
        let known: usize = places.iter().map(|(_, scope)| self.count(scope, kind.name)).sum();
        for calls in kind.calls {
            let of = calls.of.unwrap_or(kind.name);
            let is_list = matches!(calls.shape, Shape::Pages(_));
            if kind.reads == Reads::OncePerAccount && is_list && !places.is_empty() {
                // One list for all regions; what is asked of each resource is asked where it lies.
                let all = places.iter().map(|(_, scope)| self.listed(scope, of)).sum();
                self.list(account, calls, GLOBAL, kind.name, number(calls.shape, all, 1, || 0));
                continue;
            }
            for (region, scope) in &places {
                if calls.shared && !shared.insert((calls.operation, *region)) {
                    continue;
                }
                let count = if is_list { self.listed(scope, of) } else { self.count(scope, of) };
                let calls_made =
                    number(calls.shape, count, regions.len(), || self.below(scope, kind.name, calls.shape));
                if is_list {
                    self.list(account, calls, region, kind.name, calls_made);
                } else {
                    self.add(account, calls.operation, region, kind.name, calls_made);
                }
            }
        }
        known
    }

    fn provider(&self) -> String {
        self.asked.provider.name().to_owned()
    }

    /// How many resources' details are read.
    fn count(&self, scope: &Scope, kind: &str) -> usize {
        let wanted = |id: &&str| {
            self.asked.targets.matches(&Address { scope: scope.clone(), kind: kind.to_owned(), id: (*id).to_owned() })
        };
        let is_whole = self.asked.targets.includes_kind(scope, kind);
        let known = if is_whole {
            self.baseline.count_of(scope, kind)
        } else {
            self.baseline.ids(scope, kind).filter(wanted).count()
        };
        let newest = self.asked.newest.get(kind).filter(|_| is_whole);
        newest.map_or(known, |newest| known.min(*newest as usize))
    }

    /// How many a list has, whatever is read of them.
    fn listed(&self, scope: &Scope, kind: &str) -> usize {
        let known = self.baseline.count_of(scope, kind);
        let window = self.baseline.coverage().get(scope, kind).and_then(crate::snapshot::KindCoverage::window);
        let beyond = window.map_or(0, |window| u64::from(window.newest) + window.beyond);
        known.max(usize::try_from(beyond).unwrap_or(usize::MAX))
    }

    /// Pages of lists below parents: those whose children are known, and one for each other parent.
    fn below(&self, scope: &Scope, kind: &str, shape: Shape) -> usize {
        let Shape::Below(parent, page) = shape else { return 0 };
        let mut children: BTreeMap<&str, usize> = BTreeMap::new();
        for id in self.baseline.ids(scope, kind) {
            *children.entry(id.split('/').next().unwrap_or(id)).or_default() += 1;
        }
        let empty = self.baseline.count_of(scope, parent).saturating_sub(children.len());
        children.values().map(|count| count.div_ceil(page as usize)).sum::<usize>() + empty
    }

    fn list(&mut self, account: &str, calls: &Calls, region: &str, kind: &'static str, pages: f64) {
        self.chain = self.chain.max((pages + 1.0) * ROUND_TRIP);
        self.add(account, calls.operation, region, kind, pages);
    }

    fn add(&mut self, account: &str, operation: &str, region: &str, kind: &'static str, calls: f64) {
        *self.by_kind.entry(kind).or_default() += calls;
        let Some(limit) = self.asked.provider.limit(operation, region) else { return };
        let place = format!("{:?}/{}/{:?}", limit.region, limit.service, limit.operation);
        let share = self.shares.entry((account.to_owned(), place)).or_insert_with(|| Share {
            account: account.to_owned(),
            limit,
            calls: 0,
            seconds: 0.0,
        });
        share.calls += rounded(calls);
        #[expect(clippy::cast_precision_loss, reason = "numbers of calls are far below 2^52")]
        let beyond = (share.calls as f64 - share.limit.burst).max(0.0);
        share.seconds = beyond / share.limit.per_second;
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of resources are far below 2^52")]
fn number(shape: Shape, count: usize, regions: usize, below: impl Fn() -> usize) -> f64 {
    match shape {
        Shape::Pages(page) => count.div_ceil(page as usize).max(1) as f64,
        Shape::Batches(size) => count.div_ceil(size as usize) as f64,
        Shape::Each(times) => count as f64 * times,
        Shape::Below(..) => below() as f64,
        Shape::Regions => regions as f64,
    }
}

/// The same where only numbers are known.
fn below(shape: Shape, count: &impl Fn(&str) -> usize) -> usize {
    if let Shape::Below(parent, _) = shape { count(parent) } else { 0 }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "numbers of calls are above 0")]
fn rounded(calls: f64) -> u64 {
    calls.ceil() as u64
}
