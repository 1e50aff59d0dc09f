use super::{
    characters::{is_punctuation, is_terminal},
    measures::Measures,
    notices::Holds,
    rules::Rule,
};

/// The most characters of a word in a line that C4 keeps.
const LONGEST_WORD: usize = 1000;

/// The fewest words of a line that C4 keeps.
const FEWEST_WORDS: usize = 3;

/// What is read of one line.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// What white space parts.
    chunks: usize,
    longest: usize,
    sentences: usize,
    is_ended: bool,
}

/// What C4 counts in the lines that it keeps (<https://arxiv.org/abs/1910.10683>, 2.2): those of
/// three words or more that are no notice about scripts or policies.
#[derive(Debug, Default)]
pub(super) struct Kept {
    sentences: usize,
    filling: usize,
    curly: usize,
}

impl Line {
    pub(super) fn chunk(&mut self, chunk: &str) {
        self.chunks += 1;
        self.longest = self.longest.max(chunk.len());
    }

    /// A word of letters and digits.
    pub(super) fn plain_word(&mut self) {
        if self.is_ended || self.sentences == 0 {
            self.sentences += 1;
            self.is_ended = false;
        }
    }

    pub(super) fn word(&mut self, word: &str) {
        let mut chars = word.chars();
        let ends = chars.next().is_some_and(is_terminal) && chars.next().is_none();
        if ends {
            self.sentences = self.sentences.max(1);
            self.is_ended = true;
        } else if self.sentences == 0 || !word.chars().all(is_punctuation) {
            self.plain_word();
        }
    }
}

impl Kept {
    pub(super) fn add(&mut self, text: &str, line: &Line, holds: Holds) {
        // a word of so many bytes may have fewer characters
        let is_kept = line.chunks >= FEWEST_WORDS
            && (line.longest <= LONGEST_WORD || !has_too_long_word(text));
        if !is_kept {
            return;
        }
        self.filling += usize::from(holds.filling);
        if !holds.script {
            self.curly += usize::from(memchr::memchr(b'{', text.as_bytes()).is_some());
            self.sentences += if holds.policy { 0 } else { line.sentences };
        }
    }

    pub(super) fn measure(&self, measures: &mut Measures) {
        measures.count(Rule::LoremIpsum, self.filling);
        measures.count(Rule::CurlyBrackets, self.curly);
        measures.count(Rule::TooFewSentences, self.sentences);
    }
}

fn has_too_long_word(text: &str) -> bool {
    text.split_whitespace().any(|word| word.chars().count() > LONGEST_WORD)
}
