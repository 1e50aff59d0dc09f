//! Splits what stands between white space into words, as spaCy's rules for English and German do
//! (<https://spacy.io/usage/linguistic-features#how-tokenizer-works>): marks before and behind a
//! word are words of their own, addresses stay whole, and words held together by a hyphen part.

use super::{
    characters::{is_affix, is_currency, is_icon, is_quote},
    exceptions::{Convention, is_exception, second_word},
    infixes::infix,
    web_address::is_web_address,
};

/// Hands each word of the chunk to `word`, in order; `ends` is memory that is used again.
pub(super) fn split(
    chunk: &str,
    convention: Convention,
    ends: &mut Vec<usize>,
    mut word: impl FnMut(&str),
) {
    // two words that are one together, as the end of `(see a).` is, are handed on as one
    let (mut from, mut to) = (0, 0);
    let mut part = |part: &str| {
        let together = chunk.get(from..to + part.len()).unwrap_or_default();
        if from < to && !is_exception(together, convention) {
            word_between(chunk, from, to, &mut word);
            from = to;
        }
        to += part.len();
    };
    split_parts(chunk, convention, ends, &mut part);
    word_between(chunk, from, to, &mut word);
}

fn split_parts(
    chunk: &str,
    convention: Convention,
    ends: &mut Vec<usize>,
    part: &mut impl FnMut(&str),
) {
    ends.clear();
    let mut middle = chunk;
    while !middle.is_empty() && !is_exception(middle, convention) {
        let (before, rest) = parted(middle, prefix(middle));
        if !before.is_empty() {
            part(before);
        }
        middle = rest;
        if is_exception(rest, convention) {
            break;
        }
        let behind = suffix(rest, convention);
        if behind > 0 {
            ends.push(behind);
            middle = parted(rest, rest.len() - behind).0;
        } else if before.is_empty() {
            break;
        }
    }
    split_middle(middle, convention, part);
    let mut rest = chunk.get(chunk.len() - ends.iter().sum::<usize>()..).unwrap_or_default();
    for behind in ends.iter().rev() {
        let (mark, after) = parted(rest, *behind);
        part(mark);
        rest = after;
    }
}

fn split_middle(middle: &str, convention: Convention, part: &mut impl FnMut(&str)) {
    if middle.is_empty() {
        return;
    }
    if is_exception(middle, convention) || is_web_address(middle) {
        return part(middle);
    }
    match second_word(middle, convention) {
        Some(at) => {
            let (first, second) = parted(middle, at);
            split_infixes(first, convention, part);
            part(second);
        }
        None => split_infixes(middle, convention, part),
    }
}

fn split_infixes(middle: &str, convention: Convention, part: &mut impl FnMut(&str)) {
    let mut start = 0;
    for (at, one) in middle.char_indices() {
        let may_part = at >= start && !one.is_ascii_alphanumeric();
        let length = if may_part { infix(middle, at, convention) } else { 0 };
        if length > 0 {
            word_between(middle, start, at, part);
            word_between(middle, at, at + length, part);
            start = at + length;
        }
    }
    word_between(middle, start, middle.len(), part);
}

fn word_between(text: &str, start: usize, end: usize, word: &mut impl FnMut(&str)) {
    if let Some(found) = text.get(start..end).filter(|found| !found.is_empty()) {
        word(found);
    }
}

