//! One CloudTrail record: when, what, by whom, and with what.
//!
//! Sources: CloudTrail user guide, "CloudTrail record contents" and "CloudTrail userIdentity element".

mod actor;
mod via;

use driftline_api::Event;
use driftline_wire::timestamp;
use serde_json::{Value, json};

use crate::reader::text;

/// What an element of a look-up's answer is.
pub(super) enum Record {
    Write(Box<Event>),
    OnlyRead,
    /// It says too little to tell what was done.
    Garbled,
}

/// The element of a look-up's answer.
pub(super) fn read(listed: &Value, region: &str) -> Record {
    let record: Value = serde_json::from_str(text(listed, "/CloudTrailEvent")).unwrap_or_default();
    if is_true(record.get("readOnly")) || is_true(listed.get("ReadOnly")) {
        return Record::OnlyRead;
    }
    event(&record, listed, region).map_or(Record::Garbled, |event| Record::Write(Box::new(event)))
}

fn event(record: &Value, listed: &Value, region: &str) -> Option<Event> {
    let either = |in_record: &str, in_list: &str| {
        let found = Some(text(record, in_record)).filter(|found| !found.is_empty());
        found.unwrap_or_else(|| text(listed, in_list)).to_owned()
    };
    let (source, name) = (either("/eventSource", "/EventSource"), either("/eventName", "/EventName"));
    let service = source.split('.').next().unwrap_or_default();
    let at = timestamp::parse(&either("/eventTime", "/EventTime"))?.unix_timestamp();
    if service.is_empty() || name.is_empty() {
        return None;
    }
    let recorded = Some(text(record, "/awsRegion")).filter(|region| !region.is_empty()).unwrap_or(region);
    Some(Event {
        id: either("/eventID", "/EventId"),
        name: format!("{service}:{name}"),
        at,
        region: recorded.to_owned(),
        actor: actor::actor(record, text(listed, "/Username")),
        via: via::via(record),
        failed: is_refused(text(record, "/errorCode")),
        details: details(record, listed),
    })
}

/// Whether a call changed nothing. After an error of the service's own, nobody knows.
fn is_refused(code: &str) -> bool {
    const OWN: &[&str] = &["Server.", "Internal", "ServiceUnavailable", "ServiceFailure", "Unavailable"];
    !code.is_empty() && !OWN.iter().any(|own| code.starts_with(own)) && !code.ends_with("Timeout")
}

/// What the event speaks of. What AWS takes for a secret it has masked itself.
fn details(record: &Value, listed: &Value) -> Value {
    // What a service does by itself has no parameters.
    let request = ["/requestParameters", "/serviceEventDetails"].iter().find_map(|at| present(record.pointer(at)));
    let names = list(listed, "Resources").chain(list(record, "resources"));
    let names = names.flat_map(|resource| ["ResourceName", "ARN", "arn"].map(|member| resource.get(member)));
    let names: Vec<&Value> = names.filter_map(present).collect();
    json!({ "request": request, "response": present(record.get("responseElements")), "resources": names })
}

fn list<'a>(value: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> {
    value.get(member).and_then(Value::as_array).into_iter().flatten()
}

fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

/// The record's flags are booleans, the list's are texts.
fn is_true(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
