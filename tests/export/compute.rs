//! Instances and what belongs to them, identity and DNS: each argument with something other than its default at least
//! once.

use std::fs;

use driftline_sim::DEMO_ACCOUNT;

use super::{FOR_AN_EMULATOR, folders, found, place, plans_clean, summary, terraform};
use crate::harness::{Emulator, Place, file, sim};
use crate::terraform::copy;

const KINDS: &str = r#"
regions = ["us-east-1"]

[kinds]
include = [
    "ec2/instance", "ec2/key_pair", "ec2/launch_template", "ec2/network_interface", "ec2/volume",
    "ec2/security_group", "ec2/subnet", "ec2/vpc",
    "iam/account_alias", "iam/account_password_policy", "iam/group", "iam/instance_profile",
    "iam/open_id_connect_provider", "iam/role", "iam/saml_provider", "iam/user",
    "route53/*",
]
"#;

#[test]
fn instances_identity_and_dns_plan_clean() {
    let Some(mirror) = found() else { return };
    let Some(emulator) = Emulator::moto() else { return };
    let place = place(&emulator.url(), "test", &mirror);
    place.configure(KINDS);
    let work = place.home().join("seed");
    copy(&file("export/compute"), &work);
    terraform(&place, &work, &["init", "-input=false", "-no-color"]).ok();
    terraform(&place, &work, &["apply", "-parallelism=30", "-auto-approve", "-input=false", "-no-color"]).ok();
    place.import();
    assert_eq!(plans_clean(&place), 52);

    let text = read(&place, "us-east-1/ec2.tf");
    insta::assert_snapshot!(resource(&text, "\"aws_instance\" \"web_1_"), @r#"
    resource "aws_instance" "web_1_*" {
      ami                                  = "ami-12c6146b"
      instance_type                        = "t3.small"
      subnet_id                            = aws_subnet.subnet_*.id
      private_ip                           = "10.60.1.20"
      source_dest_check                    = false
      key_name                             = aws_key_pair.operators_2026_all_*.key_name
      iam_instance_profile                 = "worker"
      user_data                            = var.instance_web_1_*_user_data
      user_data_replace_on_change          = false
      monitoring                           = false
      disable_api_stop                     = true
      disable_api_termination              = false
      instance_initiated_shutdown_behavior = "terminate"
      ebs_optimized                        = true

      tags = {
        Name = "web \"1\""
      }

      root_block_device {
        delete_on_termination = false
        volume_type           = "gp3"
        volume_size           = 30
        encrypted             = true
        kms_key_id            = "arn:aws:kms:us-east-1:123456789012:key/*"

        tags = {
          Name = "web root"
        }
      }

      credit_specification {
        cpu_credits = "standard"
      }

      metadata_options {
        http_tokens                 = "required"
        http_put_response_hop_limit = 3
        instance_metadata_tags      = "enabled"
      }

      lifecycle {
        ignore_changes = [user_data, user_data_replace_on_change]
      }
    "#);
    // The provider does not read it, and would make the key pair anew.
    assert!(resource(&text, "\"aws_key_pair\" \"operators_").contains("ignore_changes = [public_key]"), "{text}");
    // The template of an instance is one of its arguments: without it, Terraform would make the instance anew.
    assert!(text.contains("    id      = aws_launch_template.plain_"), "{text}");
    let report = fs::read_to_string(place.repo().join("../export/README.md")).expect("the report");
    for why in [
        "it is the root volume of an instance, which holds what is set on it (3)",
        "it is the first interface of an instance, which holds what is set on it (3)",
        "no secret of it can be brought back (2)",
        "snapshots do not hold the key itself (1)",
    ] {
        assert!(report.contains(why), "`{why}` in\n{report}");
    }
    for file in ["us-east-1/ec2.tf", "us-east-1/variables.tf", "global/iam.tf"] {
        assert!(!read(&place, file).contains("correct-horse"), "a secret in {file}");
    }
}

/// What no emulator knows: the demo's endpoint answers all that Terraform reads of these.
#[test]
fn signed_zones_and_credentials_of_services_plan_clean() {
    let Some(mirror) = found() else { return };
    let sim = sim();
    let place = place(&sim.url(), DEMO_ACCOUNT, &mirror);
    place.import();
    // Without users and delegation sets, of which the provider asks more than the demo's endpoint knows.
    let kinds = ["--target", "iam/service_specific_credential", "--target", "route53/hosted_zone"];
    place.driftline(&[&["export", "terraform", "--out", "../export"], &kinds[..]].concat()).ok();
    let folder = folders(&place.repo().join("../export")).pop().expect("a configuration");
    fs::write(folder.join("emulator_override.tf"), FOR_AN_EMULATOR).expect("the override is written");
    terraform(&place, &folder, &["init", "-input=false", "-no-color"]).ok();
    let text = read(&place, "global/iam.tf") + &read(&place, "global/route53.tf");
    let mut arguments = vec!["plan".to_owned(), "-input=false".to_owned(), "-no-color".to_owned()];
    for resource in [
        "aws_iam_service_specific_credential",
        "aws_route53_hosted_zone_dnssec",
        "aws_route53_key_signing_key",
        "aws_route53_vpc_association_authorization",
    ] {
        let mut named = text.lines().filter_map(|line| line.strip_prefix(&format!("resource \"{resource}\" \"")));
        let name = named.next().and_then(|rest| rest.split('"').next());
        arguments.push(format!("-target={resource}.{}", name.unwrap_or_else(|| panic!("no {resource} in\n{text}"))));
    }
    let plan = terraform(&place, &folder, &arguments.iter().map(String::as_str).collect::<Vec<_>>()).ok();
    let (imports, rest) = summary(&plan.stdout);
    assert_eq!(rest, "0 to add, 0 to change, 0 to destroy.", "{}", plan.stdout);
    // With the zones that they belong to.
    assert_eq!(imports, 6, "{}", plan.stdout);
}

#[track_caller]
fn read(place: &Place, file: &str) -> String {
    let path = place.repo().join(format!("../export/123456789012/{file}"));
    fs::read_to_string(path).expect("the export has the file")
}

/// The block of the resource whose first line has this, with its ids put out.
#[track_caller]
fn resource(text: &str, of: &str) -> String {
    let start = text.find(&format!("resource {of}")).expect("the resource is exported");
    let block = text[start..].split("\n}\n").next().expect("a block");
    let mut plain = String::new();
    let mut rest = block;
    // Six digits at the end of a name, seventeen at the end of an id, and the numbers of KMS keys.
    while let Some(at) = rest.find(|character: char| character.is_ascii_hexdigit()) {
        let length = rest[at..].chars().take_while(|it| it.is_ascii_hexdigit() || *it == '-').count();
        let word = &rest[at..at + length];
        let is_id = [6, 17, 36].contains(&length);
        plain.push_str(&rest[..at]);
        plain.push_str(if is_id { "*" } else { word });
        rest = &rest[at + length..];
    }
    plain + rest
}
