//! `driftline managed`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use driftline::config::Overrides;
use driftline::managed::{Live, Matching, View, view};
use driftline::plan::{Against, Drift, Plan};
use driftline::render::{self, SECTIONS, Section};
use driftline::scan::Baseline;
use driftline_api::{AddressPattern, Descriptor, Targets};

use super::attribution;
use super::context::{Context, kinds};
use super::failure::Failure;
use super::plan::{Format, Output};
use super::planning::{self, Wanted};
use super::scanning::Reading;
use super::since_trail::SinceTrail;
use super::states;

/// Show which resources Terraform's states manage, which nobody manages, and which are gone
///
/// Compares a restore point with states. With --plan or --scan, it also knows what drifted since, and who would notice.
/// A state is a file of version 4 or what `terraform show -json` prints; `terraform state pull > FILE` writes one that lies
/// elsewhere. What a state holds besides names is skipped: no secret of it is kept or shown.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files with states, folders of them, or - for stdin [default: `states` under [terraform] in driftline.toml]
    #[arg(value_name = "STATE")]
    states: Vec<PathBuf>,
    /// The restore point
    #[arg(long, value_name = "REV", default_value = "HEAD", conflicts_with_all = ["plan", "scan"])]
    at: String,
    /// Take the drift of this plan into account, which `driftline plan --out` wrote
    #[arg(long, value_name = "FILE", conflicts_with = "scan")]
    plan: Option<PathBuf>,
    /// Read the accounts, and take the drift since the restore point into account
    #[arg(long)]
    scan: bool,
    /// Only what matches this address pattern (repeatable)
    #[arg(short, long = "target", value_name = "GLOB")]
    targets: Vec<AddressPattern>,
    /// Only this part of the view (repeatable)
    #[arg(long, value_enum, value_name = "PART")]
    only: Vec<Part>,
    /// Short for --only unmanaged
    #[arg(long, conflicts_with = "only")]
    unmanaged: bool,
    #[command(flatten)]
    output: Output,
    /// Exit with 2 if something is unmanaged, drifted, gone or claimed twice; with 3 if something could not be told
    #[arg(long)]
    detailed_exitcode: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Claimed by several resources in states
    Twice,
    /// Managed, and changed since the restore point
    Drifted,
    Unmanaged,
    /// In a state, and not there
    Gone,
    /// Not managed, but what belongs to it
    Partly,
    Managed,
    /// What could not be looked for
    Unknown,
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let store = cx.store()?;
    let config = cx.config(Some(&store), &Overrides::default())?;
    let states = states::read(cx, &store, &config, &arguments.states)?;
    if states.is_empty() {
        return Err(Failure::new("compare with Terraform: no state is named")
            .hint("name files, or put `states = [\"prod.tfstate\"]` under [terraform] in driftline.toml"));
    }
    let plan = match (&arguments.plan, arguments.scan) {
        (Some(path), _) => Some(planning::load(path)?),
        (None, true) => {
            let wanted = Wanted {
                file: None,
                reading: &Reading::of(arguments.targets.clone()),
                since_trail: SinceTrail::EVERYTHING,
                attribution: attribution::Choice::NOBODY,
                states: &[],
                against: "HEAD",
            };
            Some(planning::obtain(cx, &store, &wanted)?)
        }
        (None, false) => None,
    };
    let rev = plan.as_ref().map_or(arguments.at.as_str(), |plan| &plan.against.commit);
    let point = store.resolve(rev)?;
    let baseline = Baseline::load(store.snapshot(&point)?)?;
    let targets = Targets::new(arguments.targets.clone());
    let kinds = kinds();
    let live = live(&baseline, plan.as_ref(), &kinds)?;
    let coverage = plan.as_ref().and_then(|plan| plan.coverage.as_ref()).unwrap_or(baseline.coverage());
    let matching = Matching::new(&live, coverage, &kinds, &driftline_aws::claims());
    let mut view = view(&states, &live, &matching);
    if let Some(plan) = &plan {
        view.add_drift(plan);
    }
    view.narrow(&targets);

    let against = plan.as_ref().map_or_else(
        || Against { rev: arguments.at.clone(), commit: point.commit.to_string() },
        |plan| plan.against.clone(),
    );
    let sections = arguments.sections();
    cx.ui.data(|out| match arguments.output.format() {
        Format::Json => render::view_json(&view, &states, &against, &sections, out),
        Format::Text => render::view_text(&view, &states, &sections, cx.ui.look(), out),
        Format::Markdown => render::view_markdown(&view, &states, &sections, out),
    })?;
    Ok(exit_code(arguments.detailed_exitcode, &view))
}

/// What is there now: the restore point, and what a plan says of it.
fn live(
    baseline: &Baseline,
    plan: Option<&Plan>,
    kinds: &BTreeMap<&'static str, &'static Descriptor>,
) -> Result<Live, Failure> {
    let mut live = Live::default();
    let mut drifted = BTreeSet::new();
    for drift in plan.iter().flat_map(|plan| &plan.drift) {
        drifted.insert(&drift.address);
        if let (Some(after), false) = (&drift.after, drift.drift == Drift::Removed) {
            live.add(kinds.get(drift.kind.as_str()).copied(), &drift.address.scope, after);
        }
    }
    for address in baseline.addresses() {
        if !drifted.contains(&address)
            && let Some(resource) = baseline.resource(&address)?
        {
            live.add(kinds.get(address.kind.as_str()).copied(), &address.scope, &resource);
        }
    }
    Ok(live)
}

fn exit_code(detailed: bool, view: &View) -> ExitCode {
    match (detailed, view.is_settled(), view.is_complete()) {
        (false, ..) | (true, true, true) => ExitCode::SUCCESS,
        (true, false, _) => ExitCode::from(2),
        (true, true, false) => ExitCode::from(3),
    }
}

impl Arguments {
    fn sections(&self) -> Vec<Section> {
        let chosen = |section: &Section| {
            let part = match section {
                Section::Twice => Part::Twice,
                Section::Drifted => Part::Drifted,
                Section::Unmanaged => Part::Unmanaged,
                Section::Gone => Part::Gone,
                Section::Partly => Part::Partly,
                Section::Managed => Part::Managed,
                Section::Unknown => Part::Unknown,
            };
            if self.unmanaged { part == Part::Unmanaged } else { self.only.is_empty() || self.only.contains(&part) }
        };
        SECTIONS.into_iter().filter(chosen).collect()
    }
}
