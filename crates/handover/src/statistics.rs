use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Row, Split};

/// The tag of a language that is not known ([BCP 47](https://www.rfc-editor.org/info/bcp47)).
pub(crate) const UNDETERMINED: &str = "und";

/// What is counted while documents are given out; memory grows with languages and categories only.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Statistics {
    documents: u64,
    characters: u64,
    categories: BTreeMap<String, BTreeMap<Split, u64>>,
    languages: BTreeMap<String, u64>,
    usages: BTreeMap<String, u64>,
    lengths: Lengths,
    slices: Vec<SliceMembers>,
}

/// How many members have their documents in one slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SliceMembers {
    /// What the slice is for.
    pub split: Split,
    /// From 0.
    pub shard: u16,
    /// From 0.
    pub slice: u16,
    /// Members with at least one document in it.
    pub members: u64,
}

/// Documents by length, in bins that begin at 0, 1, 2, 5, 10, 20, 50, … characters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Lengths {
    bins: BTreeMap<u32, u64>,
}

impl Statistics {
    /// Counts one document.
    pub fn add(&mut self, split: Split, row: &Row<'_>) {
        let characters = row.text.chars().count() as u64;
        self.documents += 1;
        self.characters += characters;
        self.lengths.add(characters);
        *self.categories.entry(row.category.to_owned()).or_default().entry(split).or_default() += 1;
        let language = row.language.unwrap_or(UNDETERMINED);
        *self.languages.entry(language.to_owned()).or_default() += 1;
        *self.usages.entry(row.usage.to_string()).or_default() += 1;
    }

    /// Says how many members each slice has; slices that are not named have none.
    pub fn set_members(&mut self, slices: impl IntoIterator<Item = SliceMembers>) {
        self.slices = slices.into_iter().collect();
        self.slices.sort_unstable();
    }

    /// All documents.
    pub const fn documents(&self) -> u64 {
        self.documents
    }

    /// The characters of all documents: Unicode scalar values.
    pub const fn characters(&self) -> u64 {
        self.characters
    }

    /// Characters of a document on average, rounded; 0 without documents.
    pub fn mean_characters(&self) -> u64 {
        let half = self.documents / 2;
        (self.characters + half).checked_div(self.documents).unwrap_or_default()
    }

    /// Documents by category and split.
    pub const fn categories(&self) -> &BTreeMap<String, BTreeMap<Split, u64>> {
        &self.categories
    }

    /// Documents by language tag, `und` where the language is not known.
    pub const fn languages(&self) -> &BTreeMap<String, u64> {
        &self.languages
    }

    /// Languages that are known; `und` is none.
    pub fn known_languages(&self) -> u64 {
        self.languages.keys().filter(|tag| *tag != UNDETERMINED).count() as u64
    }

    /// Documents by AIPREF expression; the empty one where the author has said nothing.
    pub const fn usages(&self) -> &BTreeMap<String, u64> {
        &self.usages
    }

    /// Documents by length.
    pub const fn lengths(&self) -> &Lengths {
        &self.lengths
    }

    /// Members by slice, sorted by split, shard and slice.
    pub fn slices(&self) -> &[SliceMembers] {
        &self.slices
    }

    /// Documents of one split.
    pub fn of_split(&self, split: Split) -> u64 {
        self.categories.values().filter_map(|splits| splits.get(&split)).sum()
    }
}

impl Lengths {
    /// Documents by the first length of their bin, in characters, from the first bin that is not
    /// empty to the last, empty ones between them included.
    pub fn bins(&self) -> impl Iterator<Item = (u64, u64)> {
        let first = self.bins.keys().next().copied().unwrap_or(1);
        let last = self.bins.keys().next_back().copied().unwrap_or(0);
        (first..=last)
            .map(|bin| (Self::begin(bin), self.bins.get(&bin).copied().unwrap_or_default()))
    }

    /// The first length of the bin after that of the longest documents; 0 without documents.
    pub fn end(&self) -> u64 {
        self.bins.keys().next_back().map_or(0, |bin| Self::begin(bin + 1))
    }

    fn add(&mut self, characters: u64) {
        *self.bins.entry(Self::bin(characters)).or_default() += 1;
    }

    fn bin(characters: u64) -> u32 {
        let Some(magnitude) = characters.checked_ilog10() else { return 0 };
        let leading = characters / 10_u64.pow(magnitude);
        1 + 3 * magnitude + if leading < 2 { 0 } else { 1 + u32::from(leading >= 5) }
    }

    fn begin(bin: u32) -> u64 {
        let Some(bin) = bin.checked_sub(1) else { return 0 };
        let step = match bin % 3 {
            0 => 1,
            1 => 2,
            _ => 5,
        };
        10_u64.saturating_pow(bin / 3).saturating_mul(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_lies_in_the_bin_that_begins_at_or_before_it() {
        let lengths = (0..10_000).chain([99_999, 100_000, u64::MAX - 1, u64::MAX]);
        for characters in lengths {
            let bin = Lengths::bin(characters);
            assert!(Lengths::begin(bin) <= characters, "{characters}");
            let next = Lengths::begin(bin + 1);
            assert!(characters < next || next == u64::MAX, "{characters}");
        }
    }

    #[test]
    fn empty_bins_between_others_are_shown() {
        let mut lengths = Lengths::default();
        assert_eq!(lengths.bins().count(), 0);
        lengths.add(3);
        lengths.add(4);
        lengths.add(25);
        let bins: Vec<_> = lengths.bins().collect();
        assert_eq!(bins, [(2, 2), (5, 0), (10, 0), (20, 1)]);
        assert_eq!(lengths.end(), 50);
    }
}
