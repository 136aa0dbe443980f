//! The command as people run it: the real binary, real git, and endpoints that answer as AWS does.
//!
//! One file per command or topic; [`harness`] holds what they share. What others wrote (moto's server, ministack,
//! Terraform) is used where it is installed: `scripts/test` installs the first two.
#![expect(clippy::print_stderr, reason = "tests say why they were skipped")]

mod accept;
mod attributes;
mod attribution;
mod changes;
mod ci;
mod coverage;
mod credentials;
mod demo;
mod diff;
mod export;
mod faults;
mod fewest;
mod generated;
mod harness;
mod ignore;
mod import;
mod init;
mod input;
mod kill;
mod kinds;
mod limits;
mod log;
mod managed;
mod newest;
mod notify;
mod plan;
mod printed;
mod propose;
mod restore;
mod resume;
mod review;
mod shard;
mod show;
mod since_trail;
mod table;
mod terraform;
mod tidy;
