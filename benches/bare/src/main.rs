//! What reading an account costs at least: AWS's own SDK makes the calls that `driftline` makes for most kinds, with the
//! same pages and about as many at once, and drops the answers. `cargo bench --bench scale -- --bare N` measures the one
//! against the other.
//!
//! `bare REGION,REGION,…` reads the environment as every SDK does (`AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`, …).

mod acm;
mod ec2;
mod elbv2;
mod iam;
mod rds;
mod route53;
mod s3;

use std::pin::Pin;
use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::{Builder, tls};
use futures_util::stream::{self, StreamExt as _};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// As many details of one kind are under way at once as in driftline.
const DETAILS: usize = 24;
/// As many calls of one service are sent at once in a region as driftline begins with.
const LANES: usize = 8;

/// One service in one region.
pub struct Reader {
    pub config: SdkConfig,
    pub regions: Arc<Vec<String>>,
    lanes: Semaphore,
}

type Reading = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What is read, and whether in each region.
const SERVICES: &[(fn(Arc<Reader>) -> Vec<Reading>, bool)] = &[
    (acm::read, true),
    (ec2::read, true),
    (elbv2::read, true),
    (rds::read, true),
    (iam::read, false),
    (route53::read, false),
    (s3::read, false),
];

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
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [regions] = arguments.as_slice() else { panic!("usage: bare REGION,REGION,…") };
    let regions: Arc<Vec<String>> = Arc::new(regions.split(',').map(str::to_owned).collect());
    let http = Builder::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build_https();
    let config = aws_config::defaults(BehaviorVersion::latest()).http_client(http).load().await;
    let mut running = JoinSet::new();
    for (read, in_each) in SERVICES {
        for region in if *in_each { regions.as_slice() } else { &regions[..1] } {
            let config = config.clone().into_builder().region(Region::new(region.clone())).build();
            let reader = Reader { config, regions: Arc::clone(&regions), lanes: Semaphore::new(LANES) };
            for reading in read(Arc::new(reader)) {
                running.spawn(reading);
            }
        }
    }
    while let Some(ended) = running.join_next().await {
        ended.expect("nothing panics");
    }
}

/// Asks for page after page until one names no next one.
macro_rules! pages {
    ($reader:expr, $call:expr, $set:ident, $token:ident) => {{
        let mut next = None;
        loop {
            next = $reader.call($call.$set(next).send()).await.and_then(|page| page.$token);
            if next.is_none() {
                break;
            }
        }
    }};
}

pub(crate) use pages;
