//! Who speaks in the protocols, and who is meant by a name and a party.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::is_id;
use crate::Acquaintance;

/// A `<redner>` as it stands there.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// The id that the parliament gave.
    pub(super) id: String,
    /// For example `Dr.`.
    pub(super) title: String,
    /// First names.
    pub(super) given: String,
    /// For example `von`.
    pub(super) addition: String,
    /// The surname.
    pub(super) surname: String,
    /// The town that tells namesakes apart, in brackets.
    pub(super) town: String,
    /// The parliamentary group.
    pub(super) group: String,
    /// The office in which they speak.
    pub(super) role: String,
}

/// Everybody who has an entry, by id.
#[derive(Debug, Default)]
pub(super) struct Directory {
    speakers: BTreeMap<String, Speaker>,
    by_name: HashMap<(String, String), BTreeSet<Person>>,
    /// First names, in small letters.
    given: HashSet<String>,
}

/// Somebody with an entry.
#[derive(Debug, Default)]
pub(super) struct Speaker {
    /// Every way in which the entry is written, with how often.
    forms: BTreeMap<Entry, u64>,
}

/// How a text calls somebody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Person {
    /// The id by which a mention names them.
    pub(super) id: String,
    /// The words before the surname, in small letters: first names and additions.
    pub(super) given: Vec<String>,
    /// The surname.
    pub(super) surname: String,
    town: String,
}

/// Whom a name and a party mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meant {
    /// One speaker.
    One(Person),
    /// Several.
    Several,
    /// Nobody who is known.
    Nobody,
}

impl Entry {
    /// The entry without white space around its parts.
    pub(super) fn trimmed(self) -> Self {
        let Self { id, title, given, addition, surname, town, group, role } = self;
        let tidy = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        Self {
            id: id.trim().to_owned(),
            title: tidy(title),
            given: tidy(given),
            addition: tidy(addition),
            surname: tidy(surname),
            town: tidy(town),
            group: tidy(group),
            role: tidy(role),
        }
    }

    /// First names, addition and surname, without a title.
    pub(super) fn full_name(&self) -> String {
        let Self { given, addition, surname, .. } = self;
        let parts = [given, addition, surname].into_iter();
        let words = parts.flat_map(|part| part.split_whitespace());
        words.skip_while(|word| is_title(word)).collect::<Vec<_>>().join(" ")
    }

    /// What the person is, in a line: title and name, office, group.
    pub(super) fn headline(&self) -> String {
        let name = self.full_name();
        let name = if self.title.is_empty() { name } else { format!("{} {name}", self.title) };
        let parts = [name.as_str(), &self.role, &self.group];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// The town, without its brackets.
    pub(super) fn town(&self) -> Option<&str> {
        let town = self.town.trim_start_matches('(').trim_end_matches(')').trim();
        (!town.is_empty()).then_some(town)
    }

    /// Every word of the name in small letters, for telling two people apart.
    fn words(&self) -> BTreeSet<String> {
        name_key(self.full_name().split(' ')).split(' ').map(str::to_owned).collect()
    }

    fn person(&self) -> Person {
        let before = [&self.given, &self.addition].into_iter();
        let before = before.flat_map(|part| part.split_whitespace()).map(str::to_lowercase);
        Person {
            id: self.id.clone(),
            given: before.collect(),
            surname: self.surname.clone(),
            town: self.town().unwrap_or_default().to_lowercase(),
        }
    }
}

impl Speaker {
    /// The entry as it is written most often.
    pub(super) fn entry(&self) -> Option<&Entry> {
        let most = self.forms.values().max()?;
        self.forms.iter().find(|(_, count)| *count == most).map(|(entry, _)| entry)
    }

