//! `driftline export terraform`, judged by Terraform itself: what it says of the files, and of the account.

#[cfg(unix)]
mod cli;
mod compute;
mod rds;
mod rules;
mod s3;
mod web;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use driftline_sim::DEMO_ACCOUNT;
use serde_json::{Value, json};

use crate::harness::{Emulator, Output, Place, REGION, at, file, sim};
use crate::terraform::{copy, mirror};

/// What only an emulator needs of the provider's configuration: the product knows none.
const FOR_AN_EMULATOR: &str = "provider \"aws\" {\n  s3_use_path_style = true\n  skip_metadata_api_check = true\n}\n";

/// A place in which Terraform finds its provider.
pub(crate) fn place(url: &str, access_key: &str, mirror: &Path) -> Place {
    let mut place = Place::reading(url, access_key);
    let config = place.home().join("terraformrc");
    let text =
        format!("provider_installation {{\n  filesystem_mirror {{\n    path = \"{}\"\n  }}\n}}\n", mirror.display());
    fs::write(&config, text).expect("Terraform's configuration is written");
    place.env("TF_CLI_CONFIG_FILE", config.to_str().expect("UTF-8"));
    place.env("TF_IN_AUTOMATION", "1");
    place
}

#[track_caller]
fn terraform(place: &Place, folder: &Path, arguments: &[&str]) -> Output {
    let mut command = place.command("terraform");
    Output::of(command.arg(format!("-chdir={}", folder.display())).args(arguments))
}

/// A resource of which an emulator answers something wrong: Terraform is told to ignore what differs.
struct Deviation {
    resource: &'static str,
    name: &'static str,
}

impl Deviation {
    fn is_in(&self, folder: &Path) -> bool {
        let header = format!("resource \"{}\" \"{}\" {{", self.resource, self.name);
        let files = fs::read_dir(folder).expect("the folder is there");
        files.map(|entry| entry.expect("an entry").path()).any(|path| {
            path.extension().is_some_and(|it| it == "tf")
                && fs::read_to_string(&path).expect("UTF-8").lines().any(|line| line == header)
        })
    }

    fn to_hcl(&self) -> String {
        let Self { resource, name } = self;
        format!("resource \"{resource}\" \"{name}\" {{\n  lifecycle {{\n    ignore_changes = all\n  }}\n}}\n")
    }
}

/// Exports; every folder must plan nothing but imports, and nothing at all when these are done. How many there are.
#[track_caller]
fn plans_clean(place: &Place) -> usize {
    plans_clean_but(place, &[])
}

/// The same, but for what an emulator does wrong.
#[track_caller]
fn plans_clean_but(place: &Place, deviations: &[Deviation]) -> usize {
    place.driftline(&["export", "terraform", "--out", "../export"]).ok();
    let out = place.repo().join("../export");
    terraform(place, &out, &["fmt", "-check", "-diff", "-recursive", "-no-color"]).ok();
    let mut imports = 0;
    for folder in folders(&out) {
        let deviations = deviations.iter().filter(|it| it.is_in(&folder)).map(Deviation::to_hcl);
        let overrides: String = [FOR_AN_EMULATOR.to_owned()].into_iter().chain(deviations).collect();
        fs::write(folder.join("emulator_override.tf"), overrides).expect("the override is written");
        terraform(place, &folder, &["init", "-input=false", "-no-color"]).ok();
        terraform(place, &folder, &["validate", "-no-color"]).ok();
        let plan = terraform(place, &folder, &["plan", "-input=false", "-no-color", "-out=plan"]).ok();
        let (count, rest) = summary(&plan.stdout);
        assert_eq!(rest, "0 to add, 0 to change, 0 to destroy.", "{}:\n{}", folder.display(), plan.stdout);
        imports += count;
        terraform(place, &folder, &["apply", "-input=false", "-no-color", "plan"]).ok();
        let again = terraform(place, &folder, &["plan", "-input=false", "-no-color", "-detailed-exitcode"]);
        assert_eq!(again.code, Some(0), "{}: a second plan changes something:\n{}", folder.display(), again.stdout);
    }
    imports
}

/// How many a plan imports, and what it says after that.
fn summary(plan: &str) -> (usize, &str) {
    let line = plan.lines().find_map(|line| line.strip_prefix("Plan: ")).unwrap_or("no plan");
    match line.split_once(" to import, ") {
        Some((count, rest)) => (count.parse().expect("a number"), rest),
        None => (0, line),
    }
}

