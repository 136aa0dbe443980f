//! The HTTP server.

mod clock;
mod control;
mod remembered;
mod reply;
mod travel;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

use driftline_wire::model::Service;
use driftline_wire::models::SERVICES;
use driftline_wire::server::{self, ParseError, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::engine::{self, Paging, Question, Refusal};
use crate::faults::{self, Fault, Faults};
use crate::identity::{Identity, STS, Sessions};
use crate::rates::{self, Limiter, Rates};
use crate::shuffle::Shuffle;
use crate::stats::{Counters, Stats};
use crate::world::World;
use clock::Clock;
use remembered::Remembered;
use reply::{Dropped, Reply};
use travel::Travel;

/// A running endpoint. It stops when this is dropped.
#[derive(Debug)]
pub struct Sim {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The endpoint could not be started.
#[derive(Debug, thiserror::Error)]
#[error("could not start the embedded endpoint on 127.0.0.1:{port}: {source}")]
pub struct StartError {
    port: u16,
    source: std::io::Error,
}

#[derive(Debug)]
struct Shared {
    world: RwLock<World>,
    sessions: Mutex<Sessions>,
    faults: Faults,
    counters: Counters,
    services: Vec<&'static Service>,
    /// 0: as AWS does.
    page_size: AtomicUsize,
    shuffle: RwLock<Option<Shuffle>>,
    remembered: Remembered,
    travel: Travel,
    limiter: Limiter,
    /// What tokens and scripted faults count their time from.
    started: tokio::time::Instant,
    requests: AtomicU64,
}

impl Sim {
    /// Starts on a free port of 127.0.0.1, in a thread of its own.
    pub fn start(world: World) -> Result<Self, StartError> {
        Self::start_on(world, 0)
    }

    /// Starts on a given port of 127.0.0.1.
    pub fn start_on(world: World, port: u16) -> Result<Self, StartError> {
        let failed = |source| StartError { port, source };
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let own_sts = std::iter::once(&STS);
        let shared = Arc::new(Shared {
            world: RwLock::new(world),
            sessions: Mutex::default(),
            faults: Faults::default(),
            counters: Counters::default(),
            services: SERVICES.iter().copied().filter(|service| service.name != STS.name).chain(own_sts).collect(),
            page_size: AtomicUsize::new(0),
            shuffle: RwLock::default(),
            remembered: Remembered::default(),
            travel: Travel::default(),
            limiter: Limiter::default(),
            started: tokio::time::Instant::now(),
            requests: AtomicU64::new(0),
        });
        let (stop, stopped) = oneshot::channel();
        let serving = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("driftline-sim".to_owned())
            .spawn(move || {
                // Dropping the runtime ends every connection that is still open.
                runtime.block_on(async {
                    tokio::select! {
                        () = serve(listener, serving) => {}
                        _ = stopped => {}
                    }
                });
            })
            .map_err(failed)?;
        Ok(Self { address, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// `http://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A console change: changes the description while the endpoint runs.
    pub fn edit<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.shared.world.write().unwrap_or_else(PoisonError::into_inner);
        // While nobody can read the description, nobody remembers the old one.
        self.shared.remembered.forget();
        change(&mut world)
    }

    /// The description as it is now.
    pub fn world(&self) -> World {
        self.shared.world.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The faults in force.
    pub fn faults(&self) -> Faults {
        self.shared.faults.clone()
    }

    pub fn stats(&self) -> Stats {
        self.shared.counters.read()
    }

    pub fn reset_stats(&self) {
        self.shared.counters.reset();
    }

    /// No page holds more items than this, whatever a caller asks for. 0: as AWS does.
    pub fn page_size(&self, items: usize) {
        self.shared.page_size.store(items, Ordering::Relaxed);
        self.shared.remembered.forget();
    }

    /// Answers lists in another order from now on, as AWS may at any time; each seed is an order of its own. Lists whose
    /// order means something keep it: operations (`service:Operation`) and the paths of lists in their answers.
    pub fn shuffle(&self, seed: u64, ordered: &[(String, String)]) {
        *self.shared.shuffle.write().unwrap_or_else(PoisonError::into_inner) = Some(Shuffle::new(seed, ordered));
    }

    /// Answers lists as they are described again.
    pub fn unshuffle(&self) {
        *self.shared.shuffle.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Every answer comes this much later, as over a network.
    pub fn round_trip(&self, latency: Duration) {
        self.shared.travel.round_trip(latency);
    }

    /// Every answer comes up to this much later still: how much is a matter of chance, the same with the same seed.
    pub fn jitter(&self, most: Duration, seed: u64) {
        self.shared.travel.jitter(most, seed);
    }

    /// How many requests are let through from now on. At first, all are.
    pub fn rates(&self, rates: Rates) {
        self.shared.limiter.set(rates);
    }

    /// Waits until somebody asks the process to end: SIGINT or SIGTERM.
    pub fn wait_for_signal(&self) -> std::io::Result<()> {
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
            #[cfg(unix)]
            {
                let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
                tokio::select! {
                    ended = tokio::signal::ctrl_c() => ended,
                    _ = terminate.recv() => Ok(()),
                }
            }
            #[cfg(not(unix))]
            tokio::signal::ctrl_c().await
        })
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The thread may have ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn serve(listener: std::net::TcpListener, shared: Arc<Shared>) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors: some will come free.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        // Small answers must not wait for acknowledgements of earlier ones.
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let Ok((stream, socket)) = reply::resettable(stream) else { return };
            let service = service_fn(|request| answer(&shared, &socket, request));
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(hyper_util::rt::TokioTimer::new())
                .header_read_timeout(None)
                .serve_connection(TokioIo::new(stream), service);
            // A client that goes away, and faults that cut the connection, end here.
            let _ = connection.await;
        });
    }
}

async fn answer(
    shared: &Shared,
    socket: &socket2::Socket,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<reply::Body>, Dropped> {
    let _running = shared.counters.begin();
    if let Some(answer) = control::answer(shared, &request) {
        return Ok(reply::whole(answer));
    }
    let round_trip = shared.travel.time();
    if round_trip > Duration::ZERO {
        tokio::time::sleep(round_trip).await;
    }
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in &head.headers {
        headers.insert(name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned());
    }
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    let request = server::Request { method: head.method.as_str(), target, headers: &headers, body: &body };
    match shared.reply(&request) {
        Reply::Now(response) => Ok(reply::whole(response)),
        Reply::After(delay, reply) => {
            tokio::time::sleep(delay).await;
            reply::send(*reply, socket).await
        }
        other => reply::send(other, socket).await,
    }
}

impl Shared {
    fn reply(&self, request: &server::Request<'_>) -> Reply {
        let request_id = self.request_id();
        let parsed = match server::parse(&self.services, request) {
            Ok(parsed) => parsed,
            Err(error) => return Reply::Now(self.not_understood(&error, &request_id)),
        };
        let (service, operation) = (parsed.service, parsed.operation);
        let caller = parsed.caller.as_ref();
        let question = Question {
            service,
            operation,
            params: &parsed.params,
            region: caller.map_or("us-east-1", |caller| caller.region.as_str()),
        };
        let error = |refusal: Refusal| {
            let mut response = server::write_error(
                service,
                Some(operation),
                refusal.status,
                &refusal.code,
                &refusal.message,
                &request_id,
            );
            response.headers.extend(refusal.headers);
            response
        };

        let world = self.world.read().unwrap_or_else(PoisonError::into_inner);
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let identity = match caller {
            Some(caller) => match admit(&world, &sessions, question, &caller.access_key) {
                Ok(identity) => Some(identity),
                Err(refusal) => return Reply::Now(error(refusal)),
            },
            None if service.name == STS.name => None,
            None => {
                let message = "Request is missing Authentication Token";
                return Reply::Now(error(Refusal::new(403, "MissingAuthenticationToken", message)));
            }
        };
        let account = identity.as_ref().map_or("", |identity| identity.account.as_str());
        let counted = self.counters.called(account, question.region, &format!("{}:{}", service.name, operation.name));
        if !self.limiter.take(rates::Caller::of(account, question), self.started.elapsed()) {
            counted.throttled();
            return Reply::Now(error(faults::throttled(service)));
        }
        counted.asked(question.params);

        let key = caller.map_or("", |caller| caller.access_key.as_str());
        let faults = self.faults.befall(account, key, question);
        let arn = identity.as_ref().map_or("anonymous", |identity| identity.arn.as_str());
        let delay =
            faults.iter().map(|fault| if let Fault::Slow(delay) = fault { *delay } else { Duration::ZERO }).sum();
        let clock = Clock::of(&faults);
        let reply = if faults.contains(&Fault::Reset) {
            Reply::Reset
        } else if faults.contains(&Fault::Hang) {
            Reply::Hang
        } else if let Some(pause) = reply::drip_of_head(&faults) {
            Reply::DripHead(pause)
        } else if clock.is_some_and(|clock| clock.refuses(request.headers)) {
            Reply::Now(error(faults::skewed(service)))
        } else if let Some(refusal) = faults.iter().find_map(|fault| faults::refusal(fault, question, arn)) {
            Reply::Now(error(refusal))
        } else if let Some(response) = self.recalled(account, question, &faults, &request_id) {
            counted.answered(response.body.len());
            Reply::Now(response)
        } else {
            let answer = if service.name == STS.name {
                let lifetime = faults.iter().find_map(|fault| match fault {
                    Fault::ShortSession(lifetime) => Some(*lifetime),
                    _ => None,
                });
                sessions.answer(&world, identity.as_ref(), question, lifetime)
            } else {
                let at_most = Some(self.page_size.load(Ordering::Relaxed)).filter(|&size| size > 0);
                let paging = Paging {
                    at_most,
                    stuck: faults.contains(&Fault::RepeatToken),
                    circles: faults.contains(&Fault::CircleTokens),
                };
                match world.account(account) {
                    Some(account) => engine::answer(account, question, paging),
                    None => Err(unknown_key(question)),
                }
            };
            drop(sessions);
            let response = match answer {
                Ok(mut answer) => {
                    if let Some(shuffle) = &*self.shuffle.read().unwrap_or_else(PoisonError::into_inner) {
                        shuffle.apply(&format!("{}:{}", service.name, operation.name), &mut answer);
                    }
                    let response = server::write(service, operation, &answer, &request_id);
                    if let Some(key) = self.repeatable(account, question, &faults) {
                        self.remembered.keep(key, &response, &request_id);
                    }
                    response
                }
                Err(refusal) => error(refusal),
            };
            counted.answered(response.body.len());
            Reply::spoiled(response, &faults)
        };
        let reply = match clock {
            Some(clock) => reply.stamped(clock),
            None => reply,
        };
        if delay > Duration::ZERO { Reply::After(delay, Box::new(reply)) } else { reply }
    }

    /// What tells a question from all others, if the same question has the same answer as long as nothing changes.
    fn repeatable(&self, account: &str, question: Question<'_>, faults: &[Fault]) -> Option<String> {
        let shuffled = self.shuffle.read().unwrap_or_else(PoisonError::into_inner).is_some();
        if shuffled || !faults.is_empty() || question.service.name == STS.name {
            return None;
        }
        let params = serde_json::to_string(question.params).ok()?;
        let Question { service, operation, region, .. } = question;
        Some(format!("{account}/{region}/{}:{}/{params}", service.name, operation.name))
    }

    fn recalled(&self, account: &str, question: Question<'_>, faults: &[Fault], request_id: &str) -> Option<Response> {
        self.remembered.recall(&self.repeatable(account, question, faults)?, request_id)
    }

    fn not_understood(&self, error: &ParseError, request_id: &str) -> Response {
        let service = error.service().or_else(|| self.services.first().copied()).unwrap_or(&STS);
        let (status, code) = match error {
            ParseError::Malformed { .. } => (400, "ValidationError"),
            ParseError::Operation { .. } | ParseError::Service(_) => (400, "InvalidAction"),
        };
        server::write_error(service, None, status, code, &error.to_string(), request_id)
    }

    /// Ids look like AWS's, and tell the requests of one run apart.
    fn request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        format!("5d8f1c2e-7a43-4b96-9e05-{number:012x}")
    }
}

/// Whether an access key may call here: it must be known, and the region enabled in its account.
fn admit(world: &World, sessions: &Sessions, question: Question<'_>, access_key: &str) -> Result<Identity, Refusal> {
    let identity = sessions.identify(world, access_key).ok_or_else(|| unknown_key(question))?;
    let enabled = world.account(&identity.account).is_some_and(|account| {
        // Global services are signed for in this region, whether or not the account has it.
        question.region == "us-east-1" || account.regions.iter().any(|region| region == question.region)
    });
    if enabled { Ok(identity) } else { Err(unknown_key(question)) }
}

fn unknown_key(question: Question<'_>) -> Refusal {
    match question.service.name {
        "ec2" => Refusal::new(401, "AuthFailure", "AWS was not able to validate the provided access credentials"),
        "s3" => {
            Refusal::new(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
        }
        "acm" | "cloudtrail" => {
            Refusal::new(400, "UnrecognizedClientException", "The security token included in the request is invalid.")
        }
        _ => Refusal::new(403, "InvalidClientTokenId", "The security token included in the request is invalid."),
    }
}

#[cfg(test)]
mod tests;
