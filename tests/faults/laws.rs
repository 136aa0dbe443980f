//! Every fault on imports and plans, and what holds whatever goes wrong: nothing is lost, nothing is invented, coverage
//! tells the truth, the exit code is right, the repository is sound, and the next import makes the restore point that an
//! undisturbed one makes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use driftline_sim::{Fault, Rule, Sim};
use serde_json::{Value, json};

use crate::harness::{Output, Place, REGION, at, publish_orders, sim};

/// A kind of each protocol: EC2's, query, REST-XML, JSON.
const KINDS: &str = "[kinds]\ninclude = [\"ec2/volume\", \"ec2/security_group\", \"rds/db_instance\", \"iam/user\", \
    \"s3/bucket\", \"route53/hosted_zone\", \"route53/record_set\", \"acm/certificate\"]\n\
    [attribution]\nenabled = false\n";
/// What fails is given up after a second try, and what does not come soon: patience would only make the tests long. Where
/// nothing hangs, a machine that is busy must not pass for an endpoint that is.
const HASTY: &str = "[scan]\nattempts = 2\nthrottle_timeout = 1\nread_timeout = 2\n";
const TWICE: &str = "[scan]\nattempts = 2\nthrottle_timeout = 1\n";
const PATIENT: &str = "";

/// The lists of one kind of each protocol, and the kind that is a gap without one.
const LISTS: [(&str, &str); 4] = [
    ("ec2:DescribeVolumes", "ec2/volume"),
    ("rds:DescribeDBInstances", "rds/db_instance"),
    ("s3:ListBuckets", "s3/bucket"),
    ("acm:ListCertificates", "acm/certificate"),
];

/// Files of a snapshot and their contents' ids.
type Files = BTreeMap<String, String>;

/// An account with drift, a place that has the restore point before it, and what an undisturbed run makes of it.
struct Bench {
    sim: Sim,
    place: Place,
    before: String,
    files_before: Files,
    /// The plan and the import of a run without faults.
    plan: Value,
    after: Files,
    tree: String,
}

impl Bench {
    fn new() -> Self {
        let sim = sim();
        let place = Place::new(&sim);
        place.configure(&format!("{REGION}{KINDS}{PATIENT}"));
        place.import();
        let before = place.git(&["rev-parse", "HEAD"]);
        let files_before = files(&place);
        click(&sim);
        let (plan, _) = place.plan(2, &[]);
        place.import();
        let (after, tree) = (files(&place), place.tree("HEAD"));
        Self { sim, place, before, files_before, plan, after, tree }
    }

    /// Back to the restore point before the drift.
    fn reset(&self) {
        self.sim.faults().clear();
        self.place.git(&["reset", "-q", "--hard", &self.before]);
    }

    /// Plans and imports while these rules are in force, in such haste, and once more without. Returns the kinds that the plan and the
    /// import had gaps in, with how their reads ended.
    fn suffer(&self, what: &str, haste: &str, rules: &[Rule]) -> BTreeSet<(String, String)> {
        self.reset();
        self.place.configure(&format!("{REGION}{KINDS}{haste}"));
        let disturb = || {
            self.sim.faults().clear();
            for rule in rules {
                self.sim.faults().add(rule.clone());
            }
        };
        disturb();
        let mut gaps = self.plan_holds(what);
        self.place.check_repository();
        disturb();
        gaps.extend(self.import_holds(what));
        self.place.check_repository();
        self.sim.faults().clear();
        self.place.configure(&format!("{REGION}{KINDS}{PATIENT}"));
        self.place.import();
        self.place.check_repository();
        assert_eq!(self.place.tree("HEAD"), self.tree, "{what}: the next import is as if nothing had happened");
        let (plan, _) = self.place.plan(0, &[]);
        assert_eq!(plan["complete"], json!(true), "{what}");
        gaps
    }

