//! `driftline export cli`, judged by running it: what somebody clicked is put back, and what is not is told.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::harness::{Driver, Emulator, Output, Place, at, file, python, sim};

/// The fewest changes that a script must put back, so that no list is lost unnoticed.
const FEWEST: usize = 80;

/// What the emulator cannot put back (see `aws.py`).
const NOT_THERE: [(&str, &str); 3] = [
    // moto takes it by name and value only, and else does nothing; botocore's model has both.
    ("/ec2/instance/", ": InstanceInitiatedShutdownBehavior"),
    ("/rds/db_parameter_group/", ": Parameters"),
    ("/s3/bucket/", ": Logging"),
];

#[test]
fn what_somebody_clicked_is_put_back() {
    let (Some(python), Some(emulator)) = (python(), Emulator::moto()) else { return };
    let mut driver = Driver::start(&python, &emulator, &[]);
    driver.seed();
    let mut place = Place::reading(&emulator.url(), "test");
    place.configure("regions = [\"us-east-1\", \"eu-west-1\"]\n");
    let _aws = Aws::start(&mut place, &python, &emulator);
    place.import();
    // What nobody may see comes first; and by now, the emulator's databases are ready.
    let mut made = driver.change(usize::from(u8::MAX)).len();
    place.import();
    loop {
        let changes = driver.change(usize::from(u8::MAX));
        if changes.is_empty() {
            break;
        }
        made += changes.len();
    }
    assert!(made > FEWEST, "only {made} changes were made");

    let drift = plan(&place);
    let exported = place.driftline(&["export", "cli", "--plan", ".git/plan.json", "--out", "fix.sh"]).ok();
    assert!(exported.stderr.contains(" calls put "), "{}", exported.stderr);
    let exported = exported.says("review fix.sh; `./fix.sh` prints what it would run, and `./fix.sh --apply` runs it");
    let left: BTreeSet<String> = exported.stderr.lines().filter_map(left_out).collect();
    let text = fs::read_to_string(place.repo().join("fix.sh")).expect("the script");
    assert_eq!(
        text.matches("NOT PUT BACK:").count(),
        exported.stderr.lines().filter(|line| left_out(line).is_some()).count()
    );
    checked(&place);

    // Until it is told to, it only says what it would do.
    let dry = script(&place, &[]).ok();
    assert!(dry.stdout.contains("aws --region us-east-1 "), "{}", dry.stdout);
    assert_eq!(plan(&place), drift);
    let applied = script(&place, &["--apply"]).ok();
    assert!(applied.stdout.lines().count() > FEWEST, "{}", applied.stdout);

    let rest = plan(&place);
    let is_told = |line: &String| {
        left.contains(line) || NOT_THERE.iter().any(|(kind, end)| line.contains(kind) && line.ends_with(end))
    };
    let open: Vec<&String> = rest.iter().filter(|line| !is_told(line)).collect();
    assert!(open.is_empty(), "neither put back nor told: {open:#?}\n{text}");
    let back = drift.difference(&rest).count();
    assert!(back > FEWEST, "only {back} attributes of {} are back: {rest:#?}", drift.len());

    // Nothing is written over, and nothing run as anybody of another account.
    let other = place.driftline(&["export", "cli", "--plan", ".git/plan.json", "--out", "fix.sh"]).fails();
    other.says("failed to write the script to fix.sh: it is there already").says("name another file with --out");
    fs::write(place.repo().join("fix.sh"), text.replace("123456789012", "111111111111")).expect("written");
    let refused = script(&place, &["--apply"]).fails();
    assert!(refused.stderr.contains("these credentials are of account 123456789012"), "{}", refused.stderr);
    assert!(refused.stdout.is_empty(), "{}", refused.stdout);
}

