//! `driftline ignore`, and what a plan says of its rules.

use std::fs;

use driftline_sim::console_changes;
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::{KINDS, Place, REGION, publish_orders, sim};

#[test]
fn what_is_ignored_is_counted_and_shown_on_request() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    publish_orders(&sim);
    place.plan(2, &[]);
    let ignore = ["ignore", "rds/db_instance/prod-orders#PubliclyAccessible", "--reason", "a test", "--owner", "dba"];
    place.driftline(&[&ignore[..], &["--until", "2999-12-31"]].concat()).ok().says("added the rule to ");
    let file = fs::read_to_string(place.repo().join("driftline.toml")).expect("the file");
    assert_eq!(
        file,
        format!(
            "{REGION}{KINDS}\n[[ignore]]\naddress = \"rds/db_instance/prod-orders\"\n\
             attribute = \"PubliclyAccessible\"\nuntil = 2999-12-31\nowner = \"dba\"\nreason = \"a test\"\n"
        )
    );

    let (plan, output) = place.plan(0, &[]);
    assert_snapshot!(place.redact(&output.stdout), @"No drift. 34 resources match HEAD ([COMMIT]). 1 ignored by rules.");
    assert!(plan["driftline"]["ignored"][0].get("taken").is_none());
    let (plan, output) = place.plan(0, &["--show-ignored"]);
    assert_snapshot!(place.redact(&output.stdout), @r"
    Ignored by 1 rule:

      rds/db_instance/prod-orders#PubliclyAccessible: 1 change, a test (dba, until 2999-12-31)
      ~ aws/123456789012/eu-west-1/rds/db_instance/prod-orders
          ~ PubliclyAccessible: false -> true

    No drift. 34 resources match HEAD ([COMMIT]). 1 ignored by rules.
    ");
    let taken = &plan["driftline"]["ignored"][0]["taken"][0];
    assert_eq!(taken["driftline"]["changes"][0]["path"], json!("/attributes/PubliclyAccessible"));
    let markdown = place.driftline(&["plan", "--show-ignored", "--format", "markdown"]).ok().stdout;
    assert_snapshot!(place.redact(&markdown), @r#"
    ### Drift: no drift

    34 resources compared with <code>HEAD</code> (<code>[COMMIT]</code>), 1 ignored by rules.

    #### Ignored by 1 rule

    - <code>rds/db_instance/prod-orders&#35;PubliclyAccessible</code>: 1 change, a test (dba, until 2999-12-31)

    <details><summary>~ <code>aws/123456789012/eu-west-1/rds/db_instance/prod-orders</code></summary>

    ```diff
      aws/123456789012/eu-west-1/rds/db_instance/prod-orders
    -   PubliclyAccessible: false
    +   PubliclyAccessible: true
    ```

    </details>
    "#);
}

#[test]
fn rules_that_are_over_or_idle_are_told() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    publish_orders(&sim);
    place.configure(&format!(
        "{REGION}{KINDS}[[ignore]]\naddress = \"rds\"\nreason = \"a move\"\nuntil = 2020-01-31\nowner = \"jane\"\n\
         [[ignore]]\naddress = \"s3\"\ntag = \"Team=platform\"\nreason = \"theirs\"\n\
         [[ignore]]\naddress = \"s3\"\nactor = \"bot\"\nreason = \"its own\"\n"
    ));
    let (_, output) = place.plan(2, &["--no-attribution"]);
    assert!(
        output.stderr.contains("the ignore rule for `rds` (a move) is over since 2020-01-31; ask jane\n"),
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains("the ignore rule for `s3, tag Team=platform` (theirs) matched nothing\n"),
        "{}",
        output.stderr
    );
    assert!(!output.stderr.contains("its own"), "nobody asked who did it: {}", output.stderr);
}

#[test]
fn what_an_actor_did_is_ignored_where_somebody_asks_who_did_it() {
    let sim = sim();
    let place = Place::whole(&sim);
    place.import();
    sim.edit(console_changes);
    let (before, _) = place.plan(2, &[]);
    assert!(before["resource_drift"].to_string().contains("pipeline-7261"));
    place.driftline(&["ignore", "*", "--actor", "pipeline-*", "--reason", "deployments"]).ok();
    let (plan, output) = place.plan(2, &["--show-ignored"]);
    assert!(!plan["resource_drift"].to_string().contains("pipeline-7261"));
    let ignored = &plan["driftline"]["ignored"][0];
    assert_eq!((&ignored["resources"], &ignored["conditions"]), (&json!(3), &json!({"actor": ["pipeline-*"]})));
    assert!(output.stdout.contains("  *, by pipeline-*: 3 resources, deployments\n"), "{}", output.stdout);
    // Who did it is not known without asking: nothing is taken out, and the rule is not called idle either.
    let (plan, output) = place.plan(2, &["--no-attribution"]);
    assert_eq!(plan["resource_drift"].as_array().map(Vec::len), before["resource_drift"].as_array().map(Vec::len));
    assert!(!output.stderr.contains("matched nothing"), "{}", output.stderr);
}

