//! An account that Terraform made: everything in `tests/terraform/` on moto's server.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::harness::{Emulator, Output, Place, file, variable};

#[test]
fn an_account_made_by_terraform_is_imported_whole() {
    let Some(mirror) = mirror() else {
        eprintln!("skipped: terraform or its plugins not found (TF_PLUGIN_MIRROR_DIR says where they are mirrored)");
        return;
    };
    let Some(emulator) = Emulator::moto() else { return };
    let mut place = Place::reading(&emulator.url(), "test");
    place.configure("regions = [\"us-east-1\"]\n");
    let config = place.home().join("terraformrc");
    fs::write(
        &config,
        format!("provider_installation {{\n  filesystem_mirror {{\n    path = \"{}\"\n  }}\n}}\n", mirror.display()),
    )
    .expect("Terraform's configuration is written");
    place.env("TF_CLI_CONFIG_FILE", config.to_str().expect("UTF-8"));
    place.env("TF_IN_AUTOMATION", "1");
    let work = place.home().join("terraform");
    copy(&file("terraform"), &work);
    let folder = format!("-chdir={}", work.display());
    let terraform = |arguments: &[&str]| Output::of(place.command("terraform").arg(&folder).args(arguments)).ok();
    terraform(&["init", "-input=false", "-no-color"]);
    terraform(&["apply", "-parallelism=30", "-auto-approve", "-input=false", "-no-color", "-compact-warnings"]);

    place.import();
    let head = place.git(&["rev-parse", "HEAD"]);
    place.import().says("nothing changed");
    assert_eq!(place.git(&["rev-parse", "HEAD"]), head);
    place.check_repository();

    // Whatever Terraform knows by an id or a name is in the restore point.
    let known: BTreeSet<(String, String)> =
        place.git(&["ls-files", "snapshots"]).lines().filter_map(|path| known(&place, path)).collect();
    let state = terraform(&["show", "-json"]).json();
    let resources = state["values"]["root_module"]["resources"].as_array().expect("resources");
    let mut checked = 0;
    for resource in resources.iter().filter(|resource| resource["mode"] == "managed") {
        let Some(kind) = kind_of(resource["type"].as_str().expect("a type")) else { continue };
        let values = &resource["values"];
        let names =
            ["id", "name", "identifier", "key_name", "bucket"].map(|name| values[name].as_str().unwrap_or_default());
        let is_known = names.iter().any(|name| known.contains(&(kind.to_owned(), (*name).to_owned())));
        assert!(is_known, "{} ({names:?}) is not among\n{known:#?}", resource["address"]);
        checked += 1;
    }
    assert!(checked >= 30, "only {checked} resources were looked for");

    // So its state manages all of it, whichever form it is written in.
    let shown = work.join("shown.json");
    fs::write(&shown, state.to_string()).expect("the state is written");
    let view = |path: &Path| place.driftline(&["managed", "--json", path.to_str().expect("UTF-8")]).ok().json();
    let mut views = [view(&work.join("terraform.tfstate")), view(&shown)];
    for view in &mut views {
        for number in ["gone", "not_told", "not_looked_for", "claimed_twice"] {
            assert_eq!(view["summary"][number], 0, "{view:#}");
        }
        assert!(view["summary"]["managed"].as_u64().is_some_and(|managed| managed >= 40), "{view:#}");
        for row in view["resources"].as_array_mut().expect("rows") {
            row["managers"].as_array_mut().expect("managers").iter_mut().for_each(|it| it["state"] = "".into());
        }
    }
    assert_eq!(views[0]["resources"], views[1]["resources"]);
}

/// The kind and id of a resource's file.
fn known(place: &Place, path: &str) -> Option<(String, String)> {
    let text = fs::read(place.repo().join(path)).expect("the file is there");
    let value: Value = serde_json::from_slice(&text).expect("the file is JSON");
    Some((value["kind"].as_str()?.to_owned(), value["id"].as_str()?.to_owned()))
}

/// The kind of a Terraform resource that has the same id or name there.
fn kind_of(terraform: &str) -> Option<&'static str> {
    Some(match terraform {
        "aws_vpc" => "ec2/vpc",
        "aws_subnet" => "ec2/subnet",
        "aws_security_group" => "ec2/security_group",
        "aws_internet_gateway" => "ec2/internet_gateway",
        "aws_nat_gateway" => "ec2/nat_gateway",
        "aws_eip" => "ec2/address",
        "aws_route_table" => "ec2/route_table",
        "aws_network_acl" => "ec2/network_acl",
        "aws_vpc_endpoint" => "ec2/vpc_endpoint",
        "aws_instance" => "ec2/instance",
        "aws_ebs_volume" => "ec2/volume",
        "aws_launch_template" => "ec2/launch_template",
        "aws_key_pair" => "ec2/key_pair",
        "aws_lb" => "elbv2/load_balancer",
        "aws_lb_target_group" => "elbv2/target_group",
        "aws_db_instance" => "rds/db_instance",
        "aws_rds_cluster" => "rds/db_cluster",
        "aws_db_subnet_group" => "rds/db_subnet_group",
        "aws_db_parameter_group" => "rds/db_parameter_group",
        "aws_route53_zone" => "route53/hosted_zone",
        "aws_route53_health_check" => "route53/health_check",
        "aws_s3_bucket" => "s3/bucket",
        "aws_iam_user" => "iam/user",
        "aws_iam_group" => "iam/group",
        "aws_iam_role" => "iam/role",
        "aws_iam_instance_profile" => "iam/instance_profile",
        _ => return None,
    })
}

/// A folder in which Terraform's AWS provider lies; `None` without it, or without Terraform.
pub(crate) fn mirror() -> Option<PathBuf> {
    let found =
        std::process::Command::new("terraform").arg("version").output().is_ok_and(|output| output.status.success());
    let folders = ["/opt/tf-plugins", "/usr/share/terraform/plugins", "/usr/local/share/terraform/plugins"];
    let named = variable("TF_PLUGIN_MIRROR_DIR").into_iter();
    let mut folders = named.chain(folders.iter().map(PathBuf::from));
    folders.find(|folder| found && folder.join("registry.terraform.io/hashicorp/aws").is_dir())
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "tf") {
            fs::copy(&path, to.join(path.file_name().expect("a name"))).expect("the file is copied");
        }
    }
}
