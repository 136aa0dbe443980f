//! Whole calls in virtual time: what an endpoint answers, and what becomes of the call.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::http::http_client_fn;
use aws_smithy_runtime_api::http::StatusCode;
use driftline_api::Cause;
use driftline_wire::models;
use serde_json::json;
use tokio::time::sleep;

use super::*;

/// Virtual time as a clock.
#[derive(Debug, Clone, Copy)]
struct Virtual(Instant);

impl TimeSource for Virtual {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_262_400) + self.0.elapsed()
    }
}

/// What an endpoint answers, by how long it has been there: status and body.
type Script = fn(Duration) -> (u16, &'static str);

const REGIONS: (u16, &str) = (200, "<DescribeRegionsResponse><regionInfo/></DescribeRegionsResponse>");
const REFUSED: (u16, &str) =
    (503, "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message/></Error></Errors></Response>");

#[derive(Debug, Clone)]
struct Endpoint {
    clock: Virtual,
    script: Script,
    /// When each request came, and when it was signed.
    seen: Arc<Mutex<Vec<(Duration, String)>>>,
}

impl HttpConnector for Endpoint {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { clock, script, seen } = self.clone();
        HttpConnectorFuture::new(async move {
            let signed = request.headers().get("x-amz-date").unwrap_or_default().to_owned();
            let since = clock.0.elapsed();
            seen.lock().expect("nobody panicked").push((since, signed));
            sleep(Duration::from_millis(40)).await;
            let (status, body) = script(since);
            Ok(HttpResponse::new(StatusCode::try_from(status).expect("a status"), SdkBody::from(body)))
        })
    }
}

/// Clients of an account, and the endpoint that answers them.
fn clients(script: Script, limits: Limits) -> (Arc<Clients>, Endpoint) {
    let endpoint = Endpoint { clock: Virtual(Instant::now()), script, seen: Arc::default() };
    let connector = SharedHttpConnector::new(endpoint.clone());
    let config = SdkConfig::builder()
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .time_source(endpoint.clock)
        .sleep_impl(TokioSleep::new())
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("key", "any", None, None, "")))
        .build();
    let url = Some("http://endpoint".to_owned());
    let clients = Clients::new(config, url, Arc::new(Seal::new([0; 32])), Patience::default(), limits, Lanes::all());
    (Arc::new(clients), endpoint)
}

/// So many calls at once; how each of them ended, and how long all took.
async fn ask(clients: &Arc<Clients>, calls: usize) -> (Vec<Result<Value, Cause>>, Duration) {
    let service = models::service("ec2").expect("EC2");
    let operation = service.operation("DescribeRegions").expect("the operation");
    let started = Instant::now();
    let calls: Vec<_> = (0..calls)
        .map(|_| {
            let clients = Arc::clone(clients);
            tokio::spawn(async move {
                let tally = Arc::new(Tally::of("a"));
                clients.call(service, operation, "eu-west-1", &json!({}), &tally).await
            })
        })
        .collect();
    let mut ended = Vec::new();
    for call in calls {
        ended.push(call.await.expect("it ends"));
    }
    (ended, started.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_request_is_signed_when_it_leaves() {
    let limits = Limits { services: [("ec2".to_owned(), 0.1)].into(), ..Limits::default() };
    let (clients, endpoint) = clients(|_| REGIONS, limits);
    let (ended, took) = ask(&clients, 50).await;
    assert!(ended.iter().all(Result::is_ok), "{ended:?}");
    assert!(took > Duration::from_secs(480), "{took:?}");
    for (came, signed) in endpoint.seen.lock().expect("nobody panicked").iter() {
        let (minute, second) = (came.as_secs() / 60, came.as_secs() % 60);
        assert_eq!(*signed, format!("20261121T12{minute:02}{second:02}Z"), "it came after {came:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_call_outlives_a_storm() {
    for calls in [1, 10, 200] {
        let storm = |since| if since < Duration::from_secs(45) { REFUSED } else { REGIONS };
        let (clients, endpoint) = clients(storm, Limits::default());
        let (ended, took) = ask(&clients, calls).await;
        let lost = ended.iter().filter(|ended| ended.is_err()).count();
        assert_eq!(lost, 0, "of {calls}");
        // What came late is at most a wait behind, and then there are as many a second as the service publishes.
        assert!(took < Duration::from_secs(110), "{calls} calls took {took:?}");
        let seen = endpoint.seen.lock().expect("nobody panicked").len();
        assert!(seen < 2 * calls + 100, "{seen} attempts of {calls} calls");
    }
}

#[tokio::test(start_paused = true)]
async fn a_storm_without_end_ends_for_all_together() {
    let (clients, endpoint) = clients(|_| REFUSED, Limits::default());
    let (ended, took) = ask(&clients, 1000).await;
    for ended in ended {
        let cause = ended.expect_err("nothing is answered");
        assert_eq!((cause.status, cause.operation.as_str()), (Status::Throttled, "ec2:DescribeRegions"), "{cause:?}");
    }
    assert!((90..140).contains(&took.as_secs()), "{took:?}");
    let seen = endpoint.seen.lock().expect("nobody panicked").len();
    assert!(seen < 500, "{seen} attempts");
}

#[tokio::test(start_paused = true)]
async fn a_gateway_says_slow_down_too() {
    let gateway = |since| {
        if since < Duration::from_secs(2) { (429, "<html><body>Too many requests</body></html>") } else { REGIONS }
    };
    let (clients, _) = clients(gateway, Limits::default());
    let (ended, _) = ask(&clients, 5).await;
    assert!(ended.iter().all(Result::is_ok), "{ended:?}");
    let held = clients.held("1");
    assert!(held[0].refusals >= 5, "{held:?}");
}
