//! What a restore would do, and how it ended, in the manner of a plan.

mod json;

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use driftline_api::Address;

use super::Look;
use super::escape::{printable, quoted};
use super::text::{Paint, changes, write_resource};
use super::value::count;
use crate::plan::ResourceDrift;
use crate::restore::{Back, Beyond, Operation, Outcome, Proposal, Stays, Step};

pub use json::json;

/// Columns in front of what is said of a resource.
const INDENT: &str = "      ";

/// Names of resources that are only listed, at most.
const MOST: usize = 20;

/// Writes what Terraform would do. `rev` is the restore point as it is called.
pub fn proposal(proposal: &Proposal, rev: &str, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint { look };
    let yellow = AnsiColor::Yellow.on_default();
    section(&paint, out, "Changed back", proposal.back.len())?;
    for Back { drift, steps } in &proposal.back {
        resource(&paint, drift, ("~", yellow), "", out)?;
        tell_steps(&paint, steps, out)?;
    }
    section(&paint, out, "Created anew", proposal.anew.len())?;
    for created in &proposal.anew {
        resource(&paint, &created.drift, ("+", AnsiColor::Green.on_default()), "", out)?;
        tell_steps(&paint, &created.steps, out)?;
    }
    section(&paint, out, "Removed", proposal.removed.len())?;
    for Back { drift, steps } in &proposal.removed {
        resource(&paint, drift, ("-", AnsiColor::Red.on_default()), "  in no restore point", out)?;
        tell_steps(&paint, steps, out)?;
    }
    if !proposal.beyond.is_empty() {
        let title = format!("Beyond the drift ({}): Terraform proposes this, too.", proposal.beyond.len());
        writeln!(out, "{}", paint.with(yellow, &title))?;
        for beyond in &proposal.beyond {
            writeln!(out, "  {}", tell_beyond(beyond))?;
        }
        writeln!(out)?;
    }
    already(proposal, out)?;
    tell_stays(&paint, &proposal.stays, out)?;
    if !proposal.alone.is_empty() {
        let title = format!("Left alone ({}): in no restore point; --remove-added removes them.", proposal.alone.len());
        writeln!(out, "{title}")?;
        list(proposal.alone.iter().map(|drift| drift.address.to_string()), "  ", out)?;
        writeln!(out)?;
    }
    writeln!(out, "{}", paint.with(Style::new().bold(), &conclusion(proposal, rev)))
}

/// Writes how a restore ended.
pub fn outcome(outcome: &Outcome, stays: &[Stays], rev: &str, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint { look };
    let rev = printable(rev);
    if !outcome.successors.is_empty() {
        writeln!(out, "Created anew, under another id:")?;
        for successor in &outcome.successors {
            writeln!(out, "  {} is {} now", shown(&successor.old), printable(&successor.new.id))?;
        }
        writeln!(out)?;
    }
    if !outcome.given.is_empty() {
        writeln!(out, "Given anew by AWS ({}), and nobody's to put back:", outcome.given.len())?;
        let told = outcome.given.iter().map(|drift| {
            let paths: Vec<String> = drift.changes.iter().map(|change| change.path.to_string()).collect();
            format!("{}: {}", drift.address, paths.join(", "))
        });
        list(told, "  ", out)?;
        writeln!(out)?;
    }
    if !outcome.waiting.is_empty() {
        let title = format!("Put back in the next maintenance window ({}):", outcome.waiting.len());
        writeln!(out, "{}", paint.with(AnsiColor::Yellow.on_default(), &title))?;
        for drift in &outcome.waiting {
            write_resource(drift, &paint, out)?;
        }
        writeln!(out)?;
    }
    if !outcome.differs.is_empty() {
        let title = format!("Still differs from {rev} ({}):", outcome.differs.len());
        writeln!(out, "{}", paint.with(AnsiColor::Yellow.on_default(), &title))?;
        for drift in &outcome.differs {
            write_resource(drift, &paint, out)?;
        }
        writeln!(out)?;
    }
    tell_stays(&paint, stays, out)?;
    let mut line = format!("{} back at {rev}.", number(outcome.back, "is", "are"));
    if !outcome.successors.is_empty() {
        line.extend([" ", &number(outcome.successors.len(), "has", "have"), " another id."]);
    }
    if !outcome.waiting.is_empty() {
        line.extend([" ", &number(outcome.waiting.len(), "waits", "wait"), " for maintenance."]);
    }
    if !outcome.differs.is_empty() {
        line.extend([" ", &number(outcome.differs.len(), "differs", "differ"), "."]);
    }
    if !stays.is_empty() {
        line.extend([" Not put back: ", &stays.len().to_string(), "."]);
    }
    writeln!(out, "{}", paint.with(Style::new().bold(), &line))
}

