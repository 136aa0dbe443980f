//! Notifications, sent to a socket of ours and to programs: what is told, how often, and what a failure costs.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use driftline_sim::{Fault, Rule, Sim};
use serde_json::{Value, json};

use crate::harness::{KINDS, Place, REGION, at, publish_orders, sim};

/// What a receiver does with a request.
#[derive(Debug, Clone, Copy)]
enum Manner {
    Answers(u16),
    /// Never answers.
    Hangs,
}

/// Takes webhooks, as long as the test runs.
struct Receiver {
    port: u16,
    manner: Arc<Mutex<Manner>>,
    received: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let receiver = Self {
            port: listener.local_addr().expect("an address").port(),
            manner: Arc::new(Mutex::new(Manner::Answers(200))),
            received: Arc::default(),
        };
        let (manner, kept) = (Arc::clone(&receiver.manner), Arc::clone(&receiver.received));
        std::thread::spawn(move || {
            // What is not answered is kept open.
            let mut open = Vec::new();
            for stream in listener.incoming().map_while(Result::ok) {
                kept.lock().expect("nobody panics").push(request(&stream));
                match *manner.lock().expect("nobody panics") {
                    Manner::Hangs => open.push(stream),
                    Manner::Answers(status) => {
                        let answer = "HTTP/1.1 {} x\r\nContent-Length: 34\r\nConnection: close\r\n\r\n\
                            no room at /services/T0/B0/hunter2";
                        let _ = (&stream).write_all(answer.replace("{}", &status.to_string()).as_bytes());
                    }
                }
            }
        });
        receiver
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/services/T0/B0/hunter2", self.port)
    }

    fn now(&self, manner: Manner) {
        *self.manner.lock().expect("nobody panics") = manner;
    }

    /// What came since the last call.
    fn take(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut *self.received.lock().expect("nobody panics"))
    }

    /// The titles of what came since the last call.
    fn titles(&self) -> Vec<String> {
        let title = |(_, body): (String, Value)| {
            let text = body["text"].as_str().expect("a text");
            text.lines().next().expect("a line").to_owned()
        };
        self.take().into_iter().map(title).collect()
    }
}

/// The head of a request, and its body.
fn request(stream: &TcpStream) -> (String, Value) {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a number");
        }
        if line.trim().is_empty() {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    (head, serde_json::from_slice(&body).expect("JSON"))
}

fn place(sim: &Sim, sinks: &str) -> Place {
    let place = Place::new(sim);
    place.configure(&format!("{REGION}{KINDS}{sinks}"));
    place.import();
    place
}

/// The database is as it was imported, or open to the world, or also bigger.
fn set(sim: &Sim, public: bool, storage: u64) {
    sim.edit(|world| {
        world.set(&format!("{}/PubliclyAccessible", at::ORDERS), public)?;
        world.set(&format!("{}/AllocatedStorage", at::ORDERS), storage)
    })
    .expect("the database is there");
}

#[test]
fn only_a_change_of_the_drift_is_told() {
    let (sim, receiver) = (sim(), Receiver::start());
    set(&sim, false, 100);
    let mut place = place(&sim, "[[notify]]\nkind = \"slack\"\nurl_env = \"DRIFT_URL\"\n");
    place.env("DRIFT_URL", &receiver.url());
    let night = |code: i32| {
        let (_, output) = place.plan(code, &[]);
        assert!(!output.stderr.contains("warning"), "{}", output.stderr);
        receiver.titles()
    };
    assert!(night(0).is_empty(), "nothing happened yet");
    set(&sim, true, 100);
    assert_eq!(night(2), ["Drift: 0 added, 1 changed, 0 removed"]);
    assert!(night(2).is_empty(), "the same, the next night");
    set(&sim, true, 200);
    assert_eq!(night(2), ["Drift: 0 added, 1 changed, 0 removed"]);
    // Throttled: what is not seen is not gone.
    let fault = sim.faults().add(Rule::new(Fault::Deny).on("rds:DescribeDBInstances"));
    assert_eq!(night(3), ["No drift in what was read"]);
    assert!(night(3).is_empty());
    sim.faults().remove(fault);
    assert_eq!(night(2), ["Drift: 0 added, 1 changed, 0 removed"], "it can be read again");
    set(&sim, false, 100);
    assert_eq!(night(0), ["The drift is gone"]);
    assert!(night(0).is_empty());
    set(&sim, true, 100);
    assert_eq!(night(2), ["Drift: 0 added, 1 changed, 0 removed"], "it came back");
    // Less than everything would make the rest look gone; and some plans are nobody's business.
    for narrow in [&["--target", "s3"][..], &["--kind", "s3/bucket"], &["--region", "eu-west-1"]] {
        place.driftline(&[&["plan"], narrow].concat()).ok();
    }
    place.driftline(&["plan", "--no-notify"]).ok();
    assert!(receiver.titles().is_empty());
    assert!(!place.repo().join("driftline").exists(), "nothing lies in the work tree");
    assert_eq!(place.git(&["status", "--porcelain", "--untracked-files", "--", "snapshots"]), "");
}

