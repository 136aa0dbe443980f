//! EC2: networking and compute.

mod security_group;

use crate::Kind;

/// The kinds of this service.
pub(super) static KINDS: &[&Kind] = &[&security_group::KIND];
