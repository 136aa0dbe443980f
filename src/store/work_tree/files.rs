//! Writing the files of a work tree, and what the index has to know of each.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{ErrorKind, Write};
use std::panic::resume_unwind;
use std::path::Path;
use std::time::UNIX_EPOCH;

use crate::store::pack::{Packed, Reader};
use crate::store::tree::FILE;
use crate::store::{Error, Oid};

/// So many files are written before the next are looked at.
const AT_ONCE: usize = 4_096;
/// Making a file is mostly waiting: many are written side by side.
const SIDE_BY_SIDE: usize = 8;
/// So few are not worth it.
const ALONE: usize = 500;

/// Files to be written, of which few are in memory.
pub(super) struct Files<'p> {
    root: &'p Path,
    packs: &'p [Packed],
    waiting: Vec<(String, Option<Oid>)>,
    written: Vec<Stat>,
}

/// What the index keeps of a file besides its path and content: with its times and size, git need not read it to see
/// that it is unchanged. All zero, as for a file that is left out, says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stat {
    /// Seconds since 1970, and nanoseconds.
    changed: (i32, u32),
    modified: (i32, u32),
    dev: u32,
    ino: u32,
    uid: u32,
    gid: u32,
    size: u32,
}

impl<'p> Files<'p> {
    /// Files below `root`, whose contents the packs have, or the repository.
    pub(super) fn new(root: &'p Path, packs: &'p [Packed]) -> Self {
        Self { root, packs, waiting: Vec::new(), written: Vec::new() }
    }

    /// A file with this content; without one, it is left out.
    pub(super) fn put(&mut self, path: &str, blob: Option<Oid>) -> Result<(), Error> {
        self.waiting.push((path.to_owned(), blob));
        if self.waiting.len() == AT_ONCE { self.write() } else { Ok(()) }
    }

    /// What became of each file, in the order in which they were put.
    pub(super) fn finish(mut self) -> Result<Vec<Stat>, Error> {
        self.write()?;
        Ok(self.written)
    }

    fn write(&mut self) -> Result<(), Error> {
        let threads = if self.waiting.len() <= ALONE { 1 } else { SIDE_BY_SIDE };
        let write = |files: &[(String, Option<Oid>)]| -> Result<Vec<Stat>, Error> {
            let mut source = Source { root: self.root, packs: open(self.packs), repository: None };
            let stat = |(path, blob): &(String, Option<Oid>)| match blob {
                Some(blob) => source.write(path, *blob).map(|metadata| Stat::of(&metadata)),
                None => Ok(Stat::default()),
            };
            files.iter().map(stat).collect()
        };
        if threads == 1 {
            self.written.extend(write(&self.waiting)?);
        } else {
            let parts: Result<Vec<_>, Error> = std::thread::scope(|scope| {
                let parts = self.waiting.chunks(self.waiting.len().div_ceil(threads));
                let threads: Vec<_> = parts.map(|part| scope.spawn(|| write(part))).collect();
                threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
            });
            self.written.extend(parts?.into_iter().flatten());
        }
        self.waiting.clear();
        Ok(())
    }
}

/// Where one thread finds what it writes.
struct Source<'p> {
    root: &'p Path,
    packs: Vec<Reader<'p>>,
    /// Opened when something is in none of the packs. A handle to a repository belongs to one thread.
    repository: Option<git2::Repository>,
}

/// The packs that can still be read: somebody may have joined them with others.
fn open(packs: &[Packed]) -> Vec<Reader<'_>> {
    packs.iter().filter_map(|pack| pack.open().ok()).collect()
}

impl Source<'_> {
    fn write(&mut self, path: &str, blob: Oid) -> Result<Metadata, Error> {
        if let Some(bytes) = self.packs.iter_mut().find_map(|pack| pack.blob(blob)) {
            return write_file(self.root, path, &bytes);
        }
        // Where a pack is damaged, libgit2 says so.
        let repository = match &mut self.repository {
            Some(repository) => repository,
            none => none.insert(git2::Repository::open(self.root)?),
        };
        write_file(self.root, path, repository.find_blob(blob)?.content())
    }
}

fn write_file(root: &Path, path: &str, bytes: &[u8]) -> Result<Metadata, Error> {
    let path = root.join(path);
    // Never written over: what lies there may be a link to somewhere else.
    let open = || OpenOptions::new().write(true).create_new(true).open(&path);
    let file = open().or_else(|error| match error.kind() {
        ErrorKind::AlreadyExists => fs::remove_file(&path).and_then(|()| open()),
        ErrorKind::NotFound => fs::create_dir_all(path.parent().unwrap_or(root)).and_then(|()| open()),
        _ => Err(error),
    });
    let write = |mut file: File| {
        file.write_all(bytes)?;
        file.metadata()
    };
    file.and_then(write).map_err(Error::io(&path))
}

impl Stat {
    fn of(metadata: &Metadata) -> Self {
        // The index keeps the lower 32 bits of each.
        let low = |number: u64| u32::try_from(number & u64::from(u32::MAX)).expect("32 bits");
        let mut stat = Self { size: low(metadata.len()), ..Self::default() };
        if let Some(time) = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()) {
            let seconds = i32::try_from(time.as_secs()).unwrap_or(0);
            stat.modified = (seconds, time.subsec_nanos());
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let nanoseconds = u32::try_from(metadata.ctime_nsec()).unwrap_or(0);
            stat.changed = (i32::try_from(metadata.ctime()).unwrap_or(0), nanoseconds);
            stat.dev = low(metadata.dev());
            stat.ino = low(metadata.ino());
            stat.uid = metadata.uid();
            stat.gid = metadata.gid();
        }
        stat
    }

    /// What the index says of a file.
    pub(super) fn entry(self, path: &str, id: Oid) -> git2::IndexEntry {
        let time = |(seconds, nanoseconds)| git2::IndexTime::new(seconds, nanoseconds);
        git2::IndexEntry {
            ctime: time(self.changed),
            mtime: time(self.modified),
            dev: self.dev,
            ino: self.ino,
            mode: FILE,
            uid: self.uid,
            gid: self.gid,
            file_size: self.size,
            id,
            flags: 0,
            flags_extended: 0,
            path: path.as_bytes().to_vec(),
        }
    }
}
