//! CPU time against a client of nothing but AWS's SDK (`benches/bare`).
//!
//! It knows the kinds that make up nearly all calls and bytes of a generated account. For just these, driftline and the bare
//! client read the same endpoint in turn; that both made the same calls is checked, operation by operation. Neither waits
//! for rates or a round trip, so that a run takes little but CPU time.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use crate::endpoint::{Account, Calls, Endpoint};
use crate::place::Place;

/// What both read.
const KINDS: &[&str] = &[
    "acm/certificate",
    "ec2/instance",
    "ec2/network_interface",
    "ec2/security_group",
    "ec2/subnet",
    "ec2/volume",
    "elbv2/listener",
    "elbv2/load_balancer",
    "elbv2/rule",
    "elbv2/target_group",
    "iam/instance_profile",
    "iam/policy",
    "iam/role",
    "iam/user",
    "rds/db_cluster_snapshot",
    "rds/db_instance",
    "rds/db_snapshot",
    "route53/record_set",
    "s3/bucket",
];

/// Entering an account is driftline's alone.
const ENTRY: &[&str] = &["ec2:DescribeRegions", "sts:GetCallerIdentity"];

/// The runs of which medians are taken, in the order in which they take turns.
const RUNS: [&str; 3] = ["bare SDK client", "import", "plan at rest"];

/// A table of medians over several runs in turn, for accounts of these sizes.
pub(crate) fn compare(account: &Account, driftline: &str, sizes: &[usize], runs: usize) -> String {
    assert!(runs > 0, "--bare needs at least one run");
    let program = build();
    let program = program.to_str().expect("UTF-8");
    let mut table = "| resources | run | CPU s | ratio | calls |\n| ---: | --- | ---: | ---: | ---: |\n".to_owned();
    for size in sizes {
        let took = take_turns(account, driftline, program, *size, runs);
        let (bare, _) = median(&took[0]);
        for (run, took) in RUNS.iter().zip(&took) {
            let (seconds, calls) = median(took);
            writeln!(table, "| {size} | {run} | {seconds:.2} | {:.2} | {calls} |", seconds / bare)
                .expect("writing to a String does not fail");
        }
    }
    table
}

/// CPU seconds and calls of each run, by [`RUNS`].
fn take_turns(
    account: &Account,
    driftline: &str,
    bare: &str,
    resources: usize,
    runs: usize,
) -> [Vec<(f64, u64)>; RUNS.len()] {
    let account =
        Account { rates: false, round_trip_ms: 0, jitter_ms: 0, faults: None, accounts: 1, ..account.clone() };
    let mut endpoint = Endpoint::start(&account, resources);
    let regions = endpoint.regions().join(",");
    let only: Vec<&str> = KINDS.iter().flat_map(|kind| ["--kind", *kind]).collect();
    let mut took = [const { Vec::new() }; RUNS.len()];
    // No folder is removed before the last run: ext4 does not take the place of what was deleted within the last minutes,
    // and looking for another costs whoever creates files after that many seconds.
    let mut places = Vec::new();
    for turn in 1..=runs {
        places.push(Place::new(&endpoint, driftline, ""));
        let place = places.last().expect("one was just made");
        let mut run = |name: &str, command: &[&str]| {
            endpoint.rest();
            let (usage, talk) = match name {
                "bare SDK client" => place.run(command),
                _ => place.driftline(&[command, only.as_slice()].concat()),
            };
            assert_eq!(usage.code, 0, "{name}: {talk}");
            let calls = endpoint.calls();
            eprintln!(
                "{resources} resources, turn {turn} of {runs}: {name} took {:.2} s of CPU for {} calls",
                usage.cpu_seconds, calls.made
            );
            (usage.cpu_seconds, calls)
        };
        // The bare client goes first: in a new folder, it finds nothing that driftline left behind.
        let (seconds, own) = run(RUNS[0], &[bare, &regions]);
        took[0].push((seconds, own.made));
        for (at, command) in [(1, &["import"][..]), (2, &["plan", "--detailed-exitcode"])] {
            let (seconds, made) = run(RUNS[at], command);
            same_calls(&made, &own);
            took[at].push((seconds, made.made));
        }
    }
    took
}

/// Of an even number, the later one.
fn median(took: &[(f64, u64)]) -> (f64, u64) {
    let mut sorted = took.to_vec();
    sorted.sort_by(|(left, _), (right, _)| left.total_cmp(right));
    sorted[sorted.len() / 2]
}

/// Both sides must have done the same, or the comparison means nothing.
fn same_calls(driftline: &Calls, bare: &Calls) {
    let both = driftline.by_operation.keys().chain(bare.by_operation.keys());
    let differing: BTreeMap<&str, _> = both
        .filter(|operation| !ENTRY.contains(&operation.as_str()))
        .map(|operation| {
            (operation.as_str(), (driftline.by_operation.get(operation), bare.by_operation.get(operation)))
        })
        .filter(|(_, (ours, theirs))| ours != theirs)
        .collect();
    assert!(differing.is_empty(), "calls of driftline and of the bare client differ: {differing:?}");
}

/// Builds the bare client beside this program.
fn build() -> PathBuf {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/bare/Cargo.toml");
    // target/release/deps/scale-…
    let own = std::env::current_exe().expect("this program has a path");
    let target = own.ancestors().nth(3).expect("benchmarks lie three folders below the target's").join("bare");
    eprintln!("building the bare client in {}; the first time takes many minutes", target.display());
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--locked", "--manifest-path", manifest, "--target-dir"]).arg(&target);
    assert!(cargo.status().expect("cargo runs").success(), "the bare client cannot be built");
    target.join("release/bare")
}
