//! Which units go into one commit.

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::{Actor, Rule};
use serde_json::Value;

use super::{GroupBy, Kinds, Unit, origins};
use crate::Resource;
use crate::attribution::Origin;
use crate::plan::{Drift, Plan, ResourceDrift};
use crate::render;
use crate::store::Author;

/// So many commits of one actor, of one kind in one scope, can be reviewed. More of them are one piece of work (a tag on
/// everything, a fleet that went), and each commit writes its folder anew: of 10,000 files one by one, a gigabyte.
const MOST: usize = 50;

/// Units that become one commit, in the plan's order.
pub(super) struct Group<'p> {
    pub(super) units: Vec<Unit>,
    /// Every recorded write behind them, oldest first, each once.
    pub(super) origins: Vec<&'p Origin>,
    /// Something in it has nobody who can be named.
    pub(super) has_unknown: bool,
}

impl Group<'_> {
    /// The one actor behind everything.
    pub(super) fn actor(&self) -> Option<&Actor> {
        let last = self.origins.last()?;
        (!self.has_unknown && self.origins.iter().all(|origin| origin.actor == last.actor)).then_some(&last.actor)
    }

    /// The one actor as the author of a commit. People who are no e-mail address get one in a domain that cannot exist
    /// (RFC 2606): a `.mailmap` gives them their own.
    pub(super) fn author(&self) -> Option<Author> {
        let actor = self.actor()?;
        let at = self.origins.last()?.at;
        let is_address = actor.name.contains('@') && !actor.name.contains(char::is_whitespace);
        let email = if is_address {
            render::printable(&actor.name)
        } else {
            let local: String = actor.name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
            match &actor.account {
                Some(account) => format!("{local}@{account}.aws.invalid"),
                None => format!("{local}@aws.invalid"),
            }
        };
        Some(Author { name: render::printable(&actor.name), email, at })
    }
}

/// The chosen units in groups, in the order of the commits.
pub(super) fn groups<'p>(plan: &'p Plan, kinds: &Kinds, chosen: &[Unit], by: GroupBy) -> Vec<Group<'p>> {
    let mut chosen = chosen.to_vec();
    chosen.sort();
    chosen.dedup();
    let mut sets = Sets((0..chosen.len()).collect());
    let address = |unit: &Unit| &plan.drift[unit.resource].address;
    match by {
        GroupBy::None => sets.join_by(&chosen, |_| Some(())),
        GroupBy::Resource => sets.join_by(&chosen, |unit| Some(unit.resource)),
        GroupBy::Service => sets.join_by(&chosen, |unit| {
            let address = address(unit);
            Some((&address.scope, address.kind.split('/').next()))
        }),
        GroupBy::Actor => {
            let newest = |unit: &Unit| origins(plan, unit).first().copied();
            let actor = |unit: &Unit| newest(unit).map(|origin| &origin.actor);
            sets.join_by(&chosen, |unit| Some((actor(unit), unit.resource)));
            sets.join_by(&chosen, |unit| newest(unit).map(|origin| (&origin.actor, &origin.event_id)));
            let mut units: BTreeMap<(Option<&Actor>, usize), usize> = BTreeMap::new();
            for (index, unit) in chosen.iter().enumerate() {
                units.entry((actor(unit), unit.resource)).or_insert(index);
            }
            let related = relations(plan, kinds, &chosen.iter().map(|unit| unit.resource).collect());
            for (&(actor, resource), &index) in &units {
                for other in related.get(&resource).into_iter().flatten() {
                    if let Some(other) = units.get(&(actor, *other)) {
                        sets.join(index, *other);
                    }
                }
            }
            let alike = |unit: &Unit| (actor(unit), &address(unit).scope, &address(unit).kind);
            sets.join_many(&chosen, alike);
        }
    }
    let mut members: BTreeMap<usize, Vec<Unit>> = BTreeMap::new();
    for (index, unit) in chosen.into_iter().enumerate() {
        members.entry(sets.root(index)).or_default().push(unit);
    }
    let mut groups: Vec<Group> = members.into_values().map(|units| group(plan, units)).collect();
    // What came first comes first, so that the last commit that touches a line is by who touched it last.
    let when = |group: &Group| (group.origins.first().map_or(i64::MAX, |origin| origin.at), group.units[0].clone());
    groups.sort_by_cached_key(when);
    groups
}

