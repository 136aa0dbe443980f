//! `driftline completions`.

use std::process::ExitCode;

use clap::Args;
use clap_complete::Shell;

use super::context::Context;
use super::failure::Failure;

/// Print a shell's completion script
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Which shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    // Written to memory first: the generator panics where it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::command(), "driftline", &mut script);
    cx.ui.data(|out| out.write_all(&script))?;
    Ok(ExitCode::SUCCESS)
}
