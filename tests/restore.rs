//! `driftline restore`, with the real Terraform: what somebody clicked is proposed to be put back, is put back, and
//! `driftline plan` has nothing left to show but what was told.

mod refused;

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::changes::shown;
use crate::export::{found, place};
use crate::harness::{Driver, Emulator, Output, People, Place, python};

/// Console changes that are made and put back.
struct Circle {
    /// Whose (`tests/changes/<service>.py`).
    services: &'static [&'static str],
    /// Changes that nobody can take back with Terraform on this emulator, and why.
    out_of_reach: &'static [(&'static str, &'static str)],
    /// What differs after a restore although it was to be put back, by kind and attribute: each the emulator's own
    /// fault, or AWS's way.
    faults: &'static [(&'static str, &'static str)],
    /// How many changes are made, and how many resources are back, at least: no list is lost unnoticed.
    fewest: (usize, usize),
}

#[test]
fn what_was_clicked_in_networks_identity_and_dns_is_put_back() {
    Circle {
        services: &["iam", "ec2", "route53"],
        out_of_reach: &[
            ("a NAT gateway is deleted", "moto keeps its address associated: nobody can make another one with it"),
            ("an instance is stopped", "Terraform starts none that it did not stop"),
            ("an instance is stopped and resized", "the same"),
            ("an instance is stopped and gets other user data", "the same"),
            (
                "a record is deleted",
                "moto refuses to create it again (`already exists`) while any record comes after it",
            ),
        ],
        faults: &[
            // moto's `UpdateRole` forgets a description that a call does not give. Terraform's call to change the maximal
            // length of sessions does not; AWS keeps it (IAM API Reference, "UpdateRole").
            ("iam/role", "Description"),
            // moto ignores the behaviour as `ModifyInstanceAttribute` spells it.
            ("ec2/instance", "InstanceInitiatedShutdownBehavior"),
            // AWS counts the versions of a template up: what puts one back is a new one.
            ("ec2/launch_template", "LatestVersionNumber"),
            // moto lists a wildcard record under `*`, where Route 53 says `\052`: Terraform finds none to import.
            ("route53/record_set", "ResourceRecords"),
        ],
        fewest: (30, 25),
    }
    .close();
}

impl Circle {
    #[track_caller]
    fn close(&self) {
        let (Some(mirror), Some(python)) = (found(), python()) else { return };
        let Some(emulator) = Emulator::moto() else { return };
        let mut place = place(&emulator.url(), "test", &mirror);
        quick(&mut place);
        place.configure("regions = [\"us-east-1\"]\n");
        let mut driver = Driver::start(&python, &emulator, self.services);
        driver.seed();
        place.import();
        let out_of_reach: Vec<&str> = self.out_of_reach.iter().map(|(name, _)| *name).collect();
        let made = driver.change_all(&out_of_reach).len();
        assert!(made >= self.fewest.0, "only {made} changes were made");
        let (before, _) = place.plan(2, &["--no-attribution"]);

        let restored = place.driftline(&["restore", "--apply", "--yes", "--remove-added", "--detailed-exitcode"]);
        let said = || format!("{}\n{}", restored.stdout, restored.stderr);
        let (proposal, outcome) = restored.stdout.split_once("Restore to HEAD").unwrap_or_else(|| panic!("{}", said()));
        assert!(!proposal.contains("Beyond the drift"), "more is done than was asked for:\n{proposal}");
        for drift in drifted(&before) {
            let times = proposal.lines().filter(|line| heading(line) == Some(drift.as_str())).count();
            let is_told = proposal.contains("Not put back") && mentioned(proposal, &drift);
            assert!(times == 1 || (times == 0 && is_told), "{drift} stands {times} times in\n{proposal}");
        }
        let asked: BTreeSet<String> = drifted(&before).into_iter().collect();
        for line in proposal.lines().filter_map(heading) {
            assert!(asked.contains(line), "{line} did not drift, but is put back:\n{proposal}");
        }
        let back: usize = number(outcome, " back at HEAD").unwrap_or_default();
        assert!(back >= self.fewest.1, "only {back} resources are back:\n{}", said());

        // What is left is told, and nothing else is.
        let left = place.driftline(&["plan", "--no-attribution", "--json"]).json();
        let unexpected: Vec<String> = shown(&left)
            .into_iter()
            .filter(|line| {
                let mut words = line.split(' ');
                let (Some(_), Some(name), attribute) = (words.next(), words.next(), words.next()) else { return true };
                let is_fault = |(kind, fault): &(&str, &str)| name.starts_with(kind) && attribute == Some(fault);
                !self.faults.iter().any(is_fault) && !is_told(outcome, &left, name, attribute)
            })
            .collect();
        assert!(unexpected.is_empty(), "left, and not told: {unexpected:#?}\n{}", said());
        place.check_repository();
    }
}

