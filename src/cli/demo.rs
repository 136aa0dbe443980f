//! `driftline demo`: the whole loop on an embedded endpoint, without an AWS account.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use driftline::config::Config;
use driftline::drift::{Comparison, drift};
use driftline::import::Import;
use driftline::plan::Against;
use driftline::render;
use driftline::scan::{Baseline, Keep};
use driftline::store::Committed;
use driftline_api::{Seal, Targets};
use driftline_aws::Endpoint;
use driftline_sim::{DEMO_ACCOUNT, Sim, console_changes, demo};

use super::attribution::Witness;
use super::context::{Context, kinds};
use super::environment::now;
use super::failure::Failure;
use super::init;
use super::plan::write_plan;
use super::scanning::Scan;

/// See it work: imports a made-up account from an endpoint on this machine, clicks around in it, and plans
///
/// Needs no AWS account and no network, and takes the same way through the code as a real run.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Make the repository here and keep it [default: a new folder for temporary files]
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

/// There are no secrets in the demo account, and its restore point is the same on every machine.
const DEMO_KEY: [u8; 32] = *b"driftline demo: guards no secret";

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let ui = cx.ui;
    let sim = Sim::start(demo()).map_err(|error| Failure::new("start the embedded endpoint").because(error))?;
    let folder = match &arguments.into {
        Some(folder) => folder.clone(),
        None => tempfile::Builder::new()
            .prefix("driftline-demo-")
            .tempdir()
            .map_err(|error| Failure::new("make a temporary folder").because(error))?
            .keep(),
    };
    let (store, _) = init::repository(&folder)?;
    let config = Config::default();
    let seal = Seal::new(DEMO_KEY);
    let targets = Arc::new(Targets::default());
    let scan = |baseline: &Arc<Baseline>, keep: Keep| {
        let scan = Scan {
            config: &config,
            targets: Arc::clone(&targets),
            trail: None,
            seal: seal.clone(),
            baseline: Arc::clone(baseline),
            shard: None,
            is_narrowed: false,
            endpoint: Some(Endpoint {
                url: sim.url(),
                access_key: DEMO_ACCOUNT.to_owned(),
                region: "eu-west-1".to_owned(),
            }),
        };
        scan.run(cx, keep)
    };

    ui.say(format!("an embedded AWS endpoint answers for account {DEMO_ACCOUNT} at {}", sim.url()));
    ui.say("\n$ driftline import");
    let writer = Arc::new(store.begin()?);
    let baseline = Arc::new(Baseline::load(writer.snapshot()?)?);
    let scanned = scan(&baseline, Keep::Written(Arc::clone(&writer)))?;
    let writer =
        Arc::into_inner(writer).ok_or_else(|| Failure::new("make a restore point: a read is still running"))?;
    let import = Import {
        baseline: &baseline,
        scanned: &scanned,
        targets: &targets,
        only: &[],
        seal: &seal,
        began: now(),
        allow_mass_removal: false,
    };
    let (committed, counts) =
        import.commit(writer).map_err(|error| Failure::new("make a restore point").because(error))?;
    match committed {
        Committed::Written { point, .. } => {
            ui.say(format!("restore point {}: {} resources", point.short(), counts.total));
        }
        Committed::Unchanged => ui.say("nothing changed: no new restore point"),
    }

    ui.say("\nnow somebody clicks around in the console …");
    sim.edit(console_changes);

    ui.say("\n$ driftline plan --out plan.json");
    let point = store.resolve("HEAD")?;
    let baseline = Arc::new(Baseline::load(store.snapshot(&point)?)?);
    let mut scanned = scan(&baseline, Keep::InMemory)?;
    let comparison = Comparison {
        against: Against { rev: "HEAD".to_owned(), commit: point.commit.to_string() },
        targets: &targets,
        kinds: &kinds(),
        ignores: &[],
    };
    let witness = Witness::of(&mut scanned);
    let mut plan = drift(comparison, &baseline, scanned)?;
    witness.attribute(cx, witness.since(&store, &point)?, &mut plan)?;
    ui.data(|out| {
        writeln!(out)?;
        render::text(&plan, ui.look(), out)
    })?;
    let folder = store.root().display().to_string();
    let folder = folder.trim_end_matches('/');
    write_plan(&store.root().join("plan.json"), &plan)?;
    ui.say(format!("\nthe restore point is a git repository: {folder}"));
    // Who tries it has not installed it yet.
    let program = &cx.environment.program;
    ui.hint(format!("look around: git -C {folder} show --stat; {program} -C {folder} coverage"));
    ui.hint(format!(
        "make the drift the new truth: {program} -C {folder} accept {folder}/plan.json (-i asks about each change); \
         then git -C {folder} log"
    ));
    Ok(ExitCode::SUCCESS)
}
