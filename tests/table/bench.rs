//! Where kinds are tried: an endpoint with the demo account, a restore point of it, and scans of one kind at a time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use driftline::Resource;
use driftline::drift::{Comparison, drift};
use driftline::import::Import;
use driftline::normalize::Options;
use driftline::plan::{Against, Plan};
use driftline::scan::{Baseline, Keep, Request, Scanned, Stats, scan};
use driftline::snapshot::Coverage;
use driftline::store::{Oid, Store};
use driftline_api::{Address, Descriptor, Scope, Seal, Targets};
use driftline_aws::{
    AccountSettings, Aws, ENTRY_ACTIONS, Endpoint, Limits, Patience, Settings, action_of, descriptors,
};
use driftline_sim::{Account, DEMO_ACCOUNT, Fault, FaultId, Rule, Sim, World, demo};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// How often a call is tried. Waits between the attempts are too short to be felt.
pub(crate) const ATTEMPTS: u32 = 4;

/// The regions of the demo account: named, so that all calls of EC2 can be made to fail without shutting the door.
const REGIONS: [&str; 3] = ["eu-central-1", "eu-west-1", "us-east-1"];

/// A restore point of the demo account and its corners.
struct Imported {
    world: World,
    baseline: Arc<Baseline>,
    /// Goes when the last test is done.
    _folder: TempDir,
}

/// An endpoint that answers for the demo account, and the restore point that an import from it made.
pub(crate) struct Bench {
    pub(crate) sim: Sim,
    runtime: Runtime,
    imported: Arc<Imported>,
}

/// What one scan brought, compared with the restore point.
pub(crate) struct Outcome {
    pub(crate) resources: BTreeMap<Address, Oid>,
    /// Resources that are not as the restore point has them.
    pub(crate) differing: BTreeMap<Address, Resource>,
    pub(crate) coverage: Coverage,
    pub(crate) stats: Stats,
    pub(crate) plan: Plan,
}

/// Tries every kind, some at a time, each worker at a bench of its own; all faults of all kinds are told at once.
pub(crate) fn every_kind(check: impl Fn(&Bench, &'static Descriptor, &mut Vec<String>) + Sync) {
    let waiting = Mutex::new(VecDeque::from(descriptors()));
    let faults = Mutex::new(Vec::new());
    let imported = imported();
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let bench = Bench::at(&imported);
                while let Some(kind) = next() {
                    let mut found = Vec::new();
                    check(&bench, kind, &mut found);
                    bench.sim.faults().clear();
                    bench.sim.page_size(0);
                    bench.sim.unshuffle();
                    let found = found.into_iter().map(|fault| format!("{}: {fault}", kind.name));
                    faults.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
                }
            });
        }
    });
    let mut faults = faults.into_inner().unwrap_or_else(PoisonError::into_inner);
    faults.sort();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// The restore point, made once for all tests that run at the time.
fn imported() -> Arc<Imported> {
    static IMPORTED: Mutex<Weak<Imported>> = Mutex::new(Weak::new());
    let mut known = IMPORTED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(imported) = known.upgrade() {
        return imported;
    }
    let imported = Arc::new(import());
    *known = Arc::downgrade(&imported);
    imported
}

/// The demo account, and in its emptiest region what a believable account lacks: `corners/` has what few use, what is
/// only there while something goes wrong, and lists long enough to have an order.
fn world() -> World {
    let mut world = demo();
    let corners =
        World::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/table/corners")).expect("descriptions");
    let account = world.account_mut(DEMO_ACCOUNT).expect("the demo account");
    for (region, service, corners) in corners.accounts().flat_map(Account::descriptions) {
        let description = account.describe(region, service).as_object_mut().expect("collections");
        for (collection, items) in corners.as_object().into_iter().flatten().filter(|(name, _)| *name != "Regions") {
            let known = description.entry(collection).or_insert_with(|| Value::Array(Vec::new()));
            known.as_array_mut().expect("a list").extend(items.as_array().cloned().unwrap_or_default());
        }
    }
    world
}

