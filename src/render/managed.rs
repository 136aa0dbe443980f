//! What Terraform's states say: of a plan's resources in a line or two, and as a view of its own.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use super::Look;
use super::escape::{html, printable, quoted};
use super::text::Paint;
use super::value::count;
use crate::managed::{Row, State, Status, View};
use crate::plan::{Drift, Manager, ResourceDrift};

/// How many managers of one resource are named.
const NAMED: usize = 3;
/// The version of the view for machines. It goes up when a reader of the old one would misread the new one.
const FORMAT: u64 = 1;

/// Who manages a drifted resource, and what that means for whoever reviews it; none where no states were looked at.
pub(super) fn managed(resource: &ResourceDrift) -> Option<String> {
    let managers = resource.managers.as_ref()?;
    let by = by(managers);
    Some(match (resource.drift, Status::of(managers)) {
        (Drift::Added, Status::Unmanaged) => "in no Terraform state".to_owned(),
        (_, Status::Unmanaged) => "in no Terraform state: nothing will undo it".to_owned(),
        (Drift::Added, _) => format!("made by Terraform: {by}"),
        (Drift::Removed, _) => format!("still in a state, so that Terraform would make it anew: {by}"),
        (Drift::Changed, _) => format!("managed in Terraform: {by}"),
    })
}

/// The same in a word, for tables.
pub(super) fn managed_word(resource: &ResourceDrift) -> &'static str {
    match resource.managers.as_deref().map(Status::of) {
        None => "",
        Some(Status::Unmanaged) => "no",
        Some(Status::Partly) => "in part",
        Some(Status::Managed) => "yes",
        Some(Status::Twice) => "**twice**",
    }
}

/// `aws_vpc.main in network.tfstate, parts by aws_route.nat in network.tfstate`
fn by(managers: &[Manager]) -> String {
    let one = |manager: &Manager| printable(&format!("{} in {}", manager.address, manager.state));
    let list = |part: bool| {
        let all: Vec<String> = managers.iter().filter(|manager| manager.part == part).map(one).collect();
        let more = all.len().saturating_sub(NAMED);
        let told = all.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
        if more > 0 { format!("{told} and {more} more") } else { told }
    };
    match (list(false), list(true)) {
        (whole, parts) if parts.is_empty() => whole,
        (whole, parts) if whole.is_empty() => format!("parts of it, by {parts}"),
        (whole, parts) => format!("{whole}; parts of it by {parts}"),
    }
}

/// What of a view is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    Twice,
    Drifted,
    Unmanaged,
    Gone,
    Partly,
    Managed,
    Unknown,
}

/// All of them, what asks for a decision first.
pub const SECTIONS: [Section; 7] = [
    Section::Twice,
    Section::Drifted,
    Section::Unmanaged,
    Section::Gone,
    Section::Partly,
    Section::Managed,
    Section::Unknown,
];

impl Section {
    fn of(row: &Row) -> Self {
        match row.status() {
            Status::Twice => Self::Twice,
            Status::Unmanaged => Self::Unmanaged,
            _ if row.is_drifted() => Self::Drifted,
            Status::Partly => Self::Partly,
            Status::Managed => Self::Managed,
        }
    }

    fn title(self) -> (&'static str, &'static str) {
        match self {
            Self::Twice => ("Claimed twice", "several resources in states are it, and each would change it"),
            Self::Drifted => ("Managed and drifted", "the code changes, too, or Terraform undoes it"),
            Self::Unmanaged => ("Unmanaged", "in no state"),
            Self::Gone => ("Gone", "in a state, and not there"),
            Self::Partly => ("Managed in part", "not themselves, but what belongs to them"),
            Self::Managed => ("Managed", "each in one state"),
            Self::Unknown => ("Cannot be told", "what these are was not read, or the state does not say"),
        }
    }
}

