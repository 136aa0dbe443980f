//! Help, completions and the man page, all from one definition.

use crate::harness::{Output, Place};

const COMMANDS: [&str; 16] = [
    "init",
    "import",
    "plan",
    "diff",
    "ignore",
    "export",
    "restore",
    "show",
    "log",
    "coverage",
    "kinds",
    "iam-policy",
    "ci",
    "demo",
    "completions",
    "man",
];

#[test]
fn every_command_is_in_the_help_the_man_page_and_the_completions() {
    let place = Place::empty();
    let help = place.driftline(&["--help"]).ok().stdout;
    let man = place.driftline(&["man"]).ok().stdout;
    for command in COMMANDS {
        assert!(help.contains(&format!("\n  {command} ")), "{command} in\n{help}");
        assert!(man.replace('\\', "").contains(command), "{command} in the man page");
        place.driftline(&[command, "--help"]).ok().shows("Usage: driftline");
    }
    assert!(man.starts_with(".ie") || man.starts_with(".TH"), "{}", &man[..60]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = place.driftline(&["completions", shell]).ok().stdout;
        for command in COMMANDS {
            assert!(script.contains(command), "{command} for {shell}");
        }
    }
}

#[test]
fn a_shell_accepts_the_completions() {
    let place = Place::empty();
    let script = place.repo().join("driftline.bash");
    std::fs::write(&script, place.driftline(&["completions", "bash"]).ok().stdout).expect("a script");
    Output::of(place.command("bash").arg("-n").arg(&script)).ok();
}

#[test]
fn wrong_usage_is_1_and_never_2() {
    let place = Place::empty();
    for wrong in [&["frobnicate"][..], &["plan", "--frobnicate"], &[], &["show"], &["completions", "tcsh"]] {
        let output = place.driftline(wrong);
        assert_eq!((output.code, output.stdout.as_str()), (Some(1), ""), "{wrong:?}: {}", output.stderr);
    }
    place.driftline(&["--version"]).ok().shows(concat!("driftline ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn nobody_reading_is_no_error_and_no_room_is() {
    let place = Place::empty();
    let driftline = env!("CARGO_BIN_EXE_driftline");
    let piped = format!("set -o pipefail; '{driftline}' kinds --json | head -c 1");
    Output::of(place.command("bash").args(["-c", &piped])).ok();
    if std::path::Path::new("/dev/full").exists() {
        let full = Output::of(place.command("bash").args(["-c", &format!("'{driftline}' kinds > /dev/full")]));
        full.fails().says("failed to write the output").says("No space left on device");
    }
}
