use std::io::{self, Seek, Write};

use flate2::{Compression, write::DeflateEncoder};

/// The day that stands on every entry, 1980-01-01: the same rows make the same bytes.
const DATE: u16 = 1 << 5 | 1;

/// The version of the format that a reader has to know, 4.5: sizes of 64 bits.
const NEEDED: u16 = 45;

/// Names are in UTF-8.
const FLAGS: u16 = 1 << 11;

const DEFLATED: u16 = 8;

/// What the 32-bit fields say, as all true values stand in the 64-bit extension.
const ELSEWHERE: [u8; 4] = [0xFF; 4];

/// Writes an archive of deflated entries, one after the other; the same input, the same bytes.
pub(crate) struct ZipWriter<W> {
    out: W,
    written: Vec<Written>,
}

/// An entry that was written.
struct Written {
    name: String,
    start: u64,
    packed: u64,
    size: u64,
    checksum: u32,
}

impl<W: Write + Seek> ZipWriter<W> {
    pub(crate) const fn new(out: W) -> Self {
        Self { out, written: Vec::new() }
    }

    /// Writes one entry.
    pub(crate) fn entry(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content)?;
        let packed = encoder.finish()?;
        let entry = Written {
            name: name.to_owned(),
            start: self.out.stream_position()?,
            packed: packed.len() as u64,
            size: content.len() as u64,
            checksum: crc32fast::hash(content),
        };
        self.out.write_all(&entry.local_header()?)?;
        self.out.write_all(&packed)?;
        self.written.push(entry);
        Ok(())
    }

    /// Writes the directory and hands back what was written to.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        let start = self.out.stream_position()?;
        for entry in &self.written {
            self.out.write_all(&entry.central_header()?)?;
        }
        let end = self.out.stream_position()?;
        let count = (self.written.len() as u64).to_le_bytes();
        let mut bytes = b"PK\x06\x06".to_vec();
        bytes.extend(44_u64.to_le_bytes());
        bytes.extend([NEEDED, NEEDED].into_iter().flat_map(u16::to_le_bytes));
        bytes.extend([0; 8]);
        bytes.extend(count);
        bytes.extend(count);
        bytes.extend((end - start).to_le_bytes());
        bytes.extend(start.to_le_bytes());
        bytes.extend(b"PK\x06\x07\0\0\0\0");
        bytes.extend(end.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend(b"PK\x05\x06\0\0\0\0");
        bytes.extend([0xFF; 12]);
        bytes.extend([0; 2]);
        self.out.write_all(&bytes)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl Written {
    fn local_header(&self) -> io::Result<Vec<u8>> {
        let mut bytes = b"PK\x03\x04".to_vec();
        self.common(&mut bytes, 20)?;
        bytes.extend(self.name.as_bytes());
        bytes.extend([1, 0, 16, 0]);
        bytes.extend(self.size.to_le_bytes());
        bytes.extend(self.packed.to_le_bytes());
        Ok(bytes)
    }

    fn central_header(&self) -> io::Result<Vec<u8>> {
        let mut bytes = b"PK\x01\x02".to_vec();
        bytes.extend(NEEDED.to_le_bytes());
        self.common(&mut bytes, 28)?;
        // No comment, the first disk, no attributes.
        bytes.extend([0; 10]);
        bytes.extend(ELSEWHERE);
        bytes.extend(self.name.as_bytes());
        bytes.extend([1, 0, 24, 0]);
        bytes.extend(self.size.to_le_bytes());
        bytes.extend(self.packed.to_le_bytes());
        bytes.extend(self.start.to_le_bytes());
        Ok(bytes)
    }

    /// What both headers have in common, from the needed version to the length of the extra field.
    fn common(&self, bytes: &mut Vec<u8>, extra: u16) -> io::Result<()> {
        let name = u16::try_from(self.name.len())
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "a name is too long"))?;
        bytes.extend([NEEDED, FLAGS, DEFLATED, 0, DATE].into_iter().flat_map(u16::to_le_bytes));
        bytes.extend(self.checksum.to_le_bytes());
        bytes.extend(ELSEWHERE);
        bytes.extend(ELSEWHERE);
        bytes.extend(name.to_le_bytes());
        bytes.extend(extra.to_le_bytes());
        Ok(())
    }
}
