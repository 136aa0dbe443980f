//! `driftline accept`.

mod interactive;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use driftline::accept::{self, AcceptError, Commit, GroupBy, Unit};
use driftline::plan::Plan;
use driftline::scan::Baseline;
use driftline::store::{Committed, RestorePoint, Store};
use driftline_api::{AddressPattern, Targets};

use super::attribution;
use super::context::{Context, kinds};
use super::failure::Failure;
use super::planning::{self, Wanted};
use super::pushing;
use super::scanning;
use super::since_trail::SinceTrail;

/// Commit drift as the new truth, in small commits by whoever changed the account
///
/// From a saved plan, exactly what was reviewed is committed, without a new scan. Without one, the accounts are read.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A plan that `driftline plan --out` wrote
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,
    #[command(flatten)]
    choice: Part,
    /// Ask about each change: accept, skip, or ignore it from now on
    #[arg(short, long)]
    interactive: bool,
    /// What becomes one commit
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Group::Actor)]
    group_by: Group,
    /// Show the commits that would be made, and make none
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    push: pushing::Push,
    #[command(flatten)]
    scan: scanning::Reading,
    #[command(flatten)]
    attribution: attribution::Choice,
}

/// Which part of a plan.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Part {
    /// Only what matches this address pattern (repeatable)
    #[arg(long, value_name = "GLOB")]
    only: Vec<AddressPattern>,
    /// Nothing that matches this address pattern (repeatable)
    #[arg(long, value_name = "GLOB")]
    except: Vec<AddressPattern>,
}

/// What becomes one commit, on the command line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Group {
    /// What one actor changed, as far as it belongs together
    #[default]
    Actor,
    /// Each resource
    Resource,
    /// Each service of an account and region
    Service,
    /// Everything
    None,
}

impl From<Group> for GroupBy {
    fn from(group: Group) -> Self {
        match group {
            Group::Actor => Self::Actor,
            Group::Resource => Self::Resource,
            Group::Service => Self::Service,
            Group::None => Self::None,
        }
    }
}

impl Part {
    /// The units that were chosen, and whether these are all.
    pub(crate) fn of(&self, plan: &Plan) -> (Vec<Unit>, bool) {
        let only = Targets::new(self.only.clone());
        let chosen = |unit: &Unit| {
            let address = &plan.drift[unit.resource].address;
            only.matches(address) && !self.except.iter().any(|pattern| pattern.matches(address))
        };
        let all = accept::units(plan, &kinds());
        let count = all.len();
        let units: Vec<Unit> = all.into_iter().filter(chosen).collect();
        let everything = units.len() == count;
        (units, everything)
    }
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    if arguments.interactive && !cx.ui.can_ask() {
        return Err(Failure::new("ask about each change: there is no terminal to ask on")
            .hint("leave --interactive out; --only and --except choose by address"));
    }
    let store = cx.store()?;
    let remote = arguments.push.remote(&store)?;
    if !arguments.dry_run {
        // What keeps a restore point from being made is told before anything is read, or anybody asked.
        drop(store.begin()?);
    }
    let wanted = Wanted {
        file: arguments.plan.as_deref(),
        reading: &arguments.scan,
        since_trail: SinceTrail::EVERYTHING,
        attribution: arguments.attribution,
        states: &[],
        against: "HEAD",
    };
    let plan = planning::obtain(cx, &store, &wanted)?;
    let head = current(&store, &plan)?;
    let baseline = Baseline::load(store.snapshot(&head)?)?;
    let (units, everything) = arguments.choice.of(&plan);
    let chosen = if arguments.interactive {
        interactive::ask(cx, &plan, units)?
    } else {
        interactive::Chosen { accepted: units, ignored: Vec::new(), everything }
    };
    let mut commits =
        accept::commits(&plan, &baseline, &kinds(), &chosen.accepted, arguments.group_by.into()).map_err(failure)?;
    if chosen.everything && everything {
        commits.extend(accept::coverage(&plan, &baseline));
    }
    if arguments.dry_run {
        show(cx, &commits)?;
        return Ok(ExitCode::SUCCESS);
    }
    if commits.is_empty() {
        cx.ui.say(if plan.is_empty() { "no drift: nothing to accept" } else { "nothing was chosen: no commit" });
    } else {
        commit(cx, &store, &head, commits)?;
    }
    interactive::write_rules(cx, &store, &chosen.ignored)?;
    if let Some(remote) = remote {
        pushing::push(cx, &store, &remote)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The restore point that the plan was made against, which must still be the last one.
pub(crate) fn current(store: &Store, plan: &Plan) -> Result<RestorePoint, Failure> {
    let Some(head) = store.head()? else {
        return Err(Failure::from(driftline::store::Error::NoRestorePoint));
    };
    let short: String = plan.against.commit.chars().take(10).collect();
    let refused = |why: String| Failure::new(format!("accept the plan: {why}"));
    let Ok(point) = store.resolve(&plan.against.commit) else {
        return Err(refused(format!("this repository has no restore point {short}"))
            .hint("the plan is another repository's, or it was made in a clone whose commits are not here"));
    };
    if point.tree != head.tree {
        return Err(refused(format!("the restore point has moved on from {short} to {}", head.short()))
            .hint("run `driftline plan --out` again and review what is left"));
    }
    Ok(head)
}

pub(crate) fn failure(error: AcceptError) -> Failure {
    match error {
        AcceptError::Store(error) => error.into(),
        error => Failure::new("accept the plan").because(error).hint("run `driftline plan --out` again"),
    }
}

fn commit(cx: &Context, store: &Store, head: &RestorePoint, commits: Vec<Commit>) -> Result<(), Failure> {
    let writer = store.begin()?;
    // Somebody may have imported while the changes were being reviewed.
    if writer.base().map(|base| base.tree) != Some(head.tree) {
        return Err(Failure::from(driftline::store::Error::Moved { branch: writer.branch().to_owned() }));
    }
    let branch = writer.branch().to_owned();
    let told: Vec<String> = commits
        .iter()
        .map(|commit| {
            let by = commit.author.as_ref().map(|author| format!(" ({})", author.name)).unwrap_or_default();
            format!("{}{by}", commit.subject())
        })
        .collect();
    let count = told.len();
    match writer.commit_series(commits.into_iter().map(Commit::step).collect())? {
        Committed::Unchanged => cx.ui.say("the restore point says all this already: no commit"),
        Committed::Written { point, behind } => {
            cx.ui.data(|out| told.iter().try_for_each(|line| writeln!(out, "{line}")))?;
            let plural = if count == 1 { "" } else { "s" };
            cx.ui.say(format!("restore point {}: {count} commit{plural} on {branch}", point.short()));
            scanning::tell_behind(cx, behind);
            scanning::tidy(cx, store);
        }
    }
    Ok(())
}

fn show(cx: &Context, commits: &[Commit]) -> Result<(), Failure> {
    cx.ui.data(|out| {
        for commit in commits {
            let author = commit.author.as_ref().map(|author| format!("{} <{}>", author.name, author.email));
            writeln!(out, "Author: {}\n", author.as_deref().unwrap_or("(whoever accepts)"))?;
            for line in commit.message.lines() {
                writeln!(out, "{}", format!("    {line}").trim_end())?;
            }
            writeln!(out)?;
        }
        Ok(())
    })?;
    let plural = if commits.len() == 1 { "" } else { "s" };
    cx.ui.say(format!("{} commit{plural} would be made", commits.len()));
    Ok(())
}
