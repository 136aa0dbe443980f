//! What holds for every kind, tried on every kind: the demo account read through the real provider while the endpoint
//! pages, shuffles, denies, throttles, breaks, and loses things between a list and its details.
//!
//! Adding a kind needs no line here. It needs resources in the demo account (`providers/sim/accounts/demo`) that have
//! everything the kind's rules speak of.

mod bench;
mod generated;
mod golden;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use driftline::store::Oid;
use driftline_api::{Address, Descriptor, Rule, Status, Under};
use driftline_aws::{action_of, descriptors};
use driftline_sim::{Fault, Rule as On};

use bench::{ATTEMPTS, Bench, Outcome, every_kind};

#[test]
fn every_kind_is_in_the_demo_account() {
    let bench = Bench::new();
    assert_eq!(bench.gaps(), [""; 0]);
    let missing: Vec<&str> =
        descriptors().iter().filter(|kind| bench.known(kind).is_empty()).map(|kind| kind.name).collect();
    assert!(missing.is_empty(), "no resources of {missing:?}");
}

#[test]
fn pages_of_one_item_hold_what_large_pages_hold() {
    every_kind(|bench, kind, faults| {
        bench.sim.page_size(1);
        faults.extend(bench.scan(kind).unlike(&bench.known(kind)));
    });
}

#[test]
fn the_order_of_answers_means_nothing() {
    every_kind(|bench, kind, faults| {
        for seed in 1..=3 {
            bench.sim.shuffle(seed, &ordered(kind));
            faults.extend(bench.scan(kind).unlike(&bench.known(kind)));
        }
    });
}

/// The lists of a kind's answers whose order its rules keep.
pub(crate) fn ordered(kind: &Descriptor) -> Vec<(String, String)> {
    let mut ordered = Vec::new();
    for rule in kind.rules.iter().filter(|rule| matches!(rule, Rule::Sequence { .. })) {
        for source in kind.sources {
            if let Some(below) = rule.path().strip_prefix(source.at).filter(|below| below.starts_with('/')) {
                ordered.push((source.operation.to_owned(), format!("{}{below}", source.member)));
            } else if rule.path() == source.at {
                ordered.push((source.operation.to_owned(), source.member.to_owned()));
            }
        }
    }
    ordered
}

#[test]
fn what_is_denied_costs_exactly_that() {
    every_kind(|bench, kind, faults| {
        let (known, operations) = (bench.known(kind), operations(bench, kind));
        for operation in &operations {
            bench.only(On::new(Fault::Deny).on(operation));
            let outcome = bench.scan(kind);
            faults.extend(is_gap(bench, &known, &operations, operation, Status::Denied, &outcome));
        }
        bench.sim.faults().clear();
        faults.extend(rules::idle_actions(bench, kind));
    });
}

#[test]
fn what_is_denied_for_one_resource_costs_that_one() {
    every_kind(|bench, kind, faults| {
        let known = bench.known(kind);
        for (chosen, name) in named(&known) {
            let family = family(&known, &chosen);
            for operation in operations_on(bench, kind, &family) {
                let fault = bench.only(On::new(Fault::Deny).on(&operation).with(&name));
                let outcome = bench.scan_of(&[kind], &family.keys().collect::<Vec<_>>());
                if bench.sim.faults().hits(fault) == 0 {
                    continue;
                }
                let tell = |fault: String| format!("{operation} denied for {name}: {fault}");
                faults.extend(outcome.drift().into_iter().map(tell));
                faults.extend(outcome.others(&family, |it| !outcome.coverage.covers(it)).into_iter().map(tell));
                for gap in outcome.coverage.gaps() {
                    let is_chosen = gap.item.is_some_and(|item| match &item.under {
                        Under::Id(id) => is_of(id, &chosen, &name),
                        Under::Parent(parent) => parent.contains(&name) || chosen.id.starts_with(&format!("{parent}/")),
                        Under::Kind => false,
                    });
                    // A kind that an account has once is that one resource.
                    let is_chosen = is_chosen || known.len() == 1;
                    if !is_chosen || gap.status != Status::Denied {
                        faults.push(tell(format!("costs {gap}")));
                    }
                }
            }
        }
    });
}

