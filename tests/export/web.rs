//! Load balancers, and what belongs to networks.

use std::fs;
use std::path::Path;

use driftline_sim::DEMO_ACCOUNT;
use serde_json::{Value, json};

use super::{FOR_AN_EMULATOR, folders, found, place, summary, terraform};
use crate::harness::{Emulator, Output, Place, file, python, sim};

const KINDS: &str = "include = [\"elb/*\", \"elbv2/*\", \"ec2/dhcp_options\", \"ec2/egress_only_internet_gateway\", \
                     \"ec2/flow_log\", \"ec2/managed_prefix_list\", \"ec2/network_acl\", \
                     \"ec2/vpc_peering_connection\"";

/// An account in which every argument has a value that is not usual, on an emulator.
#[test]
fn load_balancers_and_networks_are_adopted_as_they_are() {
    let Some(mirror) = found() else { return };
    let (Some(python), Some(emulator)) = (python(), Emulator::moto()) else { return };
    let place = place(&emulator.url(), "test", &mirror);
    let more = "\"ec2/route_table\", \"ec2/security_group\", \"ec2/subnet\", \"ec2/vpc\", \"ec2/vpc_endpoint\"";
    place.configure(&format!("regions = [\"us-east-1\"]\n[kinds]\n{KINDS}, {more}]\n"));
    Output::of(place.command(python).arg(file("export/web.py"))).ok();
    place.import();

    let folder = exported(&place);
    let plan = planned(&place, &folder);
    let (imports, rest) = summary(&plan.stdout);
    assert_eq!(rest, "0 to add, 0 to change, 0 to destroy.", "{}", plan.stdout);
    assert!(imports >= 55, "only {imports} are imported");
    let references = [
        "load_balancer_arn        = aws_lb.tcp.arn",
        "arn = aws_lb_target_group.web.arn",
        "listener_arn = aws_lb_listener.web_443_",
        "subnets         = [aws_subnet.subnet_",
    ];
    let text = fs::read_to_string(folder.join("elbv2.tf")).expect("the service's file");
    for reference in references {
        assert!(text.contains(reference), "`{reference}` in\n{text}");
    }
    assert!(!text.contains("hush"), "a secret is exported");
    let report = fs::read_to_string(folder.join("../../README.md")).expect("the report");
    for lost in ["Terraform cannot import policies", "Terraform cannot import who is registered"] {
        assert!(report.contains(lost), "`{lost}` in\n{report}");
    }

    terraform(&place, &folder, &["apply", "-input=false", "-no-color", "plan"]).ok();
    planned(&place, &folder);
    let again = terraform(&place, &folder, &["show", "-json", "plan"]).ok().json();
    for change in changes(&again) {
        let [before, after] = ["before", "after"].map(|side| without_groups(change["change"][side].clone()));
        let is_known = ["aws_lb_listener", "aws_lb_listener_rule"].contains(&change["type"].as_str().expect("a type"));
        assert!(is_known && before == after, "a second plan changes something:\n{change:#}");
    }
}

/// The provider's fault, in 5.100: when it reads an imported action that forwards, it keeps `target_group_arn` beside
/// `forward` only of a listener's first one (`flattenLbForwardAction` asks for `default_action.0.target_group_arn`
/// whichever action of which resource it reads). So a plan after the import, and no later one, sets it to what it is.
/// What `terraform plan -generate-config-out` writes gives the same, once it is made valid.
fn without_groups(mut resource: Value) -> Value {
    for name in ["action", "default_action"] {
        for action in resource.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten() {
            action["target_group_arn"] = Value::Null;
        }
    }
    resource
}

/// The demo account's answers are those of AWS, which no emulator gives in full: every attribute, trust stores,
/// certificates for other host names.
#[test]
fn load_balancers_as_aws_answers_them_plan_clean() {
    let Some(mirror) = found() else { return };
    let sim = sim();
    let place = place(&sim.url(), DEMO_ACCOUNT, &mirror);
    place.configure(&format!("regions = [\"eu-west-1\"]\n[kinds]\n{KINDS}]\n"));
    place.import();
    let folder = exported(&place);
    let plan = planned(&place, &folder);
    let (imports, rest) = summary(&plan.stdout);
    assert_eq!(rest, "0 to add, 0 to change, 0 to destroy.", "{}", plan.stdout);
    assert!(imports >= 40, "only {imports} are imported");
}

#[test]
fn attributes_that_no_mapping_knows_are_told() {
    let sim = sim();
    let place = Place::new(&sim);
    place.configure("regions = [\"eu-west-1\"]\n[kinds]\ninclude = [\"elbv2/load_balancer\"]\n");
    sim.edit(|world| {
        let at = |name| format!("{DEMO_ACCOUNT}/eu-west-1/elbv2/LoadBalancers/LoadBalancerName={name}/Attributes");
        for (name, key) in [
            ("shop-web", "routing.http.brand_new.enabled"),
            ("shop-web", "ipv6.deny_all_igw_traffic"),
            ("shop-admin", "ipv6.deny_all_igw_traffic"),
        ] {
            world.append(&at(name), json!({ "Key": key, "Value": "true" })).expect("the list is there");
        }
        let logs = format!("{}/Key=health_check_logs.s3.bucket/Value", at("shop-web"));
        world.set(&logs, "logs").expect("the attribute is there");
    });
    place.import();
    place.driftline(&["export", "terraform", "--out", "../export"]).ok();
    let report = fs::read_to_string(place.repo().join("../export/README.md")).expect("the report");
    let lost = report.split_once("## Left out of what is here").expect("something is lost").1;
    insta::assert_snapshot!(lost.trim(), @"
    the provider does not know it (2):

        aws/123456789012/eu-west-1/elbv2/load_balancer/shop-web /Attributes/Key=health_check_logs.s3.bucket/Value
        aws/123456789012/eu-west-1/elbv2/load_balancer/shop-web /Attributes/Key=ipv6.deny_all_igw_traffic/Value

    this version does not know it (1):

        aws/123456789012/eu-west-1/elbv2/load_balancer/shop-web /Attributes/Key=routing.http.brand_new.enabled
    ");
}

/// The folder of an export that is one configuration, made valid for an emulator.
#[track_caller]
fn exported(place: &Place) -> std::path::PathBuf {
    place.driftline(&["export", "terraform", "--out", "../export"]).ok();
    let out = place.repo().join("../export");
    terraform(place, &out, &["fmt", "-check", "-diff", "-recursive", "-no-color"]).ok();
    let [folder] = folders(&out).try_into().expect("one configuration");
    fs::write(folder.join("emulator_override.tf"), FOR_AN_EMULATOR).expect("the override is written");
    terraform(place, &folder, &["init", "-input=false", "-no-color"]).ok();
    terraform(place, &folder, &["validate", "-no-color"]).ok();
    folder
}

#[track_caller]
fn planned(place: &Place, folder: &Path) -> Output {
    terraform(place, folder, &["plan", "-input=false", "-no-color", "-parallelism=30", "-out=plan"]).ok()
}

/// What a plan would do.
fn changes(plan: &Value) -> impl Iterator<Item = &Value> {
    let all = plan["resource_changes"].as_array().into_iter().flatten();
    all.filter(|change| change["change"]["actions"] != json!(["no-op"]))
}