/// Writes the sections of a view as text.
pub fn view_text(
    view: &View,
    states: &[State],
    sections: &[Section],
    look: Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    let paint = Paint { look };
    for section in sections {
        let lines = entries(view, *section);
        if lines.is_empty() {
            continue;
        }
        let (title, what) = section.title();
        let colour =
            if matches!(section, Section::Partly | Section::Managed) { AnsiColor::Green } else { AnsiColor::Yellow };
        writeln!(out, "{}", paint.with(colour.on_default(), &format!("{title} ({}): {what}.", lines.len())))?;
        for Entry { main, more, .. } in lines {
            writeln!(out, "  {main}")?;
            for line in more {
                writeln!(out, "      {}", paint.with(Style::new().dimmed(), &line))?;
            }
        }
        writeln!(out)?;
    }
    if sections.contains(&Section::Unknown) && !view.unknown.is_empty() {
        let total = view.unknown.values().sum::<usize>();
        writeln!(
            out,
            "Not looked for: {} of {} that no kind reads.",
            count(total, "resource"),
            types(view.unknown.len())
        )?;
        for (name, count) in &view.unknown {
            writeln!(out, "  {} ({count})", printable(name))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", paint.with(Style::new().bold(), &conclusion(view, states)))
}

/// Writes the sections of a view as GitHub-flavoured Markdown.
pub fn view_markdown(view: &View, states: &[State], sections: &[Section], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### {}\n", html(&conclusion(view, states)))?;
    for section in sections {
        let lines = entries(view, *section);
        if lines.is_empty() {
            continue;
        }
        let (title, what) = section.title();
        let folded = matches!(section, Section::Partly | Section::Managed);
        if folded {
            writeln!(out, "<details><summary>{title} ({}): {what}</summary>\n", lines.len())?;
        } else {
            writeln!(out, "#### {title} ({})\n\n{what}\n", lines.len())?;
        }
        for Entry { main, more, .. } in lines {
            write!(out, "- <code>{}</code>", html(&main))?;
            for line in more {
                write!(out, "<br>{}", html(&line))?;
            }
            writeln!(out)?;
        }
        writeln!(out, "{}", if folded { "\n</details>\n" } else { "" })?;
    }
    if sections.contains(&Section::Unknown) && !view.unknown.is_empty() {
        let names: Vec<String> =
            view.unknown.iter().map(|(name, count)| format!("<code>{}</code> ({count})", html(name))).collect();
        writeln!(out, "Not looked for, since no kind reads them: {}\n", names.join(", "))?;
    }
    Ok(())
}

/// Writes a view as JSON with sorted keys and a final newline.
pub fn view_json(
    view: &View,
    states: &[State],
    against: &crate::plan::Against,
    sections: &[Section],
    out: &mut dyn Write,
) -> io::Result<()> {
    let has = |section| sections.contains(&section);
    let rows = view.resources.iter().filter(|row| has(Section::of(row)));
    let states: Vec<Value> = states
        .iter()
        .map(|state| json!({"name": state.name, "serial": state.serial, "resources": state.instances.len()}))
        .collect();
    let mut file = json!({
        "format": FORMAT,
        "against": against,
        "states": states,
        "summary": numbers(view).into_iter().collect::<BTreeMap<_, _>>(),
        "resources": rows.map(row).collect::<Vec<_>>(),
    });
    if has(Section::Gone) {
        file["gone"] = json!(view.gone);
    }
    if has(Section::Unknown) {
        file["not_read"] = json!(view.not_read);
        file["ambiguous"] = json!(view.unsure);
        file["not_looked_for"] = json!(view.unknown);
    }
    serde_json::to_writer_pretty(&mut *out, &file)?;
    writeln!(out)
}

fn row(row: &Row) -> Value {
    let mut value = json!({
        "address": row.address.to_string(),
        "status": row.status().as_str(),
        "managers": row.managers,
    });
    if let Some(label) = &row.label {
        value["label"] = json!(label);
    }
    if let Some(drift) = row.drift {
        value["drift"] = json!(drift.as_str());
    }
    value
}

/// One line of a section, and what is said below it.
struct Entry {
    main: String,
    more: Vec<String>,
}

fn entries(view: &View, section: Section) -> Vec<Entry> {
    let address = |missing: &crate::managed::Missing| printable(&missing.resource.to_string());
    let name = |manager: &Manager| printable(&format!("{} in {}", manager.address, manager.state));
    match section {
        Section::Gone => view
            .gone
            .iter()
            .map(|gone| Entry { main: name(&gone.manager), more: vec![format!("would be {}", address(gone))] })
            .collect(),
        Section::Unknown => {
            let not_read = view.not_read.iter().map(|missing| Entry {
                main: name(&missing.manager),
                more: vec![format!("would be {}, which was not read", address(missing))],
            });
            let unsure = view.unsure.iter().map(|unsure| Entry {
                main: name(&unsure.manager),
                more: vec![format!(
                    "is {} {}, of an account or region that the state does not tell",
                    unsure.kind,
                    quoted(&unsure.name)
                )],
            });
            not_read.chain(unsure).collect()
        }
        _ => {
            let rows = view.resources.iter().filter(|row| Section::of(row) == section);
            rows.map(|row| {
                let label = row.label.as_deref().map(|label| format!("  {}", quoted(label))).unwrap_or_default();
                let sign = match row.drift {
                    None => "",
                    Some(Drift::Added) => "  (since the restore point)",
                    Some(_) => "  (drifted)",
                };
                let more = if row.managers.is_empty() { vec![] } else { vec![by(&row.managers)] };
                Entry { main: format!("{}{label}{sign}", printable(&row.address.to_string())), more }
            })
            .collect()
        }
    }
}

fn numbers(view: &View) -> [(&'static str, usize); 8] {
    let rows = |section| view.resources.iter().filter(|row| Section::of(row) == section).count();
    [
        ("claimed_twice", rows(Section::Twice)),
        ("drifted", rows(Section::Drifted)),
        ("unmanaged", rows(Section::Unmanaged)),
        ("gone", view.gone.len()),
        ("partly_managed", rows(Section::Partly)),
        ("managed", rows(Section::Managed)),
        ("not_told", view.not_read.len() + view.unsure.len()),
        ("not_looked_for", view.unknown.values().sum()),
    ]
}

/// `States: 120 managed, 4 in part, 1 drifted, 30 unmanaged, 2 gone; 150 resources in 2 states.`
fn conclusion(view: &View, states: &[State]) -> String {
    let numbers = BTreeMap::from(numbers(view));
    let words = [
        ("managed", "managed"),
        ("partly_managed", "managed in part"),
        ("drifted", "managed and drifted"),
        ("claimed_twice", "claimed twice"),
        ("unmanaged", "unmanaged"),
        ("gone", "gone"),
        ("not_told", "not told"),
    ];
    let told: Vec<String> = words
        .iter()
        .filter(|(key, _)| numbers[key] > 0 || ["managed", "unmanaged"].contains(key))
        .map(|(key, word)| format!("{} {word}", numbers[key]))
        .collect();
    let resources = states.iter().map(|state| state.instances.len()).sum();
    let states = count(states.len(), "state");
    format!("Terraform: {}; {states} with {}.", told.join(", "), count(resources, "resource"))
}

fn types(number: usize) -> String {
    count(number, "type")
}
