//! The accounts that may restore a snapshot, as Terraform wants them.

use serde_json::Value;

use crate::reader::text;

/// The values of the attribute `restore`, which is the only one that there is: accounts, or `all`.
pub(super) fn accounts(attributes: Option<&Value>) -> Option<Value> {
    let mut attributes = attributes?.as_array()?.iter();
    attributes.find(|attribute| text(attribute, "/AttributeName") == "restore")?.get("AttributeValues").cloned()
}
