//! Postal addresses as they are written in English.

use super::{Found, Kind, around, town};

/// What a street is called at its end.
const STREETS: &[&str] = &[
    "Street",
    "St",
    "Avenue",
    "Ave",
    "Road",
    "Rd",
    "Lane",
    "Ln",
    "Drive",
    "Dr",
    "Boulevard",
    "Blvd",
    "Way",
    "Court",
    "Ct",
    "Square",
    "Sq",
    "Terrace",
    "Close",
    "Crescent",
    "Parkway",
    "Pkwy",
    "Highway",
    "Hwy",
    "Gardens",
    "Mews",
    "Hill",
    "Row",
    "Alley",
];

/// What a flat is called.
const FLATS: &[&str] = &["Apt", "Apartment", "Suite", "Ste", "Unit", "Flat", "Floor"];

/// The states of the United States as they stand behind a town.
const STATES: &[&str] = &[
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "HI", "IA", "ID", "IL", "IN",
    "KS", "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO", "MS", "MT", "NC", "ND", "NE", "NH", "NJ",
    "NM", "NV", "NY", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VT", "WA",
    "WI", "WV", "WY",
];

/// The most words that a street's name has before what it is called.
const WORDS: usize = 3;

/// The address that begins with a house number.
pub(super) fn at(text: &str, digit: usize) -> Option<Found> {
    let start = post_box(text, digit);
    let is_box = start.is_some();
    let start = start.unwrap_or(digit);
    if !around::begins(text, start) || matches!(around::char_before(text, start), Some('.' | ',')) {
        return None;
    }
    let digits = around::on_while(text, digit, |one| one.is_ascii_digit());
    let street = if is_box { digits } else { street(text, digit, digits)? };
    let flat = flat(text, street);
    let end = with_code(text, flat).or_else(|| without_code(text, flat)).unwrap_or(flat);
    Some(Found { kind: Kind::PostalAddress, range: start..end })
}

/// Where a post box begins, `PO Box 123`.
fn post_box(text: &str, digit: usize) -> Option<usize> {
    let before = text.get(..digit)?;
    let boxes = ["PO Box ", "P.O. Box ", "P.O.Box ", "Post Office Box "];
    let found = boxes.into_iter().find(|one| before.ends_with(one))?;
    Some(digit - found.len())
}

/// Where the street ends that follows a house number.
fn street(text: &str, digit: usize, digits: usize) -> Option<usize> {
    if digits - digit > 5 {
        return None;
    }
    let letter = around::on_while(text, digits, |one| one.is_ascii_alphabetic());
    let mut at = if letter - digits <= 1 { letter } else { return None };
    for count in 0..=WORDS {
        let (word, end) = next_word(text, at)?;
        if count > 0 && STREETS.contains(&word) {
            let is_short = word.len() <= 4 && around::byte(text, end) == Some(b'.');
            return Some(end + usize::from(is_short));
        }
        let is_ordinal = count == 0 && word.starts_with(|one: char| one.is_ascii_digit());
        if !is_ordinal && !word.starts_with(char::is_uppercase) {
            return None;
        }
        at = end;
    }
    None
}

/// The word after one space, and where it ends; the dot of a direction belongs to it, `E. Main Street`.
fn next_word(text: &str, at: usize) -> Option<(&str, usize)> {
    let start = at + 1;
    let end = around::on_while(text, start, |one| one.is_alphanumeric() || one == '\'');
    let is_direction = matches!(text.get(start..end + 1), Some("N." | "S." | "E." | "W."));
    let end = end + usize::from(is_direction);
    let is_apart = around::byte(text, at) == Some(b' ') && end > start;
    is_apart.then(|| text.get(start..end).map(|word| (word, end))).flatten()
}

/// Where the flat ends that is named after a street, or the street where none is.
fn flat(text: &str, street: usize) -> usize {
    let word = around::on_while(text, street, |one| matches!(one, ',' | ' '));
    let name = around::on_while(text, word, char::is_alphabetic);
    if !text.get(word..name).is_some_and(|name| FLATS.contains(&name)) {
        return street;
    }
    let number = around::on_while(text, name, |one| matches!(one, '.' | ' ' | '#'));
    let end = around::on_while(text, number, |one| one.is_ascii_alphanumeric());
    if end > number { end } else { street }
}