fn import() -> Imported {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (store, _) = Store::init(folder.path()).expect("a repository");
    let world = world();
    let sim = Sim::start(world.clone()).expect("an endpoint");
    let writer = Arc::new(store.begin().expect("a writer"));
    let everything = Arc::new(Targets::default());
    let before = Arc::new(Baseline::default());
    let request = request(&sim, &descriptors(), &everything, &before, false);
    let scanned = runtime().block_on(scan(request, Keep::Written(Arc::clone(&writer)))).expect("a scan");
    let import = Import {
        baseline: &before,
        scanned: &scanned,
        targets: &everything,
        only: &[],
        seal: &seal(),
        began: 1_795_183_200,
        allow_mass_removal: false,
    };
    import.commit(Arc::into_inner(writer).expect("the scan has ended")).expect("a restore point");
    let point = store.resolve("HEAD").expect("the restore point");
    let baseline = Baseline::load(store.snapshot(&point).expect("its snapshot")).expect("its files");
    Imported { world, baseline: Arc::new(baseline), _folder: folder }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

pub(crate) fn seal() -> Seal {
    Seal::new(*b"a key for tests, guards nothing.")
}

/// The real provider, reading the endpoint.
pub(crate) fn provider(sim: &Sim) -> Aws {
    let regions = REGIONS.iter().map(|region| (*region).to_owned()).collect();
    Aws::new(Settings {
        accounts: vec![AccountSettings { regions: Some(regions), ..AccountSettings::default() }],
        organization: None,
        seal: seal(),
        patience: Patience {
            attempts: ATTEMPTS,
            throttled: Duration::ZERO,
            backoff: Duration::from_millis(1),
            ..Patience::default()
        },
        // "Slow down" is obeyed, but from a rate at which that is not felt either.
        limits: Limits { max_rps: Some(1e6), ..Limits::default() },
        endpoint: Some(Endpoint { url: sim.url(), access_key: DEMO_ACCOUNT.to_owned(), region: REGIONS[1].to_owned() }),
    })
}

fn request(
    sim: &Sim,
    kinds: &[&'static Descriptor],
    targets: &Arc<Targets>,
    baseline: &Arc<Baseline>,
    include_aws_managed: bool,
) -> Request {
    Request {
        provider: Arc::new(provider(sim)),
        targets: Arc::clone(targets),
        kinds: kinds.iter().map(|kind| kind.name.to_owned()).collect(),
        options: Options { include_aws_managed },
        seal: seal(),
        baseline: Arc::clone(baseline),
        observer: Arc::new(()),
        newest: BTreeMap::new(),
        shard: None,
        trail: None,
        is_narrowed: false,
        concurrency: 16,
    }
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::at(&imported())
    }

    fn at(imported: &Arc<Imported>) -> Self {
        let sim = Sim::start(imported.world.clone()).expect("an endpoint");
        Self { sim, runtime: runtime(), imported: Arc::clone(imported) }
    }

    /// What the import could not read.
    pub(crate) fn gaps(&self) -> Vec<String> {
        self.imported.baseline.coverage().gaps().map(|gap| gap.to_string()).collect()
    }

    /// Runs a future of the provider.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// What the restore point has of a kind.
    pub(crate) fn known(&self, kind: &Descriptor) -> BTreeMap<Address, Oid> {
        let address = |(scope, kind, id, blob): (&driftline_api::Scope, &str, &str, Oid)| {
            (Address { scope: scope.clone(), kind: kind.to_owned(), id: id.to_owned() }, blob)
        };
        self.imported.baseline.iter().filter(|(_, name, ..)| *name == kind.name).map(address).collect()
    }

    /// A resource as the restore point has it.
    pub(crate) fn resource(&self, address: &Address) -> Resource {
        self.imported.baseline.resource(address).expect("the restore point is whole").expect("it is there")
    }

    /// Scans one kind.
    pub(crate) fn scan(&self, kind: &'static Descriptor) -> Outcome {
        self.scan_of(&[kind], &[])
    }

    /// Scans some kinds, and of them only these resources (all, if none are named).
    pub(crate) fn scan_of(&self, kinds: &[&'static Descriptor], only: &[&Address]) -> Outcome {
        let patterns = only.iter().map(|address| globset_escape(&address.to_string()).parse().expect("a pattern"));
        let targets = Arc::new(Targets::new(patterns.collect()));
        let request = request(&self.sim, kinds, &targets, &self.imported.baseline, false);
        let scanned = self.runtime.block_on(scan(request, Keep::InMemory)).expect("a scan");
        self.compare(scanned, kinds, &targets)
    }

    fn compare(&self, scanned: Scanned, kinds: &[&'static Descriptor], targets: &Targets) -> Outcome {
        let address = |scope: &Scope, kind: &str, id: &str| Address {
            scope: scope.clone(),
            kind: kind.to_owned(),
            id: id.to_owned(),
        };
        let found = scanned.resources.iter();
        let resources = found.map(|(scope, kind, id, blob)| (address(scope, kind, id), blob)).collect();
        let (differing, coverage, stats) = (scanned.differing.clone(), scanned.coverage.clone(), scanned.stats);
        let comparison = Comparison {
            against: Against { rev: "HEAD".to_owned(), commit: String::new() },
            targets,
            kinds: &kinds.iter().map(|kind| (kind.name, *kind)).collect(),
            ignores: &[],
        };
        let plan = drift(comparison, &self.imported.baseline, scanned).expect("the restore point is whole");
        Outcome { resources, differing, coverage, stats, plan }
    }

    /// The operations (`service:Operation`) that were called since the counters were reset, but for those that enter
    /// an account.
    pub(crate) fn called(&self) -> BTreeSet<String> {
        let stats = self.sim.stats();
        let enters =
            |operation: &str| action_of(operation).is_none_or(|action| ENTRY_ACTIONS.contains(&action.as_str()));
        stats.by_operation().into_keys().filter(|operation| !enters(operation)).map(str::to_owned).collect()
    }

    /// Puts one fault in force, alone.
    pub(crate) fn only(&self, rule: Rule) -> FaultId {
        self.sim.faults().clear();
        self.sim.faults().add(rule)
    }

    /// Puts a fault in force for each of these operations, for its first calls, alone.
    pub(crate) fn first(&self, operations: &BTreeSet<String>, fault: &Fault, times: u64) {
        self.sim.faults().clear();
        for operation in operations {
            self.sim.faults().add(Rule::new(fault.clone()).on(operation).first(times));
        }
    }
}

impl Outcome {
    /// What is wrong with an outcome that should be as if nothing had happened.
    pub(crate) fn unlike(&self, known: &BTreeMap<Address, Oid>) -> Vec<String> {
        let gaps = self.coverage.gaps().map(|gap| format!("not read: {gap}"));
        gaps.chain(self.drift()).chain(self.others(known, |_| false)).collect()
    }

    /// Drift where there is none.
    pub(crate) fn drift(&self) -> Vec<String> {
        let told = |drift: &driftline::plan::ResourceDrift| {
            format!("false drift: {} {} {:?}", drift.address, drift.drift.as_str(), drift.changes)
        };
        self.plan.drift.iter().map(told).collect()
    }

    /// Resources that are not as the restore point has them, but for those that may be otherwise.
    pub(crate) fn others(&self, known: &BTreeMap<Address, Oid>, excused: impl Fn(&Address) -> bool) -> Vec<String> {
        let mut wrong = Vec::new();
        for (address, blob) in known {
            match self.resources.get(address) {
                _ if excused(address) => {}
                Some(found) if found == blob => {}
                Some(_) => wrong.push(format!("{address} is not the same")),
                None => wrong.push(format!("{address} is missing")),
            }
        }
        wrong.extend(
            self.resources.keys().filter(|address| !known.contains_key(address)).map(|it| format!("{it} is new")),
        );
        wrong
    }
}

/// An address as a pattern that matches nothing else.
fn globset_escape(address: &str) -> String {
    let mut pattern = String::new();
    for character in address.chars() {
        if "*?[]{}!\\".contains(character) {
            pattern.extend(['[', character, ']']);
        } else {
            pattern.push(character);
        }
    }
    pattern
}
