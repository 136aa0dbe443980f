//! Everything that was created is in the restore point, with its attributes equal to what the AWS SDK for Python
//! shows, minus what a rule of its kind names. `tests/attributes/compare.py` compares.

use crate::harness::{Driver, Emulator, Output, Place, file, python};

#[test]
fn equal_those_that_boto3_shows_on_moto() {
    if let (Some(python), Some(emulator)) = (python(), Emulator::moto()) {
        check(&python, &emulator);
    }
}

#[test]
fn equal_those_that_boto3_shows_on_ministack() {
    if let (Some(python), Some(emulator)) = (python(), Emulator::ministack()) {
        check(&python, &emulator);
    }
}

fn check(python: &std::path::Path, emulator: &Emulator) {
    Driver::start(python, emulator, &[]).seed();
    let place = Place::reading(&emulator.url(), "test");
    place.configure("regions = [\"us-east-1\", \"eu-west-1\"]\n");
    place.import();
    let head = place.git(&["rev-parse", "HEAD"]);
    place.import().says("nothing changed");
    assert_eq!(place.git(&["rev-parse", "HEAD"]), head);

    let kinds = place.repo().join("kinds.json");
    std::fs::write(&kinds, place.driftline(&["kinds", "--json"]).ok().stdout).expect("the kinds are written");
    let mut compare = place.command(python);
    compare.arg(file("attributes/compare.py")).arg(place.repo().join("snapshots")).arg(&kinds);
    let compared = Output::of(&mut compare).ok();
    eprintln!("{}", compared.stderr.trim_end());
    let differences: Vec<&str> = compared.stdout.lines().collect();
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}
