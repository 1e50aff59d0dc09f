use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::{
    folding::{self, Folded},
    names::{Span, merge},
    scripts,
};

/// Folded patterns, and where they stand in a text as names of their own.
#[derive(Debug)]
pub(crate) struct Patterns {
    automaton: Option<AhoCorasick>,
    /// In the order of the automaton.
    patterns: Vec<Pattern>,
    longer: BTreeSet<String>,
}

#[derive(Debug)]
struct Pattern {
    folded: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// However its words are held together.
    FullName,
    /// An `@` and a full name without spaces.
    Form,
    /// An `@` and one word.
    SingleForm,
    Email,
}

impl Patterns {
    pub(crate) fn new(
        patterns: Vec<String>,
        longer: &BTreeSet<String>,
    ) -> Result<Self, aho_corasick::BuildError> {
        let longer = longer.clone();
        if patterns.is_empty() {
            return Ok(Self { automaton: None, patterns: Vec::new(), longer });
        }
        let searched = patterns.iter().map(|pattern| folding::parted(pattern).into_owned());
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(searched)?;
        let patterns = patterns.into_iter().map(Pattern::new).collect();
        Ok(Self { automaton: Some(automaton), patterns, longer })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.automaton.is_none()
    }

    /// Every place where one of them stands, in order, without overlaps.
    pub(crate) fn find(&self, text: &str) -> Vec<Span> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let folded = Folded::new(text);
        let parted = folding::parted(folded.as_str());
        // overlapping search: a pattern that fails at a word boundary must not hide another
        let found = automaton.find_overlapping_iter(parted.as_ref()).filter_map(|found| {
            let pattern = self.patterns.get(found.pattern().as_usize())?;
            let at = Span { start: found.start(), end: found.end() };
            self.name_at(text, &folded, pattern, at)
        });
        merge(found.collect())
    }

    /// The place in the text of a pattern that was found in the folded text; none if it is not a
    /// name of its own there.
    fn name_at(&self, text: &str, folded: &Folded, pattern: &Pattern, at: Span) -> Option<Span> {
        if self.addresses_somebody_else(folded.as_str(), at.start) {
            return None;
        }
        let is_loose = pattern.kind == Kind::FullName;
        if !is_loose && folded.as_str().get(at.start..at.end)? != pattern.folded {
            return None;
        }
        let end = word_end(folded.as_str(), at, pattern.kind)?;
        let start = word_start(folded.as_str(), at)?;
        let (start, end) = folded.source_span(start, end)?;
        let span = Span { start, end };
        (!is_loose || !is_part_of_longer(text, span)).then_some(span)
    }

    /// Whether an `@` at this place goes on with the full name of somebody who did not object.
    fn addresses_somebody_else(&self, folded: &str, at: usize) -> bool {
        let Some(rest) = folded.get(at..).and_then(|rest| rest.strip_prefix('@')) else {
            return false;
        };
        let first = rest.split(|one: char| !one.is_alphanumeric()).next().unwrap_or_default();
        let from_first =
            self.longer.range(first.to_owned()..).take_while(|one| one.starts_with(first));
        let mut goes_on = from_first.filter_map(|name| rest.strip_prefix(name.as_str()));
        goes_on.any(|after| after.chars().next().is_none_or(|one| !one.is_alphanumeric()))
    }
}

impl Pattern {
    fn new(folded: String) -> Self {
        let kind = match folded.strip_prefix('@') {
            Some(name) if scripts::is_full_name(name) => Kind::Form,
            Some(_) => Kind::SingleForm,
            None if folded.contains('@') => Kind::Email,
            None => Kind::FullName,
        };
        Self { folded, kind }
    }
}

/// The start of the name, or none where it starts inside a word; an `@` before it belongs to it.
fn word_start(folded: &str, at: Span) -> Option<usize> {
    let before = folded.get(..at.start)?.chars().next_back();
    let first = folded.get(at.start..at.end)?.chars().next()?;
    match before {
        Some('@') => Some(at.start - 1),
        before => scripts::begins_word(before, first).then_some(at.start),
    }
}

/// The end of the name, or none where it ends inside a word; a genitive `s` belongs to it.
fn word_end(folded: &str, at: Span, kind: Kind) -> Option<usize> {
    let last = folded.get(at.start..at.end)?.chars().next_back()?;
    let mut rest = folded.get(at.end..)?.chars();
    let (next, after_next) = (rest.next(), rest.next());
    let is_end = match kind {
        Kind::SingleForm => scripts::ends_single_word(last, next),
        Kind::FullName | Kind::Form | Kind::Email => scripts::ends_word(last, next),
    };
    match next {
        Some('s') if scripts::ends_word('s', after_next) => Some(at.end + 1),
        _ => is_end.then_some(at.end),
    }
}

/// Whether a hyphen or an underscore holds the place together with another word: `Anna Klein` is
/// not named in `Anna Klein-Meier`. A dash does not.
fn is_part_of_longer(text: &str, span: Span) -> bool {
    let holds = |one: Option<char>| one.is_some_and(|one| one == '_' || scripts::is_hyphen(one));
    let is_letter = |one: Option<char>| one.is_some_and(char::is_alphabetic);
    let mut after = text.get(span.end..).unwrap_or_default().chars();
    let mut before = text.get(..span.start).unwrap_or_default().chars();
    let goes_on = holds(after.next()) && is_letter(after.next());
    goes_on || holds(before.next_back()) && is_letter(before.next_back())
}
