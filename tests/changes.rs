//! Console changes: what somebody clicks in an emulated account is shown exactly once, on the right attribute, and
//! nothing else is shown.
//!
//! The changes stand in `tests/changes/<service>.py`, each with what must be shown for it; `tests/seed/<service>.py`
//! makes the account.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::harness::{Change, Driver, Emulator, Place, python};

/// How many changes are made between two plans. They never meet on one attribute; `DRIFTLINE_TEST_BATCH=1` makes
/// each change alone.
const BATCH: usize = 32;
/// The fewest changes that an emulator is put through, so that no list is lost unnoticed.
const FEWEST: usize = 60;

#[test]
fn on_moto() {
    if let (Some(python), Some(emulator)) = (python(), Emulator::moto()) {
        check(&python, &emulator);
    }
}

#[test]
fn on_ministack() {
    if let (Some(python), Some(emulator)) = (python(), Emulator::ministack()) {
        check(&python, &emulator);
    }
}

fn check(python: &std::path::Path, emulator: &Emulator) {
    let chosen = crate::harness::variable("DRIFTLINE_TEST_SERVICES").map(|list| list.display().to_string());
    let services: Vec<&str> = chosen.iter().flat_map(|list| list.split(',')).collect();
    let mut driver = Driver::start(python, emulator, &services);
    driver.seed();
    let place = Place::reading(&emulator.url(), "test");
    place.configure("regions = [\"us-east-1\", \"eu-west-1\"]\n");
    place.driftline(&["import"]).ok();

    let batch = crate::harness::variable("DRIFTLINE_TEST_BATCH");
    let batch = batch.and_then(|size| size.display().to_string().parse().ok()).unwrap_or(BATCH);
    let mut wrong = Vec::new();
    let mut made = 0;
    loop {
        let changes = driver.change(batch);
        if changes.is_empty() {
            break;
        }
        made += changes.len();
        if let Err(message) = one_round(&place, emulator, &changes) {
            wrong.push(message);
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of the rounds on {} went wrong:\n\n{}",
        wrong.len(),
        emulator.name,
        wrong.join("\n\n")
    );
    assert!(made >= FEWEST || !services.is_empty(), "only {made} changes were made");
    place.check_repository();
}

/// Plans, compares, and imports so that the next round starts from here.
fn one_round(place: &Place, emulator: &Emulator, changes: &[Change]) -> Result<(), String> {
    let is_seen = changes.iter().any(|change| !change.expect.is_empty());
    // Emulators lack some operations: what they do not answer is a gap, never drift.
    let code = if is_seen { 2 } else { 3 };
    let path = place.repo().join(".git/plan.json");
    let out = path.to_str().expect("a path in UTF-8");
    // Two restore points do not say who did it: the diff below is compared with a plan that does not, either.
    let text = place.driftline(&["plan", "--no-attribution", "--detailed-exitcode", "--out", out]);
    let plan = std::fs::read(&path).map_err(|error| format!("no plan: {error}\n{}", text.stderr))?;
    let plan: Value = serde_json::from_slice(&plan).expect("the plan's file is JSON");
    let (shown, expected) = (shown(&plan), expected(changes));
    place.driftline(&["import", "--allow-mass-removal"]).ok();
    let told = |set: BTreeSet<&String>| set.into_iter().map(|line| format!("\n    {line}")).collect::<String>();
    if shown != expected {
        let (shown, expected) = (shown.iter().collect::<BTreeSet<_>>(), expected.iter().collect::<BTreeSet<_>>());
        let names: String = changes.iter().map(|change| format!("\n    {}", change.name)).collect();
        return Err(format!(
            "after these changes on {}:{names}\n  missing:{}\n  shown although nobody did it:{}\n{}",
            emulator.name,
            told(expected.difference(&shown).copied().collect()),
            told(shown.difference(&expected).copied().collect()),
            text.stdout,
        ));
    }
    if !matches!(text.code, Some(seen) if seen == code || (seen == 0 && !is_seen)) {
        return Err(format!("plan ended with {:?} instead of {code}", text.code));
    }
    // The same again between two restore points, and once in the text.
    if is_seen {
        let diff = place.driftline(&["diff", "HEAD~1", "--json"]).ok().json();
        if diff["resource_drift"] != plan["resource_drift"] {
            return Err(format!("diff of the restore points differs from the plan:\n{diff:#}\n{plan:#}"));
        }
    }
    for drift in plan["resource_drift"].as_array().into_iter().flatten() {
        let address = drift["address"].as_str().unwrap_or_default();
        let is_heading = |line: &&str| line.get(4..).is_some_and(|rest| rest.split(' ').next() == Some(address));
        let headings = text.stdout.lines().filter(is_heading).count();
        if headings != 1 {
            return Err(format!("{address} stands {headings} times in\n{}", text.stdout));
        }
    }
    Ok(())
}

/// A line for each attribute that must be shown, or each resource that came or went.
fn expected(changes: &[Change]) -> Vec<String> {
    let mut lines = Vec::new();
    for (drift, kind, id, attributes) in changes.iter().flat_map(|change| &change.expect) {
        match drift.as_str() {
            "changed" => lines.extend(attributes.iter().map(|attribute| format!("changed {kind}/{id} {attribute}"))),
            drift => lines.push(format!("{drift} {kind}/{id}")),
        }
    }
    lines.sort();
    lines
}

/// The same of a plan.
pub(crate) fn shown(plan: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for resource in plan["resource_drift"].as_array().expect("drift is a list") {
        let name =
            format!("{}/{}", resource["type"].as_str().expect("a kind"), resource["name"].as_str().expect("an id"));
        match resource["driftline"]["drift"].as_str().expect("a drift") {
            "changed" => lines.extend(
                differing(&resource["change"]["before"], &resource["change"]["after"])
                    .into_iter()
                    .map(|attribute| format!("changed {name} {attribute}")),
            ),
            drift => lines.push(format!("{drift} {name}")),
        }
    }
    lines.sort();
    lines
}

/// The top-level attributes in which two states of a resource differ; `tags` for tags, and whatever else differs.
fn differing(before: &Value, after: &Value) -> BTreeSet<String> {
    fn members(value: &Value) -> BTreeMap<&str, &Value> {
        value.as_object().into_iter().flatten().map(|(name, member)| (name.as_str(), member)).collect()
    }
    let differ = |before: &Value, after: &Value| -> BTreeSet<String> {
        let (before, after) = (members(before), members(after));
        let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
        names.into_iter().filter(|name| before.get(name) != after.get(name)).map(str::to_owned).collect()
    };
    let mut names = differ(&before["attributes"], &after["attributes"]);
    names.extend(differ(before, after).into_iter().filter(|name| name != "attributes"));
    names
}
