//! Accounts made from a seed: as many resources as wanted, of all kinds, in believable proportions, which name each
//! other sensibly.
//!
//! What is made is a function of [`Generated`]'s fields and of nothing else, so that two processes can serve the same
//! account, one of them after changes in the console.

mod acm;
mod alter;
mod census;
mod changes;
mod dice;
mod ec2;
mod elb;
mod iam;
mod kinds;
mod place;
mod rds;
mod route53;
mod s3;
mod template;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::world::{Account, GLOBAL, Packed, World};
pub use changes::{Change, How};
use changes::{Fate, Fates};
pub(crate) use dice::Dice;
use kinds::{KINDS, Made, Spec};
use place::{Place, Site};

/// What to make accounts from.
#[derive(Debug, Clone, PartialEq)]
pub struct Generated {
    /// Another seed makes other accounts.
    pub seed: u64,
    /// How many resources there are, as driftline counts them, in all accounts and regions together. A region has nine at
    /// least: its default network.
    pub resources: usize,
    pub accounts: usize,
    /// The regions of every account. The first ones hold the most.
    pub regions: Vec<String>,
    /// How many of a hundred resources somebody has changed, added or removed since.
    pub changed: f64,
    /// Another seed changes others.
    pub change_seed: u64,
}

impl Default for Generated {
    fn default() -> Self {
        Self {
            seed: 1,
            resources: 1000,
            accounts: 1,
            regions: vec!["eu-west-1".to_owned()],
            changed: 0.0,
            change_seed: 1,
        }
    }
}

impl Generated {
    /// So many resources of one account in three regions.
    pub fn new(seed: u64, resources: usize) -> Self {
        let regions = ["eu-west-1", "us-east-1", "eu-central-1"].map(str::to_owned).to_vec();
        Self { seed, resources, regions, ..Self::default() }
    }

    /// The accounts' numbers, which are their access keys, too.
    pub fn account_ids(&self) -> Vec<String> {
        self.sites().into_iter().map(|site| site.account).collect()
    }

    /// How many resources of each kind there are before any change.
    pub fn census(&self) -> BTreeMap<&'static str, usize> {
        let mut census = BTreeMap::new();
        for site in self.sites() {
            for (kind, count) in site.regional.iter().chain([&site.global]).flatten() {
                *census.entry(*kind).or_default() += count;
            }
        }
        census
    }

    /// What was changed, and how, ordered by address.
    pub fn changes(&self) -> Vec<Change> {
        let sites = self.sites();
        let fates = Fates::draw(self, &sites);
        let mut changes = Vec::new();
        for (at, fate) in fates.iter() {
            let (place, spec) =
                (sites[at.site].places().nth(at.place).expect("drawn from these places"), &KINDS[at.kind]);
            let (made, how) = resource(&place, spec, at.index, Some(fate), self.change_seed);
            let region = made.region.unwrap_or_else(|| place.region().to_owned());
            let account = place.account().to_owned();
            changes.push(Change { account, region, kind: spec.kind, id: made.id, how });
        }
        changes.sort();
        changes
    }

    /// The accounts as the endpoint serves them.
    pub fn world(&self) -> World {
        let sites = self.sites();
        let fates = Fates::draw(self, &sites);
        let mut world = World::new();
        for (number, site) in sites.iter().enumerate() {
            let regions: Vec<&str> = site.regions.iter().map(String::as_str).collect();
            let mut account = Account::new(&site.account, &regions);
            for (at, place) in site.places().enumerate() {
                self.fill(&mut account, &place, |kind, index| fates.of(number, at, kind, index));
            }
            world.add(account);
        }
        world
    }

    fn sites(&self) -> Vec<Site> {
        census::take(self)
    }

    fn fill(&self, account: &mut Account, place: &Place<'_>, fate: impl Fn(usize, usize) -> Option<Fate>) {
        let mut zones: BTreeMap<usize, Vec<Value>> = BTreeMap::new();
        // Record sets lie in their zones, so they are made first.
        let zone = KINDS.iter().position(|spec| spec.kind == "route53/hosted_zone").expect("zones are a kind");
        let order = (0..KINDS.len()).filter(|kind| *kind != zone).chain([zone]);
        for number in order.filter(|kind| KINDS[*kind].global == place.number.is_none()) {
            let spec = &KINDS[number];
            let mut collections: BTreeMap<&'static str, Packed> = BTreeMap::new();
            let mut index = 0;
            loop {
                let fate = fate(number, index);
                if index >= place.count(spec.kind) && fate.is_none() {
                    break;
                }
                if fate != Some(Fate::Removed) {
                    let (made, _) = resource(place, spec, index, fate, self.change_seed);
                    match spec.kind {
                        "route53/record_set" => {
                            zones.entry(route53::zone_of(place, index)).or_default().push(made.item);
                        }
                        "route53/hosted_zone" => {
                            let zone = with_records(made.item, zones.remove(&index).unwrap_or_default());
                            collections.entry(made.collection).or_default().push(&zone);
                        }
                        _ if made.whole => account.put(place.region(), spec.service, made.collection, made.item),
                        _ => {
                            collections.entry(made.collection).or_default().push(&made.item);
                            for (collection, item) in &made.beside {
                                collections.entry(collection).or_default().push(item);
                            }
                        }
                    }
                }
                index += 1;
            }
            for (collection, items) in collections {
                account.pack(place.region(), spec.service, collection, items);
            }
        }
        if place.number.is_none() {
            account.put(GLOBAL, "s3", "ListBuckets", s3::owner(place));
        }
    }
}

fn with_records(mut zone: Value, mut records: Vec<Value>) -> Value {
    records.sort_by_cached_key(route53::order);
    zone["ResourceRecordSetCount"] = records.len().into();
    zone["ResourceRecordSets"] = Value::Array(records);
    zone
}

/// One resource after what befell it.
fn resource(place: &Place<'_>, spec: &Spec, index: usize, fate: Option<Fate>, seed: u64) -> (Made, How) {
    let mut made = (spec.make)(place, index);
    let how = match fate {
        Some(Fate::Changed) => {
            let names = ["change", place.account(), place.region(), spec.kind];
            let mut dice = Dice::of(seed, &names, index);
            How::Changed(alter::alter(place, index, &mut made, spec.alter, &mut dice).to_owned())
        }
        Some(Fate::Removed) => How::Removed,
        Some(Fate::Added) | None => How::Added,
    };
    (made, how)
}

#[cfg(test)]
mod tests;
