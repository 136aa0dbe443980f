//! The whole circle: console changes over all kinds, deletions among them, are proposed to be put back, are put back, and
//! `driftline plan` has nothing left to show but what was told.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::quick;
use crate::export::{found, place};
use crate::harness::{Driver, Emulator, Place, file, python};

/// Console changes that are made and put back.
struct Circle {
    emulator: fn() -> Option<Emulator>,
    /// A script that stands in front of it, for what it lacks (`tests/<path>`).
    front: Option<&'static str>,
    regions: &'static [&'static str],
    /// Whose changes (`tests/changes/<service>.py`).
    services: &'static [&'static str],
    /// Changes that are not made, and why: nobody could take them back with Terraform on this emulator, or they would meet
    /// others.
    out_of_reach: &'static [(&'static str, &'static str)],
    /// What differs after a restore although it was to be put back, by kind and attribute (and how the path ends): each the
    /// emulator's or the provider's own fault, or AWS's way.
    faults: &'static [(&'static str, &'static str)],
    /// What Terraform proposes although nothing drifted, by kind and arguments: the emulator does not say what AWS does.
    beyond: &'static [(&'static str, &'static str)],
    /// Variables of secrets that are asked for, since what holds them was deleted.
    secrets: &'static [&'static str],
    /// How many changes are made, and how many resources are back, at least: no list is lost unnoticed.
    fewest: (usize, usize),
}

const NOTHING: Circle = Circle {
    emulator: Emulator::moto,
    front: None,
    regions: &["us-east-1"],
    services: &[],
    out_of_reach: &[],
    faults: &[],
    beyond: &[],
    secrets: &[],
    fewest: (1, 1),
};

#[test]
fn what_was_clicked_in_networks_identity_and_dns_is_put_back() {
    Circle {
        services: &["iam", "ec2", "route53"],
        out_of_reach: &[
            ("a NAT gateway is deleted", "moto keeps its address associated: nobody can make another one with it"),
            (
                "an instance's root volume gets another type",
                "moto never says of a change of a volume that it is complete: see what_is_written_in_another_resource…",
            ),
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
            // moto keeps what an instance's groups were set to beside what its interface's were (`ModifyInstanceAttribute`,
            // `ModifyNetworkInterfaceAttribute`), and tells the former; in AWS they are the same.
            ("ec2/instance", "SecurityGroups"),
            // AWS counts the versions of a template up: what puts one back is a new one.
            ("ec2/launch_template", "LatestVersionNumber"),
            // moto lists a wildcard record under `*`, where Route 53 says `\052`: Terraform finds none to import.
            ("route53/record_set", "ResourceRecords"),
        ],
        fewest: (30, 25),
        ..NOTHING
    }
    .close();
}

#[test]
fn what_was_clicked_at_load_balancers_and_certificates_is_put_back() {
    Circle {
        services: &["acm", "elb"],
        // What moto does not say of a group's stickiness, the provider needs to know of an import, so that it is told that
        // nothing is proposed; AWS says all of it.
        faults: &[
            // AWS fills these in; moto keeps a redirect as it was asked for, and the provider asks for all.
            ("elbv2/listener", "DefaultActions /Host"),
            ("elbv2/listener", "DefaultActions /Path"),
            ("elbv2/listener", "DefaultActions /Query"),
            // AWS has them from the beginning; moto as soon as somebody sets one, and the provider sets all.
            ("elbv2/target_group", "Attributes minimum_healthy_targets.count"),
            ("elbv2/target_group", "Attributes minimum_healthy_targets.percentage"),
            ("elbv2/load_balancer", "Attributes client_keep_alive.seconds"),
            ("elbv2/load_balancer", "Attributes connection_logs.s3.enabled"),
            ("elbv2/load_balancer", "Attributes routing.http.desync_mitigation_mode"),
            ("elbv2/load_balancer", "Attributes routing.http.xff_header_processing.mode"),
        ],
        beyond: &[(
            "elbv2/load_balancer",
            "client_keep_alive, connection_logs, desync_mitigation_mode, xff_header_processing_mode",
        )],
        fewest: (26, 8),
        ..NOTHING
    }
    .close();
}

#[test]
fn what_was_clicked_in_buckets_is_put_back() {
    Circle {
        emulator: Emulator::ministack,
        front: Some("export/s3_front.py"),
        regions: &["us-east-1", "eu-west-1"],
        services: &["s3"],
        out_of_reach: &[
            ("versioning is switched on for the first time", "the same bucket is deleted"),
            ("a bucket gets its first tag", "the same"),
        ],
        faults: &[
            // The provider says 0 where nobody said anything, and the emulator repeats it.
            ("s3/bucket", "Cors /MaxAgeSeconds"),
            ("s3/bucket", "Lifecycle /ObjectSizeGreaterThan"),
            // Nobody can take it back: a bucket that was versioned once can be suspended.
            ("s3/bucket", "Versioning"),
        ],
        fewest: (20, 4),
        ..NOTHING
    }
    .close();
}

