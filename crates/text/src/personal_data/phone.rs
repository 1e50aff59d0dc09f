//! Telephone numbers.

use super::{
    Found, Kind, around,
    numbers::{Number, Separators},
};

/// Calling codes of countries and services ([ITU-T E.164](https://www.itu.int/rec/T-REC-E.164)).
const CALLING_CODES: &[&str] = &[
    "1", "7", "20", "211", "212", "213", "216", "218", "22", "23", "24", "25", "26", "27", "290",
    "291", "297", "298", "299", "30", "31", "32", "33", "34", "35", "36", "37", "38", "39", "40",
    "41", "420", "421", "423", "43", "44", "45", "46", "47", "48", "49", "50", "51", "52", "53",
    "54", "55", "56", "57", "58", "59", "60", "61", "62", "63", "64", "65", "66", "67", "68", "69",
    "80", "81", "82", "84", "85", "86", "870", "878", "88", "90", "91", "92", "93", "94", "95",
    "96", "97", "98", "992", "993", "994", "995", "996", "998",
];

/// Words before a number that say that somebody can be called there.
const TELEPHONE: &[&str] = &[
    "tel",
    "phone",
    "fon",
    "fax",
    "mobil",
    "handy",
    "cell",
    "call",
    "ruf",
    "anruf",
    "erreichbar",
    "durchwahl",
    "hotline",
    "whatsapp",
    "signal",
    "sms",
    "text me",
    "ring me",
    "dial",
    "kontakt",
    "contact number",
    "phone number",
    "my number",
];

/// Words before a number that say that it is another.
const OTHER: &[&str] = &[
    "nr",
    "no.",
    "nummer",
    "number",
    "rechnung",
    "invoice",
    "order",
    "bestell",
    "auftrag",
    "artikel",
    "article",
    "art.",
    "kunden",
    "isbn",
    "issn",
    "ean",
    "gtin",
    "hrb",
    "hra",
    "az.",
    "aktenzeichen",
    "din",
    "iso",
    "konto",
    "blz",
    "steuer",
    "ust",
    "vat",
    "arxiv",
    "zbl",
    "doi",
    "serial",
    "seriennr",
    "ticket",
    "ticker",
    "id",
    "vertrag",
    "contract",
    "§",
    "version",
    "sku",
    "part",
];

/// The ends of words before a number that is another one.
const OTHER_ENDS: &[&str] = &["nummer", "nr.", "nr ", "nr:", "code"];

/// Short words and signs before a number with an area code that is a telephone's.
const MARKS: &[&str] = &["t ", "t:", "t.", "m ", "m:", "f ", "f:", "☎", "📞", "📱", "unter", "at"];

/// The most digits that a number has after its `+`, those of an extension among them; without one
/// there are fifteen ([ITU-T E.164](https://www.itu.int/rec/T-REC-E.164)).
const MOST: usize = 17;

/// The most digits that a number has at home, an extension among them.
const MOST_AT_HOME: usize = 15;

/// The number that begins with a digit, a `+` or a bracket.
pub(super) fn at(text: &str, start: usize) -> Option<Found> {
    if !stands_alone(text, start) {
        return None;
    }
    let end = international(text, start).or_else(|| national(text, start))?;
    let end = extension(text, end);
    around::ends(text, end).then_some(Found { kind: Kind::Phone, range: start..end })
}

/// Whether nothing before it makes something else of a number.
fn stands_alone(text: &str, start: usize) -> bool {
    let Some(before) = around::char_before(text, start) else { return true };
    let is_in_number = matches!(before, '.' | ',')
        && text
            .get(..start - 1)
            .is_some_and(|rest| rest.ends_with(|one: char| one.is_ascii_digit()));
    let signs = ['-', '+', '/', '=', '_', '#', '$', '€', '£', '^', '*', '§'];
    !is_in_number && !signs.contains(&before) && !around::is_word(before)
}

