//! Certificate Manager: certificates, without private material.

mod certificate;
mod claims;

use crate::Kind;

pub(super) use claims::CLAIMS;

/// The kinds of this service.
pub(super) static KINDS: &[&Kind] = &[&certificate::KIND];
