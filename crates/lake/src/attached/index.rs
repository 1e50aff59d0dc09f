//! Index files: whose each row of a file is, and by which numbers it is known.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch},
    compute::concat_batches,
    datatypes::{DataType, Field, Int64Type, Schema, SchemaRef},
};
use bytes::Bytes;
use parquet::{
    arrow::{
        ArrowWriter, ProjectionMask,
        arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder},
    },
    basic::{Compression, ZstdLevel},
    errors::ParquetError,
    file::properties::{EnabledStatistics, WriterProperties},
};
use policy::{ItemId, LakeVersion, MemberNumber, MemberSet};

use crate::ContentKey;

/// The columns of an index; all of them are null for a row that is not read.
pub(crate) const COLUMNS: [&str; 6] =
    ["member_number", "item", "content", "lake_version", "parent_member", "parent_item"];

/// Rows of an index that are decoded at a time where only keys are looked for.
const KEYS: usize = 8_192;

/// What an index says of one row that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexRow {
    /// Whose row it is.
    pub member: MemberNumber,
    /// Addresses the row within its member.
    pub item: ItemId,
    /// The keyed hash of its content.
    pub content: i64,
    /// The lake version with which it came in, or was changed last.
    pub version: LakeVersion,
    /// What it answers.
    pub parent: Option<(MemberNumber, ItemId)>,
}

/// Writes an index, row after row in the order of the file.
pub struct IndexWriter {
    writer: ArrowWriter<Vec<u8>>,
}

impl IndexWriter {
    /// An index without rows.
    ///
    /// # Errors
    /// If the format cannot be written.
    pub fn new() -> Result<Self, ParquetError> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
            .set_statistics_enabled(EnabledStatistics::None)
            .set_offset_index_disabled(true)
            .set_created_by("zweck".to_owned())
            .build();
        let writer = ArrowWriter::try_new(Vec::new(), schema(), Some(properties))?;
        Ok(Self { writer })
    }

    /// Adds the rows of the file that come next; `None` for one that is not read.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn push(&mut self, rows: &[Option<IndexRow>]) -> Result<(), ParquetError> {
        let column = |of: &dyn Fn(&IndexRow) -> Option<i64>| -> ArrayRef {
            Arc::new(rows.iter().map(|row| of(row.as_ref()?)).collect::<Int64Array>())
        };
        let columns = vec![
            column(&|row| Some(row.member.as_i64())),
            column(&|row| Some(row.item.as_i64())),
            column(&|row| Some(row.content)),
            column(&|row| Some(row.version.as_i64())),
            column(&|row| Some(row.parent?.0.as_i64())),
            column(&|row| Some(row.parent?.1.as_i64())),
        ];
        self.writer.write(&RecordBatch::try_new(schema(), columns)?)
    }

    /// The bytes of the index.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn finish(self) -> Result<Vec<u8>, ParquetError> {
        self.writer.into_inner()
    }
}

/// Reads an index in step with its file.
pub(crate) struct IndexReader {
    reader: ParquetRecordBatchReader,
    waiting: RecordBatch,
}

