//! `driftline export`.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use driftline::export::{Error, Layout, Options, Report, export, script};
use driftline_api::{AddressPattern, Targets};

use super::context::{self, Context};
use super::failure::Failure;
use super::planning;

/// Write a restore point in a form that it can be restored from
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    form: Form,
}

#[derive(Debug, Subcommand)]
enum Form {
    Terraform(Terraform),
    Cli(Cli),
}

/// A script of aws CLI calls that puts a plan's drift back: it prints them, and runs them with --apply
///
/// There is a call for each attribute that one call can put back, with what it was and is; the others are told. The script
/// is bash and takes credentials from the environment, as `aws` does; it refuses any account that the plan is not about.
#[derive(Debug, Args)]
struct Cli {
    /// The plan, which `driftline plan --out` wrote
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
    /// Write the script to this file, which must not be there yet [default: stdout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Only what matches this address pattern (repeatable)
    #[arg(short, long = "target", value_name = "GLOB")]
    targets: Vec<AddressPattern>,
}

/// Terraform that imports what is there and plans no change: nothing is read but the repository
#[derive(Debug, Args)]
struct Terraform {
    /// The restore point
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    at: String,
    /// The folder to write, which must not be there yet or be empty
    #[arg(long, value_name = "DIR", default_value = "terraform")]
    out: PathBuf,
    /// Only what this pattern matches (repeatable)
    #[arg(long = "target", value_name = "PATTERN")]
    targets: Vec<AddressPattern>,
    /// How resources are spread over folders; each is a configuration of its own
    #[arg(long, value_enum, default_value_t = Spread::Region)]
    layout: Spread,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Spread {
    /// A folder for each account and region
    Region,
    /// A folder for each account
    Account,
    /// A folder for each service
    Service,
    /// One folder
    Flat,
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    match &arguments.form {
        Form::Terraform(arguments) => terraform(cx, arguments),
        Form::Cli(arguments) => cli(cx, arguments),
    }
}

fn cli(cx: &Context, arguments: &Cli) -> Result<ExitCode, Failure> {
    let mut plan = planning::load(&arguments.plan)?;
    let targets = Targets::new(arguments.targets.clone());
    plan.drift.retain(|drift| targets.matches(&drift.address));
    let script = script(&plan, &driftline_aws::fixes());
    match &arguments.out {
        Some(path) => write_new(path, &script.text)?,
        None => cx.ui.data(|out| out.write_all(script.text.as_bytes()))?,
    }
    let changes = |count: usize| plural(count, "change", "changes");
    let verb = if script.calls == 1 { "puts" } else { "put" };
    cx.ui.say(format!("{} {verb} {} back", plural(script.calls, "call", "calls"), changes(script.expressed)));
    if !script.left.is_empty() {
        cx.ui.warn(format!("{} cannot be put back by a call:", changes(script.left.len())));
        for (what, why) in &script.left {
            cx.ui.say(format!("  {what} ({why})"));
        }
    }
    if let Some(path) = &arguments.out {
        // A name alone is looked for among the installed programs.
        let program = if path.parent() == Some(Path::new("")) { Path::new(".").join(path) } else { path.clone() };
        let (path, program) = (path.display(), program.display());
        cx.ui.hint(format!("review {path}; `{program}` prints what it would run, and `{program} --apply` runs it"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a script that can be run: whole or not at all, and over nothing.
fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let fail = |error: std::io::Error| Failure::new(format!("write the script to {}", path.display())).because(error);
    let mut file = tempfile::Builder::new().prefix(".driftline-").tempfile_in(parent(path)).map_err(fail)?;
    file.write_all(text.as_bytes()).map_err(fail)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.as_file().set_permissions(fs::Permissions::from_mode(0o755)).map_err(fail)?;
    }
    file.persist_noclobber(path).map_err(|error| match error.error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::new(format!("write the script to {}: it is there already", path.display()))
                .hint("name another file with --out, or move this one away")
        }
        _ => fail(error.error),
    })?;
    Ok(())
}

fn terraform(cx: &Context, arguments: &Terraform) -> Result<ExitCode, Failure> {
    let store = cx.store()?;
    let snapshot = store.snapshot(&store.resolve(&arguments.at)?)?;
    let kinds = context::kinds();
    let targets = Targets::new(arguments.targets.clone());
    let layout = match arguments.layout {
        Spread::Region => Layout::Region,
        Spread::Account => Layout::Account,
        Spread::Service => Layout::Service,
        Spread::Flat => Layout::Flat,
    };
    let options = Options { kinds: &kinds, targets: &targets, layout };
    let report = whole(&arguments.out, |folder| {
        export(&snapshot, &options, folder).map_err(|error| match error {
            Error::Store(error) => error.into(),
            Error::Write { .. } => Failure::new("export").because(error),
        })
    })?;
    say(cx, &report, &arguments.out);
    Ok(ExitCode::SUCCESS)
}

/// With so many `import` blocks in a folder, Terraform takes half a minute to look at it, and four times as long for twice
/// as many: `scripts/bench-size` measures it.
const MANY: usize = 4000;

fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn say(cx: &Context, report: &Report, out: &Path) {
    let Report { resources, imports, folders, variables, .. } = report;
    let folders = if *folders == 1 { "1 folder".to_owned() } else { format!("{folders} folders") };
    cx.ui.say(format!("wrote {resources} resources to {} ({imports} to import, in {folders})", out.display()));
    if *variables > 0 {
        cx.ui.say(format!("{variables} secrets are variables: no snapshot holds them"));
    }
    if !report.left_out.is_empty() || !report.lost.is_empty() || !report.unread.is_empty() {
        let what = match (report.left_out.len(), report.lost.len()) {
            (0, 0) => "something could not be read".to_owned(),
            (0, lost) => format!("{} left out", plural(lost, "attribute is", "attributes are")),
            (left_out, 0) => format!("{} left out", plural(left_out, "resource is", "resources are")),
            (left_out, lost) => {
                let (left_out, lost) =
                    (plural(left_out, "resource", "resources"), plural(lost, "attribute", "attributes"));
                format!("{left_out} and {lost} are left out")
            }
        };
        cx.ui.warn(format!("{what}: {} says what, and why", out.join("README.md").display()));
    }
    if report.largest > MANY {
        cx.ui.warn(format!("{} import blocks are in one folder: Terraform takes minutes for so many", report.largest));
        cx.ui.hint("--layout service or --target makes smaller folders; once it is applied, the blocks may go");
    }
}

/// The folder that something lies in, where a path may be a name alone.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Fills a folder that appears whole or not at all. What is there already is never touched: it may hold a state.
fn whole<T>(out: &Path, fill: impl FnOnce(&Path) -> Result<T, Failure>) -> Result<T, Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("write {}", out.display())).because(error);
    let is_filled = match fs::read_dir(out) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(failed(error)),
    };
    if is_filled {
        return Err(Failure::new(format!("write {}: it is not empty", out.display()))
            .hint("name another folder with --out, or move this one away (it may hold Terraform's state)"));
    }
    let parent = parent(out);
    fs::create_dir_all(parent).map_err(failed)?;
    let folder = tempfile::Builder::new().prefix(".driftline-").tempdir_in(parent).map_err(failed)?;
    let inner = folder.path().join("export");
    fs::create_dir(&inner).map_err(failed)?;
    let filled = fill(&inner)?;
    if out.is_dir() {
        fs::remove_dir(out).map_err(failed)?;
    }
    fs::rename(&inner, out).map_err(failed)?;
    Ok(filled)
}
