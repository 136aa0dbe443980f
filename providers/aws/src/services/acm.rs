//! Certificate Manager: certificates, without private material.

mod certificate;
mod claims;
mod fixes;
mod rereads;

use crate::Kind;

pub(super) use claims::CLAIMS;
pub(super) use fixes::FIXES;
pub(super) use rereads::REREADS;

/// The kinds of this service.
pub(super) static KINDS: &[&Kind] = &[&certificate::KIND];
