//! CloudTrail's event history, as LookupEvents answers it:
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>.

use std::borrow::Cow;
use std::cmp::Reverse;

use driftline_wire::timestamp;
use serde_json::Value;

use super::{Question, Refusal};

/// No page holds more.
const LARGEST_PAGE: i64 = 50;

/// The events that a question is about, newest first.
pub(super) fn look_up<'a>(events: Vec<Cow<'a, Value>>, question: Question<'_>) -> Result<Vec<Cow<'a, Value>>, Refusal> {
    let attributes = question.params.get("LookupAttributes").and_then(Value::as_array);
    let attributes: Vec<&Value> = attributes.into_iter().flatten().collect();
    if attributes.len() > 1 {
        return Err(Refusal::new(400, "InvalidLookupAttributesException", "Only one lookup attribute is allowed."));
    }
    if question.params.get("MaxResults").and_then(Value::as_i64).is_some_and(|most| !(1..=LARGEST_PAGE).contains(&most))
    {
        return Err(Refusal::new(400, "InvalidMaxResultsException", "MaxResults must be between 1 and 50."));
    }
    let [since, until] = ["StartTime", "EndTime"].map(|name| question.params.get(name).and_then(time));
    if let (Some(since), Some(until)) = (since, until)
        && since > until
    {
        return Err(Refusal::new(400, "InvalidTimeRangeException", "StartTime must be before EndTime."));
    }
    let mut found = Vec::new();
    for event in events {
        let Some(at) = event.get("EventTime").and_then(time) else { continue };
        let in_window = since.is_none_or(|since| since <= at) && until.is_none_or(|until| at <= until);
        if in_window && attributes.iter().all(|attribute| fits(&event, attribute)) {
            found.push((at, event));
        }
    }
    found.sort_by_key(|(at, _)| Reverse(*at));
    Ok(found.into_iter().map(|(_, event)| event).collect())
}

fn time(value: &Value) -> Option<i64> {
    Some(timestamp::parse(value.as_str()?)?.unix_timestamp())
}

fn fits(event: &Value, attribute: &Value) -> bool {
    let (key, wanted) = (attribute["AttributeKey"].as_str().unwrap_or_default(), &attribute["AttributeValue"]);
    let resources = || event["Resources"].as_array().into_iter().flatten();
    match key {
        "ResourceName" | "ResourceType" => resources().any(|resource| resource[key] == *wanted),
        _ => event[key] == *wanted,
    }
}
