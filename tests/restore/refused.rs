//! What a restore refuses, or cannot do, and what it says then.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use super::with;
use crate::harness::{Output, Place, at, sim};
use crate::terraform::mirror;

/// A stand-in for Terraform that knows its version, whose `init` works, and whose plans do nothing but what `$PLANNED`
/// says. What it does at other calls comes behind.
const WORKS: &str = "\
[ \"$1\" = version ] && { echo '{\"terraform_version\":\"1.9.8\"}'; exit; }
[ \"$1\" = init ] && exit
[ \"$1\" = show ] && { [ \"$4\" = restore.tfplan ] && echo \"$PLANNED\" || echo '{}'; exit; }
";

/// The demo account, in which a VPC was renamed.
fn drifted(sim: &driftline_sim::Sim) -> Place {
    let mut place = Place::new(sim);
    place.import();
    sim.edit(|world| world.set(&format!("{}/0/Tags", at::VPCS), json!([{"Key": "Name", "Value": "clicked"}])))
        .expect("the VPC is there");
    let planned = json!({ "resource_changes": [
        { "address": "aws_vpc.other", "change": { "actions": ["update"], "before": { "a": 1 }, "after": { "a": 2 } } }
    ] });
    place.env("PLANNED", &planned.to_string());
    place
}

#[test]
fn nothing_is_restored_where_nothing_drifted() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    // No Terraform is looked for.
    place.driftline(&["restore", "--terraform", "/nowhere", "--detailed-exitcode"]).ok().shows("Nothing to restore");
    place.driftline(&["restore", "--at", "nonsense"]).fails().says("nonsense");
    let refused = place.driftline(&["restore", "--apply"]).fails();
    refused.says("there is no terminal to ask on").says("--yes");
    place.driftline(&["restore", "--yes"]).fails().says("--apply");
}

#[test]
fn terraform_is_found_and_recent() {
    let sim = sim();
    let mut place = drifted(&sim);
    place.driftline(&["restore", "--terraform", "/nowhere"]).fails().says("`/nowhere` does not run");
    with(&place, "echo hello", &[]).fails().says("is not understood: hello");
    with(&place, "exit 1", &[]).fails().says("is not understood: it says nothing");
    with(&place, "echo '{\"terraform_version\":\"1.4.6\"}'", &[])
        .fails()
        .says("is version 1.4.6, and import blocks need 1.5");
    place.env("PATH", "/nowhere");
    let none = place.driftline(&["restore"]).fails();
    none.says("neither `terraform` nor `tofu` is on the PATH").says("--terraform PATH");
}

#[cfg(unix)]
#[test]
fn opentofu_is_found_and_called_by_its_name() {
    let sim = sim();
    let mut place = drifted(&sim);
    let folder = place.home().join("bin");
    fs::create_dir(&folder).expect("a folder");
    let script = format!("{WORKS}[ \"$1\" = plan ] && {{ echo 'Error: Error acquiring the state lock' >&2; exit 1; }}");
    fs::rename(super::stand_in(&place, &script), folder.join("tofu")).expect("it is moved");
    place.env("PATH", folder.to_str().expect("UTF-8"));
    let failed = place.driftline(&["restore"]).fails();
    failed.says("tofu: init").says("`tofu -chdir=").says("force-unlock ID");
}

#[test]
fn a_restore_is_told_to_machines() {
    let sim = sim();
    let place = drifted(&sim);
    let script = format!("{WORKS}exit 0");
    with(&place, &script, &["--json", "--apply"]).fails().says("--yes");
    let proposed = with(&place, &script, &["--json", "--detailed-exitcode"]).code(2).json();
    assert_eq!((&proposed["format"], &proposed["applied"]), (&json!(1), &json!(false)));
    assert_eq!(proposed["against"]["rev"], "HEAD");
    assert_eq!(
        proposed["beyond"],
        json!([{
            "address": null,
            "terraform": { "address": "aws_vpc.other", "operation": "update" },
            "arguments": ["a"],
            "why": "it stands in the folder, or in the state, and is not driftline's",
        }])
    );
    assert_eq!((&proposed["summary"]["beyond"], &proposed["summary"]["changed_back"]), (&json!(1), &json!(0)));
    let left = proposed["not_put_back"].as_array().expect("a list");
    let name = left.iter().find(|stays| stays["kind"] == "ec2/vpc" && stays["path"] == "tags.Name");
    assert!(name.is_some_and(|stays| stays["why"].is_string()), "{left:#?}");
    assert!(proposed.get("outcome").is_none());
    let done = with(&place, &script, &["--json", "--apply", "--yes"]).ok().json();
    assert_eq!((&done["applied"], &done["outcome"]["differs"]), (&json!(true), &json!([])));
    // Where nothing drifted, too, there is a document.
    let nothing = place.driftline(&["restore", "--json", "--target", "s3/bucket"]).ok().json();
    assert_eq!(nothing["summary"]["changed_back"], 0);
}

#[test]
fn what_terraform_refuses_is_told_with_the_way_out() {
    let sim = sim();
    let place = drifted(&sim);
    let refuses = |step: &str, words: &str| {
        let script = format!("{WORKS}[ \"$1\" = {step} ] && {{ echo 'Error: {words}' >&2; exit 1; }}\nexit 0");
        with(&place, &script, &["--apply", "--yes"]).code(1)
    };
    refuses("plan", "Error acquiring the state lock").says("force-unlock");
    refuses("plan", "AWS account ID not allowed: 1").says("enters the accounts as driftline.toml says");
    refuses("plan", "No value for required variable").says("--var-file");
    refuses("apply", "Saved plan is stale").says("run `driftline restore` again");
    let script = format!(
        "[ \"$1\" = init ] && {{ echo 'Error: Failed to query available provider packages' >&2; exit 1; }}\n{WORKS}"
    );
    with(&place, &script, &[]).fails().says("failed to set up Terraform").says("hashicorp/aws");
}

#[test]
fn no_provider_and_no_network_is_an_error_that_says_so() {
    if mirror().is_none() {
        eprintln!("skipped: terraform not found");
        return;
    }
    let sim = sim();
    let mut place = drifted(&sim);
    let (empty, config) = (place.home().join("empty"), place.home().join("terraformrc"));
    fs::create_dir(&empty).expect("a folder");
    let text =
        format!("provider_installation {{\n  filesystem_mirror {{\n    path = \"{}\"\n  }}\n}}\n", empty.display());
    fs::write(&config, text).expect("Terraform's configuration is written");
    place.env("TF_CLI_CONFIG_FILE", config.to_str().expect("UTF-8"));
    let failed = place.driftline(&["restore"]).fails();
    failed.says("failed to set up Terraform").says("hashicorp/aws");
}

#[test]
fn a_folder_of_somebody_elses_is_left_alone() {
    let sim = sim();
    let place = drifted(&sim);
    let folder = place.repo().join("infrastructure");
    fs::create_dir(&folder).expect("a folder");
    let script = format!("{WORKS}exit 0");
    for name in ["main.tf", "terraform.tfstate"] {
        fs::write(folder.join(name), "").expect("a file");
        let refused = with(&place, &script, &["--dir", "infrastructure"]).fails();
        // As it was typed, not as it is called from the root.
        refused.says(&format!("use the folder infrastructure: it has a {name} that is not a restore's")).says("--dir");
        fs::remove_file(folder.join(name)).expect("it is there");
    }
    // What the user says of the backend is kept, and a state of something else's is not touched.
    let backend = "terraform {\n  backend \"local\" {}\n}\n";
    fs::write(folder.join("backend_override.tf"), backend).expect("a file");
    let state = json!({ "values": { "root_module": { "resources": [
        { "address": "aws_vpc.a", "mode": "managed", "values": { "id": "vpc-1" } }
    ] } } });
    let foreign = format!("[ \"$1$4\" = show ] && {{ echo '{state}'; exit; }}\n{script}");
    let refused = with(&place, &foreign, &["--dir", "infrastructure"]).fails();
    refused.says("it holds 1 resources of another configuration").says("a state of its own");
    assert_eq!(fs::read_to_string(folder.join("backend_override.tf")).expect("it is kept"), backend);
    with(&place, &script, &["--dir", "infrastructure"]).ok();
    assert_eq!(fs::read_to_string(folder.join("backend_override.tf")).expect("it is kept"), backend);
}

#[test]
fn the_accounts_are_entered_as_driftline_does() {
    let sim = sim();
    let place = drifted(&sim);
    place.write_profiles(&[("prod", driftline_sim::DEMO_ACCOUNT)]);
    let kinds = crate::harness::KINDS;
    let account = "[[accounts]]\nname = \"shop\"\nprofile = \"prod\"\nregions = [\"eu-west-1\"]\n";
    place.configure(&format!("{kinds}{account}"));
    let done = with(&place, &format!("{WORKS}exit 0"), &["--dir", "work"]).ok();
    let written = fs::read_to_string(place.repo().join("work/providers.tf")).expect("the configuration");
    insta::assert_snapshot!(written, @r#"
    provider "aws" {
      region              = "eu-west-1"
      allowed_account_ids = ["123456789012"]
      s3_use_path_style   = true
      profile             = "prod"
    }
    "#);
    assert!(done.stdout.contains("Not put back"), "{}", done.stdout);
}

#[cfg(unix)]
#[test]
fn a_signal_lets_terraform_finish() {
    let sim = sim();
    let place = drifted(&sim);
    let (begun, ended) = (place.home().join("begun"), place.home().join("ended"));
    let script = format!(
        "{WORKS}[ \"$1\" = apply ] && [ \"$4\" = restore.tfplan ] && {{\n\
         trap 'sleep 1; touch {}; exit 1' INT\ntouch {}\nwhile :; do sleep 0.1; done\n}}\nexit 0",
        ended.display(),
        begun.display()
    );
    let program = super::stand_in(&place, &script);
    let child = place.spawn(&["restore", "--terraform", &program, "--apply", "--yes"]);
    let started = Instant::now();
    while !begun.exists() {
        assert!(started.elapsed() < Duration::from_secs(60), "it never came to apply");
        std::thread::sleep(Duration::from_millis(50));
    }
    Output::of(place.command("kill").args(["-TERM", &child.id().to_string()])).ok();
    let output = Output::new("restore".to_owned(), child.wait_with_output().expect("it ends")).code(143);
    assert!(ended.exists(), "Terraform was not waited for");
    output.says("interrupted: Terraform's state says what was done");
}