#[test]
fn a_hostile_name_runs_nothing() {
    let sim = sim();
    let place = Place::new(&sim);
    let name = "'; touch owned; echo '$(touch owned)`touch owned`\n# \u{202e}\\";
    sim.edit(|world| {
        world.append(&format!("{}/GroupName=shop-app/Tags", at::GROUPS), json!({"Key": name, "Value": name}))
    })
    .expect("the group is there");
    place.import();
    sim.edit(|world| world.set(&format!("{}/GroupName=shop-app/Tags", at::GROUPS), json!([]))).expect("it is there");
    plan(&place);
    place.driftline(&["export", "cli", "--plan", ".git/plan.json", "--out", "fix.sh"]).ok();
    checked(&place);
    let dry = script(&place, &[]).ok();
    assert!(dry.stdout.contains("create-tags"), "{}", dry.stdout);
    // What it prints can be run as it is, too.
    fs::write(place.repo().join("printed.sh"), dry.stdout.replace("aws --region", "printf '%s\\n'")).expect("written");
    let printed = Output::of(place.command("bash").arg("printed.sh")).ok();
    let from = printed.stdout.find('{').expect("JSON");
    let to = printed.stdout.rfind('}').expect("JSON");
    let input: Value = serde_json::from_str(&printed.stdout[from..=to]).expect("JSON");
    let tags = input["Tags"].as_array().expect("tags");
    assert!(tags.contains(&json!({"Key": name, "Value": name})), "{tags:#?}");
    assert!(!place.repo().join("owned").exists());
}

/// An `aws` in the place's PATH. It ends when this is dropped.
struct Aws(Child);

impl Aws {
    fn start(place: &mut Place, python: &std::path::Path, emulator: &Emulator) -> Self {
        const ASK: &str = r#"#!/usr/bin/env bash
exec 3<> "/dev/tcp/127.0.0.1/PORT"
printf '%s\0' "$#" "$@" >&3
IFS= read -r -d '' code <&3
IFS= read -r -d '' output <&3
if [ "$code" = 0 ]; then printf '%s\n' "$output"; else printf '%s\n' "$output" >&2; fi
exit "$code"
"#;
        let mut process = Command::new(python)
            .arg(file("export/aws.py"))
            .env("AWS_ENDPOINT_URL", emulator.url())
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "any")
            .env_remove("AWS_PROFILE")
            .env_remove("AWS_SESSION_TOKEN")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut port = String::new();
        BufReader::new(process.stdout.as_mut().expect("stdout is piped"))
            .read_line(&mut port)
            .expect("it says its port");
        let folder = place.home().join("bin");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("aws"), ASK.replace("PORT", port.trim())).expect("written");
        fs::set_permissions(folder.join("aws"), fs::Permissions::from_mode(0o755)).expect("it can be run");
        let path = crate::harness::variable("PATH").expect("a PATH");
        place.env("PATH", &format!("{}:{}", folder.display(), path.display()));
        Self(process)
    }
}

impl Drop for Aws {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[track_caller]
fn script(place: &Place, arguments: &[&str]) -> Output {
    Output::of(place.command("./fix.sh").args(arguments))
}

/// What shells and linters say of it.
#[track_caller]
fn checked(place: &Place) {
    Output::of(place.command("bash").args(["-n", "fix.sh"])).ok();
    if let Some(shellcheck) = crate::harness::installed("shellcheck") {
        Output::of(place.command(shellcheck).arg("fix.sh")).ok();
    }
}

/// Address and attribute of everything that drifted; the address alone of what came or went.
#[track_caller]
fn plan(place: &Place) -> BTreeSet<String> {
    place.driftline(&["plan", "--no-attribution", "--out", ".git/plan.json"]).ok();
    let plan: Value =
        serde_json::from_slice(&fs::read(place.repo().join(".git/plan.json")).expect("a plan")).expect("JSON");
    let mut lines = BTreeSet::new();
    for resource in plan["resource_drift"].as_array().expect("drift") {
        let address = resource["address"].as_str().expect("an address");
        let changes = resource["driftline"]["changes"].as_array().expect("changes");
        if changes.is_empty() {
            lines.insert(format!("{address}: it"));
        }
        for change in changes {
            let path = change["path"].as_str().expect("a path").trim_start_matches("/attributes");
            lines.insert(format!("{address}: {}", path.split(['/', '[']).nth(1).expect("an attribute")));
        }
    }
    lines
}

/// The same of a line that says what is not put back.
fn left_out(line: &str) -> Option<String> {
    let (address, change) = line.strip_prefix("  aws/")?.split_once(": ")?;
    let attribute: String = change.get(2..)?.chars().take_while(|c| !".[: ".contains(*c)).collect();
    Some(format!("aws/{address}: {attribute}"))
}
