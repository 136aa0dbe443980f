//! What the limits achieve, in a model: virtual time, and a service with a token bucket of its own.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::{Bucket, Rate, careful};

/// A service as AWS runs it: a bucket that refuses when it is empty. Somebody else draws from it, too.
struct Service {
    rate: f64,
    burst: f64,
    latency: Duration,
    state: Mutex<Stored>,
}

struct Stored {
    tokens: f64,
    at: Instant,
    /// Calls per second of somebody else, which are served first.
    elsewhere: f64,
    /// Of so many calls, all but one are refused, whatever is in store.
    storm: u32,
    /// Calls per second of somebody else who asks in no order, and when the next one comes.
    neighbour: Option<(f64, Instant)>,
    /// The share of calls that is refused in no order, whatever is in store.
    stray: f64,
    random: Random,
    asked: u32,
}

impl Service {
    fn new(rate: f64, burst: f64, latency: Duration) -> Arc<Self> {
        let stored = Stored {
            tokens: burst,
            at: Instant::now(),
            elsewhere: 0.0,
            storm: 1,
            neighbour: None,
            stray: 0.0,
            random: Random::new(CALLERS),
            asked: 0,
        };
        Arc::new(Self { rate, burst, latency, state: Mutex::new(stored) })
    }

    fn settle(&self, state: &mut Stored) {
        let now = Instant::now();
        let gained = (now - state.at).as_secs_f64() * (self.rate - state.elsewhere);
        state.tokens = (state.tokens + gained).clamp(0.0, self.burst);
        state.at = now;
        while let Some((rate, next)) = state.neighbour.filter(|(_, next)| *next <= now) {
            if state.tokens >= 1.0 {
                state.tokens -= 1.0;
            }
            let wait = -(1.0 - state.random.next()).ln() / rate;
            state.neighbour = Some((rate, next + Duration::from_secs_f64(wait)));
        }
    }

    /// From now on, somebody else makes so many calls per second, in no order.
    fn neighbour(&self, rate: f64) {
        self.state.lock().expect("nobody panicked").neighbour = Some((rate, Instant::now()));
    }

    fn elsewhere(&self, rate: f64) {
        let mut state = self.state.lock().expect("nobody panicked");
        self.settle(&mut state);
        state.elsewhere = rate;
    }

    /// From now on, all but one of so many calls are refused.
    fn storm(&self, one_of: u32) {
        self.state.lock().expect("nobody panicked").storm = one_of;
    }

    /// From now on, this share of calls is refused.
    fn stray(&self, share: f64) {
        self.state.lock().expect("nobody panicked").stray = share;
    }

    /// Whether a call is answered.
    fn answers(&self) -> bool {
        let mut state = self.state.lock().expect("nobody panicked");
        self.settle(&mut state);
        state.asked += 1;
        let is_stray = state.random.next() < state.stray;
        let served = state.tokens >= 1.0 && state.asked.is_multiple_of(state.storm) && !is_stray;
        state.tokens -= f64::from(u8::from(served));
        served
    }
}

/// The same numbers in each run of the model.
struct Random(u64);

