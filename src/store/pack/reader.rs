//! Reading files out of a pack that was just written. libgit2 would map the whole pack into memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;

use flate2::bufread::ZlibDecoder;

use super::Entry;
use crate::store::Oid;
use crate::store::object::Kind;

/// A pack that is part of the repository: where it lies, and its objects in the order of their ids.
pub(in crate::store) struct Packed {
    pub(super) path: PathBuf,
    pub(super) entries: Vec<Entry>,
}

/// For one thread. What cannot be read is `None`: the repository may have it elsewhere, or say what is wrong.
pub(in crate::store) struct Reader<'p> {
    entries: &'p [Entry],
    file: BufReader<File>,
}

impl Packed {
    pub(in crate::store) fn open(&self) -> io::Result<Reader<'_>> {
        // Most files of a snapshot are shorter.
        let file = BufReader::with_capacity(4 << 10, File::open(&self.path)?);
        Ok(Reader { entries: &self.entries, file })
    }
}

impl Reader<'_> {
    /// The content of a file.
    pub(in crate::store) fn blob(&mut self, id: Oid) -> Option<Vec<u8>> {
        let at = self.entries.binary_search_by_key(&id, |entry| entry.id).ok()?;
        self.object(self.entries[at].offset, Kind::Blob).ok()?
    }

    /// The object that begins at this offset, if it is of this kind. None of ours is a difference to another.
    fn object(&mut self, offset: u64, kind: Kind) -> io::Result<Option<Vec<u8>>> {
        self.file.seek(SeekFrom::Start(offset))?;
        let first = self.byte()?;
        let (mut size, mut shift, mut byte) = (u64::from(first & 0x0f), 4, first);
        while byte & 0x80 != 0 {
            byte = self.byte()?;
            size |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            shift += 7;
        }
        if first >> 4 & 0x07 != kind as u8 {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        // One more than there should be, so that too many are seen.
        ZlibDecoder::new(&mut self.file).take(size.saturating_add(1)).read_to_end(&mut bytes)?;
        Ok((bytes.len() as u64 == size).then_some(bytes))
    }

    fn byte(&mut self) -> io::Result<u8> {
        let byte = *self.file.fill_buf()?.first().ok_or(io::ErrorKind::UnexpectedEof)?;
        self.file.consume(1);
        Ok(byte)
    }
}
