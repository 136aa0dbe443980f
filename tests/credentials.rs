//! Entering an account: who fails, fails early, and is told the way out.

use std::time::{Duration, Instant};

use driftline_sim::{DEMO_ACCOUNT, Fault, Rule};
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{Output, Place, REGION, sim};

const VPCS: &str = "[kinds]\ninclude = [\"ec2/vpc\"]\n";

/// Runs an import that must fail, soon.
#[track_caller]
fn refused(place: &Place, more: &[&str]) -> Output {
    let started = Instant::now();
    let output = place.driftline(&[&["import"], more].concat()).fails();
    assert!(started.elapsed() < Duration::from_secs(20), "it took {:?}", started.elapsed());
    assert!(!place.repo().join("snapshots").exists());
    output
}

#[test]
fn an_expired_token_says_how_to_get_a_new_one() {
    let sim = sim();
    let place = Place::new(&sim);
    sim.faults().add(Rule::new(Fault::ExpiredToken));
    assert_snapshot!(place.redact(&refused(&place, &[]).stderr), @r"
    error: failed to enter the account of the default credentials
      cause: sts:GetCallerIdentity failed (ExpiredToken): The security token included in the request is expired
    hint: the credentials are expired or wrong: log in again (`aws sso login`)
    ");
}

#[test]
fn an_unknown_key_is_told() {
    let sim = sim();
    let mut place = Place::new(&sim);
    place.env("AWS_ACCESS_KEY_ID", "999999999999");
    assert_snapshot!(place.redact(&refused(&place, &[]).stderr), @r"
    error: failed to enter the account of the default credentials
      cause: sts:GetCallerIdentity failed (InvalidClientTokenId): The security token included in the request is invalid.
    hint: the credentials are expired or wrong: log in again (`aws sso login`)
    ");
}

#[test]
fn nobody_at_the_endpoint_is_told() {
    let mut place = Place::empty();
    // The discard port: nobody listens there.
    place.enter("http://127.0.0.1:9", DEMO_ACCOUNT);
    place.driftline(&["init"]).ok();
    let output = refused(&place, &[]);
    assert!(output.stderr.contains("(Unreachable)") && output.stderr.contains("AWS_ENDPOINT_URL"), "{}", output.stderr);
}

#[test]
fn an_endpoint_that_is_no_url_is_told() {
    let sim = sim();
    let mut place = Place::new(&sim);
    for endpoint in ["localhost:4566", "http://", "ftp://localhost"] {
        place.env("AWS_ENDPOINT_URL_STS", endpoint);
        let told = format!("(NoEndpoint): the endpoint `{endpoint}` is no URL; they look like http://localhost:4566\n");
        refused(&place, &[]).says(&told);
    }
}

#[test]
fn an_endpoint_that_is_set_to_nothing_is_not_set() {
    let sim = sim();
    let mut place = Place::new(&sim);
    place.configure(&format!("{REGION}{VPCS}"));
    place.env("AWS_ENDPOINT_URL_STS", "");
    place.env("AWS_ENDPOINT_URL_EC2", "");
    place.import();
    assert!(sim.stats().of("ec2:DescribeVpcs") > 0);
}

#[test]
fn no_credentials_are_told_without_waiting_for_an_instance_role() {
    let sim = sim();
    let mut place = Place::new(&sim);
    place.without("AWS_ACCESS_KEY_ID");
    place.without("AWS_SECRET_ACCESS_KEY");
    let output = refused(&place, &[]);
    assert!(output.stderr.contains("NoCredentials"), "{}", output.stderr);
    assert!(output.stderr.contains("hint: set AWS_PROFILE or pass --profile"), "{}", output.stderr);
    assert_eq!(sim.stats().total(), 0, "nothing is sent without a signature");
}

#[test]
fn a_profile_that_is_not_there_is_named() {
    let sim = sim();
    let mut place = Place::new(&sim);
    place.write_profiles(&[("production", DEMO_ACCOUNT)]);
    // Credentials in the environment are somebody else's.
    assert_snapshot!(place.redact(&refused(&place, &["--profile", "prod"]).stderr), @r"
    error: failed to enter profile prod
      cause: sts:GetCallerIdentity failed (UnknownProfile): no AWS configuration file has a profile `prod`
    hint: there are: production; `aws configure --profile prod` or `aws configure sso` makes one
    ");
    place.without("AWS_ACCESS_KEY_ID");
    place.without("AWS_SECRET_ACCESS_KEY");
    refused(&place, &["--profile", "prod"]).says("no AWS configuration file has a profile `prod`");
    place.env("AWS_PROFILE", "prod");
    refused(&place, &[]).says("`prod`");
    assert_eq!(sim.stats().total(), 0);
}

#[test]
fn a_named_profile_goes_before_the_environment() {
    let sim = sim();
    let mut place = Place::new(&sim);
    place.write_profiles(&[("shop", DEMO_ACCOUNT)]);
    place.env("AWS_ACCESS_KEY_ID", "999999999999");
    place.configure(&format!("{REGION}{VPCS}"));
    refused(&place, &[]);
    place.driftline(&["import", "--profile", "shop"]).ok();
}

#[test]
fn another_account_than_configured_is_not_read() {
    let sim = sim();
    let place = Place::new(&sim);
    place.write_profiles(&[("shop", DEMO_ACCOUNT)]);
    place.configure("[[accounts]]\nprofile = \"shop\"\nid = \"210987654321\"\n");
    let output = refused(&place, &[]);
    assert!(
        output.stderr.contains("the credentials are of account 123456789012, not 210987654321"),
        "{}",
        output.stderr
    );
}

#[test]
fn a_role_is_assumed_with_its_external_id() {
    let sim = sim();
    sim.edit(|world| {
        let mut account = world.account(DEMO_ACCOUNT).expect("the demo account").clone();
        account.id = "210987654321".to_owned();
        let role = json!({
            "RoleName": "driftline", "RoleId": "AROA0000000000DRIFTL", "Path": "/",
            "Arn": "arn:aws:iam::210987654321:role/driftline", "CreateDate": "2026-01-02T03:04:05Z",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Action": "sts:AssumeRole",
                "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                "Condition": {"StringEquals": {"sts:ExternalId": "ours"}},
            }]},
        });
        account.describe(driftline_sim::GLOBAL, "iam")["Roles"].as_array_mut().expect("roles").push(role);
        world.add(account);
    });
    let place = Place::new(&sim);
    let with = |external_id: &str| {
        place.configure(&format!(
            "{REGION}[[accounts]]\nname = \"lab\"\nrole_arn = \"arn:aws:iam::210987654321:role/driftline\"\n\
             external_id = \"{external_id}\"\n{VPCS}"
        ));
    };
    with("theirs");
    let output = refused(&place, &[]);
    assert!(output.stderr.contains("failed to enter lab"), "{}", output.stderr);
    assert!(
        output.stderr.contains("`arn:aws:iam::210987654321:role/driftline` could not be assumed"),
        "{}",
        output.stderr
    );
    with("ours");
    place.import();
    assert_eq!(place.git(&["ls-tree", "--name-only", "HEAD:snapshots/aws"]), "210987654321");
    place.plan(0, &[]);
}
