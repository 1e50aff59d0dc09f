//! Postal addresses as they are written in Germany, Austria and Switzerland.

use std::ops::Range;

use super::{Found, Kind, around, town};

/// How names of streets end that are nothing else.
const STREETS: &[&str] = &[
    "straße",
    "strasse",
    "str.",
    "gasse",
    "allee",
    "chaussee",
    "promenade",
    "gäßchen",
    "gässchen",
    "stieg",
    "kamp",
];

/// How names of streets end that are composed: `Feldweg`, but not `Weg`.
const COMPOSED_STREETS: &[&str] = &["weg", "platz", "damm", "ufer", "steig"];

/// Composed words that end like a street, and are none without a town.
const NO_STREETS: &[&str] = &[
    "umweg",
    "ausweg",
    "arbeitsplatz",
    "startplatz",
    "studienplatz",
    "sitzplatz",
    "stellplatz",
    "parkplatz",
    "rundweg",
    "wanderweg",
    "radweg",
    "arbeitsweg",
    "schulweg",
    "heimweg",
];

/// What streets are called or end with that may as well be something else: streets only with a town.
const PLACES: &[&str] = &["markt", "graben", "wall", "kai"];

/// The same as words of their own, behind what they are called after: `Tempelhofer Ufer`.
const CALLED_AFTER: &[&str] = &[
    "Weg", "Platz", "Damm", "Ufer", "Steig", "Ring", "Markt", "Hof", "Wall", "Graben", "Kai",
    "Tor", "Berg",
];

/// Words of places that are no streets, and of what is counted, dated or held.
const NO_PLACES: &[&str] = &[
    "supermarkt",
    "flohmarkt",
    "weihnachtsmarkt",
    "arbeitsmarkt",
    "wohnungsmarkt",
    "raum",
    "halle",
    "saal",
    "haus",
    "zimmer",
    "gebäude",
    "stock",
    "block",
    "gleis",
    "stand",
    "platz",
    "bezirk",
    "jahr",
    "monat",
    "tag",
    "woche",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "januar",
    "februar",
    "märz",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "dezember",
    "sommer",
    "winter",
    "team",
    "gruppe",
    "workshop",
    "treffen",
    "termin",
    "teil",
    "modul",
    "kapitel",
    "abschnitt",
    "artikel",
    "punkt",
    "version",
    "runde",
    "spiel",
];

/// Words that begin the name of a street and are no mere prepositions: `Am Wollmarkt`, `Alter Wall`.
const TELLING: &[&str] = &[
    "Am", "Im", "Zum", "Zur", "Beim", "Alte", "Alter", "Altes", "Große", "Großer", "Kleine",
    "Kleiner", "Neue", "Neuer",
];

/// Words that begin the name of a street before an article: `Platz der Republik`.
const NAMED_AFTER: &[&str] = &["Platz", "Straße", "Strasse", "Allee", "Ufer", "Weg", "Garten"];

/// Words that begin the name of a street.
const BEGINNINGS: &[&str] = &[
    "Am", "An", "Auf", "Im", "In", "Zum", "Zur", "Unter", "Hinter", "Vor", "Bei", "Beim", "Alte",
    "Alter", "Altes", "Große", "Großer", "Kleine", "Kleiner", "Neue", "Neuer",
];

/// Words that a full stop shortens before a name.
const SHORTENED: &[&str] = &["Dr.", "Prof.", "Hr.", "Fr.", "Fam.", "St.", "Str.", "Nr.", "Hd."];

/// Words before an address that say that it is one.
const ADDRESSES: &[&str] = &["anschrift", "wohnt", "wohne", "umgezogen"];

/// The address that a number belongs to: a street before it, or a post box.
pub(super) fn around_digit(text: &str, digit: usize) -> Option<Found> {
    let space = around::back_while(text, digit, |one| matches!(one, ' ' | '\u{a0}'));
    if space == digit || !around::char_before(text, space).is_some_and(may_end_a_street) {
        return None;
    }
    post_box(text, space, digit).or_else(|| street(text, space, digit))
}

fn may_end_a_street(character: char) -> bool {
    character.is_alphabetic() || matches!(character, '.' | ',')
}

fn street(text: &str, space: usize, digit: usize) -> Option<Found> {
    let house = house_number(text, digit)?;
    let word_end = space - usize::from(around::char_before(text, space) == Some(','));
    let word_start = back_over_word(text, word_end);
    let word = text.get(word_start..word_end)?;
    let start = beginning(text, word_start);
    let town_after = town::after(text, house, is_street(word));
    let town_before = town::before(text, start);
    // a street alone may be any, and the number a year
    let is_alone = NAMED_AFTER.contains(&word) && start == word_start;
    let is_named = is_capital(text.get(start..word_end)?);
    // a capital begins a sentence as well, and a year is no house
    let is_told = !is_alone
        && !is_year(text, digit)
        && !begins_sentence(text, start)
        && around::is_called(text, start, ADDRESSES);
    let large_after = large_town(text, start..word_end, digit, house);
    let is_address = is_named && is_told
        || is_named && is_street(word) && !is_alone
        || is_named && (town_after.is_some() || town_before.is_some() || large_after.is_some())
        || is_street(word) && town_after.is_some();
    let end = town_after.or(large_after).unwrap_or(house);
    is_address.then(|| found(town_before.unwrap_or(start), end))
}

