//! ZIP archives as far as member exports need them: stored and deflated entries, also beyond
//! 4 GiB, read as streams with limits.
//!
//! The directory is checked before anything is read: no entry may lie outside the archive, over
//! another one, behind a link or a password, or promise more bytes than its limits allow. See the
//! [ZIP file format specification](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT).

mod directory;
mod entry;
mod writer;

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    sync::{Arc, Mutex, PoisonError},
};

pub(crate) use directory::{ZipEntry, read_directory};
pub(crate) use entry::EntryReader;
pub(crate) use writer::ZipWriter;

/// What is wrong with a link.
pub(crate) const LINK: &str =
    "is a link; only files are read (hint: put what it points at in its place)";

/// What is wrong with one of two files.
pub(crate) const TWICE: &str =
    "stands twice in the archive (hint: keep the one that counts, nobody else can tell)";

/// What is wrong with a folder where a file belongs.
pub(crate) const NO_FOLDER: &str =
    "makes a folder of what has to be a file (hint: unpack the archive anew)";

/// Whether only a file is called so: a folder in its place would hide that it is missing.
pub(crate) fn is_name_of_file(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    ["csv", "html"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// Why an archive is not read.
#[derive(Debug)]
pub(crate) enum ZipFault {
    /// The operating system could not read on.
    Read(io::Error),
    /// The archive, or one of its entries, is not as it has to be.
    Wrong {
        /// The entry, as it is shown to people.
        entry: Option<String>,
        /// What is wrong, with a hint where one helps.
        what: String,
    },
}

impl From<io::Error> for ZipFault {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

/// A file that several readers read at places of their own.
#[derive(Debug, Clone)]
pub(crate) struct SharedFile(Arc<Mutex<File>>);

impl SharedFile {
    pub(crate) fn new(file: File) -> Self {
        Self(Arc::new(Mutex::new(file)))
    }

    fn length(&self) -> io::Result<u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).metadata().map(|found| found.len())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))?;
        file.read(buffer)
    }

    /// So many bytes from an offset on; they have to be there.
    fn bytes_at(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// Little-endian numbers, one after the other; what is not there is `None`.
struct Numbers<'a>(&'a [u8]);

impl<'a> Numbers<'a> {
    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn two(&mut self) -> Option<u16> {
        self.bytes(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    fn four(&mut self) -> Option<u32> {
        self.bytes(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    fn eight(&mut self) -> Option<u64> {
        self.bytes(8)?.try_into().ok().map(u64::from_le_bytes)
    }
}
