//! `driftline restore`.

mod access;
mod folder;
mod running;
mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use driftline::plan::Against;
use driftline::render;
use driftline::restore::{Options, Outcome, Program, Proposal, Work, outcome};
use driftline::scan::Baseline;
use driftline_api::{Address, AddressPattern};

use super::attribution::Choice;
use super::context::{Context, kinds};
use super::failure::Failure;
use super::planning::{self, Asked, Planned};
use super::scanning;
use super::since_trail;
use folder::Folder;
use running::Terraform;
use steps::{Prepared, prepare};

/// Show what Terraform would do to bring the accounts back to a restore point, and do it with --apply
///
/// The accounts are read and compared as by `plan`. What drifted is taken into a Terraform state of its own as it is, which
/// changes nothing, and Terraform (or OpenTofu) plans the way back from there. Nothing is written to an account but by
/// Terraform, and only what was shown.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    scan: scanning::Reading,
    /// The restore point to go back to
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    at: String,
    /// Remove whole resources that were added since, too
    #[arg(long)]
    remove_added: bool,
    #[command(flatten)]
    doing: Doing,
    /// The folder for Terraform's files and state [default: driftline/restore in the repository's .git]
    ///
    /// A `*_override.tf` or `backend.tf` in it is kept and counts, so that a backend can be configured there; the state must
    /// be no other configuration's.
    #[arg(long, value_name = "DIR", help_heading = "Terraform")]
    dir: Option<PathBuf>,
    /// The program to run [default: terraform or tofu, whichever is found first]
    #[arg(long, value_name = "PATH", help_heading = "Terraform")]
    terraform: Option<PathBuf>,
    /// Values for secrets that no snapshot holds, for what has to be created anew (repeatable)
    #[arg(long = "var-file", value_name = "FILE", help_heading = "Terraform")]
    var_files: Vec<PathBuf>,
    /// Write JSON to stdout: what would be done and, after --apply, how it ended
    #[arg(long)]
    json: bool,
    /// Exit with 2 if there is something to restore (after --apply: left to restore), with 3 if there is nothing in what
    /// was read and something could not be read
    #[arg(long)]
    detailed_exitcode: bool,
}

/// Whether it is done.
#[derive(Debug, Args)]
struct Doing {
    /// Let Terraform do what was shown, after a question
    #[arg(long)]
    apply: bool,
    /// Do not ask
    #[arg(long, requires = "apply")]
    yes: bool,
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    if arguments.doing.apply && !arguments.doing.yes && !cx.ui.can_ask() {
        return Err(Failure::new("ask before anything is changed: there is no terminal to ask on")
            .hint("--yes applies without a question; without --apply, what would be done is only shown"));
    }
    if arguments.doing.apply && !arguments.doing.yes && arguments.json {
        return Err(Failure::new("ask before anything is changed: JSON is written when all is done")
            .hint("--yes applies without a question; without --json, what would be done is shown, and then asked"));
    }
    let store = cx.store()?;
    let config = cx.config(Some(&store), &arguments.scan.overrides())?;
    let point = store.resolve(&arguments.at)?;
    let asked = Asked {
        config: &config,
        against: &arguments.at,
        point: &point,
        reading: &arguments.scan,
        since_trail: since_trail::SinceTrail::EVERYTHING,
        attribution: Choice::NOBODY,
        states: &[],
        show_ignored: false,
    };
    let Planned { plan, complete, accounts } = planning::scan(cx, &store, &asked)?;
    let is_complete = complete && plan.is_complete();
    if !is_complete {
        cx.ui.warn("not everything could be read: what drifted there is not put back");
        cx.ui.hint("`driftline plan` says what and why");
    }
    let against = Against { rev: arguments.at.clone(), commit: point.commit.to_string() };
    let telling =
        Telling { cx, rev: called(&arguments.at, &point.short()), against, is_complete, json: arguments.json };
    let rev = &telling.rev;
    let nothing = |arguments: &Arguments| match (arguments.detailed_exitcode, is_complete) {
        (true, false) => ExitCode::from(3),
        _ => ExitCode::SUCCESS,
    };
    if plan.is_empty() {
        telling.nothing()?;
        return Ok(nothing(arguments));
    }

