use std::{path::Path, time::Duration};

use sea_orm::{
    ActiveValue::Set, ConnectOptions, ConnectionTrait, Database, DatabaseConnection,
    DatabaseTransaction, DbErr, EntityTrait, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait,
};

use crate::{Result, StoreError, entities::fact_counter, error::Doing, migration::Migrator};
use sea_orm_migration::MigratorTrait;

/// How long a writer waits for another process to commit.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Readers beside the one writer.
const CONNECTIONS: u32 = 8;

/// Opens the file, creating it if it is missing, and brings it to this version.
///
/// This file is the only place with SQL that only SQLite understands.
pub(crate) async fn open(path: &Path) -> Result<DatabaseConnection> {
    let opening = |source| StoreError::Open { path: path.to_owned(), source };
    let db = Database::connect(options(path)).await.map_err(opening)?;
    if let Some(step) = migrate(&db).await.map_err(opening)? {
        return Err(StoreError::FileIsNewer { path: path.to_owned(), step });
    }
    Ok(db)
}

/// A transaction that holds the write lock from its first moment, so that two writers wait for
/// each other instead of failing half-way.
pub(crate) async fn begin_write(db: &DatabaseConnection) -> Result<DatabaseTransaction> {
    immediate(db).await.doing("beginning a transaction")
}

/// Rewrites the file and empties its log, so that no free page keeps what was removed.
pub(crate) async fn scrub(db: &DatabaseConnection) -> Result<()> {
    db.execute_unprepared("VACUUM").await.doing("rewriting the store")?;
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    let statement = Statement::from_string(db.get_database_backend(), checkpoint);
    let row = db.query_one_raw(statement).await.doing("emptying the log")?;
    let busy = row.map(|row| row.try_get_by_index::<i32>(0)).transpose();
    match busy.doing("emptying the log")? {
        Some(0) => Ok(()),
        _ => Err(StoreError::ScrubBlocked),
    }
}

fn options(path: &Path) -> ConnectOptions {
    let file = path.to_owned();
    let mut options = ConnectOptions::new("sqlite:");
    options.max_connections(CONNECTIONS).sqlx_logging(false).record_stmt_in_spans(false);
    // A file is there or it is not; asking first takes as long as a statement.
    options.test_before_acquire(false);
    options.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .filename(&file)
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("journal_mode", "WAL")
            // An acknowledged choice survives a power cut.
            .pragma("synchronous", "FULL")
            // What is removed is overwritten, not only unlinked.
            .pragma("secure_delete", "ON")
    });
    options
}

/// Returns the step that this version does not know, if there is one.
async fn migrate(db: &DatabaseConnection) -> Result<Option<String>, DbErr> {
    let tx = immediate(db).await?;
    if let Some(step) = Migrator::unknown_step(&tx).await? {
        tx.rollback().await?;
        return Ok(Some(step));
    }
    Migrator::up(&tx, None).await?;
    if fact_counter::Entity::find().one(&tx).await?.is_none() {
        let first = fact_counter::ActiveModel { id: Set(1), last_sequence: Set(0) };
        fact_counter::Entity::insert(first).exec_without_returning(&tx).await?;
    }
    tx.commit().await?;
    Ok(None)
}

async fn immediate(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let mode = Some(SqliteTransactionMode::Immediate);
    let options = TransactionOptions { sqlite_transaction_mode: mode, ..Default::default() };
    db.begin_with_options(options).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_connection_is_durable_keeps_foreign_keys_and_overwrites_what_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let db = open(&folder.path().join("store.sqlite")).await.unwrap();
        let setting = async |name: &str| {
            let statement =
                Statement::from_string(db.get_database_backend(), format!("PRAGMA {name}"));
            db.query_one_raw(statement).await.unwrap().unwrap()
        };
        let mode: String = setting("journal_mode").await.try_get_by_index(0).unwrap();
        assert_eq!(mode, "wal");
        // 2 is FULL.
        for (name, value) in [("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)] {
            let found: i32 = setting(name).await.try_get_by_index(0).unwrap();
            assert_eq!(found, value, "{name}");
        }
    }
}
