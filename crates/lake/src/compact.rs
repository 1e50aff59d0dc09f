//! Small files of a range become one; the rows and the version that brought each stay the same.

use std::collections::BTreeMap;

use policy::{Instant, LakeVersion};

use crate::{
    Lake, Operation, Result, Table, Writer,
    files::{DataFile, Encoder},
    log::{Change, ChangeKind},
    merge::Merge,
    reading::rows_of,
    writer::Plan,
};

/// Files are joined up to this size, in bytes; a larger one is left alone.
pub(crate) const TARGET: u64 = 64 << 20;

/// The same while rows come in: what is joined and what comes of it are in memory.
const TARGET_WHILE_IMPORTING: u64 = 16 << 20;

/// Few files become one at a time: of each its bytes are in memory, and of every column of it a page
/// and what decompresses it. Or as many as are little together, which are read whole, one after the
/// other, because what decompresses is more than they are.
const FEW: usize = 4;
const LITTLE: u64 = 1 << 20;
const MANY: usize = 32;

/// Which files are to be joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compaction {
    /// Only those of this table; `None` is every table.
    pub table: Option<Table>,
    /// Files of a range are joined from this many on; at least 2.
    pub min_files: usize,
    /// Up to which size, in bytes; a larger one is left alone.
    pub target: u64,
}

/// What a compaction did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compacted {
    /// The newest version; the same as before if there was nothing to join.
    pub version: LakeVersion,
    /// How many files were joined.
    pub files_joined: u64,
    /// How many files they became.
    pub files_written: u64,
    /// The size of the files that were joined, in bytes.
    pub bytes_joined: u64,
    /// The size of what they became, in bytes.
    pub bytes_written: u64,
}

/// How far a compaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompactionProgress {
    /// The size of the files that are joined already, in bytes.
    pub bytes_joined: u64,
    /// The size of all files that are to be joined, in bytes.
    pub bytes_total: u64,
}

impl Compaction {
    /// Joins the files of every table.
    pub const fn of_all(min_files: usize) -> Self {
        Self::of(None, min_files)
    }

    /// Joins the files of one table, or of every one.
    pub const fn of(table: Option<Table>, min_files: usize) -> Self {
        Self { table, min_files, target: TARGET }
    }

    /// Joins the files of every table beside an import, which is to take little memory.
    pub const fn while_importing(min_files: usize) -> Self {
        Self { table: None, min_files, target: TARGET_WHILE_IMPORTING }
    }

    /// Neighbouring small files of one range whose sizes add up to no more than the target, and of
    /// them as many as are joined at a time.
    fn groups(self, files: Vec<DataFile>) -> Vec<Vec<DataFile>> {
        let mut ranges = BTreeMap::<i64, Vec<Vec<DataFile>>>::new();
        for file in files.into_iter().filter(|file| file.bytes < self.target) {
            let groups = ranges.entry(file.range).or_default();
            match groups.last_mut() {
                Some(group) if size(group) + file.bytes <= self.target => group.push(file),
                _ => groups.push(vec![file]),
            }
        }
        let enough = self.min_files.max(2);
        ranges
            .into_values()
            .flatten()
            .filter(|group| group.len() >= enough)
            .flat_map(parts)
            .collect()
    }

    fn tables(self) -> impl Iterator<Item = Table> {
        Table::ALL.iter().copied().filter(move |table| self.table.is_none_or(|one| one == *table))
    }
}

impl Lake {
    /// Whether [`Writer::compact`] would find anything to join. Reads no data file.
    ///
    /// # Errors
    /// If the lake cannot be read.
    pub async fn has_small_files(&self, compaction: Compaction) -> Result<bool> {
        let head = self.head().await?;
        for table in compaction.tables() {
            if !compaction.groups(head.files(table).await?).is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Writer {
    /// Joins the small files of a range where there are at least so many, some of them at a time:
    /// where they become more than one, it can be called again. The rows are the same, with the
    /// versions that brought them, and sorted by member and item.
    ///
    /// The files that were joined stay on disk for the older versions, until an erasure or
    /// [`Writer::sweep`].
    ///
    /// # Errors
    /// If reading or writing fails, or another writer came first.
    pub async fn compact(
        &mut self,
        compaction: Compaction,
        at: Instant,
        told: &mut (dyn FnMut(CompactionProgress) + Send),
    ) -> Result<Compacted> {
        self.start()?;
        let mut wanted = BTreeMap::new();
        for table in compaction.tables() {
            let files = self.logs.get(&table).map_or_else(|| Ok(Vec::new()), |log| log.files())?;
            wanted.insert(table, compaction.groups(files));
        }
        let bytes_total = wanted.values().flatten().map(|group| size(group)).sum();
        let mut done = Compacted {
            version: self.version(),
            files_joined: 0,
            files_written: 0,
            bytes_joined: 0,
            bytes_written: 0,
        };
        let mut changes = BTreeMap::new();
        for (table, groups) in wanted {
            let mut change =
                Change { added: Vec::new(), removed: Vec::new(), kind: ChangeKind::Compact };
            for group in groups {
                let joined = self.join(table, &group, at).await?;
                done.count(&group, &joined);
                told(CompactionProgress { bytes_joined: done.bytes_joined, bytes_total });
                change.added.push(joined);
                change.removed.extend(group);
            }
            changes.insert(table, change);
        }
        done.version = self.publish(Plan { changes, ..Plan::new(Operation::Compact) }, at).await?;
        Ok(done)
    }

    async fn join(&mut self, table: Table, files: &[DataFile], at: Instant) -> Result<DataFile> {
        let are_little = size(files) <= LITTLE;
        let mut sources: Vec<Box<dyn Iterator<Item = _> + Send>> = Vec::new();
        for file in files {
            let rows = rows_of(table, self.lake.shared.files.fetch(table, file).await?)?;
            sources.push(match are_little {
                true => Box::new(rows.collect::<Vec<_>>().into_iter()),
                false => Box::new(rows),
            });
        }
        let mut merge = Merge::of(table, sources)?;
        let mut encoder = Encoder::new(table)?;
        while let Some(rows) = merge.next()? {
            encoder.write(&rows)?;
        }
        let range = files.first().map(|file| file.range).unwrap_or_default();
        self.put_rows(table, range, encoder, at).await
    }
}

impl Compacted {
    fn count(&mut self, group: &[DataFile], joined: &DataFile) {
        self.files_joined += group.len() as u64;
        self.files_written += 1;
        self.bytes_joined += size(group);
        self.bytes_written += joined.bytes;
    }
}

/// Cuts a group into what is joined at a time; a file that would be alone is left as it is.
fn parts(group: Vec<DataFile>) -> Vec<Vec<DataFile>> {
    let mut parts = Vec::<Vec<_>>::new();
    for file in group {
        match parts.last_mut().filter(|part| has_room(part, &file)) {
            Some(part) => part.push(file),
            None => parts.push(vec![file]),
        }
    }
    parts.retain(|part| part.len() > 1);
    parts
}

fn has_room(part: &[DataFile], file: &DataFile) -> bool {
    part.len() < FEW || (part.len() < MANY && size(part) + file.bytes <= LITTLE)
}

fn size(files: &[DataFile]) -> u64 {
    files.iter().map(|file| file.bytes).sum()
}
