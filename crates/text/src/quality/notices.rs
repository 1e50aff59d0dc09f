use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};

use super::phrases::{ALONE, ANYWHERE, FILLING, POLICIES, SCRIPT};

/// Finds what notices say: about cookies, scripts, rights, newsletters and sharing.
#[derive(Debug)]
pub(super) struct Notices {
    automaton: AhoCorasick,
    phrases: Vec<Phrase>,
}

#[derive(Debug, Clone, Copy)]
struct Phrase {
    place: Place,
    holds: Holds,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Anywhere,
    Alone,
    /// It makes no notice of a sentence.
    Free,
}

/// For which of C4's rules a phrase counts.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Holds {
    pub(super) filling: bool,
    pub(super) script: bool,
    pub(super) policy: bool,
}

/// A phrase in a text.
#[derive(Debug, Clone)]
pub(super) struct Found {
    at: Range<usize>,
    place: Place,
    holds: Holds,
}

impl Notices {
    pub(super) fn new() -> Result<Self, BuildError> {
        let placed =
            |list: &'static [&'static str], place| list.iter().map(move |one| (*one, place));
        let mut all: Vec<_> =
            placed(ANYWHERE, Place::Anywhere).chain(placed(ALONE, Place::Alone)).collect();
        for one in POLICIES.iter().chain([&SCRIPT]) {
            if !all.iter().any(|(phrase, _)| phrase == one) {
                all.push((*one, Place::Free));
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::DFA))
            .ascii_case_insensitive(true)
            .build(all.iter().map(|(phrase, _)| phrase))?;
        let phrases =
            all.into_iter().map(|(phrase, place)| Phrase { place, holds: Holds::of(phrase) });
        Ok(Self { automaton, phrases: phrases.collect() })
    }

    /// Puts every phrase of the text into `found`, in order.
    pub(super) fn find(&self, text: &str, found: &mut Vec<Found>) {
        found.clear();
        found.extend(self.automaton.find_iter(text).filter_map(|one| {
            let phrase = self.phrases.get(one.pattern().as_usize())?;
            Some(Found { at: one.range(), place: phrase.place, holds: phrase.holds })
        }));
    }
}

impl Holds {
    fn of(phrase: &str) -> Self {
        Self {
            filling: phrase.contains(FILLING),
            script: phrase.contains(SCRIPT),
            policy: POLICIES.iter().any(|policy| phrase.contains(policy)),
        }
    }

    /// What the phrases hold that end before this place, which are taken off `found`.
    pub(super) fn until(end: usize, found: &mut &[Found]) -> Self {
        let mut holds = Self::default();
        while let Some((first, rest)) = found.split_first().filter(|(one, _)| one.at.end <= end) {
            holds.filling |= first.holds.filling;
            holds.script |= first.holds.script;
            holds.policy |= first.holds.policy;
            *found = rest;
        }
        holds
    }
}

/// How many characters of the text stand in sentences or lines that are notices.
pub(super) fn characters(text: &str, found: &[Found]) -> usize {
    let (mut covered, mut characters) = (0, 0);
    for one in found {
        let notice = match one.place {
            _ if one.at.start < covered => None,
            Place::Anywhere => Some(sentence(text, covered, &one.at)),
            Place::Alone => alone(text, &one.at),
            Place::Free => None,
        };
        if let Some(notice) = notice {
            characters +=
                text.get(notice.clone()).map_or(0, |notice| notice.trim().chars().count());
            covered = notice.end;
        }
    }
    characters
}

/// The sentence or line around the place, with its end, but nothing before `from`.
fn sentence(text: &str, from: usize, at: &Range<usize>) -> Range<usize> {
    let before = text.get(from..at.start).unwrap_or_default();
    let after = text.get(at.end..).unwrap_or_default();
    let start = before.char_indices().rev().find(|(_, one)| is_boundary(*one));
    let end = after.char_indices().find(|(_, one)| is_boundary(*one));
    let start = start.map_or(from, |(offset, one)| from + offset + one.len_utf8());
    start..end.map_or(text.len(), |(offset, one)| at.end + offset + one.len_utf8())
}

/// The place with the signs around it, if nothing else stands in its sentence or line.
fn alone(text: &str, at: &Range<usize>) -> Option<Range<usize>> {
    let mut before = text.get(..at.start)?.char_indices().rev();
    let mut after = text.get(at.end..)?.char_indices();
    let stops = |one: &(usize, char)| is_boundary(one.1) || one.1.is_alphanumeric();
    let start = match before.find(stops) {
        Some((_, one)) if !is_boundary(one) => return None,
        Some((offset, one)) => offset + one.len_utf8(),
        None => 0,
    };
    let end = match after.find(stops) {
        Some((_, one)) if !is_boundary(one) => return None,
        Some((offset, one)) => at.end + offset + one.len_utf8(),
        None => text.len(),
    };
    Some(start..end)
}

fn is_boundary(one: char) -> bool {
    matches!(one, '\n' | '.' | '!' | '?' | '|' | '•' | '·')
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static NOTICES: LazyLock<Notices> = LazyLock::new(|| Notices::new().unwrap());

    fn found(text: &str) -> Vec<Found> {
        let mut found = Vec::new();
        NOTICES.find(text, &mut found);
        found
    }

    #[test]
    fn notices_are_counted_by_their_sentence() {
        let check = |text: &str, expect: usize| {
            assert_eq!(characters(text, &found(text)), expect, "{text}");
        };
        check("", 0);
        check("Mehr erfahren", 13);
        check("» MEHR ERFAHREN »", 17);
        check("Hier will ich mehr erfahren", 0);
        check("Der Bericht ist da. Weiterlesen", 11);
        check("Share | Tweet | Print it", 14);
        check("We share what we know", 0);
        check("I like it. This website uses cookies, as all do. Really.", 37);
        check("© 2024 Beispiel GmbH – Alle Rechte vorbehalten", 46);
        check("We wrote a privacy policy for our shop", 0);
        check("Lorem ipsum dolor sit amet", 26);
    }

    #[test]
    fn every_phrase_is_a_notice_by_itself() {
        for phrase in ANYWHERE.iter().chain(ALONE) {
            assert_eq!(characters(phrase, &found(phrase)), phrase.chars().count(), "{phrase}");
            assert_eq!(phrase.to_lowercase(), **phrase);
        }
    }

    proptest! {
        #[test]
        fn notices_are_never_more_than_the_text(text in "(read more|teilen|we use cookies|[a .!\nß»])*") {
            prop_assert!(characters(&text, &found(&text)) <= text.chars().count());
        }

        #[test]
        fn terms_of_c4_are_never_hidden(
            words in proptest::collection::vec(
                "(please|enable|javascript|this|website|we|uses|use|of|cookies|cookie|policy|privacy|terms|accept|all|lorem|ipsum)",
                0..12,
            ),
        ) {
            let text = words.join(" ");
            let all = found(&text);
            prop_assert_eq!(Holds::until(text.len(), &mut all.as_slice()), Holds::of(&text));
        }
    }
}
