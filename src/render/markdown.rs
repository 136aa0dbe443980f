//! A plan for pull requests and CI summaries.

use std::io::{self, Write};

use super::escape::{html, printable};
use super::ignored;
use super::limited;
use super::lines::{Layout, Line, Sign, lines};
use super::managed::managed;
use super::not_read::{groups, number, shown};
use super::rests;
use super::text::added;
use super::value::count;
use super::who::who;
use crate::plan::{Drift, Plan, ResourceDrift};

/// From this many resources on, their details are folded.
const FOLDED_FROM: usize = 6;
/// Resources whose details take more lines are folded anyway.
const LONG: usize = 40;
const WIDTH: usize = 100;

/// Writes the plan as GitHub-flavoured Markdown.
pub fn markdown(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    let summary = plan.summary();
    let groups = groups(&plan.not_read);
    let rev = html(&plan.against.rev);
    let commit: String = plan.against.commit.chars().take(12).collect();
    let title = match (plan.is_empty(), plan.is_complete()) {
        (false, _) => format!("{} added, {} changed, {} removed", summary.added, summary.changed, summary.removed),
        (true, true) if plan.rests.is_some() => "none in what was read again".to_owned(),
        (true, true) if plan.is_between_restore_points() => "none".to_owned(),
        (true, true) => "no drift".to_owned(),
        (true, false) => "no drift in what was read".to_owned(),
    };
    let of = if plan.is_between_restore_points() { "Changes" } else { "Drift" };
    writeln!(out, "### {of}: {title}\n")?;
    let resources = count(plan.scanned.resources, "resource");
    write!(out, "{resources} compared with <code>{rev}</code>")?;
    if !commit.is_empty() {
        write!(out, " (<code>{}</code>)", html(&commit))?;
    }
    if plan.ignored_count() > 0 {
        write!(out, ", {} ignored by rules", plan.ignored_count())?;
    }
    writeln!(out, ".")?;
    if !plan.is_empty() {
        writeln!(out, "\n| | Resource | Name | What |\n| --- | --- | --- | --- |")?;
        for resource in &plan.drift {
            let label = html(resource.label.as_deref().unwrap_or_default());
            let address = html(&resource.address.to_string());
            writeln!(
                out,
                "| {} | <code>{address}</code> | {label} | {} |",
                sign(resource),
                what(resource, added(plan))
            )?;
        }
        for resource in &plan.drift {
            write_details(resource, plan.drift.len() >= FOLDED_FROM, usize::MAX, out)?;
        }
    }
    if !groups.is_empty() {
        writeln!(out, "\n#### Not read ({})\n", number(&groups))?;
        writeln!(out, "Nothing there is compared or taken for removed: this plan is incomplete.\n")?;
        for group in &groups {
            writeln!(out, "- **{}** <code>{}</code>", group.status, html(&group.cause))?;
            if let Some(message) = &group.message {
                writeln!(out, "  - {}", html(message))?;
            }
            let (places, more) = shown(group);
            for place in places {
                writeln!(out, "  - <code>{}</code>", html(place))?;
            }
            if more > 0 {
                writeln!(out, "  - and {more} more")?;
            }
            if let Some(hint) = &group.hint {
                writeln!(out, "  - hint: {}", html(hint))?;
            }
        }
    }
    let rests = rests::lines(plan);
    if !rests.is_empty() {
        writeln!(out, "\n#### What it rests on\n")?;
    }
    for line in &rests {
        writeln!(out, "- {}", html(line))?;
    }
    let limited = limited::of(plan);
    if !limited.is_empty() {
        writeln!(out, "\n{}\n", limited::TITLE)?;
    }
    for line in limited {
        writeln!(out, "- <code>{}</code>", html(&line))?;
    }
    ignored::markdown(plan, out)
}

pub(super) fn sign(resource: &ResourceDrift) -> &'static str {
    match resource.drift {
        Drift::Added => "`+`",
        Drift::Changed => "`~`",
        Drift::Removed => "`-`",
    }
}

fn what(resource: &ResourceDrift, added: &str) -> String {
    match resource.drift {
        Drift::Added => added.to_owned(),
        Drift::Changed => count(resource.changes.len(), "change"),
        Drift::Removed => "removed: no longer there".to_owned(),
    }
}

/// Writes the changes of one resource, at most so many lines of them.
pub(super) fn write_details(
    resource: &ResourceDrift,
    folded: bool,
    most: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut lines: Vec<String> = lines(resource, Layout { width: WIDTH, two_lines: true }).iter().map(plain).collect();
    if lines.len() > most {
        let more = lines.len() - most;
        lines.truncate(most);
        lines.push(format!("    … and {}", count(more, "more line")));
    }
    let folded = folded || lines.len() > LONG;
    let address = html(&resource.address.to_string());
    if folded {
        writeln!(out, "\n<details><summary>{} <code>{address}</code></summary>\n", sign(resource).trim_matches('`'))?;
    } else {
        writeln!(out, "\n<code>{address}</code>\n")?;
    }
    let fence = fence(&lines);
    let heading = match resource.drift {
        Drift::Added => "+ ",
        Drift::Changed => "  ",
        Drift::Removed => "- ",
    };
    writeln!(out, "{fence}diff\n{heading}{}", printable(&resource.address.to_string()))?;
    for line in &lines {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "{fence}")?;
    // Code, since nothing in it then mentions people or becomes a link.
    for line in who(resource) {
        writeln!(out, "\n<code>{}</code>", html(&line))?;
    }
    if let Some(line) = managed(resource) {
        writeln!(out, "\n<code>{}</code>", html(&line))?;
    }
    if folded {
        writeln!(out, "\n</details>")?;
    }
    Ok(())
}

/// The sign in the first column, where tools that colour diffs look for it.
fn plain(line: &Line) -> String {
    let sign = match line.sign {
        Sign::None | Sign::Changed => ' ',
        Sign::Added => '+',
        Sign::Removed => '-',
    };
    let text: String = line.spans.iter().map(|(_, text)| text.as_str()).collect();
    format!("{sign}   {text}").trim_end().to_owned()
}

/// A fence that is longer than any run of backticks in what it holds.
fn fence(lines: &[String]) -> String {
    let longest = lines.iter().flat_map(|line| line.split(|c| c != '`')).map(str::len).max().unwrap_or(0);
    "`".repeat(3.max(longest + 1))
}
