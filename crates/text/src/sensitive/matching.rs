//! Where the entries of the lists stand in a text.

use std::cmp::Reverse;

use aho_corasick::{
    Anchored, BuildError, MatchKind,
    automaton::{Automaton, StateID},
    dfa::DFA,
};

use super::{
    folding::{Folded, SENTENCE_END},
    lists::{self, Entry, Marker, Pattern, Role, Strength},
};

/// Longer runs of letters are no words; without a bound they could be searched again and again.
pub(super) const WORD_BYTES: usize = 64;

/// How far before a word it is looked for what begins an address on the web.
const ADDRESS_BYTES: usize = 1024;

/// The entries of all lists as one automaton.
#[derive(Debug)]
pub(super) struct Matcher {
    automaton: DFA,
    /// In the order of the automaton.
    patterns: Vec<Pattern>,
}

/// A text and what was found in it, each in the text's order.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) folded: Folded,
    /// Terms and their harmless readings, without overlaps.
    pub(super) terms: Vec<Place>,
    pub(super) markers: Vec<(Marker, Place)>,
    /// How many words of software and data it has.
    pub(super) technical: usize,
}

/// Where an entry stands, in bytes of the folded text; whole words, the space before them not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) entry: Entry,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it is an item of a list of its own.
    pub(super) is_item: bool,
    /// How many bytes of it the entry itself names.
    matched: usize,
}

impl Matcher {
    pub(super) fn new() -> Result<Self, BuildError> {
        let patterns: Vec<Pattern> = lists::entries().map(Pattern::new).collect();
        // every match is reported: an entry that fails at the end of a word must not hide another
        let automaton = DFA::builder()
            .match_kind(MatchKind::Standard)
            .build(patterns.iter().map(|one| &one.folded))?;
        Ok(Self { automaton, patterns })
    }

    pub(super) fn find(&self, text: &str) -> Found {
        let folded = Folded::new(text);
        let sides = Sides { text, folded: &folded };
        let (mut terms, mut markers) = (Vec::new(), Vec::new());
        let mut technical = Technical::default();
        self.each_match(folded.as_bytes(), |pattern, end| {
            let Some(place) = pattern.place(&sides, end) else { return };
            match place.entry.role {
                // kept apart: what a term is said of is looked for in few markers around it
                Role::Marker(Marker::Technical) => technical.count(&sides, &place),
                Role::Marker(marker) => markers.push((marker, place)),
                _ => terms.push(place),
            }
        });
        // what a link leads to, its author may have said, who links it has not
        terms.retain(|place| !sides.is_in_web_address(place));
        markers.sort_unstable_by_key(|(_, place)| place.start);
        Found { folded, terms: leftmost_longest(terms), markers, technical: technical.words }
    }

    /// Calls with every pattern that ends somewhere, and where.
    fn each_match(&self, bytes: &[u8], mut call: impl FnMut(&Pattern, usize)) {
        let Ok(mut state) = self.automaton.start_state(Anchored::No) else { return };
        let mut rest = bytes;
        while let Some(behind) = self.next_match(&mut state, rest) {
            rest = behind;
            for index in 0..self.automaton.match_len(state) {
                let pattern = self.automaton.match_pattern(state, index).as_usize();
                if let Some(pattern) = self.patterns.get(pattern) {
                    call(pattern, bytes.len() - rest.len());
                }
            }
        }
    }

    /// What is left of the bytes behind the next place where a pattern ends. A function of its own,
    /// so that the loop over all bytes has the registers to itself.
    #[inline(never)]
    fn next_match<'a>(&self, state: &mut StateID, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let mut now = *state;
        let mut rest = bytes.iter();
        for byte in rest.by_ref() {
            now = self.automaton.next_state(Anchored::No, now, *byte);
            if self.automaton.is_special(now) && self.automaton.is_match(now) {
                *state = now;
                return Some(rest.as_slice());
            }
        }
        None
    }
}

/// Counts words of software and data, each once however many entries it is in.
#[derive(Debug, Default)]
struct Technical {
    words: usize,
    end: usize,
}

impl Technical {
    fn count(&mut self, sides: &Sides<'_>, place: &Place) {
        if place.start >= self.end && !sides.is_in_web_address(place) {
            self.words += 1;
            self.end = place.end;
        }
    }
}

/// A text as it is written and as it is compared.
struct Sides<'a> {
    text: &'a str,
    folded: &'a Folded,
}

