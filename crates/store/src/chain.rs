//! Append-only files of lines, each of which carries the hash of everything before it.
//!
//! A line is 64 hex digits, a space, and one line of text: the BLAKE3 hash of the hash before it
//! and the text. Whoever changes, drops or adds a line changes every hash after it. A line counts
//! once it is complete and flushed; one that is not is *torn*, and nobody was answered by it. A last
//! line that lacks its newline alone is whole, as its hash says.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

const HASH_DIGITS: usize = 64;

/// A file of chained lines.
#[derive(Debug, Clone)]
pub struct Chain {
    path: PathBuf,
}

/// The end of the chain after some of its lines.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChainEnd {
    /// How many lines there are.
    pub entries: u64,
    /// How many bytes they take.
    pub bytes: u64,
    /// Where the last of them starts, in bytes.
    pub start: u64,
    /// The hash of the last of them in lower-case hex; empty before the first.
    pub hash: String,
}

/// One line, and the end of the chain after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainEntry {
    /// What the line says.
    pub text: String,
    /// The end of the chain after it.
    pub end: ChainEnd,
}

/// Reads the lines of a chain one by one, and checks every hash.
#[derive(Debug)]
pub struct ChainReader {
    path: PathBuf,
    file: BufReader<File>,
    end: ChainEnd,
    torn_bytes: u64,
    lacks_newline: bool,
}

/// Why a chain cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// The file system failed.
    #[error("{doing} `{}`", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// A complete line does not carry the hash that it has to.
    #[error("line {line} of `{}` is damaged: its hash is not that of what it says", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Which line, from 1.
        line: u64,
    },
    /// Somebody else has appended, or cut the file, since its end was looked at.
    #[error("`{}` has {found} bytes instead of {expected}", path.display())]
    Moved {
        /// The file.
        path: PathBuf,
        /// The end that was known.
        expected: u64,
        /// The end that it has.
        found: u64,
    },
}

impl Chain {
    /// The chain in a file, which need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file is there.
    pub fn exists(&self) -> bool {
        self.path.exists()
    }

    /// How long the file is, in bytes; 0 if it is not there.
    ///
    /// # Errors
    /// If the file cannot be looked at.
    pub fn length(&self) -> Result<u64, ChainError> {
        match self.path.metadata() {
            Ok(found) => Ok(found.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(self.failed("looking at")(error)),
        }
    }

    /// Adds a line behind `end`; when it returns, the line is durable.
    ///
    /// # Errors
    /// [`ChainError::Moved`] if the file does not end there. If writing fails, what was written of
    /// the line is torn.
    pub fn append(&self, end: &ChainEnd, text: &str) -> Result<ChainEnd, ChainError> {
        let is_new = end.entries == 0 && !self.exists();
        if is_new {
            self.make_folder()?;
        }
        let mut file = OpenOptions::new()
            .append(true)
            .create(is_new)
            .mode(0o600)
            .open(&self.path)
            .map_err(self.failed("opening"))?;
        // given back when the file is closed; whoever else appends sees the new end
        file.lock().map_err(self.failed("locking"))?;
        let found = file.metadata().map_err(self.failed("looking at"))?.len();
        if found != end.bytes {
            let (path, expected) = (self.path.clone(), end.bytes);
            return Err(ChainError::Moved { path, expected, found });
        }
        let hash = hash(&end.hash, text);
        let line = format!("{hash} {text}\n");
        file.write_all(line.as_bytes()).map_err(self.failed("appending to"))?;
        file.sync_data().map_err(self.failed("flushing"))?;
        if is_new {
            self.flush_folder()?;
        }
        Ok(end.after(hash, line.len() as u64))
    }

    /// Reads on behind `end`, whose last line is taken as read.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub fn read(&self, end: ChainEnd) -> Result<ChainReader, ChainError> {
        let mut file = File::open(&self.path).map_err(self.failed("opening"))?;
        file.seek(SeekFrom::Start(end.bytes)).map_err(self.failed("reading"))?;
        let file = BufReader::new(file);
        Ok(ChainReader { path: self.path.clone(), file, end, torn_bytes: 0, lacks_newline: false })
    }

    /// Reads the whole chain, and gives its end with the length of what is torn behind it.
    ///
    /// # Errors
    /// If it cannot be read, or a line is damaged.
    pub fn verify(&self) -> Result<(ChainEnd, u64), ChainError> {
        let mut reader = self.read(ChainEnd::default())?;
        while reader.next_entry()?.is_some() {}
        Ok((reader.end, reader.torn_bytes))
    }

