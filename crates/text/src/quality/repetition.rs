use super::{
    measures::Measures,
    rules::Rule,
    table::{Table, join},
    words::Words,
};

/// By how many words in a row, from two on.
const TOP: [Rule; 3] = [Rule::Top2Gram, Rule::Top3Gram, Rule::Top4Gram];

/// By how many words in a row, from five on.
const DUPLICATE: [Rule; 6] = [
    Rule::Duplicate5Grams,
    Rule::Duplicate6Grams,
    Rule::Duplicate7Grams,
    Rule::Duplicate8Grams,
    Rule::Duplicate9Grams,
    Rule::Duplicate10Grams,
];

/// Finds words in a row that stand in a text more than once.
///
/// Only where n words in a row are repeated can n + 1 be, so after the pairs, of which most texts
/// repeat few, little is left to look at.
#[derive(Debug, Default)]
pub(super) struct Repetition {
    table: Table,
    grams: Vec<Gram>,
}

/// Words in a row.
#[derive(Debug, Clone, Copy)]
struct Gram {
    /// The place of its first word.
    start: usize,
    hash: u64,
    slot: usize,
}

impl Repetition {
    /// Measures all nine rules in a text of so many characters.
    pub(super) fn measure(&mut self, words: &Words, characters: usize, measures: &mut Measures) {
        self.begin(words.hashes());
        for (length, rule) in (2..).zip(TOP.into_iter().chain(DUPLICATE)) {
            self.keep_repeated();
            let part =
                if length < 5 { self.top(words, length) } else { self.duplicate(words, length) };
            measures.share(rule, part, characters);
            self.lengthen(words.hashes(), length);
        }
    }

    fn begin(&mut self, hashes: &[u64]) {
        self.grams.clear();
        let pairs = hashes.iter().zip(hashes.iter().skip(1)).enumerate();
        let grams = pairs.map(|(start, (first, second))| Gram {
            start,
            hash: join(*first, *second),
            slot: 0,
        });
        self.grams.extend(grams);
    }

    fn keep_repeated(&mut self) {
        let Self { table, grams } = self;
        if grams.is_empty() {
            return;
        }
        table.clear(grams.len());
        grams.iter_mut().for_each(|gram| gram.slot = table.count(gram.hash).0);
        grams.retain(|gram| table.counted(gram.slot) > 1);
    }

    /// Characters of the commonest, the first of them if several are, with a space between words.
    fn top(&self, words: &Words, length: usize) -> usize {
        if words.len() < length {
            return 0;
        }
        let (mut top, mut most) = (0, 1);
        for gram in &self.grams {
            let count = self.table.counted(gram.slot);
            if count > most {
                (top, most) = (gram.start, count);
            }
        }
        (words.characters(top, length) + length - 1) * usize::try_from(most).unwrap_or_default()
    }

    /// Characters of those that stood before, none counted twice, without spaces.
    fn duplicate(&mut self, words: &Words, length: usize) -> usize {
        let (mut repeated, mut free) = (0, 0);
        for gram in &self.grams {
            if gram.start >= free && self.table.mark(gram.slot) {
                repeated += words.characters(gram.start, length);
                free = gram.start + length;
            }
        }
        repeated
    }

    /// Makes those of `length` words one word longer where the next is repeated too.
    fn lengthen(&mut self, hashes: &[u64], length: usize) {
        let mut kept = 0;
        for at in 0..self.grams.len() {
            let (Some(&gram), Some(next)) = (self.grams.get(at), self.grams.get(at + 1)) else {
                break;
            };
            let last = hashes.get(gram.start + length);
            if let (true, Some(last)) = (next.start == gram.start + 1, last) {
                let longer = Gram { hash: join(gram.hash, *last), ..gram };
                self.grams.get_mut(kept).into_iter().for_each(|place| *place = longer);
                kept += 1;
            }
        }
        self.grams.truncate(kept);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use proptest::prelude::*;

    use super::*;
    use crate::quality::stop_words::StopWords;

    fn measured(text: &[String]) -> Vec<Option<f64>> {
        let mut words = Words::default();
        text.iter().for_each(|word| words.add(word, &StopWords::of(None)));
        let mut measures = Measures::new(words.len());
        Repetition::default().measure(&words, 1000, &mut measures);
        TOP.into_iter().chain(DUPLICATE).map(|rule| measures.of(rule)).collect()
    }

    fn top(words: &[String], length: usize) -> usize {
        let mut counts = HashMap::new();
        words.windows(length).for_each(|gram| *counts.entry(gram).or_insert(0) += 1);
        let most = counts.values().max().copied().unwrap_or_default();
        let first = words.windows(length).find(|gram| counts[gram] == most);
        first.map_or(0, |gram| gram.join(" ").chars().count() * most)
    }

    fn duplicate(words: &[String], length: usize) -> usize {
        let (mut seen, mut repeated, mut at) = (HashSet::new(), 0, 0);
        while let Some(gram) = words.get(at..at + length) {
            if seen.insert(gram) {
                at += 1;
            } else {
                repeated += gram.concat().chars().count();
                at += length;
            }
        }
        repeated
    }

    proptest! {
        #[test]
        fn grams_are_those_of_a_plain_count(words in proptest::collection::vec("[abcß]", 0..80)) {
            let part = |length| if length < 5 { top(&words, length) } else { duplicate(&words, length) };
            let expect = (2..=10).map(|length| Some(part(length) as f64 / 1000.0));
            prop_assert_eq!(measured(&words), expect.collect::<Vec<_>>());
        }
    }
}
