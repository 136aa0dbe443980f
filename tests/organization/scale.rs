//! Two hundred accounts, of which some cannot be entered.

use driftline_sim::{GLOBAL, World};
use serde_json::json;

use super::{HUB, account, accounts, click, place, start};

const MEMBERS: u64 = 200;

fn id(number: u64) -> String {
    format!("2{number:011}")
}

fn world() -> World {
    let mut world = World::new().with(account(HUB));
    world.organize(HUB);
    for number in 0..MEMBERS {
        world.add(account(&id(number)));
        world.join(HUB, &id(number), &format!("team-{number}"), &format!("Teams/{}", number % 7));
    }
    world
}

#[test]
fn two_hundred_accounts_are_read_and_those_that_cannot_be_are_told_in_a_few_lines() {
    let sim = start(world());
    let place = place(&sim, "regions = [\"eu-west-1\"]\nexclude = { units = [\"Teams/6\"] }");
    place.import();
    let read = accounts(&place).len();
    assert_eq!(read, 1 + 172);
    assert_eq!(sim.stats().of("organizations:ListAccounts"), 11, "twenty a page");

    // A third of them cannot be entered from now on.
    let closed: Vec<String> = (0..MEMBERS).filter(|number| number % 7 < 2).map(id).collect();
    sim.edit(|world| {
        for id in &closed {
            world.account_mut(id).expect("the account").describe(GLOBAL, "iam")["Roles"] = json!([]);
        }
    });
    click(&sim, &id(3));
    let (plan, output) = place.plan(2, &[]);
    assert_eq!(plan["resource_drift"].as_array().expect("drift").len(), 1);
    assert_eq!(plan["driftline"]["not_read"].as_array().expect("gaps").len(), closed.len());
    let output = output.says(&format!("could not enter {} accounts (team-0 (200000000000), ", closed.len()));
    assert_eq!(output.stderr.matches("could not enter").count(), 1, "{}", output.stderr);
    let output = output.shows("and 38 more");
    let lines = |text: &str| text.lines().count();
    assert!(lines(&output.stdout) < 50 && lines(&output.stderr) < 10, "{}{}", output.stdout, output.stderr);

    let output = place.import().says("1 changed");
    assert!(lines(&output.stderr) < 10, "{}", output.stderr);
    assert_eq!(accounts(&place).len(), read);
    let markdown = place.driftline(&["plan", "--detailed-exitcode", "--format", "markdown"]).code(3);
    assert!(lines(&markdown.stdout) < 60, "{}", markdown.stdout);
}
