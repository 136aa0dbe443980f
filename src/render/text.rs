//! A plan for people, in the manner of `terraform plan`: what, where, old -> new.

use std::collections::BTreeSet;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::Look;
use super::escape::{printable, quoted};
use super::ignored;
use super::limited;
use super::lines::{Layout, Line, Sign, Tone, lines};
use super::managed::managed;
use super::not_read::{Group, groups, number, shown};
use super::rests;
use super::value::count;
use super::who::{reason, who};
use crate::attribution::{Attribution, Unexplained};
use crate::plan::{Drift, Plan, ResourceDrift};

/// Columns in front of a change.
const INDENT: &str = "      ";

/// Writes the plan as text.
pub fn text(plan: &Plan, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint { look };
    let groups = groups(&plan.not_read);
    for resource in &plan.drift {
        write_found(resource, added(plan), &paint, out)?;
        writeln!(out)?;
    }
    if !groups.is_empty() {
        write_not_read(&groups, &paint, out)?;
        writeln!(out)?;
    }
    limited::text(plan, |title| paint.with(Style::new().dimmed(), title), out)?;
    ignored::text(plan, &paint, out)?;
    for reason in no_records(plan) {
        writeln!(out, "Who did it is not known everywhere: {reason}.\n")?;
    }
    let rests = rests::lines(plan);
    for line in &rests {
        writeln!(out, "{}", printable(line))?;
    }
    if !rests.is_empty() {
        writeln!(out)?;
    }
    writeln!(out, "{}", paint.with(Style::new().bold(), &conclusion(plan, &groups)))
}

/// Why the records could not be read, each reason once: it is the same for everything in a region.
fn no_records(plan: &Plan) -> BTreeSet<String> {
    let by = plan.drift.iter().flat_map(|resource| &resource.by);
    by.filter_map(|by| match &by.attribution {
        Attribution::Unknown(why @ Unexplained::NotRead { .. }) => Some(reason(why)),
        _ => None,
    })
    .collect()
}

/// Writes the changes of one resource alone, a line or more each, behind `indent`.
pub fn changes(resource: &ResourceDrift, indent: &str, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint { look };
    let layout = Layout { width: look.width.saturating_sub(indent.len() + 2).max(20), two_lines: false };
    for line in lines(resource, layout) {
        writeln!(out, "{indent}{}", paint.line(&line))?;
    }
    Ok(())
}

/// Writes one resource alone: what became of it, its changes, and who is behind them.
pub fn resource(resource: &ResourceDrift, look: Look, out: &mut dyn Write) -> io::Result<()> {
    write_resource(resource, &Paint { look }, out)
}

pub(super) fn write_resource(resource: &ResourceDrift, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    write_found(resource, UNMANAGED, paint, out)
}

/// What is said of a resource that somebody added.
const UNMANAGED: &str = "unmanaged: in no restore point";

/// The same in a plan: between two restore points, the newer one has it.
pub(super) fn added(plan: &Plan) -> &'static str {
    if plan.is_between_restore_points() { "added: was not there" } else { UNMANAGED }
}

fn write_found(resource: &ResourceDrift, added: &str, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    let (sign, remark) = match resource.drift {
        Drift::Added => (Sign::Added, format!("  {added}")),
        Drift::Changed => (Sign::Changed, String::new()),
        Drift::Removed => (Sign::Removed, "  removed: no longer there".to_owned()),
    };
    let address = &resource.address;
    let scope = paint.with(Style::new().dimmed(), &printable(&format!("{}/", address.scope)));
    let name = paint.with(Style::new().bold(), &printable(&format!("{}/{}", address.kind, address.id)));
    let label = resource.label.as_deref().map(|label| format!("  {}", quoted(label))).unwrap_or_default();
    writeln!(out, "  {} {scope}{name}{label}{}", paint.sign(sign), paint.with(Style::new().dimmed(), &remark))?;
    changes(resource, INDENT, paint.look, out)?;
    for line in who(resource) {
        writeln!(out, "{INDENT}{}", paint.with(Style::new().dimmed(), &line))?;
    }
    if let Some(line) = managed(resource) {
        writeln!(out, "{INDENT}{}", paint.with(Style::new().dimmed(), &line))?;
    }
    Ok(())
}

