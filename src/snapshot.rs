//! What a snapshot looks like as files: where each resource lies, the format's version, how the reads ended.

mod coverage;
mod format;
pub mod path;

pub use coverage::{Coverage, CoverageError, CoverageGap, ItemGap, KindCoverage};
pub use format::{Format, FormatError};

/// The folder of a repository that holds the snapshot. Nothing outside it is driftline's.
pub const ROOT: &str = "snapshots";
