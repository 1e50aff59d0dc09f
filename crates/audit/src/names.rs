//! Finding names of people in texts, the slow and plain way: at every beginning of a word, every
//! length that a name can have.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use policy::Ambiguous;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// No name of a person has more words than this.
const LONGEST_NAME: usize = 12;

/// A text as it is compared, with the bytes of the original that each of its bytes stands for.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    pub(crate) text: String,
    from: Vec<usize>,
    to: Vec<usize>,
}

/// What a pattern is, for the finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A full name, or the form of a name behind an `@`.
    Name,
    /// An e-mail address.
    Email,
}

/// A place in an original text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: Kind,
}

/// Patterns to look for.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    patterns: HashMap<String, Kind>,
    lengths: BTreeSet<usize>,
    /// Full names of people who may be named: an `@` before one of them addresses its bearer,
    /// whoever else is called by its first word.
    others: BTreeSet<String>,
}

/// Whose names are looked for.
#[derive(Debug)]
pub(crate) struct People<'a> {
    /// Names of members who must not be named.
    pub(crate) unnamed: BTreeSet<&'a str>,
    /// Names of members who may be.
    pub(crate) others: BTreeSet<&'a str>,
    /// Names of non-members who objected.
    pub(crate) non_members: &'a BTreeSet<String>,
    /// Their addresses.
    pub(crate) emails: &'a BTreeSet<String>,
}

/// What must not stand in a text, and what a person has to look at first.
#[derive(Debug, Default)]
pub(crate) struct Finder {
    pub(crate) forbidden: Patterns,
    pub(crate) review: Patterns,
}

impl Folded {
    pub(crate) fn of(original: &str) -> Self {
        let mut folded = Self::default();
        for (start, character) in original.char_indices() {
            for one in fold(character) {
                let one = if one.is_whitespace() { ' ' } else { one };
                if one == ' ' && folded.text.ends_with(' ') {
                    continue;
                }
                folded.text.push(one);
                folded.from.resize(folded.text.len(), start);
                folded.to.resize(folded.text.len(), start + character.len_utf8());
            }
        }
        folded
    }

    fn original(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        Some((*self.from.get(start)?, *self.to.get(end.checked_sub(1)?)?))
    }
}

/// Lower case, without accents, written out, with one kind of dash, quote and space.
fn fold(character: char) -> Vec<char> {
    match character {
        'ß' | 'ẞ' => vec!['s', 's'],
        '’' | '‘' | 'ʼ' => vec!['\''],
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => vec!['-'],
        '\u{ad}' | '\u{feff}' | '\u{2060}' => vec![],
        '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{200e}' | '\u{200f}' => vec![],
        other => {
            let parts = other.nfkd().filter(|part| !is_combining_mark(*part));
            parts.flat_map(char::to_lowercase).collect()
        }
    }
}

/// A name or address as it is compared.
pub(crate) fn fold_name(name: &str) -> String {
    Folded::of(name).text.trim().to_owned()
}

/// A name as it stands, and with its umlauts written in two letters.
fn spellings(name: &str) -> BTreeSet<String> {
    let mut in_letters = String::new();
    for character in name.nfc() {
        match character {
            'ä' | 'Ä' => in_letters.push_str("ae"),
            'ö' | 'Ö' => in_letters.push_str("oe"),
            'ü' | 'Ü' => in_letters.push_str("ue"),
            other => in_letters.push(other),
        }
    }
    BTreeSet::from([fold_name(name), fold_name(&in_letters)])
}

/// What a name is found by: in full, if it has two words; and its form behind an `@`. The flag
/// says whether it has two words.
fn patterns_of(name: &str) -> Vec<(String, bool)> {
    let mut patterns = Vec::new();
    for spelling in spellings(name) {
        let words = spelling.split(' ').filter(|word| word.chars().any(char::is_alphanumeric));
        let is_full = words.count() > 1;
        let form = format!("@{}", spelling.replace(' ', ""));
        if is_full {
            patterns.push((spelling, true));
        }
        if form != "@" {
            patterns.push((form, is_full));
        }
    }
    patterns
}

impl Finder {
    /// What to look for. Names that others share follow the policy, but single words that others
    /// share are nobody's.
    pub(crate) fn of(people: &People<'_>, ambiguous: Ambiguous) -> Self {
        let mut shared = BTreeSet::new();
        for name in &people.others {
            shared.extend(patterns_of(name).into_iter().map(|(pattern, _)| pattern));
        }
        let mut wanted: BTreeMap<String, bool> = BTreeMap::new();
        for name in &people.unnamed {
            let patterns = patterns_of(name).into_iter();
            wanted.extend(patterns.filter(|(pattern, full)| *full || !shared.contains(pattern)));
        }
        for name in people.non_members {
            wanted.extend(patterns_of(name).into_iter().filter(|(_, full)| *full));
        }
        let mut finder = Self::default();
        for pattern in wanted.into_keys() {
            if !shared.contains(&pattern) || ambiguous == Ambiguous::Redact {
                finder.forbidden.add(pattern, Kind::Name);
            } else if ambiguous == Ambiguous::Review {
                finder.review.add(pattern, Kind::Name);
            }
        }
        for email in people.emails {
            finder.forbidden.add(fold_name(email), Kind::Email);
        }
        let full = people.others.iter().map(|name| fold_name(name));
        let full: BTreeSet<String> = full.filter(|name| name.contains(' ')).collect();
        finder.forbidden.others.clone_from(&full);
        finder.review.others = full;
        finder
    }
}

