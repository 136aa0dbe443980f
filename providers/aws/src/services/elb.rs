//! Elastic Load Balancing, the classic generation.

mod claims;
mod load_balancer;

use crate::Kind;

pub(super) use claims::CLAIMS;

/// The kinds of this service.
pub(super) static KINDS: &[&Kind] = &[&load_balancer::KIND];
