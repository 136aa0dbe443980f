//! The library behind the driftline command: scan, normalize, compare, store, show. It knows no cloud SDK and never
//! touches the terminal.

pub mod config;
pub mod normalize;
mod resource;

pub use resource::Resource;
