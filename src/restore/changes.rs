//! What Terraform says in JSON of its plans and its state (`terraform show -json`, format 1.x).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::Resource;

/// Terraform said something else than its documentation promises.
#[derive(Debug, thiserror::Error)]
#[error("what `terraform show -json` says is not understood: {0}")]
pub struct TerraformJsonError(#[from] serde_json::Error);

/// What Terraform would do with one of its resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceChange {
    /// `aws_vpc.main_8c9dc0`.
    pub terraform: String,
    pub operation: Operation,
    /// Arguments that would differ. Empty unless it is updated or replaced.
    pub arguments: BTreeSet<String>,
    /// What Terraform cannot say yet: references to what is created, and whatever AWS tells only afterwards.
    pub open: BTreeSet<String>,
    /// It would be imported.
    pub imports: bool,
}

/// What would be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    Nothing,
    Create,
    Update,
    Delete,
    /// Destroyed and created anew.
    Replace,
    /// Forgotten by the state, or something that this version does not know.
    Other,
}

/// What the state knows of a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    pub id: Option<String>,
    pub arn: Option<String>,
}

impl Known {
    /// Whether that is this resource.
    pub fn is(&self, resource: &Resource) -> bool {
        self.id.as_ref() == Some(&resource.id) || (self.arn.is_some() && self.arn == resource.arn)
    }
}

#[derive(Deserialize)]
struct Plan {
    #[serde(default)]
    resource_changes: Vec<Planned>,
}

#[derive(Deserialize)]
struct Planned {
    address: String,
    change: Change,
}

#[derive(Deserialize)]
struct Change {
    actions: Vec<String>,
    #[serde(default)]
    before: Value,
    #[serde(default)]
    after: Value,
    #[serde(default)]
    after_unknown: Value,
    importing: Option<Value>,
}

/// The changes of a plan, what changes nothing included, in Terraform's order.
pub fn planned(json: &[u8]) -> Result<Vec<ResourceChange>, TerraformJsonError> {
    let plan: Plan = serde_json::from_slice(json)?;
    let change = |planned: Planned| {
        let Planned { address, change } = planned;
        let actions: Vec<&str> = change.actions.iter().map(String::as_str).collect();
        let operation = match actions.as_slice() {
            ["no-op" | "read"] => Operation::Nothing,
            ["create"] => Operation::Create,
            ["update"] => Operation::Update,
            ["delete"] => Operation::Delete,
            ["delete", "create"] | ["create", "delete"] => Operation::Replace,
            _ => Operation::Other,
        };
        let (arguments, open) = match operation {
            Operation::Update | Operation::Replace => change.differing(),
            _ => Default::default(),
        };
        ResourceChange { terraform: address, operation, arguments, open, imports: change.importing.is_some() }
    };
    Ok(plan.resource_changes.into_iter().map(change).collect())
}

/// The resources that Terraform speaks of in an error, by their addresses in quotes.
pub fn named<'n>(said: &str, names: impl IntoIterator<Item = &'n str>) -> BTreeSet<String> {
    let is_named = |name: &&str| said.contains(&format!("\"{name}\"")) || said.contains(&format!("with {name},"));
    names.into_iter().filter(is_named).map(str::to_owned).collect()
}

/// Whether a plan does nothing but take resources into the state.
pub fn only_adopts(changes: &[ResourceChange]) -> bool {
    changes.iter().all(|change| change.operation == Operation::Nothing)
}

impl Change {
    /// What would differ, and what of the rest is not known yet. A switch of the provider's own (`force_destroy`), which
    /// nothing in AWS says, is missing after an import and off in any configuration: that is no difference.
    fn differing(&self) -> (BTreeSet<String>, BTreeSet<String>) {
        let none = Map::new();
        let members = |value: &Value| value.as_object().unwrap_or(&none).clone();
        let (before, after, unknown) = (members(&self.before), members(&self.after), members(&self.after_unknown));
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).chain(unknown.keys()).collect();
        let (open, known): (BTreeSet<&String>, BTreeSet<&String>) =
            names.into_iter().partition(|name| unknown.get(*name) == Some(&Value::Bool(true)));
        // With `tags_all`, which is the provider's own sum of tags, everything about tags would be told twice.
        let is_off =
            |name: &String| before.get(name).is_none_or(Value::is_null) && after.get(name) == Some(&Value::Bool(false));
        let differs = |name: &&String| before.get(*name) != after.get(*name) && *name != "tags_all" && !is_off(name);
        (known.into_iter().filter(differs).cloned().collect(), open.into_iter().cloned().collect())
    }
}

#[derive(Deserialize)]
struct State {
    values: Option<Values>,
}

#[derive(Deserialize)]
struct Values {
    root_module: Module,
}

#[derive(Deserialize)]
struct Module {
    #[serde(default)]
    resources: Vec<Held>,
    #[serde(default)]
    child_modules: Vec<Module>,
}

#[derive(Deserialize)]
struct Held {
    address: String,
    mode: String,
    #[serde(default)]
    values: Value,
}

/// The resources of a state.
pub fn known(json: &[u8]) -> Result<BTreeMap<String, Known>, TerraformJsonError> {
    let state: State = serde_json::from_slice(json)?;
    let mut found = BTreeMap::new();
    let mut modules: Vec<Module> = state.values.into_iter().map(|values| values.root_module).collect();
    while let Some(module) = modules.pop() {
        modules.extend(module.child_modules);
        for held in module.resources.into_iter().filter(|held| held.mode == "managed") {
            let text = |name: &str| held.values.get(name).and_then(Value::as_str).map(str::to_owned);
            found.insert(held.address.clone(), Known { id: text("id"), arn: text("arn") });
        }
    }
    Ok(found)
}
