//! The one error type at the edge: what failed, why, and what to do about it.

use std::error::Error;
use std::fmt::Write as _;

/// Why a command ended early.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    /// Completes "failed to …"; of a signal: how things stand.
    what: String,
    source: Option<Box<dyn Error + Send + Sync>>,
    hints: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Error,
    /// Ended by a signal of this number.
    Signal(u8),
    /// Whoever read our output has gone: nothing to say, and nobody to say it to.
    ClosedPipe,
}

impl Failure {
    /// `what` completes "failed to …".
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { kind: Kind::Error, what: what.into(), source: None, hints: Vec::new() }
    }

    pub(crate) fn interrupted(signal: u8) -> Self {
        Self::interrupted_in(signal, "nothing was changed")
    }

    /// The same in the middle of something; `state` says how things stand.
    pub(crate) fn interrupted_in(signal: u8, state: impl Into<String>) -> Self {
        Self { kind: Kind::Signal(signal), ..Self::new(state) }
    }

    /// Writing the answer to stdout failed.
    pub(crate) fn output(error: std::io::Error) -> Self {
        let kind = if error.kind() == std::io::ErrorKind::BrokenPipe { Kind::ClosedPipe } else { Kind::Error };
        Self { kind, ..Self::new("write the output").because(error) }
    }

    pub(crate) fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    pub(crate) fn hints(mut self, hints: impl IntoIterator<Item = String>) -> Self {
        self.hints.extend(hints);
        self
    }

    /// 1; signals end with 128 and their number, as shells say it.
    pub(crate) fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Error => 1,
            Kind::Signal(number) => 128 + number,
            Kind::ClosedPipe => 0,
        }
    }

    /// What is printed, without colours: `error: failed to …`, the causes, the hints.
    pub(crate) fn message(&self) -> Option<String> {
        match self.kind {
            Kind::ClosedPipe => return None,
            Kind::Signal(_) => return Some(format!("interrupted: {}\n", self.what)),
            Kind::Error => {}
        }
        let mut text = format!("error: failed to {}\n", self.what);
        let mut last = self.what.clone();
        let mut source: Option<&(dyn Error + 'static)> = self.source.as_ref().map(|source| source.as_ref() as _);
        while let Some(error) = source {
            let cause = error.to_string();
            // Wrappers often repeat what they wrap.
            if !last.ends_with(&cause) {
                writeln!(text, "  cause: {}", indent(&cause)).expect("writing to a String does not fail");
            }
            last = cause;
            source = error.source();
        }
        for hint in &self.hints {
            writeln!(text, "hint: {}", indent(hint)).expect("writing to a String does not fail");
        }
        Some(text)
    }
}

fn indent(text: &str) -> String {
    text.trim_end().replace('\n', "\n  ")
}

impl From<driftline::store::Error> for Failure {
    fn from(error: driftline::store::Error) -> Self {
        let hints: Vec<String> = error.hint().into_iter().collect();
        Self::new("use the repository").because(error).hints(hints)
    }
}
