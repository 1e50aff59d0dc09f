//! Characters that nobody sees.
//!
//! What stays: line ends and tabs; joiners between emoji and in scripts that need them; variation
//! selectors behind what varies; the tags of a flag.

use super::rewriting::{Bytes, Rewriting, Rewritten, char_at, char_before};

/// First bytes of all such characters; of ASCII, the controls.
const FIRST: Bytes = Bytes::of(&[0x7f, 0xc2, 0xcd, 0xd8, 0xe1, 0xe2, 0xee, 0xef, 0xf3, 0xf4])
    .and(0x00, 0x08)
    .and(0x0e, 0x1f);

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';
const BLACK_FLAG: char = '\u{1f3f4}';

/// Takes them away. Those that stand in a row are one place.
pub(super) fn remove(text: &str) -> Option<Rewritten> {
    let mut rewriting = Rewriting::new(text);
    let mut at = 0;
    while let Some(found) = FIRST.next(text, at) {
        at = found;
        let mut end = found;
        while let Some(one) = char_at(text, end).filter(|one| is_removed(*one, text, end, at)) {
            end += one.len_utf8();
        }
        if end > at {
            rewriting.replace(at..end, "");
            at = end;
        } else {
            at = past(text, at);
        }
    }
    rewriting.finish()
}

/// The next place after what stays: a flag stays with all its tags.
fn past(text: &str, at: usize) -> usize {
    let one = char_at(text, at);
    let tags = one.filter(|one| is_tag(*one)).and_then(|_| text.get(at..));
    let tags = tags.map_or(0, |rest| rest.chars().take_while(|one| is_tag(*one)).count() * 4);
    at + tags.max(one.map_or(1, char::len_utf8))
}

/// Whether a character goes; what stands before `start` is what it is joined to.
fn is_removed(one: char, text: &str, at: usize, start: usize) -> bool {
    let before = char_before(text, start);
    match one {
        NON_JOINER => {
            let after = char_at(text, at + one.len_utf8());
            !(before.is_some_and(is_joining) && after.is_some_and(is_joining))
        }
        JOINER => {
            let after = char_at(text, at + one.len_utf8());
            let is_emoji = before.is_some_and(is_emoji_part) && after.is_some_and(is_emoji);
            !is_emoji && !before.is_some_and(is_joining)
        }
        '\u{fe00}'..='\u{fe0f}' => {
            let after = char_at(text, at + one.len_utf8());
            !before.is_some_and(|before| varies(before, after))
        }
        '\u{e0100}'..='\u{e01ef}' => !before.is_some_and(is_ideograph),
        '\u{e0020}'..='\u{e007f}' => before != Some(BLACK_FLAG) || !is_flag(text, at),
        _ => is_invisible(one),
    }
}

/// What is never seen, whatever stands around it.
const fn is_invisible(one: char) -> bool {
    matches!(
        one,
        '\0'..='\x08' | '\x0e'..='\x1f' | '\x7f'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{ad}'
            | '\u{34f}' | '\u{61c}' | '\u{180e}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}'
            | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}'
            | '\u{e0000}'..='\u{e001f}' | '\u{e0080}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}'
            | '\u{f0000}'..='\u{10ffff}'
    )
}

const fn is_tag(one: char) -> bool {
    matches!(one, '\u{e0020}'..='\u{e007f}')
}

/// Whether a flag's tags are ended: three to six and the last
/// ([UTS #51](https://www.unicode.org/reports/tr51/#valid-emoji-tag-sequences)).
fn is_flag(text: &str, at: usize) -> bool {
    let tags = text.get(at..).into_iter().flat_map(str::chars).take(8);
    let tags = tags.take_while(|one| is_tag(*one) && *one != '\u{e007f}').count();
    matches!(tags, 3..=6) && char_at(text, at + 4 * tags) == Some('\u{e007f}')
}

/// Letters that look another way beside a joiner or a non-joiner.
const fn is_joining(one: char) -> bool {
    matches!(
        one,
        '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{18af}' | '\u{1a20}'..='\u{1aaf}' | '\u{1b00}'..='\u{1bff}'
            | '\u{a800}'..='\u{abff}' | '\u{fb50}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefc}' | '\u{10a00}'..='\u{11fff}' | '\u{1e900}'..='\u{1e95f}'
    )
}

const fn is_emoji(one: char) -> bool {
    matches!(
        one,
        '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{2600}'..='\u{27bf}'
            | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}'
    )
}

/// What stands before a joiner: an emoji, its colour or its selector.
const fn is_emoji_part(one: char) -> bool {
    is_emoji(one) || one == '\u{fe0f}'
}

/// Whether a character has variants; a digit only in front of a key's frame.
fn varies(one: char, after: Option<char>) -> bool {
    match one {
        '0'..='9' | '#' | '*' => after == Some('\u{20e3}'),
        '\u{fe00}'..='\u{fe0f}' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{3000}' => false,
        one if is_ideograph(one) => true,
        _ => !one.is_ascii() && (!one.is_alphabetic() || one > '\u{1000}'),
    }
}

const fn is_ideograph(one: char) -> bool {
    matches!(one, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let rest = remove(text).map_or_else(|| text.to_owned(), |one| one.text);
        assert_eq!(rest, expect, "{text:?}");
    }

    #[test]
    fn what_nobody_sees_goes() {
        check("\u{feff}a\u{200b}b\u{ad}c\u{2060}", "abc");
        check("\u{202e}a\u{202c}\u{2066}b\u{2069}\u{200e}", "ab");
        check("a\0b\x1bc\x7f\u{9d}", "abc");
        check("\u{f8ff}\u{e0b7} x", " x");
        check("a\u{fe0f} \u{fe0f}", "a ");
        check("a\u{200d}b\u{200c}c", "abc");
        check("a\u{e0041}\u{e0042}", "a");
    }

    #[test]
    fn what_others_need_stays() {
        for text in [
            "👩‍💻 👨‍👩‍👧 ❤️‍🔥 🏳️‍🌈 👍🏽 1️⃣ ©️ ☎︎",
            "می‌خواهم",
            "क्‍ष ക്‌ഷ",
            "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "葛\u{e0100}",
            "a\tb\nc\r\n",
        ] {
            check(text, text);
        }
    }
}
