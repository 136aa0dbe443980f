//! What the ignore rules of a plan took out, for those who want to see it.

use std::io::{self, Write};

use anstyle::Style;

use super::escape::{html, printable};
use super::markdown::write_details;
use super::text::{Paint, write_resource};
use super::value::count;
use crate::plan::{Ignored, Plan};

/// A line for each rule that took something out, and what it was. Nothing where the plan has forgotten it.
pub(super) fn text(plan: &Plan, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    let rules = told(plan);
    if rules.is_empty() {
        return Ok(());
    }
    let title = format!("Ignored by {}:", count(rules.len(), "rule"));
    writeln!(out, "{}\n", paint.with(Style::new().bold(), &title))?;
    for rule in rules {
        writeln!(out, "  {}", printable(&format!("{rule}: {}", outcome(rule))))?;
        for resource in &rule.taken {
            write_resource(resource, paint, out)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The same as Markdown.
pub(super) fn markdown(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    let rules = told(plan);
    if rules.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n#### Ignored by {}\n", count(rules.len(), "rule"))?;
    for rule in &rules {
        writeln!(out, "- <code>{}</code>: {}", html(&rule.to_string()), html(&outcome(rule)))?;
    }
    for resource in rules.iter().flat_map(|rule| &rule.taken) {
        write_details(resource, true, usize::MAX, out)?;
    }
    Ok(())
}

/// How many things the rule took out, and why: `2 changes, set by the patch job (platform, until 2027-01-31)`.
fn outcome(rule: &Ignored) -> String {
    let numbers = match (rule.resources, rule.changes) {
        (resources, 0) => count(resources, "resource"),
        (0, changes) => count(changes, "change"),
        (resources, changes) => format!("{} and {}", count(resources, "resource"), count(changes, "change")),
    };
    let until = rule.until.as_ref().map(|until| format!("until {until}"));
    let more: Vec<&str> = [rule.owner.as_deref(), until.as_deref()].into_iter().flatten().collect();
    let more = if more.is_empty() { String::new() } else { format!(" ({})", more.join(", ")) };
    format!("{numbers}, {}{more}", rule.reason)
}

fn told(plan: &Plan) -> Vec<&Ignored> {
    plan.ignored.iter().filter(|rule| !rule.taken.is_empty()).collect()
}
