//! A normalized resource, and the file that holds it.

use std::collections::BTreeMap;

use driftline_api::{Address, Scope};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A resource after normalization: what a snapshot file says. Equal resources have equal bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// `service/resource`.
    pub kind: String,
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// In the API's own spelling, keys sorted (`serde_json`'s map is a B-tree here).
    pub attributes: Map<String, Value>,
}

impl Resource {
    /// Two-space pretty JSON with sorted attribute keys and a final newline.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Most files fit: a buffer that grows on the way is copied five times.
        let mut bytes = Vec::with_capacity(4096);
        serde_json::to_writer_pretty(&mut bytes, self).expect("strings, maps and JSON values always serialize");
        bytes.push(b'\n');
        bytes
    }

    /// Reads what [`Resource::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// Where it lies, given its scope.
    pub fn address(&self, scope: &Scope) -> Address {
        Address { scope: scope.clone(), kind: self.kind.clone(), id: self.id.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_pretty_sorted_and_ends_with_a_newline() {
        let attributes = serde_json::json!({"b": 1, "a": {"z": [], "y": null}});
        let resource = Resource {
            kind: "rds/db_instance".to_owned(),
            id: "prod".to_owned(),
            arn: None,
            tags: BTreeMap::from([("Team".to_owned(), "platform".to_owned())]),
            attributes: attributes.as_object().expect("object").clone(),
        };
        let text = String::from_utf8(resource.to_bytes()).expect("UTF-8");
        let expected = "{\n  \"kind\": \"rds/db_instance\",\n  \"id\": \"prod\",\n  \"tags\": {\n    \"Team\": \"platform\"\n  },\n  \"attributes\": {\n    \"a\": {\n      \"y\": null,\n      \"z\": []\n    },\n    \"b\": 1\n  }\n}\n";
        assert_eq!(text, expected);
        assert_eq!(Resource::from_bytes(text.as_bytes()).expect("reads back"), resource);
    }
}
