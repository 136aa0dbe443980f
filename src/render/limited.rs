//! Kinds of which the configuration wants the newest only: how much of them was read.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::escape::printable;
use crate::plan::Plan;
use crate::snapshot::Coverage;

/// A line for each such kind of an account.
pub fn limited(coverage: &Coverage) -> Vec<String> {
    let mut kinds: BTreeMap<(String, &str, u32), Vec<String>> = BTreeMap::new();
    for (scope, kind, window) in coverage.windows() {
        let account = format!("{}/{}", scope.provider, scope.account);
        let region = format!("{} ({} older)", scope.region, window.beyond);
        kinds.entry((account, kind, window.newest)).or_default().push(region);
    }
    let lines = kinds.into_iter().map(|((account, kind, newest), regions)| {
        printable(&format!("{kind} in {account}: the newest {newest} in {}", regions.join(", ")))
    });
    lines.collect()
}

/// What a plan says of them.
pub(super) fn of(plan: &Plan) -> Vec<String> {
    plan.coverage.as_ref().map(limited).unwrap_or_default()
}

pub(super) const TITLE: &str = "Limited by driftline.toml: what is older keeps its last known state.";

pub(super) fn text(plan: &Plan, title: impl Fn(&str) -> String, out: &mut dyn Write) -> io::Result<()> {
    let lines = of(plan);
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", title(TITLE))?;
    for line in lines {
        writeln!(out, "  limited    {line}")?;
    }
    writeln!(out)
}