/// Whether a word is the name of a street, or the last word of one, by how it ends.
fn is_street(word: &str) -> bool {
    let word = word.to_lowercase();
    let is_composed =
        |ending: &&str| word.strip_suffix(*ending).is_some_and(|rest| rest.chars().count() > 2);
    STREETS.iter().any(|ending| word.ends_with(ending))
        || COMPOSED_STREETS.iter().any(is_composed) && !NO_STREETS.contains(&word.as_str())
}

/// Where a large town ends that follows without its postal code: behind a street, or behind what can be
/// one.
fn large_town(text: &str, name: Range<usize>, digit: usize, house: usize) -> Option<usize> {
    let name = text.get(name)?;
    let is_certain = name.rsplit(' ').next().is_some_and(is_street);
    let may_be = || around::byte(text, house) == Some(b',') && may_be_street(name);
    (is_certain || !is_year(text, digit) && may_be()).then(|| town::large_after(text, house))?
}

/// Whether a name can be a street's, by the words that it is made of; that it is one, the town behind it
/// says.
fn may_be_street(name: &str) -> bool {
    let mut words = name.split(' ');
    let (Some(first), last) = (words.next(), words.next_back()) else { return false };
    let is_no_place = |word: &str| NO_PLACES.contains(&word.to_lowercase().as_str());
    let Some(last) = last else {
        let name = first.to_lowercase();
        let is_composed = |ending: &&str| name.len() > ending.len() + 2 && name.ends_with(*ending);
        return first.starts_with("Alt-") || PLACES.iter().any(is_composed) && !is_no_place(first);
    };
    let is_telling = TELLING.contains(&first)
        || BEGINNINGS.contains(&first) && words.next().is_some_and(is_article);
    is_telling && !is_no_place(last) || is_adjective(first) && CALLED_AFTER.contains(&last)
}

/// Whether a place is the beginning of a sentence: a full stop stands before it that shortens no word.
fn begins_sentence(text: &str, start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default().trim_end_matches(' ');
    let word = before.rsplit([' ', '\n']).next().unwrap_or_default();
    word.ends_with(['.', '!', '?']) && !SHORTENED.contains(&word)
}

/// Whether the number at a place is a year rather than a house.
fn is_year(text: &str, digit: usize) -> bool {
    let end = around::on_while(text, digit, |one| one.is_ascii_digit());
    let number = text.get(digit..end).unwrap_or_default();
    number.len() == 4 && (number.starts_with("19") || number.starts_with("20"))
}

/// Where the name of a street begins: the words before the last that are part of it.
fn beginning(text: &str, last: usize) -> usize {
    let mut start = last;
    for _ in 0..3 {
        let Some(space) = start.checked_sub(1).filter(|at| around::byte(text, *at) == Some(b' '))
        else {
            break;
        };
        let word_start = back_over_word(text, space);
        let word = text.get(word_start..space).unwrap_or_default();
        let is_first = BEGINNINGS.contains(&word) || NAMED_AFTER.contains(&word);
        if !is_first && !is_adjective(word) && !is_article(word) {
            break;
        }
        start = word_start;
        if is_first {
            break;
        }
    }
    // an article alone begins no name
    around::on_while(text, start, |one| one.is_lowercase() || one == ' ').min(last).max(start)
}

/// `Berliner` before `Straße`: a capital, and the ending of what a place is called after.
fn is_adjective(word: &str) -> bool {
    is_capital(word) && ["er", "en", "e", "es", "-"].iter().any(|ending| word.ends_with(ending))
}

fn is_article(word: &str) -> bool {
    matches!(word, "der" | "den" | "dem" | "die" | "des")
}

