//! Certificate Manager: certificates, without private material.

mod certificate;
mod claims;
mod fixes;

use crate::Kind;

pub(super) use claims::CLAIMS;
pub(super) use fixes::FIXES;

/// The kinds of this service.
pub(super) static KINDS: &[&Kind] = &[&certificate::KIND];