    /// Whether the chain is at `end`, or was once: whether the line that ends there is that line.
    /// Reads that line's hash alone.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn holds(&self, end: &ChainEnd) -> Result<bool, ChainError> {
        if end.entries == 0 {
            return Ok(true);
        }
        if self.length()? < end.bytes {
            return Ok(false);
        }
        let mut file = File::open(&self.path).map_err(self.failed("opening"))?;
        let mut found = [0; HASH_DIGITS];
        file.seek(SeekFrom::Start(end.start)).map_err(self.failed("reading"))?;
        file.read_exact(&mut found).map_err(self.failed("reading"))?;
        Ok(found == end.hash.as_bytes())
    }

    /// Makes the file end where it was read to end: cuts off the torn line behind it, or puts back
    /// the newline that its last line lacks.
    ///
    /// # Errors
    /// [`ChainError::Moved`] if somebody has appended since; if the file cannot be written.
    pub fn mend(&self, end: &ChainEnd, torn_bytes: u64) -> Result<(), ChainError> {
        let file = OpenOptions::new().append(true).open(&self.path);
        let mut file = file.map_err(self.failed("opening"))?;
        file.lock().map_err(self.failed("locking"))?;
        let found = file.metadata().map_err(self.failed("looking at"))?.len();
        let expected = end.bytes + torn_bytes;
        if found == expected {
            file.set_len(end.bytes).map_err(self.failed("cutting"))?;
        } else if found + 1 == expected {
            file.write_all(b"\n").map_err(self.failed("appending to"))?;
        } else {
            return Err(ChainError::Moved { path: self.path.clone(), expected, found });
        }
        file.sync_all().map_err(self.failed("flushing"))
    }

    fn make_folder(&self) -> Result<(), ChainError> {
        let Some(folder) = self.path.parent().filter(|folder| !folder.exists()) else {
            return Ok(());
        };
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|source| ChainError::File {
            doing: "creating",
            path: folder.to_owned(),
            source,
        })?;
        flush_above(folder)
    }

    fn flush_folder(&self) -> Result<(), ChainError> {
        flush_above(&self.path)
    }

    fn failed(&self, doing: &'static str) -> impl FnOnce(io::Error) -> ChainError {
        let path = self.path.clone();
        move |source| ChainError::File { doing, path, source }
    }
}

impl ChainReader {
    /// The next line; `None` behind the last whole one.
    ///
    /// # Errors
    /// If the file cannot be read, or the line is complete and damaged.
    pub fn next_entry(&mut self) -> Result<Option<ChainEntry>, ChainError> {
        let mut line = Vec::new();
        let path = || self.path.clone();
        let failed = |source| ChainError::File { doing: "reading", path: path(), source };
        self.file.read_until(b'\n', &mut line).map_err(failed)?;
        let is_ended = line.pop_if(|last| *last == b'\n').is_some();
        let Some((hash, text)) = checked(&self.end.hash, &line) else {
            if is_ended {
                return Err(ChainError::Damaged { path: path(), line: self.end.entries + 1 });
            }
            self.torn_bytes = line.len() as u64;
            return Ok(None);
        };
        let text = text.to_owned();
        self.end = self.end.after(hash.to_owned(), line.len() as u64 + 1);
        self.lacks_newline = !is_ended;
        Ok(Some(ChainEntry { text, end: self.end.clone() }))
    }

    /// The end of the chain after what was read so far, the newline of the last line included.
    pub fn end(&self) -> &ChainEnd {
        &self.end
    }

    /// How long the incomplete line is that the file ends with, once all others were read.
    pub fn torn_bytes(&self) -> u64 {
        self.torn_bytes
    }

    /// Whether the file ends with a whole line that has no newline behind it.
    pub fn lacks_newline(&self) -> bool {
        self.lacks_newline
    }
}

impl ChainEnd {
    fn after(&self, hash: String, bytes: u64) -> Self {
        Self { entries: self.entries + 1, bytes: self.bytes + bytes, start: self.bytes, hash }
    }
}

/// The hash and the text of a line without its newline, if the hash is right.
fn checked<'a>(before: &str, line: &'a [u8]) -> Option<(&'a str, &'a str)> {
    let (given, text) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    (given == hash(before, text)).then_some((given, text))
}

fn hash(before: &str, text: &str) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("zweck chain 2026");
    hasher.update(&(before.len() as u64).to_le_bytes()).update(before.as_bytes());
    hasher.update(text.as_bytes()).finalize().to_hex().to_string()
}

/// A new name is durable once its folder has been flushed.
fn flush_above(path: &Path) -> Result<(), ChainError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let flushed = File::open(folder).and_then(|folder| folder.sync_all());
    flushed.map_err(|source| ChainError::File {
        doing: "flushing",
        path: folder.to_owned(),
        source,
    })
}
