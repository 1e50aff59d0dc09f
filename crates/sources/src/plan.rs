use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use lake::Table;
use policy::{ItemId, MemberNumber};
use store::{Membership, NewFact, RemovalCause, Withdrawn};

use crate::{
    Account, Event, Keys, Occurrence, Place, Position, Reference, Refusal, RefusalReason, Row,
    batch::{Placed, PlacedMention},
    keys::is_narrowed,
    orders::{self, Orders, Thing},
    repeats::{self, Repeat, Repeats},
    report::{Outcome, TableChanges},
};

/// Addresses a row of the lake.
pub(crate) type Address = (Table, MemberNumber, ItemId);

/// A row that was understood and waits to be committed.
pub(crate) struct Pending {
    pub(crate) position: Position,
    pub(crate) table: Arc<str>,
    pub(crate) event: Event,
}

/// The members of one batch, by external id.
#[derive(Default)]
pub(crate) struct People {
    pub(crate) by_external: HashMap<String, Membership>,
}

/// A row as it was given, and where it stood if it was given out before.
#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    row: &'a Row,
    place: Option<&'a Place>,
}

/// What the rows of a batch say in the end: for each address the last row counts.
pub(crate) struct Gathered<'a> {
    /// The last row for each address, `None` if it is deleted, and which pending row said so.
    last: BTreeMap<Address, (usize, Option<Given<'a>>)>,
    /// What became of each pending row.
    pub(crate) outcomes: Vec<Result<Outcome, Refusal>>,
    /// What the batch says about accounts.
    pub(crate) accounts: BTreeMap<MemberNumber, Account>,
}

/// What has to change in the lake and to be recorded in the store.
#[derive(Default)]
pub(crate) struct Plan<'a> {
    pub(crate) added: BTreeMap<Table, Vec<Placed<'a>>>,
    pub(crate) mentions: Vec<PlacedMention>,
    pub(crate) gone: Vec<Address>,
    pub(crate) removals: Vec<NewFact>,
    pub(crate) changes: BTreeMap<Table, TableChanges>,
}

impl Event {
    /// The external id of whose rows the event is about.
    pub(crate) fn author(&self) -> Option<&str> {
        match self {
            Self::Upsert { rows, .. } => rows.first().map(|row| row.member.as_str()),
            Self::Returned { rows } => rows.first().map(|(row, _)| row.member.as_str()),
            Self::Delete { member, .. } => Some(member),
            Self::Sealed { .. } | Self::NoPlace => None,
        }
    }

    /// Which event it is.
    pub(crate) fn occurrence(&self) -> Option<&Occurrence> {
        match self {
            Self::Upsert { event, .. } => event.as_ref(),
            Self::Delete { event, .. } => Some(event),
            Self::Returned { .. } | Self::Sealed { .. } | Self::NoPlace => None,
        }
    }
}

impl People {
    /// The number under which rows of the member come in.
    fn admitted(&self, external: &str) -> Option<MemberNumber> {
        self.by_external.get(external).and_then(|membership| membership.admitted())
    }

    /// The number, also after an erasure: the name of somebody who was erased has to be found in
    /// texts, too.
    pub(crate) fn number(&self, external: &str) -> Option<MemberNumber> {
        self.by_external.get(external).map(|membership| membership.number())
    }

    fn newcomers(&self) -> impl Iterator<Item = MemberNumber> {
        self.by_external.values().filter_map(|membership| match membership {
            Membership::New(member) => Some(*member),
            Membership::Known(_) | Membership::Erased { .. } => None,
        })
    }

    fn is_erased(&self, external: &str) -> bool {
        matches!(self.by_external.get(external), Some(Membership::Erased { .. }))
    }
}

impl<'a> Gathered<'a> {
    /// Goes through the rows in order; those whose event came in before change nothing, and
    /// neither do those about which something newer was said.
    pub(crate) fn new(
        pending: &'a [Pending],
        repeats: &Repeats,
        people: &People,
        orders: &mut Orders,
        (keys, source): (&Keys, &str),
    ) -> Self {
        let mut gathered = Self {
            last: BTreeMap::new(),
            outcomes: Vec::with_capacity(pending.len()),
            accounts: BTreeMap::new(),
        };
        for (index, one) in pending.iter().enumerate() {
            let author = one.event.author().unwrap_or_default();
            let outcome = match (repeats.of(index), people.admitted(author)) {
                (Some(Repeat::Same), _) => Ok(Outcome::Unchanged),
                (Some(Repeat::OtherWords), _) => Err(repeats::refusal()),
                (None, Some(member)) => {
                    gathered.take_in(index, &one.event, member, orders, (keys, source));
                    Ok(Outcome::Superseded)
                }
                (None, None) if people.is_erased(author) => Err(RefusalReason::ErasedMember.into()),
                // It has no rows.
                (None, None) => Ok(Outcome::Unchanged),
            };
            gathered.outcomes.push(outcome);
        }
        gathered
    }

