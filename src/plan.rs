//! A plan: the drift of one scan against one restore point, plus what could not be read.
//!
//! It is a pure function of two snapshots, two coverages and the ignore rules ([`plan`]). A scan that already knows
//! which resources are equal hands only the others to a [`Builder`], and gets the same plan.

mod build;
pub(crate) mod compare;
mod conditions;
pub(crate) mod ignore;
mod pattern;

#[cfg(test)]
mod tests;

use driftline_api::{Address, Cause, Scope, Under};
use serde::{Deserialize, Serialize};

use crate::Resource;
use crate::attribution::Attributed;
use crate::diff::Change;
use crate::snapshot::Coverage;
use crate::trail::Rests;

pub use build::{Builder, plan};
pub use conditions::{Conditions, TextPattern};
pub use ignore::{Ignore, Ignored};
pub use pattern::{PathPattern, PathPatternError};

/// What changed between a restore point and the live accounts (or a second restore point).
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub against: Against,
    /// Sorted by address.
    pub drift: Vec<ResourceDrift>,
    /// The gaps. What they cover is not compared.
    pub not_read: Vec<NotRead>,
    /// One entry per ignore rule, in their order; one that took nothing out of this plan has zeros.
    pub ignored: Vec<Ignored>,
    /// How the reads ended: the coverage that an import of the same scan would write. Only of a plan from a scan.
    pub coverage: Option<Coverage>,
    /// What it rests on, where only that was read again which the provider's records name.
    pub rests: Option<Rests>,
    pub scanned: Scanned,
}

/// The restore point that a plan compares with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Against {
    /// As the user named it: `HEAD`.
    pub rev: String,
    /// The commit's full id.
    pub commit: String,
}

/// What the scan behind a plan did. Zero for a plan between two restore points, except `resources`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scanned {
    pub accounts: usize,
    pub scopes: usize,
    pub kinds: usize,
    pub resources: usize,
    pub calls: usize,
    pub retries: usize,
    /// Less was read than the configuration says: what is not told of may have drifted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub narrowed: bool,
}

/// One resource that drifted.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceDrift {
    pub address: Address,
    /// `service/resource`, as in the address.
    pub kind: String,
    /// What people call it, where its id is no name.
    pub label: Option<String>,
    pub arn: Option<String>,
    pub drift: Drift,
    /// As the restore point has it; `None` exactly if added.
    pub before: Option<Resource>,
    /// As it is now; `None` exactly if removed. Attributes that could not be read stand as last known.
    pub after: Option<Resource>,
    /// The differences that no rule ignores. Empty if the whole resource was added or removed.
    pub changes: Vec<Change>,
    /// Who is behind them, each change once. Empty where nobody asked the provider's records.
    pub by: Vec<Attributed>,
    /// Who manages it in Terraform's states. None where no states were looked at; empty: nobody.
    pub managers: Option<Vec<Manager>>,
}

/// Who manages a resource: a resource in a state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manager {
    /// The state's name.
    pub state: String,
    /// `module.web.aws_instance.this[0]`
    pub address: String,
    /// It manages a part of the resource only: an attachment, a rule.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub part: bool,
}

/// What happened to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Drift {
    /// It is there, but in no restore point: nobody imported it.
    Added,
    Changed,
    /// It is in the restore point, but no longer there.
    Removed,
}

impl Drift {
    /// The word used in plan files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

/// A part of one side that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRead {
    pub side: Side,
    /// The region is `*` where all regions of the account are meant.
    pub scope: Scope,
    /// `*` where every kind of the scope is meant: the account could not be entered.
    pub kind: String,
    pub under: Under,
    /// JSON pointer into the attributes (`/Policy`; `/tags` for the tags) if only this part is missing.
    pub path: Option<String>,
    pub cause: Cause,
}

/// Which side of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The scan behind the restore point had a gap here: what is only live now may have been there all along.
    RestorePoint,
    Live,
}

impl NotRead {
    /// Whether this gap covers the resource as a whole.
    pub fn covers(&self, address: &Address) -> bool {
        self.path.is_none() && self.concerns(address)
    }

    /// Whether this gap covers the resource or a part of it.
    pub fn concerns(&self, address: &Address) -> bool {
        let scope = &address.scope;
        self.scope.provider == scope.provider
            && self.scope.account == scope.account
            && (self.scope.region == "*" || self.scope.region == scope.region)
            && (self.kind == "*" || self.kind == address.kind)
            && match &self.under {
                Under::Kind => true,
                Under::Id(id) => *id == address.id,
                Under::Parent(id) => address.id.strip_prefix(id.as_str()).is_some_and(|rest| rest.starts_with('/')),
            }
    }
}

/// The figures of a plan's last line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub added: usize,
    pub changed: usize,
    pub removed: usize,
}

impl Plan {
    pub fn summary(&self) -> Summary {
        let count = |drift| self.drift.iter().filter(|resource| resource.drift == drift).count();
        Summary { added: count(Drift::Added), changed: count(Drift::Changed), removed: count(Drift::Removed) }
    }

    /// Whether everything that was to be compared could be.
    pub fn is_complete(&self) -> bool {
        self.not_read.is_empty()
    }

    /// Whether it compares two restore points: no account was read.
    pub fn is_between_restore_points(&self) -> bool {
        self.scanned.accounts == 0
    }

    /// Whether nothing drifted, as far as one can see.
    pub fn is_empty(&self) -> bool {
        self.drift.is_empty()
    }

    /// How many resources and changes the ignore rules took out.
    pub fn ignored_count(&self) -> usize {
        self.ignored.iter().map(Ignored::count).sum()
    }
}
