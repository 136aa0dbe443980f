//! `driftline init`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use driftline::config::Config;
use driftline::store::{Initialized, Store};

use super::context::Context;
use super::failure::Failure;

/// Make (or adopt) a git repository with a commented driftline.toml
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where [default: here]
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
}

pub(super) fn run(cx: &Context, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let directory = arguments.directory.clone().unwrap_or_else(|| cx.directory());
    let (store, initialized) = repository(&directory)?;
    let root = store.root().display().to_string();
    let root = root.trim_end_matches('/');
    cx.ui.say(match initialized {
        Initialized::Created => format!("made a git repository in {root}"),
        Initialized::Adopted => format!("using the git repository {root}"),
    });
    let path = cx.global.config.clone().unwrap_or_else(|| store.root().join(Config::FILE_NAME));
    if write_new(&path)? {
        cx.ui.say(format!("wrote {}: every setting is in it, commented out", path.display()));
    } else {
        cx.ui.say(format!("{} is there already and stays as it is", path.display()));
    }
    cx.ui.hint("`driftline iam-policy` prints the read-only policy that a scan needs; `driftline import` makes the first restore point");
    Ok(ExitCode::SUCCESS)
}

/// Makes a repository there, or takes the one that is there.
pub(super) fn repository(directory: &Path) -> Result<(Store, Initialized), Failure> {
    Store::init(directory).map_err(|error| {
        let hints: Vec<String> = error.hint().into_iter().collect();
        Failure::new(format!("make a repository in {}", directory.display())).because(error).hints(hints)
    })
}

/// Writes the template unless the file exists; whole or not at all.
fn write_new(path: &Path) -> Result<bool, Failure> {
    let fail = |error: std::io::Error| Failure::new(format!("write {}", path.display())).because(error);
    if path.exists() {
        return Ok(false);
    }
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile::Builder::new().prefix(".driftline-").tempfile_in(folder).map_err(fail)?;
    std::fs::write(file.path(), Config::TEMPLATE).map_err(fail)?;
    readable(file.path()).map_err(fail)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(fail(error.error)),
    }
}

/// Temporary files are for their owner alone; this one is to be committed and shared.
#[cfg(unix)]
pub(super) fn readable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
pub(super) fn readable(_: &Path) -> std::io::Result<()> {
    Ok(())
}
