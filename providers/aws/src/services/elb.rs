//! Elastic Load Balancing, the classic generation.

mod claims;
mod fixes;
mod load_balancer;

use crate::Kind;

pub(super) use claims::CLAIMS;
pub(super) use fixes::FIXES;

/// The kinds of this service.
pub(super) static KINDS: &[&Kind] = &[&load_balancer::KIND];
