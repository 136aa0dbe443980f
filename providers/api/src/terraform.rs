//! How a kind is written as Terraform, as data: which attribute becomes which argument of which resource type of
//! `hashicorp/aws` 5.x, and which attributes become nothing, and why.
//!
//! A path is a JSON pointer into the attributes, in which `*` stands for every element of a list, and `Key=name` for those
//! whose `Key` is `name`. Below a child resource, one that begins with `.` is relative to the element that the child is
//! made of (`.` alone is the element), and each `..` at its beginning is one step out of it: `../../FromPort`.
//! A pattern is text with paths in braces, and with `{id}`, its parts by `/` (`{id.0}`), `{arn}`, `{account}` and
//! `{region}`; several values of a path are joined by `/`. `{/From,/To}` says what several paths say, each value once,
//! joined by `-`; `{/Protocol:-1=all}` says a word for one value. What stands in brackets is left out where a path in it
//! says nothing. JSON that values are compared with may hold `{account}` and `{region}`.

use std::collections::{BTreeMap, BTreeSet};

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
    /// A pattern: what it is called after its parent's name, words apart. Tells it from its siblings.
    pub key: &'static str,
    pub arguments: &'static [Argument],
}

/// What an argument is made of. What is missing, null or an empty string is not written.
#[derive(Debug, Clone, Copy)]
pub enum Argument {
    /// The value at a path; with `*` in it, all values there as a list. `default` is JSON that the provider fills in.
    Value { name: &'static str, path: &'static str, default: Option<&'static str> },
    /// What a text at a path spells: `true`, `60`. `default` is what the provider fills in, spelled the same way.
    Spelled { name: &'static str, path: &'static str, default: Option<&'static str> },
    /// The same, written even if it is an empty string, since the provider's default is something else.
    Always { name: &'static str, path: &'static str },
    /// A pattern.
    Text { name: &'static str, pattern: &'static str },
    /// A document, as `jsonencode(…)`.
    Document { name: &'static str, path: &'static str },
    /// What snapshots do not hold, since it never differs. JSON.
    Constant { name: &'static str, value: &'static str },
    /// What AWS never tells: a variable, for whoever applies the configuration to give.
    Given { name: &'static str },
    /// The same, of an argument that must have a value even where nothing is made: this one (JSON), unless one is given.
    Required { name: &'static str, absent: &'static str },
    /// Arguments that say how a resource is made, and that the provider does not read from one that is there: Terraform
    /// is told not to compare them (`ignore_changes`), and a variable among them need not be given. Not of a block of
    /// which the provider keeps a set.
    Initial { arguments: &'static [Argument] },
    /// Arguments that are written where all of these hold.
    Where { when: &'static [When], arguments: &'static [Argument] },
    /// Arguments that Terraform shall not compare, though they are not written, or stand in a block: as `ignore_changes`
    /// spells them.
    Ignore { arguments: &'static [&'static str] },
    /// A nested block for the object at a path, or for each object of a list there; a path ends with `*` for those.
    Blocks { name: &'static str, path: &'static str, arguments: &'static [Argument] },
    /// An attribute of another child of the resource: the one with this key.
    Sibling { name: &'static str, resource: &'static str, key: &'static str, attribute: &'static str },
    /// A nested block for each object that a function makes; the arguments' paths are relative to it.
    Made { name: &'static str, from: &'static [&'static str], make: Compute, arguments: &'static [Argument] },
    /// A nested block for each resource of another kind in the same scope that came with this one and is no resource of
    /// its own to Terraform; without a name, the arguments stand by themselves. Paths are those of the other kind, and
    /// relative ones those of this one.
    Parts { name: &'static str, part: Part, arguments: &'static [Argument] },
    /// A pattern whose text names a resource of a kind.
    Reference { name: &'static str, kind: &'static str, pattern: &'static str },
    /// An attribute of the resource that the value at a path names, or a pattern where that is not exported.
    Attribute { name: &'static str, path: &'static str, attribute: &'static str, otherwise: &'static str },
    /// `depends_on` the resource of a kind that a pattern's text names: what has to be there first, though no argument
    /// names it.
    Needs { kind: &'static str, pattern: &'static str },
    /// An attribute of the resource that a child belongs to.
    Parent { name: &'static str, attribute: &'static str },
    /// Children without an `each` that must be there first, though no argument names them: `depends_on`, of those that
    /// there are.
    After(&'static [&'static str]),
    /// The resource's tags.
    Tags,
    /// What no path says: made from these paths by a function over the attributes and the child's element.
    Computed { name: &'static str, from: &'static [&'static str], value: Compute },
}

/// Resources of another kind that another resource is made of.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    pub kind: &'static str,
    /// Where it says to which resource it belongs, by id.
    pub of: &'static str,
    /// Whether it is a part, and not only attached: over the attributes of the one that it names, and its own.
    pub is_part: fn(&Map<String, Value>, &Map<String, Value>) -> bool,
    /// Completes "left out, since it …".
    pub why: &'static str,
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
    /// Each value at the path has something at the second one, which leads on from it.
    Each(&'static str, &'static str),
    /// Not all of these hold.
    Unless(&'static [When]),
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
    /// `/tags` are the resource's tags.
    pub paths: &'static [&'static str],
    /// Completes "left out, since it …".
    pub why: &'static str,
    /// All must hold for it to be told.
    pub when: &'static [When],
    /// Whether a user loses something by it: then the report of an export tells it where the attribute has a value.
    pub told: bool,
    /// By these values (JSON) nobody loses anything.
    pub usual: &'static [&'static str],
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

    /// What a text at a path spells, unless it is what the provider fills in.
    pub const fn spelled(default: &'static str, name: &'static str, path: &'static str) -> Self {
        Self::Spelled { name, path, default: Some(default) }
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

    /// Its name in Terraform; none for what stands for several.
    pub fn name(&self) -> &'static str {
        match *self {
            Self::Value { name, .. }
            | Self::Spelled { name, .. }
            | Self::Always { name, .. }
            | Self::Text { name, .. }
            | Self::Document { name, .. }
            | Self::Sibling { name, .. }
            | Self::Parts { name, .. }
            | Self::Constant { name, .. }
            | Self::Given { name }
            | Self::Required { name, .. }
            | Self::Blocks { name, .. }
            | Self::Made { name, .. }
            | Self::Reference { name, .. }
            | Self::Attribute { name, .. }
            | Self::Parent { name, .. }
            | Self::Computed { name, .. } => name,
            Self::After(_) | Self::Needs { .. } => "depends_on",
            Self::Tags => "tags",
            Self::Initial { .. } | Self::Where { .. } | Self::Ignore { .. } => "",
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
        Self { paths, why, when: &[], told: false, usual: &[] }
    }

    /// Something that Terraform would not bring back.
    pub const fn told(why: &'static str, paths: &'static [&'static str]) -> Self {
        Self::told_where(why, &[], paths)
    }

    /// The same, of some resources: others have a form that says it.
    pub const fn told_where(why: &'static str, when: &'static [When], paths: &'static [&'static str]) -> Self {
        Self { paths, why, when, told: true, usual: &[] }
    }

    /// The same, unless it says what is usual: JSON.
    pub const fn told_unless(
        usual: &'static [&'static str],
        why: &'static str,
        paths: &'static [&'static str],
    ) -> Self {
        Self { paths, why, when: &[], told: true, usual }
    }

    /// The same, told only where all of these hold.
    #[must_use]
    pub const fn when(self, when: &'static [When]) -> Self {
        Self { when, ..self }
    }
}

impl Terraform {
    /// Every path that becomes something, as rule-style paths from the attributes' root; and those of conditions,
    /// for they decide what something becomes.
    pub fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        for exclude in self.excludes {
            in_conditions(exclude.when, "", &mut paths);
        }
        for form in self.forms {
            in_conditions(form.when, "", &mut paths);
            in_pattern(form.import, "", &mut paths);
            form.handles.iter().for_each(|(pattern, _)| in_pattern(pattern, "", &mut paths));
            in_arguments(form.arguments, "", &mut paths);
        }
        for child in self.children {
            in_conditions(child.when, child.each, &mut paths);
            in_pattern(child.import, child.each, &mut paths);
            in_pattern(child.key, child.each, &mut paths);
            in_arguments(child.arguments, child.each, &mut paths);
        }
        self.omits.iter().for_each(|omit| in_conditions(omit.when, "", &mut paths));
        paths
    }

    /// What its resources are made of besides their own attributes, and the paths in those.
    pub fn parts(&self) -> Vec<(Part, Vec<String>)> {
        let arguments = self.forms.iter().flat_map(|form| form.arguments);
        arguments
            .filter_map(|argument| match argument {
                Argument::Parts { part, arguments, .. } => {
                    let mut paths = vec![part.of.to_owned()];
                    in_arguments(arguments, OWNER, &mut paths);
                    paths.retain(|path| !path.starts_with(OWNER));
                    Some((*part, paths))
                }
                _ => None,
            })
            .collect()
    }

    /// The lists whose elements are told by a member (`/Attributes`, `Key`), with the values that something is said of.
    /// An element with another value is one that the mapping does not know.
    pub fn selections(&self) -> BTreeMap<(String, String), BTreeSet<String>> {
        let mut selections: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        let mut whole = BTreeSet::new();
        let omitted = self.omits.iter().flat_map(|omit| omit.paths).map(|path| (*path).to_owned());
        for path in self.paths().into_iter().chain(omitted) {
            if let Some((list, rest)) = path.rsplit_once("/*") {
                whole.insert((list.to_owned(), rest.trim_start_matches('/').to_owned()));
            }
            let mut list = String::new();
            for token in path.split('/').skip(1) {
                if let Some((member, value)) = token.split_once('=') {
                    selections.entry((list.clone(), member.to_owned())).or_default().insert(value.to_owned());
                }
                list = format!("{list}/{token}");
            }
        }
        selections.retain(|selection, _| !whole.contains(selection));
        selections
    }
}

/// Stands before the paths of the one that a part belongs to.
const OWNER: &str = ".";

/// A path that may be relative to an element, from the attributes' root.
pub fn absolute(base: &str, path: &str) -> String {
    let (steps, rest) = outwards(path);
    match rest.strip_prefix('.') {
        _ if steps > 0 => {
            let outer = (0..steps).fold(base, |base, _| base.rsplit_once('/').map_or("", |(outer, _)| outer));
            format!("{outer}{rest}")
        }
        Some(relative) => format!("{base}{relative}"),
        None => path.to_owned(),
    }
}

/// How many steps a path leads out of an element, and what it says from there: 2 and `/FromPort` for `../../FromPort`.
pub fn outwards(path: &str) -> (usize, &str) {
    let (mut steps, mut rest) = (0, path);
    while let Some(inner) = rest.strip_prefix(if steps == 0 { ".." } else { "/.." }) {
        (steps, rest) = (steps + 1, inner);
    }
    (steps, rest)
}

/// The paths of a pattern's braces, and the value for which a word is said instead: `{/From,/To:-1=all}`.
pub fn in_braces(word: &str) -> (std::str::Split<'_, char>, Option<(&str, &str)>) {
    let (paths, instead) = word.split_once(':').unwrap_or((word, ""));
    (paths.split(','), instead.split_once('='))
}

impl When {
    /// The paths that it looks at, from the attributes' root.
    pub fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        in_conditions(&[*self], "", &mut paths);
        paths
    }
}

fn in_conditions(conditions: &[When], base: &str, paths: &mut Vec<String>) {
    for when in conditions {
        match *when {
            When::Has(path) | When::Lacks(path) | When::Is(path, _) | When::IsNot(path, _) | When::Begins(path, _) => {
                paths.push(absolute(base, path));
            }
            When::Differs(one, other) => paths.extend([absolute(base, one), absolute(base, other)]),
            When::Each(path, member) => paths.push(absolute(base, path) + member),
            When::Unless(conditions) => in_conditions(conditions, base, paths),
        }
    }
}

fn in_pattern(pattern: &str, base: &str, paths: &mut Vec<String>) {
    for part in pattern.split('{').skip(1) {
        let (within, _) = in_braces(part.split('}').next().unwrap_or_default());
        paths.extend(within.filter(|path| path.starts_with(['/', '.'])).map(|path| absolute(base, path)));
    }
}

fn in_arguments(arguments: &[Argument], base: &str, paths: &mut Vec<String>) {
    for argument in arguments {
        match *argument {
            Argument::Value { path, .. }
            | Argument::Spelled { path, .. }
            | Argument::Always { path, .. }
            | Argument::Document { path, .. } => paths.push(absolute(base, path)),
            Argument::Parts { arguments, .. } => {
                // What is relative speaks of this one, what is not speaks of the part.
                let mut own = Vec::new();
                in_arguments(arguments, OWNER, &mut own);
                paths.extend(own.iter().filter_map(|path| path.strip_prefix(OWNER)).map(str::to_owned));
            }
            Argument::Attribute { path, otherwise, .. } => {
                paths.push(absolute(base, path));
                in_pattern(otherwise, base, paths);
            }
            Argument::Text { pattern, .. }
            | Argument::Reference { pattern, .. }
            | Argument::Sibling { key: pattern, .. }
            | Argument::Needs { pattern, .. } => in_pattern(pattern, base, paths),
            Argument::Blocks { path, arguments, .. } => in_arguments(arguments, &absolute(base, path), paths),
            Argument::Computed { from, .. } | Argument::Made { from, .. } => {
                paths.extend(from.iter().map(|path| absolute(base, path)));
            }
            Argument::Where { when, arguments } => {
                in_conditions(when, base, paths);
                in_arguments(arguments, base, paths);
            }
            Argument::Initial { arguments } => in_arguments(arguments, base, paths),
            Argument::Constant { .. }
            | Argument::Given { .. }
            | Argument::Required { .. }
            | Argument::Ignore { .. }
            | Argument::Parent { .. }
            | Argument::After(_)
            | Argument::Tags => {}
        }
    }
}
