//! The results, for people and for the README.

use std::fmt::Write as _;

use crate::measure::Usage;

/// One run.
pub(crate) struct Row {
    pub(crate) resources: usize,
    pub(crate) run: &'static str,
    pub(crate) usage: Usage,
    pub(crate) bound_seconds: f64,
    pub(crate) calls: u64,
    pub(crate) fewest: u64,
    pub(crate) throttled: u64,
    pub(crate) git_bytes: u64,
    /// The exit code: 2 where a plan shows drift, 3 where something was not read.
    pub(crate) code: i32,
}

const HEADER: [&str; 13] = [
    "resources",
    "run",
    "wall s",
    "bound s",
    "ratio",
    "CPU s",
    "CPU µs/resource",
    "peak MiB",
    "calls",
    "fewest",
    "ratio",
    "throttled",
    ".git MiB",
];

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
impl Row {
    fn cells(&self) -> [String; 13] {
        let Usage { wall_seconds, cpu_seconds, peak_bytes, .. } = self.usage;
        let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        let note = if self.code == 3 { " (not all read)" } else { "" };
        [
            self.resources.to_string(),
            format!("{}{note}", self.run),
            format!("{wall_seconds:.2}"),
            format!("{:.2}", self.bound_seconds),
            format!("{:.2}", wall_seconds / self.bound_seconds),
            format!("{cpu_seconds:.2}"),
            format!("{:.0}", cpu_seconds * 1e6 / self.resources as f64),
            format!("{:.0}", mebibytes(peak_bytes)),
            self.calls.to_string(),
            self.fewest.to_string(),
            format!("{:.3}", self.calls as f64 / self.fewest as f64),
            self.throttled.to_string(),
            format!("{:.1}", mebibytes(self.git_bytes)),
        ]
    }
}

/// Columns side by side.
pub(crate) fn plain(rows: &[Row]) -> String {
    let mut table = vec![HEADER.map(str::to_owned)];
    table.extend(rows.iter().map(Row::cells));
    let mut widths = [0; 13];
    for row in &table {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &[String; 13]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:>width$}"));
        cells.collect::<Vec<_>>().join("  ") + "\n"
    };
    table.iter().map(line).collect()
}

/// A table of Markdown, of what a reader of the README wants to know.
pub(crate) fn markdown(rows: &[Row]) -> String {
    let columns = [0, 1, 2, 3, 4, 6, 7, 8, 9, 11, 12];
    let line = |cells: &[String; 13]| {
        let cells: Vec<&str> = columns.iter().map(|column| cells[*column].as_str()).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let rule = columns.map(|column| if column == 1 { "---" } else { "---:" });
    let mut text = line(&HEADER.map(str::to_owned)) + &format!("| {} |\n", rule.join(" | "));
    rows.iter().for_each(|row| text.push_str(&line(&row.cells())));
    text
}

/// What each further resource takes, from one size to the next.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
pub(crate) fn growth(rows: &[Row]) -> String {
    let mut text = String::new();
    for (at, row) in rows.iter().enumerate() {
        let Some(before) = rows[..at].iter().rev().find(|before| before.run == row.run) else { continue };
        let more = row.resources as f64 - before.resources as f64;
        if more <= 0.0 {
            continue;
        }
        let each = |new: f64, old: f64| (new - old) / more;
        writeln!(
            text,
            "{} → {}, {}: each further resource takes {:.0} bytes of memory, {:.1} µs of CPU and {:.0} bytes in .git",
            before.resources,
            row.resources,
            row.run,
            each(row.usage.peak_bytes as f64, before.usage.peak_bytes as f64),
            each(row.usage.cpu_seconds, before.usage.cpu_seconds) * 1e6,
            each(row.git_bytes as f64, before.git_bytes as f64),
        )
        .expect("writing to a String does not fail");
    }
    text
}

const BEGIN: &str = "<!-- written by `cargo bench --bench scale -- … --readme` -->\n";
const END: &str = "<!-- end of what it writes -->\n";

/// Replaces the table in README.md, which stands between two marks.
pub(crate) fn into_readme(table: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let text = std::fs::read_to_string(path).expect("README.md is there");
    let (before, rest) = text.split_once(BEGIN).expect("README.md has the mark where the table begins");
    let (_, after) = rest.split_once(END).expect("README.md has the mark where the table ends");
    std::fs::write(path, format!("{before}{BEGIN}{table}{END}{after}")).expect("README.md can be written");
}
