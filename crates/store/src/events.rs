use std::collections::{BTreeMap, BTreeSet};

use policy::Instant;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict,
};

use crate::{
    Identity, Membership, Result, Store, StoreError,
    entities::{feed_orders, feed_positions, imported_events},
    error::Doing,
    identities,
    rows::{ROWS_A_STATEMENT, VALUES_A_LIST},
};

/// Addresses something of a member, in a table that lies in the order of such keys: the member's
/// number and a keyed hash, big-endian. What one member has lies together, and what those have
/// who came in last lies at the end.
pub type KeyedHash = [u8; 16];

/// An event that came in, so that it comes in once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenEvent {
    /// The member, and a keyed hash of the declaration and the event's id.
    pub hash: KeyedHash,
    /// A keyed hash of what it says; `None` for an event that an older version took in.
    pub content: Option<i64>,
}

/// The place of an event in the order of what is said about one thing; the greatest is the newest.
///
/// Where a source counts, the count decides; a count comes after everything without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventOrder {
    /// The source's own count, where it has one.
    pub number: Option<i64>,
    /// When it happened.
    pub at: Instant,
}

/// How far a file of a feed has come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPosition {
    /// A keyed hash of the source and the file's name, 32 hex digits.
    pub file: String,
    /// The bytes of it that have come in, from its start.
    pub bytes: i64,
    /// The lines in them.
    pub lines: i64,
    /// The last of them; `None` if an older version read it.
    pub last: Option<FeedLine>,
}

/// A line of a feed, by which a file is known again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedLine {
    /// The bytes before it.
    pub start: i64,
    /// A keyed hash of it.
    pub hash: i64,
}

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

    /// Which of the events, by keyed hash, came in before, and what they said.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn events_seen(
        &self,
        asked: &BTreeSet<KeyedHash>,
    ) -> Result<BTreeMap<KeyedHash, Option<i64>>> {
        let mut found = BTreeMap::new();
        for list in in_lists(asked) {
            let rows = imported_events::Entity::find()
                .filter(imported_events::Column::EventHash.is_in(list))
                .all(&self.db)
                .await
                .doing("looking for events that came in before")?;
            for imported_events::Model { event_hash, content } in rows {
                found.insert(key("imported_events", "event_hash", event_hash)?, content);
            }
        }
        Ok(found)
    }

    /// Keeps that events came in, and how far the files are that they came from, in one
    /// transaction; called once what they say is durable.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn record_events(
        &self,
        mut events: Vec<SeenEvent>,
        positions: &[FeedPosition],
    ) -> Result<()> {
        if events.is_empty() && positions.is_empty() {
            return Ok(());
        }
        let writing = self.write().await?;
        // in the order of their keys, so that each page is written once
        events.sort_unstable_by_key(|event| event.hash);
        let events = events.into_iter().map(|SeenEvent { hash, content }| imported_events::Model {
            event_hash: hash.to_vec(),
            content,
        });
        let known = OnConflict::column(imported_events::Column::EventHash).do_nothing().to_owned();
        upsert::<imported_events::Entity, _, _>(events, &known, &writing.tx).await?;
        let positions = positions.iter().cloned().map(|position| {
            let FeedPosition { file, bytes, lines, last } = position;
            let (last_start, last_hash) = last.map(|line| (line.start, line.hash)).unzip();
            feed_positions::Model { file, bytes, lines, last_start, last_hash }
        });
        let moved = OnConflict::column(feed_positions::Column::File)
            .update_columns([
                feed_positions::Column::Bytes,
                feed_positions::Column::Lines,
                feed_positions::Column::LastStart,
                feed_positions::Column::LastHash,
            ])
            .to_owned();
        upsert::<feed_positions::Entity, _, _>(positions, &moved, &writing.tx).await?;
        writing.commit().await
    }

    /// How far every file of every feed has come in.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn feed_positions(&self) -> Result<Vec<FeedPosition>> {
        let rows = feed_positions::Entity::find().all(&self.db).await;
        let rows = rows.doing("reading how far feeds are")?.into_iter();
        let read = |row: feed_positions::Model| {
            let feed_positions::Model { file, bytes, lines, last_start, last_hash } = row;
            let last = last_start.zip(last_hash).map(|(start, hash)| FeedLine { start, hash });
            FeedPosition { file, bytes, lines, last }
        };
        Ok(rows.map(read).collect())
    }

    /// The newest order on record of each of the things, by keyed hash; those of which nothing
    /// with an order was ever said are left out.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn newest_orders(
        &self,
        asked: &BTreeSet<KeyedHash>,
    ) -> Result<BTreeMap<KeyedHash, EventOrder>> {
        let mut found = BTreeMap::new();
        for list in in_lists(asked) {
            let rows = feed_orders::Entity::find()
                .filter(feed_orders::Column::Thing.is_in(list))
                .all(&self.db)
                .await
                .doing("reading the order of events")?;
            for feed_orders::Model { thing, number, happened_at } in rows {
                let at = Instant::from_micros(happened_at);
                found.insert(key("feed_orders", "thing", thing)?, EventOrder { number, at });
            }
        }
        Ok(found)
    }

    /// Keeps the newest order of each of the things in place of the one before. It stays when the
    /// thing itself is gone, so that an older word does not bring it back.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn record_orders(&self, orders: &BTreeMap<KeyedHash, EventOrder>) -> Result<()> {
        if orders.is_empty() {
            return Ok(());
        }
        let writing = self.write().await?;
        let rows = orders.iter().map(|(thing, EventOrder { number, at })| feed_orders::Model {
            thing: thing.to_vec(),
            number: *number,
            happened_at: at.as_micros(),
        });
        let newer = OnConflict::column(feed_orders::Column::Thing)
            .update_columns([feed_orders::Column::Number, feed_orders::Column::HappenedAt])
            .to_owned();
        upsert::<feed_orders::Entity, _, _>(rows, &newer, &writing.tx).await?;
        writing.commit().await
    }
}

/// Keys as the lists of `IN`, neighbours in one list.
fn in_lists(asked: &BTreeSet<KeyedHash>) -> impl Iterator<Item = Vec<Vec<u8>>> {
    let mut asked = asked.iter().map(|hash| hash.to_vec());
    std::iter::from_fn(move || {
        let list: Vec<_> = asked.by_ref().take(VALUES_A_LIST).collect();
        (!list.is_empty()).then_some(list)
    })
}

/// Reads a key; `table` and `column` say where it stands.
fn key(table: &'static str, column: &'static str, bytes: Vec<u8>) -> Result<KeyedHash> {
    let unreadable =
        |bytes: Vec<u8>| StoreError::Unreadable { table, column, value: format!("{bytes:02x?}") };
    bytes.try_into().map_err(unreadable)
}

/// Inserts models in statements of bounded size; `known` says what becomes of those that are there.
async fn upsert<E, A, C>(
    models: impl Iterator<Item = E::Model>,
    known: &OnConflict,
    tx: &C,
) -> Result<()>
where
    E: EntityTrait,
    A: sea_orm::ActiveModelTrait<Entity = E>,
    E::Model: IntoActiveModel<A>,
    C: ConnectionTrait,
{
    let mut models = models.map(IntoActiveModel::into_active_model).peekable();
    while models.peek().is_some() {
        let statement = E::insert_many(models.by_ref().take(ROWS_A_STATEMENT));
        let statement = statement.on_conflict(known.clone());
        statement.exec_without_returning(tx).await.doing("keeping what came in of a feed")?;
    }
    Ok(())
}
