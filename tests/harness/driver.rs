//! Talks to `tests/changes/driver.py`, which seeds an emulator and clicks around in it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;
use serde_json::{Value, json};

use super::Emulator;

/// A running driver. It ends when this is dropped.
pub(crate) struct Driver {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// A console change that was made, and what must be shown for it.
#[derive(Debug, Deserialize)]
pub(crate) struct Change {
    pub(crate) name: String,
    /// Drift, kind, id, and the names of the attributes that differ.
    pub(crate) expect: Vec<(String, String, String, Vec<String>)>,
}

impl Driver {
    /// For these services; for all if there are none.
    pub(crate) fn start(python: &Path, emulator: &Emulator, services: &[&str]) -> Self {
        let mut process = Command::new(python)
            .arg(super::file("changes/driver.py"))
            .arg(emulator.name)
            .args(services)
            .env("AWS_ENDPOINT_URL", emulator.url())
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", "us-east-1")
            .env_remove("AWS_PROFILE")
            .env_remove("AWS_SESSION_TOKEN")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the driver starts");
        let requests = process.stdin.take().expect("stdin is piped");
        let answers = BufReader::new(process.stdout.take().expect("stdout is piped"));
        Self { process, requests, answers }
    }

    /// Fills the emulator.
    pub(crate) fn seed(&mut self) {
        self.ask(&json!({ "do": "seed" }));
    }

    /// Makes the next console changes, at most so many; none if all have been made.
    pub(crate) fn change(&mut self, most: usize) -> Vec<Change> {
        let mut answer = self.ask(&json!({ "do": "change", "most": most }));
        serde_json::from_value(answer["changes"].take()).expect("the driver answers with changes")
    }

    /// Makes every console change that does not meet another one, but for those of these names. No second time.
    pub(crate) fn change_all(&mut self, without: &[&str]) -> Vec<Change> {
        let mut answer = self.ask(&json!({ "do": "change", "all": true, "without": without }));
        serde_json::from_value(answer["changes"].take()).expect("the driver answers with changes")
    }

    fn ask(&mut self, request: &Value) -> Value {
        writeln!(self.requests, "{request}").expect("the driver takes requests");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the driver answers");
        assert!(!line.is_empty(), "the driver failed at {request}; its last words are on stderr");
        serde_json::from_str(&line).expect("the driver answers in JSON")
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
