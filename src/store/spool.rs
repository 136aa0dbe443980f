//! New objects on their way into the repository. Few are kept in memory and become loose objects; many go to a pack
//! as they arrive, so that memory does not grow with them and an import does not leave as many files.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use flate2::{Compress, Compression, FlushCompress, Status};
use tempfile::NamedTempFile;

use super::object::Kind;
use super::pack::{PackWriter, Packed};
use super::{Error, Oid};

/// How the names of our temporary files begin. Git's own cleaning takes everything that begins with `tmp_`.
pub(super) const TEMPORARY: &str = "tmp_driftline_";

/// More objects than this become a pack. A loose object is a file and an `fsync`; a pack is one more place that
/// git has to look for every object.
const LOOSE_OBJECTS: usize = 100;
const LOOSE_BYTES: usize = 8 << 20;
/// A series of commits keeps at most about this much of its folders in memory.
const TREE_BYTES: usize = 64 << 20;

/// The objects of one restore point. Threads may add at the same time.
pub(super) struct Spool {
    objects_dir: PathBuf,
    state: Mutex<State>,
    /// What became part of the repository as packs.
    packs: Mutex<Vec<Packed>>,
    /// Compressors are large; each is used again.
    compressors: Mutex<Vec<Compress>>,
}

#[derive(Default)]
struct State {
    ids: HashSet<Oid>,
    few: Vec<(Oid, Kind, Vec<u8>)>,
    bytes: usize,
    many: Option<PackWriter>,
    trees: BTreeMap<Oid, Vec<u8>>,
    tree_bytes: usize,
}

impl Spool {
    pub(super) fn new(objects_dir: PathBuf) -> Self {
        Self { objects_dir, state: Mutex::default(), packs: Mutex::default(), compressors: Mutex::default() }
    }

    pub(super) fn contains(&self, id: Oid) -> bool {
        self.lock().ids.contains(&id)
    }

    /// A folder that was added and is not part of the repository yet. Folders stay at hand until then: the next restore
    /// point of a series is made of them.
    pub(super) fn tree(&self, id: Oid) -> Option<Vec<u8>> {
        self.lock().trees.get(&id).cloned()
    }

    /// Whether so many folders are at hand that a long series had better begin anew.
    pub(super) fn is_full(&self) -> bool {
        self.lock().tree_bytes > TREE_BYTES
    }

    /// Takes an object that the repository does not have.
    pub(super) fn add(&self, id: Oid, kind: Kind, bytes: &[u8]) -> Result<(), Error> {
        {
            let mut state = self.lock();
            if state.ids.contains(&id) {
                return Ok(());
            }
            if kind == Kind::Tree {
                state.tree_bytes += bytes.len();
                state.trees.insert(id, bytes.to_vec());
            }
            if state.many.is_none() && state.few.len() < LOOSE_OBJECTS && state.bytes + bytes.len() <= LOOSE_BYTES {
                state.ids.insert(id);
                state.bytes += bytes.len();
                state.few.push((id, kind, bytes.to_vec()));
                return Ok(());
            }
        }
        // Threads compress side by side and take turns in appending.
        let compressed = self.compress(&[bytes]);
        let mut state = self.lock();
        if !state.ids.insert(id) {
            return Ok(());
        }
        if state.many.is_none() {
            let mut pack = PackWriter::create(&self.objects_dir)?;
            for (id, kind, bytes) in std::mem::take(&mut state.few) {
                pack.append(id, kind, bytes.len(), &self.compress(&[&bytes]))?;
            }
            state.many = Some(pack);
        }
        let pack = state.many.as_mut().expect("it was just made");
        pack.append(id, kind, bytes.len(), &compressed)
    }

    /// Makes everything part of the repository, on disk, and begins anew.
    pub(super) fn flush(&self) -> Result<(), Error> {
        let state = std::mem::take(&mut *self.lock());
        match state.many {
            Some(pack) => {
                let packed = pack.finish()?;
                self.packs().push(packed);
                Ok(())
            }
            None => self.write_loose(&state.few),
        }
    }

    /// The packs that became part of the repository.
    pub(super) fn packs(&self) -> MutexGuard<'_, Vec<Packed>> {
        self.packs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_loose(&self, objects: &[(Oid, Kind, Vec<u8>)]) -> Result<(), Error> {
        let mut files = Vec::with_capacity(objects.len());
        for (id, kind, bytes) in objects {
            let name = id.to_string();
            let dir = self.objects_dir.join(&name[..2]);
            let mut file = temporary(&self.objects_dir)?;
            let compressed = self.compress(&[kind.header(bytes.len()).as_bytes(), bytes]);
            let written = file.write_all(&compressed);
            written.map_err(Error::io(file.path()))?;
            files.push((file, dir, name));
        }
        // Syncing after everything was written lets the file system join what it can.
        let mut dirs = BTreeSet::from([self.objects_dir.clone()]);
        for (file, _, _) in &files {
            file.as_file().sync_all().map_err(Error::io(file.path()))?;
        }
        for (file, dir, name) in files {
            fs::create_dir_all(&dir).map_err(Error::io(&dir))?;
            let path = dir.join(&name[2..]);
            file.persist(&path).map_err(|error| Error::io(&path)(error.error))?;
            dirs.insert(dir);
        }
        dirs.iter().try_for_each(|dir| sync_dir(dir))
    }

    fn compress(&self, parts: &[&[u8]]) -> Vec<u8> {
        let pooled = self.compressors.lock().unwrap_or_else(PoisonError::into_inner).pop();
        // Level 1: on the files of the demo account (1.3 KB each) level 6 would save 6 % of the space.
        let mut compress = pooled.unwrap_or_else(|| Compress::new(Compression::fast(), true));
        compress.reset();
        let size: usize = parts.iter().map(|part| part.len()).sum();
        let mut compressed = Vec::with_capacity(size / 2 + 64);
        for (at, part) in parts.iter().enumerate() {
            let mut rest = *part;
            let flush = if at + 1 == parts.len() { FlushCompress::Finish } else { FlushCompress::None };
            loop {
                let before = compress.total_in();
                let status = compress.compress_vec(rest, &mut compressed, flush);
                let status = status.expect("compressing into memory does not fail");
                let taken = usize::try_from(compress.total_in() - before).expect("a part of a slice");
                rest = &rest[taken..];
                let done = match flush {
                    FlushCompress::Finish => status == Status::StreamEnd,
                    _ => rest.is_empty(),
                };
                if done {
                    break;
                }
                compressed.reserve(compressed.capacity().max(256));
            }
        }
        self.compressors.lock().unwrap_or_else(PoisonError::into_inner).push(compress);
        compressed
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A temporary file that becomes an object file. Objects never change, so nobody may write to them.
pub(super) fn temporary(dir: &Path) -> Result<NamedTempFile, Error> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o444));
    }
    builder.tempfile_in(dir).map_err(Error::io(dir))
}

/// Makes renames in a directory last. Windows has no such thing, and needs none.
pub(super) fn sync_dir(dir: &Path) -> Result<(), Error> {
    if cfg!(unix) {
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(Error::io(dir))?;
    }
    Ok(())
}
