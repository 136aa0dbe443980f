//! `snapshots/format.json`: which version of the layout a snapshot has, and which key its secrets are sealed with.

use driftline_api::Seal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What `snapshots/format.json` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    pub version: u64,
    /// [`Seal::fingerprint`] of the key. With another key every sealed secret looks changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<String>,
}

/// `snapshots/format.json` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    #[error("it has snapshot format {version}, and this driftline reads up to format {}", Format::VERSION)]
    Newer { version: u64 },
    #[error("it is not a format file: {0}")]
    Syntax(#[from] serde_json::Error),
}

impl Format {
    pub const PATH: &str = "snapshots/format.json";
    /// The version that this driftline writes. A newer one is refused; an older one is read, and rewritten by the
    /// next import.
    pub const VERSION: u64 = 1;

    pub fn new(seal: &Seal) -> Self {
        Self { version: Self::VERSION, secret_key: Some(seal.fingerprint()) }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("numbers and strings always serialize");
        bytes.push(b'\n');
        bytes
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        // The version alone first: the rest of a newer format is unknown.
        let value: Value = serde_json::from_slice(bytes)?;
        if let Some(version) = value.get("version").and_then(Value::as_u64).filter(|version| *version > Self::VERSION) {
            return Err(FormatError::Newer { version });
        }
        // A list of the members' values is taken for them, too.
        match serde_json::from_value(value)? {
            Self { version, .. } if version > Self::VERSION => Err(FormatError::Newer { version }),
            format => Ok(format),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_wrote() {
        let format = Format::new(&Seal::new([7; 32]));
        assert_eq!(Format::from_bytes(&format.to_bytes()).expect("reads back"), format);
    }

    #[test]
    fn a_newer_format_is_refused_whatever_else_it_says() {
        let error = Format::from_bytes(br#"{"version": 2, "secret_key": {"new": true}}"#).expect_err("newer");
        assert_eq!(error.to_string(), "it has snapshot format 2, and this driftline reads up to format 1");
    }

    #[test]
    fn a_newer_format_is_refused_in_whatever_form() {
        let error = Format::from_bytes(b"[5]").expect_err("newer");
        assert!(matches!(error, FormatError::Newer { version: 5 }), "{error}");
    }

    #[test]
    fn a_broken_file_is_told_from_a_newer_one() {
        for text in ["", "{}", "[]", r#"{"version": "1"}"#] {
            let error = Format::from_bytes(text.as_bytes()).expect_err(text);
            assert!(matches!(error, FormatError::Syntax(_)), "{text}: {error}");
        }
    }
}