impl IndexReader {
    pub(crate) fn new(bytes: Bytes) -> Result<Self, ParquetError> {
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes)?.build()?;
        Ok(Self { reader, waiting: RecordBatch::new_empty(schema()) })
    }

    /// What it says of the next rows: exactly so many, unless it ends before.
    pub(crate) fn take(&mut self, rows: usize) -> Result<RecordBatch, ParquetError> {
        while self.waiting.num_rows() < rows {
            let Some(next) = self.reader.next().transpose()? else { break };
            self.waiting = concat_batches(&schema(), [&self.waiting, &next])?;
        }
        let rows = rows.min(self.waiting.num_rows());
        let taken = self.waiting.slice(0, rows);
        self.waiting = self.waiting.slice(rows, self.waiting.num_rows() - rows);
        Ok(taken)
    }

    /// Whether it says nothing of any further row.
    pub(crate) fn is_at_end(&mut self) -> Result<bool, ParquetError> {
        while self.waiting.num_rows() == 0 {
            match self.reader.next().transpose()? {
                Some(next) => self.waiting = next,
                None => return Ok(true),
            }
        }
        Ok(false)
    }

    /// The keys of the rows of some members; holds a few rows of the index at a time, and these.
    pub(crate) fn keys(bytes: Bytes, members: &MemberSet) -> Result<Vec<ContentKey>, ParquetError> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes)?.with_batch_size(KEYS);
        let names = ["member_number", "item", "content"];
        let mask = ProjectionMask::columns(builder.parquet_schema(), names);
        let mut keys = Vec::new();
        for batch in builder.with_projection(mask).build()? {
            let batch = batch?;
            let [member, item, content] = names.map(|name| column(&batch, name));
            let (member, item, content) = (member?, item?, content?);
            keys.extend((0..batch.num_rows()).filter_map(|row| {
                let member = MemberNumber::from_i64(value(member, row)?);
                members.contains(member).then_some(())?;
                let item = ItemId::from_i64(value(item, row)?);
                Some(ContentKey { member, item, content: value(content, row)? })
            }));
        }
        Ok(keys)
    }

    /// Everything that it says, row by row.
    pub(crate) fn rows(self) -> Result<Vec<Option<IndexRow>>, ParquetError> {
        let mut rows = Vec::new();
        for batch in self.reader {
            let batch = batch?;
            let [member, item, content, version, parent_member, parent_item] =
                COLUMNS.map(|name| column(&batch, name));
            let (member, item, content, version) = (member?, item?, content?, version?);
            let (parent_member, parent_item) = (parent_member?, parent_item?);
            rows.extend((0..batch.num_rows()).map(|row| {
                let parent = value(parent_member, row).zip(value(parent_item, row));
                Some(IndexRow {
                    member: MemberNumber::from_i64(value(member, row)?),
                    item: ItemId::from_i64(value(item, row)?),
                    content: value(content, row)?,
                    version: LakeVersion::from_i64(value(version, row)?),
                    parent: parent.map(|(member, item)| {
                        (MemberNumber::from_i64(member), ItemId::from_i64(item))
                    }),
                })
            }));
        }
        Ok(rows)
    }
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a Int64Array, ParquetError> {
    let values = batch.column_by_name(name).and_then(|one| one.as_primitive_opt::<Int64Type>());
    values.ok_or_else(|| ParquetError::General(format!("an index without `{name}`")))
}

fn value(values: &Int64Array, row: usize) -> Option<i64> {
    values.is_valid(row).then(|| values.value(row))
}

fn schema() -> SchemaRef {
    let field = |name: &str| Field::new(name, DataType::Int64, true);
    Arc::new(Schema::new(COLUMNS.map(field).to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: i64) -> Option<IndexRow> {
        let parent = (number % 3 == 0)
            .then(|| (MemberNumber::from_i64(number + 1), ItemId::from_i64(number + 2)));
        (number % 5 != 0).then(|| IndexRow {
            member: MemberNumber::from_i64(number),
            item: ItemId::from_i64(number * 7),
            content: number * 11,
            version: LakeVersion::from_i64(3),
            parent,
        })
    }

    #[test]
    fn an_index_is_read_in_steps_of_any_length() {
        let rows: Vec<_> = (0..5_000).map(row).collect();
        let mut writer = IndexWriter::new().unwrap();
        for part in rows.chunks(777) {
            writer.push(part).unwrap();
        }
        let bytes = Bytes::from(writer.finish().unwrap());
        assert_eq!(IndexReader::new(bytes.clone()).unwrap().rows().unwrap(), rows);
        let some = [6, 15, 4_999, 9_000].map(MemberNumber::from_i64).into_iter().collect();
        let keys = IndexReader::keys(bytes.clone(), &some).unwrap();
        let keys: Vec<_> = keys.iter().map(|key| (key.item.as_i64(), key.content)).collect();
        assert_eq!(keys, [(42, 66), (34_993, 54_989)], "the fifteenth is not read");
        let mut reader = IndexReader::new(bytes).unwrap();
        let mut members = Vec::new();
        for step in [1, 999, 0, 1024, 2_500, 10_000] {
            let taken = reader.take(step).unwrap();
            members.extend(taken.column(0).as_primitive::<Int64Type>().iter());
        }
        let expected: Vec<_> = rows.iter().map(|row| row.map(|row| row.member.as_i64())).collect();
        assert_eq!(members, expected);
        assert!(reader.is_at_end().unwrap());
    }
}
