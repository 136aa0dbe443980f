//! The folder that a restore works in: driftline's own files come and go, what the user put there stays.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::super::failure::Failure;

/// Says that the folder is a restore's, and which of its files are driftline's.
const MARKER: &str = ".driftline-restore.json";

/// Held while a restore works in the folder.
const LOCK: &str = ".driftline-restore.lock";

/// A restore's folder, held by this process.
pub(super) struct Folder {
    /// Wherever Terraform is started.
    path: PathBuf,
    /// As the user knows it.
    called: PathBuf,
    _lock: File,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Marker {
    files: BTreeSet<String>,
}

impl Folder {
    /// Makes it where it is missing. One that holds somebody else's configuration or state is refused.
    pub(super) fn open(called: &Path) -> Result<Self, Failure> {
        let failed =
            |error: std::io::Error| Failure::new(format!("use the folder {}", called.display())).because(error);
        make(called).map_err(failed)?;
        let path = fs::canonicalize(called).map_err(failed)?;
        if !path.join(MARKER).exists()
            && let Some(name) = foreign(&path).map_err(failed)?
        {
            return Err(Failure::new(format!(
                "use the folder {}: it has a {name} that is not a restore's",
                called.display()
            ))
            .hint(
                "name another folder with --dir: a restore has a configuration and a state of its own, beside which \
                     only *_override.tf, backend.tf and *.tfvars may lie",
            ));
        }
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path.join(LOCK));
        let lock = open.map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::new(format!("use the folder {}: another restore works in it", called.display()))
                    .hint("wait for it, or name another folder with --dir"));
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let folder = Self { path, called: called.to_owned(), _lock: lock };
        folder.mark(&folder.own()?)?;
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes driftline's own files out, so that others can be written.
    pub(super) fn clear(&self) -> Result<(), Failure> {
        for name in self.own()? {
            match fs::remove_file(self.path.join(&name)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(self.failed(error)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Remembers which files are driftline's own, before they are written: what is remembered may be missing.
    pub(super) fn mark(&self, files: &BTreeSet<String>) -> Result<(), Failure> {
        let marker = Marker { files: self.own()?.union(files).cloned().collect() };
        let text = serde_json::to_vec_pretty(&marker).expect("a set of strings always serializes");
        fs::write(self.path.join(MARKER), text).map_err(|error| self.failed(error))
    }

    /// Writes one of driftline's own files.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        self.mark(&BTreeSet::from([name.to_owned()]))?;
        fs::write(self.path.join(name), text).map_err(|error| self.failed(error))
    }

    /// Whether the user left values of variables here, which Terraform reads by itself.
    pub(super) fn has_values(&self) -> bool {
        let Ok(entries) = fs::read_dir(&self.path) else { return false };
        let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.into_iter().any(|name| {
            let name = name.trim_end_matches(".json");
            name == "terraform.tfvars" || name.ends_with(".auto.tfvars")
        })
    }

    /// Whether no state can be here: there is no local one, and nothing that says that it lies elsewhere.
    pub(super) fn is_fresh(&self) -> bool {
        let is_local = !self.path.join("terraform.tfstate").exists() && !self.path.join("errored.tfstate").exists();
        let Ok(entries) = fs::read_dir(&self.path) else { return false };
        let names: Vec<String> =
            entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        is_local && !names.iter().any(|name| may_stay(name))
    }

    fn own(&self) -> Result<BTreeSet<String>, Failure> {
        match fs::read(self.path.join(MARKER)) {
            Ok(bytes) => {
                // One that is damaged says nothing: the files are written anew, and each is remembered before.
                let marker: Marker = serde_json::from_slice(&bytes).unwrap_or_default();
                Ok(marker.files.into_iter().filter(|name| !name.contains(['/', '\\'])).collect())
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeSet::new()),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn failed(&self, error: std::io::Error) -> Failure {
        Failure::new(format!("use the folder {}", self.called.display())).because(error)
    }
}

/// Makes the folder for its owner alone, and keeps git from adding what is in it: a state holds secrets.
fn make(path: &Path) -> std::io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    }
    fs::write(path.join(".gitignore"), "*\n")
}

/// A file of Terraform's that the user may not have meant for a restore.
fn foreign(path: &Path) -> std::io::Result<Option<String>> {
    for entry in fs::read_dir(path)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let plain = Path::new(name.trim_end_matches(".json"));
        let is_configuration = plain.extension().is_some_and(|end| end == "tf") && !may_stay(&name);
        if is_configuration || name.contains(".tfstate") {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// Whether it is a file by which the user says more of the configuration.
fn may_stay(name: &str) -> bool {
    let plain = name.trim_end_matches(".json");
    plain.ends_with("_override.tf") || plain == "override.tf" || plain == "backend.tf"
}
