//! Classes of characters that the rules ask for.

/// Set in the class of a byte of white space.
pub(super) const SPACE: u8 = 1;
/// Set for an ASCII letter.
pub(super) const LETTER: u8 = 2;
/// Set for an ASCII digit.
pub(super) const DIGIT: u8 = 4;
/// Set for what is no letter, digit or white space in ASCII.
pub(super) const SIGN: u8 = 8;
/// Set for a byte of a character beyond ASCII.
pub(super) const WIDE: u8 = 16;

const CLASSES: [u8; 256] = classes();

/// What the byte is.
pub(super) fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or_default()
}

#[expect(clippy::indexing_slicing, reason = "slices have no `get_mut` in constants; checked there")]
const fn classes() -> [u8; 256] {
    let mut classes = [WIDE; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        classes[byte as usize] = match byte {
            b' ' | 9..=13 | 28..=31 => SPACE,
            b'0'..=b'9' => DIGIT,
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            _ => SIGN,
        };
        byte += 1;
    }
    classes
}

/// White space, with the four separators of ASCII that Unicode's `White_Space` leaves out.
pub(super) fn is_space(one: char) -> bool {
    one.is_whitespace() || matches!(one, '\u{1c}'..='\u{1f}')
}

/// Whether a line ends at the character, as Unicode (and Python's `splitlines`) has it.
pub(super) fn is_line_end(one: char) -> bool {
    matches!(one, '\n'..='\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether a word of nothing else is a symbol; bullets and emoji are words of their own here.
pub(super) fn is_symbol(one: char) -> bool {
    if one.is_ascii() {
        return !one.is_ascii_alphanumeric() && one != ' ' && one != '\u{7f}';
    }
    let is_mark = matches!(
        one,
        '\u{80}'..='\u{9f}' | '«' | '´' | '»' | '–' | '—' | '’' | '“'..='„' | '…' | '∶' | '━' | '►'
            | '、' | '〈'..='」' | '【' | '】' | '％' | '（' | '）' | '，' | '１' | '：' | '；' | '～'
    );
    is_mark || is_terminal(one)
}

/// Whether a sentence can end with the character.
pub(super) fn is_terminal(one: char) -> bool {
    if one < TERMINALS.first().map_or(char::MAX, |first| first.0) {
        return matches!(one, '.' | '!' | '?');
    }
    let at = TERMINALS.partition_point(|&(_, last)| last < one);
    TERMINALS.get(at).is_some_and(|&(first, _)| first <= one)
}

/// Whether the character is a punctuation mark in Unicode's sense (`P`), which `$`, `+` and `=` are
/// not; exact in ASCII, the common blocks beyond.
pub(super) fn is_punctuation(one: char) -> bool {
    if one.is_ascii() {
        return one.is_ascii_punctuation()
            && !matches!(one, '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~');
    }
    let is_general = matches!(one, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}')
        && !matches!(one, '\u{2044}' | '\u{2052}');
    let is_wide = matches!(one, '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '，' | '（' | '）' | '：' | '；');
    let is_latin = matches!(one, '¡' | '§' | '«' | '¶' | '·' | '»' | '¿');
    is_latin || is_general || is_wide || is_terminal(one)
}

/// Whether the mark stands as a word of its own before or behind another word.
pub(super) fn is_affix(one: char) -> bool {
    match one {
        ',' | ':' | ';' | '!' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '_' | '#'
        | '*' | '&' => true,
        one if one.is_ascii() => is_quote(one),
        '…' | '—' | '–' | '¿' | '¡' | '·' | '؟' | '،' | '؛' | '٪' | '।' | '。' | '？' | '！'
        | '，' | '、' | '；' | '：' | '～' | '（' | '）' | '〔' | '〕' | '【' | '】' => {
            true
        }
        one => is_quote(one) || is_icon(one),
    }
}

/// Quotation marks, straight and curly.
pub(super) fn is_quote(one: char) -> bool {
    matches!(
        one,
        '\'' | '"' | '`' | '”' | '“' | '‘' | '´' | '’' | '‚' | '„' | '»' | '«' | '「'
            ..='』' | '《' | '》' | '〈' | '〉' | '⟦' | '⟧'
    )
}

/// Currency signs.
pub(super) fn is_currency(one: char) -> bool {
    matches!(one, '$' | '£' | '€' | '¥' | '\u{20a0}'..='\u{20bf}')
}

/// Pictures, emoji and arrows: Unicode's "other symbols", in the blocks where they are met.
pub(super) fn is_icon(one: char) -> bool {
    matches!(
        one,
        '¦' | '©' | '®' | '°' | '℃' | '℅' | '№' | '℗' | '™' | '↕'..='↙' | '↜'..='↟' | '↡' | '↢' | '↤' | '↥'
            | '↧'..='↭' | '↯'..='⇍' | '⇐' | '⇑' | '⇓' | '⇕'..='⇳' | '⌀'..='⌇' | '⌌'..='⎚' | '⎴'..='⏛' | '⏢'..='⑊'
            | 'Ⓐ'..='ⓩ' | '─'..='▶' | '▸'..='◀' | '◂'..='◷' | '☀'..='♮' | '♰'..='❧' | '➔'..='➿'
            | '\u{2b00}'..='\u{2b2f}' | '\u{2b45}' | '\u{2b50}'..='\u{2bff}' | '\u{fffd}' | '\u{1f000}'..='\u{1f3fa}'
            | '\u{1f400}'..='\u{1faff}'
    )
}

/// Unicode's `Sentence_Terminal` beyond ASCII, from first to last:
/// <https://www.unicode.org/Public/UCD/latest/ucd/PropList.txt>.
const TERMINALS: [(char, char); 79] = [
    ('\u{589}', '\u{589}'),
    ('\u{61d}', '\u{61f}'),
    ('\u{6d4}', '\u{6d4}'),
    ('\u{700}', '\u{702}'),
    ('\u{7f9}', '\u{7f9}'),
    ('\u{837}', '\u{837}'),
    ('\u{839}', '\u{839}'),
    ('\u{83d}', '\u{83e}'),
    ('\u{964}', '\u{965}'),
    ('\u{104a}', '\u{104b}'),
    ('\u{1362}', '\u{1362}'),
    ('\u{1367}', '\u{1368}'),
    ('\u{166e}', '\u{166e}'),
    ('\u{1735}', '\u{1736}'),
    ('\u{17d4}', '\u{17d6}'),
    ('\u{17d9}', '\u{17da}'),
    ('\u{1803}', '\u{1803}'),
    ('\u{1809}', '\u{1809}'),
    ('\u{1944}', '\u{1945}'),
    ('\u{1aa8}', '\u{1aab}'),
    ('\u{1b5a}', '\u{1b5b}'),
    ('\u{1b5e}', '\u{1b5f}'),
    ('\u{1b7d}', '\u{1b7e}'),
    ('\u{1c3b}', '\u{1c3c}'),
    ('\u{1c7e}', '\u{1c7f}'),
    ('\u{203c}', '\u{203d}'),
    ('\u{2047}', '\u{2049}'),
    ('\u{2e2e}', '\u{2e2e}'),
    ('\u{2e3c}', '\u{2e3c}'),
    ('\u{2e53}', '\u{2e54}'),
    ('\u{3002}', '\u{3002}'),
    ('\u{a4ff}', '\u{a4ff}'),
    ('\u{a60e}', '\u{a60f}'),
    ('\u{a6f3}', '\u{a6f3}'),
    ('\u{a6f7}', '\u{a6f7}'),
    ('\u{a876}', '\u{a877}'),
    ('\u{a8ce}', '\u{a8cf}'),
    ('\u{a92f}', '\u{a92f}'),
    ('\u{a9c8}', '\u{a9c9}'),
    ('\u{aa5d}', '\u{aa5f}'),
    ('\u{aaf0}', '\u{aaf1}'),
    ('\u{abeb}', '\u{abeb}'),
    ('\u{fe52}', '\u{fe52}'),
    ('\u{fe56}', '\u{fe57}'),
    ('\u{ff01}', '\u{ff01}'),
    ('\u{ff0e}', '\u{ff0e}'),
    ('\u{ff1f}', '\u{ff1f}'),
    ('\u{ff61}', '\u{ff61}'),
    ('\u{10a56}', '\u{10a57}'),
    ('\u{10f55}', '\u{10f59}'),
    ('\u{10f86}', '\u{10f89}'),
    ('\u{11047}', '\u{11048}'),
    ('\u{110be}', '\u{110c1}'),
    ('\u{11141}', '\u{11143}'),
    ('\u{111c5}', '\u{111c6}'),
    ('\u{111cd}', '\u{111cd}'),
    ('\u{111de}', '\u{111df}'),
    ('\u{11238}', '\u{11239}'),
    ('\u{1123b}', '\u{1123c}'),
    ('\u{112a9}', '\u{112a9}'),
    ('\u{1144b}', '\u{1144c}'),
    ('\u{115c2}', '\u{115c3}'),
    ('\u{115c9}', '\u{115d7}'),
    ('\u{11641}', '\u{11642}'),
    ('\u{1173c}', '\u{1173e}'),
    ('\u{11944}', '\u{11944}'),
    ('\u{11946}', '\u{11946}'),
    ('\u{11a42}', '\u{11a43}'),
    ('\u{11a9b}', '\u{11a9c}'),
    ('\u{11c41}', '\u{11c42}'),
    ('\u{11ef7}', '\u{11ef8}'),
    ('\u{11f43}', '\u{11f44}'),
    ('\u{16a6e}', '\u{16a6f}'),
    ('\u{16af5}', '\u{16af5}'),
    ('\u{16b37}', '\u{16b38}'),
    ('\u{16b44}', '\u{16b44}'),
    ('\u{16e98}', '\u{16e98}'),
    ('\u{1bc9f}', '\u{1bc9f}'),
    ('\u{1da88}', '\u{1da88}'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_are_in_order() {
        assert!(TERMINALS.iter().all(|(first, last)| first <= last));
        assert!(TERMINALS.is_sorted_by(|before, after| before.1 < after.0));
    }

    #[test]
    fn classes_agree_with_the_characters() {
        for byte in 0..128 {
            let one = char::from(byte);
            assert_eq!(class(byte) == SPACE, is_space(one), "{one:?}");
            assert_eq!(class(byte) == LETTER, one.is_alphabetic(), "{one:?}");
            assert_eq!(class(byte) == DIGIT, one.is_numeric(), "{one:?}");
        }
        assert_eq!(class(200), WIDE);
    }

    #[test]
    fn marks_are_told_apart() {
        let check = |one, expect| {
            assert_eq!((is_terminal(one), is_symbol(one), is_punctuation(one)), expect, "{one:?}");
        };
        check('.', (true, true, true));
        check('…', (false, true, true));
        check('。', (true, true, true));
        check('=', (false, true, false));
        check('•', (false, false, true));
        check('ß', (false, false, false));
        check('🎉', (false, false, false));
    }
}