#[test]
fn a_rule_with_nothing_to_match_is_made_and_doubted() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    let ignore = |what: &str| place.driftline(&["ignore", what, "--reason", "x"]).ok();
    ignore("ec2/vpc/vpc-nowhere").says("warning: the restore point has no resource that `ec2/vpc/vpc-nowhere` matches");
    ignore("rds#Nonsense").says("warning: no resource that `rds` matches has `Nonsense` in the restore point");
    for known in ["rds#/PubliclyAccessible", "ec2/vpc#tags.Name", "s3"] {
        let output = ignore(known);
        assert!(!output.stderr.contains("warning"), "{known}: {}", output.stderr);
    }
}

#[cfg(unix)]
#[test]
fn the_file_keeps_its_place_and_permissions() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let place = Place::empty();
    place.driftline(&["init"]).ok();
    let file = place.repo().join("driftline.toml");
    let real = place.home().join("shared.toml");
    fs::rename(&file, &real).expect("moved");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("permissions");
    symlink(&real, &file).expect("a link");
    place.driftline(&["ignore", "s3", "--reason", "x"]).ok();
    assert!(fs::symlink_metadata(&file).expect("the link").is_symlink());
    assert_eq!(fs::metadata(&real).expect("the file").permissions().mode() & 0o777, 0o640);
    assert!(fs::read_to_string(&real).expect("the file").ends_with("\n[[ignore]]\naddress = \"s3\"\nreason = \"x\"\n"));
    // Without a file, one is made, for everybody to read.
    fs::remove_file(&file).expect("removed");
    place.driftline(&["ignore", "s3", "--reason", "x"]).ok();
    assert_eq!(fs::read_to_string(&file).expect("the file"), "[[ignore]]\naddress = \"s3\"\nreason = \"x\"\n");
    assert_eq!(fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o644);
}

#[test]
fn bad_rules_are_refused_and_the_file_stays() {
    let place = Place::empty();
    place.driftline(&["init"]).ok();
    let refused = |arguments: &[&str]| {
        let before = fs::read_to_string(place.repo().join("driftline.toml")).expect("the file");
        let output = place.driftline(&[&["ignore"], arguments].concat()).fails();
        let after = fs::read_to_string(place.repo().join("driftline.toml")).expect("the file");
        assert_eq!(before, after, "{arguments:?}");
        place.redact(&output.stderr)
    };
    assert_snapshot!(refused(&["s3/bukket", "--reason", "x"]), @r#"
    error: failed to make an ignore rule
      cause: "s3/bukket": unknown kind "s3/bukket"; did you mean "s3/bucket"?
    "#);
    assert_snapshot!(refused(&["s3#a..b", "--reason", "x"]), @r"
    error: failed to make an ignore rule
      cause: `a..b` is not an attribute pattern: a step is empty; write it as a plan prints it, such as `tags.Owner` or `IpPermissions[tcp 22]`
    ");
    assert_snapshot!(refused(&["s3", "--reason", "x", "--until", "2020-01-01"]), @r"
    error: failed to make an ignore rule
      cause: 2020-01-01 is over; a rule that ends before today takes nothing out
    ");
    assert_snapshot!(refused(&["s3", "--reason", "x", "--until", "soon"]), @r#"
    error: failed to make an ignore rule
      cause: "soon" is not a date; they look like 2027-01-31
    "#);
    assert_snapshot!(refused(&["s3", "--reason", " "]), @r"
    error: failed to make an ignore rule
      cause: an ignore rule needs a reason; whoever reads a plan must know why something is not in it
    ");
    place.driftline(&["ignore", "s3"]).code(1).says("--reason");
    place.driftline(&["ignore", "s3", "--reason", "known"]).ok();
    assert_snapshot!(refused(&["s3", "--reason", "x"]), @r"
    error: failed to add the rule to [PLACE]/repo/driftline.toml
      cause: the same rule is there already (known)
    ");
    place.configure("regions = [\n\"eu-west-1\"\nx = 1\n");
    assert_snapshot!(refused(&["rds", "--reason", "x"]), @r"
    error: failed to add the rule to [PLACE]/repo/driftline.toml
      cause: [PLACE]/repo/driftline.toml:3: missing comma between array elements, expected `,`
    ");
}
