//! Where a speech names those who took part in it.

use super::speaker::{Directory, Person};
use crate::Mention;

/// Every place where a text names one of the people, and only that one, by surname: a word of its
/// own, spelled with the same capitals, perhaps with a genitive s. First names before it belong
/// to the place; another first name there makes it the name of somebody else.
pub(super) fn mentions(text: &str, people: &[&Person], directory: &Directory) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    for person in people {
        let namesakes = people.iter().filter(|other| other.surname == person.surname).count() > 1;
        for (at, surname) in text.match_indices(person.surname.as_str()) {
            let Some(end) = end_of_word(text, at + surname.len()) else { continue };
            let Some(before) = text.get(..at).filter(|before| starts_word(before)) else {
                continue;
            };
            let own = own_words(before, person);
            let is_elses = own == 0
                && previous(before)
                    .is_some_and(|(_, word)| directory.is_given(&word.to_lowercase()));
            if !is_elses && (own > 0 || !namesakes) {
                found.push(Mention { member: person.id.clone(), start: at - own, end });
            }
        }
    }
    found.sort_unstable_by_key(|one| (one.start, one.end));
    found
}

/// Where the name ends, a genitive s included; `None` inside a longer word.
fn end_of_word(text: &str, end: usize) -> Option<usize> {
    let mut rest = text.get(end..)?.chars();
    match (rest.next(), rest.next()) {
        (Some('s'), next) if next.is_none_or(|one| !one.is_alphanumeric()) => Some(end + 1),
        (Some(one), _) if one.is_alphanumeric() => None,
        _ => Some(end),
    }
}

/// Whether a word can start after this text.
fn starts_word(before: &str) -> bool {
    before.chars().next_back().is_none_or(|one| !one.is_alphanumeric() && one != '-')
}

/// The bytes before a surname that are first names or additions of the person.
fn own_words(before: &str, person: &Person) -> usize {
    let mut own = before.len();
    while let Some((start, _)) = before
        .get(..own)
        .and_then(previous)
        .filter(|(_, word)| person.given.contains(&word.to_lowercase()))
    {
        own = start;
    }
    before.len() - own
}

/// The word right before, and where it starts; nothing if other than white space is between.
fn previous(before: &str) -> Option<(usize, &str)> {
    let spaced = before.trim_end();
    if spaced.len() == before.len() {
        return None;
    }
    let is_part = |one: char| one.is_alphanumeric() || matches!(one, '-' | '.' | '’' | '\'');
    let start = spaced.rfind(|one: char| !is_part(one)).map_or(0, |at| {
        at + spaced.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
    });
    spaced.get(start..).filter(|word| !word.is_empty()).map(|word| (start, word))
}

#[cfg(test)]
mod tests {
    use super::{super::speaker::Entry, *};

    #[test]
    fn surnames_of_those_who_took_part_are_found() {
        let mut directory = Directory::default();
        for (id, given, addition, surname) in [
            ("1", "Anna", "", "Berg"),
            ("2", "Ute", "von", "Stein"),
            ("3", "Jo", "", "Stein"),
            ("4", "Max", "", "Lange"),
        ] {
            let [id, given, addition, surname] = [id, given, addition, surname].map(str::to_owned);
            directory.add(Entry { id, given, addition, surname, ..Entry::default() });
        }
        directory.index([]);
        let people: Vec<_> = ["1", "2", "3", "4"].map(|id| directory.person(id).unwrap()).into();
        let people: Vec<_> = people.iter().collect();
        let check = |text: &str, expected: &[(&str, &str)]| {
            let found = mentions(text, &people, &directory);
            let shown: Vec<_> =
                found.iter().map(|one| (one.member.as_str(), &text[one.start..one.end])).collect();
            assert_eq!(shown, expected, "{text}");
        };
        check("– Ja, Herr Berg, das ist so.", &[("1", "Berg")]);
        check("Frau Dr.\u{a0}Anna Bergs Antrag", &[("1", "Anna Bergs")]);
        check("Berg", &[("1", "Berg")]);
        check("Bergbau am Berghang und Stein-Berg", &[]);
        check("Peter Berg? Nein: Max Berg.", &[("1", "Berg")]);
        check("Herr Stein", &[]);
        check("Ute von Stein und Jo Stein", &[("2", "Ute von Stein"), ("3", "Jo Stein")]);
        check("Seit langer Zeit, seit Lange sprach", &[("4", "Lange")]);
        check("Der Antrag Berg-Lange", &[("1", "Berg")]);
    }
}
