//! `driftline propose`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use driftline::config::Propose;
use driftline::forge::{Forge, ForgeError, Place, Wanted, limits};
use driftline::plan::Plan;
use driftline::remote::{Authors, Lease, Remote, RemoteError};
use driftline::render::{Description, closing_comment, proposal_description, proposal_title};
use driftline::store::{Oid, RestorePoint, Store};

use super::attribution;
use super::context::Context;
use super::failure::Failure;
use super::notify::notify;
use super::scanning;
use super::since_trail;

mod commits;
mod options;
mod place;
mod standing;

use options::Options;
use place::Access;
use standing::{Standing, There, standing};

/// Put drift on a branch, push it, and open (or bring up to date, or close) the one pull request for it
///
/// The commits are those that `accept` would make, on top of the remote's branch. A proposal that is open is brought up to
/// date; when the drift is gone, it is closed with a comment. A branch that somebody else pushed to is left alone. The
/// proposal's URL is printed on stdout. The exit code is 0 also when something was proposed.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A plan that `driftline plan --out` wrote. Without it, the accounts are read
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,
    #[command(flatten)]
    scan: scanning::Reading,
    #[command(flatten)]
    since_trail: since_trail::SinceTrail,
    #[command(flatten)]
    attribution: attribution::Choice,
    #[command(flatten)]
    options: Options,
    /// Say of each resource whether this state of Terraform's manages it: a file, a folder, or - (repeatable; besides those in
    /// driftline.toml)
    #[arg(long = "with-state", value_name = "STATE")]
    states: Vec<PathBuf>,
    /// Show what would be proposed, and change nothing
    #[arg(long, help_heading = "The proposal")]
    dry_run: bool,
    /// Push the branch, and print the link to open a pull request by hand
    #[arg(long, help_heading = "The proposal")]
    no_pull_request: bool,
    /// Tell nobody, whatever driftline.toml says of notifications
    #[arg(long)]
    no_notify: bool,
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let store = cx.store()?;
    let config = cx.config(Some(&store), &arguments.scan.overrides())?;
    let settings = arguments.options.over(config.propose.clone());
    let remote = Remote::find(&store, settings.remote.as_deref()).map_err(talk("find the remote"))?;
    let (base, base_tip) = fetch_base(&remote, &settings)?;
    let point = store.resolve(&base_tip.to_string()).map_err(|error| {
        Failure::new(format!("use the branch `{base}` of `{}`", remote.name))
            .because(error)
            .hint(format!("`driftline import` makes a restore point; push it to `{}` first", remote.name))
    })?;
    let plan = commits::plan(cx, &store, arguments, &point, &format!("{}/{base}", remote.name))?;

    let proposing = Proposing { cx, store: &store, remote: &remote, settings: &settings, base: &base, point: &point };
    if arguments.dry_run {
        return proposing.show(&plan);
    }
    let place = place::find(cx, &remote, &settings)?;
    let access = place::access(cx, place, arguments.no_pull_request);
    let done = if plan.is_empty() {
        proposing.withdraw(&plan, &access).map(|()| None)
    } else {
        proposing.propose(&plan, &access)
    };
    // Drift is to be told also where it cannot be proposed. What was left out on the command line would look gone.
    if !arguments.no_notify && !plan.scanned.narrowed {
        let link = done.as_ref().ok().and_then(Option::as_deref);
        notify(cx, &store, &config, &plan, link);
    }
    done.map(|_| ExitCode::SUCCESS)
}

/// The branch to merge into, and where it is now.
fn fetch_base(remote: &Remote, settings: &Propose) -> Result<(String, Oid), Failure> {
    let fail = talk("see what is at the remote");
    let base = if let Some(base) = &settings.base {
        base.clone()
    } else {
        remote.heads(&[]).map_err(&fail)?.default.ok_or_else(|| {
            Failure::new(format!("find the branch to merge into: `{}` names no default branch", remote.name))
                .hint("name one with --base, or push a branch to it first")
        })?
    };
    if base == settings.branch {
        return Err(
            Failure::new(format!("propose to merge `{base}` into itself")).hint("name another one with --branch")
        );
    }
    let missing = || RemoteError::NoBranch { remote: remote.name.clone(), branch: base.clone() };
    remote.heads(&[&base]).map_err(&fail)?.branch(&base).ok_or_else(missing).map_err(&fail)?;
    let tip = remote.fetch(&base).map_err(&fail)?;
    Ok((base, tip))
}

