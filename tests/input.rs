//! Bad input, each with a message that names it and the way out.

use std::fs;

use insta::assert_snapshot;

use crate::harness::{KINDS, Output, Place, REGION, publish_orders, sim};

#[test]
fn no_repository() {
    let place = Place::empty();
    for command in [&["import"][..], &["plan"], &["diff", "HEAD"], &["show", "a/b/c"], &["log", "a/b/c"], &["coverage"]]
    {
        place.driftline(command).fails().says("no git repository at ").says("hint: run `driftline init`");
    }
    place.driftline(&["-C", "nowhere", "plan"]).fails().says("nowhere");
}

#[test]
fn no_restore_point() {
    let place = Place::empty();
    place.driftline(&["init"]).ok();
    for command in [&["plan"][..], &["diff", "HEAD"], &["show", "rds/db_instance/x"], &["coverage"]] {
        place.driftline(command).fails().says("there is no restore point yet").says("hint: run `driftline import`");
    }
    // A commit of something else is none.
    place.git(&["commit", "-q", "--allow-empty", "-m", "ours"]);
    let output = place.driftline(&["plan"]).fails();
    assert!(output.stderr.contains("hint: "), "{}", output.stderr);
}

#[test]
fn a_dirty_work_tree_is_not_overwritten() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    publish_orders(&sim);
    let file = place.repo().join("snapshots/aws/123456789012/eu-west-1/rds/db_instance/prod-orders.json");
    let dirty = |place: &Place| place.driftline(&["import"]).fails().says("that are not committed").says("git restore");
    fs::write(&file, "mine\n").expect("a file");
    dirty(&place).says("prod-orders.json");
    assert_eq!(fs::read_to_string(&file).expect("the file"), "mine\n");
    place.git(&["add", "snapshots"]);
    dirty(&place);
    place.git(&["restore", "--staged", "--worktree", "snapshots"]);
    fs::write(place.repo().join("snapshots/notes.txt"), "mine\n").expect("a file");
    dirty(&place).says("snapshots/notes.txt");
    fs::remove_file(place.repo().join("snapshots/notes.txt")).expect("a file");
    fs::remove_file(&file).expect("a file");
    dirty(&place);
    place.git(&["restore", "snapshots"]);
    // A plan does not write, and whatever lies elsewhere is nobody's business.
    fs::write(place.repo().join("notes.txt"), "mine\n").expect("a file");
    place.import();
    assert_eq!(fs::read_to_string(place.repo().join("notes.txt")).expect("the file"), "mine\n");
}

