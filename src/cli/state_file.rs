//! What one run keeps for the next: a file beside the repository's objects, where it is not committed.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use driftline::store::Store;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::context::Context;

/// A JSON file that names the version of its format.
pub(crate) struct StateFile {
    path: PathBuf,
    format: u64,
}

impl StateFile {
    /// In the repository's `driftline` folder; a repository that is cloned anew for each run keeps it elsewhere.
    pub(crate) fn new(cx: &Context, store: &Store, name: &str, format: u64) -> Self {
        let folder = cx.environment.state_dir.clone().unwrap_or_else(|| store.common_dir().join("driftline"));
        Self { path: folder.join(name), format }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What was written last; `None` if nothing was yet. An error says why the file cannot be used.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<Option<T>, String> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        let mut value: Value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
        // The version comes first: another one may hold members that this one does not know.
        match value.as_object_mut().and_then(|members| members.remove("format")) {
            Some(format) if format == self.format => {}
            Some(format) => return Err(format!("its format is {format}")),
            None => return Err("it names no format".to_owned()),
        }
        serde_json::from_value(value).map(Some).map_err(|error| error.to_string())
    }

    /// Whole or not at all.
    pub(crate) fn write<T: Serialize>(&self, state: &T) -> io::Result<()> {
        let mut value = serde_json::to_value(state)?;
        value["format"] = self.format.into();
        let folder = self.path.parent().expect("it lies in a folder");
        fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new().prefix(".driftline-").tempfile_in(folder)?;
        serde_json::to_writer_pretty(file.as_file_mut(), &value)?;
        writeln!(file)?;
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}
