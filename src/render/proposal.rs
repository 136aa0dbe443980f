//! A plan as the title and description of a proposal: what is dangerous first, within what the forge takes.
//!
//! Everything that comes from an account (names, tags, messages) stands in code, where no forge looks for people to
//! notify, issues to mention or links to follow.

use std::fmt::Write as _;

use super::escape::printable;
use super::managed::managed_word;
use super::markdown::{sign, write_details};
use super::not_read::{groups, number, shown};
use super::value::count;
use super::who::{means, moment, person};
use crate::attribution::{Attribution, Origin};
use crate::plan::{Plan, ResourceDrift};
use crate::risk::{Risk, risk};

/// What a description is made of.
#[derive(Debug, Clone, Copy)]
pub struct Description<'a> {
    pub plan: &'a Plan,
    /// The branch that the proposal is to be merged into.
    pub base: &'a str,
    /// Those who pushed to the proposal's branch, so that driftline leaves it alone.
    pub edited_by: &'a [String],
    /// Resources that were proposed before and could not be looked at this time; their commits are still there.
    pub kept: usize,
    /// Characters that the forge takes.
    pub limit: usize,
}

/// One line for the list of proposals.
pub fn proposal_title(plan: &Plan) -> String {
    let summary = plan.summary();
    let mut title = String::from("Drift: ");
    let counts = [(summary.added, "added"), (summary.changed, "changed"), (summary.removed, "removed")];
    let told: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    title.push_str(if told.is_empty() { "none" } else { "" });
    title.push_str(&told.join(", "));
    if let Some((resource, risk)) = by_risk(plan).into_iter().next().filter(|(_, risk)| risk.is_alarming()) {
        let name = resource.label.as_deref().unwrap_or(&resource.address.id);
        write!(title, "; {} {name} {}", resource.kind, risk.phrase()).expect(INFALLIBLE);
    }
    // A title takes no markup that would keep a forge from seeing a person or an issue in it.
    title.chars().map(|c| if is_plain(c) { c } else { '_' }).collect()
}

/// The description, in Markdown.
pub fn proposal_description(description: Description<'_>) -> String {
    let Description { plan, base, edited_by, kept, limit } = description;
    let resources = by_risk(plan);
    let mut text = opening(plan, edited_by);
    let mut end = not_read(plan, kept, limit / 4);
    end.push_str(&closing(base, plan));
    // What was not read and how to go on are always told; only texts of great length give way to a limit.
    let mut left = limit.saturating_sub(length(&text)).saturating_sub(length(&end)).saturating_sub(RESERVED);

    let rows: Vec<String> = resources.iter().map(|(resource, risk)| row(resource, risk)).collect();
    let fits = fitting(&rows, left / 2);
    if fits > 0 {
        text.push_str(heading(plan));
        for row in &rows[..fits] {
            text.push_str(row);
            left = left.saturating_sub(length(row));
        }
    }
    if fits < rows.len() {
        let more = count(rows.len() - fits, "more resource");
        writeln!(text, "\n… and {more}, less risky than these: `driftline plan` lists them.").expect(INFALLIBLE);
    }
    let details: Vec<String> = resources.iter().map(|(resource, _)| details(resource, resources.len() > 1)).collect();
    let fits = fitting(&details, left);
    for one in &details[..fits] {
        text.push_str(one);
    }
    if fits < details.len() {
        let more = count(details.len() - fits, "resource");
        writeln!(text, "\nThe details of {more} are left out, the least risky ones: `driftline plan` shows them.")
            .expect(INFALLIBLE);
    }
    text.push_str(&end);
    text
}

/// A comment for a proposal that nothing is left of.
pub fn closing_comment(plan: &Plan) -> String {
    let commit: String = plan.against.commit.chars().take(12).collect();
    let resources = count(plan.scanned.resources, "resource");
    format!(
        "Nothing differs from `{commit}` any more ({resources} compared): the drift is gone, and so is this branch.\n"
    )
}

const INFALLIBLE: &str = "writing to a String does not fail";
/// People who are named that edited the branch.
const MOST_PEOPLE: usize = 5;
/// Room for the sentences about what was left out.
const RESERVED: usize = 400;

/// The drift with its risks, the most dangerous first; of equal risk in the order of addresses.
fn by_risk(plan: &Plan) -> Vec<(&ResourceDrift, Risk)> {
    let mut resources: Vec<(&ResourceDrift, Risk)> = plan.drift.iter().map(|drift| (drift, risk(drift))).collect();
    resources.sort_by_key(|(_, risk)| risk.level);
    resources
}

fn opening(plan: &Plan, edited_by: &[String]) -> String {
    let summary = plan.summary();
    let mut text = String::new();
    if !edited_by.is_empty() {
        let people: Vec<String> = edited_by.iter().take(MOST_PEOPLE).map(|name| code(&short(name))).collect();
        writeln!(
            text,
            "> **Edited by {}**: the commits here do not include the latest drift, which is described below. driftline \
             leaves a branch alone that somebody else pushed to; delete the branch to have it made anew.\n",
            people.join(", ")
        )
        .expect(INFALLIBLE);
    }
    let commit: String = plan.against.commit.chars().take(12).collect();
    // How much that is changes from run to run, and a proposal that says the same is not to be touched.
    let compared = match plan.rests {
        None => format!("{} compared", count(plan.scanned.resources, "resource")),
        Some(_) => "only what CloudTrail's events name was read again".to_owned(),
    };
    write!(
        text,
        "**{} added, {} changed, {} removed** since the restore point {}: {compared}",
        summary.added,
        summary.changed,
        summary.removed,
        code(&commit),
    )
    .expect(INFALLIBLE);
    if plan.ignored_count() > 0 {
        write!(text, ", {} ignored by rules", plan.ignored_count()).expect(INFALLIBLE);
    }
    text.push_str(".\n");
    text
}

