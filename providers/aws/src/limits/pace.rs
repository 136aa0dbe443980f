//! How fast one bucket lets calls go: at its ceiling until the service says "slow down", and from then on at a rate that
//! is found by trying.
//!
//! A service's own bucket is empty whenever it says "slow down". What it let through between two such moments, divided by
//! the time between them, is therefore its rate, whatever was stored in it and whoever else draws from it. So two
//! refusals find a limit; the pace then stays a little below it, and goes beyond only after so many good answers that
//! the refusals that it costs are fewer than one in a thousand.
//!
//! Refusals that have nothing to do with the rate leave it as it is: see [`Stray`]. Those of a while in which a service
//! struggles look like a limit, and are over some time: a rate that held for long before is tried again after half a
//! minute's calm, a minute's, and so on.

use std::time::Duration;

use tokio::time::Instant;

use super::Rate;
use super::stray::Stray;

/// The share of a limit that has shown itself at which the pace stays.
const HOLD: f64 = 0.95;
/// What a refusal leaves of a rate about which nothing else is known.
const CUT: f64 = 0.7;
/// Good answers that each refusal of a try costs before the next one, and the most that they cost together.
const ANSWERS_PER_REFUSAL: f64 = 1_800.0;
const MOST_ANSWERS: f64 = 8_000.0;
/// How much higher each calm second of a try makes the rate. What a service has in store hides its limit for a while, so
/// that longer steps would go far beyond it.
const STEP: f64 = 0.02;
/// A rate that held for so many good answers beyond the burst comes back, if what brought it down is over: after so long a
/// calm the way back to it is tried, and so many times as long after each try in vain. It is so steep, and leads up to
/// this share of it.
const PROVEN_ANSWERS: f64 = 100.0;
const PATIENCE: Duration = Duration::from_secs(30);
const LESS_PATIENT: u32 = 2;
const WAY_BACK: f64 = 1.1;
const BACK: f64 = 0.8;
/// A try that got so far beyond what held before shows that the limit is another one.
const FAR: f64 = 1.25;
/// While nothing is known of a limit, a calm second makes the rate so many times as high.
const SEARCH: f64 = 1.5;
/// Of a limit that is known, a calm second gives back this share, up to [`HOLD`].
const RECOVERY: f64 = 0.05;
/// The same after a storm in which nothing was answered: it has taken nothing from what the service has in store.
const CLEARING: f64 = 0.25;
const STORM: u32 = 4;
/// A rate is measured over so many seconds and at least so many answers: a bucket that has been filled up loses tokens,
/// and the world changes.
const MEASURED: std::ops::RangeInclusive<f64> = 1.0..=30.0;
const MEASURED_ANSWERS: f64 = 8.0;
/// Fewer answers than this since the last refusal say that the rate is too high, but nothing of where the limit is: of a
/// storm, in which whatever comes is refused, nothing is to be learnt for the time after it.
const TELLING_ANSWERS: f64 = 3.0;
/// How much higher each further refusal makes the rate once it is clear that the rate does not matter.
const UNDETERRED: f64 = 1.2;
/// While nothing is answered at all, this share of AWS's rate, and at least one call a second, finds out whether the storm
/// has passed.
const PROBES: f64 = 0.1;
/// The rate never falls below this, nor below this share of the ceiling: a scan that stands still helps nobody.
const FLOOR: f64 = 0.2;
const LEAST: f64 = 0.01;
/// How much of a second's calls may go at once after a refusal: what the service has in store is not known any more.
const BURST: f64 = 0.1;
/// So many good answers at the ceiling, and a burst is allowed again.
const TRUSTED: f64 = 1_000.0;

/// Seconds that nobody waits for, and that a `Duration` holds: whoever sets a cap may set it to next to nothing.
const FOREVER: f64 = 1e9;

#[derive(Debug)]
pub(super) struct Pace {
    /// The rate that is never exceeded; none where nobody knows one.
    ceiling: Option<Rate>,
    /// What AWS publishes.
    published: Rate,
    /// `None`: open, no limit seen yet.
    rate: Option<f64>,
    burst: f64,
    tokens: f64,
    at: Instant,
    /// No call leaves before: those that were under way at the last refusal are to come back first.
    quiet: Option<Instant>,
    since: Since,
    /// The limit as far as it has shown itself.
    limit: Option<f64>,
    /// The rate that held before the present try to go beyond it.
    held: Option<f64>,
    /// Good answers to wait for before the next try.
    debt: f64,
    /// Whether one was made, and how many refusals the last one cost.
    tried: Option<f64>,
    /// A rate that held for long; until one has, the ceiling, which should.
    proven: Option<Proven>,
    stray: Stray,
}

/// A rate that once held: what brought it down may be over.
#[derive(Debug, Clone, Copy)]
struct Proven {
    rate: f64,
    /// How long it has to be calm before the way back is tried.
    patience: Duration,
    /// Whether it did hold. If not, it is tried once.
    is_shown: bool,
}