fn is_capital(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

fn back_over_word(text: &str, end: usize) -> usize {
    around::back_while(text, end, |one| one.is_alphabetic() || matches!(one, '-' | '.'))
}

/// Where a house number ends: `5`, `12a`, `5-7`, `3 b`, `12/14`.
fn house_number(text: &str, digit: usize) -> Option<usize> {
    let digits = around::on_while(text, digit, |one| one.is_ascii_digit());
    if digits - digit > 4 || around::byte(text, digit) == Some(b'0') {
        return None;
    }
    let mut end = digits;
    if matches!(around::byte(text, end), Some(b'-' | b'/' | b'+')) {
        let second = around::on_while(text, end + 1, |one| one.is_ascii_digit());
        end = if (1..=4).contains(&(second - end - 1)) { second } else { end };
    }
    let end = with_letter(text, end);
    let goes_on = matches!(around::char_at(text, end), Some('.' | ',' | ':'))
        && around::byte(text, end + 1).is_some_and(|byte| byte.is_ascii_digit());
    (around::ends(text, end) && !goes_on && around::char_at(text, end) != Some('%')).then_some(end)
}

/// Where the letter of a house ends that follows a number at once or after a space.
fn with_letter(text: &str, number: usize) -> usize {
    let letter = number + usize::from(around::byte(text, number) == Some(b' '));
    let is_letter = around::byte(text, letter).is_some_and(|byte| byte.is_ascii_lowercase());
    if is_letter && around::ends(text, letter + 1) { letter + 1 } else { number }
}

/// `Postfach 12 34`, with a town where it is told.
fn post_box(text: &str, space: usize, digit: usize) -> Option<Found> {
    let start = back_over_word(text, space);
    if text.get(start..space)? != "Postfach" {
        return None;
    }
    let end = around::on_while(text, digit, |one| one.is_ascii_digit() || one == ' ');
    let end = digit + text.get(digit..end)?.trim_end().len();
    Some(found(start, town::after(text, end, false).unwrap_or(end)))
}

const fn found(start: usize, end: usize) -> Found {
    Found { kind: Kind::PostalAddress, range: start..end }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn a_street_with_its_house_is_found() {
        for text in [
            "wohnt in der ⟦Musterstraße 12a, 10115 Berlin⟧.",
            "⟦Hauptstr. 5-7, D-80331 München⟧",
            "⟦Berliner Straße 3⟧, danke",
            "⟦Am Alten Markt 3, 14467 Potsdam⟧",
            "⟦Unter den Linden 77\n10117 Berlin⟧",
            "⟦Mozartgasse 4, 1040 Wien⟧",
            "⟦Feldweg 3, 60311 Frankfurt am Main⟧",
            "⟦Otto-Suhr-Allee 100⟧",
            "⟦Postfach 12 34, 53111 Bonn⟧",
            "⟦Bahnhofstrasse 21, CH-8001 Zürich⟧",
            "⟦Platz der Republik 1, 11011 Berlin⟧",
            "Anschrift: ⟦Untere Hauptstraße 13 b, 2. OG, 51465 Bergisch Gladbach⟧",
            "⟦54290 Trier, Am Stadtpark 12⟧, und ⟦Lange Reihe 3 a, 9000 St. Gallen, Schweiz⟧",
            "⟦Weberstr. 9 c in 44787 Bochum⟧ oder alte ⟦dorfstraße 9, 6003 luzern⟧",
            "⟦Sonnengasse 18 88131 Lindau (Bodensee)⟧",
        ] {
            check(text, "postal-address");
        }
    }

    #[test]
    fn a_street_with_its_house_and_a_large_town_is_found() {
        for text in [
            "Treffen: ⟦Lindenstr. 5, Köln⟧: um acht",
            "Treffen: ⟦Lindenstr. 5 in Kiel⟧.",
            "Forum, ⟦Am Speicher 1, Heilbronn⟧, um zehn",
            "am 8. September, ⟦An der Mühle 6, Köln⟧: Lesung",
            "Seeburg, ⟦Brooker Weg 2, Kiel⟧",
            "⟦Hofer Ufer 23-24, Berlin-Mitte⟧",
            "Alte Post, ⟦Rindermarkt 2, Frankfurt am Main⟧",
            "⟦Alt-Buch 140, Berlin, Deutschland⟧",
            "⟦Neuer Wall 3, Hamburg⟧",
            "⟦Unter den Linden 7, Bad Kreuznach⟧",
            "⟦Lindenstr. 5⟧, Musterdorf",
        ] {
            check(text, "postal-address");
        }
    }

    #[test]
    fn other_words_with_a_number_are_no_address() {
        for text in [
            "auf Platz 3 und Weg 2, Arbeitsplatz 4.0",
            "Monitoring 2 und Engineering 4",
            "im Jahr 2020, am Montag 3 Termine",
            "Industriestraße 4.0",
            "Kapitel 12 und § 823 Abs. 1 BGB",
            "seit 2019, 10115 Menschen",
            "an der Straße 2023",
            "Dell Inspiron 15 7000 Gaming",
            "Anna wohnt in Ulm. Seit 2014 ist sie dabei. Wohnt in Ulm! Mit 30 geht sie fort.",
            "Anschrift seit Mai 2014, wohnt seit Juni 2020 hier",
            "Im Team 3, Berlin, und am Montag 3, Köln; Im Mai 3, Hamburg",
            "Auf Platz 3, Berlin, und In Halle 3, Leipzig",
            "Flohmarkt 3, Köln, und Monitoring 2, München, Perl 6, Berlin",
            "Am Forum 2024, Hamburg, und Forum Nord 12, Hamburg",
            "Am Speicher 1, Kornhaus, und Am Speicher 1 ist Berlin nah",
        ] {
            check(text, "postal-address");
        }
    }
}