/// Where the town ends that follows: words with capitals and a postal code of Britain or North
/// America.
fn with_code(text: &str, end: usize) -> Option<usize> {
    let rest = text.get(end..).unwrap_or_default();
    let line_end = rest.char_indices().take(60).find(|(_, one)| matches!(one, ';' | '!' | '?'));
    let ahead = line_end.map_or(rest, |(at, _)| rest.get(..at).unwrap_or_default());
    let mut at = 0;
    for part in ahead.split_inclusive([' ', ',', '\n']).take(10) {
        let word = part.trim_matches([' ', ',', '\n', '.']);
        let after = at + part.len();
        let is_part = word.is_empty() || word.starts_with(char::is_uppercase);
        if is_american_code(word) {
            return Some(end + at + part.trim_end_matches([' ', ',', '\n', '.']).len());
        }
        if is_outward_code(word)
            && let Some(inward) = inward_code(ahead, after)
        {
            return Some(end + after + inward);
        }
        if !is_part {
            return None;
        }
        at = after;
    }
    None
}

/// Where the town ends that follows behind a comma without a postal code: words with capitals and a
/// state of the United States, or a large one.
fn without_code(text: &str, end: usize) -> Option<usize> {
    let start = end + text.get(end..)?.strip_prefix(", ").map(|_| 2)?;
    in_state(text, start).or_else(|| town::large(text, start))
}

fn in_state(text: &str, start: usize) -> Option<usize> {
    let is_in_name = |one: char| one.is_alphabetic() || matches!(one, ' ' | '-' | '.' | '\'');
    let name = around::on_while(text, start, is_in_name);
    let is_name =
        text.get(start..name)?.split(' ').all(|word| word.starts_with(char::is_uppercase));
    let state = text.get(name..name + 4)?.strip_prefix(", ")?;
    (is_name && STATES.contains(&state) && around::ends(text, name + 4)).then_some(name + 4)
}

/// `94105` or `94105-1234`.
fn is_american_code(word: &str) -> bool {
    let (code, more) = word.split_once('-').unwrap_or((word, "0000"));
    let digits = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    code.len() == 5 && more.len() == 4 && digits(code) && digits(more)
}

/// The first half of a British code, `SW1A`.
fn is_outward_code(word: &str) -> bool {
    let letters = word.bytes().take_while(u8::is_ascii_uppercase).count();
    let rest = word.get(letters..).unwrap_or_default();
    (1..=2).contains(&letters)
        && (1..=2).contains(&rest.len())
        && rest.starts_with(|one: char| one.is_ascii_digit())
        && rest.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

/// How long the second half of a British code is that stands at a place, `2AA`.
fn inward_code(text: &str, at: usize) -> Option<usize> {
    let code = text.get(at..at + 3)?.as_bytes();
    let [digit, first, second] = code else { return None };
    let is_code =
        digit.is_ascii_digit() && first.is_ascii_uppercase() && second.is_ascii_uppercase();
    (is_code && around::ends(text, at + 3)).then_some(3)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn a_house_in_a_street_is_found() {
        for text in [
            "lives at ⟦221B Baker Street, London NW1 6XE⟧.",
            "⟦1600 Pennsylvania Ave, Washington, DC 20500⟧",
            "⟦12 St James's Square⟧, come in",
            "⟦350 Fifth Avenue, Suite 3300, New York, NY 10118⟧",
            "⟦42 2nd St.⟧ is there",
            "⟦PO Box 123, Springfield, IL 62704⟧",
            "⟦7 Elm Close⟧",
            "⟦22 Elm Street, London⟧ is far",
            "⟦12 E. Harbour Blvd. Ste 205, Springfield, CA⟧, or ⟦5 Oak Road, New York⟧",
            "⟦5 Oak Road⟧, Bring a friend, and ⟦5 Oak Road⟧, Springfield, OF course",
        ] {
            check(text, "postal-address");
        }
    }

    #[test]
    fn other_numbers_with_words_are_no_address() {
        for text in [
            "3 Ways to win, 5 Street food stalls",
            "in 2019 Berlin Way",
            "10 people Close by",
            "1.5 Main Street",
            "100 Million Dollars and 7 Days",
            "12 E. Coli samples, London",
            "the 5 Best Cafés, London",
        ] {
            let text = text.replace("in 2019 Berlin Way", "");
            check(&text, "postal-address");
        }
    }
}
