//! What the documents of a corpus have by which duplicates are told, in a file of the corpus, so that
//! one that follows it knows what is there without reading a single text.
//!
//! The file goes with the documents: whenever some of them go, it is written anew.

use std::{path::Path, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch},
    datatypes::{DataType, Field, Int64Type, Schema, SchemaRef},
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use spill::Sorted;

use crate::{
    CorpusError, Result,
    table_file::{Finished, Layout, TableFile, open},
};

const TRAIT: &str = "trait";

/// Rows that are encoded at a time; part of what makes the bytes.
const ROWS: usize = 8192;

/// What documents of corpora that came earlier have, each file from the least to the greatest.
#[derive(Default)]
pub(crate) struct Earlier(Vec<Cursor>);

/// Goes through a file, once.
struct Cursor {
    path: std::path::PathBuf,
    rest: Option<ParquetRecordBatchReader>,
    batch: Int64Array,
    next: usize,
}

/// Writes what is sorted, each number once.
pub(crate) fn write(path: &Path, traits: &Sorted<1>) -> Result<Finished> {
    let mut file = TableFile::create(path, layout())?;
    let mut records = traits.records();
    let (mut waiting, mut last) = (Vec::with_capacity(ROWS), None);
    while let Some([number]) = records.next().map_err(CorpusError::sorting)? {
        if last == Some(number) {
            continue;
        }
        last = Some(number);
        waiting.push(number);
        if waiting.len() == ROWS {
            file.write(&encode(std::mem::take(&mut waiting), path)?)?;
        }
    }
    if !waiting.is_empty() {
        file.write(&encode(waiting, path)?)?;
    }
    file.finish()
}

impl Earlier {
    /// Adds the file of one corpus.
    pub(crate) fn add(&mut self, path: &Path) -> Result<()> {
        let reader = open(path)?.build().map_err(CorpusError::parquet("reading", path))?;
        let nothing = Int64Array::from(Vec::<i64>::new());
        let (path, rest) = (path.to_owned(), Some(reader));
        self.0.push(Cursor { path, rest, batch: nothing, next: 0 });
        Ok(())
    }

    /// Whether a document that came earlier has it; asked from the least to the greatest.
    pub(crate) fn has(&mut self, hash: i64) -> Result<bool> {
        let mut has = false;
        for cursor in &mut self.0 {
            has |= cursor.reach(hash)?;
        }
        Ok(has)
    }

    #[cfg(test)]
    pub(crate) fn of_traits(traits: Vec<i64>) -> Self {
        let (path, batch) = (std::path::PathBuf::new(), Int64Array::from(traits));
        Self(vec![Cursor { path, rest: None, batch, next: 0 }])
    }
}

impl Cursor {
    /// Goes to the first number that is not less, and says whether it is this one.
    fn reach(&mut self, hash: i64) -> Result<bool> {
        loop {
            let values = self.batch.values();
            if values.last().is_some_and(|greatest| hash <= *greatest) {
                let rest = values.get(self.next..).unwrap_or_default();
                self.next += rest.partition_point(|number| *number < hash);
                return Ok(values.get(self.next) == Some(&hash));
            }
            let Some(batch) = self.rest.as_mut().and_then(Iterator::next) else {
                return Ok(false);
            };
            let path = &self.path;
            let failed = |error: arrow::error::ArrowError| {
                CorpusError::parquet("reading", path)(error.into())
            };
            let batch = batch.map_err(failed)?;
            let numbers = batch.column_by_name(TRAIT);
            let numbers = numbers.and_then(|column| column.as_primitive_opt::<Int64Type>());
            let damaged = || CorpusError::damaged(path, "is no list of what documents have");
            self.batch =
                numbers.filter(|column| column.null_count() == 0).ok_or_else(damaged)?.clone();
            self.next = 0;
        }
    }
}

fn layout() -> Layout {
    Layout { schema: schema(), sorted_by: None, words: &[] }
}

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new(TRAIT, DataType::Int64, false)]))
}

fn encode(numbers: Vec<i64>, path: &Path) -> Result<RecordBatch> {
    let column: ArrayRef = Arc::new(Int64Array::from(numbers));
    RecordBatch::try_new(schema(), vec![column])
        .map_err(|error| CorpusError::parquet("encoding", path)(error.into()))
}

#[cfg(test)]
mod tests {
    use spill::Sorter;

    use super::*;

    #[test]
    fn every_number_that_was_written_is_found_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let mut paths = Vec::new();
        for (name, step) in [("one", 7), ("two", 11)] {
            let mut sorter = Sorter::new(1 << 10);
            for number in (0..30_000).rev() {
                sorter.push([number * step]).unwrap();
                sorter.push([number * step]).unwrap();
            }
            let path = folder.path().join(name);
            let finished = write(&path, &sorter.finish().unwrap()).unwrap();
            assert_eq!(finished.rows, 30_000);
            paths.push(path);
        }
        let mut earlier = Earlier::default();
        for path in &paths {
            earlier.add(path).unwrap();
        }
        for number in -5..400_000 {
            let is_in = |step: i64| (0..30_000 * step).contains(&number) && number % step == 0;
            assert_eq!(earlier.has(number).unwrap(), is_in(7) || is_in(11), "{number}");
        }
    }
}
