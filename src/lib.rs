//! The library behind the driftline command: scan, normalize, compare, store, show. It knows no cloud SDK and never
//! touches the terminal.

mod resource;
pub mod snapshot;
pub mod store;

pub use resource::Resource;
