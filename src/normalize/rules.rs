//! A kind's rules as a tree of paths, made once so that each resource is walked once.

use std::collections::BTreeMap;

use driftline_api::{Descriptor, Document, Rule, Unread};
use serde_json::Value;

use super::order::Key;
use super::redundant::Redundant;
use super::walk::Pass;
use super::{Matched, Options, policy};
use crate::Resource;

/// A rule that cannot be meant. Descriptors are static: these are mistakes of whoever wrote the kind.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RuleError {
    #[error("{kind}: the {rule} rule's path `{path}` is not a JSON pointer to a member: write `/Name`")]
    Path { kind: &'static str, rule: &'static str, path: &'static str },
    #[error("{kind}: the default of `{path}` is not JSON: {why}")]
    Default { kind: &'static str, path: &'static str, why: String },
    #[error("{kind}: `{path}` has two rules that contradict each other: {first} and {second}")]
    Conflict { kind: &'static str, path: &'static str, first: &'static str, second: &'static str },
    #[error("{kind}: has {count} rules; {max} is the most", max = Matched::MAX)]
    TooMany { kind: &'static str, count: usize },
}

/// A kind's rules, ready to be applied with [`Rules::normalize`].
#[derive(Debug, Clone)]
pub struct Rules {
    descriptor: &'static Descriptor,
    root: Node,
    redundant: Vec<Redundant>,
}

impl Rules {
    pub fn compile(descriptor: &'static Descriptor) -> Result<Self, RuleError> {
        let (kind, count) = (descriptor.name, descriptor.rules.len());
        if count > Matched::MAX {
            return Err(RuleError::TooMany { kind, count });
        }
        let (mut root, mut redundant) = (Node::default(), Vec::new());
        for (index, rule) in descriptor.rules.iter().enumerate() {
            match Redundant::compile(kind, index, rule)? {
                Some(rule) => redundant.push(rule),
                None => root.insert(kind, index, rule)?,
            }
        }
        root.spread();
        root.look_below();
        root.canonicalize_defaults();
        Ok(Self { descriptor, root, redundant })
    }

    pub fn descriptor(&self) -> &'static Descriptor {
        self.descriptor
    }

    /// Brings what was put together from normalized parts into the form that normalizing gives: its sets in order.
    pub(crate) fn arrange(&self, resource: &mut Resource) {
        let options = Options { include_aws_managed: true };
        let partition = resource.arn.as_deref().and_then(policy::partition_of_arn);
        Pass::new(&options, None, partition).members(&mut resource.attributes, &self.root);
    }

    pub(super) fn redundant(&self) -> &[Redundant] {
        &self.redundant
    }

    pub(super) fn root(&self) -> &Node {
        &self.root
    }

    /// After normalization there is no list of tags any more: what could not be read of it is `/tags`.
    pub(super) fn rename_tags(&self, mut unread: Vec<Unread>) -> Vec<Unread> {
        for part in &mut unread {
            if self.descriptor.rules.iter().any(|rule| matches!(rule, Rule::Tags { path } if *path == part.path)) {
                "/tags".clone_into(&mut part.path);
            }
        }
        unread
    }
}

/// What the rules say about the values at one path.
#[expect(clippy::struct_excessive_bools, reason = "each is a rule of its own, and any of them can stand on one path")]
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    members: BTreeMap<String, Node>,
    /// `*`: every element of a list, every value of a map that `members` does not name.
    every: Option<Box<Node>>,
    /// Indices of the rules on this path.
    pub(super) rules: Vec<usize>,
    pub(super) volatile: bool,
    pub(super) document: Option<Document>,
    pub(super) tags: bool,
    pub(super) order: Option<Order>,
    pub(super) defaults: Vec<Value>,
    pub(super) secret: bool,
    /// A rule seals something below.
    pub(super) secret_below: bool,
}

/// What a list's order means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Order {
    /// Nothing.
    Set(Vec<Key>),
    /// Something.
    Sequence,
}

