use policy::MemberNumber;
use unicode_normalization::UnicodeNormalization;

use crate::{folding, readings, scripts};

/// Somebody who may be named.
#[derive(Debug)]
pub(crate) struct Participant {
    member: MemberNumber,
    name: String,
    /// Folded, with the spaces between the words.
    spaced: String,
    /// Folded, without spaces and signs, as it looks.
    looks: String,
    /// The same with the titles before it.
    titled: String,
    /// The same of the first word without them.
    first: String,
    is_full: bool,
}

/// A name shorter than this is not meant by its beginning, nor by a word without an `@`.
const SHORTEST: usize = 3;

/// The same where characters stand for syllables or words.
const SHORTEST_UNSPACED: usize = 2;

/// A name shorter than this is too much like others to be meant by a misspelled form.
const SHORTEST_MISSPELLED: usize = 5;

impl Participant {
    /// A member by name; `None` if nothing can be told from it.
    pub(crate) fn new(member: MemberNumber, name: String) -> Option<Self> {
        let is_titled = name.split(' ').next().is_some_and(readings::is_title);
        let titled = is_titled.then(|| skeleton(&folding::fold_name(&name)));
        let name = readings::readings(&name).pop().unwrap_or(name);
        let spaced = folding::fold_name(&name);
        let looks = skeleton(&spaced);
        let first = skeleton(spaced.split(' ').next().unwrap_or_default());
        let is_full = folding::is_full_name(&spaced);
        let titled = titled.unwrap_or_else(|| looks.clone());
        (!looks.is_empty()).then_some(Self { member, name, spaced, looks, titled, first, is_full })
    }

    /// Who it is.
    pub(crate) const fn member(&self) -> MemberNumber {
        self.member
    }

    /// The folded name.
    pub(crate) fn folded(&self) -> &str {
        &self.spaced
    }

    /// Whether the whole name is one word.
    pub(crate) fn is_one_word(&self) -> bool {
        !self.spaced.contains(' ')
    }

    /// The length of the full name, if the text goes on with it.
    pub(crate) fn follows_in_full(&self, rest: &str) -> Option<(usize, bool)> {
        let after = rest.strip_prefix(self.spaced.as_str())?.chars().next();
        let ends = scripts::ends_word(self.spaced.chars().next_back()?, after);
        (ends && self.is_full).then_some((self.spaced.len(), true))
    }

    /// The length of the form, if it is the name without spaces, or begins it.
    pub(crate) fn matches_form(&self, form: &str) -> Option<(usize, bool)> {
        let short = without_end(form);
        // a sign at the end may belong to the name
        let ends_alike = form.chars().next_back() == self.spaced.chars().next_back();
        let whole = if ends_alike { form } else { short };
        [whole, scripts::without_honorific(short)].into_iter().find_map(|form| {
            let looks = skeleton(form);
            let names = [&self.looks, &self.titled];
            let exact = names.contains(&&looks);
            let begins =
                names.iter().any(|name| name.starts_with(&looks)) && is_long_enough(&looks);
            (exact || begins).then_some((form.len(), exact))
        })
    }

    /// The length of the form, if it is the name, or its first word, but for one slip: a letter
    /// too many, too few, another, or two the wrong way round.
    pub(crate) fn misspelled_as(&self, form: &str) -> Option<usize> {
        let form = without_end(form);
        let looks = skeleton(form);
        // a number tells people apart who chose the same word
        let is_numbered = self.spaced.contains(|one: char| one.is_numeric());
        let is_slip = |name: &String| {
            name.chars().count() >= SHORTEST_MISSPELLED && is_one_slip(name, &looks)
        };
        let names = [&self.looks, &self.first];
        (!is_numbered && names.into_iter().any(is_slip)).then_some(form.len())
    }

    /// Whether a word, as it looks, is the whole name, or the first word of a longer one.
    pub(crate) fn is_called(&self, looks: &str) -> bool {
        looks == self.first && looks.chars().count() >= SHORTEST
    }

    /// Whether the word is the whole name, in capitals or not.
    pub(crate) fn is_called_in_full(&self, word: &str) -> bool {
        let is_folded = word.len() == self.spaced.len() && word.eq_ignore_ascii_case(&self.spaced);
        // accents are written in more bytes than the letters without them
        let may_fold = || word.len() >= self.spaced.len() && !word.is_ascii();
        let is_same = is_folded || may_fold() && folding::fold_name(word) == self.spaced;
        is_same && word.chars().count() >= SHORTEST
    }

    /// Whether a first name of this person may stand before another name: `Sam Otto` is not
    /// Sam Meyer.
    pub(crate) fn may_go_on_with(&self, next: Option<&str>) -> bool {
        let second = self.name.split_whitespace().nth(1);
        second.is_none() || next.is_none() || second == next
    }
}

/// A word as it looks, to be compared with many names.
pub(crate) fn looks_of(word: &str) -> String {
    skeleton(&folding::fold_name(word))
}

/// A form without a genitive or the signs of the sentence.
fn without_end(form: &str) -> &str {
    form.strip_suffix("'s").unwrap_or(form).trim_end_matches(['.', '-', '\'', '_'])
}

/// Whether the beginning of a name may stand for it.
fn is_long_enough(looks: &str) -> bool {
    let is_unspaced = looks.chars().all(scripts::is_unspaced);
    let shortest = if is_unspaced { SHORTEST_UNSPACED } else { SHORTEST };
    looks.nfc().count() >= shortest
}

/// A folded form without what looks alike on a screen: `I`, `l` and `1`, `O` and `0`; no spaces,
/// and none of the signs that stand for them.
fn skeleton(folded: &str) -> String {
    let alike = |one: char| match one {
        'i' | '1' | '|' => 'l',
        '0' => 'o',
        other => other,
    };
    folded.chars().filter(|one| !matches!(one, ' ' | '_' | '.' | '-')).map(alike).collect()
}

/// Whether one edit makes one of the other (Damerau 1964): a letter added, left out, exchanged, or
/// two neighbours the wrong way round.
fn is_one_slip(one: &str, other: &str) -> bool {
    let (one, other) = (one.chars().collect::<Vec<_>>(), other.chars().collect::<Vec<_>>());
    let same = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let (one, other) = (one.get(same..).unwrap_or(&[]), other.get(same..).unwrap_or(&[]));
    let ends = one.iter().rev().zip(other.iter().rev());
    let same = ends.take_while(|(one, other)| one == other).count();
    let differs = |all: &'_ [char]| all.get(..all.len() - same).unwrap_or(&[]).to_vec();
    match (differs(one).as_slice(), differs(other).as_slice()) {
        ([_], [_]) | ([_], []) | ([], [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}
