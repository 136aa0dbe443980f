//! `driftline log`: when a resource came, what changed, when it went.

use insta::assert_snapshot;

use crate::harness::{Place, at, publish_orders, sim};

#[test]
fn tells_the_history_of_a_resource() {
    let sim = sim();
    let mut place = Place::new(&sim);
    place.configure("regions = [\"eu-west-1\"]\n[kinds]\ninclude = [\"rds/db_instance\"]\n");
    for (number, day) in ["2026-01-02T03:04:05Z", "2026-01-03T03:04:05Z", "2026-01-04T03:04:05Z"].iter().enumerate() {
        place.env("GIT_AUTHOR_DATE", day);
        place.env("GIT_COMMITTER_DATE", day);
        match number {
            1 => publish_orders(&sim),
            2 => drop(sim.edit(|world| world.remove(at::ORDERS)).expect("the database")),
            _ => {}
        }
        place.import();
    }
    let log = place.driftline(&["log", "aws/123456789012/eu-west-1/rds/db_instance/prod-orders"]).ok();
    assert_snapshot!(dates(&place.redact(&log.stdout)), @r"
    [COMMIT] [DATE] [DATE] removed import: 5 resources (1 removed) (Jane Doe)
    [COMMIT] [DATE] [DATE] changed import: 6 resources (1 changed) (Jane Doe)
        ~ PubliclyAccessible: false -> true
    [COMMIT] [DATE] [DATE] added   import: 6 resources (6 added) (Jane Doe)
    ");
    let last = place.driftline(&["log", "-n", "1", "aws/123456789012/eu-west-1/rds/db_instance/prod-orders"]).ok();
    assert_eq!(last.stdout.lines().count(), 1, "{}", last.stdout);
    let unknown = place.driftline(&["log", "rds/db_instance/nobody"]).fails();
    unknown.says("rds/db_instance/nobody").says("what is gone takes its whole address, aws/");
}

/// Whether git's variables for dates hold for driftline, too, is not what this is about.
fn dates(text: &str) -> String {
    let is_date =
        |word: &str| word.len() >= 5 && word.bytes().all(|byte| byte.is_ascii_digit() || b"-:".contains(&byte));
    let line = |line: &str| {
        line.split(' ').map(|word| if is_date(word) { "[DATE]" } else { word }).collect::<Vec<_>>().join(" ") + "\n"
    };
    text.lines().map(line).collect()
}