fn group(plan: &Plan, units: Vec<Unit>) -> Group<'_> {
    let behind: Vec<Vec<&Origin>> = units.iter().map(|unit| origins(plan, unit)).collect();
    let has_unknown = behind.iter().any(Vec::is_empty);
    let mut origins: Vec<&Origin> = behind.into_iter().flatten().collect();
    origins.sort_by_key(|origin| (origin.at, origin.event_id.clone()));
    origins.dedup_by_key(|origin| origin.event_id.clone());
    Group { units, origins, has_unknown }
}

/// Resources that came or went with each other: at least one of the two is whole, and one lies in the other or refers
/// to it.
fn relations(plan: &Plan, kinds: &Kinds, resources: &BTreeSet<usize>) -> BTreeMap<usize, Vec<usize>> {
    let mut by_name: BTreeMap<(&str, &str, &str), Vec<usize>> = BTreeMap::new();
    for &index in resources {
        let ResourceDrift { address, kind, arn, .. } = &plan.drift[index];
        for name in [Some(address.id.as_str()), arn.as_deref()].into_iter().flatten() {
            by_name.entry((&address.scope.account, kind, name)).or_default().push(index);
        }
    }
    let mut related: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &index in resources {
        let one = &plan.drift[index];
        let account = one.address.scope.account.as_str();
        let mut others: Vec<usize> = Vec::new();
        for rule in kinds.get(one.kind.as_str()).map_or(&[][..], |descriptor| descriptor.rules) {
            if let Rule::Reference { path, kind } = rule {
                let steps: Vec<&str> = path.split('/').skip(1).collect();
                let texts = [&one.before, &one.after].into_iter().flatten().flat_map(|side| texts(side, &steps));
                others.extend(texts.filter_map(|text| by_name.get(&(account, kind, text))).flatten());
            }
        }
        let service = one.kind.split('/').next();
        for (end, _) in one.address.id.match_indices('/') {
            let outer = kinds.keys().filter(|kind| kind.split('/').next() == service);
            others.extend(outer.filter_map(|kind| by_name.get(&(account, kind, &one.address.id[..end]))).flatten());
        }
        let whole = |index: usize| plan.drift[index].drift != Drift::Changed;
        others.retain(|other| *other != index && (whole(index) || whole(*other)));
        related.entry(index).or_default().extend(others);
    }
    related
}

/// The texts at a rule's path.
fn texts<'r>(resource: &'r Resource, steps: &[&str]) -> Vec<&'r str> {
    let Some((first, rest)) = steps.split_first() else { return Vec::new() };
    let mut values: Vec<&Value> = resource.attributes.get(*first).into_iter().collect();
    for step in rest {
        values = values
            .into_iter()
            .flat_map(|value| match value {
                Value::Array(elements) if *step == "*" => elements.iter().collect::<Vec<_>>(),
                Value::Object(members) if *step == "*" => members.values().collect(),
                value => value.get(step).into_iter().collect(),
            })
            .collect();
    }
    values.into_iter().filter_map(Value::as_str).collect()
}

/// Disjoint sets of indices.
struct Sets(Vec<usize>);

impl Sets {
    /// Joins the units that have the same key; those without any stay alone.
    fn join_by<K: Ord>(&mut self, units: &[Unit], key: impl Fn(&Unit) -> Option<K>) {
        let mut first: BTreeMap<K, usize> = BTreeMap::new();
        for (index, unit) in units.iter().enumerate() {
            if let Some(key) = key(unit) {
                self.join(*first.entry(key).or_insert(index), index);
            }
        }
    }

    /// Joins the sets of units that have the same key, where there are more than [`MOST`] of them.
    fn join_many<K: Ord>(&mut self, units: &[Unit], key: impl Fn(&Unit) -> K) {
        let mut roots: BTreeMap<K, BTreeSet<usize>> = BTreeMap::new();
        for (index, unit) in units.iter().enumerate() {
            roots.entry(key(unit)).or_default().insert(self.root(index));
        }
        for many in roots.into_values().filter(|roots| roots.len() > MOST) {
            let first = *many.first().expect("more than none");
            for root in many {
                self.join(first, root);
            }
        }
    }

    fn root(&mut self, mut index: usize) -> usize {
        while self.0[index] != index {
            self.0[index] = self.0[self.0[index]];
            index = self.0[index];
        }
        index
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }
}
