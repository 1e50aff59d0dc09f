//! When the terms of a text make it sensitive as a whole.

use super::{
    Kind,
    context::{self, Hit, Weight},
    matching::{Found, Place},
};

/// The kind that decided, and the places that did.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) kind: Kind,
    pub(super) bases: Vec<Place>,
}

/// Terms belong together within so many words.
const WINDOW_WORDS: usize = 100;

/// A text of fewer words is short: there a strong term and a weak one decide.
const SHORT_WORDS: usize = 50;

/// As many points per two hundred words make a text political as a whole.
const POLITICAL_DENSITY: usize = 3;

/// What terms are worth within a window.
#[derive(Debug, Clone, Copy)]
struct Scale {
    /// Points of a strong term; a weak one has one where it first stands.
    strong: usize,
    /// Points of all weak terms together at most.
    weak_at_most: usize,
    /// Points that decide.
    enough: usize,
}

pub(super) fn of_text(found: &Found) -> Option<Case> {
    most(found, |kind, hits| {
        let decisive: Vec<Place> =
            hits.iter().filter(|hit| hit.weight == Weight::Decisive).map(|hit| hit.place).collect();
        if !decisive.is_empty() {
            return Some(decisive);
        }
        window(hits, Scale::of(kind, hits, found))
    })
}

/// In a name one term is enough that would have to be said of a person in a text.
pub(super) fn of_name(found: &Found) -> Option<Case> {
    most(found, |_, hits| {
        let enough = hits.iter().any(|hit| hit.weight >= Weight::Personal) || hits.len() > 1;
        enough.then(|| hits.iter().map(|hit| hit.place).collect())
    })
}

/// Of the kinds that decide the one with the heaviest term, of those the one with the most terms.
fn most(found: &Found, decide: impl Fn(Kind, &[Hit]) -> Option<Vec<Place>>) -> Option<Case> {
    let all = context::hits(found);
    let cases = Kind::ALL.iter().copied().filter_map(|kind| {
        let hits: Vec<Hit> = all.iter().filter(|hit| hit.kind == kind).copied().collect();
        let heaviest = hits.iter().map(|hit| hit.weight).max()?;
        Some(((heaviest, hits.len()), Case { kind, bases: decide(kind, &hits)? }))
    });
    // the first of equals
    cases.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, case)| case)
}

impl Scale {
    fn of(kind: Kind, hits: &[Hit], found: &Found) -> Self {
        let words = found.all_words();
        match kind {
            Kind::Politics if words < SHORT_WORDS => Self::of_politics(3),
            Kind::Politics if points(hits) * 200 >= words * POLITICAL_DENSITY => {
                Self::of_political_text(points(hits) < found.technical)
            }
            // a passage in a text that is otherwise about something else
            Kind::Politics => Self { strong: 1, weak_at_most: 0, enough: 4 },
            // the words for it have hardly another meaning
            Kind::SexualOrientation if words < SHORT_WORDS => {
                Self { strong: 4, weak_at_most: 3, enough: 4 }
            }
            _ if words < SHORT_WORDS => Self { strong: 3, weak_at_most: 3, enough: 4 },
            _ => Self { strong: 2, weak_at_most: 3, enough: 4 },
        }
    }

    /// A text that has many words of politics and more of software and data reports on a tool for
    /// elections, or on the data of an administration: its weak terms say nothing.
    const fn of_political_text(is_technical: bool) -> Self {
        match is_technical {
            true => Self { strong: 1, weak_at_most: 0, enough: 3 },
            false => Self::of_politics(2),
        }
    }

    /// Weak terms may decide alone: who argues politics states a political opinion, while who writes
    /// about hospitals says nothing about their health.
    const fn of_politics(strong: usize) -> Self {
        Self { strong, weak_at_most: usize::MAX, enough: 4 }
    }
}

/// How much of politics a text has, in the density that makes it political as a whole.
fn points(hits: &[Hit]) -> usize {
    hits.iter().map(|hit| if hit.weight.is_strong() { 2 } else { 1 }).sum()
}

/// The first terms within a window that have enough points together.
fn window(hits: &[Hit], scale: Scale) -> Option<Vec<Place>> {
    (0..hits.len()).find_map(|start| window_at(hits.get(start..)?, scale))
}

fn window_at(hits: &[Hit], scale: Scale) -> Option<Vec<Place>> {
    let end = hits.first()?.word + WINDOW_WORDS;
    let (mut strong, mut weak) = (0, Vec::new());
    for (at, hit) in hits.iter().enumerate().take_while(|(_, hit)| hit.word < end) {
        let term = hit.place.entry.term;
        if hit.weight.is_strong() {
            strong += scale.strong;
        } else if !weak.contains(&term) {
            weak.push(term);
        }
        if strong + weak.len().min(scale.weak_at_most) >= scale.enough {
            return Some(hits.iter().take(at + 1).map(|hit| hit.place).collect());
        }
    }
    None
}

impl Weight {
    const fn is_strong(self) -> bool {
        matches!(self, Self::Strong | Self::Decisive)
    }
}
