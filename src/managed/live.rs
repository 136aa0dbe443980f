//! What is there, by everything that a state may call it.

use std::collections::BTreeMap;

use driftline_api::{Address, Arn, Descriptor, GLOBAL, Scope};

use crate::Resource;
use crate::export::names;
use crate::plan::compare::label;

/// A resource: its place in the order in which they were added.
pub(super) type Node = usize;

/// The live resources. Nothing of them is kept but names.
#[derive(Debug, Default)]
pub struct Live {
    addresses: Vec<Address>,
    /// What people call them, where their ids are no names.
    labels: Vec<Option<String>>,
    /// By kind, the attribute of Terraform's that says the name (empty: the id), and the name.
    names: BTreeMap<(&'static str, &'static str, String), Vec<Node>>,
    arns: BTreeMap<String, Vec<Node>>,
}

impl Live {
    /// Adds a resource. Of an unknown kind it is known by its ARN alone.
    pub fn add(&mut self, kind: Option<&'static Descriptor>, scope: &Scope, resource: &Resource) {
        let node = self.addresses.len();
        self.addresses.push(resource.address(scope));
        self.labels.push(label(kind, resource));
        if let Some(arn) = &resource.arn {
            self.arns.entry(arn.clone()).or_default().push(node);
        }
        let Some(kind) = kind else { return };
        let own = names(kind, scope, resource);
        for (attribute, value) in own.into_iter().chain([("", resource.id.clone())]) {
            let nodes = self.names.entry((kind.name, attribute, value)).or_default();
            if nodes.last() != Some(&node) {
                nodes.push(node);
            }
        }
    }

    pub(super) fn addresses(&self) -> &[Address] {
        &self.addresses
    }

    pub(super) fn label(&self, node: Node) -> Option<&str> {
        self.labels[node].as_deref()
    }

    pub(super) fn by_arn(&self, arn: &str) -> &[Node] {
        self.arns.get(arn).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn by_name(&self, kind: &'static str, attribute: &'static str, value: &str) -> &[Node] {
        self.names.get(&(kind, attribute, value.to_owned())).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a resource lies there. Without a region, it may be in any.
    pub(super) fn is_in(&self, node: Node, account: &str, region: Option<&str>) -> bool {
        let scope = &self.addresses[node].scope;
        scope.account == account && (scope.region == GLOBAL || region.is_none_or(|region| scope.region == region))
    }
}

/// Whether nobody else in the world has a resource of that name: the provider made it up, or an ARN without an account
/// says so.
pub(super) fn is_unique(kind: &Descriptor, value: &str) -> bool {
    let is_hex = |text: &str| text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_id = value.rsplit_once('-').is_some_and(|(prefix, digits)| !prefix.is_empty() && is_hex(digits));
    let is_shared = matches!(kind.arn, Arn::Pattern(pattern) if !pattern.contains("{account}"));
    // Where an id is no name, people do not choose it. A record's begins with that of its zone.
    let is_upper = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let is_below_id = value
        .split_once('/')
        .is_some_and(|(parent, _)| parent.len() >= 9 && parent.starts_with('Z') && is_upper(parent));
    is_shared || (kind.label.is_some() && is_id) || is_below_id
}
