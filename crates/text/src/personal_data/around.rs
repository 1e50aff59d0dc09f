//! What stands at, before and after a place in a text.

use std::ops::Range;

/// How many bytes before a number may say what it is.
const CONTEXT: usize = 48;

/// How many characters are looked at from one place: whatever a text is made of, the time that it
/// takes grows with its length and no faster.
const FARTHEST: usize = 128;

pub(super) fn byte(text: &str, at: usize) -> Option<u8> {
    text.as_bytes().get(at).copied()
}

pub(super) fn char_before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

pub(super) fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// Whether a character is part of a word.
pub(super) fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Whether a word ends or nothing stands before a place.
pub(super) fn begins(text: &str, at: usize) -> bool {
    !char_before(text, at).is_some_and(is_word)
}

/// Whether no word goes on at a place.
pub(super) fn ends(text: &str, at: usize) -> bool {
    !char_at(text, at).is_some_and(is_word)
}

/// Of characters that stand before a place and are alike: where the first of them is, or of more
/// than anything needs, some later one.
pub(super) fn back_while(text: &str, at: usize, alike: impl Fn(char) -> bool) -> usize {
    let before = text.get(..at).unwrap_or_default().chars().rev().take(FARTHEST);
    at - before.take_while(|one| alike(*one)).map(char::len_utf8).sum::<usize>()
}

/// Of characters that follow from a place on and are alike: where they end, or of more than
/// anything needs, somewhere among them.
pub(super) fn on_while(text: &str, at: usize, alike: impl Fn(char) -> bool) -> usize {
    let after = text.get(at..).unwrap_or_default().chars().take(FARTHEST);
    at + after.take_while(|one| alike(*one)).map(char::len_utf8).sum::<usize>()
}

/// Whether one of some words begins in the few words before a place, on its line; capitals make
/// no difference. The words are in small letters.
pub(super) fn is_called(text: &str, at: usize, words: &[&str]) -> bool {
    places(text, at, words).any(|place| begins(text, place))
}

/// The same, where the words may be the last part of others.
pub(super) fn ends_a_call(text: &str, at: usize, words: &[&str]) -> bool {
    places(text, at, words).next().is_some()
}

/// Where one of some words stands in the few words before a place; what a mask says does not count.
fn places<'a>(
    text: &'a str,
    at: usize,
    words: &'a [&str],
) -> impl Iterator<Item = usize> + use<'a> {
    let Range { start, end } = context(text, at);
    (start..end).filter(move |place| {
        let rest = text.as_bytes().get(*place..end).unwrap_or_default();
        let says = |word: &&str| {
            rest.get(..word.len()).is_some_and(|said| said.eq_ignore_ascii_case(word.as_bytes()))
        };
        let is_mask = char_before(text, *place) == Some('[');
        text.is_char_boundary(*place) && !is_mask && words.iter().any(says)
    })
}

/// The bytes of the same line before a place, a few words at the most.
fn context(text: &str, at: usize) -> Range<usize> {
    let from = text.floor_char_boundary(at.saturating_sub(CONTEXT));
    let line = text.get(from..at).and_then(|before| before.rfind('\n'));
    line.map_or(from, |newline| from + newline + 1)..at
}
