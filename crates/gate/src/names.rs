use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::{AhoCorasick, MatchKind};
use policy::Ambiguous;

use crate::folding::{self, Folded};

/// What stands where a name stood.
pub const NAME_MASK: &str = "[name]";

/// A part of a text, in bytes: `start` included, `end` not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// First byte after it.
    pub end: usize,
}

/// What people are called who must not be named.
#[derive(Debug, Clone, Default)]
pub struct NamesToRedact {
    /// Display names of members who objected.
    pub members: BTreeSet<String>,
    /// Names that non-members gave with their objection.
    pub non_members: BTreeSet<String>,
    /// E-mail addresses that non-members gave with their objection.
    pub emails: BTreeSet<String>,
    /// Folded full names and `@forms` that also belong to somebody who did not object.
    pub shared: BTreeSet<String>,
    /// Folded full names of others that begin with an objector's one-word name: an `@` before
    /// them does not address the objector.
    pub longer: BTreeSet<String>,
}

/// Finds the names of objectors in free text: full names of two or more words, the `@form` of a
/// name, and e-mail addresses. Single words are left to the mentions that a thread resolves.
#[derive(Debug)]
pub struct NameFinder {
    redact: Patterns,
    review: Patterns,
}

#[derive(Debug)]
struct Patterns {
    automaton: Option<AhoCorasick>,
    longer: BTreeSet<String>,
}

impl NamesToRedact {
    /// The folded patterns under which a display name is found, each `true` if it is a full name
    /// of two or more words.
    pub fn patterns_of(name: &str) -> Vec<(String, bool)> {
        let mut patterns = Vec::new();
        for spelling in folding::spellings(name) {
            let full = folding::words(&spelling) >= 2;
            let form = own_form(&spelling);
            if full {
                patterns.push((spelling, true));
            }
            if form.len() > 1 {
                patterns.push((form, full));
            }
        }
        patterns
    }
}

/// The `@form` of a folded name: without the spaces between its words.
pub(crate) fn own_form(folded: &str) -> String {
    std::iter::once('@').chain(folded.chars().filter(|one| *one != ' ')).collect()
}

impl NameFinder {
    /// Builds the automaton over the names.
    ///
    /// # Errors
    /// When the names are too many for one automaton (some hundred million characters).
    pub fn new(
        names: &NamesToRedact,
        ambiguous: Ambiguous,
    ) -> Result<Self, aho_corasick::BuildError> {
        // the value says whether somebody who did not object shares the pattern
        let mut patterns: BTreeMap<String, bool> = BTreeMap::new();
        for name in &names.members {
            for (pattern, full) in NamesToRedact::patterns_of(name) {
                let shared = names.shared.contains(&pattern);
                if full || !shared {
                    patterns.insert(pattern, shared);
                }
            }
        }
        for name in &names.non_members {
            for pattern in NamesToRedact::patterns_of(name) {
                if pattern.1 {
                    let shared = names.shared.contains(&pattern.0);
                    patterns.insert(pattern.0, shared);
                }
            }
        }
        for email in &names.emails {
            patterns.insert(folding::fold_name(email), false);
        }
        let (shared, sole): (Vec<_>, Vec<_>) =
            patterns.into_iter().partition(|(_, shared)| *shared);
        let mut redact: Vec<String> = sole.into_iter().map(|(pattern, _)| pattern).collect();
        let mut review = Vec::new();
        let shared = shared.into_iter().map(|(pattern, _)| pattern);
        match ambiguous {
            Ambiguous::Redact => redact.extend(shared),
            Ambiguous::Review => review.extend(shared),
            Ambiguous::Keep => {}
        }
        let longer = &names.longer;
        Ok(Self {
            redact: Patterns::new(&redact, longer)?,
            review: Patterns::new(&review, longer)?,
        })
    }

    /// Every place that has to be redacted, in order, without overlaps.
    pub fn find(&self, text: &str) -> Vec<Span> {
        self.redact.find(text)
    }

    /// Whether a person has to look at the text before it may be used.
    pub fn needs_review(&self, text: &str) -> bool {
        !self.review.find(text).is_empty()
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.redact.automaton.is_none() && self.review.automaton.is_none()
    }
}

impl Patterns {
    fn new(
        patterns: &[String],
        longer: &BTreeSet<String>,
    ) -> Result<Self, aho_corasick::BuildError> {
        let longer = longer.clone();
        if patterns.is_empty() {
            return Ok(Self { automaton: None, longer });
        }
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(patterns)?;
        Ok(Self { automaton: Some(automaton), longer })
    }

