//! How drift of a kind is put back by calls, as data: which operation, and what its input is made of.
//!
//! Paths and patterns are those of a mapping to Terraform; they are looked up in what the resource is to be again. Its
//! tags stand at `/tags`. A member of an input is named by its path: `Tagging/TagSet`, `ResourceArns/0`.

use serde_json::{Map, Value};

use crate::When;

/// All that can be put back of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Fixes {
    pub kind: &'static str,
    pub fixes: &'static [Fix],
}

/// A call, or several of a sort, that put attributes back.
#[derive(Debug, Clone, Copy)]
pub enum Fix {
    /// One call that says all of it, whichever of the paths differs. All of `when` must hold of the resource as it is to
    /// be.
    Whole { paths: &'static [&'static str], when: &'static [When], call: Operation },
    /// One call that says only what differs: member and path of each attribute that it takes. A path with `*` in it gives
    /// a list.
    Modify { members: &'static [(&'static str, &'static str)], call: Operation },
    /// A call for each element of a list that is missing or differs, and one for each that is too many. Elements are told
    /// apart by the `key` members (no key: by the whole element), and paths that begin with `.` lead into one.
    Elements { list: &'static str, key: &'static [&'static str], put: Option<Operation>, remove: Option<Operation> },
    /// Tags: one call for those that are missing or differ, which takes them at `tags`, and one for those that are too
    /// many, which takes their keys at `keys`.
    Tags { put: Operation, tags: &'static str, remove: Operation, keys: &'static str, form: TagKeys },
    /// What no path says. An empty path means any attribute, and that the resource came or went.
    Made { paths: &'static [&'static str], operations: &'static [&'static str], make: Make },
}

/// How an operation takes the keys of tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagKeys {
    /// `["Team"]`
    Texts,
    /// `[{"Key": "Team"}]`
    Objects,
}

/// An operation, and what its input says in any case.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// `service:Operation`, as the API model spells it.
    pub name: &'static str,
    pub input: &'static [Input],
}

/// A member of an operation's input. What says nothing is left out.
#[derive(Debug, Clone, Copy)]
pub enum Input {
    /// A pattern.
    Text(&'static str, &'static str),
    /// The value at a path; with `*` in it, all values there as a list.
    Value(&'static str, &'static str),
    /// The same, and this JSON where nothing stands there.
    Or(&'static str, &'static str, &'static str),
    /// The document at a path, as the text that the operation takes.
    Document(&'static str, &'static str),
    /// JSON that never differs.
    Constant(&'static str, &'static str),
    /// All tags, as `[{"Key": …, "Value": …}]`.
    Tags(&'static str),
}

/// The sides of a drifted resource, for what is made by functions.
#[derive(Debug, Clone, Copy)]
pub struct Sides<'s> {
    pub id: &'s str,
    pub arn: Option<&'s str>,
    /// What is to be again; none where the resource was added.
    pub wanted: Option<&'s Map<String, Value>>,
    /// What is there now; none where the resource was removed.
    pub live: Option<&'s Map<String, Value>>,
}

/// A call that puts something back.
#[derive(Debug, Clone, PartialEq)]
pub struct FixCall {
    /// `service:Operation`.
    pub operation: &'static str,
    pub input: Value,
}

/// `None` where it cannot be put back.
pub type Make = fn(Sides<'_>) -> Option<Vec<FixCall>>;

impl Operation {
    pub const fn new(name: &'static str, input: &'static [Input]) -> Self {
        Self { name, input }
    }
}

impl Input {
    /// The member of the input, by its path.
    pub fn member(&self) -> &'static str {
        match *self {
            Self::Text(member, _)
            | Self::Value(member, _)
            | Self::Or(member, ..)
            | Self::Document(member, _)
            | Self::Constant(member, _)
            | Self::Tags(member) => member,
        }
    }
}

impl Fix {
    /// The attributes that it puts back, as rule-style paths.
    pub fn paths(&self) -> Vec<&'static str> {
        match *self {
            Self::Whole { paths, .. } | Self::Made { paths, .. } => paths.to_vec(),
            Self::Modify { members, .. } => members.iter().map(|(_, path)| attribute(path)).collect(),
            Self::Elements { list, .. } => vec![list],
            Self::Tags { .. } => vec!["/tags"],
        }
    }
}

/// The part of a path before the elements of a list.
fn attribute(path: &'static str) -> &'static str {
    path.split("/*").next().unwrap_or(path)
}
