//! Keyed hashes for secrets: a changed secret is seen in a snapshot, and none can be guessed from it.

use std::fmt::Write as _;

use hmac::{Hmac, Mac};
use sha2::Sha256;

const PREFIX: &str = "sealed:";

/// Replaces secrets by `sealed:<HMAC-SHA-256, first 16 bytes, hexadecimal>`. The key lies outside the repository.
#[derive(Clone)]
pub struct Seal {
    key: [u8; 32],
}

impl Seal {
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The sealed form of a secret. Sealing what is sealed already changes nothing.
    pub fn seal(&self, secret: &str) -> String {
        if is_sealed(secret) {
            return secret.to_owned();
        }
        format!("{PREFIX}{}", self.digest(b"secret:", secret.as_bytes(), 16))
    }

    /// Tells one text from another without telling anything of it.
    pub fn mark(&self, text: &[u8]) -> [u8; 16] {
        let whole = self.hmac(b"mark:", text);
        std::array::from_fn(|at| whole[at])
    }

    /// Eight bytes that identify the key and reveal nothing of it, in hexadecimal.
    pub fn fingerprint(&self) -> String {
        self.digest(b"fingerprint:", b"driftline", 8)
    }

    fn digest(&self, domain: &[u8], text: &[u8], bytes: usize) -> String {
        let mut hex = String::with_capacity(2 * bytes);
        for byte in &self.hmac(domain, text)[..bytes] {
            write!(hex, "{byte:02x}").expect("writing to a String does not fail");
        }
        hex
    }

    fn hmac(&self, domain: &[u8], text: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(domain);
        mac.update(text);
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Seal({})", self.fingerprint())
    }
}

/// Whether a text is what [`Seal::seal`] makes.
pub fn is_sealed(text: &str) -> bool {
    text.strip_prefix(PREFIX)
        .is_some_and(|hex| hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_depends_on_the_secret_and_on_the_key_and_is_sealed_once() {
        let (one, other) = (Seal::new([1; 32]), Seal::new([2; 32]));
        let sealed = one.seal("hunter2");
        assert!(is_sealed(&sealed) && !sealed.contains("hunter2"));
        assert_eq!(sealed, one.seal("hunter2"));
        assert_eq!(sealed, one.seal(&sealed));
        assert_ne!(sealed, one.seal("hunter3"));
        assert_ne!(sealed, other.seal("hunter2"));
        assert_ne!(one.fingerprint(), other.fingerprint());
        assert_ne!(one.mark(b"hunter2"), other.mark(b"hunter2"));
        assert_ne!(one.mark(b"hunter2"), one.mark(b"hunter3"));
    }
}
