//! `driftline kinds` and `driftline iam-policy`: what is read, and what that takes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::{Output, Place, installed, sim};

#[test]
fn every_kind_is_listed_and_described() {
    let place = Place::empty();
    let list = place.driftline(&["kinds"]).ok().stdout;
    let names: Vec<&str> = list.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.is_sorted());
    for kind in ["s3/bucket", "rds/db_instance", "route53/record_set", "elbv2/target_group", "ec2/security_group"] {
        assert!(names.contains(&kind), "{kind} in\n{list}");
    }
    let json = place.driftline(&["kinds", "--json"]).ok().json();
    let described: Vec<&str> =
        json.as_array().expect("a list").iter().filter_map(|kind| kind["name"].as_str()).collect();
    assert_eq!(described, names);
    for kind in json.as_array().expect("a list") {
        let name = kind["name"].as_str().expect("a name");
        assert!(kind["actions"].as_array().is_some_and(|actions| !actions.is_empty()), "{name} takes no action");
        assert!(kind["sources"].as_array().is_some_and(|sources| !sources.is_empty()), "{name} has no source");
        let text = place.driftline(&["kinds", name]).ok().stdout;
        assert!(text.starts_with(&format!("{name}\n")), "{text}");
        for rule in kind["rules"].as_array().expect("rules") {
            assert!(text.contains(rule["path"].as_str().expect("a path")), "{rule} is not told in\n{text}");
        }
        for write in kind["writes"].as_array().expect("writes") {
            let strings = |member: &str| -> Vec<&str> {
                write[member].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
            };
            // An empty path is told as `all`.
            let paths = strings("paths").join(", ");
            let told = paths.is_empty() || text.contains(&format!("changes   {paths}: "));
            assert!(told && text.contains(&strings("events").join(", ")), "{write} is not told in\n{text}");
        }
    }
}