    fn find(&self, text: &str) -> Vec<Span> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let folded = Folded::new(text);
        // overlapping search: a pattern that fails at a word boundary must not hide another
        let spans = automaton.find_overlapping_iter(folded.as_str()).filter_map(|found| {
            if self.addresses_somebody_else(folded.as_str(), found.start()) {
                return None;
            }
            let end = word_end(folded.as_str(), found.end())?;
            let start = word_start(folded.as_str(), found.start())?;
            let (start, end) = folded.source_span(start, end)?;
            Some(Span { start, end })
        });
        merge(spans.collect())
    }
}

impl Patterns {
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

/// Sorts spans and joins those that touch or overlap.
pub(crate) fn merge(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

/// The text with every span masked; spans that do not fall on characters are widened.
pub(crate) fn mask(text: &str, spans: &[Span]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        let start = floor(text, span.start.max(at));
        let end = ceiling(text, span.end);
        if end <= at {
            continue;
        }
        masked.push_str(text.get(at..start).unwrap_or_default());
        masked.push_str(NAME_MASK);
        at = end;
    }
    masked.push_str(text.get(at..).unwrap_or_default());
    masked
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceiling(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// The start of the name, or none where it starts inside a word; an `@` before it belongs to it.
fn word_start(folded: &str, start: usize) -> Option<usize> {
    let before = folded.get(..start)?.chars().next_back();
    match before {
        Some('@') => Some(start - 1),
        Some(one) if one.is_alphanumeric() => None,
        _ => Some(start),
    }
}

/// The end of the name, or none where it ends inside a word; a genitive `s` belongs to it.
fn word_end(folded: &str, end: usize) -> Option<usize> {
    let mut rest = folded.get(end..)?.chars();
    match (rest.next(), rest.next()) {
        (Some('s'), next) if next.is_none_or(|one| !one.is_alphanumeric()) => Some(end + 1),
        (Some(one), _) if one.is_alphanumeric() => None,
        _ => Some(end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn finder(members: &[&str], shared: &[&str], ambiguous: Ambiguous) -> NameFinder {
        let names = NamesToRedact {
            members: set(members),
            shared: set(shared),
            emails: set(&["Jo@Example.org"]),
            non_members: set(&["Ada Byron", "Madonna"]),
            longer: set(&["quantum meier"]),
        };
        NameFinder::new(&names, ambiguous).unwrap()
    }

    #[test]
    fn names_are_found_as_people_write_them() {
        let finder = finder(&["Anna Schmidt", "Jörg Müller", "quantum"], &[], Ambiguous::Redact);
        let check = |text: &str, expected: &str| {
            assert_eq!(mask(text, &finder.find(text)), expected);
        };
        check("Danke, Anna Schmidt!", "Danke, [name]!");
        check("danke, anna schmidt", "danke, [name]");
        check("Anna Schmidts Beitrag", "[name] Beitrag");
        check("> @Anna Schmidt schrieb", "> [name] schrieb");
        check("ask @AnnaSchmidt.", "ask [name].");
        check("Anna\n  Schmidt", "[name]");
        check("Joerg Mueller und Jorg Muller", "[name] und [name]");
        check("JOANNA SCHMIDT", "JOANNA SCHMIDT");
        check("Anna Schmidtke", "Anna Schmidtke");
        check("Anna spoke, Schmidt listened", "Anna spoke, Schmidt listened");
        check(
            "not @Quantum Meier, but @quantum Meierling",
            "not @Quantum Meier, but [name] Meierling",
        );
        check("quantum computing for @quantum", "quantum computing for [name]");
        check("write to jo@example.org", "write to [name]");
        check("Ada Byron and Madonna", "[name] and Madonna");
    }

    #[test]
    fn a_shared_name_follows_the_policy() {
        let text = "Anna Schmidt and @quantum";
        let shared = ["anna schmidt", "@annaschmidt", "@quantum"];
        let with = |ambiguous| finder(&["Anna Schmidt", "quantum"], &shared, ambiguous);
        assert_eq!(mask(text, &with(Ambiguous::Redact).find(text)), "[name] and @quantum");
        assert_eq!(mask(text, &with(Ambiguous::Keep).find(text)), text);
        assert_eq!(mask(text, &with(Ambiguous::Review).find(text)), text);
        assert!(with(Ambiguous::Review).needs_review(text));
    }

    proptest! {
        #[test]
        fn masking_is_total_and_leaves_no_name(before in ".{0,20}", after in ".{0,20}") {
            let finder = finder(&["Anna Schmidt"], &[], Ambiguous::Redact);
            let text = format!("{before} Anna Schmidt, {after}");
            let masked = mask(&text, &finder.find(&text));
            prop_assert!(!masked.contains("Anna Schmidt"));
            prop_assert!(finder.find(&masked).is_empty());
        }

        #[test]
        fn any_span_can_be_masked(text in ".{0,30}", spans in prop::collection::vec((0_usize..40, 0_usize..40), 0..5)) {
            let spans = spans.into_iter().map(|(start, length)| Span { start, end: start + length }).collect();
            mask(&text, &merge(spans));
        }
    }
}
