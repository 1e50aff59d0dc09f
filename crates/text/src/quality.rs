//! Is this text worth learning from? Rules of thumb that need no model, each named, measured and
//! limited.
//!
//! The rules are those of Gopher (<https://arxiv.org/abs/2112.11446>, A1.1 and table A1), of C4
//! (<https://arxiv.org/abs/1910.10683>) as far as FineWeb kept them, FineWeb's own
//! (<https://arxiv.org/abs/2406.17557>), and one about notices.

mod characters;
mod exceptions;
mod infixes;
mod limits;
mod lines;
mod measures;
mod notices;
mod phrases;
mod reading;
mod repetition;
mod rules;
mod sentences;
mod splitting;
mod stop_words;
mod table;
mod web_address;
mod words;

pub use aho_corasick::BuildError;
pub use limits::Limits;
pub use measures::{Failed, Measures};
pub use rules::{Bound, Rule, UnknownRule};

use notices::{Found, Notices};
use reading::{Manner, Reading};
use repetition::Repetition;
use table::Table;
use words::Words;

/// Measures texts one after another, and uses its memory again.
#[derive(Debug)]
pub struct Analyser {
    notices: Notices,
    found: Vec<Found>,
    words: Words,
    ends: Vec<usize>,
    repetition: Repetition,
    table: Table,
}

impl Analyser {
    /// One that has measured nothing yet.
    ///
    /// # Errors
    ///
    /// If the search for notices cannot be built.
    pub fn new() -> Result<Self, BuildError> {
        Ok(Self {
            notices: Notices::new()?,
            found: Vec::new(),
            words: Words::default(),
            ends: Vec::new(),
            repetition: Repetition::default(),
            table: Table::default(),
        })
    }

    /// The first rule that the text fails, in the order of [`Rule::ALL`]; none if it keeps to all.
    ///
    /// The language is a BCP 47 tag; words are split by the conventions of German or English, and
    /// the stop words of another language are not asked for.
    pub fn first_failed(
        &mut self,
        text: &str,
        language: Option<&str>,
        limits: &Limits,
    ) -> Option<Failed> {
        limits.failed(&self.measure(text, language)).next()
    }

    /// What every rule measures in the text, to be held against limits with [`Limits::failed`].
    pub fn measure(&mut self, text: &str, language: Option<&str>) -> Measures {
        let manner = Manner::of(language);
        self.notices.find(text, &mut self.found);
        self.words.clear();
        let reading = Reading::new(text, &manner, &self.found, &mut self.ends, &mut self.words);
        let mut measures = Measures::new(self.words.len());
        reading.measure(&mut measures);
        let characters = text.chars().count();
        self.words.measure(text, &manner.stop_words, &mut measures);
        lines::measure(text, characters, &mut self.table, &mut measures);
        self.repetition.measure(&self.words, characters, &mut measures);
        let notices = notices::characters(text, &self.found);
        measures.share(Rule::Boilerplate, notices, characters);
        measures
    }
}

#[cfg(test)]
mod tests;
