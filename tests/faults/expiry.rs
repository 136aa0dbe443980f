//! Credentials that expire while a scan runs: what can be had anew is had anew, and nobody notices; what cannot is told.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use driftline_sim::{DEMO_ACCOUNT, Fault, Rule, Sim};
use serde_json::{Value, json};

use crate::harness::{KINDS, Output, Place, REGION, at, sim};

/// The credentials of the beginning and those of later.
const KEYS: [&str; 2] = ["AKIADRIFTLINEFIRST00", "AKIADRIFTLINESECOND0"];
/// What the first ones are said to be good for. The SDK has new ones up to ten seconds before. The endpoint takes them a
/// second longer, since what is on its way when they expire was signed before.
const GOOD_FOR: u64 = 15;
/// What is asked after this needs the second ones.
const LATE: Duration = Duration::from_secs(18);

/// An endpoint that knows both keys, and a place without credentials.
fn expiring() -> (Sim, Place) {
    let sim = sim();
    sim.edit(|world| {
        let account = world.account_mut(DEMO_ACCOUNT).expect("the demo account");
        account.access_keys.extend(KEYS.map(str::to_owned));
    });
    sim.page_size(1);
    let mut place = Place::new(&sim);
    place.without("AWS_ACCESS_KEY_ID");
    place.without("AWS_SECRET_ACCESS_KEY");
    (sim, place)
}

/// Reads while the first credentials expire: between two pages of a list, everything else being read.
fn read(sim: &Sim, place: &Place, command: &[&str], first: &str) -> Output {
    sim.reset_stats();
    let late = Rule::new(Fault::Slow(LATE)).on("ec2:DescribeVolumes").first(1);
    let late = sim.faults().add(late);
    let run = place.spawn(command);
    let started = Instant::now();
    while sim.stats().of("sts:GetCallerIdentity") == 0 {
        assert!(started.elapsed() < Duration::from_secs(60), "nobody calls");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_secs(GOOD_FOR + 1));
    let expired = sim.faults().add(Rule::new(Fault::ExpiredToken).key(first));
    let output = Output::new(format!("{command:?}"), run.wait_with_output().expect("it ends"));
    assert_eq!(sim.faults().hits(late), 1);
    sim.faults().remove(expired);
    output
}

/// An import must be as if nothing had happened.
fn goes_on(sim: &Sim, place: &mut Place, first: &str) {
    read(sim, place, &["import"], first).ok();
    let other = Place::new(sim);
    other.import();
    let tree = |place: &Place| place.git(&["rev-parse", "HEAD:snapshots/aws/123456789012/eu-west-1/ec2/volume"]);
    assert_eq!(tree(place), tree(&other), "every page is there");
    assert!(!place.driftline(&["coverage"]).ok().stdout.contains("failed"));
    place.enter(&sim.url(), DEMO_ACCOUNT);
    place.plan(0, &[]);
}

/// A profile whose credentials a program prints: the first ones when it runs for the first time, then `then`.
fn process(place: &Place, then: &str) {
    let home = place.home();
    let script = home.join("credentials.sh");
    let count = home.join("count");
    let _ = fs::remove_file(&count);
    let (count, first) = (count.display(), KEYS[0]);
    let text = format!(
        "#!/bin/bash\necho run >> {count}\nif [ $(wc -l < {count}) = 1 ]; then\n\
         echo '{{\"Version\": 1, \"AccessKeyId\": \"{first}\", \"SecretAccessKey\": \"any\", \"SessionToken\": \"any\", \
         \"Expiration\": \"'$(date -u -d '+{GOOD_FOR} seconds' +%Y-%m-%dT%H:%M:%SZ)'\"}}'\nelse\n{then}\nfi\n"
    );
    fs::write(&script, text).expect("the script");
    let config = format!("[default]\ncredential_process = bash {}\n", script.display());
    fs::write(home.join(".aws/config"), config).expect("the configuration");
}

#[test]
fn a_process_gives_new_credentials() {
    let (sim, mut place) = expiring();
    let second = KEYS[1];
    let then = format!(
        "echo '{{\"Version\": 1, \"AccessKeyId\": \"{second}\", \"SecretAccessKey\": \"any\", \"SessionToken\": \"any\", \
         \"Expiration\": \"2037-01-01T00:00:00Z\"}}'"
    );
    process(&place, &then);
    goes_on(&sim, &mut place, KEYS[0]);
}

