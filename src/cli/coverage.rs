//! `driftline coverage`.

use std::process::ExitCode;

use clap::Args;
use driftline::render::{self, CoverageRow};
use driftline::scan::Baseline;

use super::context::Context;
use super::failure::Failure;

/// Show what the last restore point covers: every scope and kind, and how its read ended
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The restore point
    #[arg(value_name = "REV", default_value = "HEAD")]
    revision: String,
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let store = cx.store()?;
    let baseline = Baseline::load(store.snapshot(&store.resolve(&arguments.revision)?)?)?;
    let rows: Vec<CoverageRow> = baseline
        .coverage()
        .iter()
        .map(|(scope, kind, entry)| CoverageRow {
            scope: scope.clone(),
            kind: kind.to_owned(),
            status: entry.status,
            resources: baseline.count_of(scope, kind),
            gaps: entry.gaps().len(),
            is_gap: entry.is_gap(),
        })
        .collect();
    cx.ui.data(|out| {
        render::coverage(&rows, cx.ui.look(), out)?;
        for limited in render::limited(baseline.coverage()) {
            writeln!(out, "limited: {limited}")?;
        }
        for gap in baseline.coverage().gaps() {
            writeln!(out, "not read: {gap}")?;
        }
        Ok(())
    })?;
    Ok(ExitCode::SUCCESS)
}
