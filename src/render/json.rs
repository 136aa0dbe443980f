//! A plan for machines: Terraform's plan format 1.2
//! (<https://developer.hashicorp.com/terraform/internals/json-format>), and back.
//!
//! Drift stands in `resource_drift`. `before` and `after` are the resource's snapshot file (`kind`, `id`, `arn`,
//! `tags`, `attributes`) at the restore point and now; paths in `driftline.changes` lead into it. What Terraform has
//! no field for stands under `driftline`. There is no `timestamp`: equal plans have equal bytes.

use std::collections::BTreeSet;
use std::io::{self, Write};

use driftline_api::{Address, Cause, Scope, Status, Under, is_sealed};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Resource;
use crate::attribution::Attributed;
use crate::diff::{Action, Change};
use crate::plan::{Against, Drift, Ignored, Manager, NotRead, Plan, ResourceDrift, Scanned, Side};
use crate::snapshot::Coverage;
use crate::store::blob_id;
use crate::trail::Rests;

const FORMAT: &str = "1.2";
/// The version of what stands under `driftline`. It goes up when a reader of the old one would misread the new one.
const OWN_FORMAT: u64 = 1;

/// Writes the plan as pretty JSON with sorted keys and a final newline.
pub fn json(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &to_value(plan))?;
    writeln!(out)
}

/// The file is not a plan that can be read.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    #[error("the plan file is not JSON: {0}")]
    Syntax(#[source] serde_json::Error),
    #[error("the file is no plan of driftline: it has no `{0}`")]
    Foreign(&'static str),
    #[error(
        "the plan file has {what} {found}, and this driftline reads {known}; make the plan anew, or update driftline"
    )]
    Version { what: &'static str, found: String, known: String },
    #[error("the plan file was edited after it was made; --only and --except choose what is accepted")]
    Edited,
    #[error("the plan file is damaged at `{at}`: {why}; make the plan anew")]
    Damaged { at: String, why: String },
}

impl Plan {
    /// Reads what [`json()`] wrote: the same plan, to the last member.
    pub fn from_json(bytes: &[u8]) -> Result<Self, PlanFileError> {
        from_value(serde_json::from_slice(bytes).map_err(PlanFileError::Syntax)?)
    }
}

fn to_value(plan: &Plan) -> Value {
    let summary = plan.summary();
    let mut file = json!({
        "format_version": FORMAT,
        "planned_values": { "root_module": {} },
        "resource_drift": plan.drift.iter().map(drift_to_value).collect::<Vec<_>>(),
        "resource_changes": [],
        "output_changes": {},
        "configuration": { "root_module": {} },
        "applyable": false,
        "complete": plan.is_complete(),
        "errored": false,
        "driftline": {
            "format": OWN_FORMAT,
            "against": plan.against,
            "summary": summary,
            "not_read": plan.not_read.iter().map(|gap| json!(NotReadFile::from(gap))).collect::<Vec<_>>(),
            "ignored": plan.ignored.iter().map(ignored_to_value).collect::<Vec<_>>(),
            "scanned": plan.scanned,
        },
    });
    if let Some(rests) = &plan.rests {
        file["driftline"]["rests_on_trail"] = json!(rests);
    }
    if let Some(coverage) = &plan.coverage {
        file["driftline"]["coverage"] = coverage_to_value(coverage);
    }
    file["driftline"]["digest"] = digest(&file).into();
    file
}

/// Tells whether somebody edited the file: what is accepted is what was reviewed.
fn digest(file: &Value) -> String {
    blob_id(&serde_json::to_vec(file).expect("JSON values always serialize")).to_string()
}

/// What the coverage files say, by provider and account.
fn coverage_to_value(coverage: &Coverage) -> Value {
    let accounts: BTreeSet<(&str, &str)> =
        coverage.iter().map(|(scope, ..)| (scope.provider.as_str(), scope.account.as_str())).collect();
    let files = coverage.to_files();
    let file = |(provider, account): (&str, &str)| {
        let bytes = files.get(&Coverage::path(provider, account))?;
        Some((format!("{provider}/{account}"), serde_json::from_slice(bytes).ok()?))
    };
    Value::Object(accounts.into_iter().filter_map(file).collect())
}

