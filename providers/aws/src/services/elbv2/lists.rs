//! The lists of load balancers and listeners, from which several kinds start, and the ids of what hangs on them.

use std::sync::{Arc, Mutex, PoisonError};

use driftline_api::{Cause, Under};
use serde_json::json;

use crate::reader::text;
use crate::{Items, Reader};

pub(super) const NO_LOAD_BALANCER: &str = "LoadBalancerNotFound";
pub(super) const NO_LISTENER: &str = "ListenerNotFound";

/// The largest page that every list of this API takes.
pub(super) const PAGE: u32 = 400;

/// All load balancers of the region.
pub(super) async fn load_balancers(reader: &Reader<'_>) -> Result<Arc<Items>, Cause> {
    reader.shared_items("elbv2:DescribeLoadBalancers", json!({"PageSize": PAGE}), "/LoadBalancers").await
}

/// The listeners of all load balancers under which something is wanted. A load balancer whose listeners cannot be
/// read is noted as a gap.
pub(super) async fn listeners(reader: &Reader<'_>) -> Result<Items, Cause> {
    let balancers = load_balancers(reader).await?;
    let wanted = balancers.iter().filter(|balancer| reader.wants_children(text(balancer, "/LoadBalancerName")));
    let found = Mutex::new(Items::default());
    let found_by = &found;
    reader
        .for_each_of(wanted, |balancer| {
            Box::pin(async move {
                let params = json!({"LoadBalancerArn": text(&balancer, "/LoadBalancerArn"), "PageSize": PAGE});
                match reader.shared_items("elbv2:DescribeListeners", params, "/Listeners").await {
                    Ok(listeners) => {
                        found_by.lock().unwrap_or_else(PoisonError::into_inner).append(&listeners);
                    }
                    Err(cause) if cause.code == NO_LOAD_BALANCER => {}
                    Err(cause) => reader.gap(Under::Parent(text(&balancer, "/LoadBalancerName").to_owned()), cause),
                }
            })
        })
        .await;
    Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// The load balancer's name and the ids below it, out of a listener's or a rule's ARN. Ports and priorities would be
/// easier to read, but people change them, and the listener or rule stays the same.
///
/// Source: service authorization reference, "Resource types defined by AWS Elastic Load Balancing V2":
/// `…:listener-rule/app/<load balancer's name>/<load balancer's id>/<listener's id>/<rule's id>`.
pub(super) fn child_id(arn: &str) -> Option<String> {
    let mut parts = arn.split('/');
    let name = parts.nth(2)?;
    let ids: Vec<&str> = parts.skip(1).collect();
    (!ids.is_empty()).then(|| format!("{name}/{}", ids.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_the_load_balancers_name_and_what_comes_below() {
        let arn =
            "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2";
        assert_eq!(child_id(arn).as_deref(), Some("web/f2f7dc8efc522ab2"));
        let rule =
            "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/web/50dc/f2f7/9683b2d02a6cabee";
        assert_eq!(child_id(rule).as_deref(), Some("web/f2f7/9683b2d02a6cabee"));
        assert_eq!(child_id("arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/50dc"), None);
        assert_eq!(child_id("nonsense"), None);
    }
}
