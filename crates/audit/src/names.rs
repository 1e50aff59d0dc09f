//! Finding names of people in texts, the slow and plain way: at every beginning of a word, every
//! length that a name can have.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use policy::Ambiguous;

use crate::{
    marks::without_marks,
    scripts,
    spelling::{Folded, Pattern, fold_name, patterns_of},
    ways::{self, Way},
};

/// No name of a person has more words than this.
const LONGEST_NAME: usize = 12;

/// A name in an address on the web stands no farther from its beginning, in characters.
const LONGEST_ADDRESS: usize = 1_000;

/// What a pattern is, for the finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A full name, or the form of a name behind an `@`.
    Name,
    /// An e-mail address.
    Email,
}

/// How a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Behind a sign, or an address.
    Exact,
    /// As one word.
    Together,
    /// As words, however they are held together.
    Loose,
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
    /// What stands with its capitals: full names as one word, or turned.
    spelled: BTreeMap<String, Vec<Pattern>>,
    /// How long those are that begin with a character.
    lengths: BTreeMap<char, BTreeSet<usize>>,
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
        let mut wanted = BTreeSet::new();
        for name in &people.unnamed {
            let patterns = patterns_of(name).into_iter();
            let wanted_of = patterns.filter(|(pattern, full)| *full || !shared.contains(pattern));
            wanted.extend(wanted_of.map(|(pattern, _)| pattern));
        }
        for name in people.non_members {
            let full = patterns_of(name).into_iter().filter(|(_, full)| *full);
            wanted.extend(full.map(|(pattern, _)| pattern));
        }
        let mut finder = Self::default();
        for pattern in wanted {
            let is_shared = shared.contains(&pattern);
            // what a name turned round says, somebody else may be called
            let is_of_another = pattern.way != Way::Usual
                && !is_shared
                && shared.contains(&Pattern::usual(pattern.text.clone()));
            if is_of_another {
                continue;
            }
            if !is_shared || ambiguous == Ambiguous::Redact {
                finder.forbidden.add(pattern, Kind::Name);
            } else if ambiguous == Ambiguous::Review {
                finder.review.add(pattern, Kind::Name);
            }
        }
        for email in people.emails {
            finder.forbidden.add(Pattern::usual(fold_name(email)), Kind::Email);
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
        let spelled: usize = self.spelled.values().map(Vec::len).sum();
        self.exact.len() + self.loose.len() + spelled
    }

    /// Every place where one of them stands as words of its own.
    pub(crate) fn find(&self, text: &str) -> Vec<Found> {
        if self.lengths.is_empty() {
            return Vec::new();
        }
        let folded = Folded::of(text);
        let mut found = self.find_in(text, &folded, true);
        if let Some(unmarked) = without_marks(&folded) {
            found.extend(self.find_in(text, &unmarked, false));
            found.sort_unstable();
            found.dedup();
        }
        found
    }

    /// The same in a folded text; one without its markup has no place for forms behind signs.
    fn find_in(&self, text: &str, folded: &Folded, has_signs: bool) -> Vec<Found> {
        let mut found = Vec::new();
        let mut before = None;
        for (start, character) in folded.text.char_indices() {
            if scripts::may_begin(before, character) {
                let here = self.at(text, folded, start, before).into_iter();
                let here = here.filter(|(_, manner)| has_signs || *manner == Manner::Loose);
                found.extend(here.map(|(found, _)| found));
            }
            before = Some(character);
        }
        found
    }

    fn at(
        &self,
        text: &str,
        folded: &Folded,
        start: usize,
        before: Option<char>,
    ) -> Vec<(Found, Manner)> {
        let mut found = Vec::new();
        let text_here = folded.text.get(start..).unwrap_or_default();
        let lengths = text_here.chars().next().and_then(|first| self.lengths.get(&first));
        let Some(lengths) = lengths.filter(|_| !self.addresses_another(text_here)) else {
            return found;
        };
        for length in lengths {
            let end = start + length;
            let Some(candidate) = folded.text.get(start..end) else { continue };
            let rest = folded.text.get(end..).unwrap_or_default();
            let name = candidate.strip_prefix('@');
            let is_single = name.is_some_and(|name| !scripts::is_whole_name(name));
            let Some(more) = ends_a_word(candidate, rest, is_single) else { continue };
            let Some((kind, manner)) = self.pattern(folded, start, end, end + more) else {
                continue;
            };
            // The sign before a name is part of how somebody is addressed.
            let first = if before == Some('@') { start - 1 } else { start };
            let Some((start, end)) = folded.original(first, end + more) else { continue };
            let may_be_longer = manner != Manner::Exact && !is_in_address(text, start);
            if !may_be_longer || !is_in_longer_name(text, start, end) {
                found.push((Found { start, end, kind }, manner));
            }
        }
        found
    }

    /// What the bytes are, and how; the word goes on to the byte `whole`.
    fn pattern(
        &self,
        folded: &Folded,
        start: usize,
        end: usize,
        whole: usize,
    ) -> Option<(Kind, Manner)> {
        let (exact, loose) = (folded.text.get(start..end)?, folded.loose.get(start..end)?);
        let stands = |text: &str, way: Way| {
            let spelled = self.spelled.get(text).into_iter().flatten();
            spelled.filter(|one| one.way == way).any(|one| has_capitals(one, folded, start))
        };
        let is_turned = || stands(loose, Way::Turned) && !is_between_names(folded, start, whole);
        if self.loose.contains(loose) || is_turned() {
            return Some((Kind::Name, Manner::Loose));
        }
        if stands(exact, Way::Together) {
            return Some((Kind::Name, Manner::Together));
        }
        self.exact.get(exact).map(|kind| (*kind, Manner::Exact))
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

    fn add(&mut self, pattern: Pattern, kind: Kind) {
        let text = &pattern.text;
        let Some(first) = text.chars().next() else { return };
        self.lengths.entry(first).or_default().insert(text.len());
        if pattern.way != Way::Usual {
            self.spelled.entry(text.clone()).or_default().push(pattern);
        } else if text.contains('@') || text.starts_with('#') && !text.contains(' ') {
            self.exact.insert(pattern.text, kind);
        } else {
            self.loose.insert(pattern.text);
        }
    }
}

