//! `driftline export terraform`, judged by Terraform itself: what it says of the files, and of the account.

use std::fs;
use std::path::Path;

use driftline_sim::Sim;

use crate::harness::{Driver, Emulator, Output, Place, file, python, sim};
use crate::terraform::{copy, mirror};

/// What only an emulator needs of the provider's configuration: the product knows none.
const FOR_AN_EMULATOR: &str = "provider \"aws\" {\n  s3_use_path_style = true\n  skip_metadata_api_check = true\n}\n";

/// A place in which Terraform finds its provider.
fn place(url: &str, mirror: &Path) -> Place {
    let mut place = Place::reading(url, "test");
    place.configure("regions = [\"us-east-1\"]\n");
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

/// Exports; every folder must plan nothing but imports, and nothing at all when these are done. How many there are.
#[track_caller]
fn plans_clean(place: &Place) -> usize {
    place.driftline(&["export", "terraform", "--out", "../export"]).ok();
    let out = place.repo().join("../export");
    terraform(place, &out, &["fmt", "-check", "-diff", "-recursive", "-no-color"]).ok();
    let mut imports = 0;
    for folder in folders(&out) {
        fs::write(folder.join("emulator_override.tf"), FOR_AN_EMULATOR).expect("the override is written");
        terraform(place, &folder, &["init", "-input=false", "-no-color"]).ok();
        terraform(place, &folder, &["validate", "-no-color"]).ok();
        let plan = terraform(place, &folder, &["plan", "-input=false", "-no-color", "-out=plan"]).ok();
        let (count, rest) = summary(&plan.stdout);
        assert_eq!(rest, "0 to add, 0 to change, 0 to destroy.", "{}:\n{}", folder.display(), plan.stdout);
        imports += count;
        terraform(place, &folder, &["apply", "-input=false", "-no-color", "plan"]).ok();
        let again = terraform(place, &folder, &["plan", "-input=false", "-no-color", "-detailed-exitcode"]);
        assert_eq!(again.code, 0, "{}: a second plan changes something:\n{}", folder.display(), again.stdout);
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

/// The folders that are configurations.
fn folders(out: &Path) -> Vec<std::path::PathBuf> {
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
    let Some(mirror) = mirror() else {
        eprintln!("skipped: terraform or its plugins not found (TF_PLUGIN_MIRROR_DIR says where they are mirrored)");
        return;
    };
    let Some(emulator) = Emulator::moto() else { return };
    let place = place(&emulator.url(), &mirror);
    let work = place.home().join("terraform");
    copy(&file("terraform"), &work);
    terraform(&place, &work, &["init", "-input=false", "-no-color"]).ok();
    terraform(&place, &work, &["apply", "-parallelism=30", "-auto-approve", "-input=false", "-no-color"]).ok();
    place.import();
    let imports = plans_clean(&place);
    assert!(imports >= 50, "only {imports} are imported");
}
