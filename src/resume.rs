//! What an import that was interrupted had read, so that the next one goes on from there.
//!
//! While an import reads, it keeps a journal beside the repository's objects: the files of new and changed resources as
//! they arrive, and whenever a read (a kind in a scope) is complete, which resources it found. An import that was ended in
//! any way leaves the journal; the next one takes from it what was asked for in the same way, is whole, and is young
//! enough. Whatever has a gap is read again. The journal is gone before the branch moves.
//!
//! A read whose resources take calls of their own may be long. So each of these is kept when all of it was read, under a
//! mark that says what lists told of it before. Of a read that is not complete the lists are read again, and a resource of
//! which they tell the same is taken over: one that vanished is not listed, and one that changed there has another mark.
//! Likewise a list of a parent's own (the records of a zone) is kept when it was read to its end, under a mark of what lists
//! told of the parent.
//!
//! Nothing in it is believed because it is there: a read counts if its record's digest is right and every file that it
//! names is in the journal or in the repository, under its own content's id. So nothing has to be forced to the disk while
//! an import runs: what a power cut took is read again. The system gets it when a read is complete, and every second.

mod below;
mod file;
mod single;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use driftline_api::{Mark, Reads, Task};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::snapshot::Format;
use crate::store::{Error, Oid, Writer};
pub(crate) use below::Known;
use file::{Earlier, Found, JournalFile};
pub(crate) use single::{Single, text};

/// Where it lies in a repository's own directory.
const PATH: &str = "driftline/import.journal";

/// A read that was completed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Read {
    provider: String,
    account: String,
    /// `None` for kinds read once per account.
    region: Option<String>,
    kind: String,
    /// Where it is only what hangs on one parent: that parent's mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    below: Option<String>,
    /// The account's regions, which kinds read once per account depend on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    regions: Vec<String>,
    /// In seconds since 1970: what it says is as old as its beginning.
    began: u64,
    ended: u64,
    /// The contents of the resources' files, by region and id.
    pub(crate) resources: BTreeMap<String, BTreeMap<String, String>>,
}

/// What tells one read from another.
type Key = (String, String, Option<String>, String);

/// How an import goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resumed {
    /// When the last read of the interrupted import ended, in seconds since 1970.
    pub interrupted: u64,
    /// How many reads are taken over.
    pub taken: usize,
    pub of: usize,
    /// Resources of other reads that are taken over if lists tell the same of them.
    pub singles: usize,
}

/// What was found of an earlier import, and is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discarded {
    /// Other accounts, regions, kinds, targets, another key or version.
    Foreign,
    Damaged,
    Old,
    /// Objects that the repository had.
    Gone,
}

impl std::fmt::Display for Discarded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Foreign => "it asked for something else",
            Self::Damaged => "the record of it is damaged",
            Self::Old => "that is too long ago",
            Self::Gone => "the repository does not have it any more",
        })
    }
}

/// The journal of an import under way. Threads may write at the same time.
pub struct Journal {
    path: PathBuf,
    clock: fn() -> u64,
    /// When the oldest of the reads began that may be taken over.
    oldest: Option<u64>,
    state: Mutex<State>,
}

struct State {
    /// `None` once it could not be written: the import goes on without.
    file: Option<JournalFile>,
    trouble: Option<io::Error>,
    /// The journal of an earlier import, and where in it the reads stand that may be taken over.
    earlier: Option<Earlier>,
    interrupted: u64,
    /// When what the reads under way say began to be true.
    began: BTreeMap<Key, u64>,
    /// Lists of a parent's own, of which not everything has arrived.
    below: below::Gathering,
    kept: usize,
    /// When the system last got everything.
    flushed: u64,
}

