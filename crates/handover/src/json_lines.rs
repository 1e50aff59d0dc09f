use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{HandoverError, PairRow, Records, Result, Row, Split};

/// How files are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compression {
    /// [Zstandard](https://www.rfc-editor.org/rfc/rfc8878) at level 9, with a checksum: the
    /// smallest files. `datasets` reads them; `mlcroissant` describes them, but cannot read rows.
    Zstandard,
    /// [gzip](https://www.rfc-editor.org/rfc/rfc1952) at level 6, without a time: read by `datasets`
    /// and by `mlcroissant`.
    Gzip,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedFile {
    /// Relative to the folder, with `/` between names.
    pub path: String,
    /// What its lines are.
    pub records: Records,
    /// What it is for.
    pub split: Split,
    /// From 0.
    pub shard: u16,
    /// How it is compressed.
    pub compression: Compression,
    /// Lines in it.
    pub rows: u64,
    /// Its length, compressed.
    pub bytes: u64,
    /// The hash of its bytes, in lower-case hex.
    pub sha256: String,
}

/// Writes the documents, or the pairs, of one shard of one split, a line of JSON each.
///
/// Memory does not grow with rows. The same rows give the same bytes. Documents have to be sorted by
/// slice and document, pairs by slice and first document, which is the order in which slices are learned. Until [`Self::finish`] the
/// file has another name, so that half a file is never taken for a whole one.
pub struct JsonLines {
    path: PathBuf,
    partial: PathBuf,
    file: ExportedFile,
    last: Option<(u16, i64)>,
    line: Vec<u8>,
    encoder: Encoder,
}

impl Compression {
    /// Every way to compress.
    pub const ALL: &'static [Self] = &[Self::Zstandard, Self::Gzip];

    /// What a file's name ends with.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Zstandard => "jsonl.zst",
            Self::Gzip => "jsonl.gz",
        }
    }

    /// The level that makes the bytes.
    pub const fn level(self) -> i32 {
        match self {
            Self::Zstandard => 9,
            Self::Gzip => 6,
        }
    }

    /// The media type of what a file is compressed as.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Zstandard => "application/zstd",
            Self::Gzip => "application/gzip",
        }
    }
}

impl JsonLines {
    /// Begins the file of a shard below a folder, `data/train-00000.jsonl.zst`, and of pairs
    /// `pairs/train-00000.jsonl.zst`.
    ///
    /// # Errors
    /// If the file cannot be made. What a call that broke off has left of it is written over.
    pub fn create(
        folder: &Path,
        records: Records,
        (split, shard): (Split, u16),
        compression: Compression,
    ) -> Result<Self> {
        let inner = records.folder();
        let relative = format!("{inner}/{split}-{shard:05}.{}", compression.extension());
        let path = folder.join(&relative);
        let partial = folder.join(format!("{relative}.partial"));
        let inner = folder.join(inner);
        fs::create_dir_all(&inner).map_err(HandoverError::file("making", &inner))?;
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(true).mode(0o600);
        let making = |error| HandoverError::file("making", &partial)(error);
        let output =
            Hashed { file: options.open(&partial).map_err(making)?, hash: Sha256::new(), bytes: 0 };
        let encoder = Encoder::new(output, compression).map_err(making)?;
        let file = ExportedFile {
            path: relative,
            records,
            split,
            shard,
            compression,
            rows: 0,
            bytes: 0,
            sha256: String::new(),
        };
        Ok(Self { path, partial, file, last: None, line: Vec::new(), encoder })
    }

    /// Writes one document.
    ///
    /// # Errors
    /// If the row is of another shard or out of order, or if it cannot be written.
    pub fn write(&mut self, row: &Row<'_>) -> Result<()> {
        let is_wrong = |last: (u16, i64), place| last >= place;
        self.write_line(row.shard, (row.slice, row.document), is_wrong, |line| row.write_json(line))
    }

    /// Writes one pair; a document may be the first one of several.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_pair(&mut self, pair: &PairRow<'_>) -> Result<()> {
        let is_wrong = |last: (u16, i64), place| last > place;
        let place = (pair.slice, pair.document());
        self.write_line(pair.shard, place, is_wrong, |line| pair.write_json(line))
    }

    /// Where a line stands is its slice and document; `is_wrong` says of the last line's and its own
    /// whether they may not follow each other.
    fn write_line(
        &mut self,
        shard: u16,
        place: (u16, i64),
        is_wrong: impl Fn((u16, i64), (u16, i64)) -> bool,
        write: impl FnOnce(&mut Vec<u8>) -> serde_json::Result<()>,
    ) -> Result<()> {
        let ExportedFile { split, shard: file, .. } = self.file;
        if shard != file {
            return Err(HandoverError::Shard { row: shard, file, split });
        }
        if self.last.is_some_and(|last| is_wrong(last, place)) {
            let (slice, document) = place;
            return Err(HandoverError::Order { document, slice });
        }
        self.line.clear();
        write(&mut self.line).map_err(|source| HandoverError::Json { what: "a row", source })?;
        self.line.push(b'\n');
        self.encoder
            .write_all(&self.line)
            .map_err(HandoverError::file("writing", &self.partial))?;
        self.last = Some(place);
        self.file.rows += 1;
        Ok(())
    }

    /// Ends the file, flushes it to the disk and gives it its name.
    ///
    /// # Errors
    /// If the disk refuses it. The file then does not exist under its name.
    pub fn finish(self) -> Result<ExportedFile> {
        let Self { path, partial, mut file, encoder, .. } = self;
        let writing = |error| HandoverError::file("writing", &partial)(error);
        let Hashed { file: written, hash, bytes } = encoder.finish().map_err(writing)?;
        written.sync_all().map_err(writing)?;
        fs::rename(&partial, &path).map_err(HandoverError::file("naming", &path))?;
        file.bytes = bytes;
        file.sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(file)
    }
}

enum Encoder {
    Zstandard(zstd::stream::write::Encoder<'static, Hashed>),
    Gzip(GzEncoder<Hashed>),
}

impl Encoder {
    fn new(output: Hashed, compression: Compression) -> io::Result<Self> {
        let level = compression.level();
        Ok(match compression {
            Compression::Zstandard => {
                let mut encoder = zstd::stream::write::Encoder::new(output, level)?;
                encoder.include_checksum(true)?;
                Self::Zstandard(encoder)
            }
            Compression::Gzip => {
                let level = flate2::Compression::new(level.unsigned_abs());
                Self::Gzip(GzEncoder::new(output, level))
            }
        })
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Zstandard(encoder) => encoder.write_all(bytes),
            Self::Gzip(encoder) => encoder.write_all(bytes),
        }
    }

    fn finish(self) -> io::Result<Hashed> {
        match self {
            Self::Zstandard(encoder) => encoder.finish(),
            Self::Gzip(encoder) => encoder.finish(),
        }
    }
}

/// A file whose bytes are hashed and counted on their way.
struct Hashed {
    file: File,
    hash: Sha256,
    bytes: u64,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or(bytes));
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
