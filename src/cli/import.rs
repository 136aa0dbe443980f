//! `driftline import`.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use driftline::import::{Import, ImportError};
use driftline::resume::{self, Journal};
use driftline::scan::{Baseline, Keep};
use driftline::store::{Committed, Store, Writer};

use super::context::Context;
use super::environment::{Environment, now};
use super::estimating;
use super::failure::Failure;
use super::pushing;
use super::remembered;
use super::scanning::{self, Scan};

/// Read the accounts and commit what is there: a restore point
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Arguments {
    #[command(flatten)]
    scan: scanning::Reading,
    /// Import even if more than 30 % of the known resources of a region are gone
    #[arg(long)]
    allow_mass_removal: bool,
    /// Only tell what reading the accounts takes: calls, time, and which limit holds it up
    #[arg(long, conflicts_with_all = ["reseal", "allow_mass_removal", "fresh"])]
    estimate: bool,
    /// Read everything anew, also what an import that was interrupted had read
    #[arg(long)]
    fresh: bool,
    /// Seal every secret anew with your own key, where the repository's is lost
    #[arg(long)]
    reseal: bool,
    #[command(flatten)]
    push: pushing::Push,
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let store = cx.store()?;
    let remote = arguments.push.remote(&store)?;
    let config = cx.config(Some(&store), &arguments.scan.overrides())?;
    if arguments.estimate {
        estimating::tell(cx, &store, &config, &arguments.scan, store.head()?.as_ref(), false)?;
        return Ok(ExitCode::SUCCESS);
    }
    let targets = arguments.scan.targets();
    let shard = arguments.scan.shard(cx)?;
    if arguments.reseal && arguments.scan.is_narrowed() {
        return Err(Failure::new("seal anew: --reseal needs a whole scan")
            .hint("leave --target, --profile, --region, --kind and --shard out"));
    }
    let writer = Arc::new(store.begin()?);
    let snapshot = writer.snapshot()?;
    let format = snapshot.format()?;
    let seal = cx.seal(format.as_ref().filter(|_| !arguments.reseal))?;
    let baseline = Arc::new(Baseline::load(snapshot)?);
    let scan = Scan {
        config: &config,
        targets: Arc::clone(&targets),
        trail: None,
        seal: seal.clone(),
        baseline: Arc::clone(&baseline),
        shard,
        is_narrowed: arguments.scan.is_chosen(),
        endpoint: None,
    };
    let began = now();
    let journal = begin_journal(cx, &store, &writer, &scan, arguments)?;
    let keep = match &journal {
        Some(journal) => Keep::Journaled(Arc::clone(&writer), Arc::clone(journal)),
        None => Keep::Written(Arc::clone(&writer)),
    };
    // What is taken over of an interrupted import was read before this one began.
    let oldest = journal.as_ref().and_then(|journal| i64::try_from(journal.oldest()?).ok());
    let began = oldest.map_or(began, |oldest| oldest.min(began));
    let scanned = scan.run(cx, keep)?;
    let writer =
        Arc::into_inner(writer).ok_or_else(|| Failure::new("make a restore point: a read is still running"))?;
    let writer = match &journal {
        Some(journal) => writer.superseding(journal.path().to_owned()),
        None => writer,
    };
    let import = Import {
        baseline: &baseline,
        scanned: &scanned,
        targets: &targets,
        only: &arguments.scan.only(shard),
        seal: &seal,
        began,
        allow_mass_removal: arguments.allow_mass_removal,
    };
    let (committed, counts) = import.commit(writer).map_err(|error| {
        if matches!(error, ImportError::MassRemoval { .. }) {
            // What was read is doubted: whoever tries again has to see what is there then.
            let _ = resume::forget(store.common_dir());
        }
        failure(error)
    })?;
    match committed {
        Committed::Unchanged => cx.ui.say(match baseline.point() {
            Some(point) => {
                remembered::remember(cx, &store, &scanned, &baseline, point, began);
                format!("nothing changed since {}: no new restore point", point.short())
            }
            None => "nothing changed: no new restore point".to_owned(),
        }),
        Committed::Written { point, behind } => {
            cx.ui.say(format!(
                "restore point {}: {} resources ({} added, {} changed, {} removed)",
                point.short(),
                counts.total,
                counts.added,
                counts.changed,
                counts.removed
            ));
            scanning::tell_behind(cx, behind);
            scanning::tidy(cx, &store);
        }
    }
    scanning::tell_gaps(cx, &scanned);
    if let Some(remote) = remote {
        pushing::push(cx, &store, &remote)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Where this import writes down what it has read, and what it takes over from one that was interrupted.
fn begin_journal(
    cx: &Context,
    store: &Store,
    writer: &Writer,
    scan: &Scan<'_>,
    arguments: &Arguments,
) -> Result<Option<Arc<Journal>>, Failure> {
    let age = scan.config.import.resume;
    if age.is_zero() || arguments.fresh {
        resume::forget(store.common_dir())?;
    }
    if age.is_zero() {
        return Ok(None);
    }
    let (journal, discarded) = Journal::begin(writer, &scan.request(cx), age, Environment::clock)?;
    if let Some(why) = discarded {
        cx.ui.say(format!("what an interrupted import had read is read anew: {why}"));
    }
    Ok(Some(Arc::new(journal)))
}

fn failure(error: ImportError) -> Failure {
    let what = error.to_string();
    match error {
        ImportError::MassRemoval { .. } => Failure::new(what).hint(
            "if this is true, import with --allow-mass-removal; `driftline plan` shows what is gone. If it is not, \
             check credentials, account and region",
        ),
        ImportError::Store(source) => {
            let hints: Vec<String> = source.hint().into_iter().collect();
            Failure::new(what).because(source).hints(hints)
        }
    }
}
