use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    Identity, Membership, Result, Store, entities::imported_events, error::Doing, identities,
    rows::insert_all,
};

/// Values that one `IN` list may carry.
const LIST: usize = 5_000;

impl Store {
    /// Looks identities up without giving numbers: one result for each, in the given order.
    ///
    /// # Errors
    /// If a hash is malformed.
    pub async fn lookup_all(&self, asked: &[Identity]) -> Result<Vec<Option<Membership>>> {
        identities::check_hashes(asked)?;
        let found = identities::find(&self.db, asked).await?;
        Ok(asked.iter().map(|identity| found.get(identity).copied()).collect())
    }

    /// Which of the events, by keyed hash, came in before.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn events_seen(&self, asked: &[String]) -> Result<BTreeSet<String>> {
        seen(&self.db, asked).await
    }

    /// Keeps that the events came in; called once what they say is durable.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn record_events(&self, events: &[String]) -> Result<()> {
        let mut new: BTreeSet<_> = events.iter().cloned().collect();
        if new.is_empty() {
            return Ok(());
        }
        let writing = self.write().await?;
        for old in seen(&writing.tx, events).await? {
            new.remove(&old);
        }
        let rows = new.into_iter().map(|event_hash| imported_events::Model { event_hash });
        insert_all::<imported_events::Entity, _, _>(rows.collect(), &writing.tx).await?;
        writing.commit().await
    }
}

async fn seen<C: sea_orm::ConnectionTrait>(db: &C, asked: &[String]) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for part in asked.chunks(LIST) {
        let rows = imported_events::Entity::find()
            .filter(imported_events::Column::EventHash.is_in(part.iter().map(String::as_str)))
            .all(db)
            .await
            .doing("looking for events that came in before")?;
        found.extend(rows.into_iter().map(|row| row.event_hash));
    }
    Ok(found)
}
