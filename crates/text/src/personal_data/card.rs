//! Numbers of payment cards.

use super::{
    Found, Kind, around,
    numbers::{Number, Separators},
};

/// How many digits a card's number has at the least.
const SHORTEST: usize = 12;

/// Words before a number that is a card's.
const CARDS: &[&str] = &[
    "card",
    "credit",
    "debit",
    "karte",
    "kredit",
    "visa",
    "mastercard",
    "maestro",
    "amex",
    "american express",
    "diners",
    "cc ",
    "cc:",
];

/// The ends of words before a number that is a card's.
const OF_CARDS: &[&str] = &["karte", "kartennummer", "kartennr"];

/// Words before a number that is another one.
const OTHER: &[&str] =
    &["iban", "ean", "gtin", "isbn", "issn", "s/n", "serien", "serial", "barcode"];

/// The card number that begins at a place.
pub(super) fn at(text: &str, digit: usize) -> Option<Found> {
    let stands_alone = match around::char_before(text, digit) {
        Some('-' | '.' | ',' | '/') => false,
        before => !before.is_some_and(around::is_word),
    };
    if !stands_alone || !begins_like_a_card(text, digit) {
        return None;
    }
    let mut number = Number::read(text, digit, Separators::Groups)?;
    // what follows may be the date or the code beside the number
    while !is_card(text, digit, &number) {
        number = number.without_last(text, digit);
        if number.digits.len() < SHORTEST {
            return None;
        }
    }
    Some(Found { kind: Kind::Card, range: digit..number.end })
}

/// Fewer than fourteen digits are on goods, too, so they have to be called a card's; a number that
/// is called so may be of a network that is not known here.
fn is_card(text: &str, digit: usize, number: &Number) -> bool {
    let (length, is_called) = (number.digits.len(), || {
        around::is_called(text, digit, CARDS) || around::ends_a_call(text, digit, OF_CARDS)
    });
    number.groups.iter().all(|group| *group >= 3)
        && around::ends(text, number.end)
        && luhn(&number.digits)
        && (length >= 14 && is_of_a_network(&number.digits) || is_called())
        && !around::is_called(text, digit, OTHER)
}

/// The first digits, before anything is read: most numbers are short.
fn begins_like_a_card(text: &str, digit: usize) -> bool {
    let digits = around::on_while(text, digit, |one| one.is_ascii_digit()) - digit;
    digits >= SHORTEST || digits == 4
}

/// Whether the first digits and the length are those of a network
/// ([ISO/IEC 7812](https://www.iso.org/standard/70484.html); the ranges are the networks' own).
fn is_of_a_network(digits: &[u8]) -> bool {
    let first = digits.iter().take(4).fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    let length = digits.len();
    match first {
        1800 | 2131 => length == 15,
        2221..=2720 => length == 16,
        3000..=3059 | 3095 | 3600..=3699 | 3800..=3999 => (14..=19).contains(&length),
        3400..=3499 | 3700..=3799 => length == 15,
        3528..=3589 => (16..=19).contains(&length),
        4000..=4999 => matches!(length, 13 | 16 | 19),
        5100..=5599 => length == 16,
        6011 | 8100..=8171 => (16..=19).contains(&length),
        5000..=5099 | 5600..=6999 => (12..=19).contains(&length),
        _ => false,
    }
}

/// Whether the last digit checks the others: Luhn's formula
/// ([US patent 2,950,048](https://patents.google.com/patent/US2950048A)).
fn luhn(digits: &[u8]) -> bool {
    let values = digits.iter().rev().map(|digit| u32::from(digit - b'0'));
    let weighed = values.zip([1, 2].into_iter().cycle()).map(|(value, weight)| value * weight);
    weighed.map(|value| value / 10 + value % 10).sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn a_card_is_found_by_network_length_and_check_digit() {
        for text in [
            "⟦4111111111111111⟧",
            "Karte ⟦4111 1111 1111 1111⟧, bitte",
            "⟦5500-0000-0000-0004⟧",
            "⟦3400 000000 00009⟧",
            "⟦30000000000004⟧",
            "⟦6011000000000004⟧",
            "card (⟦4222222222222⟧)",
            "my credit card ⟦3530 1113 3330 0000⟧, Kreditkarte ⟦5018 6466 7909⟧",
            "⟦4111 1111 1111 1111⟧ 12/27 123",
            "⟦4111 1111 1111 1111⟧ 123 und ⟦4111 1111 1111 1111⟧ ⟦4111 1111 1111 1111⟧",
        ] {
            check(text, "card");
        }
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for text in [
            "4111111111111112",             // a wrong check digit
            "9111111111111111",             // no network
            "41111111111111111",            // a length that Visa does not have
            "Bestellung A4111111111111111", // part of a word
            "EAN 4222222222222, 4222222222222",
            "IBAN DE39 4111 1111 1111 1111",
            "1.4111111111111111",
            "4111  1111 1111 1111",
        ] {
            check(text, "card");
        }
    }
}
