//! The short way of choices: all on one thread, and with one flush, that of the journal.

use policy::{Instant, Sequence};
use rusqlite::Transaction;
use sea_orm::{DbBackend, EntityTrait, QueryTrait};

use crate::{
    NewFact, Result,
    entities::fact_counter,
    error::Doing,
    in_thread::{self, InThread},
    journal::{Entry, Journal, Place},
    known::{Known, recorded_choices},
    ledger::moved,
    plan::Plan,
    rows::Rows,
    standing::Remembered,
};

const SQLITE: DbBackend = DbBackend::Sqlite;

/// What the short way leads along.
#[derive(Clone)]
pub(crate) struct ShortWay {
    pub(crate) file: InThread,
    pub(crate) journal: Journal,
    pub(crate) remembered: Remembered,
}

impl ShortWay {
    /// Commits the choices that can be committed, and answers each by itself. `None` if the way is
    /// closed: somebody else has written since this process did, and has to be read first.
    pub(crate) fn commit(
        &self,
        facts: &[(NewFact, Instant)],
    ) -> Result<Option<Vec<Result<Sequence>>>> {
        self.file.write(|tx| {
            let Some((mut plan, place)) = self.stand(&tx)? else { return Ok(None) };
            let sorted = plan.sort(facts);
            let planned = plan.add_all(&sorted.good, known(&tx, &sorted.good)?)?;
            self.record(tx, plan, place, planned.rows)?;
            Ok(Some(sorted.answers(planned.sequences)))
        })
    }

    /// Where the store stands, if that is where this process left it and nobody has since written
    /// into the journal and died.
    fn stand(&self, tx: &Transaction<'_>) -> Result<Option<(Plan, Place)>> {
        let select = fact_counter::Entity::find().build(SQLITE);
        let rows = in_thread::rows::<fact_counter::Model>(tx, select);
        let Some(counter) = rows.doing("taking the fact counter")?.pop() else { return Ok(None) };
        let Some(place) = Place::read(&counter)? else { return Ok(None) };
        match self.remembered.at(&place) {
            Some(standing) if !self.journal.is_ahead(&place)? => {
                Ok(Some((Plan { last: counter.last_sequence, standing }, place)))
            }
            _ => Ok(None),
        }
    }

    /// The order of the [`crate::ledger::Ledger`]: rows, journal, counter, commit.
    fn record(&self, tx: Transaction<'_>, plan: Plan, place: Place, rows: Rows) -> Result<()> {
        let entry = Entry { facts: rows.facts.clone(), ..Entry::default() };
        if entry.is_empty() {
            return Ok(());
        }
        for statement in rows.statements(SQLITE) {
            in_thread::execute(&tx, statement).doing("writing facts")?;
        }
        let place = self.journal.append_here(place, &entry)?;
        let update = moved(plan.last, Some(&place)).build(SQLITE);
        in_thread::execute(&tx, update).doing("moving the fact counter")?;
        in_thread::commit(tx).doing("committing")?;
        self.remembered.keep(place, plan.standing);
        Ok(())
    }
}

fn known(tx: &Transaction<'_>, facts: &[(NewFact, Instant)]) -> Result<Known> {
    let mut known = Known::default();
    for select in recorded_choices(facts) {
        let rows = in_thread::rows(tx, select.build(SQLITE));
        known.take_in_choices(rows.doing("looking for repeated choices")?)?;
    }
    Ok(known)
}
