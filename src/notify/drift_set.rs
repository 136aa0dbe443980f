//! What drifted, as far as it matters for whether somebody was told already.

use std::collections::{BTreeMap, BTreeSet};

use driftline_api::{Address, Status};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::plan::{Drift, Plan, ResourceDrift, Side};

/// Addresses and paths with a hash of what is there now. Neither who did it nor the restore point's values are in it,
/// so that finding out who did it, or another import, is no news.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DriftSet {
    /// By address; a path is a JSON pointer, or empty for the resource as a whole.
    drift: BTreeMap<String, BTreeMap<String, String>>,
    /// Gaps that do not come and go by themselves: what may not be read, and accounts that could not be entered.
    gaps: BTreeSet<String>,
}

impl DriftSet {
    /// The set of a plan. Of what was told before, it keeps what a gap hides now, and what was not read again: what is not
    /// read is not gone.
    pub fn of(plan: &Plan, before: Option<&Self>) -> Self {
        let drift = plan.drift.iter().map(|resource| (resource.address.to_string(), entries(resource)));
        let mut set = Self { drift: drift.collect(), gaps: gaps(plan) };
        if plan.rests.is_some() {
            set.gaps.extend(before.iter().flat_map(|before| before.gaps.iter().cloned()));
        }
        for (address, known) in before.iter().flat_map(|before| &before.drift) {
            let Ok(parsed) = address.parse::<Address>() else { continue };
            for (path, hash) in known {
                if is_hidden(plan, &parsed, path) {
                    let entries = set.drift.entry(address.clone()).or_default();
                    entries.entry(path.clone()).or_insert_with(|| hash.clone());
                }
            }
        }
        set
    }

    /// Neither drift nor gaps worth telling.
    pub fn is_empty(&self) -> bool {
        self.drift.is_empty() && self.gaps.is_empty()
    }

    /// A name for the set: equal sets have equal ones.
    pub fn fingerprint(&self) -> String {
        hash(&json!(self))
    }
}

fn entries(resource: &ResourceDrift) -> BTreeMap<String, String> {
    match resource.drift {
        Drift::Added => [(String::new(), hash(&json!(["added", resource.after])))].into(),
        Drift::Removed => [(String::new(), hash(&json!(["removed"])))].into(),
        Drift::Changed => {
            let entry = |change: &crate::diff::Change| {
                (change.path.pointer(), hash(&json!([change.action.as_str(), change.after])))
            };
            resource.changes.iter().map(entry).collect()
        }
    }
}

fn gaps(plan: &Plan) -> BTreeSet<String> {
    let live = plan.not_read.iter().filter(|gap| gap.side == Side::Live);
    // Throttling and time-outs come and go from night to night.
    let lasting = live.filter(|gap| gap.cause.status == Status::Denied || gap.kind == "*");
    lasting.map(|gap| format!("{}/{} {}", gap.scope, gap.kind, gap.cause.operation)).collect()
}

/// Whether the plan cannot know what is there.
fn is_hidden(plan: &Plan, address: &Address, path: &str) -> bool {
    if plan.rests.as_ref().is_some_and(|rests| !rests.was_read(address, true)) {
        return true;
    }
    plan.not_read.iter().filter(|gap| gap.side == Side::Live && gap.concerns(address)).any(|gap| match &gap.path {
        None => true,
        Some(hidden) => {
            let hidden = if hidden.starts_with("/tags") { hidden.clone() } else { format!("/attributes{hidden}") };
            format!("{path}/").starts_with(&format!("{hidden}/"))
        }
    })
}

/// Long enough to tell sets apart, short enough for a file with thousands of them.
fn hash(value: &serde_json::Value) -> String {
    let digest = Sha256::digest(value.to_string());
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}
