//! Runs Terraform as a child: what it says is shown or kept, and a signal lets it finish what it is at.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use driftline::restore::{Program, advice, words};

use super::super::context::Context;
use super::super::failure::Failure;
use super::super::scanning::signal;

/// Terraform in a folder.
pub(super) struct Terraform<'t> {
    cx: &'t Context,
    program: &'t Program,
    folder: &'t Path,
    /// The number of a signal that came, also between two calls.
    signalled: Arc<AtomicU8>,
}

/// What an interruption leaves behind.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stake {
    Nothing,
    /// Terraform may have changed a part.
    Account,
}

impl<'t> Terraform<'t> {
    pub(super) fn new(cx: &'t Context, program: &'t Program, folder: &'t Path) -> Result<Self, Failure> {
        let signalled = Arc::new(AtomicU8::new(0));
        let seen = Arc::clone(&signalled);
        cx.runtime()?.spawn(async move {
            loop {
                seen.store(signal().await, Ordering::SeqCst);
            }
        });
        Ok(Self { cx, program, folder, signalled })
    }

    /// Asks a question; a signal is an end, too.
    pub(super) fn ask(&self, question: &'static str) -> Result<Option<String>, Failure> {
        let ui = self.cx.ui;
        self.cx.runtime()?.block_on(async {
            tokio::select! {
                answer = tokio::task::spawn_blocking(move || ui.ask(question)) => {
                    answer.map_err(|error| Failure::new("read the answer").because(error))?
                }
                number = signal() => Err(Failure::interrupted_in(number, "nothing was changed in the account")),
            }
        })
    }

    /// Runs it; what it prints.
    pub(super) fn run(&self, what: &str, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
        let output = self.output(arguments, Stdio::piped(), Stake::Nothing)?;
        if output.status.success() { Ok(output.stdout) } else { Err(self.failure(what, &output)) }
    }

    /// Runs it; `Err` is what it said of its failure.
    pub(super) fn attempt(&self, arguments: &[&str]) -> Result<Result<(), String>, Failure> {
        let output = self.output(arguments, Stdio::piped(), Stake::Nothing)?;
        let said = || String::from_utf8_lossy(&output.stderr).into_owned();
        Ok(if output.status.success() { Ok(()) } else { Err(said()) })
    }

    /// Runs it while the user watches: stdout is data of ours, so that Terraform talks on stderr.
    pub(super) fn watch(&self, what: &str, arguments: &[&str]) -> Result<(), Failure> {
        let shown = if self.cx.ui.is_quiet() { Stdio::null() } else { Stdio::from(std::io::stderr()) };
        let output = self.output(arguments, shown, Stake::Account)?;
        if output.status.success() { Ok(()) } else { Err(self.failure(what, &output)) }
    }

    /// Waits for it, also when a signal comes: a terminal sends Ctrl-C to Terraform, too, and then it finishes what it
    /// is at and writes its state. Who ends driftline alone is passed on.
    fn output(&self, arguments: &[&str], stdout: Stdio, stake: Stake) -> Result<Output, Failure> {
        const TERMINATE: u8 = 15;
        let mut command: Command = self.program.command(self.folder, arguments);
        let failed = |error: std::io::Error| Failure::new(format!("run {}", self.program.label)).because(error);
        self.go_on(Stake::Nothing)?;
        let output = self.cx.runtime()?.block_on(async {
            let child = command.stdout(stdout).stderr(Stdio::piped()).spawn().map_err(failed)?;
            let id = child.id();
            let mut ended = tokio::task::spawn_blocking(move || child.wait_with_output());
            loop {
                tokio::select! {
                    output = &mut ended => {
                        let output = output.map_err(std::io::Error::other).and_then(|output| output);
                        return output.map_err(failed);
                    }
                    number = signal() => {
                        if number == TERMINATE {
                            interrupt(id);
                        }
                        self.say("ending what it is at, and writing its state");
                    }
                }
            }
        })?;
        self.go_on(stake).map(|()| output)
    }

    /// Not if a signal came.
    fn go_on(&self, stake: Stake) -> Result<(), Failure> {
        let number = self.signalled.load(Ordering::SeqCst);
        if number == 0 {
            return Ok(());
        }
        let left = match stake {
            Stake::Nothing => "nothing was changed in the account",
            Stake::Account => "Terraform's state says what was done; `driftline restore` goes on from there",
        };
        Err(Failure::interrupted_in(number, left))
    }

    /// A line of talk on stderr, in its name.
    pub(super) fn say(&self, what: &str) {
        self.cx.ui.say(format!("{}: {what}", self.program.name));
    }

    /// What the user can do about an error.
    pub(super) fn advice(&self, words: &str) -> Option<String> {
        advice(words, &self.program.name, self.folder)
    }

    fn failure(&self, what: &str, output: &Output) -> Failure {
        let words = said(output);
        let hint = self.advice(&words);
        Failure::new(what).because(words).hints(hint)
    }
}

/// Asks a process to end as Ctrl-C does. Where there is no `kill`, it is waited for.
fn interrupt(process: u32) {
    let mut kill = Command::new("kill");
    let kill = kill.args(["-INT", &process.to_string()]).stdin(Stdio::null());
    let _ = kill.stdout(Stdio::null()).stderr(Stdio::null()).status();
}

fn said(output: &Output) -> String {
    let text = words(&String::from_utf8_lossy(&output.stderr));
    let text = if text.is_empty() { words(&String::from_utf8_lossy(&output.stdout)) } else { text };
    if text.is_empty() { format!("it ended with {}", output.status) } else { text }
}
