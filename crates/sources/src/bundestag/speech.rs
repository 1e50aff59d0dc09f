//! From a speech to rows: whose words they are, who interjected, and who is named.

use std::collections::BTreeMap;

use lake::ItemKind;

use super::{
    LANGUAGE,
    interjection::{Interjection, Named, interjections},
    naming::mentions,
    protocol::{Comment, Speech, Turn},
    speaker::{Directory, Meant, Person},
};
use crate::{Body, Event, ItemRow, Kind, Reference, Refusal, RefusalReason, Row, row::Mention};

/// A row of a protocol, under the word by which it is accounted for.
pub(super) struct Said {
    /// The line on which it starts.
    pub(super) line: u64,
    /// The word.
    pub(super) table: &'static str,
    /// What it says, or why it does not come in.
    pub(super) event: Result<Event, Refusal>,
}

/// Those who are named in comments.
#[derive(Default)]
pub(super) struct Interjectors {
    /// Every interjection, accounted for.
    pub(super) rows: Vec<Said>,
    /// Those who are one known speaker.
    pub(super) people: Vec<Person>,
}

/// Everything that one speaker says in a speech.
struct Share<'a> {
    line: u64,
    texts: Vec<&'a str>,
}

/// Everything that comes of a speech.
pub(super) fn rows(speech: &Speech, directory: &Directory) -> Vec<Said> {
    let mut rows: Vec<Said> = Vec::new();
    let mut shares: BTreeMap<&str, Share<'_>> = BTreeMap::new();
    let mut first = None;
    for turn in &speech.turns {
        match turn.who.speaker(directory) {
            Ok((id, _)) => {
                first.get_or_insert(id);
                let share = shares.entry(id);
                let share = share.or_insert_with(|| Share { line: turn.line, texts: Vec::new() });
                share.texts.extend(Some(turn.text.as_str()).filter(|text| !text.is_empty()));
            }
            Err(refusal) => rows.extend(unsaid(turn, refusal)),
        }
    }
    let printed = speech.printed.iter();
    rows.extend(printed.map(|line| Said { line: *line, table: "p", event: Ok(Event::NoPlace) }));
    let mut people: Vec<_> = shares.keys().filter_map(|id| directory.person(id)).collect();
    for comment in &speech.comments {
        let Interjectors { rows: said, people: named } = interjectors(comment, directory);
        rows.extend(said);
        people.extend(named);
    }
    people.sort();
    people.dedup_by(|one, other| one.id == other.id);
    for (id, share) in &shares {
        let others: Vec<_> = people.iter().filter(|person| person.id != *id).collect();
        let names = |text: &str| mentions(text, &others, directory);
        rows.push(share.row(speech, id, first.unwrap_or(id), names));
    }
    if first.is_none() && speech.turns.is_empty() {
        rows.push(Said { line: speech.line, table: "rede", event: Ok(Event::NoPlace) });
    }
    rows
}

/// Everybody who is named in a comment: a row without an author each, and who that is, where name
/// and party mean one known speaker.
pub(super) fn interjectors(comment: &Comment, directory: &Directory) -> Interjectors {
    let mut found = Interjectors::default();
    for Interjection { named } in interjections(&comment.text) {
        if named.is_empty() {
            let event = Ok(Event::NoPlace);
            found.rows.push(Said { line: comment.line, table: "kommentar", event });
        }
        for Named { words, town, group } in named {
            let table = match directory.meant(&words, town, group) {
                Meant::One(person) => {
                    found.people.push(person);
                    "zwischenruf of one known speaker"
                }
                Meant::Several => "zwischenruf of one of several",
                Meant::Nobody => "zwischenruf of nobody known",
            };
            let hint = "an interjection gives a name and a party, no id";
            let event = Err(RefusalReason::NoAuthor.because(hint));
            found.rows.push(Said { line: comment.line, table, event });
        }
    }
    found
}

/// Words that are nobody's for certain; a turn without words says nothing.
fn unsaid(turn: &Turn, refusal: Refusal) -> Option<Said> {
    let Turn { line, who, text } = turn;
    let table = match who {
        super::Who::Chair => "präsidium",
        super::Who::Speaker(_) | super::Who::Nobody => "rede",
    };
    (!text.is_empty()).then_some(Said { line: *line, table, event: Err(refusal) })
}

impl Share<'_> {
    /// The speech itself, or what somebody else says in it.
    fn row(
        &self,
        speech: &Speech,
        id: &str,
        first: &str,
        names: impl Fn(&str) -> Vec<Mention>,
    ) -> Said {
        let is_speech = id == first;
        let (line, table) =
            if is_speech { (speech.line, "rede") } else { (self.line, "zwischenfrage") };
        let text = self.texts.join("\n\n");
        if text.is_empty() {
            return Said { line, table, event: Ok(Event::NoPlace) };
        }
        if speech.id.is_empty() {
            let event = Err(RefusalReason::MissingKey.because("`id` of the `rede` is needed"));
            return Said { line, table, event };
        }
        let parent = (!is_speech).then(|| Reference {
            member: first.to_owned(),
            kind: Kind::Post,
            external: speech.id.clone(),
        });
        let item = ItemRow {
            kind: if is_speech { ItemKind::Post } else { ItemKind::Comment },
            title: None,
            mentions: names(&text),
            text,
            language: Some(LANGUAGE.to_owned()),
            visibility: None,
            created: speech.created,
            updated: None,
            parent,
            sensitive: None,
            content_usage: None,
            venue_kind: None,
            venue: None,
        };
        let external = if is_speech { speech.id.clone() } else { format!("{}/{id}", speech.id) };
        let row = Row { member: id.to_owned(), external, body: Body::Item(item) };
        Said { line, table, event: Ok(row.into_event(None)) }
    }
}