#[test]
fn unknown_names() {
    let sim = sim();
    let place = Place::new(&sim);
    place.configure("");
    let said = |arguments: &[&str]| place.redact(&place.driftline(arguments).fails().stderr);
    assert_snapshot!(said(&["import", "--kind", "rds/db_instnce"]), @r#"
    error: failed to use the command line
      cause: --kind: unknown kind "rds/db_instnce"; did you mean "rds/db_instance"?
    "#);
    assert_snapshot!(said(&["import", "--kind", "lambda"]), @r#"
    error: failed to use the command line
      cause: --kind: unknown kind "lambda"; `driftline kinds` lists them
    "#);
    assert_snapshot!(said(&["import", "--region", "eu-west-9"]), @r"
    error: failed to enter the account of the default credentials
      cause: ec2:DescribeRegions failed (UnknownRegion): region `eu-west-9` is not enabled in account 123456789012
    hint: enabled regions are: eu-central-1, eu-west-1, us-east-1
    ");
    assert_snapshot!(said(&["import", "--region", "Europe"]), @r#"
    error: failed to use the command line
      cause: --region: "Europe" is not the name of a region; they look like "eu-west-1"
    "#);
    assert_snapshot!(said(&["import", "--target", "lambda/function"]), @r#"
    error: failed to use the command line
      cause: --target: unknown kind "lambda/function"; `driftline kinds` lists them
    "#);
    assert_snapshot!(said(&["import", "--target", "ec2/securty_group/sg-1*"]), @r#"
    error: failed to use the command line
      cause: --target: unknown kind "ec2/securty_group"; did you mean "ec2/security_group"?
    "#);
    assert_snapshot!(said(&["import", "--target", "aws/*/eu-north-1/ec2/vpc"]), @r"
    error: failed to scan: no kind in account 123456789012 can match `aws/*/eu-north-1/ec2/vpc`
    hint: `driftline kinds` lists the kinds; check --target, --kind, --region and driftline.toml
    ");
    assert_snapshot!(said(&["import", "--max-rps", "0"]), @r"
    error: failed to use the command line
      cause: --max-rps: 0 is not a rate; it must be a number above 0, and without it AWS's published rates hold
    ");
    assert!(!place.repo().join("snapshots").exists());
}

#[test]
fn a_broken_configuration_is_told_with_its_line() {
    let place = Place::empty();
    place.driftline(&["init"]).ok();
    let said = |toml: &str| {
        place.configure(toml);
        place.redact(&place.driftline(&["import"]).fails().stderr)
    };
    assert_snapshot!(said("regions = [\"eu-west-1\"\n"), @r"
    error: failed to read the configuration
      cause: [PLACE]/repo/driftline.toml:1: unclosed array, expected `]`
    ");
    assert_snapshot!(said("\n\nregoins = []\n"), @r#"
    error: failed to read the configuration
      cause: [PLACE]/repo/driftline.toml:3: unknown key "regoins"; did you mean "regions"?
    "#);
    assert_snapshot!(said("[kinds]\nexclude = [\"ec2/vcp\"]\n"), @r#"
    error: failed to read the configuration
      cause: [PLACE]/repo/driftline.toml:2: unknown kind "ec2/vcp"; did you mean "ec2/vpc"?
    "#);
    assert_snapshot!(said("[[accounts]]\nprofile = \"a\"\nrole_arn = \"arn:aws:iam::123456789012:role/a\"\n"), @r"
    error: failed to read the configuration
      cause: [PLACE]/repo/driftline.toml:2: an account has either a profile or a role_arn; the profile that assumes a role is its source_profile
    ");
    assert_snapshot!(said("[[ignore]]\naddress = \"ec2/vpc/*\"\n"), @r"
    error: failed to read the configuration
      cause: [PLACE]/repo/driftline.toml:1: an ignore rule needs a reason; whoever reads a plan must know why something is not in it
    ");
    assert_snapshot!(said("[limits]\nmax_rps = -1\n"), @r"
    error: failed to read the configuration
      cause: [PLACE]/repo/driftline.toml:2: -1 is not a rate; it must be a number above 0, and without it AWS's published rates hold
    ");
    assert_snapshot!(said("[scan]\nattempts = 0\n"), @r"
    error: failed to read the configuration
      cause: [PLACE]/repo/driftline.toml:2: 0 is out of range; attempts goes from 1 to 100
    ");
    // A file that is named has to be there.
    place.driftline(&["--config", "other.toml", "import"]).fails().says("other.toml");
}

#[test]
fn a_corrupt_file_in_a_restore_point_is_named() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    let path = "snapshots/aws/123456789012/eu-west-1/rds/db_instance/prod-orders.json";
    fs::write(place.repo().join(path), "{\n  \"kind\": oops\n}\n").expect("a file");
    place.git(&["commit", "-qam", "broken"]);
    for command in [&["plan"][..], &["diff", "HEAD~1"], &["show", "rds/db_instance/prod-orders"]] {
        place.driftline(command).fails().says(path).says("line 2").says("hint: ").says("driftline import");
    }
    // An import writes it anew, as the hint says.
    place.import().says("1 changed");
    place.plan(0, &[]);
    let coverage = "snapshots/aws/123456789012/coverage.json";
    fs::write(place.repo().join(coverage), "[]").expect("a file");
    place.git(&["commit", "-qam", "broken"]);
    place.driftline(&["plan"]).fails().says(coverage);
}

#[test]
fn a_newer_format_is_refused_and_nothing_is_written() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    let path = place.repo().join("snapshots/format.json");
    let text = fs::read_to_string(&path).expect("the format").replace("\"version\": 1", "\"version\": 2");
    fs::write(&path, text).expect("a file");
    place.git(&["commit", "-qam", "from the future"]);
    for command in [&["import"][..], &["plan"], &["diff", "HEAD~1"], &["show", "rds/db_instance/prod-orders"]] {
        place.driftline(command).fails().says("snapshots/format.json").says("format 2").says("newer driftline");
    }
    assert_eq!(place.commits(), 2);
}

#[test]
fn another_key_for_secrets_is_refused() {
    let sim = sim();
    let mut place = Place::new(&sim);
    place.import();
    place.env("DRIFTLINE_SECRET_KEY", &"1e".repeat(32));
    let output = place.driftline(&["import"]).fails();
    assert!(output.stderr.contains("key") && output.stderr.contains("hint: "), "{}", output.stderr);
    place.driftline(&["plan"]).fails();
    let narrowed = place.driftline(&["import", "--reseal", "--kind", "s3/bucket"]).fails();
    assert!(narrowed.stderr.contains("--reseal needs a whole scan"), "{}", narrowed.stderr);
    place.driftline(&["import", "--reseal"]).ok();
    place.plan(0, &[]);
    place.env("DRIFTLINE_SECRET_KEY", "hunter2");
    let output = place.driftline(&["plan"]).fails();
    assert!(output.stderr.contains("DRIFTLINE_SECRET_KEY") && !output.stderr.contains("hunter2"), "{}", output.stderr);
}

#[test]
fn a_key_that_is_elsewhere_is_asked_for_and_none_is_made() {
    let sim = sim();
    let mut place = Place::new(&sim);
    place.without("DRIFTLINE_SECRET_KEY");
    place.import().says("made a key for secrets: ");
    let key = place.home().join(".config/driftline/secret-key");
    let kept = fs::read(&key).expect("the key that was made");
    fs::remove_file(&key).expect("it was there");
    for command in ["plan", "import"] {
        let told = place.driftline(&[command]).fails();
        let told = told.says("failed to find the secret key that this repository's secrets are sealed with (");
        told.says("hint: get the key from whoever imported before and put it into ");
        assert!(!key.exists(), "no other key will do");
    }
    fs::write(&key, kept).expect("written");
    place.plan(0, &[]);
    fs::remove_file(&key).expect("it was there");
    place.driftline(&["import", "--reseal"]).ok().says("made a key for secrets: ");
}

/// A limit on the size of files stands for a full disk: the system's answer is of the same family, and no
/// privileges are needed.
#[cfg(unix)]
#[test]
fn a_full_disk_is_told_and_leaves_the_last_restore_point() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    let before = place.git(&["rev-parse", "HEAD"]);
    place.configure(REGION);
    let driftline = env!("CARGO_BIN_EXE_driftline");
    let limited = format!("trap '' XFSZ; ulimit -f 8; exec '{driftline}' import");
    let output = Output::of(place.command("bash").args(["-c", &limited])).fails();
    assert!(
        output.stderr.contains("the disk is full") && output.stderr.contains("free some space"),
        "{}",
        output.stderr
    );
    assert_eq!(place.git(&["rev-parse", "HEAD"]), before);
    place.check_repository();
    place.configure(&format!("{REGION}{KINDS}"));
    place.plan(0, &[]);
    place.configure(REGION);
    place.import();
    place.check_repository();
}

#[test]
fn a_detached_head_is_told() {
    let sim = sim();
    let place = Place::new(&sim);
    place.import();
    place.git(&["checkout", "-q", "--detach"]);
    publish_orders(&sim);
    place.driftline(&["import"]).fails().says("HEAD is detached").says("git switch");
    place.plan(2, &[]);
}
