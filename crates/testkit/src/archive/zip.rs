use std::io::{self, Write as _};

use flate2::{Compression, write::DeflateEncoder};

/// One entry of a ZIP file, of which every field may be a lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEntry {
    /// The path.
    pub name: String,
    /// The bytes as they lie in the file.
    pub packed: Vec<u8>,
    /// The length that the directory says, unpacked.
    pub size: u32,
    /// The checksum that the directory says.
    pub checksum: u32,
    /// Bit 0: encrypted.
    pub flags: u16,
    /// 0 is stored, 8 is deflated.
    pub method: u16,
    /// The mode of the file on Unix.
    pub mode: u32,
    /// Where the directory says that the entry starts, if not where it does.
    pub start: Option<u32>,
}

impl RawEntry {
    /// An honest deflated entry.
    ///
    /// # Errors
    /// If it cannot be packed.
    pub fn deflated(name: &str, content: &[u8]) -> io::Result<Self> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content)?;
        Ok(Self { packed: encoder.finish()?, method: 8, ..Self::stored(name, content) })
    }

    /// An honest stored entry.
    pub fn stored(name: &str, content: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            packed: content.to_vec(),
            size: length(content),
            checksum: crc32fast::hash(content),
            flags: 0,
            method: 0,
            mode: 0o100_644,
            start: None,
        }
    }
}

/// A ZIP file of the entries.
pub fn zip_of(entries: &[RawEntry]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let start = entry.start.unwrap_or_else(|| length(&bytes));
        bytes.extend(b"PK\x03\x04\x14\0");
        bytes.extend(common(entry));
        bytes.extend([0, 0]);
        bytes.extend(entry.name.as_bytes());
        bytes.extend(&entry.packed);
        // Made on Unix.
        directory.extend(b"PK\x01\x02\x14\x03\x14\0");
        directory.extend(common(entry));
        directory.extend([0; 8]);
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(start.to_le_bytes());
        directory.extend(entry.name.as_bytes());
    }
    let start = length(&bytes);
    let count = (entries.len() as u16).to_le_bytes();
    let directory_length = length(&directory).to_le_bytes();
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].concat());
    bytes.extend(directory_length);
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

/// What both headers say, from the flags to the length of the name.
fn common(entry: &RawEntry) -> Vec<u8> {
    let RawEntry { name, packed, size, checksum, flags, method, .. } = entry;
    let mut bytes: Vec<u8> =
        [*flags, *method, 0, 0].into_iter().flat_map(u16::to_le_bytes).collect();
    bytes.extend([*checksum, length(packed), *size].into_iter().flat_map(u32::to_le_bytes));
    bytes.extend((name.len() as u16).to_le_bytes());
    bytes
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}
