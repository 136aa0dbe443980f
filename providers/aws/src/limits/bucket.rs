//! One limit that calls wait at: kinds take turns, and each call leaves when the pace allows.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use super::Rate;
use super::pace::Pace;

/// A token bucket whose rate follows what the service says.
#[derive(Debug)]
pub(crate) struct Bucket(Mutex<State>);

#[derive(Debug)]
struct State {
    pace: Pace,
    /// Who waits, in the order in which they go.
    line: BTreeMap<Turn, Arc<Notify>>,
    /// Each kind's last turn.
    turns: BTreeMap<&'static str, u64>,
    /// The turn that is being served.
    turn: u64,
    lined_up: u64,
    /// Since when somebody waits for a token.
    waiting: Option<Instant>,
    /// How often the pace was lowered.
    lowered: u64,
    storm: Option<Storm>,
    used: Used,
}

/// Refusals with nothing else between them.
#[derive(Debug, Clone, Copy)]
struct Storm {
    first: Instant,
    last: Instant,
}

/// A call may leave.
#[derive(Debug)]
pub(crate) struct Pass {
    pub(crate) waited: Duration,
    lowered: u64,
}

/// Nothing but "slow down" came for so long that a call was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not sent: every call before it was answered with \"slow down\" for {} s", .0.as_secs())]
pub(crate) struct Shut(Duration);

/// A bucket that has let nothing through for so long is shut: what the pace still lets through finds out whether it still is,
/// and nobody waits. Storms are over sooner. Without this, each of thousands of calls would be as patient for itself.
const SHUT_AFTER: Duration = Duration::from_secs(90);
/// Refusals that lie further apart than this are not one storm: for so long nobody has asked.
const LULL: Duration = Duration::from_secs(30);

/// What became of the calls that passed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Used {
    pub(crate) calls: u64,
    /// Answers that said "slow down".
    pub(crate) refusals: u64,
    /// How long at least one call waited for a token.
    pub(crate) held: Duration,
    /// Calls per second at the end; none if there was no limit.
    pub(crate) rate: Option<f64>,
    /// Whether that rate was found rather than known.
    pub(crate) found: bool,
}

/// A kind's nth call stands beside every other kind's nth call, whoever has how many.
type Turn = (u64, u64);

impl Bucket {
    /// `ceiling`: none, and calls pass until the first refusal.
    pub(crate) fn new(ceiling: Option<Rate>, published: Rate) -> Self {
        Self(Mutex::new(State {
            pace: Pace::new(ceiling, published, Instant::now()),
            line: BTreeMap::new(),
            turns: BTreeMap::new(),
            turn: 0,
            lined_up: 0,
            waiting: None,
            lowered: 0,
            storm: None,
            used: Used::default(),
        }))
    }

    /// Waits for a token. Kinds take turns.
    pub(crate) async fn acquire(&self, kind: &'static str) -> Result<Pass, Shut> {
        let started = Instant::now();
        let place = self.line_up(kind);
        loop {
            match self.step_forward(&place)? {
                Step::Gone(lowered) => {
                    return Ok(Pass { waited: Instant::now().saturating_duration_since(started), lowered });
                }
                Step::Wait(None) => place.called.notified().await,
                Step::Wait(Some(wait)) => {
                    tokio::select! {
                        () = sleep(wait) => {}
                        () = place.called.notified() => {}
                    }
                }
            }
        }
    }

    /// Whether the pace is still the one at which a token was taken. If not, the token is given back.
    pub(crate) fn holds(&self, pass: &Pass) -> bool {
        let mut state = self.lock();
        let holds = state.lowered == pass.lowered;
        if !holds {
            // The service's bucket was empty since: nothing is left that the token stands for.
            state.used.calls -= 1;
        }
        holds
    }

    /// Whether calls are not worth waiting for.
    pub(crate) fn is_shut(&self) -> bool {
        self.lock().shut(Instant::now()).is_some()
    }

    /// The service said "slow down" to a call that left here at that time.
    pub(crate) fn refused(&self, sent: Instant) {
        let now = Instant::now();
        let mut state = self.lock();
        state.used.refusals += 1;
        let storm = state.storm.filter(|storm| now.saturating_duration_since(storm.last) <= LULL);
        state.storm = Some(Storm { first: storm.map_or(now, |storm| storm.first), last: now });
        state.lowered += u64::from(state.pace.refused(sent, now));
    }

    /// The service answered.
    pub(crate) fn answered(&self) {
        let mut state = self.lock();
        state.storm = None;
        state.pace.answered(Instant::now());
    }

