//! What a command took, by the operating system's own accounting.
//!
//! Linux counts the memory of whoever starts a process as the process's own until it runs its program. So the benchmark
//! does not start what it measures: a small process in between does (this same program, in another role).

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use serde::{Deserialize, Serialize};

/// The argument that makes this program the process in between.
pub(crate) const ROLE: &str = "--measure";

/// What a command took, with the children that it waited for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Usage {
    pub(crate) wall_seconds: f64,
    /// In user and kernel mode.
    pub(crate) cpu_seconds: f64,
    pub(crate) peak_bytes: u64,
    pub(crate) code: i32,
}

/// Runs a command with nothing but this environment, and says what it took; with it what it printed as talk.
pub(crate) fn run(dir: &Path, environment: &[(String, String)], command: &[&str]) -> (Usage, String) {
    let own = std::env::current_exe().expect("this program has a path");
    let mut between = Command::new(own);
    between.env_clear().envs(environment.iter().map(|(name, value)| (name, value)));
    let output = between.arg(ROLE).args(command).current_dir(dir).stderr(Stdio::piped()).output();
    let output = output.expect("this program starts");
    let talk = String::from_utf8_lossy(&output.stderr).into_owned();
    let usage = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{command:?} was not run: {talk}"));
    (usage, talk)
}

/// The process in between: starts the command, waits for it, and prints what it took.
pub(crate) fn between(command: &[String]) {
    let started = Instant::now();
    let (program, arguments) = command.split_first().expect("a command");
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).status().expect("the command starts");
    let wall_seconds = started.elapsed().as_secs_f64();
    // Of all children that were waited for: of this one and its own.
    let children = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the system tells");
    let micros = children.user_time().num_microseconds() + children.system_time().num_microseconds();
    let usage = Usage {
        wall_seconds,
        cpu_seconds: Duration::from_micros(u64::try_from(micros).expect("time passes")).as_secs_f64(),
        // Linux counts kibibytes, macOS bytes.
        peak_bytes: u64::try_from(children.max_rss()).expect("a size")
            * if cfg!(target_os = "macos") { 1 } else { 1024 },
        code: status.code().unwrap_or(-1),
    };
    println!("{}", serde_json::to_string(&usage).expect("numbers serialize"));
}
