//! What the end-to-end tests share: a place to run in, endpoints to read from, and git.

mod driver;
mod emulator;
pub(crate) mod forge;
mod output;
mod people;
mod place;

pub(crate) use driver::{Change, Driver};
pub(crate) use emulator::{Emulator, in_environment, installed, python};
pub(crate) use output::Output;
pub(crate) use people::People;
pub(crate) use place::{KINDS, Place, REGION};

use std::path::PathBuf;

/// Where things of the demo account stand in its description.
pub(crate) mod at {
    pub(crate) const ORDERS: &str = "123456789012/eu-west-1/rds/DBInstances/DBInstanceIdentifier=prod-orders";
    /// The same, where it stands in a repository.
    pub(crate) const ORDERS_FILE: &str = "snapshots/aws/123456789012/eu-west-1/rds/db_instance/prod-orders.json";
    pub(crate) const VPCS: &str = "123456789012/eu-west-1/ec2/Vpcs";
    pub(crate) const GROUPS: &str = "123456789012/eu-west-1/ec2/SecurityGroups";
    pub(crate) const VOLUMES: &str = "123456789012/eu-west-1/ec2/Volumes";
    pub(crate) const BUCKETS: &str = "123456789012/global/s3/Buckets";
    pub(crate) const ZONES: &str = "123456789012/global/route53/HostedZones";
    pub(crate) const USERS: &str = "123456789012/global/iam/Users";
}

/// An endpoint of ours with the demo account.
pub(crate) fn sim() -> driftline_sim::Sim {
    driftline_sim::Sim::start(driftline_sim::demo()).expect("the embedded endpoint starts")
}

/// A database that was made public: drift of one attribute.
pub(crate) fn publish_orders(sim: &driftline_sim::Sim) {
    sim.edit(|world| world.set(&format!("{}/PubliclyAccessible", at::ORDERS), true)).expect("the database is there");
}

/// A file of the test suite.
pub(crate) fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// The test environment's variables, which say where emulators and Terraform's plugins lie.
#[expect(clippy::disallowed_methods, reason = "tests are told by their environment what is installed")]
pub(crate) fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}
