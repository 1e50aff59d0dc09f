use std::io::{self, BufReader, Read};

use flate2::bufread::DeflateDecoder;

use super::{SharedFile, ZipEntry};

/// How much of the archive is read at once.
const CHUNK: usize = 64 * 1024;

/// The unpacked bytes of one entry. Reading fails if they are more or others than the directory
/// says, so that whoever has read to the end knows that they are right.
pub(crate) struct EntryReader {
    bytes: Bytes,
    left: u64,
    checksum: u32,
    hasher: crc32fast::Hasher,
}

enum Bytes {
    Stored(BufReader<Section>),
    Deflated(DeflateDecoder<BufReader<Section>>),
}

/// A stretch of the archive.
struct Section {
    file: SharedFile,
    offset: u64,
    end: u64,
}

impl EntryReader {
    pub(crate) fn new(file: &SharedFile, entry: &ZipEntry) -> Self {
        let (file, offset) = (file.clone(), entry.data_start);
        let section = Section { file, offset, end: offset.saturating_add(entry.packed) };
        let section = BufReader::with_capacity(CHUNK, section);
        let bytes = match entry.is_deflated {
            true => Bytes::Deflated(DeflateDecoder::new(section)),
            false => Bytes::Stored(section),
        };
        let (left, checksum) = (entry.size, entry.checksum);
        Self { bytes, left, checksum, hasher: crc32fast::Hasher::new() }
    }
}

impl Read for EntryReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = match &mut self.bytes {
            Bytes::Stored(stored) => stored.read(buffer)?,
            Bytes::Deflated(deflated) => deflated.read(buffer)?,
        };
        let wrong = |what: &str| {
            let what = format!("{what} (hint: fetch the archive once more)");
            Err(io::Error::new(io::ErrorKind::InvalidData, what))
        };
        let count = u64::try_from(read).unwrap_or(u64::MAX);
        if count > self.left {
            return wrong("the entry is longer than the archive's directory says");
        }
        self.left -= count;
        self.hasher.update(buffer.get(..read).unwrap_or_default());
        if read == 0 && self.left > 0 {
            return wrong("the entry is cut short");
        }
        if read == 0 && self.hasher.clone().finalize() != self.checksum {
            return wrong("the entry was changed or damaged: its checksum is another");
        }
        Ok(read)
    }
}

impl Read for Section {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.offset).unwrap_or(usize::MAX);
        let length = left.min(buffer.len());
        let Some(buffer) = buffer.get_mut(..length).filter(|buffer| !buffer.is_empty()) else {
            return Ok(0);
        };
        let read = self.file.read_at(self.offset, buffer)?;
        self.offset += u64::try_from(read).unwrap_or(0);
        Ok(read)
    }
}