fn write_not_read(groups: &[Group], paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    let title = format!("Not read ({}): nothing there is compared or taken for removed.", number(groups));
    writeln!(out, "{}", paint.with(AnsiColor::Yellow.on_default(), &title))?;
    for group in groups {
        writeln!(out, "  {:<9}  {}", group.status.as_str(), printable(&group.cause))?;
        if let Some(message) = &group.message {
            writeln!(out, "             {}", printable(message))?;
        }
        let (places, more) = shown(group);
        for place in places {
            writeln!(out, "             {}", printable(place))?;
        }
        if more > 0 {
            writeln!(out, "             and {more} more")?;
        }
        if let Some(hint) = &group.hint {
            writeln!(out, "             {}", paint.with(Style::new().dimmed(), &format!("hint: {}", printable(hint))))?;
        }
    }
    Ok(())
}

/// The last line.
fn conclusion(plan: &Plan, groups: &[Group]) -> String {
    let summary = plan.summary();
    let resources = count(plan.scanned.resources, "resource");
    let verb = if plan.scanned.resources == 1 { "matches" } else { "match" };
    let rev = printable(&plan.against.rev);
    let commit: String = plan.against.commit.chars().take(12).collect();
    let since = if commit.is_empty() || plan.against.commit.starts_with(&plan.against.rev) {
        rev
    } else {
        format!("{rev} ({})", printable(&commit))
    };
    let mut line = if !plan.is_empty() {
        let what = if plan.is_between_restore_points() { "" } else { "Plan: " };
        format!(
            "{what}{} added, {} changed, {} removed since {since}.",
            summary.added, summary.changed, summary.removed
        )
    } else if plan.is_between_restore_points() && plan.is_complete() {
        format!("No change. {resources} {verb} {since}.")
    } else if plan.rests.is_some() && plan.scanned.resources == 0 {
        format!("No drift: CloudTrail names nothing that changed since {since}.")
    } else if plan.rests.is_some() {
        format!("No drift in what was read again: {resources} {verb} {since}.")
    } else if plan.is_complete() {
        format!("No drift. {resources} {verb} {since}.")
    } else {
        format!("No drift in what was read: {resources} {verb} {since}.")
    };
    match plan.ignored_count() {
        0 => {}
        ignored => line.extend([" ", &ignored.to_string(), " ignored by rules."]),
    }
    if !plan.is_complete() {
        let were = if number(groups) == "1 gap" { "was" } else { "were" };
        line.extend([" Incomplete: ", &number(groups), " ", were, " not read."]);
    }
    line
}

pub(super) struct Paint {
    pub(super) look: Look,
}

impl Paint {
    pub(super) fn with(&self, style: Style, text: &str) -> String {
        if self.look.colour && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn sign(&self, sign: Sign) -> String {
        match sign {
            Sign::None => " ".to_owned(),
            Sign::Added => self.with(AnsiColor::Green.on_default(), "+"),
            Sign::Removed => self.with(AnsiColor::Red.on_default(), "-"),
            Sign::Changed => self.with(AnsiColor::Yellow.on_default(), "~"),
        }
    }

    fn line(&self, line: &Line) -> String {
        let spans = line.spans.iter().map(|(tone, text)| match tone {
            Tone::Plain => text.clone(),
            Tone::Old => self.with(AnsiColor::Red.on_default(), text),
            Tone::New => self.with(AnsiColor::Green.on_default(), text),
            Tone::Dim => self.with(Style::new().dimmed(), text),
        });
        format!("{} {}", self.sign(line.sign), spans.collect::<String>()).trim_end().to_owned()
    }
}
