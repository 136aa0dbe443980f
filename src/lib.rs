//! The library behind the driftline command: scan, normalize, compare, store, show. It knows no cloud SDK and never
//! touches the terminal.

pub mod accept;
pub mod attribution;
pub mod config;
pub mod diff;
pub mod drift;
pub mod estimate;
pub mod export;
pub mod forge;
pub mod import;
pub mod managed;
pub mod normalize;
pub mod notify;
pub mod plan;
pub mod remote;
pub mod render;
mod resource;
pub mod restore;
pub mod resume;
pub mod risk;
pub mod scan;
pub mod snapshot;
pub mod store;
pub mod trail;
pub mod web;

pub use resource::Resource;
