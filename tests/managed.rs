//! `driftline managed`, and what plans and proposals say of Terraform's states.

use std::fs;

use driftline::managed::Attributes;
use driftline_sim::DEMO_ACCOUNT;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::{Place, REGION, at, publish_orders, sim};

/// What no output and no file of ours may hold.
const SECRET: &str = "correct-horse-battery";
const AWS: &str = "provider[\"registry.terraform.io/hashicorp/aws\"]";

/// A resource in a state, with a secret in it.
fn resource(kind: &str, name: &str, provider: &str, attributes: Value) -> Value {
    let mut attributes = attributes;
    attributes["password"] = json!(SECRET);
    json!({"mode": "managed", "type": kind, "name": name, "provider": provider,
           "instances": [{"schema_version": 1, "attributes": attributes, "private": SECRET}]})
}

fn state(lineage: &str, serial: u64, resources: &[Value]) -> Value {
    json!({"version": 4, "terraform_version": "1.9.0", "serial": serial, "lineage": lineage,
           "outputs": {"password": {"value": SECRET, "type": "string", "sensitive": true}}, "resources": resources})
}

fn write(place: &Place, name: &str, state: &Value) {
    let path = place.repo().join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
    fs::write(path, state.to_string()).expect("the state is written");
}

/// The demo account's network and database, as two teams wrote them.
fn states(place: &Place) {
    let arn = |rest: &str| format!("arn:aws:{rest}");
    let group = "sg-028d9976e693ba7a6";
    write(
        place,
        "states/network.tfstate",
        &state(
            "network",
            3,
            &[
                resource(
                    "aws_security_group",
                    "app",
                    AWS,
                    json!({"id": group, "arn": arn(&format!("ec2:eu-west-1:{DEMO_ACCOUNT}:security-group/{group}"))}),
                ),
                resource(
                    "aws_vpc_security_group_ingress_rule",
                    "https",
                    AWS,
                    json!({"id": "sgr-0aa", "arn": arn(&format!("ec2:eu-west-1:{DEMO_ACCOUNT}:security-group-rule/sgr-0aa")),
                           "security_group_id": group}),
                ),
                resource(
                    "aws_s3_bucket_versioning",
                    "logs",
                    AWS,
                    json!({"id": "example-shop-logs", "bucket": "example-shop-logs"}),
                ),
                resource(
                    "aws_s3_bucket",
                    "assets",
                    AWS,
                    json!({"id": "example-shop-assets", "bucket": "example-shop-assets"}),
                ),
                resource("aws_lambda_function", "resize", AWS, json!({"function_name": "resize"})),
                resource(
                    "random_password",
                    "database",
                    "provider[\"registry.terraform.io/hashicorp/random\"]",
                    json!({"id": "none"}),
                ),
            ],
        ),
    );
    write(
        place,
        "states/data.tfstate",
        &state(
            "data",
            1,
            &[
                resource(
                    "aws_db_instance",
                    "orders",
                    AWS,
                    json!({"id": "db-ABC", "identifier": "prod-orders", "arn": arn(&format!("rds:eu-west-1:{DEMO_ACCOUNT}:db:prod-orders"))}),
                ),
                resource(
                    "aws_db_instance",
                    "old",
                    AWS,
                    json!({"id": "db-DEF", "identifier": "old", "arn": arn(&format!("rds:eu-west-1:{DEMO_ACCOUNT}:db:old"))}),
                ),
                resource(
                    "aws_s3_bucket",
                    "taken",
                    AWS,
                    json!({"id": "example-shop-assets", "bucket": "example-shop-assets"}),
                ),
                // Of a second provider configuration, which nothing tells the account or region of.
                resource(
                    "aws_iam_user_policy",
                    "more",
                    &format!("{AWS}.other"),
                    json!({"id": "anna:more", "user": "anna"}),
                ),
                resource(
                    "aws_db_instance",
                    "elsewhere",
                    AWS,
                    json!({"arn": arn("rds:eu-west-1:999999999999:db:prod-orders")}),
                ),
            ],
        ),
    );
}

const KINDS: &str = "[kinds]\ninclude = [\"ec2/security_group\", \"rds/db_instance\", \"s3/bucket\", \"iam/user\"]\n";

