//! What a person chose, told apart from what merely goes on: statuses and zones of databases, brought to rest.

use serde_json::Value;

use crate::Draft;

/// Keeps of a status only whether the database is stopped, which is a person's doing. All the others are `available`
/// with something going on (`backing-up` once a day, `maintenance`, `storage-optimization`, …).
pub(super) fn settle_status(draft: &mut Draft, member: &str) {
    let settled = match draft.get(&format!("/{member}")).and_then(Value::as_str) {
        Some("stopped" | "stopping") => "stopped",
        Some(_) => "available",
        None => return,
    };
    draft.set(&format!("/{member}"), settled.into());
}

/// A failover swaps the two zones of a Multi-AZ instance, so they are told in alphabetical order.
pub(super) fn settle_zones(draft: &mut Draft) {
    let (first, second) = ("AvailabilityZone", "SecondaryAvailabilityZone");
    if draft.text("/SecondaryAvailabilityZone").is_empty()
        || draft.text("/AvailabilityZone") <= draft.text("/SecondaryAvailabilityZone")
    {
        return;
    }
    if let (Some(primary), Some(standby)) = (draft.remove(first), draft.remove(second)) {
        draft.set("/AvailabilityZone", standby);
        draft.set("/SecondaryAvailabilityZone", primary);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_database_is_stopped_or_available() {
        for (status, expected) in
            [("available", "available"), ("backing-up", "available"), ("stopped", "stopped"), ("stopping", "stopped")]
        {
            let mut draft = Draft::new(json!({"Status": status}));
            settle_status(&mut draft, "Status");
            assert_eq!(draft.text("/Status"), expected, "{status}");
        }
    }

    #[test]
    fn a_failover_is_not_seen() {
        let settled = |zone: &str, standby: &str| {
            let mut draft = Draft::new(json!({"AvailabilityZone": zone, "SecondaryAvailabilityZone": standby}));
            settle_zones(&mut draft);
            draft.attributes
        };
        assert_eq!(settled("eu-west-1a", "eu-west-1b"), settled("eu-west-1b", "eu-west-1a"));
        let mut single = Draft::new(json!({"AvailabilityZone": "eu-west-1b"}));
        settle_zones(&mut single);
        assert_eq!(single.text("/AvailabilityZone"), "eu-west-1b");
    }
}
