//! Letters that members take from mathematics and other writing systems to make bold or italic what
//! a network shows plain ([Unicode, chapter 22](https://www.unicode.org/charts/PDF/U1D400.pdf)).
//!
//! A screen reader spells them and a tokeniser knows none of the words. In formulas the same letters
//! mean what they are, but stand alone there: `𝑥`, `ℝ`.

use std::ops::Range;

use super::rewriting::{Bytes, Rewriting, Rewritten, char_at};

/// First bytes of all such letters.
const FIRST: Bytes = Bytes::of(&[0xe2, 0xef, 0xf0]);

/// How many characters may stand between two words of a phrase.
const LONGEST_GAP: usize = 4;

/// How much a letter looks like one of a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Serif, script, Fraktur and double-struck letters: formulas use them.
    Formula,
    /// Letters without serifs and of typewriters: formulas hardly use them.
    Ornament,
}

/// Letters in a row.
#[derive(Debug)]
struct Word {
    range: Range<usize>,
    is_sure: bool,
}

/// Puts plain letters in the place of styled ones, where they form words.
pub(super) fn plain(text: &str) -> Option<Rewritten> {
    let mut rewriting = Rewriting::new(text);
    let mut at = 0;
    while let Some(next) = FIRST.next(text, at) {
        let phrase = phrase_at(text, next);
        at = phrase.last().map_or_else(|| after(text, next), |word| word.range.end);
        if phrase.iter().any(|word| word.is_sure) {
            for word in phrase {
                let letters = text.get(word.range.clone()).unwrap_or_default().chars();
                let letters: String =
                    letters.map(|one| plain_letter(one).map_or(one, |(plain, _)| plain)).collect();
                rewriting.replace(word.range, &letters);
            }
        }
    }
    rewriting.finish()
}

fn after(text: &str, at: usize) -> usize {
    at + char_at(text, at).map_or(1, char::len_utf8)
}

/// Words with nothing between them but what stands between words.
fn phrase_at(text: &str, start: usize) -> Vec<Word> {
    let mut phrase = Vec::new();
    let mut next = Some(start);
    while let Some(word) = next.and_then(|at| word_at(text, at)) {
        next = gap_end(text, word.range.end);
        phrase.push(word);
    }
    phrase
}

fn word_at(text: &str, start: usize) -> Option<Word> {
    let (mut end, mut letters, mut ornaments) = (start, 0, 0);
    for one in text.get(start..)?.chars() {
        match plain_letter(one) {
            Some((_, style)) => {
                letters += 1;
                ornaments += usize::from(style == Style::Ornament);
            }
            None if letters > 0 && matches!(one, '\u{300}'..='\u{36f}') => {}
            None => break,
        }
        end += one.len_utf8();
    }
    let is_sure = letters >= 3 || (letters == 2 && ornaments == 2);
    (letters > 0).then_some(Word { range: start..end, is_sure })
}

/// Where the next word may begin.
fn gap_end(text: &str, start: usize) -> Option<usize> {
    let is_of_gap = |one: char| {
        one.is_ascii_digit()
            || matches!(
                one,
                ' ' | '\u{a0}' | '\'' | '’' | '-' | '–' | '.' | ',' | ':' | ';' | '!' | '?'
            )
            || matches!(one, '&' | '/' | '"' | '“' | '”' | '„')
    };
    let gap = text.get(start..)?.chars().take(LONGEST_GAP).take_while(|one| is_of_gap(*one));
    let end = start + gap.map(char::len_utf8).sum::<usize>();
    (end > start).then_some(end)
}

fn plain_letter(one: char) -> Option<(char, Style)> {
    let number = u32::from(one);
    match number {
        0x1d400..0x1d6a4 => {
            let style = (number - 0x1d400) / 52;
            let letter = letter_at((number - 0x1d400) % 52)?;
            Some((letter, if style >= 8 { Style::Ornament } else { Style::Formula }))
        }
        0x1d7ce..=0x1d7ff => {
            let style = (number - 0x1d7ce) / 10;
            let digit = char::from_digit((number - 0x1d7ce) % 10, 10)?;
            Some((digit, if style >= 2 { Style::Ornament } else { Style::Formula }))
        }
        0xff10..=0xff19 | 0xff21..=0xff3a | 0xff41..=0xff5a => {
            Some((char::from_u32(number - 0xfee0)?, Style::Formula))
        }
        0x24b6..=0x24e9 => Some((letter_at(number - 0x24b6)?, Style::Formula)),
        0x1f130..=0x1f149 | 0x1f150..=0x1f169 | 0x1f170..=0x1f189 => {
            Some((letter_at((number - 0x1f130) % 32)?, Style::Formula))
        }
        0x2100..=0x2134 => letter_like(one).map(|letter| (letter, Style::Formula)),
        _ => None,
    }
}

/// A to Z, then a to z.
fn letter_at(index: u32) -> Option<char> {
    let first = if index < 26 { u32::from('A') } else { u32::from('a') - 26 };
    char::from_u32(first + index)
}

/// Letters that stood in Unicode before their alphabets did, and are left out of these.
const fn letter_like(one: char) -> Option<char> {
    Some(match one {
        'ℬ' => 'B',
        'ℂ' | 'ℭ' => 'C',
        'ℰ' => 'E',
        'ℱ' => 'F',
        'ℋ' | 'ℌ' | 'ℍ' => 'H',
        'ℐ' | 'ℑ' => 'I',
        'ℒ' => 'L',
        'ℳ' => 'M',
        'ℕ' => 'N',
        'ℙ' => 'P',
        'ℚ' => 'Q',
        'ℛ' | 'ℜ' | 'ℝ' => 'R',
        'ℤ' | 'ℨ' => 'Z',
        'ℯ' => 'e',
        'ℊ' => 'g',
        'ℎ' => 'h',
        'ℓ' => 'l',
        'ℴ' => 'o',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let plain = plain(text).map_or_else(|| text.to_owned(), |one| one.text);
        assert_eq!(plain, expect, "{text}");
    }

    #[test]
    fn words_become_plain() {
        check("𝗪𝗲 𝗮𝗿𝗲 𝗵𝗶𝗿𝗶𝗻𝗴!", "We are hiring!");
        check("𝐖𝐞 𝐚𝐫𝐞 𝐚 𝐭𝐞𝐚𝐦", "We are a team");
        check("𝓗𝓮𝓵𝓵𝓸 𝓣𝓱ℯ𝓻𝓮", "Hello There");
        check("𝗞𝗜 und 𝗛𝗥", "KI und HR");
        check("𝗧𝗼𝗽 𝟭𝟬", "Top 10");
        check("ＦＵＬＬ ⓒⓘⓡⓒⓛⓔ 🅱🅻🅾🅲🅺 𝕊𝕥𝕣𝕦𝕔𝕜", "FULL circle BLOCK Struck");
        check("𝗳𝘂\u{308}𝗿", "fu\u{308}r");
    }

    #[test]
    fn symbols_of_formulas_stay() {
        for text in
            ["𝑓(𝑥) = 𝑥² ∈ ℝ", "ℝ, ℂ, ℕ", "𝑥, 𝑦, 𝑧", "𝐴𝐵 ≠ 𝐵𝐴", "🅰 blood", "Ⓐ", "ＡＩ技術", "🇩🇪"]
        {
            check(text, text);
        }
    }
}
