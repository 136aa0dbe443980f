//! Which accounts are read, and as whom.

use serde_json::json;

use super::{HUB, LAB, OLD, SHOP, account, accounts, click, configure, place, role, start, world};
use crate::harness::Place;

#[test]
fn units_count_with_what_lies_in_them() {
    let sim = start(world());
    let place = place(&sim, "include = { units = [\"Workloads/*\"] }\nexclude = { units = [\"Workloads/Test\"] }");
    place.import().says("left out by driftline.toml: 3 accounts");
    assert_eq!(accounts(&place), [SHOP]);
    let unit = sim.world().get("111111111111/global/organizations/OrganizationalUnits/Name=Test/Id").cloned();
    let unit = unit.as_ref().and_then(serde_json::Value::as_str).expect("the unit has an id").to_owned();
    configure(&place, &format!("include = {{ units = [\"{unit}\"] }}"));
    place.import();
    assert_eq!(accounts(&place), [SHOP, LAB]);
    assert_eq!(sim.stats().of("organizations:ListTagsForResource"), 0, "nobody is chosen by tags");
}

#[test]
fn names_numbers_and_tags_choose() {
    let sim = start(world());
    let tag = json!([{ "Key": "driftline", "Value": "yes" }]);
    sim.edit(|world| world.set("111111111111/global/organizations/Accounts/Id=333333333333/Tags", tag))
        .expect("the lab");
    let place = place(&sim, "include = { accounts = [\"sho?\", \"444444444444\"], tags = [\"driftline=y*\"] }");
    place.import();
    assert_eq!(accounts(&place), [SHOP, LAB, OLD]);
    assert_eq!(sim.stats().of("organizations:ListTagsForResource"), 2, "of the others, the names decide");
    assert_eq!(sim.stats().of("organizations:ListRoots"), 0, "nobody is chosen by units");
    configure(&place, "exclude = { tags = [\"driftline\"] }");
    place.import();
    assert_eq!(accounts(&place), [HUB, SHOP, LAB, OLD], "what is known of the lab is kept");
    let coverage = place.git(&["show", "HEAD:snapshots/aws/333333333333/coverage.json"]);
    assert!(coverage.contains("excluded") && !coverage.contains("read"), "{coverage}");
    click(&sim, LAB);
    place.plan(0, &[]);
    // Once it is let in again, it is compared again.
    configure(&place, "");
    place.plan(2, &[]);
}

#[test]
fn what_chooses_nobody_is_named() {
    let sim = start(world());
    let place = place(
        &sim,
        "include = { accounts = [\"shopp\", \"lab\"], units = [\"Workload/Prod\"] }\nexclude = { accounts = [\"999999999999\"] }",
    );
    let output = place.import();
    assert_eq!(accounts(&place), [LAB]);
    let output =
        output.says("[organization] include.accounts has \"shopp\", which nothing fits; did you mean \"shop\"?").says(
            "[organization] include.units has \"Workload/Prod\", which nothing fits; did you mean \"Workloads/Prod\"?",
        );
    assert!(!output.stderr.contains("999999999999"), "who is excluded need not be there: {}", output.stderr);
    configure(&place, "include = { accounts = [\"shopp\"] }");
    place
        .driftline(&["plan"])
        .fails()
        .says("of 4 accounts none is left to read; nothing fits include.accounts = \"shopp\"")
        .says("correct `include` and `exclude`");
}

#[test]
fn what_is_configured_goes_before_what_is_found() {
    let sim = start(world());
    let mut place = Place::reading(&sim.url(), HUB);
    place.write_profiles(&[("shop", SHOP)]);
    // Nobody may assume a role there; and the name is ours.
    sim.edit(|world| world.account_mut(SHOP).expect("it").describe(driftline_sim::GLOBAL, "iam")["Roles"] = json!([]));
    place.configure(
        "[[accounts]]\nname = \"our shop\"\nprofile = \"shop\"\n[organization]\nexclude = { accounts = [\"shop\"] }\n\
         [kinds]\ninclude = [\"ec2/vpc\"]\n",
    );
    place.import();
    assert_eq!(accounts(&place), [HUB, SHOP, LAB, OLD]);
    assert!(place.git(&["log", "-1", "--format=%B"]).contains("account 222222222222 (our shop)"));
    place.plan(0, &[]);

    // Where the hub cannot be entered, neither can the organization be read: but the shop can.
    place.env("AWS_ACCESS_KEY_ID", "999999999999");
    click(&sim, SHOP);
    place.plan(2, &[]).1.says("could not enter 4 accounts (the organization,");
}

