//! International bank account numbers.

use super::{Found, Kind, around};

/// How many characters an account number has, by country: the
/// [registry of ISO 13616](https://www.swift.com/standards/data-standards/iban-international-bank-account-number).
const LENGTHS: &[(&[u8; 2], usize)] = &[
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BI", 27),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DJ", 27),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FK", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HN", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MN", 20),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NI", 28),
    (b"NL", 18),
    (b"NO", 15),
    (b"OM", 23),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"RU", 33),
    (b"SA", 24),
    (b"SC", 31),
    (b"SD", 18),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
    (b"YE", 30),
];

/// The account number whose check digits begin at a place.
pub(super) fn around_digit(text: &str, digit: usize) -> Option<Found> {
    let apart = usize::from(around::char_before(text, digit) == Some(' '));
    let start = digit.checked_sub(2 + apart)?;
    let country = text.as_bytes().get(start..start + 2)?.to_ascii_uppercase();
    let (_, length) = LENGTHS.iter().find(|(code, _)| country == code.as_slice())?;
    if !around::begins(text, start) {
        return None;
    }
    let (account, end) = read(text, start, *length)?;
    (around::ends(text, end) && remainder(&account) == 1)
        .then_some(Found { kind: Kind::Iban, range: start..end })
}

/// Letters and digits of an account number, and where it ends. Groups may be kept apart.
fn read(text: &str, start: usize, length: usize) -> Option<(Vec<u8>, usize)> {
    let mut account = Vec::with_capacity(length);
    let (mut end, mut apart) = (start, true);
    for character in text.get(start..)?.chars() {
        let is_part = character.is_ascii_alphanumeric();
        if !is_part && (apart || !matches!(character, ' ' | '-' | '\u{a0}' | '\u{202f}')) {
            return None;
        }
        end += character.len_utf8();
        apart = !is_part;
        account.extend(is_part.then_some(character as u8));
        if account.len() == length {
            return Some((account, end));
        }
    }
    None
}

/// The remainder by 97 of the number that an account number stands for, the first four characters
/// last; 1 if the check digits are right ([ISO/IEC 7064](https://www.iso.org/standard/31531.html)).
fn remainder(account: &[u8]) -> u32 {
    let (first, rest) = account.split_at_checked(4).unwrap_or((account, &[]));
    let values = rest.iter().chain(first).filter_map(|one| char::from(*one).to_digit(36));
    values.fold(0, |sum, value| if value < 10 { sum * 10 + value } else { sum * 100 + value } % 97)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn an_account_number_is_found_however_it_is_grouped() {
        for text in [
            "⟦DE89370400440532013000⟧",
            "IBAN: ⟦DE89 3704 0044 0532 0130 00⟧, BIC COBADEFFXXX",
            "⟦de89370400440532013000⟧",
            "⟦DE 89 3704 0044 0532 0130 00⟧",
            "auf ⟦GB29 NWBK 6016 1331 9268 19⟧.",
            "(⟦NO93 8601 1117 947⟧)",
            "⟦DE89-3704-0044-0532-0130-00⟧",
            "⟦DE89\u{a0}3704\u{a0}0044\u{a0}0532\u{a0}0130\u{a0}00⟧",
        ] {
            check(text, "iban");
        }
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for text in [
            "DE88370400440532013000",  // a wrong check digit
            "DE8937040044053201300",   // one short
            "DE893704004405320130001", // one long
            "XDE89370400440532013000", // in the middle of a word
            "ZZ89370400440532013000",  // no country
            "DE89  370400440532013000",
        ] {
            check(text, "iban");
        }
    }
}