fn coverage_from_value(file: Map<String, Value>) -> Result<Coverage, PlanFileError> {
    let mut coverage = Coverage::default();
    for (place, value) in file {
        let at = format!("driftline.coverage.{place}");
        let (provider, account) = place.split_once('/').ok_or_else(|| damaged(&at, "it names no account"))?;
        let bytes = serde_json::to_vec(&value).expect("JSON values always serialize");
        coverage.add_file(provider, account, &bytes).map_err(|error| damaged(&at, error))?;
    }
    Ok(coverage)
}

fn drift_to_value(resource: &ResourceDrift) -> Value {
    let action = match resource.drift {
        Drift::Added => "create",
        Drift::Changed => "update",
        Drift::Removed => "delete",
    };
    let (before, after) = (json!(resource.before), json!(resource.after));
    let scope = &resource.address.scope;
    json!({
        "address": resource.address.to_string(),
        "mode": "managed",
        "type": resource.kind,
        "name": resource.address.id,
        "provider_name": scope.provider,
        "change": {
            "actions": [action],
            "before_sensitive": sensitive(&before),
            "after_sensitive": sensitive(&after),
            "before": before,
            "after": after,
            "after_unknown": {},
        },
        "driftline": DriftFile {
            account: scope.account.clone(),
            region: scope.region.clone(),
            kind: resource.kind.clone(),
            drift: resource.drift.as_str().to_owned(),
            label: resource.label.clone(),
            arn: resource.arn.clone(),
            changes: resource.changes.iter().map(ChangeFile::from).collect(),
            by: resource.by.clone(),
            managers: resource.managers.clone(),
        },
    })
}

/// A value of the same structure with `true` in place of each secret, in Terraform's way: objects leave out what is
/// not sensitive, lists do not.
fn sensitive(value: &Value) -> Value {
    match value {
        Value::String(text) => is_sealed(text).into(),
        Value::Array(elements) => elements.iter().map(sensitive).collect(),
        Value::Object(members) => {
            let marked = members.iter().map(|(name, member)| (name.clone(), sensitive(member)));
            Value::Object(marked.filter(|(_, mark)| holds_true(mark)).collect::<Map<String, Value>>())
        }
        _ => false.into(),
    }
}

