//! Keeping a repository small over many restore points. A day's import is a pack of its own (or some loose objects), in
//! which whole files and whole folders stand that differ little from yesterday's. `git` itself joins them, as it does
//! after `git commit`, and finds the differences: that is what keeps a year of imports as small as `git gc` could make it.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::{Error, Store};

/// How many packs may gather. Each is one more place to look for an object, and none is a delta of another's objects.
const PACKS: usize = 4;
/// How many loose objects may gather, about. (Git waits for 6,700; a thousand are still joined within a moment.)
const LOOSE: usize = 1_000;
/// Loose objects are counted in one of their 256 folders, as git does.
const SAMPLE: &str = "17";
const FOLDERS: usize = 256;

/// Each pack has at least twice the objects of the next smaller one: what is old and large is rarely written again, so
/// that all the joining of a year costs little more than writing everything a few times.
const JOIN: [&str; 4] = ["repack", "--geometric=2", "-d", "-q"];
/// What git before 2.32 can do instead.
const JOIN_ALL: [&str; 3] = ["gc", "--auto", "--quiet"];
/// How git ends when it does not know an option.
const USAGE: i32 = 129;

impl Store {
    /// Lets git join packs and loose objects once enough of them have gathered. Nothing is lost by it, reachable or not,
    /// whoever reads or writes meanwhile, and wherever it ends. Where `gc.auto` or `maintenance.auto` turn git's own
    /// maintenance off, or there is no `git`, nothing is done.
    pub fn tidy(&self) -> Result<(), Error> {
        if !self.may_be_tidied()? || !has_gathered(&self.common_dir.join("objects")) {
            return Ok(());
        }
        let output = match self.git(&JOIN) {
            Ok(output) if output.status.code() == Some(USAGE) => self.git(&JOIN_ALL),
            other => other,
        };
        match output {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => {
                let words = String::from_utf8_lossy(&output.stderr);
                let said = words.lines().map(str::trim).find(|line| !line.is_empty());
                let reason = said.map_or_else(|| format!("it ended with {}", output.status), str::to_owned);
                Err(Error::Tidy { reason })
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Error::Tidy { reason: error.to_string() }),
        }
    }

    fn may_be_tidied(&self) -> Result<bool, Error> {
        let config = self.lock().config()?.snapshot()?;
        let is_off = config.get_i64("gc.auto").is_ok_and(|most| most <= 0);
        Ok(!is_off && config.get_bool("maintenance.auto").unwrap_or(true))
    }

    fn git(&self, arguments: &[&str]) -> std::io::Result<Output> {
        let mut command = Command::new("git");
        command.arg("--git-dir").arg(&self.common_dir).args(arguments);
        command.env("LC_ALL", "C").stdin(Stdio::null()).output()
    }
}

/// Whether there is enough to be joined. What cannot be counted is left alone.
fn has_gathered(objects: &Path) -> bool {
    let names = |dir: &Path| -> Vec<String> {
        let files = fs::read_dir(dir).into_iter().flatten().flatten();
        files.map(|file| file.file_name().to_string_lossy().into_owned()).collect()
    };
    let files = names(&objects.join("pack"));
    // A pack that somebody keeps is never joined with others.
    let is_kept = |pack: &str| files.iter().any(|file| file.strip_suffix(".keep") == Some(pack));
    let packs = files.iter().filter_map(|file| file.strip_suffix(".pack")).filter(|pack| !is_kept(pack)).count();
    packs > PACKS || names(&objects.join(SAMPLE)).len() * FOLDERS > LOOSE
}
