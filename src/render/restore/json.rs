//! A restore for machines: what would be done, and after it was done, how it ended.
//!
//! Changes go from what is to what should be, except under `outcome`, where they say what is left, as a plan does. Paths
//! lead into a resource's snapshot file. Equal restores have equal bytes.

use std::io::{self, Write};

use driftline_api::Address;
use serde_json::{Value, json};

use crate::plan::{Against, ResourceDrift};
use crate::render::json::ChangeFile;
use crate::restore::{Beyond, Operation, Outcome, Proposal, Stays, Step};

/// The version of the form. It goes up when a reader of the old one would misread the new one.
const FORMAT: u64 = 1;

/// Writes a restore as pretty JSON with sorted keys and a final newline. `is_complete`: everything could be read.
/// `outcome`: how it ended, where it was done.
pub fn json(
    proposal: &Proposal,
    outcome: Option<&Outcome>,
    against: &Against,
    is_complete: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Proposal { back, anew, removed, beyond, stays, alone, already } = proposal;
    let mut file = json!({
        "format": FORMAT,
        "against": against,
        "complete": is_complete,
        "applied": outcome.is_some(),
        "summary": {
            "changed_back": back.len(),
            "created_anew": anew.len(),
            "removed": removed.len(),
            "beyond": beyond.len(),
            "not_put_back": stays.len(),
            "left_alone": alone.len(),
        },
        "changed_back": back.iter().map(|back| done(&back.drift, &back.steps)).collect::<Vec<_>>(),
        "created_anew": anew.iter().map(|created| done(&created.drift, &created.steps)).collect::<Vec<_>>(),
        "removed": removed.iter().map(|removed| done(&removed.drift, &removed.steps)).collect::<Vec<_>>(),
        "beyond": beyond.iter().map(tell_beyond).collect::<Vec<_>>(),
        "not_put_back": stays.iter().map(stay).collect::<Vec<_>>(),
        "left_alone": alone.iter().map(|drift| about(&drift.address, Some(drift))).collect::<Vec<_>>(),
        "created_before": already
            .iter()
            .map(|(address, known)| json!({ "address": address.to_string(), "id": known.id, "arn": known.arn }))
            .collect::<Vec<_>>(),
    });
    if let Some(outcome) = outcome {
        file["outcome"] = ended(outcome);
    }
    serde_json::to_writer_pretty(&mut *out, &file)?;
    writeln!(out)
}

fn ended(outcome: &Outcome) -> Value {
    let Outcome { back, successors, given, waiting, differs } = outcome;
    let list = |all: &[ResourceDrift]| all.iter().map(changed).collect::<Vec<_>>();
    let successors = successors.iter().map(|it| json!({ "old": it.old.to_string(), "new": it.new.to_string() }));
    json!({
        "back": back,
        "successors": successors.collect::<Vec<_>>(),
        "given_anew": list(given),
        "waiting": list(waiting),
        "differs": list(differs),
    })
}

fn about(address: &Address, drift: Option<&ResourceDrift>) -> Value {
    let scope = &address.scope;
    let mut value = json!({
        "address": address.to_string(),
        "account": scope.account,
        "region": scope.region,
        "kind": address.kind,
    });
    if let Some(label) = drift.and_then(|drift| drift.label.as_ref()) {
        value["label"] = json!(label);
    }
    value
}

fn changed(drift: &ResourceDrift) -> Value {
    let mut value = about(&drift.address, Some(drift));
    value["drift"] = json!(drift.drift.as_str());
    value["changes"] = drift.changes.iter().map(|change| json!(ChangeFile::from(change))).collect();
    value
}

/// What becomes of a resource: a whole one that comes or goes is told whole.
fn done(drift: &ResourceDrift, steps: &[Step]) -> Value {
    let mut value = about(&drift.address, Some(drift));
    if let (Some(_), Some(_)) = (&drift.before, &drift.after) {
        value["changes"] = drift.changes.iter().map(|change| json!(ChangeFile::from(change))).collect();
    } else {
        value["resource"] = json!(drift.after.as_ref().or(drift.before.as_ref()));
    }
    value["terraform"] = steps.iter().map(step).collect();
    value
}

fn step(step: &Step) -> Value {
    json!({ "address": step.terraform, "operation": operation(step.operation) })
}

fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::Nothing => "nothing",
        Operation::Create => "create",
        Operation::Update => "update",
        Operation::Delete => "delete",
        Operation::Replace => "replace",
        Operation::Other => "other",
    }
}

fn tell_beyond(beyond: &Beyond) -> Value {
    json!({
        "address": beyond.address.as_ref().map(Address::to_string),
        "terraform": step(&beyond.step),
        "arguments": beyond.arguments,
        "why": beyond.why.map(|why| format!("it {why}")),
    })
}

fn stay(stays: &Stays) -> Value {
    let mut value = about(&stays.address, None);
    value["why"] = json!(stays.why);
    if let Some(path) = &stays.path {
        value["path"] = json!(path);
    }
    value
}
