//! Git objects as bytes: their ids and how they are packed. (SHA-1 repositories only.)

use sha1::{Digest, Sha1};

use super::Oid;

/// The kinds of objects that driftline writes, with git's number for them in a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Commit = 1,
    Tree = 2,
    Blob = 3,
}

impl Kind {
    /// The name in front of the object's bytes when they are hashed.
    pub(super) fn header(self, size: usize) -> String {
        let name = match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
        };
        format!("{name} {size}\0")
    }

    pub(super) fn id(self, bytes: &[u8]) -> Oid {
        let mut hash = Sha1::new();
        hash.update(self.header(bytes.len()));
        hash.update(bytes);
        Oid::from_bytes(&hash.finalize()).expect("SHA-1 has the length of an object id")
    }
}

/// The id that git gives a file of these bytes. Equal ids mean equal resources.
pub fn blob_id(bytes: &[u8]) -> Oid {
    Kind::Blob.id(bytes)
}