/// Where a number ends that begins with a calling code.
fn international(text: &str, start: usize) -> Option<usize> {
    let bracket = usize::from(around::byte(text, start) == Some(b'('));
    let rest = text.get(start + bracket..)?;
    let prefix = ["+", "00"].into_iter().find(|prefix| rest.starts_with(prefix))?;
    let digit = start + bracket + prefix.len();
    let digit = digit + usize::from(around::byte(text, digit) == Some(b' '));
    let read = Number::read(text, digit, Separators::Telephone)?;
    let number = read.up_to(text, digit, MOST);
    let code = CALLING_CODES.iter().find(|code| number.digits.starts_with(code.as_bytes()))?;
    let least = if prefix == "+" { 8 } else { 10 };
    let is_number = number.digits.len() >= least
        && number.digits.get(code.len()..)?.iter().any(|digit| *digit > b'1')
        && (*code != "1" || is_north_american(&number))
        && (prefix == "+" || number.groups.len() > 1 || number.digits.len() > 10);
    is_number.then_some(number.end)
}

/// After the calling code 1: eleven digits, in groups or of a shape that is given out.
fn is_north_american(number: &Number) -> bool {
    let starts_high = |at: usize| number.digits.get(at).is_some_and(|digit| *digit >= b'2');
    number.digits.len() == 11 && (number.groups.len() > 1 || starts_high(1) && starts_high(4))
}

/// Where a number ends that is written as people of its country do.
fn national(text: &str, start: usize) -> Option<usize> {
    let bracket = usize::from(around::byte(text, start) == Some(b'('));
    let digit = start + bracket;
    if !around::byte(text, digit)?.is_ascii_digit() || !may_be_long(text, digit) {
        return None;
    }
    let number = Number::read(text, digit, Separators::Telephone)?.up_to(text, digit, MOST_AT_HOME);
    let (digits, groups) = (number.digits.len(), number.groups.len());
    if is_other(&number) || number.digits.iter().all(|digit| *digit <= b'1') {
        return None;
    }
    let called = around::is_called(text, start, TELEPHONE);
    let other = !called
        && (around::is_called(text, start, OTHER) || around::ends_a_call(text, start, OTHER_ENDS))
        || goes_on(text, start);
    let with_area_code = has_area_code(&number) && (9..=MOST_AT_HOME).contains(&digits);
    let is_one_piece = is_mobile(&number) || around::is_called(text, start, MARKS);
    let is_number = called && (6..=MOST_AT_HOME).contains(&digits) && groups <= 6
        || !other && with_area_code && (groups > 1 || is_one_piece)
        || !other && has_north_american_shape(&number);
    is_number.then_some(number.end)
}

/// Whether other digits stand before a number: it is the rest of a longer one.
fn goes_on(text: &str, start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default();
    before.ends_with(' ')
        && before.trim_end_matches(' ').ends_with(|one: char| one.is_ascii_digit())
}

/// Whether there are digits enough ahead; most numbers are years and counts.
fn may_be_long(text: &str, digit: usize) -> bool {
    let ahead = text.as_bytes().get(digit..).unwrap_or_default().iter().take(14);
    ahead.filter(|byte| byte.is_ascii_digit()).count() >= 6
}

/// A zero and two to five more digits, then the rest.
fn has_area_code(number: &Number) -> bool {
    let first = number.groups.first().copied().unwrap_or_default();
    let starts = number.digits.first() == Some(&b'0') && number.digits.get(1) > Some(&b'0');
    starts && (number.groups.len() == 1 || (2..=6).contains(&first))
}

/// The prefixes of German mobile networks, in one piece
/// ([Bundesnetzagentur](https://www.bundesnetzagentur.de/)).
fn is_mobile(number: &Number) -> bool {
    let prefixes: [&[u8]; 3] = [b"015", b"016", b"017"];
    number.digits.len() >= 11 && prefixes.iter().any(|prefix| number.digits.starts_with(prefix))
}

/// Three, three and four digits, held together as in North America.
fn has_north_american_shape(number: &Number) -> bool {
    number.groups == [3, 3, 4]
        && number.digits.first() >= Some(&b'2')
        && number.between.iter().all(|between| matches!(between, '-' | '.' | ')'))
}