#[test]
fn what_was_told_is_remembered_where_the_environment_says() {
    let (sim, receiver) = (sim(), Receiver::start());
    let mut place = place(&sim, "[[notify]]\nkind = \"slack\"\nurl_env = \"DRIFT_URL\"\n");
    place.env("DRIFT_URL", &receiver.url());
    publish_orders(&sim);
    let state = place.home().join("cache/driftline");
    place.env("DRIFTLINE_STATE_DIR", state.to_str().expect("UTF-8"));
    place.plan(2, &[]);
    place.plan(2, &[]);
    assert_eq!(receiver.titles().len(), 1);
    assert!(state.join("notified.json").exists() && !place.repo().join(".git/driftline/notified.json").exists());
    // As after a fresh clone.
    fs::remove_dir_all(&state).expect("removed");
    place.plan(2, &[]);
    assert_eq!(receiver.titles().len(), 1);
    fs::write(state.join("notified.json"), "{").expect("written");
    let (_, output) = place.plan(2, &[]);
    assert!(output.stderr.contains("everybody is told anew"), "{}", output.stderr);
    assert_eq!(receiver.titles().len(), 1);
    place.plan(2, &[]);
    assert!(receiver.titles().is_empty());
    // As a later driftline may write it.
    fs::write(state.join("notified.json"), r#"{"format": 2, "told": []}"#).expect("written");
    let (_, output) = place.plan(2, &[]);
    assert!(output.stderr.contains("its format is 2; everybody is told anew"), "{}", output.stderr);
    assert_eq!(receiver.titles().len(), 1);
}

#[test]
fn a_failing_sink_is_a_warning_and_is_tried_again() {
    let (sim, receiver) = (sim(), Receiver::start());
    let mut place = place(
        &sim,
        "[[notify]]\nkind = \"slack\"\nurl_env = \"DRIFT_URL\"\ntimeout = 1\n\
         [[notify]]\nkind = \"teams\"\nurl_env = \"NOT_SET\"\n\
         [[notify]]\nkind = \"command\"\ncommand = [\"tee\", \"/dev/null\"]\n",
    );
    place.env("DRIFT_URL", &receiver.url());
    publish_orders(&sim);
    let night = |why: &str| {
        let started = Instant::now();
        let (_, output) = place.plan(2, &[]);
        assert!(started.elapsed() < Duration::from_secs(20), "a sink is not waited for for ever");
        let warning = format!("warning: could not notify slack (DRIFT_URL): {why}");
        assert!(output.stderr.contains(&warning), "{warning} in\n{}", output.stderr);
        assert!(output.stderr.contains("warning: could not notify teams (NOT_SET): NOT_SET is not set\n"));
        assert!(!output.stderr.contains("hunter2"), "a webhook's URL is a secret: {}", output.stderr);
        assert!(!output.stderr.contains("tee"), "the others are told: {}", output.stderr);
    };
    receiver.now(Manner::Answers(500));
    night("it answered 500: no room at /…/T0/B0/…\n");
    receiver.now(Manner::Answers(404));
    night("it answered 404: no room at /…/T0/B0/…\n");
    receiver.now(Manner::Hangs);
    night("127.0.0.1 does not answer: ");
    receiver.take();
    // Nobody listens on the first of all ports.
    place.env("DRIFT_URL", "http://127.0.0.1:1/hunter2");
    let (_, output) = place.plan(2, &[]);
    assert!(
        output.stderr.contains("could not notify slack (DRIFT_URL): 127.0.0.1 does not answer: "),
        "{}",
        output.stderr
    );
    assert!(!output.stderr.contains("hunter2"), "{}", output.stderr);
    // What failed is told as soon as it can be.
    place.env("DRIFT_URL", &receiver.url());
    receiver.now(Manner::Answers(200));
    place.plan(2, &[]);
    assert_eq!(receiver.titles(), ["Drift: 0 added, 1 changed, 0 removed"]);
}

#[test]
fn a_webhook_gets_the_plan_with_a_signature() {
    let (sim, receiver) = (sim(), Receiver::start());
    let sink = format!(
        "[[notify]]\nkind = \"webhook\"\nurl = \"{}\"\nsecret_env = \"SECRET\"\nwhen = \"always\"\n",
        receiver.url()
    );
    let mut place = place(&sim, &sink);
    place.env("SECRET", "It's a Secret to Everybody");
    let (plan, _) = place.plan(0, &[]);
    publish_orders(&sim);
    place.plan(2, &[]);
    place.plan(2, &[]);
    let got = receiver.take();
    assert_eq!(got.len(), 3);
    let header = |index: usize, name: &str| {
        let head: &str = &got[index].0;
        let line = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix(name).map(str::to_owned));
        line.unwrap_or_else(|| panic!("{name} in {head}")).trim_start_matches(": ").to_owned()
    };
    assert_eq!(got[0].1, plan);
    assert_eq!(got[1].1["resource_drift"][0]["name"], json!("prod-orders"));
    assert_eq!([0, 1, 2].map(|index| header(index, "x-driftline-event")), ["nothing", "drift", "drift"]);
    assert_eq!(header(1, "x-driftline-drift"), header(2, "x-driftline-drift"));
    assert!(header(1, "x-driftline-signature-256").starts_with("sha256="));
}

