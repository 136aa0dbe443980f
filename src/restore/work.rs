//! What is to be put back, and what cannot be.

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::{Address, Descriptor, Targets};

use crate::Resource;
use crate::diff::{Segment, apply, diff};
use crate::export::{Chosen, Parts};
use crate::plan::{Drift, Plan, ResourceDrift};
use crate::restore::Known;
use crate::restore::outcome::rename;
use crate::restore::places::says_nothing;
use crate::scan::Baseline;
use crate::store::Error;

/// How a restore is narrowed.
#[derive(Clone, Copy)]
pub struct Options<'o> {
    pub kinds: &'o BTreeMap<&'static str, &'static Descriptor>,
    pub targets: &'o Targets,
    /// Remove what was added since, too.
    pub remove_added: bool,
}

/// The resources of a restore.
#[derive(Debug, Default)]
pub struct Work {
    /// In the order of their addresses.
    pub items: Vec<Item>,
    /// What stays as it is, although it drifted.
    pub stays: Vec<Stays>,
    /// Whole resources that were added since, and are not asked for.
    pub alone: Vec<ResourceDrift>,
}

/// A resource that Terraform is told of.
#[derive(Debug, Clone)]
pub struct Item {
    pub address: Address,
    pub kind: &'static Descriptor,
    /// As it is.
    pub live: Option<Resource>,
    /// As it should be.
    pub target: Option<Resource>,
    /// What came with it, as it should be, and is written in it.
    pub parts: Vec<(&'static Descriptor, Resource)>,
    /// `None`: it did not drift, but names what has to be created anew, or is what a part is written in.
    pub drift: Option<ResourceDrift>,
    /// What it is a part of, and is written in; and why it cannot be had by itself.
    pub whole: Option<(Address, &'static str)>,
    /// Names of attributes that drifted in its parts.
    pub inner: BTreeSet<String>,
}

/// Drift that is not put back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stays {
    /// A sentence's end: "…, since it `why`" without the "since it".
    pub why: String,
    pub address: Address,
    /// The attribute; `None`: the whole resource.
    pub path: Option<String>,
}

impl Work {
    /// What follows from a plan against the restore point that is to be reached.
    pub fn of(plan: &Plan, baseline: &Baseline, options: Options<'_>) -> Result<Self, Error> {
        let mut work = Self::default();
        for drift in &plan.drift {
            let Some(&kind) = options.kinds.get(drift.kind.as_str()).filter(|kind| kind.terraform.is_some()) else {
                work.stay(&drift.address, format!("this version does not export {} yet", drift.kind));
                continue;
            };
            let (live, target) = match drift.drift {
                Drift::Added if !options.remove_added => {
                    work.alone.push(drift.clone());
                    continue;
                }
                Drift::Added => (drift.after.clone(), None),
                Drift::Removed => (None, drift.before.clone()),
                Drift::Changed => {
                    let Some(target) = target(kind, drift) else {
                        let why = "what an ignore rule leaves as it is cannot be told apart from it";
                        work.stay(&drift.address, why.to_owned());
                        continue;
                    };
                    (drift.after.clone(), Some(target))
                }
            };
            let (address, drift) = (drift.address.clone(), Some(drift.clone()));
            work.items.push(Item::new(address, kind, live, target, drift));
        }
        work.add_dependents(baseline, options)?;
        work.add_parts(baseline, options)?;
        work.items.sort_by(|one, other| one.address.cmp(&other.address));
        Ok(work)
    }

    fn stay(&mut self, address: &Address, why: String) {
        self.stays.push(Stays { why, address: address.clone(), path: None });
    }

