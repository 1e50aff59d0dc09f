//! Which documents of whom left with an export: Parquet, in the order of the corpus's cells.

use std::{path::Path, sync::Arc};

use arrow::{
    array::{
        Array, ArrayRef, AsArray, FixedSizeBinaryBuilder, Int64Array, Int64Builder, RecordBatch,
        StringBuilder,
    },
    datatypes::{DataType, Field, Int64Type, Schema, SchemaRef},
};
use corpus::{Cell, Document, DocumentId, Finished, Layout, Owner, Split, TableFile};
use gate::Artefact;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use policy::{Instant, ItemId, MemberNumber};
use sha2::{Digest, Sha256};

use crate::{ElsewhereError, Result};

/// Rows that are encoded at a time.
const ROWS: usize = 8192;

/// The hash of a text: SHA-256 of its UTF-8, which every language can compute.
pub(crate) type TextHash = [u8; 32];

/// A document that left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) member: MemberNumber,
    pub(crate) item: ItemId,
    pub(crate) table: String,
    pub(crate) document: DocumentId,
    pub(crate) cell: Cell,
    /// Of the words as they left.
    pub(crate) text: TextHash,
}

/// Writes an index.
pub(crate) struct IndexFile {
    file: TableFile,
    name: String,
    rows: Rows,
    count: u64,
}

#[derive(Default)]
struct Rows {
    waiting: usize,
    member: Int64Builder,
    item: Int64Builder,
    table: StringBuilder,
    file: StringBuilder,
    row: Int64Builder,
    document: Int64Builder,
    category: StringBuilder,
    created: Int64Builder,
    split: StringBuilder,
    shard: Int64Builder,
    slice: Int64Builder,
    text: Vec<TextHash>,
}

impl IndexFile {
    /// Begins the index `name` below `root`.
    pub(crate) fn create(root: &Path, name: String) -> Result<Self> {
        let words = &["table", "file", "category", "split"];
        let layout = Layout { schema: schema(), sorted_by: None, words };
        let file = TableFile::create(&root.join(&name), layout)?;
        Ok(Self { file, name, rows: Rows::default(), count: 0 })
    }

    pub(crate) fn push(&mut self, cell: Cell, owner: Owner, document: &Document) -> Result<()> {
        let rows = &mut self.rows;
        rows.member.append_value(owner.member.as_i64());
        rows.item.append_value(owner.item.as_i64());
        rows.table.append_value(owner.table.name());
        // an index is its own lineage
        rows.file.append_value(&self.name);
        rows.row.append_value(self.count.cast_signed());
        rows.document.append_value(document.document.as_i64());
        rows.category.append_value(document.category.name());
        rows.created.append_option(document.created.map(Instant::as_micros));
        rows.split.append_value(cell.split.name());
        rows.shard.append_value(cell.shard.into());
        rows.slice.append_value(cell.slice.into());
        rows.text.push(hash_of(&document.text));
        rows.waiting += 1;
        self.count += 1;
        if rows.waiting == ROWS { self.flush() } else { Ok(()) }
    }

    /// Closes the file; when it returns, the content is on the disk.
    pub(crate) fn finish(mut self) -> Result<Artefact> {
        self.flush()?;
        let Finished { rows, blake3, .. } = self.file.finish()?;
        Ok(Artefact { path: self.name, blake3, rows })
    }

    fn flush(&mut self) -> Result<()> {
        if self.rows.waiting == 0 {
            return Ok(());
        }
        let batch = self.rows.batch().map_err(|error| {
            ElsewhereError::parquet("encoding", Path::new(&self.name))(error.into())
        })?;
        Ok(self.file.write(&batch)?)
    }
}

impl Rows {
    fn batch(&mut self) -> Result<RecordBatch, arrow::error::ArrowError> {
        self.waiting = 0;
        let mut text = FixedSizeBinaryBuilder::new(32);
        for hash in self.text.drain(..) {
            text.append_value(hash)?;
        }
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.member.finish()),
            Arc::new(self.item.finish()),
            Arc::new(self.table.finish()),
            Arc::new(self.file.finish()),
            Arc::new(self.row.finish()),
            Arc::new(self.document.finish()),
            Arc::new(self.category.finish()),
            Arc::new(self.created.finish()),
            Arc::new(self.split.finish()),
            Arc::new(self.shard.finish()),
            Arc::new(self.slice.finish()),
            Arc::new(text.finish()),
        ];
        RecordBatch::try_new(schema(), columns)
    }
}

/// Every document of an index, in its order.
pub(crate) fn for_each(
    root: &Path,
    index: &Artefact,
    mut visit: impl FnMut(Left) -> Result<()>,
) -> Result<()> {
    let path = root.join(&index.path);
    let bytes = std::fs::read(&path).map_err(ElsewhereError::file("reading", &path))?;
    let damaged = || {
        let source = parquet::errors::ParquetError::General(
            "its bytes are not those that are on record".to_owned(),
        );
        ElsewhereError::parquet("reading", &path)(source)
    };
    if blake3::hash(&bytes).to_hex().as_str() != index.blake3 {
        return Err(damaged());
    }
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes))
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(ElsewhereError::parquet("reading", &path))?;
    for batch in reader {
        let batch =
            batch.map_err(|error| ElsewhereError::parquet("reading", &path)(error.into()))?;
        for left in rows_of(&batch).ok_or_else(damaged)? {
            visit(left)?;
        }
    }
    Ok(())
}

pub(crate) fn hash_of(text: &str) -> TextHash {
    Sha256::digest(text).into()
}

fn schema() -> SchemaRef {
    let long = |name| Field::new(name, DataType::Int64, false);
    let text = |name| Field::new(name, DataType::Utf8, false);
    Arc::new(Schema::new(vec![
        long("member_number"),
        long("item"),
        text("table"),
        text("file"),
        long("row"),
        long("document"),
        text("category"),
        Field::new("created", DataType::Int64, true),
        text("split"),
        long("shard"),
        long("slice"),
        Field::new("text_sha256", DataType::FixedSizeBinary(32), false),
    ]))
}

fn split_of(name: &str) -> Option<Split> {
    Split::ALL.iter().copied().find(|split| split.name() == name)
}

fn rows_of(batch: &RecordBatch) -> Option<Vec<Left>> {
    let longs = |name| batch.column_by_name(name)?.as_primitive_opt::<Int64Type>();
    let texts = |name| batch.column_by_name(name)?.as_string_opt::<i32>();
    let [members, items, documents]: [&Int64Array; 3] =
        [longs("member_number")?, longs("item")?, longs("document")?];
    let [shards, slices]: [&Int64Array; 2] = [longs("shard")?, longs("slice")?];
    let (tables, splits) = (texts("table")?, texts("split")?);
    let hashes = batch.column_by_name("text_sha256")?.as_fixed_size_binary_opt()?;
    (0..batch.num_rows())
        .map(|row| {
            Some(Left {
                member: MemberNumber::from_i64(members.value(row)),
                item: ItemId::from_i64(items.value(row)),
                table: tables.value(row).to_owned(),
                document: DocumentId::from_i64(documents.value(row)),
                cell: Cell {
                    split: split_of(splits.value(row))?,
                    shard: u16::try_from(shards.value(row)).ok()?,
                    slice: u16::try_from(slices.value(row)).ok()?,
                },
                text: hashes.is_valid(row).then(|| hashes.value(row).try_into().ok())??,
            })
        })
        .collect()
}