/// The text of every file below a folder.
fn everything(folder: &Path) -> String {
    let entries = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("an entry").path());
    let text = |path: PathBuf| if path.is_dir() { everything(&path) } else { fs::read_to_string(path).expect("UTF-8") };
    entries.map(text).collect()
}

/// The folders that are configurations.
fn folders(out: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(out).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(folders(&path));
        } else if path.ends_with("versions.tf") {
            found.push(out.to_owned());
        }
    }
    found.sort();
    found
}

#[test]
fn an_account_made_by_terraform_plans_clean() {
    let Some(mirror) = found() else { return };
    let Some(emulator) = Emulator::moto() else { return };
    let place = place(&emulator.url(), "test", &mirror);
    place.configure("regions = [\"us-east-1\"]\n");
    let work = place.home().join("terraform");
    copy(&file("terraform"), &work);
    terraform(&place, &work, &["init", "-input=false", "-no-color"]).ok();
    terraform(&place, &work, &["apply", "-parallelism=30", "-auto-approve", "-input=false", "-no-color"]).ok();
    place.import();
    // Of clusters as tests/export/rds.rs says; of parameters Terraform plans the same for a group that it has just made
    // itself, since moto does not tell them where it is asked for all.
    let group = Deviation { resource: "aws_db_parameter_group", name: "orders_postgres16" };
    let imports = plans_clean_but(&place, &[Deviation { resource: "aws_rds_cluster", name: "catalog" }, group]);
    assert!(imports >= 50, "only {imports} are imported");
}

#[test]
fn the_folder_is_told_as_it_was_typed() {
    let sim = sim();
    let place = Place::new(&sim);
    place.configure(&format!("{REGION}[kinds]\ninclude = [\"ec2/vpc\", \"ec2/network_interface\"]\n"));
    place.import();
    for out in ["terraform", "../beside", "deep/er"] {
        let exported = place.driftline(&["export", "terraform", "--out", out]).ok();
        assert!(place.repo().join(out).join("README.md").is_file());
        let exported = exported.says(&format!(" resources to {out} ("));
        exported.says(&format!(" {out}/README.md says what"));
        let again = place.driftline(&["export", "terraform", "--out", out]).fails();
        again.says(&format!("failed to write {out}: it is not empty"));
    }
}

#[test]
fn every_layout_is_valid_and_says_what_it_left_out() {
    let Some(mirror) = found() else { return };
    let sim = sim();
    let place = place(&sim.url(), DEMO_ACCOUNT, &mirror);
    place.import();
    for layout in ["region", "account", "service", "flat"] {
        let out = place.repo().join(format!("../{layout}"));
        let out_text = out.to_str().expect("UTF-8");
        place.driftline(&["export", "terraform", "--layout", layout, "--out", out_text]).ok();
        terraform(&place, &out, &["fmt", "-check", "-diff", "-recursive", "-no-color"]).ok();
        let report = fs::read_to_string(out.join("README.md")).expect("the report");
        let elsewhere = "\n## Written in another resource\n\nit is the ";
        for text in ["has no cluster in us-east-1", "rds/global_cluster/drill\n", "cannot be imported", elsewhere] {
            assert!(report.contains(text), "`{text}` in\n{report}");
        }
        let exported = everything(&out);
        assert!(exported.contains("resource \"aws_db_instance\"") && !exported.contains("sealed:"), "no secret");
        // One of each sort is enough: with one provider, and with several.
        if ["region", "flat"].contains(&layout) {
            let folders = folders(&out);
            let folder = folders.last().expect("a configuration");
            terraform(&place, folder, &["init", "-input=false", "-no-color"]).ok();
            terraform(&place, folder, &["validate", "-no-color"]).ok();
        }
    }
    let again = place.driftline(&["export", "terraform", "--out", "../flat"]).fails();
    assert!(again.stderr.contains("it is not empty"), "{}", again.stderr);
}

