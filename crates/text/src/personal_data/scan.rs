//! One pass over a text: it stops only where something can begin.

use super::{Found, around, card, email, english_address, german_address, iban, ip, phone, url};

/// Finds all of it, in the order of the text.
///
/// Nothing overlaps, but a [`Kind::UrlToken`](super::Kind::UrlToken) lies within the
/// [`Kind::Url`](super::Kind::Url) that it follows.
pub fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let (mut start, mut at) = (0, 0);
    // what was found is behind: nothing that follows begins in it or is judged by it
    while let Some(rest) = text.get(start..)
        && let Some(trigger) = next_trigger(rest.as_bytes(), at)
    {
        let mut hits = look(rest, trigger);
        hits.iter_mut().for_each(|hit| hit.range = start + hit.range.start..start + hit.range.end);
        match hits.first() {
            Some(hit) => (start, at) = (hit.range.end, 0),
            None => at = past(rest.as_bytes(), trigger),
        }
        found.append(&mut hits);
    }
    found
}

/// The next byte at which something can be found.
fn next_trigger(bytes: &[u8], from: usize) -> Option<usize> {
    let starts = |byte: &u8| {
        matches!(byte, b'0'..=b'9' | b'@' | b':' | b'+' | b'(' | b'[' | b'{' | b'w' | b'W')
    };
    bytes.get(from..)?.iter().position(starts).map(|at| from + at)
}

/// What is found by one trigger: one thing, or a URL and the tokens in it.
fn look(text: &str, trigger: usize) -> Vec<Found> {
    let one = match around::byte(text, trigger) {
        Some(b'@') => email::around_sign(text, trigger),
        Some(b'(' | b'[' | b'{') => {
            email::spelt_out(text, trigger).or_else(|| phone::at(text, trigger))
        }
        Some(b'+') => phone::at(text, trigger),
        Some(b':') => match url::around_scheme(text, trigger) {
            Some(found) => return found,
            None => ip::around_colon(text, trigger),
        },
        Some(b'w' | b'W') => return url::without_scheme(text, trigger).unwrap_or_default(),
        Some(_) => number(text, trigger),
        None => None,
    };
    one.into_iter().collect()
}

/// What begins with digits, or is known by them. The strictest come first.
fn number(text: &str, digit: usize) -> Option<Found> {
    iban::around_digit(text, digit)
        .or_else(|| ip::around_digit(text, digit))
        .or_else(|| card::at(text, digit))
        .or_else(|| phone::at(text, digit))
        .or_else(|| german_address::around_digit(text, digit))
        .or_else(|| english_address::at(text, digit))
}

/// Where to go on after a trigger at which nothing was found: a number is looked at once.
fn past(bytes: &[u8], trigger: usize) -> usize {
    let rest = bytes.get(trigger..).unwrap_or_default();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    trigger + digits.max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::Kind, *};

    proptest! {
        #[test]
        fn whatever_is_found_lies_on_characters_and_in_order(text in "\\PC{0,60}") {
            holds(&text)?;
        }

        #[test]
        fn whatever_is_found_lies_on_characters_and_in_order_among_likely_parts(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "+49", "0", "30", " ", "(", ")", "0171", "/", "-", "@", "a", "ä", ".de", "://",
                    "https", "?token=", "www.", "DE", "4111", "1111", "::", "fe", "10.", "Straße",
                    "Str.", ",", "\u{a0}", "10115", "Berlin", "St", "at", "[", "]", "–", "“", "\n",
                ]),
                0..24,
            )
        ) {
            holds(&parts.concat())?;
        }
    }

    fn holds(text: &str) -> Result<(), TestCaseError> {
        let found = find(text);
        prop_assert!(found.iter().all(|one| text.get(one.range.clone()).is_some()));
        prop_assert!(found.iter().all(|one| !one.range.is_empty()));
        for pair in found.windows(2) {
            let within =
                pair[1].kind == Kind::UrlToken && pair[1].range.start >= pair[0].range.start;
            prop_assert!(within || pair[1].range.start >= pair[0].range.end, "{:?}", found);
        }
        Ok(())
    }
}