#[test]
fn one_account_is_asked_for_by_its_name_or_number() {
    let sim = start(world());
    let place = place(&sim, "");
    place.driftline(&["import", "--profile", "shop"]).ok();
    assert_eq!(accounts(&place), [SHOP]);
    place.driftline(&["import", "--profile", LAB]).ok();
    assert_eq!(accounts(&place), [SHOP, LAB]);
    place.driftline(&["plan", "--profile", "shpo"]).fails().says("no account that is read there is called `shpo`");
    // A profile goes before a name.
    place.write_profiles(&[("lab", OLD)]);
    place.driftline(&["import", "--profile", "lab"]).ok();
    assert_eq!(accounts(&place), [SHOP, LAB, OLD]);
    place.import();
    place.plan(0, &[]);
}

#[test]
fn accounts_that_cannot_match_are_not_entered() {
    let sim = start(world());
    let place = place(&sim, "");
    place.import();
    sim.reset_stats();
    click(&sim, LAB);
    click(&sim, SHOP);
    let (plan, _) = place.plan(2, &["--target", "aws/3333*"]);
    assert_eq!(plan["resource_drift"].as_array().expect("drift").len(), 1);
    let entered: Vec<String> = sim
        .stats()
        .calls
        .into_iter()
        .filter(|call| call.operation.starts_with("ec2"))
        .map(|call| call.account)
        .collect();
    assert!(entered.iter().all(|account| account == LAB), "{entered:?}");
    assert_eq!(sim.stats().of("sts:AssumeRole"), 1);
    place.driftline(&["plan", "--target", "aws/99*"]).fails().says("nothing in any account can match `aws/99*`");
}

#[test]
fn every_role_is_assumed_as_who_reads_the_organization_or_as_the_caller() {
    const TOOLS: &str = "999999999999";
    let sim = start(world());
    sim.edit(|world| {
        world.add(account(TOOLS));
        let reader = role(HUB, "audit/organization");
        world.account_mut(HUB).expect("it").describe(driftline_sim::GLOBAL, "iam")["Roles"] = json!([reader]);
        for id in [SHOP, LAB, OLD] {
            let role = role(id, "audit/reader");
            world.account_mut(id).expect("it").describe(driftline_sim::GLOBAL, "iam")["Roles"] = json!([role]);
        }
    });
    let mut place = Place::reading(&sim.url(), TOOLS);
    let organization = "role_arn = \"arn:aws:iam::111111111111:role/audit/organization\"\nrole = \"audit/reader\"";
    for (more, by_tools, by_hub) in [("", 2, 4), ("assume_as = \"caller\"", 6, 0)] {
        configure(&place, &format!("{organization}\n{more}"));
        sim.reset_stats();
        place.import();
        assert_eq!(accounts(&place), [HUB, SHOP, LAB, OLD], "the hub is read by the role that reads the organization");
        let assumed = |by: &str| -> u64 {
            let calls = sim.stats().calls.into_iter();
            let calls = calls.filter(|call| call.operation == "sts:AssumeRole" && call.account == by);
            calls.map(|call| call.count).sum()
        };
        // However many accounts there are, the reader's role is assumed once for reading, and once for assuming others.
        assert!(assumed(TOOLS) <= by_tools, "{more}: {}", assumed(TOOLS));
        assert_eq!(assumed(HUB), by_hub, "{more}");
    }
    place.env("AWS_ACCESS_KEY_ID", OLD);
}

#[test]
fn shards_find_the_accounts_by_themselves() {
    let sim = start(world());
    let place = place(&sim, "exclude = { accounts = [\"old\"] }");
    for shard in ["1/3", "2/3", "3/3"] {
        place.driftline(&["import", "--shard", shard]).ok();
    }
    let parts = place.tree("HEAD");
    let whole = Place::reading(&sim.url(), HUB);
    configure(&whole, "exclude = { accounts = [\"old\"] }");
    whole.import();
    assert_eq!(parts, whole.tree("HEAD"));
}

#[test]
fn a_region_may_be_missing_in_some_accounts_but_not_in_all() {
    let sim = start(world());
    sim.edit(|world| {
        let mut shop = driftline_sim::Account::new(SHOP, &["us-east-1"]);
        shop.describe(driftline_sim::GLOBAL, "iam")["Roles"] = json!([role(SHOP, "driftline")]);
        world.add(shop);
    });
    let place = place(&sim, "regions = [\"eu-west-1\", \"us-east-1\", \"eu-wets-1\"]");
    place.import().says("[organization] regions has \"eu-wets-1\", which nothing fits");
    let message = place.git(&["log", "-1", "--format=%B"]);
    assert!(message.contains("222222222222 (shop): us-east-1\n"), "{message}");
    assert!(message.contains("333333333333 (lab): eu-west-1, us-east-1\n"), "{message}");
    // An account that has none of them is told.
    configure(&place, "regions = [\"eu-west-1\"]");
    place.import().says("could not enter shop (222222222222): ec2:DescribeRegions failed (UnknownRegion)");
}
