//! `driftline man`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::context::Context;
use super::failure::Failure;

/// Print the manual page, or write those of all commands into a folder
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Write driftline.1, driftline-import.1 and so on into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    if let Some(folder) = &arguments.out {
        let fail = |error| Failure::new(format!("write the manual pages into {}", folder.display())).because(error);
        std::fs::create_dir_all(folder).map_err(fail)?;
        clap_mangen::generate_to(super::command(), folder).map_err(fail)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(super::command()).render(&mut page).map_err(Failure::output)?;
    cx.ui.data(|out| out.write_all(&page))?;
    Ok(ExitCode::SUCCESS)
}
