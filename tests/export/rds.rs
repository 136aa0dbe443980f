//! Databases: on ministack, which answers most as AWS does, on moto for what that lacks, and on the demo account, whose
//! answers have everything that AWS says.

use driftline_sim::DEMO_ACCOUNT;

use super::{Deviation, found, place, plans_clean, plans_clean_but};
use crate::harness::{Emulator, Output, Place, file, python, sim};

/// Fills an emulator.
fn seed(place: &Place) {
    let python = python().expect("the emulator runs in the same environment");
    let mut command = place.command(python);
    command.arg(file("export/rds.py")).env("PYTHONPATH", file("seed")).env("PYTHONDONTWRITEBYTECODE", "1");
    Output::of(&mut command).ok();
}

fn configure(place: &Place, region: &str, kinds: &[&str]) {
    place.configure(&format!("regions = [\"{region}\"]\n[kinds]\ninclude = {kinds:?}\n"));
}

#[test]
fn databases_plan_clean() {
    let Some(mirror) = found() else { return };
    let Some(emulator) = Emulator::ministack() else { return };
    let place = place(&emulator.url(), "test", &mirror);
    // It has no attributes of snapshots, without which the provider reads none.
    configure(&place, "us-east-1", &["rds/db_[!s]*", "rds/db_subnet_group", "rds/global_cluster", "rds/option_group"]);
    seed(&place);
    place.import();
    let imports = plans_clean(&place);
    assert!(imports >= 24, "only {imports} are imported");
}

#[test]
fn what_goes_with_databases_plans_clean() {
    let Some(mirror) = found() else { return };
    let Some(emulator) = Emulator::moto() else { return };
    let place = place(&emulator.url(), "test", &mirror);
    let kinds = ["db_cluster", "db_cluster_snapshot", "db_instance", "db_snapshot", "event_subscription"];
    configure(&place, "us-east-1", &kinds.map(|kind| format!("rds/{kind}")).each_ref().map(String::as_str));
    seed(&place);
    place.import();
    // moto tells an empty `ScalingConfigurationInfo` of every cluster, and the provider wants to fill it: with
    // `-generate-config-out` it writes six nulls there, and with a configuration of three lines it plans the same.
    let deviation = |name| Deviation { resource: "aws_rds_cluster", name };
    let imports = plans_clean_but(&place, &["catalog", "plain", "zones"].map(deviation));
    assert!(imports >= 16, "only {imports} are imported");
}

#[test]
fn the_demo_s_databases_plan_clean() {
    let Some(mirror) = found() else { return };
    let sim = sim();
    let place = place(&sim.url(), DEMO_ACCOUNT, &mirror);
    configure(&place, "eu-west-1", &["rds/*"]);
    place.import();
    let imports = plans_clean(&place);
    assert!(imports >= 33, "only {imports} are imported");
}
