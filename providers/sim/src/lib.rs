//! An embedded AWS endpoint on loopback: for the demo, tests and benchmarks.
//!
//! It answers the read operations of the API models from a description of accounts ([`World`]), as AWS does: in
//! each service's own protocol, in pages, with the error codes that AWS has. A console change is a change of the
//! description while the endpoint runs ([`Sim::edit`]); [`Faults`] make it slow, throttle, deny, fail, or cut its
//! answers short.
//!
//! ```no_run
//! let sim = driftline_sim::Sim::start(driftline_sim::demo())?;
//! println!("AWS_ENDPOINT_URL={} AWS_ACCESS_KEY_ID=123456789012 AWS_SECRET_ACCESS_KEY=any", sim.url());
//! # Ok::<(), driftline_sim::StartError>(())
//! ```

// Instances and databases have more members than `json!` takes by default.
#![recursion_limit = "512"]

mod demo;
mod endpoint;
mod engine;
mod faults;
mod generate;
mod identity;
mod operations;
mod organization;
mod rates;
mod script;
mod shuffle;
mod stats;
mod trail;
mod world;

pub use demo::{DEMO_ACCOUNT, console_changes, demo};
pub use endpoint::{Sim, StartError};
pub use faults::{Fault, FaultId, Faults, Rule};
pub use generate::{Change, Generated, How};
pub use rates::{Bucket, Rate, Rates};
pub use script::ScriptError;
pub use stats::{CallCount, Stats};
pub use world::{Account, GLOBAL, LoadError, PathError, World};
