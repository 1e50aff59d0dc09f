use std::sync::{Arc, Mutex, PoisonError};

use crate::{
    Result,
    run::{BLOCK, Run, Writing, Written},
};

/// Records in their order.
#[derive(Debug)]
pub struct Sorted<const N: usize> {
    length: u64,
    place: Place<N>,
}

#[derive(Debug)]
enum Place<const N: usize> {
    Memory(Arc<Vec<[i64; N]>>),
    Disk {
        file: Written,
        /// The first record of each block.
        firsts: Vec<[i64; N]>,
        /// The block that was read last, with its number.
        last: Mutex<(usize, Vec<[i64; N]>)>,
    },
}

/// Records that are being written in their order.
pub(crate) struct WritingSorted<const N: usize> {
    file: Writing,
    firsts: Vec<[i64; N]>,
}

/// Goes through records in their order.
#[derive(Debug)]
pub struct Records<const N: usize>(Source<N>);

#[derive(Debug)]
enum Source<const N: usize> {
    /// And which of them comes next.
    Memory(Arc<Vec<[i64; N]>>, usize),
    Disk(Run<N>),
}

impl<const N: usize> Sorted<N> {
    pub(crate) fn in_memory(records: Vec<[i64; N]>) -> Self {
        Self { length: records.len() as u64, place: Place::Memory(Arc::new(records)) }
    }

    pub(crate) fn writing() -> Result<WritingSorted<N>> {
        Ok(WritingSorted { file: Writing::start()?, firsts: Vec::new() })
    }

    /// How many records there are.
    pub const fn len(&self) -> u64 {
        self.length
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// All of them in their order.
    pub fn records(&self) -> Records<N> {
        Records(match &self.place {
            Place::Memory(records) => Source::Memory(Arc::clone(records), 0),
            Place::Disk { file, .. } => Source::Disk(Run::of(file.clone(), 0, self.length)),
        })
    }

    /// The first record that starts with the words, if there is one.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn find<const K: usize>(&self, words: &[i64; K]) -> Result<Option<[i64; N]>> {
        let found = self.first_from(words)?;
        Ok(found.filter(|record| record.iter().zip(words).all(|(own, word)| own == word)))
    }

    /// The first record that does not come before the words, if there is one.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn first_from<const K: usize>(&self, words: &[i64; K]) -> Result<Option<[i64; N]>> {
        let is_before = |record: &[i64; N]| record.iter().lt(words.iter());
        let first = |records: &[[i64; N]]| records.get(records.partition_point(is_before)).copied();
        let (file, firsts, last) = match &self.place {
            Place::Memory(records) => return Ok(first(records)),
            Place::Disk { file, firsts, last } => (file, firsts, last),
        };
        // It stands in the last block that begins before, or begins the one behind.
        let behind = firsts.partition_point(is_before);
        if let Some(block) = behind.checked_sub(1) {
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            if last.0 != block || last.1.is_empty() {
                *last = (block, read_block(file, block, self.length)?);
            }
            if let Some(found) = first(&last.1) {
                return Ok(Some(found));
            }
        }
        Ok(firsts.get(behind).copied())
    }
}

impl<const N: usize> WritingSorted<N> {
    pub(crate) fn write(&mut self, record: [i64; N]) -> Result<()> {
        if self.file.records.is_multiple_of(BLOCK as u64) {
            self.firsts.push(record);
        }
        self.file.write(&record)
    }

    pub(crate) fn finish(self) -> Result<Sorted<N>> {
        let length = self.file.records;
        let file = self.file.finish()?;
        let place = Place::Disk { file, firsts: self.firsts, last: Mutex::default() };
        Ok(Sorted { length, place })
    }
}

impl<const N: usize> Records<N> {
    /// The next record; `None` at the end.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    #[expect(clippy::should_implement_trait, reason = "an iterator would go on after an error")]
    pub fn next(&mut self) -> Result<Option<[i64; N]>> {
        match &mut self.0 {
            Source::Memory(records, next) => {
                let record = records.get(*next).copied();
                *next += 1;
                Ok(record)
            }
            Source::Disk(run) => run.next(),
        }
    }
}

fn read_block<const N: usize>(file: &Written, block: usize, length: u64) -> Result<Vec<[i64; N]>> {
    let start = (block * BLOCK) as u64;
    let count = length.saturating_sub(start).min(BLOCK as u64);
    file.read(start, usize::try_from(count).unwrap_or(BLOCK))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Sorter;

    fn sorted(records: &[[i64; 2]], room: usize) -> Sorted<2> {
        let mut sorter = Sorter::new(room);
        for record in records {
            sorter.push(*record).unwrap();
        }
        sorter.finish().unwrap()
    }

    fn all(sorted: &Sorted<2>) -> Vec<[i64; 2]> {
        let mut records = sorted.records();
        std::iter::from_fn(|| records.next().unwrap()).collect()
    }

    #[test]
    fn many_records_are_found_again() {
        let records: Vec<_> = (0..3_000).map(|number| [number * 7_919 % 3_001, number]).collect();
        let sorted = sorted(&records, 100);
        for [first, second] in &records {
            assert_eq!(sorted.find(&[*first]).unwrap(), Some([*first, *second]));
        }
        assert_eq!(sorted.find(&[-1]).unwrap(), None);
        assert_eq!(sorted.find(&[3_001]).unwrap(), None);
    }

    proptest! {
        #[test]
        fn on_disk_is_as_in_memory(
            pairs in proptest::collection::vec((-3_i64..9, any::<i64>()), 0..1_200),
            room in 1_usize..700,
        ) {
            let records: Vec<_> = pairs.into_iter().map(|(one, two)| [one, two]).collect();
            let mut expected = records.clone();
            expected.sort_unstable();
            let found = sorted(&records, room);
            prop_assert_eq!(all(&found), expected.clone());
            prop_assert_eq!(found.len(), records.len() as u64);
            for first in -4..10 {
                let known = expected.iter().find(|record| record[0] == first).copied();
                prop_assert_eq!(found.find(&[first]).unwrap(), known);
                let known = expected.iter().find(|record| record[0] >= first).copied();
                prop_assert_eq!(found.first_from(&[first]).unwrap(), known);
            }
        }
    }
}
