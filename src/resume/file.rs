//! The journal's file: a line that says whose it is, then files of resources and completed reads in the order in which
//! they came.
//!
//! ```text
//! driftline reads 3 <digest of the request>
//! blob <id> <length>
//! <bytes>
//! one <id of the JSON, as git makes it> <length>
//! <JSON>
//! below <id of the JSON, as git makes it> <length>
//! <JSON>
//! read <id of the JSON, as git makes it> <length>
//! <JSON>
//! ```
//! A process that is killed leaves half a record at the end, which ends the reading of it like any other damage does: what
//! stands before it is whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read as _, Seek, SeekFrom, Write};
use std::path::Path;

use serde::Deserialize;

use super::single::{Indexed, Single};
use super::{Key, Read};
use crate::store::{Error, Oid, Writer, blob_id};

const HEADER: &str = "driftline reads 3 ";
/// Longer lines are none of ours.
const LONGEST_LINE: u64 = 256;

/// What was found where a journal may lie.
pub(super) enum Found {
    /// No journal, or one of an import that had read nothing of use.
    Nothing,
    /// Another request's, which had read something.
    Foreign,
    Damaged,
    Journal(Earlier),
}

/// The journal of an earlier import: what is in it, and where. The rest stays in the file.
pub(super) struct Earlier {
    file: File,
    /// The files of resources.
    pub(super) blobs: BTreeMap<Oid, Place>,
    /// Whole ones, and those of what hangs on one parent.
    pub(super) reads: Vec<(Head, Place)>,
    /// How many resources the latter found.
    pub(super) below: usize,
    /// As they came, until they are put in order.
    pub(super) singles: Vec<Indexed>,
}

/// Where something stands in a journal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    at: u64,
    length: usize,
}

/// Everything of a [`Read`] but what it found.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Head {
    provider: String,
    account: String,
    region: Option<String>,
    kind: String,
    #[serde(default)]
    pub(super) below: Option<String>,
    #[serde(default)]
    pub(super) regions: Vec<String>,
    pub(super) began: u64,
    pub(super) ended: u64,
}

/// A journal being written.
pub(super) struct JournalFile(BufWriter<File>);

/// Reads a journal as far as it is whole.
pub(super) fn open(path: &Path, request: &str) -> Found {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Found::Nothing,
        Err(_) => return Found::Damaged,
    };
    let mut records = Records { file: BufReader::with_capacity(1 << 18, file), at: 0 };
    let is_own = match records.line() {
        Some(line) if line.starts_with(HEADER) => line == format!("{HEADER}{request}"),
        // It ended before anything was read.
        None if records.at == 0 => return Found::Nothing,
        _ => return Found::Damaged,
    };
    let (mut blobs, mut reads, mut singles) = (BTreeMap::new(), Vec::new(), Vec::new());
    while let Some((record, place)) = records.next() {
        match record {
            Record::Blob(id) => drop(blobs.insert(id, place)),
            Record::Single(single) => singles.push(single.indexed(place)),
            Record::Read(head) => reads.push((head, place)),
        }
    }
    match (is_own, reads.is_empty() && singles.is_empty()) {
        (true, _) => Found::Journal(Earlier { file: records.file.into_inner(), blobs, reads, below: 0, singles }),
        (false, true) => Found::Nothing,
        (false, false) => Found::Foreign,
    }
}

enum Record {
    Blob(Oid),
    Single(Single),
    Read(Head),
}

struct Records {
    file: BufReader<File>,
    at: u64,
}

impl Records {
    /// The next record, if it is whole, and where what it says stands.
    fn next(&mut self) -> Option<(Record, Place)> {
        let line = self.line()?;
        let mut words = line.split(' ');
        let (sort, digest, length) = (words.next()?, words.next()?, words.next()?.parse::<usize>().ok()?);
        let at = self.at;
        let mut bytes = Vec::new();
        // A length that is damaged must not ask for all of the memory.
        (&mut self.file).take(u64::try_from(length).ok()?).read_to_end(&mut bytes).ok()?;
        self.at += u64::try_from(bytes.len()).ok()?;
        let is_whole = bytes.len() == length && self.line()?.is_empty() && blob_id(&bytes).to_string() == digest;
        let record = match sort {
            "blob" if is_whole => Record::Blob(blob_id(&bytes)),
            "one" if is_whole => Record::Single(Single::from_json(&bytes)?),
            "read" | "below" if is_whole => Record::Read(serde_json::from_slice(&bytes).ok()?),
            _ => return None,
        };
        Some((record, Place { at, length }))
    }

