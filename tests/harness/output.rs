//! What a command answered.

use std::process::Command;

use serde_json::Value;

/// The end of a command that ran.
#[derive(Debug)]
pub(crate) struct Output {
    /// How it was called, for messages.
    what: String,
    /// `None`: killed by a signal.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        Self::new(format!("{command:?}"), output)
    }

    pub(crate) fn new(what: String, output: std::process::Output) -> Self {
        Self {
            what,
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }

    /// It must have ended with this code.
    #[track_caller]
    pub(crate) fn code(self, wanted: i32) -> Self {
        let Self { what, code, stdout, stderr } = &self;
        assert!(
            *code == Some(wanted),
            "{what}\nended with {code:?} instead of {wanted}\n--- stdout\n{stdout}\n--- stderr\n{stderr}"
        );
        self
    }

    /// It must have succeeded.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        self.code(0)
    }

    /// It must have ended with 1, with an error on stderr and no data.
    #[track_caller]
    pub(crate) fn fails(self) -> Self {
        let output = self.code(1);
        assert!(output.stderr.contains("error: "), "no error is told:\n{}", output.stderr);
        assert_eq!(output.stdout, "", "stdout is data, and there is none");
        output
    }

    /// Its stdout as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("no JSON: {error}\n{}", self.stdout))
    }

    /// stderr must hold this text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "{} does not say `{text}`, but:\n{}", self.what, self.stderr);
        self
    }

    /// stdout must hold this text.
    #[track_caller]
    pub(crate) fn shows(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "{} does not show `{text}`, but:\n{}", self.what, self.stdout);
        self
    }
}