impl Random {
    fn new(seed: u32) -> Self {
        Self(u64::from(seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Between 0 and 1.
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        f64::from(u32::try_from(self.0 % 1_000).expect("below a thousand")) / 1_000.0
    }
}

/// What was counted in a stretch of time.
#[derive(Debug, Clone, Copy)]
struct Counted {
    answered: u64,
    refused: u64,
}

/// Callers that always have something to ask.
struct Callers {
    answered: Arc<AtomicU64>,
    refused: Arc<AtomicU64>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

/// As many as a kind reads at once.
const CALLERS: u32 = 24;

impl Callers {
    fn start(bucket: &Arc<Bucket>, service: &Arc<Service>) -> Self {
        let (answered, refused) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let caller = |number: u32| {
            let (bucket, service) = (Arc::clone(bucket), Arc::clone(service));
            let (answered, refused) = (Arc::clone(&answered), Arc::clone(&refused));
            tokio::spawn(async move {
                // Each answer takes its own time.
                let mut random = Random::new(number);
                loop {
                    bucket.acquire("a").await.expect("it is not shut");
                    let sent = Instant::now();
                    sleep(service.latency.mul_f64(0.5 + random.next() / 2.0)).await;
                    let served = service.answers();
                    sleep(service.latency / 2).await;
                    if served {
                        bucket.answered();
                        answered.fetch_add(1, Ordering::Relaxed);
                    } else {
                        bucket.refused(sent);
                        refused.fetch_add(1, Ordering::Relaxed);
                        // The SDK waits before it tries again.
                        sleep(Duration::from_secs_f64(random.next())).await;
                    }
                }
            })
        };
        let tasks = (0..CALLERS).map(caller).collect();
        Self { answered, refused, tasks }
    }

    /// What happens in so many seconds.
    async fn watch(&self, seconds: u64) -> Counted {
        let now = || Counted {
            answered: self.answered.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        };
        let before = now();
        sleep_until(Instant::now() + Duration::from_secs(seconds)).await;
        let after = now();
        Counted { answered: after.answered - before.answered, refused: after.refused - before.refused }
    }
}

impl Drop for Callers {
    fn drop(&mut self) {
        self.tasks.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

impl Counted {
    #[track_caller]
    fn check(self, what: &str, possible: f64, least: f64) {
        let answered = float(self.answered);
        let share = answered / possible;
        let refused = float(self.refused) * 1_000.0 / answered;
        assert!(share >= least, "{what}: {:.1} % of what was possible, {self:?}", share * 100.0);
        assert!(refused < 1.0, "{what}: {refused:.2} refusals per thousand calls, {self:?}");
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of calls and seconds are far below 2^52")]
fn float(number: u64) -> f64 {
    number as f64
}

/// Across a continent, and around the world.
const LATENCIES: [u64; 2] = [40, 200];

/// How long it may take until a limit is found.
const SEARCH: u64 = 90;

/// Seconds in which so many calls are made that a thousandth of them is a number.
fn long_enough(rate: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an hour at most")]
    let seconds = (12_000.0 / rate).min(3_600.0) as u64;
    seconds
}

const EC2: Rate = Rate { per_second: 20.0, burst: 100.0 };

#[tokio::test(start_paused = true)]
async fn at_published_rates_next_to_nothing_is_refused() {
    for (rate, burst) in [(2.0, 2.0), (5.0, 5.0), (10.0, 40.0), (20.0, 100.0), (100.0, 100.0)] {
        for millis in LATENCIES {
            let rate = Rate { per_second: rate, burst };
            let service = Service::new(rate.per_second, burst, Duration::from_millis(millis));
            let callers = Callers::start(&Arc::new(Bucket::new(Some(careful(rate)), rate)), &service);
            let possible = rate.per_second * 300.0;
            callers.watch(300).await.check(&format!("{rate:?} at {millis} ms"), possible, 0.94);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_below_the_published_one_is_found_and_held() {
    for (rate, burst) in [(1.0, 1.0), (3.0, 5.0), (8.0, 100.0), (15.0, 20.0)] {
        for millis in LATENCIES {
            let service = Service::new(rate, burst, Duration::from_millis(millis));
            let callers = Callers::start(&Arc::new(Bucket::new(Some(careful(EC2)), EC2)), &service);
            callers.watch(SEARCH).await;
            let seconds = long_enough(rate);
            let steady = callers.watch(seconds).await;
            // Where one call a second is let through, one that comes a little early is refused.
            let least = if rate > 1.0 { 0.9 } else { 0.7 };
            steady.check(&format!("{rate}/s, burst {burst}, {millis} ms"), rate * float(seconds), least);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_behind_a_custom_endpoint_is_found_and_held() {
    for (rate, burst) in [(3.0, 2.0), (20.0, 100.0), (100.0, 30.0)] {
        for millis in LATENCIES {
            let service = Service::new(rate, burst, Duration::from_millis(millis));
            let callers = Callers::start(&Arc::new(Bucket::new(None, EC2)), &service);
            // No faster than so many callers can be over the distance.
            let possible = rate.min(f64::from(CALLERS) / (float(millis) / 1_000.0));
            callers.watch(SEARCH).await;
            let seconds = long_enough(rate);
            let steady = callers.watch(seconds).await;
            steady.check(&format!("{rate}/s, burst {burst}, {millis} ms"), possible * float(seconds), 0.8);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_others_take_is_left_to_them_and_taken_back() {
    for millis in [40] {
        let service = Service::new(20.0, 100.0, Duration::from_millis(millis));
        let callers = Callers::start(&Arc::new(Bucket::new(Some(careful(EC2)), EC2)), &service);
        callers.watch(60).await.check("alone", 20.0 * 60.0, 0.97);
        for elsewhere in [10.0, 15.0, 5.0] {
            service.elsewhere(elsewhere);
            let what = format!("{elsewhere}/s elsewhere, {millis} ms");
            // It takes some refusals until a smaller share shows itself, and many calls until a larger one is tried.
            let finding = callers.watch(1_800).await;
            assert!(finding.refused < 60, "{what}: {finding:?}");
            callers.watch(1_800).await.check(&what, (20.0 - elsewhere) * 1_800.0, 0.85);
        }
        service.elsewhere(0.0);
        callers.watch(1_200).await;
        callers.watch(600).await.check("alone again", 20.0 * 600.0, 0.9);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_learnt_of_a_storm() {
    for ceiling in [Some(careful(EC2)), None] {
        for (one_of, seconds) in [(u32::MAX, 5), (u32::MAX, 30), (u32::MAX, 80), (10, 30)] {
            let what = format!("{ceiling:?}, all but one of {one_of} refused for {seconds} s");
            let service = Service::new(20.0, 100.0, Duration::from_millis(40));
            let callers = Callers::start(&Arc::new(Bucket::new(ceiling, EC2)), &service);
            callers.watch(60).await;
            service.storm(one_of);
            let storm = callers.watch(seconds).await;
            let refused = float(storm.refused);
            assert!(refused < 100.0 + 4.0 * float(seconds), "{what}: {storm:?}");
            service.storm(1);
            // What was possible while it lasted is made up for by what the service has in store.
            let soon = callers.watch(20).await;
            assert!(float(soon.answered) > 0.6 * 20.0 * 20.0, "{what}: {soon:?}");
            callers.watch(20).await;
            let after = callers.watch(60).await;
            assert!(float(after.answered) > 0.8 * 20.0 * 60.0, "{what}: {after:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_refusal_out_of_the_blue_costs_little() {
    for ceiling in [Some(careful(EC2)), None] {
        let service = Service::new(200.0, 200.0, Duration::from_millis(40));
        let bucket = Arc::new(Bucket::new(ceiling, EC2));
        bucket.acquire("a").await.expect("it is not shut");
        bucket.refused(Instant::now());
        let callers = Callers::start(&bucket, &service);
        let counted = callers.watch(30).await;
        assert!(counted.answered > 500, "{counted:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_that_do_not_speak_of_the_rate_leave_it_alone() {
    for ceiling in [Some(careful(EC2)), None] {
        for (share, least) in [(0.002, 0.55), (0.01, 0.85), (0.05, 0.7), (0.1, 0.35)] {
            for millis in LATENCIES {
                let what = format!("{ceiling:?}, {share} of all calls refused at {millis} ms");
                let service = Service::new(20.0, 100.0, Duration::from_millis(millis));
                service.stray(share);
                let callers = Callers::start(&Arc::new(Bucket::new(ceiling, EC2)), &service);
                let counted = callers.watch(300).await;
                assert!(float(counted.answered) > least * 20.0 * 300.0, "{what}: {counted:?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_is_seen_behind_refusals_that_do_not_speak_of_it() {
    for rate in [3.0, 10.0] {
        for (share, least) in [(0.01, 0.8), (0.05, 0.7), (0.1, 0.5)] {
            let what = format!("{rate}/s, {share} of all calls refused");
            let service = Service::new(rate, 20.0, Duration::from_millis(40));
            service.stray(share);
            let callers = Callers::start(&Arc::new(Bucket::new(Some(careful(EC2)), EC2)), &service);
            callers.watch(SEARCH).await;
            let counted = callers.watch(600).await;
            assert!(float(counted.answered) > least * rate * 600.0, "{what}: {counted:?}");
            assert!(float(counted.refused) < (share + 0.08) * float(counted.answered), "{what}: {counted:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_over_is_forgotten() {
    for (ceiling, until) in [(Some(careful(EC2)), 60), (Some(careful(EC2)), 3), (None, 60)] {
        for (share, seconds) in [(0.1, 60), (0.2, 20), (0.2, 120), (0.5, 30), (0.8, 60)] {
            let what = format!("{ceiling:?}, {share} of all calls refused for {seconds} s from {until} s on");
            let service = Service::new(20.0, 100.0, Duration::from_millis(40));
            let callers = Callers::start(&Arc::new(Bucket::new(ceiling, EC2)), &service);
            callers.watch(until).await;
            service.stray(share);
            callers.watch(seconds).await;
            service.stray(0.0);
            let soon = callers.watch(120).await;
            let after = callers.watch(300).await;
            assert!(float(soon.answered) > 0.2 * 20.0 * 120.0, "{what}: {soon:?}");
            assert!(float(after.answered) > 0.9 * 20.0 * 300.0 && after.refused < 6, "{what}: {after:?}");
        }
    }
}

/// A limit that shows itself late, where nobody knows one.
#[tokio::test(start_paused = true)]
async fn an_open_bucket_does_not_run_away() {
    for share in [0.01, 0.05, 0.1] {
        let service = Service::new(1_000.0, 1_000.0, Duration::from_millis(40));
        let bucket = Arc::new(Bucket::new(None, EC2));
        let callers = Callers::start(&bucket, &service);
        service.stray(share);
        callers.watch(600).await;
        service.stray(0.0);
        service.elsewhere(980.0);
        let counted = callers.watch(60).await;
        assert!(float(counted.answered) > 0.9 * 20.0 * 60.0 && counted.refused < 60, "{share}: {counted:?}");
    }
}

/// Somebody who leaves little.
#[tokio::test(start_paused = true)]
async fn a_neighbour_who_asks_in_no_order_is_not_pushed_aside() {
    for (rate, most) in [(10.0, 0.005), (15.0, 0.02), (18.0, 0.03), (19.0, 0.1)] {
        let service = Service::new(20.0, 100.0, Duration::from_millis(40));
        service.neighbour(rate);
        let callers = Callers::start(&Arc::new(Bucket::new(Some(careful(EC2)), EC2)), &service);
        callers.watch(120).await;
        let counted = callers.watch(1_800).await;
        assert!(float(counted.refused) < most * float(counted.answered), "{rate}/s: {counted:?}");
        assert!(float(counted.answered) > 0.45 * (20.0 - rate) * 1_800.0, "{rate}/s: {counted:?}");
    }
}
