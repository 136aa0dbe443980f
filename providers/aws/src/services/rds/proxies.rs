//! The list of proxies, from which three kinds start.

use std::sync::Arc;

use driftline_api::Cause;
use serde_json::json;

use crate::{Items, Reader};

/// Every proxy in the region, as `DescribeDBProxies` answers it.
pub(super) async fn proxies(reader: &Reader<'_>) -> Result<Arc<Items>, Cause> {
    reader.shared_items("rds:DescribeDBProxies", json!({"MaxRecords": 100}), "/DBProxies").await
}
