use policy::{Instant, MemberNumber, Sequence};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
    UpdateMany, sea_query::Expr,
};

use crate::{
    NewFact, Result, StoreError, archives,
    entities::{declarations, fact_counter, holders, identities, permits},
    error::Doing,
    journal::{Entry, Journal, Place},
    known::Known,
    plan::{Plan, Planned, Sorted},
    read::word,
    replays,
    rows::{FactRows, insert_all},
    standing::Standing,
    store::Writing,
};

/// The one way to write facts: holds the counter's row, so that there is one writer at a time.
pub(crate) struct Ledger<'a> {
    tx: &'a DatabaseTransaction,
    plan: Plan,
    /// The journal, and how far the store has come in it.
    journal: Option<(&'a Journal, Place)>,
    writing: &'a Writing,
}

impl<'a> Ledger<'a> {
    /// Takes the counter's row; from here on nobody else writes. What a writer that died had put
    /// into the journal, and not into the store, is recorded first.
    pub(crate) async fn open(writing: &'a Writing) -> Result<Self> {
        let tx = &writing.tx;
        let counter = fact_counter::Entity::find().lock_exclusive().one(tx).await;
        let counter = counter.doing("taking the fact counter")?;
        let last = counter.as_ref().map_or(0, |counter| counter.last_sequence);
        let place = counter.as_ref().map(Place::read).transpose()?.flatten();
        let journal = match (place, &writing.journal) {
            (None, _) => None,
            (Some(_), None) => return Err(StoreError::JournalNotGiven),
            (Some(place), Some(journal)) => Some((journal, place)),
        };
        let remembered = journal.as_ref().and_then(|(_, place)| writing.remembered.at(place));
        let standing = match remembered {
            Some(standing) => standing,
            None => Standing::read(tx).await?,
        };
        let plan = Plan { last, standing };
        let mut ledger = Self { tx, plan, journal, writing };
        ledger.catch_up().await?;
        ledger.remember();
        Ok(ledger)
    }

    /// Begins the journal of a store that has none.
    pub(crate) async fn begin_journal(
        mut self,
        journal: &'a Journal,
        system: &str,
        at: Instant,
    ) -> Result<()> {
        if self.journal.is_none() {
            let place = journal.begin(system, self.last(), at)?;
            self.journal = Some((journal, place));
            self.save().await?;
        }
        Ok(())
    }

    /// The last sequence that was given out.
    pub(crate) fn last(&self) -> Sequence {
        Sequence::from_i64(self.plan.last)
    }

    /// How many numbers were given out.
    pub(crate) fn members(&self) -> i64 {
        self.plan.standing.members
    }

    /// Tells the facts that may be recorded from the others.
    pub(crate) fn sort(&self, facts: &[(NewFact, Instant)]) -> Sorted {
        self.plan.sort(facts)
    }

    /// Writes the facts and the removals that they start, into the journal as well; a repeat gets
    /// its old sequence.
    pub(crate) async fn write(mut self, facts: &[(NewFact, Instant)]) -> Result<Vec<Sequence>> {
        let (sequences, facts) = self.insert(facts).await?;
        self.finish(Entry { facts, ..Entry::default() }).await?;
        Ok(sequences)
    }

    /// Gives the numbers of new members away.
    pub(crate) async fn add_identities(mut self, rows: Vec<identities::Model>) -> Result<()> {
        self.plan.standing.members += i64::try_from(rows.len()).unwrap_or_default();
        insert_all::<identities::Entity, _, _>(rows.clone(), self.tx).await?;
        self.finish(Entry { identities: rows, ..Entry::default() }).await
    }

    /// Keeps the text of a declaration, which account facts rest on.
    pub(crate) async fn add_declaration(self, row: declarations::Model) -> Result<()> {
        insert_all::<declarations::Entity, _, _>(vec![row.clone()], self.tx).await?;
        self.finish(Entry { declarations: vec![row], ..Entry::default() }).await
    }

    /// Registers a holder. The journal has it as well, or a restored system would not know whom
    /// to ask for a removal.
    pub(crate) async fn add_holder(mut self, row: holders::Model) -> Result<()> {
        self.take_in_holders(std::slice::from_ref(&row))?;
        insert_all::<holders::Entity, _, _>(vec![row.clone()], self.tx).await?;
        self.finish(Entry { holders: vec![row], ..Entry::default() }).await
    }

    /// Puts a permit on record by which rows leave for a holder elsewhere. The journal has it as
    /// well, or a restored system would not know what left.
    pub(crate) async fn add_export(self, row: permits::Model) -> Result<()> {
        insert_all::<permits::Entity, _, _>(vec![row.clone()], self.tx).await?;
        self.finish(Entry { permits: vec![row], ..Entry::default() }).await
    }

    /// Writes the facts but for the counter and the journal; returns their places and rows.
    async fn insert(&mut self, facts: &[(NewFact, Instant)]) -> Result<(Vec<Sequence>, FactRows)> {
        let known = Known::load(self.tx, facts).await?;
        let Planned { sequences, rows, erased } = self.plan.add_all(facts, known)?;
        let recorded = rows.facts.clone();
        rows.insert(self.tx).await?;
        self.close_identities(&erased).await?;
        Ok((sequences, recorded))
    }

