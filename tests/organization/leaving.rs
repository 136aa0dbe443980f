//! Accounts that are closed, or leave: told, and let go of only when somebody says so.

use super::{HUB, LAB, OLD, SHOP, accounts, configure, place, start, world};

#[test]
fn a_closed_account_is_left_out_and_told() {
    let sim = start(world());
    sim.edit(|world| world.set_state(HUB, OLD, "SUSPENDED"));
    let place = place(&sim, "");
    place.import().says("left out, since nobody can enter it: old (444444444444, suspended)");
    assert_eq!(accounts(&place), [HUB, SHOP, LAB]);
    place.plan(0, &[]);
}

#[test]
fn what_is_known_of_a_closed_account_is_kept_until_it_is_let_go() {
    let sim = start(world());
    let place = place(&sim, "");
    place.import();
    sim.edit(|world| world.set_state(HUB, OLD, "PENDING_CLOSURE"));
    let (plan, output) = place.plan(3, &[]);
    output.says("do not read old (444444444444): organizations:ListAccounts failed (AccountClosed): the account is pending closure");
    assert_eq!(plan["driftline"]["not_read"].as_array().expect("gaps").len(), 1);
    place.import().says("driftline import --allow-mass-removal");
    assert_eq!(accounts(&place), [HUB, SHOP, LAB, OLD]);
    // Only what was asked for, and then the rest.
    place.driftline(&["import", "--allow-mass-removal", "--kind", "ec2/volume"]).ok();
    assert_eq!(accounts(&place), [HUB, SHOP, LAB, OLD]);
    place.driftline(&["import", "--allow-mass-removal"]).ok().says("1 removed");
    assert_eq!(accounts(&place), [HUB, SHOP, LAB]);
    place.check_repository();
    place.plan(0, &[]);
}

#[test]
fn who_leaves_the_organization_is_told_and_kept() {
    let sim = start(world());
    let place = place(&sim, "");
    place.import();
    sim.edit(|world| world.leave(HUB, OLD));
    place.plan(3, &[]).1.says("do not read 444444444444:").says("neither configured nor in the organization");
    place.plan(0, &["--target", "aws/222222222222"]);
    // By choice, it stays as it is.
    configure(&place, "exclude = { accounts = [\"444444444444\"] }");
    place.plan(0, &[]);
    place.import();
    assert_eq!(accounts(&place), [HUB, SHOP, LAB, OLD]);
    place.plan(0, &[]);
    // Or it goes.
    configure(&place, "");
    place.driftline(&["import", "--allow-mass-removal"]).ok();
    assert_eq!(accounts(&place), [HUB, SHOP, LAB]);
    place.plan(0, &[]);
}

#[test]
fn an_account_that_may_be_one_that_cannot_be_entered_is_not_let_go() {
    let sim = start(world());
    let place = place(&sim, "");
    place.write_profiles(&[("old", OLD)]);
    place.import();
    sim.edit(|world| world.leave(HUB, OLD));
    // Whose profile this is, is known only to who can use it.
    place.write_profiles(&[("old", "888888888888")]);
    place.configure(&format!("[[accounts]]\nprofile = \"old\"\n[organization]\n{}", super::REST));
    let output = place.driftline(&["import", "--allow-mass-removal"]).ok();
    output.says("could not enter profile old").says("could not enter 444444444444");
    assert_eq!(accounts(&place), [HUB, SHOP, LAB, OLD]);
    place.plan(3, &[]);
}
