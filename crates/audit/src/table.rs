//! Rows of Parquet files by the names of their columns.

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::Int64Type,
};
use bytes::Bytes;
use parquet::{
    arrow::arrow_reader::ParquetRecordBatchReaderBuilder, errors::ParquetError,
    file::metadata::ParquetMetaData,
};

/// Rows that are decoded at a time.
const BATCH: usize = 8192;

/// One row of a decoded batch.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    batch: &'a RecordBatch,
    at: usize,
}

impl<'a> Row<'a> {
    /// A row of a batch.
    pub(crate) const fn of(batch: &'a RecordBatch, at: usize) -> Self {
        Self { batch, at }
    }

    /// A number; `None` if it is null, or there is no such column of numbers.
    pub(crate) fn long(self, column: &str) -> Option<i64> {
        let column = self.batch.column_by_name(column)?;
        let values = column.as_primitive_opt::<Int64Type>()?;
        values.is_valid(self.at).then(|| values.value(self.at))
    }

    /// A text; `None` if it is null, or there is no such column of texts.
    pub(crate) fn text(self, column: &str) -> Option<&'a str> {
        let column = self.batch.column_by_name(column)?;
        if column.is_null(self.at) {
            return None;
        }
        if let Some(values) = column.as_string_opt::<i32>() {
            return Some(values.value(self.at));
        }
        if let Some(values) = column.as_string_opt::<i64>() {
            return Some(values.value(self.at));
        }
        column.as_string_view_opt().map(|values| values.value(self.at))
    }

    /// Bytes of a fixed number; `None` if they are null, or there is no such column.
    pub(crate) fn bytes(self, column: &str) -> Option<&'a [u8]> {
        let values = self.batch.column_by_name(column)?.as_fixed_size_binary_opt()?;
        values.is_valid(self.at).then(|| values.value(self.at))
    }

    /// Whether a yes or no is a yes.
    pub(crate) fn is_set(self, column: &str) -> bool {
        let column = self.batch.column_by_name(column).and_then(|column| column.as_boolean_opt());
        column.is_some_and(|values| values.is_valid(self.at) && values.value(self.at))
    }
}

/// Calls `visit` for every row, and returns the names of the columns and what the footer says.
pub(crate) fn for_each(
    bytes: Bytes,
    mut visit: impl FnMut(Row<'_>),
) -> Result<(Vec<String>, ParquetMetaData), ParquetError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes)?;
    let metadata = builder.metadata().as_ref().clone();
    let columns = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    for batch in builder.with_batch_size(BATCH).build()? {
        let batch = batch?;
        for at in 0..batch.num_rows() {
            visit(Row { batch: &batch, at });
        }
    }
    Ok((columns, metadata))
}