fn holds_true(mark: &Value) -> bool {
    match mark {
        Value::Bool(mark) => *mark,
        Value::Array(marks) => marks.iter().any(holds_true),
        Value::Object(marks) => marks.values().any(holds_true),
        _ => false,
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DriftFile {
    account: String,
    region: String,
    kind: String,
    drift: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    arn: Option<String>,
    changes: Vec<ChangeFile>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    by: Vec<Attributed>,
    /// Who manages it in Terraform's states; missing where none were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    managers: Option<Vec<Manager>>,
}

/// A missing `before` or `after` is told from one that is null.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeFile {
    path: String,
    action: String,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    before: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    after: Option<Value>,
}

fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl From<&Change> for ChangeFile {
    fn from(change: &Change) -> Self {
        Self {
            path: change.path.pointer(),
            action: change.action.as_str().to_owned(),
            before: change.before.clone(),
            after: change.after.clone(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NotReadFile {
    side: String,
    provider: String,
    account: String,
    region: String,
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// The gap covers the children of the resource with this id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    status: Status,
    operation: String,
    code: String,
    message: String,
}

impl From<&NotRead> for NotReadFile {
    fn from(gap: &NotRead) -> Self {
        let (id, parent) = match &gap.under {
            Under::Kind => (None, None),
            Under::Id(id) => (Some(id.clone()), None),
            Under::Parent(id) => (None, Some(id.clone())),
        };
        let side = match gap.side {
            Side::RestorePoint => "restore_point",
            Side::Live => "live",
        };
        Self {
            side: side.to_owned(),
            provider: gap.scope.provider.clone(),
            account: gap.scope.account.clone(),
            region: gap.scope.region.clone(),
            kind: gap.kind.clone(),
            id,
            parent,
            path: gap.path.clone(),
            status: gap.cause.status,
            operation: gap.cause.operation.clone(),
            code: gap.cause.code.clone(),
            message: gap.cause.message.clone(),
        }
    }
}

fn from_value(mut file: Value) -> Result<Plan, PlanFileError> {
    let format = file.get("format_version").and_then(Value::as_str).ok_or(PlanFileError::Foreign("format_version"))?;
    if format.split('.').next() != FORMAT.split('.').next() {
        return Err(PlanFileError::Version {
            what: "format version",
            found: format.to_owned(),
            known: FORMAT.to_owned(),
        });
    }
    let mut own = file.get_mut("driftline").map(Value::take).ok_or(PlanFileError::Foreign("driftline"))?;
    let version = own.get("format").and_then(Value::as_u64);
    if version != Some(OWN_FORMAT) {
        let found = version.map_or("none".to_owned(), |version| version.to_string());
        return Err(PlanFileError::Version { what: "driftline format", found, known: OWN_FORMAT.to_string() });
    }
    let told: String = read(&mut own, "driftline", "digest")?;
    if let Some(members) = own.as_object_mut() {
        members.remove("digest");
    }
    file["driftline"] = own;
    let found = digest(&file);
    let mut own = file["driftline"].take();
    let coverage = match own.get("coverage") {
        Some(_) => Some(coverage_from_value(read(&mut own, "driftline", "coverage")?)?),
        None => None,
    };
    let rests = match own.get("rests_on_trail") {
        Some(_) => Some(read::<Rests>(&mut own, "driftline", "rests_on_trail")?),
        None => None,
    };
    let gaps: Vec<NotReadFile> = read(&mut own, "driftline", "not_read")?;
    let gaps = gaps.into_iter().enumerate().map(|(index, gap)| gap_from(gap, &format!("driftline.not_read[{index}]")));
    let resources: Vec<Value> = read(&mut file, "", "resource_drift")?;
    let drift = resources
        .into_iter()
        .enumerate()
        .map(|(index, resource)| drift_from(resource, &format!("resource_drift[{index}]")));
    let ignored: Vec<Value> = read(&mut own, "driftline", "ignored")?;
    let ignored =
        ignored.into_iter().enumerate().map(|(index, rule)| ignored_from(rule, &format!("driftline.ignored[{index}]")));
    let plan = Plan {
        drift: drift.collect::<Result<_, _>>()?,
        not_read: gaps.collect::<Result<_, _>>()?,
        against: read::<Against>(&mut own, "driftline", "against")?,
        ignored: ignored.collect::<Result<_, _>>()?,
        coverage,
        rests,
        scanned: read::<Scanned>(&mut own, "driftline", "scanned")?,
    };
    if found == told { Ok(plan) } else { Err(PlanFileError::Edited) }
}

/// What a rule took out stands beside its numbers, in the form of `resource_drift`, where somebody wanted to see it.
fn ignored_to_value(ignored: &Ignored) -> Value {
    let mut value = json!(ignored);
    if !ignored.taken.is_empty() {
        value["taken"] = ignored.taken.iter().map(drift_to_value).collect();
    }
    value
}

fn ignored_from(mut file: Value, at: &str) -> Result<Ignored, PlanFileError> {
    let taken = file.as_object_mut().and_then(|members| members.remove("taken"));
    let taken: Vec<Value> = taken
        .map(serde_json::from_value)
        .transpose()
        .map_err(|error| damaged(&format!("{at}.taken"), error))?
        .unwrap_or_default();
    let taken = taken.into_iter().enumerate();
    let taken = taken.map(|(index, resource)| drift_from(resource, &format!("{at}.taken[{index}]")));
    let ignored: Ignored = serde_json::from_value(file).map_err(|error| damaged(at, error))?;
    Ok(Ignored { taken: taken.collect::<Result<_, _>>()?, ..ignored })
}

fn drift_from(mut file: Value, at: &str) -> Result<ResourceDrift, PlanFileError> {
    let address: String = read(&mut file, at, "address")?;
    let address: Address = address.parse().map_err(|error| damaged(&format!("{at}.address"), error))?;
    let own: DriftFile = read(&mut file, at, "driftline")?;
    let mut sides: Value = read(&mut file, at, "change")?;
    let inside = format!("{at}.change");
    let before: Option<Resource> = read(&mut sides, &inside, "before")?;
    let after: Option<Resource> = read(&mut sides, &inside, "after")?;
    let drift = match (own.drift.as_str(), &before, &after) {
        ("added", None, Some(_)) => Drift::Added,
        ("changed", Some(_), Some(_)) => Drift::Changed,
        ("removed", Some(_), None) => Drift::Removed,
        (word, ..) => {
            return Err(damaged(
                &format!("{at}.driftline.drift"),
                format!("`{word}` does not fit `before` and `after`"),
            ));
        }
    };
    let changes = own.changes.into_iter().enumerate();
    let changes = changes.map(|(index, change)| change_from(change, &format!("{at}.driftline.changes[{index}]")));
    let changes = changes.collect::<Result<_, _>>()?;
    Ok(ResourceDrift {
        kind: own.kind,
        label: own.label,
        arn: own.arn,
        address,
        drift,
        before,
        after,
        changes,
        by: own.by,
        managers: own.managers,
    })
}

fn change_from(file: ChangeFile, at: &str) -> Result<Change, PlanFileError> {
    let action = match (file.action.as_str(), &file.before, &file.after) {
        ("added", None, Some(_)) => Action::Added,
        ("removed", Some(_), None) => Action::Removed,
        ("changed", Some(_), Some(_)) => Action::Changed,
        ("reordered", Some(_), Some(_)) => Action::Reordered,
        (word, ..) => {
            return Err(damaged(&format!("{at}.action"), format!("`{word}` does not fit `before` and `after`")));
        }
    };
    let path = file.path.parse().map_err(|error| damaged(&format!("{at}.path"), error))?;
    Ok(Change { path, action, before: file.before, after: file.after })
}

fn gap_from(file: NotReadFile, at: &str) -> Result<NotRead, PlanFileError> {
    let side = match file.side.as_str() {
        "restore_point" => Side::RestorePoint,
        "live" => Side::Live,
        word => return Err(damaged(&format!("{at}.side"), format!("`{word}` is neither `live` nor `restore_point`"))),
    };
    let under = match (file.id, file.parent) {
        (None, None) => Under::Kind,
        (Some(id), None) => Under::Id(id),
        (None, Some(id)) => Under::Parent(id),
        (Some(_), Some(_)) => return Err(damaged(at, "it has both `id` and `parent`")),
    };
    let scope = Scope { provider: file.provider, account: file.account, region: file.region };
    let cause = Cause { status: file.status, operation: file.operation, code: file.code, message: file.message };
    Ok(NotRead { side, scope, kind: file.kind, under, path: file.path, cause })
}

/// Takes a member out of an object and reads it.
fn read<T: serde::de::DeserializeOwned>(object: &mut Value, at: &str, name: &str) -> Result<T, PlanFileError> {
    let at = if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    let member = object.get_mut(name).map(Value::take).ok_or_else(|| damaged(&at, "it is missing"))?;
    serde_json::from_value(member).map_err(|error| damaged(&at, error))
}

fn damaged(at: &str, why: impl std::fmt::Display) -> PlanFileError {
    PlanFileError::Damaged { at: at.to_owned(), why: why.to_string() }
}
