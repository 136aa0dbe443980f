//! `driftline export`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use driftline::export::{Error, Layout, Options, Report, export};
use driftline_api::{AddressPattern, Targets};

use super::context::{self, Context};
use super::failure::Failure;

/// Write a restore point in a form that it can be restored from
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    form: Form,
}

#[derive(Debug, Subcommand)]
enum Form {
    Terraform(Terraform),
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
    let Form::Terraform(arguments) = &arguments.form;
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
    let out = cx.environment.current_dir.join(&arguments.out);
    let report = whole(&out, |folder| {
        export(&snapshot, &options, folder).map_err(|error| match error {
            Error::Store(error) => error.into(),
            Error::Write { .. } => Failure::new("export").because(error),
        })
    })?;
    say(cx, &report, &out);
    Ok(ExitCode::SUCCESS)
}

fn say(cx: &Context, report: &Report, out: &Path) {
    let Report { resources, imports, folders, variables, .. } = report;
    let folders = if *folders == 1 { "1 folder".to_owned() } else { format!("{folders} folders") };
    cx.ui.say(format!("wrote {resources} resources to {} ({imports} to import, in {folders})", out.display()));
    if *variables > 0 {
        cx.ui.say(format!("{variables} secrets are variables: no snapshot holds them"));
    }
    if !report.left_out.is_empty() || !report.lost.is_empty() || !report.unread.is_empty() {
        let count = report.left_out.len();
        cx.ui.warn(format!("{count} resources are left out: {} says which, and why", out.join("README.md").display()));
    }
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
    let parent = out.parent().unwrap_or(Path::new("."));
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
