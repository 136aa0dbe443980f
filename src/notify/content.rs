//! What every receiver is told, before it is dressed for one of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use driftline_api::Via;

use super::{Message, News};
use crate::plan::{Drift, ResourceDrift};
use crate::render::{self, Look};
use crate::risk::risk;

/// Lines of one resource; the rest is in the plan.
const MOST_LINES: usize = 10;
/// Columns of a line.
const WIDTH: usize = 90;
/// Characters of a line: a long value is cut.
const LONGEST_LINE: usize = 300;

/// The message in plain text. Nothing in it is escaped for anybody, but nothing in it drives a terminal either.
pub(super) struct Content {
    pub(super) title: String,
    /// What was compared, and what was not.
    pub(super) summary: String,
    pub(super) items: Vec<Item>,
}

/// One resource.
pub(super) struct Item {
    /// `+`, `~` or `-`.
    pub(super) sign: &'static str,
    pub(super) address: String,
    pub(super) label: Option<String>,
    /// The changes; for a resource that is new or gone, that it is.
    pub(super) lines: Vec<String>,
    /// `jane via console`.
    pub(super) who: Option<String>,
}

impl Content {
    pub(super) fn of(message: &Message<'_>) -> Self {
        let plan = message.plan;
        let summary = plan.summary();
        let title = match message.news {
            News::Drift => {
                format!("Drift: {} added, {} changed, {} removed", summary.added, summary.changed, summary.removed)
            }
            News::Gone => "The drift is gone".to_owned(),
            News::NotRead => "No drift in what was read".to_owned(),
            News::Nothing => "No drift".to_owned(),
        };
        let commit: String = plan.against.commit.chars().take(12).collect();
        let mut words = format!("{} resources compared with {}", plan.scanned.resources, plan.against.rev);
        if !commit.is_empty() {
            write!(words, " ({commit})").expect("writing to a String does not fail");
        }
        if plan.ignored_count() > 0 {
            write!(words, ", {} ignored by rules", plan.ignored_count()).expect("writing to a String does not fail");
        }
        words.push('.');
        let gaps: BTreeSet<String> = plan
            .not_read
            .iter()
            .map(|gap| format!("{}/{} ({})", gap.scope, gap.kind, gap.cause.status.as_str()))
            .collect();
        if !gaps.is_empty() {
            let shown: Vec<&str> = gaps.iter().take(3).map(String::as_str).collect();
            let more = if gaps.len() > 3 { format!(" and {} more", gaps.len() - 3) } else { String::new() };
            write!(words, " Incomplete, not read: {}{more}.", shown.join(", "))
                .expect("writing to a String does not fail");
        }
        // What a receiver has no room for is what matters least.
        let mut drift: Vec<&ResourceDrift> = plan.drift.iter().collect();
        drift.sort_by_cached_key(|resource| risk(resource).level);
        Self { title, summary: printable(&words), items: drift.into_iter().map(Item::of).collect() }
    }

    /// The addresses, a line each, in at most so many characters: for receivers that show nothing else. `code` sets
    /// what comes from the account apart.
    pub(super) fn addresses(&self, most: usize, code: impl Fn(&str) -> String) -> String {
        let mut text = String::new();
        for (index, item) in self.items.iter().enumerate() {
            let label = item.label.as_ref().map(|label| format!("  {}", code(label))).unwrap_or_default();
            let line = format!("\n{} {}{label}", item.sign, code(&item.address));
            let more = format!("\nand {} more", self.items.len() - index);
            if text.chars().count() + line.chars().count() + more.len() > most {
                text.push_str(&more);
                break;
            }
            text.push_str(&line);
        }
        text
    }
}

impl Item {
    fn of(resource: &ResourceDrift) -> Self {
        let (sign, lines) = match resource.drift {
            Drift::Added => ("+", vec!["unmanaged: in no restore point".to_owned()]),
            Drift::Changed => ("~", changes(resource)),
            Drift::Removed => ("-", vec!["removed: no longer there".to_owned()]),
        };
        let who: BTreeSet<String> = resource
            .by
            .iter()
            .filter_map(|by| by.attribution.origin())
            .map(|origin| match origin.via {
                Via::Unknown => origin.actor.name.clone(),
                via => format!("{} via {}", origin.actor.name, via.as_str()),
            })
            .collect();
        let who: Vec<String> = who.into_iter().collect();
        Self {
            sign,
            address: printable(&resource.address.to_string()),
            label: resource.label.as_deref().map(printable),
            lines,
            who: (!who.is_empty()).then(|| printable(&who.join(", "))),
        }
    }
}

fn changes(resource: &ResourceDrift) -> Vec<String> {
    let mut out = Vec::new();
    let look = Look { colour: false, width: WIDTH };
    render::changes(resource, "", look, &mut out).expect("writing to a Vec does not fail");
    let text = String::from_utf8_lossy(&out);
    let all = text.lines().count();
    let shown = if all > MOST_LINES { MOST_LINES - 1 } else { all };
    let mut lines: Vec<String> = text.lines().take(shown).map(|line| cut(line, LONGEST_LINE)).collect();
    if all > shown {
        lines.push(format!("and {} more lines", all - shown));
    }
    lines
}

/// At most so many characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most - 1).collect();
    short.push('…');
    short
}

fn printable(text: &str) -> String {
    render::printable(text)
}