    /// Adds what did not drift and names what has to be created anew: it must name the new one.
    fn add_dependents(&mut self, baseline: &Baseline, options: Options<'_>) -> Result<(), Error> {
        let anew = self.items.iter().filter(|item| item.live.is_none()).filter_map(|item| item.target.as_ref());
        let gone: BTreeSet<String> = anew
            .flat_map(|resource| [Some(resource.id.clone()), resource.arn.clone()])
            .flatten()
            .filter(|value| is_given(value))
            .collect();
        if gone.is_empty() {
            return Ok(());
        }
        let known: BTreeSet<Address> = self.items.iter().map(|item| item.address.clone()).collect();
        for (scope, kind, id, _) in baseline.iter() {
            let Some(&kind) = options.kinds.get(kind).filter(|kind| kind.terraform.is_some()) else { continue };
            let address = Address { scope: scope.clone(), kind: kind.name.to_owned(), id: id.to_owned() };
            let is_drifted = |stays: &Stays| stays.address == address;
            if known.contains(&address) || !options.targets.matches(&address) || self.stays.iter().any(is_drifted) {
                continue;
            }
            let Some(resource) = baseline.resource(&address)? else { continue };
            let text = serde_json::to_string(&resource.attributes).unwrap_or_default();
            if gone.iter().any(|value| text.contains(&format!("\"{value}\""))) {
                self.items.push(Item::as_it_was(address, kind, resource));
            }
        }
        Ok(())
    }

    /// Finds what is written in another resource: it cannot be had by itself. What changed in it is put back there, where
    /// that one is looked at, too, and stays.
    fn add_parts(&mut self, baseline: &Baseline, options: Options<'_>) -> Result<(), Error> {
        let Some(snapshot) = baseline.snapshot() else { return Ok(()) };
        let scopes = self.items.iter().map(|item| item.address.scope.clone()).collect::<BTreeSet<_>>();
        let parts = Parts::find(snapshot, options.kinds, &scopes.iter().collect())?;
        let inner: Vec<(Address, (Address, &'static str))> = self
            .items
            .iter()
            .filter_map(|item| Some((item.address.clone(), parts.whole(&item.address)?.clone())))
            .collect();
        for (address, (whole, why)) in inner {
            let part = self.items.iter().find(|item| item.address == address);
            let Some(names) = part.filter(|part| part.live.is_some() && part.target.is_some()).map(Item::drifted)
            else {
                self.give_up(&address, format!("it {why}"));
                continue;
            };
            if !self.items.iter().any(|item| item.address == whole) {
                let is_left = self.stays.iter().any(|stays| stays.address == whole);
                let kind = options.kinds.get(whole.kind.as_str()).filter(|kind| kind.terraform.is_some());
                match (kind, baseline.resource(&whole)?) {
                    (Some(kind), Some(resource)) if !is_left && options.targets.matches(&whole) => {
                        self.items.push(Item::as_it_was(whole.clone(), kind, resource));
                    }
                    _ => {}
                }
            }
            let found = self.items.iter_mut().find(|item| item.address == whole);
            if let Some(item) = found.filter(|item| item.live.is_some() && item.target.is_some()) {
                item.inner.extend(names);
                let part = self.items.iter_mut().find(|item| item.address == address);
                part.expect("it was found before").whole = Some((whole, why));
            } else {
                self.give_up(&address, format!("it {why}"));
            }
        }
        for item in &mut self.items {
            item.parts = parts.read(snapshot, &item.address)?;
        }
        Ok(())
    }

    /// Takes out what is in no restore point, but is what an earlier restore created anew: the
    /// state knows it under the name of what is gone.
    pub fn spare(&mut self, anew: &BTreeMap<Address, Known>) {
        let succeeds = |address: &Address, live: Option<&Resource>| {
            let is_it = |(old, known): (&Address, &Known)| {
                old.kind == address.kind && old.scope == address.scope && live.is_some_and(|live| known.is(live))
            };
            anew.iter().any(is_it)
        };
        self.items.retain(|item| item.target.is_some() || !succeeds(&item.address, item.live.as_ref()));
        self.alone.retain(|drift| !succeeds(&drift.address, drift.after.as_ref()));
    }

    /// Compares anew where what is gone has a successor, which an earlier restore created: whoever names that one names the
    /// right one.
    pub fn succeed(&mut self, anew: &BTreeMap<Address, Known>) {
        let renamed: Vec<(String, String)> = self
            .items
            .iter()
            .filter_map(|item| Some((item.target.as_ref()?, anew.get(&item.address)?)))
            .flat_map(|(old, new)| {
                [Some(old.id.clone()).zip(new.id.clone()), old.arn.clone().zip(new.arn.clone())].into_iter().flatten()
            })
            .collect();
        self.items.retain_mut(|item| {
            let (Some(target), Some(live), Some(drift)) = (&mut item.target, &item.live, &mut item.drift) else {
                return true;
            };
            target.attributes.values_mut().for_each(|value| rename(value, &renamed));
            let compared =
                ResourceDrift::compare(Some(item.kind), &item.address, Some(target.clone()), Some(live.clone()));
            // What AWS gives anew comes with the successor.
            let rest = compared.filter(|rest| !rest.changes.iter().all(|it| says_nothing(Some(item.kind), it)));
            drift.changes = rest.map(|rest| rest.changes).unwrap_or_default();
            !drift.changes.is_empty()
        });
    }

    /// Takes out a resource that Terraform could not be told of.
    pub fn give_up(&mut self, address: &Address, why: String) {
        let count = self.items.len();
        self.items.retain(|item| item.address != *address);
        if self.items.len() == count {
            return;
        }
        // What is written in it goes with it.
        let is_inner = |item: &&Item| item.whole.as_ref().is_some_and(|(whole, _)| whole == address);
        let inner: Vec<Address> = self.items.iter().filter(is_inner).map(|item| item.address.clone()).collect();
        for part in inner {
            self.give_up(&part, why.clone());
        }
        self.stay(address, why);
    }

    /// As everything is that lives, and what is to be created anew, for its name.
    pub fn as_it_is(&self) -> Vec<Chosen<'_>> {
        self.items.iter().filter_map(|item| item.chosen(item.live.as_ref().or(item.target.as_ref())?)).collect()
    }

    /// As everything should be.
    pub fn as_it_should_be(&self) -> Vec<Chosen<'_>> {
        self.items.iter().filter_map(|item| item.chosen(item.target.as_ref()?)).collect()
    }
}

impl Item {
    fn new(
        address: Address,
        kind: &'static Descriptor,
        live: Option<Resource>,
        target: Option<Resource>,
        drift: Option<ResourceDrift>,
    ) -> Self {
        Self { address, kind, live, target, parts: Vec::new(), drift, whole: None, inner: BTreeSet::new() }
    }

