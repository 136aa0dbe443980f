//! How fast the endpoint answers: a generated account, a few callers that never pause, and what that costs.
//!
//! ```text
//! cargo run --release -p driftline-sim --example load -- 100000
//! ```
//!
//! Prints, for each sort of call, answers per second of wall time and of the endpoint's own processor time (Linux): the
//! latter is what one core can do, whatever else the machine is busy with.
#![expect(clippy::print_stdout, reason = "this is a command")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use driftline_sim::{Generated, Sim};

const CALLERS: usize = 4;
const TIME: Duration = Duration::from_secs(3);

/// A connection that is kept open.
struct Caller {
    stream: BufReader<TcpStream>,
    account: String,
}

/// One request: method and target, service, body.
type Request = (String, &'static str, String);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let resources = std::env::args().nth(1).and_then(|number| number.parse().ok()).unwrap_or(20_000);
    let generated = Generated { regions: vec!["us-east-1".to_owned()], ..Generated::new(1, resources) };
    let begin = Instant::now();
    let world = generated.world();
    println!("{resources} resources generated in {:.2} s, {} MB", begin.elapsed().as_secs_f64(), memory());
    let sim = Sim::start(world)?;
    let account = generated.account_ids().remove(0);
    let address = sim.url().trim_start_matches("http://").to_owned();
    let mut caller = Caller::new(&address, &account)?;

    let form = |service: &'static str, version: &str, rest: &str| -> Request {
        ("POST /".to_owned(), service, format!("Version={version}&{rest}"))
    };
    let buckets = names(&caller.ask(&("GET /?max-buckets=1000".to_owned(), "s3", String::new()))?, "Name");
    let page = |what: &str| form("ec2", "2016-11-15", &format!("Action={what}&MaxResults=1000"));
    let roles = form("iam", "2010-05-08", "Action=ListRoles&MaxItems=1000");
    let instances = names(&caller.ask(&page("DescribeInstances"))?, "instanceId");
    let of_bucket = |part: &str| -> Vec<Request> {
        buckets.iter().map(|name| (format!("GET /{name}?{part}"), "s3", String::new())).collect()
    };
    let of_instance = |id: &String| {
        form("ec2", "2016-11-15", &format!("Action=DescribeInstanceAttribute&Attribute=userData&InstanceId={id}"))
    };
    let sorts = [
        ("a bucket's encryption", of_bucket("encryption")),
        ("an instance's user data", instances.iter().map(of_instance).collect()),
        ("a page of volumes", vec![page("DescribeVolumes")]),
        ("a page of instances", vec![page("DescribeInstances")]),
        ("a page of roles", vec![roles]),
    ];
    // As if nobody had asked before, and again and again.
    for ((what, requests), anew) in sorts.iter().flat_map(|sort| [(sort, true), (sort, false)]) {
        // What is indexed at first use is no matter of speed.
        let bytes = caller.ask(&requests[0])?.len();
        let (processor, begin) = (processor(), Instant::now());
        let answers: usize = std::thread::scope(|scope| {
            let call = |number: usize| {
                let (sim, address, account) = (&sim, &address, &account);
                scope.spawn(move || -> std::io::Result<usize> {
                    let mut caller = Caller::new(address, account)?;
                    let mut answers = 0;
                    while begin.elapsed() < TIME {
                        if anew {
                            // What was answered before is forgotten with each change.
                            sim.edit(|_| ());
                        }
                        caller.ask(&requests[(number * 7919 + answers) % requests.len()])?;
                        answers += 1;
                    }
                    Ok(answers)
                })
            };
            let callers: Vec<_> = (0..CALLERS).map(call).collect();
            callers.into_iter().map(|caller| caller.join().map_or(0, Result::unwrap_or_default)).sum()
        });
        #[expect(clippy::cast_precision_loss, reason = "fewer answers than would lose digits")]
        let (answers, seconds) = (answers as f64, begin.elapsed().as_secs_f64());
        let spent = self::processor() - processor;
        println!(
            "{what}{}: {:.0}/s, {:.0}/s of one core, {:.1} µs each ({bytes} bytes)",
            if anew { "" } else { ", again" },
            answers / seconds,
            answers / spent,
            spent / answers * 1e6,
        );
    }
    println!("{} MB at the end", memory());
    Ok(())
}

impl Caller {
    fn new(address: &str, account: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), account: account.to_owned() })
    }

    fn ask(&mut self, (head, service, body): &Request) -> std::io::Result<String> {
        let request = format!(
            "{head} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\
             content-type: application/x-www-form-urlencoded\r\nauthorization: AWS4-HMAC-SHA256 \
             Credential={}/20260101/us-east-1/{service}/aws4_request, Signature=0\r\n\r\n{body}",
            body.len(),
            self.account,
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let (mut length, mut line) = (0, String::new());
        while self.stream.read_line(&mut line)? > 2 {
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or_default();
            }
            line.clear();
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}

/// The texts of all elements with a name.
fn names(xml: &str, element: &str) -> Vec<String> {
    let open = format!("<{element}>");
    xml.split(&open).skip(1).filter_map(|rest| Some(rest.split('<').next()?.to_owned())).collect()
}

/// Seconds of processor time that the endpoint's thread has taken.
fn processor() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let stats = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("stat")).ok());
    let own = stats.filter(|stat| stat.contains("(driftline-sim)"));
    let ticks = |stat: String| -> f64 {
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let field = |number: usize| fields.get(number).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
        // User and system time, in hundredths of a second.
        (field(11) + field(12)) / 100.0
    };
    own.map(ticks).sum()
}

/// Megabytes in memory.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or_default() / 1024
}
