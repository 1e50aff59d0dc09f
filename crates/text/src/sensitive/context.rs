//! What a term says where it stands: of a person, of a subject, or neither.

use super::{
    Kind,
    folding::SENTENCE_END,
    lists::{Marker, Role, Strength},
    matching::{Found, Place, WORD_BYTES},
};

/// How much a term says where it stands, the most last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    Weak,
    /// Of a person in a name, nearly nothing in a text.
    Personal,
    Strong,
    Decisive,
}

/// A term that says something where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) kind: Kind,
    pub(super) weight: Weight,
    pub(super) place: Place,
    /// How many words of the text stand before it.
    pub(super) word: usize,
}

/// How many markers before and behind a term are looked at.
const LOOK_AROUND: usize = 8;

/// In a longer sentence, a term is said of the writer only where they are named nearby.
const SENTENCE_WORDS: usize = 20;

/// The terms that say something, in the text's order.
pub(super) fn hits(found: &Found) -> Vec<Hit> {
    let (mut word, mut counted) = (0, 0);
    let mut hits = Vec::new();
    for place in &found.terms {
        word += found.words(counted, place.start);
        counted = place.start;
        let Role::Term(kind, strength) = place.entry.role else { continue };
        if let Some(weight) = weight(found, place, kind, strength) {
            hits.push(Hit { kind, weight, place: *place, word });
        }
    }
    hits
}

fn weight(found: &Found, place: &Place, kind: Kind, strength: Strength) -> Option<Weight> {
    match strength {
        Strength::Decisive => return Some(Weight::Decisive),
        Strength::Identity if place.is_item => return Some(Weight::Decisive),
        Strength::Weak => return (!found.is_topic(place, kind)).then_some(Weight::Weak),
        _ => {}
    }
    match (strength, found.subject(place, kind)) {
        (Strength::Personal, Subject::Topic) => None,
        (Strength::Personal, Subject::Unknown) => Some(Weight::Personal),
        (Strength::Personal, Subject::Writer) if kind != Kind::Health => Some(Weight::Strong),
        (_, Subject::Topic) => Some(Weight::Weak),
        (_, Subject::Unknown) => Some(Weight::Strong),
        (_, Subject::Person | Subject::Writer) => Some(Weight::Decisive),
    }
}

/// Whom or what a term is said of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// A subject, a trade, or people in general.
    Topic,
    /// A person, by the words right around it.
    Person,
    /// Whoever speaks of themselves in the same sentence.
    Writer,
    Unknown,
}

impl Found {
    fn subject(&self, place: &Place, kind: Kind) -> Subject {
        let near = |markers: &[Marker]| self.is_near(place, kind, markers);
        if self.is_topic(place, kind) {
            Subject::Topic
        } else if near(&[Marker::PersonBefore, Marker::PersonAdjacent, Marker::PersonAfter]) {
            Subject::Person
        } else if near(&[Marker::FirstPerson]) && !near(&[Marker::Trade]) {
            Subject::Writer
        } else {
            Subject::Unknown
        }
    }

    fn is_topic(&self, place: &Place, kind: Kind) -> bool {
        let markers = [Marker::TopicBefore, Marker::TopicAdjacent, Marker::TopicAfter];
        self.is_near(place, kind, &markers)
    }

    /// Whether one of these markers stands near a term in the same sentence.
    fn is_near(&self, place: &Place, kind: Kind, markers: &[Marker]) -> bool {
        let behind = self.markers.partition_point(|(_, one)| one.start < place.start);
        let (before, after) = self.markers.split_at_checked(behind).unwrap_or_default();
        let mut before = before.iter().rev().take(LOOK_AROUND);
        let mut after = after.iter().take(LOOK_AROUND);
        let reaches = |first: &Place, second: &Place, reach: Option<usize>| {
            reach.is_some_and(|reach| self.are_within(first, second, reach))
        };
        before.any(|(marker, one)| {
            markers.contains(marker) && reaches(one, place, marker.reaches_on(kind))
        }) || after.any(|(marker, one)| {
            markers.contains(marker) && reaches(place, one, marker.reaches_back(kind))
        })
    }

    /// Whether at most so many words and no end of a sentence part two places.
    fn are_within(&self, first: &Place, second: &Place, reach: usize) -> bool {
        let between = self.folded.as_bytes().get(first.end..second.start).unwrap_or_default();
        let is_far = between.len() > (reach + 1) * WORD_BYTES;
        !is_far
            && !between.is_empty()
            && !between.contains(&SENTENCE_END)
            && spaces(between) <= reach + 1
    }

    /// How many words the text has.
    pub(super) fn all_words(&self) -> usize {
        spaces(self.folded.as_bytes())
    }

    /// How many words begin in a part of the folded text.
    fn words(&self, start: usize, end: usize) -> usize {
        spaces(self.folded.as_bytes().get(start..end).unwrap_or_default())
    }
}

fn spaces(bytes: &[u8]) -> usize {
    bytes.iter().filter(|one| **one == b' ').count()
}

impl Marker {
    /// How many words may part it from a term behind it.
    const fn reaches_on(self, kind: Kind) -> Option<usize> {
        match (self, kind) {
            (Self::FirstPerson, _) => Some(SENTENCE_WORDS),
            (Self::Trade, _) => Some(5),
            (Self::PersonBefore, _) => Some(3),
            // `is` and `as a` are said of parties and laws as well
            (Self::PersonAdjacent, Kind::Politics) => None,
            (Self::PersonAdjacent | Self::TopicBefore, _) => Some(1),
            // who speaks for a party or a faith belongs to it, who works for the ill need not be ill
            (Self::TopicAdjacent, Kind::Health) => Some(0),
            _ => None,
        }
    }

    /// How many words may part it from a term before it.
    const fn reaches_back(self, kind: Kind) -> Option<usize> {
        match (self, kind) {
            (Self::FirstPerson, _) => Some(SENTENCE_WORDS),
            (Self::PersonAfter, _) => Some(2),
            (Self::TopicAfter, Kind::Health) => Some(1),
            // a trade is named right behind a disease or later, behind a people or a faith at once
            (Self::TopicAfter, _) => Some(0),
            _ => None,
        }
    }
}
