//! One writer in a repository at a time, and what the next one has to know if it was killed.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Error;

/// Held while a restore point is being made. It is the operating system's lock on the file that counts, and that
/// ends with the process however it ends: the file itself stays where it is.
pub(super) struct Lock {
    file: File,
}

impl Lock {
    pub(super) fn take(common_dir: &Path) -> Result<Self, Error> {
        let path = common_dir.join("driftline.lock");
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = open.map_err(Error::io(&path))?;
        let mut tries = 5;
        while let Err(error) = file.try_lock() {
            match error {
                // A process that was just killed may still be ending, and so may a child that it was starting.
                TryLockError::WouldBlock if tries > 0 => sleep(Duration::from_millis(40)),
                TryLockError::WouldBlock => return Err(Error::Locked { owner: owner(&mut file) }),
                TryLockError::Error(error) => return Err(Error::io(&path)(error)),
            }
            tries -= 1;
        }
        let named = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
        named.map_err(Error::io(&path))?;
        Ok(Self { file })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // An outdated number in the file misleads nobody: it is read only while the lock is held.
        let _ = self.file.set_len(0);
        // Closing the file is not enough: a child that is just being started has it open, too.
        let _ = self.file.unlock();
    }
}

/// The process that holds the lock. Only for the message: where files are locked for reading, too, nobody knows.
fn owner(file: &mut File) -> Option<String> {
    let mut owner = String::new();
    file.read_to_string(&mut owner).ok()?;
    Some(owner.trim().to_owned()).filter(|owner| !owner.is_empty())
}

/// Written before the branch moves and removed when the work tree has followed. If one is found, a driftline was
/// killed in between.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Journal {
    /// The branch that moves: `refs/heads/main`.
    pub(super) branch: String,
    /// The commit it leaves; `None` for the first.
    pub(super) old: Option<String>,
    pub(super) new: String,
    /// The work tree that follows.
    pub(super) work_dir: Option<PathBuf>,
}

impl Journal {
    pub(super) fn write(&self, common_dir: &Path) -> Result<(), Error> {
        let path = Self::path(common_dir);
        let text = serde_json::to_vec(self).expect("strings and paths from git serialize");
        let write = || {
            let mut file = File::create(&path)?;
            file.write_all(&text)?;
            file.sync_all()
        };
        write().map_err(Error::io(&path))
    }

    /// The journal that a killed process left. One that is incomplete says that nothing had moved yet.
    pub(super) fn read(common_dir: &Path) -> Result<Option<Self>, Error> {
        let path = Self::path(common_dir);
        match fs::read(&path) {
            Ok(text) => Ok(serde_json::from_slice(&text).ok()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io(&path)(error)),
        }
    }

    pub(super) fn remove(common_dir: &Path) -> Result<(), Error> {
        let path = Self::path(common_dir);
        remove_file(&path)
    }

    fn path(common_dir: &Path) -> PathBuf {
        common_dir.join("driftline.journal")
    }
}

/// Removes a file that may be gone already.
pub(super) fn remove_file(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(path)(error)),
        _ => Ok(()),
    }
}
