//! Towns as they stand beside a street: with their postal codes, as in Germany, Austria and Switzerland,
//! or large ones by their names alone.

use std::{collections::HashSet, sync::LazyLock};

use super::around;

/// Large towns of German-speaking and English-speaking countries, as they are written in either. Of a
/// small one nothing but its postal code tells that it is one.
static TOWNS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("towns.txt").lines().collect());

/// What stands before a postal code for its country.
const COUNTRY_CODES: &[&str] = &["D-", "DE-", "A-", "AT-", "CH-"];

/// The names of the countries.
const COUNTRIES: &[&str] =
    &["Deutschland", "Germany", "Österreich", "Austria", "Schweiz", "Switzerland", "Liechtenstein"];

/// What begins the name of a town that has two words.
const FIRST_WORDS: &[&str] =
    &["Bad", "Sankt", "St.", "Neu", "Groß", "Bergisch", "Schwäbisch", "La"];

/// What stands between two words of a town's name.
const LINKS: &[&str] = &[" am ", " an der ", " ob der ", " im ", " in ", " bei ", " vor der "];

/// What floors are called.
const FLOORS: &[&str] =
    &["OG", "EG", "UG", "DG", "Stock", "Etage", "Stiege", "Tür", "Top", "Hinterhaus", "Vorderhaus"];

/// Where a town ends that follows a house, its country included. It may be written with small letters
/// or behind a mere space where it is certain that an address stands before.
pub(super) fn after(text: &str, house: usize, is_certain: bool) -> Option<usize> {
    let floor = floor(text, house);
    let start = apart(text, floor, is_certain)?;
    let rest = text.get(start..)?;
    let country = COUNTRY_CODES.iter().find(|country| rest.starts_with(**country));
    let end = code_and_name(text, start + country.map_or(0, |country| country.len()), is_certain)?;
    Some(country_after(text, end))
}

/// Where a town begins that stands before a street, `10115 Berlin, Musterweg 3`.
pub(super) fn before(text: &str, street: usize) -> Option<usize> {
    let comma = text.get(..street)?.strip_suffix(", ")?.len();
    let is_in_town =
        |one: char| one.is_alphanumeric() || matches!(one, ' ' | '-' | '.' | '(' | ')');
    let earliest = around::back_while(text, comma, is_in_town);
    let line = text.get(earliest..comma)?;
    let starts = line.char_indices().filter(|(_, one)| one.is_ascii_digit()).map(|(at, _)| at);
    starts
        .map(|at| earliest + at)
        .filter(|start| around::begins(text, *start))
        .find(|start| code_and_name(text, *start, false) == Some(comma))
}

/// Where a large town ends that follows a house without its postal code, its country included.
pub(super) fn large_after(text: &str, house: usize) -> Option<usize> {
    let start = apart(text, floor(text, house), false)?;
    Some(country_after(text, large(text, start)?))
}

/// Where the name of a large town ends that begins at a place, a district behind a hyphen included:
/// `Frankfurt am Main`, `Berlin-Mitte`, `New York`.
pub(super) fn large(text: &str, start: usize) -> Option<usize> {
    let first = word(text, start);
    let is_town = |end: &usize| TOWNS.contains(text.get(start..*end).unwrap_or_default());
    if let Some(end) =
        [name_end(text, start), word(text, first + 1), first].into_iter().find(is_town)
    {
        return Some(end);
    }
    let town = text.get(start..first)?.split(['-', '/']).next()?;
    TOWNS.contains(town).then_some(first)
}

/// What lies between a house and its town: a comma, a line break or `in`; a space is enough where it
/// is certain that an address stands before.
fn apart(text: &str, house: usize, any_mark: bool) -> Option<usize> {
    let is_mark = |one: char| matches!(one, ',' | ' ' | '\n' | '\r' | '·' | '|' | '–');
    let marks = around::on_while(text, house, is_mark);
    let in_town = text.get(marks..).is_some_and(|rest| rest.starts_with("in "));
    let is_apart = any_mark || in_town || text.get(house..marks)?.contains([',', '\n', '·', '|']);
    (marks > house && is_apart).then_some(if in_town { marks + 3 } else { marks })
}

/// Where the floor ends that is told after a house, or the house where none is.
fn floor(text: &str, house: usize) -> usize {
    let Some(rest) = text.get(house..) else { return house };
    let Some(part) = rest.strip_prefix(", ").and_then(|rest| rest.split(',').next()) else {
        return house;
    };
    let is_floor = part.len() < 24 && part.split(' ').any(|word| FLOORS.contains(&word));
    if is_floor { house + 2 + part.len() } else { house }
}

/// Where the name of a town ends whose postal code begins at a place.
fn code_and_name(text: &str, code: usize, any_case: bool) -> Option<usize> {
    let digits = around::on_while(text, code, |one| one.is_ascii_digit());
    let name = around::on_while(text, digits, |one| one == ' ');
    let first = around::char_at(text, name)?;
    let is_name = first.is_uppercase() || any_case && first.is_lowercase();
    (matches!(digits - code, 4 | 5) && name > digits && is_name).then(|| name_end(text, name))
}

/// Where the name of a town ends: `Berlin`, `Bad Homburg`, `Frankfurt am Main`, `Lindau (Bodensee)`.
fn name_end(text: &str, name: usize) -> usize {
    let first = word(text, name);
    let rest = text.get(first..).unwrap_or_default();
    let second = |gap: usize| {
        around::char_at(text, first + gap).filter(|one| one.is_uppercase())?;
        Some(word(text, first + gap))
    };
    let linked = LINKS.iter().find(|link| rest.starts_with(**link)).map(|link| link.len());
    if let Some(end) = linked.and_then(second) {
        return end;
    }
    if FIRST_WORDS.contains(&text.get(name..first).unwrap_or_default()) && rest.starts_with(' ') {
        return second(1).unwrap_or(first);
    }
    let bracket = rest.strip_prefix(" (").and_then(|rest| rest.split_once(')'));
    let is_short = |inside: &&str| inside.len() < 24 && !inside.contains('\n');
    bracket
        .map(|(inside, _)| inside)
        .filter(is_short)
        .map_or(first, |inside| first + inside.len() + 3)
}

/// Where a word of a name ends; a full stop is part of `St.` alone.
fn word(text: &str, start: usize) -> usize {
    let end = around::on_while(text, start, |one| one.is_alphabetic() || matches!(one, '-' | '/'));
    let is_saint = text.get(start..end) == Some("St") && around::byte(text, end) == Some(b'.');
    if is_saint { end + 1 } else { end }
}

/// Where the country ends that is told after a town, or the town where none is.
fn country_after(text: &str, town: usize) -> usize {
    let start = around::on_while(text, town, |one| matches!(one, ',' | ' ' | '\n'));
    let rest = text.get(start..).unwrap_or_default();
    let country = COUNTRIES.iter().find(|country| rest.starts_with(**country));
    country.map_or(town, |country| start + country.len())
}