impl Node {
    pub(super) fn member(&self, name: &str) -> Option<&Self> {
        self.members.get(name).or(self.every.as_deref())
    }

    pub(super) fn element(&self) -> Option<&Self> {
        self.every.as_deref()
    }

    fn insert(&mut self, kind: &'static str, index: usize, rule: &Rule) -> Result<(), RuleError> {
        let path = rule.path();
        let tokens = path
            .strip_prefix('/')
            .filter(|rest| rest.split('/').all(|token| !token.is_empty()))
            .ok_or(RuleError::Path { kind, rule: rule.name(), path })?;
        let mut node = self;
        for token in tokens.split('/') {
            node = match token {
                "*" => node.every.get_or_insert_default(),
                name => node.members.entry(unescape(name)).or_default(),
            };
        }
        node.rules.push(index);
        let conflict = |first, second| Err(RuleError::Conflict { kind, path, first, second });
        match *rule {
            Rule::Volatile { .. } => node.volatile = true,
            Rule::Secret { .. } => node.secret = true,
            Rule::Tags { .. } => node.tags = true,
            Rule::Reference { .. } | Rule::Redundant { .. } | Rule::Handle { .. } => {}
            Rule::Document { form, .. } => match node.document.replace(form) {
                Some(other) if other != form => return conflict("document", "document"),
                _ => {}
            },
            Rule::Set { key, .. } => {
                let key = key.iter().map(|member| key_path(member)).collect();
                match node.order.replace(Order::Set(key)) {
                    Some(Order::Sequence) => return conflict("sequence", "set"),
                    other if other.is_some() && other != node.order => return conflict("set", "set"),
                    _ => {}
                }
            }
            Rule::Sequence { .. } => {
                if let Some(Order::Set(_)) = node.order.replace(Order::Sequence) {
                    return conflict("set", "sequence");
                }
            }
            Rule::Default { value, .. } => match serde_json::from_str(value) {
                Ok(value) => node.defaults.push(value),
                Err(error) => return Err(RuleError::Default { kind, path, why: error.to_string() }),
            },
        }
        Ok(())
    }

    /// Gives each named member the rules of `*` beside it, so that one node at a time is followed.
    fn spread(&mut self) {
        for member in self.members.values_mut() {
            if let Some(every) = &self.every {
                member.absorb(every);
            }
            member.spread();
        }
        if let Some(every) = &mut self.every {
            every.spread();
        }
    }

    /// Where a named path and `*` disagree, the name wins.
    fn absorb(&mut self, other: &Self) {
        for (name, member) in &other.members {
            self.members.entry(name.clone()).or_default().absorb(member);
        }
        if let Some(every) = &other.every {
            self.every.get_or_insert_default().absorb(every);
        }
        self.rules.extend(&other.rules);
        self.volatile |= other.volatile;
        self.tags |= other.tags;
        self.secret |= other.secret;
        self.document = self.document.or(other.document);
        if self.order.is_none() {
            self.order.clone_from(&other.order);
        }
        self.defaults.extend(other.defaults.iter().cloned());
    }

    fn children(&mut self) -> impl Iterator<Item = &mut Self> {
        self.members.values_mut().chain(self.every.as_deref_mut())
    }

    fn look_below(&mut self) {
        let mut below = false;
        for child in self.children() {
            child.look_below();
            below |= child.secret || child.secret_below;
        }
        self.secret_below = below;
    }

    /// A default is compared with values that have been through all phases, so it goes through them itself.
    fn canonicalize_defaults(&mut self) {
        for child in self.children() {
            child.canonicalize_defaults();
        }
        let mut defaults = std::mem::take(&mut self.defaults);
        for value in &mut defaults {
            let options = Options::default();
            Pass::new(&options, None, None).value(value, Some(self));
        }
        self.defaults = defaults;
    }
}

/// `Name`, `/Name` and `/Outer/Name` are all ways to say what an element is known by.
fn key_path(member: &str) -> Key {
    member.strip_prefix('/').unwrap_or(member).split('/').map(unescape).collect()
}

pub(super) fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}