/// Day, month and year, turned round, or month and year, whatever follows; and what else is
/// written in such groups.
fn is_other(number: &Number) -> bool {
    let same = number.between.first() == number.between.get(1)
        && number.between.first().is_some_and(|between| matches!(between, '.' | '-' | '/'));
    match number.groups.as_slice() {
        [2, 4, ..] => has_year(number, 2),
        [1 | 2, 1 | 2, 4, ..] => same,
        [4, 2, 2, ..] => same && has_year(number, 0),
        [2, 2, 2] => same,
        [4, 4] => has_year(number, 0) && has_year(number, 4),
        // a number of social security in the United States
        [3, 2, 4] => same,
        _ => false,
    }
}

fn has_year(number: &Number, at: usize) -> bool {
    number.digits.get(at..at + 2).is_some_and(|two| matches!(two, b"19" | b"20"))
}

/// Where the extension ends that follows a number, or the number where none does.
fn extension(text: &str, end: usize) -> usize {
    let after = around::on_while(text, end, |one| one == ' ');
    let Some(rest) = text.get(after..) else { return end };
    let marks = ["x", "ext. ", "ext.", "ext ", "Durchwahl ", "DW "];
    let Some(mark) = marks.into_iter().find(|mark| rest.starts_with(mark)) else { return end };
    let digits = after + mark.len();
    let last = around::on_while(text, digits, |one| one.is_ascii_digit());
    if (1..=6).contains(&(last - digits)) && around::ends(text, last) { last } else { end }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn a_number_in_international_form_is_found() {
        for text in [
            "⟦+49 30 1234567⟧, bitte",
            "Tel.: ⟦+49 (0)89 123456-0⟧",
            "⟦+46 (0)8 928 571 38⟧",
            "⟦(+49) 171 1234567⟧",
            "⟦0049 171 1234567⟧.",
            "⟦+491711234567⟧",
            "Office\\,⟦+447700 208 815⟧-Fax",
            "⟦+49 (0)40 66969075-345⟧",
            "⟦+1-984-182-0190⟧ and ⟦+1-903-140-4508x769⟧",
            "⟦001-518-640-0854⟧",
            "⟦+44 20 7946 0958 ext. 12⟧",
            "⟦+43 1 234 56 78⟧ / ⟦+41 79 123 45 67⟧",
        ] {
            check(text, "phone");
        }
    }

    #[test]
    fn a_number_as_it_is_written_at_home_is_found() {
        for text in [
            "⟦0171/1234567⟧ oder ⟦030 12 34 56 78⟧",
            "⟦(030) 123 45 67⟧",
            "⟦089/1234567-89⟧",
            "⟦01711234567⟧",
            "ruf an: ⟦12345678⟧",
            "Telefon ⟦4711 0815⟧.",
            "call me at ⟦451 5986⟧",
            "⟦541-714-1388⟧ or ⟦(541) 714-1388⟧ or ⟦345-899-3560x4587⟧",
            "⟦03.93.92.16.85⟧",
            "Tel. ⟦030 1234567⟧ / ⟦0171 1234567⟧",
            "T ⟦0312513070⟧, unter ⟦0784045714⟧ erreichbar",
            "Durchwahl ⟦0221 4710381-12⟧ oder ⟦040/66969964-345⟧",
        ] {
            check(text, "phone");
        }
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for text in [
            "am 01.02.2023 10:30, seit 2019-2023",
            "Rechnung 0815-4711-22 und Bestellnr. 012345678901",
            "0011010101 and 00110101 and 0110 1001 1100",
            "10115 Berlin, 10.000.000 Euro, 3.1415926535",
            "x+4915112345678",
            "ISBN 978-3-16-148410-0",
            "version 10.15.7",
            "call it 2008-2009",
            "Review A 73, 012307 (2006), 012307 (2006) again",
            "01/2008 – 12/2011: Leitung",
            "Sendungsnummer: 01716104857",
            "SSN 054-28-6917",
            "Der Strichcode 4 089915 870942",
            "192.168.100.200",
            "2023-11-03 12:00",
            "a commit 0171234567abcdef",
            "1,234,567 and 0.123456789",
        ] {
            check(text, "phone");
        }
    }
}
