//! AWS's API models and the wire protocols they speak.
//!
//! The models under `models/` are generated from AWS's own (the botocore package of PyPI, at a pinned version) for
//! the operations that driftline's kinds read, and hold nothing else: a write operation cannot be sent because it
//! is not there. One codec per protocol serves all operations, in both directions: the client half is used to read
//! accounts, the server half by the embedded endpoint.

#[cfg(feature = "client")]
pub mod client;
pub mod endpoint;
pub mod model;
pub mod models;
pub mod percent;
#[cfg(feature = "server")]
pub mod server;
pub mod timestamp;