/// Whether the text has capitals where the pattern has them; one word has no others.
fn has_capitals(pattern: &Pattern, folded: &Folded, start: usize) -> bool {
    let places = folded.text.get(start..).unwrap_or_default().char_indices();
    let written = places.map(|(at, _)| folded.capitals.get(start + at) == Some(&true));
    let mut both = pattern.capitals.iter().zip(written);
    both.all(|(wanted, written)| match pattern.way {
        Way::Turned => written || !wanted,
        Way::Usual | Way::Together => written == *wanted,
    })
}

/// Whether a capital begins the word before or behind, on the same line: of two names in a list,
/// the one's family name and the other's first are nobody's.
fn is_between_names(folded: &Folded, start: usize, end: usize) -> bool {
    let is_capital = |at: usize| folded.capitals.get(at) == Some(&true);
    let ends_line = |at: usize| folded.breaks.get(at) == Some(&true);
    let (before, after) = (folded.text.get(..start), folded.text.get(end..));
    let before = before.and_then(|before| before.strip_suffix(' ')).unwrap_or_default();
    let word = before.trim_end_matches(char::is_alphanumeric).len();
    let first = before.get(word..).filter(|first| !first.is_empty() && !ways::is_title(first));
    let follows = first.is_some() && is_capital(word) && !ends_line(before.len());
    let mut next = after.and_then(|after| after.strip_prefix(' ')).unwrap_or_default().chars();
    let is_word =
        [next.next(), next.next()].iter().all(|one| one.is_some_and(char::is_alphanumeric));
    follows || is_word && is_capital(end + 1) && !ends_line(end)
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

/// Whether a place lies in an address on the web, where hyphens stand for spaces.
fn is_in_address(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let is_within = |one: &char| !one.is_whitespace() && !"<>\"`".contains(*one);
    let run = before.chars().rev().take(LONGEST_ADDRESS).take_while(is_within);
    let length = run.map(char::len_utf8).sum::<usize>();
    let run = before.get(before.len() - length..).unwrap_or_default().to_lowercase();
    run.contains("://") || run.contains("www.")
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
        check("#annaschmidt, #joergmueller, #quantum", &["#annaschmidt", "#joergmueller"]);
        check("AnnaSchmidt, JoergMuellers", &["AnnaSchmidt", "JoergMuellers"]);
        check("annaschmidt, ANNASCHMIDT, getAnnaSchmidt, AnnaSchmidtGmbH", &[]);
        check("quantum @quantum", &["@quantum"]);
        check("@Quantum  Meier, @quantum Meierling", &["@Quantum", "@quantum"]);
        check("ada@example.org, Ada Byron, Madonna", &["ada@example.org", "Ada Byron"]);
        check("nevada@example.org", &[]);
        check("[name] and [name]s", &[]);
        check("@Anna_Schmidt, anna-schmidt", &["@Anna_Schmidt", "anna-schmidt"]);
        check("Anna Schmidt-Otto, Mia-Anna Schmidt, Anna Schmidt—who", &["Anna Schmidt"]);
        check("https://example.org/mit-anna-schmidt-ueber-ki", &["anna-schmidt"]);
        check("https://example.org/ mit-anna-schmidt-ueber-ki", &[]);
    }

    /// Compares what is found of members who must not be named.
    fn check_of(names: &[&str]) -> impl Fn(&str, &[&str]) + use<> {
        let people = People {
            unnamed: names.iter().copied().collect(),
            others: BTreeSet::new(),
            non_members: &BTreeSet::new(),
            emails: &BTreeSet::new(),
        };
        let finder = Finder::of(&people, Ambiguous::Redact).forbidden;
        move |text, expected| {
            let found = finder.find(text);
            let found: Vec<_> = found.iter().map(|one| &text[one.start..one.end]).collect();
            assert_eq!(found, expected, "{text}");
        }
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
        let check = check_of(&names);
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
    fn names_are_found_turned_round_and_through_markup() {
        let names = [
            "Prof. Dr. Max Mustermann",
            "Carla Gómez-Núñez",
            "Jörg Weiß",
            "İbrahim Şahin",
            "🦄 Unicorn 🦄",
            "glS_",
            "Anna :)",
        ];
        let check = check_of(&names);
        check("Dr. Max Mustermann's, MUSTERMANN Max", &["Max Mustermann", "MUSTERMANN Max"]);
        check("mit Gómez-Núñez, Carla", &["Gómez-Núñez, Carla"]);
        check("an Weiß, Jörg; Weiss Joerg", &["Weiß, Jörg", "Weiss Joerg"]);
        check("Herr Weiß, Jörg\nKlein", &["Weiß, Jörg"]);
        check("Wie ich weiß, Jörg, das weiß Jörg", &[]);
        check("Anna Weiß, Jörg und von Weiß, Jörg Klein", &[]);
        check("**Jörg** _Weiß_ Jörg * Weiß", &["Jörg** _Weiß"]);
        check("<a href=\"x y\">Jörg</a> <b>Weiß</b>", &["Jörg</a> <b>Weiß"]);
        check("[Jörg](x) Weiß, [Jörg] Weiß", &["Jörg](x) Weiß"]);
        check("\u{2067}Jörg\u{2069} \u{202b}We\u{200e}iß", &["Jörg\u{2069} \u{202b}We\u{200e}iß"]);
        check("ıbrahım şahın, IBRAHIM SAHIN", &["ıbrahım şahın", "IBRAHIM SAHIN"]);
        check("the 🦄 unicorn 🦄, a unicorn, Anna :)", &["🦄 unicorn 🦄"]);
        check("@glS_ _@gls", &["@glS_"]);
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
        assert_eq!(found(Ambiguous::Redact, &[], "an Schmidt Anna").len(), 1);
        assert_eq!(found(Ambiguous::Redact, &["Schmidt Anna"], "an Schmidt Anna").len(), 0);
    }

    const NAMES: [&str; 17] = [
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
        "Prof. Dr. Ida Otto",
        "Jörg Weiß",
        "Ana de Ruiz-Au",
        "🦄 Unicorn 🦄",
    ];

    const PARTS: [&str; 46] = [
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
        "Prof.",
        "Dr",
        "Jörg",
        "Weiß",
        "weiß",
        "ana",
        "Ana",
        "de",
        "Ruiz",
        "🦄 unicorn 🦄",
    ];

    const SIGNS: [&str; 26] = [
        "",
        "",
        " ",
        " ",
        "@",
        " @",
        ".",
        "-",
        "_",
        "—",
        "・",
        "·",
        ", ",
        "\u{3000}",
        "#",
        " **",
        "** ",
        "* _",
        "</b> <b>",
        " <i>",
        "](x) ",
        " [",
        "\n",
        "\u{202b}",
        ", ",
        " \u{2069}",
    ];

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
