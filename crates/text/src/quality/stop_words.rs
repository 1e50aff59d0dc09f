use super::table::hash;

/// Gopher's eight: <https://arxiv.org/abs/2112.11446>, A1.1.
const ENGLISH: [&str; 8] = ["the", "be", "to", "of", "and", "that", "have", "with"];

/// The commonest German words that English does not have and names hardly hold.
const GERMAN: [&str; 8] = ["der", "die", "und", "das", "ist", "nicht", "mit", "zu"];

/// No stop word has more bytes.
pub(super) const LONGEST: usize = 5;

/// Eight common words of a language, which running text has and lists and gibberish have not.
#[derive(Debug)]
pub(super) struct StopWords {
    hashes: Option<[u64; 8]>,
}

impl StopWords {
    /// Those of German or English, in any region; English where the language is unknown, and none
    /// of another language.
    pub(super) fn of(language: Option<&str>) -> Self {
        let words = match language.and_then(|tag| tag.split(['-', '_']).next()) {
            None => Some(ENGLISH),
            Some(tag) if tag.eq_ignore_ascii_case("en") => Some(ENGLISH),
            Some(tag) if tag.eq_ignore_ascii_case("de") => Some(GERMAN),
            Some(_) => None,
        };
        Self { hashes: words.map(|words| words.map(|word| hash(word.as_bytes()))) }
    }

    pub(super) fn are_known(&self) -> bool {
        self.hashes.is_some()
    }

    /// The bit of the word with this hash; none if it is no stop word.
    pub(super) fn bit(&self, hash: u64) -> u8 {
        let Some(hashes) = &self.hashes else { return 0 };
        hashes.iter().enumerate().fold(0, |bits, (at, one)| bits | u8::from(*one == hash) << at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stop_word_has_a_bit() {
        let check = |words: [&str; 8], language| {
            let stop_words = StopWords::of(Some(language));
            let bits = words.map(|word| stop_words.bit(hash(word.as_bytes())));
            assert_eq!(bits, [1, 2, 4, 8, 16, 32, 64, 128]);
            assert!(words.iter().all(|word| word.len() <= LONGEST));
        };
        check(ENGLISH, "en-GB");
        check(GERMAN, "de");
    }
}