impl Patterns {
    pub(crate) fn len(&self) -> usize {
        self.patterns.len()
    }

    /// Every place where one of them stands as words of its own.
    pub(crate) fn find(&self, text: &str) -> Vec<Found> {
        if self.patterns.is_empty() {
            return Vec::new();
        }
        let folded = Folded::of(text);
        let mut found = Vec::new();
        let mut before = None;
        for (start, character) in folded.text.char_indices() {
            if !before.is_some_and(char::is_alphanumeric) {
                found.extend(self.at(&folded, start, before));
            }
            before = Some(character);
        }
        found
    }

    fn at(&self, folded: &Folded, start: usize, before: Option<char>) -> Vec<Found> {
        let mut found = Vec::new();
        if self.addresses_another(folded.text.get(start..).unwrap_or_default()) {
            return found;
        }
        for length in &self.lengths {
            let Some(candidate) = folded.text.get(start..start + length) else { continue };
            let Some(kind) = self.patterns.get(candidate) else { continue };
            let rest = folded.text.get(start + length..).unwrap_or_default();
            let Some(more) = ends_a_word(rest) else { continue };
            // The sign before a name is part of how somebody is addressed.
            let first = if before == Some('@') { start - 1 } else { start };
            if let Some((start, end)) = folded.original(first, start + length + more) {
                found.push(Found { start, end, kind: *kind });
            }
        }
        found
    }

    /// Whether a text begins with an `@` and the full name of somebody who may be named.
    fn addresses_another(&self, text: &str) -> bool {
        let Some(rest) = text.strip_prefix('@') else { return false };
        let words: Vec<_> = rest.split(' ').take(LONGEST_NAME).collect();
        let words = words.join(" ");
        words.char_indices().any(|(at, one)| {
            let (name, after) = words.split_at(at + one.len_utf8());
            !after.chars().next().is_some_and(char::is_alphanumeric) && self.others.contains(name)
        })
    }

    fn add(&mut self, pattern: String, kind: Kind) {
        if !pattern.is_empty() {
            self.lengths.insert(pattern.len());
            self.patterns.insert(pattern, kind);
        }
    }
}

/// How many bytes more belong to a name that is followed by `rest`: the `s` of a genitive. `None`
/// if the word goes on.
fn ends_a_word(rest: &str) -> Option<usize> {
    let is_end = |rest: &str| !rest.chars().next().is_some_and(char::is_alphanumeric);
    if let Some(after) = rest.strip_prefix('s')
        && is_end(after)
    {
        return Some(1);
    }
    is_end(rest).then_some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(ambiguous: Ambiguous, others: &[&str], text: &str) -> Vec<(String, Kind)> {
        let people = People {
            unnamed: BTreeSet::from(["Anna Schmidt", "Jörg Müller", "quantum"]),
            others: others.iter().copied().collect(),
            non_members: &BTreeSet::from(["Ada Byron".to_owned(), "Madonna".to_owned()]),
            emails: &BTreeSet::from(["Ada@Example.org".to_owned()]),
        };
        let found = Finder::of(&people, ambiguous).forbidden.find(text);
        found.iter().map(|one| (text[one.start..one.end].to_owned(), one.kind)).collect()
    }

    #[test]
    fn names_are_found_however_they_are_written() {
        let check = |text: &str, expected: &[&str]| {
            let found = found(Ambiguous::Redact, &[], text);
            let found: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("Danke, Anna Schmidt!", &["Anna Schmidt"]);
        check("danke, aNNa\u{a0} schmidt", &["aNNa\u{a0} schmidt"]);
        check("Ánna Schmídts Beitrag", &["Ánna Schmídts"]);
        check("> @Anna Schmidt schrieb", &["@Anna Schmidt"]);
        check("(@annaschmidt)", &["@annaschmidt"]);
        check(
            "Joerg Mueller, Jorg Muller, JÖRG MÜLLER",
            &["Joerg Mueller", "Jorg Muller", "JÖRG MÜLLER"],
        );
        check("An\u{ad}na Schmidt", &["An\u{ad}na Schmidt"]);
        check("Joanna Schmidt, Anna Schmidtke, Anna, Schmidt", &[]);
        check("quantum @quantum", &["@quantum"]);
        check("@Quantum  Meier, @quantum Meierling", &["@Quantum", "@quantum"]);
        check("ada@example.org, Ada Byron, Madonna", &["ada@example.org", "Ada Byron"]);
        check("nevada@example.org", &[]);
        check("[name] and [name]s", &[]);
    }

    #[test]
    fn what_others_are_called_too_follows_the_policy() {
        let text = "Anna Schmidt @quantum";
        let others = ["Anna Schmidt", "quantum"];
        assert_eq!(found(Ambiguous::Redact, &others, text).len(), 1);
        assert_eq!(found(Ambiguous::Keep, &others, text).len(), 0);
        assert_eq!(found(Ambiguous::Review, &others, text).len(), 0);
        assert_eq!(found(Ambiguous::Keep, &[], text).len(), 2);
        let text = "@Quantum  Meier, @quantum Meierling, @Quantum Meiers";
        assert_eq!(found(Ambiguous::Redact, &["Quantum Meier"], text).len(), 2);
    }
}
