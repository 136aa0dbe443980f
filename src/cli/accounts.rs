//! What a scan says of the accounts that it entered, could not enter, or passed over: one line a reason, however many
//! there are.

use std::collections::{BTreeMap, BTreeSet};

use driftline::config::suggest;
use driftline::scan::{Baseline, Scanned, Unentered};
use driftline_api::{Passing, Status};

use super::context::Context;

/// So many accounts are told one by one, and so many named of more.
const NAMED: usize = 3;

/// Says what is to be known of the accounts.
pub(super) fn tell(cx: &Context, scanned: &Scanned, baseline: &Baseline) {
    for idle in &scanned.idle {
        let meant = suggest(&idle.pattern, idle.candidates.iter().map(String::as_str));
        let meant = meant.map(|meant| format!("; did you mean \"{meant}\"?")).unwrap_or_default();
        cx.ui.warn(format!("[organization] {} has \"{}\", which nothing fits{meant}", idle.key, idle.pattern));
    }
    for alike in by_reason(&scanned.unentered) {
        cx.ui.warn(sentence(&alike));
        if let Some(hint) = alike.first().and_then(|account| account.error.hint.as_ref()) {
            cx.ui.hint(hint);
        }
    }
    let closed: Vec<String> = scanned
        .passed_over
        .iter()
        .filter_map(|account| match &account.why {
            Passing::Closed(state) => Some(format!("{} ({}, {state})", account.name, account.id)),
            Passing::Excluded | Passing::Unasked => None,
        })
        .collect();
    if !closed.is_empty() {
        cx.ui.say(format!("left out, since nobody can enter {}: {}", them(closed.len()), list(&closed)));
    }
    let excluded = scanned.passed_over.iter().filter(|account| account.why == Passing::Excluded).count();
    if excluded > 0 {
        cx.ui.say(format!("left out by driftline.toml: {}", accounts(excluded)));
    }
    let new = new(scanned, baseline);
    if !new.is_empty() {
        cx.ui.say(format!("not in the restore point yet: {}", list(&new)));
    }
}

/// Accounts that joined since: where they are found and not configured, nobody may know.
fn new(scanned: &Scanned, baseline: &Baseline) -> Vec<String> {
    let scopes = baseline.scopes();
    let read = baseline.coverage().iter().map(|(scope, ..)| scope.account.as_str());
    let known: BTreeSet<&str> = read.chain(scopes.iter().map(|scope| scope.account.as_str())).collect();
    if known.is_empty() {
        return Vec::new();
    }
    let new = scanned.accounts.iter().filter(|account| !known.contains(account.id.as_str()));
    new.map(|account| match &account.name {
        Some(name) => format!("{name} ({})", account.id),
        None => account.id.clone(),
    })
    .collect()
}

/// Accounts that could not be entered, by what was asked and answered, in the order in which they were tried.
fn by_reason(unentered: &[Unentered]) -> Vec<Vec<&Unentered>> {
    let mut places: BTreeMap<(Status, &str, &str, bool), usize> = BTreeMap::new();
    let mut groups: Vec<Vec<&Unentered>> = Vec::new();
    for account in unentered {
        let cause = &account.error.cause;
        let key = (cause.status, cause.operation.as_str(), cause.code.as_str(), account.is_gone);
        let place = *places.entry(key).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Vec::new());
        }
        groups[place].push(account);
    }
    // Few are told in full.
    groups
        .into_iter()
        .flat_map(
            |group| if group.len() <= NAMED { group.into_iter().map(|one| vec![one]).collect() } else { vec![group] },
        )
        .collect()
}

fn sentence(alike: &[&Unentered]) -> String {
    let Some(first) = alike.first() else { return String::new() };
    let labels: Vec<String> = alike.iter().map(|account| account.label.clone()).collect();
    let verb = if first.is_gone { "do not read" } else { "could not enter" };
    match alike.len() {
        1 => format!("{verb} {}: {}", first.label, first.error),
        several => format!("{verb} {} ({}): {}", accounts(several), list(&labels), first.error),
    }
}

fn list(labels: &[String]) -> String {
    let more = labels.len().saturating_sub(NAMED);
    let named = labels.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{named} and {more} more") } else { named }
}

fn accounts(count: usize) -> String {
    if count == 1 { "1 account".to_owned() } else { format!("{count} accounts") }
}

fn them(count: usize) -> &'static str {
    if count == 1 { "it" } else { "them" }
}
