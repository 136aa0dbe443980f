//! Route 53: hosted zones and their records, health checks, reusable delegation sets.

mod claims;
mod delegation_set;
mod fixes;
mod health_check;
mod hosted_zone;
mod record_name;
mod record_set;
mod rereads;
mod zones;

use crate::Kind;

pub(super) use claims::CLAIMS;
pub(super) use fixes::FIXES;
pub(super) use rereads::REREADS;

/// The kinds of this service.
pub(super) static KINDS: &[&Kind] =
    &[&delegation_set::KIND, &health_check::KIND, &hosted_zone::KIND, &record_set::KIND];
