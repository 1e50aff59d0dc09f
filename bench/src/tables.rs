//! The files that are scanned: a lake, or the same rows in random order in files of the same kind.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch},
    datatypes::{DataType, Field, Schema},
};
use datafusion::{
    catalog::TableProvider,
    datasource::{
        file_format::parquet::ParquetFormat,
        listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl},
    },
    prelude::SessionContext,
};
use lake::{Append, Lake, Options, Table};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::{EnabledStatistics, WriterProperties},
};

use crate::{
    network::{Network, as_of, author},
    rows::Author,
};

/// Rows that are made and written at once.
const CHUNK: usize = 500_000;

/// The order in which rows lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As a lake keeps them: by member, in files of 65,536 members.
    Member,
    /// Anyhow: a lake has no such files, tables of others do.
    Random,
}

/// The folder of one table of items.
#[derive(Debug, Clone)]
pub struct Items {
    /// The folder.
    pub folder: PathBuf,
    /// How its rows lie.
    pub order: Order,
}

impl Items {
    /// Writes the rows of a network.
    ///
    /// # Errors
    /// If they cannot be written.
    pub async fn write(&self, network: &Network) -> Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let author_of = Author::new(network.members)?;
        let mut rows: Vec<u64> = (0..network.rows).collect();
        match self.order {
            Order::Member => {
                rows.sort_by_cached_key(|row| author(*row, network.members));
                let lake = self.lake().await?;
                for chunk in rows.chunks(CHUNK) {
                    let batch = author_of.items(chunk, None)?;
                    let rows = BTreeMap::from([(Table::Items, batch)]);
                    let append = Append { rows, replaced: Vec::new() };
                    lake.writer().await?.append(append, as_of()?).await?;
                }
            }
            Order::Random => {
                let files = self.files();
                std::fs::create_dir_all(&files)?;
                for (chunk, place) in rows.chunks(CHUNK).zip(0_i64..) {
                    let batch = author_of.items(chunk, Some(place + 1))?;
                    write(&files.join(format!("{place:04}.parquet")), &batch)?;
                }
            }
        }
        Ok(())
    }

    /// The rows as a table without a gate.
    ///
    /// # Errors
    /// If they cannot be opened.
    pub async fn table(&self) -> Result<Arc<dyn TableProvider>> {
        match self.order {
            Order::Member => Ok(self.lake().await?.table(Table::Items).await?),
            Order::Random => {
                let path = self.files();
                let path = path.to_str().context("a path that is no text")?;
                let url = ListingTableUrl::parse(format!("{path}/"))?;
                let options = ListingOptions::new(Arc::new(ParquetFormat::default()))
                    .with_file_extension(".parquet");
                let config = ListingTableConfig::new(url)
                    .with_listing_options(options)
                    .with_schema(Table::Items.scan_schema());
                Ok(Arc::new(ListingTable::try_new(config)?))
            }
        }
    }

    async fn lake(&self) -> Result<Lake> {
        let folder = self.folder.join("lake");
        let location = folder.to_str().context("a path that is no text")?;
        Ok(Lake::open(location, Options::default()).await?)
    }

    fn files(&self) -> PathBuf {
        self.folder.join("files")
    }
}

/// Writes what the peers join against: members of whom no row may be used, and single rows.
///
/// # Errors
/// If the files cannot be written.
pub fn write_refused(folder: &Path, members: Vec<i64>, rows: &BTreeSet<(i64, i64)>) -> Result<()> {
    let field = |name: &str| Field::new(name, DataType::Int64, false);
    let longs = |values: Vec<i64>| -> ArrayRef { Arc::new(Int64Array::from(values)) };
    let schema = Arc::new(Schema::new(vec![field("member_number")]));
    let batch = RecordBatch::try_new(schema, vec![longs(members)])?;
    write(&folder.join("refused-members.parquet"), &batch)?;
    let schema = Arc::new(Schema::new(vec![field("member_number"), field("item")]));
    let (of, items) = rows.iter().copied().unzip();
    let batch = RecordBatch::try_new(schema, vec![longs(of), longs(items)])?;
    write(&folder.join("refused-rows.parquet"), &batch)
}

/// A session whose scans use so many threads.
pub fn session(threads: usize) -> SessionContext {
    let config = datafusion::prelude::SessionConfig::new().with_target_partitions(threads);
    SessionContext::new_with_config(config)
}

/// Writes a file as the lake does.
fn write(path: &Path, batch: &RecordBatch) -> Result<()> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .set_max_row_group_row_count(Some(65_536))
        .build();
    let file = File::create(path).with_context(|| format!("creating `{}`", path.display()))?;
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties))?;
    writer.write(batch)?;
    writer.close()?;
    Ok(())
}
