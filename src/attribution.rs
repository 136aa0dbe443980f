//! Who changed what: drift explained by the provider's own records.

mod ask;
mod names;
mod pick;
mod said;
#[cfg(test)]
mod sample;

use driftline_api::{Actor, Event, Via};
use serde::{Deserialize, Serialize};

pub use ask::{Inquired, Inquiry, Most, attribute};
pub(crate) use names::field;
pub(crate) use said::{Said, plain};

/// Who is behind some of a resource's changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attributed {
    /// Indices into the resource's changes, sorted. Empty where the whole resource was added or removed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<usize>,
    pub attribution: Attribution,
}

/// What is known of the origin of a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribution {
    By(Origin),
    Unknown(Unexplained),
}

/// The recorded write that explains a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    pub actor: Actor,
    pub via: Via,
    /// Seconds since 1970.
    pub at: i64,
    /// `service:EventName`.
    pub event: String,
    pub event_id: String,
    /// Where it was recorded.
    pub region: String,
}

/// Why nobody can be named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Unexplained {
    /// The restore point is older than what the records keep, and they hold nothing younger that explains it.
    TooOld { days: u32 },
    /// The records could not be read.
    NotRead { cause: String },
    /// The records hold nothing that explains it.
    NothingFound,
}

impl Attribution {
    /// The event behind it, if one is known.
    pub fn origin(&self) -> Option<&Origin> {
        match self {
            Self::By(origin) => Some(origin),
            Self::Unknown(_) => None,
        }
    }
}

impl From<Event> for Origin {
    fn from(event: Event) -> Self {
        let Event { id, name, at, region, actor, via, .. } = event;
        Self { actor, via, at, event: name, event_id: id, region }
    }
}
