//! How long the first restore point of 100,000 resources takes, against `git add` and `git commit` of the same files.
//!
//! `cargo bench --bench store --no-default-features [-- <number of resources> <bare, checked-out or git>]`

#![expect(clippy::print_stdout, reason = "a benchmark's output is its result")]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use driftline::snapshot::path;
use driftline::store::{Committed, Store, Update};
use driftline_api::Address;
use made_up::resource;

#[path = "made_up/resource.rs"]
mod made_up;

const THREADS: usize = 2;

fn main() {
    // Cargo passes `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let count = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let resources: Vec<(Address, Vec<u8>)> = (0..count).map(|number| resource(number, 0)).collect();
    let bytes: usize = resources.iter().map(|(_, bytes)| bytes.len()).sum();
    println!("{count} resources of {} bytes", bytes / count);

    let ways: [(&str, &dyn Fn() -> Duration); 3] = [
        ("bare", &|| import(&resources, &["--bare"])),
        ("checked-out", &|| import(&resources, &[])),
        ("git", &|| git(&resources)),
    ];
    let asked = |name: &str| arguments.iter().all(|argument| argument == name || argument.parse::<usize>().is_ok());
    let took: Vec<(&str, f64)> =
        ways.iter().filter(|(name, _)| asked(name)).map(|(name, way)| (*name, way().as_secs_f64())).collect();
    let git = took.iter().find(|(name, _)| *name == "git").map(|(_, seconds)| *seconds);
    for (name, seconds) in took {
        let ratio = git.map(|git| format!(" {:5.1}x", git / seconds)).unwrap_or_default();
        println!("{name:<12} {seconds:6.2} s{ratio}");
    }
}

fn import(resources: &[(Address, Vec<u8>)], init: &[&str]) -> Duration {
    let dir = tempfile::tempdir().expect("temporary folder");
    run(dir.path(), &[&["init", "-q"], init].concat());
    let start = Instant::now();
    let store = Store::open(dir.path()).expect("opens");
    let writer = store.begin().expect("begins");
    let mut update = Update::default();
    let blobs: Vec<_> = std::thread::scope(|scope| {
        let parts = resources.chunks(resources.len().div_ceil(THREADS));
        let add = |part: &'_ [(Address, Vec<u8>)]| -> Vec<_> {
            part.iter().map(|(_, bytes)| writer.blob(bytes).expect("blob")).collect()
        };
        let threads: Vec<_> = parts.map(|part| scope.spawn(move || add(part))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    let blobs_done = start.elapsed();
    for ((address, _), blob) in resources.iter().zip(blobs) {
        update.put(address, blob);
    }
    let Ok(Committed::Written { point, behind: None }) = writer.commit(update, "import") else { panic!("not written") };
    let took = start.elapsed();

    let start = Instant::now();
    let snapshot = store.snapshot(&point).expect("snapshot");
    assert_eq!(snapshot.addresses().expect("addresses").len(), resources.len());
    println!(
        "  (blobs {:.2} s; listing them all again {:.2} s)",
        blobs_done.as_secs_f64(),
        start.elapsed().as_secs_f64()
    );
    let start = Instant::now();
    store.begin().expect("begins");
    println!("  (beginning the next: {:.2} s)", start.elapsed().as_secs_f64());
    took
}

fn git(resources: &[(Address, Vec<u8>)]) -> Duration {
    let dir = tempfile::tempdir().expect("temporary folder");
    run(dir.path(), &["init", "-q"]);
    for (address, bytes) in resources {
        let path = dir.path().join(path::of(address));
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
        std::fs::write(path, bytes).expect("written");
    }
    let start = Instant::now();
    run(dir.path(), &["add", "snapshots"]);
    run(dir.path(), &["-c", "gc.auto=0", "-c", "commit.gpgsign=false", "commit", "-q", "-m", "import"]);
    start.elapsed()
}

fn run(dir: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=Bench", "-c", "user.email=bench@localhost"];
    let status = Command::new("git").current_dir(dir).args(identity).args(arguments).status().expect("git runs");
    assert!(status.success(), "git {arguments:?}");
}
