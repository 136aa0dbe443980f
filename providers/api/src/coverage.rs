//! How a read ended. A gap is never an empty list: what could not be read is told, and keeps its last known state.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How the read of one kind in one scope (or of one part of it) ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Everything was read.
    Read,
    /// The credentials may not.
    Denied,
    /// The provider kept answering "slow down" until the retries were used up.
    Throttled,
    /// Any other failure: unreachable, a server error, an answer that cannot be understood.
    Failed,
    /// This API does not exist in this scope (a service that a region does not have).
    Unsupported,
    /// The configuration leaves it out.
    Excluded,
    /// Deliberately read in part only.
    Limited,
}

impl Status {
    /// Whether something that the user expects to be read was not.
    pub fn is_gap(self) -> bool {
        !matches!(self, Self::Read | Self::Unsupported | Self::Excluded)
    }

    /// The word used in files and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
            Self::Unsupported => "unsupported",
            Self::Excluded => "excluded",
            Self::Limited => "limited",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why something was not read. `message` is for people and is never committed: it may hold request ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    pub status: Status,
    /// The IAM action or API call that failed, as `service:Operation`.
    pub operation: String,
    /// The provider's error code, such as `AccessDenied`; or a word of ours such as `timeout`.
    pub code: String,
    pub message: String,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.operation, self.status)?;
        if !self.code.is_empty() {
            write!(f, " ({})", self.code)?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Cause {}

/// An attribute of a resource that could not be read although the resource itself could.
/// Its last known value is kept, and nothing is reported at or below `path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// JSON pointer into the attributes, such as `/Policy`. The path `/tags` means the resource's tags.
    pub path: String,
    pub cause: Cause,
}

/// Which resources of a kind a gap covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Under {
    /// All of the kind in the scope.
    Kind,
    /// The one with this id.
    Id(String),
    /// Those whose id begins with this one and a `/`: the children of a parent whose list could not be read.
    Parent(String),
}

/// Resources that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The region it concerns where the task reads several at once ([`crate::Reads::OncePerAccount`]).
    pub region: Option<String>,
    pub under: Under,
    pub cause: Cause,
}

/// What was read of a kind whose newest resources alone are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// How many were wanted.
    pub newest: u32,
    /// When the oldest one that was read was made; nothing older was.
    pub since: String,
    /// How many older ones there are.
    pub beyond: u64,
}

impl Window {
    /// Whether something that was made then lies beyond it. What does not say when is always read.
    pub fn is_beyond(&self, created: Option<&str>) -> bool {
        created.is_some_and(|created| created < self.since.as_str())
    }
}
