//! boto3, whose codecs are not ours, reads the demo account as it is described: in AWS's pages, and in pages of one.
#![expect(clippy::disallowed_methods, reason = "the environment says where the virtual environment lies")]
#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::path::{Path, PathBuf};
use std::process::Command;

use driftline_sim::{DEMO_ACCOUNT, Sim, demo};
use serde_json::json;

/// The Python of the development environment, with boto3 in it.
fn python() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = std::env::var_os("DRIFTLINE_VENV").map_or_else(|| root.join(".venv"), PathBuf::from);
    Some(folder.join("bin/python")).filter(|python| python.exists())
}

fn reads(sim: &Sim) {
    let Some(python) = python() else {
        eprintln!("skipped: no .venv with boto3 in the workspace, and DRIFTLINE_VENV names none");
        return;
    };
    sim.edit(|world| {
        let events = [
            ("a", 12, "CreateSecurityGroup", "sg-1"),
            ("b", 13, "DescribeSecurityGroups", "sg-1"),
            ("c", 14, "CreateTags", "sg-2"),
        ];
        for (id, hour, name, resource) in events {
            let record = json!({
                "eventID": id, "eventTime": format!("2026-11-20T{hour}:00:00Z"), "eventSource": "ec2.amazonaws.com",
                "eventName": name, "readOnly": name.starts_with("Describe"), "awsRegion": "eu-west-1",
            });
            world.record(DEMO_ACCOUNT, "eu-west-1", &record, &[resource]).expect("the demo account is there");
        }
        world.organize(DEMO_ACCOUNT);
        world.join(DEMO_ACCOUNT, "210987654321", "Staging", "Workloads/Prod");
        world
            .set(
                "123456789012/global/organizations/Accounts/Id=210987654321/Tags",
                json!([{ "Key": "Team", "Value": "web" }]),
            )
            .expect("it has joined");
    });
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(python)
        .arg(here.join("tests/boto3_reads.py"))
        .arg(sim.url())
        .arg(here.join("accounts/demo"))
        .output()
        .expect("python runs");
    let (told, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}{error}");
    let stats = sim.stats();
    for service in driftline_wire::models::SERVICES {
        for operation in service.operations {
            let name = format!("{}:{}", service.name, operation.name);
            assert!(stats.of(&name) > 0, "boto3_reads.py does not call {name}");
        }
    }
}

#[test]
fn boto3_reads_what_is_described() {
    reads(&Sim::start(demo()).expect("the endpoint starts"));
}

#[test]
fn boto3_reads_what_is_described_in_pages_of_one() {
    let sim = Sim::start(demo()).expect("the endpoint starts");
    sim.page_size(1);
    reads(&sim);
}