    /// One that did not drift.
    fn as_it_was(address: Address, kind: &'static Descriptor, resource: Resource) -> Self {
        Self::new(address, kind, Some(resource.clone()), Some(resource), None)
    }

    /// `None`: it is written in another one.
    fn chosen<'c>(&'c self, written: &'c Resource) -> Option<Chosen<'c>> {
        if self.whole.is_some() {
            return None;
        }
        let named_by = self.drift.as_ref().and_then(|drift| drift.before.as_ref()).or(self.target.as_ref());
        Some(Chosen {
            address: &self.address,
            kind: self.kind,
            named_by: named_by.or(self.live.as_ref())?,
            written,
            parts: &self.parts,
            lives: self.live.is_some(),
            explicit: self.drifted().union(&self.inner).cloned().collect(),
        })
    }

    /// Names of the attributes that drifted.
    fn drifted(&self) -> BTreeSet<String> {
        let changes = self.drift.iter().flat_map(|drift| &drift.changes);
        changes
            .filter_map(|change| match change.path.0.as_slice() {
                [Segment::Member(root), Segment::Member(name), ..] if root == "attributes" => Some(name.clone()),
                _ => None,
            })
            .collect()
    }
}

/// What a resource should be: the restore point's, except where a rule ignores the drift. `None` if that cannot be told.
fn target(kind: &'static Descriptor, drift: &ResourceDrift) -> Option<Resource> {
    let (before, after) = (drift.before.as_ref()?, drift.after.as_ref()?);
    let all = diff(Some(kind), before, after);
    let ignored: Vec<_> = all.iter().filter(|change| !drift.changes.contains(change)).collect();
    if ignored.is_empty() { Some(before.clone()) } else { apply(Some(kind), before, after, &ignored).ok() }
}

/// Whether AWS gave it, so that what is created anew has another: an ARN, or a word, a dash and hexadecimal digits.
fn is_given(value: &str) -> bool {
    let digits = value.rsplit_once('-').map(|(_, digits)| digits).unwrap_or_default();
    value.starts_with("arn:") || (digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
