//! Elastic Load Balancing, the classic generation.

mod load_balancer;

use crate::Kind;

/// The kinds of this service.
pub(super) static KINDS: &[&Kind] = &[&load_balancer::KIND];
