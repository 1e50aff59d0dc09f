use std::collections::BTreeMap;

use arrow::compute;
use policy::{Instant, LakeVersion};

use crate::{
    LakeError, Operation, Result, Table, Writer,
    files::{DataFile, decode},
    log::{Change, ChangeKind},
    rows,
    writer::Plan,
};

/// Files are joined up to this size, in bytes; a larger one is left alone.
pub(crate) const TARGET: u64 = 64 << 20;

impl Writer {
    /// Joins the small files of a range where at least `min_files` can become one, and returns
    /// the newest version. The rows are the same and sorted by member and item.
    ///
    /// The files that were joined stay on disk for the older versions, until an erasure or
    /// [`Writer::sweep`].
    ///
    /// # Errors
    /// If reading or writing fails, or another writer came first.
    pub async fn compact(&mut self, min_files: usize, at: Instant) -> Result<LakeVersion> {
        self.start()?;
        let mut changes = BTreeMap::new();
        for table in Table::ALL.iter().copied() {
            let mut change =
                Change { added: Vec::new(), removed: Vec::new(), kind: ChangeKind::Compact };
            for group in self.groups(table, min_files.max(2))? {
                change.added.push(self.join(table, &group, at).await?);
                change.removed.extend(group);
            }
            changes.insert(table, change);
        }
        self.publish(Plan { changes, ..Plan::new(Operation::Compact) }, at).await
    }

    /// Neighbouring small files of one range whose sizes add up to no more than [`TARGET`].
    fn groups(&self, table: Table, min_files: usize) -> Result<Vec<Vec<DataFile>>> {
        let Some(log) = self.logs.get(&table) else {
            return Ok(Vec::new());
        };
        let mut ranges = BTreeMap::<i64, Vec<Vec<DataFile>>>::new();
        for file in log.files()?.into_iter().filter(|file| file.bytes < TARGET) {
            let groups = ranges.entry(file.range).or_default();
            match groups.last_mut() {
                Some(group) if size(group) + file.bytes <= TARGET => group.push(file),
                _ => groups.push(vec![file]),
            }
        }
        Ok(ranges.into_values().flatten().filter(|group| group.len() >= min_files).collect())
    }

    async fn join(&mut self, table: Table, files: &[DataFile], at: Instant) -> Result<DataFile> {
        let mut batches = Vec::new();
        for file in files {
            let bytes = self.lake.shared.files.fetch(table, file).await?;
            batches.push(decode(table, bytes, None)?);
        }
        let rows = compute::concat_batches(&table.file_schema(), &batches)
            .map_err(LakeError::data("joining", table))?;
        let range = files.first().map(|file| file.range).unwrap_or_default();
        self.write(table, range, &rows::sort(table, &rows)?, at).await
    }
}

fn size(files: &[DataFile]) -> u64 {
    files.iter().map(|file| file.bytes).sum()
}
