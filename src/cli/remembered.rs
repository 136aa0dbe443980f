//! Whole scans that left no restore point behind: plans, and imports of what had not changed.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use driftline::scan::{Baseline, Scanned};
use driftline::store::{RestorePoint, Store};
use driftline::trail::WholeScan;
use serde::{Deserialize, Serialize};

use super::context::Context;

/// The version of the file.
const FORMAT: u64 = 1;

/// How many are kept: one for each shard of a large scan.
const MOST: usize = 64;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Remembered {
    format: u64,
    /// The newest first.
    scans: Vec<WholeScan>,
}

/// The scans that are remembered. A file that cannot be read is worth a warning: without it, more is read.
pub(crate) fn read(cx: &Context, store: &Store) -> Vec<WholeScan> {
    let path = file(cx, store);
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            cx.ui.warn(format!("{} is not used: {error}", path.display()));
            return Vec::new();
        }
    };
    match serde_json::from_slice::<Remembered>(&text) {
        Ok(remembered) if remembered.format == FORMAT => remembered.scans,
        Ok(remembered) => {
            cx.ui.warn(format!("{} is not used: its format is {}", path.display(), remembered.format));
            Vec::new()
        }
        Err(error) => {
            cx.ui.warn(format!("{} is not used: {error}", path.display()));
            Vec::new()
        }
    }
}

/// Remembers a scan of everything that a restore point was compared with.
pub(crate) fn remember(
    cx: &Context,
    store: &Store,
    scanned: &Scanned,
    baseline: &Baseline,
    point: &RestorePoint,
    began: i64,
) {
    let Some(scan) = WholeScan::of(scanned, baseline, point, began) else { return };
    let mut scans = read(cx, store);
    scans.retain(|other| !scan.replaces(other));
    scans.insert(0, scan);
    scans.truncate(MOST);
    let path = file(cx, store);
    if let Err(error) = write(&path, &Remembered { format: FORMAT, scans }) {
        cx.ui.warn(format!("could not remember in {} what was read: {error}", path.display()));
    }
}

/// Whole or not at all.
fn write(path: &std::path::Path, remembered: &Remembered) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(std::path::Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(".scanned-").tempfile_in(folder)?;
    serde_json::to_writer_pretty(file.as_file_mut(), remembered)?;
    writeln!(file)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Beside what was told to whom.
fn file(cx: &Context, store: &Store) -> PathBuf {
    let folder = cx.environment.state_dir.clone().unwrap_or_else(|| store.common_dir().join("driftline"));
    folder.join("scanned.json")
}
