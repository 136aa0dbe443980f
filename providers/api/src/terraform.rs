//! How a kind is written as Terraform, as data: which attribute becomes which argument of which resource type of
//! `hashicorp/aws` 5.x, and which attributes become nothing, and why.
//!
//! A path is a JSON pointer into the attributes, in which `*` stands for every element of a list. Below a child
//! resource, one that begins with `.` is relative to the element that the child is made of (`.` alone is the element).
//! A pattern is text with paths in braces, and with `{id}`, its parts by `/` (`{id.0}`), `{arn}`, `{account}` and
//! `{region}`; several values of a path are joined by `/`. What stands in brackets is left out where a path in it says
//! nothing.

use serde_json::{Map, Value};

/// What the resources of a kind become.
#[derive(Debug, Clone, Copy)]
pub struct Terraform {
    /// One that any of these is true of is left out, and told.
    pub excludes: &'static [Exclude],
    /// The resource itself: the first whose `when` holds.
    pub forms: &'static [Form],
    /// What stands in its attributes, and is a resource of its own to Terraform: attachments, routes, configurations.
    pub children: &'static [Child],
    /// Attributes that are written nowhere.
    pub omits: &'static [Omit],
}

/// One resource type that a resource may be.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// `aws_vpc`.
    pub resource: &'static str,
    /// All must hold.
    pub when: &'static [When],
    /// A pattern: by what `terraform import` knows it.
    pub import: &'static str,
    /// By what others name it, as patterns, and the attributes that say the same: `("{arn}", "arn")`.
    pub handles: &'static [(&'static str, &'static str)],
    pub arguments: &'static [Argument],
}

/// A resource type of which there is one for each element at a path.
#[derive(Debug, Clone, Copy)]
pub struct Child {
    pub resource: &'static str,
    /// The elements; empty: one, of the resource itself.
    pub each: &'static str,
    /// All must hold.
    pub when: &'static [When],
    pub import: &'static str,
    /// A pattern: what it is called after its parent's name. Tells it from its siblings.
    pub key: &'static str,
    pub arguments: &'static [Argument],
}

