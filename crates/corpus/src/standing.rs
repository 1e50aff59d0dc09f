//! Of texts that are the same, or nearly the same, one document stands for the others: the one with
//! the least number among those that nobody stands for.
//!
//! Going through documents by number, each stands unless it has something in common with one that
//! stands. So who stands depends on no order in which rows come, and when one that stands is gone, the
//! next takes its place as if it had never been there. Those of a corpus that is followed stand before
//! all others. What documents have in common is sorted on disk; in memory is a bit for whatever several
//! have in common.

use spill::{Sorted, Sorter};

use crate::{CorpusError, DocumentId, LeftOut, Result, earlier::Earlier};

/// How many records are sorted in memory; the others lie on disk.
pub(crate) const ROOM: usize = 1 << 20;

/// Says of a number what having it in common means.
const SAME: i64 = 1;

/// Takes in what documents may have in common.
#[derive(Debug)]
pub(crate) struct Standing {
    /// What a document has, and the document.
    traits: Sorter<2>,
}

/// The documents for which another one stands.
#[derive(Debug)]
pub(crate) struct StoodFor {
    /// The document, and whether its words are the very same.
    documents: Sorted<2>,
}

/// What a document may have in common with others, by the hash of its words and those of its bands.
pub(crate) fn traits(words: u128, bands: impl Iterator<Item = u64>) -> Vec<i64> {
    // the lowest bit tells words from bands
    let words = (words as u64).cast_signed() | SAME;
    let bands = bands.map(|band| band.cast_signed() & !SAME);
    [words].into_iter().chain(bands).collect()
}

impl Standing {
    pub(crate) const fn new() -> Self {
        Self { traits: Sorter::new(ROOM) }
    }

    /// Takes in a document with its [`traits`].
    pub(crate) fn push(&mut self, document: DocumentId, traits: &[i64]) -> Result<()> {
        let mut records = traits.iter().map(|hash| [*hash, document.as_i64()]);
        records.try_for_each(|record| self.traits.push(record)).map_err(CorpusError::sorting)
    }

    /// Who is stood for, once every document is in: by another one, or by one that came earlier.
    pub(crate) fn finish(self, earlier: Earlier) -> Result<StoodFor> {
        let traits = self.traits.finish().map_err(CorpusError::sorting)?;
        let (shared, mut taken) = shared(&traits, earlier)?;
        let mut stood_for = Sorter::new(ROOM);
        let mut records = shared.records();
        let mut next = records.next().map_err(CorpusError::sorting)?;
        let mut of_document = Vec::new();
        while let Some([document, first]) = next {
            of_document.clear();
            of_document.push(first);
            next = loop {
                match records.next().map_err(CorpusError::sorting)? {
                    Some([same, number]) if same == document => of_document.push(number),
                    other => break other,
                }
            };
            let in_common = of_document.iter().filter(|number| taken.has(**number));
            // the very same words say more than nearly the same ones
            match in_common.map(|number| number & SAME).max() {
                Some(same) => stood_for.push([document, same]).map_err(CorpusError::sorting)?,
                None => of_document.iter().for_each(|number| taken.set(*number)),
            }
        }
        Ok(StoodFor { documents: stood_for.finish().map_err(CorpusError::sorting)? })
    }
}

impl StoodFor {
    /// Why a document is left out; `None` if it stands.
    pub(crate) fn reason(&self, document: DocumentId) -> Result<Option<LeftOut>> {
        let found = self.documents.find(&[document.as_i64()]).map_err(CorpusError::sorting)?;
        Ok(found.map(|[_, same]| match same {
            SAME => LeftOut::Duplicate,
            _ => LeftOut::NearDuplicate,
        }))
    }
}

/// What several documents have, by document: a number for each, with [`SAME`] as its lowest bit; and
/// which of the numbers are taken by documents that came earlier.
fn shared(traits: &Sorted<2>, mut earlier: Earlier) -> Result<(Sorted<2>, Bits)> {
    let mut shared = Sorter::new(ROOM);
    let mut taken = Bits::default();
    let mut records = traits.records();
    let (mut number, mut group, mut is_shared) = (0, None::<[i64; 2]>, false);
    while let Some([hash, document]) = records.next().map_err(CorpusError::sorting)? {
        match group {
            // rows that share an address are one document
            Some([same, before]) if same == hash && before == document => {}
            Some([same, before]) if same == hash => {
                let kind = hash & SAME;
                if !is_shared {
                    number += 1;
                    is_shared = true;
                    shared.push([before, number << 1 | kind]).map_err(CorpusError::sorting)?;
                }
                shared.push([document, number << 1 | kind]).map_err(CorpusError::sorting)?;
                group = Some([hash, document]);
            }
            _ => {
                is_shared = earlier.has(hash)?;
                if is_shared {
                    number += 1;
                    let number = number << 1 | hash & SAME;
                    taken.set(number);
                    shared.push([document, number]).map_err(CorpusError::sorting)?;
                }
                group = Some([hash, document]);
            }
        }
    }
    Ok((shared.finish().map_err(CorpusError::sorting)?, taken))
}