#[test]
fn a_container_gives_new_credentials() {
    let (sim, mut place) = expiring();
    let asked = Arc::new(AtomicUsize::new(0));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/credentials", listener.local_addr().expect("an address"));
    let counting = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _ = stream.read(&mut [0; 4096]);
            let is_first = counting.fetch_add(1, Ordering::SeqCst) == 0;
            let expiration = time_in(if is_first { GOOD_FOR } else { 3600 });
            let body = json!({
                "AccessKeyId": KEYS[usize::from(!is_first)], "SecretAccessKey": "any", "Token": "any",
                "Expiration": expiration,
            });
            let body = body.to_string();
            let length = body.len();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n");
            let _ = stream.write_all(format!("{head}connection: close\r\n\r\n{body}").as_bytes());
        }
    });
    place.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &url);
    goes_on(&sim, &mut place, KEYS[0]);
    assert!(asked.load(Ordering::SeqCst) > 1, "asked again");
}

/// So many seconds from now.
fn time_in(seconds: u64) -> String {
    let mut date = std::process::Command::new("date");
    let output = date.args(["-u", "-d", &format!("+{seconds} seconds"), "+%Y-%m-%dT%H:%M:%SZ"]).output();
    String::from_utf8(output.expect("date runs").stdout).expect("UTF-8").trim().to_owned()
}

#[test]
fn a_role_is_assumed_again() {
    let sim = sim();
    let role = "arn:aws:iam::210987654321:role/driftline";
    sim.edit(|world| {
        let mut account = world.account(DEMO_ACCOUNT).expect("the demo account").clone();
        account.id = "210987654321".to_owned();
        let role = json!({
            "RoleName": "driftline", "RoleId": "AROA0000000000DRIFTL", "Path": "/", "Arn": role,
            "CreateDate": "2026-01-02T03:04:05Z", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
        });
        account.describe(driftline_sim::GLOBAL, "iam")["Roles"].as_array_mut().expect("roles").push(role);
        world.add(account);
    });
    sim.page_size(1);
    let place = Place::new(&sim);
    place.configure(&format!("{REGION}[[accounts]]\nrole_arn = \"{role}\"\n{KINDS}"));
    // Sessions are numbered in the order in which they begin.
    let session = |number: usize| format!("ASIA210987654321{number:04}");
    sim.faults().add(Rule::new(Fault::ShortSession(Duration::from_secs(GOOD_FOR))).on("sts:AssumeRole").first(1));
    read(&sim, &place, &["import"], &session(0)).ok();
    assert!(sim.stats().of("sts:AssumeRole") >= 2, "assumed again");
    let volumes = place.git(&["ls-files", "snapshots/aws/210987654321/eu-west-1/ec2/volume"]);
    let described = sim.world().get(at::VOLUMES).and_then(|volumes| volumes.as_array().map(Vec::len));
    assert_eq!(Some(volumes.lines().count()), described);
    place.plan(0, &[]);
}

#[test]
fn credentials_that_cannot_be_renewed_cost_what_comes_later() {
    let (sim, mut place) = expiring();
    place.configure(&format!("{REGION}{KINDS}[scan]\nattempts = 2\n"));
    place.env("AWS_ACCESS_KEY_ID", DEMO_ACCOUNT);
    place.env("AWS_SECRET_ACCESS_KEY", "any");
    place.import();
    let files = place.git(&["ls-files", "snapshots"]);
    let tree = place.git(&["rev-parse", "HEAD:snapshots/aws/123456789012/eu-west-1"]);
    place.without("AWS_ACCESS_KEY_ID");
    place.without("AWS_SECRET_ACCESS_KEY");
    process(&place, "echo 'log in again: the session is over' >&2; exit 1");

    let output = read(&sim, &place, &["plan", "--detailed-exitcode", "--out", "../plan.json"], KEYS[0]).code(3);
    let plan: Value =
        serde_json::from_slice(&fs::read(place.repo().join("../plan.json")).expect("a plan")).expect("JSON");
    let gaps = plan["driftline"]["not_read"].as_array().expect("gaps");
    // On a busy machine more than the list of volumes may come too late.
    assert!(gaps.iter().any(|gap| gap["kind"] == json!("ec2/volume")), "{gaps:#?}");
    let of_credentials = |gap: &Value| gap["code"] == json!("NoCredentials") || gap["code"] == json!("RequestExpired");
    assert!(gaps.iter().all(of_credentials), "{gaps:#?}");
    assert!(output.stdout.contains("Not read (") && output.stdout.contains("redentials"), "{}", output.stdout);

    let count = place.home().join("count");
    fs::remove_file(&count).expect("the count");
    read(&sim, &place, &["import"], KEYS[0]).ok().says(" could not be read and keep").says("ec2:DescribeVolumes");
    assert_eq!(place.git(&["ls-files", "snapshots"]), files, "nothing of it is removed");
    assert_eq!(place.git(&["rev-parse", "HEAD:snapshots/aws/123456789012/eu-west-1"]), tree);
    place.check_repository();
    // Before anything could be read it is an error.
    place.driftline(&["import"]).fails().says("failed to enter the account of the default credentials").says("hint: ");
}