/// What an argument is made of. What is missing, null or an empty string is not written.
#[derive(Debug, Clone, Copy)]
pub enum Argument {
    /// The value at a path; with `*` in it, all values there as a list. `default` is JSON that the provider fills in.
    Value { name: &'static str, path: &'static str, default: Option<&'static str> },
    /// The same, written even if it is an empty string, since the provider's default is something else.
    Always { name: &'static str, path: &'static str },
    /// A pattern.
    Text { name: &'static str, pattern: &'static str },
    /// A document, as `jsonencode(…)`.
    Document { name: &'static str, path: &'static str },
    /// What snapshots do not hold, since it never differs. JSON.
    Constant { name: &'static str, value: &'static str },
    /// A nested block for the object at a path, or for each object of a list there; a path ends with `*` for those.
    Blocks { name: &'static str, path: &'static str, arguments: &'static [Argument] },
    /// A nested block for each object that a function makes; the arguments' paths are relative to it.
    Made { name: &'static str, from: &'static [&'static str], make: Compute, arguments: &'static [Argument] },
    /// A pattern whose text names a resource of a kind.
    Reference { name: &'static str, kind: &'static str, pattern: &'static str },
    /// An attribute of the resource that the value at a path names, or a pattern where that is not exported.
    Attribute { name: &'static str, path: &'static str, attribute: &'static str, otherwise: &'static str },
    /// An attribute of the resource that a child belongs to.
    Parent { name: &'static str, attribute: &'static str },
    /// The resource's tags.
    Tags,
    /// What no path says: made from these paths by a function over the attributes and the child's element.
    Computed { name: &'static str, from: &'static [&'static str], value: Compute },
}

/// Attributes, and the element that a child is made of (null for the resource itself).
pub type Compute = fn(&Map<String, Value>, &Value) -> Option<Value>;

/// A condition on a resource (or on a child's element).
#[derive(Debug, Clone, Copy)]
pub enum When {
    /// Something stands there, and it is neither null nor empty.
    Has(&'static str),
    Lacks(&'static str),
    /// This JSON stands there (with `*` in the path: at one of them).
    Is(&'static str, &'static str),
    IsNot(&'static str, &'static str),
    /// The two do not say the same.
    Differs(&'static str, &'static str),
    /// A text that begins so stands there.
    Begins(&'static str, &'static str),
}

/// Resources that Terraform cannot have.
#[derive(Debug, Clone, Copy)]
pub struct Exclude {
    /// All must hold.
    pub when: &'static [When],
    /// Completes "left out, since it …".
    pub why: &'static str,
}

/// Attributes that become nothing.
#[derive(Debug, Clone, Copy)]
pub struct Omit {
    pub paths: &'static [&'static str],
    /// Completes "left out, since it …".
    pub why: &'static str,
    /// Whether a user loses something by it: then the report of an export tells it where the attribute has a value.
    pub told: bool,
}

impl Argument {
    /// The value at a path.
    pub const fn value(name: &'static str, path: &'static str) -> Self {
        Self::Value { name, path, default: None }
    }

    /// The value at a path, unless it is what the provider fills in (JSON).
    pub const fn unless(default: &'static str, name: &'static str, path: &'static str) -> Self {
        Self::Value { name, path, default: Some(default) }
    }

    pub const fn text(name: &'static str, pattern: &'static str) -> Self {
        Self::Text { name, pattern }
    }

    pub const fn document(name: &'static str, path: &'static str) -> Self {
        Self::Document { name, path }
    }

    pub const fn parent(name: &'static str, attribute: &'static str) -> Self {
        Self::Parent { name, attribute }
    }

    /// Its name in Terraform.
    pub fn name(&self) -> &'static str {
        match *self {
            Self::Value { name, .. }
            | Self::Always { name, .. }
            | Self::Text { name, .. }
            | Self::Document { name, .. }
            | Self::Constant { name, .. }
            | Self::Blocks { name, .. }
            | Self::Made { name, .. }
            | Self::Reference { name, .. }
            | Self::Attribute { name, .. }
            | Self::Parent { name, .. }
            | Self::Computed { name, .. } => name,
            Self::Tags => "tags",
        }
    }
}

impl Argument {
    /// Every path that it is made of, from the attributes' root; `base` is where the element of its child stands.
    pub fn paths(&self, base: &str) -> Vec<String> {
        let mut paths = Vec::new();
        in_arguments(std::slice::from_ref(self), base, &mut paths);
        if matches!(self, Self::Tags) {
            paths.push("/tags".to_owned());
        }
        paths
    }
}

impl Omit {
    /// Says nothing that a user could set, or says what another attribute says.
    pub const fn quiet(why: &'static str, paths: &'static [&'static str]) -> Self {
        Self { paths, why, told: false }
    }

    /// Something that Terraform would not bring back.
    pub const fn told(why: &'static str, paths: &'static [&'static str]) -> Self {
        Self { paths, why, told: true }
    }
}

impl Terraform {
    /// Every path that becomes something, as rule-style paths from the attributes' root; and those of conditions,
    /// for they decide what something becomes.
    pub fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        for exclude in self.excludes {
            exclude.when.iter().for_each(|when| paths.push(absolute("", when.path())));
        }
        for form in self.forms {
            form.when.iter().for_each(|when| paths.push(absolute("", when.path())));
            in_pattern(form.import, "", &mut paths);
            form.handles.iter().for_each(|(pattern, _)| in_pattern(pattern, "", &mut paths));
            in_arguments(form.arguments, "", &mut paths);
        }
        for child in self.children {
            child.when.iter().for_each(|when| paths.push(absolute(child.each, when.path())));
            in_pattern(child.import, child.each, &mut paths);
            in_pattern(child.key, child.each, &mut paths);
            in_arguments(child.arguments, child.each, &mut paths);
        }
        paths
    }
}

impl When {
    pub fn path(&self) -> &'static str {
        match *self {
            Self::Has(path)
            | Self::Lacks(path)
            | Self::Is(path, _)
            | Self::IsNot(path, _)
            | Self::Differs(path, _)
            | Self::Begins(path, _) => path,
        }
    }
}

/// A path that may be relative to an element, from the attributes' root.
pub fn absolute(base: &str, path: &str) -> String {
    match path.strip_prefix('.') {
        Some(relative) => format!("{base}{relative}"),
        None => path.to_owned(),
    }
}

fn in_pattern(pattern: &str, base: &str, paths: &mut Vec<String>) {
    for part in pattern.split('{').skip(1) {
        let path = part.split('}').next().unwrap_or_default();
        if path.starts_with(['/', '.']) {
            paths.push(absolute(base, path));
        }
    }
}

fn in_arguments(arguments: &[Argument], base: &str, paths: &mut Vec<String>) {
    for argument in arguments {
        match *argument {
            Argument::Value { path, .. } | Argument::Always { path, .. } | Argument::Document { path, .. } => {
                paths.push(absolute(base, path));
            }
            Argument::Attribute { path, otherwise, .. } => {
                paths.push(absolute(base, path));
                in_pattern(otherwise, base, paths);
            }
            Argument::Text { pattern, .. } | Argument::Reference { pattern, .. } => in_pattern(pattern, base, paths),
            Argument::Blocks { path, arguments, .. } => in_arguments(arguments, &absolute(base, path), paths),
            Argument::Computed { from, .. } | Argument::Made { from, .. } => {
                paths.extend(from.iter().map(|path| absolute(base, path)));
            }
            Argument::Constant { .. } | Argument::Parent { .. } | Argument::Tags => {}
        }
    }
}