#[test]
fn what_was_clicked_in_databases_is_put_back() {
    Circle {
        emulator: Emulator::ministack,
        services: &["rds"],
        out_of_reach: &[
            ("a database is stopped", "the same database is deleted"),
            ("a snapshot is taken by hand", "ministack has no attributes of snapshots, which the provider reads"),
        ],
        faults: &[
            // Terraform asks for it, and RDS waits for the next maintenance window.
            ("rds/db_instance", "AllocatedStorage"),
            ("rds/db_instance", "BackupRetentionPeriod"),
            ("rds/db_instance", "DBInstanceClass"),
            ("rds/db_instance", "PendingModifiedValues"),
        ],
        secrets: &["db_instance_wiki_000000000000_us_east_1_password"],
        fewest: (20, 10),
        ..NOTHING
    }
    .close();
}

impl Circle {
    #[track_caller]
    fn close(&self) {
        let (Some(mirror), Some(python)) = (found(), python()) else { return };
        let Some(behind) = (self.emulator)() else { return };
        let front = self.front.map(|script| behind.behind(&python, &file(script)));
        let emulator = front.as_ref().unwrap_or(&behind);
        let mut place = place(&emulator.url(), "test", &mirror);
        quick(&mut place);
        if self.front.is_some() {
            // The provider puts the account's number in front of the host of S3 control.
            place.env("HTTP_PROXY", &emulator.url());
        }
        place.configure(&format!("regions = {:?}\n", self.regions));
        let mut driver = Driver::start(&python, emulator, self.services);
        driver.seed();
        place.import();
        let out_of_reach: Vec<&str> = self.out_of_reach.iter().map(|(name, _)| *name).collect();
        let made = driver.change_all(&out_of_reach).len();
        assert!(made >= self.fewest.0, "only {made} changes were made");
        let (before, _) = place.plan(2, &["--no-attribution"]);

        let mut arguments = vec!["restore", "--apply", "--yes", "--remove-added", "--detailed-exitcode"];
        let secrets = self.give_secrets(&place);
        arguments.extend(secrets.as_deref().into_iter().flat_map(|path| ["--var-file", path]));
        let restored = place.driftline(&arguments);
        let said = || format!("{}\n{}", restored.stdout, restored.stderr);
        let (proposal, outcome) = restored.stdout.split_once("Restore to HEAD").unwrap_or_else(|| panic!("{}", said()));
        let lines = proposal.lines().skip_while(|line| !line.starts_with("Beyond the drift")).skip(1);
        for line in lines.take_while(|line| !line.is_empty()) {
            let is_known = |(kind, arguments): &(&str, &str)| {
                line.contains(&format!("/{kind}/")) && line.ends_with(&format!(": {arguments}"))
            };
            assert!(self.beyond.iter().any(is_known), "more is done than was asked for: {line}\n{proposal}");
        }
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
        let unexpected: Vec<String> = left["resource_drift"]
            .as_array()
            .expect("drift is a list")
            .iter()
            .flat_map(|drift| self.unexpected(outcome, drift))
            .collect();
        assert!(unexpected.is_empty(), "left, and not told: {unexpected:#?}\n{}", said());
        place.check_repository();
    }

    /// What still differs of a resource, and neither is told nor a fault of somebody else's.
    fn unexpected(&self, outcome: &str, drift: &Value) -> Vec<String> {
        let text = |value: &Value| value.as_str().expect("a string").to_owned();
        let (address, kind) = (text(&drift["address"]), text(&drift["type"]));
        if text(&drift["driftline"]["drift"]) != "changed" {
            return if is_told(outcome, &address, None) { Vec::new() } else { vec![address] };
        }
        let changes = drift["driftline"]["changes"].as_array().expect("changes are a list");
        let paths = changes.iter().map(|change| text(&change["path"]));
        let is_left = |path: &String| {
            let attribute = path.trim_start_matches("/attributes").split('/').nth(1).unwrap_or_default();
            let is_fault = |(of, fault): &(&str, &str)| {
                let (name, end) = fault.split_once(' ').unwrap_or((fault, ""));
                kind == *of && attribute == name && path.contains(end)
            };
            !self.faults.iter().any(is_fault) && !is_told(outcome, &address, Some(attribute))
        };
        paths.filter(is_left).map(|path| format!("{address} {path}")).collect()
    }

    /// What was deleted with a secret is not created anew without one: a file with all of them, after Terraform asked.
    fn give_secrets(&self, place: &Place) -> Option<String> {
        if self.secrets.is_empty() {
            return None;
        }
        let refused = place.driftline(&["restore", "--remove-added"]).fails();
        let lines: Vec<String> = self.secrets.iter().map(|name| format!("{name} = \"Battery-Staple-7\"\n")).collect();
        for name in self.secrets {
            assert!(refused.stderr.contains(&format!("{name} = …")), "{name} is not asked for:\n{}", refused.stderr);
        }
        let path = place.home().join("secrets.tfvars");
        fs::write(&path, lines.concat()).expect("the file is written");
        Some(path.to_str().expect("UTF-8").to_owned())
    }
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
fn is_told(outcome: &str, address: &str, attribute: Option<&str>) -> bool {
    outcome.lines().any(|line| {
        let Some(rest) = line.trim_start().strip_prefix(address) else {
            // The other half of the id of a nested resource has slashes, too.
            let new = line.split_once(" is ").and_then(|(_, new)| new.strip_suffix(" now"));
            return new.is_some_and(|new| address.ends_with(&format!("/{new}")));
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