    /// The last step before the commit: the journal has it first, and for good.
    async fn finish(mut self, entry: Entry) -> Result<()> {
        if entry.is_empty() {
            return Ok(());
        }
        if let Some((journal, place)) = self.journal.take() {
            let place = journal.append(place, &entry, &self.writing.hold).await?;
            self.journal = Some((journal, place));
        }
        self.save().await
    }

    async fn save(&self) -> Result<()> {
        let update = moved(self.plan.last, self.journal.as_ref().map(|(_, place)| place));
        update.exec(self.tx).await.doing("moving the fact counter")?;
        self.remember();
        Ok(())
    }

    fn remember(&self) {
        if let Some((_, place)) = &self.journal {
            self.writing.remembered.keep(place.clone(), self.plan.standing.clone());
        }
    }

    fn take_in_holders(&mut self, rows: &[holders::Model]) -> Result<()> {
        for row in rows {
            self.plan.standing.held.insert(word("holders", "purpose", &row.purpose)?);
        }
        Ok(())
    }

    /// Records what the journal has and the store has not.
    async fn catch_up(&mut self) -> Result<()> {
        let Some((journal, place)) = self.journal.take() else { return Ok(()) };
        if !journal.is_ahead(&place)? {
            self.journal = Some((journal, place));
            return Ok(());
        }
        let from = self.last();
        let (mut reader, mut withdraws) = (journal.after(&place)?, false);
        while let Some(entry) = journal.next(&mut reader)? {
            withdraws |= self.replay(entry).await?;
        }
        if reader.torn_bytes() > 0 || reader.lacks_newline() {
            // Nobody was answered by half a line: who answers has flushed the whole.
            journal.mend(reader.end(), reader.torn_bytes())?;
        }
        let end = reader.end().clone();
        tracing::warn!(
            from_fact = from.as_i64(),
            to_fact = self.plan.last,
            lines = end.entries - place.end.entries,
            "recorded what only the journal had"
        );
        self.journal = Some((journal, Place { end, ..place }));
        if withdraws {
            replays::note(self.tx, from, self.last()).await?;
        }
        self.save().await
    }

    /// Records one entry of the journal; whether rows have to leave the lake by it.
    async fn replay(&mut self, entry: Entry) -> Result<bool> {
        let Entry { facts, identities, declarations, holders, permits } = entry;
        self.plan.standing.members += i64::try_from(identities.len()).unwrap_or_default();
        self.take_in_holders(&holders)?;
        insert_all::<identities::Entity, _, _>(identities, self.tx).await?;
        insert_all::<declarations::Entity, _, _>(declarations, self.tx).await?;
        insert_all::<holders::Entity, _, _>(holders, self.tx).await?;
        insert_all::<permits::Entity, _, _>(permits, self.tx).await?;
        let facts = facts.into_facts()?;
        let expected = facts.iter().map(|fact| fact.sequence).collect::<Vec<_>>();
        let withdraws = facts.iter().any(|fact| fact.content.takes_rows_out());
        let facts: Vec<_> =
            facts.into_iter().map(|fact| (fact.content, fact.recorded_at)).collect();
        let (sequences, _) = self.insert(&facts).await?;
        if let Some((found, expected)) =
            expected.iter().zip(&sequences).find(|(found, expected)| found != expected)
        {
            return Err(StoreError::JournalGap { expected: *expected, found: *found });
        }
        Ok(withdraws)
    }

    async fn close_identities(&self, erased: &[(MemberNumber, Instant)]) -> Result<()> {
        for (member, at) in erased {
            identities::Entity::update_many()
                .col_expr(identities::Column::ErasedAt, Expr::value(at.as_micros()))
                .filter(identities::Column::Number.eq(member.as_i64()))
                .exec(self.tx)
                .await
                .doing("closing an identity")?;
            archives::forget(self.tx, *member).await?;
        }
        Ok(())
    }
}

/// The last sequence that was given out and committed.
pub(crate) async fn last_sequence<C: ConnectionTrait>(db: &C) -> Result<Sequence> {
    let row = counter(db).await?;
    Ok(row.map_or(Sequence::START, |row| Sequence::from_i64(row.last_sequence)))
}

/// How far the store has come in its journal; `None` while it has none.
pub(crate) async fn journal_place<C: ConnectionTrait>(db: &C) -> Result<Option<Place>> {
    Ok(counter(db).await?.as_ref().map(Place::read).transpose()?.flatten())
}

async fn counter<C: ConnectionTrait>(db: &C) -> Result<Option<fact_counter::Model>> {
    fact_counter::Entity::find().one(db).await.doing("reading the fact counter")
}

/// Moves the counter, and with it the place in the journal.
pub(crate) fn moved(last: i64, place: Option<&Place>) -> UpdateMany<fact_counter::Entity> {
    let update = fact_counter::Entity::update_many()
        .col_expr(fact_counter::Column::LastSequence, Expr::value(last));
    let Some(Place { system, end }) = place else { return update };
    let number = |value: u64| Expr::value(i64::try_from(value).unwrap_or(i64::MAX));
    update
        .col_expr(fact_counter::Column::JournalSystem, Expr::value(system.as_str()))
        .col_expr(fact_counter::Column::JournalEntries, number(end.entries))
        .col_expr(fact_counter::Column::JournalBytes, number(end.bytes))
        .col_expr(fact_counter::Column::JournalStart, number(end.start))
        .col_expr(fact_counter::Column::JournalHash, Expr::value(end.hash.as_str()))
}
