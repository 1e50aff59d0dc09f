//! What tells a text in the wrong encoding from a right one.
//!
//! Letters with marks and signs are both common; that a sign of this kind follows right after such a
//! letter is not. Which signs never do depends on the letter and on what stands around.

use super::{candidates::Candidate, windows_1252};
use crate::normalisation::rewriting::{char_at, char_before};

/// Those that were one character, if any of them certainly was.
///
/// Where one is certain, others that could be a right text alone are repaired along with it. Where
/// others were read back before, the text may be right by now: then only what stands within a word.
pub(super) fn judge(text: &str, candidates: Vec<Candidate>, is_read_back: bool) -> Vec<Candidate> {
    let certain = certain(text, &candidates);
    let is_any = certain.contains(&true) || within_words(text, &candidates) >= ENOUGH;
    let is_other_script =
        certain.iter().zip(&candidates).any(|(certain, one)| *certain && is_of_other_script(one));
    let mut judged: Vec<Candidate> = Vec::new();
    for (is_certain, one) in certain.into_iter().zip(candidates) {
        let is_likely = match one.lead {
            0xc2..0xc6 | 0xc8 if is_within_word(text, &one) => is_any || is_read_back,
            0xc2..0xc6 => {
                let is_clear = is_odd(one.second)
                    || matches!(one.second, '†' | '‡')
                    || !follows_capital(text, &one, judged.last());
                is_any && is_clear
            }
            0xe2 => is_any,
            _ => is_other_script && is_of_other_script(&one),
        };
        if is_certain || is_likely {
            judged.push(one);
        }
    }
    judged.into_iter().map(|one| with_its_space(text, one)).collect()
}

/// How many places that could be right, but stand within words, are no chance any more.
const ENOUGH: usize = 2;

fn within_words(text: &str, candidates: &[Candidate]) -> usize {
    let likely = |one: &&Candidate| {
        one.lead == 0xc3 && matches!(one.second, '…' | '–' | '—' | '‘') && is_within_word(text, one)
    };
    candidates.iter().filter(likely).take(ENOUGH).count()
}

fn is_within_word(text: &str, one: &Candidate) -> bool {
    let before = char_before(text, one.range.start);
    let after = char_at(text, one.range.end);
    !one.is_broken && is_letter(before) && is_letter(after)
}

/// An `à` within a word keeps the space that stood for its second byte.
fn with_its_space(text: &str, mut one: Candidate) -> Candidate {
    let is_followed = char_at(text, one.range.end).is_some_and(char::is_alphanumeric);
    if one.lead == 0xc3 && one.is_broken && is_followed {
        one.range.end -= 1;
    }
    one
}

/// Whether a capital stands before that was not itself read back.
fn follows_capital(text: &str, one: &Candidate, last: Option<&Candidate>) -> bool {
    let is_read_back = last.is_some_and(|last| last.range.end == one.range.start);
    !is_read_back && is_capital(char_before(text, one.range.start))
}

fn certain(text: &str, candidates: &[Candidate]) -> Vec<bool> {
    let mut certain = Vec::with_capacity(candidates.len());
    for run in candidates.chunk_by(|one, next| one.range.end == next.range.start) {
        let is_run = is_run(run);
        for (index, one) in run.iter().enumerate() {
            let before = match index.checked_sub(1).and_then(|index| run.get(index)) {
                Some(before) => Some(before.right),
                None => char_before(text, one.range.start),
            };
            let after = match run.get(index + 1) {
                Some(after) => Some(after.right),
                None => char_at(text, one.range.end),
            };
            let is_twice = is_pair(run.get(index), run.get(index + 1))
                || is_pair(index.checked_sub(1).and_then(|index| run.get(index)), Some(one));
            let is_sure = is_run || is_twice || is_certain(one, before, after);
            certain.push(!one.is_broken && is_sure);
        }
    }
    certain
}

/// So many in a row are no chance.
fn is_run(run: &[Candidate]) -> bool {
    let long = run.iter().filter(|one| one.length() > 2).count();
    run.len() >= 3 || long >= 2
}

/// Whether what two stand for was itself read wrong: the first byte and a later one of a character.
fn is_pair(first: Option<&Candidate>, next: Option<&Candidate>) -> bool {
    let (Some(first), Some(next)) = (first, next) else { return false };
    let is_sign_twice = first.lead == 0xc2 && next.lead == 0xc2;
    let is_first = matches!(first.right, 'Â'..='ô');
    let is_later = windows_1252::byte_of(next.right).is_some_and(|byte| matches!(byte, 0x80..0xc0));
    is_sign_twice || (first.lead == 0xc3 && is_first && is_later && next.lead != 0xe2)
}

/// Whether it cannot be right, by what stands around it.
fn is_certain(one: &Candidate, before: Option<char>, after: Option<char>) -> bool {
    match one.lead {
        0xc2 => is_sign(one.second, before, after),
        0xc3 => is_western_letter(one.second, before, after),
        0xc4 | 0xc5 | 0xc8 => is_eastern_letter(one, before, after),
        0xce..0xd2 => {
            let is_sign = is_odd(one.second) && !one.second.is_alphabetic();
            is_control(one.second) || (is_sign && !is_capital(before))
        }
        0xe2 | 0xe3 | 0xef => {
            is_control(one.second)
                || is_control(one.third)
                || is_odd(one.second)
                || (is_odd(one.third) && !is_punctuation(one.second))
                || one.second == '†'
        }
        0xe0..0xf0 => is_control(one.second) && is_control(one.third),
        0xf0 => is_control(one.second) || one.second == 'Ÿ',
        _ => false,
    }
}

