//! Laws that hold for any input whatever: nothing that is read from outside makes the program panic, and what is written
//! is read back as it was.
//!
//! Each module is one target: `law` takes bytes as a fuzzer makes them, `seeds` are inputs to begin with, taken from the
//! repository's own files. `fuzz/targets/` hands them to cargo-fuzz, `tests/laws.rs` to the ordinary suite.

pub mod answers;
pub mod config_files;
pub mod documents;
#[cfg(not(test))]
pub mod events;
pub mod exchanges;
pub mod names;
pub mod plan_files;
pub mod resources;
pub mod snapshot_files;
pub mod terraform_files;
mod values;

use std::path::{Path, PathBuf};

/// What is fuzzed on its own.
pub struct Target {
    pub name: &'static str,
    pub law: fn(&[u8]),
    pub seeds: fn() -> Vec<Vec<u8>>,
}

macro_rules! targets {
    ($($(#[$when:meta])? $name:ident),* $(,)?) => {
        pub static TARGETS: &[Target] =
            &[$($(#[$when])? Target { name: stringify!($name), law: $name::law, seeds: $name::seeds }),*];
    };
}

targets![
    answers,
    config_files,
    documents,
    #[cfg(not(test))]
    events,
    exchanges,
    names,
    plan_files,
    resources,
    snapshot_files,
    terraform_files,
];

/// A target as a program of cargo-fuzz. Where `DRIFTLINE_FUZZ_SEEDS` names a folder, it begins by writing the seeds there.
#[macro_export]
macro_rules! fuzz {
    ($name:ident) => {
        libfuzzer_sys::fuzz_target!(
            init: {
                let target = $crate::TARGETS.iter().find(|target| target.name == stringify!($name));
                if let Some(folder) = std::env::var_os("DRIFTLINE_FUZZ_SEEDS") {
                    target.expect("a target").write_seeds(folder.as_ref()).expect("the seeds are written");
                }
            },
            |data: &[u8]| $crate::$name::law(data)
        );
    };
}

impl Target {
    /// Inputs that once broke a law.
    pub fn findings(&self) -> Vec<Vec<u8>> {
        files(&format!("fuzz/findings/{}", self.name), "")
    }

    /// Writes what a fuzzer begins with into a folder.
    #[cfg(not(test))]
    pub fn write_seeds(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        for (index, seed) in (self.seeds)().into_iter().chain(self.findings()).enumerate() {
            std::fs::write(folder.join(format!("seed-{index}")), seed)?;
        }
        Ok(())
    }
}

/// The reader of CloudTrail's records alone: the rest of its package brings the SDK along.
#[cfg(not(test))]
#[path = "../../providers/aws/src/trail"]
mod trail {
    mod record;

    pub(crate) fn event(listed: &serde_json::Value, region: &str) -> Option<driftline_api::Event> {
        match record::read(listed, region) {
            record::Record::Write(event) => Some(*event),
            record::Record::OnlyRead | record::Record::Garbled => None,
        }
    }
}

#[cfg(not(test))]
mod reader {
    pub(crate) fn text<'a>(value: &'a serde_json::Value, pointer: &str) -> &'a str {
        value.pointer(pointer).and_then(serde_json::Value::as_str).unwrap_or_default()
    }
}

/// The top of the repository, for the package of the fuzzer as for driftline's.
pub(crate) fn root() -> PathBuf {
    let is_root = |folder: &&Path| folder.join("snapshots/format.json").exists();
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find(is_root).expect("the package lies in the repository").into()
}

/// What the files of a folder and of those in it hold, by the order of their names. `end` is how the names end.
pub(crate) fn files(folder: &str, end: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.expect("the folder is read").path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(end) {
                found.push(path);
            }
        }
    }
    found.sort();
    found.iter().map(|path| std::fs::read(path).expect("the file is read")).collect()
}

/// Reads text out of a fuzzer's bytes: what is no UTF-8 is replaced.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
