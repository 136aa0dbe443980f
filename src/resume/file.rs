//! The journal's file: a line that says whose it is, then files of resources and completed reads in the order in which
//! they came.
//!
//! ```text
//! driftline reads 1 <digest of the request>
//! blob <id> <length>
//! <bytes>
//! read <id of the JSON, as git makes it> <length>
//! <JSON>
//! ```
//! A process that is killed leaves half a record at the end, which ends the reading of it like any other damage does: what
//! stands before it is whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read as _, Seek, SeekFrom, Write};
use std::path::Path;

use super::{Key, Read};
use crate::store::{Error, Oid, Writer, blob_id};

const HEADER: &str = "driftline reads 1 ";
/// Longer lines are none of ours.
const LONGEST_LINE: u64 = 256;

/// What was found where a journal may lie.
pub(super) enum Found {
    /// No journal, or one of an import that had read nothing of use.
    Nothing,
    /// Another request's, which had read something.
    Foreign,
    Damaged,
    Journal(Known),
}

/// The journal of an earlier import.
pub(super) struct Known {
    file: File,
    /// Where the files of resources stand, and how long they are.
    pub(super) blobs: BTreeMap<Oid, (u64, usize)>,
    pub(super) reads: Vec<Read>,
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
    let (mut blobs, mut reads) = (BTreeMap::new(), Vec::new());
    while let Some(record) = records.next() {
        match record {
            Record::Blob { id, at, length } => drop(blobs.insert(id, (at, length))),
            Record::Read(read) => reads.push(*read),
        }
    }
    match (is_own, reads.is_empty()) {
        (true, _) => Found::Journal(Known { file: records.file.into_inner(), blobs, reads }),
        (false, true) => Found::Nothing,
        (false, false) => Found::Foreign,
    }
}

enum Record {
    Blob { id: Oid, at: u64, length: usize },
    Read(Box<Read>),
}

struct Records {
    file: BufReader<File>,
    at: u64,
}

impl Records {
    /// The next record, if it is whole.
    fn next(&mut self) -> Option<Record> {
        let line = self.line()?;
        let mut words = line.split(' ');
        let (sort, digest, length) = (words.next()?, words.next()?, words.next()?.parse::<usize>().ok()?);
        let at = self.at;
        let mut bytes = Vec::new();
        // A length that is damaged must not ask for all of the memory.
        (&mut self.file).take(u64::try_from(length).ok()?).read_to_end(&mut bytes).ok()?;
        self.at += u64::try_from(bytes.len()).ok()?;
        let is_whole = bytes.len() == length && self.line()?.is_empty() && blob_id(&bytes).to_string() == digest;
        match sort {
            "blob" if is_whole => Some(Record::Blob { id: blob_id(&bytes), at, length }),
            "read" if is_whole => serde_json::from_slice(&bytes).ok().map(|read| Record::Read(Box::new(read))),
            _ => None,
        }
    }

    /// A line without its end; `None` where there is no whole one.
    fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        (&mut self.file).take(LONGEST_LINE).read_until(b'\n', &mut line).ok()?;
        self.at += u64::try_from(line.len()).ok()?;
        (line.pop()? == b'\n').then(|| String::from_utf8(line).ok())?
    }
}

impl Known {
    fn bytes(&mut self, (at, length): (u64, usize)) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.file.seek(SeekFrom::Start(at))?;
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

impl JournalFile {
    /// Begins a journal with what is taken over from an earlier one, and gives its files to the writer. The inner error
    /// is the journal's own: an import can do without.
    pub(super) fn create(
        path: &Path,
        request: &str,
        known: Option<&mut Known>,
        reads: &BTreeMap<Key, Read>,
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
            let mut given = BTreeSet::new();
            for read in reads.values() {
                for content in read.contents().flatten() {
                    let Some(&place) = known.blobs.get(&content).filter(|_| given.insert(content)) else { continue };
                    let bytes = known.bytes(place).map_err(Error::io(path))?;
                    if writer.blob(&bytes)? != content {
                        let changed = io::Error::new(io::ErrorKind::InvalidData, "it changed while it was read");
                        return Err(Error::io(path)(changed));
                    }
                    file = file.and_then(|mut file| file.blob(content, &bytes).map(|()| file));
                }
                file = file.and_then(|mut file| file.read(read).map(|()| file));
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

    /// Adds a read, and hands everything so far to the operating system: from here on it survives this process.
    pub(super) fn read(&mut self, read: &Read) -> io::Result<()> {
        let json = serde_json::to_vec(read).expect("strings, numbers and maps always serialize");
        writeln!(self.0, "read {} {}", blob_id(&json), json.len())?;
        self.0.write_all(&json)?;
        self.0.write_all(b"\n")?;
        self.0.flush()
    }
}