    /// Calls per second at present; none without a limit.
    #[cfg(test)]
    pub(super) fn rate(&self) -> Option<f64> {
        self.lock().pace.rate()
    }

    pub(crate) fn used(&self) -> Used {
        let state = self.lock();
        Used { rate: state.pace.rate(), found: state.pace.is_found(), ..state.used }
    }

    fn line_up(&self, kind: &'static str) -> Place<'_> {
        let mut state = self.lock();
        let turn = state.turns.get(kind).map_or(0, |last| last + 1).max(state.turn);
        state.turns.insert(kind, turn);
        state.lined_up += 1;
        let turn = (turn, state.lined_up);
        let called = Arc::new(Notify::new());
        state.line.insert(turn, Arc::clone(&called));
        drop(state);
        Place { bucket: self, turn, called }
    }

    fn step_forward(&self, place: &Place<'_>) -> Result<Step, Shut> {
        let now = Instant::now();
        let mut state = self.lock();
        if state.line.first_key_value().is_none_or(|(first, _)| *first != place.turn) {
            return Ok(Step::Wait(None));
        }
        if let Err(wait) = state.pace.take(now) {
            if let Some(shut) = state.shut(now) {
                return Err(shut);
            }
            state.waiting.get_or_insert(now);
            return Ok(Step::Wait(Some(wait)));
        }
        state.turn = place.turn.0;
        state.used.calls += 1;
        state.leave(place.turn, now);
        Ok(Step::Gone(state.lowered))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Each change of the state is complete in itself, so that a panic elsewhere leaves it usable.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn shut(&self, now: Instant) -> Option<Shut> {
        let storm = self.storm.filter(|storm| now.saturating_duration_since(storm.last) <= LULL)?;
        let lasted = storm.last.saturating_duration_since(storm.first);
        (lasted >= SHUT_AFTER).then_some(Shut(lasted))
    }

    /// Takes somebody out of the line, and calls whoever is first now.
    fn leave(&mut self, turn: Turn, now: Instant) {
        self.line.remove(&turn);
        if let Some((_, next)) = self.line.first_key_value() {
            next.notify_one();
            return;
        }
        if let Some(since) = self.waiting.take() {
            self.used.held += now.saturating_duration_since(since);
        }
        // Nobody is owed a turn by those who are gone.
        self.turns.clear();
        self.turn = 0;
    }
}

enum Step {
    /// With the number of times that the pace has been lowered so far.
    Gone(u64),
    /// Until then, or until called.
    Wait(Option<Duration>),
}

/// A place in the line. A call that is given up leaves it.
struct Place<'b> {
    bucket: &'b Bucket,
    turn: Turn,
    called: Arc<Notify>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.bucket.lock();
        if state.line.contains_key(&self.turn) {
            state.leave(self.turn, Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn waited(bucket: &Bucket, kind: &'static str) -> Duration {
        bucket.acquire(kind).await.expect("it is not shut").waited
    }

    const FIVE: Rate = Rate { per_second: 5.0, burst: 5.0 };

    #[tokio::test(start_paused = true)]
    async fn a_bucket_gives_its_burst_at_once_and_then_its_rate() {
        let bucket = Bucket::new(Some(FIVE), FIVE);
        for _ in 0..5 {
            assert_eq!(waited(&bucket, "a").await, Duration::ZERO);
        }
        let start = Instant::now();
        for _ in 0..10 {
            waited(&bucket, "a").await;
        }
        let took = start.elapsed().as_secs_f64();
        assert!((1.9..2.1).contains(&took), "10 tokens at 5/s took {took} s");
        let held = bucket.used().held.as_secs_f64();
        assert!((1.9..2.1).contains(&held), "it held calls up for {held} s");
    }

    #[tokio::test(start_paused = true)]
    async fn an_open_bucket_is_limited_from_the_first_slow_down() {
        let bucket = Bucket::new(None, FIVE);
        for _ in 0..1000 {
            assert_eq!(waited(&bucket, "a").await, Duration::ZERO);
        }
        assert_eq!(bucket.used().rate, None);
        bucket.refused(Instant::now());
        waited(&bucket, "a").await;
        assert!(waited(&bucket, "a").await > Duration::ZERO);
        assert!(bucket.used().found);
    }

    #[tokio::test(start_paused = true)]
    async fn an_open_bucket_of_which_little_was_asked_is_not_one_that_gives_little() {
        let bucket = Bucket::new(None, FIVE);
        waited(&bucket, "a").await;
        bucket.answered();
        tokio::time::advance(Duration::from_secs(60)).await;
        waited(&bucket, "a").await;
        bucket.refused(Instant::now());
        let rate = bucket.rate().expect("limited");
        assert!((4.0..5.0).contains(&rate), "{rate}");
    }

    #[tokio::test(start_paused = true)]
    async fn many_refusals_of_calls_under_way_are_one_signal() {
        let bucket = Bucket::new(Some(Rate { per_second: 20.0, burst: 24.0 }), FIVE);
        let sent = Instant::now();
        tokio::time::advance(Duration::from_millis(40)).await;
        for _ in 0..24 {
            bucket.refused(sent);
        }
        let rate = bucket.rate().expect("limited");
        assert!((rate - 19.0).abs() < 1e-9, "lowered once, to {rate}");
        assert_eq!(bucket.used().refusals, 24);
    }

    #[tokio::test(start_paused = true)]
    async fn kinds_take_turns_whoever_asks_for_more() {
        let bucket = Arc::new(Bucket::new(Some(Rate { per_second: 5.0, burst: 1.0 }), FIVE));
        waited(&bucket, "first").await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let ask = |kind: &'static str| {
            let (bucket, order) = (Arc::clone(&bucket), Arc::clone(&order));
            tokio::spawn(async move {
                waited(&bucket, kind).await;
                order.lock().expect("nobody panicked").push(kind);
            })
        };
        let mut asked: Vec<_> = (0..8).map(|_| ask("many")).collect();
        tokio::task::yield_now().await;
        asked.extend([ask("few"), ask("few")]);
        for task in asked {
            task.await.expect("it ends");
        }
        let order = order.lock().expect("nobody panicked");
        let few: Vec<usize> = order.iter().enumerate().filter(|(_, kind)| **kind == "few").map(|(at, _)| at).collect();
        assert!(few.iter().all(|at| *at < 5), "{order:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_holds_nobody_up() {
        let bucket = Arc::new(Bucket::new(Some(Rate { per_second: 5.0, burst: 1.0 }), FIVE));
        waited(&bucket, "a").await;
        let impatient = {
            let bucket = Arc::clone(&bucket);
            tokio::spawn(async move { waited(&bucket, "a").await })
        };
        tokio::task::yield_now().await;
        impatient.abort();
        let waited = tokio::time::timeout(Duration::from_secs(1), waited(&bucket, "b")).await.expect("a token");
        assert!(waited <= Duration::from_millis(250), "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_after_a_storm_without_end_does_not_wait_for_it() {
        let bucket = Bucket::new(Some(FIVE), FIVE);
        let started = Instant::now();
        let mut asked = 0;
        while !bucket.is_shut() {
            waited(&bucket, "a").await;
            bucket.refused(Instant::now());
            asked += 1;
        }
        let lasted = started.elapsed().as_secs();
        assert!((90..95).contains(&lasted) && asked < 240, "{asked} calls in {lasted} s");
        // Thousands are told at once; a few find out whether it still lasts.
        let now = Instant::now();
        let told = async {
            let mut told = 0;
            for _ in 0..1000 {
                told += u32::from(bucket.acquire("a").await.is_err());
            }
            told
        };
        assert!(told.await >= 999);
        assert!(now.elapsed() < Duration::from_secs(1), "{:?}", now.elapsed());
        tokio::time::advance(Duration::from_secs(2)).await;
        waited(&bucket, "a").await;
        bucket.answered();
        assert!(waited(&bucket, "a").await > Duration::ZERO, "it is worth waiting again");
    }

    #[tokio::test(start_paused = true)]
    async fn a_cap_of_next_to_nothing_is_a_long_wait() {
        let bucket = Bucket::new(Some(Rate { per_second: f64::MIN_POSITIVE, burst: 1.0 }), FIVE);
        waited(&bucket, "a").await;
        assert!(tokio::time::timeout(Duration::from_secs(86_400), bucket.acquire("a")).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_far_apart_are_no_storm() {
        let bucket = Bucket::new(Some(FIVE), FIVE);
        for _ in 0..10 {
            waited(&bucket, "a").await;
            bucket.refused(Instant::now());
            tokio::time::advance(LULL + Duration::from_secs(1)).await;
            assert!(!bucket.is_shut());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_of_before_a_refusal_is_none() {
        let bucket = Bucket::new(None, FIVE);
        let (early, late) = (bucket.acquire("a").await.expect("open"), bucket.acquire("a").await.expect("open"));
        assert!(bucket.holds(&early));
        bucket.refused(Instant::now());
        assert!(!bucket.holds(&late));
        assert_eq!(bucket.used().calls, 1);
        let again = bucket.acquire("a").await.expect("limited");
        // Other refusals of what was under way change nothing.
        bucket.refused(Instant::now() - Duration::from_secs(1));
        assert!(bucket.holds(&again));
    }
}