/// What an import asks for, in short: what another one had read is of use only to one that asks for the same.
pub fn request(parts: &[String]) -> String {
    let mut digest = Sha256::new();
    let version = format!("{} {}", env!("CARGO_PKG_VERSION"), Format::VERSION);
    for part in std::iter::once(&version).chain(parts) {
        digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Forgets what an earlier import had read.
pub fn forget(common_dir: &Path) -> Result<(), Error> {
    crate::store::remove(&common_dir.join(PATH))
}

impl Journal {
    /// Begins the journal of an import with what an earlier one of the same request read not longer than `age` ago. Its
    /// files are given to the writer. `clock` tells the seconds since 1970.
    pub fn begin(
        writer: &Writer,
        request: &str,
        age: Duration,
        clock: fn() -> u64,
    ) -> Result<(Self, Option<Discarded>), Error> {
        let path = writer.common_dir().join(PATH);
        let (mut interrupted, mut discarded, mut kept) = (0, None, 0);
        let mut known = match file::open(&path, request) {
            Found::Nothing => None,
            Found::Foreign => {
                discarded = Some(Discarded::Foreign);
                None
            }
            Found::Damaged => {
                discarded = Some(Discarded::Damaged);
                None
            }
            Found::Journal(known) => Some(known),
        };
        if let Some(known) = &mut known {
            let now = clock();
            let any = known.reads.len() + known.singles.len() > 0;
            interrupted = known.last();
            let is_missing = known.retain(|began| began <= now && Duration::from_secs(now - began) <= age, writer)?;
            kept = known.reads.len() + known.singles.len();
            if any && kept == 0 {
                discarded = Some(if is_missing { Discarded::Gone } else { Discarded::Old });
            }
        }
        let mut trouble = None;
        let file = match JournalFile::create(&path, request, known.as_mut(), writer)? {
            Ok(file) => Some(file),
            Err(error) => {
                trouble = Some(error);
                None
            }
        };
        let oldest = known.as_ref().and_then(|known| {
            let singles = known.singles.iter().map(|single| single.mark.began);
            known.reads.iter().map(|(head, _)| head.began).chain(singles).min()
        });
        let began = BTreeMap::new();
        let state = State {
            file,
            trouble,
            earlier: known,
            interrupted,
            began,
            below: below::Gathering::default(),
            kept,
            flushed: clock(),
        };
        Ok((Self { path, clock, oldest, state: Mutex::new(state) }, discarded))
    }

    /// The file, which is to be gone when the restore point is there.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Since when everything is read that this import says: seconds since 1970, if something of it is older than itself.
    pub fn oldest(&self) -> Option<u64> {
        self.oldest
    }

    /// Whether the next import could take over anything. All of it is with the system then.
    pub fn keeps(&self) -> bool {
        self.write(JournalFile::flush);
        let state = self.lock();
        state.file.is_some() && state.kept > 0
    }

    /// Why nothing more is kept, where that is so.
    pub fn trouble(&self) -> Option<String> {
        self.lock().trouble.as_ref().map(ToString::to_string)
    }

    /// When the import that is gone on from was interrupted.
    pub(crate) fn interrupted(&self) -> u64 {
        self.lock().interrupted
    }

    /// The read of an earlier import that says what this task would.
    pub(crate) fn take(&self, task: &Task) -> Option<Read> {
        let mut state = self.lock();
        let earlier = state.earlier.as_mut()?;
        earlier.find(task, None)
    }

    /// How many resources of other reads an earlier import had read.
    pub(crate) fn singles(&self) -> usize {
        self.lock().earlier.as_ref().map_or(0, |earlier| earlier.singles.len() + earlier.below)
    }

    /// A resource of this read that an earlier import had read when lists told the same of it, and its file if that is new.
    pub(crate) fn take_single(&self, task: &Task, digest: [u8; 16]) -> Option<(Single, Option<Vec<u8>>)> {
        let mut state = self.lock();
        let earlier = state.earlier.as_mut()?;
        let at = earlier.singles.binary_search_by_key(&digest, |single| single.mark.digest).ok()?;
        let single = earlier.single(earlier.singles[at].place).ok()?;
        let file = earlier.blob(single.content).ok()?;
        // The whole read is as old as the oldest of what it is made of.
        state.began.entry(key(task)).and_modify(|began| *began = single.mark.began.min(*began));
        Some((single, file))
    }

    pub(crate) fn began(&self, task: &Task) {
        let now = (self.clock)();
        self.lock().began.insert(key(task), now);
    }

    /// What a resource is kept under that calls of its own are made for from now on.
    pub(crate) fn mark(&self, digest: [u8; 16]) -> Mark {
        Mark { digest, began: (self.clock)() }
    }

    /// Keeps that everything of one resource was read. Its file is in the journal, or in the repository.
    pub(crate) fn single(&self, task: &Task, mark: Mark, region: &str, id: &str, content: Oid) {
        let (region, id) = (region.to_owned(), id.to_owned());
        let single = Single { task: single::short(&key(task)), mark, region, id, content };
        self.keep(|file| file.single(&single));
    }

    /// Keeps something of a read under way. The system gets it within a second or so.
    fn keep(&self, write: impl FnOnce(&mut JournalFile) -> io::Result<()>) {
        let now = (self.clock)();
        let is_due = {
            let mut state = self.lock();
            state.kept += 1;
            std::mem::replace(&mut state.flushed, now) != now
        };
        self.write(|file| {
            write(file)?;
            if is_due { file.flush() } else { Ok(()) }
        });
    }

    /// Keeps the file of a resource that is new or has changed.
    pub(crate) fn blob(&self, id: Oid, bytes: &[u8]) {
        self.write(|file| file.blob(id, bytes));
    }

    /// Keeps that a read is complete, with everything that it found.
    pub(crate) fn complete(&self, task: &Task, resources: BTreeMap<String, BTreeMap<String, String>>) {
        let ended = (self.clock)();
        let began = self.lock().began.remove(&key(task)).unwrap_or(ended);
        let (provider, account, region, kind) = key(task);
        let read =
            Read { provider, account, region, kind, below: None, regions: regions(task), began, ended, resources };
        self.write(|file| file.read(&read).and_then(|()| file.flush()));
        self.lock().kept += 1;
    }

    /// What cannot be kept does not keep an import from going on: it is read again if it comes to that.
    fn write(&self, write: impl FnOnce(&mut JournalFile) -> io::Result<()>) {
        let mut state = self.lock();
        let Some(file) = &mut state.file else { return };
        if let Err(error) = write(file) {
            state.file = None;
            state.trouble = Some(error);
            // Its room is needed for what matters more.
            let _ = std::fs::remove_file(&self.path);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // What a panic left half written is recognized when it is read.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read {
    /// The ids of the contents of everything that was found.
    fn contents(&self) -> impl Iterator<Item = Option<Oid>> {
        self.resources.values().flat_map(BTreeMap::values).map(|id| Oid::from_str(id).ok())
    }
}

fn key(task: &Task) -> Key {
    (task.account.provider.to_owned(), task.account.id.clone(), task.region.clone(), task.kind.name.to_owned())
}

fn regions(task: &Task) -> Vec<String> {
    if task.kind.reads == Reads::EachRegion { Vec::new() } else { task.account.regions.clone() }
}

impl Earlier {
    /// When the last of what is in it was read.
    fn last(&self) -> u64 {
        let reads = self.reads.iter().map(|(head, _)| head.ended);
        reads.chain(self.singles.iter().map(|single| single.mark.began)).max().unwrap_or_default()
    }

    /// The read of this task, or of what hangs on one parent in it.
    fn find(&mut self, task: &Task, below: Option<&str>) -> Option<Read> {
        let wanted = (key(task), below);
        let at = self.reads.binary_search_by(|(head, _)| (head.key(), head.below.as_deref()).cmp(&wanted)).ok()?;
        let (head, place) = &self.reads[at];
        let place = (head.regions == regions(task)).then_some(*place)?;
        self.read(place).ok()
    }

    /// Leaves what may be taken over: what is young, and whose files are at hand. Whether only that was missing of
    /// something.
    fn retain(&mut self, is_young: impl Fn(u64) -> bool, writer: &Writer) -> Result<bool, Error> {
        let mut is_missing = false;
        let mut reads = BTreeMap::new();
        for (head, place) in std::mem::take(&mut self.reads).into_iter().filter(|(head, _)| is_young(head.began)) {
            let there = match self.read(place) {
                Ok(read) if self.is_there(read.contents(), writer)? => Some(read.contents().count()),
                _ => None,
            };
            is_missing |= there.is_none();
            if let Some(resources) = there {
                reads.insert((head.key(), head.below.clone()), (head, place, resources));
            }
        }
        // What a whole read says, no part of it has to say again.
        let whole: BTreeSet<Key> =
            reads.keys().filter(|(_, below)| below.is_none()).map(|(key, _)| key.clone()).collect();
        reads.retain(|(key, below), _| below.is_none() || !whole.contains(key));
        self.below = reads.iter().filter(|((_, below), _)| below.is_some()).map(|(_, (.., resources))| resources).sum();
        let mut below = BTreeSet::new();
        for (_, place, _) in reads.values().filter(|(head, ..)| head.below.is_some()) {
            below.extend(self.read(*place).iter().flat_map(Read::contents).flatten());
        }
        let whole: BTreeSet<u32> = whole.iter().map(single::short).collect();
        self.reads = reads.into_values().map(|(head, place, _)| (head, place)).collect();
        let mut singles = std::mem::take(&mut self.singles);
        singles.retain(|single| is_young(single.mark.began) && !whole.contains(&single.task));
        single::sort(&mut singles);
        for single in singles {
            let there = self.is_there(std::iter::once(Some(single.content)), writer)?;
            is_missing |= !there;
            if there {
                // Counted once, also if it is kept twice.
                self.below -= usize::from(below.remove(&single.content));
                self.singles.push(single);
            }
        }
        Ok(is_missing)
    }

    /// Whether the contents of everything that was found are at hand.
    fn is_there(&self, contents: impl Iterator<Item = Option<Oid>>, writer: &Writer) -> Result<bool, Error> {
        for content in contents {
            let Some(content) = content else { return Ok(false) };
            if !self.blobs.contains_key(&content) && !writer.contains(content)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
