//! Showing a plan: peers over a [`Plan`](crate::plan::Plan) and a writer. None of them knows a terminal; who calls
//! them says whether there are colours and how wide a line may be.

mod escape;
mod estimate;
mod ignored;
mod json;
mod limited;
mod lines;
mod managed;
mod markdown;
mod not_read;
mod proposal;
mod restore;
mod rests;
mod table;
mod text;
mod value;
mod who;

#[cfg(test)]
mod tests;

pub use escape::printable;
pub(crate) use escape::quoted;
pub use estimate::{duration, estimate_json, estimate_text, rate};
pub use json::{PlanFileError, json};
pub use limited::limited;
pub use lines::line;
pub use managed::{SECTIONS, Section, view_json, view_markdown, view_text};
pub use markdown::markdown;
pub use not_read::gap_item;
pub use proposal::{Description, closing_comment, proposal_description, proposal_title};
pub use restore::{json as restore_json, outcome as restore_outcome, proposal as restore_proposal};
pub use table::{CoverageRow, coverage};
pub use text::{changes, resource, text};
pub use who::{moment, person, reason, who};

/// How text is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub colour: bool,
    /// Columns that a line should not exceed. A single long value may.
    pub width: usize,
}

impl Default for Look {
    fn default() -> Self {
        Self { colour: false, width: 100 }
    }
}
