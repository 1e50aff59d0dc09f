use super::{
    characters::{LETTER, SIGN, WIDE, class, is_symbol},
    measures::Measures,
    rules::Rule,
    stop_words::{LONGEST, StopWords},
    table::hash,
};

/// The words of one text, and what is counted of them.
#[derive(Debug, Default)]
pub(super) struct Words {
    hashes: Vec<u64>,
    /// How many characters the words up to this one have together, without what is between them.
    lengths: Vec<usize>,
    tally: Tally,
}

/// What is counted of words.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    /// Words that are not only symbols.
    solid: usize,
    /// Characters of those.
    solid_characters: usize,
    /// Words with a letter.
    alphabetic: usize,
    /// One bit for each stop word that occurs.
    stop_words: u8,
}

impl Words {
    pub(super) fn clear(&mut self) {
        self.hashes.clear();
        self.lengths.clear();
        self.tally = Tally::default();
    }

    pub(super) fn len(&self) -> usize {
        self.hashes.len()
    }

    pub(super) fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// Characters of `count` words from the place on, without what is between them.
    pub(super) fn characters(&self, from: usize, count: usize) -> usize {
        let until = |place: usize| match place.checked_sub(1) {
            Some(last) => self.lengths.get(last).copied().unwrap_or_default(),
            None => 0,
        };
        until(from + count) - until(from)
    }

    /// Adds a word of ASCII letters and digits, whose bytes are of these classes.
    pub(super) fn add_plain(&mut self, word: &str, classes: u8, stop_words: &StopWords) {
        self.tally.alphabetic += usize::from(classes & LETTER != 0);
        self.add_solid(word, word.len(), stop_words);
    }

    pub(super) fn add(&mut self, word: &str, stop_words: &StopWords) {
        let classes = word.bytes().fold(0, |classes, byte| classes | class(byte));
        if classes & (SIGN | WIDE) == 0 {
            return self.add_plain(word, classes, stop_words);
        }
        let length = if classes & WIDE == 0 { word.len() } else { word.chars().count() };
        if word.chars().all(is_symbol) {
            return self.push(hash(word.as_bytes()), length);
        }
        self.tally.alphabetic += usize::from(word.chars().any(char::is_alphabetic));
        self.add_solid(word, length, stop_words);
    }

    /// Measures the rules that count words in their text.
    pub(super) fn measure(&self, text: &str, stop_words: &StopWords, measures: &mut Measures) {
        let (all, tally) = (self.len(), &self.tally);
        let bytes = text.as_bytes();
        let byte = |sought: u8| memchr::memchr_iter(sought, bytes).count();
        let dots = |sought: &str| memchr::memmem::find_iter(bytes, sought).count();
        measures.count(Rule::TooFewWords, tally.solid);
        measures.count(Rule::TooManyWords, tally.solid);
        measures.share(Rule::ShortWords, tally.solid_characters, tally.solid);
        measures.share(Rule::LongWords, tally.solid_characters, tally.solid);
        measures.share(Rule::Hashes, byte(b'#'), all);
        measures.share(Rule::Ellipses, dots("...") + dots("…"), all);
        measures.share(Rule::AlphabeticWords, tally.alphabetic, all);
        measures.share(Rule::ListRatio, byte(b'\n'), all);
        if stop_words.are_known() {
            measures.count(Rule::StopWords, tally.stop_words());
        }
    }

    fn add_solid(&mut self, word: &str, length: usize, stop_words: &StopWords) {
        self.tally.solid += 1;
        self.tally.solid_characters += length;
        let hash = hash(word.as_bytes());
        if word.len() <= LONGEST {
            self.tally.stop_words |= stop_words.bit(hash);
        }
        self.push(hash, length);
    }

    fn push(&mut self, hash: u64, length: usize) {
        self.hashes.push(hash);
        self.lengths.push(self.lengths.last().copied().unwrap_or_default() + length);
    }
}

impl Tally {
    /// How many different stop words occur.
    fn stop_words(&self) -> usize {
        usize::try_from(self.stop_words.count_ones()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_tallied() {
        let stop_words = StopWords::of(Some("de"));
        let mut words = Words::default();
        for word in ["Die", "Straße", "und", "die", "—", "12", "•"] {
            words.add(word, &stop_words);
        }
        let tally = words.tally;
        assert_eq!((words.len(), tally.solid, tally.alphabetic), (7, 6, 4));
        assert_eq!((tally.solid_characters, tally.stop_words()), (18, 2));
        assert_eq!((words.characters(0, 2), words.characters(1, 3)), (9, 12));
    }
}
