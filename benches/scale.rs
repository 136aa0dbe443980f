//! How near to the limit a scan comes, on generated accounts behind an endpoint with AWS's own rates and a round trip.
//!
//! ```text
//! cargo bench --bench scale -- [RESOURCES…] [--seed N] [--round-trip MS] [--jitter MS] [--regions N] [--accounts N]
//!                              [--faults FILE] [--no-rates] [--config FILE] [--driftline PROGRAM] [--bare N]
//!                              [--markdown] [--readme] [--keep]
//! ```
//!
//! For each size (1000 and 10000, unless given; 100000 takes a while at AWS's rates): an import, a plan at rest, and a plan
//! after one resource in a hundred was changed by hand. The real `driftline` runs as a process of its own; the endpoint in
//! another one. CPU time and peak memory are the operating system's (`getrusage`).
//!
//! The bound is what no tool can beat: the larger of the calls that a bucket needs at least, at the bucket's rate and after
//! its burst, for the bucket where that takes longest; and the longest chain of calls that wait for each other, at one round
//! trip each ([`fewest`]).
//!
//! `--faults FILE` scripts faults, `--config FILE` is put before the accounts in `driftline.toml` (instead of
//! `published = "always"` under `[limits]`, since the endpoint stands for AWS), `--driftline PROGRAM` measures another
//! build, `--readme` writes the table into README.md, `--keep` keeps the repositories.
//!
//! `--bare N` compares CPU time instead: with a client of nothing but AWS's SDK ([`bare`]; it is built on first use, which
//! takes many minutes) that makes the same calls and drops the answers. Medians of N runs of each in turn, without rates and
//! round trip.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark's output is its result")]

#[path = "scale/bare.rs"]
mod bare;
#[path = "scale/endpoint.rs"]
mod endpoint;
#[path = "scale/fewest.rs"]
mod fewest;
#[path = "scale/measure.rs"]
mod measure;
#[path = "scale/place.rs"]
mod place;
#[path = "scale/table.rs"]
mod table;

use endpoint::{Account, Endpoint};
use place::Place;
use table::Row;

/// What the command line says.
struct Options {
    sizes: Vec<usize>,
    account: Account,
    config: Option<String>,
    driftline: String,
    bare: Option<usize>,
    markdown: bool,
    readme: bool,
    keep: bool,
}

fn main() {
    // Cargo passes `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.first().map(String::as_str) {
        Some(measure::ROLE) => return measure::between(&arguments[1..]),
        Some(endpoint::ROLE) => return endpoint::serve(&arguments[1]),
        _ => {}
    }
    let options = options(arguments.into_iter());
    if let Some(runs) = options.bare {
        let compared = bare::compare(&options.account, &options.driftline, &options.sizes, runs);
        return println!("\n{compared}");
    }
    let mut rows = Vec::new();
    // No repository is removed before the last run: ext4 does not reuse what was deleted within the last minutes, and
    // looking for something else costs the next import seconds.
    let mut places = Vec::new();
    for size in &options.sizes {
        let (more, place) = scale(&options, *size);
        rows.extend(more);
        places.push(place);
    }
    let text = table::markdown(&rows);
    println!("\n{}", if options.markdown || options.readme { text.clone() } else { table::plain(&rows) });
    println!("{}", table::growth(&rows));
    if options.readme {
        table::into_readme(&text);
    }
    for place in places.into_iter().filter(|_| options.keep) {
        eprintln!("a repository is in {}", place.keep().display());
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Options {
    let mut options = Options {
        sizes: Vec::new(),
        account: Account::default(),
        config: None,
        driftline: env!("CARGO_BIN_EXE_driftline").to_owned(),
        bare: None,
        markdown: false,
        readme: false,
        keep: false,
    };
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("{name} needs a value"));
        let number = |text: String| text.parse().unwrap_or_else(|_| panic!("`{text}` is no number for {name}"));
        match name.as_str() {
            "--seed" => options.account.seed = number(value()),
            "--round-trip" => options.account.round_trip_ms = number(value()),
            "--jitter" => options.account.jitter_ms = number(value()),
            "--regions" => options.account.regions = usize::try_from(number(value())).expect("few regions"),
            "--accounts" => options.account.accounts = usize::try_from(number(value())).expect("few accounts"),
            "--faults" => options.account.faults = Some(absolute(&value())),
            "--no-rates" => options.account.rates = false,
            "--config" => options.config = Some(value()),
            "--bare" => options.bare = Some(usize::try_from(number(value())).expect("few runs")),
            "--driftline" => options.driftline = absolute(&value()),
            "--markdown" => options.markdown = true,
            "--readme" => options.readme = true,
            "--keep" => options.keep = true,
            size => options.sizes.push(size.parse().unwrap_or_else(|_| panic!("there is no option {size}"))),
        }
    }
    if options.sizes.is_empty() {
        options.sizes = vec![1_000, 10_000];
    }
    options
}

/// What is measured runs in folders of its own.
fn absolute(path: &str) -> String {
    std::fs::canonicalize(path).unwrap_or_else(|error| panic!("{path}: {error}")).display().to_string()
}

/// The three runs on an account of one size, and the repository that they leave.
fn scale(options: &Options, resources: usize) -> (Vec<Row>, Place) {
    let mut endpoint = Endpoint::start(&options.account, resources);
    let config = options.config.as_ref().map_or_else(
        // The endpoint limits as AWS does: it stands for AWS.
        || "[limits]\npublished = \"always\"\n".to_owned(),
        |path| std::fs::read_to_string(path).expect("the configuration is there"),
    );
    let place = Place::new(&endpoint, &options.driftline, &config);
    let mut rows = Vec::new();
    for (name, command, drifted) in [
        ("import", &["import"][..], false),
        ("plan at rest", &["plan", "--detailed-exitcode"], false),
        ("plan, 1 % drift", &["plan", "--detailed-exitcode", "--no-attribution"], true),
    ] {
        if drifted {
            eprintln!("{} resources changed by hand", endpoint.drift());
        }
        endpoint.rest();
        eprintln!("{resources} resources: {name} …");
        let (usage, talk) = place.driftline(command);
        let calls = endpoint.calls();
        let failed = name == "import" && usage.code != 0 || usage.code == 1;
        assert!(!failed, "driftline {command:?} ended with {}: {talk}", usage.code);
        let last = talk.lines().find(|line| line.starts_with("read ")).unwrap_or_default();
        eprintln!("  {last} (tightest: {} with {:.1} s)", calls.bucket, calls.bucket_seconds);
        let fewest = fewest::of(&place.census(), endpoint.regions(), endpoint.home());
        rows.push(Row {
            resources,
            run: name,
            usage,
            bound_seconds: endpoint.bound(&calls, &fewest),
            calls: calls.made,
            fewest: fewest.total(),
            throttled: calls.throttled,
            git_bytes: place.git_bytes(),
            code: usage.code,
        });
    }
    (rows, place)
}
