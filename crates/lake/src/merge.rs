//! Sorted files become one sorted stream, of which a few rows of each file are in memory.

use std::{cmp::Reverse, collections::BinaryHeap};

use arrow::{
    array::{Int64Array, RecordBatch},
    compute,
};

use crate::{LakeError, Result, Table, reading::ROWS_AT_ONCE, rows::longs};

/// By what the rows of a file are sorted.
pub(crate) const ORDER: [&str; 4] = ["member_number", "item", "lake_version", "content"];

/// The rows of a file, a few at a time.
type Rows = Box<dyn Iterator<Item = Result<RecordBatch>> + Send>;

/// Merges the rows of sorted files of one table.
pub(crate) struct Merge {
    table: Table,
    sources: Vec<Source>,
    /// The first row of each source that is left, the least on top.
    heads: BinaryHeap<Reverse<([i64; 4], usize)>>,
}

struct Source {
    rows: Rows,
    batch: RecordBatch,
    keys: Vec<Int64Array>,
    at: usize,
}

impl Merge {
    pub(crate) fn of(table: Table, files: Vec<Rows>) -> Result<Self> {
        let empty = || RecordBatch::new_empty(table.file_schema());
        let source = |rows| Source { rows, batch: empty(), keys: Vec::new(), at: 0 };
        let sources = files.into_iter().map(source).collect();
        let mut merge = Self { table, sources, heads: BinaryHeap::new() };
        for place in 0..merge.sources.len() {
            merge.fill(place)?;
        }
        Ok(merge)
    }

    /// The next rows; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<RecordBatch>> {
        let mut picked = Vec::new();
        let mut empty = None;
        while picked.len() < ROWS_AT_ONCE && empty.is_none() {
            let Some(Reverse((_, place))) = self.heads.pop() else { break };
            let Some(source) = self.sources.get_mut(place) else { break };
            picked.push((place, source.at));
            source.at += 1;
            match source.head() {
                Some(key) => self.heads.push(Reverse((key, place))),
                None => empty = Some(place),
            }
        }
        if picked.is_empty() {
            return Ok(None);
        }
        let batches: Vec<_> = self.sources.iter().map(|source| &source.batch).collect();
        let merged = compute::interleave_record_batch(&batches, &picked)
            .map_err(LakeError::data("joining", self.table))?;
        if let Some(place) = empty {
            self.fill(place)?;
        }
        Ok(Some(merged))
    }

    /// Reads on in a source of which every row was taken.
    fn fill(&mut self, place: usize) -> Result<()> {
        let Some(source) = self.sources.get_mut(place) else { return Ok(()) };
        while source.head().is_none() {
            let Some(batch) = source.rows.next().transpose()? else {
                source.batch = RecordBatch::new_empty(self.table.file_schema());
                source.keys.clear();
                return Ok(());
            };
            let keys = ORDER.iter().map(|name| longs(self.table, &batch, name).cloned());
            source.keys = keys.collect::<Result<_>>()?;
            (source.batch, source.at) = (batch, 0);
        }
        self.heads.extend(source.head().map(|key| Reverse((key, place))));
        Ok(())
    }
}

impl Source {
    /// The key of the next row, if the batch has one more.
    fn head(&self) -> Option<[i64; 4]> {
        let mut key = [0; 4];
        if self.keys.len() < key.len() {
            return None;
        }
        for (word, keys) in key.iter_mut().zip(&self.keys) {
            *word = *keys.values().get(self.at)?;
        }
        Some(key)
    }
}