/// `1 resource is`, `3 resources are`.
fn number(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(number, "resource"), if number == 1 { one } else { many })
}

fn section(paint: &Paint, out: &mut dyn Write, title: &str, number: usize) -> io::Result<()> {
    if number > 0 {
        writeln!(out, "{}", paint.with(Style::new().bold(), &format!("{title} ({number}):")))?;
    }
    Ok(())
}

fn resource(
    paint: &Paint,
    drift: &ResourceDrift,
    (sign, style): (&str, Style),
    remark: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let address = &drift.address;
    let scope = paint.with(Style::new().dimmed(), &printable(&format!("{}/", address.scope)));
    let name = paint.with(Style::new().bold(), &printable(&format!("{}/{}", address.kind, address.id)));
    let label = drift.label.as_deref().map(|label| format!("  {}", quoted(label))).unwrap_or_default();
    let remark = paint.with(Style::new().dimmed(), remark);
    writeln!(out, "  {} {scope}{name}{label}{remark}", paint.with(style, sign))?;
    changes(drift, INDENT, paint.look, out)
}

/// What Terraform does for it. That something is replaced is told where nobody overlooks it.
fn tell_steps(paint: &Paint, steps: &[Step], out: &mut dyn Write) -> io::Result<()> {
    for step in steps {
        let line = format!("Terraform {}", tell_step(step));
        let style = match step.operation {
            Operation::Replace => AnsiColor::Red.on_default().bold(),
            _ => Style::new().dimmed(),
        };
        writeln!(out, "{INDENT}{}", paint.with(style, &line))?;
    }
    writeln!(out)
}

fn tell_step(step: &Step) -> String {
    let verb = match step.operation {
        Operation::Nothing => "leaves",
        Operation::Create => "creates",
        Operation::Update => "updates",
        Operation::Delete => "destroys",
        Operation::Replace => "REPLACES (destroys, and creates anew)",
        Operation::Other => "does something else with",
    };
    format!("{verb} {}", printable(&step.terraform))
}

fn tell_beyond(beyond: &Beyond) -> String {
    let address = beyond.address.as_ref().map(|address| format!("{}: ", shown(address))).unwrap_or_default();
    let arguments = match beyond.arguments.as_slice() {
        [] => String::new(),
        arguments => format!(": {}", printable(&arguments.join(", "))),
    };
    let why = beyond.why.map(|why| format!(" (it {why})")).unwrap_or_default();
    format!("{address}{}{arguments}{why}", tell_step(&beyond.step))
}

fn already(proposal: &Proposal, out: &mut dyn Write) -> io::Result<()> {
    if proposal.already.is_empty() {
        return Ok(());
    }
    writeln!(out, "Created anew before ({}), under another id:", proposal.already.len())?;
    for (address, known) in &proposal.already {
        writeln!(out, "  {} is {} now", shown(address), printable(known.id.as_deref().unwrap_or("another")))?;
    }
    writeln!(out)
}

fn tell_stays(paint: &Paint, stays: &[Stays], out: &mut dyn Write) -> io::Result<()> {
    if stays.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint.with(AnsiColor::Yellow.on_default(), &format!("Not put back ({}):", stays.len())))?;
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for Stays { why, address, path } in stays {
        let path = path.as_ref().map(|path| format!(" {}", printable(path))).unwrap_or_default();
        reasons.entry(why).or_default().push(format!("{}{path}", shown(address)));
    }
    for (why, things) in reasons {
        writeln!(out, "  {}:", printable(why))?;
        list(things.into_iter(), "    ", out)?;
    }
    writeln!(out)
}

fn list(things: impl ExactSizeIterator<Item = String>, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    let more = things.len().saturating_sub(MOST);
    for thing in things.take(MOST) {
        writeln!(out, "{indent}{}", printable(&thing))?;
    }
    if more > 0 {
        writeln!(out, "{indent}and {more} more")?;
    }
    Ok(())
}

fn shown(address: &Address) -> String {
    printable(&address.to_string())
}

fn conclusion(proposal: &Proposal, rev: &str) -> String {
    let mut line = format!(
        "Restore to {}: {} to change back, {} to create anew, {} to remove.",
        printable(rev),
        proposal.back.len(),
        proposal.anew.len(),
        proposal.removed.len()
    );
    let mut add = |number: usize, text: &str| {
        if number > 0 {
            line.extend([" ", text, ": ", &number.to_string(), "."]);
        }
    };
    add(proposal.beyond.len(), "Beyond the drift");
    add(proposal.stays.len(), "Not put back");
    add(proposal.alone.len(), "Left alone");
    line
}
