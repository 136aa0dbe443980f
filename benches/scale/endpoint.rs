//! The endpoint, in a process of its own: this same program, in another role. A line asks for something, a line answers.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use driftline_sim::{Generated, Sim};
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

/// Service, requests a second, burst.
type Rates = Vec<(String, f64, f64)>;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Started {
    url: String,
    accounts: Vec<String>,
    rates: Rates,
}

/// What was asked of the endpoint since it last rested.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Calls {
    /// Every request, those included that were told to slow down.
    pub(crate) made: u64,
    pub(crate) throttled: u64,
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
        let started = Started { url: String::new(), accounts: Vec::new(), rates: Vec::new() };
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

    /// The time below which nobody can make these calls.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    pub(crate) fn bound(&self, fewest: &Fewest) -> f64 {
        let chain = fewest.chain as f64 * self.round_trip_ms as f64 / 1000.0;
        let rates = &self.started.rates;
        let by_rate = fewest.calls.iter().filter_map(|((_, _, service), calls)| {
            let (_, rate, burst) = rates.iter().find(|(name, ..)| name == service)?;
            // The last call of all still takes its round trip.
            Some((*calls as f64 - burst) / rate + self.round_trip_ms as f64 / 1000.0)
        });
        by_rate.fold(chain, f64::max)
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
    let started = Started { url: sim.url(), accounts: generated.account_ids(), rates: Vec::new() };
    say(&started);
    for line in std::io::stdin().lines().map_while(Result::ok) {
        match line.as_str() {
            "drift" => {
                let changed = Generated { changed: 1.0, ..generated.clone() };
                sim.edit(|world| *world = changed.world());
                say(&changed.changes().len());
            }
            "rest" => {
                sim.reset_stats();
                say(&());
            }
            "calls" => {
                let stats = sim.stats();
                let by_operation = stats.by_operation().into_iter().map(|(name, count)| (name.to_owned(), count));
                say(&Calls { made: stats.total(), throttled: 0, by_operation: by_operation.collect() });
            }
            other => panic!("nobody asks for `{other}`"),
        }
    }
}

fn say(what: &impl Serialize) {
    println!("{}", serde_json::to_string(what).expect("plain data serializes"));
}
