//! All rows of one database into another, which may be of the other kind.

use std::collections::BTreeSet;

use sea_orm::{
    AccessMode, ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection,
    DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, IsolationLevel, Iterable, ModelTrait,
    PrimaryKeyToColumn, QueryFilter, QueryOrder, QuerySelect, TransactionTrait,
};

use super::{begin_write, is_server, open};
use crate::{
    Result, StoreError, StorePlace,
    entities::{
        account_facts, applied_policies, archives, choices, declarations, documents, fact_counter,
        feed_orders, feed_positions, holders, identities, imported_events, imports,
        key_fingerprints, lake_steps, notices, objections, permits, releases, removals, replays,
        rulings,
    },
    error::Doing,
    ledger,
    rows::insert_all,
    standing,
};

/// Rows that are held at a time.
const PAGE: u64 = 2_000;

/// Tables whose keys the database gives.
const COUNTED: [&str; 4] = ["imports", "releases", "lake_steps", "replays"];

/// Does something with every table but that of holders; what others refer to comes first.
macro_rules! each_table {
    ($do:ident $arguments:tt, before holders) => {
        each_table!($do $arguments:
            identities, declarations, imports, imported_events, feed_orders, feed_positions,
            archives, replays, key_fingerprints, account_facts, choices, notices, objections,
            rulings, applied_policies, documents, removals, fact_counter)
    };
    ($do:ident $arguments:tt, after holders) => {
        each_table!($do $arguments: permits, releases, lake_steps)
    };
    ($do:ident $arguments:tt: $($table:ident),*) => {
        $($do::<$table::Entity, _>$arguments.await?;)*
    };
}

/// Copies the facts as they stand at one moment, all of them or none, into a store that has none.
pub(crate) async fn between(from: &StorePlace, to: &StorePlace) -> Result<()> {
    let (source, target) = (open(from).await?, open(to).await?);
    let reading = one_moment(&source).await?;
    let writing = begin_write(&target).await?;
    check_empty(&writing, to).await?;
    let counter = fact_counter::Entity::delete_many().exec(&writing).await;
    counter.doing("taking the counter of an empty store away")?;
    each_table!(copy(&reading, &writing), before holders);
    copy_holders(&reading, &writing).await?;
    each_table!(copy(&reading, &writing), after holders);
    if is_server(&target) {
        go_on_counting(&writing).await?;
    }
    writing.commit().await.doing("committing")?;
    reading.rollback().await.doing("ending the reading")?;
    source.close().await.doing("closing the store")?;
    target.close().await.doing("closing the store")
}

/// Reads every row as this version understands it.
pub(super) async fn read_all(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    each_table!(read(tx), before holders);
    each_table!(read(tx): holders);
    each_table!(read(tx), after holders);
    Ok(())
}

async fn one_moment(db: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let begun = if is_server(db) {
        let (level, access) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
        db.begin_with_config(Some(level), Some(access)).await
    } else {
        db.begin().await
    };
    begun.doing("beginning to read")
}

async fn check_empty(tx: &DatabaseTransaction, place: &StorePlace) -> Result<()> {
    let is_empty = ledger::journal_place(tx).await?.is_none()
        && ledger::last_sequence(tx).await?.as_i64() == 0
        && standing::member_count(tx).await? == 0;
    if is_empty { Ok(()) } else { Err(StoreError::NotEmpty { place: place.clone() }) }
}

async fn copy<E, A>(from: &DatabaseTransaction, to: &DatabaseTransaction) -> Result<()>
where
    E: EntityTrait,
    A: ActiveModelTrait<Entity = E>,
    E::Model: IntoActiveModel<A>,
{
    let mut rows = page::<E>(from, None).await.doing("reading all rows")?;
    while let Some(last) = rows.last().cloned() {
        insert_all::<E, _, _>(rows, to).await?;
        rows = page::<E>(from, Some(&last)).await.doing("reading all rows")?;
    }
    Ok(())
}

async fn read<E, A>(tx: &DatabaseTransaction) -> Result<(), DbErr>
where
    E: EntityTrait,
    A: ActiveModelTrait<Entity = E>,
    E::Model: IntoActiveModel<A>,
{
    let mut rows = page::<E>(tx, None).await?;
    while let Some(last) = rows.last() {
        rows = page::<E>(tx, Some(last)).await?;
    }
    Ok(())
}

/// The next rows behind one, by their key.
async fn page<E: EntityTrait>(
    tx: &DatabaseTransaction,
    after: Option<&E::Model>,
) -> Result<Vec<E::Model>, DbErr> {
    let mut rows = E::find().limit(PAGE);
    for key in E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column) {
        rows = rows.order_by_asc(key);
        if let Some(after) = after {
            rows = rows.filter(key.gt(after.get(key)));
        }
    }
    rows.all(tx).await
}

/// Parents before those that were made from them.
async fn copy_holders(from: &DatabaseTransaction, to: &DatabaseTransaction) -> Result<()> {
    let mut waiting = holders::Entity::find().all(from).await.doing("reading holders")?;
    let mut there = BTreeSet::new();
    while !waiting.is_empty() {
        let has_parent =
            |one: &holders::Model| one.parent.as_ref().is_none_or(|parent| there.contains(parent));
        let (mut ready, mut later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(has_parent);
        if ready.is_empty() {
            // No parent anywhere: the database says so.
            ready = std::mem::take(&mut later);
        }
        there.extend(ready.iter().map(|one| one.id.clone()));
        insert_all::<holders::Entity, _, _>(ready, to).await?;
        waiting = later;
    }
    Ok(())
}

/// The next key that the server gives comes after those that were brought.
async fn go_on_counting(tx: &DatabaseTransaction) -> Result<()> {
    for table in COUNTED {
        let moved = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', 'id'), \
             (SELECT COALESCE(max(id), 0) + 1 FROM {table}), false)"
        );
        tx.execute_unprepared(&moved).await.doing("moving the counter of a table")?;
    }
    Ok(())
}
