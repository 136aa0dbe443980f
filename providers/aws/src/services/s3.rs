//! S3: buckets, access points, and the account's own public access block.

mod access_point;
mod account_public_access_block;
mod bucket;
mod claims;
mod configuration;
mod fixes;
mod rereads;

use crate::Kind;

pub(super) use claims::CLAIMS;
pub(super) use fixes::FIXES;
pub(super) use rereads::REREADS;

/// The kinds of this service.
pub(super) static KINDS: &[&Kind] = &[&access_point::KIND, &account_public_access_block::KIND, &bucket::KIND];