/// What happened since the last refusal that counted (or the start), and since the rate last rose.
#[derive(Debug)]
struct Since {
    cut: Option<Instant>,
    started: Instant,
    answers: f64,
    /// Refusals, also of calls that were under way at that one.
    refusals: f64,
    /// How many refusals came one after the other until then, and no answer between them.
    storm: u32,
    rise: Instant,
    calm: f64,
    /// Good answers while calls were held up, which is what proves a rate; and whether one was, in the last second.
    proof: f64,
    held_up: bool,
}

impl Pace {
    /// `ceiling`: none, and there is no limit until the first refusal.
    pub(super) fn new(ceiling: Option<Rate>, published: Rate, now: Instant) -> Self {
        let burst = ceiling.map_or(published.burst, |ceiling| ceiling.burst);
        Self {
            ceiling,
            published,
            rate: ceiling.map(|ceiling| ceiling.per_second),
            burst,
            tokens: burst,
            at: now,
            quiet: None,
            since: Since {
                cut: None,
                started: now,
                answers: 0.0,
                refusals: 0.0,
                storm: 0,
                rise: now,
                calm: 0.0,
                proof: 0.0,
                held_up: false,
            },
            limit: None,
            held: None,
            debt: 0.0,
            tried: None,
            proven: ceiling.map(|ceiling| Proven { rate: ceiling.per_second, patience: PATIENCE / 2, is_shown: false }),
            stray: Stray::default(),
        }
    }

    /// Calls per second at present; none while it is open.
    pub(super) fn rate(&self) -> Option<f64> {
        self.rate
    }

    /// Whether the service has said "slow down" so that the rate is another than the ceiling's.
    pub(super) fn is_found(&self) -> bool {
        self.since.cut.is_some() && self.rate != self.ceiling.map(|ceiling| ceiling.per_second)
    }

