//! Where a command gets its plan from: a saved file, or a scan.

use std::path::Path;
use std::sync::Arc;

use clap::Args;
use driftline::drift::{Comparison, drift};
use driftline::plan::{Against, Plan};
use driftline::scan::{Baseline, Keep};
use driftline::store::Store;

use super::context::{Context, ignores, kinds};
use super::failure::Failure;
use super::scanning::{Reading, Scan};

/// Whether to ask who did it.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct Attribution {
    /// Do not ask CloudTrail who did it
    #[arg(long)]
    no_attribution: bool,
}

/// The plan in a file, or the one of a new scan against a revision.
pub(crate) fn obtain(
    cx: &Context,
    store: &Store,
    file: Option<&Path>,
    reading: &Reading,
    _attribution: Attribution,
    against: &str,
) -> Result<Plan, Failure> {
    match file {
        Some(path) if reading.is_set() => Err(Failure::new(format!("use the plan {}", path.display()))
            .hint("a saved plan is not read again: leave out --target, --profile, --region and --kind, or the plan")),
        Some(path) => load(path),
        None => scan(cx, store, reading, against),
    }
}

/// Reads a plan file.
pub(crate) fn load(path: &Path) -> Result<Plan, Failure> {
    let fail = || Failure::new(format!("read the plan {}", path.display()));
    let bytes =
        std::fs::read(path).map_err(|error| fail().because(error).hint("`driftline plan --out FILE` writes a plan"))?;
    Plan::from_json(&bytes).map_err(|error| fail().because(error))
}

fn scan(cx: &Context, store: &Store, reading: &Reading, against: &str) -> Result<Plan, Failure> {
    let config = cx.config(Some(store), &reading.overrides())?;
    let ignores = ignores(&config)?;
    let targets = reading.targets();
    let point = store.resolve(against)?;
    let snapshot = store.snapshot(&point)?;
    let seal = cx.seal(snapshot.format()?.as_ref())?;
    let baseline = Arc::new(Baseline::load(snapshot)?);
    let scan =
        Scan { config: &config, targets: Arc::clone(&targets), seal, baseline: Arc::clone(&baseline), endpoint: None };
    let scanned = scan.run(cx, Keep::InMemory)?;
    let comparison = Comparison {
        against: Against { rev: against.to_owned(), commit: point.commit.to_string() },
        targets: &targets,
        kinds: &kinds(),
        ignores: &ignores,
    };
    Ok(drift(comparison, &baseline, scanned)?)
}
