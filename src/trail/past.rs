//! When everything was read for what a restore point says, and what was committed since.

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::{Address, Descriptor, GLOBAL, Reads, Scope, Status};
use serde::{Deserialize, Serialize};

use super::{KEPT, LEAD, Place, SKEW, TrailError};
use crate::import::Told;
use crate::scan::{Baseline, Scanned, Shard};
use crate::snapshot::KindCoverage;
use crate::store::{Error, Oid, RestorePoint, Store};

/// A restore point is committed after it was read. How long before, older imports do not say.
const SLACK: i64 = 3600;

/// A scan in which more was otherwise is not worth remembering.
const MOST_DIFFERING: usize = 10_000;

/// The last whole scans of what a restore point says, and what is otherwise since.
#[derive(Debug, Default)]
pub struct Past {
    scans: Vec<Source>,
    /// The newest scan of each part of an account, as a place in the list of scans.
    bases: BTreeMap<(String, Part), usize>,
    /// What the restore point holds otherwise than those scans saw it: somebody clicked, accepted, took back or edited it.
    edited: BTreeSet<Address>,
    /// There is an import that is older than the records.
    has_older: bool,
}

/// A scan of everything that left no restore point behind: a plan, or an import that found nothing new. What it saw is
/// known all the same: the commit that it was compared with, but for what differed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WholeScan {
    commit: String,
    /// When it began, in seconds since 1970.
    began: i64,
    calls: u64,
    /// The accounts that were entered, and their regions.
    accounts: BTreeMap<String, Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shard: Option<String>,
    differing: BTreeSet<String>,
    /// Scopes and kinds that were not read, or not to the end.
    unread: BTreeSet<(String, String)>,
}

impl WholeScan {
    /// What is worth remembering of a scan; `None` if it was narrowed, or the restore point cannot be read.
    pub fn of(scanned: &Scanned, baseline: &Baseline, point: &RestorePoint, began: i64) -> Option<Self> {
        if scanned.is_narrowed || !scanned.targets.is_everything() {
            return None;
        }
        let gone = scanned.vanished(baseline, &scanned.targets).ok()?;
        let differing: BTreeSet<String> = scanned.differing.keys().chain(&gone).map(ToString::to_string).collect();
        let unread = scanned.coverage.iter().filter(|(.., entry)| !is_certain(entry));
        (differing.len() <= MOST_DIFFERING).then(|| Self {
            commit: point.commit.to_string(),
            began,
            calls: scanned.stats.calls,
            accounts: scanned.accounts.iter().map(|account| (account.id.clone(), account.regions.clone())).collect(),
            shard: scanned.shard.map(|shard| shard.to_string()),
            differing,
            unread: unread.map(|(scope, kind, _)| (scope.to_string(), kind.to_owned())).collect(),
        })
    }

    /// Whether it says all that another one says, newer.
    pub fn replaces(&self, other: &Self) -> bool {
        (&self.accounts, &self.shard) == (&other.accounts, &other.shard)
    }
}

/// Whether a read leaves nothing open.
pub(super) fn is_certain(entry: &KindCoverage) -> bool {
    matches!(entry.status, Status::Read | Status::Unsupported) && entry.gaps().is_empty()
}

/// What a whole import reads on its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// What lies in a region.
    Region(String),
    /// What is listed once and lies in a region.
    Once(String),
    Global,
    /// What every region is asked for.
    Everywhere,
}

#[derive(Debug)]
struct Source {
    commit: Oid,
    began: i64,
    calls: Option<u64>,
    differing: BTreeSet<Address>,
    unread: BTreeSet<(String, String)>,
}

impl Part {
    fn of(scope: &Scope, reads: Reads) -> Self {
        match reads {
            Reads::EachRegion => Self::Region(scope.region.clone()),
            Reads::OncePerAccount => Self::Once(scope.region.clone()),
            Reads::Global => Self::Global,
            Reads::Everywhere => Self::Everywhere,
        }
    }
}

