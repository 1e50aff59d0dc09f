//! The ways in which a full name is written beside the usual one: written together as one word,
//! and with the last words first.

use policy::{TITLES, TITLES_GO_ON, TITLES_OR_NAMES};

use crate::{
    scripts,
    spelling::{Folded, fold_name, loosen},
};

/// Names of more words stand as they are.
const MOST_WORDS: usize = 5;

/// How the words of a name stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// As in the display name, or behind a sign, in capitals or not.
    Usual,
    /// As one word, with the capitals of the display name.
    Together,
    /// The last ones first, with those capitals or more.
    Turned,
}

/// The letters of a name, folded, each with whether it is a capital.
type Letters = Vec<(char, bool)>;

/// The other ways to write a name: text, capitals, and the way.
pub(crate) fn other_ways(name: &str) -> Vec<(String, Vec<bool>, Way)> {
    if name.split_whitespace().next().is_some_and(is_title) {
        return Vec::new();
    }
    let letters = letters_of(name);
    let mut ways = together(&letters);
    for name in turned(&letters) {
        let (text, capitals): (String, Vec<bool>) = name.into_iter().unzip();
        ways.push((loosen(&text), capitals, Way::Turned));
    }
    ways
}

fn letters_of(name: &str) -> Letters {
    let folded = Folded::of(name.trim());
    let letters = folded.text.char_indices();
    letters.map(|(at, one)| (one, folded.capitals.get(at) == Some(&true))).collect()
}

fn words_of(letters: &Letters) -> Vec<Letters> {
    letters.split(|(one, _)| *one == ' ').map(<[_]>::to_vec).collect()
}

fn together(letters: &Letters) -> Vec<(String, Vec<bool>, Way)> {
    let text: String = letters.iter().map(|(one, _)| *one).collect();
    let loose = loosen(&text);
    let loose = loose.chars().zip(letters).map(|(one, (_, capital))| (one, *capital));
    let mut words = words_of(&loose.collect());
    for word in &mut words {
        word.retain(|(one, _)| one.is_alphanumeric());
    }
    words.retain(|word| !word.is_empty());
    let long = words.iter().filter(|word| word.len() > 1).count();
    let (text, capitals): (String, Vec<bool>) = words.concat().into_iter().unzip();
    if long < 2 || text.chars().any(scripts::is_unspaced) {
        return Vec::new();
    }
    let mut ways = vec![(format!("#{text}"), Vec::new(), Way::Usual)];
    let camels = words.iter().filter(|word| is_capitalised(word)).count();
    if camels > 1 && words.first().is_some_and(is_capital) && words.last().is_some_and(is_capital) {
        ways.push((text, capitals, Way::Together));
    }
    ways
}

fn turned(letters: &Letters) -> Vec<Letters> {
    let words = words_of(letters);
    let is_plain = !letters.iter().any(|(one, _)| matches!(one, '(' | ','));
    let begins = words.first().is_some_and(is_capital) && words.last().is_some_and(is_capital);
    if !is_plain || !begins || words.len() > MOST_WORDS {
        return Vec::new();
    }
    let mut turned = Vec::new();
    for at in 1..words.len() {
        let (first, last) = words.split_at(at);
        let [first, last] = [first, last].map(|words| words.join(&(' ', false)));
        if first.len() > 1 && last.len() > 1 {
            let comma = vec![(',', false), (' ', false)];
            turned.push([last.clone(), comma, first.clone()].concat());
            turned.push([last, vec![(' ', false)], first].concat());
        }
    }
    turned
}

fn is_capital(word: &Letters) -> bool {
    word.first().is_some_and(|(_, capital)| *capital)
}

fn is_capitalised(word: &Letters) -> bool {
    is_capital(word) && word.get(1).is_some_and(|(one, capital)| one.is_lowercase() && !capital)
}

/// A name of two words or more without titles, and whether what it began with is no name.
pub(crate) fn untitled(name: &str) -> Option<(String, bool)> {
    let mut words: Vec<&str> = name.split_whitespace().collect();
    let is_title_only = is_title(words.first()?);
    let is_either = |word: &str| TITLES_OR_NAMES.contains(&without_dots(word).as_str());
    let goes_on = |word: &str| TITLES_GO_ON.contains(&without_dots(word).as_str());
    if !is_title_only && !is_either(words.first()?) {
        return None;
    }
    words.remove(0);
    while words.first().is_some_and(|word| is_title(word) || is_either(word) || goes_on(word)) {
        words.remove(0);
    }
    let with_letters = words.iter().filter(|word| word.chars().any(char::is_alphanumeric));
    (with_letters.count() > 1).then(|| (words.join(" "), is_title_only))
}

/// Whether a word is a title: `Dr.`, `Dipl.-Ing.`.
pub(crate) fn is_title(word: &str) -> bool {
    let word = fold_name(word);
    let parts: Vec<&str> = word.split(['-', '.']).filter(|part| !part.is_empty()).collect();
    let is_first = parts.first().is_some_and(|first| TITLES.contains(first));
    let is_more = |part: &&str| TITLES.contains(part) || TITLES_GO_ON.contains(part);
    TITLES.contains(&word.as_str()) || is_first && parts.iter().all(is_more)
}

fn without_dots(word: &str) -> String {
    fold_name(word).trim_end_matches('.').to_owned()
}
