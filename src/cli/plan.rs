//! `driftline plan`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use driftline::config::Config;
use driftline::plan::Plan;
use driftline::render;
use driftline::store::{RestorePoint, Store};

use super::attribution;
use super::context::Context;
use super::estimating;
use super::failure::Failure;
use super::notify::notify;
use super::planning::{self, Asked, Planned};
use super::scanning;
use super::since_trail;

/// Read the accounts and show what changed since the restore point
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Arguments {
    #[command(flatten)]
    scan: scanning::Reading,
    /// The restore point to compare with
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    against: String,
    #[command(flatten)]
    since_trail: since_trail::SinceTrail,
    #[command(flatten)]
    attribution: attribution::Choice,
    #[command(flatten)]
    output: Output,
    /// Also write the plan, as JSON, to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Say of each resource whether this state of Terraform's manages it: a file, a folder, or - (repeatable; besides those in
    /// driftline.toml)
    #[arg(long = "with-state", value_name = "STATE")]
    states: Vec<PathBuf>,
    /// Only tell what reading the accounts takes: calls, time, and which limit holds it up
    #[arg(long, conflicts_with_all = ["out", "since_trail", "states", "show_ignored", "detailed_exitcode"])]
    estimate: bool,
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
    /// For machines; a plan in Terraform's plan format 1.2
    Json,
    /// For pull requests and CI summaries
    Markdown,
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let store = cx.store()?;
    let config = cx.config(Some(&store), &arguments.scan.overrides())?;
    if arguments.estimate {
        let point = match store.head()? {
            Some(_) => Some(store.resolve(&arguments.against)?),
            None => None,
        };
        return arguments.output.estimate(cx, &store, &config, &arguments.scan, point.as_ref());
    }
    if let Some(path) = &arguments.out {
        check_place(path)?;
    }
    let asked = Asked {
        config: &config,
        against: &arguments.against,
        point: &store.resolve(&arguments.against)?,
        reading: &arguments.scan,
        since_trail: arguments.since_trail,
        attribution: arguments.attribution,
        states: &arguments.states,
        show_ignored: arguments.show_ignored,
    };
    let Planned { plan, complete, .. } = planning::scan(cx, &store, &asked)?;
    if let Some(path) = &arguments.out {
        write_plan(path, &plan)?;
    }
    arguments.output.show(cx, &plan)?;
    // What was left out on the command line would look gone.
    if !arguments.no_notify && !plan.scanned.narrowed && arguments.against == "HEAD" {
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

impl Output {
    pub(crate) fn show(self, cx: &Context, plan: &Plan) -> Result<(), Failure> {
        cx.ui.data(|out| self.write(plan, cx.ui.look(), out))
    }

    fn estimate(
        self,
        cx: &Context,
        store: &Store,
        config: &Config,
        reading: &scanning::Reading,
        point: Option<&RestorePoint>,
    ) -> Result<ExitCode, Failure> {
        let as_json = match self.format() {
            Format::Json => true,
            Format::Text => false,
            Format::Markdown => {
                return Err(Failure::new("estimate: there is no markdown of it").hint("use --format text or json"));
            }
        };
        estimating::tell(cx, store, config, reading, point, as_json)?;
        Ok(ExitCode::SUCCESS)
    }

    pub(crate) fn format(self) -> Format {
        if self.json { Format::Json } else { self.format }
    }

    fn write(self, plan: &Plan, look: render::Look, out: &mut dyn Write) -> io::Result<()> {
        match self.format() {
            Format::Json => render::json(plan, out),
            Format::Text => render::text(plan, look, out),
            Format::Markdown => render::markdown(plan, out),
        }
    }
}

/// What keeps a plan from being written is told before anything is read for it.
fn check_place(path: &Path) -> Result<(), Failure> {
    let fail = |why: String| {
        Failure::new(format!("write the plan to {}: {why}", path.display())).hint("name another file with --out")
    };
    let folder = folder(path);
    if path.is_dir() {
        return Err(fail("it is a folder".to_owned()));
    }
    if !folder.is_dir() {
        return Err(fail(format!("there is no folder {}", folder.display())));
    }
    tempfile::tempfile_in(folder).map_err(|error| fail(format!("nothing can be written there ({})", error.kind())))?;
    Ok(())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a plan file: whole or not at all.
pub(crate) fn write_plan(path: &Path, plan: &Plan) -> Result<(), Failure> {
    let fail = |error: io::Error| Failure::new(format!("write the plan to {}", path.display())).because(error);
    let mut file = tempfile::Builder::new().prefix(".driftline-").tempfile_in(folder(path)).map_err(fail)?;
    let mut buffer = io::BufWriter::new(file.as_file_mut());
    render::json(plan, &mut buffer).and_then(|()| buffer.flush()).map_err(fail)?;
    drop(buffer);
    file.persist(path).map_err(|error| fail(error.error))?;
    Ok(())
}
