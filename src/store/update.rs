//! What a restore point changes, and who changed it.

use std::collections::BTreeMap;

use driftline_api::Address;

use super::Oid;
use crate::snapshot::{Coverage, Format, path};

/// What the next restore point changes. Everything else stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Update(pub(super) BTreeMap<String, Option<Content>>);

#[derive(Debug, Clone)]
pub(super) enum Content {
    Blob(Oid),
    Bytes(Vec<u8>),
}

/// One commit of a series: what it changes since the one before.
#[derive(Debug, Clone)]
pub struct Step {
    pub update: Update,
    pub message: String,
    /// Who changed the account, and when; without it, whoever commits.
    pub author: Option<Author>,
}

/// The author of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    pub name: String,
    pub email: String,
    /// Seconds since 1970, in UTC.
    pub at: i64,
}

impl Update {
    /// The resource has this content, which the repository has or [`super::ObjectWriter::blob`] wrote.
    pub fn put(&mut self, address: &Address, blob: Oid) {
        self.0.insert(path::of(address), Some(Content::Blob(blob)));
    }

    /// The resource has this content.
    pub fn put_bytes(&mut self, address: &Address, bytes: Vec<u8>) {
        self.0.insert(path::of(address), Some(Content::Bytes(bytes)));
    }

    /// The resource does not exist any more.
    pub fn remove(&mut self, address: &Address) {
        self.0.insert(path::of(address), None);
    }

    pub fn set_format(&mut self, format: &Format) {
        self.0.insert(Format::PATH.to_owned(), Some(Content::Bytes(format.to_bytes())));
    }

    /// Writes the coverage of every account that it speaks of; those of other accounts stay.
    pub fn set_coverage(&mut self, coverage: &Coverage) {
        for (path, bytes) in coverage.to_files() {
            self.0.insert(path, Some(Content::Bytes(bytes)));
        }
    }

    /// Removes an account's coverage, for an account that is no longer read.
    pub fn remove_coverage(&mut self, provider: &str, account: &str) {
        self.0.insert(Coverage::path(provider, account), None);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
