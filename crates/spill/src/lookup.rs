use std::collections::BTreeMap;

use crate::{Result, Sorted};

/// Records by their first word, looked up while more come in; the last one of a word counts.
///
/// Words that grow, such as ids of rows in the order in which they were made, cost one look each
/// however many there are: each part on disk then holds a stretch of its own.
#[derive(Debug)]
pub struct Lookup<const N: usize> {
    recent: BTreeMap<i64, [i64; N]>,
    /// How many records are held in memory; at least 1.
    room: usize,
    parts: Vec<Part<N>>,
}

#[derive(Debug)]
struct Part<const N: usize> {
    records: Sorted<N>,
    first: i64,
    last: i64,
}

impl<const N: usize> Lookup<N> {
    /// Nothing yet; at most `room` records are held in memory.
    pub const fn new(room: usize) -> Self {
        Self { recent: BTreeMap::new(), room, parts: Vec::new() }
    }

    /// Takes a record in, in place of an earlier one of the same first word.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn insert(&mut self, record: [i64; N]) -> Result<()> {
        if self.recent.len() >= self.room.max(1) {
            self.spill()?;
        }
        let word = record.first().copied().unwrap_or_default();
        self.recent.insert(word, record);
        Ok(())
    }

    /// The last record with that first word.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn find(&self, word: i64) -> Result<Option<[i64; N]>> {
        if let Some(record) = self.recent.get(&word) {
            return Ok(Some(*record));
        }
        let may_hold = |part: &&Part<N>| part.first <= word && word <= part.last;
        for part in self.parts.iter().rev().filter(may_hold) {
            if let Some(record) = part.records.find(&[word])? {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    fn spill(&mut self) -> Result<()> {
        let recent = std::mem::take(&mut self.recent);
        let (Some((first, _)), Some((last, _))) =
            (recent.first_key_value(), recent.last_key_value())
        else {
            return Ok(());
        };
        let (first, last) = (*first, *last);
        let mut records = Sorted::writing()?;
        for record in recent.into_values() {
            records.write(record)?;
        }
        self.parts.push(Part { records: records.finish()?, first, last });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_as_a_map(
            pairs in proptest::collection::vec((0_i64..60, any::<i64>()), 0..400),
            room in 1_usize..90,
        ) {
            let (mut lookup, mut map) = (Lookup::new(room), HashMap::new());
            for (word, value) in pairs {
                lookup.insert([word, value]).unwrap();
                map.insert(word, value);
                prop_assert_eq!(lookup.find(word).unwrap(), Some([word, value]));
            }
            for word in -1..61 {
                let known = map.get(&word).map(|value| [word, *value]);
                prop_assert_eq!(lookup.find(word).unwrap(), known);
            }
        }
    }
}