impl Pattern {
    /// The words that hold this pattern, or none where it is not an entry of its own.
    fn place(&self, sides: &Sides<'_>, end: usize) -> Option<Place> {
        let bytes = sides.folded.as_bytes();
        let behind = rest_of_word(bytes.get(end..)?)?;
        if !self.end.allows(behind) {
            return None;
        }
        let start = self.word_start(bytes, end)?;
        if self.written.is_some_and(|written| !sides.is_written(written, start)) {
            return None;
        }
        let end = end + behind.len();
        let is_identity = matches!(self.entry.role, Role::Term(_, Strength::Identity));
        let is_item = is_identity && sides.is_item(start, end);
        Some(Place { entry: self.entry, start, end, is_item, matched: self.folded.len() })
    }
}

impl Pattern {
    /// Where the word starts in which the pattern starts.
    fn word_start(&self, bytes: &[u8], end: usize) -> Option<usize> {
        let start = end.checked_sub(self.folded.len())?;
        if self.folded.first() == Some(&b' ') {
            return Some(start + 1);
        }
        let from = start.saturating_sub(WORD_BYTES);
        let before = bytes.get(from..start)?.iter().rposition(|one| *one == b' ')?;
        Some(from + before + 1)
    }
}

/// The letters up to the end of a word, none where it is too long for one.
fn rest_of_word(bytes: &[u8]) -> Option<&[u8]> {
    let ends = |one: &u8| matches!(*one, b' ' | SENTENCE_END);
    match bytes.iter().take(WORD_BYTES).position(ends) {
        None if bytes.len() >= WORD_BYTES => None,
        found => bytes.get(..found.unwrap_or(bytes.len())),
    }
}

impl Sides<'_> {
    /// Whether a place lies in an address on the web: between it and the white space before there is
    /// what such an address begins with.
    fn is_in_web_address(&self, place: &Place) -> bool {
        let (end, _) = self.folded.span(self.text, place.start, place.end);
        let before = self.text.as_bytes().get(end.saturating_sub(ADDRESS_BYTES)..end);
        let before = before.unwrap_or_default();
        let start = before.iter().rposition(u8::is_ascii_whitespace).map_or(0, |space| space + 1);
        let run = before.get(start..).unwrap_or_default();
        [b"://".as_slice(), b"www."]
            .iter()
            .any(|begin| run.windows(begin.len()).any(|bytes| bytes.eq_ignore_ascii_case(begin)))
    }

    /// Whether commas, lines or the like part a place from all other words.
    fn is_item(&self, start: usize, end: usize) -> bool {
        let (start, end) = self.folded.span(self.text, start, end);
        let before = self.text.get(..start).unwrap_or_default().trim_end_matches(' ');
        let after = self.text.get(end..).unwrap_or_default().trim_start_matches(' ');
        let parts = |one: Option<char>| one.is_none_or(|one| ",;.|/\n•·&+".contains(one));
        let goes_on = after.starts_with("and ") || after.starts_with("und ");
        parts(before.chars().next_back()) && (goes_on || parts(after.chars().next()))
    }

    /// Whether the source has the letters of an entry, capitals included, from a place on.
    fn is_written(&self, written: &str, at: usize) -> bool {
        let source = self.text.get(self.folded.source(at)..).unwrap_or_default();
        let mut source = source.chars().flat_map(capitals);
        written.chars().flat_map(capitals).all(|letter| source.next() == Some(letter))
    }
}

/// Whether each letter that a character is folded to is a capital in it.
fn capitals(one: char) -> impl Iterator<Item = bool> {
    let letters = match one {
        'ä' | 'ö' | 'ü' | 'Ä' | 'Ö' | 'Ü' | 'ß' => 2,
        // the dots of an umlaut that is written as two characters
        '\u{308}' => 1,
        _ => usize::from(one.is_alphanumeric()),
    };
    (0..letters).map(move |at| at == 0 && one.is_uppercase())
}

/// Of places that overlap the one that starts first, of those the longest.
fn leftmost_longest(mut places: Vec<Place>) -> Vec<Place> {
    places.sort_by_key(|one| (one.start, Reverse(one.end), Reverse(one.matched)));
    let mut end = 0;
    places.retain(|one| {
        let is_free = one.start >= end;
        if is_free {
            end = one.end;
        }
        is_free
    });
    places
}