/// Everything that a proposal is made from.
struct Proposing<'a> {
    cx: &'a Context,
    store: &'a Store,
    remote: &'a Remote,
    settings: &'a Propose,
    base: &'a str,
    point: &'a RestorePoint,
}

impl Proposing<'_> {
    fn show(&self, plan: &Plan) -> Result<ExitCode, Failure> {
        if plan.is_empty() {
            self.cx.ui.say("no drift: nothing would be proposed");
            return Ok(ExitCode::SUCCESS);
        }
        let most = self.settings_limits();
        let text = self.description(plan, &[], 0, most);
        let title = proposal_title(plan);
        self.cx.ui.data(|out| write!(out, "# {title}\n\n{text}"))?;
        self.cx.ui.say(format!(
            "this would go to the branch `{}` of `{}`, to be merged into `{}`",
            self.settings.branch, self.remote.name, self.base
        ));
        Ok(ExitCode::SUCCESS)
    }

    /// Commits, pushes, and brings the proposal about. Where it can be seen, if that is known.
    fn propose(&self, plan: &Plan, access: &Access) -> Result<Option<String>, Failure> {
        const TRIES: u32 = 3;
        let mut attempt = 1;
        let (others, kept) = loop {
            let there = self.there()?;
            let others = there.as_ref().map(There::others).unwrap_or_default();
            if !others.is_empty() {
                break (others, 0);
            }
            let known = there.as_ref().map(|there| there.commits.as_slice()).unwrap_or_default();
            let series = commits::series(self.store, plan, self.point, known)?;
            match standing(self.store, plan, self.point, known, series.tip).map_err(talk("compare the commits"))? {
                Standing::Other => {}
                Standing::Same => break (others, series.kept),
                Standing::Better => return self.keep(plan, access),
            }
            let lease = Lease::Exactly(there.map(|there| there.tip));
            match self.remote.push(Some(series.tip), &self.settings.branch, lease) {
                Ok(()) => {
                    self.cx.ui.say(format!("pushed `{}` to `{}`", self.settings.branch, self.remote.name));
                    break (others, series.kept);
                }
                // Whoever was faster may be another driftline, or somebody whose work is not to be overwritten.
                Err(RemoteError::LostRace { .. }) if attempt < TRIES => attempt += 1,
                Err(error) => return Err(talk("push the branch")(error)),
            }
        };
        if !others.is_empty() {
            self.cx.ui.warn(format!(
                "`{}` was edited by {}: it is left alone, and its commits do not include the latest drift",
                self.settings.branch,
                others.join(", ")
            ));
        }
        self.announce(plan, access, &others, kept)
    }

    /// Opens the proposal, or brings it up to date, and prints where it is.
    fn announce(
        &self,
        plan: &Plan,
        access: &Access,
        others: &[String],
        kept: usize,
    ) -> Result<Option<String>, Failure> {
        let forge = match access {
            Access::Api(forge) => forge,
            Access::Link(place, why) => {
                self.warn(why.as_ref());
                self.cx.ui.say(format!("open the {} there, if none is open yet:", place.sort.proposal()));
                return self.print(place.create_link(&self.settings.branch, self.base));
            }
            Access::Nothing(why) => {
                self.warn(why.as_ref());
                self.cx.ui.say(format!("`{}` is ready to be merged into `{}`", self.settings.branch, self.base));
                return Ok(None);
            }
        };
        let wanted = Wanted {
            title: proposal_title(plan),
            body: self.description(plan, others, kept, forge.limits().body),
            head: self.settings.branch.clone(),
            base: self.base.to_owned(),
            draft: self.settings.draft,
            labels: self.settings.labels.clone(),
            reviewers: self.settings.reviewers.clone(),
        };
        let ask = ask("propose it");
        let url = match forge.find(&wanted.head, &wanted.base).map_err(&ask)? {
            Some(found) => {
                let updated = forge.update(&found, &wanted).map_err(&ask)?;
                self.cx.ui.say(if updated.is_some() {
                    "brought the proposal up to date"
                } else {
                    "the proposal is up to date"
                });
                found.url
            }
            None if !others.is_empty() => {
                return Err(Failure::new(format!(
                    "propose it: the branch `{}` has commits that driftline did not make, and no proposal is open",
                    self.settings.branch
                ))
                .hint("delete the branch, or name another one with --branch"));
            }
            None => {
                let opened = forge.open(&wanted).map_err(&ask)?;
                self.warn(&opened.warnings);
                self.cx.ui.say("opened a proposal");
                opened.proposal.url
            }
        };
        self.print(url)
    }

    /// Nothing differs: closes what is open, and removes its branch.
    fn withdraw(&self, plan: &Plan, access: &Access) -> Result<(), Failure> {
        let there = self.there()?;
        let hidden =
            there.as_ref().map(|there| commits::hidden(self.store, plan, self.point, there.tip)).transpose()?;
        if let Some(address) = hidden.flatten() {
            self.cx.ui.warn(format!(
                "no drift in what was read, but {address} was not looked at: what is proposed stays as it is"
            ));
            return Ok(());
        }
        if let Access::Api(forge) = access {
            self.close(plan, forge)?;
        }
        let Some(there) = there else {
            self.cx.ui.say("no drift: nothing to propose");
            return Ok(());
        };
        let others = there.others();
        if !others.is_empty() {
            self.cx.ui.warn(format!(
                "no drift; the branch `{}` was edited by {} and stays",
                self.settings.branch,
                others.join(", ")
            ));
            return Ok(());
        }
        match self.remote.push(None, &self.settings.branch, Lease::Exactly(Some(there.tip))) {
            Ok(()) => self.cx.ui.say(format!("no drift: removed the branch `{}`", self.settings.branch)),
            Err(
                error @ (RemoteError::LostRace { .. } | RemoteError::Protected { .. } | RemoteError::Refused { .. }),
            ) => {
                self.cx.ui.warn(format!("no drift; the branch `{}` stays: {error}", self.settings.branch));
            }
            Err(error) => return Err(talk("remove the branch")(error)),
        }
        Ok(())
    }

    fn close(&self, plan: &Plan, forge: &Forge) -> Result<(), Failure> {
        let ask = ask("close the proposal");
        if let Some(found) = forge.find(&self.settings.branch, self.base).map_err(&ask)? {
            forge.close(&found, &closing_comment(plan)).map_err(&ask)?;
            self.cx.ui.say(format!("closed {}: the drift is gone", found.url));
        }
        Ok(())
    }

    /// What is on the proposal's branch now.
    fn there(&self) -> Result<Option<There>, Failure> {
        let branch = &self.settings.branch;
        let read = || {
            if self.remote.heads(&[branch])?.branch(branch).is_none() {
                return Ok(None);
            }
            let tip = self.remote.fetch(branch)?;
            self.remote.deepen(self.store)?;
            let commits = Authors::of(self.store)?.commits(self.store, self.point.commit, tip)?;
            Ok(Some(There { tip, commits }))
        };
        read().map_err(talk("see what is on the branch"))
    }

    /// The same drift is proposed already, by somebody who knew more of it: it stays as it is.
    fn keep(&self, plan: &Plan, access: &Access) -> Result<Option<String>, Failure> {
        if let Access::Api(forge) = access
            && let Some(found) = forge.find(&self.settings.branch, self.base).map_err(ask("propose it"))?
        {
            self.cx.ui.say("the proposal is up to date");
            return self.print(found.url);
        }
        self.announce(plan, access, &[], 0)
    }

    fn description(&self, plan: &Plan, edited_by: &[String], kept: usize, limit: usize) -> String {
        proposal_description(Description { plan, base: self.base, edited_by, kept, limit })
    }

    fn settings_limits(&self) -> usize {
        place::known(self.remote, self.settings).map_or(usize::MAX, |place: Place| limits(place.sort).body)
    }

    fn warn<'w>(&self, warnings: impl IntoIterator<Item = &'w String>) {
        for warning in warnings {
            self.cx.ui.warn(warning);
        }
    }

    fn print(&self, url: String) -> Result<Option<String>, Failure> {
        self.cx.ui.data(|out| writeln!(out, "{url}"))?;
        Ok(Some(url))
    }
}

/// A failure of git's, with its way out.
fn talk(what: &'static str) -> impl Fn(RemoteError) -> Failure {
    move |error| {
        let hint = error.hint();
        Failure::new(what).because(error).hints(hint)
    }
}

/// A failure of the forge's, with its way out.
fn ask(what: &'static str) -> impl Fn(ForgeError) -> Failure {
    move |error| {
        let hint = error.hint();
        Failure::new(what).because(error).hints(hint)
    }
}
