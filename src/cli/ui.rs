//! The terminal: the only place that prints.

#![expect(clippy::print_stderr, reason = "this is the one place that prints")]

use std::io::{self, IsTerminal as _, Write};

use anstyle::{AnsiColor, Style};

use driftline::render::Look;

use super::Color;
use super::failure::Failure;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// How to talk to whoever runs the command.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ui {
    color: Color,
    quiet: bool,
}

impl Ui {
    pub(crate) fn new(color: Color, quiet: bool) -> Self {
        Self { color, quiet }
    }

    /// Whether data on stdout may carry colours.
    pub(crate) fn color_out(self) -> bool {
        self.decide(anstream::AutoStream::choice(&io::stdout()), io::stdout().is_terminal())
    }

    /// How plans and tables look on stdout.
    pub(crate) fn look(self) -> Look {
        let columns = io::stdout().is_terminal().then(|| columns(&console::Term::stdout())).flatten();
        Look { colour: self.color_out(), width: columns.unwrap_or(Look::default().width) }
    }

    /// How wide the terminal is that talk goes to.
    #[expect(clippy::unused_self, reason = "the terminal has one owner")]
    pub(crate) fn columns_err(self) -> Option<usize> {
        columns(&console::Term::stderr())
    }

    fn color_err(self) -> bool {
        self.decide(anstream::AutoStream::choice(&io::stderr()), io::stderr().is_terminal())
    }

    fn decide(self, choice: anstream::ColorChoice, terminal: bool) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => match choice {
                anstream::ColorChoice::Never => false,
                anstream::ColorChoice::Always | anstream::ColorChoice::AlwaysAnsi => true,
                anstream::ColorChoice::Auto => terminal,
            },
        }
    }

    /// Whether nothing is to be said but errors.
    pub(crate) fn is_quiet(self) -> bool {
        self.quiet
    }

    /// Whether a person watches stderr.
    pub(crate) fn is_watched(self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// Writes data to stdout.
    #[expect(clippy::unused_self, reason = "everything that is printed passes the terminal's one owner")]
    pub(crate) fn data(self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        write(&mut out).and_then(|()| out.flush()).map_err(Failure::output)
    }

    /// A line of talk on stderr.
    pub(crate) fn say(self, text: impl AsRef<str>) {
        if !self.quiet {
            eprintln!("{}", text.as_ref());
        }
    }

    /// Whether somebody is there to answer.
    #[expect(clippy::unused_self, reason = "the terminal has one owner")]
    pub(crate) fn can_ask(self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks, and waits for a line; `None` if there is none to come.
    #[expect(clippy::unused_self, reason = "the terminal has one owner")]
    pub(crate) fn ask(self, question: &str) -> Result<Option<String>, Failure> {
        eprint!("{question}");
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line).map_err(|error| Failure::new("read the answer").because(error))?;
        if read == 0 {
            // Nobody ended the line that the question stands in.
            eprintln!();
        }
        Ok((read > 0).then_some(line))
    }

    /// Something that the user should know although the command goes on.
    pub(crate) fn warn(self, text: impl AsRef<str>) {
        if self.color_err() {
            eprintln!("{WARNING}warning:{WARNING:#} {}", text.as_ref());
        } else {
            eprintln!("warning: {}", text.as_ref());
        }
    }

    /// What to do next.
    pub(crate) fn hint(self, text: impl AsRef<str>) {
        if self.quiet {
            return;
        }
        if self.color_err() {
            eprintln!("{HINT}hint:{HINT:#} {}", text.as_ref());
        } else {
            eprintln!("hint: {}", text.as_ref());
        }
    }

    pub(crate) fn failure(self, failure: &Failure) {
        let Some(message) = failure.message() else { return };
        if !self.color_err() {
            eprint!("{message}");
            return;
        }
        for line in message.lines() {
            if let Some(rest) = line.strip_prefix("error:") {
                eprintln!("{ERROR}error:{ERROR:#}{rest}");
            } else if let Some(rest) = line.strip_prefix("hint:") {
                eprintln!("{HINT}hint:{HINT:#}{rest}");
            } else {
                eprintln!("{line}");
            }
        }
    }
}

/// How wide the terminal is.
fn columns(terminal: &console::Term) -> Option<usize> {
    let (_, columns) = terminal.size_checked()?;
    Some(usize::from(columns))
}
