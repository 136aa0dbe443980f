//! What a year of imports leaves in `.git`: a commit a day of an account in which one resource in a hundred changes.
//!
//! `cargo bench --bench history [-- --days 365] [--resources 10000] [--changed 100] [--no-tidy]` imports through the store
//! as `driftline import` does, and prints every 30 days and at the end how large the repository is, and how large `git gc`
//! makes it; at the end also how long `log`, `diff` and `show` take, by the clock.

#![expect(clippy::print_stdout, reason = "a benchmark's output is its result")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use driftline::snapshot::{Coverage, Format, path};
use driftline::store::{Committed, Store, Update};
use driftline_api::Seal;
use made_up::resource;

#[path = "made_up/resource.rs"]
mod made_up;

struct Options {
    days: usize,
    resources: usize,
    changed: usize,
    tidy: bool,
}

fn main() {
    let options = options();
    let dir = tempfile::tempdir().expect("temporary folder");
    run(dir.path(), "git", &["init", "-q", "."]);
    for (key, value) in [("user.name", "Bench"), ("user.email", "bench@localhost")] {
        run(dir.path(), "git", &["config", key, value]);
    }
    let store = Store::open(dir.path()).expect("opens");
    println!("{} resources, {} changed a day", options.resources, options.changed);
    println!(
        "{:>5} {:>10} {:>10} {:>7} {:>6} {:>7} {:>12}",
        "day", "KiB", "after gc", "ratio", "packs", "loose", "s a day"
    );
    let (mut written, mut tidied, mut worst) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for day in 0..=options.days {
        let started = Instant::now();
        import(&store, &options, day);
        written += started.elapsed();
        if options.tidy {
            let started = Instant::now();
            store.tidy().expect("tidies");
            tidied += started.elapsed();
            worst = worst.max(started.elapsed());
        }
        if day > 0 && (day % 30 == 0 || day == options.days) {
            report(dir.path(), day, (written + tidied) / u32::try_from(day).expect("few days"));
        }
    }
    println!("tidying took {:.1} s in all, {:.2} s at most", tidied.as_secs_f64(), worst.as_secs_f64());
    let address = resource(0, 0).0.to_string();
    let back = format!("HEAD~{}", options.days.saturating_sub(options.days / 6).max(1));
    let commands: [&[&str]; 4] = [&["log", &address], &["show", &address], &["diff", "HEAD~1"], &["diff", &back]];
    for command in commands {
        let started = Instant::now();
        run(dir.path(), env!("CARGO_BIN_EXE_driftline"), command);
        println!("driftline {:<60} {:6.2} s", command.join(" "), started.elapsed().as_secs_f64());
    }
    let file = path::of(&resource(0, 0).0);
    for command in
        [&["log", "--oneline", "--", &file] as &[&str], &["diff", "--stat", &back], &["show", "--stat", "HEAD"]]
    {
        let started = Instant::now();
        run(dir.path(), "git", command);
        println!("git {:<66} {:6.2} s", command.join(" "), started.elapsed().as_secs_f64());
    }
}

fn options() -> Options {
    let mut options = Options { days: 365, resources: 10_000, changed: 100, tidy: true };
    // Cargo passes `--bench`.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(name) = arguments.next() {
        let mut number = || arguments.next().and_then(|value| value.parse().ok()).expect("a number follows");
        match name.as_str() {
            "--days" => options.days = number(),
            "--resources" => options.resources = number(),
            "--changed" => options.changed = number(),
            "--no-tidy" => options.tidy = false,
            _ => panic!("there is no option {name}"),
        }
    }
    options
}

/// The first day everything; then other resources each day, spread over all folders.
fn import(store: &Store, options: &Options, day: usize) {
    let writer = store.begin().expect("begins");
    let mut update = Update::default();
    let numbers: Vec<usize> = match day {
        0 => (0..options.resources).collect(),
        // A prime far larger than what changes in a day: changes wander over the account, and come back after a while.
        _ => (0..options.changed).map(|at| (day * options.changed + at) * 7919 % options.resources).collect(),
    };
    for number in numbers {
        let (address, bytes) = resource(number, day);
        update.put(&address, writer.blob(&bytes).expect("blob"));
    }
    update.set_coverage(&Coverage::default());
    update.set_format(&Format::new(&Seal::new([7; 32])));
    let Ok(Committed::Written { behind: None, .. }) = writer.commit(update, &format!("import: day {day}")) else {
        panic!("not written")
    };
}

fn report(dir: &Path, day: usize, a_day: Duration) {
    let size = |dir: &Path| kibibytes(&dir.join(".git/objects"));
    let packs = files(&dir.join(".git/objects/pack"))
        .iter()
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "pack"))
        .count();
    let loose: usize = (0..=u8::MAX).map(|folder| files(&dir.join(format!(".git/objects/{folder:02x}"))).len()).sum();
    let copy = tempfile::tempdir().expect("temporary folder");
    // A copy, file by file: `git clone` would pack what it sends.
    run(dir, "cp", &["-a", ".git", copy.path().to_str().expect("a path")]);
    run(copy.path(), "git", &["gc", "--quiet", "--prune=now"]);
    let (before, after) = (size(dir), size(copy.path()));
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let ratio = after as f64 / before as f64;
    println!("{day:>5} {before:>10} {after:>10} {ratio:>7.2} {packs:>6} {loose:>7} {:>12.3}", a_day.as_secs_f64());
}

fn kibibytes(dir: &Path) -> u64 {
    let output = Command::new("du").args(["-sk", "--apparent-size"]).arg(dir).output().expect("du runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_whitespace().next().and_then(|size| size.parse().ok()).expect("du prints a size")
}

fn files(dir: &Path) -> Vec<String> {
    let files = std::fs::read_dir(dir).into_iter().flatten().flatten();
    files.map(|file| file.file_name().to_string_lossy().into_owned()).collect()
}

fn run(dir: &Path, program: &str, arguments: &[&str]) {
    let mut command = Command::new(program);
    command.current_dir(dir).args(arguments).stdout(Stdio::null());
    let status = command.status().expect("it runs");
    assert!(status.success(), "{program} {arguments:?}");
}