#[test]
fn throttled_calls_are_made_again() {
    every_kind(|bench, kind, faults| {
        let operations = operations(bench, kind);
        bench.first(&operations, &Fault::Throttle, u64::from(ATTEMPTS) - 1);
        let outcome = bench.scan(kind);
        faults.extend(outcome.unlike(&bench.known(kind)));
        let expected = u64::try_from(operations.len()).unwrap_or_default();
        if outcome.stats.throttles < expected || outcome.stats.retries < expected {
            faults.push(format!("uncounted throttles: {:?}", outcome.stats));
        }
        let few = few(&bench.known(kind));
        let operations = operations_on(bench, kind, &few);
        for operation in &operations {
            bench.only(On::new(Fault::Throttle).on(operation));
            let outcome = bench.scan_of(&[kind], &few.keys().collect::<Vec<_>>());
            faults.extend(is_gap(bench, &few, &operations, operation, Status::Throttled, &outcome));
        }
    });
}

#[test]
fn answers_that_are_broken_are_asked_for_again() {
    every_kind(|bench, kind, faults| {
        let operations = operations(bench, kind);
        for fault in [Fault::Fail(500), Fault::Fail(503), Fault::Reset, Fault::Cut, Fault::Truncate, Fault::Garbage] {
            bench.first(&operations, &fault, 1);
            let told = bench.scan(kind).unlike(&bench.known(kind)).into_iter();
            faults.extend(told.map(|it| format!("{fault:?} once: {it}")));
        }
        let few = few(&bench.known(kind));
        let operations = operations_on(bench, kind, &few);
        for operation in &operations {
            for fault in [Fault::Fail(500), Fault::Garbage] {
                bench.only(On::new(fault.clone()).on(operation));
                let outcome = bench.scan_of(&[kind], &few.keys().collect::<Vec<_>>());
                let told = is_gap(bench, &few, &operations, operation, Status::Failed, &outcome).into_iter();
                faults.extend(told.map(|it| format!("{fault:?} for ever: {it}")));
            }
        }
    });
}

#[test]
fn lists_that_never_end_are_given_up() {
    every_kind(|bench, kind, faults| {
        bench.sim.page_size(1);
        let operations = operations(bench, kind);
        for operation in &operations {
            bench.only(On::new(Fault::RepeatToken).on(operation));
            let outcome = bench.scan(kind);
            if outcome.coverage.is_complete() {
                // It is no list.
                faults.extend(outcome.unlike(&bench.known(kind)));
            } else {
                faults.extend(is_gap(bench, &bench.known(kind), &operations, operation, Status::Failed, &outcome));
            }
        }
    });
}

#[test]
fn what_vanishes_between_list_and_detail_is_absent() {
    let hits = std::sync::atomic::AtomicU64::new(0);
    every_kind(|bench, kind, faults| {
        let known = bench.known(kind);
        for (chosen, name) in named(&known) {
            let family = family(&known, &chosen);
            let of_chosen = |address: &Address| address.id == chosen.id || is_of(&address.id, &chosen, &name);
            // One call after the other finds it gone, and then all of them do.
            let mut all = operations_on(bench, kind, &family).into_iter().map(Some).collect::<Vec<_>>();
            all.push(None);
            for operation in all {
                let rule = On::new(Fault::Vanish).with(&name);
                let fault = bench.only(match &operation {
                    Some(operation) => rule.on(operation),
                    None => rule,
                });
                let outcome = bench.scan_of(&[kind], &family.keys().collect::<Vec<_>>());
                if bench.sim.faults().hits(fault) == 0 {
                    continue;
                }
                hits.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let when = operation.as_deref().unwrap_or("every call");
                let tell = |fault: String| format!("{name} is gone for {when}: {fault}");
                faults.extend(outcome.coverage.gaps().map(|gap| tell(format!("costs {gap}"))));
                faults.extend(outcome.others(&family, of_chosen).into_iter().map(tell));
                if operation.is_none() && outcome.resources.contains_key(&chosen) {
                    faults.push(tell(format!("{chosen} is still there")));
                }
                if let Some(found) = outcome.differing.get(&chosen) {
                    let before = bench.resource(&chosen);
                    let strange =
                        found.attributes.iter().find(|(name, value)| before.attributes.get(*name) != Some(value));
                    if let Some((attribute, value)) = strange {
                        faults.push(tell(format!("{chosen} has a new {attribute}: {value}")));
                    }
                }
            }
        }
    });
    let hits = hits.into_inner();
    assert!(hits > 50, "only {hits} calls found something gone");
}

