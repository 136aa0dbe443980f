//! Whole scans that left no restore point behind: plans, and imports of what had not changed.

use driftline::scan::{Baseline, Scanned};
use driftline::store::{RestorePoint, Store};
use driftline::trail::WholeScan;
use serde::{Deserialize, Serialize};

use super::context::Context;
use super::state_file::StateFile;

/// The version of the file.
const FORMAT: u64 = 1;

/// How many are kept: one for each shard of a large scan.
const MOST: usize = 64;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Remembered {
    /// The newest first.
    scans: Vec<WholeScan>,
}

/// The scans that are remembered. A file that cannot be read is worth a warning: without it, more is read.
pub(crate) fn read(cx: &Context, store: &Store) -> Vec<WholeScan> {
    let file = file(cx, store);
    let remembered: Option<Remembered> = file.read().unwrap_or_else(|why| {
        cx.ui.warn(format!("{} is not used: {why}", file.path().display()));
        None
    });
    remembered.unwrap_or_default().scans
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
    let file = file(cx, store);
    if let Err(error) = file.write(&Remembered { scans }) {
        cx.ui.warn(format!("could not remember in {} what was read: {error}", file.path().display()));
    }
}

fn file(cx: &Context, store: &Store) -> StateFile {
    StateFile::new(cx, store, "scanned.json", FORMAT)
}
