//! What a resource may be called in records, and whether an event speaks of it.

use driftline_api::{Descriptor, Naming};
use serde_json::Value;

use super::said::{Said, plain};
use crate::Resource;
use crate::diff::key_member;
use crate::plan::ResourceDrift;

/// The names of one resource.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// To look up by, the best first.
    pub(super) asked: Vec<String>,
    /// Each of these says which one is meant.
    alone: Vec<String>,
    /// What it lies in, and the names that say which one only in there.
    parent: Option<String>,
    within: Vec<String>,
}

/// How surely an event speaks of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mention {
    None,
    /// It speaks of what the resource lies in: perhaps of this one.
    Parent,
    Resource,
}

impl Names {
    /// A kind without names is one of which an account has one, and which calls do not name.
    pub(super) fn new(resource: &ResourceDrift, kind: &Descriptor) -> Self {
        let mut names = Self::default();
        let has_parent = kind.names.contains(&Naming::Parent);
        let id = resource.address.id.as_str();
        for naming in kind.names {
            let found: Vec<String> = match naming {
                Naming::Id => vec![id.to_owned()],
                Naming::Arn => resource.arn.iter().cloned().collect(),
                Naming::Label => resource.label.iter().cloned().collect(),
                Naming::Parent => id.split('/').next().map(str::to_owned).into_iter().collect(),
                Naming::Field(pointer) => {
                    let sides = [resource.after.as_ref(), resource.before.as_ref()];
                    sides.into_iter().flatten().filter_map(|side| field(side, pointer)).collect()
                }
            };
            for name in found.into_iter().filter(|name| !name.is_empty()) {
                let text = plain(&name);
                match naming {
                    Naming::Parent => names.parent = Some(text),
                    Naming::Label | Naming::Field(_) if has_parent => names.within.push(text),
                    _ => names.alone.push(text),
                }
                if !names.asked.contains(&name) {
                    names.asked.push(name);
                }
            }
        }
        if !kind.names.is_empty() {
            names.alone.extend(resource.arn.as_deref().map(plain));
        }
        if has_parent {
            names.within.extend(id.split('/').nth(1).map(plain));
        }
        names
    }

    pub(super) fn mentioned(&self, said: &Said) -> Mention {
        let speaks_of = |names: &[String]| names.iter().any(|name| said.mentions(name));
        match &self.parent {
            None if self.alone.is_empty() => Mention::Resource,
            _ if speaks_of(&self.alone) => Mention::Resource,
            Some(parent) if said.mentions(parent) => {
                if speaks_of(&self.within) {
                    Mention::Resource
                } else {
                    Mention::Parent
                }
            }
            _ => Mention::None,
        }
    }
}

/// The text at a pointer into the attributes, or at `/tags/…`.
pub(crate) fn field(resource: &Resource, pointer: &str) -> Option<String> {
    if let Some(tag) = pointer.strip_prefix("/tags/") {
        return resource.tags.get(tag).cloned();
    }
    let pointer = pointer.trim_start_matches('/');
    let (first, rest) = pointer.split_once('/').unwrap_or((pointer, ""));
    let member = resource.attributes.get(first)?;
    match if rest.is_empty() { member } else { key_member(member, rest) } {
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}