    /// Whether two of the names have no word in common: then the id says of nobody whose words
    /// these are.
    fn is_two_people(&self) -> bool {
        let names: Vec<_> = self.forms.keys().map(Entry::words).collect();
        names.iter().any(|one| names.iter().any(|other| one.is_disjoint(other)))
    }
}

impl Directory {
    /// Takes in an entry; one without an id or a surname names nobody.
    pub(super) fn add(&mut self, entry: Entry) {
        if !is_id(&entry.id) || entry.surname.is_empty() {
            return;
        }
        let speaker = self.speakers.entry(entry.id.clone()).or_default();
        *speaker.forms.entry(entry).or_default() += 1;
    }

    /// Takes in what another directory holds.
    pub(super) fn merge(&mut self, other: Self) {
        for (id, speaker) in other.speakers {
            let known = self.speakers.entry(id).or_default();
            for (entry, count) in speaker.forms {
                *known.forms.entry(entry).or_default() += count;
            }
        }
    }

    /// Once everybody is in: makes names known under which people are called. `others` are people
    /// who have no entry here, with their full names and groups.
    pub(super) fn index(&mut self, others: impl IntoIterator<Item = (Person, String, String)>) {
        for speaker in self.speakers.values().filter(|one| !one.is_two_people()) {
            for entry in speaker.forms.keys() {
                self.given.extend(first_name(&entry.given));
                let key = (name_key(entry.full_name().split(' ')), group_key(&entry.group));
                if !entry.group.is_empty() {
                    self.by_name.entry(key).or_default().insert(entry.person());
                }
            }
        }
        for (person, name, group) in others {
            self.given.extend(person.given.first().cloned());
            let key = (name_key(name.split(' ')), group_key(&group));
            self.by_name.entry(key).or_default().insert(person);
        }
    }

    /// The speaker of an id; `None` if it is unknown, or stands for two people.
    pub(super) fn speaker(&self, id: &str) -> Option<&Speaker> {
        self.speakers.get(id).filter(|speaker| !speaker.is_two_people())
    }

    /// Everybody of whom an id speaks, by id.
    pub(super) fn speakers(&self) -> impl Iterator<Item = (&str, &Speaker)> {
        let sure = self.speakers.iter().filter(|(_, speaker)| !speaker.is_two_people());
        sure.map(|(id, speaker)| (id.as_str(), speaker))
    }

    /// Ids that stand for two people.
    pub(super) fn two_people(&self) -> impl Iterator<Item = &str> {
        let unsure = self.speakers.iter().filter(|(_, speaker)| speaker.is_two_people());
        unsure.map(|(id, _)| id.as_str())
    }

    /// How texts call the speaker of an id.
    pub(super) fn person(&self, id: &str) -> Option<Person> {
        Some(self.speaker(id)?.entry()?.person())
    }

    /// Whether a word in small letters is somebody's first name.
    pub(super) fn is_given(&self, word: &str) -> bool {
        self.given.contains(word)
    }

    /// Whom the words before a group mean: the longest name at their end that anybody has, told
    /// apart by the town where one is given.
    pub(super) fn meant(&self, words: &[&str], town: Option<&str>, group: &str) -> Meant {
        let group = group_key(group);
        let mut from = words.len().saturating_sub(LONGEST_NAME);
        while let Some(name) = words.get(from..).filter(|name| !name.is_empty()) {
            let key = (name_key(name.iter().copied()), group.clone());
            if let Some(people) = self.by_name.get(&key) {
                return one_of(people, town);
            }
            from += 1;
        }
        Meant::Nobody
    }
}

/// Somebody whom the lake knows, with full name and group: the last part of the headline.
pub(super) fn person_in_lake(known: &Acquaintance) -> Option<(Person, String, String)> {
    let Acquaintance { reference, name, headline, .. } = known;
    let mut words: Vec<_> = name.split_whitespace().collect();
    let surname = words.pop()?.to_owned();
    let given = words.iter().map(|word| word.to_lowercase()).collect();
    let (_, group) = headline.as_deref()?.rsplit_once(", ")?;
    let person = Person { id: reference.clone(), given, surname, town: String::new() };
    Some((person, name.clone(), group.to_owned()))
}

/// Names are no longer than this many words.
const LONGEST_NAME: usize = 8;

fn one_of(people: &BTreeSet<Person>, town: Option<&str>) -> Meant {
    let ids: BTreeSet<_> = people.iter().map(|person| &person.id).collect();
    let town = town.map(str::to_lowercase);
    let from_there =
        people.iter().filter(|one| town.as_ref().is_some_and(|town| one.town == *town));
    let there: BTreeSet<_> = from_there.map(|person| &person.id).collect();
    let wanted = match (ids.len(), there.len()) {
        (1, _) => ids.first(),
        (_, 1) => there.first(),
        _ => None,
    };
    let found = wanted.and_then(|id| people.iter().find(|person| person.id == **id));
    found.cloned().map_or(Meant::Several, Meant::One)
}

/// A name for comparing: small letters, one space between words, no titles before it.
fn name_key<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words = words.skip_while(|word| is_title(word)).map(str::to_lowercase);
    words.collect::<Vec<_>>().join(" ")
}

