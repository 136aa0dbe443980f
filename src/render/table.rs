//! The coverage of a restore point: kinds as rows, regions as columns.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use driftline_api::{Scope, Status};

use super::Look;
use super::escape::printable;
use super::value::count;

/// How the read of one kind in one scope ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageRow {
    pub scope: Scope,
    pub kind: String,
    pub status: Status,
    /// How many resources are known there.
    pub resources: usize,
    /// How many single resources or attributes could not be read although the kind could.
    pub gaps: usize,
    /// Whether the kind as a whole is one.
    pub is_gap: bool,
}

type Cells<'r> = BTreeMap<(&'r str, &'r str), &'r CoverageRow>;

/// Writes one table per account, or a list where the regions do not fit beside each other.
pub fn coverage(rows: &[CoverageRow], look: Look, out: &mut dyn Write) -> io::Result<()> {
    let mut accounts: BTreeMap<(&str, &str), Vec<&CoverageRow>> = BTreeMap::new();
    for row in rows {
        accounts.entry((&row.scope.provider, &row.scope.account)).or_default().push(row);
    }
    for ((provider, account), rows) in &accounts {
        let cells: Cells = rows.iter().map(|row| ((row.kind.as_str(), row.scope.region.as_str()), *row)).collect();
        let kinds: BTreeSet<&str> = cells.keys().map(|(kind, _)| *kind).collect();
        let regions: BTreeSet<&str> = cells.keys().map(|(_, region)| *region).collect();
        let title = format!("{}/{}", printable(provider), printable(account));
        writeln!(out, "{}", paint(look, Style::new().bold(), &title))?;
        let first = kinds.iter().map(|kind| kind.len()).max().unwrap_or(0);
        let width = 2 + first + regions.iter().map(|region| 2 + region.len().max(5)).sum::<usize>();
        if width <= look.width {
            write_table(&cells, &kinds, &regions, first, look, out)?;
        } else {
            write_list(&cells, &kinds, first, look, out)?;
        }
        writeln!(out)?;
    }
    let statuses: BTreeSet<&'static str> =
        rows.iter().filter_map(|row| letter(row.status).map(|(_, word)| word)).collect();
    let mut legend = vec!["number: resources read".to_owned()];
    if rows.iter().any(|row| row.gaps > 0) {
        legend.push("*: parts of them not read".to_owned());
    }
    legend.extend(statuses.into_iter().map(str::to_owned));
    for line in packed(&legend, look.width) {
        writeln!(out, "{line}")?;
    }
    let gaps = rows.iter().filter(|row| row.is_gap).count();
    let partial: usize = rows.iter().map(|row| row.gaps).sum();
    let total: usize = rows.iter().map(|row| row.resources).sum();
    let lists = format!("{gaps} of {} lists", rows.len());
    let missing = match (gaps, partial) {
        (0, 0) => "everything was read".to_owned(),
        (_, 0) => format!("not read: {lists}"),
        (0, _) => format!("not read: {}", count(partial, "part")),
        _ => format!("not read: {lists}, {} of others", count(partial, "part")),
    };
    writeln!(out, "{} in {}; {missing}.", count(total, "resource"), count(accounts.len(), "account"))
}

fn write_table(
    cells: &Cells,
    kinds: &BTreeSet<&str>,
    regions: &BTreeSet<&str>,
    first: usize,
    look: Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(out, "  {:first$}", "")?;
    for region in regions {
        write!(out, "  {:>1$}", printable(region), region.len().max(5))?;
    }
    writeln!(out)?;
    for kind in kinds {
        let mut line = format!("  {kind:first$}");
        for region in regions {
            let (text, style) = cells.get(&(*kind, *region)).map_or((String::new(), Style::new()), |row| cell(row));
            let pad = region.len().max(5).saturating_sub(text.chars().count());
            line.extend([" ".repeat(2 + pad), paint(look, style, &text)]);
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Kinds with what was read in all regions together, and each region that differs from that by name.
fn write_list(cells: &Cells, kinds: &BTreeSet<&str>, first: usize, look: Look, out: &mut dyn Write) -> io::Result<()> {
    for kind in kinds {
        let rows: Vec<&CoverageRow> = cells.iter().filter(|((of, _), _)| of == kind).map(|(_, row)| *row).collect();
        let mut by_status: BTreeMap<Status, Vec<&CoverageRow>> = BTreeMap::new();
        for row in &rows {
            by_status.entry(row.status).or_default().push(row);
        }
        let mut parts = Vec::new();
        for (status, rows) in by_status {
            let regions: Vec<&str> = rows.iter().map(|row| row.scope.region.as_str()).collect();
            let known: usize = rows.iter().map(|row| row.resources).sum();
            let gaps: usize = rows.iter().map(|row| row.gaps).sum();
            parts.push(match status {
                Status::Read => {
                    let mark = if gaps > 0 { format!("* ({} not read)", count(gaps, "part")) } else { String::new() };
                    format!("{known}{mark} in {}", count(regions.len(), "region"))
                }
                Status::Unsupported | Status::Excluded => format!("{status} in {}", count(regions.len(), "region")),
                Status::Limited if rows.iter().all(|row| !row.is_gap) => {
                    format!("{known} in {}, limited", count(regions.len(), "region"))
                }
                gap => {
                    let text = format!("{gap} in {}", printable(&regions.join(", ")));
                    paint(look, AnsiColor::Red.on_default(), &text)
                }
            });
        }
        writeln!(out, "  {kind:first$}  {}", parts.join("; "))?;
    }
    Ok(())
}

fn cell(row: &CoverageRow) -> (String, Style) {
    let mark = if row.gaps > 0 { "*" } else { "" };
    match letter(row.status) {
        None if row.gaps > 0 => (format!("{}{mark}", row.resources), AnsiColor::Yellow.on_default()),
        None => (row.resources.to_string(), Style::new()),
        Some((letter, _)) if !row.is_gap => (letter.to_owned(), Style::new().dimmed()),
        Some((letter, _)) => (letter.to_owned(), AnsiColor::Red.on_default()),
    }
}

/// As many entries on a line as fit.
fn packed(entries: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for entry in entries {
        match lines.last_mut() {
            Some(line) if line.len() + 3 + entry.len() <= width => line.extend(["   ", entry]),
            _ => lines.push(entry.clone()),
        }
    }
    lines
}

/// The sign of a status in a cell, and its line in the legend.
fn letter(status: Status) -> Option<(&'static str, &'static str)> {
    match status {
        Status::Read => None,
        Status::Denied => Some(("D", "D: denied")),
        Status::Throttled => Some(("T", "T: throttled")),
        Status::Failed => Some(("F", "F: failed")),
        Status::Limited => Some(("L", "L: read in part only")),
        Status::Unsupported => Some(("-", "-: does not exist there")),
        Status::Excluded => Some(("x", "x: excluded by configuration")),
    }
}

fn paint(look: Look, style: Style, text: &str) -> String {
    if look.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
}
