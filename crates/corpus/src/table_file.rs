//! Parquet files whose bytes follow from their rows alone.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use parquet::{
    arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder},
    basic::{Compression, ZstdLevel},
    file::properties::{EnabledStatistics, WriterProperties, WriterVersion},
    schema::types::ColumnPath,
};

use crate::{CorpusError, Result};

/// Rows in a row group.
pub(crate) const ROW_GROUP: usize = 65_536;

/// Bytes of a page before it is compressed: few enough to stay in a processor's cache.
const PAGE_BYTES: usize = 512 << 10;

/// What the columns of a file are like.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Its columns.
    pub schema: SchemaRef,
    /// A column of numbers that keeps its bounds, so that a reader can leave out row groups. No
    /// other column keeps any: bounds would be values of members.
    pub sorted_by: Option<&'static str>,
    /// The columns of few different values, which are kept once. Elsewhere a dictionary only costs.
    pub words: &'static [&'static str],
}

/// What a finished file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// How many rows it has.
    pub rows: u64,
    /// Its length.
    pub bytes: u64,
    /// The hash of its bytes, in lower-case hex.
    pub blake3: String,
}

impl Finished {
    /// The part of the hash that stands in the file's name.
    pub(crate) fn short_hash(&self) -> &str {
        self.blake3.get(..12).unwrap_or(&self.blake3)
    }
}

/// Writes a file and hashes it on the way.
pub struct TableFile {
    path: std::path::PathBuf,
    writer: ArrowWriter<Hashed>,
    rows: u64,
}

impl TableFile {
    /// Starts a file.
    ///
    /// # Errors
    /// If the file cannot be made.
    pub fn create(path: &Path, layout: Layout) -> Result<Self> {
        let file = File::create(path).map_err(CorpusError::file("creating", path))?;
        let hashed = Hashed { file: BufWriter::new(file), hasher: blake3::Hasher::new(), bytes: 0 };
        let properties = layout.properties().map_err(CorpusError::parquet("starting", path))?;
        let writer = ArrowWriter::try_new(hashed, layout.schema, Some(properties))
            .map_err(CorpusError::parquet("starting", path))?;
        Ok(Self { path: path.to_owned(), writer, rows: 0 })
    }

    /// Writes rows.
    ///
    /// # Errors
    /// If the disk is full, or the rows have other columns.
    pub fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        self.rows += rows.num_rows() as u64;
        self.writer.write(rows).map_err(CorpusError::parquet("writing", &self.path))
    }

    /// Closes the file; when it returns, the content is on the disk.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn finish(self) -> Result<Finished> {
        let Self { path, writer, rows } = self;
        let hashed = writer.into_inner().map_err(CorpusError::parquet("finishing", &path))?;
        let Hashed { file, hasher, bytes } = hashed;
        let file = file.into_inner().map_err(|error| error.into_error());
        let file = file.map_err(CorpusError::file("writing", &path))?;
        file.sync_all().map_err(CorpusError::file("flushing", &path))?;
        Ok(Finished { rows, bytes, blake3: hasher.finalize().to_hex().to_string() })
    }
}

/// Opens a file for reading in batches.
pub(crate) fn open(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>> {
    let file = File::open(path).map_err(CorpusError::file("opening", path))?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(CorpusError::parquet("opening", path))
}

impl Layout {
    fn properties(&self) -> parquet::errors::Result<WriterProperties> {
        let builder = WriterProperties::builder()
            .set_writer_version(WriterVersion::PARQUET_1_0)
            // the default names the version of the library, which is no part of the content
            .set_created_by("zweck corpus".to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
            .set_max_row_group_row_count(Some(ROW_GROUP))
            .set_data_page_row_count_limit(ROW_GROUP)
            .set_data_page_size_limit(PAGE_BYTES)
            .set_dictionary_enabled(false)
            .set_statistics_enabled(EnabledStatistics::None);
        let words = self.words.iter().copied().map(ColumnPath::from);
        let builder =
            words.fold(builder, |builder, word| builder.set_column_dictionary_enabled(word, true));
        let bounds = EnabledStatistics::Chunk;
        let sorted_by = self.sorted_by.into_iter().map(ColumnPath::from);
        let builder = sorted_by
            .fold(builder, |builder, column| builder.set_column_statistics_enabled(column, bounds));
        Ok(builder.build())
    }
}

/// A file that is hashed while it is written.
struct Hashed {
    file: BufWriter<File>,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        let (done, _) = bytes.split_at(written);
        self.hasher.update(done);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
