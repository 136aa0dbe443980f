//! Every write of the services that are read is decided: which kinds are read again after it.

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::Rereads;
use driftline_aws::{descriptors, rereads};

use crate::writes::{NAMED_OTHERWISE, operations};

/// Operations that only read: CloudTrail's records of them say so.
fn only_reads(name: &str) -> bool {
    ["BatchGet", "Describe", "Get", "List"].iter().any(|verb| name.starts_with(verb))
}

/// All writes that kinds list, by source.
fn listed() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut listed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for event in descriptors().iter().flat_map(|kind| kind.writes).flat_map(|write| write.events) {
        let (source, name) = event.split_once(':').expect("an event has a source");
        listed.entry(source).or_default().insert(name);
    }
    listed
}

fn along(rereads: &Rereads) -> BTreeSet<&'static str> {
    rereads.along.iter().flat_map(|(events, ..)| events.iter().copied()).collect()
}

/// What no table knows means that all kinds of the service are read again: that is for what AWS adds later.
#[test]
fn every_write_of_a_service_that_is_read_is_decided() {
    let (operations, listed) = (operations(), listed());
    let mut undecided = Vec::new();
    for rereads in rereads().into_iter().filter(|rereads| !rereads.services.is_empty()) {
        let along = along(rereads);
        for name in operations[rereads.source].iter().filter(|name| !only_reads(name)) {
            let name = name.as_str();
            let known = listed.get(rereads.source).is_some_and(|names| names.contains(name));
            if !(known || along.contains(name) || rereads.nothing(name).is_some()) {
                undecided.push(format!("{}:{name}", rereads.source));
            }
        }
    }
    assert!(undecided.is_empty(), "which kinds are read again after these? {undecided:#?}");
}

#[test]
fn every_service_that_is_read_has_a_table() {
    let tables = rereads();
    for kind in descriptors() {
        let of = tables.iter().filter(|rereads| rereads.services.contains(&kind.service())).count();
        assert_eq!(of, 1, "{}", kind.name);
    }
}

#[test]
fn what_is_said_of_writes_is_about_some() {
    let (operations, listed) = (operations(), listed());
    let mut idle = Vec::new();
    for rereads in rereads() {
        let source = rereads.source;
        let events = &listed[source];
        let exists = |name: &str| {
            let otherwise = NAMED_OTHERWISE.iter().any(|(event, _)| *event == format!("{source}:{name}"));
            otherwise || operations[source].contains(name)
        };
        let along = along(rereads);
        for (kind, names) in rereads.alone {
            let writes: BTreeSet<&str> = descriptors()
                .iter()
                .filter(|known| known.name == *kind)
                .flat_map(|kind| kind.writes)
                .flat_map(|write| write.events.iter().copied())
                .collect();
            let of_kind = |name: &str| writes.contains(format!("{source}:{name}").as_str());
            idle.extend(
                names.iter().filter(|name| **name != "*" && !of_kind(name)).map(|name| format!("{kind} {name}")),
            );
            if writes.is_empty() {
                idle.push((*kind).to_owned());
            }
        }
        idle.extend(rereads.naming.iter().filter(|name| !events.contains(*name)).map(|name| format!("naming {name}")));
        for (names, kinds, _) in rereads.along {
            idle.extend(names.iter().filter(|name| !exists(name)).map(|name| format!("along {name}")));
            let known = |kind: &&str| *kind == "*" || descriptors().iter().any(|known| known.name == *kind);
            idle.extend(kinds.iter().filter(|kind| !known(kind)).map(|kind| format!("along {kind}")));
        }
        let told = |name: &str| events.contains(name) || along.contains(name);
        idle.extend(rereads.everywhere.iter().filter(|name| !told(name)).map(|name| format!("everywhere {name}")));
        let undecided = operations[source].iter().filter(|name| !told(name));
        let used: BTreeSet<&str> = undecided.filter_map(|name| rereads.nothing(name)).collect();
        let patterns = rereads.nothing.iter().flat_map(|(_, names)| names.split_whitespace());
        idle.extend(patterns.filter(|pattern| !used.contains(pattern)).map(|pattern| format!("nothing {pattern}")));
    }
    assert!(idle.is_empty(), "these stand for nothing: {idle:#?}");
}
