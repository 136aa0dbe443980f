//! Terraform's states, as they are named on the command line and in `driftline.toml`.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use driftline::config::Config;
use driftline::managed::{State, StateError, latest};
use driftline::store::Store;

use super::context::Context;
use super::failure::Failure;

/// What stands for a state on stdin.
const STDIN: &str = "-";

/// Reads the states that are named, and those of the configuration. None are none.
pub(crate) fn read(cx: &Context, store: &Store, config: &Config, named: &[PathBuf]) -> Result<Vec<State>, Failure> {
    let configured = config.terraform.states.iter().map(|path| (path.display().to_string(), store.root().join(path)));
    let named = named.iter().map(|path| (path.display().to_string(), path.clone()));
    let mut states = Vec::new();
    for (name, path) in configured.chain(named) {
        if name == STDIN {
            let mut bytes = Vec::new();
            std::io::stdin()
                .read_to_end(&mut bytes)
                .map_err(|error| Failure::new("read the state on stdin").because(error))?;
            states.push(parse("stdin", &bytes)?);
        } else if path.is_dir() {
            let before = states.len();
            add_folder(&name, &path, &mut states)?;
            if states.len() == before {
                return Err(Failure::new(format!("read the states in {name}: there are none"))
                    .hint("a folder's states are its files *.tfstate and *.json, and those of the folders below"));
            }
        } else {
            states.push(read_file(&name, &path)?);
        }
    }
    let (states, older) = latest(states);
    for name in older {
        cx.ui.warn(format!("left out the state {name}: another of the same lineage is as new or newer"));
    }
    Ok(states)
}

/// Every state below a folder. Other JSON may lie there, too.
fn add_folder(name: &str, folder: &Path, states: &mut Vec<State>) -> Result<(), Failure> {
    let fail = |error: std::io::Error| Failure::new(format!("read the states in {name}")).because(error);
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(fail)?
        .map(|entry| entry.map(|it| it.path()))
        .collect::<Result<_, _>>()
        .map_err(fail)?;
    entries.sort();
    for path in entries {
        let own = path.file_name().map(|own| own.to_string_lossy().into_owned()).unwrap_or_default();
        // `.terraform` holds copies, and the settings of the backend in the form of a state.
        if own.starts_with('.') {
            continue;
        }
        let name = format!("{}/{own}", name.trim_end_matches('/'));
        if path.is_dir() {
            add_folder(&name, &path, states)?;
        } else if is_called(&path, "tfstate") {
            states.push(read_file(&name, &path)?);
        } else if is_called(&path, "json") {
            let bytes = fs::read(&path).map_err(fail)?;
            if let Ok(state) = State::parse(&name, &bytes) {
                states.push(state);
            }
        }
    }
    Ok(())
}

fn is_called(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

fn read_file(name: &str, path: &Path) -> Result<State, Failure> {
    let bytes = fs::read(path).map_err(|error| {
        Failure::new(format!("read the state {name}"))
            .because(error)
            .hint("`terraform state pull > FILE` writes a state that lies elsewhere")
    })?;
    parse(name, &bytes)
}

fn parse(name: &str, bytes: &[u8]) -> Result<State, Failure> {
    State::parse(name, bytes).map_err(|error: StateError| {
        let hint = error.hint();
        Failure::new(format!("read the state {name}")).because(error).hint(hint)
    })
}
