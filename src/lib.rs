//! The library behind the driftline command: scan, normalize, compare, store, show. It knows no cloud SDK and never
//! touches the terminal.

pub mod diff;
pub mod plan;
pub mod render;
mod resource;

pub use resource::Resource;