impl Past {
    /// Looks for them in the history of a restore point, and among those that are remembered.
    pub fn load(
        store: &Store,
        point: &RestorePoint,
        kinds: &BTreeMap<&'static str, &'static Descriptor>,
        remembered: &[WholeScan],
        now: i64,
    ) -> Result<Self, Error> {
        let mut past = Self::default();
        store.imports(point, |imported| {
            let told = Told::of(&imported.message);
            let began = told.began.unwrap_or(imported.time - SLACK);
            let kept = began >= now - KEPT;
            if kept {
                let (differing, unread) = Default::default();
                past.add(&told, Source { commit: imported.commit, began, calls: told.calls, differing, unread });
            } else {
                past.has_older = true;
            }
            kept
        })?;
        for scan in remembered.iter().filter(|scan| scan.began >= now - KEPT) {
            // Another repository's, or one that this clone does not have.
            let Some(commit) = scan.commit.parse().ok().filter(|commit| store.has(*commit)) else { continue };
            let accounts = scan.accounts.iter();
            let shard = scan.shard.as_ref().map(|shard| format!("--shard {shard}"));
            let told = Told {
                accounts: accounts.map(|(id, of)| (id.as_str(), of.iter().map(String::as_str).collect())).collect(),
                only: shard.iter().map(String::as_str).collect(),
                ..Told::default()
            };
            let differing = scan.differing.iter().filter_map(|address| address.parse().ok()).collect();
            let (began, calls, unread) = (scan.began, Some(scan.calls), scan.unread.clone());
            past.add(&told, Source { commit, began, calls, differing, unread });
        }
        let in_use: BTreeSet<usize> = past.bases.values().copied().collect();
        for index in in_use {
            let source = &past.scans[index];
            let mut otherwise = source.differing.clone();
            if source.commit != point.commit {
                otherwise.extend(store.differing(source.commit, point.commit)?);
            }
            otherwise.retain(|address| {
                let kind = kinds.get(address.kind.as_str());
                kind.is_some_and(|kind| past.base_index(&address.scope, kind.reads) == Some(index))
            });
            past.edited.extend(otherwise);
        }
        Ok(past)
    }

    /// The newest one counts.
    fn add(&mut self, told: &Told<'_>, source: Source) {
        let mut shard: Option<Shard> = None;
        let mut of_regions = false;
        for only in &told.only {
            match only.split_once(' ') {
                Some(("--region", _)) => of_regions = true,
                Some(("--shard", text)) if let Ok(part) = text.parse() => shard = Some(part),
                // Some kinds or resources only.
                _ => return,
            }
        }
        let index = self.scans.len();
        for (account, regions) in &told.accounts {
            // The provider is part of what a shard is made of.
            let reads = |region: &str| shard.is_none_or(|shard| shard.reads_region("aws", account, region));
            let mut add = |part| {
                let known = self.bases.entry(((*account).to_owned(), part)).or_insert(index);
                if *known != index && self.scans[*known].began < source.began {
                    *known = index;
                }
            };
            for region in regions {
                if reads(region) {
                    add(Part::Region((*region).to_owned()));
                }
                if reads(GLOBAL) {
                    add(Part::Once((*region).to_owned()));
                }
            }
            if reads(GLOBAL) {
                add(Part::Global);
                if !of_regions {
                    add(Part::Everywhere);
                }
            }
        }
        self.scans.push(source);
    }

    fn base_index(&self, scope: &Scope, reads: Reads) -> Option<usize> {
        self.bases.get(&(scope.account.clone(), Part::of(scope, reads))).copied()
    }

    fn base(&self, scope: &Scope, reads: Reads) -> Option<&Source> {
        self.base_index(scope, reads).map(|index| &self.scans[index])
    }

    /// When reading it began the last time, in seconds since 1970.
    pub(super) fn began(&self, scope: &Scope, reads: Reads) -> Option<i64> {
        self.base(scope, reads).map(|base| base.began)
    }

    /// Whether the last scan could not read all of a kind in a scope.
    pub(super) fn is_unread(&self, scope: &Scope, kind: &Descriptor) -> bool {
        let base = self.base(scope, kind.reads);
        base.is_none_or(|base| base.unread.contains(&(scope.to_string(), kind.name.to_owned())))
    }