/// A bit for each number up to the greatest that was set.
#[derive(Debug, Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn place(number: i64) -> (usize, u64) {
        let number = number >> 1;
        (usize::try_from(number >> 6).unwrap_or(usize::MAX), 1 << (number & 63))
    }

    fn has(&self, number: i64) -> bool {
        let (word, bit) = Self::place(number);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    fn set(&mut self, number: i64) {
        let (word, bit) = Self::place(number);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    type Traits = BTreeMap<i64, (u8, Vec<u8>)>;

    fn traits_of(words: u8, bands: &[u8]) -> Vec<i64> {
        traits(u128::from(words) << 1, bands.iter().map(|band| u64::from(*band) << 1))
    }

    fn reasons(documents: &Traits) -> BTreeMap<i64, Option<LeftOut>> {
        reasons_after(Vec::new(), documents)
    }

    fn reasons_after(earlier: Vec<i64>, documents: &Traits) -> BTreeMap<i64, Option<LeftOut>> {
        let mut standing = Standing::new();
        for (document, (words, bands)) in documents.iter().rev() {
            let document = DocumentId::from_i64(*document);
            standing.push(document, &traits_of(*words, bands)).unwrap();
        }
        let stood_for = standing.finish(Earlier::of_traits(earlier)).unwrap();
        let of = |document: &i64| {
            (*document, stood_for.reason(DocumentId::from_i64(*document)).unwrap())
        };
        documents.keys().map(of).collect()
    }

    /// The definition, read aloud.
    fn naive(documents: &Traits) -> BTreeMap<i64, Option<LeftOut>> {
        let (mut words, mut bands) = (BTreeSet::new(), BTreeSet::new());
        let mut reasons = BTreeMap::new();
        for (document, (own, near)) in documents {
            let reason = if words.contains(own) {
                Some(LeftOut::Duplicate)
            } else if near.iter().any(|band| bands.contains(band)) {
                Some(LeftOut::NearDuplicate)
            } else {
                words.insert(*own);
                bands.extend(near.iter().copied());
                None
            };
            reasons.insert(*document, reason);
        }
        reasons
    }

    proptest! {
        #[test]
        fn who_stands_is_who_has_nothing_in_common_with_those_that_stand(
            documents in prop::collection::btree_map(
                0..99_i64, (0..40_u8, prop::collection::vec(0..60_u8, 0..4)), 0..40),
        ) {
            prop_assert_eq!(reasons(&documents), naive(&documents));
        }

        #[test]
        fn those_that_came_earlier_stand_before_all_others(
            documents in prop::collection::btree_map(
                0..99_i64, (0..20_u8, prop::collection::vec(0..30_u8, 0..4)), 0..40),
            cut in 0..99_i64,
        ) {
            let mut earlier = documents;
            let later = earlier.split_off(&cut);
            let standing = reasons(&earlier).into_iter().filter(|(_, reason)| reason.is_none());
            let mut kept: Vec<i64> = standing
                .filter_map(|(document, _)| earlier.get(&document))
                .flat_map(|(words, bands)| traits_of(*words, bands))
                .collect();
            kept.sort_unstable();
            kept.dedup();
            let all: Traits = earlier.into_iter().chain(later.clone()).collect();
            let mut expected = naive(&all);
            expected.retain(|document, _| later.contains_key(document));
            prop_assert_eq!(reasons_after(kept, &later), expected);
        }

        #[test]
        fn without_a_document_it_is_as_if_it_had_never_been_there(
            documents in prop::collection::btree_map(
                0..99_i64, (0..20_u8, prop::collection::vec(0..30_u8, 0..4)), 1..30),
            gone: prop::sample::Index,
        ) {
            let gone = *documents.keys().nth(gone.index(documents.len())).unwrap();
            let mut fewer = documents;
            fewer.remove(&gone);
            let after = reasons(&fewer);
            prop_assert!(fewer.is_empty() || after.values().any(Option::is_none));
            prop_assert_eq!(after, naive(&fewer));
        }
    }
}