    fn plan_holds(&self, what: &str) -> BTreeSet<(String, String)> {
        let path = self.place.repo().join("../plan.json");
        let _ = std::fs::remove_file(&path);
        let output = self.place.driftline(&["plan", "--detailed-exitcode", "--out", "../plan.json"]);
        if output.code == Some(1) {
            assert!(output.stderr.contains("error: failed to ") && output.stdout.is_empty(), "{what}: {output:?}");
            assert!(!path.exists(), "{what}: what failed is no plan");
            return BTreeSet::new();
        }
        let plan: Value = serde_json::from_slice(&std::fs::read(&path).expect("a plan")).expect("JSON");
        let (true_drift, told) = (drift(&self.plan), drift(&plan));
        let gaps = plan["driftline"]["not_read"].as_array().expect("a list").clone();
        for (address, entry) in &told {
            let known = true_drift.get(address);
            let changes = |entry: &Value| entry["driftline"]["changes"].as_array().cloned().unwrap_or_default();
            let is_true = known.is_some_and(|known| {
                known["driftline"]["drift"] == entry["driftline"]["drift"]
                    && changes(entry).iter().all(|change| changes(known).contains(change))
            });
            assert!(is_true, "{what}: the plan invents {address}: {entry:#}\n{}", output.stderr);
            let whole = known.is_some_and(|known| changes(known) == changes(entry));
            assert!(whole || is_a_gap(&gaps, entry), "{what}: the plan hides a part of {address}");
        }
        for (address, entry) in true_drift.iter().filter(|(address, _)| !told.contains_key(*address)) {
            assert!(is_a_gap(&gaps, entry), "{what}: the plan hides {address}\n{gaps:#?}");
        }
        assert_eq!(plan["complete"], json!(gaps.is_empty()), "{what}");
        let code = match (told.is_empty(), gaps.is_empty()) {
            (false, _) => 2,
            (true, false) => 3,
            (true, true) => 0,
        };
        assert_eq!(output.code, Some(code), "{what}: {}", output.stderr);
        gaps.iter().map(|gap| (text(gap, "kind"), text(gap, "status"))).collect()
    }

    fn import_holds(&self, what: &str) -> BTreeSet<(String, String)> {
        let output = self.place.driftline(&["import"]);
        if output.code == Some(1) {
            assert!(output.stderr.contains("error: failed to "), "{what}: {}", output.stderr);
            assert_eq!(self.place.git(&["rev-parse", "HEAD"]), self.before, "{what}: an error changes nothing");
            return BTreeSet::new();
        }
        assert_eq!(output.code, Some(0), "{what}: {}", output.stderr);
        let gaps = coverage_gaps(&self.place);
        let said = output.stderr.contains(" could not be read and keep");
        assert_eq!(said, !gaps.is_empty(), "{what}: {}", output.stderr);
        let now = files(&self.place);
        let paths: BTreeSet<&String> = now.keys().chain(self.after.keys()).collect();
        for path in paths.into_iter().filter(|path| !path.ends_with("coverage.json")) {
            if now.get(path) == self.after.get(path) {
                continue;
            }
            let gap = gaps.iter().find(|gap| path.contains(&format!("/{}/{}/", gap.region, gap.kind)));
            let gap = gap.unwrap_or_else(|| panic!("{what}: {path} is wrong, and coverage does not say why"));
            // A part that was not read keeps its last state in a file that is otherwise new.
            assert!(
                gap.is_partial || now.get(path) == self.files_before.get(path),
                "{what}: {path} is neither as it was nor as it is"
            );
        }
        gaps.into_iter().map(|gap| (gap.kind, gap.status)).collect()
    }
}

/// Something of every sort, in kinds of every protocol.
fn click(sim: &Sim) {
    publish_orders(sim);
    let changed = sim.edit(|world| {
        let mut volume = world.get(&format!("{}/0", at::VOLUMES)).expect("a volume").clone();
        volume["VolumeId"] = json!("vol-0000000000000c11c");
        volume["Attachments"] = json!([]);
        world.append(at::VOLUMES, volume)?;
        world.remove(&format!("{}/1", at::VOLUMES))?;
        world.set(&format!("{}/0/GetBucketVersioning", at::BUCKETS), json!({"Status": "Suspended"}))?;
        let mut user = world.get(at::USERS).expect("users")[0].clone();
        user["UserName"] = json!("clicked");
        user["UserId"] = json!("AIDACLICKEDCLICKED000");
        user["Arn"] = json!("arn:aws:iam::123456789012:user/clicked");
        world.append(at::USERS, user)
    });
    changed.expect("the description changes");
}

