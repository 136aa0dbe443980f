//! The command line: one file per command, and what they share.
//!
//! stdout is data, stderr is talk. Exit codes: 0; 1 on any error, wrong usage included; 2 and 3 only from
//! `--detailed-exitcode`; 130 and 143 on signals.

mod accept;
mod accounts;
mod attribution;
mod ci;
mod completions;
mod context;
mod coverage;
mod demo;
mod diff;
mod environment;
mod estimating;
mod export;
mod failure;
mod iam_policy;
mod ignore;
mod import;
mod init;
mod kinds;
mod log;
mod man;
mod managed;
mod notify;
mod plan;
mod planning;
mod progress;
mod propose;
mod pushing;
mod remembered;
mod restore;
mod scanning;
mod sharding;
mod show;
mod since_trail;
mod state_file;
mod states;
mod ui;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

use environment::Environment;
use failure::Failure;
use ui::Ui;

/// Snapshots AWS accounts into git and shows drift, Terraform-style.
///
/// `import` reads every resource of your accounts and commits them as JSON to a git repository: a restore point. `plan`
/// reads again and shows what somebody changed since.
#[derive(Debug, Parser)]
#[command(name = "driftline", version, propagate_version = true, max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The repository with the restore points [default: the one around the current directory]
    #[arg(short = 'C', long, global = true, value_name = "DIR", help_heading = "Global options")]
    repo: Option<PathBuf>,
    /// The configuration file [default: driftline.toml at the top of the repository]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    config: Option<PathBuf>,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, help_heading = "Global options")]
    color: Color,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true, help_heading = "Global options")]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Arguments),
    Import(import::Arguments),
    Plan(plan::Arguments),
    Accept(accept::Arguments),
    Propose(propose::Arguments),
    Diff(diff::Arguments),
    Ignore(ignore::Arguments),
    Export(export::Arguments),
    Managed(managed::Arguments),
    Restore(restore::Arguments),
    Show(show::Arguments),
    Log(log::Arguments),
    Coverage(coverage::Arguments),
    Kinds(kinds::Arguments),
    IamPolicy(iam_policy::Arguments),
    Ci(ci::Arguments),
    Demo(demo::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// The whole command line, for completions and the man page.
pub(crate) fn command() -> clap::Command {
    Cli::command()
}

/// Parses, runs, and says how it ended.
pub(crate) fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors. Wrong usage is 1: 2 means drift.
            let code = u8::from(error.use_stderr());
            return match error.print() {
                Ok(()) => ExitCode::from(code),
                Err(_) => ExitCode::FAILURE,
            };
        }
    };
    let ui = Ui::new(cli.global.color, cli.global.quiet);
    match run(cli, ui) {
        Ok(code) => code,
        Err(failure) => {
            ui.failure(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(cli: Cli, ui: Ui) -> Result<ExitCode, Failure> {
    let Cli { global, command } = cli;
    let environment = Environment::read();
    let cx = context::Context::new(global, environment, ui);
    match command {
        Command::Init(arguments) => init::run(&cx, &arguments),
        Command::Import(arguments) => import::run(&cx, &arguments),
        Command::Plan(arguments) => plan::run(&cx, &arguments),
        Command::Accept(arguments) => accept::run(&cx, &arguments),
        Command::Propose(arguments) => propose::run(&cx, &arguments),
        Command::Diff(arguments) => diff::run(&cx, &arguments),
        Command::Ignore(arguments) => ignore::run(&cx, &arguments),
        Command::Export(arguments) => export::run(&cx, &arguments),
        Command::Managed(arguments) => managed::run(&cx, &arguments),
        Command::Restore(arguments) => restore::run(&cx, &arguments),
        Command::Show(arguments) => show::run(&cx, &arguments),
        Command::Log(arguments) => log::run(&cx, &arguments),
        Command::Coverage(arguments) => coverage::run(&cx, &arguments),
        Command::Kinds(arguments) => kinds::run(&cx, &arguments),
        Command::IamPolicy(arguments) => iam_policy::run(&cx, &arguments),
        Command::Ci(arguments) => ci::run(&cx, &arguments),
        Command::Demo(arguments) => demo::run(&cx, &arguments),
        Command::Completions(arguments) => completions::run(&cx, &arguments),
        Command::Man(arguments) => man::run(&cx, &arguments),
    }
}