/// A group for comparing: protocols put spaces and no-break spaces into them.
fn group_key(group: &str) -> String {
    group.split_whitespace().flat_map(str::chars).flat_map(char::to_lowercase).collect()
}

/// `Dr.`, `h.`, `c.`, `Prof.`, and a university in brackets.
fn is_title(word: &str) -> bool {
    word.ends_with('.') || word.starts_with('(') || word.ends_with(')')
}

fn first_name(given: &str) -> Option<String> {
    given.split(' ').find(|word| !is_title(word)).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, given: &str, surname: &str, group: &str, town: &str) -> Entry {
        let [id, given, surname, group, town] =
            [id, given, surname, group, town].map(str::to_owned);
        Entry { id, given, surname, group, town, ..Entry::default() }
    }

    fn directory() -> Directory {
        let mut directory = Directory::default();
        for entry in [
            entry("1", "Anna", "Berg", "SPD", ""),
            entry("2", "Dr. Max", "Stein", "FDP", "(Erfurt)"),
            entry("3", "Max", "Stein", "FDP", "(Kiel)"),
            entry("4", "Eva Maria", "Tal", "DIE LINKE", ""),
            entry("4", "Eva", "Tal", "DIE LINKE", ""),
            entry("5", "Jo", "Feld", "AfD", ""),
            entry("5", "Ute", "Wald", "AfD", ""),
            entry("", "No", "Id", "SPD", ""),
        ] {
            directory.add(entry);
        }
        directory.index([]);
        directory
    }

    #[test]
    fn a_name_and_a_party_mean_one_several_or_nobody() {
        let directory = directory();
        let check = |words: &str, town: Option<&str>, group: &str, expected: &str| {
            let words: Vec<_> = words.split(' ').collect();
            let meant = match directory.meant(&words, town, group) {
                Meant::One(person) => person.id,
                Meant::Several => "several".to_owned(),
                Meant::Nobody => "nobody".to_owned(),
            };
            assert_eq!(meant, expected, "{words:?} {town:?} {group}");
        };
        check("Anna Berg", None, "SPD", "1");
        check("Gegenruf der Abg. Dr. Anna Berg", None, "SPD", "1");
        check("Anna Berg", None, "FDP", "nobody");
        check("Berg", None, "SPD", "nobody");
        check("Max Stein", None, "FDP", "several");
        check("Max Stein", Some("Kiel"), "FDP", "3");
        check("Max Stein", Some("Ulm"), "FDP", "several");
        check("Eva Maria Tal", None, "Die\u{a0}Linke", "4");
        check("Eva Tal", None, "DIE LINKE", "4");
        check("Ute Wald", None, "AfD", "nobody");
        check("No Id", None, "SPD", "nobody");
    }

    #[test]
    fn an_id_of_two_people_is_nobodys() {
        let directory = directory();
        assert!(directory.speaker("5").is_none());
        assert_eq!(directory.two_people().collect::<Vec<_>>(), ["5"]);
        assert_eq!(directory.speaker("4").and_then(Speaker::entry).unwrap().given, "Eva");
        assert!(directory.is_given("max") && !directory.is_given("dr."));
    }
}
