//! Comparing two normalized resources of a kind: which attributes differ, each difference once and at the deepest
//! attribute that explains it.
//!
//! The kind's rules guide the walk. In a [`Rule::Set`](driftline_api::Rule) order means nothing and elements are
//! found by their key; in a [`Rule::Sequence`](driftline_api::Rule) an insertion in the middle is one added element
//! and a pure reordering is told once; in an IAM policy the statement that changed is found by its `Sid` or, without
//! one, by what it says. Lists that no rule speaks of are sequences. What a [`Rule::Handle`](driftline_api::Rule) speaks
//! of is no difference, and no part of one: a change's values do not hold it.

mod apply;
mod canonical;
mod handle;
mod list;
mod path;
mod policy;
mod shape;
mod similarity;
mod text;
mod walk;

#[cfg(test)]
mod laws;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

use driftline_api::Descriptor;
use serde_json::Value;

use crate::Resource;

pub use apply::{Inapplicable, apply, units};
pub use path::{Element, Path, PathError, Segment};
pub(crate) use path::{is_root, key_member, spell};
pub use text::{Hunk, HunkLine, hunks};

/// One difference between two resources.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Where, as a path into the snapshot file.
    pub path: Path,
    pub action: Action,
    /// The value in the restore point; `None` exactly if the action is [`Action::Added`].
    pub before: Option<Value>,
    /// The live value; `None` exactly if the action is [`Action::Removed`].
    pub after: Option<Value>,
}

/// What happened to an attribute or an element of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    Added,
    Removed,
    Changed,
    /// The elements of a sequence stand in another order. `before` and `after` list the elements that both sides have
    /// in the old order and in the new one, each as its key members or, without a key, as what it is now. Elements that
    /// came, went or changed are changes of their own.
    Reordered,
}

impl Action {
    /// The word used in plan files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Reordered => "reordered",
        }
    }
}

/// All differences between two resources: attributes in the order of their names, then tags, then the ARN. Without a
/// descriptor (a kind that this version does not know) every list is a sequence.
pub fn diff(descriptor: Option<&Descriptor>, before: &Resource, after: &Resource) -> Vec<Change> {
    let shape = shape::Shape::new(descriptor.map_or(&[], |descriptor| descriptor.rules));
    walk::resources(&shape, before, after)
}
