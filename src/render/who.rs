//! Who is behind a change, in one line.

use time::OffsetDateTime;
use time::macros::format_description;

use super::escape::printable;
use crate::attribution::{Attribution, Origin, Unexplained};
use crate::plan::ResourceDrift;
use driftline_api::Via;

/// How many changes are named where several people are behind a resource's drift.
const NAMED: usize = 3;

/// A line for each that is behind a resource's changes: `by alice@example.com (Admin) in the console, 2026-11-20 16:02
/// UTC`. Where they are several, each with what they changed.
pub fn who(resource: &ResourceDrift) -> Vec<String> {
    let mut lines: Vec<(String, Vec<usize>)> = Vec::new();
    for by in &resource.by {
        // Where the records could not be read, that is told once for the whole plan.
        if matches!(by.attribution, Attribution::Unknown(Unexplained::NotRead { .. })) {
            continue;
        }
        let who = attribution(&by.attribution);
        match lines.iter_mut().find(|(known, _)| *known == who) {
            Some((_, changes)) => changes.extend(&by.changes),
            None => lines.push((who, by.changes.clone())),
        }
    }
    let several = lines.len() > 1;
    let line = |(who, mut changes): (String, Vec<usize>)| {
        if !several || changes.is_empty() {
            return who;
        }
        changes.sort_unstable();
        let paths = changes.iter().filter_map(|index| resource.changes.get(*index)).map(|change| &change.path);
        let names: Vec<String> = paths.map(|path| printable(&path.to_string())).collect();
        let more = names.len().saturating_sub(NAMED);
        let told = names.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
        if more > 0 { format!("{who}: {told} and {more} more") } else { format!("{who}: {told}") }
    };
    lines.into_iter().map(line).collect()
}

fn attribution(attribution: &Attribution) -> String {
    match attribution {
        Attribution::By(origin) => format!("by {} {}, {}", person(origin), means(origin.via), moment(origin.at)),
        Attribution::Unknown(why) => format!("by whom is not known: {}", reason(why)),
    }
}

/// Why nobody can be named, as a fragment.
pub fn reason(why: &Unexplained) -> String {
    match why {
        Unexplained::TooOld { days } => format!("CloudTrail keeps events for {days} days only"),
        Unexplained::NotRead { cause } => format!("CloudTrail could not be read ({})", printable(cause)),
        Unexplained::NothingFound => "CloudTrail has nothing that explains it".to_owned(),
    }
}

/// `alice@example.com (Admin)`.
pub fn person(origin: &Origin) -> String {
    let name = printable(&origin.actor.name);
    match origin.actor.role.as_deref().map(permission_set) {
        Some(role) if role != origin.actor.name => format!("{name} ({})", printable(role)),
        _ => name,
    }
}

/// IAM Identity Center makes a role of each permission set: `AWSReservedSSO_Admin_1a2b3c4d5e6f7081`.
fn permission_set(role: &str) -> &str {
    let Some(rest) = role.strip_prefix("AWSReservedSSO_") else { return role };
    match rest.rsplit_once('_') {
        Some((name, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => name,
        _ => rest,
    }
}

pub(super) fn means(via: Via) -> &'static str {
    match via {
        Via::Console => "in the console",
        Via::Cli => "with the CLI",
        Via::Terraform => "with Terraform",
        Via::CloudFormation => "through CloudFormation",
        Via::Sdk => "with an SDK",
        Via::Service => "as a service",
        Via::Unknown => "by unknown means",
    }
}

/// To the minute, in UTC.
pub fn moment(at: i64) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    OffsetDateTime::from_unix_timestamp(at).ok().and_then(|at| at.format(format).ok()).unwrap_or_default()
}
