//! `driftline accept`: reviewed drift becomes commits.

use std::fs;

use driftline_sim::console_changes;
use insta::assert_snapshot;

use crate::harness::{Place, at, sim};

/// The demo account, imported and clicked around in, and its plan.
fn drifted() -> (driftline_sim::Sim, Place) {
    let sim = sim();
    let place = Place::whole(&sim);
    place.import();
    sim.edit(console_changes);
    place.driftline(&["plan", "--no-attribution", "--out", "plan.json"]).ok();
    (sim, place)
}

#[test]
fn a_saved_plan_becomes_commits_and_nothing_is_left() {
    let (sim, place) = drifted();
    place.driftline(&["plan", "--out", "plan.json"]).ok();
    let calls = sim.stats().total();
    let output = place.driftline(&["accept", "plan.json"]).ok();
    assert_eq!(sim.stats().total(), calls, "a saved plan is not read again");
    assert_snapshot!(output.stdout, @r"
    s3/bucket exports: lets everyone do s3:GetObject (+2 more) (anna@example.com)
    ec2/instance shop-web-2: set InstanceType to t3.xlarge (ssm.amazonaws.com)
    ec2/route_table shop-private: add Routes 10.81.0.0/16 (pipeline-7261)
    ec2/security_group shop-app: open tcp/22 to 0.0.0.0/0 (anna@example.com)
    elbv2/listener shop-web-https: remove Certificates 15cdff1d-026e-412d-a034-a0a2a165ca31 (+1 more) (pipeline-7261)
    rds/db_instance prod-orders: set PubliclyAccessible to true (ben)
    iam/user ci-deploy: add AttachedManagedPolicies AdministratorAccess (ben)
    route53/record_set Z0JRQFCEEHD3Y3GYPX6QF/status.example.com/CNAME: deleted (pipeline-7261)
    s3/bucket annas-test-bucket-2: created (anna@example.com)
    ");
    let told = place.git(&["log", "--reverse", "-9", "--format=%s (%an)"]);
    assert_eq!(told, output.stdout.trim_end(), "in this order, by these authors");
    assert_eq!(place.git(&["log", "-9", "--format=%cn"]), ["Jane Doe"; 9].join("\n"), "committed by whoever accepts");
    assert_eq!(place.git(&["log", "--format=%s", "--author", "ben"]).lines().count(), 2);
    let blame = place.git(&["blame", "-L", "/PubliclyAccessible/,+1", "--", at::ORDERS_FILE]);
    assert!(blame.contains("(ben "), "{blame}");
    let message = place.git(&["log", "-1", "--format=%B", "--grep=^ec2/security_group"]);
    assert_snapshot!(place.redact(&message).replace(&place.git(&["log", "-1", "--format=%aI", "--grep=^ec2/security_group"]).replace("+00:00", "Z"), "[TIME]"), @r#"
    ec2/security_group shop-app: open tcp/22 to 0.0.0.0/0

    aws/123456789012/eu-west-1/ec2/security_group/sg-028d9976e693ba7a6 "shop-app"
      + IpPermissions[tcp 22].IpRanges[0.0.0.0/0]

    Driftline-Address: aws/123456789012/eu-west-1/ec2/security_group/sg-028d9976e693ba7a6
    Changed-By: anna@example.com (AdministratorAccess)
    Changed-At: [TIME]
    CloudTrail-Event-Id: 6f0a1c52-93de-4b7e-8a45-000000000001
    Via: console
    "#);
    place.check_repository();
    let (_, plan) = place.plan(0, &[]);
    assert!(plan.stdout.starts_with("No drift. "), "{}", plan.stdout);

    // What a fresh import of the same account says, to the last byte.
    let other = Place::whole(&sim);
    other.import();
    assert_eq!(place.git(&["rev-parse", "HEAD:snapshots"]), other.git(&["rev-parse", "HEAD:snapshots"]));
}

#[test]
fn commits_are_readable_by_git_and_nobody_is_named_where_nobody_was_asked() {
    let (_sim, place) = drifted();
    place.driftline(&["accept", "plan.json", "--only", "ec2/security_group"]).ok();
    assert_eq!(place.commits(), 2);
    assert_eq!(place.git(&["log", "-1", "--format=%an <%ae>"]), "Jane Doe <jane@example.com>");
    let trailers = "--format=%(trailers:only)";
    assert_snapshot!(
        place.git(&["log", "-1", trailers]),
        @"Driftline-Address: aws/123456789012/eu-west-1/ec2/security_group/sg-028d9976e693ba7a6"
    );
    place.check_repository();
}

#[test]
fn a_part_is_accepted_and_the_rest_is_told_again() {
    let (_sim, place) = drifted();
    let output = place.driftline(&["accept", "plan.json", "--only", "s3", "--except", "s3/bucket/annas*"]).ok();
    assert_eq!(output.stdout.lines().count(), 1, "{}", output.stdout);
    let (plan, _) = place.plan(2, &[]);
    let drift = plan["resource_drift"].as_array().expect("drift");
    assert!(!drift.iter().any(|drift| drift["name"] == "example-shop-exports"));
    assert!(drift.iter().any(|drift| drift["name"] == "annas-test-bucket-2"));
    // The plan that was reviewed before is about another restore point now.
    place.driftline(&["accept", "plan.json"]).fails().says("the restore point has moved on from ");
    // Without a plan, the accounts are read.
    place.driftline(&["accept"]).ok().says("read 2");
    place.plan(0, &[]);
    place.driftline(&["accept"]).ok().says("no drift: nothing to accept");
}

#[test]
fn what_the_command_line_leaves_out_is_still_known() {
    let (_sim, place) = drifted();
    let coverage = "HEAD:snapshots/aws/123456789012/coverage.json";
    let before = place.git(&["show", coverage]);
    for only in [["--kind", "rds/db_instance"], ["--region", "eu-west-1"]] {
        place.driftline(&["accept", only[0], only[1]]).ok();
        assert_eq!(place.git(&["show", coverage]), before, "{only:?}");
    }
    assert_eq!(place.commits(), 8, "all but the buckets of two other regions");
    // Whoever asks who did something later looks behind it.
    place.driftline(&["import", "--kind", "s3"]).ok();
    let message = place.git(&["log", "-1", "--format=%B"]);
    assert!(message.starts_with("import: ") && message.trim_end().ends_with("only: --kind s3"), "{message}");
}

#[test]
fn other_commits_may_have_come_meanwhile() {
    let (_sim, place) = drifted();
    fs::write(place.repo().join("README.md"), "ours\n").expect("written");
    place.git(&["add", "README.md"]);
    place.git(&["commit", "-q", "-m", "readme"]);
    place.driftline(&["accept", "plan.json"]).ok();
    assert_eq!(place.git(&["show", "HEAD:README.md"]), "ours");
    place.plan(0, &[]);
}

#[test]
fn a_dry_run_shows_the_commits_and_makes_none() {
    let (_sim, place) = drifted();
    let output = place.driftline(&["accept", "plan.json", "--dry-run", "--only", "rds"]).ok();
    assert_snapshot!(output.stdout, @r#"
    Author: (whoever accepts)

        rds/db_instance prod-orders: set PubliclyAccessible to true

        aws/123456789012/eu-west-1/rds/db_instance/prod-orders
          ~ PubliclyAccessible: false -> true

        Driftline-Address: aws/123456789012/eu-west-1/rds/db_instance/prod-orders
    "#);
    assert_eq!(place.commits(), 1);
}

#[test]
fn a_plan_that_cannot_be_accepted_is_refused_and_nothing_changes() {
    let (sim, place) = drifted();
    let tree = place.tree("HEAD");
    let refused = |arguments: &[&str], why: &str| {
        let output = place.driftline(&[&["accept"], arguments].concat()).fails().says(why);
        assert!(output.stderr.contains("hint: "), "{}", output.stderr);
        assert_eq!((place.commits(), place.tree("HEAD")), (1, tree.clone()));
        place.check_repository();
        output.stderr
    };
    refused(&["no-such.json"], "failed to read the plan no-such.json");
    let text = fs::read_to_string(place.repo().join("plan.json")).expect("the plan");
    let write = |name: &str, text: &str| fs::write(place.repo().join(name), text).expect("written");
    write("edited.json", &text.replace("t3.xlarge", "t3.large"));
    refused(&["edited.json"], "the plan file was edited after it was made");
    write("cut.json", &text[..text.len() / 2]);
    refused(&["cut.json"], "the plan file is not JSON");
    refused(&["plan.json", "--region", "eu-west-1"], "a saved plan is not read again");
    refused(&["plan.json", "--interactive"], "there is no terminal to ask on");

    // Another repository's plan, of the same account.
    let other = Place::whole(&sim);
    other.import();
    other.driftline(&["plan", "--out", "plan.json"]).ok();
    write("other.json", &fs::read_to_string(other.repo().join("plan.json")).expect("the plan"));
    refused(&["other.json"], "this repository has no restore point ");

    write("snapshots/aws/123456789012/eu-west-1/rds/db_instance/prod-orders.json", "{}");
    let output = place.driftline(&["accept", "plan.json"]).fails();
    assert!(output.stderr.contains("that are not committed"), "{}", output.stderr);
    place.git(&["checkout", "-q", "--", "snapshots"]);
    place.git(&["checkout", "-q", "--detach"]);
    refused(&["plan.json"], "HEAD is detached at ");
    let scanned = refused(&["--no-attribution"], "HEAD is detached at ");
    assert!(!scanned.contains("resources in 1 account"), "it is told before anything is read: {scanned}");
    place.git(&["checkout", "-q", "main"]);
    place.driftline(&["accept", "plan.json"]).ok();
}

/// On a real terminal.
#[cfg(unix)]
mod interactive {
    use rexpect::session::{PtySession, spawn_command};

    use super::*;

    fn start(place: &Place, arguments: &[&str]) -> PtySession {
        let mut command = place.command(env!("CARGO_BIN_EXE_driftline"));
        command.args(arguments).stdin(std::process::Stdio::inherit()).env("TERM", "xterm");
        spawn_command(command, Some(30_000)).expect("a terminal")
    }

    #[test]
    fn each_change_is_asked_about() {
        let (_sim, place) = drifted();
        let mut terminal = start(&place, &["accept", "plan.json", "-i"]);
        let answer = |terminal: &mut PtySession, shown: &str, answer: &str| {
            terminal.exp_string(shown).unwrap_or_else(|error| panic!("{shown}: {error}"));
            terminal.exp_string("[a,s,i,r,q,?] ").expect("a question");
            terminal.send_line(answer).expect("sent");
        };
        answer(&mut terminal, "example-shop-exports", "s");
        answer(&mut terminal, "", "?");
        answer(&mut terminal, "Ctrl-C: stop; nothing is committed", "a");
        answer(&mut terminal, "", "q");
        terminal.exp_string("restore point ").expect("a restore point");
        terminal.exp_eof().expect("the end");
        assert_eq!(place.commits(), 2);
        place.check_repository();
        let (plan, _) = place.plan(2, &[]);
        assert!(plan["resource_drift"].as_array().expect("drift").len() > 5);
    }

    #[test]
    fn what_is_ignored_from_now_on_becomes_a_rule() {
        let (_sim, place) = drifted();
        let mut terminal = start(&place, &["accept", "plan.json", "-i", "--only", "rds", "--only", "s3/bucket/annas*"]);
        for (question, answer) in [
            ("[a,s,i,r,q,?] ", "i"),
            ("why is it of no interest? ", ""),
            ("[a,s,i,r,q,?] ", "i"),
            ("why is it of no interest? ", "migration until June"),
            ("[a,s,i,r,q,?] ", "a"),
        ] {
            terminal.exp_string(question).expect(question);
            terminal.send_line(answer).expect("sent");
        }
        terminal.exp_string("added 1 rule to ").expect("a rule");
        terminal.exp_eof().expect("the end");
        let rules = fs::read_to_string(place.repo().join("driftline.toml")).expect("driftline.toml");
        assert!(rules.contains("reason = \"migration until June\""), "{rules}");
        assert_eq!(place.commits(), 2, "the bucket alone");
        let (plan, output) = place.plan(2, &["--no-attribution"]);
        let drift = plan["resource_drift"].as_array().expect("drift");
        assert!(!drift.iter().any(|drift| drift["name"] == "prod-orders"), "{}", output.stdout);
        assert!(output.stdout.contains(" 1 ignored by rules."), "{}", output.stdout);
    }

    #[test]
    fn interrupted_in_the_middle_nothing_is_accepted() {
        let (_sim, place) = drifted();
        let before = place.git(&["rev-parse", "HEAD"]);
        let mut terminal = start(&place, &["accept", "plan.json", "-i"]);
        for _ in 0..3 {
            terminal.exp_string("[a,s,i,r,q,?] ").expect("a question");
            terminal.send_line("a").expect("sent");
        }
        terminal.exp_string("[a,s,i,r,q,?] ").expect("a question");
        terminal.send_control('c').expect("sent");
        terminal.exp_eof().expect("the end");
        assert_eq!(place.git(&["rev-parse", "HEAD"]), before);
        place.check_repository();
        place.driftline(&["accept", "plan.json"]).ok();
        place.plan(0, &[]);
    }
}