fn files(place: &Place) -> Files {
    let listed = place.git(&["ls-tree", "-r", "HEAD", "--", "snapshots"]);
    let entry = |line: &str| {
        let (about, path) = line.split_once('\t')?;
        Some((path.to_owned(), about.split(' ').nth(2)?.to_owned()))
    };
    listed.lines().map(|line| entry(line).expect("an entry")).collect()
}

fn drift(plan: &Value) -> BTreeMap<String, Value> {
    let list = plan["resource_drift"].as_array().expect("a list");
    list.iter().map(|entry| (text(entry, "address"), entry.clone())).collect()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

/// Whether one of a plan's gaps excuses that (a part of) this drift is not told.
fn is_a_gap(gaps: &[Value], entry: &Value) -> bool {
    let own = &entry["driftline"];
    gaps.iter().any(|gap| {
        let is_ours = gap["kind"] == own["kind"] && gap["region"] == own["region"];
        let id = text(gap, "id");
        is_ours && (id.is_empty() || entry["name"] == json!(id) || text(entry, "name").starts_with(&format!("{id}/")))
    })
}

struct CoverageGap {
    region: String,
    kind: String,
    status: String,
    /// Only attributes of resources.
    is_partial: bool,
}

/// What the restore point says that it lacks.
fn coverage_gaps(place: &Place) -> Vec<CoverageGap> {
    let file = place.git(&["show", "HEAD:snapshots/aws/123456789012/coverage.json"]);
    let coverage: BTreeMap<String, BTreeMap<String, Value>> = serde_json::from_str(&file).expect("coverage");
    let mut gaps = Vec::new();
    for (region, kinds) in coverage {
        for (kind, entry) in kinds {
            let short = entry.as_str().map(str::to_owned);
            let status = short.unwrap_or_else(|| text(&entry, "status"));
            let gap = |status: String, is_partial| CoverageGap {
                region: region.clone(),
                kind: kind.clone(),
                status,
                is_partial,
            };
            if !["read", "excluded", "unsupported"].contains(&status.as_str()) {
                gaps.push(gap(status, false));
            }
            let items = entry["gaps"].as_array().cloned().unwrap_or_default();
            gaps.extend(items.iter().map(|item| gap(text(item, "status"), item["path"].is_string())));
        }
    }
    gaps
}

const DRIP: Duration = Duration::from_millis(150);

/// Every fault that costs a list for good, and how that is told.
fn lasting() -> Vec<(Fault, &'static str)> {
    vec![
        (Fault::Throttle, "throttled"),
        (Fault::Deny, "denied"),
        (Fault::ExpiredToken, "failed"),
        (Fault::Fail(500), "failed"),
        (Fault::Fail(502), "failed"),
        (Fault::Fail(503), "failed"),
        (Fault::Fail(504), "failed"),
        (Fault::Refuse(400, "SomethingNew".to_owned()), "failed"),
        (Fault::Reset, "failed"),
        (Fault::Cut, "failed"),
        (Fault::Truncate, "failed"),
        (Fault::Garbage, "failed"),
        (Fault::Malformed, "failed"),
        (Fault::Alien, "failed"),
        (Fault::Empty, "failed"),
        (Fault::Hang, "failed"),
        (Fault::DripHead(DRIP), "failed"),
        (Fault::DripBody(DRIP), "failed"),
    ]
}

/// Faults of lists of several pages.
fn of_pages() -> Vec<(Fault, &'static str)> {
    vec![(Fault::RepeatToken, "failed"), (Fault::CircleTokens, "failed"), (Fault::ExpirePage, "failed")]
}

/// Whatever befalls the list of a kind for good costs that kind, in every protocol, and is told as what it is.
fn costs_the_lists(faults: Vec<(Fault, &'static str)>, haste: &str) {
    let bench = Bench::new();
    bench.sim.page_size(1);
    for (fault, told) in faults {
        let rules: Vec<Rule> = LISTS.iter().map(|(list, _)| Rule::new(fault.clone()).on(list)).collect();
        let gaps = bench.suffer(&format!("{fault:?} on every list"), haste, &rules);
        let expected = LISTS.iter().map(|(_, kind)| ((*kind).to_owned(), told.to_owned())).collect();
        assert_eq!(gaps, expected, "{fault:?}");
    }
}

#[test]
fn what_is_refused_costs_what_was_asked_for() {
    costs_the_lists(lasting().into_iter().take(8).collect(), TWICE);
}

#[test]
fn what_is_broken_costs_what_was_asked_for() {
    costs_the_lists(lasting().into_iter().skip(8).take(7).collect(), TWICE);
}

#[test]
fn what_never_comes_costs_what_was_asked_for() {
    costs_the_lists(lasting().into_iter().skip(15).collect(), HASTY);
}

#[test]
fn a_list_that_has_no_end_is_no_short_list() {
    costs_the_lists(of_pages(), TWICE);
}

/// The same faults on any call at all, details and entering included, now and then.
fn now_and_then(faults: impl Iterator<Item = Fault>, shares: &[u64]) {
    let bench = Bench::new();
    for fault in faults {
        for every in shares {
            bench.suffer(
                &format!("{fault:?} on every call of {every}"),
                TWICE,
                &[Rule::new(fault.clone()).every(*every)],
            );
        }
    }
}

#[test]
fn refusals_now_and_then_lose_and_invent_nothing() {
    now_and_then(lasting().into_iter().take(8).map(|(fault, _)| fault), &[4]);
}

#[test]
fn broken_answers_now_and_then_lose_and_invent_nothing() {
    now_and_then(lasting().into_iter().skip(8).take(7).map(|(fault, _)| fault), &[2, 5]);
}

#[test]
fn stalling_and_vanishing_now_and_then_lose_and_invent_nothing() {
    let bench = Bench::new();
    for fault in [Fault::Hang, Fault::DripHead(DRIP), Fault::DripBody(DRIP)] {
        bench.suffer(&format!("{fault:?} on every 9th call"), HASTY, &[Rule::new(fault.clone()).every(9)]);
    }
    bench.sim.page_size(1);
    bench.suffer("expired pages", TWICE, &[Rule::new(Fault::ExpirePage).every(5)]);
    bench.sim.page_size(0);
}

#[test]
fn what_costs_only_time_costs_nothing_else() {
    let bench = Bench::new();
    for rule in [
        Rule::new(Fault::Slow(Duration::from_millis(200))).every(3),
        Rule::new(Fault::Throttle).every(25),
        Rule::new(Fault::Fail(503)).every(6),
        Rule::new(Fault::Reset).every(6),
        Rule::new(Fault::Clock(3600)),
        Rule::new(Fault::Clock(-3600)),
        Rule::new(Fault::DripBody(Duration::from_micros(100))).on("ec2:DescribeVolumes"),
    ] {
        let gaps = bench.suffer(&format!("{rule:?}"), PATIENT, std::slice::from_ref(&rule));
        assert_eq!(gaps, BTreeSet::new(), "{rule:?}");
    }
}

#[test]
fn a_region_that_hangs_costs_that_region() {
    let sim = sim();
    let place = Place::new(&sim);
    let two = "regions = [\"eu-west-1\", \"us-east-1\"]\n[kinds]\ninclude = [\"ec2/*\"]\n";
    place.configure(two);
    place.import();
    place.configure(&format!("{two}[scan]\nattempts = 1\nread_timeout = 5\n"));
    let before = files(&place);
    sim.edit(|world| {
        world.remove(&format!("{}/0", at::VOLUMES)).and_then(|_| world.remove("123456789012/us-east-1/ec2/Vpcs/0"))
    })
    .expect("a volume and a VPC");
    // Entering asks in us-east-1, too.
    for operation in
        ["Vpcs", "Subnets", "SecurityGroups", "RouteTables", "InternetGateways", "Instances", "NatGateways"]
    {
        sim.faults().add(Rule::new(Fault::Hang).on(&format!("ec2:Describe{operation}")).region("us-east-1"));
    }
    let (plan, _) = place.plan(2, &["--no-attribution"]);
    let regions: Vec<String> = drift(&plan).values().map(|entry| text(&entry["driftline"], "region")).collect();
    assert!(!regions.is_empty() && regions.iter().all(|region| region == "eu-west-1"), "{regions:?}");
    let gaps = plan["driftline"]["not_read"].as_array().expect("gaps");
    assert!(gaps.len() >= 7 && gaps.iter().all(|gap| gap["region"] == json!("us-east-1")), "{gaps:#?}");
    place.import().says("could not be read");
    let kept = |files: &Files| -> Files {
        files.iter().filter(|(path, _)| path.contains("/us-east-1/")).map(|(a, b)| (a.clone(), b.clone())).collect()
    };
    assert_eq!(kept(&files(&place)), kept(&before));
    sim.faults().clear();
    place.import();
    place.plan(0, &[]);
}

#[test]
fn a_host_without_a_name_is_told_and_costs_its_service() {
    let sim = sim();
    let mut place = Place::new(&sim);
    place.configure(&format!("{REGION}{KINDS}{TWICE}"));
    place.import();
    let head = place.git(&["rev-parse", "HEAD"]);
    publish_orders(&sim);
    place.env("AWS_ENDPOINT_URL_RDS", "http://nowhere.invalid");
    let (plan, _) = place.plan(3, &[]);
    let gaps = plan["driftline"]["not_read"].as_array().expect("gaps");
    assert_eq!(gaps.len(), 1, "{gaps:#?}");
    assert_eq!(
        (text(&gaps[0], "kind"), text(&gaps[0], "code")),
        ("rds/db_instance".to_owned(), "Unreachable".to_owned()),
        "{gaps:#?}"
    );
    place.without("AWS_ENDPOINT_URL_RDS");
    place.env("AWS_ENDPOINT_URL", "http://nowhere.invalid");
    for command in ["plan", "import"] {
        let output: Output = place.driftline(&[command]).fails();
        assert!(output.stderr.contains("(Unreachable)") && output.stderr.contains("hint: "), "{}", output.stderr);
    }
    assert_eq!(place.git(&["rev-parse", "HEAD"]), head);
    place.env("AWS_ENDPOINT_URL", &sim.url());
    place.plan(2, &["--no-attribution"]);
}

/// What a detail answers is of another time than its list: it has changed in between, or is gone. The list waits until
/// that has happened, the details come after.
#[test]
fn what_changes_or_goes_between_list_and_detail_is_as_its_detail_says() {
    let sim = sim();
    let place = Place::new(&sim);
    place.configure(&format!("{REGION}[kinds]\ninclude = [\"s3/bucket\"]\n[attribution]\nenabled = false\n"));
    place.import();
    let listed = place.git(&["ls-tree", "--name-only", "HEAD:snapshots/aws/123456789012/eu-west-1/s3/bucket"]);
    let names: Vec<&str> = listed.lines().map(|name| name.trim_end_matches(".json")).collect();
    assert!(names.len() >= 2);
    for command in ["plan", "import"] {
        let described = sim.world();
        sim.reset_stats();
        let late = sim.faults().add(Rule::new(Fault::Slow(Duration::from_millis(600))).on("s3:ListBuckets"));
        let run = match command {
            "plan" => place.spawn(&["plan", "--detailed-exitcode", "--out", "../plan.json"]),
            _ => place.spawn(&["import"]),
        };
        while sim.stats().of("s3:ListBuckets") == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        sim.edit(|world| {
            let bucket = |number: usize| format!("{}/Name={}", at::BUCKETS, names[number]);
            world.set(&format!("{}/GetBucketVersioning", bucket(0)), json!({"Status": "Suspended"}))?;
            world.remove(&bucket(1))
        })
        .expect("buckets");
        let output = Output::new(command.to_owned(), run.wait_with_output().expect("it ends"));
        sim.faults().remove(late);
        if command == "plan" {
            let output = output.code(2);
            let plan = std::fs::read(place.repo().join("../plan.json")).expect("a plan");
            let plan: Value = serde_json::from_slice(&plan).expect("JSON");
            let told: BTreeSet<(String, String)> =
                drift(&plan).values().map(|entry| (text(entry, "name"), text(&entry["driftline"], "drift"))).collect();
            let expected = [(names[0], "changed"), (names[1], "removed")];
            let expected = expected.map(|(name, drift)| (name.to_owned(), drift.to_owned()));
            assert_eq!(told, expected.into_iter().collect(), "{}", output.stderr);
            assert_eq!(plan["complete"], json!(true), "what is gone is no gap");
            sim.edit(|world| *world = described);
        } else {
            output.ok();
            place.check_repository();
            place.plan(0, &[]);
            let other = Place::new(&sim);
            other.configure(&format!("{REGION}[kinds]\ninclude = [\"s3/bucket\"]\n"));
            other.import();
            assert_eq!(place.tree("HEAD"), other.tree("HEAD"));
        }
    }
}