#[test]
fn a_denied_service_costs_no_other() {
    let bench = Bench::new();
    let services: BTreeSet<&str> = descriptors().iter().map(|kind| kind.service()).collect();
    for denied in services {
        bench.only(On::new(Fault::Deny).on(denied));
        let outcome = bench.scan_of(&descriptors(), &[]);
        assert_eq!(outcome.drift(), [""; 0]);
        for kind in descriptors() {
            // Elastic Load Balancing answers for two generations, and S3's account settings have an API of their own.
            if kind.service() != denied {
                let gaps: Vec<String> =
                    outcome.coverage.gaps().filter(|gap| gap.kind == kind.name).map(|gap| gap.to_string()).collect();
                assert_eq!(gaps, [""; 0], "{denied} is denied");
            }
        }
    }
}

/// What a kind calls when all goes well.
fn operations(bench: &Bench, kind: &'static Descriptor) -> BTreeSet<String> {
    operations_on(bench, kind, &BTreeMap::new())
}

/// The same for some resources only.
fn operations_on(bench: &Bench, kind: &'static Descriptor, only: &BTreeMap<Address, Oid>) -> BTreeSet<String> {
    bench.sim.faults().clear();
    bench.sim.reset_stats();
    bench.scan_of(&[kind], &only.keys().collect::<Vec<_>>());
    bench.called()
}

/// What is wrong with an outcome in which one operation was never answered: there must be gaps, all of this status and
/// because of this operation; everything else must be as it was, and nothing may seem to have changed.
fn is_gap(
    bench: &Bench,
    known: &BTreeMap<Address, Oid>,
    operations: &BTreeSet<String>,
    operation: &str,
    status: Status,
    outcome: &Outcome,
) -> Vec<String> {
    let mut faults = outcome.drift();
    let mut gaps = 0;
    // Who is denied something has to hear which permission is missing.
    let action = action_of(operation).filter(|_| status == Status::Denied);
    let culprit = action.as_deref().unwrap_or(operation);
    for gap in outcome.coverage.gaps() {
        gaps += 1;
        if gap.status != status || gap.cause.is_none_or(|cause| cause.operation != culprit) {
            faults.push(format!("an unexpected gap: {gap}"));
        }
    }
    // Another call may have stood in.
    if gaps == 0 && bench.called().is_subset(operations) {
        faults.push("it is told nowhere".to_owned());
    }
    faults.extend(outcome.others(known, |address| !outcome.coverage.covers(address)));
    faults.into_iter().map(|fault| format!("without {operation}: {fault}")).collect()
}

/// A resource, and a text by which calls name it and no other resource of the kind: where it has one, and for children
/// a text by which calls name the parent.
fn named(known: &BTreeMap<Address, Oid>) -> Vec<(Address, String)> {
    let mut named = Vec::new();
    let unique = |address: &Address, text: &str| {
        known.keys().filter(|other| other.id != address.id).all(|other| !other.id.contains(text))
    };
    let last = |address: &Address| address.id.rsplit('/').next().unwrap_or_default().to_owned();
    if let Some(address) = known.keys().find(|address| unique(address, &last(address))) {
        named.push((address.clone(), format!("{}\"", last(address))));
    }
    let first = |address: &Address| address.id.split_once('/').map(|(first, _)| first.to_owned());
    if let Some((address, parent)) = known.keys().find_map(|address| Some((address, first(address)?))) {
        named.push((address.clone(), parent));
    }
    named
}

/// Whether an id is that of the chosen resource, or of a sibling under the parent by which it is named.
fn is_of(id: &str, chosen: &Address, name: &str) -> bool {
    id == chosen.id || id.starts_with(&format!("{name}/"))
}

/// The chosen resource, its siblings, and a few others: enough to see whether they suffer.
fn family(known: &BTreeMap<Address, Oid>, chosen: &Address) -> BTreeMap<Address, Oid> {
    let chosen = known.iter().filter(|(address, _)| address.id == chosen.id);
    few(known).into_iter().chain(chosen.map(|(address, blob)| (address.clone(), *blob))).collect()
}

fn few(known: &BTreeMap<Address, Oid>) -> BTreeMap<Address, Oid> {
    let some = known.iter().take(2).chain(known.iter().next_back());
    some.map(|(address, blob)| (address.clone(), *blob)).collect()
}
