//! Whose a resource is: this account's, another account's that shares it, or an AWS service's.

use serde_json::Value;

use crate::Reader;
use crate::reader::text;

/// Whether this account is where the resource is changed and restored. What another account shares with this one
/// (subnets of a shared VPC, prefix lists) is listed here too, but only its owner can change it.
pub(super) fn is_ours(reader: &Reader<'_>, item: &Value) -> bool {
    let owner = text(item, "/OwnerId");
    owner.is_empty() || owner == reader.account()
}

/// Whether a service provider operates the resource: AWS refuses every change that does not come from it.
///
/// Source: Amazon EC2 User Guide, "Amazon EC2 managed instances".
pub(super) fn is_operated(item: &Value) -> bool {
    item.pointer("/Operator/Managed").and_then(Value::as_bool).unwrap_or_default()
}
