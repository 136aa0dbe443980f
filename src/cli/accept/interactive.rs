//! Asking about each change.

use driftline::accept::Unit;
use driftline::config::NewRule;
use driftline::diff::{Change, Path};
use driftline::plan::{Plan, ResourceDrift};
use driftline::render;
use driftline::store::Store;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::ignore;

/// What was answered.
pub(super) struct Chosen {
    pub(super) accepted: Vec<Unit>,
    pub(super) ignored: Vec<NewRule>,
    /// Everything was accepted.
    pub(super) everything: bool,
}

const HELP: &str = "a: accept it into the restore point
s: skip it; the next plan tells it again
i: ignore it from now on, by a rule in driftline.toml
r: accept the rest, too
q: stop asking; what was accepted so far is committed
Ctrl-C: stop; nothing is committed";

/// Shows each unit and asks what to do. Nothing is written before the last answer.
pub(super) fn ask(cx: &Context, plan: &Plan, units: Vec<Unit>) -> Result<Chosen, Failure> {
    let count = units.len();
    let mut chosen = Chosen { accepted: Vec::new(), ignored: Vec::new(), everything: true };
    let mut rest = units.into_iter().enumerate();
    while let Some((index, unit)) = rest.next() {
        show(cx, &part(&plan.drift[unit.resource], &unit))?;
        loop {
            let prompt = format!("({}/{count}) accept, skip, ignore, accept the rest, quit? [a,s,i,r,q,?] ", index + 1);
            let Some(answer) = cx.ui.ask(&prompt)? else {
                return Err(Failure::new("accept: the answers ended").hint("nothing was committed"));
            };
            match answer.trim().to_lowercase().as_str() {
                "a" | "accept" | "y" | "yes" => chosen.accepted.push(unit),
                "s" | "skip" | "n" | "no" => chosen.everything = false,
                "i" | "ignore" => {
                    let reason = cx.ui.ask("why is it of no interest? ")?.unwrap_or_default();
                    if reason.trim().is_empty() {
                        cx.ui.say("a rule needs a reason");
                        continue;
                    }
                    chosen.ignored.push(rule(&plan.drift[unit.resource], &unit, reason.trim())?);
                    chosen.everything = false;
                }
                "r" | "rest" => {
                    chosen.accepted.push(unit);
                    chosen.accepted.extend(rest.by_ref().map(|(_, unit)| unit));
                }
                "q" | "quit" => {
                    chosen.everything = false;
                    return Ok(chosen);
                }
                _ => {
                    cx.ui.say(HELP);
                    continue;
                }
            }
            break;
        }
    }
    Ok(chosen)
}

/// The resource with nothing but the unit's changes.
fn part(resource: &ResourceDrift, unit: &Unit) -> ResourceDrift {
    let mut part = resource.clone();
    if unit.changes.is_empty() {
        return part;
    }
    part.changes = unit.changes.iter().map(|index| resource.changes[*index].clone()).collect();
    part.by.retain_mut(|by| {
        by.changes.retain(|change| unit.changes.contains(change));
        !by.changes.is_empty()
    });
    for by in &mut part.by {
        for change in &mut by.changes {
            *change = unit.changes.iter().position(|index| index == change).unwrap_or_default();
        }
    }
    part
}

fn show(cx: &Context, part: &ResourceDrift) -> Result<(), Failure> {
    cx.ui.data(|out| {
        writeln!(out)?;
        render::resource(part, cx.ui.look(), out)
    })
}

/// The rule that takes out exactly this.
fn rule(resource: &ResourceDrift, unit: &Unit, reason: &str) -> Result<NewRule, Failure> {
    let changes: Vec<&Change> = unit.changes.iter().map(|index| &resource.changes[*index]).collect();
    let shared = changes.split_first().map(|(first, others)| {
        let mut shared = first.path.0.len();
        for other in others {
            let same = first.path.0.iter().zip(&other.path.0).take_while(|(one, other)| one == other).count();
            shared = shared.min(same);
        }
        Path(first.path.0[..shared].to_vec())
    });
    NewRule::exactly(&resource.address, shared.as_ref(), reason)
        .map_err(|error| Failure::new("make an ignore rule").because(error))
}

/// Appends the rules to `driftline.toml`. They stand in no commit: they are the user's to review and to commit.
pub(super) fn write_rules(cx: &Context, store: &Store, rules: &[NewRule]) -> Result<(), Failure> {
    let mut file = None;
    for rule in rules {
        file = Some(ignore::add(cx, store, rule)?);
    }
    if let Some(file) = file {
        let plural = if rules.len() == 1 { "" } else { "s" };
        cx.ui.say(format!("added {} rule{plural} to {}: commit it, too", rules.len(), file.display()));
    }
    Ok(())
}
