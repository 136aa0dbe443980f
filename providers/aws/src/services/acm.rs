//! Certificate Manager: certificates, without private material.

mod certificate;

use crate::Kind;

/// The kinds of this service.
pub(super) static KINDS: &[&Kind] = &[&certificate::KIND];
