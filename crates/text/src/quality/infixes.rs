//! Marks inside a chunk at which it parts.

use super::{
    characters::{is_icon, is_quote},
    exceptions::Convention,
    splitting::full_stops,
};

/// What stands around a mark.
struct Around {
    before: Option<char>,
    after: Option<char>,
}

/// The bytes of the mark at this place at which the chunk parts; 0 if it does not.
pub(super) fn infix(chunk: &str, at: usize, convention: Convention) -> usize {
    let Some(rest) = chunk.get(at..) else { return 0 };
    let Some(mark) = rest.chars().next() else { return 0 };
    if mark == '.' && full_stops(rest) > 0 {
        return full_stops(rest);
    }
    if mark == '…' || is_icon(mark) {
        return mark.len_utf8();
    }
    let dashes =
        if mark == '-' { rest.bytes().take_while(|byte| *byte == b'-').count() } else { 0 };
    let length = dashes.max(mark.len_utf8());
    let around = Around {
        before: chunk.get(..at).and_then(|before| before.chars().next_back()),
        after: rest.get(length..).and_then(|after| after.chars().next()),
    };
    if between_digits(rest, &around) {
        return 1;
    }
    let parts = match convention {
        Convention::English => parts_english(mark, dashes, &around),
        Convention::German => parts_german(mark, dashes, &around),
    };
    if parts { length } else { 0 }
}

/// Whether it is a sum, a range or a power: `3+4`, `10-20`, `2^8`.
fn between_digits(rest: &str, around: &Around) -> bool {
    let mut chars = rest.chars();
    let is_sign = chars.next().is_some_and(|one| matches!(one, '+' | '-' | '*' | '^'));
    let next = chars.next().is_some_and(|one| one.is_ascii_digit() || one == '-');
    is_sign && next && around.before.is_some_and(|one| one.is_ascii_digit())
}

fn parts_english(mark: char, dashes: usize, around: &Around) -> bool {
    match mark {
        '.' => {
            around.before.is_some_and(|one| is_small(one) || is_quote(one))
                && around.after.is_some_and(|one| one.is_uppercase() || is_quote(one))
        }
        ',' => around.are_letters(),
        '-' => dashes <= 3 && around.are_word_and_letter(),
        '–' | '—' | '~' | ':' | '<' | '>' | '=' | '/' => around.are_word_and_letter(),
        _ => false,
    }
}

fn parts_german(mark: char, dashes: usize, around: &Around) -> bool {
    match mark {
        '.' => around.before.is_some_and(is_small) && around.after.is_some_and(char::is_uppercase),
        ',' | '!' | '?' | ':' | '<' | '>' | '=' | ')' | ']' | '(' | '[' => around.are_letters(),
        '-' => dashes == 2 && around.are_letters(),
        '/' => around.are_word_and_word(),
        one => is_quote(one) && around.are_letters(),
    }
}

impl Around {
    fn are_letters(&self) -> bool {
        self.before.is_some_and(char::is_alphabetic) && self.after.is_some_and(char::is_alphabetic)
    }

    fn are_word_and_letter(&self) -> bool {
        self.before.is_some_and(is_word) && self.after.is_some_and(char::is_alphabetic)
    }

    fn are_word_and_word(&self) -> bool {
        self.before.is_some_and(is_word) && self.after.is_some_and(is_word)
    }
}

fn is_small(one: char) -> bool {
    one.is_alphabetic() && !one.is_uppercase()
}

fn is_word(one: char) -> bool {
    one.is_ascii_digit() || one.is_alphabetic()
}
