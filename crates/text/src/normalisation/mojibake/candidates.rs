//! Where characters stand that are the bytes of one.

use std::ops::Range;

use memchr::memchr;

use super::windows_1252;
use crate::normalisation::rewriting::char_at;

/// What may have been one character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) range: Range<usize>,
    /// The character as it should stand.
    pub(super) right: char,
    /// The first byte of it.
    pub(super) lead: u8,
    /// The characters after the first as they stand, as far as there are any.
    pub(super) second: char,
    pub(super) third: char,
    /// Whether one of its bytes is missing.
    pub(super) is_broken: bool,
}

impl Candidate {
    /// How many bytes it should have.
    pub(super) const fn length(&self) -> usize {
        length(self.lead)
    }
}

const fn length(lead: u8) -> usize {
    match lead {
        0xc2..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf5 => 4,
        _ => 1,
    }
}

/// All of them, in order and apart from each other.
pub(super) fn find(text: &str) -> Vec<Candidate> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    // every first byte is one of `Â` to `ô`, whose own first byte is C3
    while let Some(ahead) = bytes.get(at..).and_then(|rest| memchr(0xc3, rest)) {
        at += ahead;
        let candidate = candidate_at(text, at);
        at = candidate.as_ref().map_or(at + 2, |one| one.range.end);
        found.extend(candidate);
    }
    found
}

fn candidate_at(text: &str, at: usize) -> Option<Candidate> {
    let after = text.as_bytes().get(at + 2)?;
    if after.is_ascii() {
        return (*after == b' ').then(|| lost_space(text, at)).flatten();
    }
    let lead = windows_1252::byte_of(char_at(text, at)?)?;
    let mut read = [lead, 0, 0, 0];
    let mut seen = ['\0'; 4];
    let mut end = at + 2;
    for index in 1..length(lead) {
        let Some((character, byte)) = continuation_at(text, end) else {
            return lost_quotation_mark(text, at, end);
        };
        *read.get_mut(index)? = byte;
        *seen.get_mut(index)? = character;
        end += character.len_utf8();
    }
    let right = std::str::from_utf8(read.get(..length(lead))?).ok()?.chars().next()?;
    let [_, second, third, _] = seen;
    // a control character is one byte of a character that was read wrong twice, both times in Latin-1
    let is_possible = !right.is_control() || second.is_control();
    let found = Candidate { range: at..end, right, lead, second, third, is_broken: false };
    is_possible.then_some(found)
}

fn continuation_at(text: &str, at: usize) -> Option<(char, u8)> {
    let character = char_at(text, at)?;
    let byte = windows_1252::byte_of(character)?;
    matches!(byte, 0x80..0xc0).then_some((character, byte))
}

/// An `à` whose second byte, a no-break space, became a plain one.
fn lost_space(text: &str, at: usize) -> Option<Candidate> {
    let range = at..at + 3;
    let is_so = text.get(at..)?.starts_with("Ã ");
    is_so.then_some(Candidate {
        range,
        right: 'à',
        lead: 0xc3,
        second: ' ',
        third: '\0',
        is_broken: true,
    })
}

/// A closing quotation mark whose last byte has no character in Windows-1252.
fn lost_quotation_mark(text: &str, at: usize, end: usize) -> Option<Candidate> {
    let range = at..end;
    (text.get(range.clone())? == "â€").then_some(Candidate {
        range,
        right: '”',
        lead: 0xe2,
        second: '€',
        third: '\0',
        is_broken: true,
    })
}
