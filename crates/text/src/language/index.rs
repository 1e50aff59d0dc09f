use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::LazyLock,
};

use super::table::Language;

/// Some of the languages: bit `n` is set for the `n`th of the table.
pub(super) type Languages = u64;

/// The bit of no language, for the words of programming languages.
pub(super) const CODE: Languages = 1 << 63;

/// Words that are in code more often than in sentences.
const KEYWORDS: &str = "args assert async await bool const def elif enum except false fn func \
    impl import int kwargs lambda let mut nil none null pub raise return self static stderr \
    stdout str struct throw true typeof var void";

/// The marks of all languages, by what they are looked up with.
#[derive(Debug, Default)]
pub(super) struct Index {
    words: Marked,
    letters: Marked,
    endings: Marked,
}

/// A word as its letters come in.
#[derive(Debug, Clone, Copy)]
pub(super) struct WordKey {
    /// [FNV-1a](https://www.rfc-editor.org/rfc/rfc9923), of letters instead of bytes.
    hash: u64,
    /// The last four letters, 16 bits each.
    ending: u64,
}

type Marked = HashMap<u64, Languages, BuildHasherDefault<Spread>>;

static INDEX: LazyLock<Index> = LazyLock::new(Index::of_table);

/// The index of the table, made at the first call.
pub(super) fn index() -> &'static Index {
    &INDEX
}

/// The bit of a language.
pub(super) const fn bit(language: Language) -> Languages {
    1 << language as u32
}

impl Index {
    fn of_table() -> Self {
        let mut index = Self::default();
        for language in Language::ALL.iter().copied() {
            let marks = language.marks();
            for word in marks.words.split_ascii_whitespace() {
                *index.words.entry(WordKey::of(word).hash).or_default() |= bit(language);
            }
            for letter in marks.letters.chars() {
                *index.letters.entry(letter.into()).or_default() |= bit(language);
            }
            for ending in marks.endings.split_ascii_whitespace() {
                *index.endings.entry(WordKey::of(ending).ending).or_default() |= bit(language);
            }
        }
        for word in KEYWORDS.split_ascii_whitespace() {
            *index.words.entry(WordKey::of(word).hash).or_default() |= CODE;
        }
        index
    }

    /// The languages that have this function word.
    pub(super) fn word(&self, word: WordKey) -> Languages {
        self.words.get(&word.hash).copied().unwrap_or_default()
    }

    /// The languages that have this small letter, if few have.
    pub(super) fn letter(&self, letter: char) -> Languages {
        self.letters.get(&letter.into()).copied().unwrap_or_default()
    }

    /// The languages that have the longest ending of the word that any has.
    pub(super) fn ending(&self, word: WordKey) -> Languages {
        let of_letters = [u64::MAX, u64::MAX >> 16, u64::MAX >> 32].map(|mask| word.ending & mask);
        let found = of_letters.iter().find_map(|ending| self.endings.get(ending));
        found.copied().unwrap_or_default()
    }
}

impl WordKey {
    pub(super) const fn new() -> Self {
        Self { hash: 0xcbf2_9ce4_8422_2325, ending: 0 }
    }

    fn of(word: &str) -> Self {
        let mut key = Self::new();
        word.chars().for_each(|letter| key.push(letter));
        key
    }

    /// Takes the next small letter in.
    pub(super) const fn push(&mut self, letter: char) {
        self.hash = (self.hash ^ letter as u64).wrapping_mul(0x0100_0000_01b3);
        self.ending = self.ending << 16 | (letter as u64 & 0xffff);
    }
}

/// Spreads keys that are letters or hashes already.
#[derive(Debug, Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(self.0 ^ u64::from(*byte)));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(26);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
