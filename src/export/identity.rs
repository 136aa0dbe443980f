//! By what Terraform's state names a resource, as the kind's mapping says it.

use driftline_api::{Argument, Descriptor, Scope};

use super::mapping::Mapping;
use crate::Resource;

/// A resource type that a mapping knows, and how one names a resource of the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) resource: &'static str,
    pub(crate) kind: &'static str,
    /// The attribute in the state, and the [`names`] that it is one of.
    pub(crate) attribute: &'static str,
    pub(crate) name: &'static str,
    pub(crate) part: bool,
}

/// The resource's own names, each with the attribute of Terraform's that says it. By `import` it is imported.
pub(crate) fn names(kind: &'static Descriptor, scope: &Scope, resource: &Resource) -> Vec<(&'static str, String)> {
    let Some(mapping) = Mapping::new(kind, scope, resource) else { return Vec::new() };
    let Ok(form) = mapping.form() else { return Vec::new() };
    let handles = mapping.handles(form).into_iter().map(|(value, attribute)| (attribute, value));
    let import = mapping.import(form).map(|value| ("import", value));
    handles.chain(import).collect()
}

/// Every resource type of a kind's mapping. A child names its parent by an attribute of it.
pub(crate) fn known(kind: &'static Descriptor) -> Vec<Known> {
    let Some(terraform) = kind.terraform else { return Vec::new() };
    let mut known = Vec::new();
    for form in terraform.forms {
        let one = |attribute, name| Known { resource: form.resource, kind: kind.name, attribute, name, part: false };
        known.extend(form.handles.iter().map(|(_, attribute)| one(attribute, attribute)));
        known.push(one("id", "import"));
    }
    for child in terraform.children {
        for argument in child.arguments {
            if let Argument::Parent { name: attribute, attribute: name } = *argument {
                known.push(Known { resource: child.resource, kind: kind.name, attribute, name, part: true });
            }
        }
    }
    known
}
