//! Words that were cut at the end of a line.
//!
//! A hyphen there may be one of the word (`well-known`), or stand for a part that follows (`Vor- und
//! Nachteile`). So words are joined only where that is sure: at a soft hyphen, where the whole word
//! stands elsewhere in the text, or where a German noun goes on with a small letter.

use std::{cell::OnceCell, collections::HashSet, ops::Range};

use memchr::memchr_iter;

use super::{
    code::Code,
    rewriting::{Rewriting, Rewritten, char_at, char_before},
};
use crate::language::{self, Language};

/// How much white space may stand on one side of a line's end.
const WIDEST: usize = 8;

/// No part of a word is longer, in characters.
const LONGEST: usize = 80;

/// What follows a part that stands for itself, in German, English and their neighbours.
const CONJUNCTIONS: &[&str] = &[
    "als",
    "and",
    "aber",
    "bis",
    "beziehungsweise",
    "bzw",
    "e",
    "ed",
    "en",
    "et",
    "i",
    "oder",
    "of",
    "oraz",
    "or",
    "ou",
    "out",
    "noch",
    "nor",
    "sowie",
    "sondern",
    "statt",
    "to",
    "u",
    "und",
    "up",
    "vor",
    "wie",
    "y",
    "zu",
];

/// Joins words over the end of a line, which goes.
pub(super) fn join(text: &str) -> Option<Rewritten> {
    let mut rewriting = Rewriting::new(text);
    let (language, words, code) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
    for at in memchr_iter(b'\n', text.as_bytes()) {
        let Some(cut) = cut_at(text, at).filter(|cut| cut.gap.start >= rewriting.done()) else {
            continue;
        };
        let whole = [cut.start, cut.end].concat();
        let is_sure = cut.is_soft
            || words.get_or_init(|| words_of(text)).contains(&*whole)
            || (cut.is_noun()
                && *language.get_or_init(|| language::identify(text)) == Some(Language::German));
        if is_sure && !code.get_or_init(|| Code::of(text)).holds(at) {
            rewriting.replace(cut.gap, "");
        }
    }
    rewriting.finish()
}

/// A word on two lines.
struct Cut<'a> {
    start: &'a str,
    end: &'a str,
    /// From the hyphen to the second part.
    gap: Range<usize>,
    is_soft: bool,
}

impl Cut<'_> {
    /// Whether it begins with a capital, and goes on in small letters.
    fn is_noun(&self) -> bool {
        let mut letters = self.start.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase)
    }
}

fn cut_at(text: &str, line_end: usize) -> Option<Cut<'_>> {
    let blank = |one: char| matches!(one, ' ' | '\t' | '\r');
    let before = text.get(..line_end)?;
    let spaces = before.chars().rev().take(WIDEST).take_while(|one| blank(*one)).count();
    let hyphen_end = line_end - spaces;
    let hyphen = char_before(text, hyphen_end)?;
    let hyphen_start = hyphen_end - hyphen.len_utf8();
    let is_soft = hyphen == '\u{ad}';
    if !is_soft && !matches!(hyphen, '-' | '\u{2010}') {
        return None;
    }
    let indent =
        text.get(line_end + 1..)?.chars().take(WIDEST).take_while(|one| blank(*one)).count();
    let gap = hyphen_start..line_end + 1 + indent;
    let (start, end) = (letters_before(text, gap.start)?, letters_after(text, gap.end)?);
    let is_cut = end.chars().all(char::is_lowercase)
        && start.chars().count() >= 2
        && end.chars().count() >= 2
        && start.chars().next_back().is_some_and(char::is_lowercase)
        && !CONJUNCTIONS.contains(&end);
    let goes_on = matches!(char_at(text, gap.end + end.len()), Some('-' | '\u{2010}' | '_' | '/'));
    let is_part = matches!(
        char_before(text, gap.start - start.len()),
        Some('-' | '\u{2010}' | '_' | '/' | '.' | '@' | '#')
    );
    (is_cut && !goes_on && !is_part).then_some(Cut { start, end, gap, is_soft })
}

fn letters_before(text: &str, at: usize) -> Option<&str> {
    let letters = text.get(..at)?.chars().rev().take(LONGEST).take_while(|one| one.is_alphabetic());
    text.get(at - letters.map(char::len_utf8).sum::<usize>()..at)
}

fn letters_after(text: &str, at: usize) -> Option<&str> {
    let letters = text.get(at..)?.chars().take(LONGEST).take_while(|one| one.is_alphabetic());
    text.get(at..at + letters.map(char::len_utf8).sum::<usize>())
}

fn words_of(text: &str) -> HashSet<&str> {
    text.split(|one: char| !one.is_alphabetic() && one != '-').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let joined = join(text).map_or_else(|| text.to_owned(), |one| one.text);
        assert_eq!(joined, expect, "{text}");
    }

    #[test]
    fn german_nouns_are_joined() {
        check(
            "Das hat die Bundes-\nregierung gestern nicht gesagt.",
            "Das hat die Bundesregierung gestern nicht gesagt.",
        );
        check(
            "Das hat die Bundes- \r\n  regierung gestern nicht gesagt.",
            "Das hat die Bundesregierung gestern nicht gesagt.",
        );
    }

    #[test]
    fn other_words_are_joined_where_the_text_has_them_whole() {
        check("The infor-\nmation is information.", "The information is information.");
        check("ver\u{ad}\nantwortlich", "verantwortlich");
    }

    #[test]
    fn what_may_have_a_hyphen_stays() {
        for text in [
            "Das sind die Vor-\nund Nachteile der Sache.",
            "This is a well-\nknown thing, and Self-\nemployed people know it.",
            "Die deutsch-\nfranzösische Freundschaft ist uns wichtig.",
            "Das ist die Hals-\nNasen-Ohren-Klinik der Stadt.",
            "Das ist der Schwarz-\nrot-gold der Fahne hier.",
            "- eins -\nzwei",
            "EU-\nweit gilt das für alle in der Union.",
        ] {
            check(text, text);
        }
    }
}
