use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use aho_corasick::{AhoCorasick, MatchKind};

use crate::{
    folding::{self, Folded},
    links, markup,
    names::{Span, merge},
    readings, scripts,
};

/// Folded patterns, and where they stand in a text as names of their own.
#[derive(Debug)]
pub(crate) struct Patterns {
    automaton: Option<AhoCorasick>,
    /// In the order of the automaton, those together that it cannot tell apart.
    patterns: Vec<Vec<Pattern>>,
    longer: BTreeSet<String>,
}

/// A text, and how it is folded.
struct Place<'a> {
    text: &'a str,
    folded: &'a Folded,
}

#[derive(Debug)]
struct Pattern {
    /// As it has to stand in the folded text, but for capitals.
    folded: String,
    /// The same with the capitals that it has to have.
    written: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// However its words are held together.
    FullName,
    /// The same, its last words first, with their capitals.
    Turned,
    /// A full name written together, with its capitals and no others.
    Together,
    /// A `#` and a full name without spaces.
    Hashtag,
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
        let mut searched: BTreeMap<String, Vec<Pattern>> = BTreeMap::new();
        for pattern in patterns.into_iter().map(Pattern::new) {
            searched.entry(pattern.searched().into_owned()).or_default().push(pattern);
        }
        let (searched, patterns): (Vec<_>, Vec<_>) = searched.into_iter().unzip();
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(searched)?;
        Ok(Self { automaton: Some(automaton), patterns, longer })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.automaton.is_none()
    }

    /// Every place where one of them stands, in order, without overlaps.
    pub(crate) fn find(&self, text: &str) -> Vec<Span> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let folded = Folded::new(text);
        let mut found = Vec::new();
        self.find_in(automaton, &Place { text, folded: &folded }, |_| true, &mut found);
        // a form behind a sign may hold what is markup elsewhere
        if let Some(folded) = markup::without(&folded) {
            let place = Place { text, folded: &folded };
            self.find_in(automaton, &place, Kind::is_loose, &mut found);
        }
        merge(found)
    }

    fn find_in(
        &self,
        automaton: &AhoCorasick,
        place: &Place<'_>,
        is_sought: impl Fn(Kind) -> bool,
        into: &mut Vec<Span>,
    ) {
        let parted = folding::parted(place.folded.as_str());
        // overlapping search: a pattern that fails at a word boundary must not hide another
        for found in automaton.find_overlapping_iter(parted.as_ref()) {
            let at = Span { start: found.start(), end: found.end() };
            let patterns = self.patterns.get(found.pattern().as_usize()).into_iter().flatten();
            let patterns = patterns.filter(|pattern| is_sought(pattern.kind));
            into.extend(patterns.filter_map(|pattern| self.name_at(place, pattern, at)));
        }
    }

    /// The place in the text of a pattern that was found in the folded text; none if it is not a
    /// name of its own there.
    fn name_at(&self, place: &Place<'_>, pattern: &Pattern, mut at: Span) -> Option<Span> {
        let folded = place.folded.as_str();
        if pattern.kind == Kind::Hashtag {
            at.start = at.start.checked_sub(1)?;
        }
        if self.addresses_somebody_else(folded, at.start) {
            return None;
        }
        let is_loose = pattern.kind.is_loose();
        if !is_loose && folded.get(at.start..at.end)? != pattern.folded {
            return None;
        }
        let end = word_end(folded, at, pattern.kind)?;
        let start = word_start(folded, at)?;
        if !pattern.has_its_capitals(place, at) {
            return None;
        }
        if pattern.kind == Kind::Turned && place.is_among_names(at.start, end) {
            return None;
        }
        let (start, end) = place.folded.source_span(start, end)?;
        let span = Span { start, end };
        if !is_loose && pattern.kind != Kind::Together {
            return Some(span);
        }
        // in an address hyphens part words, and hold no name together
        if links::is_in_address(place.text, start) {
            return Some(links::with_number(place.text, span));
        }
        (!is_part_of_longer(place.text, span)).then_some(span)
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
    fn new(written: String) -> Self {
        let has_space = written.contains(' ');
        let kind = match written.strip_prefix('@') {
            Some(name) if scripts::is_full_name(name) => Kind::Form,
            Some(_) => Kind::SingleForm,
            None if written.contains('@') => Kind::Email,
            None if written.starts_with('#') && !has_space => Kind::Hashtag,
            None if !written.contains(char::is_uppercase) => Kind::FullName,
            None if has_space => Kind::Turned,
            None => Kind::Together,
        };
        let folded = written.chars().flat_map(char::to_lowercase).collect();
        Self { folded, written, kind }
    }

    /// What is looked for; the sign of a hashtag stands before it.
    fn searched(&self) -> Cow<'_, str> {
        folding::parted(match self.kind {
            Kind::Hashtag => self.folded.trim_start_matches('#'),
            _ => &self.folded,
        })
    }

    fn has_its_capitals(&self, place: &Place<'_>, at: Span) -> bool {
        if !matches!(self.kind, Kind::Turned | Kind::Together) {
            return true;
        }
        let found = place.folded.as_str().get(at.start..at.end).unwrap_or_default();
        self.written.chars().zip(found.char_indices()).all(|(written, (offset, _))| {
            let is_capital = place.folded.is_capital(place.text, at.start + offset);
            let may_be = self.kind == Kind::Turned && is_capital;
            may_be || written.is_uppercase() == is_capital
        })
    }
}

impl Kind {
    /// Whether its words may be held together by other signs.
    const fn is_loose(self) -> bool {
        matches!(self, Self::FullName | Self::Turned)
    }
}

impl Place<'_> {
    /// Whether another name stands right before or behind: `Anna Weiß, Jörg Klein` does not name
    /// Jörg Weiß. A title is no name.
    fn is_among_names(&self, start: usize, end: usize) -> bool {
        self.follows_name(start).unwrap_or_default() || self.goes_on_with_name(end)
    }

    fn follows_name(&self, start: usize) -> Option<bool> {
        let before = self.folded.as_str().get(..start)?.strip_suffix(' ')?;
        let word = before.rsplit(|one: char| !one.is_alphanumeric()).next()?;
        let is_name = self.is_capital(before.len() - word.len()) && !readings::is_title(word);
        Some(!word.is_empty() && is_name && !self.is_line_break(before.len()))
    }

    fn goes_on_with_name(&self, end: usize) -> bool {
        let rest = self.folded.as_str().get(end..).and_then(|rest| rest.strip_prefix(' '));
        let mut rest = rest.unwrap_or_default().chars();
        let begins = rest.next().zip(rest.next());
        let is_word =
            begins.is_some_and(|(one, two)| one.is_alphanumeric() && two.is_alphanumeric());
        is_word && self.is_capital(end + 1) && !self.is_line_break(end)
    }

    fn is_capital(&self, at: usize) -> bool {
        self.folded.is_capital(self.text, at)
    }

    fn is_line_break(&self, at: usize) -> bool {
        self.folded.is_line_break(self.text, at)
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
        _ => scripts::ends_word(last, next),
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
