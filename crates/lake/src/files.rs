//! Data files: Parquet without statistics, named after what they hold.

use std::sync::Arc;

use arrow::array::RecordBatch;
use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use parquet::{
    arrow::{ArrowWriter, arrow_writer::ArrowWriterOptions},
    basic::{Compression, ZstdLevel},
    errors::ParquetError,
    file::{
        FOOTER_SIZE,
        metadata::{FooterTail, ParquetMetaDataReader},
        properties::{EnabledStatistics, WriterProperties},
    },
};
use policy::{Instant, LakeVersion};

use crate::{LakeError, Result, Table};

/// Rows are read and rewritten by member, so a row group holds a few thousand members' rows.
const ROWS_PER_GROUP: usize = 65_536;
const BYTES_PER_GROUP: usize = 64 << 20;

/// The end of a file that is read to find its footer; most footers are shorter.
const FOOTER_GUESS: u64 = 16 << 10;

/// A data file that a Delta log names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DataFile {
    /// Relative to the table.
    pub(crate) path: String,
    pub(crate) range: i64,
    pub(crate) bytes: u64,
    /// By the clock of who wrote it.
    pub(crate) at: Instant,
}

impl DataFile {
    /// Whether it may hold rows that came in after a version: a file is named by the version that
    /// wrote it, and its rows by that one or earlier ones.
    pub(crate) fn may_be_after(&self, since: LakeVersion) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        let version = name.split('-').next().and_then(|digits| digits.parse::<i64>().ok());
        version.is_none_or(|version| version > since.as_i64())
    }
}

/// Reads and writes the data files of a lake.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    store: Arc<dyn ObjectStore>,
}

impl Files {
    pub(crate) fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store }
    }

    pub(crate) fn store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.store)
    }

    pub(crate) async fn fetch(&self, table: Table, file: &DataFile) -> Result<Bytes> {
        let path = object_path(table, &file.path);
        let object = self.store.get(&path).await;
        let object = object.map_err(LakeError::object("reading", &path))?;
        object.bytes().await.map_err(LakeError::object("reading", &path))
    }

    /// How many rows a file holds, by its footer alone.
    pub(crate) async fn count(&self, table: Table, file: &DataFile) -> Result<u64> {
        let mut tail = self.tail(table, file, FOOTER_GUESS).await?;
        let needed = footer_length(&tail).map_err(LakeError::data("reading", table))?;
        if needed > tail.len() as u64 {
            tail = self.tail(table, file, needed).await?;
        }
        count(&tail, needed).map_err(LakeError::data("reading", table))
    }

    /// The last bytes of a file, all of it if it is shorter.
    async fn tail(&self, table: Table, file: &DataFile, length: u64) -> Result<Bytes> {
        let path = object_path(table, &file.path);
        let range = file.bytes.saturating_sub(length)..file.bytes;
        let tail = self.store.get_range(&path, range).await;
        tail.map_err(LakeError::object("reading", &path))
    }

    /// Writes rows, which are of one range and sorted, under a name made of the lake version, the
    /// place in the commit and the hash of the bytes: no clock and no chance.
    pub(crate) async fn put(
        &self,
        table: Table,
        bytes: Vec<u8>,
        name: &FileName,
    ) -> Result<DataFile> {
        let hash = blake3::hash(&bytes).to_hex();
        let path = format!(
            "range={}/{:020}-{:06}-{}.parquet",
            name.range,
            name.version.as_i64(),
            name.place,
            hash.get(..16).unwrap_or(&hash)
        );
        let length = bytes.len() as u64;
        let object = object_path(table, &path);
        let put = self.store.put(&object, bytes.into()).await;
        put.map_err(LakeError::object("writing", &object))?;
        Ok(DataFile { path, range: name.range, bytes: length, at: name.at })
    }
}

/// What a data file is named after.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileName {
    pub(crate) range: i64,
    pub(crate) version: LakeVersion,
    pub(crate) place: u64,
    pub(crate) at: Instant,
}

/// The bytes of a data file that comes into being a few rows at a time.
pub(crate) struct Encoder {
    table: Table,
    writer: ArrowWriter<Vec<u8>>,
}

impl Encoder {
    pub(crate) fn new(table: Table) -> Result<Self> {
        let failed = LakeError::data("writing", table);
        let level = ZstdLevel::try_new(1).map_err(&failed)?;
        let once = table.columns().filter(|column| !column.unit.repeats());
        let properties = once.fold(WriterProperties::builder(), |properties, column| {
            properties.set_column_dictionary_enabled(column.name.into(), false)
        });
        let properties = properties
            .set_compression(Compression::ZSTD(level))
            .set_statistics_enabled(EnabledStatistics::None)
            .set_offset_index_disabled(true)
            .set_bloom_filter_enabled(false)
            .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
            .set_max_row_group_bytes(Some(BYTES_PER_GROUP))
            .set_created_by("zweck".to_owned())
            .build();
        let options =
            ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(Vec::new(), table.file_schema(), options);
        Ok(Self { table, writer: writer.map_err(&failed)? })
    }

    /// Adds rows, which come behind those before in their order.
    pub(crate) fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        self.writer.write(rows).map_err(LakeError::data("writing", self.table))
    }

    pub(crate) fn finish(self) -> Result<Vec<u8>> {
        self.writer.into_inner().map_err(LakeError::data("writing", self.table))
    }
}

/// The path of a data file relative to the lake.
pub(crate) fn object_path(table: Table, path: &str) -> Path {
    path.split('/').fold(Path::from(table.name()), |folder, part| folder.join(part))
}

/// The lake version that a data file was written for; `None` if it is not named like one.
pub(crate) fn version_in(path: &Path) -> Option<i64> {
    path.filename()?.split_once('-')?.0.parse().ok()
}

/// How long the footer is, with its own length and the magic word behind it.
fn footer_length(tail: &[u8]) -> Result<u64, ParquetError> {
    let end = tail.last_chunk::<FOOTER_SIZE>().ok_or_else(truncated)?;
    Ok((FooterTail::try_new(end)?.metadata_length() + FOOTER_SIZE) as u64)
}

fn count(tail: &[u8], footer_length: u64) -> Result<u64, ParquetError> {
    let start = usize::try_from(footer_length).ok().and_then(|all| tail.len().checked_sub(all));
    let end = tail.len().saturating_sub(FOOTER_SIZE);
    let footer = start.and_then(|start| tail.get(start..end)).ok_or_else(truncated)?;
    let rows = ParquetMetaDataReader::decode_metadata(footer)?.file_metadata().num_rows();
    Ok(u64::try_from(rows).unwrap_or_default())
}

fn truncated() -> ParquetError {
    ParquetError::EOF("the file is shorter than its footer".to_owned())
}