fn parted(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// The bytes of the mark before the word; 0 if there is none.
fn prefix(chunk: &str) -> usize {
    let mut chars = chunk.chars();
    let Some(first) = chars.next() else { return 0 };
    let splits = match first {
        '.' => return full_stops(chunk),
        '+' => !chars.next().is_some_and(|next| next.is_ascii_digit()),
        '§' | '%' | '=' => true,
        one => is_affix(one) || is_currency(one),
    };
    if splits { first.len_utf8() } else { 0 }
}

/// The bytes of two full stops or more at the start.
pub(super) fn full_stops(chunk: &str) -> usize {
    let count = chunk.bytes().take_while(|byte| *byte == b'.').count();
    if count > 1 { count } else { 0 }
}

/// The bytes of the mark behind the word; 0 if there is none.
fn suffix(chunk: &str, convention: Convention) -> usize {
    let mut chars = chunk.chars();
    let Some(last) = chars.next_back() else { return 0 };
    let before = chars.next_back();
    let after_digit = before.is_some_and(|one| one.is_ascii_digit());
    let is_english = convention == Convention::English;
    let splits = match last {
        's' | 'S' if is_english && matches!(before, Some('\'' | '’')) => {
            return before.map_or(0, char::len_utf8) + 1;
        }
        '.' if before == Some('.') => {
            return chunk.len() - chunk.trim_end_matches('.').len();
        }
        '.' => before.is_some_and(|one| ends_sentence(one, chars.next_back(), convention)),
        '/' => !is_english,
        '+' => after_digit,
        '%' => after_digit,
        one if is_currency(one) => after_digit,
        one if one.is_ascii_alphabetic() => return unit(chunk),
        one => is_affix(one),
    };
    if splits { last.len_utf8() } else { 0 }
}

/// Whether a full stop behind the character stands for itself, not for an initial.
fn ends_sentence(before: char, further: Option<char>, convention: Convention) -> bool {
    let is_small = before.is_alphabetic() && !before.is_uppercase();
    let is_digit = before.is_ascii_digit() && convention == Convention::English;
    let is_mark = matches!(before, '%' | '²' | '-' | '+') || is_affix(before) && !is_icon(before);
    let are_capitals = before.is_uppercase() && further.is_some_and(char::is_uppercase);
    is_small || is_digit || is_mark || are_capitals || is_quote(before)
}

/// The bytes of a unit right behind a digit, as in `5km`.
fn unit(chunk: &str) -> usize {
    let mut last = chunk.bytes().rev().take(LONGEST_UNIT + 1);
    let length = last.position(|byte| byte.is_ascii_digit()).unwrap_or_default();
    let unit = chunk.get(chunk.len() - length..).unwrap_or_default();
    if UNITS.contains(&unit) { length } else { 0 }
}

const LONGEST_UNIT: usize = 4;

const UNITS: [&str; 35] = [
    "km", "m", "dm", "cm", "mm", "ha", "nm", "yd", "in", "ft", "kg", "g", "mg", "t", "lb", "oz",
    "m/s", "km/h", "kmh", "mph", "hPa", "Pa", "mbar", "mb", "MB", "kb", "KB", "gb", "GB", "tb",
    "TB", "T", "G", "M", "K",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(chunk: &str, convention: Convention) -> Vec<String> {
        let mut words = Vec::new();
        split(chunk, convention, &mut Vec::new(), |word| words.push(word.to_owned()));
        words
    }

    #[test]
    fn chunks_part_into_words() {
        let check = |chunk, expect: &[&str]| {
            assert_eq!(words(chunk, Convention::English), expect, "{chunk}");
        };
        check("word", &["word"]);
        check("(word).", &["(", "word", ")", "."]);
        check("well-known,", &["well", "-", "known", ","]);
        check("isn't", &["is", "n't"]);
        check("Ada's", &["Ada", "'s"]);
        check("e.g.,", &["e.g.", ","]);
        check("wait...", &["wait", "..."]);
        check("5km", &["5", "km"]);
        check("3.14.", &["3.14", "."]);
        check("(https://example.org/a-b).", &["(", "https://example.org/a-b", ")", "."]);
        check(":-)", &[":-)"]);
        check("and/or", &["and/or"]);
        check("his/hers", &["his", "/", "hers"]);
        check("5-qubit", &["5", "-", "qubit"]);
        check("x,y,z.", &["x", ",", "y", ",", "z."]);
        check("\"Yes!\"", &["\"", "Yes", "!", "\""]);
    }

    #[test]
    fn german_keeps_its_compounds() {
        let check = |chunk, expect: &[&str]| {
            assert_eq!(words(chunk, Convention::German), expect, "{chunk}");
        };
        check("E-Mail-Adresse,", &["E-Mail-Adresse", ","]);
        check("z.B.", &["z.B."]);
        check("„Größe“", &["„", "Größe", "“"]);
        check("Kolleginnen/Kollegen", &["Kolleginnen", "/", "Kollegen"]);
        check("3.", &["3."]);
        check("Mitarbeiter*innen", &["Mitarbeiter*innen"]);
    }

    proptest! {
        #[test]
        fn words_joined_are_the_chunk(chunk in "[a-zß!-/:-@’…\\PC]{0,24}", is_german: bool) {
            let convention = if is_german { Convention::German } else { Convention::English };
            let found = words(&chunk, convention);
            prop_assert!(found.iter().all(|word| !word.is_empty()));
            prop_assert_eq!(found.concat(), chunk);
        }
    }
}
