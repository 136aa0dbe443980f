//! CPU time against a client of nothing but AWS's SDK.
//!
//! `benches/bare` knows the kinds that make up nearly all calls and bytes of a generated account. For just these, driftline
//! and the bare client read the same endpoint in turn. That both made the same calls is checked, operation by operation.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use crate::endpoint::{Account, Endpoint};
use crate::place::Place;

/// What both read.
const KINDS: &[&str] = &[
    "ec2/instance",
    "ec2/network_interface",
    "ec2/security_group",
    "ec2/volume",
    "iam/policy",
    "iam/role",
    "iam/user",
    "rds/db_instance",
    "rds/db_snapshot",
    "route53/record_set",
    "s3/bucket",
];

/// Entering an account is driftline's alone.
const ENTRY: &[&str] = &["ec2:DescribeRegions", "sts:GetCallerIdentity"];

/// Medians of several runs in turn.
pub(crate) fn compare(account: &Account, driftline: &str, resources: usize, runs: usize) -> String {
    let program = build();
    let account =
        Account { rates: false, round_trip_ms: 0, jitter_ms: 0, faults: None, accounts: 1, ..account.clone() };
    let mut endpoint = Endpoint::start(&account, resources);
    let whole = Place::new(&endpoint, driftline, None);
    let run = |endpoint: &mut Endpoint, place: &Place, command: &[&str]| {
        endpoint.rest();
        let (usage, talk) = place.driftline(command);
        assert_eq!(usage.code, 0, "driftline {command:?}: {talk}");
        (usage.cpu_seconds, endpoint.calls())
    };
    let (_, all) = run(&mut endpoint, &whole, &["import"]);
    drop(whole);
    let only: Vec<&str> = KINDS.iter().flat_map(|kind| ["--kind", *kind]).collect();
    let (kinds, regions) = (KINDS.join(","), endpoint.regions().join(","));
    let bare = [program.to_str().expect("UTF-8"), &kinds, &regions];
    let mut took: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut share = 0.0;
    for _ in 0..runs {
        let place = Place::new(&endpoint, driftline, None);
        let (import, made) = run(&mut endpoint, &place, &[&["import"][..], &only].concat());
        let (plan, _) = run(&mut endpoint, &place, &[&["plan", "--detailed-exitcode"][..], &only].concat());
        endpoint.rest();
        let (usage, talk) = place.run(&bare);
        assert_eq!(usage.code, 0, "the bare client: {talk}");
        let own = endpoint.calls();
        same_calls(&made.by_operation, &own.by_operation);
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let covered = made.made as f64 / all.made as f64;
        share = covered;
        for (name, seconds) in [("import", import), ("plan at rest", plan), ("bare", usage.cpu_seconds)] {
            took.entry(name).or_default().push(seconds);
        }
    }
    let median = |name: &str| {
        let mut seconds = took.get(name).cloned().unwrap_or_default();
        seconds.sort_by(f64::total_cmp);
        seconds[seconds.len() / 2]
    };
    let bare = median("bare");
    let mut text = format!(
        "{resources} resources, {:.0} % of the calls, medians of {runs}: a bare SDK client takes {bare:.2} s of CPU",
        share * 100.0
    );
    for name in ["import", "plan at rest"] {
        let seconds = median(name);
        write!(text, ", {name} {seconds:.2} s ({:.2} ×)", seconds / bare).expect("writing to a String does not fail");
    }
    text
}

/// Both sides must have done the same, or the comparison means nothing.
fn same_calls(driftline: &BTreeMap<String, u64>, bare: &BTreeMap<String, u64>) {
    for operation in driftline.keys().chain(bare.keys()).filter(|operation| !ENTRY.contains(&operation.as_str())) {
        let (ours, theirs) = (driftline.get(operation), bare.get(operation));
        assert_eq!(ours, theirs, "calls of {operation}: driftline made {ours:?}, the bare client {theirs:?}");
    }
}

/// Builds the bare client, with the compiler's settings of driftline's own release.
fn build() -> PathBuf {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/bare/Cargo.toml");
    let own = std::env::var("CARGO_TARGET_DIR")
        .map_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/target").into(), PathBuf::from);
    let target = own.join("bare");
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.args(["build", "--release", "--locked", "--manifest-path", manifest, "--target-dir"]).arg(&target);
    assert!(command.status().expect("cargo runs").success(), "the bare client could not be built");
    target.join("release/bare")
}
