//! What a person sees while a scan runs: reads done, resources, calls, throttles.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use driftline::resume::Resumed;
use driftline::scan::{Event, Observer};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use time::OffsetDateTime;

use super::environment::Environment;
use super::ui::Ui;

/// A consumer of a scan's events that draws a bar on a terminal and nothing elsewhere.
pub(crate) struct Progress {
    ui: Ui,
    bar: ProgressBar,
    resources: AtomicU64,
    calls: AtomicU64,
    throttles: AtomicU64,
    gaps: AtomicU64,
}

impl Progress {
    pub(crate) fn new(ui: Ui) -> Self {
        let target =
            if ui.is_watched() { ProgressDrawTarget::stderr_with_hz(10) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_style(ProgressStyle::with_template("{spinner} entering accounts").expect("the template is valid"));
        bar.enable_steady_tick(Duration::from_millis(120));
        let zero = AtomicU64::default;
        Self { ui, bar, resources: zero(), calls: zero(), throttles: zero(), gaps: zero() }
    }

    /// For asking who did it, once the scan is over.
    pub(crate) fn asking(ui: Ui) -> Self {
        let progress = Self::new(ui);
        let template = "{spinner} asking CloudTrail who did it, {msg} ({elapsed})";
        progress.bar.set_style(ProgressStyle::with_template(template).expect("the template is valid"));
        progress
    }

    /// Takes the bar off the terminal.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn describe(&self) {
        // A hidden bar would keep the text to itself.
        if self.bar.is_hidden() {
            return;
        }
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let told = [("resources", &self.resources), ("calls", &self.calls)];
        let trouble = [("throttled", &self.throttles), ("not read", &self.gaps)];
        let parts = told.into_iter().chain(trouble).filter(|(_, counter)| count(counter) > 0);
        let parts: Vec<String> = parts.map(|(word, counter)| format!("{} {word}", count(counter))).collect();
        self.bar.set_message(parts.join(", "));
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
                let template = "{spinner} reading [{bar:24}] {pos}/{len} kinds × regions, {msg} ({elapsed})";
                let style = ProgressStyle::with_template(template).expect("the template is valid");
                self.bar.set_style(style.progress_chars("=> "));
            }
            Event::Found { .. } => {
                add(&self.resources, 1);
                self.describe();
            }
            Event::Called { call } => {
                add(&self.calls, 1);
                add(&self.throttles, u64::from(call.throttles));
                self.describe();
            }
            Event::Ended { error, .. } => {
                add(&self.gaps, u64::from(error.is_some_and(|cause| cause.status.is_gap())));
                self.bar.inc(1);
            }
        }
    }
}