#[cfg(unix)]
#[test]
fn a_command_gets_the_plan_on_its_stdin() {
    let sim = sim();
    let place = place(&sim, "");
    publish_orders(&sim);
    let command = |script: &str| {
        let argument = Value::from(script).to_string();
        let sink = format!(
            "[[notify]]\nkind = \"command\"\nwhen = \"drift\"\ntimeout = 2\ncommand = [\"sh\", \"-c\", {argument}]\n"
        );
        place.configure(&format!("{REGION}{KINDS}{sink}"));
        let started = Instant::now();
        let output = place.driftline(&["plan", "--json"]).ok();
        assert!(started.elapsed() < Duration::from_secs(15), "a program is not waited for for ever");
        assert_eq!(output.json()["complete"], json!(true), "stdout is the plan's alone");
        output.stderr
    };
    let said = command(
        "cat > \"$HOME/plan.json\"; echo talk; printf '%s in %s' \"$DRIFTLINE_EVENT\" \"$PWD\" > \"$HOME/event\"",
    );
    assert!(!said.contains("warning"), "{said}");
    let plan: Value = serde_json::from_slice(&fs::read(place.home().join("plan.json")).expect("a file")).expect("JSON");
    assert_eq!(plan["resource_drift"][0]["name"], json!("prod-orders"));
    let event = fs::read_to_string(place.home().join("event")).expect("a file");
    assert!(event.starts_with("drift in ") && event.trim_end_matches('/').ends_with("/repo"), "{event}");
    let said = command("echo 'the pager is off' >&2; exit 3");
    assert!(said.contains("could not notify command (sh): sh ended with 3: the pager is off\n"), "{said}");
    let said = command("exec sleep 600");
    assert!(said.contains("could not notify command (sh): sh did not end within 2 s\n"), "{said}");
    // Ends at once, without reading.
    assert!(!command("exit 0").contains("warning"));
    let sink = "[[notify]]\nkind = \"command\"\nname = \"the pager\"\ncommand = [\"no-such-program\"]\n";
    place.configure(&format!("{REGION}{KINDS}{sink}"));
    place.driftline(&["plan"]).ok().says("could not notify the pager: no-such-program does not start: ");
}
