//! The list of hosted zones, from which zones and records both start.

use std::sync::Arc;

use driftline_api::Cause;
use serde_json::{Value, json};

use crate::reader::text;
use crate::{Alone, Items, Reader};

/// A zone that was there when the zones were listed, and is no more.
pub(super) const GONE: &str = "NoSuchHostedZone";

/// All hosted zones, as `ListHostedZones` describes them.
pub(super) async fn list(reader: &Reader<'_>) -> Result<Arc<Items>, Cause> {
    reader.shared_items("route53:ListHostedZones", json!({"MaxItems": "100"}), "/HostedZones").await
}

/// `Z123` of `/hostedzone/Z123`.
pub(super) fn bare(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// Whether another AWS service made it: only that service can change it.
///
/// Source: Route 53 API reference, `LinkedService`.
pub(super) fn is_linked(resource: &Value) -> bool {
    !text(resource, "/LinkedService/ServicePrincipal").is_empty()
}

/// The tags of one zone or health check.
pub(super) const TAGS_ALONE: Alone =
    Alone { operation: "route53:ListTagsForResource", parameter: "ResourceId", member: "/ResourceTagSet/Tags" };
