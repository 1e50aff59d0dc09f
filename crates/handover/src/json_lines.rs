use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{HandoverError, Result, Row, Split};

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
    /// What it is for.
    pub split: Split,
    /// From 0.
    pub shard: u16,
    /// How it is compressed.
    pub compression: Compression,
    /// Documents in it.
    pub rows: u64,
    /// Its length, compressed.
    pub bytes: u64,
    /// The hash of its bytes, in lower-case hex.
    pub sha256: String,
}

/// Writes the documents of one shard of one split, a line of JSON each.
///
/// Memory does not grow with rows. The same rows give the same bytes. Rows have to be sorted by
/// slice and document, which is the order in which slices are learned. Until [`Self::finish`] the
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
    /// Begins the file of a shard below a folder, `data/train-00000.jsonl.zst`.
    ///
    /// # Errors
    /// If the file cannot be made. What a call that broke off has left of it is written over.
    pub fn create(
        folder: &Path,
        split: Split,
        shard: u16,
        compression: Compression,
    ) -> Result<Self> {
        let relative = format!("data/{split}-{shard:05}.{}", compression.extension());
        let path = folder.join(&relative);
        let partial = folder.join(format!("{relative}.partial"));
        let data = folder.join("data");
        fs::create_dir_all(&data).map_err(HandoverError::file("making", &data))?;
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(true).mode(0o600);
        let making = |error| HandoverError::file("making", &partial)(error);
        let output =
            Hashed { file: options.open(&partial).map_err(making)?, hash: Sha256::new(), bytes: 0 };
        let encoder = Encoder::new(output, compression).map_err(making)?;
        let file = ExportedFile {
            path: relative,
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
        let ExportedFile { split, shard, .. } = self.file;
        if row.shard != shard {
            return Err(HandoverError::Shard { row: row.shard, file: shard, split });
        }
        let place = (row.slice, row.document);
        if self.last.is_some_and(|last| last >= place) {
            return Err(HandoverError::Order { document: row.document, slice: row.slice });
        }
        self.line.clear();
        row.write_json(&mut self.line)
            .map_err(|source| HandoverError::Json { what: "a row", source })?;
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