    /// A line without its end; `None` where there is no whole one.
    fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        (&mut self.file).take(LONGEST_LINE).read_until(b'\n', &mut line).ok()?;
        self.at += u64::try_from(line.len()).ok()?;
        (line.pop()? == b'\n').then(|| String::from_utf8(line).ok())?
    }
}

impl Head {
    pub(super) fn key(&self) -> Key {
        (self.provider.clone(), self.account.clone(), self.region.clone(), self.kind.clone())
    }
}

impl Earlier {
    /// What stands at a place.
    pub(super) fn bytes(&mut self, Place { at, length }: Place) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.file.seek(SeekFrom::Start(at))?;
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    pub(super) fn read(&mut self, place: Place) -> io::Result<Read> {
        Ok(serde_json::from_slice(&self.bytes(place)?)?)
    }

    pub(super) fn single(&mut self, place: Place) -> io::Result<Single> {
        let bytes = self.bytes(place)?;
        Single::from_json(&bytes).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
    }

    /// The file of a resource, if it is in the journal.
    pub(super) fn blob(&mut self, id: Oid) -> io::Result<Option<Vec<u8>>> {
        let Some(&place) = self.blobs.get(&id) else { return Ok(None) };
        let bytes = self.bytes(place)?;
        if blob_id(&bytes) != id {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it changed while it was read"));
        }
        Ok(Some(bytes))
    }
}

impl JournalFile {
    /// Begins a journal with what may be taken over from an earlier one, and gives the files of its reads to the writer.
    /// The inner error is the journal's own: an import can do without.
    pub(super) fn create(
        path: &Path,
        request: &str,
        known: Option<&mut Earlier>,
        writer: &Writer,
    ) -> Result<io::Result<Self>, Error> {
        let name = path.file_name().expect("it has a name").to_string_lossy();
        let next = path.with_file_name(format!("{name}.next"));
        let create = || {
            fs::create_dir_all(path.parent().expect("it lies in a folder"))?;
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            {
                use std::os::unix::fs::OpenOptionsExt;
                options.mode(0o600);
            }
            let mut file = Self(BufWriter::with_capacity(1 << 18, options.open(&next)?));
            writeln!(file.0, "{HEADER}{request}")?;
            Ok(file)
        };
        let mut file: io::Result<Self> = create();
        if let Some(known) = known {
            let mut copied = BTreeSet::new();
            for (head, place) in known.reads.clone() {
                let read = known.read(place).map_err(Error::io(path))?;
                for content in read.contents().flatten() {
                    let Some(bytes) = known.blob(content).map_err(Error::io(path))? else { continue };
                    if head.below.is_none() {
                        writer.blob_of(content, &bytes)?;
                    }
                    if copied.insert(content) {
                        file = file.and_then(|mut file| file.blob(content, &bytes).map(|()| file));
                    }
                }
                file = file.and_then(|mut file| file.read(&read).map(|()| file));
            }
            // These, and what hangs on a parent, are the writer's once a list shows that they are still there.
            for Indexed { content, place, .. } in known.singles.clone() {
                let json = known.bytes(place).map_err(Error::io(path))?;
                let blob = known.blob(content).map_err(Error::io(path))?.filter(|_| copied.insert(content));
                file = file.and_then(|mut file| {
                    blob.map_or(Ok(()), |bytes| file.blob(content, &bytes))?;
                    file.record("one", &json)?;
                    Ok(file)
                });
            }
        }
        let file = file.and_then(|mut file| {
            file.0.flush()?;
            fs::rename(&next, path)?;
            Ok(file)
        });
        if file.is_err() {
            let _ = fs::remove_file(&next);
            let _ = fs::remove_file(path);
        }
        Ok(file)
    }

    /// Adds the file of a resource. It need not be on its way to the disk before the read that found it is.
    pub(super) fn blob(&mut self, id: Oid, bytes: &[u8]) -> io::Result<()> {
        writeln!(self.0, "blob {id} {}", bytes.len())?;
        self.0.write_all(bytes)?;
        self.0.write_all(b"\n")
    }

    /// Adds a resource whose file is in here, or in the repository.
    pub(super) fn single(&mut self, single: &Single) -> io::Result<()> {
        self.record("one", &single.to_json())
    }

    /// Adds a read.
    pub(super) fn read(&mut self, read: &Read) -> io::Result<()> {
        let json = serde_json::to_vec(read).expect("strings, numbers and maps always serialize");
        self.record(if read.below.is_some() { "below" } else { "read" }, &json)
    }

    /// Hands everything so far to the operating system: from here on it survives this process.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }

    fn record(&mut self, sort: &str, json: &[u8]) -> io::Result<()> {
        writeln!(self.0, "{sort} {} {}", blob_id(json), json.len())?;
        self.0.write_all(json)?;
        self.0.write_all(b"\n")
    }
}