fn row(resource: &ResourceDrift, risk: &Risk) -> String {
    let mut name = cell(&resource.address.to_string());
    if let Some(label) = &resource.label {
        write!(name, " {}", cell(label)).expect(INFALLIBLE);
    }
    let mut why = cell(&risk.phrase());
    if risk.is_alarming() {
        why = format!("**{why}**");
    }
    let managed = match managed_word(resource) {
        "" => String::new(),
        word => format!(" {word} |"),
    };
    format!("| {} | {name} | {why} | {} |{managed}\n", sign(resource), who(resource))
}

/// Whether Terraform manages it is told where its states were looked at: of all resources, or of none.
fn heading(plan: &Plan) -> &'static str {
    if plan.drift.iter().any(|resource| resource.managers.is_some()) {
        "\n| | Resource | Why it matters | Who | In Terraform |\n| --- | --- | --- | --- | --- |\n"
    } else {
        "\n| | Resource | Why it matters | Who |\n| --- | --- | --- | --- |\n"
    }
}

/// Who is behind it, each once; empty where nobody asked.
fn who(resource: &ResourceDrift) -> String {
    let mut told: Vec<String> = Vec::new();
    for attributed in &resource.by {
        let one = match &attributed.attribution {
            Attribution::By(origin) => by(origin),
            Attribution::Unknown(_) => "unknown".to_owned(),
        };
        if !told.contains(&one) {
            told.push(one);
        }
    }
    told.join("; ")
}

fn by(origin: &Origin) -> String {
    format!("{} {}, {}", cell(&person(origin)), means(origin.via), moment(origin.at))
}

fn not_read(plan: &Plan, kept: usize, room: usize) -> String {
    let groups = groups(&plan.not_read);
    let mut text = String::new();
    if !groups.is_empty() {
        writeln!(text, "\n#### Not read ({})\n", number(&groups)).expect(INFALLIBLE);
        writeln!(text, "Nothing there is compared or taken for removed; it keeps its last known state.\n")
            .expect(INFALLIBLE);
    }
    if kept > 0 {
        let resources = count(kept, "resource");
        writeln!(
            text,
            "What was proposed before of {resources} that this plan did not look at is still part of this.\n"
        )
        .expect(INFALLIBLE);
    }
    let mut lines = Vec::new();
    for group in &groups {
        lines.push(format!("- **{}** {}\n", group.status, code(&short(&group.cause))));
        let (places, more) = shown(group);
        lines.extend(places.iter().map(|place| format!("  - {}\n", code(&short(place)))));
        if more > 0 {
            lines.push(format!("  - and {more} more\n"));
        }
    }
    let fits = fitting(&lines, room);
    text.extend(lines.iter().take(fits).map(String::as_str));
    if fits < lines.len() {
        text.push_str("- and more: `driftline coverage` lists all after an import\n");
    }
    text
}

fn closing(base: &str, plan: &Plan) -> String {
    let base = code(base);
    let is_managed = |resource: &ResourceDrift| resource.managers.as_ref().is_some_and(|all| !all.is_empty());
    let code_follows = if plan.drift.iter().any(is_managed) {
        " What is in Terraform has to change in its code, too: otherwise its next apply undoes it."
    } else {
        ""
    };
    format!(
        "\n---\n\nMerging this accepts the drift: {base} then says what is there now, and the next plan is quiet about it.{code_follows} \
         To undo a change instead, undo it in the account; the next run takes it out of here, and closes this when nothing \
         is left.\n"
    )
}

/// The changes of one resource, as `plan --format markdown` shows them. Very long ones are cut, so that the one at the
/// top leaves room for others.
fn details(resource: &ResourceDrift, folded: bool) -> String {
    const MOST_LINES: usize = 250;
    let mut bytes = Vec::new();
    write_details(resource, folded, MOST_LINES, &mut bytes).expect("writing to a Vec does not fail");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// How many of these texts fit, from the first on.
fn fitting(texts: &[String], room: usize) -> usize {
    let mut left = room;
    let over = texts.iter().position(|text| match left.checked_sub(length(text)) {
        Some(rest) => {
            left = rest;
            false
        }
        None => true,
    });
    over.unwrap_or(texts.len())
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// A text of an account's that may be of any length.
fn short(text: &str) -> String {
    const MOST: usize = 300;
    if length(text) <= MOST { text.to_owned() } else { text.chars().take(MOST).chain(['…']).collect() }
}

/// A span of code: nothing in it is markup, a mention or a link.
fn code(text: &str) -> String {
    let text = printable(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    match text.as_str() {
        "" => String::new(),
        text if text.starts_with('`') || text.ends_with('`') || text.trim() != text => {
            format!("{fence} {text} {fence}")
        }
        text => format!("{fence}{text}{fence}"),
    }
}

/// The same in a table, where a bar would end the cell even within code.
fn cell(text: &str) -> String {
    code(&short(text)).replace('|', "\\|")
}

fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || " ,.;:()/+-_*'".contains(c)
}

#[cfg(test)]
mod tests;
