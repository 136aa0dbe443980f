//! The endpoint, in a process of its own: this same program, in another role. A line asks for something, a line answers.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use driftline_sim::{Generated, Rates, Rule, Sim, Stats};
use serde::{Deserialize, Serialize};

use crate::fewest::Fewest;

/// The argument that makes this program the endpoint.
pub(crate) const ROLE: &str = "--endpoint";

/// What is to be read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) seed: u64,
    pub(crate) accounts: usize,
    pub(crate) regions: usize,
    pub(crate) round_trip_ms: u64,
    pub(crate) jitter_ms: u64,
    /// Whether calls are limited as AWS limits them.
    pub(crate) rates: bool,
    pub(crate) faults: Option<String>,
}

impl Default for Account {
    fn default() -> Self {
        Self { seed: 1, accounts: 1, regions: 3, round_trip_ms: 40, jitter_ms: 10, rates: true, faults: None }
    }
}

/// The regions that accounts have, as many as are asked for.
const REGIONS: [&str; 12] = [
    "eu-west-1",
    "us-east-1",
    "eu-central-1",
    "us-west-2",
    "ap-southeast-1",
    "ap-northeast-1",
    "eu-west-2",
    "eu-north-1",
    "us-east-2",
    "ca-central-1",
    "sa-east-1",
    "ap-south-1",
];

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Started {
    url: String,
    accounts: Vec<String>,
}

/// What was asked of the endpoint since it last rested.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Calls {
    /// Every request, those included that were told to slow down.
    pub(crate) made: u64,
    pub(crate) throttled: u64,
    /// How long the bucket that takes longest needs for what was asked of it, were each thing asked for once.
    pub(crate) bucket_seconds: f64,
    /// Whose bucket that is.
    pub(crate) bucket: String,
    pub(crate) by_operation: BTreeMap<String, u64>,
}

/// The endpoint's process. It ends when this is dropped.
pub(crate) struct Endpoint {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
    started: Started,
    regions: Vec<String>,
    round_trip_ms: u64,
}

impl Endpoint {
    pub(crate) fn start(account: &Account, resources: usize) -> Self {
        let own = std::env::current_exe().expect("this program has a path");
        let made = serde_json::to_string(&(account, resources)).expect("numbers and paths serialize");
        let mut command = Command::new(own);
        let child = command.args([ROLE, &made]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.expect("the endpoint starts");
        let (ask, answers) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        let started = Started { url: String::new(), accounts: Vec::new() };
        let regions = REGIONS.iter().take(account.regions).map(|region| (*region).to_owned()).collect();
        let answers = BufReader::new(answers);
        let mut endpoint = Self { child, ask, answers, started, regions, round_trip_ms: account.round_trip_ms };
        endpoint.started = endpoint.answer();
        endpoint
    }

    pub(crate) fn url(&self) -> &str {
        &self.started.url
    }

    pub(crate) fn accounts(&self) -> &[String] {
        &self.started.accounts
    }

    pub(crate) fn regions(&self) -> &[String] {
        &self.regions
    }

    /// The region whose endpoints answer for what lies in none.
    pub(crate) fn home(&self) -> &str {
        &self.regions[0]
    }

    /// Changes, adds and removes one resource in a hundred, by hand as it were. How many these are.
    pub(crate) fn drift(&mut self) -> usize {
        self.request("drift")
    }

    /// Fills the buckets, and begins to count anew.
    pub(crate) fn rest(&mut self) {
        let (): () = self.request("rest");
    }

    pub(crate) fn calls(&mut self) -> Calls {
        self.request("calls")
    }

    /// The time below which nobody can read such accounts: the bucket that takes longest, or the longest chain.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    pub(crate) fn bound(&self, calls: &Calls, fewest: &Fewest) -> f64 {
        let round_trip = self.round_trip_ms as f64 / 1000.0;
        // The last call of all still takes its round trip.
        (fewest.chain as f64 * round_trip).max(calls.bucket_seconds + round_trip)
    }

    fn request<T: for<'de> Deserialize<'de>>(&mut self, what: &str) -> T {
        writeln!(self.ask, "{what}").and_then(|()| self.ask.flush()).expect("the endpoint is there");
        self.answer()
    }

    fn answer<T: for<'de> Deserialize<'de>>(&mut self) -> T {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the endpoint answers");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("the endpoint answered `{}`", line.trim()))
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The endpoint's process: serves what it was told to until nobody asks any more.
pub(crate) fn serve(made: &str) {
    let (account, resources): (Account, usize) = serde_json::from_str(made).expect("the benchmark wrote it");
    let regions = REGIONS.iter().take(account.regions).map(|region| (*region).to_owned()).collect();
    let Account { seed, accounts, .. } = account;
    let generated = Generated { seed, resources, accounts, regions, ..Generated::default() };
    let sim = Sim::start(generated.world()).expect("a free port");
    sim.round_trip(Duration::from_millis(account.round_trip_ms));
    sim.jitter(Duration::from_millis(account.jitter_ms), seed);
    let rates = if account.rates { Rates::aws() } else { Rates::off() };
    if let Some(path) = &account.faults {
        let script = std::fs::read_to_string(path).expect("the script of faults is there");
        for rule in Rule::script(&script).expect("a script of faults") {
            sim.faults().add(rule);
        }
    }
    say(&Started { url: sim.url(), accounts: generated.account_ids() });
    for line in std::io::stdin().lines().map_while(Result::ok) {
        match line.as_str() {
            "drift" => {
                let changed = Generated { changed: 1.0, ..generated.clone() };
                sim.edit(|world| *world = changed.world());
                say(&changed.changes().len());
            }
            "rest" => {
                // New rates come with full buckets.
                sim.rates(rates.clone());
                sim.reset_stats();
                say(&());
            }
            "calls" => say(&calls(&sim.stats(), &rates)),
            other => panic!("nobody asks for `{other}`"),
        }
    }
}

/// What was asked for, and how long AWS's buckets need for it at least: each thing once, after the burst, at the rate.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn calls(stats: &Stats, rates: &Rates) -> Calls {
    let mut buckets: BTreeMap<(String, String, String), (u64, f64, f64)> = BTreeMap::new();
    for call in &stats.calls {
        let Some((service, operation)) = call.operation.split_once(':') else { continue };
        // As if every list were asked for in pages, for which AWS has the larger buckets.
        let Some(bucket) = rates.bucket(service, operation, false) else { continue };
        let region = if bucket.per_region { call.region.clone() } else { String::new() };
        let (per_second, burst) = (bucket.rate.per_second, bucket.rate.burst);
        let counted = buckets.entry((call.account.clone(), region, bucket.name)).or_insert((0, per_second, burst));
        counted.0 += call.distinct;
    }
    let seconds = |(count, per_second, burst): (u64, f64, f64)| (count as f64 - burst).max(0.0) / per_second;
    let longest = buckets.into_iter().map(|(name, counted)| (seconds(counted), name));
    let longest = longest.max_by(|(left, _), (right, _)| left.total_cmp(right));
    let (bucket_seconds, (account, region, name)) = longest.unwrap_or_default();
    let by_operation = stats.by_operation().into_iter().map(|(name, count)| (name.to_owned(), count));
    Calls {
        made: stats.total(),
        throttled: stats.throttled(),
        bucket_seconds,
        bucket: format!("{account} {region} {name}"),
        by_operation: by_operation.collect(),
    }
}

fn say(what: &impl Serialize) {
    println!("{}", serde_json::to_string(what).expect("plain data serializes"));
}