#[test]
fn hostile_names_are_told_apart_and_rename_nobody() {
    let Some(mirror) = found() else { return };
    let sim = sim();
    let place = place(&sim.url(), DEMO_ACCOUNT, &mirror);
    place.configure(&format!("{REGION}[kinds]\ninclude = [\"ec2/vpc\", \"ec2/security_group\"]\n"));
    place.import();
    let before = exported(&place, "before");

    let long = "x".repeat(200);
    let hostile = [
        "\"quoted\"",
        "${path.module}",
        "$${a}",
        "%{ if true }",
        "%%{a}",
        "two\nlines",
        "日本語 🦀",
        "007",
        "shop-app",
        "Shop-App",
        "shop_app",
        "back\\slash",
        "$",
        "",
        &long,
    ];
    sim.edit(|world| {
        let group = world.get(at::GROUPS).expect("groups")[0].clone();
        for (number, name) in hostile.iter().enumerate() {
            let mut group = group.clone();
            group["GroupId"] = json!(format!("sg-0123456789abc{number:04}"));
            group["GroupName"] = json!(name);
            group["Tags"] = json!([{ "Key": name, "Value": name }]);
            world.append(at::GROUPS, group).expect("the list is there");
        }
    });
    place.import();
    let after = exported(&place, "after");
    for block in before.split("\n\nimport {") {
        assert!(after.contains(block.trim_end()), "another's name changed this:\n{block}");
    }
    let out = place.repo().join("../after/123456789012/eu-west-1");
    terraform(&place, &out, &["fmt", "-check", "-diff", "-no-color"]).ok();
    terraform(&place, &out, &["init", "-input=false", "-no-color"]).ok();
    terraform(&place, &out, &["validate", "-no-color"]).ok();

    let written: Vec<&str> = after.lines().filter_map(|line| line.trim().strip_prefix("name        = ")).collect();
    let read = evaluated(&place, &format!("[{}]", written.join(", ")));
    for name in hostile.iter().filter(|name| !name.is_empty()) {
        assert!(read.as_array().expect("a list").contains(&json!(name)), "{name:?} is not among {read:#}");
    }
}

#[test]
fn groups_that_let_each_other_in_keep_their_ids() {
    let sim = sim();
    let place = Place::new(&sim);
    sim.edit(|world| {
        let group = world.get(at::GROUPS).expect("groups")[0].clone();
        let one = |id: &str, other: &str| {
            let mut group = group.clone();
            group["GroupId"] = json!(id);
            group["GroupName"] = json!(id);
            let pairs = json!([{ "GroupId": other, "UserId": DEMO_ACCOUNT }]);
            group["IpPermissions"] =
                json!([{ "IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "UserIdGroupPairs": pairs }]);
            group
        };
        for (id, other) in
            [("sg-0aaaaaaaa1", "sg-0aaaaaaaa2"), ("sg-0aaaaaaaa2", "sg-0aaaaaaaa1"), ("sg-0aaaaaaaa3", "sg-0aaaaaaaa1")]
        {
            world.append(at::GROUPS, one(id, other)).expect("the list is there");
        }
    });
    place.import();
    let text = exported(&place, "circle");
    let named: Vec<&str> =
        text.lines().filter(|line| line.contains("security_groups = [") && line.contains("aaaa")).collect();
    insta::assert_snapshot!(named.join("\n"), @r#"
        security_groups = ["sg-0aaaaaaaa2"]
        security_groups = ["sg-0aaaaaaaa1"]
        security_groups = [aws_security_group.sg_0aaaaaaaa1_aaaaa1.id]
    "#);
}

#[test]
fn what_no_argument_names_is_waited_for() {
    let sim = sim();
    let place = Place::new(&sim);
    place.configure(&format!("{REGION}[kinds]\ninclude = [\"ec2\"]\n"));
    place.import();
    let text = exported(&place, "order");
    let nat = text.split("\n\n").find(|block| block.starts_with("resource \"aws_nat_gateway\" \"shop_a_153294\""));
    assert!(nat.is_some(), "{text}");
    let gateway = text.lines().filter(|line| line.contains("depends_on")).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(gateway, @r"
      depends_on = [aws_internet_gateway.shop_507371]
      depends_on = [aws_internet_gateway.shop_507371]
    ");
}

/// The exported security groups and VPCs of the demo's region.
#[track_caller]
fn exported(place: &Place, name: &str) -> String {
    place.driftline(&["export", "terraform", "--out", &format!("../{name}")]).ok();
    let path = place.repo().join(format!("../{name}/123456789012/eu-west-1/ec2.tf"));
    fs::read_to_string(path).expect("the export has the service's file")
}

/// What Terraform makes of an expression.
fn evaluated(place: &Place, expression: &str) -> Value {
    let mut command = place.command("terraform");
    let mut child = command.arg("console").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut input = child.stdin.take().expect("stdin is piped");
    writeln!(input, "jsonencode({expression})").expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let quoted: String = serde_json::from_slice(&output.stdout).expect("a string that Terraform quotes as JSON does");
    serde_json::from_str(&quoted).expect("JSON")
}

/// A folder with Terraform's AWS provider; a line that says so where there is none.
pub(crate) fn found() -> Option<PathBuf> {
    let found = mirror();
    if found.is_none() {
        eprintln!("skipped: terraform or its plugins not found (TF_PLUGIN_MIRROR_DIR says where they are mirrored)");
    }
    found
}
