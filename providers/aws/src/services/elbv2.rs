//! Elastic Load Balancing v2: application, network and gateway load balancers, and what hangs on them.

mod action;
mod claims;
mod fixes;
mod listener;
mod lists;
mod load_balancer;
mod rereads;
mod rule;
mod tags;
mod target_group;
mod trust_store;

use crate::Kind;

pub(super) use claims::CLAIMS;
pub(super) use fixes::FIXES;
pub(super) use rereads::REREADS;

/// The kinds of this service.
pub(super) static KINDS: &[&Kind] =
    &[&listener::KIND, &load_balancer::KIND, &rule::KIND, &target_group::KIND, &trust_store::KIND];
