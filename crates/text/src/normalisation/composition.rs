//! Normalisation form C ([UAX #15](https://www.unicode.org/reports/tr15/)).

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::rewriting::{Bytes, Rewriting, Rewritten};

/// Below U+0300, every character is in the form and composes with none before it.
const FIRST: Bytes = Bytes::of(&[]).and(0xcc, 0xff);

/// Composes letters and their marks. What stands between two characters of ASCII is one place.
pub(super) fn compose(text: &str) -> Option<Rewritten> {
    let mut rewriting = Rewriting::new(text);
    let mut at = 0;
    while let Some(found) = FIRST.next(text, at) {
        let bytes = text.as_bytes();
        let before = bytes.get(at..found).unwrap_or_default();
        let back = before.iter().rev().take_while(|one| !one.is_ascii()).count();
        // the character of ASCII may be the letter of a mark
        let start = (found - back).saturating_sub(1).max(at);
        let rest = bytes.get(found..).unwrap_or_default();
        let end = found + rest.iter().take_while(|one| !one.is_ascii()).count();
        let place = text.get(start..end).unwrap_or_default();
        if is_nfc_quick(place.chars()) != IsNormalized::Yes {
            let composed: String = place.nfc().collect();
            if composed != place {
                rewriting.replace(start..end, &composed);
            }
        }
        at = end;
    }
    rewriting.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_whole_is_in_the_form(text in "[aeou\u{300}-\u{345}äö\u{1100}-\u{11ff}\u{212b}\u{2000}\u{f900}-\u{f910} ]{0,20}") {
            let expect: String = text.nfc().collect();
            let composed = compose(&text).map_or_else(|| text.clone(), |one| one.text);
            prop_assert_eq!(composed, expect);
        }
    }

    #[test]
    fn places_are_counted() {
        let places = |text| compose(text).map(|one| one.places);
        assert_eq!(places("u\u{308}ber Ko\u{308}ln"), Some(2));
        assert_eq!(places("über – “Köln” 日本 😀"), None);
    }
}
