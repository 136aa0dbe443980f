//! Telling people that an account drifted: when it is news, and how each sort of receiver wants to read it.
//!
//! Nothing here sends anything: a payload is a function of a plan. A nightly run must not repeat itself, so what was
//! told last is remembered as a [`DriftSet`], and only a change of it is news.

mod content;
mod drift_set;
pub mod slack;
pub mod teams;
pub mod webhook;

#[cfg(test)]
mod tests;

use crate::plan::Plan;

pub use drift_set::DriftSet;

/// When a receiver is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum When {
    /// When the drift is not what was told last; once when it is gone.
    #[default]
    Changed,
    /// After every run.
    Always,
    /// After every run that found drift.
    Drift,
}

/// What there is to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    Drift,
    /// What was told before is gone.
    Gone,
    /// No drift in what was read, but not everything was.
    NotRead,
    /// No drift, and none before.
    Nothing,
}

impl News {
    /// What is to be told of a plan; `None`: nothing that is news. `before` is the set that was told last.
    pub fn of(plan: &Plan, when: When, before: Option<&DriftSet>, now: &DriftSet) -> Option<Self> {
        // Of what was told before, a plan that rests on records did not look at all: what became of it is not its to tell.
        if plan.rests.is_some() && plan.is_empty() && !now.is_empty() {
            return (when == When::Always).then_some(Self::NotRead);
        }
        let before_empty = before.is_none_or(DriftSet::is_empty);
        let is_news = match when {
            When::Always => true,
            When::Drift => !plan.is_empty(),
            When::Changed => before.map_or(!now.is_empty(), |before| before != now),
        };
        is_news.then_some(match (plan.is_empty(), plan.is_complete()) {
            (false, _) => Self::Drift,
            (true, false) => Self::NotRead,
            (true, true) if before_empty => Self::Nothing,
            (true, true) => Self::Gone,
        })
    }

    /// The word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drift => "drift",
            Self::Gone => "gone",
            Self::NotRead => "not_read",
            Self::Nothing => "nothing",
        }
    }
}

/// What is to be told, and of what.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    pub plan: &'a Plan,
    pub news: News,
    /// Where it can be reviewed: a pull request.
    pub link: Option<&'a str>,
}
