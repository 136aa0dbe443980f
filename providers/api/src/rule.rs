//! How the attributes of a kind are normalized, as data.
//!
//! A path is a JSON pointer into the attributes in which `*` stands for every element of a list or every value of
//! a map: `/IpPermissions/*/IpRanges`. Rules name paths, never bare member names: a tag that a user called
//! `Status` is not a status.

/// One statement on one path. The set of rules is closed on purpose: one normalizer interprets them, `driftline
/// kinds NAME` prints them, and the tests check that each matches something in the kind's fixture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// Changes by itself (status, counts, last used) and is dropped. `why` completes "dropped because it …".
    Volatile { path: &'static str, why: &'static str },
    /// A list in which order means nothing; elements are known by the `key` members (all of them together). An
    /// empty `key` means that the whole element is its key (lists of strings).
    Set { path: &'static str, key: &'static [&'static str] },
    /// A list in which order matters. It says that somebody looked: every list of a kind is a set or a sequence.
    /// Elements with the same `key` members are compared with each other where `key` is not empty.
    Sequence { path: &'static str, key: &'static [&'static str] },
    /// JSON inside a string: parsed, canonicalized, stored as JSON.
    Document { path: &'static str, form: Document },
    /// Never stored in clear: replaced by a keyed hash that changes when the secret does.
    Secret { path: &'static str },
    /// Tags in one of AWS's list forms, moved to the resource's `tags` as a map.
    Tags { path: &'static str },
    /// Dropped while equal to what AWS answers for something that nobody configured. `value` is JSON.
    Default { path: &'static str, value: &'static str, why: &'static str },
    /// A top-level attribute that is dropped where all of `when` hold (JSON pointers into the attributes, and the JSON
    /// that stands there, or `*` for anything), since it says what another place says too: one change would be shown
    /// twice. `why` completes "dropped because it …".
    Redundant { path: &'static str, when: &'static [(&'static str, &'static str)], why: &'static str },
    /// What AWS calls a part that may go and come back as the same part with another id: the file keeps it, since an
    /// export imports by it, and it is never compared. `why` completes "not compared because it …".
    Handle { path: &'static str, why: &'static str },
    /// Holds the id, ARN or name of a resource of another kind.
    Reference { path: &'static str, kind: &'static str },
}

/// What a JSON document inside a string is, and so what may be canonicalized in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// An IAM policy, possibly URL-encoded: scalars and lists of actions, resources and principals mean the same.
    Policy,
    /// Any other JSON.
    Json,
}

impl Rule {
    /// The path that the rule speaks of.
    pub fn path(&self) -> &'static str {
        match *self {
            Self::Volatile { path, .. }
            | Self::Set { path, .. }
            | Self::Sequence { path, .. }
            | Self::Document { path, .. }
            | Self::Secret { path }
            | Self::Tags { path }
            | Self::Default { path, .. }
            | Self::Redundant { path, .. }
            | Self::Handle { path, .. }
            | Self::Reference { path, .. } => path,
        }
    }

    /// The rule's name in `driftline kinds`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Volatile { .. } => "volatile",
            Self::Set { .. } => "set",
            Self::Sequence { .. } => "sequence",
            Self::Document { .. } => "document",
            Self::Secret { .. } => "secret",
            Self::Tags { .. } => "tags",
            Self::Default { .. } => "default",
            Self::Redundant { .. } => "redundant",
            Self::Handle { .. } => "handle",
            Self::Reference { .. } => "reference",
        }
    }
}