    let baseline = Baseline::load(store.snapshot(&point)?)?;
    let (kinds, targets) = (kinds(), arguments.scan.targets());
    let options = Options { kinds: &kinds, targets: &targets, remove_added: arguments.remove_added };
    let mut work = Work::of(&plan, &baseline, options)?;
    if work.items.is_empty() {
        let proposal = Proposal { stays: work.stays, alone: work.alone, ..Proposal::default() };
        telling.end(&proposal)?;
        return Ok(nothing(arguments));
    }
    let program = Program::find(arguments.terraform.as_deref()).map_err(|error| {
        let hint = error.hint();
        Failure::new("find Terraform").because(error).hint(hint)
    })?;
    let default = store.common_dir().join("driftline").join("restore");
    let path = arguments.dir.as_ref().map_or(default, Clone::clone);
    let folder = Folder::open(&path)?;
    let terraform = Terraform::new(cx, &program, folder.path())?;
    let access = access::of(cx, &config, &accounts)?;
    let var_files = arguments.var_files.iter().map(|file| cx.environment.current_dir.join(file)).collect();
    let scopes = work.items.iter().map(|item| item.address.scope.clone()).collect();
    let setting = steps::Setting { cx, folder: &folder, terraform: &terraform, access: &access, scopes, var_files };
    let Prepared { proposal, written } = prepare(&setting, &mut work)?;
    if proposal.is_empty() {
        telling.end(&proposal)?;
        return Ok(nothing(arguments));
    }
    if !arguments.doing.apply {
        telling.end(&proposal)?;
        cx.ui.hint("the same with --apply does this");
        return Ok(if arguments.detailed_exitcode { ExitCode::from(2) } else { ExitCode::SUCCESS });
    }
    telling.show(&proposal)?;
    if !arguments.doing.yes {
        let answer = terraform.ask("Do this? Only `yes` is taken for it: ")?;
        if answer.as_deref().map(str::trim) != Some("yes") {
            cx.ui.say("nothing was changed in the account");
            return Ok(if arguments.detailed_exitcode { ExitCode::from(2) } else { ExitCode::SUCCESS });
        }
    }
    steps::apply(&setting)?;

    // What came back, came or went is among the same kinds in the same scopes.
    let again = planning::scan(cx, &store, &Asked { reading: &arguments.scan.only_at(places(&work)), ..asked })?;
    // Only what was created anew can have another id.
    let state = if proposal.anew.is_empty() { BTreeMap::new() } else { steps::state(&terraform)? };
    let ended = outcome(&work, &proposal, &written, &state, &again.plan);
    telling.ended(&proposal, &ended)?;
    tell_recording(cx, &ended);
    if arguments.detailed_exitcode && !(ended.differs.is_empty() && ended.waiting.is_empty()) {
        return Ok(ExitCode::from(2));
    }
    if ended.differs.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::new(format!("bring everything back to {rev}"))
        .hint("what still differs stands above: `driftline plan` shows it again, and `driftline restore` tries again"))
}

/// What a restore says on stdout: for people as it goes on, for machines one document at its end.
struct Telling<'t> {
    cx: &'t Context,
    /// The restore point as it is called.
    rev: String,
    against: Against,
    is_complete: bool,
    json: bool,
}

impl Telling<'_> {
    fn nothing(&self) -> Result<(), Failure> {
        if self.json {
            return self.write(&Proposal::default(), None);
        }
        self.cx.ui.data(|out| writeln!(out, "Nothing to restore: no drift from {}.", self.rev))
    }

    /// What would be done, after which something is.
    fn show(&self, proposal: &Proposal) -> Result<(), Failure> {
        let look = self.cx.ui.look();
        if self.json { Ok(()) } else { self.cx.ui.data(|out| render::restore_proposal(proposal, &self.rev, look, out)) }
    }

    /// What would be done, and nothing is.
    fn end(&self, proposal: &Proposal) -> Result<(), Failure> {
        if self.json { self.write(proposal, None) } else { self.show(proposal) }
    }

    fn ended(&self, proposal: &Proposal, ended: &Outcome) -> Result<(), Failure> {
        if self.json {
            return self.write(proposal, Some(ended));
        }
        let look = self.cx.ui.look();
        self.cx.ui.data(|out| render::restore_outcome(ended, &proposal.stays, &self.rev, look, out))
    }

    fn write(&self, proposal: &Proposal, ended: Option<&Outcome>) -> Result<(), Failure> {
        let Self { against, is_complete, .. } = self;
        self.cx.ui.data(|out| render::restore_json(proposal, ended, against, *is_complete, out))
    }
}

/// How what AWS gave anew gets into the restore point.
fn tell_recording(cx: &Context, ended: &Outcome) {
    let successors = ended.successors.iter().flat_map(|it| [&it.old, &it.new]);
    let addresses: BTreeSet<&Address> = successors.chain(ended.given.iter().map(|drift| &drift.address)).collect();
    if addresses.is_empty() {
        return;
    }
    let only: String = addresses.iter().map(|address| format!(" --only '{address}'")).collect();
    let only = if addresses.len() <= NAMED { only } else { String::new() };
    cx.ui.hint(format!("`driftline accept{only}` records what AWS gave anew"));
}

/// How many resources a hint names.
const NAMED: usize = 8;

/// A restore point as it was named, and its commit where that says more.
fn called(rev: &str, short: &str) -> String {
    if short.starts_with(rev) || rev.starts_with(short) { rev.to_owned() } else { format!("{rev} ({short})") }
}

/// The kinds and scopes that a restore works in.
fn places(work: &Work) -> Vec<AddressPattern> {
    let mut places: Vec<String> =
        work.items.iter().map(|item| format!("{}/{}", item.address.scope, item.address.kind)).collect();
    places.sort();
    places.dedup();
    places.iter().filter_map(|place| place.parse().ok()).collect()
}
