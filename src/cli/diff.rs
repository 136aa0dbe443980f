//! `driftline diff`.

use std::process::ExitCode;

use clap::Args;
use driftline::drift::{Comparison, between};
use driftline::plan::Against;
use driftline::scan::Baseline;
use driftline_api::{AddressPattern, Targets};

use super::context::{Context, kinds};
use super::failure::Failure;
use super::plan::Output;

/// Show what changed between two restore points, without reading any account
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The older restore point
    #[arg(value_name = "REV")]
    from: String,
    /// The newer one
    #[arg(value_name = "REV", default_value = "HEAD")]
    to: String,
    /// Only what matches this address pattern (repeatable)
    #[arg(short, long = "target", value_name = "GLOB")]
    targets: Vec<AddressPattern>,
    #[command(flatten)]
    output: Output,
    /// Exit with 2 if they differ
    #[arg(long)]
    detailed_exitcode: bool,
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let store = cx.store()?;
    let load = |revision: &str| -> Result<Baseline, Failure> {
        Ok(Baseline::load(store.snapshot(&store.resolve(revision)?)?)?)
    };
    let (before, after) = (load(&arguments.from)?, load(&arguments.to)?);
    let commit = before.point().map(|point| point.commit.to_string()).unwrap_or_default();
    let comparison = Comparison {
        against: Against { rev: arguments.from.clone(), commit },
        targets: &Targets::new(arguments.targets.clone()),
        kinds: &kinds(),
        // What was committed is history: nothing of it is of no interest.
        ignores: &[],
    };
    let plan = between(comparison, &before, &after)?;
    arguments.output.show(cx, &plan)?;
    Ok(if arguments.detailed_exitcode && !plan.is_empty() { ExitCode::from(2) } else { ExitCode::SUCCESS })
}
