//! A stretch of a temporary file, read record by record or block by block.

use std::{
    fs::File,
    io::{BufWriter, Read, Seek, SeekFrom, Write},
    sync::{Arc, Mutex, PoisonError},
};

use crate::{Result, SpillError};

/// How many records are read at once: few, because most looks are for one.
pub(crate) const BLOCK: usize = 64;

/// A temporary file that is written once, from its start to its end, and then read anywhere.
#[derive(Debug)]
pub(crate) struct Writing {
    file: BufWriter<File>,
    pub(crate) records: u64,
}

/// The same file once it is whole; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Written(Arc<Mutex<File>>);

/// Records of a file that stand one behind the other.
#[derive(Debug)]
pub(crate) struct Run<const N: usize> {
    file: Written,
    /// The next record that is read from the file.
    next: u64,
    end: u64,
    /// Records that were read, the next one last.
    ready: Vec<[i64; N]>,
}

impl Writing {
    pub(crate) fn start() -> Result<Self> {
        let file = tempfile::tempfile().map_err(SpillError::write)?;
        Ok(Self { file: BufWriter::new(file), records: 0 })
    }

    pub(crate) fn write<const N: usize>(&mut self, record: &[i64; N]) -> Result<()> {
        for word in record {
            self.file.write_all(&word.to_le_bytes()).map_err(SpillError::write)?;
        }
        self.records += 1;
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<Written> {
        let file = self.file.into_inner().map_err(|error| SpillError::write(error.into_error()))?;
        Ok(Written(Arc::new(Mutex::new(file))))
    }
}

impl Written {
    /// The records from number `start` on, `count` of them.
    pub(crate) fn read<const N: usize>(&self, start: u64, count: usize) -> Result<Vec<[i64; N]>> {
        let width = N * size_of::<i64>();
        let mut bytes = vec![0; count * width];
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let offset = start.saturating_mul(width as u64);
        file.seek(SeekFrom::Start(offset)).map_err(SpillError::read)?;
        file.read_exact(&mut bytes).map_err(SpillError::read)?;
        Ok(bytes.chunks_exact(width).map(record).collect())
    }
}

impl<const N: usize> Run<N> {
    /// The records from number `start` up to number `end`.
    pub(crate) const fn of(file: Written, start: u64, end: u64) -> Self {
        Self { file, next: start, end, ready: Vec::new() }
    }

    /// The next record; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<[i64; N]>> {
        if self.ready.is_empty() {
            let left = usize::try_from(self.end - self.next).unwrap_or(usize::MAX);
            let count = left.min(BLOCK);
            self.ready = self.file.read(self.next, count)?;
            self.ready.reverse();
            self.next += count as u64;
        }
        Ok(self.ready.pop())
    }
}

fn record<const N: usize>(bytes: &[u8]) -> [i64; N] {
    let mut record = [0; N];
    for (word, bytes) in record.iter_mut().zip(bytes.chunks_exact(size_of::<i64>())) {
        *word = i64::from_le_bytes(bytes.try_into().unwrap_or_default());
    }
    record
}
