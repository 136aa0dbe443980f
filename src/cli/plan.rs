//! `driftline plan`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use driftline::drift::{Comparison, drift};
use driftline::plan::{Against, Plan};
use driftline::render;
use driftline::scan::{Baseline, Keep};

use super::context::{Context, ignores, kinds};
use super::failure::Failure;
use super::notify::notify;
use super::scanning::{self, Scan};

/// Read the accounts and show what changed since the restore point
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    scan: scanning::Reading,
    /// The restore point to compare with
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    against: String,
    #[command(flatten)]
    output: Output,
    /// Also write the plan, as JSON, to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Show what the ignore rules took out, too, and keep it in plans written as JSON
    #[arg(long)]
    show_ignored: bool,
    /// Tell nobody, whatever driftline.toml says of notifications
    #[arg(long)]
    no_notify: bool,
    /// Exit with 2 on drift, with 3 on none in what was read if something could not be read
    #[arg(long)]
    detailed_exitcode: bool,
}

/// How a plan is shown.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Output {
    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Short for --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For a terminal
    Text,
    /// Terraform's plan format 1.2
    Json,
    /// For pull requests and CI summaries
    Markdown,
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let store = cx.store()?;
    let config = cx.config(Some(&store), &arguments.scan.overrides())?;
    let ignores = ignores(cx, &config);
    let targets = arguments.scan.targets();
    let point = store.resolve(&arguments.against)?;
    let snapshot = store.snapshot(&point)?;
    let seal = cx.seal(snapshot.format()?.as_ref())?;
    let baseline = Arc::new(Baseline::load(snapshot)?);
    let scan =
        Scan { config: &config, targets: Arc::clone(&targets), seal, baseline: Arc::clone(&baseline), endpoint: None };
    let scanned = scan.run(cx, Keep::InMemory)?;

    let comparison = Comparison {
        against: Against { rev: arguments.against.clone(), commit: point.commit.to_string() },
        targets: &targets,
        kinds: &kinds(),
        ignores: &ignores,
    };
    let complete = scanned.is_complete();
    let mut plan = drift(comparison, &baseline, scanned)?;
    plan.ignore_by_actor(&ignores);
    warn_of_rules(cx, &plan, targets.is_everything() && complete);
    if !arguments.show_ignored {
        plan.forget_ignored();
    }
    if let Some(path) = &arguments.out {
        write_plan(path, &plan)?;
    }
    arguments.output.show(cx, &plan)?;
    // What was left out on the command line would look gone.
    if !arguments.no_notify && !arguments.scan.is_narrowed() && arguments.against == "HEAD" {
        notify(cx, &store, &config, &plan, None);
    }
    if let Some(path) = &arguments.out {
        cx.ui.say(format!("wrote the plan to {}", path.display()));
    }
    Ok(match (arguments.detailed_exitcode, plan.is_empty(), complete && plan.is_complete()) {
        (false, ..) | (true, true, true) => ExitCode::SUCCESS,
        (true, false, _) => ExitCode::from(2),
        (true, true, false) => ExitCode::from(3),
    })
}

/// Rules that are over, and (where the whole restore point was compared) rules that took nothing out.
pub(crate) fn warn_of_rules(cx: &Context, plan: &Plan, whole: bool) {
    for rule in plan.expired_rules() {
        let owner = rule.owner.as_ref().map(|owner| format!("; ask {owner}")).unwrap_or_default();
        let until = rule.until.as_deref().unwrap_or_default();
        cx.ui.warn(format!("the ignore rule for `{rule}` ({}) is over since {until}{owner}", rule.reason));
    }
    for rule in plan.idle_rules().filter(|_| whole) {
        cx.ui.warn(format!("the ignore rule for `{rule}` ({}) matched nothing", rule.reason));
    }
}

impl Output {
    pub(crate) fn show(self, cx: &Context, plan: &Plan) -> Result<(), Failure> {
        cx.ui.data(|out| self.write(plan, cx.ui.look(), out))
    }

    fn write(self, plan: &Plan, look: render::Look, out: &mut dyn Write) -> io::Result<()> {
        match (self.json, self.format) {
            (true, _) | (false, Format::Json) => render::json(plan, out),
            (false, Format::Text) => render::text(plan, look, out),
            (false, Format::Markdown) => render::markdown(plan, out),
        }
    }
}

/// Writes a plan file: whole or not at all.
pub(crate) fn write_plan(path: &Path, plan: &Plan) -> Result<(), Failure> {
    let fail = |error: io::Error| Failure::new(format!("write the plan to {}", path.display())).because(error);
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".driftline-").tempfile_in(folder).map_err(fail)?;
    let mut buffer = io::BufWriter::new(file.as_file_mut());
    render::json(plan, &mut buffer).and_then(|()| buffer.flush()).map_err(fail)?;
    drop(buffer);
    file.persist(path).map_err(|error| fail(error.error))?;
    Ok(())
}
