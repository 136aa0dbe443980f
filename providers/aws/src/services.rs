//! Every kind, by service. A service's list names its kinds; the tests walk this table.

#[cfg(feature = "ec2")]
mod ec2;
#[cfg(feature = "iam")]
mod iam;
#[cfg(feature = "rds")]
mod rds;

use std::sync::LazyLock;

use crate::Kind;

/// Every kind that is compiled in, sorted by name.
pub static KINDS: LazyLock<Vec<&'static Kind>> = LazyLock::new(|| {
    let services: &[&[&Kind]] = &[
        #[cfg(feature = "ec2")]
        ec2::KINDS,
        #[cfg(feature = "iam")]
        iam::KINDS,
        #[cfg(feature = "rds")]
        rds::KINDS,
    ];
    let mut kinds: Vec<&'static Kind> = services.iter().flat_map(|kinds| kinds.iter().copied()).collect();
    kinds.sort_by_key(|kind| kind.descriptor.name);
    kinds
});
