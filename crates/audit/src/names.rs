//! Finding names of people in texts, the slow and plain way: at every beginning of a word, every
//! length that a name can have.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use policy::Ambiguous;

use crate::{
    scripts,
    spelling::{Folded, fold_name, patterns_of},
};

/// No name of a person has more words than this.
const LONGEST_NAME: usize = 12;

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
    /// Forms behind an `@`, and addresses.
    exact: HashMap<String, Kind>,
    /// Full names, however their words are held together.
    loose: BTreeSet<String>,
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
        self.exact.len() + self.loose.len()
    }

    /// Every place where one of them stands as words of its own.
    pub(crate) fn find(&self, text: &str) -> Vec<Found> {
        if self.lengths.is_empty() {
            return Vec::new();
        }
        let folded = Folded::of(text);
        let mut found = Vec::new();
        let mut before = None;
        for (start, character) in folded.text.char_indices() {
            if scripts::may_begin(before, character) {
                found.extend(self.at(text, &folded, start, before));
            }
            before = Some(character);
        }
        found
    }

    fn at(&self, text: &str, folded: &Folded, start: usize, before: Option<char>) -> Vec<Found> {
        let mut found = Vec::new();
        if self.addresses_another(folded.text.get(start..).unwrap_or_default()) {
            return found;
        }
        for length in &self.lengths {
            let end = start + length;
            let Some((kind, is_loose)) = self.pattern(folded, start, end) else { continue };
            let Some(candidate) = folded.text.get(start..end) else { continue };
            let rest = folded.text.get(end..).unwrap_or_default();
            let name = candidate.strip_prefix('@');
            let is_single = name.is_some_and(|name| !scripts::is_whole_name(name));
            let Some(more) = ends_a_word(candidate, rest, is_single) else { continue };
            // The sign before a name is part of how somebody is addressed.
            let first = if before == Some('@') { start - 1 } else { start };
            let Some((start, end)) = folded.original(first, end + more) else { continue };
            if !(is_loose && is_in_longer_name(text, start, end)) {
                found.push(Found { start, end, kind });
            }
        }
        found
    }

    /// What the bytes are, and whether its words may be held together by other signs.
    fn pattern(&self, folded: &Folded, start: usize, end: usize) -> Option<(Kind, bool)> {
        if self.loose.contains(folded.loose.get(start..end)?) {
            return Some((Kind::Name, true));
        }
        self.exact.get(folded.text.get(start..end)?).map(|kind| (*kind, false))
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
            if pattern.contains('@') {
                self.exact.insert(pattern, kind);
            } else {
                self.loose.insert(pattern);
            }
        }
    }
}

/// How many bytes more belong to a name that is followed by `rest`: the `s` of a genitive. `None`
/// if the word goes on.
fn ends_a_word(name: &str, rest: &str, is_single: bool) -> Option<usize> {
    if let Some(after) = rest.strip_prefix('s')
        && scripts::may_end('s', after.chars().next(), false)
    {
        return Some(1);
    }
    let last = name.chars().next_back()?;
    scripts::may_end(last, rest.chars().next(), is_single).then_some(0)
}

/// Whether a hyphen or an underscore binds another word to the place: a longer name is another.
fn is_in_longer_name(text: &str, start: usize, end: usize) -> bool {
    let (before, after) = (text.get(..start), text.get(end..));
    let before: Vec<char> = before.unwrap_or_default().chars().rev().take(2).collect();
    let after: Vec<char> = after.unwrap_or_default().chars().take(2).collect();
    [before, after].iter().any(|beside| {
        matches!(beside.as_slice(), ['-' | '_' | '‐' | '‑', letter] if letter.is_alphabetic())
    })
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};

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
        check("@Anna_Schmidt, anna-schmidt", &["@Anna_Schmidt", "anna-schmidt"]);
        check("Anna Schmidt-Otto, Mia-Anna Schmidt, Anna Schmidt—who", &["Anna Schmidt"]);
    }

    #[test]
    fn names_are_found_where_no_spaces_part_words() {
        let names = [
            "山田太郎",
            "王伟",
            "김철수",
            "マリア・シュミット",
            "田中",
            "Klein, Eva (Dr.)",
            "Ida Au, PhD",
        ];
        let people = People {
            unnamed: names.into(),
            others: BTreeSet::new(),
            non_members: &BTreeSet::new(),
            emails: &BTreeSet::new(),
        };
        let finder = Finder::of(&people, Ambiguous::Redact).forbidden;
        let check = |text: &str, expected: &[&str]| {
            let found = finder.find(text);
            let found: Vec<_> = found.iter().map(|one| &text[one.start..one.end]).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("昨日は山田太郎さんと山田・太郎", &["山田太郎", "山田・太郎"]);
        // by its form, and by the name in it
        check("我和王伟去。@王伟说", &["王伟", "@王伟", "@王伟"]);
        check("어제 김철수는 김 철수가", &["김철수", "김 철수"]);
        check("박김철수, 김철순", &[]);
        check("マリアシュミットとマリア", &["マリアシュミット"]);
        check("田中さん、@田中さん、@田中一郎", &["@田中"]);
        check("Eva Kleins Brief, Ida Au", &["Eva Kleins", "Ida Au"]);
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

    const NAMES: [&str; 13] = [
        "Anna Schmidt",
        "Müller, Hans-Jürgen (Dr.)",
        "Ida Au, PhD",
        "quantum",
        "fr_andres",
        "山田太郎",
        "李 小龙",
        "王伟",
        "김철수",
        "マリア・シュミット",
        "田中",
        "สมชาย ใจดี",
        "J. R. Otto",
    ];

    const PARTS: [&str; 36] = [
        "Anna",
        "Schmidt",
        "anna schmidt",
        "Müller",
        "Mueller",
        "Hans",
        "Jürgen",
        "(Dr.)",
        "Ida",
        "Au",
        "quantum",
        "fr",
        "andres",
        "山田",
        "太郎",
        "李",
        "小龙",
        "王伟",
        "김",
        "철수",
        "는",
        "マリア",
        "シュミット",
        "田中",
        "さん",
        "สมชาย",
        "ใจดี",
        "J.",
        "R.",
        "Otto",
        "s",
        "é",
        "ß",
        "x",
        "ㄴ",
        "'s",
    ];

    const SIGNS: [&str; 14] =
        ["", "", " ", " ", "@", " @", ".", "-", "_", "—", "・", "·", ", ", "\u{3000}"];

    proptest! {
        #[test]
        fn the_gate_finds_the_same(parts in vec((select(&SIGNS[..]), select(&PARTS[..])), 0..8)) {
            let text: String = parts.iter().flat_map(|(sign, part)| [*sign, *part]).collect();
            let people = People {
                unnamed: NAMES.into(),
                others: BTreeSet::new(),
                non_members: &BTreeSet::new(),
                emails: &BTreeSet::new(),
            };
            let finder = Finder::of(&people, Ambiguous::Redact);
            let members = NAMES.map(str::to_owned).into();
            let names = gate::NamesToRedact { members, ..Default::default() };
            let of_gate = gate::NameFinder::new(&names, Ambiguous::Redact).unwrap().find(&text);
            let mut expected = BTreeSet::new();
            of_gate.iter().for_each(|span| expected.extend(span.start..span.end));
            let mut found = BTreeSet::new();
            let all = finder.forbidden.find(&text);
            all.iter().for_each(|one| found.extend(one.start..one.end));
            prop_assert_eq!(found, expected, "{}", text);
        }
    }
}
