//! `[organization]`: accounts that nobody wrote down.

mod choosing;
mod leaving;
mod moto;
mod scale;

use driftline_sim::{Account, Fault, GLOBAL, Rule, Sim, World};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::Place;

/// Manages the organization.
const HUB: &str = "111111111111";
const SHOP: &str = "222222222222";
const LAB: &str = "333333333333";
const OLD: &str = "444444444444";

/// What follows `[organization]`.
const REST: &str = "[kinds]\ninclude = [\"ec2/vpc\", \"ec2/volume\"]\n";

/// An account with a network and the role to read it.
fn account(id: &str) -> Account {
    let mut account = Account::new(id, &["eu-west-1", "us-east-1"]);
    account.describe("eu-west-1", "ec2")["Vpcs"] = json!([vpc(id, "10.0.0.0/16")]);
    account.describe(GLOBAL, "iam")["Roles"] = json!([role(id, "driftline")]);
    account
}

fn vpc(account: &str, block: &str) -> Value {
    json!({
        "VpcId": format!("vpc-{account}"), "OwnerId": account, "State": "available", "CidrBlock": block,
        "DhcpOptionsId": "default", "InstanceTenancy": "default", "IsDefault": false,
    })
}

fn role(account: &str, name: &str) -> Value {
    let short = name.rsplit('/').next();
    json!({ "RoleName": short, "Arn": format!("arn:aws:iam::{account}:role/{name}"), "RoleId": "AROAEXAMPLE" })
}

/// The hub, two accounts in units, and an old one; the hub has no role, as it is where roles come by StackSets.
fn world() -> World {
    let mut world = World::new();
    for id in [HUB, SHOP, LAB, OLD] {
        world.add(account(id));
    }
    world.account_mut(HUB).expect("the hub").describe(GLOBAL, "iam")["Roles"] = json!([]);
    world.organize(HUB);
    world.join(HUB, SHOP, "shop", "Workloads/Prod");
    world.join(HUB, LAB, "lab", "Workloads/Test/Deep");
    world.join(HUB, OLD, "old", "");
    world
}

fn start(world: World) -> Sim {
    Sim::start(world).expect("the embedded endpoint starts")
}

/// A place whose credentials are the hub's, with this in `[organization]`.
fn place(sim: &Sim, organization: &str) -> Place {
    let place = Place::reading(&sim.url(), HUB);
    configure(&place, organization);
    place
}

fn configure(place: &Place, organization: &str) {
    place.configure(&format!("[organization]\n{organization}\n{REST}"));
}

/// The accounts of the restore point.
fn accounts(place: &Place) -> Vec<String> {
    place.git(&["ls-tree", "--name-only", "HEAD:snapshots/aws"]).lines().map(str::to_owned).collect()
}

/// Somebody changes a network in an account.
fn click(sim: &Sim, account: &str) {
    let path = format!("{account}/eu-west-1/ec2/Vpcs/VpcId=vpc-{account}/DhcpOptionsId");
    sim.edit(|world| world.set(&path, "dopt-clicked")).expect("the network is there");
}

