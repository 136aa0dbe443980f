//! What a person sees while a scan runs: reads done, resources, calls, throttles.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use driftline::resume::Resumed;
use driftline::scan::{Event, Observer};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use time::OffsetDateTime;

use super::environment::Environment;
use super::ui::Ui;

/// A consumer of a scan's events that draws a bar on a terminal and nothing elsewhere.
pub(crate) struct Progress {
    ui: Ui,
    bar: ProgressBar,
    counters: Arc<Counters>,
}

/// What is told while it runs. It is put into words when the bar is drawn, not for each of a hundred thousand resources.
#[derive(Debug, Default)]
struct Counters {
    resources: AtomicU64,
    calls: AtomicU64,
    throttles: AtomicU64,
    gaps: AtomicU64,
}

/// Terminals that are narrower get no bar: it would take two lines.
const FITS: usize = 80;

impl Progress {
    pub(crate) fn new(ui: Ui) -> Self {
        let target =
            if ui.is_watched() { ProgressDrawTarget::stderr_with_hz(10) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        let progress = Self { ui, bar, counters: Arc::default() };
        progress.show("{spinner} entering accounts");
        progress.bar.enable_steady_tick(Duration::from_millis(120));
        progress
    }

    /// For asking who did it, once the scan is over.
    pub(crate) fn asking(ui: Ui) -> Self {
        let progress = Self::new(ui);
        progress.show("{spinner} asking CloudTrail who did it{told} ({elapsed})");
        progress
    }

    /// Takes the bar off the terminal.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn show(&self, template: &str) {
        let counters = Arc::clone(&self.counters);
        let told = move |_: &ProgressState, out: &mut dyn fmt::Write| {
            // The bar is no place to fail.
            let _ = write!(out, "{counters}");
        };
        let counters = Arc::clone(&self.counters);
        let short = move |state: &ProgressState, out: &mut dyn fmt::Write| {
            let _ = write!(out, "{}/{}{counters}", state.pos(), state.len().unwrap_or_default());
        };
        let style = ProgressStyle::with_template(template).expect("the template is valid");
        self.bar.set_style(style.progress_chars("=> ").with_key("told", told).with_key("short", short));
    }
}

/// `, 3 resources, 12 calls, 1 throttled`: what there is, behind something else.
impl fmt::Display for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        for (counter, one, many) in [
            (&self.resources, "resource", "resources"),
            (&self.calls, "call", "calls"),
            (&self.throttles, "throttled", "throttled"),
            (&self.gaps, "not read", "not read"),
        ] {
            match count(counter) {
                0 => {}
                1 => write!(f, ", 1 {one}")?,
                more => write!(f, ", {more} {many}")?,
            }
        }
        Ok(())
    }
}

/// `09:12 UTC`, with the day where it was another one.
fn moment(seconds: u64) -> String {
    let time = |seconds: u64| {
        let seconds = i64::try_from(seconds).unwrap_or_default();
        OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    };
    let (then, now) = (time(seconds), time(Environment::clock()));
    let clock = format!("{:02}:{:02} UTC", then.hour(), then.minute());
    if then.date() == now.date() { clock } else { format!("{} {clock}", then.date()) }
}

impl Observer for Progress {
    fn event(&self, event: Event<'_>) {
        let add = |counter: &AtomicU64, more: u64| counter.fetch_add(more, Ordering::Relaxed);
        match event {
            Event::Entered { .. } | Event::Started { .. } => {}
            Event::Resumed { resumed: Resumed { interrupted, taken, of, singles } } => {
                let others = match singles {
                    0 => String::new(),
                    1 => ", and 1 resource of another where it is listed as it was".to_owned(),
                    _ => format!(", and {singles} resources of others where they are listed as they were"),
                };
                let text = format!(
                    "continues an import interrupted at {}: {taken} of {of} reads are from then{others}",
                    moment(interrupted)
                );
                self.bar.suspend(|| self.ui.say(text));
            }
            Event::Scheduled { tasks } => {
                self.bar.set_length(u64::try_from(tasks).unwrap_or(u64::MAX));
                let columns = self.ui.columns_err().unwrap_or(FITS);
                if columns < FITS {
                    // Cut off where the line ends.
                    self.show(&format!("{{spinner}} {{short:{}!}}", columns.saturating_sub(3).max(1)));
                } else {
                    self.show("{spinner} reading [{bar:24}] {pos}/{len} kinds × regions{told} ({elapsed})");
                }
            }
            Event::Found { .. } => {
                add(&self.counters.resources, 1);
            }
            Event::Called { call } => {
                add(&self.counters.calls, 1);
                add(&self.counters.throttles, u64::from(call.throttles));
            }
            Event::Ended { error, .. } => {
                add(&self.counters.gaps, u64::from(error.is_some_and(|cause| cause.status.is_gap())));
                self.bar.inc(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_told_in_words() {
        let counters = Counters::default();
        assert_eq!(counters.to_string(), "");
        counters.calls.store(1, Ordering::Relaxed);
        assert_eq!(counters.to_string(), ", 1 call");
        counters.resources.store(1, Ordering::Relaxed);
        counters.calls.store(12, Ordering::Relaxed);
        counters.throttles.store(1, Ordering::Relaxed);
        counters.gaps.store(2, Ordering::Relaxed);
        assert_eq!(counters.to_string(), ", 1 resource, 12 calls, 1 throttled, 2 not read");
    }
}
