//! One resource for which calls of its own were made, as a journal holds it: by what lists told of it then.

use std::fmt::Write as _;

use driftline_api::{Mark, Task};
use sha2::{Digest, Sha256};

use super::file::Place;
use crate::store::Oid;

/// A resource that was read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Single {
    /// Which read it belongs to, in short.
    pub(super) task: u32,
    pub(super) mark: Mark,
    /// Where it lies, or `global`.
    pub(crate) region: String,
    pub(crate) id: String,
    /// Its file's content.
    pub(crate) content: Oid,
}

/// What is kept in memory of one, of hundreds of thousands: the rest stays in the journal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Indexed {
    pub(super) mark: Mark,
    pub(super) task: u32,
    pub(super) content: Oid,
    pub(super) place: Place,
}

impl Single {
    /// In short: `["<task>","<mark>",<began>,"<region>","<id>","<content>"]`.
    pub(super) fn to_json(&self) -> Vec<u8> {
        let Self { task, mark, region, id, content } = self;
        let parts = (hex(&task.to_be_bytes()), hex(&mark.digest), mark.began, region, id, content.to_string());
        serde_json::to_vec(&parts).expect("strings and numbers always serialize")
    }

    pub(super) fn from_json(json: &[u8]) -> Option<Self> {
        let (task, digest, began, region, id, content): (String, String, u64, String, String, String) =
            serde_json::from_slice(json).ok()?;
        let task = u32::from_str_radix(&task, 16).ok()?;
        let digest = u128::from_str_radix(&digest, 16).ok()?.to_be_bytes();
        Some(Self { task, mark: Mark { digest, began }, region, id, content: Oid::from_str(&content).ok()? })
    }

    pub(super) fn indexed(&self, place: Place) -> Indexed {
        let Self { task, mark, content, .. } = *self;
        Indexed { mark, task, content, place }
    }
}

/// Puts them in order for looking them up. Of one that was read twice, the later counts.
pub(super) fn sort(singles: &mut Vec<Indexed>) {
    singles.reverse();
    singles.sort_by_key(|single| single.mark.digest);
    singles.dedup_by_key(|single| single.mark.digest);
}

/// A read in short. Two that are the same in short cost reading again, no more.
pub(super) fn short((provider, account, region, kind): &super::Key) -> u32 {
    let digest = Sha256::digest(format!("{provider}\n{account}\n{region:?}\n{kind}"));
    u32::from_be_bytes(std::array::from_fn(|at| digest[at]))
}

/// What a resource is recognized by: the read that it belongs to, and what lists tell of it.
pub(crate) fn text(task: &Task) -> Vec<u8> {
    let (provider, account, region, kind) = super::key(task);
    format!("{provider}\n{account}\n{region:?}\n{kind}\n").into_bytes()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String does not fail");
        text
    })
}
