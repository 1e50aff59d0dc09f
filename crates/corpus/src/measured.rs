//! What the benchmarks need and nothing else does: rows of the caller's, kept as a corpus keeps its
//! own.

use std::path::Path;

use arrow::{array::RecordBatch, datatypes::SchemaRef};

use crate::{
    Result,
    table_file::{Layout, TableFile},
};

/// A Parquet file as those of a corpus.
pub struct MeasuredFile(TableFile);

impl MeasuredFile {
    /// Starts a file; `words` are the columns of few different values.
    ///
    /// # Errors
    /// If the file cannot be made.
    pub fn create(path: &Path, schema: SchemaRef, words: &'static [&'static str]) -> Result<Self> {
        Ok(Self(TableFile::create(path, Layout { schema, sorted_by: None, words })?))
    }

    /// Writes rows.
    ///
    /// # Errors
    /// If the disk is full, or the rows have other columns.
    pub fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        self.0.write(rows)
    }

    /// Closes the file and flushes it to the disk; returns its bytes.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn finish(self) -> Result<u64> {
        Ok(self.0.finish()?.bytes)
    }
}
