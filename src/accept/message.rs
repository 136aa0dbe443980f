//! The messages of commits: a subject that says it at a glance, the changes, and trailers for machines.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Unit;
use super::group::Group;
use super::phrase::phrase;
use crate::attribution::Attribution;
use crate::plan::{Drift, Plan};
use crate::render;
use crate::risk;
use crate::snapshot::Coverage;

/// Subjects are cut here; what is cut stands in the body.
const SUBJECT: usize = 100;

/// The message of a group's commit.
pub(super) fn message(plan: &Plan, group: &Group<'_>) -> String {
    let mut text = subject(plan, group);
    text.push_str("\n\n");
    let mut by_resource: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for unit in &group.units {
        by_resource.entry(unit.resource).or_default().extend(&unit.changes);
    }
    for (index, changes) in &by_resource {
        let resource = &plan.drift[*index];
        let label = resource.label.as_deref().map(|label| format!(" {}", render::quoted(label))).unwrap_or_default();
        line(&mut text, format_args!("{}{label}", render::printable(&resource.address.to_string())));
        match resource.drift {
            Drift::Added => line(&mut text, format_args!("  + created")),
            Drift::Removed => line(&mut text, format_args!("  - deleted")),
            Drift::Changed => {
                let mut changes = changes.clone();
                changes.sort_unstable();
                for change in changes {
                    line(&mut text, format_args!("  {}", render::line(&resource.changes[change])));
                }
            }
        }
    }
    for why in unexplained(plan, group) {
        line(&mut text, format_args!("\n{why}"));
    }
    text.push('\n');
    for index in by_resource.keys() {
        trailer(&mut text, "Driftline-Address", &plan.drift[*index].address.to_string());
    }
    let mut told: Vec<(&str, String)> = Vec::new();
    for origin in &group.origins {
        told.push(("Changed-By", render::person(origin)));
    }
    if let Some(last) = group.origins.last() {
        told.push(("Changed-At", moment(last.at)));
    }
    told.extend(group.origins.iter().map(|origin| ("CloudTrail-Event-Id", origin.event_id.clone())));
    told.extend(group.origins.iter().map(|origin| ("Via", origin.via.as_str().to_owned())));
    let mut seen: BTreeSet<(&str, String)> = BTreeSet::new();
    for (key, value) in told {
        if seen.insert((key, value.clone())) {
            trailer(&mut text, key, &value);
        }
    }
    text
}

/// `ec2/security_group prod-app: open tcp/22 to 0.0.0.0/0 (+1 more)`.
fn subject(plan: &Plan, group: &Group<'_>) -> String {
    let first = group.units.iter().map(|unit| (danger(plan, unit), unit)).min().expect("a group has a unit");
    let ((level, reason), unit) = first;
    let resource = &plan.drift[unit.resource];
    let phrase = phrase(resource, unit);
    // Of a document, what it now means says more than which part of it changed.
    let is_plain = phrase.starts_with("open ") || phrase.starts_with("set ");
    let what = match resource.drift {
        Drift::Changed if level == risk::Level::Exposes && !is_plain => reason,
        _ => phrase,
    };
    let name = resource.label.as_deref().unwrap_or(&resource.address.id);
    let all: usize = group.units.iter().map(|unit| unit.changes.len().max(1)).sum();
    let more = if all > 1 { format!(" (+{} more)", all - 1) } else { String::new() };
    let told = format!("{} {}: {}", resource.kind, render::printable(name), what);
    let room = SUBJECT - more.chars().count();
    if told.chars().count() <= room {
        return told + &more;
    }
    told.chars().take(room - 1).chain(['…']).collect::<String>() + &more
}

/// How dangerous a unit is, and why: what a reviewer must see first is the subject.
fn danger(plan: &Plan, unit: &Unit) -> (risk::Level, String) {
    let mut part = plan.drift[unit.resource].clone();
    part.changes = unit.changes.iter().map(|change| part.changes[*change].clone()).collect();
    let risk = risk::risk(&part);
    (risk.level, risk.reasons.into_iter().next().unwrap_or_default())
}

/// Why nobody is named, where that is so; nothing where nobody was asked.
fn unexplained(plan: &Plan, group: &Group<'_>) -> Vec<String> {
    let mut reasons = Vec::new();
    for unit in &group.units {
        for by in &plan.drift[unit.resource].by {
            let concerns = unit.changes.is_empty() || by.changes.iter().any(|change| unit.changes.contains(change));
            if let (true, Attribution::Unknown(why)) = (concerns, &by.attribution) {
                let reason = format!("Who did it is not known: {}.", render::reason(why));
                if !reasons.contains(&reason) {
                    reasons.push(reason);
                }
            }
        }
    }
    reasons
}

/// The message of the commit that changes nothing but what was read.
pub(super) fn coverage(before: &Coverage, after: &Coverage) -> String {
    let mut changes = Vec::new();
    for (scope, kind, new) in after.iter() {
        let old = before.get(scope, kind);
        if old != Some(new) {
            let was = old.map_or("not scanned", |old| old.status.as_str());
            changes.push(format!("  {scope}/{kind}: {was} -> {}", new.status.as_str()));
        }
    }
    let plural = if changes.len() == 1 { "" } else { "s" };
    format!("coverage: {} read{plural} ended in another way\n\n{}\n", changes.len(), changes.join("\n"))
}

fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    writeln!(text, "{what}").expect("writing to a String does not fail");
}

/// One line that `git interpret-trailers` reads.
fn trailer(text: &mut String, key: &str, value: &str) {
    line(text, format_args!("{key}: {}", render::printable(value)));
}

/// RFC 3339, in UTC.
fn moment(at: i64) -> String {
    OffsetDateTime::from_unix_timestamp(at).ok().and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default()
}
