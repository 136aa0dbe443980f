//! The drift of one resource.

use driftline_api::{Address, Descriptor};

use super::{Drift, ResourceDrift};
use crate::Resource;
use crate::diff::{diff, key_member};

impl ResourceDrift {
    /// Compares the two sides of one resource; `None` if nothing differs (or both sides are missing). Neither gaps nor
    /// ignore rules are looked at: [`super::Builder::compare`] does.
    pub fn compare(
        descriptor: Option<&Descriptor>,
        address: &Address,
        before: Option<Resource>,
        after: Option<Resource>,
    ) -> Option<Self> {
        let (drift, changes) = match (&before, &after) {
            (None, None) => return None,
            (None, Some(_)) => (Drift::Added, Vec::new()),
            (Some(_), None) => (Drift::Removed, Vec::new()),
            (Some(before), Some(after)) => {
                let changes = diff(descriptor, before, after);
                if changes.is_empty() {
                    return None;
                }
                (Drift::Changed, changes)
            }
        };
        let sides = [after.as_ref(), before.as_ref()];
        let label = sides.into_iter().flatten().find_map(|resource| label(descriptor, resource));
        let arn = sides.into_iter().flatten().find_map(|resource| resource.arn.clone());
        Some(Self {
            address: address.clone(),
            kind: address.kind.clone(),
            label,
            arn,
            drift,
            before,
            after,
            changes,
            by: Vec::new(),
            managers: None,
        })
    }
}

/// What people call a resource: what its kind names as label, else its `Name` tag, unless that is its id.
pub(crate) fn label(descriptor: Option<&Descriptor>, resource: &Resource) -> Option<String> {
    let pointer = descriptor.and_then(|descriptor| descriptor.label);
    let named = pointer.and_then(|pointer| member(resource, pointer)).map(str::to_owned);
    named.or_else(|| resource.tags.get("Name").cloned()).filter(|label| !label.is_empty() && *label != resource.id)
}

/// The text at a pointer into the attributes, or at `/tags/…`.
fn member<'r>(resource: &'r Resource, pointer: &str) -> Option<&'r str> {
    if let Some(tag) = pointer.strip_prefix("/tags/") {
        return resource.tags.get(tag).map(String::as_str);
    }
    let pointer = pointer.trim_start_matches('/');
    let (first, rest) = pointer.split_once('/').unwrap_or((pointer, ""));
    let member = resource.attributes.get(first)?;
    (if rest.is_empty() { member } else { key_member(member, rest) }).as_str()
}
