//! Refusals that do not speak of the rate: some services say "slow down" now and then whatever is asked of them. Who went
//! slower with each would stand still in the end, and be refused just as often.
//!
//! They are known by going on at a rate that should hold, and by staying as rare when the rate rises again: beyond a real
//! limit, refusals soon outweigh the good answers.

/// So many in a row may not be about the rate,
const MANY: u32 = 4;
/// with no more good answers between two of them than these,
const NEAR: f64 = 1_000.0;
/// and at least so many to each: what is refused more often is a storm, or far beyond a limit. (One refusal in ten calls is
/// what this can tell from a limit; where more are refused, signals with fewer answers before them lower the rate.)
const MOSTLY: f64 = 3.0;
/// Beyond a real limit there are fewer good answers to a refusal than this share of what there were before.
const AS_EVER: f64 = 1.0 / 3.0;
/// What a signal leaves of the weight of those before.
const MEMORY: f64 = 0.7;

/// What was refused in a row without a reason, as far as the limit is known.
#[derive(Debug, Default)]
pub(super) struct Stray {
    signals: u32,
    answers: f64,
    refusals: f64,
    /// Good answers to a refusal when it was clear that the rate does not matter.
    usual: Option<f64>,
}

impl Stray {
    /// Takes note of a refusal that counted, with the good answers and the refusals since the one before, and of whether
    /// the rate should have held. Says whether the rate does not matter.
    pub(super) fn refused(&mut self, answers: f64, refusals: f64, should_hold: bool) -> bool {
        if !should_hold || answers > NEAR {
            *self = Self::default();
            return false;
        }
        let Some(usual) = self.usual else { return self.gather(answers, refusals) };
        self.answers = self.answers * MEMORY + answers;
        self.refusals = self.refusals * MEMORY + refusals;
        let is_as_ever = self.answers >= self.refusals * MOSTLY.max(usual * AS_EVER);
        if !is_as_ever {
            *self = Self::default();
        }
        is_as_ever
    }

    fn gather(&mut self, answers: f64, refusals: f64) -> bool {
        if answers < refusals * MOSTLY {
            return false;
        }
        self.signals += 1;
        self.answers += answers;
        self.refusals += refusals;
        if self.signals < MANY {
            return false;
        }
        let usual = self.answers / self.refusals;
        *self = Self { signals: 0, answers: usual, refusals: 1.0, usual: Some(usual) };
        true
    }
}
