//! What CloudTrail records of clicks and calls.

use serde_json::{Value, json};

use crate::world::{PathError, World};

impl World {
    /// Records an event: a CloudTrail record with `eventID`, `eventTime`, `eventSource` and `eventName` at least, and
    /// the names of the resources under which it can be looked up.
    pub fn record(&mut self, account: &str, region: &str, record: &Value, resources: &[&str]) -> Result<(), PathError> {
        let resources: Vec<Value> = resources.iter().map(|name| json!({ "ResourceName": name })).collect();
        let identity = &record["userIdentity"];
        let session = || identity["arn"].as_str()?.rsplit('/').next();
        let user = identity["userName"].as_str().or_else(session).unwrap_or_default();
        let event = json!({
            "EventId": record["eventID"],
            "EventName": record["eventName"],
            "EventSource": record["eventSource"],
            "EventTime": record["eventTime"],
            "ReadOnly": if record["readOnly"] == true { "true" } else { "false" },
            "Username": user,
            "Resources": resources,
            "CloudTrailEvent": record,
        });
        self.append(&format!("{account}/{region}/cloudtrail/Events"), event)
    }
}