#[test]
fn a_kind_tells_what_touches_it() {
    let place = Place::empty();
    let text = place.driftline(&["kinds", "route53/delegation_set", "iam/account_password_policy"]).ok().stdout;
    for line in [
        "  writes    creates   route53:CreateReusableDelegationSet\n",
        "            removes   route53:DeleteReusableDelegationSet\n",
        "  names     id, /Id\n",
        "  names     none\n",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    let json = place.driftline(&["kinds", "route53/delegation_set", "--json"]).ok().json();
    assert_eq!(json[0]["names"], serde_json::json!(["id", { "member": "/Id" }]));
    let creates = serde_json::json!({ "effect": "creates", "events": ["route53:CreateReusableDelegationSet"] });
    assert_eq!(json[0]["writes"][0], creates);
}

#[test]
fn a_kind_tells_what_it_becomes() {
    let place = Place::empty();
    let text = place.driftline(&["kinds", "iam/role"]).ok().stdout;
    for line in [
        "  terraform aws_iam_role, imported by {id}\n",
        "              max_session_duration ← /MaxSessionDuration, unless 3600\n",
        "            aws_iam_role_policy for each /RolePolicyList/*, imported by {id}:{./PolicyName}\n",
        "              policy ← /RolePolicyList/*/PolicyDocument as jsonencode\n",
        "            nothing where /Path begins with /aws-service-role/: it is a role of a service's own",
        "            not /PermissionsBoundary/PermissionsBoundaryType: it is always a policy\n",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    let json = place.driftline(&["kinds", "ec2/security_group", "--json"]).ok().json();
    let ingress = &json[0]["terraform"]["children"][0];
    assert_eq!(ingress["type"], "aws_vpc_security_group_ingress_rule");
    assert_eq!(ingress["each"], "/IpPermissions/*/IpRanges/*");
    let from = ingress["arguments"].as_array().expect("arguments").iter().find(|it| it["name"] == "from_port");
    assert_eq!(from.expect("it has ports")["from"], "/IpPermissions/*/FromPort");
}

#[test]
fn a_service_is_all_its_kinds() {
    let place = Place::empty();
    let rds = place.driftline(&["kinds", "rds", "--json"]).ok().json();
    let is_rds = |kind: &Value| kind["name"].as_str().is_some_and(|name| name.starts_with("rds/"));
    assert!(rds.as_array().is_some_and(|kinds| kinds.len() > 10 && kinds.iter().all(is_rds)));
    for pattern in ["rds/*", "rds*"] {
        assert_eq!(place.driftline(&["kinds", pattern, "--json"]).ok().json(), rds, "{pattern}");
    }
    place.driftline(&["kinds", "rds/{"]).fails().says("failed to use the pattern `rds/{`: ");
    place.driftline(&["kinds", "rds/db_instanc"]).fails().says("did you mean `rds/db_instance`?");
    place.driftline(&["kinds", "xyz"]).fails().says("`driftline kinds` lists them all");
}

#[test]
fn the_policy_only_reads_and_is_as_small_as_the_kinds() {
    let place = Place::empty();
    let policy = place.driftline(&["iam-policy"]).ok().json();
    assert_eq!(policy["Version"], "2012-10-17");
    let all = actions(&policy);
    for action in &all {
        let (service, name) = action.split_once(':').expect("service:Action");
        assert!(
            service.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{action}"
        );
        let reads = ["Get", "List", "Describe"].iter().any(|verb| name.starts_with(verb));
        assert!(reads && !name.contains('*'), "{action} does not only read");
    }
    let small = actions(&place.driftline(&["iam-policy", "--kind", "rds/db_instance"]).ok().json());
    assert!(small.contains("rds:DescribeDBInstances") && small.is_subset(&all) && small.len() < 8, "{small:?}");
    place.driftline(&["iam-policy", "--kind", "rds/nothing"]).fails().says("rds/nothing");

    // The configuration counts, where there is one.
    place.driftline(&["init"]).ok();
    place.configure("[kinds]\nexclude = [\"s3\"]\n");
    let without = actions(&place.driftline(&["iam-policy"]).ok().json());
    assert!(all.contains("s3:GetBucketPolicy") && !without.contains("s3:GetBucketPolicy"));
}

#[test]
fn what_finds_accounts_is_as_small_as_what_they_are_chosen_by() {
    let place = Place::empty();
    let policy = |toml: &str| {
        place.driftline(&["init"]).ok();
        place.configure(toml);
        place.driftline(&["iam-policy", "--organization"]).ok().json()
    };
    let all = place.driftline(&["iam-policy", "--organization"]).ok().json();
    assert_eq!(actions(&all).len(), 5, "{all:#}");
    assert_eq!(all["Statement"][1]["Resource"], "arn:aws:iam::*:role/driftline");
    let least = policy("[organization]\nrole = \"audit/reader\"\nexclude = { accounts = [\"old\"] }\n");
    assert_eq!(actions(&least), BTreeSet::from(["organizations:ListAccounts".to_owned()]));
    assert_eq!(least["Statement"][1]["Action"], serde_json::json!(["sts:AssumeRole"]));
    assert_eq!(least["Statement"][1]["Resource"], "arn:aws:iam::*:role/audit/reader");
    let units = policy("[organization]\nexclude = { units = [\"Old\"] }\n");
    assert!(actions(&units).contains("organizations:ListRoots") && actions(&units).len() == 4, "{units:#}");
    let tags = policy("[organization]\ninclude = { tags = [\"driftline\"] }\n");
    assert!(actions(&tags).contains("organizations:ListTagsForResource") && actions(&tags).len() == 2, "{tags:#}");
    place.driftline(&["iam-policy", "--organization", "--format", "terraform"]).fails().says("cannot be used with");
}

#[test]
fn the_role_is_a_sound_template_with_the_same_policy() {
    let place = Place::empty();
    place.driftline(&["init"]).ok();
    place.configure("[organization]\nrole = \"audit/reader\"\n");
    let template = place.driftline(&["iam-policy", "--format", "cloudformation"]).ok().stdout;
    let policy = place.driftline(&["iam-policy"]).ok().json();
    for action in actions(&policy) {
        assert!(template.contains(&format!("                  - {action}\n")), "{action} is not in\n{template}");
    }
    assert!(template.contains("      RoleName: reader\n      Path: /audit/\n"), "{template}");
    // All policies of a role have 10,240 characters in all: IAM user guide, "IAM and AWS STS quotas".
    assert!(policy.to_string().len() < 10_240, "{}", policy.to_string().len());
    let Some(linter) = installed("cfn-lint") else { return };
    let path = place.home().join("role.yml");
    std::fs::write(&path, template).expect("the template is written");
    Output::of(place.command(linter).args(["--non-zero-exit-code", "informational", "--template"]).arg(&path)).ok();
}

#[test]
fn the_role_is_sound_terraform_with_the_same_policy() {
    let place = Place::empty();
    let text = place.driftline(&["iam-policy", "--format", "terraform"]).ok().stdout;
    let policy = place.driftline(&["iam-policy"]).ok().json();
    for action in actions(&policy) {
        assert!(text.contains(&format!("          \"{action}\",\n")), "{action} is not in\n{text}");
    }
    let path = place.home().join("role.tf");
    std::fs::write(&path, text).expect("the configuration is written");
    if place.command("terraform").arg("version").output().is_err() {
        eprintln!("skipped: terraform not found");
        return;
    }
    // Whatever is no configuration is no well-formed one either.
    Output::of(place.command("terraform").args(["fmt", "-check", "-diff"]).arg(&path)).ok();
}

#[test]
fn no_call_is_made_that_the_policy_does_not_allow() {
    let sim = sim();
    let place = Place::whole(&sim);
    let allowed = actions(&place.driftline(&["iam-policy"]).ok().json());
    place.import();
    // IAM calls a few of S3's operations otherwise: the kinds' own tests know which. The rest are called alike.
    for operation in sim.stats().by_operation().keys().filter(|operation| !operation.starts_with("s3")) {
        let (service, name) = operation.split_once(':').expect("service:Operation");
        let service = if service.starts_with("elb") { "elasticloadbalancing" } else { service };
        assert!(allowed.contains(&format!("{service}:{name}")), "{operation} is not in the policy");
    }
}

fn actions(policy: &Value) -> BTreeSet<String> {
    let actions = policy["Statement"][0]["Action"].as_array().expect("a list of actions");
    actions.iter().map(|action| action.as_str().expect("a text").to_owned()).collect()
}
