//! `driftline coverage`: what the last restore point covers.

use driftline_sim::{Fault, Rule};
use insta::assert_snapshot;

use crate::harness::{Output, Place, sim};

#[test]
fn is_a_table_of_scopes_and_kinds() {
    let sim = sim();
    let place = Place::new(&sim);
    place.driftline(&["coverage"]).fails().says("there is no restore point yet");
    place.configure(
        "regions = [\"eu-west-1\", \"us-east-1\"]\n\
         [kinds]\ninclude = [\"ec2/vpc\", \"rds/*\", \"iam/user\"]\nexclude = [\"rds/db_*\", \"rds/global_cluster\"]\n",
    );
    sim.faults().add(Rule::new(Fault::Deny).on("rds:DescribeOptionGroups").region("us-east-1"));
    place.import().says("1 thing could not be read");
    let coverage = place.driftline(&["coverage"]).ok().stdout;
    let wanted = |line: &&str| !line.trim_end().ends_with('x') && !line.trim_end().ends_with("excluded");
    let told: String = coverage.lines().filter(wanted).map(|line| format!("{}\n", line.trim_end())).collect();
    assert_snapshot!(told, @r"
    aws/123456789012
                                        eu-west-1  global  us-east-1
      ec2/vpc                                   3                  1
      iam/user                                          5
      rds/event_subscription                    3                  0
      rds/option_group                          2                  D

    number: resources read   D: denied   x: excluded by configuration
    14 resources in 1 account; not read: 1 of 96 lists.
    not read: aws/123456789012/us-east-1/rds/option_group: rds:DescribeOptionGroups denied (AccessDenied)
    ");

    let denied = place.git(&["grep", "-h", "option_group", "HEAD", "--", "snapshots/aws/123456789012/coverage.json"]);
    assert!(denied.contains("\"rds/option_group\": \"read\""), "{denied}");
    sim.faults().clear();
    place.import();
    assert!(!place.driftline(&["coverage"]).ok().stdout.contains("not read:"));
    place.driftline(&["coverage", "HEAD~1"]).ok().shows("not read:");
}

#[test]
fn reading_less_says_nothing_of_the_rest() {
    let sim = sim();
    let place = Place::new(&sim);
    place.configure("regions = [\"eu-west-1\", \"us-east-1\"]\n");
    place.import();
    let tree = || place.git(&["rev-parse", "HEAD^{tree}"]);
    let before = tree();
    for narrow in [["--region", "us-east-1"], ["--kind", "ec2/vpc"], ["--target", "ec2/vpc"]] {
        place.driftline(&["import", narrow[0], narrow[1]]).ok().says("nothing changed");
        assert_eq!(tree(), before, "{narrow:?}");
    }

    // Which region knows a global cluster is not documented: the one that is asked may not.
    let removed = |output: &Output| output.json()["resource_drift"].as_array().expect("drift").len();
    let plan = place.driftline(&["plan", "--region", "us-east-1", "--json"]).ok();
    assert_eq!(removed(&plan), 0, "{}", plan.stdout);
    place
        .driftline(&["plan", "--region", "us-east-1"])
        .ok()
        .shows("  limited    rds:DescribeGlobalClusters\n             eu-west-1 may know it, and is not read\n");
    place.configure("regions = [\"us-east-1\"]\n");
    place.import();
    assert_eq!(removed(&place.driftline(&["plan", "--json"]).ok()), 0);
    place.git(&["ls-files", "--error-unmatch", "snapshots/aws/123456789012/global/rds/global_cluster/"]);
}