    /// Takes a token, or says how long until there is one.
    pub(super) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let Some(rate) = self.rate else { return Ok(()) };
        if let Some(quiet) = self.quiet.filter(|quiet| now < *quiet) {
            return Err(quiet - now);
        }
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * rate;
        self.tokens = (self.tokens + gained).min(self.burst);
        self.at = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        self.since.held_up = true;
        // Rounded up: a wait that ends a moment too early would only be followed by another one.
        Err(Duration::from_secs_f64(((1.0 - self.tokens) / rate).min(FOREVER)) + Duration::from_micros(1))
    }

    /// The service answered.
    pub(super) fn answered(&mut self, now: Instant) {
        self.since.answers += 1.0;
        let Some(rate) = self.rate else { return };
        self.since.calm += 1.0;
        self.since.proof += f64::from(u8::from(self.since.held_up));
        self.prove(rate);
        self.debt = (self.debt - 1.0).max(0.0);
        let long_enough = now.saturating_duration_since(self.since.rise) >= Duration::from_secs(1);
        if let Some(ceiling) = self.ceiling.filter(|ceiling| rate >= ceiling.per_second) {
            if self.since.calm >= TRUSTED {
                self.burst = ceiling.burst;
            }
            if long_enough {
                (self.since.rise, self.since.held_up) = (now, false);
            }
            return;
        }
        if long_enough && self.since.calm >= (rate / 2.0).max(3.0) {
            let higher = self.higher(rate, now);
            self.since.rise = now;
            if higher > rate {
                self.set(higher);
                (self.since.calm, self.since.proof) = (0.0, 0.0);
            }
            self.since.held_up = false;
        }
    }

    /// The service said "slow down" to a call that was sent at that time. Says whether that was news: calls that were
    /// under way when the rate was lowered speak of the rate before.
    pub(super) fn refused(&mut self, sent: Instant, now: Instant) -> bool {
        if let Some(cost) = &mut self.tried {
            *cost += 1.0;
        }
        self.since.refusals += 1.0;
        self.debt = (ANSWERS_PER_REFUSAL * self.tried.unwrap_or(1.0)).min(MOST_ANSWERS);
        if self.since.cut.is_some_and(|cut| sent <= cut) {
            return false;
        }
        let rate = match self.rate {
            // What went through so far says how little was asked, where it was little. AWS's rate is a place to start from.
            None => self.published.per_second * HOLD,
            Some(rate) => self.lower(rate, now),
        };
        // What was sent until now, and what is sent a moment too early, is answered within a round trip.
        let quiet = now + now.saturating_duration_since(sent);
        let started = self.since.started;
        let storm = if self.since.answers > 0.0 { 1 } else { self.since.storm + 1 };
        self.since = Since {
            cut: Some(quiet),
            rise: now,
            answers: 0.0,
            refusals: 0.0,
            storm,
            calm: 0.0,
            proof: 0.0,
            held_up: false,
            started,
        };
        self.quiet = Some(quiet);
        self.set(rate);
        self.tokens = 1.0;
        self.at = quiet;
        true
    }

    fn lower(&mut self, rate: f64, now: Instant) -> f64 {
        let should_hold = self.limit.is_some_and(|limit| rate <= limit * HOLD * 1.001);
        let is_stray = self.stray.refused(self.since.answers, self.since.refusals, should_hold);
        if let Some(held) = self.held.take().filter(|held| rate > *held) {
            if rate <= held * FAR {
                // Back to what held. If that does not hold any more, the next refusal measures.
                self.limit = Some(held / HOLD);
                return held * HOLD;
            }
            self.limit = Some(rate);
            return (rate * CUT).max(held * HOLD);
        }
        if self.is_first_burst(now) {
            // Somebody has called just before us, perhaps we ourselves: nothing is stored, and the rate is as it was.
            self.limit = Some(rate);
            return rate * HOLD;
        }
        if is_stray {
            // Not for ever: where there is no ceiling, it soon would not be the rate that calls are held up by.
            let most = self.ceiling.map_or(self.published.per_second, |ceiling| ceiling.per_second).max(rate);
            let rate = (rate * UNDETERRED).min(most);
            self.limit = Some(rate / HOLD);
            return rate;
        }
        if self.since.cut.is_some() && self.since.answers < TELLING_ANSWERS {
            let probes = (self.published.per_second * PROBES).max(1.0).min(rate);
            let least = if self.since.answers > 0.0 { 0.0 } else { probes };
            return (rate * CUT).max(least);
        }
        let Some(measured) = self.measured(now) else {
            self.limit = Some(rate);
            return rate * CUT;
        };
        let limit = measured.clamp(rate * 0.3, rate);
        self.limit = Some(limit);
        limit * HOLD * HOLD
    }

    /// Whether more was asked of the service so far than its rate alone gives.
    fn is_first_burst(&self, now: Instant) -> bool {
        let elapsed = now.saturating_duration_since(self.since.started).as_secs_f64();
        let burst = self.ceiling.map_or(0.0, |ceiling| ceiling.burst / ceiling.per_second);
        self.since.cut.is_none() && elapsed < burst
    }

    /// What the service let through per second since its bucket was last empty.
    fn measured(&self, now: Instant) -> Option<f64> {
        let seconds = now.saturating_duration_since(self.since.cut?).as_secs_f64();
        (MEASURED.contains(&seconds) && self.since.answers >= MEASURED_ANSWERS).then(|| self.since.answers / seconds)
    }

    /// Takes note of a rate that holds.
    fn prove(&mut self, rate: f64) {
        let burst = self.ceiling.map_or(self.published.burst, |ceiling| ceiling.burst);
        // A try begins anew with each step.
        if self.since.proof < burst + PROVEN_ANSWERS {
            return;
        }
        let shown = self.proven.filter(|proven| proven.is_shown);
        if shown.is_none_or(|proven| rate >= proven.rate * BACK) {
            let rate = shown.map_or(rate, |proven| proven.rate.max(rate));
            self.proven = Some(Proven { rate, patience: PATIENCE, is_shown: true });
        }
    }

    /// Whether a much higher rate held before, and it is time to find out whether it does again.
    fn may_go_back(&mut self, rate: f64, now: Instant) -> bool {
        let calm = self.since.cut.map(|cut| now.saturating_duration_since(cut));
        let Some(proven) = self
            .proven
            .filter(|proven| self.since.held_up && rate < proven.rate * BACK && calm >= Some(proven.patience))
        else {
            return false;
        };
        if !proven.is_shown && proven.patience >= PATIENCE {
            self.proven = None;
            return false;
        }
        self.proven = Some(Proven { patience: proven.patience * LESS_PATIENT, ..proven });
        true
    }

    /// The rate after a calm while.
    fn higher(&mut self, rate: f64, now: Instant) -> f64 {
        let Some(limit) = self.limit else { return rate * SEARCH };
        let hold = limit * HOLD;
        if rate < hold * 0.999 {
            let step = if self.since.storm >= STORM { CLEARING } else { RECOVERY };
            return (rate + limit * step).min(hold);
        }
        if self.held.is_none() {
            if self.debt > 0.0 && !self.may_go_back(rate, now) {
                return rate;
            }
            self.held = Some(rate);
            self.tried = Some(0.0);
        }
        let is_below = self.proven.is_some_and(|proven| rate * WAY_BACK < proven.rate * BACK);
        rate * if is_below { WAY_BACK } else { 1.0 + STEP }
    }

    fn set(&mut self, rate: f64) {
        let (floor, ceiling) = self
            .ceiling
            .map_or((FLOOR, f64::INFINITY), |ceiling| (FLOOR.max(ceiling.per_second * LEAST), ceiling.per_second));
        self.rate = Some(rate.max(floor).min(ceiling));
        if self.since.cut.is_some() {
            self.burst = (rate * BURST).max(1.0);
        }
    }
}
