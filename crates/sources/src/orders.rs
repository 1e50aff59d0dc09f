use std::collections::{BTreeMap, HashMap};

use store::{EventOrder, KeyedHash, Store};

use policy::MemberNumber;

use crate::{
    Account, Event, Keys, Occurrence, Row, SourcesError,
    plan::{Pending, People},
};

/// Something of a member that events say something about.
pub(crate) struct Thing<'a> {
    pub(crate) member: MemberNumber,
    /// The kind of a row, or a side of the account.
    pub(crate) what: &'a str,
    /// The external id of the row.
    pub(crate) id: &'a str,
}

/// What was said last about each thing of a batch, so that an older event does not undo a newer.
pub(crate) struct Orders {
    newest: HashMap<KeyedHash, EventOrder>,
    /// What this batch moves on.
    pub(crate) moved: BTreeMap<KeyedHash, EventOrder>,
}

impl<'a> Thing<'a> {
    pub(crate) fn of_row(member: MemberNumber, row: &'a Row) -> Self {
        Self { member, what: row.kind().name(), id: &row.external }
    }

    /// A side is said by some events and left out by others, so each has an order of its own.
    pub(crate) const fn of_account(member: MemberNumber, side: &'a str) -> Self {
        Self { member, what: "account", id: side }
    }

    pub(crate) fn hash(&self, keys: &Keys) -> KeyedHash {
        keys.thing_hash(self.member, self.what, self.id)
    }
}

impl Orders {
    /// Reads what is on record about everything that the batch speaks of.
    pub(crate) async fn load<'a>(
        store: &Store,
        pending: impl Iterator<Item = &'a Pending>,
        people: &People,
        keys: &Keys,
    ) -> Result<Self, SourcesError> {
        let events = pending.filter(|one| one.event.occurrence().is_some());
        let things = events.flat_map(|one| things_of(&one.event, people));
        let hashes = things.map(|thing| thing.hash(keys)).collect();
        let newest = store.newest_orders(&hashes).await?.into_iter().collect();
        Ok(Self { newest, moved: BTreeMap::new() })
    }

    /// Whether what an event says about a thing holds, that is nothing newer was said; the same
    /// order again is news, for events that share an instant hold as they come.
    pub(crate) fn holds(
        &mut self,
        thing: &Thing<'_>,
        order: Option<EventOrder>,
        keys: &Keys,
    ) -> bool {
        // A source without events has no order but that of its rows.
        let Some(order) = order else { return true };
        let hash = thing.hash(keys);
        match self.newest.get(&hash) {
            Some(newest) if *newest > order => false,
            Some(newest) if *newest == order => true,
            _ => {
                self.newest.insert(hash, order);
                self.moved.insert(hash, order);
                true
            }
        }
    }
}

/// The place of an event among those about the same thing.
pub(crate) const fn order_of(event: &Occurrence) -> EventOrder {
    EventOrder { number: event.order, at: event.at }
}

fn things_of<'a>(event: &'a Event, people: &People) -> Vec<Thing<'a>> {
    let Some(member) = event.author().and_then(|author| people.number(author)) else {
        return Vec::new();
    };
    match event {
        Event::Upsert { rows, account, event: _ } => {
            let Account { region, age, status } = account.unwrap_or_default();
            let sides = [region.map(|_| "region"), age.map(|_| "age"), status.map(|_| "status")];
            let sides = sides.into_iter().flatten().map(|side| Thing::of_account(member, side));
            rows.iter().map(|row| Thing::of_row(member, row)).chain(sides).collect()
        }
        Event::Delete { member: _, kind, external, event: _ } => {
            vec![Thing { member, what: kind.name(), id: external }]
        }
        // What is no event has no order.
        Event::Returned { .. } | Event::Sealed { .. } | Event::NoPlace => Vec::new(),
    }
}
