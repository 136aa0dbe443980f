//! What reading an account costs at least: AWS's own SDK makes the calls that `driftline` makes for some kinds, with the
//! same pages and as many at once, and drops the answers. `cargo bench --bench scale` measures the one against the other.
//!
//! `bare KIND,KIND,… REGION,REGION,…` reads the environment as every SDK does (`AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`, …).

mod ec2;
mod iam;
mod rds;
mod route53;
mod s3;

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::{Builder, tls};
use futures_util::stream::{self, StreamExt as _};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// As many details of one kind are under way at once as in driftline.
const DETAILS: usize = 24;
/// As many calls of one service are sent at once as in driftline.
const LANES: usize = 8;

/// What reading a kind needs.
#[derive(Clone)]
pub struct Reader {
    pub config: SdkConfig,
    pub regions: Arc<Vec<String>>,
    lanes: Arc<Semaphore>,
}

impl Reader {
    /// The answer of one call, when its turn has come. Whether it failed does not matter: it was made.
    pub async fn call<T, E>(&self, call: impl Future<Output = Result<T, E>>) -> Option<T> {
        let _lane = self.lanes.acquire().await.expect("nobody closes the lanes");
        call.await.ok()
    }

    /// Many calls, a bounded number at once.
    pub async fn each<T, F: Future<Output = ()>>(&self, items: impl IntoIterator<Item = T>, each: impl Fn(T) -> F) {
        stream::iter(items).map(each).buffer_unordered(DETAILS).collect::<()>().await;
    }

    pub fn at(&self, region: &str) -> SdkConfig {
        self.config.clone().into_builder().region(Region::new(region.to_owned())).build()
    }
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kinds, regions] = arguments.as_slice() else { panic!("usage: bare KIND,… REGION,…") };
    let regions: Arc<Vec<String>> = Arc::new(regions.split(',').map(str::to_owned).collect());
    let http = Builder::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build_https();
    let config = aws_config::defaults(BehaviorVersion::latest()).http_client(http).load().await;
    let mut lanes: BTreeMap<String, Arc<Semaphore>> = BTreeMap::new();
    let mut running = JoinSet::new();
    for kind in kinds.split(',') {
        let service = kind.split('/').next().expect("a service").to_owned();
        let lanes = lanes.entry(service).or_insert_with(|| Arc::new(Semaphore::new(LANES)));
        let places: Vec<String> = if is_regional(kind) { regions.to_vec() } else { vec![regions[0].clone()] };
        for region in places {
            let reader = Reader { config: config.clone(), regions: Arc::clone(&regions), lanes: Arc::clone(lanes) };
            running.spawn(read(reader, kind.to_owned(), region));
        }
    }
    while let Some(ended) = running.join_next().await {
        ended.expect("no kind panics");
    }
}

fn is_regional(kind: &str) -> bool {
    kind.starts_with("ec2/") || kind.starts_with("rds/")
}

async fn read(reader: Reader, kind: String, region: String) {
    match kind.as_str() {
        "ec2/instance" => ec2::instances(&reader, &region).await,
        "ec2/network_interface" => ec2::network_interfaces(&reader, &region).await,
        "ec2/security_group" => ec2::security_groups(&reader, &region).await,
        "ec2/volume" => ec2::volumes(&reader, &region).await,
        "iam/policy" => iam::policies(&reader, &region).await,
        "iam/role" => iam::roles(&reader, &region).await,
        "iam/user" => iam::users(&reader, &region).await,
        "rds/db_instance" => rds::instances(&reader, &region).await,
        "rds/db_snapshot" => rds::snapshots(&reader, &region).await,
        "route53/record_set" => route53::record_sets(&reader, &region).await,
        "s3/bucket" => s3::buckets(&reader, &region).await,
        other => panic!("{other} is not among the kinds that are compared"),
    }
}