#[test]
fn what_is_created_anew_has_another_id_and_is_recorded() {
    let (Some(mirror), Some(python)) = (found(), python()) else { return };
    let Some(emulator) = Emulator::moto() else { return };
    let mut place = place(&emulator.url(), "test", &mirror);
    quick(&mut place);
    place.configure("regions = [\"us-east-1\"]\n[kinds]\ninclude = [\"ec2/subnet\", \"ec2/route_table\"]\n");
    let click = |script: &str| {
        let people = People { place: &place, python: python.clone() };
        people.click("test", &format!("ec2 = boto3.client('ec2')\n{script}"))
    };
    let made = click(
        "vpc = ec2.create_vpc(CidrBlock='10.9.0.0/16')['Vpc']['VpcId']\n\
         subnet = ec2.create_subnet(VpcId=vpc, CidrBlock='10.9.1.0/24')['Subnet']['SubnetId']\n\
         table = ec2.create_route_table(VpcId=vpc)['RouteTable']['RouteTableId']\n\
         print(ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)['AssociationId'], subnet)",
    );
    let (association, subnet) = made.split_once(' ').expect("two ids");
    place.import();
    click(&format!(
        "ec2.disassociate_route_table(AssociationId='{association}'); ec2.delete_subnet(SubnetId='{subnet}')"
    ));

    // Without --apply nothing is done.
    place.driftline(&["restore", "--detailed-exitcode"]).code(2).shows("1 to create anew").says("with --apply");
    place.plan(2, &["--no-attribution"]);
    let done = place.driftline(&["restore", "--apply", "--yes"]).ok();
    let line = done.stdout.lines().find(|line| line.contains(&format!("{subnet} is subnet-"))).expect("the new id");
    let new = line.split(' ').rev().nth(1).expect("the new id").to_owned();
    assert_ne!(new, subnet);
    assert!(done.stdout.contains("1 resource has another id."), "{}", done.stdout);
    assert!(!done.stdout.contains("Still differs"), "{}", done.stdout);

    // The next one goes on from there: the old id is still in the restore point, and the new one is not removed.
    let again = place.driftline(&["restore", "--remove-added", "--detailed-exitcode"]).ok();
    let again = again.shows("Created anew before (1)").shows(&format!("{subnet} is {new} now"));
    assert!(again.stdout.contains("0 to create anew, 0 to remove"), "{}", again.stdout);

    let hint = done.stderr.lines().find_map(|line| line.strip_prefix("hint: `driftline ")).expect("how to record it");
    let command = hint.split('`').next().expect("a command").replace('\'', "");
    place.driftline(&command.split(' ').collect::<Vec<_>>()).ok();
    place.plan(0, &["--no-attribution"]);
    place.driftline(&["restore", "--detailed-exitcode"]).ok().shows("Nothing to restore");
}

/// Terraform waits for the emulator, which is quick.
fn quick(place: &mut Place) {
    place.env("TF_CLI_ARGS_plan", "-parallelism=30");
    place.env("TF_CLI_ARGS_apply", "-parallelism=30");
    place.env("AWS_EC2_METADATA_DISABLED", "true");
}

/// The addresses of everything that drifted.
fn drifted(plan: &Value) -> Vec<String> {
    let drift = plan["resource_drift"].as_array().expect("drift is a list");
    drift.iter().map(|resource| resource["address"].as_str().expect("an address").to_owned()).collect()
}

/// The address in the heading of a resource.
fn heading(line: &str) -> Option<&str> {
    ["  ~ ", "  + ", "  - "].iter().find_map(|sign| line.strip_prefix(sign))?.split("  ").next()
}

/// Whether a resource stands in a list.
fn mentioned(text: &str, address: &str) -> bool {
    text.lines().any(|line| {
        let rest = line.trim_start().strip_prefix(address);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ':']))
    })
}

/// Whether the end of a restore tells of a difference: of the whole resource, or of the attribute.
fn is_told(outcome: &str, plan: &Value, name: &str, attribute: Option<&str>) -> bool {
    let address = drifted(plan).into_iter().find(|address| address.ends_with(&format!("/{name}")));
    let Some(address) = address else { return false };
    outcome.lines().any(|line| {
        let Some(rest) = line.trim_start().strip_prefix(address.as_str()) else {
            return line.contains(&format!(" is {} now", address.rsplit('/').next().unwrap_or_default()));
        };
        rest.is_empty()
            || rest.starts_with(" is ")
            || attribute.is_some_and(|name| rest.split([' ', ',', ':', '.', '[']).any(|word| word == name))
    })
}

/// The number before some words.
fn number(text: &str, words: &str) -> Option<usize> {
    let line = text.lines().find(|line| line.contains(words))?;
    line.split(' ').next()?.parse().ok()
}

/// A program that stands in for Terraform, as a script of the shell.
fn stand_in(place: &Place, script: &str) -> String {
    let path = place.home().join("terraform");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("the script is written");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is made executable");
    }
    path.to_str().expect("UTF-8").to_owned()
}

/// Restores with a stand-in.
fn with(place: &Place, script: &str, more: &[&str]) -> Output {
    let program = stand_in(place, script);
    place.driftline(&[&["restore", "--terraform", &program], more].concat())
}