#[test]
fn what_is_managed_unmanaged_drifted_and_gone_is_told() {
    let sim = sim();
    let place = Place::new(&sim);
    place.configure(&format!("{REGION}{KINDS}[terraform]\nstates = [\"states\"]\n"));
    states(&place);
    place.import();
    publish_orders(&sim);
    place.driftline(&["plan", "--no-attribution", "--out", ".git/plan.json"]).ok();

    let narrowed = ["managed", "--plan", ".git/plan.json", "--target", "aws/*/eu-west-1/rds", "--target", "s3"];
    let shown = place.driftline(&narrowed).ok();
    assert_snapshot!(shown.stdout, @r#"
    Claimed twice (1): several resources in states are it, and each would change it.
      aws/123456789012/eu-west-1/s3/bucket/example-shop-assets  "assets"
          aws_s3_bucket.taken in states/data.tfstate, aws_s3_bucket.assets in states/network.tfstate

    Managed and drifted (1): the code changes, too, or Terraform undoes it.
      aws/123456789012/eu-west-1/rds/db_instance/prod-orders  (drifted)
          aws_db_instance.orders in states/data.tfstate

    Unmanaged (6): in no state.
      aws/123456789012/eu-west-1/rds/db_instance/blog
      aws/123456789012/eu-west-1/rds/db_instance/prod-orders-reports
      aws/123456789012/eu-west-1/rds/db_instance/shop-catalog-1
      aws/123456789012/eu-west-1/rds/db_instance/shop-catalog-2
      aws/123456789012/eu-west-1/rds/db_instance/shop-sessions-1
      aws/123456789012/eu-west-1/s3/bucket/example-shop-invoices  "invoices"

    Gone (1): in a state, and not there.
      aws_db_instance.old in states/data.tfstate
          would be aws/123456789012/eu-west-1/rds/db_instance/old

    Managed in part (1): not themselves, but what belongs to them.
      aws/123456789012/eu-west-1/s3/bucket/example-shop-logs  "logs"
          parts of it, by aws_s3_bucket_versioning.logs in states/network.tfstate

    Cannot be told (1): what these are was not read, or the state does not say.
      aws_db_instance.elsewhere in states/data.tfstate
          would be aws/999999999999/eu-west-1/rds/db_instance/prod-orders, which was not read

    Terraform: 0 managed, 1 managed in part, 1 managed and drifted, 1 claimed twice, 6 unmanaged, 1 gone, 1 not told; 2 states with 11 resources.
    "#);
    let all = place.driftline(&["managed"]).ok();
    assert_snapshot!(section(&all.stdout, "Cannot be told"), @r#"
    Cannot be told (2): what these are was not read, or the state does not say.
      aws_db_instance.elsewhere in states/data.tfstate
          would be aws/999999999999/eu-west-1/rds/db_instance/prod-orders, which was not read
      aws_iam_user_policy.more in states/data.tfstate
          is iam/user "anna", of an account or region that the state does not tell
    "#);
    assert_snapshot!(section(&all.stdout, "Not looked for"), @r"
    Not looked for: 2 resources of 2 types that no kind reads.
      aws_lambda_function (1)
      random_password (1)
    ");
    assert!(!section(&all.stdout, "Unmanaged").is_empty());

    let json = place.driftline(&["managed", "--plan", ".git/plan.json", "--json"]).ok().json();
    assert_snapshot!(json["summary"], @r#"{"claimed_twice":1,"drifted":1,"gone":1,"managed":1,"not_looked_for":2,"not_told":2,"partly_managed":1,"unmanaged":19}"#);
    let scanned = place.driftline(&["managed", "--scan", "--json"]).ok().json();
    assert_eq!(scanned, json, "a new scan says the same as the plan of one");
    let unmanaged = place.driftline(&["managed", "--unmanaged"]).ok().stdout;
    assert!(unmanaged.starts_with("Unmanaged (") && !unmanaged.contains("db_instance/prod-orders\n"), "{unmanaged}");
    let markdown = place.driftline(&["managed", "--format", "markdown"]).ok().stdout;
    assert_eq!(place.driftline(&["managed", "--detailed-exitcode"]).code, Some(2));
    for output in [all.stdout, json.to_string(), markdown, shown.stdout] {
        assert!(!output.contains(SECRET), "{output}");
    }
}

#[test]
fn a_plan_says_who_manages_what_drifted() {
    let sim = sim();
    let place = Place::new(&sim);
    place.configure(&format!("{REGION}{KINDS}"));
    states(&place);
    place.import();
    publish_orders(&sim);
    sim.edit(|world| world.append(&format!("{}/UserName=anna/Tags", at::USERS), json!({"Key": "Team", "Value": "x"})))
        .expect("the user is there");
    let without = place.driftline(&["plan", "--no-attribution", "--json"]).ok().json();
    assert_eq!(without["resource_drift"][0]["driftline"].get("managers"), None);

    let arguments = ["plan", "--no-attribution", "--with-state", "states/data.tfstate", "--out", ".git/plan.json"];
    let plan = place.driftline(&arguments).ok();
    assert_snapshot!(place.redact(&plan.stdout), @r#"
      ~ aws/123456789012/eu-west-1/rds/db_instance/prod-orders
          ~ PubliclyAccessible: false -> true
          managed in Terraform: aws_db_instance.orders in states/data.tfstate

      ~ aws/123456789012/global/iam/user/anna
          + tags.Team: "x"
          in no Terraform state: nothing will undo it

    Plan: 0 added, 2 changed, 0 removed since HEAD ([COMMIT]).
    "#);
    let file: Value =
        serde_json::from_slice(&fs::read(place.repo().join(".git/plan.json")).expect("a plan")).expect("JSON");
    assert_eq!(
        file["resource_drift"][0]["driftline"]["managers"],
        json!([{"state": "states/data.tfstate", "address": "aws_db_instance.orders"}])
    );
    assert_eq!(file["resource_drift"][1]["driftline"]["managers"], json!([]));
    assert!(!file.to_string().contains(SECRET));
    // What was saved is what is accepted, with the facts in it.
    place.driftline(&["accept", ".git/plan.json"]).ok();
}

#[test]
fn what_is_no_state_is_told_with_the_way_out() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    let refused = |arguments: &[&str]| place.driftline(arguments).fails().stderr;
    assert_snapshot!(refused(&["managed"]), @r#"
    error: failed to compare with Terraform: no state is named
    hint: name files, or put `states = ["prod.tfstate"]` under [terraform] in driftline.toml
    "#);
    assert_snapshot!(refused(&["managed", "nowhere.tfstate"]), @r"
    error: failed to read the state nowhere.tfstate
      cause: No such file or directory (os error 2)
    hint: `terraform state pull > FILE` writes a state that lies elsewhere
    ");
    fs::write(place.repo().join("not.json"), format!("{{\"password\": \"{SECRET}\"")).expect("written");
    assert_snapshot!(refused(&["managed", "not.json"]), @r"
    error: failed to read the state not.json
      cause: it is not JSON of the form that Terraform writes (line 1, column 36)
    hint: `terraform state pull` and `terraform show -json` print what can be read here
    ");
    fs::write(place.repo().join("old.tfstate"), "{\"version\": 3}").expect("written");
    assert_snapshot!(refused(&["plan", "--with-state", "old.tfstate"]), @r"
    error: failed to read the state old.tfstate
      cause: it is a state of version 3, and this driftline reads version 4
    hint: Terraform 0.12 and newer write version 4: `terraform state pull` brings a state up to date
    ");
    fs::create_dir(place.repo().join("empty")).expect("made");
    assert_snapshot!(refused(&["managed", "empty"]), @r"
    error: failed to read the states in empty: there are none
    hint: a folder's states are its files *.tfstate and *.json, and those of the folders below
    ");
}

/// The lines of one section.
fn section(text: &str, title: &str) -> String {
    let found = text.split("\n\n").find(|part| part.starts_with(title)).unwrap_or_default();
    found.to_owned()
}

#[test]
fn what_names_a_resource_is_kept_of_a_state() {
    for claim in driftline_aws::claims() {
        for name in claim.by.split('{').skip(1).filter_map(|part| part.split('}').next()) {
            assert!(name == "account" || Attributes::is_kept(name), "{}: {name}", claim.resource);
        }
    }
    for secret in ["password", "master_password", "secret", "token", "private_key", "user_data", "policy", "value"] {
        assert!(!Attributes::is_kept(secret), "{secret}");
    }
}