    fn take_in(
        &mut self,
        index: usize,
        event: &'a Event,
        member: MemberNumber,
        orders: &mut Orders,
        (keys, source): (&Keys, &str),
    ) {
        let order = event.occurrence().map(orders::order_of);
        let mut holds = |thing: Thing<'_>| orders.holds(&thing, order, keys);
        match event {
            Event::Upsert { rows, account, event: _ } => {
                for row in rows.iter().filter(|row| holds(Thing::of_row(member, row))) {
                    let item = keys.item_id(source, row.kind(), &row.external);
                    let given = Given { row, place: None };
                    self.last.insert((row.kind().table(), member, item), (index, Some(given)));
                }
                let said = self.accounts.entry(member).or_default();
                if let Some(Account { region, age, status }) = *account {
                    let mut is_news = |side| holds(Thing::of_account(member, side));
                    said.region = region.filter(|_| is_news("region")).or(said.region);
                    said.age = age.filter(|_| is_news("age")).or(said.age);
                    said.status = status.filter(|_| is_news("status")).or(said.status);
                }
            }
            Event::Returned { rows } => {
                self.take_back(index, rows, member, (keys, source));
            }
            Event::Delete { member: _, kind, external, event: _ } => {
                if holds(Thing { member, what: kind.name(), id: external }) {
                    let item = keys.item_id(source, *kind, external);
                    self.last.insert((kind.table(), member, item), (index, None));
                }
            }
            Event::Sealed { .. } | Event::NoPlace => {}
        }
    }

    /// Takes rows in that were given out before, each at its old place if it says one.
    fn take_back(
        &mut self,
        index: usize,
        rows: &'a [(Row, Option<Place>)],
        member: MemberNumber,
        (keys, source): (&Keys, &str),
    ) {
        for (row, place) in rows {
            let place = place.as_ref();
            let item = place.map_or_else(
                || keys.item_id(source, row.kind(), &row.external),
                |place| place.item,
            );
            let given = Given { row, place };
            self.last.insert((row.kind().table(), member, item), (index, Some(given)));
        }
        self.accounts.entry(member).or_default();
    }

    /// For each table the rows that the batch touches; of members who have just got their number
    /// there is nothing yet.
    pub(crate) fn touched(
        &self,
        people: &People,
    ) -> BTreeMap<Table, BTreeSet<(MemberNumber, ItemId)>> {
        let new: HashSet<_> = people.newcomers().collect();
        let mut touched: BTreeMap<Table, BTreeSet<_>> = BTreeMap::new();
        let addresses = self.last.keys().filter(|(_, member, _)| !new.contains(member));
        for (table, member, item) in addresses {
            touched.entry(*table).or_default().insert((*member, *item));
        }
        touched
    }

    /// The addresses of the rows that there are.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = &Address> {
        self.last.iter().filter(|(_, (_, row))| row.is_some()).map(|(address, _)| address)
    }

    /// Compares with what the lake holds, and fills in what became of each pending row.
    pub(crate) fn compare(
        &mut self,
        existing: &HashMap<Address, i64>,
        people: &People,
        (keys, source): (&Keys, &str),
    ) -> Plan<'a> {
        let mut plan = Plan::default();
        for (address, (index, row)) in &self.last {
            let before = existing.get(address).copied();
            let outcome = match *row {
                Some(given) => plan.put(*address, given, before, people, (keys, source)),
                None => plan.delete(*address, before),
            };
            if let Some(Ok(so_far)) = self.outcomes.get_mut(*index) {
                *so_far = outcome.max(*so_far);
            }
        }
        plan
    }
}

impl<'a> Plan<'a> {
    /// Whether nothing changes in the lake.
    pub(crate) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.gone.is_empty()
    }

    /// The rows whose old words go, and with them the mentions in them.
    pub(crate) fn texts_gone(&self) -> HashSet<(MemberNumber, ItemId)> {
        self.gone.iter().map(|(_, member, item)| (*member, *item)).collect()
    }

    fn put(
        &mut self,
        address: Address,
        Given { row, place }: Given<'a>,
        before: Option<i64>,
        people: &People,
        (keys, source): (&Keys, &str),
    ) -> Outcome {
        let (table, member, item) = address;
        let content = place.map_or_else(|| keys.content(row), |place| place.content);
        if before == Some(content) {
            return Outcome::Unchanged;
        }
        let changes = self.changes.entry(table).or_default();
        let outcome = match before {
            None => {
                changes.added += 1;
                Outcome::Accepted
            }
            Some(before) => {
                changes.replaced += 1;
                let narrowed = is_narrowed(before, content);
                let cause = if narrowed { RemovalCause::Visibility } else { RemovalCause::Edit };
                self.withdraw(address, cause);
                Outcome::Replaced
            }
        };
        let reference = row.reference().and_then(|Reference { member, kind, external }| {
            Some((people.number(member)?, keys.item_id(source, *kind, external)))
        });
        let reference = place.map_or(reference, |place| place.reference);
        self.name(row, (member, item), people, (keys, source));
        let placed = Placed { member, item, content, row, reference };
        self.added.entry(table).or_default().push(placed);
        outcome
    }

    pub(crate) fn delete(&mut self, address: Address, before: Option<i64>) -> Outcome {
        if before.is_none() {
            return Outcome::Unchanged;
        }
        self.changes.entry(address.0).or_default().removed += 1;
        self.withdraw(address, RemovalCause::Deletion);
        Outcome::Accepted
    }

    fn withdraw(&mut self, address: Address, cause: RemovalCause) {
        let (_, member, item) = address;
        self.gone.push(address);
        let withdrawn = Withdrawn::of_row(cause, (member, item));
        self.removals.push(NewFact::Withdrawn(withdrawn));
    }

    fn name(
        &mut self,
        row: &Row,
        (author, item): (MemberNumber, ItemId),
        people: &People,
        (keys, source): (&Keys, &str),
    ) {
        for mention in row.mentions() {
            let Some(named) = people.number(&mention.member) else { continue };
            let id = keys.mention_id(source, row, mention);
            let number = |offset: usize| i64::try_from(offset).unwrap_or(i64::MAX);
            self.mentions.push(PlacedMention {
                named,
                id,
                content: keys.mention_content(author, item, id),
                author,
                item,
                start: number(mention.start),
                end: number(mention.end),
            });
        }
    }
}
