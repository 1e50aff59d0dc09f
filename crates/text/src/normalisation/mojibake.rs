//! UTF-8 that was read as Windows-1252 or Latin-1.
//!
//! A character of two to four bytes then stands as as many characters of Latin scripts and signs.
//! Those that can be read back are told by [`evidence`] from a right text that happens to have the
//! same characters: `SÃO`, `„Ä“`, `IRMÃ…`.

mod candidates;
mod evidence;
mod windows_1252;

use std::cell::OnceCell;

use memchr::memchr_iter;

use super::{
    code::Code,
    rewriting::{Rewriting, Rewritten, char_at},
};

/// How often a text may have been read wrong.
const MOST_TIMES: usize = 4;

/// Reads back what was read in the wrong encoding, also more than once.
pub(super) fn repair(text: &str) -> Option<Rewritten> {
    let mut last: Option<Rewritten> = None;
    for _ in 0..MOST_TIMES {
        let (text, places) = last.as_ref().map_or((text, 0), |last| (&last.text, last.places));
        let Some(next) = repair_once(text, places > 0) else { break };
        last = Some(Rewritten { places: places.max(next.places), ..next });
    }
    let rest = last.as_ref().map_or(text, |last| &last.text);
    match (repair_controls(rest), last) {
        (Some(next), Some(last)) => Some(Rewritten { places: next.places + last.places, ..next }),
        (next, last) => next.or(last),
    }
}

/// Windows-1252 that was read as Latin-1: quotation marks and bullets stand as control characters.
///
/// 0x85 stays, since it ends a line as often as it is an ellipsis.
fn repair_controls(text: &str) -> Option<Rewritten> {
    let mut rewriting = Rewriting::new(text);
    let code = OnceCell::new();
    for at in memchr_iter(0xc2, text.as_bytes()) {
        let Some(one @ ('\u{80}'..='\u{84}' | '\u{86}'..='\u{9f}')) = char_at(text, at) else {
            continue;
        };
        let right = special(u32::from(one) - 0x80).filter(|right| *right != one);
        let Some(right) = right.filter(|_| !code.get_or_init(|| Code::of(text)).holds(at)) else {
            continue;
        };
        rewriting.replace(at..at + one.len_utf8(), right.encode_utf8(&mut [0; 4]));
    }
    rewriting.finish()
}

fn repair_once(text: &str, is_read_back: bool) -> Option<Rewritten> {
    let mut candidates = candidates::find(text);
    if candidates.is_empty() {
        return None;
    }
    let code = Code::of(text);
    candidates.retain(|one| !code.holds(one.range.start));
    let mut rewriting = Rewriting::new(text);
    for one in evidence::judge(text, candidates, is_read_back) {
        rewriting.replace(one.range, one.right.encode_utf8(&mut [0; 4]));
    }
    rewriting.finish()
}

/// The character of Windows-1252 whose byte is so far from 0x80.
pub(super) fn special(index: u32) -> Option<char> {
    windows_1252::SPECIAL.get(usize::try_from(index).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Words in which every character is one of Windows-1252 and some are of two or three bytes.
    const RIGHT: &[&str] = &[
        "Grüße aus München, schöne Straße – überall „gut“.",
        "L’été dernier, où étiez-vous ? Ça va, « déjà » cœur naïf…",
        "SÃO PAULO, MAÇÃ, IRMÃ… NÃO É À TOA; informação, avó e avô.",
        "¿Dónde está el niño? ¡Mañana! 25 °C, 3 €, 5 % – El Niño™",
        "Zażółć gęślą jaźń. Łódź, świat, się, też, już, mógł.",
        "Ärger über Öl: „Ä“, Ä…h, Ö–Ü, 5 Å–7 Å, 1.54 ű0.02, Å²",
        "Nescafé®… «café»… vidíš… Spaß“ Café©™ «\u{a0}Â\u{a0}» «Ã» TÝŽDEŇ",
        "Привет, мир. Καλημέρα. שלום. 日本語 한국어",
        "Naïve café — it’s “fine” • ½ cup × 2² ± 1 µm § 5 ¶",
        "“Â” e “Ô são letras; Âmbar, Ângela, château, Île, Être",
    ];

    fn damage(text: &str) -> String {
        text.bytes().map(windows_1252::char_of).collect()
    }

    fn check(text: &str, expect: &str) {
        let repaired = repair(text).map_or_else(|| text.to_owned(), |one| one.text);
        assert_eq!(repaired, expect, "{text}");
    }

    #[test]
    fn right_texts_stay() {
        RIGHT.iter().for_each(|text| check(text, text));
    }

    #[test]
    fn damaged_texts_are_read_back() {
        RIGHT.iter().for_each(|text| check(&damage(text), text));
    }

    #[test]
    fn what_was_damaged_twice_is_read_back() {
        RIGHT.iter().for_each(|text| check(&damage(&damage(text)), text));
    }

    #[test]
    fn capitals_are_read_back() {
        for text in
            ["OPCIÓN", "MOŻE", "SŁUŻBA", "STÖRRE NÅGRA", "dumneavoastră și ției", "PODKREŚLENIA"]
        {
            check(&damage(text), text);
            check(&damage(&damage(text)), text);
        }
    }

    #[test]
    fn one_word_is_enough() {
        let words = "Müller Köln Straße Übung Österreich Ärzte don’t “so” naïve São ação maçã é \
                     señor Łódź świat się też 25°C 3€ m² “Hello” ½ ♥ → 😀 ™ – Être Ça été Mañana 4×4 α";
        for word in words.split_whitespace() {
            check(&damage(word), word);
        }
    }

    #[test]
    fn signs_that_were_lost_are_guessed_beside_others() {
        check("voilÃ  dÃ©jÃ  vu", "voilà déjà vu");
        check("Ã la carte, trÃ¨s", "à la carte, très");
        check("â€œquotedâ€ and", "“quoted” and");
        check("MAÇÃ E", "MAÇÃ E");
    }

    #[test]
    fn controls_are_signs_of_windows_1252() {
        check("people\u{92}s \u{93}so\u{94} \u{95}one", "people’s “so” •one");
        check("a\u{85}b\u{81}", "a\u{85}b\u{81}");
    }

    #[test]
    fn code_is_about_what_it_shows() {
        check("`MÃ¼ller` is shown", "`MÃ¼ller` is shown");
    }

    proptest! {
        #[test]
        fn a_text_of_ascii_and_letters_is_never_damaged(text in "[a-zA-Z0-9äöüßÄÖÜéèàçñãõÃÕÂÅ .,;:!?\n'\"()-]{0,60}") {
            prop_assert_eq!(repair(&text), None);
        }
    }
}
