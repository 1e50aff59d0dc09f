use std::collections::BTreeMap;

use store::{SeenEvent, Store};

use crate::{
    Keys, Refusal, RefusalReason, SourcesError,
    plan::{Pending, People},
};

/// An event whose id came in before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// And said the same.
    Same,
    /// And said something else.
    OtherWords,
}

/// Which rows of a batch repeat an event that came in before, in an earlier batch or in this one.
pub(crate) struct Repeats {
    by_index: BTreeMap<usize, Repeat>,
    /// The event of each row, if it has one.
    events: Vec<Option<SeenEvent>>,
}

impl Repeats {
    /// Looks the events of a batch up.
    ///
    /// An event is known by a hash that covers the declaration, so that another declaration can
    /// fill the gaps of events that came in before.
    pub(crate) async fn find(
        store: &Store,
        pending: &[Pending],
        people: &People,
        declaration: &str,
        keys: &Keys,
    ) -> Result<Self, SourcesError> {
        let events: Vec<_> = pending
            .iter()
            .map(|one| {
                let id = &one.event.occurrence()?.id;
                let member = people.number(one.event.author()?)?;
                let hash = keys.event_hash(member, declaration, id);
                Some(SeenEvent { hash, content: Some(keys.event_content(&one.event)) })
            })
            .collect();
        let hashes = events.iter().flatten().map(|event| event.hash).collect();
        let mut met = store.events_seen(&hashes).await?;
        let mut by_index = BTreeMap::new();
        for (index, event) in events.iter().enumerate() {
            let Some(SeenEvent { hash, content }) = event else { continue };
            match met.get(hash) {
                None => {
                    met.insert(*hash, *content);
                }
                // What an older version took in has no content to compare with.
                Some(before) if before.is_none() || before == content => {
                    by_index.insert(index, Repeat::Same);
                }
                Some(_) => {
                    by_index.insert(index, Repeat::OtherWords);
                }
            }
        }
        Ok(Self { by_index, events })
    }

    /// Whether the row repeats an event.
    pub(crate) fn of(&self, index: usize) -> Option<Repeat> {
        self.by_index.get(&index).copied()
    }

    /// The rows that repeat nothing.
    pub(crate) fn fresh<'a>(&self, pending: &'a [Pending]) -> impl Iterator<Item = &'a Pending> {
        let rows = pending.iter().enumerate();
        rows.filter(|(index, _)| !self.by_index.contains_key(index)).map(|(_, one)| one)
    }

    /// The events of the rows that came in, for the record.
    pub(crate) fn came_in(&self, came_in: impl Iterator<Item = bool>) -> Vec<SeenEvent> {
        let events = self.events.iter().enumerate().zip(came_in);
        let new = events.filter(|((index, _), came_in)| *came_in && self.of(*index).is_none());
        new.filter_map(|((_, event), _)| *event).collect()
    }
}

/// Why an event whose id is taken does not come in.
pub(crate) fn refusal() -> Refusal {
    RefusalReason::ReusedId.because("an event of this id said something else; each has its own id")
}