#[test]
fn every_account_is_found_entered_and_compared() {
    let sim = start(world());
    let place = place(&sim, "");
    let output = place.import();
    assert_snapshot!(place.redact(&output.stderr), @r"
    read 4 resources in 4 accounts with 38 calls in [SECONDS] s
    restore point [COMMIT]: 4 resources (4 added, 0 changed, 0 removed)
    ");
    assert_eq!(accounts(&place), [HUB, SHOP, LAB, OLD]);
    let message = place.git(&["log", "-1", "--format=%B"]);
    assert!(message.contains("account 222222222222 (shop): eu-west-1, us-east-1"), "{message}");
    assert_eq!(sim.stats().of("organizations"), 1, "nothing but the accounts needs to be known");
    assert_eq!(sim.stats().of("organizations:ListAccounts"), 1);

    click(&sim, LAB);
    let (plan, _) = place.plan(2, &[]);
    let drift = plan["resource_drift"].as_array().expect("drift");
    assert_eq!(drift.len(), 1);
    assert_eq!(drift[0]["address"], "aws/333333333333/eu-west-1/ec2/vpc/vpc-333333333333");
    assert_eq!(plan["complete"], true);
}

#[test]
fn an_account_that_joins_is_told_and_added() {
    let sim = start(world());
    let place = place(&sim, "");
    place.import();
    sim.edit(|world| {
        world.add(account("555555555555"));
        world.join(HUB, "555555555555", "fresh", "Workloads");
    });
    let (plan, output) = place.plan(2, &[]);
    output.says("not in the restore point yet: fresh (555555555555)");
    assert_eq!(plan["resource_drift"][0]["address"], "aws/555555555555/eu-west-1/ec2/vpc/vpc-555555555555");
    place.import().says("1 added");
    assert!(!place.plan(0, &[]).1.stderr.contains("not in the restore point"));
}

#[test]
fn who_cannot_be_entered_is_a_gap_and_the_others_are_read() {
    let sim = start(world());
    let place = place(&sim, "");
    place.import();
    sim.edit(|world| world.account_mut(SHOP).expect("the shop").describe(GLOBAL, "iam")["Roles"] = json!([]));
    click(&sim, LAB);
    let (plan, output) = place.plan(2, &[]);
    assert_eq!(plan["complete"], false);
    assert_snapshot!(place.redact(&output.stderr), @r"
    warning: could not enter shop (222222222222): sts:AssumeRole denied (AccessDenied): User is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/driftline
    hint: `arn:aws:iam::222222222222:role/driftline` could not be assumed: check that its trust policy lets your credentials do that, and the external id
    read 3 resources in 3 accounts with 30 calls in [SECONDS] s
    asked CloudTrail who did it with 2 calls in [SECONDS] s
    wrote the plan to [PLACE]/plan.json
    ");
    output
        .shows("Not read (1 gap): nothing there is compared or taken for removed.\n  denied     sts:AssumeRole (AccessDenied)\n")
        .shows("             every kind in aws/222222222222: every region\n             hint: let the role there trust whoever")
        .shows("Plan: 0 added, 1 changed, 0 removed since HEAD")
        .shows("Incomplete: 1 gap was not read.");
    let not_read = plan["driftline"]["not_read"].as_array().expect("gaps");
    assert_eq!(not_read.len(), 1, "one gap an account: {not_read:#?}");
    // An import keeps what is known, and says so.
    place.import().says("could not enter shop (222222222222): sts:AssumeRole denied (AccessDenied)");
    assert!(place.repo().join("snapshots/aws/222222222222/eu-west-1/ec2/vpc").exists());
    place.plan(3, &[]);
}

#[test]
fn an_organization_that_cannot_be_read_removes_nothing() {
    let sim = start(world());
    let place = place(&sim, "");
    place.import();
    let before = place.tree("HEAD");
    sim.faults().add(Rule::new(Fault::Deny).on("organizations"));
    // Nothing is known to be there: nothing can be read.
    place.driftline(&["import"]).fails().says("failed to enter the organization").says("delegated administrators");
    // What is configured is read all the same.
    place.write_profiles(&[("shop", SHOP)]);
    place.configure(&format!("[[accounts]]\nprofile = \"shop\"\n[organization]\n{REST}"));
    click(&sim, SHOP);
    let (plan, output) = place.plan(2, &[]);
    output.says(
        "could not enter 4 accounts (the organization, 111111111111, 333333333333 and 1 more): \
                 organizations:ListAccounts denied (AccessDeniedException)",
    );
    assert_eq!(plan["resource_drift"].as_array().expect("drift").len(), 1);
    assert_eq!(plan["driftline"]["not_read"].as_array().expect("gaps").len(), 3);
    place.import();
    assert_eq!(accounts(&place), [HUB, SHOP, LAB, OLD]);
    place.plan(3, &[]);
    sim.faults().clear();
    place.import();
    place.plan(0, &[]);
    assert_ne!(place.tree("HEAD"), before, "the shop's network");
}

#[test]
fn an_account_outside_of_any_organization_is_told() {
    let sim = start(World::new().with(account(HUB)));
    let place = place(&sim, "");
    let output = place.driftline(&["import"]).fails();
    assert_snapshot!(place.redact(&output.stderr), @r"
    error: failed to enter the organization
      cause: organizations:ListAccounts failed (AWSOrganizationsNotInUseException): Your account is not a member of an organization.
    hint: account 111111111111 is in no organization: correct `profile` or `role_arn` of [organization] in driftline.toml, or remove the section
    ");
}

#[test]
fn throttled_pages_are_asked_for_again() {
    let sim = start(world());
    sim.page_size(1);
    sim.faults().add(Rule::new(Fault::Throttle).on("organizations:ListAccounts").every(2));
    let place = place(&sim, "");
    place.import();
    assert_eq!(accounts(&place), [HUB, SHOP, LAB, OLD]);
    assert!(sim.stats().of("organizations:ListAccounts") > 4);
}

#[test]
fn a_list_that_never_ends_is_told() {
    let sim = start(world());
    let place = place(&sim, "");
    place.import();
    sim.page_size(1);
    sim.faults().add(Rule::new(Fault::RepeatToken).on("organizations:ListAccounts"));
    place.driftline(&["plan"]).fails().says("the list never ends");
}
