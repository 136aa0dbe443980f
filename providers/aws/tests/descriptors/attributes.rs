//! All the attributes that a kind can have: the shapes of its sources, each where it stands.

use std::collections::BTreeMap;

use driftline_api::{Descriptor, Source};
use driftline_wire::model::{Shape, Structure};
use driftline_wire::models;

/// The shape of a kind's attributes.
pub(crate) struct Attributes {
    mounts: Vec<Mount>,
}

struct Mount {
    at: Vec<&'static str>,
    shape: Node,
}

/// What stands at a path.
#[derive(Clone, Copy)]
pub(crate) enum Node {
    Structure(&'static Structure),
    Shape(&'static Shape),
}

impl Node {
    fn of(shape: &'static Shape) -> Self {
        match shape {
            Shape::Structure(structure) => Self::Structure(structure),
            other => Self::Shape(other),
        }
    }

    fn step(self, token: &str) -> Option<Self> {
        match self {
            Self::Structure(structure) => structure.member(token).map(|member| Self::of(member.shape)),
            Self::Shape(Shape::List(list)) => {
                let is_element = token == "*" || token.bytes().all(|byte| byte.is_ascii_digit());
                is_element.then(|| Self::of(list.member))
            }
            Self::Shape(Shape::Map(map)) => Some(Self::of(map.value)),
            Self::Shape(_) => None,
        }
    }

    /// What stands at a path below.
    pub(crate) fn find(self, path: &[&str]) -> Option<Self> {
        path.iter().try_fold(self, |node, token| node.step(token))
    }

    pub(crate) fn is_list(self) -> bool {
        matches!(self, Self::Shape(Shape::List(_)))
    }

    pub(crate) fn is_string(self) -> bool {
        matches!(self, Self::Shape(Shape::String { .. }))
    }

    /// The members of the structures in a list.
    pub(crate) fn element_members(self) -> Option<Vec<&'static str>> {
        match self.step("*")? {
            Self::Structure(structure) => Some(structure.members.iter().map(|member| member.name).collect()),
            Self::Shape(_) => None,
        }
    }
}

/// The tokens of a path; none for the empty one.
pub(crate) fn tokens(path: &'static str) -> Vec<&'static str> {
    path.split('/').skip(1).collect()
}

/// The shape that a source contributes.
pub(crate) fn of_source(source: &Source) -> Result<Node, String> {
    let Source { operation, member, .. } = source;
    let (service, name) = operation.split_once(':').ok_or_else(|| format!("`{operation}` is not service:Operation"))?;
    let found = models::service(service).and_then(|service| service.operation(name));
    let found = found.ok_or_else(|| format!("the API models have no {operation}"))?;
    let root = Node::Structure(found.output);
    root.find(&tokens(member)).ok_or_else(|| format!("the answer of {operation} has no {member}"))
}

impl Attributes {
    /// Sources that do not exist are left out: they are told elsewhere.
    pub(crate) fn of(kind: &Descriptor) -> Self {
        let mount = |source: &Source| Some(Mount { at: tokens(source.at), shape: of_source(source).ok()? });
        Self { mounts: kind.sources.iter().filter_map(mount).collect() }
    }

    /// Everything that can stand at a path (`*` for elements and map values, numbers for single elements). Sources
    /// may overlap, so that it can be several shapes; they agree in what they are.
    pub(crate) fn find(&self, path: &[&str]) -> Vec<Node> {
        let below = |mount: &Mount| mount.shape.find(path.strip_prefix(mount.at.as_slice())?);
        self.mounts.iter().filter_map(below).collect()
    }

    /// Whether a path exists: in a source, or on the way to where one stands.
    pub(crate) fn exists(&self, path: &[&str]) -> bool {
        !self.find(path).is_empty() || self.mounts.iter().any(|mount| mount.at.starts_with(path))
    }

    /// The paths of all lists that can be in the attributes.
    pub(crate) fn lists(&self) -> Vec<Vec<&'static str>> {
        self.all().into_iter().filter(|(_, node)| node.is_list()).map(|(path, _)| path).collect()
    }

    /// The paths of all values that can be in the attributes.
    pub(crate) fn leaves(&self) -> Vec<Vec<&'static str>> {
        let is_leaf =
            |node: &Node| matches!(node, Node::Shape(shape) if !matches!(shape, Shape::List(_) | Shape::Map(_)));
        self.all().into_iter().filter(|(_, node)| is_leaf(node)).map(|(path, _)| path).collect()
    }

    /// Everything that can be in the attributes, sorted by path. Shapes that hold themselves are followed once.
    fn all(&self) -> BTreeMap<Vec<&'static str>, Node> {
        let mut all = BTreeMap::new();
        for mount in &self.mounts {
            visit(mount.shape, &mut mount.at.clone(), &mut Vec::new(), &mut all);
        }
        all
    }
}

fn visit(
    node: Node,
    path: &mut Vec<&'static str>,
    within: &mut Vec<&'static str>,
    all: &mut BTreeMap<Vec<&'static str>, Node>,
) {
    all.insert(path.clone(), node);
    let mut below = |token, shape, within: &mut Vec<&'static str>| {
        path.push(token);
        visit(Node::of(shape), path, within, all);
        path.pop();
    };
    match node {
        Node::Structure(structure) if within.contains(&structure.name) => {}
        Node::Structure(structure) => {
            within.push(structure.name);
            for member in structure.members {
                below(member.name, member.shape, within);
            }
            within.pop();
        }
        Node::Shape(Shape::List(list)) => below("*", list.member, within),
        Node::Shape(Shape::Map(map)) => below("*", map.value, within),
        Node::Shape(_) => {}
    }
}