    pub(super) fn edited(&self) -> &BTreeSet<Address> {
        &self.edited
    }

    /// How many calls reading all of it took the last time.
    pub(super) fn calls(&self, places: &[Place]) -> Option<u64> {
        let mut calls: BTreeMap<usize, u64> = BTreeMap::new();
        for place in places {
            let base = self.base_index(&place.scope, place.kind.reads)?;
            calls.insert(base, self.scans[base].calls?);
        }
        (!calls.is_empty()).then(|| calls.values().sum())
    }

    /// Whether there is anything to rest on.
    pub(super) fn check(&self, places: &[Place], now: i64) -> Result<(), TrailError> {
        if places.iter().any(|place| place.since.is_some_and(|since| since + LEAD > now + SKEW)) {
            return Err(TrailError::Future);
        }
        if places.is_empty() || places.iter().any(|place| place.since.is_some()) {
            return Ok(());
        }
        Err(if self.has_older { TrailError::TooOld } else { TrailError::NoImport })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(message: &str) -> Told<'_> {
        Told::of(message)
    }

    fn source(began: i64) -> Source {
        let (differing, unread) = Default::default();
        Source { commit: Oid::zero(), began, calls: None, differing, unread }
    }

    fn began(past: &Past, region: &str, reads: Reads) -> Option<i64> {
        let scope = Scope { provider: "aws".to_owned(), account: "1".to_owned(), region: region.to_owned() };
        past.began(&scope, reads)
    }

    #[test]
    fn the_newest_whole_scan_of_each_part_counts() {
        let mut past = Past::default();
        past.add(&told("import: 1 resource\n\naccount 1: eu-west-1, us-east-1\n"), source(10));
        past.add(&told("import: 1 resource\n\naccount 1: eu-west-1\n\nonly: --region eu-west-1\n"), source(30));
        past.add(&told("import: 1 resource\n\naccount 1: eu-west-1\n\nonly: --region eu-west-1\n"), source(20));
        past.add(&told("import: 1 resource\n\naccount 1: eu-west-1\n\nonly: --kind rds\n"), source(40));
        past.add(
            &told("import: 1 resource\n\naccount 1: eu-west-1\n\nonly: s3/bucket/a*, --region eu-west-1\n"),
            source(40),
        );
        past.add(&told("import: 1 resource\n\naccount 2: eu-west-1\n"), source(40));
        assert_eq!(began(&past, "eu-west-1", Reads::EachRegion), Some(30));
        assert_eq!(began(&past, "us-east-1", Reads::EachRegion), Some(10));
        assert_eq!(began(&past, "eu-west-1", Reads::OncePerAccount), Some(30));
        assert_eq!(
            began(&past, "us-east-1", Reads::OncePerAccount),
            Some(10),
            "buckets of other regions were left out"
        );
        assert_eq!(began(&past, GLOBAL, Reads::Global), Some(30));
        assert_eq!(began(&past, GLOBAL, Reads::Everywhere), Some(10), "other regions were not asked");
        assert_eq!(began(&past, "eu-north-1", Reads::EachRegion), None);
    }

    #[test]
    fn shards_count_for_what_they_read() {
        let mut past = Past::default();
        let message =
            |shard: &str| format!("import: 1 resource\n\naccount 1: eu-west-1, us-east-1\n\nonly: --shard {shard}\n");
        for (number, at) in [(1, 11), (2, 12), (3, 13)] {
            past.add(&told(&message(&format!("{number}/3"))), source(at));
        }
        for (region, reads) in [
            ("eu-west-1", Reads::EachRegion),
            ("us-east-1", Reads::EachRegion),
            ("us-east-1", Reads::OncePerAccount),
            (GLOBAL, Reads::Global),
            (GLOBAL, Reads::Everywhere),
        ] {
            let at = began(&past, region, reads).expect("some shard reads it");
            let shard: Shard = format!("{}/3", at - 10).parse().expect("a shard");
            let of = if reads == Reads::EachRegion { region } else { GLOBAL };
            assert!(shard.reads_region("aws", "1", of), "{region} {reads:?}");
        }
    }
}
