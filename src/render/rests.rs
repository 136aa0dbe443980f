//! What a plan rests on that did not read everything again.

use super::value::count;
use super::who::moment;
use crate::plan::Plan;
use crate::trail::{Rests, Whole};

/// How many reasons are told.
const SHOWN: usize = 10;

/// In sentences, the first one about all of it; nothing for a plan that read everything.
pub(super) fn lines(plan: &Plan) -> Vec<String> {
    let Some(rests) = &plan.rests else { return Vec::new() };
    let mut lines = vec![first(rests)];
    if !rests.unknown.is_empty() {
        let events: Vec<&str> = rests.unknown.iter().map(String::as_str).collect();
        lines.push(format!("All kinds of a service were read for what nobody knows: {}.", events.join(", ")));
    }
    lines.extend(rests.whole.iter().take(SHOWN).map(whole));
    let more = rests.whole.len().saturating_sub(SHOWN);
    if more > 0 {
        lines.push(format!("And {} more were read whole.", count(more, "place")));
    }
    lines
}

fn first(rests: &Rests) -> String {
    let (named, in_part, whole) = rests.counts();
    let (since, until) = (moment(rests.since), moment(rests.until));
    let parts = [
        (named > 0).then(|| count(named, "resource")),
        (in_part > 0).then(|| format!("what is new in {}", count(in_part, "list"))),
        (whole > 0).then(|| format!("all of {}", count(whole, "list"))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let again = if parts.is_empty() {
        "nothing was read again".to_owned()
    } else {
        format!("read again: {}", parts.join(", "))
    };
    let writes = match rests.events {
        0 => "no write that touches".to_owned(),
        1 => "1 write that may have touched".to_owned(),
        several => format!("{several} writes that may have touched"),
    };
    format!(
        "Rests on CloudTrail, which has {writes} what is compared since {since}; {again}. Everything else is taken to be as \
         it was. What happened after about {until} may be missing."
    )
}

fn whole(whole: &Whole) -> String {
    let Whole { account, region, kind, why, .. } = whole;
    match kind {
        Some(kind) => format!("Read whole: {kind} in {account}/{region}: {why}."),
        None => format!("Read whole: {account}/{region}: {why}."),
    }
}
