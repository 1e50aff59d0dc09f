use std::{cmp::Reverse, collections::BinaryHeap};

use crate::{
    Result,
    run::{Run, Writing, Written},
    sorted::Sorted,
};

/// Takes records in any order.
#[derive(Debug)]
pub struct Sorter<const N: usize> {
    waiting: Vec<[i64; N]>,
    /// How many records are held in memory; at least 1.
    room: usize,
    spilled: Option<Spilled>,
}

/// Sorted runs in a file, one behind the other.
#[derive(Debug)]
struct Spilled {
    file: Writing,
    /// Where each run ends.
    ends: Vec<u64>,
}

impl<const N: usize> Sorter<N> {
    /// A sorter that holds at most `room` records in memory, and nothing on disk up to there.
    pub const fn new(room: usize) -> Self {
        Self { waiting: Vec::new(), room, spilled: None }
    }

    /// Takes a record in.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn push(&mut self, record: [i64; N]) -> Result<()> {
        if self.waiting.len() >= self.room.max(1) {
            self.spill()?;
        }
        self.waiting.push(record);
        Ok(())
    }

    /// All records in their order, word by word.
    ///
    /// # Errors
    /// If the temporary file cannot be written or read.
    pub fn finish(mut self) -> Result<Sorted<N>> {
        if self.spilled.is_none() {
            self.waiting.sort_unstable();
            return Ok(Sorted::in_memory(self.waiting));
        }
        self.spill()?;
        self.waiting = Vec::new();
        match self.spilled {
            Some(Spilled { file, ends }) => merge(&file.finish()?, &ends),
            None => Ok(Sorted::in_memory(Vec::new())),
        }
    }

    fn spill(&mut self) -> Result<()> {
        self.waiting.sort_unstable();
        let mut spilled = match self.spilled.take() {
            Some(spilled) => spilled,
            None => Spilled { file: Writing::start()?, ends: Vec::new() },
        };
        for record in self.waiting.drain(..) {
            spilled.file.write(&record)?;
        }
        spilled.ends.push(spilled.file.records);
        self.spilled = Some(spilled);
        Ok(())
    }
}

/// Merges sorted runs into one file.
fn merge<const N: usize>(file: &Written, ends: &[u64]) -> Result<Sorted<N>> {
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let mut runs: Vec<Run<N>> =
        starts.zip(ends).map(|(start, end)| Run::of(file.clone(), start, *end)).collect();
    let mut heads = BinaryHeap::new();
    for (place, run) in runs.iter_mut().enumerate() {
        heads.extend(run.next()?.map(|record| Reverse((record, place))));
    }
    let mut merged = Sorted::writing()?;
    while let Some(Reverse((record, place))) = heads.pop() {
        merged.write(record)?;
        let next = runs.get_mut(place).map(Run::next).transpose()?.flatten();
        heads.extend(next.map(|record| Reverse((record, place))));
    }
    merged.finish()
}