/// `Ã` and what follows: a word may end with a capital `Ã`, as `IRMÃ…` does.
fn is_western_letter(second: char, before: Option<char>, after: Option<char>) -> bool {
    is_control(second)
        || (is_odd(second) && !is_mark_of_capitals(second, before, after))
        || (is_letter(before) && is_letter(after) && is_never_within_word(second))
        || is_small(before)
        || (is_small(after) && !is_capital(before))
        || (is_footnote(second) && is_letter(after))
        || (second == '\u{a0}' && after == Some(' ') && !is_capital(before))
        || (second == '—' && is_digit(before) && is_digit(after))
}

/// `Ä`, `Å` or `È` and what follows: `„Ä“`, `Ä…h` and `5 Å–7 Å` are right.
fn is_eastern_letter(one: &Candidate, before: Option<char>, after: Option<char>) -> bool {
    let second = one.second;
    let is_plain = !is_punctuation(second) && !is_footnote(second);
    let is_unit = one.lead == 0xc5 && !is_letter(before) && !is_small(after);
    let is_odd = is_odd(second) && second != '‹' && one.lead != 0xc8;
    is_control(second)
        || (is_odd && !is_unit && !is_mark_of_capitals(second, before, after))
        || (is_letter(before) && is_letter(after) && is_never_within_word(second))
        || (is_small(before) && (is_small(after) || one.lead == 0xc4 || is_plain))
        || (is_small(before) && one.lead == 0xc8 && !is_punctuation(second))
        || (is_small(after) && !is_capital(before) && !is_punctuation(second))
}

/// A sign that may follow a name or a number in capitals.
fn is_mark_of_capitals(second: char, before: Option<char>, after: Option<char>) -> bool {
    matches!(second, '©' | '€') && is_capital(before) && !is_letter(after)
}

/// `Â` before a sign that stands for itself: no word ends with a capital `Â` but one in capitals.
fn is_sign(second: char, before: Option<char>, after: Option<char>) -> bool {
    match second {
        '\u{a0}' => {
            let is_end = |one: char| matches!(one, '.' | ',' | ';' | ':' | '!' | '?' | ')' | '%');
            before.is_some_and(|one| is_end(one) || one.is_alphanumeric())
        }
        '«' | '»' | '´' | '¨' | '¸' | '¯' | '\u{ad}' => {
            before.is_some_and(|one| one.is_ascii_digit())
                || is_small(before)
                || (second == '«' && is_capital(after))
        }
        _ => is_control(second) || (matches!(second, '\u{a1}'..='\u{bf}') && !is_capital(before)),
    }
}

const fn is_of_other_script(one: &Candidate) -> bool {
    matches!(one.lead, 0xce..0xdc)
}

/// A control character that was read in Latin-1; nobody types it, but for the end of a line.
const fn is_control(one: char) -> bool {
    matches!(one, '\u{80}'..='\u{84}' | '\u{86}'..='\u{9f}')
}

/// What never follows right after a letter.
const fn is_odd(one: char) -> bool {
    matches!(
        one,
        '¡'..='§' | '¨' | '©' | '¬' | '¯' | '±' | 'µ' | '¶' | '¸' | '¼'..='¿' | '€' | '‚' | 'ƒ'
            | '„' | 'ˆ' | '‰' | '‹' | '˜' | 'Š' | 'Œ' | 'Ž' | 'š' | 'œ' | 'ž' | 'Ÿ'
    )
}

/// What follows a word and stands before none.
const fn is_footnote(one: char) -> bool {
    matches!(
        one,
        '†' | '‡'
            | '™'
            | '®'
            | '°'
            | 'ª'
            | 'º'
            | '¹'
            | '²'
            | '³'
            | '›'
            | '•'
            | '·'
            | '´'
            | '»'
            | '«'
    )
}

/// What may stand between two words without a space.
const fn is_punctuation(one: char) -> bool {
    matches!(one, '…' | '–' | '—' | '‘' | '’' | '“' | '”' | '\u{a0}' | '\u{ad}')
}

/// What ends a quotation, and so stands between no two letters; nor does the end of a line.
const fn is_never_within_word(one: char) -> bool {
    matches!(one, '“' | '”' | '»' | '«' | '›' | '‹' | '\u{85}')
}

fn is_digit(one: Option<char>) -> bool {
    one.is_some_and(|one| one.is_ascii_digit())
}

fn is_letter(one: Option<char>) -> bool {
    one.is_some_and(char::is_alphabetic)
}

fn is_small(one: Option<char>) -> bool {
    one.is_some_and(char::is_lowercase)
}

fn is_capital(one: Option<char>) -> bool {
    one.is_some_and(char::is_uppercase)
}
