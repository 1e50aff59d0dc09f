//! The lists of terms and how an entry is written.
//!
//! A heading in brackets says what the lines below it are for, `#` begins a comment, and every other
//! line is an entry: `word` as a whole word, `word~` with an inflection of German or English, `word*`
//! with any letters behind it, `*word` with any letters before it, and `=Word` only with the capitals
//! it is written with. All digits are the same to an entry, `brca1` is `brca2`.

use super::{Kind, folding::Folded};

/// One line of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// The line as it stands in the list.
    pub(super) term: &'static str,
    pub(super) role: Role,
}

/// What an entry is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Term(Kind, Strength),
    /// A harmless reading of words that are terms elsewhere.
    Harmless,
    Marker(Marker),
}

/// How much a term says on its own, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// Decides wherever it stands.
    Decisive,
    /// Names what somebody is: like a strong one, and decides where it stands alone in a list, as in
    /// `father, Muslim, engineer`.
    Identity,
    /// Two of these decide, one where it is said of a person.
    Strong,
    /// Nearly nothing until it is said of a person, then it decides.
    Personal,
    /// Only together with others.
    Weak,
}

/// Words around a term that say whom or what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    PersonBefore,
    PersonAdjacent,
    PersonAfter,
    TopicBefore,
    TopicAdjacent,
    TopicAfter,
    FirstPerson,
    Trade,
    /// Says of the whole text what it is about, wherever it stands.
    Technical,
}

/// The files of the terms, in the order of the kinds.
const TERMS: [(Kind, &str); 6] = [
    (Kind::Health, include_str!("health.txt")),
    (Kind::Religion, include_str!("religion.txt")),
    (Kind::Politics, include_str!("politics.txt")),
    (Kind::Union, include_str!("union.txt")),
    (Kind::SexualOrientation, include_str!("sexual-orientation.txt")),
    (Kind::EthnicOrigin, include_str!("ethnic-origin.txt")),
];

const CONTEXT: &str = include_str!("context.txt");

/// Every entry of every list.
pub(super) fn entries() -> impl Iterator<Item = Entry> {
    let terms = TERMS.into_iter().flat_map(|(kind, list)| {
        lines(list).filter_map(move |(heading, term)| {
            Some(Entry { term, role: Role::of_term(kind, heading)? })
        })
    });
    let context = lines(CONTEXT)
        .filter_map(|(heading, term)| Some(Entry { term, role: Role::of_context(heading)? }));
    terms.chain(context)
}

/// The entries of a list, each with the heading it stands under.
fn lines(list: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut heading = "";
    list.lines().filter_map(move |line| {
        let line = line.trim();
        if let Some(next) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            heading = next;
            return None;
        }
        (!line.is_empty() && !line.starts_with('#')).then_some((heading, line))
    })
}

impl Role {
    fn of_term(kind: Kind, heading: &str) -> Option<Self> {
        Some(match heading {
            "decisive" => Self::Term(kind, Strength::Decisive),
            "identity" => Self::Term(kind, Strength::Identity),
            "strong" => Self::Term(kind, Strength::Strong),
            "personal" => Self::Term(kind, Strength::Personal),
            "weak" => Self::Term(kind, Strength::Weak),
            "harmless" => Self::Harmless,
            _ => return None,
        })
    }

    fn of_context(heading: &str) -> Option<Self> {
        Some(Self::Marker(match heading {
            "person-before" => Marker::PersonBefore,
            "person-adjacent" => Marker::PersonAdjacent,
            "person-after" => Marker::PersonAfter,
            "topic-before" => Marker::TopicBefore,
            "topic-adjacent" => Marker::TopicAdjacent,
            "first-person" => Marker::FirstPerson,
            "trade" => Marker::Trade,
            "technical" => Marker::Technical,
            "topic-after" => Marker::TopicAfter,
            _ => return None,
        }))
    }
}

/// An entry as it is looked for.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) entry: Entry,
    pub(super) folded: Vec<u8>,
    pub(super) end: End,
    /// With the capitals that it has to have.
    pub(super) written: Option<&'static str>,
}

/// What may stand right behind a pattern in the same word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Nothing,
    Inflection,
    Anything,
}

/// What German and English put behind a stem; an apostrophe ends the word already.
const INFLECTIONS: [&[u8]; 14] = [
    b"", b"e", b"en", b"er", b"es", b"em", b"ern", b"n", b"s", b"ns", b"in", b"innen", b"ens",
    b"erinnen",
];

impl Pattern {
    pub(super) fn new(entry: Entry) -> Self {
        let (term, is_cased) = stripped(entry.term, str::strip_prefix, '=');
        let (term, is_behind) = stripped(term, str::strip_prefix, '*');
        let (term, is_open) = stripped(term, str::strip_suffix, '*');
        let (term, is_inflected) = stripped(term, str::strip_suffix, '~');
        let end = match (is_open, is_inflected) {
            (true, _) => End::Anything,
            (false, true) => End::Inflection,
            (false, false) => End::Nothing,
        };
        let mut folded = Folded::new(term).as_bytes().to_vec();
        if is_behind && !folded.is_empty() {
            folded.remove(0);
        }
        Self { entry, folded, end, written: is_cased.then_some(term) }
    }
}

impl End {
    /// Whether the rest of the word may stand behind a pattern.
    pub(super) fn allows(self, behind: &[u8]) -> bool {
        match self {
            Self::Nothing => behind.is_empty(),
            Self::Inflection => INFLECTIONS.contains(&behind),
            Self::Anything => true,
        }
    }
}

/// The term without a sign, and whether it had it.
fn stripped(
    term: &'static str,
    strip: impl Fn(&'static str, char) -> Option<&'static str>,
    sign: char,
) -> (&'static str, bool) {
    strip(term, sign).map_or((term, false), |rest| (rest, true))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_line_is_under_a_known_heading() {
        let lists = TERMS.iter().map(|(_, list)| *list).chain([CONTEXT]);
        let is_line = |line: &&str| !line.is_empty() && !line.starts_with(['#', '[']);
        let lines = lists.flat_map(str::lines).filter(is_line).count();
        assert_eq!(entries().count(), lines);
    }

    #[test]
    fn every_kind_has_a_list() {
        assert!(Kind::ALL.iter().copied().eq(TERMS.iter().map(|(kind, _)| *kind)));
    }

    #[test]
    fn signs_stand_at_the_ends_of_an_entry_only() {
        for entry in entries() {
            let inner = entry.term.trim_start_matches(['=', '*']).trim_end_matches(['~', '*']);
            assert!(!inner.is_empty() && !inner.contains(['*', '~', '=']), "{entry:?}");
            assert!(Pattern::new(entry).folded.len() > 1, "{entry:?}");
        }
    }

    #[test]
    fn no_term_is_listed_twice() {
        let mut seen = BTreeMap::new();
        let terms = entries().filter(|entry| !matches!(entry.role, Role::Marker(_)));
        let twice: Vec<(Entry, Entry)> = terms
            .filter_map(|entry| {
                let pattern = Pattern::new(entry);
                let key = (pattern.folded, pattern.end as u8, pattern.written);
                Some((seen.insert(key, entry)?, entry))
            })
            .collect();
        assert!(twice.is_empty(), "{twice:#?}");
    }
}
