//! `driftline demo`: the whole loop without an account.

use crate::harness::Place;

#[test]
fn shows_the_drift_of_each_console_change_in_seconds() {
    let place = Place::empty();
    let demo = place.driftline(&["demo", "--into", "shop"]).ok();
    for shown in [
        "ec2/security_group/sg-028d9976e693ba7a6  \"shop-app\"",
        "0.0.0.0/0",
        "PubliclyAccessible: false -> true",
        "s3/bucket/example-shop-exports",
        "+ Policy.Statement[Temporary]: {",
        "- PublicAccessBlock: {",
        "s3/bucket/annas-test-bucket-2  unmanaged: in no restore point",
        "status.example.com/CNAME  removed: no longer there",
        "AdministratorAccess",
        "InstanceType: \"t3.medium\" -> \"t3.xlarge\"",
        "elbv2/listener/shop-web/6b866579fb98376f",
        "+ Routes[10.81.0.0/16]: {",
        "Plan: 1 added, 7 changed, 1 removed since HEAD",
    ] {
        assert!(demo.stdout.contains(shown), "`{shown}` is not in\n{}", demo.stdout);
    }
    assert!(!demo.stdout.contains("Not read"), "everything of the demo account is read:\n{}", demo.stdout);
    assert!(demo.stderr.contains("the restore point is a git repository: "), "{}", demo.stderr);

    // What it leaves is a repository like any other.
    let addresses = place.git(&["-C", "shop", "ls-files", "snapshots"]);
    assert!(addresses.lines().count() > 200);
    place.git(&["-C", "shop", "fsck", "--strict"]);
    assert_eq!(place.git(&["-C", "shop", "status", "--porcelain", "--", "snapshots"]), "");
    place.driftline(&["-C", "shop", "show", "rds/db_instance/prod-orders"]).ok();

    // And its plan can be accepted, as it says.
    let program = env!("CARGO_BIN_EXE_driftline");
    assert!(demo.stderr.contains(&format!(": {program} -C ")), "as it was called, installed or not\n{}", demo.stderr);
    assert!(demo.stderr.contains("/shop accept "), "{}", demo.stderr);
    place.driftline(&["-C", "shop", "accept", "shop/plan.json"]).ok();
    assert_eq!(place.git(&["-C", "shop", "log", "--format=%an", "--author=anna@"]).lines().count(), 3);
    place.driftline(&["-C", "shop", "log", "rds/db_instance/prod-orders"]).ok().shows("(ben)");
}

#[test]
fn two_demos_make_the_same_restore_point() {
    let place = Place::empty();
    place.driftline(&["demo", "--into", "one"]).ok();
    place.driftline(&["demo", "--into", "other"]).ok();
    let tree = |folder: &str| place.git(&["-C", folder, "rev-parse", "HEAD:snapshots"]);
    assert_eq!(tree("one"), tree("other"));
}
